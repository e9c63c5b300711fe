//! The proof: the account's own token asks which permissions it has, and has none that it must not have.
//!
//! The token's scope is read-only, but not every service honours it, and objects of Cloud Storage can be read with it.
//! So neither changes nor credentials nor data may be granted, whatever the scope is. What is granted on a single
//! resource inside the project (a bucket, a secret) does not show in the answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenko_core::BoxFuture;
use tenko_gcp::login::{Issuer, PermissionsError, ReadOnlyToken};

use super::permissions::{ESSENTIAL, Kind, LOOKING, ROLES, forbidden, forbidden_by_name};
use crate::proof::Probe;

/// Most permissions in one question.
const AT_ONCE: usize = 100;
/// Most questions: enough to find some names that Google does not know, and an end where it knows none.
const QUESTIONS: usize = 48;
/// How long all of them may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a project said about the permissions of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoogleProof {
    /// The service account, which the token was asked for by name.
    pub identity: String,
    /// How many permissions were asked for that must not be granted, and answered.
    pub asked: usize,
    /// Those that are granted, though they must not be.
    pub granted: Vec<String>,
    /// Those that could not be asked for: Google refused the question, or did not answer.
    pub unasked: Vec<String>,
    /// Whether it may look at all: it has some of what an account that looks has.
    pub looks: bool,
    /// What ended the questions before all were answered.
    pub failure: Option<String>,
    /// What to do about that.
    pub hint: Option<String>,
}

impl GoogleProof {
    /// Why it proves nothing, if it doesn't.
    pub fn doubt(&self) -> Option<String> {
        if let Some(failure) = &self.failure {
            return Some(failure.clone());
        }
        let essential: Vec<_> =
            self.unasked.iter().filter(|name| ESSENTIAL.contains(&name.as_str())).collect();
        if let Some(first) = essential.first() {
            return Some(format!(
                "Google Cloud did not say whether {first} is granted, nor {} others",
                self.unasked.len() - 1
            ));
        }
        (!self.looks).then(|| {
            format!(
                "{} has none of the permissions that looking takes, so that the answer shows nothing: grant it {}",
                self.identity,
                ROLES.join(" and ")
            )
        })
    }

    /// Whether the session may be handed out.
    pub fn is_proven(&self) -> bool {
        self.granted.is_empty() && self.doubt().is_none()
    }

    /// What is granted, by kind.
    pub fn granted_by_kind(&self) -> BTreeMap<Kind, Vec<&str>> {
        let mut kinds: BTreeMap<Kind, Vec<&str>> = BTreeMap::new();
        for name in &self.granted {
            // What is not on the list was not asked for; if it came from elsewhere, the worst is assumed.
            let kind = forbidden_by_name(name).map_or(Kind::Write, |one| one.kind);
            kinds.entry(kind).or_default().push(name);
        }
        kinds
    }

    /// The same in the form that proofs of all clouds have.
    pub(crate) fn probe(&self) -> Probe {
        if !self.granted.is_empty() {
            return Probe::Permitted { what: listed(&self.granted) };
        }
        match self.doubt() {
            Some(reason) => Probe::Unproven {
                reason: match &self.hint {
                    Some(hint) => format!("{reason}; {hint}"),
                    None => reason,
                },
            },
            None => Probe::Refused { asked: self.asked_text() },
        }
    }

    fn asked_text(&self) -> String {
        let mut text = format!("{} permissions for changes, credentials and data", self.asked);
        if !self.unasked.is_empty() {
            text.push_str(&format!(" ({} more could not be asked for)", self.unasked.len()));
        }
        text
    }
}

/// One line.
impl fmt::Display for GoogleProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.granted.is_empty() {
            return write!(f, "NOT read-only: {} may {}", self.identity, listed(&self.granted));
        }
        match self.doubt() {
            Some(reason) => write!(f, "not proven: {reason}"),
            None => write!(f, "read-only: {} refused", self.asked_text()),
        }
    }
}

/// The first few names, and how many more there are.
pub(super) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(5).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Asks, with the token itself, for everything that must not be granted. Never fails: what could not be learnt is part of
/// the proof.
pub async fn prove(issuer: &Issuer, token: &ReadOnlyToken, project: &str) -> GoogleProof {
    let mut asking = Asking::default();
    // What was learnt before the time was up counts.
    let asked = tokio::time::timeout(
        TIMEOUT,
        asking
            .run(|names| Box::pin(async move { issuer.permissions(token, project, &names).await })),
    );
    if asked.await.is_err() {
        asking.failure = Some((format!("no answer within {} s", TIMEOUT.as_secs()), None));
    }
    asking.proof(token.principal())
}

/// The questions, and what was answered so far.
#[derive(Debug, Default)]
struct Asking {
    answered: BTreeSet<&'static str>,
    granted: BTreeSet<String>,
    failure: Option<(String, Option<String>)>,
}

impl Asking {
    async fn run<'a>(
        &mut self,
        // Boxed: that a future of an async closure may go to other threads cannot be told.
        ask: impl Fn(Vec<&'static str>) -> BoxFuture<'a, Result<Vec<String>, PermissionsError>>,
    ) {
        let all: Vec<&'static str> =
            LOOKING.into_iter().chain(forbidden().map(|one| one.name)).collect();
        let mut groups: VecDeque<Vec<&'static str>> =
            all.chunks(AT_ONCE).map(<[&str]>::to_vec).collect();
        let mut questions = 0;
        while let Some(group) = groups.pop_front() {
            questions += 1;
            if questions > QUESTIONS {
                let text = "Google Cloud refuses too many of the questions";
                self.failure = Some((text.to_owned(), None));
                return;
            }
            match ask(group.clone()).await {
                Ok(granted) => {
                    self.answered.extend(group);
                    self.granted.extend(granted);
                }
                Err(PermissionsError::Invalid { message }) => {
                    groups.extend(smaller(group, &message));
                }
                Err(error) => {
                    self.failure = Some((error.to_string(), error.hint()));
                    return;
                }
            }
        }
    }

    fn proof(self, identity: &str) -> GoogleProof {
        let (asked, unasked): (Vec<_>, Vec<_>) =
            forbidden().map(|one| one.name).partition(|name| self.answered.contains(name));
        let looks = LOOKING.iter().any(|name| self.granted.contains(*name));
        let mut granted = self.granted;
        granted.retain(|name| !LOOKING.contains(&name.as_str()));
        let (failure, hint) = self.failure.unzip();
        GoogleProof {
            identity: identity.to_owned(),
            asked: asked.len(),
            granted: granted.into_iter().collect(),
            unasked: unasked.into_iter().map(str::to_owned).collect(),
            looks,
            failure,
            hint: hint.flatten(),
        }
    }
}

/// What to ask instead of a group in which Google does not know some name: the group without the names that its answer
/// mentions, else its halves. A single one is given up.
fn smaller(group: Vec<&'static str>, message: &str) -> Vec<Vec<&'static str>> {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let words: BTreeSet<&str> = message
        .split(|c| !part_of_name(c))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    let (named, rest): (Vec<_>, Vec<_>) =
        group.iter().copied().partition(|name| words.contains(name));
    if !named.is_empty() {
        return if rest.is_empty() { Vec::new() } else { vec![rest] };
    }
    if group.len() < 2 {
        return Vec::new();
    }
    let (left, right) = group.split_at(group.len() / 2);
    vec![left.to_vec(), right.to_vec()]
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
