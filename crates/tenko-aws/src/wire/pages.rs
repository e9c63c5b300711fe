//! Paging: one page at a time, and no trust in the service's tokens.

use std::collections::HashSet;

use serde_json::Value;
use tenko_jq::{Jq, JqError, JqValue, JqVars};

use super::csv_table;
use super::engine::Caller;
use super::error::{CallError, ErrorClass};
use super::registry::Step;

/// A listing that never ends is ended. The largest real ones have thousands of pages.
const MAX_PAGES: usize = 100_000;

/// A listing under way.
#[derive(Debug)]
pub(crate) struct Pages {
    input: Value,
    seen: HashSet<String>,
    count: usize,
    done: bool,
}

/// An error that is about what the service answered.
pub(crate) fn invalid(step: &Step, message: impl Into<String>) -> CallError {
    CallError::new(ErrorClass::InvalidResponse, &step.op.service.key, &step.op.name, message)
}

pub(crate) fn jq_failed(step: &Step, field: &str, error: &JqError) -> CallError {
    invalid(step, format!("`{field}`: {error}"))
}

/// The input of a call: the table, or the expression's value for `subject`.
pub(crate) fn input(step: &Step, subject: &JqValue, vars: &JqVars) -> Result<Value, CallError> {
    match &step.input {
        None => Ok(step.fixed_input.clone()),
        Some(jq) => jq.one(subject, vars).map_err(|e| jq_failed(step, "input", &e)),
    }
}

/// The lines of the table that an output holds.
fn table(step: &Step, csv: &Jq, output: &Value, vars: &JqVars) -> Result<Value, CallError> {
    let text = csv.one(&JqValue::from(output), vars).map_err(|e| jq_failed(step, "csv", &e))?;
    let text = text.as_str().ok_or_else(|| invalid(step, "the response has no table"))?;
    csv_table::rows(text).map(Value::Array).map_err(|e| invalid(step, e.to_string()))
}

impl Pages {
    pub(crate) fn new(input: Value) -> Self {
        Pages { input, seen: HashSet::new(), count: 0, done: false }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// The items of the next page, which may be none. A page is used whole or not at all.
    pub(crate) async fn next(
        &mut self,
        step: &Step,
        caller: &dyn Caller,
        vars: &JqVars,
    ) -> Result<Vec<Value>, CallError> {
        self.count += 1;
        if self.count > MAX_PAGES {
            return Err(invalid(step, format!("more than {MAX_PAGES} pages")));
        }
        let mut output = caller.call(&step.op, &self.input).await?;
        if let Some(csv) = &step.csv {
            let rows = table(step, csv, &output, vars)?;
            if let Value::Object(map) = &mut output {
                map.insert("Rows".to_owned(), rows);
            }
        }
        let output = JqValue::from(&output);
        let items = match &step.items {
            Some(jq) => jq.all(&output, vars).map_err(|e| jq_failed(step, "items", &e))?,
            None => Vec::new(),
        };
        let token = match &step.token_out {
            Some(jq) => jq.one(&output, vars).map_err(|e| jq_failed(step, "token_out", &e))?,
            None => Value::Null,
        };
        match (token, step.def.token_in.as_deref()) {
            (Value::Null, _) | (_, None) => self.done = true,
            // Some services end with an empty token instead of none.
            (Value::String(token), _) if token.is_empty() => self.done = true,
            (token, Some(token_in)) => {
                // The same page again would never end, and what lies behind it would stay unseen.
                if !self.seen.insert(token.to_string()) {
                    return Err(invalid(
                        step,
                        "the service returned a page token it had returned before",
                    ));
                }
                match &mut self.input {
                    Value::Object(map) => {
                        map.insert(token_in.to_owned(), token);
                    }
                    _ => return Err(invalid(step, "the input is not an object")),
                }
            }
        }
        Ok(items)
    }

    /// All pages together.
    pub(crate) async fn all(
        step: &Step,
        input: Value,
        caller: &dyn Caller,
        vars: &JqVars,
    ) -> Result<Vec<Value>, CallError> {
        let mut pages = Pages::new(input);
        let mut out = Vec::new();
        while !pages.is_done() {
            out.extend(pages.next(step, caller, vars).await?);
        }
        Ok(out)
    }
}
