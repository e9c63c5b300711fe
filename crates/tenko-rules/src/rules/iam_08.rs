mod gcp;
#[cfg(test)]
mod hostile;

use std::collections::{BTreeSet, HashMap};

use tenko_core::{Arg, Message, Origin, Resource, ScopeKey, ScopeKind, msg};

use crate::context::Context;
use crate::members::{PROJECT, SERVICE_ACCOUNT};
use crate::organization::MEMBERSHIP;
use crate::parties::{Party, climbs, party, whose, why_untold};
use crate::policies::{malformed, reasons, trust_unread};
use crate::rule::{Part, rule};
use crate::sink::{Judged, SHOWN, Seen, Sink, Unread};
use crate::stage::Stage;
use tenko_iam::{Conditions, Document, Effect, Family, Trusted, Trustee, Truth, trusted};

const ROLE: &str = "AWS::IAM::Role";
const TRUST: &str = "AssumeRolePolicyDocument";

rule! {
    /// A role trusts anyone, an account that nobody declared, or a non-production account although it
    /// is in production. In Google Cloud: a project or a service account gives a role to everyone, to
    /// a service account of an undeclared project, or, in production, to one of non-production.
    ///
    /// ## Why it is bad
    /// Who can act as the role can do what it can, whatever guards its own account has. Trust in an
    /// account that nobody knows is often left over from a trial, an audit or a supplier that is long
    /// gone. And where development may act in production, production is guarded as well as
    /// development is: one leaked key of a test account is enough.
    ///
    /// ## Example
    /// ```yaml
    /// tenants:
    ///   acme:
    ///     environments:
    ///       production: { scopes: ["111111111111"] }
    ///       development: { scopes: ["222222222222"] }
    /// # and the role "deploy" in 111111111111 trusts arn:aws:iam::222222222222:root
    /// ```
    ///
    /// ## What it reads
    /// - `AWS::IAM::Role`: `AssumeRolePolicyDocument` of all roles, as AWS evaluates it: whom it lets
    ///   assume the role, past the statements that deny. Of a role for anyone, whether its conditions
    ///   keep strangers out; then the accounts and organizations that they name count as trusted,
    ///   and conditions on networks as your own.
    ///   Service-linked roles and those of IAM Identity Center are not judged as long as they only
    ///   trust services and identity providers: AWS wrote that. So are services and identity providers
    ///   in roles of your own ([IAM-06](IAM-06.md) has those of pipelines).
    /// - `cloudresourcemanager.googleapis.com/Project` and `iam.googleapis.com/ServiceAccount`:
    ///   `iamPolicy.bindings`. Members that are service accounts, one or all of a project, workloads of
    ///   GKE or identities of a workload identity pool count for the project that they are of. Google's service agents,
    ///   people, groups and domains are not judged. Policies of folders, of the organization and of
    ///   other resources are not read here, nor are the conditions of bindings.
    ///
    /// An account or project is undeclared where it is not in the organization, no environment has it,
    /// it is not declared as shared, and `trust.accounts` does not name it.
    ///
    /// Production is told by what is declared: the account of the role is in production environments
    /// only and the trusted one in none. Management accounts and what is shared count for neither. It
    /// does not matter whether both are of one tenant; the message tells. What the trusted account lets
    /// its own identities do is not judged: whoever runs that account decides it.
    ///
    /// ## Unknown
    /// Where roles or policies could not be read, where it is not known whether an account is in the
    /// organization (the listing was incomplete, or the organization was not discovered), which
    /// project a number stands for, or whether conditions keep strangers out.
    id: "IAM-08",
    name: "Trust in an undeclared or non-production account",
    severity: High,
    needs_tenants: false,
    references: [
        "AWS Well-Architected" => "SEC03-BP07",
        "Cartography" => "iam_role_external_account_trust",
    ],
    remediation: "Remove the principal from the policy; name a known third party in trust.accounts, and let production be reached only from production or from a shared deployment account.",
    parts: [
        Part::aws(&[ROLE], check).also(&[MEMBERSHIP]),
        Part::gcp(&[PROJECT, SERVICE_ACCOUNT], gcp::check),
    ],
}

/// The accounts of non-production, by the organization that they are in.
type Lower<'a> = HashMap<&'a str, Vec<&'a ScopeKey>>;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut lower = Lower::new();
    for account in context.environments.keys() {
        let is_lower = context.stage_of(account) == Stage::NonProduction;
        let top = context.path_of(account).first().copied();
        if let Some(top) = top.filter(|top| is_lower && top.kind == ScopeKind::Organization) {
            lower.entry(top.id.as_str()).or_default().push(account);
        }
    }
    sink.each(context, ROLE, |role| {
        let seen = Seen::new(role);
        let Some(document) = seen.at(TRUST)? else { return Err(Unread(TRUST.to_owned())) };
        Ok(match Document::parse(document) {
            Ok(document) => of_role(context, &lower, role, &document),
            Err(error) => Judged::Unknown(trust_unread(role.label(), malformed(&error)).into()),
        })
    });
}

/// What is wrong with whom a policy trusts, and what could not be told.
#[derive(Default)]
struct Found {
    bad: BTreeSet<Message>,
    untold: BTreeSet<Message>,
}

impl Found {
    /// The verdict; `trusts` says who trusts whom.
    fn judged(self, trusts: impl FnOnce(Arg) -> Message) -> Judged {
        if !self.bad.is_empty() {
            Judged::Bad(trusts(Arg::some(self.bad, SHOWN)).into())
        } else if !self.untold.is_empty() {
            Judged::Unknown(trusts(Arg::some(self.untold, SHOWN)).into())
        } else {
            Judged::Pass
        }
    }

    /// Takes an account or project that is trusted, as the policy names it.
    fn take(
        &mut self,
        context: &Context<'_>,
        home: &ScopeKey,
        key: &ScopeKey,
        who: impl Into<Arg>,
    ) {
        match party(context, home, key) {
            Party::Own if climbs(context, key, home) => {
                let from = whose(context, key, home);
                self.bad.insert(msg!("iam-08-not-production", who = who, account = from));
            }
            Party::Own | Party::Trusted(_) => {}
            Party::Stranger => {
                self.bad.insert(msg!("iam-08-stranger", who = who, account = Arg::text(key)));
            }
            Party::Untold(why) => {
                let account = Arg::text(key);
                let message = msg!("iam-08-untold", who = who, account = account, why = why);
                self.untold.insert(message);
            }
        }
    }
}

fn of_role(
    context: &Context<'_>,
    lower: &Lower<'_>,
    role: &Resource,
    document: &Document,
) -> Judged {
    let all = trusted(document);
    let is_theirs =
        |one: &Trusted<'_>| matches!(one.trustee, Trustee::Service(_) | Trustee::Federated(_));
    if role.origin != Origin::Customer && all.iter().all(is_theirs) {
        return Judged::Apart;
    }
    let home = role.key.scope_key();
    let mut found = Found::default();
    for one in &all {
        let mut this = Found::default();
        match &one.trustee {
            Trustee::Account(id) => {
                let key = ScopeKey::new(home.cloud.clone(), id.as_str());
                this.take(context, &home, &key, msg!("iam-08-everyone"));
            }
            Trustee::Principal { account, arn } => {
                let key = ScopeKey::new(home.cloud.clone(), account.as_str());
                this.take(context, &home, &key, arn);
            }
            Trustee::Anyone => match &one.open {
                Truth::True => {
                    this.bad.insert(msg!("iam-08-anyone"));
                }
                Truth::Possible(why) => {
                    this.untold.insert(msg!("iam-08-perhaps-anyone", why = reasons(why)));
                }
                Truth::False => {
                    let named = Named::new(one.conditions(), document);
                    named.judge(context, lower, &home, &mut this);
                }
            },
            Trustee::Unreadable(text) if !is_deleted(text) => {
                this.untold.insert(msg!("iam-08-unreadable", who = text));
            }
            _ => {}
        }
        let but = |who: Message| match one.denied.is_empty() {
            true => who,
            false => msg!("iam-08-unless-denied", who = who, why = reasons(&one.denied)),
        };
        found.bad.extend(this.bad.into_iter().map(but));
        found.untold.extend(this.untold);
    }
    found.judged(|whom| msg!("iam-08-role", role = role.label(), whom = whom))
}

/// Whom conditions name that keep strangers out of a role for anyone. Those on networks name nobody.
struct Named<'d> {
    /// Accounts, each with the ARN of whom in it; without one, everyone in it is meant.
    accounts: BTreeSet<(&'d str, Option<&'d str>)>,
    organizations: BTreeSet<&'d str>,
    /// Organizational units, each by the way to it: `o-1/r-1/ou-1/*`.
    units: BTreeSet<&'d str>,
}

impl<'d> Named<'d> {
    /// By the conditions of the statement that allows; else by those of the statements that deny
    /// all others.
    fn new(conditions: &'d Conditions, document: &'d Document) -> Self {
        let of = |family, key| {
            let values = conditions.values(family, key).into_iter().flatten();
            values.map(|must| (must.value, must.is_pattern))
        };
        let fixed = |(value, is_pattern): (&'d str, bool)| (!is_pattern).then_some(value);
        let arns = of(Family::Arn, "aws:PrincipalArn").chain(of(Family::Text, "aws:PrincipalArn"));
        let ids = of(Family::Text, "aws:PrincipalAccount").filter_map(fixed);
        let accounts: BTreeSet<_> = arns
            .filter_map(|(arn, _)| Some((account_of(arn)?, Some(arn))))
            .chain(ids.map(|id| (id, None)))
            .collect();
        let organizations: BTreeSet<_> =
            of(Family::Text, "aws:PrincipalOrgID").filter_map(fixed).collect();
        let units: BTreeSet<_> =
            of(Family::Text, "aws:PrincipalOrgPaths").map(|(path, _)| path).collect();
        if !accounts.is_empty() || !organizations.is_empty() || !units.is_empty() {
            return Self { accounts, organizations, units };
        }
        let denies = document.statements.iter().filter(|one| one.effect == Effect::Deny);
        let clauses: Vec<_> = denies.flat_map(|deny| &deny.conditions.clauses).collect();
        let values = |key: &'static str| {
            let of = clauses.iter().filter(move |clause| clause.key.eq_ignore_ascii_case(key));
            of.flat_map(|clause| &clause.values).map(|value| value.written.as_str())
        };
        let arns = values("aws:PrincipalArn").filter_map(|arn| Some((account_of(arn)?, Some(arn))));
        let ids = values("aws:PrincipalAccount").map(|id| (id, None));
        Self {
            accounts: arns.chain(ids).collect(),
            organizations: values("aws:PrincipalOrgID").collect(),
            units: values("aws:PrincipalOrgPaths").collect(),
        }
    }

    fn judge(&self, context: &Context<'_>, lower: &Lower<'_>, home: &ScopeKey, found: &mut Found) {
        for (account, arn) in &self.accounts {
            let key = ScopeKey::new(home.cloud.clone(), *account);
            match arn {
                Some(arn) => found.take(context, home, &key, *arn),
                None => found.take(context, home, &key, msg!("iam-08-everyone")),
            }
        }
        let all = self.organizations.iter().map(|id| (*id, None));
        let parts = self.units.iter().map(|unit| (unit.split('/').next().unwrap_or(unit), *unit));
        for (id, unit) in all.chain(parts.map(|(id, unit)| (id, Some(unit)))) {
            let key = ScopeKey::new(home.cloud.clone(), id);
            let scope = context.scopes.get(&key);
            if scope.is_none_or(|scope| scope.kind != ScopeKind::Organization) {
                match why_untold(context, home) {
                    None => found.bad.insert(msg!("iam-08-organization", organization = id)),
                    Some(why) => found.untold.insert(msg!(
                        "iam-08-organization-untold",
                        organization = id,
                        why = why
                    )),
                };
                continue;
            }
            let lower = lower.get(id).into_iter().flatten();
            let mut lower =
                lower.filter(|account| unit.is_none_or(|unit| is_below(context, account, unit)));
            if let Some(first) = lower.find(|account| climbs(context, account, home)) {
                let first = whose(context, first, home);
                found.bad.insert(match unit {
                    Some(unit) => msg!("iam-08-lower-in-unit", unit = unit, account = first),
                    None => {
                        msg!("iam-08-lower-in-organization", organization = id, account = first)
                    }
                });
            }
        }
    }
}

/// Whether an account is in the unit that a path names, or below it where it ends in a wildcard.
fn is_below(context: &Context<'_>, account: &ScopeKey, unit: &str) -> bool {
    let above = context.path_of(account).into_iter().filter(|scope| scope.id != account.id);
    let path: String = above.flat_map(|scope| [scope.id.as_str(), "/"]).collect();
    match unit.split_once(['*', '?']) {
        Some((begin, _)) => path.starts_with(begin),
        None => path == unit,
    }
}

/// The account of an ARN, where it is fixed.
fn account_of(arn: &str) -> Option<&str> {
    let account = arn.split(':').nth(4)?;
    let is_one = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    is_one.then_some(account)
}

/// Whether it is the unique id of a user or a role, which stands where that was deleted: nobody
/// has it any more.
fn is_deleted(text: &str) -> bool {
    let is_id = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (text.starts_with("AIDA") || text.starts_with("AROA")) && text.bytes().all(is_id)
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    const PROD: &str = "111111111111";
    const DEV: &str = "222222222222";
    const ALIEN: &str = "999999999999";
    const ON: &[&str] = &["111111111111/deploy"];
    let policy = |principal: Value, condition: Value| {
        json!({"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": principal, "Condition": condition}}})
    };
    let own = || {
        let acme = [("production", PROD), ("development", DEV)];
        world().account(PROD).account(DEV).tenant("acme", &acme)
    };
    let role = |principal: Value, condition: Value| {
        own().with(PROD, ROLE, "deploy", policy(principal, condition))
    };
    let of =
        |account: &str| role(json!({"AWS": format!("arn:aws:iam::{account}:role/ci")}), json!({}));
    let anyone = |condition: Value| role(json!("*"), condition);
    let org = |id: &str| anyone(json!({"StringEquals": {"aws:PrincipalOrgID": id}}));
    let denies = |id: &str| {
        let statements = json!([
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"},
            {"Effect": "Deny", "Action": "sts:*", "Principal": "*",
                "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": id}}},
        ]);
        let policy = json!({"AssumeRolePolicyDocument": {"Statement": statements}});
        own().with(PROD, ROLE, "deploy", policy)
    };
    let linked = |principal: Value| {
        own()
            .with(PROD, ROLE, "AWSServiceRoleForX", policy(principal, json!({})))
            .by_provider("service-linked role")
    };
    let mut cases = vec![
        fires("undeclared", ON, of(ALIEN)).saying(
            "deploy trusts arn:aws:iam::999999999999:role/ci in aws:999999999999, which is neither",
        ),
        fires("anyone", ON, anyone(json!({}))).saying("deploy trusts anyone."),
        fires(
            "everyone but one",
            ON,
            own().with(
                PROD,
                ROLE,
                "deploy",
                json!({"AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow",
                    "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": DEV}}}}),
            ),
        ),
        fires("from development into production", ON, of(DEV)).saying(
            "aws:222222222222 (acme/development, of the same tenant), which is not production",
        ),
        fires(
            "of another tenant",
            ON,
            of("333333333333")
                .account("333333333333")
                .tenant("globex", &[("test", "333333333333")]),
        )
        .saying("globex/test, of another tenant"),
        fires("all of the organization", ON, org("o"))
            .saying("of the organization o, aws:222222222222"),
        fires("another organization", ON, org("o-alien"))
            .saying("organization o-alien, which is not"),
        fires("all but another organization are denied", ON, denies("o-alien"))
            .saying("organization o-alien, which is not"),
        fires("all but the organization are denied", ON, denies("o")).saying("acme/development"),
        fires(
            "a unit of another organization",
            ON,
            anyone(json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-alien/r-1/*"}})),
        )
        .saying("organization o-alien, which is not"),
        fires(
            "a unit with development in it",
            ON,
            anyone(json!({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o/"}})),
        )
        .saying("of the unit o/, aws:222222222222"),
        quiet(
            "another unit",
            anyone(json!({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o/r-1/ou-1/"}})),
        ),
        quiet("a network", anyone(json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))),
        unknown("whose the organization is", ON, org("o-alien").discovery_failed("aws")),
        fires(
            "an account that a condition names",
            ON,
            anyone(json!({"StringEquals": {"aws:PrincipalAccount": ALIEN}})),
        ),
        fires(
            "a role that a condition names",
            ON,
            anyone(json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/x"}})),
        ),
        quiet("its own account", of(PROD)),
        quiet(
            "from production into development",
            own().with(DEV, ROLE, "read", policy(json!({"AWS": PROD}), json!({}))),
        ),
        quiet("from what is shared", of(ALIEN).shared(ALIEN, "deployment")),
        quiet(
            "from the management account",
            of("333333333333")
                .management("333333333333")
                .tenant("ops", &[("test", "333333333333")]),
        ),
        quiet(
            "in the organization and declared for nobody",
            of("333333333333").account("333333333333"),
        ),
        quiet(
            "trusted by declaration",
            of(ALIEN).declare(|d| {
                d.trust.accounts.insert(key(ALIEN), "Datadog".to_owned());
            }),
        ),
        quiet("a service", role(json!({"Service": "ec2.amazonaws.com"}), json!({}))),
        quiet("a principal that was deleted", role(json!({"AWS": "AROAEXAMPLE1"}), json!({}))),
        quiet(
            "the organization, into development",
            own().with(
                DEV,
                ROLE,
                "read",
                policy(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o"}})),
            ),
        ),
        apart("a service-linked role", linked(json!({"Service": "x.amazonaws.com"}))),
        fires(
            "a role of the provider for an account",
            &["111111111111/AWSServiceRoleForX"],
            linked(json!({"AWS": ALIEN})),
        ),
        fires(
            "alone, in no organization",
            ON,
            world().account_alone(PROD).with(
                PROD,
                ROLE,
                "deploy",
                policy(json!({"AWS": ALIEN}), json!({})),
            ),
        ),
        unknown("the listing was cut off", ON, of(ALIEN).discovery_failed("aws"))
            .saying("the listing of accounts was incomplete"),
        fires("declared, whatever was listed", ON, of(DEV).discovery_failed("aws")),
        unknown(
            "the organization is not known",
            ON,
            world()
                .account_alone(PROD)
                .with(PROD, ROLE, "deploy", policy(json!({"AWS": ALIEN}), json!({})))
                .denied(PROD, MEMBERSHIP),
        ),
        unknown("possibly anyone", ON, anyone(json!({"StringEquals": {"sts:ExternalId": "x"}})))
            .saying("anyone, possibly"),
        unknown("a service of any name", ON, role(json!({"Service": "*"}), json!({}))),
        unknown(
            "malformed",
            ON,
            own().with(PROD, ROLE, "deploy", json!({"AssumeRolePolicyDocument": []})),
        ),
        unknown("no policy", ON, own().with(PROD, ROLE, "deploy", json!({}))),
        unknown("denied", &[PROD], world().account(PROD).denied(PROD, ROLE)),
    ];
    cases.extend(gcp::cases());
    cases
}
