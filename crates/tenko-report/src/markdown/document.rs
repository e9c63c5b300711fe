//! A document in Markdown.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Arg, DriftKind, Severity};
use tenko_messages::{Lang, t};

use super::escape::escape;
use super::matrix;
use super::page::{Measure, Part, Room, fit};
use crate::brief;
use crate::document::{Document, Kind};
use crate::entry::{Entry, Stand, entries, weight};
use crate::format::RenderOptions;
use crate::gaps::gaps;
use crate::top::top;
use crate::words;

/// A larger file is not shown as Markdown any more, and a larger job summary is dropped as a whole.
pub const MOST_BYTES: usize = 1 << 20;

/// What is unknown gets room behind all severities.
const UNKNOWN: u8 = Severity::Info as u8 + 1;

/// Renders a document, within [`MOST_BYTES`].
pub fn render(document: &Document, options: &RenderOptions) -> String {
    within(document, options, MOST_BYTES, str::len)
}

/// Renders a document within a limit.
pub(crate) fn within(
    document: &Document,
    options: &RenderOptions,
    limit: usize,
    measure: Measure,
) -> String {
    let page = Page { document, options, entries: entries(document) };
    let mut parts = vec![page.verdict()];
    parts.extend(page.changes());
    parts.extend(page.fixes());
    parts.push(page.gaps());
    parts.extend(matrix::part(document, options));
    page.findings(&mut parts);
    page.drift(&mut parts);
    page.suppressions(&mut parts);
    page.method(&mut parts);
    fit(&parts, limit, measure, |n| escape(&brief::more(document, options, n)))
}

struct Page<'a> {
    document: &'a Document,
    options: &'a RenderOptions,
    entries: Vec<Entry<'a>>,
}

fn heading(text: &str) -> String {
    format!("\n## {}\n\n", escape(text))
}

fn subheading(text: &str) -> String {
    format!("\n### {}\n\n", escape(text))
}

/// The head of a table: the names of its columns.
pub(super) fn columns(names: &[String]) -> String {
    format!("{}\n|{}\n", row(names), "---|".repeat(names.len()))
}

/// A row of a table; its cells are text.
pub(super) fn row(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| escape(cell)).collect();
    format!("| {} |", cells.join(" | "))
}

impl Page<'_> {
    fn lang(&self) -> Lang {
        self.options.lang
    }

    fn verdict(&self) -> Part {
        let (document, lang, run) = (self.document, self.lang(), &self.document.run);
        let ended = words::time(run.finished_at, &self.options.timezone);
        let about = t!(
            lang,
            "md-run",
            run = run.id.as_str(),
            version = run.tool_version.as_str(),
            time = ended
        );
        let full = match brief::link(self.options) {
            Some(url) => format!("[{}](<{url}>)", escape(&t!(lang, "md-open"))),
            None => escape(&t!(lang, "md-full", full = brief::full_report(document, self.options))),
        };
        let headline = escape(&brief::headline(document, lang));
        let head = format!("# {headline}\n\n{}\n{full}\n", escape(&about));
        Part { head, ..Part::default() }
    }

    fn changes(&self) -> Option<Part> {
        let lang = self.lang();
        let said = brief::changes(self.document, &self.entries, self.options)?;
        let mut head = format!("{}{}\n", heading(&t!(lang, "md-h-changes")), escape(&said));
        let first = self.document.history.as_ref().is_some_and(|h| h.compared_with.is_empty());
        // In a first run the whole report is what is new.
        let changed = self.entries.iter().filter(|entry| !first && brief::is_change(entry));
        let rows: Vec<_> = changed.map(|entry| self.change(entry)).collect();
        if !rows.is_empty() {
            head.push('\n');
            head.push_str(&columns(&[
                t!(lang, "md-c-status"),
                t!(lang, "md-c-severity"),
                t!(lang, "md-c-what"),
                t!(lang, "md-c-resource"),
                t!(lang, "md-c-where"),
                t!(lang, "md-c-whose"),
            ]));
        }
        Some(Part { head, rows, room: Room::Share(6) })
    }

    fn change(&self, entry: &Entry<'_>) -> String {
        let lang = self.lang();
        let status = entry.status().map(|status| words::status(lang, status));
        let title = match entry.aside(lang) {
            Some(aside) => format!("{} ({aside})", entry.title(lang)),
            None => entry.title(lang),
        };
        row(&[
            status.unwrap_or_default(),
            words::severity(lang, entry.severity()),
            title,
            entry.label().to_owned(),
            brief::place(entry),
            brief::whose(entry),
        ])
    }

    fn fixes(&self) -> Option<Part> {
        let lang = self.lang();
        let fixes = top(self.document, self.options.top);
        if fixes.is_empty() {
            return None;
        }
        let row = |(i, fix): (usize, &crate::top::Fix)| {
            let (n, tenants) = (fix.closes.len(), fix.tenants.len());
            let remedy = words::fix_remediation(lang, fix);
            let text = match fix.first_seen {
                None => t!(lang, "md-fix", remedy = remedy, n = n, tenants = tenants),
                Some(at) => t!(
                    lang,
                    "md-fix-since",
                    remedy = remedy,
                    n = n,
                    tenants = tenants,
                    since = words::date(at, &self.options.timezone)
                ),
            };
            let name = escape(&words::fix_name(lang, fix));
            let severity = escape(&words::severity(lang, fix.severity));
            let place = if fix.place.is_empty() {
                String::new()
            } else {
                format!(", {}", escape(&fix.place))
            };
            let rule = escape(&fix.rule);
            format!("{}. **{name}** ({rule}, {severity}{place}): {}", i + 1, escape(&text))
        };
        let rows = fixes.iter().enumerate().map(row).collect();
        Some(Part { head: heading(&t!(lang, "md-h-fixes")), rows, room: Room::Share(12) })
    }

    fn gaps(&self) -> Part {
        let (document, lang) = (self.document, self.lang());
        let mut rows = Vec::new();
        if document.run.cancelled {
            rows.push(format!("- {}", escape(&t!(lang, "incomplete-cut-short"))));
        }
        let item =
            |subject: &str, text: &str| format!("- **{}**: {}", escape(subject), escape(text));
        for one in &document.problems {
            rows.push(item(one.cloud.as_str(), &brief::problem(&one.problem)));
        }
        for unread in &document.code.unread {
            rows.push(item(&unread.file, &words::unread(lang, unread)));
        }
        for gap in gaps(document).iter().filter(|gap| gap.outcome.is_gap()) {
            rows.push(item(&brief::gap_scopes(lang, gap), &brief::gap(lang, gap)));
        }
        let warnings = words::warnings(lang, document);
        rows.extend(warnings.iter().map(|text| format!("- {}", escape(text))));
        if rows.is_empty() {
            rows.push(format!("- {}", escape(&t!(lang, "md-observed-whole"))));
        }
        Part { head: heading(&t!(lang, "md-h-gaps")), rows, room: Room::Share(12) }
    }

    /// By severity and rule; what is to do is said once for each.
    fn findings(&self, parts: &mut Vec<Part>) {
        let lang = self.lang();
        if self.document.kind != Kind::Audit && self.document.findings.is_empty() {
            return;
        }
        let findings = self.entries.iter().filter(|entry| {
            matches!((entry.stand, entry.about), (Stand::Open, crate::entry::About::Finding(_)))
        });
        let (unknown, there): (Vec<&Entry<'_>>, Vec<&Entry<'_>>) =
            findings.partition(|entry| entry.is_unknown());
        let mut head = heading(&t!(lang, "md-h-findings"));
        if there.is_empty() && unknown.is_empty() {
            head.push_str(&format!("{}\n", escape(&t!(lang, "md-no-findings"))));
        }
        parts.push(Part { head, ..Part::default() });
        let mut groups: BTreeMap<(Severity, &str), Vec<&Entry<'_>>> = BTreeMap::new();
        let mut numbers: BTreeMap<Severity, usize> = BTreeMap::new();
        for &entry in &there {
            let crate::entry::About::Finding(finding) = entry.about else { continue };
            groups.entry((finding.severity, &finding.rule)).or_default().push(entry);
            *numbers.entry(finding.severity).or_default() += 1;
        }
        let mut last = None;
        for ((severity, rule), group) in groups {
            let mut head = String::new();
            if last.replace(severity) != Some(severity) {
                let n = numbers.get(&severity).copied().unwrap_or_default();
                let word = words::severity(lang, severity);
                head.push_str(&subheading(&t!(lang, "md-h-findings-of", severity = word, n = n)));
            } else {
                head.push('\n');
            }
            if let Some(first) = group.first() {
                let remedy = t!(lang, "md-remedy", text = first.remediation(lang));
                let (title, rule) = (escape(&first.title(lang)), escape(rule));
                head.push_str(&format!("**{title}** ({rule}). {}\n\n", escape(&remedy)));
            }
            let rows = group.iter().map(|entry| self.item(entry)).collect();
            parts.push(Part { head, rows, room: Room::Rank(severity as u8) });
        }
        if !unknown.is_empty() {
            let head = subheading(&t!(lang, "md-h-unknown", n = unknown.len()));
            let row = |entry: &&Entry<'_>| {
                format!("- **{}** {}", escape(&entry.rule()), self.text(entry))
            };
            let rows = unknown.iter().map(row).collect();
            parts.push(Part { head, rows, room: Room::Rank(UNKNOWN) });
        }
    }

    fn drift(&self, parts: &mut Vec<Part>) {
        let lang = self.lang();
        if self.document.kind == Kind::Collect && self.document.drift.is_empty() {
            return;
        }
        let mut head = heading(&t!(lang, "md-h-drift"));
        if self.document.drift.is_empty() {
            head.push_str(&format!("{}\n", escape(&t!(lang, "md-no-drift"))));
        }
        parts.push(Part { head, ..Part::default() });
        let mut kinds = DriftKind::ALL;
        kinds.sort_by_key(|kind| weight(*kind));
        for kind in kinds {
            let of_kind = |entry: &&Entry<'_>| match (entry.stand, entry.about) {
                (Stand::Open, crate::entry::About::Drift(drift)) => drift.kind == kind,
                _ => false,
            };
            let all: Vec<_> = self.entries.iter().filter(of_kind).collect();
            let Some(first) = all.first() else { continue };
            let word = words::drift_kind(lang, kind);
            let mut head = subheading(&t!(lang, "md-h-drift-of", kind = word, n = all.len()));
            let remedy = t!(lang, "md-remedy", text = first.remediation(lang));
            head.push_str(&format!("{}\n\n", escape(&remedy)));
            let rows = all.iter().map(|entry| self.item(entry)).collect();
            let unknown = kind == DriftKind::Unknown;
            let rank = if unknown { UNKNOWN } else { weight(kind) as u8 };
            parts.push(Part { head, rows, room: Room::Rank(rank) });
        }
    }

    fn item(&self, entry: &Entry<'_>) -> String {
        format!("- {}", self.text(entry))
    }

    /// What one drift or finding says, on one line: what it is about, what is wrong, whose it is.
    fn text(&self, entry: &Entry<'_>) -> String {
        let lang = self.lang();
        let mut aside = vec![entry.resource_type().to_owned()];
        aside.push(if entry.id() == entry.label() { String::new() } else { entry.id().to_owned() });
        aside.push(brief::place(entry));
        aside.push(brief::whose(entry));
        aside.extend(entry.owner().map(|owner| t!(lang, "md-owner", owner = owner)));
        if let (Some(status), Some(since)) = (entry.status(), entry.first_seen()) {
            let zone = words::zone_of(self.document, entry.owner(), &self.options.timezone);
            let (status, since) = (words::status(lang, status), words::time(since, &zone));
            aside.push(t!(lang, "md-status-since", status = status, since = since));
        }
        let source = entry.source().map(ToString::to_string);
        aside.extend(source.map(|source| t!(lang, "md-declared", source = source)));
        let aside: Vec<_> =
            aside.iter().filter(|text| !text.is_empty()).map(|t| escape(t)).collect();
        let message = escape(&entry.message(lang));
        format!("**{}** ({}): {message}", escape(entry.label()), aside.join(", "))
    }

    fn suppressions(&self, parts: &mut Vec<Part>) {
        let (lang, zone) = (self.lang(), &self.options.timezone);
        let mut rows: Vec<_> = self.document.suppressions.iter().collect();
        rows.sort_by_key(|one| (one.state, one.expires));
        let suppressed = self.entries.iter().filter(|e| matches!(e.stand, Stand::Suppressed(_)));
        let suppressed: Vec<_> = suppressed.collect();
        if rows.is_empty() && suppressed.is_empty() {
            return;
        }
        let mut head = heading(&t!(lang, "md-h-suppressions"));
        if !rows.is_empty() {
            head.push_str(&columns(&[
                t!(lang, "md-c-state"),
                t!(lang, "md-c-for"),
                t!(lang, "md-c-reason"),
                t!(lang, "md-c-owner"),
                t!(lang, "md-c-expires"),
                t!(lang, "md-c-matched"),
                t!(lang, "md-c-ticket"),
            ]));
        }
        let subjects = brief::Subjects::of(&self.entries);
        let reported = brief::Reported::of(self.document);
        let rows = rows.iter().map(|one| {
            let what = match subjects.say(lang, one) {
                Some(known) => t!(lang, "item-said", what = known, why = one.what.as_str()),
                None => one.what.clone(),
            };
            row(&[
                words::suppression_state(lang, one.state),
                what,
                one.reason.clone(),
                one.owner.clone().unwrap_or_default(),
                words::until(one.expires, zone),
                reported.instead(lang, one).unwrap_or_else(|| one.matched.to_string()),
                one.ticket.clone().unwrap_or_default(),
            ])
        });
        parts.push(Part { head, rows: rows.collect(), room: Room::Share(24) });
        if !suppressed.is_empty() {
            let head = subheading(&t!(lang, "md-h-suppressed", n = suppressed.len()));
            let row = |entry: &&Entry<'_>| {
                let aside = entry.aside(lang).unwrap_or_default();
                let title = escape(&entry.title(lang));
                format!("- {title}: {} · {}", self.text(entry), escape(&aside))
            };
            let rows = suppressed.iter().map(row).collect();
            parts.push(Part { head, rows, room: Room::Share(24) });
        }
    }

    fn method(&self, parts: &mut Vec<Part>) {
        let (document, lang) = (self.document, self.lang());
        let summary = &document.summary;
        let mut lines = vec![t!(
            lang,
            "md-looked",
            resources = summary.resources,
            answered = summary.scopes.answered,
            scopes = summary.scopes.total,
            complete = summary.units.complete(),
            units = summary.units.total
        )];
        if document.kind != Kind::Collect {
            let counts = summary.counts;
            lines.push(t!(
                lang,
                "md-compared",
                managed = counts.managed,
                default = counts.provider_default,
                ignored = counts.ignored
            ));
        }
        let service = |operation: &str| operation.split(':').next().map(ToOwned::to_owned);
        let calls = &document.calls;
        let services: BTreeSet<_> = calls.iter().filter_map(|c| service(&c.operation)).collect();
        let run = &document.run;
        lines.push(t!(
            lang,
            "md-calls",
            n = calls.iter().map(|call| call.calls).sum::<u64>(),
            services = services.len(),
            throttled = calls.iter().map(|call| call.throttled).sum::<u64>(),
            seconds = run.finished_at.duration_since(run.started_at).as_secs()
        ));
        lines.push(match &document.read_only_proof {
            None => t!(lang, "md-no-proof"),
            Some(proof) if proof.outside.is_empty() => t!(
                lang,
                "md-proof",
                n = proof.allowed_operations,
                digest = proof.allow_list.as_str()
            ),
            Some(proof) => t!(
                lang,
                "md-proof-broken",
                n = proof.allowed_operations,
                digest = proof.allow_list.as_str(),
                outside = Arg::some(&proof.outside, 10)
            ),
        });
        let mut reasons: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for rule in &document.rules {
            for why in words::not_evaluated(lang, rule) {
                reasons.entry(why).or_default().insert(&rule.rule);
            }
        }
        for (why, rules) in reasons {
            let rules = Arg::some(rules, 10);
            lines.push(t!(lang, "md-not-evaluated", rules = rules, why = why));
        }
        let lines = lines.iter().map(|line| format!("- {}", escape(line))).collect();
        let head = heading(&t!(lang, "md-h-method"));
        parts.push(Part { head, rows: lines, room: Room::Share(24) });
        if !calls.is_empty() {
            let names = [t!(lang, "md-c-operation"), t!(lang, "md-c-calls")];
            let head = format!("\n{}", columns(&names));
            let rows =
                calls.iter().map(|call| row(&[call.operation.clone(), call.calls.to_string()]));
            parts.push(Part { head, rows: rows.collect(), room: Room::Share(24) });
        }
    }
}
