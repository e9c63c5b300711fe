//! What a manifest says of risk, as the rules get it.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod common;
#[path = "common/files.rs"]
mod files;

use std::fmt::Write as _;

use common::catalog;
use files::fixtures;
use tenko_declare::{Level, Manifest, ManifestFile, check_rules, load};

fn load_one(name: &str, bytes: &[u8]) -> Manifest {
    load(&[ManifestFile { name, bytes }], &catalog()).unwrap()
}

#[test]
fn all_of_it_is_read() {
    let bytes = fixtures("good").remove("risk.yaml").unwrap();
    let declaration = load_one("risk.yaml", &bytes).declaration;
    let mut out = String::new();
    for setting in &declaration.rules.overrides {
        writeln!(out, "{setting:#?}").unwrap();
    }
    for suppression in &declaration.rules.suppressions {
        writeln!(out, "{suppression:#?}").unwrap();
    }
    for rule in &declaration.rules.own {
        writeln!(out, "{rule:#?}").unwrap();
    }
    writeln!(out, "{:#?}", declaration.trust).unwrap();
    for connection in &declaration.connections {
        let scopes: Vec<_> = connection.scopes.iter().map(ToString::to_string).collect();
        writeln!(out, "{} from {}", scopes.join(" "), connection.source).unwrap();
    }
    for tenant in &declaration.tenants {
        for environment in &tenant.environments {
            writeln!(out, "{} {} {:#?}", tenant.id, environment.name, environment.events).unwrap();
        }
    }
    insta::assert_snapshot!("risk", out);
}

#[test]
fn a_day_ends_where_the_next_begins() {
    let bytes = fixtures("good").remove("risk.yaml").unwrap();
    let declaration = load_one("risk.yaml", &bytes).declaration;
    let expires = declaration.rules.suppressions.iter().map(|s| s.expires.to_string());
    assert_eq!(expires.collect::<Vec<_>>(), ["2027-04-01T00:00:00Z", "2026-12-24T17:00:00Z"]);
    let events = declaration.tenants.iter().flat_map(|t| &t.environments).flat_map(|e| &e.events);
    let days: Vec<_> = events.take(3).map(|e| format!("{} {}", e.from, e.until)).collect();
    assert_eq!(
        days,
        [
            "2026-12-01T00:00:00Z 2026-12-02T00:00:00Z",
            "2026-10-01T00:00:00Z 2026-10-05T06:00:00Z",
            "2026-11-01T08:00:00Z 2026-11-03T00:00:00Z",
        ]
    );
}

#[test]
fn rules_and_dates_are_looked_up() {
    let text = "\
version: 1
rules:
  settings:
    - {rule: AVL-01, severity: low, tenants: [acm], environments: [p], stages: [producton, p]}
    - {rule: AVL-10, severity: low}
    - {rule: \"DTA-*\", severity: off}
    - {rule: \"AVL-*\", severity: off}
    - {rule: OWN-01, severity: off}
  suppress:
    - {rule: AVL-01, reason: r, expires: 2026-03-31}
    - {rule: ZZZ-99, reason: r, expires: 2027-03-31}
  own:
    OWN-01: {name: n, remediation: r, type: \"AWS::S3::Buckt\", when: \"true\"}
    AVL-01: {name: n, remediation: r, over: scopes, when: \"true\"}
trust: {repositories: [\"*\"]}
tenants: {acme: {environments: {p: {stage: production, scopes: [\"222222222222\"]}}}}
";
    let manifest = load_one("tenants.yaml", text.as_bytes());
    let found = check_rules(&manifest, &["AVL-01", "AVL-02", "DATA-01"]);
    let all = manifest.warnings.iter().chain(&found).map(ToString::to_string);
    insta::assert_snapshot!("rules_looked_up", all.collect::<Vec<_>>().join("\n"));
    let errors = found.iter().filter(|d| d.level == Level::Error).count();
    assert_eq!((errors, found.len()), (3, 4));
}
