//! Policy documents and their statements.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use super::condition::Conditions;
use super::keys::Keys;
use super::pattern::{Reading, Text, Token, matches};
use super::principal::Principals;
use super::truth::{Reason, Truth};

/// Longer documents are not read. The longest that AWS takes are far shorter; its
/// own `ReadOnlyAccess` is not.
const MOST_BYTES: usize = 256 * 1024;

/// What a text or a statement counts besides its length, so that there are never so many that
/// comparing each with each takes long.
const EACH: usize = 64;

/// Why something is no policy document. Whoever needed it knows nothing then: never "no policy".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A text that is not JSON.
    NotJson,
    /// Not an object, or one with an element that policies do not have.
    NotADocument,
    /// A version that the policy language does not have.
    Version,
    /// Larger than any policy.
    TooLarge,
    /// A statement, counted from 0, whose element is missing or not of its form.
    Statement(usize, &'static str),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("the policy is not JSON"),
            Self::NotADocument => f.write_str("the policy is not a policy document"),
            Self::Version => f.write_str("the policy has an unknown version"),
            Self::TooLarge => f.write_str("the policy is too large to be read"),
            Self::Statement(index, element) => {
                write!(f, "{element} of statement {} of the policy is not readable", index + 1)
            }
        }
    }
}

impl std::error::Error for Malformed {}

/// What a statement does to what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It forbids, whatever grants it.
    Deny,
}

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// In the document's order.
    pub statements: Vec<Statement>,
}

/// A statement of a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its place in the document, counted from 0.
    pub index: usize,
    /// Its name, where it has one.
    pub sid: Option<String>,
    /// Whether it grants or forbids.
    pub effect: Effect,
    /// What must hold for it to have effect.
    pub conditions: Conditions,
    pub(super) actions: Set,
    /// Of trust policies, none.
    pub(super) resources: Option<Set>,
    /// Of policies of an identity and of SCPs, none.
    pub(super) principals: Option<Principals>,
}

/// `the statement "Sid"`, or `statement 2` of one without a name.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "the statement {sid:?}"),
            None => write!(f, "statement {}", self.index + 1),
        }
    }
}

/// Patterns, or everything but what they match: `Action` and `NotAction`, `Resource` and
/// `NotResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) negated: bool,
    pub(super) patterns: Vec<Text>,
}

impl Set {
    /// Whether what is asked about, a text or a pattern, is all in it.
    pub(super) fn holds(
        &self,
        subject: &[Token],
        keys: &Keys,
        partly: impl Fn(String) -> Reason,
    ) -> Truth {
        let any = Truth::any(self.patterns.iter().map(|p| matches(p, subject, keys, &partly)));
        if self.negated { any.not() } else { any }
    }
}

impl Document {
    /// Reads a policy document, an object or the JSON text of one.
    ///
    /// # Errors
    /// Whatever AWS would not take as a policy: what it would grant is then not known.
    pub fn parse(value: &Value) -> Result<Self, Malformed> {
        Self::parse_within(value, MOST_BYTES)
    }

    /// As [`Self::parse`], with another limit: AWS's own policies are longer than anyone's may be.
    pub(crate) fn parse_within(value: &Value, most: usize) -> Result<Self, Malformed> {
        let value = match value {
            Value::String(text) if text.len() > most => return Err(Malformed::TooLarge),
            Value::String(text) => {
                Cow::Owned(serde_json::from_str(text).map_err(|_| Malformed::NotJson)?)
            }
            other => Cow::Borrowed(other),
        };
        let Value::Object(map) = value.as_ref() else { return Err(Malformed::NotADocument) };
        if map.keys().any(|key| !matches!(key.as_str(), "Version" | "Id" | "Statement")) {
            return Err(Malformed::NotADocument);
        }
        let variables = match map.get("Version").unwrap_or(&Value::Null) {
            Value::String(version) if version == "2012-10-17" => true,
            Value::String(version) if version == "2008-10-17" => false,
            // Without a version it is of the oldest, which has no variables.
            Value::Null => false,
            _ => return Err(Malformed::Version),
        };
        let statements = match map.get("Statement") {
            Some(Value::Array(statements)) => statements.as_slice(),
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            _ => return Err(Malformed::NotADocument),
        };
        let mut reader = Reader { left: most, variables };
        let read = |(index, value)| reader.statement(index, value);
        Ok(Self { statements: statements.iter().enumerate().map(read).collect::<Result<_, _>>()? })
    }

    /// The statements that allow, or those that deny.
    pub(super) fn of(&self, effect: Effect) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(move |statement| statement.effect == effect)
    }
}

/// Reads statements and counts what they hold.
pub(super) struct Reader {
    left: usize,
    variables: bool,
}

/// An element of a statement that cannot be read.
pub(super) enum Unread {
    Form,
    TooLarge,
}

impl Reader {
    fn statement(&mut self, index: usize, value: &Value) -> Result<Statement, Malformed> {
        let fail = |element| {
            move |unread| match unread {
                Unread::Form => Malformed::Statement(index, element),
                Unread::TooLarge => Malformed::TooLarge,
            }
        };
        let Value::Object(map) = value else {
            return Err(Malformed::Statement(index, "the form"));
        };
        self.count("").map_err(fail("the form"))?;
        const ELEMENTS: [&str; 9] = [
            "Sid",
            "Effect",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Principal",
            "NotPrincipal",
            "Condition",
        ];
        if map.keys().any(|key| !ELEMENTS.contains(&key.as_str())) {
            return Err(Malformed::Statement(index, "an element"));
        }
        let effect = match map.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => return Err(Malformed::Statement(index, "Effect")),
        };
        let sid = map.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty());
        let actions = self.set(map, "Action", "NotAction", Text::action).map_err(fail("Action"))?;
        let reading = Reading { wildcards: true, variables: self.variables };
        let resources = self
            .set(map, "Resource", "NotResource", |text| Text::new(text, reading))
            .map_err(fail("Resource"))?;
        let principals =
            match either(map, "Principal", "NotPrincipal").map_err(fail("Principal"))? {
                Some((negated, value)) => {
                    Some(Principals::read(self, negated, value).map_err(fail("Principal"))?)
                }
                None => None,
            };
        let conditions = Conditions::read(self, map.get("Condition")).map_err(fail("Condition"))?;
        Ok(Statement {
            index,
            sid: sid.map(str::to_owned),
            effect,
            conditions,
            actions: actions.ok_or(Malformed::Statement(index, "Action"))?,
            resources,
            principals,
        })
    }

    fn set(
        &mut self,
        map: &Map<String, Value>,
        plain: &str,
        negated: &str,
        text: impl Fn(&str) -> Text,
    ) -> Result<Option<Set>, Unread> {
        let Some((negated, value)) = either(map, plain, negated)? else { return Ok(None) };
        let texts = self.texts(value, false)?;
        if texts.is_empty() {
            return Err(Unread::Form);
        }
        Ok(Some(Set { negated, patterns: texts.iter().map(|t| text(t)).collect() }))
    }

    /// A text or a list of texts; of conditions, numbers and booleans too.
    pub(super) fn texts<'v>(
        &mut self,
        value: &'v Value,
        scalars: bool,
    ) -> Result<Vec<Cow<'v, str>>, Unread> {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut texts = Vec::new();
        for value in values {
            let text = match value {
                Value::String(text) => Cow::Borrowed(text.as_str()),
                Value::Bool(value) if scalars => Cow::Owned(value.to_string()),
                Value::Number(value) if scalars => Cow::Owned(value.to_string()),
                _ => return Err(Unread::Form),
            };
            self.count(&text)?;
            texts.push(text);
        }
        Ok(texts)
    }

    /// Counts a text.
    pub(super) fn count(&mut self, text: &str) -> Result<(), Unread> {
        let left = self.left.checked_sub(text.len().saturating_add(EACH));
        self.left = left.ok_or(Unread::TooLarge)?;
        Ok(())
    }

    /// A value of a condition.
    pub(super) fn value(&self, text: &str, wildcards: bool, variables: bool) -> Text {
        Text::new(text, Reading { wildcards, variables: variables && self.variables })
    }
}

/// The one of two elements that is there, and whether it is the negated one.
fn either<'m>(
    map: &'m Map<String, Value>,
    plain: &str,
    negated: &str,
) -> Result<Option<(bool, &'m Value)>, Unread> {
    match (map.get(plain), map.get(negated)) {
        (Some(_), Some(_)) => Err(Unread::Form),
        (Some(value), None) => Ok(Some((false, value))),
        (None, Some(value)) => Ok(Some((true, value))),
        (None, None) => Ok(None),
    }
}
