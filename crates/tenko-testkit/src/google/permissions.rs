//! `testIamPermissions`: which of the asked permissions a principal is granted on a project.

use serde_json::{Value, json};

use super::ask::Ask;
use super::refusal::{self, Refusal};
use super::world::Project;

/// Most permissions of one question.
const MOST: usize = 100;

/// What everybody is granted of whom the world says nothing else: what `roles/browser` and
/// `roles/cloudasset.viewer` have, as far as projects go. An asterisk stands for any ending.
const READ_ONLY: &[&str] = &[
    "cloudasset.assets.*",
    "resourcemanager.folders.get",
    "resourcemanager.folders.list",
    "resourcemanager.organizations.get",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "resourcemanager.projects.list",
];

/// The answer: the asked ones that are granted, in their order.
pub(super) fn test(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let project = ask.project()?;
    let asked = ask.body.get("permissions").and_then(Value::as_array);
    let asked: Vec<&str> = asked.into_iter().flatten().filter_map(Value::as_str).collect();
    if asked.len() > MOST {
        let message = format!("Number of permissions must be at most {MOST}.");
        return Err(refusal::invalid(ask.method, message));
    }
    let is_unknown =
        |name: &str| !looks_like_one(name) || ask.world.unknown_permissions.contains(name);
    if let Some(name) = asked.iter().find(|name| is_unknown(name)) {
        let message = format!("Permission {name} is not valid for this resource.");
        return Err(refusal::invalid(ask.method, message));
    }
    let granted: Vec<&str> =
        asked.into_iter().filter(|name| is_granted(project, ask.principal, name)).collect();
    // An empty list is left out, as everywhere.
    Ok(if granted.is_empty() { json!({}) } else { json!({ "permissions": granted }) })
}

/// `storage.objects.get`
fn looks_like_one(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    let good = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    parts.len() == 3 && parts.iter().all(good)
}

fn is_granted(project: &Project, principal: &str, name: &str) -> bool {
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    };
    match project.granted.get(principal) {
        Some(granted) => granted.iter().any(|pattern| fits(pattern)),
        None => READ_ONLY.iter().any(|pattern| fits(pattern)),
    }
}
