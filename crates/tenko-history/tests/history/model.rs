//! What statuses should be, computed plainly: every run's whole state is kept in memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tenko_core::{Item, Status};
use tenko_report::Document;

use crate::worlds::{Input, about};

type Of = (usize, usize);

/// How one thing stands after a run.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    first: Timestamp,
    last: Timestamp,
    /// `None`: the last that is known of it is that it could not be told.
    evidence: Option<u32>,
    /// Whether any run saw it.
    sure: bool,
}

#[derive(Clone, Debug, Default)]
struct State {
    input: Input,
    open: BTreeMap<Of, Held>,
    resolved: Vec<Of>,
}

/// All runs that were recorded.
#[derive(Debug, Default)]
pub(crate) struct Model {
    runs: BTreeMap<String, State>,
}

/// What is said of one thing: its status, since when it is there, and until when it was seen.
pub(crate) type Said = BTreeMap<Of, (Status, Timestamp, Timestamp)>;

impl Model {
    pub(crate) fn has(&self, run: &str) -> bool {
        self.runs.contains_key(run)
    }

    /// What the run should say, compared with these runs.
    pub(crate) fn record(&mut self, input: &Input, parents: &[String]) -> Said {
        let before = self.merged(parents);
        let seen = input.seen();
        let mut said = Said::new();
        let mut state = State { input: input.clone(), ..State::default() };
        for (of, evidence) in &seen {
            let held = before.get(of).filter(|held| held.sure);
            let (status, held) = match (evidence, held) {
                (Some(_), None) => {
                    let now = input.finished;
                    (Status::New, Held { first: now, last: now, evidence: *evidence, sure: true })
                }
                (Some(_), Some(held)) => {
                    let same = held.evidence == *evidence;
                    let status = if same { Status::Unchanged } else { Status::Changed };
                    let (first, last) = (held.first, input.finished.max(held.last));
                    (status, Held { first, last, evidence: *evidence, sure: true })
                }
                (None, Some(held)) => (Status::Unknown, Held { evidence: None, ..held.clone() }),
                (None, None) => {
                    let first = before.get(of).map_or(input.finished, |held| held.first);
                    let held = Held { first, last: input.finished, evidence: None, sure: false };
                    (Status::Unknown, held)
                }
            };
            said.insert(*of, (status, held.first, held.last));
            state.open.insert(*of, held);
        }
        for (of, held) in before {
            if seen.contains_key(&of) || !held.sure {
                continue;
            }
            // The rule is one for all: where it could not tell of one bucket, it tells of none there.
            let unclear =
                seen.iter().any(|(other, evidence)| other.0 == of.0 && evidence.is_none());
            if input.is_whole() && !unclear && input.started >= held.last {
                said.insert(of, (Status::Resolved, held.first, held.last));
                state.resolved.push(of);
            } else {
                said.insert(of, (Status::Unknown, held.first, held.last));
                state.open.insert(of, held);
            }
        }
        self.runs.insert(input.id.clone(), state);
        said
    }

    /// What is open as of all of these runs.
    fn merged(&self, parents: &[String]) -> BTreeMap<Of, Held> {
        let parents: Vec<_> = parents.iter().map(|run| &self.runs[run]).collect();
        let mut merged: BTreeMap<Of, Held> = BTreeMap::new();
        for parent in &parents {
            for (of, held) in &parent.open {
                let gone =
                    parents.iter().any(|p| p.resolved.contains(of) && p.input.started >= held.last);
                if gone {
                    continue;
                }
                let Some(other) = merged.get_mut(of) else {
                    merged.insert(*of, held.clone());
                    continue;
                };
                let (first, last) = match (other.sure, held.sure) {
                    (true, false) => (other.first, other.last),
                    (false, true) => (held.first, held.last),
                    _ => (other.first.min(held.first), other.last.max(held.last)),
                };
                let rank = |of: &Held| (of.sure, of.last, of.evidence.is_some());
                if rank(held) > rank(other) {
                    *other = held.clone();
                }
                (other.first, other.last) = (first, last);
            }
        }
        merged
    }
}

/// What a document says.
pub(crate) fn said(document: &Document) -> Said {
    let mut said = Said::new();
    let findings = document.findings.iter().map(|f| (f.resource.as_ref(), f.standing.as_ref()));
    let past = document.past.iter().map(|p| (p.item.resource(), p.item.standing()));
    for (resource, standing) in findings.chain(past) {
        let standing = standing.unwrap();
        let says = (standing.status, standing.first_seen, standing.last_seen);
        assert!(standing.first_seen <= standing.last_seen, "{says:?}");
        assert_eq!(said.insert(about(resource), says), None, "once: {resource:?}");
    }
    for past in &document.past {
        assert!(matches!(past.item, Item::Finding(_)));
        assert!(!past.why.is_empty());
    }
    said
}
