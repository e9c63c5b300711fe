//! The methods that are served, one row each, after Google's discovery documents.

mod compute;
mod data;
mod guardrails;
mod iam;
mod manager;

pub(in crate::google) use data::{BUCKET_POLICY, LIST_BUCKETS};
pub(in crate::google) use manager::ANY_WRITE;

/// One method.
#[derive(Debug)]
pub(in crate::google) struct Method {
    /// `compute`
    pub(in crate::google) service: &'static str,
    /// `instances.aggregatedList`
    pub(in crate::google) operation: &'static str,
    pub(in crate::google) post: bool,
    /// Path with `{names}` for its variable parts.
    pub(in crate::google) path: &'static str,
    /// Asset types that it gives.
    pub(in crate::google) types: &'static [&'static str],
    pub(in crate::google) answer: Answer,
    pub(in crate::google) page: Option<Page>,
    pub(in crate::google) permission: &'static str,
    /// OAuth scopes of which one is needed, without `https://www.googleapis.com/auth/`.
    pub(in crate::google) scopes: &'static [&'static str],
    /// Query parameters besides those of pages; `None` takes all.
    pub(in crate::google) parameters: Option<&'static [&'static str]>,
}

/// How the answer is made.
#[derive(Clone, Copy, Debug)]
pub(in crate::google) enum Answer {
    /// A map from zones and regions to lists.
    Aggregated { member: &'static str, kind: &'static str },
    List {
        member: &'static str,
        /// Value of the member `kind`; empty for none.
        kind: &'static str,
        /// What the names in the list have in them, with `{names}` as in the path.
        within: &'static str,
        down: Down,
    },
    /// One resource, by the end of its path.
    Get(&'static str),
    /// The IAM policy of one resource, by the end of its path.
    Policy(&'static str),
    /// Code of its own.
    Own(Own),
}

/// How a list says that a location is missing.
#[derive(Clone, Copy, Debug)]
pub(in crate::google) enum Down {
    /// It cannot: the call fails.
    Fails,
    /// Names of locations or resources in this member.
    Names(&'static str),
    /// The same, if the parameter is there; the call fails otherwise.
    NamesIf(&'static str, &'static str),
    /// `warnings` of Cloud SQL.
    Warnings,
    /// `warning` of Compute.
    Warning,
}

/// Answers that no other method has alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::google) enum Own {
    Token,
    Exchange,
    Impersonate,
    SearchOrganizations,
    GetOrganization,
    ListFolders,
    GetFolder,
    ListProjects,
    SearchProjects,
    GetProject,
    GetProjectV1,
    ProjectPolicy,
    TestPermissions,
    /// It would change something, which is always refused.
    Write,
    Assets,
    Contacts,
    EffectivePolicy,
    ComputeProject,
}

/// Parameters of pages.
#[derive(Clone, Copy, Debug)]
pub(in crate::google) struct Page {
    pub(in crate::google) size: &'static str,
    pub(in crate::google) token: &'static str,
    pub(in crate::google) default: usize,
    pub(in crate::google) max: usize,
}

const fn pages(default: usize, max: usize) -> Option<Page> {
    Some(Page { size: "pageSize", token: "pageToken", default, max })
}

const fn max_results(default: usize, max: usize) -> Option<Page> {
    Some(Page { size: "maxResults", token: "pageToken", default, max })
}
const CLOUD: &[&str] = &["cloud-platform"];
const READ_ONLY: &[&str] = &["cloud-platform", "cloud-platform.read-only"];
const VERSION: Option<&[&str]> = Some(&["options.requestedPolicyVersion"]);

const fn list(member: &'static str, down: Down) -> Answer {
    Answer::List { member, kind: "", within: "", down }
}

const fn method(
    (service, operation): (&'static str, &'static str),
    path: &'static str,
    types: &'static [&'static str],
    answer: Answer,
) -> Method {
    Method {
        service,
        operation,
        post: false,
        path,
        types,
        answer,
        page: None,
        permission: "",
        scopes: CLOUD,
        parameters: Some(&[]),
    }
}

impl Method {
    const fn needs(mut self, permission: &'static str, scopes: &'static [&'static str]) -> Self {
        self.permission = permission;
        self.scopes = scopes;
        self
    }

    const fn paged(mut self, page: Option<Page>) -> Self {
        self.page = page;
        self
    }

    const fn takes(mut self, parameters: Option<&'static [&'static str]>) -> Self {
        self.parameters = parameters;
        self
    }

    const fn post(mut self) -> Self {
        self.post = true;
        self
    }

    pub(in crate::google) fn answer_is(&self, own: Own) -> bool {
        matches!(self.answer, Answer::Own(is) if is == own)
    }

    /// `compute.instances.aggregatedList`
    pub(in crate::google) fn id(&self) -> String {
        format!("{}.{}", self.service, self.operation)
    }
}
const fn policy(
    id: (&'static str, &'static str),
    path: &'static str,
    types: &'static [&'static str],
    end: &'static str,
    permission: &'static str,
) -> Method {
    method(id, path, types, Answer::Policy(end)).takes(VERSION).needs(permission, CLOUD)
}

/// All methods of REST. Where two services have the same path below their own hosts, only one is
/// here.
pub(in crate::google) fn methods() -> impl Iterator<Item = &'static Method> {
    let all =
        [manager::METHODS, compute::METHODS, iam::METHODS, data::METHODS, guardrails::METHODS];
    all.into_iter().flatten()
}
