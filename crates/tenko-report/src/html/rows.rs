//! Drift and findings, those of earlier runs, and those that are suppressed, as rows of one table.

use tenko_core::{
    Cloud, Drift, DriftKind, Finding, Item, Message, ResourceRef, ScopeId, Source, Standing,
    Status, Suppressed, msg,
};

use super::context::{Context, short_type};
use super::mark::{Mark, Sort};
use super::text::Text;
use super::values::ChangeView;
use crate::document::Document;
use crate::history::Past;
use crate::words;

/// Attributes of one drift that are shown.
const CHANGES: usize = 50;
/// Attributes that its one line names.
const NAMED: usize = 3;

/// What a row is made from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'a> {
    Finding(&'a Finding),
    Drift(&'a Drift),
    Past(&'a Past),
    Suppressed(&'a Suppressed),
}

/// All entries by rank: what is open first, then by what it is, the new before the old.
pub(super) fn ranked(document: &Document) -> Vec<Entry<'_>> {
    let findings = document.findings.iter().map(Entry::Finding);
    let mut all: Vec<_> = findings
        .chain(document.drift.iter().map(Entry::Drift))
        .chain(document.past.iter().map(Entry::Past))
        .chain(document.suppressed.iter().map(Entry::Suppressed))
        .collect();
    all.sort_by_cached_key(|entry| {
        let status = match entry.status() {
            Some(Status::New) => 0,
            Some(Status::Changed) => 1,
            _ => 2,
        };
        (!entry.is_open(), entry.sort().number(), status)
    });
    all
}

impl<'a> Entry<'a> {
    /// Whether this run has it, and nobody decided to live with it.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Finding(_) | Self::Drift(_))
    }

    /// The finding or the drift.
    fn of(self) -> Result<&'a Finding, &'a Drift> {
        let item = match self {
            Self::Finding(finding) => return Ok(finding),
            Self::Drift(drift) => return Err(drift),
            Self::Past(past) => &past.item,
            Self::Suppressed(suppressed) => &suppressed.item,
        };
        match item {
            Item::Finding(finding) => Ok(finding),
            Item::Drift(drift) => Err(drift),
        }
    }

    pub(super) fn sort(self) -> Sort {
        match self.of() {
            Ok(finding) => Sort::finding(finding),
            Err(drift) => Sort::drift(drift),
        }
    }

    fn standing(self) -> Option<&'a Standing> {
        match self.of() {
            Ok(finding) => finding.standing.as_ref(),
            Err(drift) => drift.standing.as_ref(),
        }
    }

    /// What became of it; `None` where there is no history.
    pub(super) fn status(self) -> Option<Status> {
        match self {
            Self::Suppressed(_) => Some(Status::Suppressed),
            _ => self.standing().map(|standing| standing.status),
        }
    }

    pub(super) fn tenant(self) -> Option<&'a str> {
        match self.of() {
            Ok(finding) => finding.tenant.as_deref(),
            Err(drift) => drift.tenant.as_deref(),
        }
    }

    /// The rule's id; drift has none.
    pub(super) fn rule(self) -> Option<&'a str> {
        self.of().ok().map(|finding| finding.rule.as_str())
    }

    pub(super) fn fingerprint(self) -> &'a str {
        match self.of() {
            Ok(finding) => finding.fingerprint.as_str(),
            Err(drift) => drift.fingerprint.as_str(),
        }
    }
}

/// One row, ready to be shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) mark: Mark,
    pub(super) sort: usize,
    pub(super) open: bool,
    pub(super) status: Option<Status>,
    pub(super) rule: Text,
    pub(super) name: Text,
    pub(super) message: Text,
    pub(super) fix: Text,
    pub(super) label: Text,
    pub(super) kind: Text,
    pub(super) id: Text,
    pub(super) region: Text,
    pub(super) scope: Text,
    pub(super) tenant: Text,
    pub(super) environment: Text,
    pub(super) owner: Text,
    /// The owner, where it has a zone of its own.
    pub(super) zoned: Option<&'a str>,
    pub(super) seen: Option<Standing>,
    pub(super) source: Text,
    pub(super) changes: Vec<ChangeView>,
    /// What else is to be said, with the id of what it is.
    pub(super) notes: Vec<(&'static str, Text)>,
    /// Thirty-two hexadecimal digits, or nothing.
    pub(super) fingerprint: &'a str,
}

impl<'a> Row<'a> {
    pub(super) fn new(context: &Context<'a>, entry: Entry<'a>) -> Self {
        let mut row = match entry.of() {
            Ok(finding) => Self::finding(context, finding),
            Err(drift) => Self::drift(context, drift),
        };
        let sort = entry.sort();
        row.mark = sort.mark(context.lang);
        row.sort = sort.number();
        row.open = entry.is_open();
        row.status = entry.status();
        row.seen = entry.standing().cloned();
        row.fingerprint = sound(entry.fingerprint());
        match entry {
            Entry::Past(past) => {
                row.notes.push(("html-why", Text::new(words::why(context.lang, past))));
            }
            Entry::Suppressed(suppressed) => row.suppressed(context, suppressed),
            Entry::Finding(_) | Entry::Drift(_) => {}
        }
        row
    }

    fn finding(context: &Context<'a>, finding: &'a Finding) -> Self {
        let mut row = Self {
            rule: Text::cut(&finding.rule, 100),
            name: Text::new(words::rule_name(context.lang, finding)),
            message: Text::new(words::message(context.lang, finding)),
            fix: Text::new(words::remediation(context.lang, finding)),
            scope: context.scope(&finding.cloud, &finding.scope),
            ..Self::default()
        };
        match &finding.resource {
            Some(resource) => row.resource(resource),
            // A finding of the account itself.
            None => row.label = context.scope(&finding.cloud, &finding.scope),
        }
        row.of(context, &finding.tenant, &finding.environment, &finding.owner);
        row
    }

    fn drift(context: &Context<'a>, drift: &'a Drift) -> Self {
        let (name, fix) = texts(drift.kind);
        let mut row = Self {
            name: context.say(&Message::new(name)),
            fix: context.say(&Message::new(fix)),
            message: changed(context, drift),
            source: drift.source.as_ref().map(place).unwrap_or_default(),
            changes: drift
                .changes
                .iter()
                .take(CHANGES)
                .map(|c| ChangeView::new(context, c))
                .collect(),
            ..Self::default()
        };
        let more = drift.changes.len().saturating_sub(CHANGES);
        if more > 0 {
            row.notes.push(("html-changes", context.say(&msg!("html-changes-more", n = more))));
        }
        if let Some(reason) = words::reason(context.lang, drift) {
            let reason = Text::new(reason);
            if row.message.is_empty() {
                row.message = reason;
            } else {
                row.notes.push(("html-why", reason));
            }
        }
        let resource = &drift.resource;
        let scope = |id: &ScopeId| context.scope(&resource.cloud, id);
        row.scope = resource.scope.as_ref().map(scope).unwrap_or_default();
        row.resource(resource);
        row.of(context, &drift.tenant, &drift.environment, &drift.owner);
        row
    }

    fn resource(&mut self, resource: &ResourceRef) {
        self.label = Text::cut(resource.label(), 200);
        self.kind = Text::new(short_type(&resource.resource_type));
        self.id = resource.id.as_deref().map(Text::new).unwrap_or_default();
        self.region =
            resource.region.as_ref().map(|r| Text::new(r.to_string())).unwrap_or_default();
        if self.scope.is_empty() {
            self.scope = Text::new(cloud(&resource.cloud));
        }
    }

    fn of(
        &mut self,
        context: &Context<'a>,
        tenant: &'a Option<String>,
        environment: &'a Option<String>,
        owner: &'a Option<String>,
    ) {
        let text = |of: &Option<String>| Text::cut(of.as_deref().unwrap_or_default(), 200);
        self.tenant = text(tenant);
        self.environment = text(environment);
        self.owner = text(owner);
        self.zoned = context.zoned(owner.as_deref());
    }

    fn suppressed(&mut self, context: &Context<'a>, suppressed: &'a Suppressed) {
        let owner = suppressed.owner.as_deref();
        self.notes.push(("html-reason", Text::new(&suppressed.reason)));
        if let Some(owner) = owner {
            self.notes.push(("html-decided-by", Text::new(owner)));
        }
        self.notes.push(("html-until", context.until(owner, suppressed.expires)));
        if let Some(ticket) = &suppressed.ticket {
            self.notes.push(("html-ticket", Text::new(ticket)));
        }
        self.notes.push(("html-suppressed-in", place(&suppressed.source)));
    }

    /// The command that suppresses it; nothing where there is no sound fingerprint.
    pub(super) fn command(&self, expires: &Text) -> String {
        if self.fingerprint.is_empty() { String::new() } else { command(self.fingerprint, expires) }
    }
}

/// The command that suppresses what has this fingerprint.
pub(super) fn command(fingerprint: &str, expires: &Text) -> String {
    format!("tenko suppress {fingerprint} --reason \"…\" --expires {expires}")
}

/// A fingerprint, if it is one: what stands in a command is not what a file from elsewhere says.
fn sound(fingerprint: &str) -> &str {
    let hex = fingerprint.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if hex && fingerprint.len() == 32 { fingerprint } else { "" }
}

fn texts(kind: DriftKind) -> (&'static str, &'static str) {
    match kind {
        DriftKind::Missing => ("html-drift-missing", "drift-missing-fix"),
        DriftKind::Changed => ("html-drift-changed", "drift-changed-fix"),
        DriftKind::Unmanaged => ("html-drift-unmanaged", "drift-unmanaged-fix"),
        DriftKind::Misplaced => ("html-drift-misplaced", "drift-misplaced-fix"),
        DriftKind::ElsewhereManaged => ("html-drift-elsewhere", "drift-elsewhere_managed-fix"),
        DriftKind::Unknown => ("html-drift-unknown", "html-drift-unknown-fix"),
    }
}

/// The attributes that differ, in one line; empty where there is none.
fn changed(context: &Context<'_>, drift: &Drift) -> Text {
    if drift.changes.is_empty() {
        return Text::default();
    }
    let paths = drift.changes.iter().map(|change| change.path.to_string());
    context.say(&Message::new("as-it-is").with("text", tenko_core::Arg::some(paths, NAMED)))
}

pub(super) fn place(source: &Source) -> Text {
    Text::cut(&source.to_string(), 400)
}

pub(super) fn cloud(cloud: &Cloud) -> &str {
    match cloud.as_str() {
        "aws" => "AWS",
        "gcp" => "Google Cloud",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fingerprint_is_put_into_a_command() {
        let good = "0123456789abcdef0123456789abcdef";
        assert_eq!(sound(good), good);
        for bad in ["", "0123", "0123456789abcdef0123456789abcde;", &good.to_uppercase()] {
            assert_eq!(sound(bad), "");
        }
    }
}
