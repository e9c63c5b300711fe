//! The provider: discovery, sessions, regions, and the collection of units.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tenko_core::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Gate,
    Guard, Outcome, Problem, Provider, Rate, RateKey, Reach, Redactor, Region, Scope, ScopeKind,
    ScopeStatus, Sink, Unit, stream_of,
};
use tokio::sync::OnceCell;

use crate::context::Clients;
use crate::partition::is_account_id;
use crate::wire::{CallLedger, ErrorClass};

mod builder;
mod caller;
mod collect;
pub(crate) mod credentials;
mod discovery;
mod http;
mod outcome;
mod rates;
mod regions;
mod session;
mod sources;
#[cfg(test)]
mod tests;
mod types;
mod whole_body;

/// Every resource type that is built in.
///
/// # Errors
/// [`BuildError`] when a type's file is faulty.
pub fn catalog() -> Result<Catalog, BuildError> {
    catalog_with(&[])
}

/// As [`catalog`], with further types that are read through Cloud Control.
///
/// # Errors
/// [`BuildError`] when a type is faulty.
pub fn catalog_with(cloud_control: &[String]) -> Result<Catalog, BuildError> {
    Ok(Types::new(cloud_control)?.catalog().clone())
}

pub use builder::{AwsProviderBuilder, BuildError, DEFAULT_ROLE};
pub use caller::{CallerKeys, NoCallerKeys};
pub use discovery::Discovery;
pub use http::endpoint_of;
pub use sources::{SourceSettings, Sources, load_sources};

use discovery::{Organizations, Walk, caller_scope, named_scope};
use http::Endpoints;
use outcome::{outcome_of, outcome_of_session, problem_of};
use session::{Sessions, home_of};
use types::Types;

/// Amazon Web Services, as a [`Provider`].
///
/// The caller's own account is read with the caller's credentials, every other one with a role that is assumed there
/// and narrowed to the reads that are made. Nothing but reads that are on a list can leave the process.
#[derive(Clone)]
pub struct AwsProvider(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) clients: Clients,
    pub(crate) sessions: Sessions,
    pub(crate) types: Types,
    pub(crate) endpoints: Endpoints,
    pub(crate) redactor: Redactor,
    discovery: Discovery,
    regions: Vec<String>,
    ledgers: Vec<CallLedger>,
    /// The account in whose scope the organization's own resources are read.
    organization_reader: OnceCell<String>,
}

impl fmt::Debug for AwsProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsProvider")
            .field("discovery", &self.0.discovery)
            .field("sessions", &self.0.sessions)
            .field("regions", &self.0.regions)
            .field("types", &self.0.types)
            .finish_non_exhaustive()
    }
}

/// What the rate of a call is counted against.
pub(crate) fn rate_key(account: &str, reach: Reach, service: &str) -> RateKey {
    RateKey { cloud: Cloud::aws(), scope: account.into(), reach, service: service.to_owned() }
}

impl AwsProvider {
    /// Starts to make a provider.
    pub fn builder() -> AwsProviderBuilder {
        AwsProviderBuilder::default()
    }

    fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Requests that the read-only guard held back. More than 0 is a mistake in a resource type.
    pub fn refused_calls(&self) -> u64 {
        self.0.ledgers.iter().map(CallLedger::refusals).sum()
    }

    /// Every operation that may leave the process, as `service:Operation`.
    pub fn allowed_operations(&self) -> std::collections::BTreeSet<String> {
        let allowed = self.0.types.allowed().iter();
        allowed.map(|call| format!("{}:{}", call.service, call.operation)).collect()
    }

    /// The session policy that sessions are narrowed with, where they are.
    pub fn session_policy(&self) -> Option<&str> {
        self.0.sessions.settings().policy.as_deref()
    }
}

impl Provider for AwsProvider {
    fn cloud(&self) -> Cloud {
        Cloud::aws()
    }

    fn catalog(&self) -> &Catalog {
        self.0.types.catalog()
    }

    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        stream_of(move |sink| async move { self.0.discover(gate, &sink).await })
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

    fn rate(&self, service: &str) -> Rate {
        rates::rate(service)
    }

    fn guard(&self) -> Option<Guard> {
        Some(Guard { allowed: self.allowed_operations(), held_back: self.refused_calls() })
    }

    fn calls(&self) -> Vec<CallCount> {
        let mut calls: Vec<CallCount> = Vec::new();
        for ((service, operation), count) in self.0.ledgers.iter().flat_map(CallLedger::counts) {
            let operation = format!("{service}:{operation}");
            match calls.iter_mut().find(|call| call.operation == operation) {
                Some(call) => {
                    call.calls += count.calls;
                    call.throttled += count.throttled;
                }
                None => calls.push(CallCount {
                    operation,
                    calls: count.calls,
                    throttled: count.throttled,
                }),
            }
        }
        calls.sort();
        calls
    }
}

impl Inner {
    /// Waits until STS may be asked, if a session of this account takes a call. Renewals in the middle of a run do
    /// not wait: one an hour and account is no load.
    pub(crate) async fn pass_for_session(&self, account: &str, gate: &dyn Gate) {
        if !self.sessions.is_held(account) {
            let reach = Reach::region(self.sessions.sts_region());
            let key = rate_key(account, reach, "sts");
            // AssumeRole, and the question whose session it is.
            gate.pass(&key).await;
            gate.pass(&key).await;
        }
    }

    async fn discover(&self, gate: &dyn Gate, sink: &Sink<DiscoverEvent>) {
        if let Discovery::Accounts(accounts) = &self.discovery {
            for account in accounts {
                sink.send(DiscoverEvent::Scope(named_scope(account))).await;
            }
            return;
        }
        gate.pass(&rate_key("caller", Reach::region(self.sessions.sts_region()), "sts")).await;
        let session = match self.sessions.caller_session().await {
            Ok((session, _)) => session,
            Err(error) => return sink.send(DiscoverEvent::Problem(problem_of(&error, None))).await,
        };
        let alone = DiscoverEvent::Scope(caller_scope(&session.account, None));
        if self.discovery == Discovery::Caller {
            return sink.send(alone).await;
        }
        let api = Organizations { clients: &self.clients, session: &session, gate };
        match api.describe().await {
            Ok(Some(organization)) => {
                let walk = Walk {
                    api,
                    sink,
                    organization: &organization,
                    tags_allowed: AtomicBool::new(true),
                };
                let sees_tree = walk.run().await;
                let reader = if sees_tree { None } else { organization.management };
                // Set already when units were collected before: what was found then is as good.
                let _ =
                    self.organization_reader.set(reader.unwrap_or_else(|| session.account.clone()));
            }
            Ok(None) => sink.send(alone).await,
            Err(error) => {
                sink.send(DiscoverEvent::Problem(problem_of(&error, None))).await;
                sink.send(alone).await;
            }
        }
    }

    /// Whether the organization's own resources are read in this account's scope: in exactly one, the caller's if it may
    /// see the organization (management account or delegated administrator), else the management account's.
    pub(crate) async fn reads_organization(&self, account: &str, gate: &dyn Gate) -> bool {
        let reader = self.organization_reader.get_or_init(|| async {
            let Ok((session, _)) = self.sessions.caller_session().await else {
                return account.to_owned();
            };
            let api = Organizations { clients: &self.clients, session: &session, gate };
            match api.describe().await {
                Ok(Some(organization)) => match organization.management {
                    Some(management) if management != session.account && !api.sees_tree().await => {
                        management
                    }
                    _ => session.account.clone(),
                },
                // The unit's own call will say why.
                _ => session.account.clone(),
            }
        });
        reader.await == account
    }

    async fn open(&self, scope: &Scope, gate: &dyn Gate) -> Answer {
        let mut answer = Answer {
            scope: scope.id.clone(),
            cloud: Cloud::aws(),
            outcome: Outcome::Complete,
            identity: None,
            regions: Vec::new(),
            disabled_regions: Vec::new(),
            problems: Vec::new(),
        };
        let account = scope.id.as_str();
        if scope.kind != ScopeKind::Account || !is_account_id(account) {
            answer.outcome = Outcome::Unsupported;
            answer.problems.push(Problem::new(
                "tenko:Open",
                "not-an-account",
                format!("{account} is not an AWS account"),
            ));
            return answer;
        }
        if matches!(
            scope.status,
            ScopeStatus::Suspended | ScopeStatus::PendingClosure | ScopeStatus::Closed
        ) {
            answer.outcome = Outcome::ScopeSuspended;
            return answer;
        }
        self.pass_for_session(account, gate).await;
        let (session, proven) = match self.sessions.session(account).await {
            Ok(session) => session,
            Err(error) => {
                answer.outcome = outcome_of_session(&error);
                if error.class == ErrorClass::Throttled {
                    gate.throttled(&rate_key(
                        account,
                        Reach::region(self.sessions.sts_region()),
                        "sts",
                    ));
                }
                answer.problems.push(problem_of(&error, None));
                return answer;
            }
        };
        answer.identity = Some(proven.arn);
        // Where the caller works, then where it was told to look, then home: a policy that closes
        // regions leaves at least one of them open.
        let mut ask_in = vec![self.sessions.sts_region().to_owned()];
        ask_in.extend(self.regions.iter().cloned());
        ask_in.push(home_of(&session).to_owned());
        let mut seen = std::collections::HashSet::new();
        ask_in.retain(|region| seen.insert(region.clone()));
        match regions::describe(&self.clients, &session, &ask_in, gate).await {
            Ok(known) => {
                let sorted = regions::sort_out(&known, &self.regions);
                answer.regions = sorted.enabled;
                answer.disabled_regions = sorted.disabled;
                answer.problems.extend(sorted.problems);
            }
            Err(error) => {
                answer.problems.push(problem_of(&error, None));
                if self.regions.is_empty() {
                    answer.outcome = outcome_of(&error);
                } else {
                    // They were named, so they are taken to be enabled: a unit of one that is not says so itself.
                    answer.regions = self.regions.iter().map(Region::new).collect();
                }
            }
        }
        answer
    }
}
