//! What IAM lets anyone do with a Cloud Storage bucket, less what is prevented.
//!
//! Facts: <https://cloud.google.com/storage/docs/public-access-prevention>,
//! <https://cloud.google.com/storage/docs/uniform-bucket-level-access>.

use serde_json::Value;
use tenko_core::{Arg, Message, Resource, ScopeKey, msg};

use super::{Ways, but, unread};
use crate::context::Context;
use crate::organization::is_not_enabled;
use crate::sink::{Judged, SHOWN, Seen, Unread, few};

/// Effective organization policies.
pub(crate) const EFFECTIVE: &str = "orgpolicy.googleapis.com/EffectivePolicy";
/// Projects, with their IAM policies.
pub(crate) const PROJECT: &str = "cloudresourcemanager.googleapis.com/Project";
const PREVENTION: &str = "storage.publicAccessPrevention";

/// Everyone, and everyone with an account at Google.
const ANYONE: [&str; 2] = ["allUsers", "allAuthenticatedUsers"];

/// What counts for all buckets of a project.
pub(crate) struct Project {
    /// Whether the organization prevents public access, or why that is not known.
    prevented: Result<bool, Message>,
    /// What the project's policy grants anyone on its buckets.
    bindings: Result<Bindings, Message>,
}

impl Project {
    pub(crate) fn new(context: &Context<'_>, key: &ScopeKey) -> Self {
        Self { prevented: prevented(context, key), bindings: of_project(context, key) }
    }

    pub(crate) fn unknown() -> Self {
        let why = || msg!("data-06-project-unread");
        Self { prevented: Err(why()), bindings: Err(why()) }
    }
}

fn prevented(context: &Context<'_>, key: &ScopeKey) -> Result<bool, Message> {
    let not_known = |why: Arg| msg!("data-06-prevention-unread", reason = why);
    if let Some(reason) = context.why_unread(key, &[EFFECTIVE]) {
        return Err(not_known(reason.into()));
    }
    // What is inherited holds all the same.
    if is_not_enabled(context, key, EFFECTIVE) {
        return Err(not_known(msg!("rule-api-not-enabled").into()));
    }
    for policy in context.of_type_in(EFFECTIVE, key) {
        let policy = Seen::new(policy);
        let lost = |Unread(path)| not_known(path.into());
        if policy.text("constraint").map_err(lost)? != Some(PREVENTION) {
            continue;
        }
        let rules = policy.list("spec.rules").map_err(lost)?;
        return Ok(rules.iter().any(|rule| {
            rule.get("enforce").is_some_and(|enforce| *enforce == true || *enforce == "true")
        }));
    }
    Ok(false)
}

/// What a policy grants anyone.
#[derive(Default)]
struct Bindings {
    always: Vec<Message>,
    /// Where a condition holds.
    sometimes: Vec<Message>,
}

impl Bindings {
    fn new(policy: &Seen<'_>, counts: fn(&str) -> bool) -> Result<Self, Unread> {
        let mut found = Self::default();
        for binding in policy.list("iamPolicy.bindings")? {
            let role = binding.get("role").and_then(Value::as_str).unwrap_or_default();
            let members = binding.get("members").and_then(Value::as_array).into_iter().flatten();
            let anyone: Vec<_> =
                members.filter_map(Value::as_str).filter(|m| ANYONE.contains(m)).collect();
            if anyone.is_empty() || !counts(role) {
                continue;
            }
            let members = few(anyone);
            let condition = binding.get("condition").and_then(|c| c.get("expression"));
            match condition.and_then(Value::as_str) {
                Some(condition) => found.sometimes.push(msg!(
                    "data-06-role-where",
                    role = role,
                    members = members,
                    condition = condition,
                )),
                None if binding.get("condition").is_some_and(|c| !c.is_null()) => {
                    let sometimes = msg!("data-06-role-condition", role = role, members = members);
                    found.sometimes.push(sometimes);
                }
                None => found.always.push(msg!("data-06-role", role = role, members = members)),
            }
        }
        Ok(found)
    }
}

fn of_project(context: &Context<'_>, key: &ScopeKey) -> Result<Bindings, Message> {
    if let Some(reason) = context.why_unread(key, &[PROJECT]) {
        return Err(msg!("data-06-project-policy-unread", reason = reason));
    }
    let mut all = Bindings::default();
    for project in context.of_type_in(PROJECT, key) {
        let found = Bindings::new(&Seen::new(project), reaches_buckets)
            .map_err(|Unread(path)| msg!("data-06-project-attribute-unread", attribute = path))?;
        all.always.extend(found.always);
        all.sometimes.extend(found.sometimes);
    }
    Ok(all)
}

/// Whether a role on a project says something of the buckets in it. What a custom role holds is
/// not looked up.
fn reaches_buckets(role: &str) -> bool {
    const BASIC: [&str; 3] = ["roles/viewer", "roles/editor", "roles/owner"];
    role.starts_with("roles/storage.") || BASIC.contains(&role) || !role.starts_with("roles/")
}

/// Whether anyone can reach a bucket.
pub(crate) fn judge(resource: &Resource, project: &Project) -> Judged {
    let bucket = Seen::new(resource);
    let own = bucket.text("iamConfiguration.publicAccessPrevention");
    if own == Ok(Some("enforced")) || project.prevented == Ok(true) {
        return Judged::Pass;
    }
    let mut ways = Ways::default();
    match Bindings::new(&bucket, |_| true) {
        Ok(found) => add(&found, "data-06-bucket-grants", &mut ways),
        Err(Unread(path)) => ways.untold.push(unread(path)),
    }
    match &project.bindings {
        Ok(found) => add(found, "data-06-project-grants", &mut ways),
        Err(why) => ways.untold.push(why.clone()),
    }
    match bucket.bool("iamConfiguration.uniformBucketLevelAccess.enabled") {
        Ok(Some(true)) => {}
        Ok(_) => ways.untold.push(msg!("data-06-acls-unread")),
        Err(Unread(path)) => ways.untold.push(unread(path)),
    }
    let not_known = match (own, &project.prevented) {
        (Err(Unread(path)), _) => Some(unread(path)),
        (_, Err(why)) => Some(why.clone()),
        _ => None,
    };
    if let (Some(why), false) = (not_known, ways.open.is_empty()) {
        let open = std::mem::take(&mut ways.open);
        ways.untold.insert(0, but(open, why));
    }
    ways.judged(resource.label())
}

/// Adds what was found, said as the message `by` says it.
fn add(found: &Bindings, by: &'static str, ways: &mut Ways) {
    let said = |grants: &[Message]| {
        (!grants.is_empty())
            .then(|| Message::new(by).with("grants", Arg::some(grants.iter().cloned(), SHOWN)))
    };
    ways.open.extend(said(&found.always));
    ways.untold.extend(said(&found.sometimes));
}
