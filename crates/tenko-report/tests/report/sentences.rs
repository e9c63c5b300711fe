//! Every message that the code names is there, and every text is said somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tenko_report::messages::{Lang, ids};

/// The crates that say something in reports, but for the rules, whose wordings have tests of their own.
const SPEAKERS: [&str; 6] =
    ["tenko", "tenko-cli", "tenko-declare", "tenko-diff", "tenko-report", "tenko-sources"];

/// The sources of a crate beside this one, in one text.
fn sources(name: &str) -> String {
    let mut text = String::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders = vec![crates.join(name).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    text
}

/// The literals that stand first in `msg!(…)`, and second in `t!(lang, …)`.
fn said(source: &str) -> BTreeSet<String> {
    let literal = |rest: &str| {
        let rest = rest.trim_start().strip_prefix('"')?;
        rest.split_once('"').map(|(id, _)| id.to_owned())
    };
    let after = |call: &str| source.split(call).skip(1).map(str::to_owned).collect::<Vec<_>>();
    let messages = after("msg!(").into_iter().filter_map(|rest| literal(&rest));
    let spoken = [" t!(", "(t!(", "\nt!("].into_iter().flat_map(after);
    let spoken = spoken.filter_map(|rest| literal(rest.split_once(',')?.1));
    messages.chain(spoken).collect()
}

#[test]
fn every_message_that_is_said_is_there() {
    let known = ids(Lang::En);
    for name in SPEAKERS {
        let said = said(&sources(name));
        assert!(!said.is_empty(), "{name}");
        let lacking: Vec<_> = said.iter().filter(|id| !known.contains_key(*id)).collect();
        assert_eq!(lacking, Vec::<&String>::new(), "{name}");
    }
}

#[test]
fn every_text_is_said() {
    let said: BTreeSet<_> = SPEAKERS.iter().flat_map(|name| said(&sources(name))).collect();
    assert!(said.len() > 200, "{}", said.len());
    // Of kinds, names and remedies the ids are put together.
    let kind = |id: &str| {
        tenko_core::DriftKind::ALL.iter().any(|kind| id.starts_with(&format!("drift-{kind}")))
    };
    let own = |id: &&String| {
        ["text-", "warning-", "ignore-", "code-", "cli-"].iter().any(|of| id.starts_with(of))
            || id.starts_with("drift-") && !kind(id)
    };
    let known = ids(Lang::En);
    let silent: Vec<_> = known.keys().filter(own).filter(|id| !said.contains(*id)).collect();
    assert_eq!(silent, Vec::<&String>::new());
}
