//! A run that was kept, in a line.

use tenko_core::{Message, msg};
use tenko_messages::say;
use unicode_width::UnicodeWidthStr;

use super::TextOptions;
use super::page::{Line, PLAIN, Page};
use crate::history::TrendPoint;
use crate::words;

/// The columns of the longest verdict.
const VERDICT: usize = 10;

/// `20261122T060000Z-7f3a  drift       19 drift, 39 findings, 3 new`: what a run found, and whether it
/// was asked for a part only. What does not fit the width goes on below, count by count.
pub fn run(id: &str, point: &TrendPoint, narrowed: bool, options: &TextOptions) -> String {
    let lang = options.lang;
    let verdict = words::verdict(lang, point.verdict);
    let head = Line::new(id).text("  ").padded(verdict, VERDICT, PLAIN).text("  ");
    let indent = head.width();
    let parts: Vec<String> = parts(point, narrowed).iter().map(|part| say(lang, part)).collect();
    let mut page = Page::new(options.width, options.color);
    let mut row = head;
    for (i, part) in parts.iter().enumerate() {
        let is_last = i + 1 == parts.len();
        let part =
            if is_last { part.clone() } else { say(lang, &msg!("text-run-part", part = part)) };
        if i > 0 && row.width() + part.trim_end().width() > page.width() {
            page.row(0, &row);
            row = Line::new(" ".repeat(indent));
        }
        row = row.text(part);
    }
    page.row(0, &row);
    page.finish()
}

/// What there is some of.
fn parts(point: &TrendPoint, narrowed: bool) -> Vec<Message> {
    let (drift, findings) = (point.drift.differences(), point.findings.actionable());
    let all = [
        (drift > 0, msg!("text-run-drift", n = drift)),
        (findings > 0, msg!("text-run-findings", n = findings)),
        (point.new > 0, msg!("text-run-new", n = point.new)),
        (point.resolved > 0, msg!("text-run-resolved", n = point.resolved)),
        (point.suppressed > 0, msg!("text-run-suppressed", n = point.suppressed)),
        (point.incomplete, msg!("text-run-incomplete")),
        (narrowed, msg!("text-run-narrowed")),
    ];
    all.into_iter().filter_map(|(is_so, part)| is_so.then_some(part)).collect()
}

#[cfg(test)]
mod tests {
    use tenko_messages::Lang;

    use super::*;
    use crate::summary::{DriftCounts, FindingCounts, SummaryVerdict};

    fn point() -> TrendPoint {
        TrendPoint {
            run: "20261122T060000Z-7f3a".to_owned(),
            at: "2026-11-22T06:00:00Z".parse().unwrap(),
            verdict: SummaryVerdict::Drift,
            incomplete: true,
            drift: DriftCounts { changed: 19, ..Default::default() },
            findings: FindingCounts { high: 1_039, ..Default::default() },
            new: 3,
            resolved: 0,
            suppressed: 2,
        }
    }

    fn said(lang: Lang, width: usize) -> String {
        run(&point().run, &point(), true, &TextOptions { lang, width, ..TextOptions::default() })
    }

    #[test]
    fn a_run_is_told_in_every_language() {
        assert_eq!(
            said(Lang::En, 160),
            "20261122T060000Z-7f3a  drift       19 drift, 1,039 findings, 3 new, 2 suppressed, incomplete, only a part\n"
        );
        assert_eq!(
            said(Lang::Ja, 160),
            "20261122T060000Z-7f3a  ドリフト    差異19件、検出事項1,039件、新規3件、抑制2件、不完全、一部のみ\n"
        );
        let clean = TrendPoint {
            verdict: SummaryVerdict::Clean,
            drift: Default::default(),
            findings: Default::default(),
            new: 0,
            suppressed: 0,
            incomplete: false,
            ..point()
        };
        assert_eq!(run("r", &clean, false, &TextOptions::default()), "r  clean\n");
    }

    #[test]
    fn what_does_not_fit_goes_on_below() {
        for lang in Lang::ALL {
            let text = said(lang, 58);
            assert!(text.lines().count() > 1, "{text}");
            for line in text.lines() {
                assert!(line.width() <= 58 && line == line.trim_end(), "{line:?}");
            }
            let rest = text.lines().skip(1);
            assert!(rest.clone().all(|line| line.starts_with(&" ".repeat(35))), "{text}");
            assert_eq!(
                text.split_whitespace().collect::<String>(),
                said(lang, 160).split_whitespace().collect::<String>()
            );
        }
        // No count is parted from what it counts.
        assert!(
            said(Lang::En, 58)
                .contains("19 drift,\n                                   1,039 findings")
        );
    }
}
