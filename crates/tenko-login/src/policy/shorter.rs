//! What is left to do when AWS finds the whole policy too large.
//!
//! AWS packs the policy, the ARNs and the session's tags and has a limit for that which it does not publish; only its
//! answer tells. Then a shorter policy is sent: of the data other than objects, only the denials that take back what the
//! managed policies of the session allow. What the session may do by its own policies is the same. What is gone guards
//! against the policy of a table, stream or log group that names the session, and against what AWS might add to its
//! managed policies.

use tenko_core::Pattern;
use tenko_iam::Outcome;
use tenko_iam::access;

use super::deny::ALWAYS;
use super::proof::outcome;
use super::{Document, SessionPolicy, Text};

/// Policies of buckets name sessions more often than any others do.
const OBJECTS: &str = "NoObjects";

impl SessionPolicy {
    /// The shorter one; `None` where nothing can be left out. Its proof must be looked at as that of any other.
    pub fn shorter(&self) -> Option<Self> {
        let managed = || self.documents().map(|(_, document)| document);
        let taken_back: Vec<&str> = access::actions()
            .iter()
            .filter(|action| !self.may_allow(action.name))
            .filter(|action| outcome(managed(), action.name) == Outcome::Allowed)
            .map(|action| action.name)
            .collect();
        let is_needed = |pattern: &str| {
            // Actions are named in any case.
            let pattern = Pattern::new(Some(&pattern.to_ascii_lowercase()));
            taken_back.iter().any(|action| pattern.matches(&action.to_ascii_lowercase()))
        };
        let mut statement = self.lines();
        let before: usize = statement.iter().map(|line| line.action.len()).sum();
        let is_whole = |sid: &str| sid == OBJECTS || ALWAYS.iter().any(|deny| deny.sid == sid);
        for line in statement.iter_mut().filter(|line| !is_whole(line.sid)) {
            line.action.retain(|pattern| is_needed(pattern));
        }
        statement.retain(|line| !line.action.is_empty());
        let after: usize = statement.iter().map(|line| line.action.len()).sum();
        if after == before || statement.is_empty() {
            return None;
        }
        let text = Text { version: "2012-10-17", statement };
        let inline = serde_json::to_string(&text).ok()?;
        let read = Document::parse(&serde_json::Value::String(inline.clone())).ok()?;
        Some(Self { inline, read, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tenko_core::DataLevel;

    use super::*;

    #[test]
    fn it_allows_the_same() {
        for levels in [BTreeSet::new(), DataLevel::ALL.into(), [DataLevel::Logs].into()] {
            let whole = SessionPolicy::new(&levels).unwrap();
            let shorter = whole.shorter().unwrap();
            assert!(
                shorter.inline().len() < whole.inline().len() * 19 / 20,
                "{}",
                shorter.inline()
            );
            assert!(
                shorter.inline().contains("\"Deny\"") && !shorter.inline().contains("\"Allow\"")
            );
            for action in access::actions() {
                assert_eq!(
                    shorter.may_allow(action.name),
                    whole.may_allow(action.name),
                    "{}",
                    action.name
                );
            }
            assert_eq!(shorter.proof().violations, Vec::<String>::new());
            assert_ne!(shorter.digest(), whole.digest());
        }
    }
}
