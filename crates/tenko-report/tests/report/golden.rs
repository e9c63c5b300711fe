//! The text as it is printed. Read the stored output as a user would before accepting a change.

use tenko_core::{Catalog, Cloud, DiscoveryProblem, Outcome, Resource};
use tenko_report::{Document, text, text::TextOptions};
use unicode_width::UnicodeWidthStr;

use crate::fixture::{KAISHA, Run, TYPES, problem, resource, type_info};

pub(crate) fn options(width: usize) -> TextOptions {
    TextOptions { width, ..TextOptions::default() }
}

fn golden(name: &str, document: &Document, options: &TextOptions) {
    let text = text::render(document, options);
    check(&text, options.width);
    insta::assert_snapshot!(name, text);
}

/// No line is wider than the page, and nothing hidden is in it.
pub(crate) fn check(text: &str, width: usize) {
    for line in text.lines() {
        assert!(line.width() <= width, "{} columns: {line}", line.width());
        assert!(!line.ends_with(' '), "a space at the end of: {line}");
    }
    let hidden = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{2066}\u{200b}".contains(c));
    assert!(!text.contains(hidden));
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
}

#[test]
fn everything() {
    let document = Run::everything().document();
    golden("everything-80", &document, &options(80));
    golden("everything-120", &document, &options(120));
    golden("everything-verbose", &document, &TextOptions { verbose: true, ..options(80) });
}

#[test]
fn everything_in_colour() {
    let document = Run::everything().document();
    let colour = text::render(&document, &TextOptions { color: true, ..options(80) });
    insta::assert_snapshot!(colour);
    let mut plain = String::new();
    for (i, piece) in colour.split('\u{1b}').enumerate() {
        plain.push_str(if i == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, text::render(&document, &options(80)), "colour adds nothing but colour");
}

#[test]
fn clean() {
    golden("clean", &Run::new().document(), &options(80));
}

#[test]
fn incomplete() {
    let mut run = Run::new();
    run.cover(
        |unit| unit.scope == *KAISHA && unit.resource_type == *TYPES[1],
        Outcome::ThrottledOut,
        Some(problem("ec2:DescribeVolumes", "RequestLimitExceeded", "Request limit exceeded.")),
    );
    golden("incomplete", &run.document(), &options(80));
}

#[test]
fn findings_without_drift() {
    let mut run = Run::new();
    run.findings = Run::everything().findings;
    golden("findings", &run.document(), &options(80));
}

#[test]
fn the_headline_is_what_the_text_begins_with() {
    for document in [Run::new().document(), Run::everything().document()] {
        for options in [options(80), TextOptions { color: true, ..options(40) }] {
            let headline = text::headline(&document, &options);
            let text = text::render(&document, &options);
            assert_eq!(headline.trim_end(), text.split("\n\n").next().unwrap());
        }
    }
}

/// What only the rules could not tell, and of no environment, is not left out.
#[test]
fn what_is_unknown_of_shared_accounts_has_a_row() {
    let mut document = Run::everything().document();
    let row = |document: &Document| {
        let text = text::render(document, &options(120));
        // Without the name of an environment.
        let start = format!("  {}  ", document.tenants[0].id);
        text.lines().find(|line| line.starts_with(&start)).map(ToOwned::to_owned)
    };
    assert_eq!(row(&document), None);
    document.tenants[0].shared_findings.unknown = 1;
    let row = row(&document).unwrap();
    assert!(row.contains("0*"), "nobody can say that there is nothing: {row}");
}

#[test]
fn collected() {
    for (name, mut run) in [("collected", Run::new()), ("collected-in-part", Run::everything())] {
        (run.drift, run.findings) = (vec![], vec![]);
        run.snapshot.calls.clear();
        let kind = tenko_report::Kind::Collect;
        let document =
            Document::new(kind, &run.snapshot, vec![], vec![], tenko_report::Counts::default());
        golden(name, &document, &options(80));
    }
}

#[test]
fn many_environments_without_a_difference_are_one_line() {
    let mut run = Run::everything();
    let quiet = Run::new().declaration.tenants[2].environments[0].clone();
    let more = (0..40).map(|n| tenko_core::Environment {
        name: format!("preview-{n}"),
        baselines: vec![],
        scopes: vec![],
        ..quiet.clone()
    });
    run.declaration.tenants[2].environments.extend(more);
    let text = text::render(&run.document(), &options(80));
    assert!(text.contains("40 environments more, observed whole"), "{text}");
    assert!(!text.contains("preview-"), "{text}");
}

#[test]
fn cancelled_and_undiscovered() {
    let mut run = Run::new();
    run.snapshot.run.cancelled = true;
    run.snapshot.discovery_problems = vec![DiscoveryProblem {
        cloud: Cloud::aws(),
        problem: problem(
            "organizations:ListAccounts",
            "AccessDenied",
            "You don't have permissions.",
        ),
    }];
    run.cover(|unit| unit.scope == *KAISHA, Outcome::Cancelled, None);
    golden("cancelled", &run.document(), &options(80));
}

/// Accounts and projects together; of the projects, some was read from an inventory.
#[test]
fn two_clouds() {
    let mut run = Run::new();
    run.add_project("acme-prod", KAISHA);
    golden("two-clouds", &run.document(), &options(80));
    let snapshot = &run.snapshot;
    let tree = text::scopes(&snapshot.scopes, &snapshot.answers, None, &options(80));
    insta::assert_snapshot!("scopes-two-clouds", tree);
}

#[test]
fn hostile() {
    let document = Run::hostile().document();
    golden("hostile", &document, &options(80));
    check(&text::render(&document, &TextOptions { verbose: true, ..options(80) }), 80);
}

#[test]
fn no_width_breaks_the_layout() {
    for document in [Run::everything().document(), Run::hostile().document()] {
        for width in 40..=200 {
            for verbose in [false, true] {
                check(&text::render(&document, &TextOptions { verbose, ..options(width) }), width);
            }
        }
        for width in [0, 1, 20, usize::MAX] {
            text::render(&document, &options(width));
        }
    }
}

#[test]
fn long_lists_are_cut() {
    let mut run = Run::everything();
    let one = run.drift[0].clone();
    run.drift = (0..50).map(|_| one.clone()).collect();
    let text = text::render(&run.document(), &options(80));
    assert!(text.contains("… and 30 more (--verbose shows all)"), "{text}");
    let text = text::render(&run.document(), &TextOptions { verbose: true, ..options(80) });
    assert_eq!(text.matches("data-7").count(), 50);
}

#[test]
fn scopes() {
    let run = Run::everything();
    let snapshot = &run.snapshot;
    let coverage = Some(snapshot.coverage.as_slice());
    let tree = text::scopes(&snapshot.scopes, &snapshot.answers, coverage, &options(80));
    check(&tree, 80);
    insta::assert_snapshot!("scopes", tree);
    let verbose = TextOptions { verbose: true, ..options(80) };
    let tree = text::scopes(&snapshot.scopes, &snapshot.answers, None, &verbose);
    check(&tree, 80);
    insta::assert_snapshot!("scopes-verbose", tree);
}

#[test]
fn catalogue() {
    let catalog: Catalog = TYPES.iter().map(|name| type_info(name)).collect();
    insta::assert_snapshot!("types-80", text::types(&catalog, &options(80)));
    insta::assert_snapshot!("types-120", text::types(&catalog, &options(120)));
    insta::assert_snapshot!("type", text::type_page(&type_info(TYPES[1]), &options(80)));
}

#[test]
fn resources() {
    let run = Run::new();
    let all: Vec<&Resource> = run.snapshot.resources.iter().collect();
    let text = text::resources(&all, &options(80));
    check(&text, 80);
    insta::assert_snapshot!("resources", text);
    let text = text::resource(&resource(KAISHA, "v-1"), &options(80));
    check(&text, 80);
    insta::assert_snapshot!("resource", text);
}
