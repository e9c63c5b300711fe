//! What a report says in a line, for formats that say little. All of it is plain text that may hold
//! names of others: whoever shows it makes it harmless for its place.

use std::collections::{BTreeSet, HashMap, HashSet};

use tenko_core::{Arg, DriftKind, Fingerprint, Message, Problem, Status, Verdict, msg};
use tenko_messages::{Lang, say, t};

use crate::document::{Document, Kind};
use crate::entry::{About, Entry, Stand};
use crate::format::RenderOptions;
use crate::gaps::{Gap, Subject};
use crate::history::{SuppressionRow, SuppressionState};
use crate::incomplete;
use crate::summary::SummaryVerdict;
use crate::words;

/// So many names are listed in a line.
const FEW: usize = 5;
/// An address that is longer is no link in a message.
const LONGEST_URL: usize = 1_000;

/// The verdict, and the numbers behind it.
pub(crate) fn headline(document: &Document, lang: Lang) -> String {
    let summary = &document.summary;
    let mut said: Vec<Arg> = Vec::new();
    let differences = summary.drift.differences();
    let findings = summary.findings.actionable();
    if differences > 0 {
        let drift = document.drift.iter().filter(|drift| drift.kind != DriftKind::Unknown);
        let tenants: BTreeSet<_> = drift.filter_map(|drift| drift.tenant.as_deref()).collect();
        said.push(msg!("md-differences", n = differences, tenants = tenants.len()).into());
    }
    if findings > 0 {
        let counts = summary.findings.by_severity().into_iter();
        let counts =
            counts.filter(|(severity, n)| *n > 0 && *severity != tenko_core::Severity::Info);
        let by =
            Arg::list(counts.map(|(severity, n)| {
                msg!("md-count", n = n, what = words::severity(lang, severity))
            }));
        said.push(msg!("md-findings", n = findings, by = by).into());
    }
    match (summary.verdict, document.kind) {
        (SummaryVerdict::Clean, Kind::Collect) => {
            said.push(msg!("md-collected", n = summary.resources).into());
        }
        (SummaryVerdict::Clean, _) => {
            said.push(msg!("md-clean", n = summary.resources).into());
        }
        (SummaryVerdict::Incomplete, _) => said.push(Message::new("md-as-far-as-seen").into()),
        _ => {}
    }
    said.extend(incomplete::reasons(document).into_iter().map(Arg::from));
    if !document.suppressed.is_empty() {
        said.push(msg!("md-suppressed-count", n = document.suppressed.len()).into());
    }
    t!(lang, "md-headline", verdict = verdict(document, lang), said = Arg::List(said))
}

/// The verdict in a word.
pub(crate) fn verdict(document: &Document, lang: Lang) -> String {
    let word = match (document.summary.verdict, document.kind) {
        (SummaryVerdict::Drift, _) => "text-verdict-drift",
        (SummaryVerdict::Findings, _) => "text-verdict-findings",
        (SummaryVerdict::Incomplete, _) => "text-verdict-incomplete",
        (SummaryVerdict::Clean, Kind::Collect) => "text-verdict-collected",
        (SummaryVerdict::Clean, _) => "text-verdict-clean",
    };
    say(lang, &Message::new(word))
}

/// What changed since the last run, in numbers; `None` where there was nothing to compare with.
pub(crate) fn changes(
    document: &Document,
    entries: &[Entry<'_>],
    options: &RenderOptions,
) -> Option<String> {
    let (history, lang) = (document.history.as_ref()?, options.lang);
    let Some(since) = history.since.filter(|_| !history.compared_with.is_empty()) else {
        return Some(t!(lang, "md-first-run"));
    };
    let count = |status| entries.iter().filter(|entry| entry.status() == Some(status)).count();
    let unknown = entries.iter().filter(|entry| is_lost(entry)).count();
    Some(t!(
        lang,
        "md-changes",
        new = count(Status::New),
        changed = count(Status::Changed),
        resolved = count(Status::Resolved),
        unknown = unknown,
        since = words::time(since, &options.timezone)
    ))
}

/// Whether an earlier run had it, and this one could not tell.
pub(crate) fn is_lost(entry: &Entry<'_>) -> bool {
    matches!(entry.stand, Stand::Past(_)) && entry.is_unknown()
}

/// Whether it is another than in the last run.
pub(crate) fn is_change(entry: &Entry<'_>) -> bool {
    matches!(entry.status(), Some(Status::New | Status::Changed | Status::Resolved))
        || is_lost(entry)
}

/// Where the full report is: an address, or the command that makes it.
pub(crate) fn full_report(document: &Document, options: &RenderOptions) -> String {
    match &options.full_report {
        Some(place) => place.clone(),
        None => format!("tenko report {} --format html", document.run.id),
    }
}

/// The address of the full report, if it is one that can stand in a link.
pub(crate) fn link(options: &RenderOptions) -> Option<&str> {
    let web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    let plain = |url: &&str| {
        let other = |ch: char| !ch.is_ascii_graphic() || "<>|\\`\"".contains(ch);
        url.len() <= LONGEST_URL && !url.contains(other)
    };
    options.full_report.as_deref().filter(web).filter(plain)
}

/// What a cut list says at its end.
pub(crate) fn more(document: &Document, options: &RenderOptions, n: usize) -> String {
    t!(options.lang, "md-more", more = n, full = full_report(document, options))
}

/// What a gap is about.
pub(crate) fn gap_subject(lang: Lang, gap: &Gap<'_>) -> String {
    fn some<T: ToString>(items: &BTreeSet<T>) -> Arg {
        Arg::some(items.iter().map(ToString::to_string), FEW)
    }
    let message = match &gap.subject {
        Subject::Scopes => msg!("md-gap-scopes"),
        Subject::Contents => msg!("md-gap-contents"),
        Subject::Regions(regions) => msg!("md-gap-regions", regions = some(regions)),
        Subject::Types(types, reaches) => {
            msg!("md-gap-types", types = some(types), regions = some(reaches))
        }
    };
    say(lang, &message)
}

/// The accounts and projects of a gap.
pub(crate) fn gap_scopes(lang: Lang, gap: &Gap<'_>) -> String {
    let scopes = Arg::some(gap.scopes.iter().map(ToString::to_string), FEW);
    t!(lang, "md-list", items = scopes)
}

/// A gap in a sentence, without where it is.
pub(crate) fn gap(lang: Lang, gap: &Gap<'_>) -> String {
    let (subject, outcome) = (gap_subject(lang, gap), words::outcome(lang, gap.outcome));
    match gap.example {
        None => t!(lang, "md-gap", subject = subject, outcome = outcome, units = gap.units),
        Some(one) => t!(
            lang,
            "md-gap-why",
            subject = subject,
            outcome = outcome,
            units = gap.units,
            why = problem(one)
        ),
    }
}

/// A failed call in the provider's words.
pub(crate) fn problem(one: &Problem) -> String {
    format!("{} {}: {}", one.operation, one.code, crate::entry::clip(&one.message, 200))
}

/// Where something is: `aws 111111111111 eu-central-1`.
pub(crate) fn place(entry: &Entry<'_>) -> String {
    let parts = [entry.cloud(), entry.scope(), entry.region()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What suppressions by fingerprint are for, as far as this report knows it.
pub(crate) struct Subjects<'e, 'd>(HashMap<&'d str, &'e Entry<'d>>);

impl<'e, 'd> Subjects<'e, 'd> {
    /// Among all that is reported, suppressed or of earlier runs; what is reported comes first.
    pub(crate) fn of(entries: &'e [Entry<'d>]) -> Self {
        let known = entries.iter().filter(|entry| !entry.fingerprint().as_str().is_empty());
        Self(known.rev().map(|entry| (entry.fingerprint().as_str(), entry)).collect())
    }

    /// Whether a suppression is for something that the report knows.
    pub(crate) fn has(&self, row: &SuppressionRow) -> bool {
        self.0.contains_key(row.what.as_str())
    }

    /// Rule or kind, resource, and account; `None` where the report does not know it, or the suppression
    /// is for several.
    pub(crate) fn say(&self, lang: Lang, row: &SuppressionRow) -> Option<String> {
        let entry = self.0.get(row.what.as_str())?;
        let what = match entry.about {
            About::Finding(finding) => finding.rule.clone(),
            About::Drift(drift) => words::drift_kind(lang, drift.kind),
        };
        let place = place(entry);
        Some(match entry.resource() {
            Some(resource) => {
                t!(lang, "suppression-of", what = what, resource = resource.label(), where = place)
            }
            None => t!(lang, "suppression-of-place", what = what, where = place),
        })
    }
}

/// What is reported, for suppressions that are over.
pub(crate) struct Reported<'d>(HashSet<&'d str>);

impl<'d> Reported<'d> {
    pub(crate) fn of(document: &'d Document) -> Self {
        let findings = document.findings.iter().filter(|f| f.verdict == Verdict::Finding);
        let drift = document.drift.iter().filter(|drift| drift.is_difference());
        let all = findings.map(|f| &f.fingerprint).chain(drift.map(|d| &d.fingerprint));
        Self(all.map(Fingerprint::as_str).collect())
    }

    /// What stands for the number that a suppression took out; `None` where the number tells. One that is
    /// over takes out nothing, and nobody counts what it would: a 0 would say that nothing is there.
    pub(crate) fn instead(&self, lang: Lang, row: &SuppressionRow) -> Option<String> {
        let over = matches!(row.state, SuppressionState::Expired | SuppressionState::Rearmed);
        (over && row.matched == 0).then(|| match self.0.contains(row.what.as_str()) {
            true => t!(lang, "suppression-again"),
            false => "–".to_owned(),
        })
    }
}

/// Whose it is: `acme / production`; empty where nothing tells.
pub(crate) fn whose(entry: &Entry<'_>) -> String {
    let parts = [entry.tenant(), entry.environment()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" / ")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn only_addresses_are_links() {
        let of = |url: &str| {
            let full_report = Some(url.to_owned());
            let (lang, timezone) = (Lang::En, TimeZone::UTC);
            link(&RenderOptions { lang, timezone, full_report, top: 5 }).map(ToOwned::to_owned)
        };
        let url = "https://reports.example.com/1/report.html?a=b&c";
        assert_eq!(of(url).as_deref(), Some(url));
        for no in ["javascript:alert(1)", "https://x|<!here>", "https://x y", "https://x\u{202e}"] {
            assert_eq!(of(no), None);
        }
    }
}
