//! Suppressions files: reading them, and appending to them.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::catalog;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use tenko_core::{Fingerprint, Suppresses, Suppression};
use tenko_declare::suppressions_file::{AppendError, NewSuppression, append};
use tenko_declare::{Level, ManifestFile, check_rules, load, suppressions};

fn fixtures(folder: &str) -> BTreeMap<String, Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/suppressions");
    let files = std::fs::read_dir(path.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

fn read(name: &str, text: &str) -> Result<Vec<Suppression>, String> {
    let file = ManifestFile { name, bytes: text.as_bytes() };
    let read = suppressions(&file, &catalog()).map_err(|e| e.to_string())?;
    Ok(read.entries.into_iter().map(|entry| entry.suppression).collect())
}

fn add(name: &str, text: &str, entries: &[NewSuppression]) -> Result<String, AppendError> {
    append(&ManifestFile { name, bytes: text.as_bytes() }, &catalog(), entries)
}

fn one(digit: char) -> NewSuppression {
    NewSuppression {
        of: Suppresses::One(Fingerprint(digit.to_string().repeat(32))),
        reason: "it \"is\" so: #1".to_owned(),
        owner: Some("platform@acme.example".to_owned()),
        created: Some(date(2026, 11, 22)),
        expires: date(2027, 2, 1),
        ticket: Some("4711".to_owned()),
        evidence: Some("9a".repeat(16)),
        note: Some("DATA-01 x\n- y: z".to_owned()),
    }
}

/// What is expected to be read of it.
fn expected(entry: &NewSuppression, read: &Suppression) -> Suppression {
    let end = |day: Date| {
        let next = day.tomorrow().unwrap();
        next.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
    };
    let begin = |day: Date| day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    Suppression {
        of: entry.of.clone(),
        reason: entry.reason.clone(),
        owner: entry.owner.clone(),
        created: entry.created.map(begin),
        expires: end(entry.expires),
        ticket: entry.ticket.clone(),
        evidence: entry.evidence.clone(),
        source: read.source.clone(),
    }
}

#[test]
fn good_files_are_read_and_fit_the_schema() {
    let all = fixtures("good");
    let mut out = String::new();
    for (name, bytes) in &all {
        let read = suppressions(&ManifestFile { name, bytes }, &catalog());
        let read = read.unwrap_or_else(|e| panic!("{e}"));
        assert!(read.warnings.is_empty(), "{name}");
        out.push_str(&format!("{name} {:#?}\n", read.entries));
    }
    insta::assert_snapshot!("suppressions", out);
    let schema = tenko_declare::suppressions_schema();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&all["all.json"]).unwrap();
    validator.validate(&json).unwrap();
    let table: toml::Table = std::str::from_utf8(&all["all.toml"]).unwrap().parse().unwrap();
    let mut json = serde_json::to_value(table).unwrap();
    assert!(validator.validate(&json).is_err(), "JSON has no dates of its own");
    for entry in json["suppressions"].as_array_mut().unwrap() {
        for key in ["created", "expires"] {
            entry.as_object_mut().unwrap().remove(key);
        }
        entry["expires"] = "2027-02-01".into();
    }
    validator.validate(&json).unwrap();
    json["suppressions"][0]["fingerprint"] = "0".into();
    assert!(validator.validate(&json).is_err());
}

#[test]
fn the_published_schema_is_that_of_the_reader() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/suppressions.schema.json");
    let text = format!("{:#}\n", tenko_declare::suppressions_schema());
    if std::env::var_os("TENKO_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap();
    assert_eq!(published, text, "stale: run `cargo xtask generate`");
}

#[test]
fn bad_files_are_explained() {
    for (name, bytes) in fixtures("bad") {
        let errors = suppressions(&ManifestFile { name: &name, bytes: &bytes }, &catalog());
        insta::assert_snapshot!(format!("suppressions_{name}"), errors.unwrap_err());
    }
}

#[test]
fn duplicates_are_warned_of() {
    let text = "\
version: 1
suppressions:
  - {rule: NET-03, reason: a, expires: 2027-02-01}
  - {rule: NET-03, scope: 222222222222, reason: b, expires: 2027-02-01}
  - {rule: NET-03, reason: c, expires: 2027-03-01}
";
    let file = ManifestFile { name: "s.yaml", bytes: text.as_bytes() };
    let read = suppressions(&file, &catalog()).unwrap();
    let warnings: Vec<_> = read.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("suppressions_twice", warnings.join("\n"));
}

#[test]
fn a_manifest_takes_them_in() {
    let manifest = "version: 1\ntenants: {acme: {environments: {p: {scopes: ['222222222222']}}}}\n";
    let file = ManifestFile { name: "m.yaml", bytes: manifest.as_bytes() };
    let mut manifest = load(&[file], &catalog()).unwrap();
    let text = "\
version: 1
suppressions:
  - {rule: NET-33, reason: a, expires: 2020-02-01}
  - {rule: NET-33, reason: a, expires: 2020-02-01}
";
    let file = ManifestFile { name: "s.yaml", bytes: text.as_bytes() };
    manifest.add_suppressions(suppressions(&file, &catalog()).unwrap());
    assert_eq!(manifest.declaration.rules.suppressions.len(), 2);
    assert_eq!(manifest.warnings.len(), 1);
    let found = check_rules(&manifest, &["NET-03"]);
    assert!(found.iter().all(|d| d.level == Level::Error) && found.len() == 2, "{found:?}");
    assert_eq!(found[0].place.as_ref().unwrap().to_string(), "s.yaml:3:12");
}

#[test]
fn what_is_appended_to_stays_as_it_is() {
    let entry = "{rule: NET-03, reason: a, expires: 2027-02-01}";
    let block =
        "rule: NET-03\n    reason: |\n      a\n      # no comment\n\n    expires: 2027-02-01";
    let files = [
        ("s.yaml", format!("# top\nversion: 1\nsuppressions: # these\n  - {entry} # why\n# end")),
        ("s.yaml", format!("version: 1\nsuppressions:\n- {entry}\n")),
        ("s.yaml", format!("suppressions:\n    - {entry}\n\n# the version\nversion: 1\n")),
        ("s.yaml", format!("suppressions:\n  # a\n  -   {block}\n  # z\nversion: 1 # one\n").replace("\n    ", "\n      ")),
        ("s.yaml", format!("version: 1\nsuppressions:\n  -\n    {block}\n")),
        ("s.yaml", format!("version: 1\nsuppressions:\n  - # first\n    {block}\n  - {{rule: NET-04, reason: 理由, expires: 2027-02-01}}\n")),
        ("s.yaml", "version: 1\n# none yet".to_owned()),
        ("s.yaml", "version: 1\nsuppressions:\n".to_owned()),
        ("s.yaml", "suppressions:\nversion: 1\n".to_owned()),
        ("s.yaml", format!("version: 1\nsuppressions: [{entry}]\n")),
        ("s.yaml", format!("version: 1\nsuppressions: [\n  {entry}, # why\n] # end\n")),
        ("s.yaml", format!("{{version: 1, suppressions: [{entry}]}}")),
        ("s.yaml", "{version: 1}".to_owned()),
        ("s.json", "{\"version\": 1, \"suppressions\": []}\n".to_owned()),
        ("s.json", "{\n  \"suppressions\": [\n    {\"rule\": \"NET-03\", \"reason\": \"é\", \"expires\": \"2027-02-01\"}\n  ],\n  \"version\": 1\n}\n".to_owned()),
        ("s.toml", "version = 1\n# none yet".to_owned()),
        ("s.toml", "version = 1\n[[suppressions]]\nrule = 'NET-03'\nreason = 'a'\nexpires = 2027-02-01\n".to_owned()),
    ];
    let mut shown = String::new();
    for (name, text) in files {
        for text in [text.clone(), format!("\u{feff}{}", text.replace('\n', "\r\n"))] {
            let before = read(name, &text).unwrap_or_else(|e| panic!("{e}"));
            let new = [one('a'), one('b')];
            let after = add(name, &text, &new).unwrap_or_else(|e| panic!("{e}\n{text}"));
            // Nothing of the old text is gone or in another order.
            let (mut rest, mut start) = (after.as_str(), text.as_str());
            while !start.is_empty() {
                let same = start.bytes().zip(rest.bytes()).take_while(|(a, b)| a == b).count();
                if same == start.len() {
                    break;
                }
                assert!(rest.len() > same, "{text}\n---\n{after}");
                let (at, _) = rest
                    .char_indices()
                    .find(|(at, _)| *at > same && rest[*at..].ends_with(&start[same..]))
                    .unwrap_or_else(|| panic!("{text}\n---\n{after}"));
                (rest, start) = (&rest[at..], &start[same..]);
            }
            let read = read(name, &after).unwrap();
            assert_eq!(read.len(), before.len() + 2);
            for (new, read) in new.iter().zip(&read[before.len()..]) {
                assert_eq!(*read, expected(new, read));
            }
            if text.contains("\r\n") {
                assert!(!after.replace("\r\n", "").contains('\n'), "{after:?}");
            } else {
                shown.push_str(&format!("== {name}\n{after}\n"));
            }
        }
    }
    insta::assert_snapshot!("appended", shown);
}

#[test]
fn an_empty_list_loses_its_brackets_only() {
    let text = "version: 1 # one\nsuppressions: []  # none\n# end\n";
    let after = add("s.yaml", text, &[one('a')]).unwrap();
    assert!(
        after.starts_with("version: 1 # one\nsuppressions:  # none\n  - fingerprint: "),
        "{after}"
    );
    assert!(after.ends_with("\n# end\n"));
    let text = "version: 1\nsuppressions: [\n  # none\n  ]\n";
    let after = add("s.yaml", text, &[one('a')]).unwrap();
    assert!(after.contains("\n  # none\n  ]\n"), "{after}");
}

#[test]
fn new_files_begin_with_what_they_are() {
    insta::assert_snapshot!("new_file", add("s.yaml", "", &[one('a')]).unwrap());
    for name in ["s.yaml", "s.json", "s.toml"] {
        for entries in [vec![], vec![one('a')]] {
            let text = add(name, " \n", &entries).unwrap();
            assert_eq!(read(name, &text).unwrap().len(), entries.len(), "{text}");
        }
    }
    let text = add("s.yaml", "# ours\n", &[one('a')]).unwrap();
    assert!(text.starts_with("# ours\n# Findings"), "{text}");
}

#[test]
fn what_cannot_be_appended_is_refused() {
    let text = add("s.yaml", "", &[one('a'), one('b')]).unwrap();
    let error = add("s.yaml", &text, &[one('c'), one('b')]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} is suppressed already, at s.yaml:14:5", "b".repeat(32))
    );
    let error = add("s.yaml", &text, &[one('c'), one('c')]).unwrap_err();
    assert!(matches!(error, AppendError::Twice { .. }), "{error}");
    let empty = NewSuppression { reason: String::new(), ..one('c') };
    let early = NewSuppression { expires: date(2026, 11, 1), ..one('c') };
    let odd = NewSuppression { of: Suppresses::One(Fingerprint("x".to_owned())), ..one('c') };
    for entry in [empty, early, odd] {
        let error = add("s.yaml", &text, &[entry]).unwrap_err();
        assert!(matches!(error, AppendError::Entry(_)), "{error}");
    }
    for (name, text) in [
        ("s.yaml", "suppressions: 1\n"),
        ("s.yaml", "version: 1\n---\nversion: 1\n"),
        ("s.yaml", "\u{1}"),
        ("s.toml", "version: 1\n"),
    ] {
        let error = add(name, text, &[one('c')]).unwrap_err();
        assert!(matches!(error, AppendError::File(_)), "{error}");
    }
    let entry = "{rule = 'NET-03', reason = 'a', expires = 2027-02-01}";
    let text = format!("version = 1\nsuppressions = [{entry}]\n");
    assert_eq!(add("s.toml", &text, &[one('c')]), Err(AppendError::Unfit));
    let latin = ManifestFile { name: "s.yaml", bytes: b"version: 1 # \xe9\n" };
    assert!(matches!(append(&latin, &catalog(), &[]), Err(AppendError::File(_))));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~\\n\\t]{1,40}",
        "(- |: | #|[\"'\\[\\]{}&*!|>%@`,?~\\\\\\n\\r\\t\u{0}\u{7f}\u{85}\u{a0}\u{2028}\u{feff}\u{fffe}]|null|yes|1e3|0x1|é|点){1,12}",
    ]
    .prop_filter("a reason is needed", |text| !text.is_empty())
}

fn entry() -> impl Strategy<Value = NewSuppression> {
    let of = prop_oneof![
        "[0-9a-f]{32}".prop_map(|text| Suppresses::One(Fingerprint(text))),
        "[0-9]{32}".prop_map(|text| Suppresses::One(Fingerprint(text))),
        ("[A-Z]{1,4}-[0-9]{2}", any::<bool>(), prop::option::of("[a-z*?:/# -]{1,12}")).prop_map(
            |(rule, scope, resource)| {
                let scope = scope.then(|| tenko_core::ScopeKey {
                    cloud: tenko_core::Cloud::aws(),
                    id: "012345678901".into(),
                });
                Suppresses::Findings { rule, scope, resource }
            }
        ),
    ];
    let more = (prop::option::of(text()), prop::option::of(text()), prop::option::of(text()));
    (of, text(), more, prop::option::of("[0-9a-f]{32}")).prop_map(
        |(of, reason, (owner, ticket, note), evidence)| NewSuppression {
            of,
            reason,
            owner,
            created: Some(date(2026, 11, 22)),
            expires: date(2027, 2, 1),
            ticket,
            evidence,
            note,
        },
    )
}

proptest! {
    #[test]
    fn whatever_is_written_reads_back(entries in prop::collection::vec(entry(), 1..4), form in 0..3_usize) {
        let name = ["s.yaml", "s.json", "s.toml"][form];
        let mut text = String::new();
        let mut written: Vec<NewSuppression> = vec![];
        for entry in entries {
            let known = written.iter().any(|w| w.of == entry.of);
            match add(name, &text, std::slice::from_ref(&entry)) {
                Err(AppendError::Known { .. }) => prop_assert!(known),
                Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
                Ok(after) => {
                    prop_assert!(after.starts_with(&text) || name == "s.json", "{}", after);
                    text = after;
                    written.push(entry);
                }
            }
        }
        let read = read(name, &text).map_err(TestCaseError::fail)?;
        prop_assert_eq!(read.len(), written.len());
        for (entry, read) in written.iter().zip(&read) {
            prop_assert_eq!(read.clone(), expected(entry, read));
        }
    }

    #[test]
    fn a_broken_file_is_refused_and_not_made_worse(
        seed in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, "[-\\[\\]{}:#,|&*'\" \\n]{0,3}"), 0..4),
    ) {
        let all: Vec<_> = fixtures("good").into_iter().chain(fixtures("bad")).collect();
        let (name, bytes) = seed.get(&all);
        let mut bytes = bytes.clone();
        for (at, cut, with) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, with.into_bytes());
        }
        let file = ManifestFile { name, bytes: &bytes };
        let before = suppressions(&file, &catalog());
        if let (Ok(before), Ok(after)) = (before, append(&file, &catalog(), &[one('a')])) {
            prop_assert_eq!(read(name, &after).unwrap().len(), before.entries.len() + 1);
        }
    }
}
