//! Whatever the bytes are, the answer is a manifest or errors: no panic, no hang, no flood.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod common;
#[path = "common/files.rs"]
mod files;

use std::time::{Duration, Instant};

use common::catalog;
use files::fixtures;
use proptest::prelude::*;
use tenko_declare::{ManifestErrors, ManifestFile, load};

fn errors(name: &str, bytes: &[u8]) -> Option<ManifestErrors> {
    let begun = Instant::now();
    let result = load(&[ManifestFile { name, bytes }], &catalog());
    assert!(begun.elapsed() < Duration::from_secs(20), "took {:?}", begun.elapsed());
    let errors = result.err();
    if let Some(errors) = &errors {
        assert!(!errors.0.is_empty() && errors.0.len() <= 101);
        assert!(errors.to_string().len() < 200_000);
    }
    errors
}

#[test]
fn nested_aliases_do_not_grow() {
    let mut text = "version: 1\nx:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..40 {
        let line = vec![format!("*a{}", i - 1); 10].join(", ");
        text.push_str(&format!("  a{i}: &a{i} [{line}]\n"));
    }
    assert!(errors("t.yaml", text.as_bytes()).unwrap().to_string().contains("aliases"));
    let mut deep = "version: 1\nx:\n  a0: &a0 [[[[[[[[[[x]]]]]]]]]]\n".to_owned();
    for i in 1..2000 {
        deep.push_str(&format!("  a{i}: &a{i} [[[[[[[[[[*a{}]]]]]]]]]]\n", i - 1));
    }
    assert!(errors("t.yaml", deep.as_bytes()).unwrap().to_string().contains("nested deeper"));
    let long =
        format!("version: 1\na: &a \"{}\"\nb: [{}x]\n", "y".repeat(100_000), "*a, ".repeat(10_000));
    assert!(errors("t.yaml", long.as_bytes()).unwrap().to_string().contains("aliases"));
}

#[test]
fn deep_nesting_and_long_runs_end_in_errors() {
    for piece in [
        "[", "{", "- ", "? ", "{a: ", "a: [", "&a ", "!!map {", "'", "\"", "|\n", "%", "\t",
        "---\n", "[[", "a:\n", "a = [", "[a.", "a.", "{{", "*a ", "#",
    ] {
        let text = piece.repeat(200_000);
        for name in ["t.yaml", "t.toml"] {
            assert!(errors(name, text.as_bytes()).is_some(), "{piece:?} in {name}");
        }
    }
    let indented: String = (0..3_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert!(errors("t.yaml", indented.as_bytes()).is_some());
}

#[test]
fn terminals_are_not_reached() {
    let text = "version: 1\ntenants:\n  \"\\e[31m\u{202e}x\u{200b}\": {owner: 1}\n# \u{1b}[2J\nbad\u{9b}: 1\n";
    let text = errors("t\u{1b}.yaml", text.as_bytes()).unwrap().to_string();
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{text:?}");
}

#[test]
fn a_large_manifest_is_read_in_reasonable_time() {
    let mut text = "version: 1\ntenants:\n  a:\n    environments:\n      p:\n        scopes: ['222222222222']\n        resources:\n".to_owned();
    for i in 0..20_000 {
        text.push_str(&format!(
            "          - {{type: AWS::S3::Bucket, id: b-{i}, name: n-{i}, region: eu-central-1}}\n"
        ));
    }
    assert!(errors("t.yaml", text.as_bytes()).is_none());
}

#[test]
fn byte_order_marks_and_line_ends_do_not_matter() {
    for bytes in fixtures("good").iter().filter(|(n, _)| n.ends_with("yaml")).map(|(_, b)| b) {
        let text = std::str::from_utf8(bytes).unwrap();
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        if let Some(found) = errors("t.yaml", windows.as_bytes()) {
            panic!("{found}");
        }
    }
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let all: Vec<_> = fixtures("good").into_values().chain(fixtures("bad").into_values()).collect();
    let piece = prop_oneof![
        any::<u8>().prop_map(|b| vec![b]),
        prop::sample::select(vec![
            "[", "]", "{", "}", ":", "- ", "\n", "  ", "&a ", "*a", "!x ", "? ", "|", ">", "'",
            "\"", "#", "%", "---", "null", "0", ",", "{tenant}", "\t", "\r", "<<: ", "\u{2028}",
            "é",
        ])
        .prop_map(|s| s.as_bytes().to_vec()),
    ];
    let edit = (any::<prop::sample::Index>(), 0..20_usize, piece);
    (prop::sample::select(all), prop::collection::vec(edit, 1..6)).prop_map(|(mut bytes, edits)| {
        for (at, cut, piece) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        errors("t.yaml", &bytes);
        errors("t.toml", &bytes);
    }

    #[test]
    fn arbitrary_text(text in "[\\[\\]{}:,&*!|>'\"%@`#?\\- \n\ta1~<.=]{0,80}") {
        errors("t.yaml", text.as_bytes());
        errors("t.toml", text.as_bytes());
    }

    #[test]
    fn mutated_manifests(bytes in mutated()) {
        errors("t.yaml", &bytes);
        errors("t.toml", &bytes);
    }
}
