//! Runs a resource type's file: lists page by page, joins, hydrates, maps.
//!
//! # Contract
//! - Events come page by page; memory holds one page, the joins, and the ids seen.
//! - A record is emitted once. Where a call for it failed, the record still comes, and names what is unknown of it.
//! - What could not be read is never left out silently: there is a [`TypeEvent::Problem`] for it, or
//!   [`TypeEvent::Failed`] at the end.
//! - The stream ends after [`TypeEvent::Failed`]. Without it, and without problems, the listing is complete.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::{Value, json};
use tenko_jq::{JqValue, JqVars};

use super::error::{CallError, ErrorClass};
use super::hydrate::{Env, Record, hydrate, key};
use super::pages::{Pages, input, jq_failed};
use super::registry::{Step, WireType};
use super::service::WireOperation;

mod event;

use event::mapped_record;
pub use event::{Lost, MappedRecord, Place, Problem, TypeEvent};

/// Makes one call, all retries and rate limits included.
pub trait Caller: Send + Sync {
    /// Calls the operation.
    fn call<'a>(
        &'a self,
        op: &'a WireOperation,
        input: &'a Value,
    ) -> BoxFuture<'a, Result<Value, CallError>>;
}

/// Records of a page that are hydrated at the same time; the caller's rate gate has the last word.
const CONCURRENCY: usize = 8;

/// Collects all resources of a type in one place.
pub fn collect<'a>(
    ty: Arc<WireType>,
    caller: Arc<dyn Caller + 'a>,
    place: &Place,
) -> BoxStream<'a, TypeEvent> {
    let ctx =
        json!({"account": place.account, "region": place.region, "partition": place.partition});
    let run = Run {
        ty,
        caller,
        vars: JqVars { ctx: JqValue::from(&ctx), each: JqValue::default() },
        parents: None,
        joins: Vec::new(),
        pages: None,
        parent: Value::Null,
        seen: HashMap::new(),
        reported: HashSet::new(),
        done: false,
    };
    stream::unfold(run, |mut run| async move {
        let events = run.step().await?;
        Some((stream::iter(events), run))
    })
    .flatten()
    .boxed()
}

/// How often a service is asked whether it is ready.
const MAX_TRIES: u32 = 30;
/// The first pause between two tries; each is twice as long as the one before, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Asks until the service is ready. Whoever drops the future, at a deadline or a cancellation, ends the pause as well.
async fn prepared(step: &Step, caller: &dyn Caller, vars: &JqVars) -> Result<(), CallError> {
    let mut pause = FIRST_PAUSE;
    for _ in 0..MAX_TRIES {
        let output = JqValue::from(&caller.call(&step.op, &step.fixed_input).await?);
        let ready = step.until.as_ref().map(|until| until.one(&output, vars)).transpose();
        if ready.map_err(|e| jq_failed(step, "until", &e))? == Some(Value::Bool(true)) {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Err(CallError::new(
        ErrorClass::Unreachable,
        &step.op.service.key,
        &step.op.name,
        format!("the service was not ready after {MAX_TRIES} tries"),
    ))
}

struct Run<'a> {
    ty: Arc<WireType>,
    caller: Arc<dyn Caller + 'a>,
    vars: JqVars,
    /// Parents still to be listed; `None` before the start.
    parents: Option<VecDeque<Value>>,
    /// By join: key to item; `None` when it could not be read.
    joins: Vec<Option<HashMap<String, Value>>>,
    pages: Option<Pages>,
    parent: Value,
    /// Id to a digest of the record.
    seen: HashMap<String, u64>,
    reported: HashSet<(usize, ErrorClass, Option<String>)>,
    done: bool,
}

/// Numbers of the calls that aren't hydrates, in [`Run::reported`].
const LISTING: usize = usize::MAX;

impl Run<'_> {
    async fn step(&mut self) -> Option<Vec<TypeEvent>> {
        if self.done {
            return None;
        }
        if self.parents.is_none() {
            return Some(self.start().await.unwrap_or_else(|error| self.fail(error)));
        }
        let ty = self.ty.clone();
        if self.pages.is_none() {
            let Some(parent) = self.parents.as_mut().and_then(VecDeque::pop_front) else {
                self.done = true;
                return None;
            };
            let subject = match ty.parent_member() {
                Some(member) => json!({ member: &parent }),
                None => Value::Null,
            };
            self.parent = parent;
            match input(&ty.list, &JqValue::from(&subject), &self.vars) {
                Ok(input) => self.pages = Some(Pages::new(input)),
                Err(error) => return Some(self.fail(error)),
            }
        }
        let page = match &mut self.pages {
            Some(pages) => pages.next(&ty.list, &*self.caller, &self.vars).await,
            None => return None,
        };
        if page.is_err() || self.pages.as_ref().is_some_and(Pages::is_done) {
            self.pages = None;
        }
        match page {
            Ok(items) => {
                Some(self.process(&ty, items).await.unwrap_or_else(|error| self.fail(error)))
            }
            Err(error) => Some(self.page_failed(&ty, error)),
        }
    }

    fn fail(&mut self, error: CallError) -> Vec<TypeEvent> {
        self.done = true;
        vec![TypeEvent::Failed(error)]
    }

    fn page_failed(&mut self, ty: &WireType, error: CallError) -> Vec<TypeEvent> {
        let nothing = error.code.as_ref().is_some_and(|code| {
            ty.list.def.gone.contains(code) || ty.list.def.absent.contains(code)
        });
        if nothing {
            return Vec::new();
        }
        // One parent that can't be listed says nothing about the others.
        if ty.before.is_some() && !error.class.is_fatal_for_session() {
            return self
                .problem(LISTING, error, Lost::Records, Vec::new(), None)
                .into_iter()
                .collect();
        }
        self.fail(error)
    }

    /// What has to be prepared, parents and joins.
    async fn start(&mut self) -> Result<Vec<TypeEvent>, CallError> {
        let ty = self.ty.clone();
        let mut events = Vec::new();
        if let Some(prepare) = &ty.prepare {
            prepared(prepare, &*self.caller, &self.vars).await?;
        }
        self.parents = Some(match (&ty.before, &ty.def.over) {
            (None, None) => VecDeque::from([Value::Null]),
            (None, Some(over)) => over.values.iter().cloned().map(Value::String).collect(),
            (Some(before), _) => {
                Pages::all(before, before.fixed_input.clone(), &*self.caller, &self.vars)
                    .await?
                    .into()
            }
        });
        for join in &ty.joins {
            match self.read_join(join).await {
                Ok(items) => self.joins.push(Some(items)),
                Err(error) if error.class.is_fatal_for_session() => return Err(error),
                Err(error) => {
                    self.joins.push(None);
                    let unknown = join.def.provides.clone();
                    events.push(TypeEvent::Problem(Problem {
                        error,
                        lost: Lost::Attributes,
                        unknown,
                        record: None,
                    }));
                }
            }
        }
        Ok(events)
    }

    async fn read_join(&self, join: &Step) -> Result<HashMap<String, Value>, CallError> {
        let mut found = HashMap::new();
        let mut pages = Pages::new(join.fixed_input.clone());
        while !pages.is_done() {
            for item in pages.next(join, &*self.caller, &self.vars).await? {
                found
                    .insert(key(join, join.key.as_ref(), &JqValue::from(&item), &self.vars)?, item);
            }
        }
        Ok(found)
    }

    async fn process(
        &mut self,
        ty: &WireType,
        items: Vec<Value>,
    ) -> Result<Vec<TypeEvent>, CallError> {
        let mut events = Vec::new();
        let mut records = Vec::with_capacity(items.len());
        for item in items {
            let Value::Object(mut value) = item else {
                let error =
                    super::pages::invalid(&ty.list, "an item of the listing is not an object");
                events.extend(self.problem(LISTING, error, Lost::Record, Vec::new(), None));
                continue;
            };
            if let Some(member) = ty.parent_member() {
                value.insert(member.to_owned(), self.parent.clone());
            }
            let mut record = Record { value, unknown: Vec::new(), gone: false, errors: Vec::new() };
            self.join(ty, &mut record);
            records.push(record);
        }
        let env = Env { caller: &*self.caller, vars: &self.vars };
        for (number, step) in ty.hydrates.iter().enumerate() {
            let size = step.def.batch.unwrap_or(1).max(1);
            let mut groups = Vec::with_capacity(records.len().div_ceil(size));
            let mut rest = records.into_iter().peekable();
            while rest.peek().is_some() {
                groups.push(rest.by_ref().take(size).collect::<Vec<_>>());
            }
            let calls: Vec<_> =
                groups.into_iter().map(|group| hydrate(env, number, step, group)).collect();
            let mut running = stream::iter(calls).buffered(CONCURRENCY);
            records = Vec::new();
            while let Some(group) = running.next().await {
                records.extend(group?);
            }
        }
        let mut mapped = Vec::with_capacity(records.len());
        for record in records.into_iter().filter(|record| !record.gone) {
            self.finish(ty, record, &mut mapped, &mut events);
        }
        if !mapped.is_empty() {
            events.insert(0, TypeEvent::Records(mapped));
        }
        Ok(events)
    }

    fn join(&self, ty: &WireType, record: &mut Record) {
        for (join, found) in ty.joins.iter().zip(&self.joins) {
            let subject = JqValue::from(&Value::Object(record.value.clone()));
            let item = key(join, join.on.as_ref(), &subject, &self.vars)
                .ok()
                .and_then(|key| found.as_ref().and_then(|found| found.get(&key)));
            // Not in the join: made after it was read, so not known either.
            if item.is_none() && !(join.def.optional && found.is_some()) {
                record.blind(join);
            }
            record.set(join, item.cloned().unwrap_or_default());
        }
    }

    fn finish(
        &mut self,
        ty: &WireType,
        record: Record,
        mapped: &mut Vec<MappedRecord>,
        events: &mut Vec<TypeEvent>,
    ) {
        let Record { value, unknown, errors, .. } = record;
        let out = ty
            .record
            .one(&JqValue::from(&Value::Object(value)), &self.vars)
            .map_err(|e| jq_failed(&ty.list, "record", &e))
            .and_then(|out| mapped_record(ty, out, unknown));
        let id = out.as_ref().ok().map(|out| out.id.clone());
        for (number, error) in errors {
            let unknown =
                ty.hydrates.get(number).map(|step| step.def.provides.clone()).unwrap_or_default();
            events.extend(self.problem(number, error, Lost::Attributes, unknown, id.clone()));
        }
        match out {
            Err(error) => events.extend(self.problem(LISTING, error, Lost::Record, Vec::new(), id)),
            Ok(out) => {
                let mut hasher = DefaultHasher::new();
                format!("{out:?}").hash(&mut hasher);
                let digest = hasher.finish();
                match self.seen.get(&out.id) {
                    None => {
                        self.seen.insert(out.id.clone(), digest);
                        mapped.push(out);
                    }
                    Some(first) if *first == digest => {}
                    Some(_) => {
                        let error =
                            super::pages::invalid(&ty.list, "two records with the same id differ");
                        events.extend(self.problem(LISTING, error, Lost::Record, Vec::new(), id));
                    }
                }
            }
        }
    }

    /// A problem, unless the same call reported the same error before.
    fn problem(
        &mut self,
        number: usize,
        error: CallError,
        lost: Lost,
        unknown: Vec<String>,
        record: Option<String>,
    ) -> Option<TypeEvent> {
        let known = error.class == ErrorClass::InvalidResponse
            || self.reported.insert((number, error.class, error.code.clone()));
        known.then_some(TypeEvent::Problem(Problem { error, lost, unknown, record }))
    }
}

#[cfg(test)]
mod tests;
