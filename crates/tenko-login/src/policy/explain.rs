//! Whether a session may do something, and which statement says so.

use std::fmt;

use serde::Serialize;
use tenko_core::DataLevel;
use tenko_iam::{Caller, Certainty, Effect, Keys, Outcome, Request, Statement, deciding, evaluate};
use thiserror::Error;

use super::{ALWAYS, Deny, LEVELS, OTHER, SessionPolicy};

/// The name of the inline policy in messages.
const INLINE: &str = "session policy";

/// Longer texts are no actions.
const LONGEST_ACTION: usize = 128;

/// What a session policy says to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It lets it pass; the role must allow it too.
    Allow,
    /// It does not.
    Deny,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}

/// Why a session may do something, or may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Whether.
    pub decision: Decision,
    /// Why, in one sentence.
    pub reason: String,
    /// The statement that decides: its name, or, of one without, its place (`statement 2`).
    pub statement: Option<String>,
    /// The policy that it is of: `session policy`, or a managed one's name.
    pub document: Option<String>,
    /// The level of data that would allow it.
    pub level: Option<DataLevel>,
}

/// A text that is no action of IAM.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not an action: write the service and the action, as in \"s3:GetBucketPolicy\"")]
pub struct NotAnAction(
    /// What was given, cut off where it is long.
    pub String,
);

impl SessionPolicy {
    /// Whether a session with this policy may do something, evaluated offline over the very text that is sent and
    /// the managed policies as of their dates.
    ///
    /// `action` is `s3:GetObject`, in any case; with wildcards it means all of those, so that it is only allowed
    /// if all are. `resource` is an ARN, or `*` for all resources. An action that nobody has heard of is evaluated
    /// like any other: what matches its name decides.
    ///
    /// # Errors
    /// If `action` is none.
    pub fn explain(&self, action: &str, resource: &str) -> Result<Explained, NotAnAction> {
        if !is_action(action) {
            return Err(NotAnAction(action.chars().take(LONGEST_ACTION).collect()));
        }
        if action.eq_ignore_ascii_case("sts:GetCallerIdentity") {
            return Ok(Explained {
                decision: Decision::Allow,
                reason: "AWS answers it whatever policies say".to_owned(),
                statement: None,
                document: None,
                level: None,
            });
        }
        let mut explained = self.decide(action, resource);
        if explained.decision == Decision::Deny {
            explained.level = self.level_for(action, resource);
            if let Some(level) = explained.level {
                explained.reason.push_str(&format!(
                    "; --with {level} would allow it, where the environment declares that"
                ));
            }
        }
        Ok(explained)
    }

    /// The single level that would allow it.
    fn level_for(&self, action: &str, resource: &str) -> Option<DataLevel> {
        LEVELS.iter().map(|level| level.level).find(|level| {
            let mut levels = self.levels.clone();
            levels.insert(*level)
                && Self::new(&levels)
                    .is_ok_and(|more| more.decide(action, resource).decision == Decision::Allow)
        })
    }

    fn decide(&self, action: &str, resource: &str) -> Explained {
        let keys = Keys::new();
        let request = Request { caller: Caller::Unknown, action, resource, keys: &keys };
        self.denied(&request).unwrap_or_else(|| self.allowed(&request))
    }

    /// The deny that keeps it out.
    fn denied(&self, request: &Request<'_>) -> Option<Explained> {
        let denies = deciding(&self.read, request).filter(|(s, _)| s.effect == Effect::Deny);
        // One that is about all of it says more than one that is about some.
        let (statement, truth) = denies.max_by_key(|(_, truth)| truth.is_true())?;
        let sid = name(statement);
        let what = if truth.is_true() { "it" } else { "some of these actions" };
        let because = because(&sid).map(|why| format!(": {why}")).unwrap_or_default();
        Some(Explained {
            decision: Decision::Deny,
            reason: format!(
                "{sid} of the {INLINE} denies {what}{because}. No role and no policy of a resource \
                 can add it"
            ),
            statement: Some(sid),
            document: Some(INLINE.to_owned()),
            level: None,
        })
    }

    /// What the managed policies say to what is not denied.
    fn allowed(&self, request: &Request<'_>) -> Explained {
        let documents = || self.documents().map(|(_, document)| document);
        let decided = evaluate(documents(), request);
        let certain = decided.certainty == Certainty::Certain;
        let by = self.documents().find_map(|(document, policy)| {
            let (statement, _) = deciding(policy, request)
                .find(|(s, truth)| s.effect == Effect::Allow && truth.is_true() == certain)?;
            Some((name(statement), document.to_owned()))
        });
        let (decision, reason) = match (decided.outcome, decided.certainty, &by) {
            (Outcome::Allowed, Certainty::Certain, Some((_, document))) => (
                Decision::Allow,
                format!("{document} allows it to the session; the role must allow it too"),
            ),
            (Outcome::Allowed, Certainty::Possible(reasons), Some((_, document))) => {
                let reasons: Vec<_> = reasons.iter().take(3).map(ToString::to_string).collect();
                (
                    Decision::Deny,
                    format!("{document} allows only some of it: {}", reasons.join(", ")),
                )
            }
            _ => (
                Decision::Deny,
                "no policy of the session allows it; only the policy of a resource that names this \
                 very session could"
                    .to_owned(),
            ),
        };
        let (statement, document) = by.unzip();
        Explained { decision, reason, statement, document, level: None }
    }
}

fn name(statement: &Statement) -> String {
    statement.sid.clone().unwrap_or_else(|| format!("statement {}", statement.index + 1))
}

/// Why a statement of the inline policy denies, by its name.
fn because(sid: &str) -> Option<&'static str> {
    let levels = LEVELS.iter().map(|level| &level.deny);
    let all = ALWAYS.iter().chain(levels).chain(std::iter::once(&OTHER));
    all.into_iter().find(|deny: &&Deny| deny.sid == sid).map(|deny| deny.because)
}

/// `service:Name`, where only the name may have wildcards; `*` alone is every action.
fn is_action(text: &str) -> bool {
    let wild = |c: char| c.is_ascii_alphanumeric() || c == '*' || c == '?';
    let service = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let whole = |text: &str| match text.split_once(':') {
        Some((prefix, name)) => service(prefix) && !name.is_empty() && name.chars().all(wild),
        None => text == "*",
    };
    text.len() <= LONGEST_ACTION && whole(text)
}
