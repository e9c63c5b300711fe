//! OpenID Connect providers that roles trust, and what a token of theirs must say.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>.

use super::condition::Conditions;
use super::trust::{Family, Must};

/// Whose tokens a provider's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Issuer {
    /// GitHub Actions.
    GitHub,
    /// GitHub Actions of a GitHub Enterprise Server.
    GitHubServer,
    /// GitLab CI/CD, self-managed too.
    GitLab,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// CircleCI.
    CircleCi,
    /// HCP Terraform, once Terraform Cloud.
    TerraformCloud,
    /// Buildkite.
    Buildkite,
    /// Google accounts.
    Google,
    /// A Kubernetes cluster of Amazon EKS.
    Eks,
    /// Anyone else.
    Other,
}

impl Issuer {
    /// By host and path, without the scheme and in lower case.
    pub fn of(host: &str) -> Self {
        let (name, path) = host.split_once('/').unwrap_or((host, ""));
        match name {
            "token.actions.githubusercontent.com" => Self::GitHub,
            "gitlab.com" => Self::GitLab,
            "api.bitbucket.org" => Self::Bitbucket,
            "oidc.circleci.com" => Self::CircleCi,
            "app.terraform.io" => Self::TerraformCloud,
            "agent.buildkite.com" => Self::Buildkite,
            "accounts.google.com" => Self::Google,
            _ if path == "_services/token" => Self::GitHubServer,
            _ if name.starts_with("oidc.eks.") || name.starts_with("oidc-eks.") => Self::Eks,
            _ if name.starts_with("gitlab.") => Self::GitLab,
            _ => Self::Other,
        }
    }

    /// Whether all customers of the issuer at this host have one issuer, so that only claims tell
    /// them apart.
    pub fn is_shared(self, host: &str) -> bool {
        match self {
            // With a path it is one enterprise's.
            Self::GitHub => !host.contains('/'),
            Self::GitLab => host == "gitlab.com",
            Self::TerraformCloud | Self::Buildkite | Self::Google => true,
            _ => false,
        }
    }
}

/// A provider that a statement of a trust policy names, and the statement's conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oidc<'c> {
    /// Whose tokens.
    pub issuer: Issuer,
    /// The issuer without its scheme, which condition keys begin with:
    /// `token.actions.githubusercontent.com`.
    pub host: String,
    conditions: &'c Conditions,
}

impl<'c> Oidc<'c> {
    /// `provider` is an ARN, an URL or a host; a SAML provider is none.
    pub(super) fn new(provider: &str, conditions: &'c Conditions) -> Option<Self> {
        let host = match provider.strip_prefix("arn:") {
            Some(arn) => arn.split_once(":oidc-provider/")?.1,
            None => provider.strip_prefix("https://").unwrap_or(provider),
        };
        let host = host.trim_end_matches('/').to_lowercase();
        (!host.is_empty()).then(|| Self { issuer: Issuer::of(&host), host, conditions })
    }

    /// The values one of which a claim must have (`sub`, `aud`, `repository`), exact or patterns;
    /// `None` where any value or none will do.
    ///
    /// STS has `aud` and `sub` of every issuer. Since February 2026 it also has, of GitHub,
    /// `actor`, `actor_id`, `enterprise_id`, `environment`, `job_workflow_ref`, `ref`,
    /// `repository`, `repository_id` and `workflow`. A condition on another claim never holds.
    /// <https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/>
    pub fn claim(&self, claim: &str) -> Option<Vec<Must<'c>>> {
        self.conditions.values(Family::Text, &format!("{}:{claim}", self.host))
    }

    /// What runs of GitHub Actions get in, where it is GitHub, of an Enterprise Server too.
    pub fn github(&self) -> Option<super::github::GitHub<'c>> {
        matches!(self.issuer, Issuer::GitHub | Issuer::GitHubServer)
            .then(|| super::github::GitHub::new(self))
    }
}
