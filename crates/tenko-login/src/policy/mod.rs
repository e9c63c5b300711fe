//! The policy of a session: looking is allowed, by AWS-managed policies, and what gives something away is denied.
//!
//! A session may do what its role may and what one of its policies allows, unless any of them denies it. The
//! inline policy holds only denies: an allow in it would add to what the managed policies allow. A deny also
//! keeps out what the policy of a resource grants to the session by name, which the lack of an allow does not.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use tenko_core::DataLevel;
use tenko_iam::{Document, managed};
use thiserror::Error;

mod deny;
mod explain;
mod proof;
mod score;
mod shorter;
#[cfg(test)]
mod tests;

pub use explain::{Decision, Explained, NotAnAction};
pub use proof::OfflineProof;
pub use score::page;

use deny::{ALWAYS, Deny, LEVELS, LOOKING, Level, OTHER};

/// What an inline policy and the ARNs of managed ones may have together, in characters. Besides, AWS packs them
/// with the session's tags and has a limit for that, which only its answer tells (`PackedPolicySize`).
const MOST_CHARACTERS: usize = 2_048;

/// How many managed policies a session may have.
const MOST_ARNS: usize = 10;

/// The partition whose ARNs are longest.
const LONGEST_PARTITION: &str = "aws-us-gov";

/// The policy of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPolicy {
    levels: BTreeSet<DataLevel>,
    inline: String,
    managed: Vec<&'static str>,
    /// `inline`, read again: what is explained and proven is the very text that is sent.
    read: Document,
}

/// A session policy that AWS would not take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the session policy has {characters} characters and {arns} managed policies, and AWS takes \
     {MOST_CHARACTERS} and {MOST_ARNS}"
)]
pub struct PolicyTooLarge {
    /// Of the inline policy and the ARNs, in the partition with the longest ones.
    pub characters: usize,
    /// How many managed policies.
    pub arns: usize,
}

impl SessionPolicy {
    /// The policy of a session that may read data of these levels, and else only look.
    ///
    /// # Errors
    /// If AWS would not take it. Every combination of the levels that there are fits.
    pub fn new(levels: &BTreeSet<DataLevel>) -> Result<Self, PolicyTooLarge> {
        let with: Vec<_> = LEVELS.iter().filter(|level| levels.contains(&level.level)).collect();
        let statement = lines(levels);
        let text = Text { version: "2012-10-17", statement };
        let inline = serde_json::to_string(&text).unwrap_or_default();
        let own = with.iter().flat_map(|level| level.managed);
        let managed = LOOKING.iter().chain(own).copied().collect();
        // A text that could not be read would deny nothing, and its proof would fail.
        let read = Document::parse(&Value::String(inline.clone()))
            .unwrap_or(Document { statements: Vec::new() });
        Self { levels: levels.clone(), inline, managed, read }.fitting()
    }

    fn fitting(self) -> Result<Self, PolicyTooLarge> {
        let characters = self.characters(LONGEST_PARTITION);
        let arns = self.managed.len();
        match characters > MOST_CHARACTERS || arns > MOST_ARNS {
            true => Err(PolicyTooLarge { characters, arns }),
            false => Ok(self),
        }
    }

    /// What counts against AWS's limit in a partition.
    fn characters(&self, partition: &str) -> usize {
        let arns = self.arns(partition);
        self.inline.chars().count() + arns.iter().map(|arn| arn.chars().count()).sum::<usize>()
    }

    /// The inline policy, as it is sent.
    pub fn inline(&self) -> &str {
        &self.inline
    }

    /// The AWS-managed policies, by what stands behind `policy/` in their ARNs.
    pub fn managed(&self) -> &[&'static str] {
        &self.managed
    }

    /// The ARNs of the managed policies in a partition: `aws`, `aws-cn`.
    pub fn arns(&self, partition: &str) -> Vec<String> {
        let arn = |name: &&str| format!("arn:{partition}:iam::aws:policy/{name}");
        self.managed.iter().map(arn).collect()
    }

    /// The data that it allows reading.
    pub fn levels(&self) -> &BTreeSet<DataLevel> {
        &self.levels
    }

    /// BLAKE3 of the inline policy and the names of the managed ones, in hexadecimal digits.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.inline.as_bytes());
        for name in &self.managed {
            hasher.update(b"\n").update(name.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Its statements.
    fn lines(&self) -> Vec<Line> {
        lines(&self.levels)
    }

    /// The managed policies' documents. One that is not known allows nothing here, and a test knows all.
    fn documents(&self) -> impl Iterator<Item = (&'static str, &'static Document)> + '_ {
        self.managed.iter().filter_map(|name| Some((*name, managed::document(name)?)))
    }
}

/// The inline policy, its elements in the order in which policies are read.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    version: &'static str,
    statement: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line {
    sid: &'static str,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: &'static str,
}

/// The statements of the inline policy of a session with these levels.
fn lines(levels: &BTreeSet<DataLevel>) -> Vec<Line> {
    let asked = |level: &&Level| levels.contains(&level.level);
    let without = LEVELS.iter().filter(|level| !asked(level)).map(|level| &level.deny);
    let mut lines: Vec<_> = ALWAYS.iter().chain(without).map(|deny| line(deny, &[])).collect();
    let but: Vec<_> = LEVELS.iter().filter(asked).flat_map(|level| level.but).copied().collect();
    lines.push(line(&OTHER, &but));
    lines
}

fn line(deny: &Deny, more: &[&'static str]) -> Line {
    let action = deny.actions.iter().chain(more).copied().collect();
    Line { sid: deny.sid, effect: "Deny", action, resource: "*" }
}
