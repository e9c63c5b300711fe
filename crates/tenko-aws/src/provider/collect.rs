//! Collecting one unit: what a type's reader says becomes resources, problems and one outcome.

use std::sync::Arc;

use futures_util::StreamExt;
use serde_json::Value;
use tenko_core::{
    AttrPath, BoxFuture, CollectEvent, Gate, Origin, Outcome, Problem, Reach, ResourceDraft,
    ResourceKey, Sink, TypeInfo, Unit,
};

use crate::context::{Session, UnitContext};
use crate::provider::Inner;
use crate::provider::outcome::{outcome_of, outcome_of_session, problem_of};
use crate::provider::rate_key;
use crate::provider::session::home_of;
use crate::provider::types::Reader;
use crate::sdk_type::{Draft, SdkType, TypeEvent};
use crate::wire::engine::Place;
use crate::wire::{
    self, CallContext, CallError, Caller, ErrorClass, MappedRecord, WireOperation, WireType,
};

/// What the unit said so far.
pub(crate) struct UnitRun<'a> {
    provider: &'a Inner,
    unit: &'a Unit,
    info: &'a TypeInfo,
    gate: &'a dyn Gate,
    sink: &'a Sink<CollectEvent>,
    /// Resources that were sent.
    sent: usize,
    /// Whether something could not be read.
    flawed: bool,
    /// Whether nobody said which attributes of the type are sensitive.
    undescribed: bool,
}

/// Collects a unit and says how it ended.
pub(crate) async fn run(
    provider: &Inner,
    unit: &Unit,
    gate: &dyn Gate,
    sink: &Sink<CollectEvent>,
) -> Outcome {
    let Some((info, reader)) = provider.types.get(&unit.resource_type) else {
        let text = format!("there is no resource type {}", unit.resource_type);
        sink.send(CollectEvent::Problem(Problem::new("tenko:Collect", "unknown-type", text))).await;
        return Outcome::Unsupported;
    };
    let undescribed = matches!(reader, Reader::CloudControl(_));
    let mut run = UnitRun { provider, unit, info, gate, sink, sent: 0, flawed: false, undescribed };
    run.run(reader).await
}

impl UnitRun<'_> {
    async fn run(&mut self, reader: &Reader) -> Outcome {
        let account = self.unit.scope.as_str();
        self.provider.pass_for_session(account, self.gate).await;
        let session = match self.provider.sessions.session(account).await {
            Ok((session, _)) => session,
            Err(error) => {
                self.sink.send(CollectEvent::Problem(problem_of(&error, None))).await;
                return outcome_of_session(&error);
            }
        };
        // The organization's own resources belong to the one account that administers them: every
        // other account surely holds none.
        if self.provider.types.is_of_organization(&self.unit.resource_type)
            && !self.provider.reads_organization(account, self.gate).await
        {
            return Outcome::Complete;
        }
        let region = match &self.unit.reach {
            Reach::Region(region) => region.as_str().to_owned(),
            Reach::Global => home_of(&session).to_owned(),
        };
        match reader {
            Reader::Sdk(sdk) => self.sdk(sdk, &session, &region).await,
            Reader::CloudControl(ty) => self.wire(ty.clone(), &session, region).await,
            Reader::Wire => match self.provider.types.wire(&self.unit.resource_type) {
                Ok(ty) => self.wire(ty, &session, region).await,
                Err(error) => {
                    let text = format!("the type's file is faulty: {error}");
                    self.problem(Problem::new("tenko:Collect", "faulty-type", text)).await;
                    Outcome::Unsupported
                }
            },
        }
    }

    async fn sdk(&mut self, sdk: &SdkType, session: &Session, region: &str) -> Outcome {
        let clients = &self.provider.clients;
        let ctx = UnitContext { clients, session, region, unit: self.unit, gate: self.gate };
        let mut events = (sdk.collect)(&ctx);
        while let Some(event) = events.next().await {
            match event {
                TypeEvent::Drafts(drafts) => {
                    let drafts =
                        drafts.into_iter().map(|draft| Ok(self.of_sdk(sdk, draft))).collect();
                    self.drafts(drafts).await;
                }
                TypeEvent::Problem(error) => self.call_problem(&error, None).await,
                TypeEvent::Failed(error) => return self.failed(&error).await,
            }
        }
        self.end()
    }

    async fn wire(&mut self, ty: Arc<WireType>, session: &Session, region: String) -> Outcome {
        let place = Place {
            account: session.account.clone(),
            region: region.clone(),
            partition: session.partition.clone(),
        };
        let endpoint = self.provider.endpoints.of(&ty.service.key);
        let caller = GatedCaller {
            provider: self.provider,
            session,
            unit: self.unit,
            gate: self.gate,
            region,
            endpoint,
        };
        let mut events = wire::collect(ty, Arc::new(caller), &place);
        while let Some(event) = events.next().await {
            match event {
                wire::TypeEvent::Records(records) => {
                    let drafts = records.into_iter().map(|record| self.of_wire(record)).collect();
                    self.drafts(drafts).await;
                }
                wire::TypeEvent::Problem(problem) => {
                    self.call_problem(&problem.error, problem.record).await
                }
                wire::TypeEvent::Failed(error) => return self.failed(&error).await,
            }
        }
        self.end()
    }

    /// Without a failed call the listing is whole. A problem makes it partial even when the listing itself was
    /// whole and only a part of a resource is unknown: some of the unit was not read.
    fn end(&self) -> Outcome {
        if self.flawed { Outcome::Partial } else { Outcome::Complete }
    }

    async fn failed(&mut self, error: &CallError) -> Outcome {
        self.call_problem(error, None).await;
        if self.sent > 0 { Outcome::Partial } else { outcome_of(error) }
    }

    async fn call_problem(&mut self, error: &CallError, resource: Option<String>) {
        if error.class == ErrorClass::Throttled {
            let key = rate_key(self.unit.scope.as_str(), self.unit.reach.clone(), &error.service);
            self.gate.throttled(&key);
        }
        self.problem(problem_of(error, resource)).await;
    }

    async fn problem(&mut self, problem: Problem) {
        self.flawed = true;
        self.sink.send(CollectEvent::Problem(problem)).await;
    }

    /// Finishes drafts: from here on nothing sensitive is left in them.
    async fn drafts(&mut self, drafts: Vec<Result<ResourceDraft, Problem>>) {
        let mut resources = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let finished = draft.and_then(|draft| {
                let id = draft.key.id.clone();
                draft.finish(self.info, &self.provider.redactor).map_err(|error| {
                    let problem = Problem::new("tenko:Collect", "too-deep", error.to_string());
                    Problem { resource: Some(id), ..problem }
                })
            });
            match finished {
                Ok(resource) => resources.push(resource),
                Err(problem) => self.problem(problem).await,
            }
        }
        if !resources.is_empty() {
            self.sent += resources.len();
            self.sink.send(CollectEvent::Resources(resources)).await;
        }
    }

    fn key(&self, id: String, reach: Option<Reach>) -> ResourceKey {
        ResourceKey {
            cloud: self.unit.cloud.clone(),
            scope: self.unit.scope.clone(),
            region: reach.unwrap_or_else(|| self.unit.reach.clone()),
            resource_type: self.unit.resource_type.clone(),
            id,
        }
    }

    fn of_sdk(&self, sdk: &SdkType, draft: Draft) -> ResourceDraft {
        let mut attributes = draft.attributes;
        if let Value::Object(map) = &mut attributes {
            map.insert(sdk.id_attribute.to_owned(), Value::from(draft.id.as_str()));
        }
        ResourceDraft {
            key: self.key(draft.id, draft.region.map(Reach::Region)),
            name: draft.name,
            tags: draft.tags,
            created_at: draft.created_at,
            origin: draft.origin,
            attributes,
            unknown: draft.unknown,
        }
    }

    fn of_wire(&self, record: MappedRecord) -> Result<ResourceDraft, Problem> {
        let faulty = |what: String| {
            let problem = Problem::new("tenko:Collect", "faulty-record", what);
            Problem { resource: Some(record.id.clone()), ..problem }
        };
        let mut unknown: Vec<AttrPath> = record
            .unknown
            .iter()
            .map(|path| path.parse().map_err(|error| faulty(format!("{path}: {error}"))))
            .collect::<Result<_, _>>()?;
        let created_at = record
            .created
            .as_deref()
            .map(|text| text.parse().map_err(|error| faulty(format!("{text} is no time: {error}"))))
            .transpose()?;
        let tags_path = AttrPath::key("Tags");
        if self.info.taggable
            && record.tags.is_none()
            && !unknown.iter().any(|path| path.covers(&tags_path))
        {
            unknown.push(tags_path);
        }
        let mut attributes = record.attributes;
        // Tags live in the envelope, in one form for all clouds.
        attributes.remove("Tags");
        let mut attributes = Value::Object(attributes);
        if self.undescribed {
            self.provider.redactor.apply_by_name(&mut attributes);
        }
        Ok(ResourceDraft {
            key: self.key(record.id, None),
            name: record.name,
            tags: record.tags.unwrap_or_default(),
            created_at,
            origin: record.provider_default.map_or(Origin::Customer, Origin::ProviderDefault),
            attributes,
            unknown,
        })
    }
}

/// Calls for one unit: each waits at the gate, and is made again once if the session turns out to have run
/// out.
struct GatedCaller<'a> {
    provider: &'a Inner,
    session: &'a Session,
    unit: &'a Unit,
    gate: &'a dyn Gate,
    region: String,
    endpoint: Option<String>,
}

impl Caller for GatedCaller<'_> {
    fn call<'b>(
        &'b self,
        op: &'b WireOperation,
        input: &'b Value,
    ) -> BoxFuture<'b, Result<Value, CallError>> {
        Box::pin(async move {
            let key = rate_key(&self.session.account, self.unit.reach.clone(), &op.service.key);
            let mut renewed = false;
            loop {
                self.gate.pass(&key).await;
                let credentials = self.session.credentials.get().await?.credentials;
                let access_key = credentials.access_key_id().to_owned();
                let context = CallContext::new(
                    self.session.account.as_str(),
                    self.region.as_str(),
                    credentials,
                )
                .with_retry_partition(self.session.retry_partition.clone())
                .with_endpoint_url(self.endpoint.clone());
                match self.provider.clients.wire.call(&context, op, input).await {
                    Err(error) if error.class == ErrorClass::Expired && !renewed => {
                        renewed = true;
                        self.session.credentials.expire(&access_key);
                    }
                    result => return result,
                }
            }
        })
    }
}
