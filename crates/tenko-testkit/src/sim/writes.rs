//! Attempts to write. Nothing can be written here; EC2's dry runs tell whether it could be.

use super::account::{Account, ApiError};
use super::fault::DeniedBy;
use super::identity::Caller;
use super::log::Seen;
use super::refusal::Attempt;
use super::session_policy;
use super::tables::Operation;

/// Whether an operation writes, for those that the simulation knows.
pub(super) fn is_write(op: &Operation) -> bool {
    matches!(op.id.as_str(), "ec2:CreateVpc" | "ec2:RunInstances")
}

/// Services that give out sessions, where nothing is changed.
const SESSIONS: [&str; 5] = ["sts", "sso", "sso-oidc", "signin", "unknown"];

/// What the names of operations begin with that only read.
const READS: [&str; 16] = [
    "BatchGet", "Decode", "Describe", "Detect", "Estimate", "Filter", "GET ", "Generate", "Get",
    "HEAD ", "Head", "List", "Lookup", "Query", "Search", "Simulate",
];

/// Whether a request would have changed something.
pub(super) fn would_change(seen: &Seen) -> bool {
    let reads = READS.iter().any(|start| seen.operation.starts_with(start))
        || matches!(seen.operation.as_str(), "Scan" | "SelectObjectContent");
    !reads && !seen.is_dry_run && !SESSIONS.contains(&seen.service.as_str())
}

/// What a write answers, which is always an error.
pub(super) fn answer(
    account: &Account,
    caller: &Caller,
    op: &Operation,
    attempt: &Attempt<'_>,
    is_dry_run: bool,
) -> ApiError {
    let action = op.action();
    let kind = if op.name() == "CreateVpc" { "vpc" } else { "instance" };
    let Attempt { arn, region, partition, .. } = attempt;
    let resource = format!("arn:{partition}:ec2:{region}:{}:{kind}/*", account.id);
    match stopped(account, caller, action, &resource) {
        None if is_dry_run => ApiError::new(
            "DryRunOperation",
            412,
            "Request would have succeeded, but DryRun flag is set.",
        ),
        // Whoever could is refused all the same: this is where a test would see an incident.
        stopped => {
            let reason = stopped.unwrap_or(DeniedBy::Unstated).reason(action);
            let encoded =
                "4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abcdefghijklmn-abcdefghijklmn-abcdefghijklmn";
            let message = format!(
                "You are not authorized to perform this operation. User: {arn} is not authorized to perform: {action} on resource: {resource}{reason}. Encoded authorization failure message: {encoded}"
            );
            ApiError::new("UnauthorizedOperation", 403, message)
        }
    }
}

/// What keeps the caller from writing.
fn stopped(account: &Account, caller: &Caller, action: &str, resource: &str) -> Option<DeniedBy> {
    let Some(session) = &caller.session else { return None };
    let role = account.roles.iter().find(|role| role.name == session.role);
    if role.is_some_and(|role| !role.can_write) {
        return Some(DeniedBy::Identity);
    }
    if role.is_some_and(|role| role.ignores_session_policies) {
        return None;
    }
    session_policy::stops_write(session, action, resource)
}

/// Which session policy denies an action, whatever it is; on every resource, since only that is
/// known of most requests.
pub(super) fn denied(account: &Account, caller: &Caller, op: &Operation) -> Option<DeniedBy> {
    let session = caller.session.as_ref()?;
    let role = account.roles.iter().find(|role| role.name == session.role);
    // AWS answers this one whatever policies say.
    if op.id == "sts:GetCallerIdentity" || role.is_some_and(|role| role.ignores_session_policies) {
        return None;
    }
    session_policy::stops(session, op.action(), "*")
}
