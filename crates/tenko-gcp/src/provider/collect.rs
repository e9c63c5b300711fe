//! Collecting one unit: which source is asked, and how what it says becomes resources, problems and one outcome.

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tenko_core::{
    AttrPath, CollectEvent, DeniedBy, Gate, Outcome, Problem, Resource, ResourceDraft, Sink, Unit,
    stream_of,
};

use crate::error::{CallError, ErrorClass, chain};
use crate::official::storage;
use crate::provider::listing::{Asking, Share};
use crate::provider::{Inner, Source, gated, rate_key};
use crate::rest::{self, RestEvent, RestUnit};
use crate::session::Session;
use crate::types::{IAM_POLICY, Reader, Record, RestReader, Type, TypeForm, draft};

/// Bucket policies that are asked for at once, within one unit.
const AT_ONCE: usize = 8;
const OPERATION: &str = "tenko:Collect";

/// Collects a unit and says how it ended.
pub(crate) async fn run(
    provider: &Inner,
    unit: &Unit,
    gate: &dyn Gate,
    sink: &Sink<CollectEvent>,
) -> Outcome {
    let Some(ty) = provider.types.get(&unit.resource_type) else {
        let text = format!("there is no resource type {}", unit.resource_type);
        sink.send(CollectEvent::Problem(Problem::new(OPERATION, "unknown-type", text))).await;
        return Outcome::Unsupported;
    };
    let session = match provider.session(unit.scope.as_str()) {
        Ok(session) => session,
        Err(error) => {
            let problem = Problem::new(OPERATION, "credentials", chain(&error));
            sink.send(CollectEvent::Problem(problem)).await;
            return Outcome::Denied { denied_by: DeniedBy::Trust };
        }
    };
    let mut run = UnitRun { provider, unit, ty, gate, sink, sent: 0, flawed: false };
    run.run(&session).await
}

/// What the unit said so far.
struct UnitRun<'a> {
    provider: &'a Inner,
    unit: &'a Unit,
    ty: &'a Type,
    gate: &'a dyn Gate,
    sink: &'a Sink<CollectEvent>,
    /// Resources that were sent.
    sent: usize,
    /// Whether something could not be read.
    flawed: bool,
}

impl UnitRun<'_> {
    async fn run(&mut self, session: &Session) -> Outcome {
        let known = self.provider.known_of(&self.unit.scope);
        let only_assets = matches!(self.ty.reader, Reader::None);
        let root = match (self.provider.prefer, known.root) {
            _ if !self.ty.form.in_assets() => None,
            (Source::Services, _) if !only_assets => None,
            (Source::Auto, None) if !only_assets => None,
            (_, Some(root)) => Some(root),
            (_, None) => Some(format!("projects/{}", self.unit.scope)),
        };
        if let Some(root) = root {
            let must = only_assets || self.provider.prefer == Source::AssetInventory;
            match self.share(&root, known.number.as_deref(), session).await {
                Ok(share) => return self.assets(share).await,
                Err(error) if must => return self.failed(&error).await,
                // The services themselves may still answer.
                Err(error) => {
                    let (ty, code) = (&self.unit.resource_type, &error.code);
                    tracing::info!(%ty, %code, "Cloud Asset Inventory is no help: {}", error.message);
                }
            }
        }
        match &self.ty.reader {
            Reader::Buckets => self.buckets(session).await,
            Reader::Rest(reader) => self.rest(reader, session).await,
            Reader::None => Outcome::Unsupported,
        }
    }

    async fn share(
        &self,
        root: &str,
        number: Option<&str>,
        session: &Session,
    ) -> Result<Share, CallError> {
        let operation = crate::official::ASSETS_LIST.operation();
        let Some(number) = number else {
            let text = "the project's number is not known, by which the inventory names it";
            return Err(CallError::own(&operation, ErrorClass::Broken, "no-number", text));
        };
        // A listing below an organization is the caller's own affair, one below a project that of its reader.
        let own = match root.starts_with("projects/") {
            true => session.clone(),
            false => self.provider.source.session("-").map_err(|error| {
                let class = ErrorClass::Denied(DeniedBy::Trust);
                CallError::own(&operation, class, "credentials", chain(&error))
            })?,
        };
        let asking = Asking {
            official: &self.provider.official,
            session: &own,
            gate: self.gate,
            root,
            ty: self.ty,
        };
        self.provider.listings.share(&asking, number).await
    }

    async fn assets(&mut self, share: Share) -> Outcome {
        self.sink.send(CollectEvent::ReadFrom(share.read_from)).await;
        if let Some(error) = &share.policies {
            self.call_problem(error, None).await;
        }
        self.records(share.records).await;
        self.end()
    }

    async fn rest(&mut self, reader: &RestReader, session: &Session) -> Outcome {
        let unit = RestUnit {
            client: &self.provider.rest,
            session,
            project: &self.unit.scope,
            gate: self.gate,
        };
        let unit = &unit;
        let mut events =
            stream_of(move |sink| async move { rest::collect(unit, reader, &sink).await });
        while let Some(event) = events.next().await {
            match event {
                RestEvent::Records(records) => self.records(records).await,
                RestEvent::Problem(error, resource) => self.call_problem(&error, resource).await,
                RestEvent::Failed(error) => return self.failed(&error).await,
            }
        }
        self.end()
    }

    async fn buckets(&mut self, session: &Session) -> Outcome {
        let project = &self.unit.scope;
        let key = rate_key(project, "storage");
        let official = &self.provider.official;
        let (mut token, mut tokens) = (None::<String>, std::collections::HashSet::new());
        loop {
            let asked =
                storage::list_buckets(official, session, project.as_str(), token.as_deref());
            let page = match gated(self.gate, &key, asked).await {
                Ok(page) => page,
                Err(error) => return self.failed(&error).await,
            };
            if page.next.as_ref().is_some_and(|next| !tokens.insert(next.clone())) {
                let text = "the same page token came again: the listing would never end";
                let operation = crate::official::BUCKETS_LIST.operation();
                let class = ErrorClass::Broken;
                let error = CallError::own(&operation, class, "repeated-token", text);
                return self.failed(&error).await;
            }
            if !page.unreachable.is_empty() {
                let names: Vec<_> = page.unreachable.iter().take(10).map(String::as_str).collect();
                let text = format!("a part is missing, unreachable: {}", names.join(", "));
                self.problem(Problem::new("storage:buckets.list", "partial-answer", text)).await;
            }
            let gate = self.gate;
            let key = &key;
            let read: Vec<_> = stream::iter(page.buckets)
                .map(|bucket| async move {
                    let name = bucket.get("name").and_then(Value::as_str).unwrap_or_default();
                    let asked = storage::bucket_policy(official, session, name);
                    let policy = gated(gate, key, asked).await;
                    (name.to_owned(), bucket, policy)
                })
                .buffered(AT_ONCE)
                .collect()
                .await;
            let mut records = Vec::with_capacity(read.len());
            for (name, bucket, policy) in read {
                let Value::Object(data) = bucket else { continue };
                let mut record = Record { data, ..Record::default() };
                match policy {
                    Ok(policy) => record.policy = Some(policy),
                    // Also when it is not found: it was listed, and that it is gone nobody said.
                    Err(error) => {
                        record.unknown.push(AttrPath::key(IAM_POLICY));
                        self.call_problem(&error, Some(name)).await;
                    }
                }
                records.push(record);
            }
            self.records(records).await;
            token = page.next;
            if token.is_none() {
                return self.end();
            }
        }
    }

    /// From here on nothing sensitive is left in what is handed on.
    async fn records(&mut self, records: Vec<Record>) {
        let mut resources = Vec::with_capacity(records.len());
        for record in records {
            let name = record.data.get("name").and_then(Value::as_str).map(str::to_owned);
            let drafted = draft(self.ty, &self.unit.scope, record);
            match drafted.map_err(|faulty| ("faulty-record", faulty.0)) {
                Ok(None) => {}
                Ok(Some(draft)) => match self.finish(draft) {
                    Ok(resource) => resources.push(resource),
                    Err(problem) => self.problem(problem).await,
                },
                Err((code, text)) => {
                    let problem = Problem::new(OPERATION, code, text);
                    self.problem(Problem { resource: name, ..problem }).await;
                }
            }
        }
        if !resources.is_empty() {
            self.sent += resources.len();
            self.sink.send(CollectEvent::Resources(resources)).await;
        }
    }

    fn finish(&self, mut draft: ResourceDraft) -> Result<Resource, Problem> {
        let redactor = &self.provider.redactor;
        if matches!(self.ty.form, TypeForm::Undescribed) {
            redactor.apply_by_name(&mut draft.attributes);
        }
        let id = draft.key.id.clone();
        draft.finish(&self.ty.info, redactor).map_err(|error| {
            let problem = Problem::new(OPERATION, "too-deep", error.to_string());
            Problem { resource: Some(id), ..problem }
        })
    }

    /// Without a failed call the listing is whole. A problem makes it partial even when only a part of a resource is
    /// unknown: some of the unit was not read.
    fn end(&self) -> Outcome {
        if self.flawed { Outcome::Partial } else { Outcome::Complete }
    }

    async fn failed(&mut self, error: &CallError) -> Outcome {
        self.call_problem(error, None).await;
        let outcome = self.provider.outcome(error, &self.unit.scope);
        if self.sent > 0 { Outcome::Partial } else { outcome }
    }

    async fn call_problem(&mut self, error: &CallError, resource: Option<String>) {
        self.problem(error.problem(resource)).await;
    }

    async fn problem(&mut self, problem: Problem) {
        self.flawed = true;
        self.sink.send(CollectEvent::Problem(problem)).await;
    }
}
