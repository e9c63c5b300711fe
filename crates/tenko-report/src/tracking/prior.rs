//! What the runs before had, by fingerprint.

use std::collections::HashMap;

use jiff::Timestamp;
use tenko_core::{Drift, Finding, Item, Message, Standing, Status, Suppressed, Verdict};

use crate::document::{Document, Kind};

/// How long after it was last seen something is still named that nobody will ever look at again.
pub(super) const KEPT_DAYS: i64 = 30;

/// A drift or finding, wherever it stands.
#[derive(Clone, Copy)]
pub(super) enum Seen<'a> {
    Finding(&'a Finding),
    Drift(&'a Drift),
}

impl<'a> Seen<'a> {
    pub(super) fn of(item: &'a Item) -> Self {
        match item {
            Item::Finding(finding) => Self::Finding(finding),
            Item::Drift(drift) => Self::Drift(drift),
        }
    }

    pub(super) fn fingerprint(self) -> &'a str {
        match self {
            Self::Finding(finding) => finding.fingerprint.as_str(),
            Self::Drift(drift) => drift.fingerprint.as_str(),
        }
    }

    pub(super) fn standing(self) -> Option<&'a Standing> {
        match self {
            Self::Finding(finding) => finding.standing.as_ref(),
            Self::Drift(drift) => drift.standing.as_ref(),
        }
    }

    /// Whether it is only said that it could not be told.
    pub(super) fn is_unknown(self) -> bool {
        match self {
            Self::Finding(finding) => finding.verdict == Verdict::Unknown,
            Self::Drift(drift) => !drift.is_difference(),
        }
    }

    /// Whether the same speaks for both. It says what equal digests of [`Item::evidence`] would say,
    /// without making them: there may be a hundred thousand.
    pub(super) fn same_evidence(self, other: Self) -> bool {
        fn said(a: (Option<&Message>, &str), b: (Option<&Message>, &str)) -> bool {
            match (a.0, b.0) {
                (Some(a), Some(b)) => a == b,
                // A document of a time without wordings, or an own rule: there is only the text.
                _ => a.1 == b.1,
            }
        }
        match (self, other) {
            (Self::Finding(a), Self::Finding(b)) => {
                a.verdict == b.verdict
                    && said((a.wording.as_ref(), &a.message), (b.wording.as_ref(), &b.message))
            }
            (Self::Drift(a), Self::Drift(b)) => {
                let reason = |d: &'a Drift| d.reason.as_deref().unwrap_or_default();
                let texts = (
                    (a.reason_wording.as_ref(), reason(a)),
                    (b.reason_wording.as_ref(), reason(b)),
                );
                a.kind == b.kind && a.changes == b.changes && said(texts.0, texts.1)
            }
            _ => false,
        }
    }

    pub(super) fn to_item(self) -> Item {
        match self {
            Self::Finding(finding) => Item::Finding(finding.clone()),
            Self::Drift(drift) => Item::Drift(drift.clone()),
        }
    }
}

/// What is known of one fingerprint from the runs before.
pub(super) struct Prior<'a> {
    pub(super) seen: Seen<'a>,
    /// The suppression that took it out.
    pub(super) suppressed: Option<&'a Suppressed>,
    pub(super) first_seen: Timestamp,
    pub(super) last_seen: Timestamp,
    /// Whether any run surely saw it. Of something that was only ever unknown nobody says that it is
    /// gone, and when it is seen, it is new.
    pub(super) sure: bool,
    /// Why it was carried on, if it was.
    pub(super) said: Option<&'a str>,
}

/// The runs before, in the order in which they ended.
pub(super) fn in_order<'a>(document: &Document, before: &'a [Document]) -> Vec<&'a Document> {
    let tracked = |d: &&Document| d.kind == Kind::Audit && d.run.id != document.run.id;
    let mut heads: Vec<_> = before.iter().filter(tracked).collect();
    heads.sort_by(|a, b| (a.run.finished_at, &a.run.id).cmp(&(b.run.finished_at, &b.run.id)));
    heads.dedup_by(|a, b| a.run.id == b.run.id);
    heads
}

/// Everything that is open or suppressed as of these documents. Of several that say otherwise of the
/// same thing: it is open unless one of them, which began after it was last seen, saw it gone.
pub(super) fn known<'a>(heads: &[&'a Document]) -> HashMap<&'a str, Prior<'a>> {
    let mut closed: HashMap<&str, Timestamp> = HashMap::new();
    for head in heads {
        for past in &head.past {
            if past.item.standing().is_some_and(|s| s.status == Status::Resolved) {
                let at =
                    closed.entry(past.item.fingerprint().as_str()).or_insert(head.run.started_at);
                *at = (*at).max(head.run.started_at);
            }
        }
    }
    let sightings: usize =
        heads.iter().map(|h| h.drift.len() + h.findings.len() + h.past.len()).sum();
    let mut known: HashMap<&str, Prior<'_>> = HashMap::with_capacity(sightings);
    for head in heads {
        for prior in sightings_of(head) {
            let fingerprint = prior.seen.fingerprint();
            if closed.get(fingerprint).is_some_and(|began| *began >= prior.last_seen) {
                continue;
            }
            match known.entry(fingerprint) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(prior);
                }
                std::collections::hash_map::Entry::Occupied(mut entry) => {
                    entry.get_mut().merge(prior);
                }
            }
        }
    }
    known
}

fn sightings_of(head: &Document) -> impl Iterator<Item = Prior<'_>> {
    let drift = head.drift.iter().map(|drift| sighting(head, Seen::Drift(drift)));
    let findings = head.findings.iter().map(|finding| sighting(head, Seen::Finding(finding)));
    let suppressed = head.suppressed.iter().map(|suppressed| Prior {
        suppressed: Some(suppressed),
        ..sighting(head, Seen::of(&suppressed.item))
    });
    let carried = head.past.iter().filter_map(|past| {
        let open = past.item.standing()?.status == Status::Unknown;
        // Only what was once seen is carried on.
        let said = Some(past.why_wording.id.as_ref());
        open.then(|| Prior { sure: true, said, ..sighting(head, Seen::of(&past.item)) })
    });
    drift.chain(findings).chain(suppressed).chain(carried)
}

fn sighting<'a>(head: &Document, seen: Seen<'a>) -> Prior<'a> {
    let end = head.run.finished_at;
    let (first_seen, last_seen) =
        seen.standing().map_or((end, end), |s| (s.first_seen, s.last_seen));
    // Of what is unknown, `last_seen` stays at the run that saw it; of what no run ever saw, it goes
    // along with the runs: see `standing` in the module above.
    let sure = !seen.is_unknown() || (seen.standing().is_some() && last_seen != end);
    let last_seen = last_seen.max(first_seen);
    Prior { seen, suppressed: None, first_seen, last_seen, sure, said: None }
}

impl Prior<'_> {
    /// Takes in what another run says of the same: the newer one is right, and both saw it.
    fn merge(&mut self, other: Self) {
        // What surely saw it says more than what could not tell.
        let rank = |of: &Self| (of.sure, of.last_seen, !of.seen.is_unknown());
        let newer = rank(&other) > rank(self);
        let (first_seen, last_seen) = match (self.sure, other.sure) {
            (true, false) => (self.first_seen, self.last_seen),
            (false, true) => (other.first_seen, other.last_seen),
            _ => (self.first_seen.min(other.first_seen), self.last_seen.max(other.last_seen)),
        };
        let sure = self.sure || other.sure;
        if newer {
            *self = other;
        }
        self.first_seen = first_seen;
        self.last_seen = last_seen;
        self.sure = sure;
    }
}
