//! What a hurried reader gets: the verdict, why, and the numbers.

use std::collections::BTreeSet;

use tenko_core::{DriftKind, Message, Severity, msg};

use super::context::Context;
use super::mark::{Mark, Sort};
use super::text::Text;
use crate::document::Kind;
use crate::incomplete;
use crate::summary::SummaryVerdict;

pub(super) struct VerdictView {
    pub(super) mark: Mark,
    /// How many findings are critical; empty where none is.
    pub(super) critical: Text,
    /// The verdict in a sentence.
    pub(super) sentence: Text,
    /// Why the report is incomplete.
    pub(super) gaps: Vec<Text>,
    pub(super) tiles: Vec<Tile>,
}

/// A number with its name.
pub(super) struct Tile {
    /// The name of its colour.
    pub(super) icon: &'static str,
    pub(super) name: Text,
    /// The number, or `?` where there is none.
    pub(super) value: Text,
    /// What it is made of.
    pub(super) parts: Vec<Mark>,
    /// What stands below it.
    pub(super) note: Text,
}

/// A number with separators of thousands.
pub(super) fn number(context: &Context<'_>, n: u64) -> Text {
    context.say(&msg!("html-number", n = n))
}

impl VerdictView {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let summary = &context.document.summary;
        let critical = summary.findings.critical;
        let gaps = incomplete::reasons(context.document);
        Self {
            critical: if critical == 0 {
                Text::default()
            } else {
                context.say(&msg!("html-critical", n = critical))
            },
            mark: Mark::verdict(context.lang, summary.verdict),
            sentence: context.say(&sentence(context)),
            gaps: gaps.iter().map(|message| context.say(message)).collect(),
            tiles: tiles(context),
        }
    }
}

fn sentence(context: &Context<'_>) -> Message {
    let document = context.document;
    let summary = &document.summary;
    let drift = document.drift.iter().filter(|d| d.kind != DriftKind::Unknown);
    let tenants = drift.filter_map(|d| d.tenant.as_deref()).collect::<BTreeSet<_>>().len();
    let (differences, findings) = (summary.drift.differences(), summary.findings.actionable());
    match summary.verdict {
        SummaryVerdict::Drift if findings > 0 => msg!(
            "html-verdict-drift-and-findings",
            drift = differences,
            tenants = tenants,
            findings = findings
        ),
        SummaryVerdict::Drift => msg!("html-verdict-drift", drift = differences, tenants = tenants),
        SummaryVerdict::Findings => msg!("html-verdict-findings", findings = findings),
        SummaryVerdict::Incomplete => msg!("html-verdict-incomplete"),
        SummaryVerdict::Clean if document.kind == Kind::Collect => {
            msg!("html-verdict-collected", resources = summary.resources)
        }
        SummaryVerdict::Clean => msg!("html-verdict-clean", resources = summary.resources),
    }
}

fn tiles(context: &Context<'_>) -> Vec<Tile> {
    let document = context.document;
    let summary = &document.summary;
    let lang = context.lang;
    // Of what was not looked at, zero would be a lie.
    let blind = summary.scopes.total > 0 && summary.scopes.answered == 0;
    let shown = |n: u64| if blind && n == 0 { Text::new("?") } else { number(context, n) };
    let part = |mark: Mark, n: u64| Mark {
        icon: mark.icon,
        word: context.say(&msg!("html-part", n = n, what = mark.word.as_str())),
    };
    let mut tiles = Vec::new();
    let mut tile = |icon, name: &'static str, value, parts, note: Option<Message>| {
        let note = note.map(|note| context.say(&note)).unwrap_or_default();
        tiles.push(Tile { icon, name: context.say(&Message::new(name)), value, parts, note });
    };
    if document.kind != Kind::Collect {
        let kinds = DriftKind::ALL.into_iter().filter(|kind| *kind != DriftKind::Unknown);
        let parts = kinds
            .map(|kind| (kind, summary.drift.get(kind)))
            .filter(|(_, n)| *n > 0)
            .map(|(kind, n)| part(Sort::Drift(kind).mark(lang), n))
            .collect();
        let drift = summary.drift.differences();
        let icon = if drift > 0 { "differs" } else { "" };
        tile(icon, "html-tile-drift", shown(drift), parts, None);
    }
    let of_rules = !document.rules.is_empty() || !document.findings.is_empty();
    if of_rules {
        let severities = summary.findings.by_severity();
        let parts = severities
            .into_iter()
            .filter(|(severity, n)| *n > 0 && *severity != Severity::Info)
            .map(|(severity, n)| part(Mark::severity(lang, severity), n))
            .collect();
        let findings = summary.findings.actionable();
        let icon = if findings > 0 { "high" } else { "" };
        tile(icon, "html-tile-findings", shown(findings), parts, None);
    }
    let unknown = summary.drift.unknown + summary.findings.unknown;
    if unknown > 0 {
        let note = msg!("html-tile-unknown-note");
        tile("unknown", "html-tile-unknown", number(context, unknown), vec![], Some(note));
    }
    if !document.suppressed.is_empty() {
        let n = number(context, document.suppressed.len() as u64);
        tile("suppressed", "html-tile-suppressed", n, vec![], None);
    }
    let scopes = summary.scopes;
    let answered = msg!("html-of", n = scopes.answered, all = scopes.total);
    let note = match (scopes.suspended, scopes.not_asked) {
        (0, 0) => None,
        (n, 0) => Some(msg!("html-tile-scopes-suspended", n = n)),
        (0, n) => Some(msg!("html-tile-scopes-not-asked", n = n)),
        (suspended, n) => Some(msg!("html-tile-scopes-left", n = n, suspended = suspended)),
    };
    tile("", "html-tile-scopes", context.say(&answered), vec![], note);
    let units = &summary.units;
    let read = msg!("html-of", n = units.complete(), all = units.total);
    tile("", "html-tile-units", context.say(&read), vec![], None);
    tile("", "html-tile-resources", shown(summary.resources), vec![], None);
    tiles
}
