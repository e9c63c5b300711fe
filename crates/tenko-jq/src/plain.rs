//! The plain forms of expressions, looked up without an interpreter.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

/// Steps piped into each other.
#[derive(Debug)]
pub(crate) struct Plain(Vec<Step>);

#[derive(Debug)]
enum Step {
    /// The first of these that is neither null nor false, else the last.
    Any(Vec<Term>),
    /// Whether the value at a path is, or is not, a constant.
    Compare {
        path: Vec<Key>,
        is: bool,
        value: Value,
    },
    Num,
    Bool,
    Json,
    NonEmpty,
}

#[derive(Debug)]
enum Term {
    Path(Vec<Key>),
    Constant(Value),
}

#[derive(Debug)]
enum Key {
    Name(String),
    Index(usize),
}

/// The value is none that the short way knows: jq itself must say what comes of it.
#[derive(Debug)]
pub(crate) struct Unusual;

type Found<'a> = Result<Cow<'a, Value>, Unusual>;

impl Plain {
    /// The expression, when it is of a plain form.
    pub(crate) fn parse(source: &str) -> Option<Self> {
        let mut parser = Parser(source.trim());
        let mut steps = vec![parser.step()?];
        while !parser.0.is_empty() {
            parser.take("|")?;
            steps.push(parser.step()?);
        }
        Some(Self(steps))
    }

    /// The keys of an object that it looks at; `None` when it may look at any.
    pub(crate) fn keys(&self) -> Option<BTreeSet<String>> {
        let first = |path: &[Key]| match path.first() {
            Some(Key::Name(name)) => Some(name.clone()),
            _ => None,
        };
        match self.0.first()? {
            Step::Compare { path, .. } => Some(BTreeSet::from([first(path)?])),
            Step::Any(terms) => terms
                .iter()
                .filter_map(|term| match term {
                    Term::Path(path) => Some(first(path)),
                    Term::Constant(_) => None,
                })
                .collect(),
            Step::Num | Step::Bool | Step::Json | Step::NonEmpty => None,
        }
    }

    pub(crate) fn eval<'a>(&'a self, value: &'a Value) -> Found<'a> {
        let mut current = Cow::Borrowed(value);
        for step in &self.0 {
            current = match current {
                Cow::Borrowed(value) => step.eval(value)?,
                Cow::Owned(value) => Cow::Owned(step.eval(&value)?.into_owned()),
            };
        }
        Ok(current)
    }
}

impl Step {
    fn eval<'a>(&'a self, value: &'a Value) -> Found<'a> {
        let nothing = |value: &Value| value.is_null() || value.as_str() == Some("");
        let out = match self {
            Self::Any(terms) => return any(terms, value),
            Self::Compare { path, is, value: constant } => match walk(path, value)? {
                // Numbers may be equal and written differently.
                Value::Number(_) => return Err(Unusual),
                found => Value::Bool((found == constant) == *is),
            },
            Self::Num if nothing(value) => Value::Null,
            Self::Num => match value {
                Value::Number(_) => return Ok(Cow::Borrowed(value)),
                Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
                    Value::from(text.parse::<u64>().map_err(|_| Unusual)?)
                }
                _ => return Err(Unusual),
            },
            Self::Bool if nothing(value) => Value::Null,
            Self::Bool => Value::Bool(match value {
                Value::Bool(value) => *value,
                Value::String(text) => text == "true",
                _ => false,
            }),
            Self::Json => match value {
                Value::String(text) if text.starts_with(['{', '[']) => {
                    serde_json::from_str(text).map_err(|_| Unusual)?
                }
                Value::String(_) => return Err(Unusual),
                _ => return Ok(Cow::Borrowed(value)),
            },
            Self::NonEmpty => match value {
                Value::String(text) if text.is_empty() => Value::Null,
                Value::Array(items) if items.is_empty() => Value::Null,
                Value::Object(map) if map.is_empty() => Value::Null,
                _ => return Ok(Cow::Borrowed(value)),
            },
        };
        Ok(Cow::Owned(out))
    }
}

fn any<'a>(terms: &'a [Term], value: &'a Value) -> Found<'a> {
    let mut last = &Value::Null;
    for term in terms {
        last = match term {
            Term::Constant(constant) => constant,
            Term::Path(path) => walk(path, value)?,
        };
        if !matches!(last, Value::Null | Value::Bool(false)) {
            break;
        }
    }
    Ok(Cow::Borrowed(last))
}

fn walk<'a>(path: &[Key], value: &'a Value) -> Result<&'a Value, Unusual> {
    let mut current = value;
    for key in path {
        current = match (key, current) {
            (_, Value::Null) => &Value::Null,
            (Key::Name(name), Value::Object(map)) => map.get(name).unwrap_or(&Value::Null),
            (Key::Index(index), Value::Array(items)) => items.get(*index).unwrap_or(&Value::Null),
            _ => return Err(Unusual),
        };
    }
    Ok(current)
}

struct Parser<'a>(&'a str);

impl Parser<'_> {
    /// Takes a token and the space behind it.
    fn take(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(token)?.trim_start();
        Some(())
    }

    fn step(&mut self) -> Option<Step> {
        for (name, step) in [
            ("num", Step::Num),
            ("bool", Step::Bool),
            ("json", Step::Json),
            ("nonempty", Step::NonEmpty),
        ] {
            if let Some(rest) = self.0.strip_prefix(name)
                && !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "_:(.[?".contains(c))
            {
                self.0 = rest.trim_start();
                return Some(step);
            }
        }
        let mut terms = vec![self.term()?];
        for (token, is) in [("==", true), ("!=", false)] {
            if self.take(token).is_some() {
                let (Some(Term::Path(path)), Term::Constant(value)) = (terms.pop(), self.term()?)
                else {
                    return None;
                };
                return Some(Step::Compare { path, is, value });
            }
        }
        while self.take("//").is_some() {
            terms.push(self.term()?);
        }
        Some(Step::Any(terms))
    }

    fn term(&mut self) -> Option<Term> {
        if self.0.starts_with('.') {
            return self.path().map(Term::Path);
        }
        // A number may be the start of a sum, and a string may hold an expression; what follows a
        // constant is checked by who asks for the next token.
        let mut stream = serde_json::Deserializer::from_str(self.0).into_iter::<Value>();
        let value = stream.next()?.ok()?;
        let (text, rest) = self.0.split_at_checked(stream.byte_offset())?;
        let fixed = match &value {
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::String(_) => !text.contains('\\'),
            Value::Number(number) => number.is_u64(),
            _ => true,
        };
        self.0 = rest.trim_start();
        fixed.then_some(Term::Constant(value))
    }

    fn path(&mut self) -> Option<Vec<Key>> {
        let mut keys: Vec<Key> = Vec::new();
        loop {
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let dotted = self.0.strip_prefix('.');
            let key = if let Some(rest) = dotted
                && rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            {
                let end = rest.find(|c| !name(c)).unwrap_or(rest.len());
                let (found, rest) = rest.split_at_checked(end)?;
                self.0 = rest;
                Key::Name(found.to_owned())
            } else if let Some(inner) = dotted.unwrap_or(self.0).strip_prefix('[') {
                let (inner, rest) = inner.split_once(']')?;
                self.0 = rest;
                match inner.strip_prefix('"').and_then(|s| s.strip_suffix('"')) {
                    Some(key) if !key.contains(['"', '\\']) => Key::Name(key.to_owned()),
                    Some(_) => return None,
                    None => Key::Index(inner.parse().ok()?),
                }
            } else if let Some(rest) = dotted {
                // `.` alone, and only as the whole of a path.
                if !keys.is_empty() || rest.starts_with(|c: char| name(c) || "\".?".contains(c)) {
                    return None;
                }
                self.0 = rest.trim_start();
                return Some(keys);
            } else {
                self.0 = self.0.trim_start();
                return Some(keys);
            };
            // `?` matters only to a value that has no such thing, and that one is left to jq.
            self.0 = self.0.strip_prefix('?').unwrap_or(self.0);
            keys.push(key);
        }
    }
}
