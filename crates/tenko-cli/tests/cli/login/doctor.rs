//! `tenko doctor` on AWS: a login that fails, is not proven or could write never looks well.

use serde_json::Value;
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind};

use super::{MANIFEST, STAGING, change, serve};
use crate::tool::{Tool, at, list};

/// The remarks on staging's role, as severity and code.
fn remarks(tool: &Tool, code: i32) -> Vec<(String, String)> {
    let document =
        tool.ends(code, &["doctor", "acme/staging", "--format", "json", "--quiet"]).json();
    let word = |remark: &Value, pointer| at(remark, pointer).to_owned();
    let all = list(&document, "/checked/0/remarks").iter();
    all.map(|remark| (word(remark, "/severity"), word(remark, "/code"))).collect()
}

fn is_said(tool: &Tool, code: i32, severity: &str, what: &str) {
    let said = remarks(tool, code);
    let wanted = (severity.to_owned(), what.to_owned());
    assert!(said.contains(&wanted), "{wanted:?} is not in {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_could_write_is_an_error() {
    let (cloud, tool) = serve().await;
    change(&cloud, STAGING, |role| {
        role.can_write = true;
        role.ignores_session_policies = true;
    });
    is_said(&tool, 2, "error", "login_too_much");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_fails_or_is_not_proven_is_not_known_to_be_good() {
    let (cloud, tool) = serve().await;
    // Kept from before: what was allowed then does not count.
    tool.ends(0, &["credentials", "acme/staging"]);
    let deny = FaultKind::Deny { by: DeniedBy::Unstated };
    let fault = cloud.add_fault(Fault::new(deny).operation("sts:AssumeRole"));
    is_said(&tool, 3, "unknown", "login_fails");
    cloud.remove_fault(fault);
    cloud.add_fault(Fault::new(FaultKind::ServerError).operation("ec2:CreateVpc"));
    is_said(&tool, 3, "unknown", "login_unproven");
    // Nor where the manifest lets such a session pass; the role is read over it.
    let manifest = MANIFEST.replace("login: { aws", "login: { unproven: allow, aws");
    tool.write("tenants.yaml", manifest);
    let said = remarks(&tool, 2);
    assert!(said.len() > 1, "{said:?}");
    is_said(&tool, 2, "unknown", "login_unproven");
}

#[test]
fn of_nothing_nothing_is_good() {
    let tool = Tool::new();
    tool.write("tenants.yaml", "version: 1\ntenants: {}\n");
    tool.fails(&["nothing to log in to"], &["doctor"]);
}
