//! What goes wrong, and where.

use std::time::Duration;

use tenko_core::{Outcome, Reach, Resource, ResourceType, ScopeId, Unit};

/// Where an effect shows.
#[derive(Clone, Debug)]
pub enum At {
    /// While scopes are discovered.
    Discover,
    /// While this scope is opened.
    Open(ScopeId),
    /// In every unit that fits; `None` fits all.
    Units {
        /// Of this scope.
        scope: Option<ScopeId>,
        /// Of this reach.
        reach: Option<Reach>,
        /// Of this type.
        resource_type: Option<ResourceType>,
    },
}

impl At {
    /// While this scope is opened.
    pub fn open(scope: &str) -> Self {
        Self::Open(scope.into())
    }

    /// In this unit.
    pub fn unit(unit: &Unit) -> Self {
        Self::Units {
            scope: Some(unit.scope.clone()),
            reach: Some(unit.reach.clone()),
            resource_type: Some(unit.resource_type.clone()),
        }
    }

    /// In all units of this scope.
    pub fn scope(scope: &str) -> Self {
        Self::Units { scope: Some(scope.into()), reach: None, resource_type: None }
    }

    /// In all units of this type.
    pub fn resource_type(resource_type: &str) -> Self {
        Self::Units { scope: None, reach: None, resource_type: Some(resource_type.into()) }
    }

    /// In all units of this region.
    pub fn region(region: &str) -> Self {
        Self::Units { scope: None, reach: Some(region.into()), resource_type: None }
    }

    pub(super) fn fits(&self, unit: &Unit) -> bool {
        match self {
            Self::Discover | Self::Open(_) => false,
            Self::Units { scope, reach, resource_type } => {
                scope.as_ref().is_none_or(|scope| *scope == unit.scope)
                    && reach.as_ref().is_none_or(|reach| *reach == unit.reach)
                    && resource_type.as_ref().is_none_or(|of| *of == unit.resource_type)
            }
        }
    }
}

/// What happens instead of a good end, or before it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Effect {
    /// A problem, then this outcome.
    End(Outcome),
    /// Nothing happens any more.
    Hang,
    /// A panic with this message.
    Panic(String),
    /// It stops without an end.
    NoEnd,
    /// The same problem, always ready, for ever.
    Flood,
    /// A wait; then all goes well.
    Delay(Duration),
    /// The service throttles this many calls; then all goes well.
    Throttled(u32),
    /// A problem; then it ends as complete all the same.
    Problem,
    /// Also these resources; then all goes well.
    Also(Vec<Resource>),
    /// The other effect, after this many resources (or scopes).
    After(usize, Box<Effect>),
}

impl Effect {
    /// This effect, but only after so many resources.
    #[must_use]
    pub fn after(self, count: usize) -> Self {
        Self::After(count, Box::new(self))
    }

    /// The outcome `Denied` by the caller's own policies.
    pub fn denied() -> Self {
        Self::End(Outcome::Denied { denied_by: tenko_core::DeniedBy::IdentityPolicy })
    }

    /// The effect itself and how many resources come before it.
    pub(super) fn parts(self) -> (usize, Self) {
        match self {
            Self::After(count, effect) => (count, effect.parts().1),
            other => (0, other),
        }
    }
}
