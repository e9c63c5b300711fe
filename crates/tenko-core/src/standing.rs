//! How a drift or finding stands beside the runs before: what makes it the same one, and since when
//! it is there.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::Digest;
use crate::drift::{Drift, DriftKind, ResourceRef};
use crate::finding::Finding;
use crate::message::{Arg, Message};

/// What makes a drift or finding the same one in every run: 32 hexadecimal digits, of the rule, cloud,
/// scope, region, type and id (the name, where there is no id); of a whole account with the tenant and
/// environment that it is about. Neither severity nor wording are in it.
/// Empty in documents of a time when there was none.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// The digest of these parts; `nth` tells those apart that would be the same, in the order of
    /// the report.
    fn of(parts: &[&str], nth: usize) -> Self {
        let mut text = Vec::with_capacity(128);
        for part in parts {
            text.extend_from_slice(part.as_bytes());
            // No text has this byte in it: `ab`, `c` is not `a`, `bc`.
            text.push(0xff);
        }
        if nth > 0 {
            text.extend_from_slice(&(nth as u64).to_le_bytes());
        }
        Self(Digest::of(&text).to_string())
    }

    /// Of all drift about one resource, for one tenant and environment. The first of them in a run's
    /// report is known by it; see [`Drift::subject`].
    pub fn of_subject(
        resource: &ResourceRef,
        tenant: Option<&str>,
        environment: Option<&str>,
    ) -> Self {
        Self::of(&drift_parts(resource, tenant, environment), 0)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Fingerprint {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

fn resource_parts(resource: &ResourceRef) -> [&str; 5] {
    let region = match &resource.region {
        Some(region) => region.as_str(),
        None => "",
    };
    let (id, name) = match &resource.id {
        Some(id) => (id.as_str(), ""),
        None => ("", resource.name.as_deref().unwrap_or_default()),
    };
    [resource.resource_type.as_str(), region, id, name, ""]
}

fn drift_parts<'a>(
    resource: &'a ResourceRef,
    tenant: Option<&'a str>,
    environment: Option<&'a str>,
) -> [&'a str; 10] {
    let scope = resource.scope.as_ref().map(|scope| scope.as_str()).unwrap_or_default();
    let [a, b, c, d, e] = resource_parts(resource);
    let (tenant, environment) = (tenant.unwrap_or_default(), environment.unwrap_or_default());
    ["drift", resource.cloud.as_str(), scope, a, b, c, d, e, tenant, environment]
}

impl Finding {
    /// Says of these findings, which are all of a run and in the report's order, what makes each
    /// the same one in every run.
    pub fn identify(all: &mut [Self]) {
        let mut seen = std::collections::HashMap::new();
        for finding in all {
            let mut parts = vec!["rule", &finding.rule, finding.cloud.as_str()];
            parts.push(finding.scope.as_str());
            match &finding.resource {
                Some(resource) => parts.extend(resource_parts(resource)),
                // Of one account a rule may say something of each tenant and environment.
                None => {
                    parts.push(finding.tenant.as_deref().unwrap_or_default());
                    parts.push(finding.environment.as_deref().unwrap_or_default());
                }
            }
            let first = Fingerprint::of(&parts, 0);
            let nth: &mut usize = seen.entry(first).or_default();
            finding.fingerprint = Fingerprint::of(&parts, *nth);
            *nth += 1;
        }
    }

    /// A digest of what speaks for it: what was seen is another thing when this changes.
    pub fn evidence(&self) -> Digest {
        match &self.wording {
            Some(wording) => digest(&lasting(wording)),
            None => Digest::of(self.message.as_bytes()),
        }
    }
}

impl Drift {
    /// Says of these drifts, which are all of a run and in the report's order, what makes each the
    /// same one in every run. The kind is not in it: what was missing and is now changed, or cannot
    /// be observed any more, is the same resource.
    pub fn identify(all: &mut [Self]) {
        let mut seen = std::collections::HashMap::new();
        for drift in all {
            let parts =
                drift_parts(&drift.resource, drift.tenant.as_deref(), drift.environment.as_deref());
            let first = Fingerprint::of(&parts, 0);
            let nth: &mut usize = seen.entry(first).or_default();
            drift.fingerprint = Fingerprint::of(&parts, *nth);
            *nth += 1;
        }
    }

    /// What it is about, whichever of several drifts about that it is: resource, tenant and environment.
    pub fn subject(&self) -> Fingerprint {
        let (tenant, environment) = (self.tenant.as_deref(), self.environment.as_deref());
        Fingerprint::of_subject(&self.resource, tenant, environment)
    }

    /// A digest of what speaks for it: what was seen is another thing when this changes.
    pub fn evidence(&self) -> Digest {
        let reason = match &self.reason_wording {
            Some(wording) => digest(wording),
            None => Digest::of(self.reason.as_deref().unwrap_or_default().as_bytes()),
        };
        let changes: Vec<_> =
            self.changes.iter().map(|c| (c.path.to_string(), &c.expected, &c.actual)).collect();
        digest(&(self.kind, changes, reason.to_string()))
    }

    /// Whether it is a difference, and not only something that could not be observed.
    pub fn is_difference(&self) -> bool {
        self.kind != DriftKind::Unknown
    }
}

fn digest(value: &impl Serialize) -> Digest {
    // Only a map with keys other than strings could fail; there is none in these types.
    Digest::of(&serde_json::to_vec(value).unwrap_or_default())
}

/// A message without what changes by itself: values whose names end in `_now` (when a key was last used,
/// how much of a quota is in use) are no other evidence tomorrow.
fn lasting(message: &Message) -> Message {
    fn arg(value: &Arg) -> Arg {
        match value {
            Arg::Message(inner) => Arg::Message(Box::new(lasting(inner))),
            Arg::List(items) => Arg::List(items.iter().map(arg).collect()),
            Arg::Number(_) | Arg::Text(_) => value.clone(),
        }
    }
    let stays = |name: &str| !name.ends_with("_now");
    let args = message.args.iter().filter(|(name, _)| stays(name));
    Message { id: message.id.clone(), args: args.map(|(n, v)| (n.clone(), arg(v))).collect() }
}

/// What became of a drift or finding since the runs before.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was not there before.
    New,
    /// It was there before, with other evidence.
    Changed,
    /// It is as it was.
    Unchanged,
    /// It was there before, and is surely gone.
    Resolved,
    /// It could not be told: neither there nor gone.
    Unknown,
    /// Somebody decided to live with it.
    Suppressed,
}

impl Status {
    /// The word in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Resolved => "resolved",
            Self::Unknown => "unknown",
            Self::Suppressed => "suppressed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a drift or finding stands beside the runs before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// What became of it.
    pub status: Status,
    /// The end of the first run that saw it.
    pub first_seen: Timestamp,
    /// The end of the last run that saw it.
    pub last_seen: Timestamp,
}

/// A drift or a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// A finding.
    Finding(Finding),
    /// A drift.
    Drift(Drift),
}

impl Item {
    /// What makes it the same one in every run.
    pub fn fingerprint(&self) -> &Fingerprint {
        match self {
            Self::Finding(finding) => &finding.fingerprint,
            Self::Drift(drift) => &drift.fingerprint,
        }
    }

    /// A digest of what speaks for it.
    pub fn evidence(&self) -> Digest {
        match self {
            Self::Finding(finding) => finding.evidence(),
            Self::Drift(drift) => drift.evidence(),
        }
    }

    /// How it stands beside the runs before, where that was told.
    pub fn standing(&self) -> Option<&Standing> {
        match self {
            Self::Finding(finding) => finding.standing.as_ref(),
            Self::Drift(drift) => drift.standing.as_ref(),
        }
    }

    /// The same, to be told.
    pub fn standing_mut(&mut self) -> &mut Option<Standing> {
        match self {
            Self::Finding(finding) => &mut finding.standing,
            Self::Drift(drift) => &mut drift.standing,
        }
    }

    /// Who answers for it, if somebody is declared to.
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::Finding(finding) => finding.owner.as_deref(),
            Self::Drift(drift) => drift.owner.as_deref(),
        }
    }

    /// The resource that it is about, if it is about one.
    pub fn resource(&self) -> Option<&ResourceRef> {
        match self {
            Self::Finding(finding) => finding.resource.as_ref(),
            Self::Drift(drift) => Some(&drift.resource),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;

    #[test]
    fn what_changes_by_itself_is_no_evidence() {
        let of = |day: &str, made: &str| {
            let key = msg!("key", made = made, used_now = day);
            lasting(&msg!("bad", keys = Arg::list([key])))
        };
        assert_eq!(of("today", "2019"), of("tomorrow", "2019"));
        assert_ne!(of("today", "2019"), of("today", "2020"));
    }
}
