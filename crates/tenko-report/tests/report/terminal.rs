//! The terminal's text with a history, in both languages. Read the stored output as a user would before
//! accepting a change.

use jiff::tz::TimeZone;
use tenko_core::*;
use tenko_report::messages::{Lang, english};
use tenko_report::text::{self, TextOptions};
use tenko_report::{
    Document, History, Past, ReadOnlyProof, SuppressionRow, SuppressionState, words,
};

use crate::differences::drift;
use crate::fixture::{ACME, GLOBEX, KAISHA, Run};
use crate::golden::{check, options};

fn at(time: &str) -> jiff::Timestamp {
    time.parse().unwrap()
}

fn source(line: u32) -> Source {
    Source {
        kind: SourceKind::Manifest,
        file: "suppressions.yaml".into(),
        address: String::new(),
        line: Some(line),
    }
}

fn standing(status: Status) -> Option<Standing> {
    let last_seen = at("2026-03-01T09:01:12Z");
    let first_seen = match status {
        Status::New => last_seen,
        _ => at("2026-02-20T15:30:00Z"),
    };
    Some(Standing { status, first_seen, last_seen })
}

/// What a run says in messages, as rules and the comparison do.
pub(crate) fn with_wordings(run: &mut Run) {
    for finding in run.findings.iter_mut().filter(|finding| finding.rule == "ACC-01") {
        finding.name = "Production shares an account".to_owned();
        let message = match finding.verdict {
            Verdict::Finding => msg!(
                "acc-01-bad",
                scope = finding.scope.as_str(),
                tenant = finding.tenant.clone().unwrap(),
                environments = Arg::list(["production", "staging"]),
            ),
            Verdict::Unknown => msg!(
                "drift-scope-outcome",
                scope = GLOBEX,
                outcome = Outcome::Denied { denied_by: DeniedBy::Trust },
            ),
        };
        finding.message = english(&message);
        finding.wording = Some(message);
    }
    for drift in &mut run.drift {
        let message = match drift.kind {
            DriftKind::Misplaced => msg!(
                "drift-tag-tenant",
                key = "tenant",
                value = "globex",
                homes = Arg::list(["acme"]),
                scope = ACME,
            ),
            DriftKind::Unknown => msg!(
                "drift-scope-outcome",
                scope = GLOBEX,
                outcome = Outcome::Denied { denied_by: DeniedBy::Trust },
            ),
            _ => continue,
        };
        drift.reason = Some(english(&message));
        drift.reason_wording = Some(message);
    }
}

/// A run with everything in it, a day after another one.
fn second_run() -> Document {
    let mut run = Run::everything();
    with_wordings(&mut run);
    let mut document = run.document();
    for (i, drift) in document.drift.iter_mut().enumerate() {
        drift.standing = standing(match (i, drift.kind) {
            (_, DriftKind::Unknown) => Status::Unknown,
            (0, _) => Status::New,
            (1, _) => Status::Changed,
            _ => Status::Unchanged,
        });
    }
    for (i, finding) in document.findings.iter_mut().enumerate() {
        finding.standing = standing(match (i, finding.verdict) {
            (_, Verdict::Unknown) => Status::Unknown,
            (1, _) => Status::New,
            _ => Status::Unchanged,
        });
    }
    document.history = Some(History {
        compared_with: vec!["20260228T090000Z-1111".to_owned()],
        since: Some(at("2026-02-28T09:01:00Z")),
        runs: vec![],
    });
    document.past = past();
    document.suppressed = suppressed();
    document.suppressions = suppressions();
    document.read_only_proof = Some(ReadOnlyProof {
        allowed_operations: 1_204,
        allow_list: "9".repeat(32),
        outside: vec![],
        held_back: 0,
    });
    document.display.owners.insert("sre@kaisha.example".to_owned(), "Asia/Tokyo".to_owned());
    document
}

fn past() -> Vec<Past> {
    let mut resolved = drift(DriftKind::Unmanaged, "scratch", "acme", ACME, "eu-central-1");
    resolved.standing = standing(Status::Resolved);
    let mut finding = Run::everything().findings[2].clone();
    finding.rule = "DATA-01".to_owned();
    finding.standing = standing(Status::Resolved);
    let why = msg!("drift-scope-unasked", scope = GLOBEX);
    let of = |item, why: &Message| Past { item, why: english(why), why_wording: why.clone() };
    let gone = msg!("drift-type-uncollected", scope = ACME).with("type", "EC2::Volume");
    let mut all = vec![of(Item::Drift(resolved), &gone), of(Item::Finding(finding), &gone)];
    all.extend((1..=6).map(|n| {
        let name = format!("node-{n}");
        let mut one = drift(DriftKind::Unmanaged, &name, "globex", GLOBEX, "eu-central-1");
        one.standing = standing(Status::Unknown);
        of(Item::Drift(one), &why)
    }));
    let mut lone = Run::everything().findings[2].clone();
    lone.standing = standing(Status::Unknown);
    all.push(of(Item::Finding(lone), &msg!("drift-scope-undiscovered", scope = KAISHA)));
    all
}

fn suppressed() -> Vec<Suppressed> {
    let of = |item, line| Suppressed {
        item,
        reason: "Migration to v2 is under way".to_owned(),
        owner: Some("sre@kaisha.example".to_owned()),
        expires: at("2026-06-30T15:00:00Z"),
        ticket: Some("OPS-123".to_owned()),
        source: source(line),
    };
    let legacy = drift(DriftKind::Unmanaged, "legacy", "kaisha", KAISHA, "eu-central-1");
    vec![of(Item::Finding(Run::everything().findings[2].clone()), 3), of(Item::Drift(legacy), 9)]
}

fn suppressions() -> Vec<SuppressionRow> {
    let states = [
        (SuppressionState::Expired, "2026-02-01T00:00:00Z"),
        (SuppressionState::Rearmed, "2026-06-30T15:00:00Z"),
        (SuppressionState::Expiring, "2026-03-08T15:00:00Z"),
        (SuppressionState::Unused, "2026-06-30T15:00:00Z"),
        (SuppressionState::Unseen, "2026-06-30T15:00:00Z"),
        (SuppressionState::Active, "2026-06-30T15:00:00Z"),
    ];
    let row = |(i, (state, expires)): (usize, (SuppressionState, &str))| SuppressionRow {
        what: format!("DATA-0{} acme-uploads-{} in aws:{KAISHA}", i + 1, state.as_str()),
        state,
        matched: u64::from(state == SuppressionState::Active),
        reason: "Accepted with the customer".to_owned(),
        owner: (i != 0).then(|| "sre@kaisha.example".to_owned()),
        created: None,
        expires: at(expires),
        ticket: (i == 1).then(|| "OPS-7".to_owned()),
        source: source(20 + u32::try_from(i).unwrap()),
    };
    states.into_iter().enumerate().map(row).collect()
}

fn japanese(width: usize) -> TextOptions {
    let timezone = TimeZone::get("Asia/Tokyo").unwrap();
    TextOptions { lang: Lang::Ja, timezone, ..options(width) }
}

fn golden(name: &str, document: &Document, options: &TextOptions) -> String {
    let text = text::render(document, options);
    check(&text, options.width);
    insta::assert_snapshot!(name, text);
    text
}

#[test]
fn a_run_after_another() {
    let document = second_run();
    golden("second-run", &document, &options(80));
    golden("second-run-verbose", &document, &TextOptions { verbose: true, ..options(80) });
}

#[test]
fn in_japanese() {
    let text = golden("second-run-ja", &second_run(), &japanese(80));
    // What is left in English are names, ids, and what a provider or the user wrote.
    for word in ["declared", "finding", "unknown", "account", "denied", "region", "expected"] {
        assert!(!text.contains(word), "{word} in\n{text}");
    }
}

#[test]
fn a_run_without_a_difference_in_japanese() {
    golden("clean-ja", &Run::new().document(), &japanese(80));
}

#[test]
fn hostile_text_in_japanese() {
    let mut document = Run::hostile().document();
    let evil = document.findings[0].name.clone();
    let message = msg!("acc-01-bad", scope = &evil, tenant = &evil, environments = &evil);
    document.findings[0].message = english(&message);
    document.findings[0].wording = Some(message);
    document.drift[0].reason_wording = Some(msg!("drift-managed-by", code = &evil));
    document.history = second_run().history;
    document.past = past();
    let Item::Drift(one) = &mut document.past[0].item else { panic!("a drift") };
    one.resource.name = Some(evil.clone());
    document.past[2].why_wording = msg!("drift-scope-unasked", scope = &evil);
    document.suppressions = suppressions();
    document.suppressions[0].what = evil.clone();
    document.suppressions[0].ticket = Some(evil.clone());
    document.suppressed = suppressed();
    document.suppressed[0].reason = evil.clone();
    document.suppressed[0].owner = Some(evil);
    golden("hostile-ja", &document, &japanese(80));
    for lang in Lang::ALL {
        let options = TextOptions { verbose: true, lang, ..options(80) };
        check(&text::render(&document, &options), 80);
    }
}

#[test]
fn what_to_fix_first() {
    let mut document = second_run();
    Drift::identify(&mut document.drift);
    Finding::identify(&mut document.findings);
    for (name, options) in [("top", options(80)), ("top-ja", japanese(80))] {
        let text = text::render(&document, &TextOptions { top: Some(4), ..options.clone() });
        check(&text, 80);
        let without = text::render(&document, &options);
        // The section is all that is added.
        let start = text.bytes().zip(without.bytes()).take_while(|(a, b)| a == b).count();
        let section = text[text.floor_char_boundary(start)..].split("\n\n").next().unwrap();
        assert!(text.replace(&format!("{section}\n\n"), "") == without);
        insta::assert_snapshot!(name, section);
    }
    let nothing = Run::new().document();
    let text = text::render(&nothing, &TextOptions { top: Some(4), ..options(80) });
    assert!(text.contains("FIX FIRST\n  Nothing to fix: "), "{text}");
}

#[test]
fn no_width_breaks_the_layout_in_any_language() {
    let document = second_run();
    for lang in Lang::ALL {
        for width in (40..=200).step_by(3) {
            for (verbose, top) in [(false, Some(3)), (true, None)] {
                let options = TextOptions { verbose, lang, top, ..options(width) };
                check(&text::render(&document, &options), width);
            }
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour_in_any_language() {
    let document = second_run();
    for lang in Lang::ALL {
        let options = TextOptions { lang, ..options(80) };
        let colour = text::render(&document, &TextOptions { color: true, ..options.clone() });
        let pieces = colour.split('\u{1b}').enumerate();
        let plain: String =
            pieces.map(|(i, p)| if i == 0 { p } else { p.split_once('m').unwrap().1 }).collect();
        assert_eq!(plain, text::render(&document, &options));
    }
}

#[test]
fn times_are_in_the_zone_of_the_report_or_of_the_owner() {
    let document = second_run();
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let text = text::render(&document, &TextOptions { timezone: berlin, ..options(120) });
    assert!(text.contains("since 2026-02-28 10:01 CET: "), "{text}");
    assert!(text.contains("until 2026-07-01 00:00 JST by sre@kaisha.example"), "{text}");
    // The last day, in no zone.
    assert!(text.contains("expired after 2026-01-31: "), "{text}");
    assert!(text.contains(" · 2026-03-01 10:01 CET · tenko"), "{text}");
}

#[test]
fn fingerprints_are_for_those_who_want_everything() {
    let mut document = second_run();
    let digits = |n: usize| format!("{n:032x}");
    document.findings[0].fingerprint = digits(1).as_str().into();
    document.drift[0].fingerprint = digits(2).as_str().into();
    let short = text::render(&document, &options(120));
    let all = text::render(&document, &TextOptions { verbose: true, ..options(120) });
    for n in 1..=2 {
        assert!(!short.contains(&digits(n)), "{short}");
        assert_eq!(all.matches(&format!("fingerprint {}", digits(n))).count(), 1, "{all}");
    }
}

#[test]
fn a_suppression_says_what_it_is_for() {
    let mut document = second_run();
    let fingerprint = format!("{:032x}", 3);
    let drift = &mut document.drift[0];
    drift.fingerprint = fingerprint.as_str().into();
    let known = format!("{} {} (aws ", drift.kind, drift.resource.label());
    let mut rows = document.suppressions.iter_mut();
    let row = rows.find(|row| row.state == SuppressionState::Rearmed).unwrap();
    row.what.clone_from(&fingerprint);
    let text = text::render(&document, &options(200));
    assert!(text.contains(&format!("re-armed: the evidence for {known}")), "{text}");
    assert!(!text.contains(&fingerprint), "{text}");
    // What the report does not know keeps its name.
    document.drift[0].fingerprint = Fingerprint::default();
    let text = text::render(&document, &options(200));
    assert!(text.contains(&format!("re-armed: the evidence for {fingerprint} ")), "{text}");
}

#[test]
fn zones_are_told_apart() {
    let time = |zone| words::time(at("2026-07-01T12:34:56Z"), &TimeZone::get(zone).unwrap());
    assert_eq!(time("UTC"), "2026-07-01 12:34 UTC");
    assert_eq!(time("Asia/Tokyo"), "2026-07-01 21:34 JST");
    assert_eq!(time("Europe/Berlin"), "2026-07-01 14:34 CEST");
    // There are three CSTs and three ISTs.
    assert_eq!(time("America/Chicago"), "2026-07-01 07:34 -05:00");
    assert_eq!(time("Asia/Kolkata"), "2026-07-01 18:04 +05:30");
}

#[test]
fn the_first_run_marks_nothing() {
    let mut document = second_run();
    document.history = Some(History::default());
    let text = text::render(&document, &options(80));
    assert!(text.contains("no run of this manifest before this one"), "{text}");
    assert!(!text.contains("[new]"), "{text}");
    document.history = None;
    let text = text::render(&document, &options(80));
    assert!(!text.contains("CHANGES") && !text.contains("[new]"), "{text}");
}

#[test]
fn what_is_new_is_not_cut_off() {
    let mut document = second_run();
    let mut one = document.drift[0].clone();
    one.standing = standing(Status::Unchanged);
    let new = document.drift[0].clone();
    document.drift = (0..50).map(|_| one.clone()).chain([new]).collect();
    let text = text::render(&document, &options(80));
    assert!(text.contains("missing    [new] data-7"), "{text}");
    assert!(text.contains("… and 31 more"), "{text}");
}

#[test]
fn other_words_than_those_of_a_later_version() {
    let mut document = second_run();
    document.findings[0].wording = Some(Message::new("of-a-later-version"));
    let text = words::message(Lang::Ja, &document.findings[0]);
    assert_eq!(text, document.findings[0].message);
    document.findings[0].rule = "ACME-01".to_owned();
    assert_eq!(words::rule_name(Lang::Ja, &document.findings[0]), document.findings[0].name);
}
