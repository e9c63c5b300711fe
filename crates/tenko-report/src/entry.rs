//! Drift and findings as one list, for formats that list both alike.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use tenko_core::{
    Arg, Change, Drift, DriftKind, Finding, Fingerprint, Item, Message, ResourceRef, Severity,
    Source, Standing, Status, Suppressed, Verdict, msg,
};
use tenko_messages::{Lang, say};

use crate::document::Document;
use crate::history::Past;
use crate::words;

/// Values that differ are shown up to this length where a sentence holds them.
const LONGEST_VALUE: usize = 120;
/// So many attributes that differ are named in a sentence.
const MOST_CHANGES: usize = 5;

/// One drift or finding, with what became of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// What it is.
    pub(crate) about: About<'a>,
    /// Whether it is reported, suppressed, or of an earlier run.
    pub(crate) stand: Stand<'a>,
}

/// A drift or a finding.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    Finding(&'a Finding),
    Drift(&'a Drift),
}

/// Where in the document an entry is from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stand<'a> {
    Open,
    Suppressed(&'a Suppressed),
    Past(&'a Past),
}

impl<'a> From<&'a Item> for About<'a> {
    fn from(item: &'a Item) -> Self {
        match item {
            Item::Finding(finding) => Self::Finding(finding),
            Item::Drift(drift) => Self::Drift(drift),
        }
    }
}

/// All drift and findings: what is surely there, what is unknown, what is suppressed, what is resolved;
/// each the worst first, and of equal weight the oldest first. A format that has no room for all of them
/// leaves out the end.
pub(crate) fn entries(document: &Document) -> Vec<Entry<'_>> {
    let open = |about| Entry { about, stand: Stand::Open };
    let findings = document.findings.iter().map(|one| open(About::Finding(one)));
    let drift = document.drift.iter().map(|one| open(About::Drift(one)));
    let suppressed = document
        .suppressed
        .iter()
        .map(|one| Entry { about: (&one.item).into(), stand: Stand::Suppressed(one) });
    let past = document
        .past
        .iter()
        .map(|one| Entry { about: (&one.item).into(), stand: Stand::Past(one) });
    let mut all: Vec<_> = findings.chain(drift).chain(suppressed).chain(past).collect();
    // Of equal ones the document's own order stays.
    all.sort_by_key(|entry| (entry.group(), entry.severity(), entry.first_seen()));
    all
}

/// What drift of a kind weighs beside findings.
pub(crate) fn weight(kind: DriftKind) -> Severity {
    match kind {
        // Somebody's data with somebody else; what should serve does not.
        DriftKind::Missing | DriftKind::Misplaced => Severity::High,
        DriftKind::Changed | DriftKind::ElsewhereManaged => Severity::Medium,
        DriftKind::Unmanaged => Severity::Low,
        DriftKind::Unknown => Severity::Info,
    }
}

impl<'a> Entry<'a> {
    fn group(&self) -> u8 {
        match self.stand {
            Stand::Open if !self.is_unknown() => 0,
            Stand::Open => 1,
            Stand::Past(_) if self.is_unknown() => 1,
            Stand::Suppressed(_) => 2,
            Stand::Past(_) => 3,
        }
    }

    /// Whether it is neither there nor gone: it could not be told.
    pub(crate) fn is_unknown(&self) -> bool {
        match (self.stand, self.about) {
            (Stand::Past(_), _) => self.status() != Some(Status::Resolved),
            (_, About::Finding(finding)) => finding.verdict == Verdict::Unknown,
            (_, About::Drift(drift)) => drift.kind == DriftKind::Unknown,
        }
    }

    /// Whether it is surely gone.
    pub(crate) fn is_resolved(&self) -> bool {
        matches!(self.stand, Stand::Past(_)) && !self.is_unknown()
    }

    /// Whether it counts towards the exit code.
    pub(crate) fn counts(&self) -> bool {
        let weighs = match self.about {
            About::Finding(finding) => finding.severity != Severity::Info,
            About::Drift(_) => true,
        };
        matches!(self.stand, Stand::Open) && weighs && !self.is_unknown()
    }

    pub(crate) fn fingerprint(&self) -> &'a Fingerprint {
        match self.about {
            About::Finding(finding) => &finding.fingerprint,
            About::Drift(drift) => &drift.fingerprint,
        }
    }

    fn standing(&self) -> Option<&'a Standing> {
        match self.about {
            About::Finding(finding) => finding.standing.as_ref(),
            About::Drift(drift) => drift.standing.as_ref(),
        }
    }

    /// What became of it; `None` where there was nothing to compare with.
    pub(crate) fn status(&self) -> Option<Status> {
        match self.stand {
            Stand::Open => self.standing().map(|standing| standing.status),
            Stand::Suppressed(_) => Some(Status::Suppressed),
            Stand::Past(_) => {
                let status = self.standing().map(|standing| standing.status);
                Some(status.filter(|status| *status == Status::Resolved).unwrap_or(Status::Unknown))
            }
        }
    }

    pub(crate) fn first_seen(&self) -> Option<Timestamp> {
        self.standing().map(|standing| standing.first_seen)
    }

    pub(crate) fn last_seen(&self) -> Option<Timestamp> {
        self.standing().map(|standing| standing.last_seen)
    }

    /// The rule's id; of drift `drift:KIND`.
    pub(crate) fn rule(&self) -> Cow<'a, str> {
        match self.about {
            About::Finding(finding) => Cow::Borrowed(&finding.rule),
            About::Drift(drift) => Cow::Owned(format!("drift:{}", drift.kind)),
        }
    }

    pub(crate) fn severity(&self) -> Severity {
        match self.about {
            About::Finding(finding) => finding.severity,
            About::Drift(drift) => weight(drift.kind),
        }
    }

    pub(crate) fn resource(&self) -> Option<&'a ResourceRef> {
        match self.about {
            About::Finding(finding) => finding.resource.as_ref(),
            About::Drift(drift) => Some(&drift.resource),
        }
    }

    pub(crate) fn cloud(&self) -> &'a str {
        match self.about {
            About::Finding(finding) => finding.cloud.as_str(),
            About::Drift(drift) => drift.resource.cloud.as_str(),
        }
    }

    /// The account or project; empty where the declaration leaves it open.
    pub(crate) fn scope(&self) -> &'a str {
        match self.about {
            About::Finding(finding) => finding.scope.as_str(),
            About::Drift(drift) => drift.resource.scope.as_ref().map_or("", |s| s.as_str()),
        }
    }

    pub(crate) fn region(&self) -> &'a str {
        self.resource().and_then(|r| r.region.as_ref()).map_or("", |region| region.as_str())
    }

    pub(crate) fn resource_type(&self) -> &'a str {
        self.resource().map_or("", |resource| resource.resource_type.as_str())
    }

    pub(crate) fn id(&self) -> &'a str {
        self.resource().and_then(|resource| resource.id.as_deref()).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &'a str {
        self.resource().and_then(|resource| resource.name.as_deref()).unwrap_or_default()
    }

    /// The resource's name or id; of what is about no resource the account or project.
    pub(crate) fn label(&self) -> &'a str {
        self.resource().map_or_else(|| self.scope(), ResourceRef::label)
    }

    pub(crate) fn tenant(&self) -> &'a str {
        match self.about {
            About::Finding(finding) => finding.tenant.as_deref(),
            About::Drift(drift) => drift.tenant.as_deref(),
        }
        .unwrap_or_default()
    }

    pub(crate) fn environment(&self) -> &'a str {
        match self.about {
            About::Finding(finding) => finding.environment.as_deref(),
            About::Drift(drift) => drift.environment.as_deref(),
        }
        .unwrap_or_default()
    }

    pub(crate) fn owner(&self) -> Option<&'a str> {
        match self.about {
            About::Finding(finding) => finding.owner.as_deref(),
            About::Drift(drift) => drift.owner.as_deref(),
        }
    }

    pub(crate) fn source(&self) -> Option<&'a Source> {
        match self.about {
            About::Finding(_) => None,
            About::Drift(drift) => drift.source.as_ref(),
        }
    }

    pub(crate) fn changes(&self) -> &'a [Change] {
        match self.about {
            About::Finding(_) => &[],
            About::Drift(drift) => &drift.changes,
        }
    }

    /// What is wrong, in a few words.
    pub(crate) fn title(&self, lang: Lang) -> String {
        match self.about {
            About::Finding(finding) => words::rule_name(lang, finding),
            About::Drift(drift) => say(lang, &Message::new(format!("item-title-{}", drift.kind))),
        }
    }

    /// What is wrong, with the evidence.
    pub(crate) fn message(&self, lang: Lang) -> String {
        let drift = match self.about {
            About::Finding(finding) => return words::message(lang, finding),
            About::Drift(drift) => drift,
        };
        let what = Message::new(format!("item-title-{}", drift.kind));
        let reason = words::reason(lang, drift).map(Arg::Text);
        let mut why: Vec<_> = reason.into_iter().collect();
        if !drift.changes.is_empty() {
            why.push(Arg::some(drift.changes.iter().map(change), MOST_CHANGES));
        }
        match why.is_empty() {
            true => say(lang, &what),
            false => say(lang, &msg!("item-said", what = what, why = Arg::List(why))),
        }
    }

    /// What to do about it.
    pub(crate) fn remediation(&self, lang: Lang) -> String {
        match self.about {
            About::Finding(finding) => words::remediation(lang, finding),
            About::Drift(drift) => say(lang, &Message::new(format!("item-remedy-{}", drift.kind))),
        }
    }

    /// Why it is suppressed, resolved or unknown, where it is of no interest otherwise.
    pub(crate) fn aside(&self, lang: Lang) -> Option<String> {
        match self.stand {
            Stand::Open => None,
            Stand::Suppressed(one) => {
                let until = words::until(one.expires, &TimeZone::UTC);
                let owner = one.owner.as_deref().unwrap_or("-");
                let message = msg!(
                    "item-suppressed",
                    reason = one.reason.as_str(),
                    owner = owner,
                    until = until
                );
                Some(say(lang, &message))
            }
            Stand::Past(past) => Some(words::why(lang, past)),
        }
    }
}

/// One attribute that differs.
fn change(change: &Change) -> Message {
    let shown = |value: &Value| match value {
        Value::Null => Arg::from(Message::new("item-absent")),
        other => Arg::Text(clip(&other.to_string(), LONGEST_VALUE).into_owned()),
    };
    let (expected, actual) = (shown(&change.expected), shown(&change.actual));
    msg!("item-change", path = change.path.to_string(), expected = expected, actual = actual)
}

/// The beginning of a text that is longer than so many characters.
pub(crate) fn clip(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}
