//! A request that was understood and let through, and what its answer is made of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::fault::FaultKind;
use super::fields::Fields;
use super::methods::{Answer, Method};
use super::paging::{self, Position};
use super::refusal::{self, Refusal};
use super::world::{Project, World};
use super::{assets, guardrails, lists, manager};

/// One question to the world.
pub(super) struct Ask<'a> {
    pub(super) world: &'a World,
    pub(super) method: &'static Method,
    /// Variable parts of the path, by name.
    pub(super) path: &'a BTreeMap<&'static str, String>,
    pub(super) query: &'a [(String, String)],
    pub(super) body: &'a Value,
    pub(super) principal: &'a str,
    /// The project that is asked, already let through.
    pub(super) project: Option<&'a Project>,
    pub(super) at: Position,
    pub(super) context: u64,
    pub(super) faults: &'a [FaultKind],
    pub(super) now: Timestamp,
}

impl<'a> Ask<'a> {
    /// The answer of a method.
    pub(super) fn answer(&self) -> Result<Value, Refusal> {
        let whole = match self.method.answer {
            Answer::Own(own) => {
                match manager::answer(self, own).or_else(|| guardrails::answer(self, own)) {
                    Some(answer) => answer?,
                    None => assets::list(self)?,
                }
            }
            _ => lists::answer(self)?,
        };
        let Some(text) = self.one("fields") else { return Ok(whole) };
        let fields = Fields::parse(text);
        let fields = fields.ok_or_else(|| {
            refusal::invalid(self.method, format!("Invalid field selection {text}"))
        })?;
        Ok(fields.cut(whole))
    }

    /// A variable part of the path.
    pub(super) fn part(&self, name: &str) -> &'a str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A parameter's value; an empty one counts as none.
    pub(super) fn one(&self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// A repeated parameter's values.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let name = name.to_owned();
        self.query.iter().filter(move |(n, v)| *n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.one(name) == Some("true")
    }

    pub(super) fn project(&self) -> Result<&'a Project, Refusal> {
        self.project.ok_or_else(|| self.denied())
    }

    /// The caller is not let in, or what is asked is not there: Google tells neither from the other.
    pub(super) fn denied(&self) -> Refusal {
        let on = self.path.iter().next().map(|(kind, id)| format!("{kind}s/{id}"));
        refusal::denied(self.method, &on.unwrap_or_default(), self.principal)
    }

    /// The locations that are down.
    pub(super) fn down(&self) -> Vec<&'a str> {
        let location = |kind: &'a FaultKind| match kind {
            FaultKind::Partial { location } => Some(location.as_str()),
            _ => None,
        };
        self.faults.iter().filter_map(location).collect()
    }

    /// The page of a list that is asked for, and the token of the next one.
    pub(super) fn page<T>(&self, mut all: Vec<T>) -> Result<(Vec<T>, Option<String>), Refusal> {
        let asked = self.method.page.and_then(|page| self.one(page.size));
        let size = paging::size(self.method, asked, self.world.page_size)?;
        let (range, next) = paging::cut(all.len(), self.at, size, self.faults);
        all.truncate(range.end);
        let page = all.split_off(range.start);
        Ok((page, next.map(|at| paging::token(self.context, at))))
    }

    /// A list as most services answer it.
    pub(super) fn plain(&self, member: &str, all: Vec<Value>) -> Result<Value, Refusal> {
        let (page, next) = self.page(all)?;
        let mut answer = Map::new();
        if !page.is_empty() {
            answer.insert(member.to_owned(), Value::Array(page));
        }
        if let Some(next) = next {
            answer.insert("nextPageToken".into(), Value::String(next));
        }
        Ok(Value::Object(answer))
    }
}

/// A template with the parts of a path filled in.
pub(super) fn fill(template: &str, parts: &BTreeMap<&'static str, String>) -> String {
    let mut text = template.to_owned();
    for (name, value) in parts {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}
