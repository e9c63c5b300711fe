//! What holds for projects as a whole: who is told of them, what they must not do, and how much they may have.

use serde_json::{Value, json};

use super::ORGANIZATION;
use super::plot::{MADE, Plot, REGION};
use crate::demo::CANARY;
use crate::google::Resource;

/// What the organization allows nobody, with the rule that says so.
fn rules() -> [(&'static str, Value); 8] {
    let enforced = || json!({ "enforce": true });
    [
        ("compute.skipDefaultNetworkCreation", enforced()),
        ("compute.vmExternalIpAccess", json!({ "denyAll": true })),
        (
            "iam.allowedPolicyMemberDomains",
            json!({ "values": { "allowedValues": ["is:C0example"] } }),
        ),
        ("iam.automaticIamGrantsForDefaultServiceAccounts", enforced()),
        ("iam.disableServiceAccountKeyCreation", enforced()),
        ("sql.restrictPublicIp", enforced()),
        ("storage.publicAccessPrevention", enforced()),
        ("storage.uniformBucketLevelAccess", enforced()),
    ]
}

/// The organization's contacts and policies.
pub(super) fn of_organization() -> Vec<Resource> {
    let parent = format!("organizations/{ORGANIZATION}");
    let policies = rules().map(|(constraint, rule)| policy(&parent, constraint, rule));
    let billing = contact(&parent, 1, "finance@example.com", &["BILLING", "LEGAL"]);
    policies.into_iter().chain([billing]).collect()
}

/// A contact that holds for all below.
pub(super) fn contact(parent: &str, id: u32, email: &str, categories: &[&str]) -> Resource {
    let rest = json!({
        "name": format!("{parent}/contacts/{id}"), "email": email, "languageTag": "en",
        "notificationCategorySubscriptions": categories, "validationState": "VALID",
        "validateTime": MADE,
    });
    Resource::new("essentialcontacts.googleapis.com/Contact", rest)
}

fn policy(parent: &str, constraint: &str, rule: Value) -> Resource {
    let rest = json!({
        "name": format!("{parent}/policies/{constraint}"), "etag": "CMzQ",
        "spec": { "etag": "CMzQ", "updateTime": MADE, "rules": [rule] },
    });
    Resource::new("orgpolicy.googleapis.com/Policy", rest)
}

fn quotas(all: &[(&str, f64, f64)]) -> Value {
    all.iter()
        .map(|(metric, limit, usage)| json!({ "metric": metric, "limit": limit, "usage": usage }))
        .collect()
}

impl Plot {
    /// It was there before the organization had policies, and was left out of all of them.
    pub(super) fn without_guardrails(&mut self) {
        let parent = format!("projects/{}", self.number());
        for (constraint, rule) in rules() {
            let is_list = rule.get("enforce").is_none();
            let rule =
                if is_list { json!({ "allowAll": true }) } else { json!({ "enforce": false }) };
            self.add(policy(&parent, constraint, rule));
        }
    }

    /// What Compute Engine keeps of the project: quotas, with so many processors and snapshots in use, and the keys
    /// with which one may sign in everywhere.
    pub(super) fn limits(&mut self, processors: f64, snapshots: f64) {
        let keys = format!("ops:ssh-ed25519 {CANARY} ops@example.com");
        let items = json!([
            { "key": "enable-oslogin", "value": "TRUE" }, { "key": "ssh-keys", "value": keys },
        ]);
        let project = json!({
            "id": self.serial("compute"), "creationTimestamp": "2025-11-04T01:12:00.000-08:00",
            "commonInstanceMetadata": { "kind": "compute#metadata", "fingerprint": "YyYyYyYyYyY=", "items": items },
            "defaultServiceAccount": format!("{}-compute@developer.gserviceaccount.com", self.number()),
            "defaultNetworkTier": "PREMIUM", "xpnProjectStatus": "UNSPECIFIED_XPN_PROJECT_STATUS",
            "quotas": quotas(&[
                ("CPUS_ALL_REGIONS", 32.0, processors), ("FIREWALLS", 100.0, 2.0), ("NETWORKS", 5.0, 1.0),
                ("ROUTES", 250.0, 2.0), ("SNAPSHOTS", 1000.0, snapshots), ("SUBNETWORKS", 100.0, 1.0),
            ]),
        });
        self.put("compute.googleapis.com/Project", project);
        for (id, region) in ["europe-west1", REGION, "us-central1"].into_iter().enumerate() {
            let here = |used: f64| if region == REGION { used } else { 0.0 };
            let zones: Vec<_> = ["a", "b", "c"]
                .iter()
                .map(|zone| format!("{}/zones/{region}-{zone}", self.compute_link()))
                .collect();
            let rest = json!({
                "kind": "compute#region", "id": format!("{}", 1210 + id * 10), "name": region,
                "description": region, "status": "UP", "zones": zones, "supportsPzs": false,
                "selfLink": format!("{}/regions/{region}", self.compute_link()),
                "quotas": quotas(&[
                    ("CPUS", 24.0, here(processors)), ("DISKS_TOTAL_GB", 4096.0, here(processors * 5.0)),
                    ("INSTANCES", 720.0, here(processors / 4.0)),
                    ("IN_USE_ADDRESSES", 8.0, 0.0), ("STATIC_ADDRESSES", 8.0, 0.0),
                ]),
            });
            self.put("compute.googleapis.com/Region", rest);
        }
    }
}
