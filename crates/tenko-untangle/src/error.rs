//! Why no plan can be made.

use std::fmt;

use ipnet::Ipv4Net;
use tenko_core::ScopeKey;

/// Why no plan can be made. An account that did not answer is no error: the plan says so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UntangleError {
    /// The snapshot has no such account or project.
    UnknownScope {
        /// What was asked for.
        scope: ScopeKey,
    },
    /// It is a folder or an organization: resources live in accounts and projects.
    NoAccount {
        /// What was asked for.
        scope: ScopeKey,
    },
    /// The range that new networks are to be taken from is not private.
    NotPrivate {
        /// The range.
        network: Ipv4Net,
    },
    /// There is no room for all new networks.
    NoRoom {
        /// The owner whose network does not fit.
        group: String,
        /// The size that it needs, as a prefix length.
        prefix: u8,
        /// Where room was looked for.
        pools: Vec<Ipv4Net>,
    },
}

impl fmt::Display for UntangleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownScope { scope } => {
                write!(f, "the snapshot has no account or project {}", scope.id)
            }
            Self::NoAccount { scope } => {
                write!(f, "{} is no account and no project: nothing lives in it directly", scope.id)
            }
            Self::NotPrivate { network } => {
                write!(f, "{network} is not within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
            }
            Self::NoRoom { group, prefix, pools } => {
                let pools: Vec<_> = pools.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "there is no room for a network of /{prefix} for {group} in {}",
                    pools.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for UntangleError {}
