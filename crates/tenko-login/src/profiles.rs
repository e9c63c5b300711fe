//! Profiles for the AWS CLI and the SDKs: a block in `~/.aws/config` that tenko manages.
//!
//! Each profile has a `credential_process`, so that `aws --profile acme/production` gets a read-only
//! session without anything secret on disk. Only what is between the markers is ever changed.

mod edit;
mod file;
mod quote;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tenko_core::{Cloud, ScopeKey};

use crate::target::Target;

pub use edit::Plan;
pub use file::{Outcome, remove, write};
pub use quote::Platform;

/// What AWS's SDKs take in a profile's name, without the `/` that separates ours and the `%` that
/// stands for everything else. Source: the identifiers of the Rust and Java SDKs' parsers,
/// `[A-Za-z0-9_\-/.%@:+]`; botocore takes more.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.').remove(b'@').remove(b':').remove(b'+');

/// Why the file stays as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfilesError {
    /// The markers are not one beginning and one end after it.
    #[error("line {line}: {reason}")]
    Markers {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: &'static str,
    },
    /// A path cannot stand in the file.
    #[error("`{}` cannot be written into the file: {reason}", path.escape_debug())]
    Path {
        /// The path, or the selector.
        path: String,
        /// Why not.
        reason: &'static str,
    },
    /// The file is no file, or no configuration.
    #[error("{} {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Something could not be read or written.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// `read`, `write` and the like.
        what: &'static str,
        /// What.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl ProfilesError {
    /// What to do next.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Markers { .. } => {
                "mend the lines `# BEGIN tenko` and `# END tenko` by hand, or delete them and \
                 what is between them"
            }
            Self::Path { .. } => "move the program or the manifest to a folder with a plainer name",
            Self::File { .. } => "name another file with AWS_CONFIG_FILE",
            Self::Io { .. } => return None,
        })
    }
}

/// One profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// `acme/production`, or `acme/production/333333333301` where there are several accounts.
    /// Characters that a profile's name cannot have are written as `%20`.
    pub name: String,
    /// What `tenko credentials` is asked for.
    pub selector: String,
    /// The region that its commands use.
    pub region: Option<String>,
}

/// What every profile's `credential_process` calls.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// tenko itself, absolute.
    pub tenko: &'a Path,
    /// The manifest, absolute.
    pub manifest: &'a Path,
    /// Whose shell reads the line; [`Platform::HERE`] but in tests.
    pub platform: Platform,
}

/// A profile for every AWS account of these targets, in their order.
pub fn of<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Vec<Profile> {
    let targets: Vec<&Target> = targets.into_iter().collect();
    let mut scopes: BTreeMap<(&str, &str), BTreeSet<&ScopeKey>> = BTreeMap::new();
    for target in &targets {
        scopes.entry((&target.tenant, &target.environment)).or_default().insert(&target.scope);
    }
    let aws = Cloud::aws();
    let mut seen = BTreeSet::new();
    let mut profiles = Vec::new();
    for target in targets.into_iter().filter(|target| target.scope.cloud == aws) {
        let Some(all) = scopes.get(&(target.tenant.as_str(), target.environment.as_str())) else {
            continue;
        };
        let account = target.scope.id.as_str();
        let mut parts = vec![target.tenant.as_str(), target.environment.as_str()];
        let mut selector = target.label();
        // A project of Google Cloud makes the selector ambiguous, and the profile's name not.
        if all.len() > 1 {
            selector = format!("{selector}/{account}");
        }
        if all.iter().filter(|scope| scope.cloud == aws).count() > 1 {
            parts.push(account);
        }
        if !parts.iter().all(|part| is_plain(part)) {
            selector = target.scope.to_string();
        }
        let escaped = |part: &&str| utf8_percent_encode(part, ESCAPED).to_string();
        let name = parts.iter().map(escaped).collect::<Vec<_>>().join("/");
        if seen.insert(name.clone()) {
            profiles.push(Profile { name, selector, region: target.region.clone() });
        }
    }
    profiles
}

/// Whether a name means itself in a selector and on a command line.
fn is_plain(name: &str) -> bool {
    let fits = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    name.starts_with(|char: char| char.is_ascii_alphanumeric()) && name.chars().all(fits)
}

/// Which of these profiles the shared credentials file (`~/.aws/credentials`) has too: its keys would
/// be used instead of the session.
pub fn shadowed(credentials: &[u8], profiles: &[Profile]) -> Vec<String> {
    let names: BTreeSet<String> = edit::sections(credentials).collect();
    profiles
        .iter()
        .map(|profile| &profile.name)
        .filter(|name| names.contains(*name))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests;
