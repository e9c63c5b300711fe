//! A cloud that exists only in memory, for tests of whatever drives a provider.
//!
//! Scopes, types and resources are said in advance; [`Effect`]s make it misbehave, and
//! [`Log`] tells what was asked of it. All waits are `tokio::time`, so a paused clock works.

mod effect;
mod log;
mod provider;
mod script;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tenko_core::{
    Answer, Catalog, Cloud, Origin, Rate, ReachKind, Redactor, Region, Resource, ResourceDraft,
    ResourceKey, Scope, ScopeId, ScopeKind, ScopeStatus, TypeInfo, Unit,
};

pub use effect::{At, Effect};
pub use log::{Log, LoggedCall};

/// An in-memory provider. Build it with its chained methods, then share it in an `Arc`; effects
/// can be injected and cleared at any time.
#[derive(Debug)]
pub struct FakeProvider {
    cloud: Cloud,
    catalog: Catalog,
    scopes: Vec<Scope>,
    regions: Vec<Region>,
    answers: HashMap<ScopeId, Answer>,
    resources: BTreeMap<Unit, Vec<Resource>>,
    each: usize,
    page_size: usize,
    latency: Duration,
    jitter: Option<(u64, Duration)>,
    rate: Rate,
    effects: Mutex<Vec<(At, Effect)>>,
    log: Arc<Log>,
}

impl FakeProvider {
    /// A cloud of this name, without scopes and types, with the regions `r1` and `r2`.
    pub fn new(cloud: &str) -> Self {
        Self {
            cloud: Cloud::new(cloud),
            catalog: Catalog::default(),
            scopes: Vec::new(),
            regions: vec!["r1".into(), "r2".into()],
            answers: HashMap::new(),
            resources: BTreeMap::new(),
            each: 1,
            page_size: 10,
            latency: Duration::ZERO,
            jitter: None,
            rate: Rate { burst: 1_000_000, per_second: 1_000_000.0 },
            effects: Mutex::default(),
            log: Arc::default(),
        }
    }

    /// Adds an active account without a parent.
    #[must_use]
    pub fn account(self, id: &str) -> Self {
        let cloud = self.cloud.clone();
        self.scope(Scope {
            cloud,
            id: id.into(),
            kind: ScopeKind::Account,
            parent: None,
            name: format!("account-{id}"),
            status: ScopeStatus::Active,
            management: false,
            tags: BTreeMap::new(),
        })
    }

    /// Adds an account that is not in use.
    #[must_use]
    pub fn account_with_status(mut self, id: &str, status: ScopeStatus) -> Self {
        self = self.account(id);
        if let Some(scope) = self.scopes.last_mut() {
            scope.status = status;
        }
        self
    }

    /// Adds a scope.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scopes.push(scope);
        self
    }

    /// The regions that every scope has, unless its answer says otherwise.
    #[must_use]
    pub fn regions(mut self, regions: &[&str]) -> Self {
        self.regions = regions.iter().map(Region::new).collect();
        self
    }

    /// What a scope answers.
    #[must_use]
    pub fn answer(mut self, scope: &str, answer: Answer) -> Self {
        self.answers.insert(scope.into(), answer);
        self
    }

    /// Adds a type that is listed once per scope.
    #[must_use]
    pub fn global(self, resource_type: &str) -> Self {
        self.typed(resource_type, ReachKind::Global)
    }

    /// Adds a type that is listed per region.
    #[must_use]
    pub fn regional(self, resource_type: &str) -> Self {
        self.typed(resource_type, ReachKind::Regional)
    }

    fn typed(mut self, resource_type: &str, reach: ReachKind) -> Self {
        self.catalog.extend([type_info(&self.cloud, resource_type, reach)]);
        self
    }

    /// How many resources every unit has for which none are set.
    #[must_use]
    pub fn each(mut self, count: usize) -> Self {
        self.each = count;
        self
    }

    /// The resources of one unit.
    #[must_use]
    pub fn resources(mut self, unit: Unit, resources: Vec<Resource>) -> Self {
        self.resources.insert(unit, resources);
        self
    }

    /// How many resources come in a page. Every page is a call.
    #[must_use]
    pub fn page_size(mut self, size: usize) -> Self {
        self.page_size = size.max(1);
        self
    }

    /// How long every call takes.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Makes each call take up to `most` longer, by a seeded choice.
    #[must_use]
    pub fn jitter(mut self, seed: u64, most: Duration) -> Self {
        self.jitter = Some((seed, most));
        self
    }

    /// The rate of every service.
    #[must_use]
    pub fn rate(mut self, burst: u32, per_second: f64) -> Self {
        self.rate = Rate { burst, per_second };
        self
    }

    /// Adds an effect while it is being built.
    #[must_use]
    pub fn with(self, at: At, effect: Effect) -> Self {
        self.inject(at, effect);
        self
    }

    /// Adds an effect from now on. Where several fit, the one that was added last counts.
    pub fn inject(&self, at: At, effect: Effect) {
        lock(&self.effects).push((at, effect));
    }

    /// Takes all effects away.
    pub fn clear(&self) {
        lock(&self.effects).clear();
    }

    /// The scopes that it has.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// What was asked so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The unit of one of its scopes; `global` for reach stands for the whole scope.
    pub fn unit(&self, scope: &str, reach: &str, resource_type: &str) -> Unit {
        Unit {
            cloud: self.cloud.clone(),
            scope: scope.into(),
            reach: reach.into(),
            resource_type: resource_type.into(),
        }
    }

    /// Resource number `number` of a unit; `size` is one of its compared attributes.
    pub fn resource(&self, unit: &Unit, number: usize, size: usize) -> Resource {
        let id = format!("{}-{number:04}", unit.resource_type);
        let draft = ResourceDraft {
            key: ResourceKey {
                cloud: unit.cloud.clone(),
                scope: unit.scope.clone(),
                region: unit.reach.clone(),
                resource_type: unit.resource_type.clone(),
                id: id.clone(),
            },
            name: Some(id.clone()),
            tags: BTreeMap::new(),
            created_at: None,
            origin: Origin::Customer,
            attributes: json!({"Name": id, "Size": size}),
            unknown: Vec::new(),
        };
        let info = self.catalog.get(&unit.resource_type).cloned();
        let info = info.unwrap_or_else(|| {
            type_info(&unit.cloud, unit.resource_type.as_str(), ReachKind::Global)
        });
        #[expect(clippy::expect_used, reason = "the attributes are two levels deep")]
        draft.finish(&info, &Redactor::new([0; 32])).expect("shallow attributes")
    }

    fn effect(&self, fits: impl Fn(&At) -> bool) -> Option<Effect> {
        let effects = lock(&self.effects);
        effects.iter().rev().find(|(at, _)| fits(at)).map(|(_, effect)| effect.clone())
    }
}

fn type_info(cloud: &Cloud, resource_type: &str, reach: ReachKind) -> TypeInfo {
    TypeInfo {
        resource_type: resource_type.into(),
        cloud: cloud.clone(),
        service: resource_type.rsplit("::").next().unwrap_or_default().to_lowercase(),
        title: resource_type.to_owned(),
        doc: String::new(),
        reach,
        taggable: true,
        attributes: vec!["Name".into(), "Size".into()],
        ignored: Vec::new(),
        sensitive: Vec::new(),
        sets: Vec::new(),
        permissions: Vec::new(),
        iac: Default::default(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
