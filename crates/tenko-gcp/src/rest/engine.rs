//! Collecting a type by its calls: parents, pages, and a call for each resource where the listing does not say all.

use std::collections::HashSet;

use futures_util::{StreamExt, stream};
use serde_json::{Map, Value};
use tenko_core::{AttrPath, Gate, ScopeId, Sink};

use crate::error::{CallError, ErrorClass};
use crate::provider::rate_key;
use crate::rest::again::Lost;
use crate::rest::client::Request;
use crate::rest::{RestClient, shape};
use crate::session::Session;
use crate::types::{Call, Form, IAM_POLICY, Record, RestReader};

/// Calls for single resources that are under way at once, within one unit.
pub(super) const AT_ONCE: usize = 8;

/// What collecting says.
pub(crate) enum RestEvent {
    /// Resources.
    Records(Vec<Record>),
    /// A call that failed, and the resource that it was about.
    Problem(CallError, Option<String>),
    /// The listing itself failed: nothing more comes.
    Failed(CallError),
}

/// One unit's surroundings.
pub(crate) struct RestUnit<'a> {
    pub(crate) client: &'a RestClient,
    pub(crate) session: &'a Session,
    pub(crate) project: &'a ScopeId,
    pub(crate) gate: &'a dyn Gate,
}

/// Collects all resources of a type.
pub(crate) async fn collect(unit: &RestUnit<'_>, reader: &RestReader, sink: &Sink<RestEvent>) {
    match (&reader.parents, &reader.names) {
        (_, Some(names)) => unit.by_name(names, reader, sink).await,
        (None, None) => {
            let _ = unit.listing(reader, &Value::Null, None, sink).await;
        }
        (Some(call), None) => unit.below_parents(call, reader, sink).await,
    }
}

impl RestUnit<'_> {
    async fn below_parents(&self, call: &Call, reader: &RestReader, sink: &Sink<RestEvent>) {
        let (mut pages, mut lost) = (Pages::new(call), Lost::default());
        let inside = |parent: &Value| serde_json::json!({ "parent": parent });
        while let Some(page) = pages.next(self, &Value::Null).await {
            let page = match page {
                Ok(page) => page,
                Err(error) => return sink.send(RestEvent::Failed(error)).await,
            };
            for problem in page.partial {
                sink.send(RestEvent::Problem(problem, None)).await;
            }
            for parent in page.items {
                let name =
                    parent.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                let parent = inside(&parent);
                if let Some(error) = self.listing(reader, &parent, Some(name), sink).await {
                    lost.add(self, &reader.list.path, &parent, error);
                }
            }
        }
        let again = lost.look_again(self, call, &Value::Null, &reader.list.path, inside).await;
        for error in again.problems {
            sink.send(RestEvent::Problem(error, None)).await;
        }
        for (parent, error) in again.there {
            sink.send(RestEvent::Problem(error, name_of(&parent))).await;
        }
    }

    /// `below`: the parent's name; its listing's failure is a problem and does not end the others. What is given back
    /// says that the parent was not found.
    async fn listing(
        &self,
        reader: &RestReader,
        context: &Value,
        below: Option<String>,
        sink: &Sink<RestEvent>,
    ) -> Option<CallError> {
        let (mut pages, mut lost) = (Pages::new(&reader.list), Lost::default());
        while let Some(page) = pages.next(self, context).await {
            let page = match page {
                Ok(page) => page,
                Err(error) if below.is_some() && error.class == ErrorClass::NotFound => {
                    return Some(error);
                }
                Err(error) if below.is_some() => {
                    sink.send(RestEvent::Problem(error, below)).await;
                    return None;
                }
                Err(error) => {
                    sink.send(RestEvent::Failed(error)).await;
                    return None;
                }
            };
            for problem in page.partial {
                sink.send(RestEvent::Problem(problem, below.clone())).await;
            }
            let mut records = Vec::with_capacity(page.items.len());
            let mut hydrated =
                stream::iter(page.items).map(|item| self.hydrate(reader, item)).buffered(AT_ONCE);
            while let Some(hydrated) = hydrated.next().await {
                match hydrated {
                    Ok((record, problems)) => {
                        for (error, name) in problems {
                            sink.send(RestEvent::Problem(error, name)).await;
                        }
                        records.push(record);
                    }
                    Err((item, error)) => {
                        if let Some(first) = reader.each.first() {
                            lost.add(self, &first.path, &item, error);
                        }
                    }
                }
            }
            if !records.is_empty() {
                sink.send(RestEvent::Records(records)).await;
            }
        }
        let first = reader.each.first()?;
        let again = lost.look_again(self, &reader.list, context, &first.path, Value::clone).await;
        for error in again.problems {
            sink.send(RestEvent::Problem(error, below.clone())).await;
        }
        for (item, error) in again.there {
            sink.send(RestEvent::Problem(error, name_of(&item))).await;
            let Value::Object(data) = item else { continue };
            let unknown = reader.each.iter().flat_map(|call| call.provides.iter().cloned());
            let record = Record { data, unknown: unknown.collect(), ..Record::default() };
            sink.send(RestEvent::Records(vec![record])).await;
        }
        None
    }

    /// Makes the calls for one resource. When one of them does not find it, it is given back as it was listed.
    async fn hydrate(
        &self,
        reader: &RestReader,
        item: Value,
    ) -> Result<(Record, Vec<(CallError, Option<String>)>), (Value, CallError)> {
        let listed = item.clone();
        let mut item = item;
        let mut record = Record::default();
        let mut problems = Vec::new();
        for call in &reader.each {
            let answer = self.one(call, &item, None).await;
            match answer.and_then(|answer| shape::about(call, &item, answer)) {
                Ok(answer) => match call.def.into.as_deref() {
                    Some(IAM_POLICY) => record.policy = Some(answer),
                    Some(into) => {
                        if let Value::Object(map) = &mut item {
                            map.insert(into.to_owned(), answer);
                        }
                    }
                    None => item = answer,
                },
                Err(error) if error.class == ErrorClass::NotFound => return Err((listed, error)),
                Err(error) => {
                    record.unknown.extend(call.provides.iter().cloned());
                    problems.push((error, name_of(&item)));
                }
            }
        }
        match item {
            Value::Object(data) => record.data = data,
            _ => record.data = Map::new(),
        }
        Ok((record, problems))
    }

    pub(super) async fn one(
        &self,
        call: &Call,
        context: &Value,
        token: Option<&str>,
    ) -> Result<Value, CallError> {
        let operation = &call.operation;
        let path = call.path.fill(self.project.as_str(), context, Form::Path).ok_or_else(|| {
            let text = format!("the resource lacks what {} is made of", call.def.path);
            CallError::own(operation, ErrorClass::Broken, "faulty-record", text)
        })?;
        let fixed = call.def.query.iter().map(|(key, value)| (key.as_str(), value.clone()));
        let size = call.def.page_size.iter().map(|(key, size)| (key.as_str(), size.to_string()));
        let mut query: Vec<_> = fixed.chain(size).collect();
        if let (Some((key, _)), Some(token)) = (&call.def.page_token, token) {
            query.push((key.as_str(), token.to_owned()));
        }
        let (gate, key) = (self.gate, rate_key(self.project, &operation.service));
        gate.pass(&key).await;
        let request = Request { call, path, query, gate, key, reason: None };
        self.client.call(self.session, &request).await
    }
}

fn name_of(item: &Value) -> Option<String> {
    item.get("name").or_else(|| item.get("id")).and_then(Value::as_str).map(str::to_owned)
}

/// What one answer held.
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) partial: Vec<CallError>,
}

/// The pages of a listing.
pub(super) struct Pages<'a> {
    call: &'a Call,
    next: Option<String>,
    seen: HashSet<String>,
    ended: bool,
}

impl<'a> Pages<'a> {
    pub(super) fn new(call: &'a Call) -> Self {
        Self { call, next: None, seen: HashSet::new(), ended: false }
    }

    pub(super) async fn next(
        &mut self,
        unit: &RestUnit<'_>,
        context: &Value,
    ) -> Option<Result<Page, CallError>> {
        if self.ended {
            return None;
        }
        let mut answer = match unit.one(self.call, context, self.next.as_deref()).await {
            Ok(answer) => answer,
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        };
        let token = self.call.def.page_token.as_ref();
        let token = token.and_then(|(_, path)| path.get(&answer)?.as_str().map(str::to_owned));
        match token.filter(|token| !token.is_empty()) {
            Some(token) if !self.seen.insert(token.clone()) => {
                self.ended = true;
                let text = "the same page token came again: the listing would never end";
                let class = ErrorClass::Broken;
                let operation = &self.call.operation;
                return Some(Err(CallError::own(operation, class, "repeated-token", text)));
            }
            Some(token) => self.next = Some(token),
            None => self.ended = true,
        }
        let partial = partial(self.call, &mut answer);
        let items = match &self.call.def.items {
            None => vec![answer],
            Some(path) => {
                let mut items = Vec::new();
                path.visit_mut(&mut answer, &mut |found| match found.take() {
                    Value::Array(list) => items.extend(list),
                    Value::Null => {}
                    item => items.push(item),
                });
                items
            }
        };
        Some(Ok(Page { items, partial }))
    }
}

/// What an answer says is missing from it.
fn partial(call: &Call, answer: &mut Value) -> Vec<CallError> {
    let mut found = Vec::new();
    for path in &call.def.partial {
        path.visit_mut(answer, &mut |item| {
            if let Some(text) = missing(item, path) {
                let class = ErrorClass::Unreachable;
                found.push(CallError::own(&call.operation, class, "partial-answer", text));
            }
        });
    }
    found
}

fn missing(item: &Value, path: &AttrPath) -> Option<String> {
    match item {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(map) if map.is_empty() => None,
        // A zone or region without any.
        Value::Object(map) if map.get("code").is_some_and(|c| c == "NO_RESULTS_ON_PAGE") => None,
        Value::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
            Some(
                format!("a part is missing: {} {}", text("code"), text("message"))
                    .trim_end()
                    .to_owned(),
            )
        }
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(Value::as_str).take(10).collect();
            Some(format!("a part is missing, {path}: {}", texts.join(", ")))
        }
        other => Some(format!("a part is missing, {path}: {}", other.as_str().unwrap_or("?"))),
    }
}
