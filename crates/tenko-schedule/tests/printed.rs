//! What is printed, held to the committed examples and to tools that others made.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot run must fail")]

#[path = "../../../tests/python/interpreter.rs"]
mod interpreter;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use jiff::civil::date;
use serde_json::Value;
use tenko_core::{Catalog, Cloud, Reporting, TypeInfo};
use tenko_declare::{ManifestFile, load};
use tenko_schedule::{Context, Kind, files};

use interpreter::{python, root};

/// The example's manifest, and what goes with it.
fn example() -> (Reporting, Context) {
    let path = root().join("examples/schedule/tenants.yaml");
    let bytes = std::fs::read(path).unwrap();
    let file = ManifestFile { name: "tenants.yaml", bytes: &bytes };
    let catalog = Catalog::from_iter([cloud(Cloud::aws()), cloud(Cloud::gcp())]);
    let manifest = load(&[file], &catalog).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(manifest.warnings.is_empty(), "{:?}", manifest.warnings);
    let context = Context {
        manifests: vec!["tenants.yaml".to_owned()],
        suppressions: None,
        clouds: manifest.clouds(),
        today: date(2026, 11, 22),
    };
    (manifest.declaration.reporting, context)
}

/// A type, so that the catalogue knows the cloud.
fn cloud(cloud: Cloud) -> TypeInfo {
    TypeInfo {
        resource_type: "X::Y::Z".into(),
        cloud,
        service: String::new(),
        title: String::new(),
        doc: String::new(),
        reach: tenko_core::ReachKind::Global,
        taggable: false,
        attributes: vec![],
        ignored: vec![],
        sensitive: vec![],
        sets: vec![],
        permissions: vec![],
        iac: Default::default(),
    }
}

fn printed(reporting: &Reporting, context: &Context) -> BTreeMap<&'static str, String> {
    let all = Kind::ALL.into_iter().flat_map(|kind| files(kind, reporting, context).unwrap());
    all.map(|file| (file.name, file.text)).collect()
}

/// Manifests that differ in everything that a template asks about.
fn cases() -> Vec<(&'static str, Reporting, Context)> {
    let (whole, context) = example();
    let today = context.today;
    let several = Context {
        manifests: vec!["base.yaml".to_owned(), "teams/acme.yaml".to_owned()],
        suppressions: Some("teams/suppressions.yaml".to_owned()),
        ..context.clone()
    };
    let mut local = whole.clone();
    local.history = Some("/srv/history".to_owned());
    local.timezone = Some("Asia/Tokyo".to_owned());
    local.notify.github_repository = None;
    let mut google =
        Reporting { history: Some("gs://acme-audit".to_owned()), ..Reporting::default() };
    google.schedule.google_service_account = whole.schedule.google_service_account.clone();
    google.notify.github_repository = Some("acme/infrastructure".to_owned());
    let of_google = Context { clouds: [Cloud::gcp()].into(), today, ..Context::default() };
    vec![
        ("example", whole.clone(), context),
        ("several", whole, several.clone()),
        ("local", local, several),
        ("google", google, of_google),
        ("nothing", Reporting::default(), Context { today, ..Context::default() }),
    ]
}

/// Values that would be something else in one of the formats.
const HOSTILE: [&str; 12] = [
    "x\n    evil: true\n# y",
    "\"; evil: \"x",
    "'; touch /tmp/evil; '",
    "$(touch /tmp/evil)",
    "`touch /tmp/evil`",
    "${{ secrets.EVIL }}",
    "{{resolve:ssm:evil}}",
    "%h/%i ${EVIL} $EVIL",
    "!Ref Evil",
    "*evil &evil |",
    "\u{202e}live\u{200b}\u{1b}[31m",
    "--evil",
];

fn hostile(text: &str) -> (Reporting, Context) {
    let (mut reporting, mut context) = example();
    let some = || Some(text.to_owned());
    reporting.lang = some();
    reporting.timezone = some();
    reporting.history = Some(format!("s3://{text}/{text}"));
    reporting.url = some();
    reporting.notify.slack_webhook = some();
    reporting.notify.github_repository = some();
    reporting.notify.github_label = some();
    for owner in reporting.owners.values_mut() {
        owner.slack_webhook = some();
    }
    let schedule = &mut reporting.schedule;
    for value in [
        &mut schedule.at,
        &mut schedule.aws_region,
        &mut schedule.google_provider,
        &mut schedule.google_service_account,
        &mut schedule.image,
    ] {
        *value = some();
    }
    schedule.aws_role = Some(format!("arn:aws:iam::111111111111:role/{text}"));
    context.manifests = vec![text.to_owned(), format!("a/{text}")];
    context.suppressions = some();
    (reporting, context)
}

/// What the script says of files that were printed.
fn judged(command: &str, all: &BTreeMap<&'static str, String>) -> Value {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in all {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let script = root().join("tests/python/schedule.py");
    let out = Command::new(python()).arg(script).arg(command).arg(folder.path()).output().unwrap();
    let errors = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{command}: {errors}");
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn the_examples_are_what_is_printed() {
    let (reporting, context) = example();
    for (name, text) in printed(&reporting, &context) {
        let path = root().join("examples/schedule").join(name);
        if std::env::var_os("TENKO_UPDATE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert_eq!(committed, text, "{name} is stale: run `cargo xtask generate`");
    }
}

/// By the schema of GitHub's workflows, those of Kubernetes, cfn-lint, and systemd where it is there.
#[test]
fn tools_of_others_find_nothing_wrong() {
    let mut systemd = 0;
    for (name, reporting, context) in cases() {
        let all = printed(&reporting, &context);
        assert_eq!(all.len(), 5);
        let found = judged("validate", &all);
        for tool in ["github", "kubernetes", "cloudformation", "systemd"] {
            let faults = found[tool]["faults"].as_array().unwrap();
            assert!(faults.is_empty(), "{name}, {tool}: {faults:#?}");
        }
        assert_eq!(found["github"]["checked"], 1);
        assert!(found["kubernetes"]["checked"].as_u64().unwrap() >= 3);
        assert_eq!(found["cloudformation"]["checked"], 1);
        match found["systemd"]["skipped"].as_str() {
            Some(why) => eprintln!("{name}: systemd's files were not checked: {why}"),
            None => systemd += found["systemd"]["checked"].as_u64().unwrap(),
        }
    }
    eprintln!("{systemd} checks by systemd-analyze");
}

/// A validator that takes everything would prove nothing.
#[test]
fn the_tools_find_what_is_wrong() {
    let (reporting, context) = example();
    let mut all = printed(&reporting, &context);
    for (name, from, to) in [
        ("github-actions.yml", "    runs-on:", "    run-on:"),
        ("kubernetes.yaml", "concurrencyPolicy: Forbid", "concurrencyPolicies: Forbid"),
        ("eventbridge-fargate.yaml", "RetentionInDays: 90", "RetentionInDays: 91"),
        ("tenko.timer", "OnCalendar=*-*-* 06:00:00", "OnCalendar=*-*-* 66:00:00"),
    ] {
        let text = all.get_mut(name).unwrap();
        assert!(text.contains(from), "{name}");
        *text = text.replace(from, to);
    }
    let found = judged("validate", &all);
    for tool in ["github", "kubernetes", "cloudformation", "systemd"] {
        let skipped = found[tool]["skipped"].is_string();
        assert!(skipped || !found[tool]["faults"].as_array().unwrap().is_empty(), "{tool}");
    }
}

/// The scripts in them, run with a tenko that ends as it is told.
#[test]
fn drift_and_gaps_are_reports_and_errors_are_not() {
    for (name, reporting, context) in cases() {
        let all = printed(&reporting, &context);
        let told = usize::from(reporting.notify.github_repository.is_some())
            + usize::from(reporting.notify.slack_webhook.is_some());
        for script in judged("scripts", &all).as_array().unwrap() {
            let (file, code) = (script["file"].as_str().unwrap(), script["code"].as_i64().unwrap());
            let calls: Vec<_> = script["calls"].as_array().unwrap().iter().collect();
            let is_report = [0, 2, 3].contains(&code);
            let expected = if is_report { 0 } else { code };
            assert_eq!(script["exit"], expected, "{name}, {file}, {code}: {calls:?}");
            // In a workflow other steps tell.
            let told = if is_report && file != "github-actions.yml" { told } else { 0 };
            assert_eq!(calls.len(), 1 + told, "{name}, {file}, {code}: {calls:?}");
            let failed = script["notify_failed_exit"].as_i64();
            assert!(told == 0 || failed == Some(1), "{name}, {file}: {failed:?}");
        }
    }
}

#[test]
fn hostile_values_stay_values() {
    let (reporting, context) = {
        let (reporting, mut context) = example();
        context.manifests = vec!["a".to_owned(), "b".to_owned()];
        context.suppressions = Some("c".to_owned());
        (reporting, context)
    };
    let expected = judged("keys", &printed(&reporting, &context));
    // What is no bucket is a folder.
    let local = Reporting { history: None, ..reporting };
    let of_folder = judged("keys", &printed(&local, &context));
    for text in HOSTILE {
        let (reporting, context) = hostile(text);
        let all = printed(&reporting, &context);
        let found = judged("keys", &all);
        // Two variables that are none become one, and of parameters the defaults may be gone.
        for (file, keys) in found.as_object().unwrap() {
            let known = [&expected, &of_folder].map(|keys| keys[file].as_array().unwrap());
            let known: Vec<_> = known.into_iter().flatten().collect();
            for key in keys.as_array().unwrap() {
                assert!(known.contains(&key), "{file}: {key} is new with {text:?}");
            }
        }
        for (file, text) in &all {
            let odd = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c);
            assert!(!text.contains(odd), "{file}");
        }
        let template = all["eventbridge-fargate.yaml"].lines();
        for line in template.filter(|line| !line.starts_with('#')) {
            assert!(!line.contains("{{resolve"), "CloudFormation would look it up: {line}");
        }
        let workflow = &all["github-actions.yml"];
        assert!(!workflow.contains("${{ secrets.EVIL"), "{workflow}");
        for script in judged("scripts", &all).as_array().unwrap() {
            assert!(!Path::new("/tmp/evil").exists(), "{script}");
        }
    }
}

#[test]
fn what_the_manifest_lacks_is_marked() {
    let all = printed(
        &Reporting::default(),
        &Context { today: date(2026, 11, 22), ..Context::default() },
    );
    for name in ["github-actions.yml", "kubernetes.yaml"] {
        let text = &all[name];
        for key in ["image", "aws_role", "aws_region"] {
            let line = text.lines().find(|l| l.contains(&format!("`report.schedule.{key}`")));
            assert!(line.is_some_and(|line| line.starts_with("# - CHANGE-ME: ")), "{name}: {key}");
        }
    }
    let (reporting, context) = example();
    for (name, text) in printed(&reporting, &context) {
        assert!(!text.contains("CHANGE-ME"), "{name}");
        for secret in ["TENKO_REDACTION_KEY", "PLATFORM_SLACK_WEBHOOK", "TENKO_SLACK_WEBHOOK"] {
            assert!(name == "tenko.timer" || text.contains(secret), "{name}: {secret}");
        }
    }
}
