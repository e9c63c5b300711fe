//! What AWS says that policies mean, case by case. Each case names the page that says so:
//! `UG` is <https://docs.aws.amazon.com/IAM/latest/UserGuide/>.

mod admin;
mod conditions;
mod decisions;
mod documents;
mod matching;
mod organization;
mod properties;
mod public;
mod trust;

use serde_json::{Value, json};

use super::*;

/// A document of the current version with one statement, or several.
fn document(statements: Value) -> Document {
    parse(json!({"Version": "2012-10-17", "Statement": statements}))
}

fn parse(value: Value) -> Document {
    Document::parse(&value).unwrap_or_else(|error| panic!("{error}: {value}"))
}

/// What one caller may do, with nothing known of the request.
fn ask(document: &Document, caller: Caller<'_>, action: &str, resource: &str) -> Decision {
    evaluate([document], &Request { caller, action, resource, keys: &Keys::new() })
}

fn certain(outcome: Outcome) -> Decision {
    Decision { outcome, certainty: Certainty::Certain }
}

fn possible(reasons: impl IntoIterator<Item = Reason>) -> Decision {
    let reasons = reasons.into_iter().collect();
    Decision { outcome: Outcome::Allowed, certainty: Certainty::Possible(reasons) }
}

fn key(name: &str) -> Reason {
    Reason::Key(name.to_owned())
}
