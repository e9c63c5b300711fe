//! What the claims of shared issuers tell.
//!
//! Facts: the pages of GitHub, GitLab, HCP Terraform, Buildkite and Google on the claims of their
//! OpenID Connect tokens.

use std::collections::BTreeMap;

use super::condition::{Answer, Condition, Must};
use super::runs::Run;
use super::subjects::Declared;
use crate::sink::{Seen, Unread};
use tenko_iam::Issuer;

/// The claims of an issuer, and the attributes that a provider makes of them.
pub(super) struct Claims<'p> {
    issuer: Issuer,
    mapping: BTreeMap<&'p str, &'p str>,
}

impl<'p> Claims<'p> {
    /// Of a provider.
    ///
    /// # Errors
    /// [`Unread`] where its mapping could not be read.
    pub(super) fn new(issuer: Issuer, provider: &'p Seen<'_>) -> Result<Self, Unread> {
        let mapping = provider.at("attributeMapping")?.and_then(serde_json::Value::as_object);
        let mapping = mapping.into_iter().flatten();
        let mapping = mapping.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
        Ok(Self { issuer, mapping: mapping.collect() })
    }

    /// Whether the claims tell branches or environments.
    pub(super) fn tells_runs(&self) -> bool {
        matches!(self.issuer, Issuer::GitHub | Issuer::GitLab | Issuer::Buildkite)
    }

    /// Whether the claims name repositories.
    pub(super) fn tells_repositories(&self) -> bool {
        matches!(self.issuer, Issuer::GitHub | Issuer::GitLab)
    }

    /// Asks a condition for claims, by their own names.
    pub(super) fn ask(
        &self,
        condition: &Condition<'_>,
        leaf: &dyn Fn(&str, &Must<'_>) -> Answer,
    ) -> Answer {
        condition.asks(&|name, must| match self.claim(name) {
            Some(claim) => leaf(claim, must),
            None => Answer::Undecided,
        })
    }

    /// Whether an identity with this value of a mapped attribute runs for production.
    pub(super) fn of_identity(&self, name: &str, value: &str) -> Answer {
        match self.claim(name) {
            Some(claim) => self.tells_run(claim, &Must::Be(vec![value])),
            None => Answer::Undecided,
        }
    }

    /// The claim that a name stands for: itself, or what an attribute is made of alone.
    fn claim<'n>(&'n self, name: &'n str) -> Option<&'n str> {
        let text = if name.starts_with("assertion.") { name } else { self.mapping.get(name)? };
        let claim = text.trim().strip_prefix("assertion.")?;
        let is_name = claim.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_name && !claim.is_empty()).then_some(claim)
    }

    /// Whether the value of a claim is one owner's only.
    pub(super) fn tells_owner(&self, claim: &str, must: &Must<'_>) -> Answer {
        let names: &[&str] = match self.issuer {
            Issuer::GitHub => &[
                "enterprise",
                "enterprise_id",
                "repository",
                "repository_id",
                "repository_owner",
                "repository_owner_id",
            ],
            Issuer::GitLab => &["namespace_id", "namespace_path", "project_id", "project_path"],
            Issuer::TerraformCloud => &[
                "terraform_organization_id",
                "terraform_organization_name",
                "terraform_project_id",
                "terraform_workspace_id",
            ],
            Issuer::Buildkite => &["organization_id", "organization_slug", "pipeline_id"],
            Issuer::Google => &["email", "hd", "sub"],
            _ => &[],
        };
        // What a text begins with tells the owner only if the owner's name ends in it.
        let whole = |text: &str| match (self.issuer, claim) {
            (Issuer::GitHub | Issuer::GitLab, "sub") => {
                self.path(text).is_some_and(|path| path.contains('/'))
            }
            (Issuer::TerraformCloud | Issuer::Buildkite, "sub") => {
                text.strip_prefix("organization:").is_some_and(|rest| rest.contains(':'))
            }
            (Issuer::GitHub, "repository")
            | (Issuer::GitLab, "namespace_path" | "project_path") => text.contains('/'),
            _ => false,
        };
        match must {
            Must::Be(_) if names.contains(&claim) => Answer::Yes,
            // Which claims a subject is made of, each owner chooses.
            Must::Be(values) if claim == "sub" => values.iter().all(|value| whole(value)).into(),
            Must::Be(_) => Answer::No,
            Must::Begin(text) => whole(text).into(),
        }
    }

    /// The repository, or what is there of it, in a subject: without ids.
    fn path<'v>(&self, subject: &'v str) -> Option<&'v str> {
        let prefix = if self.issuer == Issuer::GitLab { "project_path:" } else { "repo:" };
        let path = subject.strip_prefix(prefix)?;
        path.split(':').next()
    }

    /// Whether the declaration names what a claim lets in.
    pub(super) fn is_declared(&self, claim: &str, must: &Must<'_>, declared: &Declared) -> Answer {
        let owner = |text: &str| {
            let owner = text.split(['/', '@']).next().unwrap_or_default();
            declared.has_owner(owner)
        };
        // `owner@1/name@2`, where the subject is immutable.
        let name = |path: &str| {
            let parts = path.split('/').map(|part| part.split('@').next().unwrap_or_default());
            declared.has(&parts.collect::<Vec<_>>().join("/"))
        };
        match (claim, must) {
            ("repository" | "project_path", Must::Be(values)) => {
                values.iter().all(|value| declared.has(value)).into()
            }
            ("repository_owner" | "namespace_path", Must::Be(values)) => {
                values.iter().all(|value| owner(value)).into()
            }
            ("repository" | "namespace_path" | "project_path", Must::Begin(text)) => {
                owner(text).into()
            }
            ("sub", Must::Be(values)) => {
                values.iter().all(|value| self.path(value).is_some_and(name)).into()
            }
            ("sub", Must::Begin(text)) => self.path(text).is_some_and(owner).into(),
            _ if claim.ends_with("_id") || claim == "enterprise" => Answer::Undecided,
            _ => Answer::No,
        }
    }

    /// Whether the value of a claim is of production's runs only.
    pub(super) fn tells_run(&self, claim: &str, must: &Must<'_>) -> Answer {
        let fine = |text: &str| {
            let run = match (self.issuer, claim) {
                (_, "environment") => Run::Environment(text),
                (Issuer::GitHub, "ref") => Run::Ref(text),
                (Issuer::GitLab, "ref") | (Issuer::Buildkite, "build_branch") => Run::Branch(text),
                (_, "sub") => self.run(text),
                _ => Run::Any,
            };
            run.fault().is_none()
        };
        match (claim, must) {
            ("ref_protected" | "environment_protected", Must::Be(values)) => {
                (*values == ["true"]).into()
            }
            // They name the branch that the workflow's file is of.
            ("job_workflow_ref" | "workflow_ref", Must::Be(_)) => Answer::Yes,
            (_, Must::Be(values)) => values.iter().all(|value| fine(value)).into(),
            (_, Must::Begin(text)) => fine(&format!("{text}*")).into(),
        }
    }

    /// What a subject says of the run.
    fn run<'v>(&self, subject: &'v str) -> Run<'v> {
        let behind = |mark: &str| subject.split_once(mark).map(|(_, run)| run);
        match self.issuer {
            Issuer::GitHub => {
                let rest = subject.strip_prefix("repo:").and_then(|rest| rest.split_once(':'));
                rest.map_or(Run::Any, |(_, run)| Run::read(run))
            }
            Issuer::GitLab => behind(":ref:").map_or(Run::Any, Run::Branch),
            Issuer::Buildkite => {
                let run = behind(":ref:").and_then(|run| run.split(':').next());
                run.map_or(Run::Any, Run::Ref)
            }
            _ => Run::Any,
        }
    }
}
