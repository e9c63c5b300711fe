//! The evaluation of a session policy over every action that gives something away.

use tenko_core::DataLevel;
use tenko_iam::access::{self, Action, Kind};
use tenko_iam::{Caller, Document, Keys, Outcome, Request, evaluate};

use super::SessionPolicy;

/// What a session policy allows of all that gives something away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfflineProof {
    /// How many actions were evaluated: every one of `tenko_iam::access`.
    pub checked: usize,
    /// How many of them it denies by a statement of its own, so that nothing can add them. The others it does not
    /// allow.
    pub denied: usize,
    /// How many it allows of the data that was asked for.
    pub allowed_data: usize,
    /// What it allows and must not, in words: `sts:AssumeRole, which makes another session`. A session with one is
    /// never asked for.
    pub violations: Vec<String>,
}

impl SessionPolicy {
    /// Evaluates the very text that is sent, with the managed policies as of their dates. What is only possibly
    /// allowed counts as allowed.
    pub fn proof(&self) -> OfflineProof {
        let mut proof = OfflineProof::default();
        for action in access::actions() {
            proof.checked += 1;
            match self.outcome(action.name) {
                Outcome::Denied => proof.denied += 1,
                Outcome::NotAllowed => {}
                Outcome::Allowed if self.may_read(action) => proof.allowed_data += 1,
                Outcome::Allowed => {
                    proof.violations.push(format!("{}, which {}", action.name, gives(action.kind)));
                }
            }
        }
        // Without its documents a policy would seem to allow nothing at all.
        let unknown = self.managed().len() - self.documents().count();
        if unknown > 0 {
            proof.violations.push(format!("what {unknown} of its managed policies allow"));
        }
        proof
    }

    fn may_read(&self, action: &Action) -> bool {
        matches!(action.kind, Kind::Data(Some(level)) if self.levels().contains(&level))
    }

    /// Whether it allows an action on some resource, under conditions or not: what cannot be ruled out is allowed.
    /// An action with wildcards stands for all of those that it matches.
    pub fn may_allow(&self, action: &str) -> bool {
        self.outcome(action) == Outcome::Allowed
    }

    /// What it says to an action on any resource.
    pub(super) fn outcome(&self, action: &str) -> Outcome {
        // Most is denied by the short document.
        match outcome([&self.read], action) {
            Outcome::Denied => Outcome::Denied,
            _ => {
                let managed = self.documents().map(|(_, document)| document);
                outcome(managed.chain(std::iter::once(&self.read)), action)
            }
        }
    }
}

/// What policies say to an action on any resource.
pub(super) fn outcome<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
    action: &str,
) -> Outcome {
    let keys = Keys::new();
    let request = Request { caller: Caller::Unknown, action, resource: "*", keys: &keys };
    evaluate(documents, &request).outcome
}

/// What an action of a kind does.
pub(super) fn gives(kind: Kind) -> String {
    match kind {
        Kind::Credential => "gives out credentials".to_owned(),
        Kind::Shell => "opens a shell or runs code".to_owned(),
        Kind::Chain => "makes another session".to_owned(),
        Kind::Data(Some(level)) => format!("reads data of the level \"{level}\""),
        Kind::Data(None) => "reads other data".to_owned(),
    }
}

/// What all of a level's actions are.
pub(super) fn of_level(level: DataLevel) -> impl Iterator<Item = &'static Action> {
    access::actions().iter().filter(move |action| action.kind == Kind::Data(Some(level)))
}
