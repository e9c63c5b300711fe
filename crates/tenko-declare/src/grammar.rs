//! The tables of the manifest: every key with what it means. The doc comments are the published
//! descriptions.

use serde_json::{Map, Value};

use crate::login_grammar::{LOGIN, LOGIN_ENVIRONMENT};
use crate::reporting_grammar::REPORT;
pub(crate) use crate::risk_grammar::SUPPRESSIONS;
use crate::risk_grammar::{EVENT, NETWORKS, RULES, TRUST};
use crate::shape::Shape::{
    Form, IgnoredTag, List, Map as MapOf, Matcher, Object, Scope, TagMatcher, Text, TextOr,
    Version, Word,
};
use crate::shape::{Shape, object};

const PROJECT: Shape = Form(
    "a project's id",
    "^(gcp:)?([a-z0-9.-]+\\.[a-z]+:[a-z][a-z0-9-]*|[a-z][a-z0-9-]{4,28}[a-z0-9])$",
);
const PARENT: Shape = Form("an organization or a folder", "^(organizations|folders)/[0-9]+$");
pub(crate) const SERVICE_ACCOUNT: Shape =
    Form("a service account's e-mail address", "^[^@ ]+@[^@ ]+\\.gserviceaccount\\.com$");
pub(crate) const VARIABLE: Shape =
    Form("the name of an environment variable", "^[A-Za-z_][A-Za-z0-9_]*$");
const ASSET_TYPE: Shape = Form("a resource type", "^[a-z0-9.-]+\\.googleapis\\.com/[A-Za-z0-9]+$");

object! {
    /// What every tenant is declared to have, and how to get into the accounts. Several files are read as one.
    ROOT "a manifest" {
        /// The version of the manifest's form: 1.
        required version: Version,
        /// How to get into AWS accounts, and what is read there.
        optional aws: Object(&AWS),
        /// How to get into Google Cloud projects, and what is read there.
        optional google: Object(&GOOGLE),
        /// How resources themselves say whose they are.
        optional ownership: Object(&OWNERSHIP),
        /// Accounts and projects that are known and belong to no tenant, each with its purpose: log archive, security, the management account. What lives there is not compared.
        optional shared: MapOf("Accounts and projects.", &Text),
        /// What several environments have in common.
        optional baselines: MapOf("Names of baselines.", &Object(&BASELINE)),
        /// Differences between environments that are meant to be.
        optional parity: Object(&PARITY),
        /// How the risk rules are to be taken, and rules of one's own.
        optional rules: Object(&RULES),
        /// Who may be trusted beside what the manifest itself names.
        optional trust: Object(&TRUST),
        /// Which networks belong together.
        optional networks: Object(&NETWORKS),
        /// How people and programs log in, read-only.
        optional login: Object(&LOGIN),
        /// Reports: language, times, where runs are kept, who is told, and when audits run.
        optional report: Object(&REPORT),
        /// The tenants: clients, teams or products that own environments.
        optional tenants: MapOf("Ids of tenants.", &Object(&TENANT)),
    }
}

object! {
    /// How to get into AWS accounts, and what is read there. Everything is optional.
    AWS "the AWS settings" {
        /// How accounts are found: all of the organization, those that are listed in `accounts`, or only the caller's own. The default is the organization, or the caller's own account if it is in none.
        optional discovery: Word(&["organization", "accounts", "caller"]),
        /// The accounts, where `discovery` is `accounts`.
        optional accounts: List(&Scope),
        /// The role that is assumed in every account: its name, or path and name.
        optional role: Text,
        /// The external id that the role's trust policy asks for.
        optional external_id: Text,
        /// The name of the sessions, as CloudTrail shows it.
        optional session_name: Text,
        /// The source identity of the sessions.
        optional source_identity: Text,
        /// The role for the caller's own account. The default is the caller's own credentials.
        optional management_account_role: Text,
        /// The regions that are read. The default is every enabled region.
        optional regions: List(&Text),
        /// Globs over the types that are read. The default is all.
        optional types: List(&Text),
        /// Globs over types that are not read.
        optional skip_types: List(&Text),
        /// Further types, read through Cloud Control.
        optional cloud_control: List(&Text),
    }
}

object! {
    /// How to get into Google Cloud projects, and what is read there. Everything is optional.
    GOOGLE "the Google settings" {
        /// How projects are found: all below `parents` or below every organization that can be seen, those that are listed in `projects`, or only the credentials' own. The default is the organizations that can be seen, or the credentials' own project if there is none.
        optional discovery: Word(&["organization", "projects", "caller"]),
        /// Organizations and folders whose projects are read: `organizations/123`, `folders/456`. The default is every organization that can be seen.
        optional parents: List(&PARENT),
        /// The projects, where `discovery` is `projects`.
        optional projects: List(&PROJECT),
        /// The service account that is impersonated. `{project}` stands for the project that is read: `tenko@{project}.iam.gserviceaccount.com`.
        optional impersonate: SERVICE_ACCOUNT,
        /// The service accounts in between, where the credentials may not impersonate it directly; each may impersonate the next. `{project}` stands for the project here, too.
        optional delegates: List(&SERVICE_ACCOUNT),
        /// The project that the calls are counted against. The default is what the credentials say.
        optional quota_project: PROJECT,
        /// Where resources are read: in Cloud Asset Inventory below `parents` and else from the services (`auto`), in Cloud Asset Inventory only, or from the services. The default is `auto`.
        optional source: Word(&["auto", "asset_inventory", "services"]),
        /// Globs over the types that are read. The default is all.
        optional types: List(&Text),
        /// Globs over types that are not read.
        optional skip_types: List(&Text),
        /// Further types, read through Cloud Asset Inventory: `compute.googleapis.com/Image`.
        optional asset_types: List(&ASSET_TYPE),
    }
}

object! {
    /// How resources themselves say whose they are.
    OWNERSHIP "the ownership" {
        /// Tag keys whose value is a tenant's id, tried in order.
        optional tenant_tags: List(&Text),
        /// Tag keys whose value is an environment's name, tried in order.
        optional environment_tags: List(&Text),
    }
}

object! {
    /// What several environments have in common. Placeholders stand for what differs.
    BASELINE "a baseline" {
        /// Tags that every customer-made resource that can carry tags must have.
        optional required_tags: MapOf("Tag keys.", &TagMatcher),
        /// Resources that must be there.
        optional resources: List(&Object(&RESOURCE)),
        /// What is left out of the comparison.
        optional ignore: List(&Object(&IGNORE)),
        /// Where infrastructure code keeps what it manages. What it manages is declared. CloudFormation stacks are found by themselves and need no entry.
        optional iac: List(&Object(&IAC)),
        /// Times for which there is more capacity than usual. Placeholders are filled in.
        optional events: List(&Object(&EVENT)),
    }
}

object! {
    /// A client, a team or a product that owns environments.
    TENANT "a tenant" {
        /// Its name for people. The default is its id.
        optional name: Text,
        /// Who answers for it.
        optional owner: Text,
        /// The baselines of all its environments.
        optional baselines: List(&Text),
        /// Its environments.
        required environments: MapOf("Names of environments.", &Object(&ENVIRONMENT)),
    }
}

object! {
    /// One environment of a tenant.
    ENVIRONMENT "an environment" {
        /// Its stage: production, staging, or whatever it is called. The default is the environment's name.
        optional stage: Text,
        /// Who answers for it. The default is the tenant's owner.
        optional owner: Text,
        /// The accounts and projects that belong to it: 12 digits are an AWS account, `gcp:` and an id are a Google Cloud project.
        required scopes: List(&Scope),
        /// The regions of AWS accounts that are collected. The default is every enabled region.
        optional regions: List(&Text),
        /// Further baselines, after those of the tenant.
        optional baselines: List(&Text),
        /// Tags that every customer-made resource that can carry tags must have; they win over those of baselines.
        optional required_tags: MapOf("Tag keys.", &TagMatcher),
        /// Resources that must be there.
        optional resources: List(&Object(&RESOURCE)),
        /// What is left out of the comparison.
        optional ignore: List(&Object(&IGNORE)),
        /// Where infrastructure code keeps what it manages. What it manages is declared. CloudFormation stacks are found by themselves and need no entry.
        optional iac: List(&Object(&IAC)),
        /// Times for which it has more capacity than usual.
        optional events: List(&Object(&EVENT)),
        /// Whether a resource that nothing declares is reported. The default is `report`.
        optional unmanaged: Word(&["report", "ignore"]),
        /// What is different about logins to this environment.
        optional login: Object(&LOGIN_ENVIRONMENT),
    }
}

object! {
    /// A resource that must be there. It needs an id or a name; an id wins.
    RESOURCE "a resource" {
        /// The type, in the provider's own spelling: `AWS::S3::Bucket`, `storage.googleapis.com/Bucket`. It must be in one of the environment's accounts or projects of that cloud.
        required type: Text,
        /// The native id.
        optional id: Text,
        /// The name, or the `Name` tag.
        optional name: Text,
        /// The region, or `global`. The default is any.
        optional region: Text,
        /// The account or project, where the environment has several. The default is any of them.
        optional scope: Scope,
        /// Attributes that are compared: paths such as `VersioningConfiguration.Status`, in the provider's own names.
        optional attributes: MapOf("Attribute paths.", &Matcher),
        /// Tags that are compared.
        optional tags: MapOf("Tag keys.", &TagMatcher),
    }
}

object! {
    /// Takes resources, or some of their attributes, out of the comparison. What is given must all hold.
    IGNORE "an ignore rule" {
        /// Glob over the type.
        optional type: Text,
        /// Glob over name and id.
        optional name: Text,
        /// Tags that must be there: a value, or `{present: true}` for any.
        optional tags: MapOf("Tag keys.", &IgnoredTag),
        /// Only these attributes are left out. The default is the whole resource.
        optional attributes: List(&Text),
        /// Say why, for whoever reads it next year.
        required reason: Text,
    }
}

object! {
    /// One or several Terraform or OpenTofu states. Placeholders stand for what differs between environments.
    IAC "an infrastructure code source" {
        /// A file, a folder (all `*.tfstate` below it) or a glob, relative to the manifest; an object or a glob of objects, `s3://BUCKET/KEY` or `gs://BUCKET/NAME`; the address of a state, `https://HOST/PATH`; or a workspace of HCP Terraform or Terraform Enterprise.
        required terraform: TextOr(&WORKSPACE),
        /// The environment variable that holds the token for an address.
        optional token_env: VARIABLE,
        /// The environment variable that holds the user's name for an address.
        optional user_env: VARIABLE,
        /// The environment variable that holds the password for an address.
        optional password_env: VARIABLE,
    }
}

object! {
    /// A workspace of HCP Terraform or Terraform Enterprise. Its current state is read.
    WORKSPACE "a Terraform workspace" {
        /// The organization's name.
        required organization: Text,
        /// The workspace's name.
        required workspace: Text,
        /// The host. The default is `app.terraform.io`.
        optional host: Text,
        /// The environment variable that holds the token. The default is Terraform's own: `TF_TOKEN_` and the host with `_` for each dot.
        optional token_env: VARIABLE,
    }
}

object! {
    /// What `tenko parity` needs to know of environments that are meant to differ.
    PARITY "the parity settings" {
        /// Differences that are meant to be.
        optional allow: List(&Object(&PARITY_ALLOW)),
    }
}

object! {
    /// A difference between environments that is meant to be. What is given must all hold.
    PARITY_ALLOW "an allowed difference" {
        /// Glob over the type.
        optional type: Text,
        /// Glob over the name.
        optional name: Text,
        /// Tags that must be there: a value, or `{present: true}` for any.
        optional tags: MapOf("Tag keys.", &IgnoredTag),
        /// Only these attributes may differ. The default is that the whole resource may, or may be missing.
        optional attributes: List(&Text),
        /// Only between environments of these stages, two of them at least. The default is any.
        optional between: List(&Text),
        /// Say why, for whoever reads it next year.
        required reason: Text,
    }
}

/// What to do about a secret in a manifest.
const SECRET: &str = "secrets do not belong into a manifest: put it into an environment variable and \
                      write that variable's name, as `token_env` or `password_env`";
/// What to do about the words of a workspace beside an address.
const A_WORKSPACE: &str = "a workspace is a map of its own, and has no address beside it: \
                           `terraform: {organization: NAME, workspace: NAME}`";
/// What to do about other words for an address.
const AN_ADDRESS: &str = "write `terraform: ` and the file, folder, glob or address";

/// Why the data that may be read is not inherited.
const OF_ENVIRONMENTS: &str = "each environment says for itself what may be read in it: \
                               `environments: {NAME: {login: {data: [...]}}}`";
/// Why a session policy cannot be written down.
const NO_POLICY: &str = "the session policy is tenko's own; `data` of an environment widens it";

/// What a manifest cannot say of one finding.
const OF_FILE: &str = "single findings are suppressed in the suppressions file: `tenko suppress \
                       FINGERPRINT` writes an entry";
/// Where the URL of a webhook goes.
const WEBHOOK: &str = "put the URL into an environment variable, and write `slack: ` and that \
                       variable's name";

/// Keys that belong somewhere else, with what to write: one cloud's words in the other's settings.
/// The first column is the name of the table.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("a manifest", "gcp", "did you mean `google`?"),
    ("a manifest", "google_cloud", "did you mean `google`?"),
    ("a manifest", "projects", "list projects below `google`, or as `gcp:PROJECT` in `scopes`"),
    ("a manifest", "accounts", "list accounts below `aws`, or in the `scopes` of environments"),
    ("the AWS settings", "projects", "AWS has accounts; projects are listed below `google`"),
    ("the AWS settings", "impersonate", "AWS has roles: write `role`, or move it to `google`"),
    ("the AWS settings", "asset_types", "did you mean `cloud_control`?"),
    ("the Google settings", "accounts", "Google Cloud has projects: did you mean `projects`?"),
    ("the Google settings", "role", "service accounts take the place of roles: `impersonate`"),
    ("the Google settings", "regions", "a listing of Google Cloud has all regions of a project"),
    ("the Google settings", "cloud_control", "did you mean `asset_types`?"),
    ("the Google settings", "organization", "write `parents: [organizations/NUMBER]`"),
    ("the Google settings", "organizations", "write `parents: [organizations/NUMBER]`"),
    ("the Google settings", "folders", "write `parents: [folders/NUMBER]`"),
    ("a manifest", "suppress", "suppressions stand below `rules`, as `suppress`"),
    ("a manifest", "suppressions", "suppressions stand below `rules`, as `suppress`"),
    ("a manifest", "events", "events stand in an environment or a baseline"),
    ("a tenant", "login", OF_ENVIRONMENTS),
    ("a baseline", "login", OF_ENVIRONMENTS),
    ("the login settings", "role", "write it below `aws`"),
    ("the login settings", "hub", "write it below `aws`"),
    ("the login settings", "external_id", "write it below `aws`"),
    ("the login settings", "profile", "write it below `aws`"),
    ("the login settings", "identity_center", "write it below `aws`"),
    ("the login settings", "impersonate", "write it below `google`"),
    ("the login settings", "data", OF_ENVIRONMENTS),
    ("the login settings", "warning", "did you mean `production`?"),
    ("the AWS login", "impersonate", "AWS has roles: write `role`, or move it to `google`"),
    ("the AWS login", "data", OF_ENVIRONMENTS),
    ("the AWS login", "policy", NO_POLICY),
    ("the Google login", "role", "service accounts take the place of roles: `impersonate`"),
    ("the Google login", "data", "Google Cloud knows no levels of data"),
    ("the login of an environment", "policy", NO_POLICY),
    ("the login of an environment", "production", "did you mean `warning`?"),
    ("the login of an environment", "ticket", "it holds for all logins: write it below `login`"),
    ("the rule settings", "suppressions", "did you mean `suppress`?"),
    ("a suppression", "fingerprint", OF_FILE),
    ("a suppression", "evidence", OF_FILE),
    ("a suppression", "note", OF_FILE),
    ("an entry of the suppressions file", "until", "did you mean `expires`?"),
    ("a manifest", "reports", "did you mean `report`?"),
    ("a manifest", "schedule", "write it below `report`"),
    ("a manifest", "slack", "write it below `report`"),
    ("a manifest", "timezone", "write it below `report`"),
    ("the report settings", "webhook", WEBHOOK),
    ("the report settings", "slack_webhook", WEBHOOK),
    ("the report settings", "notify", "write `slack` and `github` themselves"),
    ("the report settings", "repository", "write `github: {repository: OWNER/NAME}`"),
    ("the report settings", "at", "write it below `schedule`"),
    (
        "the report settings",
        "suppress",
        "suppressions stand below `rules`, as `suppress`, or in the file that `suppressions` names",
    ),
    ("the report settings of an owner", "webhook", WEBHOOK),
    ("the report settings of an owner", "slack_webhook", WEBHOOK),
    (
        "the GitHub settings",
        "token",
        "the token comes from the environment variable `GITHUB_TOKEN`",
    ),
    ("the schedule", "cron", "write the time of day, as `at: \"06:00\"`"),
    ("the schedule", "timezone", "it is the report's: write it below `report`"),
    ("a rule setting", "expires", "a setting has no end; a suppression has: `rules.suppress`"),
    ("an own rule", "resource", "did you mean `type`?"),
    ("an own rule", "expression", "did you mean `when`?"),
    ("an environment", "terraform", "write `iac: [{terraform: FILE}]`"),
    ("a baseline", "terraform", "write `iac: [{terraform: FILE}]`"),
    ("an infrastructure code source", "token", SECRET),
    ("an infrastructure code source", "password", SECRET),
    ("an infrastructure code source", "secret", SECRET),
    ("an infrastructure code source", "username", "write `user_env`, and the variable's name"),
    ("an infrastructure code source", "user", "write `user_env`, and the variable's name"),
    ("an infrastructure code source", "workspace", A_WORKSPACE),
    ("an infrastructure code source", "organization", A_WORKSPACE),
    ("an infrastructure code source", "host", A_WORKSPACE),
    ("an infrastructure code source", "url", AN_ADDRESS),
    ("an infrastructure code source", "path", AN_ADDRESS),
    ("an infrastructure code source", "state", AN_ADDRESS),
    (
        "an infrastructure code source",
        "cloudformation",
        "CloudFormation stacks are found in the accounts by themselves: remove the entry",
    ),
    ("a Terraform workspace", "token", SECRET),
    ("a Terraform workspace", "url", "either `organization` and `workspace`, or the url as text"),
    ("a Terraform workspace", "hostname", "did you mean `host`?"),
];

/// What to do about a key that belongs somewhere else than into this table.
pub(crate) fn elsewhere(table: &str, key: &str) -> Option<&'static str> {
    let found = ELSEWHERE.iter().find(|(t, k, _)| *t == table && *k == key);
    found.map(|(.., help)| *help)
}

/// The JSON Schema (draft 2020-12) of a manifest, made from the tables that the reader itself
/// goes by.
pub fn json_schema() -> Value {
    published(&ROOT, "tenko manifest")
}

/// The JSON Schema (draft 2020-12) of a suppressions file.
pub fn suppressions_schema() -> Value {
    published(&SUPPRESSIONS, "tenko suppressions")
}

fn published(root: &crate::shape::Object, title: &str) -> Value {
    let mut defs = Map::new();
    let mut schema = root.schema(&mut defs);
    if let Value::Object(map) = &mut schema {
        map.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        map.insert("title".to_owned(), title.into());
        map.insert("$defs".to_owned(), Value::Object(defs));
    }
    schema
}
