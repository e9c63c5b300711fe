//! A session that can look and not touch.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenko_core::DataLevel;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::proof::Proof;
use crate::target::Target;

/// Credentials of a proven read-only session, and what is known of it. Only
/// [`Login::session`](crate::Login::session) makes one.
#[derive(Clone)]
pub struct ReadOnlySession {
    target: Target,
    grant: Grant,
}

/// What was issued, as it is kept in the cache.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) keys: Keys,
    /// The ARN or e-mail address that the provider itself gave for these credentials.
    pub(crate) identity: String,
    pub(crate) partition: String,
    pub(crate) region: Option<String>,
    pub(crate) levels: BTreeSet<DataLevel>,
    /// Who stands behind it, as far as the source of credentials tells.
    pub(crate) who: String,
    pub(crate) ticket: Option<String>,
    pub(crate) proof: Proof,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
}

/// The secrets themselves.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(tag = "cloud", rename_all = "snake_case")]
pub(crate) enum Keys {
    Aws { access_key_id: String, secret_access_key: String, session_token: String },
    Google { access_token: String },
}

/// The secrets of a session, borrowed: whoever copies them out answers for the copy.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Secrets<'a> {
    /// Of an AWS session.
    Aws {
        /// `ASIA...`
        access_key_id: &'a str,
        /// The key itself.
        secret_access_key: &'a str,
        /// The token that goes with it.
        session_token: &'a str,
    },
    /// Of a Google Cloud session.
    Google {
        /// The OAuth 2.0 access token.
        access_token: &'a str,
    },
}

impl fmt::Debug for Secrets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

impl fmt::Debug for ReadOnlySession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOnlySession")
            .field("target", &self.target)
            .field("identity", &self.grant.identity)
            .field("expires", &self.grant.expires)
            .finish_non_exhaustive()
    }
}

impl ReadOnlySession {
    /// For [`Login::session`](crate::Login::session), which has proven it.
    pub(crate) fn new(target: Target, grant: Grant) -> Self {
        Self { target, grant }
    }

    /// What was issued, for the access log.
    pub(crate) fn grant(&self) -> &Grant {
        &self.grant
    }

    /// Where it leads.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// As whom: the ARN of the session, or the service account's e-mail address.
    pub fn identity(&self) -> &str {
        &self.grant.identity
    }

    /// The partition of the account; empty on Google Cloud.
    pub fn partition(&self) -> &str {
        &self.grant.partition
    }

    /// The region that commands use unless told otherwise.
    pub fn region(&self) -> Option<&str> {
        self.grant.region.as_deref()
    }

    /// Which data it may read.
    pub fn levels(&self) -> &BTreeSet<DataLevel> {
        &self.grant.levels
    }

    /// Who stands behind it, as far as the source of credentials tells.
    pub fn who(&self) -> &str {
        &self.grant.who
    }

    /// The ticket that it was asked for with.
    pub fn ticket(&self) -> Option<&str> {
        self.grant.ticket.as_deref()
    }

    /// Why it is taken to be read-only.
    pub fn proof(&self) -> &Proof {
        &self.grant.proof
    }

    /// When it was issued.
    pub fn issued(&self) -> Timestamp {
        self.grant.issued
    }

    /// When it ends.
    pub fn expires(&self) -> Timestamp {
        self.grant.expires
    }

    /// The credentials.
    pub fn secrets(&self) -> Secrets<'_> {
        match &self.grant.keys {
            Keys::Aws { access_key_id, secret_access_key, session_token } => {
                Secrets::Aws { access_key_id, secret_access_key, session_token }
            }
            Keys::Google { access_token } => Secrets::Google { access_token },
        }
    }
}

#[cfg(test)]
impl ReadOnlySession {
    /// A session that nobody issued, for tests of what is done with one.
    pub(crate) fn sample(target: Target, keys: Keys) -> Self {
        let (identity, partition, region) = match &keys {
            Keys::Aws { .. } => {
                let arn = "arn:aws:sts::333333333301:assumed-role/TenkoReadOnly/jo@acme.example";
                (arn, "aws", Some("eu-central-1".to_owned()))
            }
            Keys::Google { .. } => ("tenko-login@acme-prod.iam.gserviceaccount.com", "", None),
        };
        let issued = Timestamp::UNIX_EPOCH;
        let grant = Grant {
            keys,
            identity: identity.to_owned(),
            partition: partition.to_owned(),
            region,
            levels: BTreeSet::new(),
            who: "jo@acme.example".to_owned(),
            ticket: None,
            proof: Proof {
                identity: identity.to_owned(),
                policy: None,
                probe: crate::proof::Probe::Refused { asked: "ec2:CreateVpc".to_owned() },
            },
            issued,
            expires: Timestamp::constant(3_600, 0),
        };
        Self { target, grant }
    }

    /// The same, with other circumstances.
    pub(crate) fn sample_with(mut self, change: impl FnOnce(&mut Grant)) -> Self {
        change(&mut self.grant);
        self
    }
}
