//! What a manifest says of reports.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod common;
#[path = "common/files.rs"]
mod files;

use common::catalog;
use files::fixtures;
use tenko_core::Reporting;
use tenko_declare::{Manifest, ManifestFile, load};

fn load_one(text: &str) -> Result<Manifest, String> {
    let file = ManifestFile { name: "m.yaml", bytes: text.as_bytes() };
    load(&[file], &catalog()).map_err(|e| e.to_string())
}

fn with_report(report: &str) -> String {
    let tenants = "tenants: {acme: {environments: {p: {scopes: [\"222222222222\"]}}}}";
    format!("version: 1\nreport: {report}\n{tenants}\n")
}

#[test]
fn all_of_it_is_read() {
    let bytes = fixtures("good").remove("report.yaml").unwrap();
    let manifest = load_one(std::str::from_utf8(&bytes).unwrap()).unwrap();
    let (declaration, file) = (manifest.declaration, manifest.suppressions_file);
    let all = (declaration.reporting, file, declaration.rules.suppressions);
    insta::assert_snapshot!("report", format!("{all:#?}"));
}

#[test]
fn nothing_said_is_the_default() {
    let manifest = load_one(&with_report("{}")).unwrap();
    assert_eq!(manifest.declaration.reporting, Reporting::default());
    assert_eq!(manifest.suppressions_file, None);
}

#[test]
fn zones_are_known_ones_and_written_as_the_database_does() {
    for (zone, read) in [
        ("Asia/Tokyo", Some("Asia/Tokyo")),
        ("asia/tokyo", Some("Asia/Tokyo")),
        ("UTC", Some("UTC")),
        ("America/Argentina/Buenos_Aires", Some("America/Argentina/Buenos_Aires")),
        ("Etc/Unknown", None),
        ("CEST", None),
        ("+09:00", None),
        ("JST-9", None),
        ("../etc/passwd", None),
        ("/etc/localtime", None),
        ("Local", None),
    ] {
        let found = load_one(&with_report(&format!("{{timezone: '{zone}'}}")));
        let found = found.ok().map(|m| m.declaration.reporting.timezone.unwrap());
        assert_eq!(found.as_deref(), read, "{zone}");
    }
}

#[test]
fn values_are_of_their_form() {
    for (report, fine) in [
        ("{url: 'https://r.example.com/{run}'}", true),
        ("{url: 'http://localhost:8080/?run={run}&x=1#top'}", true),
        ("{url: 'https://r.example.com/latest'}", true),
        ("{url: 'https://r.example.com/{run}/{tenant}'}", false),
        ("{url: 'https://r.example.com/{'}", false),
        ("{url: 'https://r.example.com/{{run}}'}", false),
        ("{url: 'https://me@r.example.com/{run}'}", false),
        ("{url: 'https://r.example.com/{run}?X-Amz-Signature=abc'}", false),
        ("{url: 'https://r.example.com/a b'}", false),
        ("{url: 'javascript://x/{run}'}", false),
        ("{url: 'r.example.com/{run}'}", false),
        ("{url: 'https:///{run}'}", false),
        ("{history: .tenko/history}", true),
        ("{history: /var/lib/tenko}", true),
        ("{history: 's3://acme-audit'}", true),
        ("{history: 'gs://acme_audit/a/b/'}", true),
        ("{history: 's3://a'}", false),
        ("{history: 's3://Acme/x'}", false),
        ("{history: 's3://acme-audit//x'}", false),
        ("{history: 's3://acme-audit/../x'}", false),
        ("{history: 's3://acme-audit/{tenant}'}", false),
        ("{history: 'file:///var/lib/tenko'}", false),
        ("{slack: SLACK}", true),
        ("{slack: 'xoxb-1'}", false),
        ("{slack: ''}", false),
        ("{github: {repository: acme/infra.tf_x}}", true),
        ("{github: {repository: acme}}", false),
        ("{github: {repository: acme/a/b}}", false),
        ("{github: {repository: -acme/a}}", false),
        ("{github: {repository: acme/..}}", false),
        ("{github: {label: x}}", false),
        ("{github: {repository: a/b, label: ' x'}}", false),
        ("{schedule: {at: '23:59'}}", true),
        ("{schedule: {at: 23:59}}", true),
        ("{schedule: {at: '24:00'}}", false),
        ("{schedule: {at: '06:0'}}", false),
        ("{schedule: {at: '06:00Z'}}", false),
        ("{schedule: {aws_role: TenkoAudit}}", false),
        (
            "{schedule: {google_provider: projects/1/locations/eu/workloadIdentityPools/pool/providers/prov}}",
            false,
        ),
        ("{schedule: {image: tenko}}", true),
        ("{schedule: {image: -x}}", false),
        ("{schedule: {image: 'a b'}}", false),
        ("{schedule: {image: 'a$(id)'}}", false),
    ] {
        assert_eq!(load_one(&with_report(report)).is_ok(), fine, "{report}");
    }
}

#[test]
fn what_is_probably_not_meant_is_said() {
    let text = "\
version: 1
report: {owners: {platfrom@acme.example: {}, nobody: {lang: ja}}}
tenants: {acme: {owner: platform@acme.example, environments: {p: {scopes: [\"222222222222\"]}}}}
";
    let manifest = load_one(text).unwrap();
    let warnings: Vec<_> = manifest.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("report_warnings", warnings.join("\n"));
}

#[test]
fn secrets_are_in_no_diagnostic() {
    for name in ["report.yaml", "report.toml"] {
        let bytes = fixtures("bad").remove(name).unwrap();
        let errors = load(&[ManifestFile { name, bytes: &bytes }], &catalog()).unwrap_err();
        assert!(std::str::from_utf8(&bytes).unwrap().contains("hunter2"));
        assert!(!format!("{errors:?}{errors}").contains("hunter2"), "{errors}");
    }
    for key in ["slack", "url", "history", "timezone", "lang", "github", "owners", "schedule", "x"]
    {
        for secret in ["https://hooks.slack.com/services/T1/B1/hunter2", "https://u:hunter2@h/"] {
            for value in [secret.to_owned(), format!("[{secret}]"), format!("{{a: \"{secret}\"}}")]
            {
                let error = load_one(&with_report(&format!("{{{key}: {value}}}"))).unwrap_err();
                assert!(!error.contains("hunter2"), "{key}: {error}");
            }
        }
    }
}
