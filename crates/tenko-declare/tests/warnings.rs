//! What is probably not meant is said in every language: reports show it.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod common;

use std::collections::BTreeSet;

use common::catalog;
use tenko_core::{Cloud, Message, Scope, ScopeKind, ScopeStatus, ScopeTree};
use tenko_declare::{
    Diagnostic, Manifest, ManifestFile, check_rules, check_scopes, load, suppressions,
};
use tenko_messages::{Lang, english, ids, say};

const SCOPES: &str = "{scopes: [\"222222222222\"]}";

fn manifest(text: &str) -> Manifest {
    let text = format!("version: 1\n{text}");
    load(&[ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() }], &catalog()).unwrap()
}

/// Everything that a report may show: warnings, and what a run is compared with.
fn all() -> Vec<Diagnostic> {
    let whole = manifest(
        "\
aws: {types: [\"storage.googleapis.com/*\", \"AWS::S3::Buckt\"], cloud_control: [\"AWS::S3::Bucket\"]}
google: {asset_types: [compute.googleapis.com/Instance]}
baselines: {idle: {}}
login: {aws: {external_id: tenko}}
parity: {allow: [{type: \"AWS::S3::*\", between: [p, staging], reason: r}]}
report: {owners: {nobody: {}}}
rules:
  settings:
    - {rule: AVL-01, severity: low, tenants: [acm], environments: [x]}
    - {rule: \"DTA-*\", severity: off}
    - {rule: AVL-10, severity: low}
    - {rule: ZZZ-99, severity: low}
  own:
    OWN-01: {name: n, remediation: r, over: scopes, when: \"true\"}
trust: {repositories: [\"*\"]}
tenants:
  acme:
    environments:
      p: {scopes: [\"gcp:acme-prod\"], login: {role: R, external_id: xx, data: [logs]}}
      q: {stage: p, scopes: [\"222222222222\"], iac: [{terraform: \"http://h/s\", token_env: T}], login: {impersonate: \"a@{project}.iam.gserviceaccount.com\"}}
  globex: {environments: {p: {scopes: [\"333333333333\"]}, q: {scopes: [\"222222222223\", \"222222222228\", \"555555555555\", \"gcp:unlike-all\"]}}}
",
    );
    let scope = |id: &str, kind, name: &str| Scope {
        cloud: if kind == ScopeKind::Project { Cloud::gcp() } else { Cloud::aws() },
        id: id.into(),
        kind,
        parent: None,
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: Default::default(),
    };
    let tree = ScopeTree::new([
        scope("222222222222", ScopeKind::Account, "acme-prod"),
        scope("222222222229", ScopeKind::Account, ""),
        scope("555555555555", ScopeKind::Folder, ""),
        scope("somewhere-else", ScopeKind::Project, ""),
    ]);
    let mut all = whole.warnings.clone();
    all.extend(check_scopes(&whole, &tree, &[Cloud::aws()].into()));
    all.extend(check_scopes(&whole, &tree, &[].into()));
    all.extend(check_rules(&whole, &["AVL-01", "OWN-01"]));
    all.extend(manifest("tenants: {}\n").warnings);
    let twice = "\
version: 1
suppressions:
  - {rule: NET-03, scope: 222222222222, resource: sg-1, reason: a, expires: 2027-02-01}
  - {rule: NET-03, scope: 222222222222, resource: sg-1, reason: b, expires: 2027-02-01}
";
    let file = ManifestFile { name: "s.yaml", bytes: twice.as_bytes() };
    all.extend(suppressions(&file, &catalog()).unwrap().warnings);
    all
}

#[test]
fn every_warning_is_said_in_every_language() {
    for warning in all() {
        let Diagnostic { message, wording, suggestion, suggestion_wording, .. } = &warning;
        assert_eq!(wording.as_ref().map(english).as_ref(), Some(message));
        assert_eq!(suggestion_wording.as_ref().map(english), *suggestion);
        for said in wording.iter().chain(suggestion_wording) {
            let text = say(Lang::Ja, said);
            assert!(!text.is_ascii() && !text.starts_with("warning-"), "{text}");
        }
    }
}

/// A text that no manifest here leads to would be one that nobody looked at.
#[test]
fn there_is_a_case_of_each() {
    fn within(message: &Message, seen: &mut BTreeSet<String>) {
        seen.insert(message.id.to_string());
        for arg in message.args.values() {
            if let tenko_core::Arg::Message(inner) = arg {
                within(inner, seen);
            }
        }
    }
    let mut seen = BTreeSet::new();
    for warning in all() {
        let said = warning.wording.iter().chain(&warning.suggestion_wording);
        said.for_each(|message| within(message, &mut seen));
    }
    // How the facade puts them into a report, and what it has to say itself.
    let facade = ["warning-at", "warning-help", "warning-region-unknown", "warning-narrowed"]
        .map(String::from);
    let known: BTreeSet<_> =
        ids(Lang::En).into_keys().filter(|id| id.starts_with("warning-")).collect();
    let silent: Vec<_> = known.difference(&seen).filter(|id| !facade.contains(id)).collect();
    assert_eq!(silent, Vec::<&String>::new());
}

#[test]
fn no_wording_holds_a_secret() {
    let address = "https://hooks.slack.com/services/T0/B0/hunter2";
    let manifest = manifest(&format!(
        "report: {{owners: {{\"{address}\": {{}}}}}}\ntenants: {{a: {{environments: {{p: {SCOPES}}}}}}}\n"
    ));
    assert_eq!(manifest.warnings.len(), 2);
    assert!(!format!("{:?}", manifest.warnings).contains("hunter2"));
}
