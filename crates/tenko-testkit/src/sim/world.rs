//! What the simulated cloud holds: an organization, its accounts, and the
//! records that each operation answers with.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::account::Account;
use super::fault::Fault;
use super::login::{Console, IdentityCenter, WebIdentity};

/// Everything that a simulated cloud knows. Built in Rust or read from JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct World {
    /// The organization; without one every account stands alone.
    pub organization: Option<Organization>,
    /// Long-lived keys that callers start with.
    pub keys: Vec<RootKey>,
    /// All accounts, in and outside the organization.
    pub accounts: Vec<Account>,
    /// Regions that exist, with the status they have in an account that says
    /// nothing else. Empty stands for the usual commercial regions.
    pub regions: BTreeMap<String, RegionStatus>,
    /// Faults that are there from the start.
    pub faults: Vec<Fault>,
    /// Page size of every paged operation, whatever the caller asks for.
    pub page_size: Option<usize>,
    /// Decides which requests a fault with a `chance` hits.
    pub seed: u64,
    /// IAM Identity Center, if there is one.
    pub identity_center: Option<IdentityCenter>,
    /// Tokens of other identity providers that STS takes.
    pub web_identities: Vec<WebIdentity>,
    /// The console's federation endpoint.
    pub console: Console,
    /// ARNs of managed policies that exist besides the usual ones of AWS.
    pub managed_policies: BTreeSet<String>,
    /// How much of the room for policies and tags every session is said to take, in percent; over
    /// 100 it is refused. `None` for a guess from their length.
    pub packed_percent: Option<u32>,
    /// How many bytes of policies and tags that guess takes for all of the room; `None` for 2,500.
    pub packed_room: Option<u32>,
}

impl World {
    /// Reads a world from JSON.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|a| a.id == id)
    }

    /// The account with this id, to change it.
    pub fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|a| a.id == id)
    }

    /// Adds a key that signs as `arn` of `account`.
    #[must_use]
    pub fn key(mut self, id: &str, account: &str, arn: &str) -> Self {
        self.keys.push(RootKey { id: id.into(), account: account.into(), arn: arn.into() });
        self
    }

    /// Adds an account.
    #[must_use]
    pub fn with(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// The status of a region in an account; `None` for a region that does not exist.
    pub fn region_status(&self, account: &Account, region: &str) -> Option<RegionStatus> {
        if let Some(status) = account.regions.get(region) {
            return Some(*status);
        }
        if self.regions.is_empty() {
            usual_regions().find(|(name, _)| *name == region).map(|(_, status)| status)
        } else {
            self.regions.get(region).copied()
        }
    }

    /// All regions of an account with their status, by name.
    pub fn regions_of(&self, account: &Account) -> BTreeMap<String, RegionStatus> {
        let mut all: BTreeMap<String, RegionStatus> = if self.regions.is_empty() {
            usual_regions().map(|(name, status)| (name.to_owned(), status)).collect()
        } else {
            self.regions.clone()
        };
        all.extend(account.regions.iter().map(|(name, status)| (name.clone(), *status)));
        all
    }
}

/// The 17 regions that every account has, and some that must be opted into.
fn usual_regions() -> impl Iterator<Item = (&'static str, RegionStatus)> {
    const ALWAYS: [&str; 17] = [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ];
    const OPT_IN: [&str; 6] =
        ["af-south-1", "ap-east-1", "ap-southeast-3", "eu-south-1", "il-central-1", "me-south-1"];
    ALWAYS
        .into_iter()
        .map(|name| (name, RegionStatus::EnabledByDefault))
        .chain(OPT_IN.into_iter().map(|name| (name, RegionStatus::Disabled)))
}

/// A long-lived access key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootKey {
    /// The access key id that requests are signed with; the secret is free.
    pub id: String,
    /// The account it belongs to.
    pub account: String,
    /// The principal that it signs as.
    pub arn: String,
}

/// An organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The management account.
    pub management_account: String,
    /// Roots with their nested organizational units.
    pub roots: Vec<Unit>,
    /// Policies of every type.
    pub policies: Vec<Policy>,
    /// Accounts that may read the organization as the management account does.
    pub delegated_administrators: Vec<String>,
    /// What they administer: account -> service principals.
    pub delegated_services: BTreeMap<String, Vec<String>>,
    /// Service principals that the organization trusts.
    pub trusted_services: Vec<String>,
    /// Features by which root users are managed centrally; the organization must trust IAM for that.
    pub root_access_features: Vec<String>,
    /// Whether accounts still carry `Status`, which AWS retired on
    /// 2026-09-09 in favour of `State`.
    pub legacy_status: bool,
}

/// A root or an organizational unit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unit {
    /// `r-…` or `ou-…`
    pub id: String,
    /// The unit's name.
    pub name: String,
    /// Tags of the unit.
    pub tags: BTreeMap<String, String>,
    /// Units below it.
    pub units: Vec<Unit>,
}

impl Unit {
    /// A unit without anything below it.
    pub fn new(id: &str, name: &str) -> Self {
        Self { id: id.into(), name: name.into(), ..Self::default() }
    }

    /// Adds a unit below this one.
    #[must_use]
    pub fn with(mut self, unit: Unit) -> Self {
        self.units.push(unit);
        self
    }
}

/// A policy of the organization and what it is attached to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// `p-…`
    pub id: String,
    /// The policy's name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// `SERVICE_CONTROL_POLICY` where empty.
    pub kind: String,
    /// Whether AWS owns it.
    pub aws_managed: bool,
    /// The document.
    pub content: Value,
    /// Roots, units and accounts that it is attached to.
    pub targets: Vec<String>,
    /// Tags of the policy.
    pub tags: BTreeMap<String, String>,
}

/// An account's place in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountState {
    /// Created, not yet usable.
    PendingActivation,
    /// In use.
    #[default]
    Active,
    /// Suspended by AWS.
    Suspended,
    /// Closing was asked for.
    PendingClosure,
    /// Closed, still listed.
    Closed,
}

impl AccountState {
    /// Whether its keys still work.
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Active | Self::PendingClosure)
    }

    /// As it goes over the wire in `State`.
    pub fn state(self) -> &'static str {
        match self {
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Closed => "CLOSED",
        }
    }

    /// As it goes over the wire in the older `Status`, which has fewer values.
    pub fn status(self) -> &'static str {
        match self {
            Self::PendingActivation | Self::Active => "ACTIVE",
            Self::Suspended | Self::Closed => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
        }
    }
}

/// Whether an account may use a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegionStatus {
    /// Opted into.
    Enabled,
    /// On in every account.
    EnabledByDefault,
    /// Being enabled.
    Enabling,
    /// Being disabled.
    Disabling,
    /// Not opted into.
    Disabled,
}

impl RegionStatus {
    /// Whether calls are answered there.
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Enabled | Self::EnabledByDefault | Self::Disabling)
    }

    /// As the Account service names it.
    pub fn opt_status(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::EnabledByDefault => "ENABLED_BY_DEFAULT",
            Self::Enabling => "ENABLING",
            Self::Disabling => "DISABLING",
            Self::Disabled => "DISABLED",
        }
    }

    /// As EC2 names it.
    pub fn opt_in_status(self) -> &'static str {
        match self {
            Self::EnabledByDefault => "opt-in-not-required",
            Self::Enabled | Self::Disabling => "opted-in",
            Self::Enabling | Self::Disabled => "not-opted-in",
        }
    }
}
