//! An account of the simulated cloud and the records that its operations answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::role::Role;
use super::world::{AccountState, RegionStatus};

/// An account and all that can be read in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The account's name.
    pub name: String,
    /// The root user's address.
    pub email: String,
    /// The root or unit it is in; `None` outside the organization.
    pub parent: Option<String>,
    /// Its state.
    pub state: AccountState,
    /// When it joined, RFC 3339.
    pub joined: Option<jiff::Timestamp>,
    /// Whether it was invited rather than created.
    pub invited: bool,
    /// Tags of the account.
    pub tags: BTreeMap<String, String>,
    /// `aws` where empty.
    pub partition: String,
    /// Roles that can be assumed in it.
    pub roles: Vec<Role>,
    /// Regions whose status differs from the world's.
    pub regions: BTreeMap<String, RegionStatus>,
    /// Region or `global` -> operation, as in `ec2:DescribeVolumes` -> data.
    /// `global` data answer in every region that has none of its own.
    pub data: BTreeMap<String, BTreeMap<String, Data>>,
}

impl Account {
    /// An active account with nothing in it.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            email: format!("{id}@example.com"),
            ..Self::default()
        }
    }

    /// Puts it below a root or unit.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Self {
        self.parent = Some(parent.into());
        self
    }

    /// Adds a role that anyone may assume.
    #[must_use]
    pub fn role(mut self, name: &str) -> Self {
        self.roles.push(Role::new(name));
        self
    }

    /// Sets what a list operation answers, in wire shape.
    #[must_use]
    pub fn items(mut self, region: &str, operation: &str, items: Vec<Value>) -> Self {
        self.entry(region, operation).items = Some(items);
        self
    }

    /// Adds an answer to requests whose input holds `when`.
    #[must_use]
    pub fn answer(mut self, region: &str, operation: &str, when: Value, response: Value) -> Self {
        let answer = Answer { when, response: Some(response), ..Answer::default() };
        self.entry(region, operation).answers.push(answer);
        self
    }

    /// Adds a list that answers requests whose input holds `when`.
    #[must_use]
    pub fn answer_items(
        mut self,
        region: &str,
        operation: &str,
        when: Value,
        items: Vec<Value>,
    ) -> Self {
        let answer = Answer { when, items: Some(items), ..Answer::default() };
        self.entry(region, operation).answers.push(answer);
        self
    }

    /// The data of an operation, made empty where there are none.
    pub fn entry(&mut self, region: &str, operation: &str) -> &mut Data {
        self.data.entry(region.into()).or_default().entry(operation.into()).or_default()
    }

    /// `aws`, or what the world says.
    pub fn partition(&self) -> &str {
        if self.partition.is_empty() { "aws" } else { &self.partition }
    }

    /// The data that answer an operation in a region.
    pub fn lookup(&self, region: &str, operation: &str) -> Option<&Data> {
        let at = |place: &str| self.data.get(place).and_then(|ops| ops.get(operation));
        at(region).or_else(|| at("global"))
    }
}

/// What an operation answers, in wire shape: the element names that go over
/// the wire, arrays as plain arrays. `{"$json": …}` stands for the JSON text
/// of a document, `{"$urlencoded": …}` for that text percent-encoded (as IAM
/// sends policies), a key `@name` for an XML attribute.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// The records of a list operation.
    pub items: Option<Vec<Value>>,
    /// A whole answer; lists in it are paged as well.
    pub response: Option<Value>,
    /// Answers to certain inputs; the first that fits is taken, before the above.
    pub answers: Vec<Answer>,
}

/// An answer to certain inputs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answer {
    /// Subset of the request's input, by wire name.
    pub when: Value,
    /// A whole answer.
    pub response: Option<Value>,
    /// The records of a list operation.
    pub items: Option<Vec<Value>>,
    /// A refusal.
    pub error: Option<ApiError>,
}

/// An error as the service words it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiError {
    /// `NoSuchEntity`
    pub code: String,
    /// HTTP status.
    #[serde(default = "bad_request")]
    pub status: u16,
    /// For people.
    #[serde(default)]
    pub message: String,
}

fn bad_request() -> u16 {
    400
}

impl ApiError {
    /// An error.
    pub fn new(code: &str, status: u16, message: impl Into<String>) -> Self {
        Self { code: code.into(), status, message: message.into() }
    }
}
