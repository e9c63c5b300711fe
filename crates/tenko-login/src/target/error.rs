//! Why a selector names nothing, or too much.

use std::collections::BTreeSet;
use std::fmt;

use tenko_core::{Cloud, ScopeKey};

use super::Target;

/// So many candidates are named; of the rest, the number.
const MOST: usize = 10;

/// Why a selector names nothing that can be used. What it quotes is cut, and free of control
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// No environment declares anything that could be logged in to.
    #[error("no environment is declared")]
    NoEnvironments,
    /// No selector was given at all.
    #[error("nothing is selected")]
    Nothing,
    /// The selector cannot be read.
    #[error("`{selector}` is no selector: {reason}")]
    Malformed {
        /// The selector.
        selector: String,
        /// What is wrong with it.
        reason: String,
        /// What to write instead, where that is known.
        meant: Option<String>,
    },
    /// No tenant, environment, account or project has this name.
    #[error("no tenant, environment, account or project is called `{selector}`")]
    Unknown {
        /// The selector.
        selector: String,
        /// At most three that come close, as they can be written.
        meant: Vec<String>,
        /// Whether the names of accounts and projects were known: only a snapshot has them.
        names_known: bool,
    },
    /// A glob, a filter or several terms that hold together nowhere.
    #[error("no environment fits `{selector}`")]
    NoMatch {
        /// The selector.
        selector: String,
        /// At most three selectors that come close and fit something.
        meant: Vec<String>,
    },
    /// Several are named where one is wanted.
    #[error("`{selector}` names {}", several(.candidates))]
    Ambiguous {
        /// The selector.
        selector: String,
        /// All that it names, in the order of the declaration.
        candidates: Vec<Target>,
    },
    /// The account or project serves all tenants.
    #[error("{scope} is shared ({purpose}) and belongs to no environment")]
    Shared {
        /// The account or project.
        scope: ScopeKey,
        /// What the manifest says that it is for.
        purpose: String,
    },
    /// The account or project exists, and the manifest does not name it.
    #[error("{scope} belongs to no environment of the manifest")]
    Undeclared {
        /// The account or project.
        scope: ScopeKey,
    },
    /// What is named is in another cloud only.
    #[error("`{selector}` has nothing in the cloud `{cloud}`")]
    OtherCloud {
        /// The selector.
        selector: String,
        /// The cloud that was asked for.
        cloud: Cloud,
        /// What it names in others.
        candidates: Vec<Target>,
    },
    /// Tags are asked for, and no snapshot has told them.
    #[error("the tags of accounts and projects are not known")]
    NoTags,
}

impl SelectError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoEnvironments => Some(
                "declare tenants with their environments and accounts: `tenko init` writes a first manifest"
                    .to_owned(),
            ),
            Self::Nothing => Some("name what to log in to: `TENANT/ENVIRONMENT`".to_owned()),
            Self::Malformed { meant, .. } => meant.as_ref().map(|m| format!("write `{m}`")),
            Self::Unknown { meant, names_known, .. } => match did_you_mean(meant) {
                None if !names_known => Some(
                    "accounts and projects are known by their names once `tenko collect` has kept a snapshot"
                        .to_owned(),
                ),
                hint => hint,
            },
            Self::NoMatch { meant, .. } => did_you_mean(meant),
            Self::Ambiguous { candidates, .. } => {
                // Not the way into production, where there is another.
                let other = candidates.iter().find(|target| !target.is_production);
                let one = other.or(candidates.first());
                one.map(|one| format!("name one, as `{}`", precise(one, candidates)))
            }
            Self::OtherCloud { candidates, .. } => candidates.first().map(|first| {
                let label = precise(first, candidates);
                format!("`{label}` is in the cloud `{}`", first.scope.cloud)
            }),
            Self::Shared { .. } => Some(
                "logins lead to environments of tenants: list it in the `scopes` of one instead of below `shared`"
                    .to_owned(),
            ),
            Self::Undeclared { .. } => {
                Some("list it in the `scopes` of an environment".to_owned())
            }
            Self::NoTags => {
                Some("`tenko collect` keeps a snapshot, which has them".to_owned())
            }
        }
    }
}

/// The shortest selector that names this one alone among these.
fn precise(target: &Target, among: &[Target]) -> String {
    let label = target.label();
    let alike = among.iter().filter(|other| other.label() == label).count();
    let label = if alike > 1 { format!("{label}/{}", target.scope.id) } else { label };
    shown(&label)
}

fn did_you_mean(meant: &[String]) -> Option<String> {
    let (last, rest) = meant.split_last()?;
    let last = format!("`{last}`");
    if rest.is_empty() {
        return Some(format!("did you mean {last}?"));
    }
    let rest: Vec<_> = rest.iter().map(|word| format!("`{word}`")).collect();
    Some(format!("did you mean {} or {last}?", rest.join(", ")))
}

/// `2 environments: acme/production (aws:333333333301), acme/staging (aws:333333333302)`.
fn several(candidates: &[Target]) -> impl fmt::Display {
    let labels: BTreeSet<_> = candidates.iter().map(Target::label).collect();
    let names: Vec<_> = candidates.iter().take(MOST).map(|t| shown(&t.to_string())).collect();
    let what = match (labels.len(), candidates.len()) {
        (1, all) => format!("{all} accounts and projects"),
        (environments, all) if environments == all => format!("{all} environments"),
        (environments, all) => {
            format!("{all} accounts and projects in {environments} environments")
        }
    };
    let more = match candidates.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{what}: {}{more}", names.join(", "))
}

/// So much of a selector is quoted.
const LONGEST: usize = 80;

/// A text as messages quote it: cut, and without control characters.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == LONGEST {
            out.push('…');
            break;
        }
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}
