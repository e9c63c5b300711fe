//! Which runs of GitHub Actions a trust policy lets in.
//!
//! Facts: <https://docs.github.com/en/actions/reference/security/oidc>.

use std::collections::BTreeSet;

use super::oidc::Oidc;
use super::trust::Must;

/// What is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Any.
    Any,
    /// These.
    To(BTreeSet<String>),
    /// Those with these ids, which GitHub never uses again: of owners, of repositories, or of an
    /// enterprise.
    Ids(BTreeSet<String>),
}

/// Which runs are let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitHub<'c> {
    /// What `sub` must be; `None`: nothing asks for it.
    pub subject: Option<Vec<Must<'c>>>,
    /// Whose repositories: users and organizations by name, as written.
    pub owners: Limit,
    /// Which repositories, as `owner/name`, without the ids of immutable subjects. `Any` is any of
    /// `owners`.
    pub repositories: Limit,
    /// Which runs of these: `ref:refs/heads/main`, `environment:production`, `pull_request`,
    /// `job_workflow_ref:...`, where they are patterns as patterns.
    pub runs: Limit,
}

/// What one subject says.
#[derive(Default)]
struct Subject {
    owner: Option<String>,
    repository: Option<String>,
    owner_id: Option<String>,
    repository_id: Option<String>,
    runs: Option<String>,
}

impl<'c> GitHub<'c> {
    pub(super) fn new(oidc: &Oidc<'c>) -> Self {
        let subject = oidc.claim("sub");
        let subjects: Vec<Subject> = subject.iter().flatten().map(read).collect();
        let claim = |name: &str, part: fn(&str) -> Option<String>| {
            let values = oidc.claim(name)?;
            all(values.iter().map(|must| literal(must.value, must.is_pattern).and_then(part)))
        };
        // A repository's name cannot be told where only its owner is without a wildcard.
        let owner_of_repository = || {
            let values = oidc.claim("repository")?;
            all(values.iter().map(|must| owner(must.value, must.is_pattern)))
        };
        let whole = |text: &str| Some(text.to_owned());
        let of = |part: fn(&Subject) -> Option<String>| all(subjects.iter().map(part));
        let owners = of(|s| s.owner.clone())
            .or_else(owner_of_repository)
            .or_else(|| claim("repository_owner", whole));
        let owner_ids = of(|s| s.owner_id.clone())
            .or_else(|| claim("repository_owner_id", whole))
            .or_else(|| claim("repository_id", whole))
            .or_else(|| of(|s| s.repository_id.clone()))
            .or_else(|| claim("enterprise_id", whole));
        let repositories = of(|s| s.repository.clone()).or_else(|| claim("repository", whole));
        let repository_ids =
            of(|s| s.repository_id.clone()).or_else(|| claim("repository_id", whole));
        let limit = |names: Option<BTreeSet<String>>, ids: Option<BTreeSet<String>>| {
            names.map(Limit::To).or(ids.map(Limit::Ids)).unwrap_or(Limit::Any)
        };
        let runs = of(|s| s.runs.clone()).or_else(|| {
            ["ref", "environment", "job_workflow_ref"].iter().find_map(|name| {
                let values = oidc.claim(name)?;
                let run =
                    |must: &Must<'_>| (must.value != "*").then(|| format!("{name}:{}", must.value));
                all(values.iter().map(run))
            })
        });
        Self {
            owners: limit(owners, owner_ids),
            repositories: limit(repositories, repository_ids),
            runs: limit(runs, None),
            subject,
        }
    }

    /// Whether runs of any branch get in. An environment may be kept to branches, which GitHub
    /// knows and AWS does not.
    pub fn any_ref(&self) -> bool {
        let wide = |run: &String| {
            let wild = run.strip_prefix("ref:").map(|r| r.trim_end_matches(['*', '?']));
            wild.is_some_and(|r| run.len() > r.len() + 4 && "refs/heads/".starts_with(r))
        };
        match &self.runs {
            Limit::Any => true,
            Limit::To(runs) | Limit::Ids(runs) => runs.iter().any(wide),
        }
    }
}

/// All of them, if each is there; `None` of none.
fn all(of: impl Iterator<Item = Option<String>>) -> Option<BTreeSet<String>> {
    let all: BTreeSet<String> = of.collect::<Option<_>>()?;
    (!all.is_empty()).then_some(all)
}

/// What stands before the first wildcard or policy variable.
fn before_wildcard(text: &str, is_pattern: bool) -> &str {
    if !is_pattern {
        return text;
    }
    let variable = text.find("${").unwrap_or(text.len());
    let wildcard = text.find(['*', '?']).unwrap_or(text.len());
    text.get(..variable.min(wildcard)).unwrap_or_default()
}

fn literal(text: &str, is_pattern: bool) -> Option<&str> {
    (before_wildcard(text, is_pattern).len() == text.len()).then_some(text)
}

/// The owner in `owner/name`, or in `owner@id/name@id`: neither `@` nor `/` is in a name.
fn owner(repository: &str, is_pattern: bool) -> Option<String> {
    let known = before_wildcard(repository, is_pattern);
    let (owner, _) = known.split_once(['@', '/'])?;
    (!owner.is_empty()).then(|| owner.to_owned())
}

/// The owner's id in `owner@id/name@id`.
fn owner_id(repository: &str, is_pattern: bool) -> Option<String> {
    let known = before_wildcard(repository, is_pattern);
    let (owner, _) = known.split_once('/')?;
    owner.split_once('@').map(|(_, id)| id.to_owned())
}

/// A subject: pairs of a claim and its value, of which GitHub's customers choose the claims.
/// The usual one is `repo:owner/name:ref:refs/heads/main`.
fn read(must: &Must<'_>) -> Subject {
    let mut subject = Subject::default();
    let mut parts = must.value.split(':').peekable();
    // Behind a wildcard it is not known where a part begins; what must stand there is, though.
    let mut sure = true;
    while let Some(part) = parts.next() {
        let value = parts.peek().copied().unwrap_or_default();
        let pattern = must.is_pattern;
        match part {
            "repo" | "repository" if sure => {
                subject.owner = owner(value, pattern);
                subject.owner_id = owner_id(value, pattern);
                let known = before_wildcard(value, pattern);
                let name = known.split_once('/').map(|(_, name)| name).unwrap_or_default();
                // A name ends at its id, or at the end of the part.
                let ends = known.len() == value.len() || name.contains('@');
                let name = name.split('@').next().unwrap_or_default();
                if let Some(owner) = subject.owner.as_ref().filter(|_| ends && !name.is_empty()) {
                    subject.repository = Some(format!("{owner}/{name}"));
                }
            }
            "repository_owner" if sure => {
                subject.owner = literal(value, pattern).map(str::to_owned)
            }
            "repository_owner_id" if sure => {
                subject.owner_id = literal(value, pattern).map(str::to_owned);
            }
            "repository_id" if sure => {
                subject.repository_id = literal(value, pattern).map(str::to_owned);
            }
            "ref" | "environment" | "job_workflow_ref" if !matches!(value, "" | "*") => {
                subject.runs = Some(format!("{part}:{value}"));
            }
            "pull_request" => subject.runs = Some("pull_request".to_owned()),
            _ => {
                sure = sure && literal(part, pattern).is_some();
                continue;
            }
        }
        if part != "pull_request" {
            parts.next();
            sure = sure && literal(value, pattern).is_some();
        }
    }
    subject
}
