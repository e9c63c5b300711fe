//! The manifests in `fixtures/manifests`: good ones load and fit the published schema, bad ones
//! are explained.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot run must fail"
)]

mod common;
#[path = "common/files.rs"]
mod files;

use common::catalog;
use files::fixtures;
use serde_json::Value;
use tenko_core::{Cloud, Environment, Expected, ScopeKey, Unmanaged};
use tenko_declare::{Manifest, ManifestFile, load};

fn load_one(name: &str, bytes: &[u8]) -> Result<Manifest, String> {
    load(&[ManifestFile { name, bytes }], &catalog()).map_err(|e| e.to_string())
}

fn as_json(name: &str, bytes: &[u8]) -> Value {
    let text = std::str::from_utf8(bytes).unwrap();
    match name.rsplit_once('.').unwrap().1 {
        "toml" => toml::from_str(text).unwrap(),
        "json" => serde_json::from_str(text).unwrap(),
        // The fixture's twin in JSON would have to be kept by hand; the tests have the tree.
        _ => yaml_to_json(text),
    }
}

/// Just enough of a loader to hand a fixture to the schema validator.
fn yaml_to_json(text: &str) -> Value {
    use saphyr_parser::{Event, Parser, ScalarStyle};
    enum Open {
        Seq(Vec<Value>),
        Map(serde_json::Map<String, Value>, Option<String>),
    }
    let mut stack: Vec<(Open, usize)> = vec![];
    let mut anchors = std::collections::HashMap::new();
    let mut root = Value::Null;
    for event in Parser::new_from_str(text) {
        let (value, anchor) = match event.unwrap().0 {
            Event::SequenceStart(a, _) => {
                stack.push((Open::Seq(vec![]), a));
                continue;
            }
            Event::MappingStart(a, _) => {
                stack.push((Open::Map(Default::default(), None), a));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop().unwrap() {
                (Open::Seq(items), a) => (Value::Array(items), a),
                (Open::Map(map, _), a) => (Value::Object(map), a),
            },
            Event::Alias(id) => (Value::clone(&anchors[&id]), 0),
            Event::Scalar(text, ScalarStyle::Plain, a, _) => {
                (serde_json::from_str(&text).unwrap_or_else(|_| Value::from(&*text)), a)
            }
            Event::Scalar(text, _, a, _) => (Value::from(&*text), a),
            _ => continue,
        };
        anchors.insert(anchor, value.clone());
        match stack.last_mut() {
            None => root = value,
            Some((Open::Seq(items), _)) => items.push(value),
            Some((Open::Map(map, key), _)) => match key.take() {
                None => {
                    *key = Some(value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
                }
                Some(key) => {
                    map.insert(key, value);
                }
            },
        }
    }
    root
}

#[test]
fn good_manifests_load_and_fit_the_schema() {
    let schema = tenko_declare::json_schema();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (name, bytes) in fixtures("good") {
        let manifest = load_one(&name, &bytes).unwrap_or_else(|e| panic!("{e}"));
        let warnings: Vec<_> = manifest.warnings.iter().map(ToString::to_string).collect();
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
        if let Err(error) = validator.validate(&as_json(&name, &bytes)) {
            panic!("{name} does not fit the schema: {error} at {}", error.instance_path());
        }
    }
}

#[test]
fn the_published_schema_is_that_of_the_reader() {
    let path = files::folder("../../schema/tenants.schema.json");
    let text = format!("{:#}\n", tenko_declare::json_schema());
    if std::env::var_os("TENKO_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap();
    assert_eq!(published, text, "stale: run `cargo xtask generate`");
}

#[test]
fn the_schema_refuses_what_has_the_wrong_shape() {
    let schema = tenko_declare::json_schema();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let bytes = fixtures("bad").remove("keys.yaml").unwrap();
    let found: Vec<_> = validator
        .iter_errors(&as_json("keys.yaml", &bytes))
        .map(|e| e.instance_path().to_string())
        .collect();
    for path in ["/version", "/tenants/acme", "/tenants/acme/owner", "/tenants/umbrella"] {
        assert!(found.iter().any(|p| p == path), "{path} is not among {found:?}");
    }
}

#[test]
fn bad_manifests_are_explained() {
    for (name, bytes) in fixtures("bad") {
        let errors = load_one(&name, &bytes).expect_err(&name);
        insta::assert_snapshot!(name.as_str(), errors);
    }
}

fn summary(environment: &Environment) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for expected in &environment.expected {
        let Expected { resource_type, id, name, scope, region, .. } = expected;
        writeln!(out, "{resource_type} id={id:?} name={name:?}").unwrap();
        writeln!(out, "  in {:?} {region:?}", scope.as_ref().map(ToString::to_string)).unwrap();
        for (path, matcher) in &expected.attributes {
            writeln!(out, "  {path} = {matcher}").unwrap();
        }
        writeln!(out, "  from {}", expected.source).unwrap();
    }
    for rule in &environment.ignore {
        writeln!(out, "ignore {rule:?}").unwrap();
    }
    writeln!(out, "tags {:?} from {}", environment.required_tags, environment.source).unwrap();
    out
}

#[test]
fn baselines_and_placeholders_are_applied() {
    let bytes = fixtures("good").remove("full.yaml").unwrap();
    let manifest = load_one("full.yaml", &bytes).unwrap();
    insta::assert_snapshot!("applied", summary(&manifest.declaration.tenants[0].environments[0]));
    let staging = &manifest.declaration.tenants[0].environments[1];
    assert_eq!(staging.unmanaged, Unmanaged::Ignore);
    assert_eq!(staging.stage.as_deref(), Some("test"));
    assert_eq!(staging.scopes[1], ScopeKey::new(Cloud::gcp(), "acme-staging"));
    assert_eq!(manifest.declaration.shared.len(), 2);
    assert_eq!(manifest.aws.accounts[2], "012345678901");
    assert_eq!(manifest.aws.cloud_control[0], "AWS::Logs::LogGroup");
}

#[test]
fn toml_keeps_the_order_and_the_lines() {
    let bytes = fixtures("good").remove("small.toml").unwrap();
    let manifest = load_one("small.toml", &bytes).unwrap();
    let expected = &manifest.declaration.tenants[0].environments[0].expected;
    assert_eq!(expected[0].name.as_deref(), Some("initech-production"));
    let lines: Vec<_> = expected.iter().map(|e| e.source.line.unwrap()).collect();
    assert_eq!(lines, [7, 12]);
    assert_eq!(
        expected[1].source.to_string(),
        "small.toml:12 (tenants.initech.environments.production.resources[1])"
    );
}

#[test]
fn several_files_are_one_manifest() {
    let part =
        |name: &'static str, text: &'static str| ManifestFile { name, bytes: text.as_bytes() };
    let base = part(
        "base.yaml",
        "version: 1\naws: {role: R}\nbaselines: {b: {resources: [{type: AWS::S3::Bucket, name: x}]}}\n",
    );
    let acme = part(
        "acme.yaml",
        "version: 1\ntenants:\n  acme: {baselines: [b], environments: {p: {scopes: ['222222222222']}}}\n",
    );
    let manifest = load(&[base, acme], &catalog()).unwrap();
    assert_eq!(
        manifest.declaration.tenants[0].environments[0].expected[0].source.file,
        "base.yaml".into()
    );
    let again = part(
        "again.yaml",
        "version: 1\naws: {}\ntenants:\n  acme: {environments: {q: {scopes: ['222222222222']}}}\n",
    );
    let errors = load(&[base, acme, again], &catalog()).unwrap_err();
    insta::assert_snapshot!("several_files", errors);
}

#[test]
fn declared_scopes_are_looked_up() {
    use tenko_core::{Scope, ScopeKind, ScopeStatus, ScopeTree};
    let account = |id: &str, name: &str| Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind: ScopeKind::Account,
        parent: None,
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: Default::default(),
    };
    let text = "version: 1\ntenants:\n  acme:\n    environments:\n      p: {scopes: ['222222222223', '555555555555', 'gcp:unasked']}\n";
    let manifest = load_one("tenants.yaml", text.as_bytes()).unwrap();
    let tree = ScopeTree::new([account("222222222222", "acme-prod"), account("333333333333", "b")]);
    let found = tenko_declare::check_scopes(&manifest, &tree, &[].into());
    let text: Vec<_> = found.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("unknown_scopes", text.join("\n"));
    let found = tenko_declare::check_scopes(&manifest, &tree, &[Cloud::aws()].into());
    assert!(found.iter().all(|d| d.level == tenko_declare::Level::Warning));
}

#[test]
fn declared_projects_are_looked_up() {
    use tenko_core::{Scope, ScopeKind, ScopeStatus, ScopeTree};
    let node = |cloud: Cloud, kind, id: &str, name: &str| Scope {
        cloud,
        id: id.into(),
        kind,
        parent: None,
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: Default::default(),
    };
    let tree = ScopeTree::new([
        node(Cloud::aws(), ScopeKind::Account, "222222222222", "acme-prod"),
        node(Cloud::gcp(), ScopeKind::Project, "acme-prod-4711", "acme-prod"),
        node(Cloud::gcp(), ScopeKind::Project, "acme-dev", ""),
    ]);
    let text = "version: 1\ntenants:\n  acme:\n    environments:\n      p: {scopes: ['222222222222', 'gcp:acme-prod', 'gcp:acme-dve', 'gcp:acme-prod-4711', 'gcp:unlike-all']}\n";
    let manifest = load_one("tenants.yaml", text.as_bytes()).unwrap();
    let found = tenko_declare::check_scopes(&manifest, &tree, &[Cloud::aws()].into());
    let text: Vec<_> = found.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("unknown_projects", text.join("\n"));
    let found = tenko_declare::check_scopes(&manifest, &tree, &[Cloud::gcp()].into());
    assert!(found.iter().all(|d| d.level == tenko_declare::Level::Warning));
}

#[test]
fn a_manifest_knows_its_clouds() {
    let tenants = |scope: &str| {
        format!("tenants: {{acme: {{environments: {{p: {{scopes: [\"{scope}\"]}}}}}}}}\n")
    };
    for (text, clouds, has_google) in [
        (tenants("222222222222"), vec!["aws"], false),
        (tenants("gcp:acme-prod"), vec!["gcp"], false),
        (format!("google: {{}}\n{}", tenants("222222222222")), vec!["aws", "gcp"], true),
        (format!("aws: {{}}\n{}", tenants("gcp:acme-prod")), vec!["aws", "gcp"], false),
        ("tenants: {}\n".to_owned(), vec![], false),
    ] {
        let manifest = load_one("m.yaml", format!("version: 1\n{text}").as_bytes()).unwrap();
        assert_eq!(manifest.clouds(), clouds.into_iter().map(Cloud::new).collect(), "{text}");
        assert_eq!(manifest.has_google(), has_google, "{text}");
    }
}

#[test]
fn resources_are_in_the_scopes_of_their_own_cloud() {
    let bytes = fixtures("good").remove("two-clouds.yaml").unwrap();
    let manifest = load_one("two-clouds.yaml", &bytes).unwrap();
    let environments = &manifest.declaration.tenants[0].environments;
    insta::assert_snapshot!("two_clouds", summary(&environments[0]));
    assert_eq!(manifest.google.parents, ["organizations/123456789012", "folders/456"]);
    assert_eq!(manifest.google.asset_types[0], "compute.googleapis.com/Image");
    assert_eq!(manifest.further_types().count(), 2);
}

#[test]
fn what_is_probably_not_meant_is_said() {
    let text = "\
version: 1
aws: {types: [\"storage.googleapis.com/*\", \"AWS::S3::Buckt\"]}
google:
  types: [\"AWS::S3::*\", \"storage.googleapis.com/Buckets\", \"compute.*\"]
  asset_types: [compute.googleapis.com/Instance]
tenants: {acme: {environments: {p: {scopes: [\"gcp:acme-prod\"]}}}}
";
    let manifest = load_one("tenants.yaml", text.as_bytes()).unwrap();
    let warnings: Vec<_> = manifest.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("warnings", warnings.join("\n"));
    assert!(manifest.google.asset_types.is_empty(), "it is built in");
}

#[test]
fn code_is_named_for_each_environment() {
    use std::fmt::Write as _;
    let bytes = fixtures("good").remove("iac.yaml").unwrap();
    let manifest = load_one("iac.yaml", &bytes).unwrap();
    let mut out = String::new();
    for source in &manifest.iac {
        let owner = source.owner.as_ref().unwrap();
        let place = source.place.as_ref().unwrap();
        writeln!(out, "{}/{} at {place}", owner.tenant, owner.environment).unwrap();
        writeln!(out, "  {}\n  {:?}", source.location, source.location).unwrap();
    }
    for rule in &manifest.parity_allow {
        writeln!(out, "allow {rule:?}").unwrap();
    }
    insta::assert_snapshot!("iac", out);
}

#[test]
fn secrets_are_in_no_diagnostic() {
    let bytes = fixtures("bad").remove("iac.yaml").unwrap();
    let errors = load(&[ManifestFile { name: "iac.yaml", bytes: &bytes }], &catalog()).unwrap_err();
    assert!(std::str::from_utf8(&bytes).unwrap().contains("hunter2"));
    assert!(!format!("{errors:?}{errors}").contains("hunter2"));
}

#[test]
fn what_code_says_too_openly_is_warned_of() {
    let text = "\
version: 1
parity: {allow: [{type: \"AWS::S3::*\", between: [p, stagin], reason: r}]}
tenants:
  acme:
    environments:
      p: {scopes: [\"222222222222\"], iac: [{terraform: \"http://h/s\", token_env: T}]}
      staging: {scopes: [\"333333333333\"], iac: [{terraform: \"http://127.0.0.1/s\", token_env: T}]}
";
    let manifest = load_one("tenants.yaml", text.as_bytes()).unwrap();
    let warnings: Vec<_> = manifest.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("iac_warnings", warnings.join("\n"));
}
