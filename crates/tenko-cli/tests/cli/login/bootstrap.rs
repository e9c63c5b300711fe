//! `tenko bootstrap`: nothing is asked of any cloud, and nobody gets into what it writes.

use serde_json::{Value, json};

use super::{MANIFEST, MIKA};
use crate::tool::{Tool, at};

fn tool() -> Tool {
    let tool = Tool::new();
    tool.write("tenants.yaml", MANIFEST);
    tool
}

#[test]
fn parameters_are_one_request_per_line() {
    let args = ["bootstrap", "--as", "parameters", "--trust", MIKA];
    let ran = tool().ends(0, &args);
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{}", ran.stdout);
    assert_eq!(lines[0]["Accounts"], json!(["222222222201"]));
    assert!(ran.stdout.contains("tenko-acme-222222222201"), "{}", ran.stdout);
    let document = tool().ends(0, &[&args[..], &["--format", "json"]].concat()).json();
    assert_eq!(document, Value::Array(lines));
}

#[test]
fn the_hub_may_become_these_roles_and_no_others() {
    let args = ["bootstrap", "acme/*", "--as", "hub", "--trust", MIKA];
    let policy = tool().ends(0, &args).json();
    let roles = [
        "arn:aws:iam::222222222201:role/TenkoReadOnly",
        "arn:aws:iam::222222222202:role/TenkoReadOnly",
    ];
    assert_eq!(policy["Statement"][0]["Resource"], json!(roles));
    assert_eq!(at(&policy, "/Statement/0/Effect"), "Allow");
    assert!(policy["Statement"][1].is_null());
}

#[test]
fn only_one_named_principal_is_trusted() {
    let all =
        ["*", "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/*", "allUsers"];
    for form in ["cloudformation", "terraform", "parameters", "hub"] {
        for who in all {
            tool().fails(&["hint: "], &["bootstrap", "--as", form, "--trust", who]);
        }
        tool().fails(&["hint: "], &["bootstrap", "--as", form]);
    }
    for who in all {
        tool().fails(&["error: "], &["bootstrap", "--as", "google", "--trust", who]);
    }
    let ran = tool().ends(0, &["bootstrap", "--as", "terraform", "--trust", MIKA]);
    assert!(ran.stdout.contains(&format!("\"{MIKA}\"")) && !ran.stdout.contains('\u{1b}'));
    // Without an external id nothing is written.
    let bare = tool();
    bare.write("tenants.yaml", MANIFEST.replace("external_id: \"tenko-{tenant}-{account}\", ", ""));
    bare.fails(&["external id"], &["bootstrap", "--as", "cloudformation", "--trust", MIKA]);
}
