//! The tables of what a manifest says of risk: rules, trust, networks and events.

use crate::shape::Shape::{
    self, EnvironmentOrScope, Form, IgnoredTag, Label, List, ListOrNothing, Map as MapOf, Object,
    Scope, Text, TextOr, Version, Word,
};
use crate::shape::object;

const DATE: Shape = Form(
    "a date or a time",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.]+([Zz]|[+-][0-9]{2}:?[0-9]{2}))?$",
);

const DIGEST: Shape = Form("32 hexadecimal digits in quotes", "^[0-9a-f]{32}$");

object! {
    /// How the risk rules are to be taken.
    RULES "the rule settings" {
        /// Changes of severity. Where several fit, the last one counts.
        optional settings: List(&Object(&SETTING)),
        /// Findings that somebody decided to live with for a while.
        optional suppress: List(&Object(&SUPPRESSION)),
        /// Rules of one's own.
        optional own: MapOf("Ids of rules: `OWN-01`.", &Object(&OWN_RULE)),
    }
}

object! {
    /// What the findings of some rules weigh. What is given must all hold.
    SETTING "a rule setting" {
        /// A rule's id, or a glob over ids: `DATA-*`.
        required rule: Text,
        /// What its findings weigh instead; `off` leaves them out.
        required severity: Word(&["critical", "high", "medium", "low", "info", "off"]),
        /// Only for these tenants, by id. The default is any.
        optional tenants: List(&Text),
        /// Only for environments of these names. The default is any.
        optional environments: List(&Text),
        /// Only for environments of these stages. The default is any.
        optional stages: List(&Text),
    }
}

object! {
    /// Findings that somebody decided to live with for a while. What is given must all hold.
    SUPPRESSION "a suppression" {
        /// The rule's id.
        required rule: Text,
        /// The account or project. The default is any.
        optional scope: Scope,
        /// Glob over the resource's name and id. The default is any.
        optional resource: Text,
        /// Say why, for whoever reads it next year.
        required reason: Text,
        /// Who decided it.
        optional owner: Text,
        /// The day on which it was decided, or the time.
        optional created: DATE,
        /// The ticket that goes with it.
        optional ticket: Label,
        /// The last day on which it has an effect, in UTC, or the time from which it has none.
        required expires: DATE,
    }
}

object! {
    /// Findings and drift that somebody decided to live with for a while.
    SUPPRESSIONS "a suppressions file" {
        /// The version of the file's form: 1.
        required version: Version,
        /// The suppressions. `tenko suppress` appends to them.
        optional suppressions: ListOrNothing(&Object(&SUPPRESSION_ENTRY)),
    }
}

object! {
    /// A finding or drift, or findings of a rule, that somebody decided to live with for a while. It has either `fingerprint` or `rule`.
    SUPPRESSION_ENTRY "an entry of the suppressions file" {
        /// The fingerprint of one finding or drift: 32 hexadecimal digits, as reports show them.
        optional fingerprint: DIGEST,
        /// The id of the rule whose findings are meant.
        optional rule: Text,
        /// Beside `rule`: the account or project. The default is any.
        optional scope: Scope,
        /// Beside `rule`: glob over the resource's name and id. The default is any.
        optional resource: Text,
        /// Say why, for whoever reads it next year.
        required reason: Text,
        /// Who decided it.
        optional owner: Text,
        /// The day on which it was decided, or the time.
        optional created: DATE,
        /// The last day on which it has an effect, in UTC, or the time from which it has none.
        required expires: DATE,
        /// The ticket that goes with it.
        optional ticket: Label,
        /// The digest of the evidence that was decided on: of other evidence the suppression has no effect. The default is any evidence.
        optional evidence: DIGEST,
        /// What it was, for whoever reads the file. It has no effect.
        optional note: Text,
    }
}

object! {
    /// A rule of one's own: an expression in CEL that is true where the bad state is.
    OWN_RULE "an own rule" {
        /// The bad state, in a few words.
        required name: Text,
        /// What it does and why that is bad.
        optional description: Text,
        /// How bad it is. The default is `medium`.
        optional severity: Word(&["critical", "high", "medium", "low", "info"]),
        /// Glob over the types of the resources that it looks at. A rule has either `type` or `over`.
        optional type: Text,
        /// `scopes`: it looks at accounts and projects.
        optional over: Word(&["scopes"]),
        /// The expression, over `resource`, `scope`, `environment` and `now`.
        required when: Text,
        /// What to do about it.
        required remediation: Text,
        /// Where to read more: addresses, or a framework and an id in it.
        optional references: List(&TextOr(&REFERENCE)),
    }
}

object! {
    /// A place in a framework.
    REFERENCE "a reference" {
        /// The framework: `CIS AWS Foundations Benchmark`.
        required framework: Text,
        /// The id in it.
        required id: Label,
    }
}

object! {
    /// Who may be trusted beside what the manifest itself names.
    TRUST "the trust settings" {
        /// Accounts and projects of others that roles may trust, each with whose it is.
        optional accounts: MapOf("Accounts and projects.", &Text),
        /// Globs over the repositories whose pipelines may sign in: `acme-corp/*`.
        optional repositories: List(&Text),
    }
}

object! {
    /// Which networks belong together.
    NETWORKS "the network settings" {
        /// Lists of environments, accounts and projects whose networks are connected, or are to be: `acme/production`, with all its scopes, or one account or project.
        optional connected: List(&List(&EnvironmentOrScope)),
    }
}

object! {
    /// A time for which an environment has more capacity than usual.
    EVENT "an event" {
        /// The event.
        required name: Text,
        /// When its capacity may come: a day, from its beginning in UTC, or a time.
        required from: DATE,
        /// When it has to be gone: a day, until its end in UTC, or a time.
        required until: DATE,
        /// Which resources the event brings, by `type`, `name` or `tags`.
        required resources: Object(&EVENT_RESOURCES),
    }
}

object! {
    /// What is the capacity of an event. What is given must all hold.
    EVENT_RESOURCES "the resources of an event" {
        /// Glob over the type.
        optional type: Text,
        /// Glob over name and id.
        optional name: Text,
        /// Tags that must be there: a value, or `{present: true}` for any.
        optional tags: MapOf("Tag keys.", &IgnoredTag),
    }
}
