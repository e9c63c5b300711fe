//! The provider: discovery, sessions, and the collection of units.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tenko_core::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DeniedBy, DiscoverEvent,
    Gate, Guard, Outcome, Problem, Provider, Rate, RateKey, Reach, Redactor, Scope, ScopeId,
    ScopeStatus, Unit, stream_of,
};

use crate::call::Operation;
use crate::credentials::{BuildCredentialsError, CredentialSource};
use crate::error::{CallError, chain};
use crate::official::{Official, PROJECTS_GET, hierarchy, metered};
use crate::rest::RestClient;
use crate::services::Services;
use crate::session::Session;
use crate::types::Types;

mod builder;
mod caller;
mod collect;
mod discovery;
mod listing;

pub use builder::{BuildError, GoogleProviderBuilder, Source};
pub(crate) use builder::{check_endpoints, is_project_id};
pub use caller::{NoStorageToken, StorageToken};
pub use discovery::Discovery;

use discovery::Walk;
use listing::Listings;

/// Every resource type that is built in.
///
/// # Errors
/// [`BuildError`] when a type's file is faulty.
pub fn catalog() -> Result<Catalog, BuildError> {
    catalog_with(&[])
}

/// As [`catalog`], with further asset types that are read through Cloud Asset Inventory.
///
/// # Errors
/// [`BuildError`] when a type is faulty, or a name is none of an asset type.
pub fn catalog_with(asset_types: &[String]) -> Result<Catalog, BuildError> {
    let services = Services::load().map_err(BuildError::services)?;
    Ok(Types::new(asset_types, &services).map_err(BuildError::from_type)?.catalog().clone())
}

/// Google Cloud, as a [`Provider`].
///
/// Projects are read with the caller's credentials, or as a service account that the caller may become. Nothing but
/// reads that are on a list can leave the process.
#[derive(Clone)]
pub struct GoogleProvider(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) official: Official,
    pub(crate) rest: RestClient,
    pub(crate) types: Types,
    pub(crate) source: CredentialSource,
    pub(crate) redactor: Redactor,
    listings: Listings,
    discovery: Discovery,
    prefer: Source,
    /// What was learnt of each project.
    known: Mutex<HashMap<ScopeId, Known>>,
}

/// What is known of a project beside its scope.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Its number, by which Cloud Asset Inventory and errors name it.
    pub(crate) number: Option<String>,
    /// The organization or folder that it was found below.
    pub(crate) root: Option<String>,
    session: Option<Session>,
}

impl fmt::Debug for GoogleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleProvider")
            .field("discovery", &self.0.discovery)
            .field("source", &self.0.prefer)
            .finish_non_exhaustive()
    }
}

/// What the rate of a call is counted against that is charged to the caller, whatever project it is about.
pub(crate) fn caller_key(service: &str) -> RateKey {
    rate_key(&ScopeId::new("-"), service)
}

/// What the rate of a call about a project is counted against.
pub(crate) fn rate_key(project: &ScopeId, service: &str) -> RateKey {
    RateKey {
        cloud: Cloud::gcp(),
        scope: project.clone(),
        reach: Reach::Global,
        service: service.to_owned(),
    }
}

/// Makes a call through an official client: it waits for its turn, and the gate is told of every answer that said
/// "too fast".
pub(crate) async fn gated<T>(gate: &dyn Gate, key: &RateKey, call: impl Future<Output = T>) -> T {
    gate.pass(key).await;
    let (answer, throttled) = metered::counting(call).await;
    (0..throttled).for_each(|_| gate.throttled(key));
    answer
}

impl GoogleProvider {
    /// Starts to make a provider.
    pub fn builder() -> GoogleProviderBuilder {
        GoogleProviderBuilder::default()
    }

    /// Requests that the read-only guard held back. More than 0 is a mistake in a resource type.
    pub fn refused_calls(&self) -> u64 {
        self.0.rest.ledger.refused()
    }

    /// Every operation that may leave the process, as `service:method`.
    pub fn allowed_operations(&self) -> BTreeSet<String> {
        self.0.rest.ledger.allowed().iter().map(Operation::to_string).collect()
    }
}

impl Inner {
    fn known(&self) -> MutexGuard<'_, HashMap<ScopeId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn known_of(&self, project: &ScopeId) -> Known {
        self.known().get(project).cloned().unwrap_or_default()
    }

    /// The session for a project: always the same, so that its tokens and its back-off are shared.
    pub(crate) fn session(&self, project: &str) -> Result<Session, BuildCredentialsError> {
        let id = ScopeId::new(project);
        if let Some(session) = self.known().get(&id).and_then(|known| known.session.clone()) {
            return Ok(session);
        }
        let session = self.source.session(project)?;
        Ok(self.known().entry(id).or_default().session.get_or_insert(session).clone())
    }

    async fn open(&self, scope: &Scope, gate: &dyn Gate) -> Answer {
        let mut answer = Answer {
            scope: scope.id.clone(),
            cloud: scope.cloud.clone(),
            outcome: Outcome::Complete,
            identity: None,
            regions: Vec::new(),
            disabled_regions: Vec::new(),
            problems: Vec::new(),
        };
        let session = match self.session(scope.id.as_str()) {
            Ok(session) => session,
            Err(error) => {
                answer.outcome = Outcome::Denied { denied_by: DeniedBy::Trust };
                let problem = Problem::new("tenko:Open", "credentials", chain(&error));
                answer.problems.push(problem);
                return answer;
            }
        };
        answer.identity = session.identity().map(str::to_owned);
        let key = caller_key("cloudresourcemanager");
        let asked = hierarchy::get_project(&self.official, &session, scope.id.as_str());
        let found = gated(gate, &key, asked).await;
        match found {
            Ok(found) if found.scope.id != scope.id => {
                answer.outcome = Outcome::Unreachable;
                let text = format!("{} was asked for and {} answered", scope.id, found.scope.id);
                answer.problems.push(Problem::new("tenko:Open", "wrong-project", text));
            }
            Ok(found) => {
                self.known().entry(scope.id.clone()).or_default().number = found.number;
                if matches!(found.scope.status, ScopeStatus::PendingClosure | ScopeStatus::Closed) {
                    answer.outcome = Outcome::ScopeSuspended;
                }
            }
            Err(error) => {
                answer.outcome = self.outcome(&error, &scope.id);
                answer.problems.push(error.problem(None));
            }
        }
        if answer.outcome.is_complete() {
            tracing::debug!(project = %scope.id, "opened");
        }
        answer
    }

    /// The outcome of an error in a project. An API that is not enabled where the call was charged to, and that is
    /// another project, says nothing about this one.
    pub(crate) fn outcome(&self, error: &CallError, project: &ScopeId) -> Outcome {
        let outcome = error.outcome();
        let elsewhere = error.consumer.as_deref().is_some_and(|consumer| {
            let consumer = consumer.trim_start_matches("projects/");
            let number = self.known_of(project).number;
            consumer != project.as_str() && number.is_none_or(|number| number != consumer)
        });
        let of_consumer = matches!(
            outcome,
            Outcome::ServiceNotEnabled | Outcome::BillingDisabled | Outcome::ScopeSuspended
        );
        let asks_about_all = error.operation == PROJECTS_GET.operation();
        if of_consumer && (elsewhere || asks_about_all && outcome == Outcome::ServiceNotEnabled) {
            return Outcome::Denied { denied_by: DeniedBy::Unknown };
        }
        outcome
    }
}

impl Provider for GoogleProvider {
    fn cloud(&self) -> Cloud {
        Cloud::gcp()
    }

    fn catalog(&self) -> &Catalog {
        self.0.types.catalog()
    }

    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        stream_of(move |sink| async move {
            let provider = &*self.0;
            provider.listings.reset();
            match provider.source.session("-") {
                Ok(session) => {
                    let walk = Walk { provider, session: &session, gate, sink: &sink };
                    walk.run(&provider.discovery).await;
                }
                Err(error) => {
                    let problem = Problem::new("tenko:Discover", "credentials", chain(&error));
                    sink.send(DiscoverEvent::Problem(problem)).await;
                }
            }
        })
    }

    fn open<'a>(&'a self, scope: &'a Scope, gate: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        Box::pin(self.0.open(scope, gate))
    }

    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        stream_of(move |sink| async move {
            let outcome = collect::run(&self.0, unit, gate, &sink).await;
            sink.send(CollectEvent::End(outcome)).await;
        })
    }

    /// A minute's quota, spread over the minute. A run that is short goes through at once: with the usual share of a
    /// half, a full burst and a minute's refill are three quarters of what a minute allows.
    fn rate(&self, service: &str) -> Rate {
        const DEFAULT: u32 = 60;
        let quota =
            self.0.rest.services.get(service).map_or(DEFAULT, |service| service.quota).max(1);
        Rate { burst: (quota / 2).clamp(1, 100), per_second: f64::from(quota) / 60.0 }
    }

    fn guard(&self) -> Option<Guard> {
        Some(Guard { allowed: self.allowed_operations(), held_back: self.refused_calls() })
    }

    fn calls(&self) -> Vec<CallCount> {
        self.0.rest.ledger.calls()
    }
}
