use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Arg, Message, Resource, ScopeKey, msg};

use crate::context::Context;
use crate::organization::MEMBERSHIP;
use crate::parties::{Party, party};
use crate::policies::{malformed, trust_unread};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};
use tenko_iam::{Conditions, Document, Trusted, Trustee, trusted};

const ROLE: &str = "AWS::IAM::Role";
const TRUST: &str = "AssumeRolePolicyDocument";

rule! {
    /// A role trusts an account of somebody else and asks for no external id, or for one that
    /// another role in another account, or another third party, has too.
    ///
    /// ## Why it is bad
    /// A third party acts for many customers with one account of its own. Whoever learns the name of
    /// your role can enter it at the third party as theirs, which then works in your account for them:
    /// the confused deputy. The external id, which the third party gives each customer and sends each
    /// time, prevents that. It only tells apart what does not share it: with one id in the accounts of
    /// two tenants, what was set up for one reaches the other.
    ///
    /// ## Example
    /// ```json
    /// {
    ///   "Effect": "Allow",
    ///   "Action": "sts:AssumeRole",
    ///   "Principal": { "AWS": "arn:aws:iam::464622532012:root" }
    /// }
    /// ```
    ///
    /// ## What it reads
    /// The trust policies of all roles, `AssumeRolePolicyDocument` of `AWS::IAM::Role`, as AWS
    /// evaluates them: whom they let call `sts:AssumeRole`, past the statements that deny.
    ///
    /// A third party is an account that is not in the organization, not declared for a tenant and not
    /// declared as shared. One that `trust.accounts` names is a known one, and an external id is
    /// wanted all the same; accounts with the same name there are one third party.
    ///
    /// - A condition has to ask for certain values of `sts:ExternalId`. `StringLike` with `*`, or one
    ///   that only asks for any external id, does not do.
    /// - The same value for two third parties, or for one of them in two accounts, is told on each of
    ///   the roles. Values with wildcards are not compared. The message does not show the value.
    /// - A role that asks for a second factor (`aws:MultiFactorAuthPresent`) is for people, whom nobody
    ///   can confuse so, and passes without an external id.
    ///
    /// Services of AWS, identity providers and roles for anyone ([IAM-08](IAM-08.md)) are not judged
    /// here. Google Cloud has nothing that corresponds: there the third party is given a role for an
    /// identity of its own for each customer.
    ///
    /// ## Unknown
    /// Where roles, or a trust policy, could not be read, and where it is not known whether an account
    /// is in the organization: the listing of accounts was incomplete, or the organization was not
    /// discovered.
    id: "IAM-07",
    name: "Third-party access without an external id of its own",
    severity: Medium,
    needs_tenants: false,
    references: [
        "AWS Well-Architected" => "SEC03-BP09",
        "ScoutSuite" => "iam-assume-role-lacks-external-id-and-mfa",
    ],
    remediation: "Have the third party give an external id for each account and ask for it with StringEquals on sts:ExternalId in the role's trust policy.",
    parts: [Part::aws(&[ROLE], check).also(&[MEMBERSHIP])],
}

/// How many third parties, and how many roles with the same external id, are named.
const NAMED: usize = 3;

/// Where an external id is asked for: the third party, the account and the role.
type Uses = BTreeMap<String, BTreeSet<(String, ScopeKey, String)>>;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let uses = uses(context);
    sink.each(context, ROLE, |role| of_role(context, &uses, role));
}

fn document(role: &Resource) -> Result<Document, Judged> {
    let unreadable = |why: Arg| Judged::Unknown(trust_unread(role.label(), why).into());
    let seen = Seen::new(role);
    match seen.at(TRUST) {
        Ok(Some(value)) => {
            Document::parse(value).map_err(|error| unreadable(malformed(&error).into()))
        }
        Ok(None) => Err(unreadable(msg!("policy-trust-absent").into())),
        Err(Unread(attribute)) => Err(unreadable(attribute.into())),
    }
}

/// The other accounts that a trust policy lets in, each with whose it is.
fn parties<'a, 'd>(
    context: &Context<'a>,
    role: &Resource,
    document: &'d Document,
) -> Vec<(String, Trusted<'d>, Party<'a>)> {
    let home = role.key.scope_key();
    let all = trusted(document).into_iter().filter(|one| one.actions.contains(&"sts:AssumeRole"));
    all.filter_map(|one| {
        let (Trustee::Account(account) | Trustee::Principal { account, .. }) = &one.trustee else {
            return None;
        };
        let account = account.clone();
        let key = ScopeKey::new(home.cloud.clone(), account.as_str());
        Some((account, one, party(context, &home, &key)))
    })
    .filter(|(_, _, party)| *party != Party::Own)
    .collect()
}

/// What tells one third party from another.
fn name(account: &str, party: &Party<'_>) -> String {
    match party {
        Party::Trusted(whose) => (*whose).to_owned(),
        _ => account.to_owned(),
    }
}

fn uses(context: &Context<'_>) -> Uses {
    let mut uses = Uses::new();
    for role in context.of_type(ROLE) {
        let Ok(document) = document(role) else { continue };
        for (account, one, party) in parties(context, role, &document) {
            for id in ids(one.conditions()) {
                let of = (name(&account, &party), role.key.scope_key(), role.label().to_owned());
                uses.entry(id.to_owned()).or_default().insert(of);
            }
        }
    }
    uses
}

/// The external ids that stand for themselves.
fn ids(conditions: &Conditions) -> impl Iterator<Item = &str> {
    let all = conditions.external_ids().into_iter().flatten();
    all.filter(|id| !id.is_pattern).map(|id| id.value)
}

fn of_role(context: &Context<'_>, uses: &Uses, role: &Resource) -> Result<Judged, Unread> {
    let document = match document(role) {
        Ok(document) => document,
        Err(unknown) => return Ok(unknown),
    };
    let parties = parties(context, role, &document);
    let (mut bad, mut untold) = (BTreeSet::new(), None);
    for (account, one, party) in &parties {
        let named = match party {
            Party::Trusted(whose) => format!("{account} ({whose})"),
            _ => account.clone(),
        };
        let whose = name(account, party);
        let Some(fault) = fault(uses, role, (&named, &whose), one.conditions()) else {
            continue;
        };
        match party {
            Party::Untold(why) => {
                let why = why.clone();
                untold = Some(msg!("iam-07-untold", role = role.label(), party = fault, why = why));
            }
            _ => _ = bad.insert(fault),
        }
    }
    Ok(if !bad.is_empty() {
        let parties = Arg::some(bad, NAMED);
        Judged::Bad(msg!("iam-07-bad", role = role.label(), parties = parties).into())
    } else if let Some(untold) = untold {
        Judged::Unknown(untold.into())
    } else if parties.is_empty() {
        Judged::Apart
    } else {
        Judged::Pass
    })
}

/// A third party, by how it is named and by what tells it from others, with what is wrong with how
/// it is let in.
fn fault(
    uses: &Uses,
    role: &Resource,
    (named, whose): (&str, &str),
    conditions: &Conditions,
) -> Option<Message> {
    let any = || Some(msg!("iam-07-any-id", party = named));
    let home = role.key.scope_key();
    let Some(asked) = conditions.external_ids().filter(|ids| !ids.is_empty()) else {
        if asks_for_mfa(conditions) {
            return None;
        }
        return match conditions.requires("sts:ExternalId") {
            true => any(),
            false => Some(msg!("iam-07-no-id", party = named)),
        };
    };
    if asked.iter().any(|id| id.is_pattern && id.value.bytes().all(|b| matches!(b, b'*' | b'?'))) {
        return any();
    }
    // One stack set can give the same id to thousands of roles: they are counted, and not copied.
    let (mut others, mut counts) = (BTreeSet::new(), Vec::new());
    for of in ids(conditions).filter_map(|id| uses.get(id)) {
        let of_its_own = of
            .range((whose.to_owned(), home.clone(), String::new())..)
            .take_while(|(party, account, _)| party == whose && *account == home)
            .count();
        let count = of.len().saturating_sub(of_its_own);
        let first = of.iter().filter(|(party, account, _)| party != whose || *account != home);
        let first = first.take(NAMED).map(|(party, account, name)| {
            let account = Arg::text(account);
            match party == whose {
                true => msg!("iam-07-role", role = name, account = account),
                false => {
                    msg!("iam-07-role-for-another", role = name, account = account, party = party)
                }
            }
        });
        others.extend(first);
        counts.push(count);
    }
    if others.is_empty() {
        return None;
    }
    let others = Arg::list(others);
    let others = match counts.as_slice() {
        [count] if *count > NAMED => {
            msg!("some-and-more", shown = others, more = count - NAMED).into()
        }
        // Some may have two of the ids.
        [_, _, ..] if counts.iter().any(|count| *count > NAMED) => {
            msg!("iam-07-and-others", shown = others).into()
        }
        _ => others,
    };
    Some(msg!("iam-07-shared-id", party = named, others = others))
}

fn asks_for_mfa(conditions: &Conditions) -> bool {
    let present = conditions.values(tenko_iam::Family::Bool, "aws:MultiFactorAuthPresent");
    present.is_some_and(|values| {
        !values.is_empty() && values.iter().all(|v| v.value.eq_ignore_ascii_case("true"))
    })
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    const ONE: &str = "111111111111";
    const TWO: &str = "222222222222";
    const VENDOR: &str = "464622532012";
    let trust = |account: &str, condition: Value| {
        json!({"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": format!("arn:aws:iam::{account}:root")}, "Condition": condition}}})
    };
    let id = |id: &str| json!({"StringEquals": {"sts:ExternalId": id}});
    let own = || world().account(ONE).account(TWO);
    let one = |account: &str, condition: Value| {
        own().with(ONE, ROLE, "vendor", trust(account, condition))
    };
    let known = |world: World, account: &str| {
        world.declare(|d| {
            d.trust.accounts.insert(key(account), "Datadog".to_owned());
        })
    };
    let both = |other: &str| one(VENDOR, id("a")).with(TWO, ROLE, "other", trust(other, id("a")));
    vec![
        fires("no external id", &["111111111111/vendor"], one(VENDOR, json!({})))
            .saying("vendor trusts 464622532012 without an external id."),
        fires(
            "a known third party",
            &["111111111111/vendor"],
            known(one(VENDOR, json!({})), VENDOR),
        )
        .saying("464622532012 (Datadog) without"),
        fires(
            "any external id",
            &["111111111111/vendor"],
            one(VENDOR, json!({"StringLike": {"sts:ExternalId": "*"}})),
        )
        .saying("with any external id"),
        fires(
            "it only has to be there",
            &["111111111111/vendor"],
            one(VENDOR, json!({"Null": {"sts:ExternalId": "false"}})),
        )
        .saying("with any external id"),
        fires(
            "another condition does not do",
            &["111111111111/vendor"],
            one(VENDOR, json!({"StringEqualsIfExists": {"sts:ExternalId": "a"}})),
        ),
        quiet("an external id", one(VENDOR, id("a"))),
        quiet("people", one(VENDOR, json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}))),
        fires(
            "one id in two accounts",
            &["111111111111/vendor", "222222222222/other"],
            both(VENDOR),
        )
        .saying("also the one of other in aws:222222222222."),
        fires(
            "one id for two third parties",
            &["111111111111/vendor", "222222222222/other"],
            both("999999999999"),
        )
        .saying("other in aws:222222222222 for 999999999999"),
        quiet(
            "one id for two roles of one account",
            one(VENDOR, id("a")).with(ONE, ROLE, "other", trust(VENDOR, id("a"))),
        ),
        quiet(
            "one third party with two accounts",
            known(
                known(one(VENDOR, id("a")), VENDOR).with(
                    ONE,
                    ROLE,
                    "other",
                    trust("999999999999", id("a")),
                ),
                "999999999999",
            ),
        ),
        fires(
            "one id in many accounts",
            &[
                "111111111111/vendor",
                "222222222222/a",
                "222222222222/b",
                "222222222222/c",
                "222222222222/d",
            ],
            ["a", "b", "c", "d"].iter().fold(one(VENDOR, id("a")), |world, name| {
                world.with(TWO, ROLE, name, trust(VENDOR, id("a")))
            }),
        )
        .saying("a in aws:222222222222, b in aws:222222222222, c in aws:222222222222 and 1 more.")
        .saying("d trusts 464622532012 with an external id that is also the one of vendor in aws:111111111111."),
        quiet("two ids", one(VENDOR, id("a")).with(TWO, ROLE, "other", trust(VENDOR, id("b")))),
        apart("in the organization", one(TWO, json!({}))),
        apart("the account itself", one(ONE, json!({}))),
        apart("declared", one("999999999999", json!({})).shared("999999999999", "log archive")),
        apart(
            "a service",
            own().with(
                ONE,
                ROLE,
                "ec2",
                json!({"AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow",
                    "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}}}),
            ),
        ),
        fires(
            "alone, in no organization",
            &["111111111111/vendor"],
            world().account_alone(ONE).with(ONE, ROLE, "vendor", trust(VENDOR, json!({}))),
        ),
        unknown(
            "the organization is not known",
            &["111111111111/vendor"],
            world()
                .account_alone(ONE)
                .with(ONE, ROLE, "vendor", trust(VENDOR, json!({})))
                .denied(ONE, MEMBERSHIP),
        )
        .saying("the organization was not discovered"),
        unknown(
            "the listing was cut off",
            &["111111111111/vendor"],
            one(VENDOR, json!({})).discovery_failed("aws"),
        ),
        fires(
            "a known third party needs no listing",
            &["111111111111/vendor"],
            known(one(VENDOR, json!({})), VENDOR).discovery_failed("aws"),
        ),
        quiet(
            "with an external id it does not matter whose it is",
            one(VENDOR, id("a")).discovery_failed("aws"),
        ),
        unknown(
            "malformed",
            &["111111111111/vendor"],
            own().with(ONE, ROLE, "vendor", json!({"AssumeRolePolicyDocument": "{"})),
        )
        .saying("the policy is not JSON"),
        unknown("no policy", &["111111111111/vendor"], own().with(ONE, ROLE, "vendor", json!({}))),
        unknown("denied", &[ONE], world().account(ONE).denied(ONE, ROLE)),
    ]
}
