//! What is known of a session before anybody gets it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a session is taken to be read-only. Kept with the session, and in the access log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// As whom, as the provider itself says: the ARN or the e-mail address. It was compared with the declaration.
    pub identity: String,
    /// What the very policy that was sent allows, evaluated here.
    pub policy: Option<PolicyProof>,
    /// What the provider said when it was asked whether a change would be permitted.
    pub probe: Probe,
}

/// The evaluation of the session policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyProof {
    /// BLAKE3 of the policy that was sent, in hexadecimal digits.
    pub digest: String,
    /// How many actions that expose credentials, open shells, make sessions or read data were evaluated.
    pub checked: usize,
    /// How many of them it allows: of the data that was asked for, and of nothing else.
    pub allowed: usize,
    /// Whether it is the shorter one, since AWS found the whole one too large: it does not keep out what policies of
    /// resources add for this very session.
    pub is_short: bool,
    /// How much of the room for policies and tags of a session is used, in percent, as AWS says.
    pub packed: Option<i32>,
}

/// The outcome of asking the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Probe {
    /// Every change that was asked about would be refused.
    Refused {
        /// What was asked: `ec2:CreateVpc`, or how many permissions.
        asked: String,
    },
    /// A change would have been permitted. Such a session is never handed out.
    Permitted {
        /// What would have been.
        what: String,
    },
    /// It could not be learnt.
    Unproven {
        /// Why.
        reason: String,
    },
}

impl Proof {
    /// Whether the provider itself said that changes are refused.
    pub fn is_proven(&self) -> bool {
        matches!(self.probe, Probe::Refused { .. })
    }
}

/// One line, without who and where.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.probe {
            Probe::Refused { asked } => write!(f, "read-only: {asked} refused")?,
            Probe::Permitted { what } => write!(f, "NOT read-only: {what} permitted")?,
            Probe::Unproven { reason } => write!(f, "not proven: {reason}")?,
        }
        if let Some(policy) = &self.policy {
            let short = if policy.is_short { "shortened " } else { "" };
            let PolicyProof { allowed, checked, .. } = policy;
            write!(f, "; {short}policy: {allowed} of {checked} data and access actions")?;
        }
        Ok(())
    }
}
