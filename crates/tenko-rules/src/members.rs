//! Members of Google Cloud's IAM policies, and whose projects they are of.
//!
//! Facts: <https://cloud.google.com/iam/docs/principal-identifiers>,
//! <https://cloud.google.com/iam/docs/service-account-types>,
//! <https://cloud.google.com/iam/docs/service-agents>.

use std::collections::HashMap;

use tenko_core::{Cloud, Message, ScopeKey, msg};

use crate::context::Context;
use crate::sink::{Seen, Unread};

/// Projects, with their IAM policies and their numbers.
pub(crate) const PROJECT: &str = "cloudresourcemanager.googleapis.com/Project";
/// Service accounts, with their IAM policies.
pub(crate) const SERVICE_ACCOUNT: &str = "iam.googleapis.com/ServiceAccount";

/// How an identity names its project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// By id.
    Id(String),
    /// By number.
    Number(String),
}

/// Who a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// `allUsers`, `allAuthenticatedUsers`.
    Anyone,
    /// A service account, all of those of a project, a Kubernetes workload, or identities of a
    /// workload identity pool.
    Of(Home),
    /// A service agent: an account of Google's own, with which a service does its work.
    Agent,
    /// It looks like a service agent, and is none of those that are known.
    PerhapsAgent,
    /// A person, a group, a domain, or anything else.
    Other,
}

/// Projects of Google whose accounts are service agents, beside those that begin with `gcp-sa-`.
const AGENTS: [&str; 33] = [
    "bigquery-encryption",
    "cloud-cdn-fill",
    "cloud-filer",
    "cloud-memcache-sa",
    "cloud-ml.google.com",
    "cloud-redis",
    "cloud-tpu",
    "cloudcomposer-accounts",
    "compute-system",
    "container-analysis",
    "container-engine-robot",
    "containerregistry",
    "dataflow-service-producer-prod",
    "dataproc-accounts",
    "dlp-api",
    "endpoints-portal",
    "firebase-rules",
    "firebase-sa-management",
    "gae-api-prod.google.com",
    "gcf-admin-robot",
    "gcp-gae-service",
    "genomics-api.google.com",
    "gs-project-accounts",
    "monitoring-notification",
    "remotebuildexecution",
    "security-center-api",
    "serverless-robot-prod",
    "service-consumer-management",
    "service-networking",
    "sourcerepo-service-accounts",
    "storage-transfer-service",
    "trifacta-gcloud-prod",
    "websecurityscanner",
];

impl Member {
    /// Reads a member of a binding. What is not known is [`Member::Other`].
    pub(crate) fn read(text: &str) -> Self {
        if matches!(text, "allUsers" | "allAuthenticatedUsers") {
            return Self::Anyone;
        }
        if let Some(account) = text.strip_prefix("serviceAccount:") {
            return Self::account(account);
        }
        match pool(text).map(|(number, ..)| number).or_else(|| all_accounts(text)) {
            Some(number) => Self::Of(Home::Number(number.to_owned())),
            None => Self::Other,
        }
    }

    fn account(text: &str) -> Self {
        if let Some((project, _)) = text.split_once(".svc.id.goog[") {
            return Self::Of(Home::Id(project.to_owned()));
        }
        let Some((local, domain)) = text.split_once('@') else { return Self::Other };
        let number = |text: &str| match is_number(text) {
            true => Self::Of(Home::Number(text.to_owned())),
            false => Self::Agent,
        };
        match domain {
            "developer.gserviceaccount.com" => {
                number(local.strip_suffix("-compute").unwrap_or(local))
            }
            // It runs what the project's builds say.
            "cloudbuild.gserviceaccount.com" => number(local),
            "appspot.gserviceaccount.com" => Self::Of(Home::Id(id(local))),
            _ => match domain.strip_suffix(".iam.gserviceaccount.com") {
                Some(project) => Self::in_project(local, project),
                None if domain.ends_with(".gserviceaccount.com") => Self::Agent,
                None => Self::Other,
            },
        }
    }

    fn in_project(local: &str, project: &str) -> Self {
        if project.starts_with("gcp-sa-") || AGENTS.contains(&project) {
            return Self::Agent;
        }
        match local.strip_prefix("service-") {
            Some(rest) if is_number(rest) => Self::PerhapsAgent,
            _ => Self::Of(Home::Id(id(project))),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A project's id from an address, in which `example.com:project` is `project.example.com`.
fn id(text: &str) -> String {
    match text.split_once('.') {
        Some((project, domain)) => format!("{domain}:{project}"),
        None => text.to_owned(),
    }
}

/// Of identities of a workload identity pool: the number of its project, the pool, and which of
/// them: `*`, `attribute.repository/acme/web`, `subject/repo:acme/web:ref:refs/heads/main`.
pub(crate) fn pool(member: &str) -> Option<(&str, &str, &str)> {
    let rest =
        member.strip_prefix("principalSet:").or_else(|| member.strip_prefix("principal:"))?;
    let rest = rest.strip_prefix("//iam.googleapis.com/projects/")?;
    let (number, rest) = rest.split_once("/locations/global/workloadIdentityPools/")?;
    let (pool, which) = rest.split_once('/')?;
    Some((number, pool, which))
}

/// The number of the project of which all service accounts are meant.
fn all_accounts(member: &str) -> Option<&str> {
    let rest =
        member.strip_prefix("principalSet://cloudresourcemanager.googleapis.com/projects/")?;
    rest.strip_suffix("/type/ServiceAccount")
}

/// One role that a policy gives, and to whom.
pub(crate) struct Binding<'p> {
    pub(crate) role: &'p str,
    pub(crate) members: Vec<&'p str>,
}

/// The bindings of a resource's IAM policy.
///
/// # Errors
/// [`Unread`] where the policy, or a part of it, could not be read.
pub(crate) fn bindings<'p>(seen: &'p Seen<'_>) -> Result<Vec<Binding<'p>>, Unread> {
    let text = |value: Option<&'p serde_json::Value>| value.and_then(serde_json::Value::as_str);
    let bindings = seen.list("iamPolicy.bindings")?.iter().map(|binding| {
        let members = binding.get("members").and_then(serde_json::Value::as_array);
        Binding {
            role: text(binding.get("role")).unwrap_or_default(),
            members: members.into_iter().flatten().filter_map(|m| m.as_str()).collect(),
        }
    });
    Ok(bindings.collect())
}

/// The projects that were read, by number.
pub(crate) struct Numbers {
    by_number: HashMap<String, ScopeKey>,
    /// Why a project may be missing.
    unread: Option<Message>,
}

impl Numbers {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let mut by_number = HashMap::new();
        let mut unread = context.why_unread_anywhere("gcp", &[PROJECT]);
        for project in context.of_type(PROJECT) {
            match Seen::new(project).text("projectNumber") {
                Ok(Some(number)) => {
                    by_number.insert(number.to_owned(), project.key.scope_key());
                }
                Ok(None) => {}
                Err(Unread(attribute)) => {
                    unread = Some(msg!("rule-was-not-read", what = attribute));
                }
            }
        }
        Self { by_number, unread }
    }

    /// The project; one that is not among those that were read goes by its number.
    ///
    /// # Errors
    /// Why it is not known which it is.
    pub(crate) fn project_of(&self, home: &Home) -> Result<ScopeKey, Message> {
        let number = match home {
            Home::Id(id) => return Ok(ScopeKey::new(Cloud::gcp(), id.as_str())),
            Home::Number(number) => number,
        };
        match (self.by_number.get(number), &self.unread) {
            (Some(known), _) => Ok(known.clone()),
            (None, None) => Ok(ScopeKey::new(Cloud::gcp(), number.as_str())),
            (None, Some(why)) => Err(why.clone()),
        }
    }

    /// The number of a project.
    pub(crate) fn number(&self, project: &ScopeKey) -> Option<&str> {
        self.by_number.iter().find(|(_, key)| *key == project).map(|(number, _)| number.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_an_address_is() {
        let of = |text: &str| Member::read(&format!("serviceAccount:{text}"));
        let id = |text: &str| Member::Of(Home::Id(text.to_owned()));
        let number = |text: &str| Member::Of(Home::Number(text.to_owned()));
        for (text, member) in [
            ("web@acme-prod.iam.gserviceaccount.com", id("acme-prod")),
            ("web@prod.acme.example.iam.gserviceaccount.com", id("acme.example:prod")),
            ("acme-prod@appspot.gserviceaccount.com", id("acme-prod")),
            ("acme-prod.svc.id.goog[web/web]", id("acme-prod")),
            ("123-compute@developer.gserviceaccount.com", number("123")),
            ("123@cloudbuild.gserviceaccount.com", number("123")),
            ("123@cloudservices.gserviceaccount.com", Member::Agent),
            ("service-123@gcp-sa-pubsub.iam.gserviceaccount.com", Member::Agent),
            ("service-123@gcp-gae-service.iam.gserviceaccount.com", Member::Agent),
            ("service-123@compute-system.iam.gserviceaccount.com", Member::Agent),
            ("service-123@cloud-ml.google.com.iam.gserviceaccount.com", Member::Agent),
            ("service-123@new-robot.iam.gserviceaccount.com", Member::PerhapsAgent),
            ("service-x@new-robot.iam.gserviceaccount.com", id("new-robot")),
            ("someone@example.com", Member::Other),
            ("", Member::Other),
        ] {
            assert_eq!(of(text), member, "{text}");
        }
        let pool = "principalSet://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/github/*";
        assert_eq!(Member::read(pool), number("123"));
        let all = "principalSet://cloudresourcemanager.googleapis.com/projects/123/type/";
        assert_eq!(Member::read(&format!("{all}ServiceAccount")), number("123"));
        assert_eq!(Member::read(&format!("{all}ServiceAgent")), Member::Other);
        assert_eq!(Member::read("allAuthenticatedUsers"), Member::Anyone);
        assert_eq!(Member::read("user:dana@example.com"), Member::Other);
        assert_eq!(
            Member::read("deleted:serviceAccount:a@b.iam.gserviceaccount.com"),
            Member::Other
        );
    }
}
