//! Why a sign-in at IAM Identity Center did not work, and what to do next.

use std::io;
use std::path::PathBuf;

/// Why there is no valid token for a start page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SsoError {
    /// What was configured cannot be an Identity Center's.
    #[error("{what} is not {expected}: {value}")]
    Malformed {
        /// `start URL` or `region`.
        what: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        value: String,
    },
    /// The home folder is not known, so neither is the place of the token.
    #[error("the home folder is not known: HOME is not set")]
    NoHome,
    /// Somebody has to sign in, and nobody is there.
    #[error("signing in at {start_url} takes a person, and there is no terminal")]
    Nobody {
        /// The start page.
        start_url: String,
    },
    /// A person is there and could not be brought to the page.
    #[error("signing in at {start_url} takes a browser, and none could be opened")]
    NoBrowser {
        /// The start page.
        start_url: String,
    },
    /// The person, or an administrator's rule, said no.
    #[error("the sign-in at {start_url} was refused{}", because(.reason))]
    Denied {
        /// The start page.
        start_url: String,
        /// What the service says of it, if anything.
        reason: String,
    },
    /// Nobody finished the sign-in in time.
    #[error("the sign-in at {start_url} was not finished within {minutes} minutes")]
    TooLong {
        /// The start page.
        start_url: String,
        /// How long was waited, rounded up.
        minutes: u64,
    },
    /// Identity Center does not know this start URL in this region.
    #[error("IAM Identity Center in {region} does not accept the start URL {start_url}{}", because(.reason))]
    WrongPortal {
        /// The start page.
        start_url: String,
        /// The region that was asked.
        region: String,
        /// What the service says of it, if anything.
        reason: String,
    },
    /// The service did not answer.
    #[error("{host} cannot be reached{}", because(.reason))]
    Unreachable {
        /// The service's host.
        host: String,
        /// Why, as far as it is known.
        reason: String,
    },
    /// The service said something else than yes.
    #[error("{call} failed: {code}{}", because(.reason))]
    Refused {
        /// The operation.
        call: &'static str,
        /// The service's word for it.
        code: String,
        /// What the service says of it, if anything.
        reason: String,
    },
    /// The service's answer lacks what it must hold.
    #[error("{call} gave an answer that cannot be used: {what}")]
    BadAnswer {
        /// The operation.
        call: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Another process is at it and does not finish.
    #[error(
        "another sign-in at {start_url} is under way and did not finish within {seconds} seconds"
    )]
    Busy {
        /// The start page.
        start_url: String,
        /// How long was waited.
        seconds: u64,
    },
    /// Another process' sign-in, which this one waited for, failed.
    #[error("the sign-in at {start_url} in another process, which this one waited for, failed")]
    FailedElsewhere {
        /// The start page.
        start_url: String,
    },
    /// The shared folder of tokens cannot be used.
    #[error("cannot {what} {}", .path.display())]
    Storage {
        /// `read`, `write`, `lock`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl SsoError {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Malformed { .. } => {
                "the start URL is on the Identity Center's dashboard, e.g. https://acme.awsapps.com/start; the region is the one that it was set up in".to_owned()
            }
            Self::NoHome => "set HOME: the token is shared with the AWS CLI in ~/.aws/sso/cache".to_owned(),
            Self::Nobody { .. } => {
                "sign in once at a terminal with `tenko login` (or `aws sso login`); the token is then used here until it expires".to_owned()
            }
            Self::NoBrowser { .. } => {
                "run it at a terminal, which shows an address and a code for a browser on any device".to_owned()
            }
            Self::Denied { .. } => {
                "sign in again and choose to allow access; if you did, ask the Identity Center's administrator".to_owned()
            }
            Self::TooLong { .. } => "sign in again".to_owned(),
            Self::WrongPortal { region, .. } => format!(
                "check the start URL, and that the Identity Center was set up in {region}: other regions do not know it"
            ),
            Self::Unreachable { host, .. } => format!(
                "check the network and the proxy; {host} comes from the configured region, so check that too"
            ),
            Self::Refused { .. } | Self::BadAnswer { .. } => {
                "sign in again; if it goes on, check the start URL and the region".to_owned()
            }
            Self::Busy { .. } => "finish the other sign-in in the browser, or stop that command".to_owned(),
            Self::FailedElsewhere { .. } => "sign in again".to_owned(),
            Self::Storage { .. } => {
                "the folder ~/.aws/sso/cache must belong to you and be writable: the AWS tools keep the token there".to_owned()
            }
        }
    }
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}
