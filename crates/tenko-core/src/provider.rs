//! The contract between a cloud and the collector.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use futures_core::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::coverage::{Outcome, Problem, ReadFrom, Unit};
use crate::names::{Cloud, Reach, Region, ScopeId};
use crate::resource::Resource;
use crate::scope::Scope;

/// A future that may be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A stream that may be sent between threads.
pub type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

/// A cloud that answers the roll call.
///
/// # Contract
/// - Everything is read-only.
/// - Nothing is ever guessed: what could not be read is a [`Problem`] and an [`Outcome`], never
///   an empty list.
/// - A failure of one scope, region or type is an event of that stream and ends only it.
/// - The provider retries by itself, in one layer. Before every call it asks the [`Gate`].
/// - A dropped future or stream stops its calls.
///
/// Implement it for a cloud of your own; `tenko-testkit` has the conformance suite.
pub trait Provider: Send + Sync + fmt::Debug {
    /// The cloud's name, the same in every scope, unit and resource that this provider gives out.
    fn cloud(&self) -> Cloud;

    /// The types that can be collected.
    fn catalog(&self) -> &Catalog;

    /// Finds the scopes. Parents need not come before children. A listing that failed is a
    /// problem: scopes may then be missing from the tree.
    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent>;

    /// Opens one account or project: gets a session, makes sure that it is the right one, and
    /// finds the regions that are enabled there. Called before the scope's first unit.
    fn open<'a>(&'a self, scope: &'a Scope, gate: &'a dyn Gate) -> BoxFuture<'a, Answer>;

    /// Collects one unit of a scope that was opened. The last event is [`CollectEvent::End`],
    /// exactly once; a stream that ends without it counts as unreachable, or as partial when it
    /// gave resources.
    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent>;

    /// How fast one (scope, reach, service) may be asked.
    fn rate(&self, service: &str) -> Rate;

    /// How many calls left the process so far, per operation.
    fn calls(&self) -> Vec<CallCount>;

    /// What keeps it read-only, and what that held back so far; `None` where nothing but its own
    /// care does.
    fn guard(&self) -> Option<Guard> {
        None
    }
}

/// What keeps a provider read-only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Every operation that may leave the process, as in [`CallCount::operation`].
    pub allowed: BTreeSet<String>,
    /// How many requests were held back.
    pub held_back: u64,
}

/// What discovery says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DiscoverEvent {
    /// A scope.
    Scope(Scope),
    /// Something that could not be listed.
    Problem(Problem),
}

/// How a scope answered when its name was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The account or project.
    pub scope: ScopeId,
    /// Its cloud.
    pub cloud: Cloud,
    /// `Complete` when a session was had and proven to be in this scope; any other outcome
    /// holds for every unit of the scope.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Who we are there, as the provider says it: an ARN, an e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Regions that can be asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// Regions that exist and are not enabled here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled_regions: Vec<Region>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// What the collection of one unit says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CollectEvent {
    /// Some resources. They count even when a later page fails.
    Resources(Vec<Resource>),
    /// A call that failed. It does not end the stream.
    Problem(Problem),
    /// The unit is read from an inventory, and of which time that is. Without it, it is read from
    /// the service itself, now.
    ReadFrom(ReadFrom),
    /// How the unit ended: the last event. `Partial` when only some of it was read.
    End(Outcome),
}

/// What a rate holds for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RateKey {
    /// The cloud.
    pub cloud: Cloud,
    /// The account or project that is asked.
    pub scope: ScopeId,
    /// The region that is asked, or `global`.
    pub reach: Reach,
    /// The service that is asked.
    pub service: String,
}

/// A token bucket: so many calls at once, refilled at so many per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Calls at once.
    pub burst: u32,
    /// Calls per second.
    pub per_second: f64,
}

/// Lets calls pass at the agreed rate. The provider asks before every call.
pub trait Gate: Send + Sync {
    /// Waits until one call may be made.
    fn pass<'a>(&'a self, key: &'a RateKey) -> BoxFuture<'a, ()>;

    /// Tells that the service answered with a throttling error, retried or not.
    fn throttled(&self, key: &RateKey);
}

/// A gate that never waits, for callers who bring their own limits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlimited;

impl Gate for Unlimited {
    fn pass<'a>(&'a self, _key: &'a RateKey) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn throttled(&self, _key: &RateKey) {}
}

/// How often an operation was called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct CallCount {
    /// `service:Operation`.
    pub operation: String,
    /// Requests that left the process, retries among them.
    pub calls: u64,
    /// How many of them were throttled.
    pub throttled: u64,
}
