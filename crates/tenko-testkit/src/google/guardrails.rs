//! What holds for a project as a whole: who is told of it, what organization policies come to, and what Compute Engine
//! keeps of it.

use serde_json::{Map, Value, json};

use super::ask::Ask;
use super::methods::Own;
use super::refusal::{self, Refusal};
use super::resource::Resource;
use super::world::Project;

/// Constraints that there are, and whether they are lists.
const CONSTRAINTS: [(&str, bool); 8] = [
    ("compute.skipDefaultNetworkCreation", false),
    ("compute.vmExternalIpAccess", true),
    ("iam.allowedPolicyMemberDomains", true),
    ("iam.automaticIamGrantsForDefaultServiceAccounts", false),
    ("iam.disableServiceAccountKeyCreation", false),
    ("sql.restrictPublicIp", false),
    ("storage.publicAccessPrevention", false),
    ("storage.uniformBucketLevelAccess", false),
];

/// The answer, where it is one of these.
pub(super) fn answer(ask: &Ask<'_>, own: Own) -> Option<Result<Value, Refusal>> {
    Some(match own {
        Own::Contacts => contacts(ask),
        Own::EffectivePolicy => effective_policy(ask),
        Own::ComputeProject => ask.project().map(compute_project),
        _ => return None,
    })
}

/// None of these can say that a location is missing.
fn up<'a>(ask: &Ask<'a>) -> Result<&'a Project, Refusal> {
    match ask.down().is_empty() {
        true => ask.project(),
        false => Err(refusal::unavailable(ask.method)),
    }
}

/// The contacts of the project and of all above it that are in one of the categories.
fn contacts(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let project = up(ask)?;
    let is_asked = |resource: &&Resource| {
        let has = resource.rest.get("notificationCategorySubscriptions").and_then(Value::as_array);
        ask.all("notificationCategories").any(|category| {
            category == "ALL" || has.is_some_and(|has| has.contains(&json!(category)))
        })
    };
    let all = ask.world.set_above(project, "essentialcontacts.googleapis.com/Contact");
    ask.plain("contacts", all.filter(is_asked).map(|contact| contact.rest.clone()).collect())
}

/// The closest policy, or the constraint's default. Lists of several levels are not merged.
fn effective_policy(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let project = up(ask)?;
    let constraint = ask.part("constraint");
    let known = CONSTRAINTS.iter().find(|(name, _)| *name == constraint);
    let known = known.filter(|(name, _)| !ask.world.unknown_constraints.contains(*name));
    let (_, is_list) = known.ok_or_else(|| refusal::not_found(ask.method, constraint))?;
    let mut set = ask.world.set_above(project, "orgpolicy.googleapis.com/Policy");
    let is_about = |resource: &&Resource| {
        let name = resource.rest.get("name").and_then(Value::as_str).unwrap_or_default();
        name.rsplit('/').next() == Some(constraint)
    };
    let mut policy = set.find(is_about).map(|resource| resource.rest.clone()).unwrap_or_default();
    if policy.pointer("/spec/rules").is_none() {
        let rule = if *is_list { json!({ "allowAll": true }) } else { json!({ "enforce": false }) };
        policy = json!({ "spec": { "rules": [rule] } });
    }
    if let Value::Object(map) = &mut policy {
        map.remove("etag");
        if let Some(Value::Object(spec)) = map.get_mut("spec") {
            spec.retain(|name, _| !matches!(name.as_str(), "etag" | "inheritFromParent"));
        }
        let name = format!("projects/{}/policies/{constraint}", project.number);
        map.insert("name".into(), json!(name));
    }
    Ok(policy)
}

/// What the project has at least; a resource of the type that it holds says more.
fn compute_project(project: &Project) -> Value {
    let link = format!("https://www.googleapis.com/compute/v1/projects/{}", project.id);
    let mut map = Map::from_iter([
        ("kind".to_owned(), json!("compute#project")),
        ("id".to_owned(), json!(project.number)),
        ("name".to_owned(), json!(project.id)),
        ("selfLink".to_owned(), json!(link)),
    ]);
    let kind = "compute.googleapis.com/Project";
    let own = project.resources.iter().find(|resource| resource.asset_type == kind);
    map.extend(own.and_then(|own| own.rest.as_object().cloned()).unwrap_or_default());
    Value::Object(map)
}
