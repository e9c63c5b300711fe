//! Parity, declared documents and code that could not be read.

use serde_json::{Value, json};
use tenko_core::*;
use tenko_report::{
    Declared, SkippedAddress, declared_schema, json as as_json, parity_schema, text,
};

use crate::fixture::{Run, type_info};
use crate::golden::{check, options};

fn environment(tenant: &str, name: &str) -> ParityEnvironment {
    ParityEnvironment {
        tenant: tenant.to_owned(),
        environment: name.to_owned(),
        stage: Some(name.to_owned()),
        resources: 12,
    }
}

fn row(
    kind: ParityKind,
    role: &str,
    path: Option<&str>,
    values: Vec<(Value, Vec<usize>)>,
) -> ParityRow {
    ParityRow {
        kind,
        resource_type: "AWS::Lambda::Function".into(),
        role: Some(role.to_owned()),
        path: path.map(|path| path.parse().unwrap()),
        values: values
            .into_iter()
            .map(|(value, environments)| ParityValue { value, environments })
            .collect(),
        unknown: vec![],
    }
}

fn few() -> Parity {
    let long = "x".repeat(60);
    let mut memory = row(
        ParityKind::Attribute,
        "{tenant}-{environment}-api",
        Some("MemorySize"),
        vec![(json!(512), vec![0]), (json!(128), vec![1])],
    );
    memory.unknown = vec![2];
    Parity {
        groups: vec![ParityResult {
            name: "tenant acme".to_owned(),
            environments: vec![
                environment("acme", "production"),
                environment("acme", "staging"),
                environment("acme", "review\u{1b}[31m"),
            ],
            rows: vec![
                row(
                    ParityKind::Version,
                    "{tenant}-{environment}-api",
                    Some("Runtime"),
                    vec![(json!("python3.14"), vec![0, 2]), (json!("python3.13"), vec![1])],
                ),
                row(
                    ParityKind::Count,
                    "{tenant}-{environment}-queue",
                    None,
                    vec![(json!(0), vec![1, 2]), (json!(1), vec![0])],
                ),
                row(
                    ParityKind::Count,
                    "{tenant}-worker",
                    None,
                    vec![(json!(1), vec![1, 2]), (json!(3), vec![0])],
                ),
                memory,
                row(
                    ParityKind::Attribute,
                    "{tenant}-{environment}-api",
                    Some("Description"),
                    vec![(json!(long), vec![0]), (Value::Null, vec![1, 2])],
                ),
            ],
            allowed: 2,
        }],
        unused_allowances: vec![(
            source("tenants.yaml", "parity.allow[0]"),
            "staging is smaller".to_owned(),
        )],
    }
}

fn many() -> Parity {
    let environments = (0..200).map(|n| environment(&format!("client-{n:03}"), "production"));
    let odd: Vec<usize> = vec![7, 40, 199];
    let rest = (0..200).filter(|n| !odd.contains(n)).collect();
    let mut runtime = row(
        ParityKind::Version,
        "{tenant}-api",
        Some("Runtime"),
        vec![(json!("python3.14"), rest), (json!("python3.13"), odd)],
    );
    runtime.unknown = vec![];
    let split = (0..200).collect::<Vec<_>>();
    let (a, b) = split.split_at(100);
    Parity {
        groups: vec![ParityResult {
            name: "baseline web, production".to_owned(),
            environments: environments.collect(),
            rows: vec![
                runtime,
                row(
                    ParityKind::Attribute,
                    "{tenant}-api",
                    Some("MemorySize"),
                    vec![(json!(128), a.to_vec()), (json!(256), b.to_vec())],
                ),
            ],
            allowed: 0,
        }],
        unused_allowances: vec![],
    }
}

#[test]
fn few_environments_are_a_matrix() {
    let text = text::parity(&few(), &options(80));
    check(&text, 80);
    insta::assert_snapshot!("parity-few", text);
}

#[test]
fn of_many_environments_the_odd_ones_are_named() {
    let text = text::parity(&many(), &options(80));
    check(&text, 80);
    insta::assert_snapshot!("parity-many", text);
}

#[test]
fn alike_is_one_line() {
    let mut parity = few();
    parity.groups[0].rows.clear();
    parity.unused_allowances.clear();
    insta::assert_snapshot!("parity-alike", text::parity(&parity, &options(80)));
}

fn source(file: &str, address: &str) -> Source {
    Source {
        kind: SourceKind::Terraform,
        file: file.into(),
        address: address.to_owned(),
        line: None,
    }
}

fn claim(address: &str) -> Claim {
    Claim {
        resource_type: Some("T".into()),
        code_type: "aws_t".into(),
        ids: vec![format!("id-{address}")],
        name: Some("web".to_owned()),
        scope: None,
        region: None,
        attributes: vec![
            ("Size".parse().unwrap(), Matcher::Loose(json!(3))),
            ("Secret".parse().unwrap(), Matcher::Loose(json!("hunter2"))),
        ],
        tags: Some([("team".to_owned(), "a".to_owned())].into()),
        sensitive: ["Key".parse().unwrap()].into(),
        not_comparable: None,
        note: None,
        in_sync: false,
        owner: None,
        source: source("states/web.tfstate", address),
        parts: vec![],
        partial: false,
    }
}

fn declared() -> Declared {
    let mut info = type_info("T");
    info.sensitive = vec!["Secret".parse().unwrap()];
    let catalog: Catalog = [info].into_iter().collect();
    let mut declared = Declared::default();
    declared.claim(&claim("aws_t.web"), &catalog);
    let unmapped = Claim {
        resource_type: None,
        code_type: "aws_lb".into(),
        attributes: vec![],
        tags: None,
        sensitive: Default::default(),
        not_comparable: Some("aws_lb has no mapping".to_owned()),
        ..claim("module.lb.aws_lb.main[0]")
    };
    declared.claim(&unmapped, &catalog);
    declared.skipped.push(SkippedAddress {
        file: "states/web.tfstate".to_owned(),
        address: "data.aws_ami.x".to_owned(),
        reason: "data sources declare nothing".to_owned(),
        count: 1,
    });
    for file in ["states/web.tfstate", "states/db.tfstate"] {
        declared.skipped.push(SkippedAddress {
            file: file.to_owned(),
            address: "registry.terraform.io/hashicorp/random".to_owned(),
            reason: "of a provider that tenko does not know".to_owned(),
            count: 2,
        });
    }
    declared.errors.push(UnreadCode {
        file: "states/broken.tfstate".into(),
        owner: None,
        reason: "ends in the middle, at byte 17".to_owned(),
        reason_wording: None,
    });
    declared
}

#[test]
fn what_documents_declare() {
    insta::assert_snapshot!("declared", text::declared(&declared(), &options(80)));
    let json = as_json::text(&as_json::declared(&declared()));
    assert!(!json.contains("hunter2"), "a sensitive value is shown");
    insta::assert_snapshot!("declared-json", json);
    assert_eq!(declared().exit_code(), 3);
}

#[test]
fn a_part_is_shown_as_one_with_all_that_its_lists_ask_for() {
    let includes = |items: Value| Matcher::Includes {
        items: items.as_array().unwrap().clone(),
        keys: vec![],
        open: false,
    };
    let rules = |items| ("Rules".parse().unwrap(), includes(items));
    let part = Claim {
        partial: true,
        attributes: vec![rules(json!([1, 2])), rules(json!([2, 3]))],
        ..claim("aws_t_rule.web")
    };
    let mut declared = Declared::default();
    declared.claim(&part, &Catalog::default());
    assert!(declared.resources[0].partial);
    assert_eq!(declared.resources[0].attributes["Rules"], json!([1, 2, 3]));
    let shown = text::declared(&declared, &options(80));
    assert!(
        shown.contains("aws_t_rule.web  T · id-aws_t_rule.web · web · a part of it"),
        "{shown}"
    );
    // A document is named though it declares no resource.
    let mut run = Run::new();
    run.declaration.claims = vec![part];
    let read = &run.document().code.read[0];
    assert_eq!((&*read.file, read.resources, read.compared), ("states/web.tfstate", 0, 0));
}

#[test]
fn unread_code_makes_the_report_incomplete() {
    let mut run = Run::new();
    let document = run.document();
    assert!(!document.summary.incomplete);
    let owner = IacOwner { tenant: "acme".into(), environment: "production".into() };
    run.declaration.claims = vec![claim("aws_t.web")];
    run.declaration.unread_code = vec![UnreadCode {
        file: "s3://acme/\u{1b}[2J.tfstate".into(),
        owner: Some(owner),
        reason: "access denied".to_owned(),
        reason_wording: None,
    }];
    let document = run.document();
    assert!(document.summary.incomplete);
    assert_eq!(document.exit_code(), 3);
    let text = text::render(&document, &options(80));
    check(&text, 80);
    insta::assert_snapshot!("unread-code", text);
}

#[test]
fn both_documents_fit_their_schemas() {
    let declared_validator = jsonschema::draft202012::new(&declared_schema()).unwrap();
    let mut document = as_json::declared(&declared());
    let errors: Vec<_> = declared_validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document["resources"][0]["comparable"] = json!("yes");
    assert!(!declared_validator.is_valid(&document));

    let validator = jsonschema::draft202012::new(&parity_schema()).unwrap();
    for parity in [few(), many()] {
        let mut document = as_json::parity(&parity);
        let errors: Vec<_> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        document["kind"] = json!("declared");
        assert!(!validator.is_valid(&document));
    }
    let document = as_json::parity(&few());
    assert_eq!(document["unused_allowances"][0]["reason"], "staging is smaller");
}
