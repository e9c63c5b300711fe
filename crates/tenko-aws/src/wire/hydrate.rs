//! The calls per record, alone or in batches.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use tenko_jq::{JqValue, JqVars};

use super::engine::Caller;
use super::error::CallError;
use super::pages::{Pages, input, invalid, jq_failed};
use super::registry::Step;

/// A record on its way.
#[derive(Debug)]
pub(crate) struct Record {
    pub value: Map<String, Value>,
    /// Attribute paths that could not be read.
    pub unknown: Vec<String>,
    /// It vanished between the listing and the call.
    pub gone: bool,
    /// What went wrong, with the step's number.
    pub errors: Vec<(usize, CallError)>,
}

impl Record {
    fn jq(&self) -> JqValue {
        JqValue::from(&Value::Object(self.value.clone()))
    }

    pub(crate) fn set(&mut self, step: &Step, value: Value) {
        self.value.insert(step.member().to_owned(), value);
    }

    /// The step gave nothing: whatever it provides is unknown.
    pub(crate) fn miss(&mut self, number: usize, step: &Step, error: CallError) {
        self.set(step, Value::Null);
        self.blind(step);
        self.errors.push((number, error));
    }

    pub(crate) fn blind(&mut self, step: &Step) {
        for path in &step.def.provides {
            if !self.unknown.contains(path) {
                self.unknown.push(path.clone());
            }
        }
    }
}

/// What every step has in common.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    pub caller: &'a dyn Caller,
    pub vars: &'a JqVars,
}

/// One step for a few records: as many as its batch, else one.
///
/// # Errors
/// Only errors after which no further call can work; others are kept in the records.
pub(crate) fn hydrate<'a>(
    env: Env<'a>,
    number: usize,
    step: &'a Step,
    mut records: Vec<Record>,
) -> BoxFuture<'a, Result<Vec<Record>, CallError>> {
    Box::pin(async move {
        if step.def.batch.is_some() {
            batch(env, number, step, &mut records).await?;
        } else {
            for record in &mut records {
                single(env, number, step, record).await?;
            }
        }
        Ok(records)
    })
}

/// A record of which something could not be read before is kept, whatever a later call says: the call may have been
/// made only because too little was known.
async fn single(
    env: Env<'_>,
    number: usize,
    step: &Step,
    record: &mut Record,
) -> Result<(), CallError> {
    if record.gone {
        return Ok(());
    }
    match one(env, step, &record.jq()).await {
        Ok(value) => record.set(step, value),
        Err(error) if error.class.is_fatal_for_session() => return Err(error),
        Err(error) => match error.code.as_ref() {
            Some(code) if step.def.gone.contains(code) && record.errors.is_empty() => {
                record.gone = true;
            }
            Some(code) if step.def.absent.contains(code) => record.set(step, Value::Null),
            _ => record.miss(number, step, error),
        },
    }
    Ok(())
}

async fn one(env: Env<'_>, step: &Step, record: &JqValue) -> Result<Value, CallError> {
    if let Some(when) = &step.when {
        let when = when.one(record, env.vars).map_err(|e| jq_failed(step, "when", &e))?;
        if when != Value::Bool(true) {
            return Ok(Value::Null);
        }
    }
    let Some(each) = &step.each else { return fetch(env, step, record, env.vars).await };
    let mut out = Vec::new();
    for value in each.all(record, env.vars).map_err(|e| jq_failed(step, "each", &e))? {
        let vars = JqVars { ctx: env.vars.ctx.clone(), each: JqValue::from(&value) };
        let fetched = fetch(env, step, record, &vars).await?;
        out.push(json!({"Each": value, "Out": fetched}));
    }
    Ok(Value::Array(out))
}

async fn fetch(
    env: Env<'_>,
    step: &Step,
    record: &JqValue,
    vars: &JqVars,
) -> Result<Value, CallError> {
    let input = input(step, record, vars)?;
    if step.items.is_some() {
        return Pages::all(step, input, env.caller, vars).await.map(Value::Array);
    }
    let output = env.caller.call(&step.op, &input).await?;
    match &step.out {
        None => Ok(output),
        Some(out) => out.one(&JqValue::from(&output), vars).map_err(|e| jq_failed(step, "out", &e)),
    }
}

async fn batch(
    env: Env<'_>,
    number: usize,
    step: &Step,
    records: &mut [Record],
) -> Result<(), CallError> {
    let open: Vec<Value> =
        records.iter().filter(|r| !r.gone).map(|r| Value::Object(r.value.clone())).collect();
    if open.is_empty() {
        return Ok(());
    }
    match described(env, step, &Value::Array(open)).await {
        Err(error) if error.class.is_fatal_for_session() => Err(error),
        Err(error) => {
            for record in records.iter_mut().filter(|r| !r.gone) {
                record.miss(number, step, error.clone());
            }
            Ok(())
        }
        Ok((mut found, failures)) => {
            for record in records.iter_mut().filter(|r| !r.gone) {
                let key = key(step, step.on.as_ref(), &record.jq(), env.vars);
                match key {
                    Err(error) => record.miss(number, step, error),
                    Ok(key) => match (found.remove(&key), failures.get(&key)) {
                        (Some(item), _) => record.set(step, item),
                        (None, Some(reason))
                            if step.def.gone.contains(reason) && record.errors.is_empty() =>
                        {
                            record.gone = true
                        }
                        (None, reason) => {
                            let reason = reason.map_or("without a reason", String::as_str);
                            record.miss(
                                number,
                                step,
                                invalid(step, format!("one of the batch is missing: {reason}")),
                            );
                        }
                    },
                }
            }
            Ok(())
        }
    }
}

type Described = (HashMap<String, Value>, HashMap<String, String>);

async fn described(env: Env<'_>, step: &Step, records: &Value) -> Result<Described, CallError> {
    let input = input(step, &JqValue::from(records), env.vars)?;
    let output = JqValue::from(&env.caller.call(&step.op, &input).await?);
    let items = match &step.items {
        Some(items) => items.all(&output, env.vars).map_err(|e| jq_failed(step, "items", &e))?,
        None => Vec::new(),
    };
    let mut found = HashMap::with_capacity(items.len());
    for item in items {
        found.insert(key(step, step.key.as_ref(), &JqValue::from(&item), env.vars)?, item);
    }
    let mut failures = HashMap::new();
    if let Some(jq) = &step.failures {
        for failure in jq.all(&output, env.vars).map_err(|e| jq_failed(step, "failures", &e))? {
            let text = |name: &str| {
                failure.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            failures.insert(text("key"), text("reason"));
        }
    }
    Ok((found, failures))
}

/// A key is a string that isn't empty.
pub(crate) fn key(
    step: &Step,
    jq: Option<&tenko_jq::Jq>,
    subject: &JqValue,
    vars: &JqVars,
) -> Result<String, CallError> {
    match jq.map(|jq| jq.one(subject, vars)).transpose() {
        Ok(Some(Value::String(key))) if !key.is_empty() => Ok(key),
        Ok(_) => Err(invalid(step, "an item has no key")),
        Err(error) => Err(jq_failed(step, "key", &error)),
    }
}
