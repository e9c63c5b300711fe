//! What was looked at, and how that ended. Unreadable is never empty.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::names::{Cloud, Reach, ResourceType, ScopeId};
use crate::scope::ScopeKey;

/// The piece of work that ends in exactly one [`Outcome`]: one type in one reach of one scope.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Unit {
    /// The cloud.
    pub cloud: Cloud,
    /// The account or project.
    pub scope: ScopeId,
    /// The region that is listed, or `global`. For a type that is listed per region, `global`
    /// stands for all regions of a scope of which none was asked.
    #[serde(rename = "region")]
    pub reach: Reach,
    /// The resource type that is listed.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
}

impl Unit {
    /// The scope's key.
    pub fn scope_key(&self) -> ScopeKey {
        ScopeKey { cloud: self.cloud.clone(), id: self.scope.clone() }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} {}", self.resource_type, self.scope, self.reach)
    }
}

/// Which kind of policy denied a call, where the provider's message tells.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeniedBy {
    /// The caller's own policies do not allow it, or deny it.
    IdentityPolicy,
    /// A service control policy or resource control policy of the organization, or an
    /// organization policy.
    Scp,
    /// The policy on the resource.
    ResourcePolicy,
    /// A permissions boundary.
    PermissionsBoundary,
    /// The policy that narrowed the session.
    SessionPolicy,
    /// The policy of the VPC endpoint that the call went through.
    VpcEndpointPolicy,
    /// A service perimeter (VPC Service Controls).
    ServicePerimeter,
    /// The session itself could not be had: the role is missing or does not trust the caller.
    Trust,
    /// The message does not tell.
    Unknown,
}

/// How the look at one unit ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Everything was read. Only this makes absence a fact.
    Complete,
    /// Some was read: a page failed after others, or a part of a resource could not be read.
    Partial,
    /// Not permitted.
    Denied {
        /// By which kind of policy.
        denied_by: DeniedBy,
    },
    /// The region is not enabled for this account.
    RegionDisabled,
    /// The service or API is not enabled for this scope.
    ServiceNotEnabled,
    /// The project has no billing account that works: its services do not answer, what is in it
    /// may still be there.
    BillingDisabled,
    /// Throttled until the retries were used up.
    ThrottledOut,
    /// No usable answer: no connection, a timeout, server errors, broken or cut-off bodies.
    Unreachable,
    /// The endpoint does not know the operation or the type.
    Unsupported,
    /// Left out by configuration.
    Skipped,
    /// The account or project is suspended, closed, or waits to be deleted.
    ScopeSuspended,
    /// The run was cancelled, or its time was up, before this unit was done.
    Cancelled,
}

impl Outcome {
    /// The word that stands for it in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Denied { .. } => "denied",
            Self::RegionDisabled => "region_disabled",
            Self::ServiceNotEnabled => "service_not_enabled",
            Self::BillingDisabled => "billing_disabled",
            Self::ThrottledOut => "throttled_out",
            Self::Unreachable => "unreachable",
            Self::Unsupported => "unsupported",
            Self::Skipped => "skipped",
            Self::ScopeSuspended => "scope_suspended",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether everything of the unit was read.
    pub fn is_complete(self) -> bool {
        self == Self::Complete
    }

    /// Whether something that should have been read was not: such a run is incomplete. A unit
    /// that configuration left out, or that cannot hold anything in use (region or service
    /// not enabled, scope suspended), is not a gap; what is declared there is unknown all the same.
    pub fn is_gap(self) -> bool {
        match self {
            Self::Complete
            | Self::Skipped
            | Self::RegionDisabled
            | Self::ServiceNotEnabled
            | Self::ScopeSuspended => false,
            Self::Partial
            | Self::Denied { .. }
            | Self::BillingDisabled
            | Self::ThrottledOut
            | Self::Unreachable
            | Self::Unsupported
            | Self::Cancelled => true,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Denied { denied_by } => match denied_by {
                DeniedBy::IdentityPolicy => "denied by identity policy",
                DeniedBy::Scp => "denied by organization policy (SCP)",
                DeniedBy::ResourcePolicy => "denied by resource policy",
                DeniedBy::PermissionsBoundary => "denied by permissions boundary",
                DeniedBy::SessionPolicy => "denied by session policy",
                DeniedBy::VpcEndpointPolicy => "denied by VPC endpoint policy",
                DeniedBy::ServicePerimeter => "denied by service perimeter (VPC Service Controls)",
                DeniedBy::Trust => "denied: no session could be had",
                DeniedBy::Unknown => "denied",
            },
            Self::RegionDisabled => "region disabled",
            Self::ServiceNotEnabled => "service not enabled",
            Self::BillingDisabled => "billing disabled",
            Self::ThrottledOut => "throttled out",
            Self::Unreachable => "unreachable",
            Self::Unsupported => "unsupported",
            Self::Skipped => "skipped by configuration",
            Self::ScopeSuspended => "suspended or closed",
            Self::Cancelled => "cancelled",
        })
    }
}

/// One failed call, kept as data. The message is the provider's own text: show it as text only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// `service:Operation`, for instance `s3:GetBucketPolicy`.
    pub operation: String,
    /// The provider's error code, or one of ours in lower case (`timeout`, `invalid-response`).
    pub code: String,
    /// The provider's message, or ours.
    pub message: String,
    /// The provider's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The resource that the call was about, where it was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl Problem {
    /// A problem that is about no resource in particular.
    pub fn new(
        operation: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (operation, code, message) = (operation.into(), code.into(), message.into());
        Self { operation, code, message, request_id: None, resource: None }
    }
}

/// A problem of discovery, with the cloud whose scopes may be missing because of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoveryProblem {
    /// The cloud that was asked. Snapshots of the time when there was only one do not say it.
    #[serde(default = "Cloud::aws")]
    pub cloud: Cloud,
    /// What went wrong.
    #[serde(flatten)]
    pub problem: Problem,
}

/// Where a unit was read from, where that is not the service itself at the time of the run: an
/// inventory that the provider keeps lags behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadFrom {
    /// The inventory: `cloudasset.googleapis.com`.
    pub source: String,
    /// The time that its content is of.
    pub at: Timestamp,
}

/// How one unit ended, with what it took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// The unit.
    #[serde(flatten)]
    pub unit: Unit,
    /// Its one outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How many resources were read.
    pub resources: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The inventory that it was read from; `None` is the service itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_from: Option<ReadFrom>,
    /// What went wrong, if something did; at most a few of many alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_is_flat_in_json_and_reads_back() {
        let coverage = Coverage {
            unit: Unit {
                cloud: Cloud::aws(),
                scope: "111111111111".into(),
                reach: Reach::Global,
                resource_type: "AWS::S3::Bucket".into(),
            },
            outcome: Outcome::Denied { denied_by: DeniedBy::Scp },
            resources: 0,
            duration_ms: 7,
            read_from: None,
            problems: vec![],
        };
        let json = serde_json::to_value(&coverage).unwrap();
        assert_eq!(json["outcome"], "denied");
        assert_eq!(json["denied_by"], "scp");
        assert_eq!(json["region"], "global");
        assert_eq!(serde_json::from_value::<Coverage>(json).unwrap(), coverage);
    }
}
