//! The JSON Schema, its published file, and documents against it.

use std::{env, fs};

use serde_json::{Value, json};
use tenko_report::{declared_schema, json as form, json_schema, parity_schema, untangle_schema};

use crate::fixture::{Run, TYPES, type_info};

#[test]
fn documents_are_valid() {
    let validator = jsonschema::draft202012::new(&json_schema()).unwrap();
    for run in [Run::new(), Run::everything(), Run::hostile()] {
        let document = serde_json::to_value(run.document()).unwrap();
        let errors: Vec<_> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn the_schema_is_not_a_formality() {
    let validator = jsonschema::draft202012::new(&json_schema()).unwrap();
    let document = serde_json::to_value(Run::everything().document()).unwrap();
    let wrong = [
        ("/schema_version", json!(2)),
        ("/summary/verdict", json!("fine")),
        ("/drift/0/kind", json!("lost")),
        ("/coverage/0/outcome", json!("ok")),
        ("/scopes/0/path", json!("a/b")),
        ("/run/started_at", json!(7)),
        ("/tenants/0/environments/0/observed", Value::Null),
    ];
    for (at, value) in wrong {
        let mut document = document.clone();
        *document.pointer_mut(at).unwrap() = value;
        assert!(!validator.is_valid(&document), "{at}");
    }
}

/// `TENKO_UPDATE=1` writes the files anew.
#[test]
fn the_published_schemas_are_up_to_date() {
    for (name, schema) in [
        ("report", json_schema()),
        ("declared", declared_schema()),
        ("parity", parity_schema()),
        ("untangle", untangle_schema()),
    ] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema");
        let path = format!("{folder}/{name}.schema.json");
        let current = form::text(&schema);
        if env::var_os("TENKO_UPDATE").is_some() {
            fs::write(&path, &current).unwrap();
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == current, "{name}.schema.json is stale: run `cargo xtask generate`");
    }
}

#[test]
fn other_views_name_their_kind_and_version() {
    let run = Run::everything();
    let snapshot = &run.snapshot;
    let asked = form::scopes(&snapshot.scopes, &snapshot.answers, None);
    assert!(asked["scopes"][2].get("units").is_none(), "nobody looked");
    let looked = form::scopes(&snapshot.scopes, &snapshot.answers, Some(&snapshot.coverage));
    assert_eq!(looked["scopes"][2]["units"]["total"], 7);
    let info = type_info(TYPES[0]);
    let all: Vec<_> = snapshot.resources.iter().collect();
    for (view, kind) in [
        (asked, "scopes"),
        (form::types(&[info.clone()].into_iter().collect()), "types"),
        (form::type_page(&info), "type"),
        (form::resources(&all), "resources"),
        (form::resource(all[0]), "resource"),
    ] {
        assert_eq!((&view["schema_version"], &view["kind"]), (&json!(1), &json!(kind)));
    }
}
