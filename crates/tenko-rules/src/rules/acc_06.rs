use std::collections::BTreeSet;

use tenko_core::{Arg, Scope, ScopeKey, ScopeKind, msg};

use crate::context::Context;
use crate::guardrails::{Enabled, Guardrails, ORGANIZATION, POLICY, Policy, targets};
use crate::organization::{MEMBERSHIP, Organization, is_listed, is_not_enabled, is_outside};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, few, name_of, scope_name};
use tenko_iam::{Caller, Document, Keys, Request, Scp, rcp_verdict, scp_verdict};

const EFFECTIVE: &str = "orgpolicy.googleapis.com/EffectivePolicy";

rule! {
    /// Nothing above an account or project restrains it: no service control policy (SCP) and no
    /// resource control policy (RCP) on its path takes anything away, or no organization policy is
    /// enforced in the project.
    ///
    /// ## Why it is bad
    /// Whoever is administrator in the account may do everything in it: switch off the trail and
    /// the detectors, open data to the world, use every region, leave the organization. A guardrail
    /// from above is the only limit that holds against an administrator.
    ///
    /// ## Example
    /// The account, its organizational unit and the root have `FullAWSAccess` attached and nothing
    /// else.
    ///
    /// ## What it reads
    /// - `AWS::Organizations::Organization`: `PolicyTypes`. Policies of a type that is not enabled
    ///   have no effect. Where neither SCPs nor RCPs are enabled, that is one finding for the
    ///   organization, and its accounts are not judged one by one.
    /// - `AWS::Organizations::Policy`: the SCPs and RCPs whose `TargetIds` name the account, an
    ///   organizational unit above it, or the root, and what their `Content` means. A policy that
    ///   denies nothing is no guardrail, beside another that allows everything on the same level;
    ///   so a copy of `FullAWSAccess` under another name is none. Any denial counts: whether it is
    ///   the right one is not judged here.
    /// - `orgpolicy.googleapis.com/EffectivePolicy`: whether any of the constraints that are read
    ///   is enforced in the project: `enforce`, `denyAll`, or a list of `values`. Those that are
    ///   set for a dry run do not count. Constraints that are not read may be enforced all the
    ///   same.
    ///
    /// The management account is not judged: neither SCPs nor RCPs restrain it. An account outside
    /// an organization is ACC-03.
    ///
    /// ## Unknown
    /// Where the organization's policies, their targets or their content could not be read, and for
    /// an account whose place in the organization is not known. In Google Cloud where a constraint
    /// could not be read, and where the Organization Policy API is not enabled in the project that
    /// is asked: policies hold for it all the same.
    id: "ACC-06",
    name: "No guardrail from the organization on an account",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.1.2",
        "CIS Google Cloud v5.0" => "1.1.4",
    ],
    remediation: "Attach a baseline SCP to the root or the organizational units that denies leaving the organization, switching off trails and detectors, and unused regions; in Google Cloud enforce the baseline constraints on the organization.",
    parts: [
        Part::aws(&[ORGANIZATION, POLICY], check_aws).also(&[MEMBERSHIP]),
        Part::gcp(&[EFFECTIVE], check_gcp)],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    let guardrails = Guardrails::new(context);
    let organizations = Organization::all(context);
    for organization in &organizations {
        let key = organization.scope.key();
        let enabled = Enabled::of(context, &key);
        if enabled == Ok(Enabled::default()) && !organization.members.is_empty() {
            let message = msg!("acc-06-disabled", organization = key.id.as_str());
            sink.bad(context, organization.subject(), message);
            continue;
        }
        for account in &organization.members {
            let judged = match &enabled {
                Ok(enabled) => of_account(context, &guardrails, account, enabled),
                Err(why) => unread(&account.key(), why.clone()),
            };
            sink.judge(context, *account, judged);
        }
    }
    for account in context.accounts("aws") {
        // That an account is in no organization is another rule's matter.
        let is_judged = account.management || is_listed(context, account);
        if !is_judged && !is_outside(context, account) {
            let judged = unread(&account.key(), msg!("rule-place-unknown"));
            sink.judge(context, account, judged);
        }
    }
}

fn unread(account: &ScopeKey, why: impl Into<Arg>) -> Judged {
    Judged::Unknown(msg!("acc-06-unknown", scope = account.to_string(), reason = why).into())
}

fn of_account(
    context: &Context<'_>,
    guardrails: &Guardrails<'_>,
    account: &Scope,
    enabled: &Enabled,
) -> Judged {
    let key = account.key();
    if let Some(why) = &guardrails.gap {
        return unread(&key, why.clone());
    }
    let above = context.path_of(&key);
    // Where the tree could not be walked, discovery hangs accounts below the organization.
    let is_placed = above.iter().any(|scope| scope.kind == ScopeKind::Folder);
    let levels: Vec<Vec<&Policy<'_>>> = targets(&above, enabled)
        .iter()
        .map(|target| guardrails.attached(target, enabled).collect())
        .collect();
    if restrains(&levels) {
        return Judged::Pass;
    }
    let all = || levels.iter().flatten();
    if let Some((policy, why)) = all().find_map(|p| Some((p, p.document.as_ref().err()?))) {
        let (policy, why) = (policy.resource.label(), why.clone());
        return unread(&key, msg!("acc-06-policy", policy = policy, reason = why));
    }
    if !is_placed {
        return unread(&key, msg!("rule-place-unknown"));
    }
    let account = scope_name(account);
    let attached: BTreeSet<_> = all().map(|policy| policy.resource.label()).collect();
    let attached = if attached.is_empty() {
        msg!("acc-06-nothing", account = account)
    } else {
        msg!("acc-06-nothing-but", policies = few(attached), account = account)
    };
    let message = match (enabled.scp, enabled.rcp) {
        (false, _) => msg!("acc-06-bad-without-scps", attached = attached),
        (_, false) => msg!("acc-06-bad-without-rcps", attached = attached),
        _ => msg!("acc-06-bad", attached = attached),
    };
    Judged::Bad(message.into())
}

/// Whether policies take anything away from what an account may do. Levels without a policy are
/// left out: AWS does not let a level have no SCP.
fn restrains(levels: &[Vec<&Policy<'_>>]) -> bool {
    let of = |is_rcp: bool| -> Vec<Vec<Document>> {
        let levels = levels.iter().map(|level| {
            let of = level.iter().filter(|policy| policy.is_rcp == is_rcp);
            let of: Vec<_> = of.map(|policy| policy.document.clone()).collect();
            // One that cannot be read might allow what the others of its level do not.
            of.into_iter().collect::<Result<Vec<_>, _>>().unwrap_or_default()
        });
        levels.filter(|level| !level.is_empty()).collect()
    };
    let keys = Keys::new();
    let all = Request { caller: Caller::Unknown, action: "*", resource: "*", keys: &keys };
    scp_verdict(&of(false), "*", "*", &keys) != Scp::Allowed
        || rcp_verdict(&of(true), &all) != Scp::Allowed
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.scopes(context, "gcp", |project| of_project(context, project));
}

fn of_project(context: &Context<'_>, project: &Scope) -> Judged {
    let key = project.key();
    let gap = context
        .why_unread(&key, &[EFFECTIVE])
        .or_else(|| is_not_enabled(context, &key, EFFECTIVE).then(|| msg!("rule-api-not-enabled")));
    if let Some(reason) = gap {
        return unread(&key, reason);
    }
    let policies = context.of_type_in(EFFECTIVE, &key);
    let mut untold = None;
    for policy in policies {
        match is_enforced(&Seen::new(policy)) {
            Ok(true) => return Judged::Pass,
            Ok(false) => {}
            Err(Unread(attribute)) => {
                let of = name_of(policy);
                untold =
                    Some(msg!("rule-attribute-unread-of", attribute = attribute, resource = of));
            }
        }
    }
    if let Some(untold) = untold {
        return unread(&key, untold);
    }
    let project = scope_name(project);
    if policies.is_empty() {
        return Judged::Bad(msg!("acc-06-no-constraint", project = project).into());
    }
    let read = few(policies.iter().map(|policy| policy.label()));
    Judged::Bad(msg!("acc-06-not-enforced", project = project, constraints = read).into())
}

/// Whether an effective policy takes anything away. Google has evaluated its conditions.
fn is_enforced(policy: &Seen<'_>) -> Result<bool, Unread> {
    let is_true = |rule: &serde_json::Value, key: &str| {
        rule.get(key).is_some_and(|value| *value == true || *value == "true")
    };
    let some = |rule: &serde_json::Value, key: &str| {
        let values = rule.get("values").and_then(|values| values.get(key)?.as_array());
        values.is_some_and(|values| !values.is_empty())
    };
    Ok(policy.list("spec.rules")?.iter().any(|rule| {
        is_true(rule, "enforce")
            || is_true(rule, "denyAll")
            || some(rule, "allowedValues")
            || some(rule, "deniedValues")
    }))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};
    use tenko_core::Outcome;

    use crate::guardrails::{RCP, SCP};
    use crate::testing::*;

    let document = |effect: &str, action: Value| {
        let statement = json!({"Effect": effect, "Action": action, "Resource": "*"});
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let full_access = document("Allow", json!("*"));
    let denial = document("Deny", json!("organizations:LeaveOrganization"));
    let allow_list = document("Allow", json!(["ec2:*", "s3:*"]));
    let [full_access, denial, allow_list] = [&*full_access, &*denial, &*allow_list];
    let organization = |types: &[&str]| {
        world()
            .folder("r-1", "o")
            .folder("ou-1", "r-1")
            .management("9")
            .account_in("1", "ou-1")
            .with("9", ORGANIZATION, "o", json!({"PolicyTypes": types, "RootId": "r-1"}))
    };
    let policy = |world: World, id: &str, kind: &str, content: &str, targets: &[&str]| {
        let attributes = json!({"Type": kind, "Content": content, "TargetIds": targets});
        world.with("9", POLICY, id, attributes)
    };
    let all = ["r-1", "ou-1", "1"];
    let full = |world: World| policy(world, "p-FullAWSAccess", SCP, full_access, &all);
    let base = || full(organization(&[SCP]));
    let project = |name: &str, spec: Value| {
        let attributes =
            json!({"constraint": name, "spec": spec, "dryRunSpec": {"rules": [{"enforce": true}]}});
        world().project("p").with("gcp:p", EFFECTIVE, name, attributes)
    };
    vec![
        fires("only full access", &["1"], base())
            .saying("Nothing but p-FullAWSAccess is attached on the path of aws:1 (name of 1); RCPs are not enabled."),
        fires("a copy of it", &["1"], policy(base(), "p-2", SCP, full_access, &["1"])),
        fires(
            "an allow list beside full access",
            &["1"],
            policy(base(), "p-2", SCP, allow_list, &["1"]),
        ),
        fires(
            "on another account",
            &["1"],
            policy(base(), "p-2", SCP, denial, &["2", "ou-2", "9"]),
        ),
        fires(
            "nothing is enabled",
            &["9"],
            policy(organization(&[]), "p-2", SCP, denial, &["r-1"]),
        )
        .saying("Neither SCPs nor RCPs"),
        fires("the type is not enabled", &["1"], policy(base(), "p-2", RCP, denial, &["r-1"]))
            .saying("RCPs are not enabled"),
        quiet("a denial on the root", policy(base(), "p-2", SCP, denial, &["r-1"])),
        quiet("a denial for the root user alone", {
            let statement = json!({"Effect": "Deny", "Action": "*", "Resource": "*",
                "Condition": {"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:root"]}}});
            policy(base(), "p-2", SCP, &json!({"Statement": statement}).to_string(), &["r-1"])
        }),
        quiet("a denial of what belongs to the landing zone", {
            let statement = json!({"Effect": "Deny", "Action": ["s3:PutBucketPolicy"],
                "Resource": ["arn:aws:s3:::aws-controltower*"],
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/AWSControlTowerExecution"}}});
            policy(base(), "p-2", SCP, &json!({"Statement": [statement]}).to_string(), &["ou-1"])
        }),
        quiet("on the unit", policy(base(), "p-2", SCP, denial, &["ou-1"])),
        quiet("on the account", policy(base(), "p-2", SCP, denial, &["1"])),
        quiet(
            "an allow list instead of full access",
            policy(
                policy(organization(&[SCP]), "p-2", SCP, allow_list, &["1"]),
                "p-1",
                SCP,
                full_access,
                &["r-1", "ou-1"],
            ),
        ),
        quiet("an RCP", policy(full(organization(&[SCP, RCP])), "p-2", RCP, denial, &["r-1"])),
        unknown("policies denied", &["1"], base().denied("9", POLICY)),
        unknown("types not read", &["1"], base().denied("9", ORGANIZATION)),
        unknown(
            "targets not read",
            &["1"],
            policy(base(), "p-2", SCP, denial, &["r-1"]).unread("TargetIds"),
        ),
        unknown("no document", &["1"], policy(base(), "p-2", SCP, "{\"Statement\": 7}", &["1"])),
        unknown("hostile", &["1"], policy(base(), "p-2", SCP, &"[".repeat(10_000), &["1"])),
        unknown("its place is not known", &["2"], {
            policy(base(), "p-2", SCP, denial, &["ou-1"]).account("2")
        }),
        quiet("and need not be", policy(base(), "p-2", SCP, denial, &["r-1"]).account("2")),
        apart(
            "the management account alone",
            world().management("9").with("9", ORGANIZATION, "o", json!({})),
        ),
        fires(
            "Google: nothing set",
            &["gcp:p"],
            project("a", json!({"rules": [{"enforce": false}]})),
        )
        .saying("is enforced in gcp:p"),
        fires(
            "Google: all allowed",
            &["gcp:p"],
            project("a", json!({"rules": [{"allowAll": true}]})),
        ),
        fires("Google: a dry run only", &["gcp:p"], project("a", json!({}))),
        quiet("Google: enforced", project("a", json!({"rules": [{"enforce": true}]}))),
        quiet("Google: denied", project("a", json!({"rules": [{"denyAll": true}]}))),
        quiet(
            "Google: values",
            project("a", json!({"rules": [{"values": {"allowedValues": ["is:C0"]}}]})),
        ),
        unknown(
            "Google: the API is not enabled",
            &["gcp:p"],
            world().project("p").outcome("gcp:p", EFFECTIVE, Outcome::ServiceNotEnabled),
        ),
        unknown("Google: denied", &["gcp:p"], project("a", json!({})).denied("gcp:p", EFFECTIVE)),
        unknown("Google: not read", &["gcp:p"], project("a", json!({})).unread("spec")),
    ]
}
