//! The verdict, and the document as data.

use tenko_core::{DriftKind, Outcome, Severity, Verdict};
use tenko_report::{Document, Observed, ReadError, SummaryVerdict, gaps, json};

use crate::differences::drift;
use crate::fixture::{ACME, GLOBEX, Run};

fn verdict(run: &Run) -> (SummaryVerdict, u8, bool) {
    let document = run.document();
    (document.summary.verdict, document.exit_code(), document.summary.incomplete)
}

#[test]
fn exit_codes() {
    let mut run = Run::new();
    assert_eq!(verdict(&run), (SummaryVerdict::Clean, 0, false));
    run.cover(|unit| unit.scope == *ACME, Outcome::Skipped, None);
    assert_eq!(verdict(&run), (SummaryVerdict::Clean, 0, false), "left out on purpose");
    run.drift = vec![drift(DriftKind::Unknown, "a", "acme", ACME, "eu-central-1")];
    assert_eq!(verdict(&run), (SummaryVerdict::Incomplete, 3, true), "unknown is no drift");
    run.drift[0].kind = DriftKind::Unmanaged;
    assert_eq!(verdict(&run), (SummaryVerdict::Drift, 2, false));
    run.deny_account(GLOBEX);
    assert_eq!(verdict(&run), (SummaryVerdict::Drift, 2, true), "incompleteness is still stated");
    run.drift.clear();
    assert_eq!(verdict(&run), (SummaryVerdict::Incomplete, 3, true));
}

#[test]
fn findings_count_from_severity_low() {
    let mut run = Run::new();
    let mut finding = Run::everything().findings.swap_remove(0);
    for (severity, code) in [(Severity::Info, 0), (Severity::Low, 2), (Severity::Critical, 2)] {
        finding.severity = severity;
        run.findings = vec![finding.clone()];
        assert_eq!(verdict(&run).1, code, "{severity}");
    }
    finding.verdict = Verdict::Unknown;
    run.findings = vec![finding];
    assert_eq!(verdict(&run), (SummaryVerdict::Incomplete, 3, true));
}

#[test]
fn an_environment_that_nobody_saw_says_so() {
    let document = Run::everything().document();
    let observed: Vec<_> =
        document.tenants.iter().map(|tenant| tenant.environments[0].observed).collect();
    assert_eq!(observed, [Observed::Partial, Observed::Nothing, Observed::Partial]);
    assert_eq!(document.summary.scopes.not_answered, 1);
    assert_eq!(document.summary.scopes.suspended, 1);
}

#[test]
fn one_cause_is_one_gap() {
    let mut run = Run::new();
    run.deny_account(GLOBEX);
    assert_eq!(gaps::gaps(&run.document()).len(), 1);
    run.deny_account(ACME);
    let document = run.document();
    let gaps = gaps::gaps(&document);
    assert_eq!((gaps.len(), gaps[0].scopes.len(), gaps[0].units), (1, 2, 14));
}

#[test]
fn every_unit_that_was_not_read_is_in_one_gap() {
    let document = Run::everything().document();
    let units: u64 = gaps::gaps(&document).iter().map(|gap| gap.units).sum();
    assert_eq!(units, document.summary.units.total - document.summary.units.complete());
}

#[test]
fn a_document_reads_back_and_renders_the_same() {
    for run in [Run::new(), Run::everything(), Run::hostile()] {
        let document = run.document();
        let text = json::render(&document);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "JSON on a terminal");
        assert_eq!(Document::from_json(&text).unwrap(), document);
    }
}

#[test]
fn a_newer_form_is_refused_by_its_version() {
    let found = Document::from_json(r#"{"schema_version": 2, "new": true}"#).unwrap_err();
    assert!(matches!(found, ReadError::Version { found: 2 }));
    assert!(matches!(Document::from_json("{}").unwrap_err(), ReadError::Json(_)));
}

#[test]
fn summary_in_json() {
    let document = serde_json::to_value(Run::everything().document()).unwrap();
    insta::assert_json_snapshot!("summary", document["summary"]);
    insta::assert_json_snapshot!("scope", document["scopes"][3]);
    insta::assert_json_snapshot!("tenant", document["tenants"][1]);
}
