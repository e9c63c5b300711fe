//! Documents that are none, or mean harm: an error that says where, or an instance left out.

use serde_json::json;
use tenko_declare::terraform::{MappingError, StateError};

use super::*;

fn error(bytes: &[u8]) -> StateError {
    read_state("a", bytes, &mappings()).unwrap_err()
}

#[test]
fn each_kind_of_bad_document_is_named() {
    assert_eq!(error(b""), StateError::Empty);
    assert_eq!(error(b" \n\t"), StateError::Empty);
    assert!(matches!(error(b"\x00\x01\x02"), StateError::Binary { byte: 0, .. }));
    assert!(matches!(error(b"  \xff\xfe{"), StateError::Binary { byte: 2, .. }));
    assert!(matches!(error(b"PK\x03\x04"), StateError::Json { line: 1, column: 1, .. }));
    assert!(matches!(error(&gzip(&gzip(b"{}"))), StateError::Binary { byte: 0, .. }));
    assert!(matches!(error(b"[]"), StateError::Json { .. }));
    assert!(matches!(error(b"{\"version\": 4, \"version\": 4}"), StateError::Json { .. }));
    let gap = error(b"{\n  \"version\": 4,\n  \"resources\": [,]\n}");
    assert!(matches!(gap, StateError::Json { line: 3, column: 17, .. }), "{gap:?}");
    let form = error(b"{\"version\": 4,\n \"resources\": {}}");
    assert!(form.to_string().starts_with("line 2, column "), "{form}");
    assert_eq!(error(b"{\"version\": 2, \"modules\": []}"), StateError::TooOld(2));
    assert_eq!(error(b"{\"version\": 5}"), StateError::TooNew(5));
    assert!(matches!(error(b"{\"version\": \"4\"}"), StateError::NotAState(_)));
    assert!(matches!(error(b"{\"version\": -1}"), StateError::NotAState(_)));
    assert!(matches!(error(b"{\"name\": \"x\"}"), StateError::NotAState(_)));
    assert!(
        error(b"{\"format_version\": \"1.0\", \"values\": {}}").to_string().contains("show -json")
    );
    let encrypted = json!({"serial": 1, "lineage": "l", "meta": {"key_provider.pbkdf2.k": "e30="}, "encrypted_data": "AAAA", "encryption_version": "v0"});
    assert_eq!(error(encrypted.to_string().as_bytes()), StateError::Encrypted);
}

#[test]
fn a_state_that_is_cut_off_anywhere_is_an_error() {
    let whole =
        state(json!([resource("aws_s3_bucket", "é", json!([{"attributes": {"bucket": "é点"}}]))]));
    for end in 1..whole.len() {
        let error = error(&whole[..end]);
        let at_a_char = std::str::from_utf8(&whole[..end]).is_ok();
        match error {
            StateError::Truncated { byte, line: 1 } => assert_eq!(byte, end),
            // In the middle of a character.
            StateError::Json { .. } if !at_a_char => {}
            other => panic!("{end}: {other:?}"),
        }
    }
    let packed = gzip(&whole);
    for end in 1..packed.len() {
        let found = error(&packed[..end]);
        let known = matches!(
            found,
            StateError::Gzip { .. }
                | StateError::Binary { .. }
                | StateError::Truncated { .. }
                | StateError::Empty
        );
        assert!(known, "{end}: {found:?}");
    }
    let mut flipped = packed.clone();
    let last = flipped.len() - 6;
    flipped[last] ^= 0xff;
    assert!(matches!(error(&flipped), StateError::Gzip { .. }));
}

#[test]
fn a_bomb_is_an_error() {
    // 600 MiB of spaces in 2.6 MiB.
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let spaces = vec![b' '; 1 << 20];
    (0..600).for_each(|_| out.write_all(&spaces).unwrap());
    assert_eq!(error(&out.finish().unwrap()), StateError::TooLarge);
}

#[test]
fn deep_nesting_costs_an_instance_and_not_the_stack() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
    for value in [deep("[", "]"), deep("{\"a\":", "}")] {
        let instance = format!("{{\"attributes\":{{\"bucket\":\"b\",\"env\":{value}}}}}");
        let text = format!(
            "{{\"version\":4,\"outputs\":{value},\"resources\":[{{\"mode\":\"managed\",\"type\":\"aws_s3_bucket\",\"name\":\"b\",\"instances\":[{instance},{{\"attributes\":{{\"bucket\":\"ok\"}}}}]}}]}}"
        );
        let file = read_state("a", text.as_bytes(), &mappings()).unwrap();
        assert_eq!(file.claims.len(), 1);
        assert_eq!(file.skipped[0].reason, "it is nested too deeply");
    }
}

#[test]
fn hostile_text_stays_text() {
    let name = "<script>\u{202e}\u{0}\"'\\\n${x}";
    let mut one = resource(
        "aws_s3_bucket",
        name,
        json!([{"index_key": name, "deposed": "../\n;rm", "attributes": {"bucket": name, "tags": {name: name}}}]),
    );
    one["module"] = json!(name);
    let file = read(json!([one]));
    assert_eq!(file.claims[0].ids[0], name);
    assert!(
        file.claims[0].source.address.ends_with("$${x}\"] (deposed rm)"),
        "{}",
        file.claims[0].source.address
    );
}

#[test]
fn tables_that_mean_nothing_are_refused() {
    let refused = |value: Value| {
        let catalog: Catalog = [info("T", Cloud::aws(), vec![table(value)])].into_iter().collect();
        Mappings::new(&catalog).unwrap_err()
    };
    for value in [
        json!({"types": []}),
        json!({"types": ["aws_x"], "append": {"A": ".a"}}),
        json!({"types": ["aws_x"], "part_of": ".a", "name": ".b"}),
        json!({"types": ["aws_x"], "keys": {"A": ["k"]}}),
    ] {
        assert!(matches!(refused(value), MappingError::Form { .. }));
    }
    // A faulty expression is found by `check`, and costs the instances of its type only.
    let faulty = table(json!({"types": ["aws_x"], "attributes": {"A": ".a | nope"}}));
    let catalog: Catalog = [info("T", Cloud::aws(), vec![faulty])].into_iter().collect();
    let mappings = Mappings::new(&catalog).unwrap();
    let errors = mappings.check().unwrap_err();
    assert!(matches!(&errors[..], [MappingError::Expression { field, .. }] if field == "A"));
    let bytes = state(json!([resource("aws_x", "x", json!([{"attributes": {"id": "x"}}]))]));
    let file = read_state("a", &bytes, &mappings).unwrap();
    assert!(file.skipped[0].reason.contains("faulty expression"), "{:?}", file.skipped);
}

#[test]
fn no_message_quotes_what_was_found() {
    const SECRET: &str = "hunter2-in-a-state";
    let resource = |instances: &str| {
        format!(
            r#"{{"version":4,"resources":[{{"mode":"managed","type":"aws_s3_bucket","name":"b","instances":{instances}}}]}}"#
        )
    };
    let texts = [
        format!(r#"{{"version":4,"resources":"{SECRET}"}}"#),
        format!(r#"{{"version":"{SECRET}","resources":[]}}"#),
        resource(&format!(r#""{SECRET}""#)),
        resource(&format!(r#"["{SECRET}"]"#)),
        resource(&format!(r#"[{{"attributes":"{SECRET}"}}]"#)),
        resource(&format!(r#"[{{"attributes":{{"bucket":"b","acl":{{"x":"{SECRET}"}}}}}}]"#)),
        resource(&format!(
            r#"[{{"attributes":{{"bucket":"b"}},"sensitive_attributes":"{SECRET}"}}]"#
        )),
        resource(&format!(r#"[{{"attributes":{{"bucket":"b"}},"status":["{SECRET}"]}}]"#)),
    ];
    for text in texts {
        let said = match read_state("a", text.as_bytes(), &mappings()) {
            Ok(file) => {
                let reasons = file.claims.iter().map(|claim| &claim.not_comparable);
                format!("{:?} {:?}", file.skipped, reasons.collect::<Vec<_>>())
            }
            Err(error) => error.to_string(),
        };
        assert!(!said.contains(SECRET), "{said}");
    }
}

#[test]
fn what_only_points_to_a_backend_is_no_empty_state() {
    let text = r#"{"version":3,"serial":1,"lineage":"l","backend":{"type":"s3","config":{}},"modules":[{"path":["root"],"outputs":{},"resources":{}}]}"#;
    let error = read_state("a", text.as_bytes(), &mappings()).unwrap_err();
    assert!(error.to_string().contains("terraform state pull"), "{error}");
}
