//! Scopes: an organization, its folders (organizational units), accounts and projects, as a tree.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::names::{Cloud, ScopeId};

/// What kind of node a scope is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScopeKind {
    /// The whole organization.
    Organization,
    /// A root or an organizational unit (AWS), a folder (Google Cloud).
    Folder,
    /// An AWS account.
    Account,
    /// A Google Cloud project.
    Project,
}

impl ScopeKind {
    /// Whether resources live directly in a scope of this kind.
    pub fn holds_resources(self) -> bool {
        matches!(self, Self::Account | Self::Project)
    }
}

/// Where a scope is in its life. Only an active one is collected.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScopeStatus {
    /// In use.
    Active,
    /// Being made; not yet usable.
    PendingActivation,
    /// Suspended by the provider or the organization.
    Suspended,
    /// On the way to being closed.
    PendingClosure,
    /// Closed, still listed.
    Closed,
    /// The provider did not say, or said something this version does not know.
    Unknown,
}

impl fmt::Display for ScopeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Active => "active",
            Self::PendingActivation => "pending activation",
            Self::Suspended => "suspended",
            Self::PendingClosure => "pending closure",
            Self::Closed => "closed",
            Self::Unknown => "status unknown",
        })
    }
}

/// A scope's identity across clouds. In text: `aws:111111111111`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct ScopeKey {
    /// The cloud that the scope belongs to.
    pub cloud: Cloud,
    /// Its native id.
    pub id: ScopeId,
}

impl ScopeKey {
    /// A key from its parts.
    pub fn new(cloud: Cloud, id: impl Into<ScopeId>) -> Self {
        Self { cloud, id: id.into() }
    }
}

impl fmt::Display for ScopeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.cloud, self.id)
    }
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// The cloud.
    pub cloud: Cloud,
    /// The native id, unique within the cloud.
    pub id: ScopeId,
    /// What it is.
    pub kind: ScopeKind,
    /// The scope above it, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ScopeId>,
    /// The name that people use; may be empty.
    pub name: String,
    /// Its status.
    pub status: ScopeStatus,
    /// Whether it is the organization's management account, which policies of the organization
    /// do not restrain.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub management: bool,
    /// Its own tags or labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

impl Scope {
    /// The identity.
    pub fn key(&self) -> ScopeKey {
        ScopeKey { cloud: self.cloud.clone(), id: self.id.clone() }
    }

    /// Whether its resources can be collected: an account or project that is active, or whose
    /// status could not be learnt.
    pub fn is_collectable(&self) -> bool {
        self.kind.holds_resources()
            && matches!(self.status, ScopeStatus::Active | ScopeStatus::Unknown)
    }
}

/// All scopes of a run. A scope whose parent is unknown, or whose parents form a ring, is a root,
/// so that every scope is reached exactly once whatever the provider answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ScopeTree(Vec<Scope>);

impl ScopeTree {
    /// A tree of these scopes; a scope that is named twice keeps its first form.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut seen = BTreeSet::new();
        let mut scopes: Vec<_> = scopes.into_iter().filter(|s| seen.insert(s.key())).collect();
        scopes.sort_by(|a, b| (&a.cloud, &a.kind, &a.id).cmp(&(&b.cloud, &b.kind, &b.id)));
        Self(scopes)
    }

    /// All scopes: sorted by cloud, kind and id.
    pub fn iter(&self) -> std::slice::Iter<'_, Scope> {
        self.0.iter()
    }

    /// How many scopes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scope with this key.
    pub fn get(&self, key: &ScopeKey) -> Option<&Scope> {
        self.0.iter().find(|s| s.id == key.id && s.cloud == key.cloud)
    }

    /// Accounts and projects.
    pub fn accounts(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter().filter(|s| s.kind.holds_resources())
    }

    /// Every scope with its depth, parents before children, children by kind (folders first),
    /// name and id.
    pub fn walk(&self) -> Vec<(usize, &Scope)> {
        let known: HashMap<_, _> = self.0.iter().map(|s| (s.key(), s)).collect();
        let mut children: HashMap<ScopeKey, Vec<&Scope>> = HashMap::new();
        let mut roots = Vec::new();
        for scope in &self.0 {
            let parent =
                scope.parent.as_ref().map(|id| ScopeKey::new(scope.cloud.clone(), id.clone()));
            match parent {
                Some(parent) if known.contains_key(&parent) => {
                    children.entry(parent).or_default().push(scope);
                }
                _ => roots.push(scope),
            }
        }
        let mut out = Vec::with_capacity(self.0.len());
        let mut seen = BTreeSet::new();
        sort_siblings(&mut roots);
        // Whatever the roots do not reach hangs in a ring: each ring gets its first scope as root.
        for root in roots.into_iter().chain(&self.0) {
            let mut stack = vec![(0, root)];
            while let Some((depth, scope)) = stack.pop() {
                if !seen.insert(scope.key()) {
                    continue;
                }
                out.push((depth, scope));
                let mut below = children.get(&scope.key()).cloned().unwrap_or_default();
                sort_siblings(&mut below);
                stack.extend(below.into_iter().rev().map(|child| (depth + 1, child)));
            }
        }
        out
    }

    /// The names from the organization down to this scope, for people: `Root/Workloads/acme-prod`.
    pub fn path_of(&self, key: &ScopeKey) -> Vec<&Scope> {
        let mut path = Vec::new();
        let mut next = self.get(key);
        while let Some(scope) = next {
            if path.iter().any(|s: &&Scope| s.id == scope.id) {
                break;
            }
            path.push(scope);
            next = scope
                .parent
                .as_ref()
                .and_then(|id| self.get(&ScopeKey::new(scope.cloud.clone(), id.clone())));
        }
        path.reverse();
        path
    }
}

fn sort_siblings(scopes: &mut [&Scope]) {
    scopes.sort_by(|a, b| {
        (&a.cloud, a.kind, &a.name, &a.id).cmp(&(&b.cloud, b.kind, &b.name, &b.id))
    });
}

impl FromIterator<Scope> for ScopeTree {
    fn from_iter<I: IntoIterator<Item = Scope>>(iter: I) -> Self {
        Self::new(iter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(id: &str, kind: ScopeKind, parent: Option<&str>) -> Scope {
        Scope {
            cloud: Cloud::aws(),
            id: id.into(),
            kind,
            parent: parent.map(Into::into),
            name: id.to_owned(),
            status: ScopeStatus::Active,
            management: false,
            tags: BTreeMap::new(),
        }
    }

    #[test]
    fn walk_reaches_every_scope_once_even_in_a_ring() {
        let tree = ScopeTree::new([
            scope("2", ScopeKind::Account, Some("ou-a")),
            scope("o", ScopeKind::Organization, None),
            scope("ou-a", ScopeKind::Folder, Some("o")),
            scope("ring-1", ScopeKind::Folder, Some("ring-2")),
            scope("ring-2", ScopeKind::Folder, Some("ring-1")),
            scope("orphan", ScopeKind::Account, Some("gone")),
        ]);
        let ids: Vec<_> = tree.walk().iter().map(|(d, s)| (*d, s.id.to_string())).collect();
        let expected =
            [(0, "o"), (1, "ou-a"), (2, "2"), (0, "orphan"), (0, "ring-1"), (1, "ring-2")];
        assert_eq!(ids, expected.map(|(d, s)| (d, s.to_owned())));
        let key = ScopeKey::new(Cloud::aws(), "2");
        assert_eq!(tree.path_of(&key).len(), 3);
    }
}
