//! What a delete takes with it, new networks, and moves.

use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{ResourceType, ScopeKey, Severity};

use super::{Named, Owner};

/// Whether there is a second copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Copies {
    /// It holds no data.
    NoData,
    /// There is one of some kind.
    Some,
    /// All kinds were looked for, and there is none.
    None,
    /// None was seen, and some kinds could not be looked for.
    NoneSeen,
    /// It could not be told.
    Unknown,
}

/// What a mistaken delete of one resource takes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Blast {
    /// The resource.
    pub resource: Named,
    /// How bad.
    pub severity: Severity,
    /// Why it is that bad, in one sentence.
    pub why: String,
    /// Whose it is.
    pub owner: Owner,
    /// What holds its data a second time.
    pub copies: Copies,
    /// What there is: `versioning`, `automated backups (go with it), 7 days`.
    pub has: Vec<String>,
    /// What there surely is not.
    pub lacks: Vec<String>,
    /// What could not be told.
    pub unknown: Vec<String>,
    /// Whether it is protected against deletion; null where it cannot be told, or has no such thing.
    pub deletion_protection: Option<bool>,
    /// The provider refuses to delete it as it is now, for it is in use.
    pub refused_while_in_use: bool,
    /// How many resources are deleted with it: the disks of a machine that are said to go with it,
    /// or what a stack manages.
    pub takes_along: u64,
    /// Some of these, of those that were read.
    pub takes_along_examples: Vec<Named>,
    /// How many resources use it: they refer to it themselves, from other accounts too.
    pub dependents: u64,
    /// Its owner, and those of what uses it or is deleted with it.
    pub dependent_groups: Vec<String>,
    /// Some of those that use it.
    pub examples: Vec<Named>,
}

/// Address ranges for the new networks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkPlan {
    /// One range for each owner that moves, uses a network now and has none elsewhere.
    pub ranges: Vec<NewRange>,
    /// Where ranges were looked for.
    #[schemars(with = "Vec<String>")]
    pub pools: Vec<Ipv4Net>,
    /// The ranges that were avoided.
    pub avoided: Vec<Avoided>,
    /// Accounts and projects whose networks could not all be read: a range may be in use there.
    pub unread: Vec<ScopeKey>,
}

/// The range of one owner's new network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NewRange {
    /// The owner.
    pub group: String,
    /// The range.
    #[schemars(with = "String")]
    pub range: Ipv4Net,
    /// Why it has this size.
    pub why: String,
}

/// A range that new networks must not overlap.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Avoided {
    /// The range.
    #[schemars(with = "String")]
    pub range: Ipv4Net,
    /// What it is.
    pub why: String,
}

/// One owner's turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Move {
    /// Its place in the order, from 1; the one that stays is the last.
    pub order: u32,
    /// The owner.
    pub group: String,
    /// Stays in the present account: it is its own once all others are gone.
    pub stays: bool,
    /// Why at this place.
    pub why: String,
    /// The accounts or projects of its own that are declared already.
    pub targets: Vec<ScopeKey>,
    /// The range of its new network.
    #[schemars(with = "Option<String>")]
    pub network: Option<Ipv4Net>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// What kind of step it is. The order is that in which steps are done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Phase {
    /// Networks, subnets, security groups.
    Network,
    /// Roles, keys, secrets, certificates: what all else needs to start.
    Foundation,
    /// What holds no data: functions, services, machines, queues.
    Stateless,
    /// Data stores, with what depends on them.
    Data,
    /// What the outside knows: zones, addresses, distributions. The switch.
    Entry,
    /// Types that are not known here.
    Unknown,
}

impl Phase {
    /// The words in text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Foundation => "identity, keys and certificates",
            Self::Stateless => "what holds no data",
            Self::Data => "data",
            Self::Entry => "names and addresses",
            Self::Unknown => "not known",
        }
    }
}

/// Whether a resource of a type can change its account.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Movable {
    /// It can be handed over as it is.
    Transfer,
    /// A copy of it, or of its data, is made in the new account.
    ShareAndCopy,
    /// It is made anew, from code or by hand.
    Recreate,
    /// It belongs to the account itself: each account has its own.
    Stays,
    /// Not known: check.
    Unknown,
}

impl Movable {
    /// The words in text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::ShareAndCopy => "copy",
            Self::Recreate => "make anew",
            Self::Stays => "each account has its own",
            Self::Unknown => "not known: check",
        }
    }
}

/// Whether a move interrupts service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Downtime {
    /// Not by itself.
    None,
    /// While it is switched over.
    AtSwitch,
    /// While data is copied, unless it is replicated meanwhile.
    WhileCopying,
    /// Not known.
    Unknown,
}

impl Downtime {
    /// The words in text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "no downtime",
            Self::AtSwitch => "downtime at the switch",
            Self::WhileCopying => "downtime while copying",
            Self::Unknown => "downtime not known",
        }
    }
}

/// One step of a move: the resources of one type, or one data store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What kind of step it is.
    pub phase: Phase,
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
    /// The resources.
    pub resources: Vec<Named>,
    /// Whether they can change the account.
    pub movable: Movable,
    /// Whether that interrupts service.
    pub downtime: Downtime,
    /// How.
    pub note: String,
    /// Where that is written; empty where it is not known.
    pub source: String,
    /// What to see to first, for these very resources.
    pub checks: Vec<String>,
    /// The owner's resources that use this data store, and are switched over with it.
    pub with: Vec<Named>,
}

/// Something that several owners share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shared {
    /// The resource.
    pub resource: Named,
    /// Who shares it.
    pub groups: Vec<String>,
    /// The one of them that stays in the present account: it is its own once the others are gone,
    /// and nothing has to be done.
    pub stays_with: Option<String>,
    /// Whether it can change the account.
    pub movable: Movable,
    /// How to get out of it.
    pub note: String,
    /// Where that is written; empty where it is not known.
    pub source: String,
}
