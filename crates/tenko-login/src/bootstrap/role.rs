//! The role that logins assume in one account.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>.

use std::collections::BTreeSet;

use serde_json::Value;
use tenko_core::DataLevel;

use super::node::{Node, json, map, texts};
use super::{Principal, node};
use crate::policy::SessionPolicy;

/// The name of the role's inline policy.
pub const DENY: &str = "TenkoReadOnly";

/// What the role of one account is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// The tenants that the account is of; one, unless they share it.
    pub tenants: BTreeSet<String>,
    /// The environments that log in with it: `acme/production`.
    pub environments: BTreeSet<String>,
    /// The account's id.
    pub account: String,
    /// Its path: `/`, or `/path/`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The one principal that may assume it.
    pub trusted: Principal,
    /// What that principal must say to be let in.
    pub external_id: String,
    /// The longest session, in seconds: 3,600 to 43,200.
    pub max_session: u32,
    /// The policy of sessions with every level that the environments declare: the role needs no
    /// more.
    pub policy: SessionPolicy,
}

impl Role {
    /// `arn:aws:iam::333333333301:role/TenkoReadOnly`.
    pub fn arn(&self) -> String {
        let partition = self.trusted.partition();
        format!("arn:{partition}:iam::{}:role{}{}", self.account, self.path, self.name)
    }

    /// The data that logins may ask for.
    pub fn levels(&self) -> &BTreeSet<DataLevel> {
        self.policy.levels()
    }

    /// Who may assume it, and under which conditions.
    pub fn trust_policy(&self) -> Value {
        json(&trust(self.trusted.arn().into(), self.external_id.as_str().into()))
    }

    /// The AWS managed policies that are attached, by ARN.
    pub fn managed(&self) -> Vec<String> {
        self.policy.arns(self.trusted.partition())
    }

    /// What it may never do, as its inline policy [`DENY`]: the same that its sessions are denied.
    pub fn inline(&self) -> Value {
        // It is JSON; were it not, the document would be none, and nobody would take it for one.
        serde_json::from_str(self.policy.inline()).unwrap_or_default()
    }

    /// The inline policy as a node.
    pub(super) fn deny(&self) -> Node {
        node::policy(&self.inline())
    }
}

/// The trust policy with these two, which may be references.
///
/// Two statements: AWS documents `sts:ExternalId` as a key of `sts:AssumeRole` alone, while naming
/// the person and passing the ticket are authorised as actions of their own. Neither of those gives
/// a session without the first.
pub(super) fn trust(principal: Node, external_id: Node) -> Node {
    let statement = |sid: &str, actions: Node, condition: Option<Node>| {
        let mut entries = vec![
            ("Sid", sid.into()),
            ("Effect", "Allow".into()),
            ("Principal", map([("AWS", principal.clone())])),
            ("Action", actions),
        ];
        entries.extend(condition.map(|condition| ("Condition", condition)));
        map(entries)
    };
    // At least one character: without a name in it, nobody knows who looked.
    let named = [("sts:RoleSessionName", "?*".into()), ("sts:SourceIdentity", "?*".into())];
    let condition =
        map([("StringEquals", map([("sts:ExternalId", external_id)])), ("StringLike", map(named))]);
    map([
        ("Version", "2012-10-17".into()),
        (
            "Statement",
            Node::List(vec![
                statement("Login", "sts:AssumeRole".into(), Some(condition)),
                statement("WhoAndWhy", texts(["sts:SetSourceIdentity", "sts:TagSession"]), None),
            ]),
        ),
    ])
}
