//! What the rules say is said in every language.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;
use tenko_core::{Arg, Message};
use tenko_messages::{Lang, english, ids, say, texts};

use crate::rules;

fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| ('\u{3041}'..='\u{30ff}').contains(&c) || ('一'..='龥').contains(&c))
}

#[test]
fn every_rule_has_a_japanese_name_and_remedy() {
    let known = ids(Lang::Ja);
    let of = |part: &'static str| {
        rules().iter().map(move |rule| (rule, format!("rule-{}-{part}", rule.id.to_lowercase())))
    };
    let mut lacking = BTreeSet::new();
    for (rule, id) in of("name").chain(of("fix")) {
        if !known.contains_key(&id) {
            lacking.insert(id);
            continue;
        }
        let said = say(Lang::Ja, &Message::new(id.clone()));
        assert!(is_japanese(&said), "{id}: {said}");
        if id.ends_with("-fix") {
            assert!(said.ends_with('。') && said != rule.remediation, "{id}: {said}");
        } else {
            // So that the list of rules fits into 80 columns, in which such a character takes two.
            let width: usize = said.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            assert!(!said.ends_with('。') && width <= 54, "{id}: {said}");
        }
    }
    assert_eq!(lacking, BTreeSet::new());
    let all: BTreeSet<_> = of("name").chain(of("fix")).map(|(_, id)| id).collect();
    let is_one = Regex::new("^rule-[a-z]+-[0-9]+-(name|fix)$").unwrap();
    let gone: Vec<_> =
        known.keys().filter(|id| is_one.is_match(id) && !all.contains(*id)).collect();
    assert_eq!(gone, [""; 0], "of rules that are not there");
}

/// The sources of this crate, by path.
fn sources() -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                out.insert(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(out.len() > 40, "{out:#?}");
    out
}

#[test]
fn every_message_in_the_sources_has_a_text() {
    let known = ids(Lang::En);
    let made = Regex::new(r#"(?:\bmsg!\(|\bMessage::new\()\s*"([^"]+)""#).unwrap();
    // Ids that are chosen before the message is made.
    let chosen = Regex::new(r#""((?:rule|[a-z]+-(?:[0-9][0-9]|shared))-[a-z0-9-]+)""#).unwrap();
    let mut found = 0;
    for (file, text) in &sources() {
        for captures in made.captures_iter(text).chain(chosen.captures_iter(text)) {
            let id = &captures[1];
            assert!(known.contains_key(id), "{file}: {id} has no text");
            found += 1;
        }
    }
    assert!(found > 100, "only {found} messages: the search is wrong");
}

#[test]
fn every_text_of_the_rules_is_said_somewhere() {
    let sources: String = sources().into_values().collect();
    let of_rules = texts(Lang::En).into_iter().filter(|text| text.file.starts_with("en/rules/"));
    let (mut unused, mut all) = (Vec::new(), 0);
    for text in of_rules {
        all += 1;
        if !sources.contains(&format!("\"{}\"", text.id)) {
            unused.push(format!("{}: {}", text.file, text.id));
        }
    }
    assert!(all > 100, "only {all} texts: the search is wrong");
    assert_eq!(unused, [""; 0]);
}

/// Checks a message and those in it: that what its text needs is given, and that no value is a
/// sentence that only English readers can read.
fn check(message: &Message, known: &BTreeMap<String, Vec<String>>, faults: &mut BTreeSet<String>) {
    let given: Vec<&str> = message.args.keys().map(AsRef::as_ref).collect();
    match known.get(message.id.as_ref()) {
        None => _ = faults.insert(format!("{} has no text", message.id)),
        Some(needed) if *needed != given => {
            faults.insert(format!("{} needs {needed:?} and is given {given:?}", message.id));
        }
        Some(_) => {}
    }
    for (name, arg) in &message.args {
        check_arg(&format!("{} {name}", message.id), arg, known, faults);
    }
}

fn check_arg(
    place: &str,
    arg: &Arg,
    known: &BTreeMap<String, Vec<String>>,
    faults: &mut BTreeSet<String>,
) {
    match arg {
        Arg::Number(_) => {}
        Arg::Text(text) => {
            let words = ["is", "are", "was", "were", "not", "the", "which", "has", "could", "no"];
            let is_sentence = text.split(' ').filter(|word| words.contains(word)).count() > 0;
            // What a library or an expression says stays as it is.
            if is_sentence && !place.ends_with(" error") {
                faults.insert(format!("{place} is an English sentence: {text}"));
            }
        }
        Arg::Message(message) => check(message, known, faults),
        Arg::List(items) => items.iter().for_each(|item| check_arg(place, item, known, faults)),
    }
}

#[test]
fn whatever_is_found_in_a_case_is_said_in_both_languages() {
    let known = ids(Lang::En);
    let mut faults = BTreeSet::new();
    for (_, cases) in crate::rules::cases() {
        for case in cases {
            let evaluation = case.world.evaluate();
            for finding in &evaluation.findings {
                let Some(wording) = &finding.wording else {
                    faults.insert(format!("{}: only English: {}", finding.rule, finding.message));
                    continue;
                };
                assert_eq!(english(wording), finding.message);
                let japanese = say(Lang::Ja, wording);
                if !is_japanese(&japanese) || !japanese.ends_with('。') {
                    faults.insert(format!("{}: no Japanese: {japanese}", finding.rule));
                }
                check(wording, &known, &mut faults);
            }
            for result in &evaluation.results {
                let said: Vec<_> = result.not_evaluated_wordings.iter().map(english).collect();
                assert_eq!(said, result.not_evaluated);
                for wording in &result.not_evaluated_wordings {
                    if wording.id == "as-it-is" {
                        faults.insert(format!("{}: only English: {said:?}", result.rule));
                    }
                    check(wording, &known, &mut faults);
                }
            }
        }
    }
    let faults: Vec<_> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
