//! What was listed and then not found: deleted meanwhile, or there all the same. A second listing tells.

use std::collections::HashMap;

use serde_json::Value;

use crate::error::{CallError, ErrorClass};
use crate::rest::engine::{Pages, RestUnit};
use crate::types::{Call, Form, Template};

/// What was not found, by the path of the call that did not find it.
#[derive(Debug, Default)]
pub(super) struct Lost(HashMap<String, CallError>);

/// What a second listing says.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// What is still listed, with what was said of it before: it was made just now, and not all of the service knows it
    /// yet, or the endpoint does not know the call.
    pub(super) there: Vec<(Value, CallError)>,
    /// What kept the listing from being read.
    pub(super) problems: Vec<CallError>,
}

impl Lost {
    /// `path` with `context` is what was called for it.
    pub(super) fn add(
        &mut self,
        unit: &RestUnit<'_>,
        path: &Template,
        context: &Value,
        error: CallError,
    ) {
        let key = path.fill(unit.project.as_str(), context, Form::Path).unwrap_or_default();
        self.0.insert(key, error);
    }

    /// Lists once more, if anything was lost. `path` and `context_of` an item are what [`Self::add`] was told.
    pub(super) async fn look_again(
        mut self,
        unit: &RestUnit<'_>,
        list: &Call,
        context: &Value,
        path: &Template,
        context_of: impl Fn(&Value) -> Value,
    ) -> Again {
        let mut again = Again::default();
        if self.0.is_empty() {
            return again;
        }
        let mut pages = Pages::new(list);
        while let Some(page) = pages.next(unit, context).await {
            let page = match page {
                Ok(page) => page,
                // What it was listed below is gone as well.
                Err(error) if error.class == ErrorClass::NotFound && !context.is_null() => break,
                Err(error) => {
                    again.problems.push(error);
                    break;
                }
            };
            again.problems.extend(page.partial);
            for item in page.items {
                let key = path.fill(unit.project.as_str(), &context_of(&item), Form::Path);
                if let Some(error) = key.and_then(|key| self.0.remove(&key)) {
                    again.there.push((item, error));
                }
            }
        }
        again
    }
}
