//! What single sections say.

use jiff::SignedDuration;
use tenko_core::Severity;
use tenko_report::Document;
use tenko_report::messages::Lang;

use crate::parts::finding;
use crate::sample::{self, World};
use crate::source::{between, page};

/// Two environments that were read whole, and a finding of what they share, or of nobody.
fn shared(found: bool) -> Document {
    let mut world = World::new(&["acme"], &["production", "staging"]);
    if found {
        let mut one = finding(0, "acme", "", 0, 0, "root");
        one.environment = None;
        world.findings.push(one);
    }
    world.document()
}

fn cells(page: &str) -> Vec<&str> {
    between(page, "<div class=\"cell ", "</div>")
}

#[test]
fn an_environment_is_not_green_while_its_tenant_shares_a_finding() {
    let found = page(&shared(true), Lang::En);
    let all = cells(&found);
    assert_eq!(all.len(), 3);
    for own in &all[..2] {
        assert!(
            own.starts_with("t-plain") && own.contains("nothing of its own; see shared"),
            "{own}"
        );
        assert!(!own.contains("i-resolved") && !own.contains("nothing found"), "{own}");
    }
    assert!(all[2].starts_with("t-bad") && all[2].contains("1 critical"), "{}", all[2]);
    let clean = page(&shared(false), Lang::En);
    assert!(cells(&clean).iter().all(|cell| cell.starts_with("t-good")));
    let clean = page(&shared(false), Lang::Ja);
    assert!(cells(&clean).iter().all(|cell| cell.contains("検出なし")));
}

#[test]
fn an_unknown_that_is_shared_is_not_green_either() {
    let mut document = shared(false);
    document.tenants[0].shared_findings.unknown = 1;
    let page = page(&document, Lang::En);
    assert!(cells(&page)[..2].iter().all(|cell| cell.starts_with("t-plain")));
    assert!(cells(&page)[2].starts_with("t-unknown") && cells(&page)[2].contains("1 unknown"));
}

#[test]
fn only_what_was_open_before_is_counted_as_not_judged_now() {
    let document = sample::daily();
    // The sample has more that this run cannot tell.
    assert!(document.summary.findings.unknown + document.summary.drift.unknown > 1);
    let page = page(&document, Lang::En);
    let changes = between(&page, "<section id=\"changes\"", "</section>")[0];
    assert!(changes.contains("<strong>1</strong> open before and not judged now</span>"));
    let listed = changes.split("<h3>").last().unwrap();
    assert!(listed.contains("open before and not judged now"), "{listed}");
    assert_eq!(listed.matches("<li>").count(), 1, "{listed}");
    assert!(listed.contains("umbrella-old") && !listed.contains("queue-1"), "{listed}");
}

#[test]
fn the_headline_counts_what_is_critical() {
    let mut document = sample::daily();
    let critical = document.findings.iter().filter(|f| f.severity == Severity::Critical).count();
    let headline = |document: &Document| {
        between(&page(document, Lang::En), "<h2 id=\"verdict-h\">", "</h2>")[0].to_owned()
    };
    assert!(headline(&document).contains(&format!(">{critical} critical<")));
    document.summary.findings.critical = 0;
    assert!(!headline(&document).contains("critical"));
}

#[test]
fn accounts_that_did_not_answer_are_called_what_they_are() {
    let mut document = sample::clean();
    let mut says = |suspended, not_asked, text: &str| {
        document.summary.scopes.suspended = suspended;
        document.summary.scopes.not_asked = not_asked;
        assert!(page(&document, Lang::En).contains(&format!("<span class=\"note\">{text}</span>")));
    };
    says(1, 0, "1 is suspended or closed");
    says(0, 2, "2 were not asked");
    says(1, 2, "1 is suspended or closed, 2 were not asked");
}

#[test]
fn runs_of_one_day_are_told_apart_by_time() {
    let mut document = sample::daily();
    let runs = &mut document.history.as_mut().unwrap().runs;
    let mut one = runs[0].clone();
    (one.new, one.resolved) = (0, 0);
    let mut before = one.clone();
    before.at = one.at - SignedDuration::from_hours(2);
    *runs = vec![before, one];
    let text = page(&document, Lang::En);
    let trend = between(&text, "<section id=\"trend\"", "</section>")[0];
    let axis = between(trend, "text-anchor=\"start\">", "</text>");
    assert!(axis.iter().all(|text| text.ends_with("19:01 UTC")), "{axis:?}");
    assert!(trend.contains("2 runs since 2026-11-02 19:01 UTC, and nothing moved: "));
    document.history.as_mut().unwrap().runs[1].new = 1;
    assert!(page(&document, Lang::En).contains("at the end as at the start"));
    // Runs of several days, that moved.
    let text = page(&sample::daily(), Lang::En);
    assert!(text.contains("21 runs since 2026-11-02: differences went from"));
}
