//! jq expressions over JSON: compiled once, run many times, from any thread.
//!
//! An expression sees its input and the variables `$ctx` (`account`, `region`, `partition`) and `$each`, nothing
//! else: what would read the clock, the environment or the standard input does not compile. Beside jq's standard
//! definitions there are those of `prelude.jq`.

use std::collections::BTreeSet;
use std::fmt;

use jaq_core::data::JustLut;
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars};
use jaq_json::{Num, Val};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::ast::{self, Needs};

pub(crate) const PRELUDE: &str = include_str!("prelude.jq");

/// Impure functions of the standard library.
const BANNED: [&str; 10] =
    ["env", "$ENV", "now", "halt", "halt_error", "input", "inputs", "debug", "stderr", "localtime"];

/// Why an expression can't be used or didn't give a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JqError {
    /// It isn't jq, or names something that doesn't exist or is not allowed.
    #[error("expression {0:?} does not compile: {1}")]
    Compile(String, String),
    /// It failed on this input.
    #[error("expression failed: {0}")]
    Run(String),
    /// It gave another number of values than one.
    #[error("expression gave {0} values instead of one")]
    NotOne(usize),
    /// It gave a value that JSON doesn't have (bytes, a key that isn't a string, not a number).
    #[error("expression gave something that is not JSON: {0}")]
    NotJson(&'static str),
}

/// A value that expressions work on. Converting is the expensive part, so a record is converted once.
#[derive(Debug, Clone, Default)]
pub struct JqValue(Val);

impl From<&Value> for JqValue {
    fn from(value: &Value) -> Self {
        // Only a non-JSON input could fail.
        JqValue(Val::deserialize(value).unwrap_or_default())
    }
}

impl JqValue {
    /// An object.
    pub(crate) fn object<'a>(entries: impl Iterator<Item = (&'a str, JqValue)>) -> Self {
        let entry = |(key, value): (&str, JqValue)| (Val::from(key.to_owned()), value.0);
        JqValue(Val::obj(entries.map(entry).collect()))
    }
}

const VARS: [&str; 2] = ["$ctx", "$each"];

fn funs() -> impl Iterator<Item = jaq_core::native::Fun<JustLut<Val>>> {
    jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs())
}

/// One compiled expression.
pub struct Jq {
    filter: Filter<JustLut<Val>>,
    source: String,
    keys: Option<BTreeSet<String>>,
}

impl fmt::Debug for Jq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Jq").field(&self.source).finish()
    }
}

impl Jq {
    /// Compiles an expression.
    ///
    /// # Errors
    /// [`JqError::Compile`].
    pub fn compile(source: &str) -> Result<Self, JqError> {
        let failed = |why: String| JqError::Compile(source.trim().to_owned(), why);
        if let Some(word) = banned(source) {
            return Err(failed(format!("{word} is not allowed")));
        }
        let term = ast::parse(source);
        let small = term.as_ref().and_then(|term| Self::small(source, &Needs::of(term)));
        let keys = term.as_ref().and_then(ast::keys);
        let source = source.trim().to_owned();
        if let Some(filter) = small {
            return Ok(Jq { filter, source, keys });
        }
        // With everything, for an error that says what is wrong.
        let code = format!("{PRELUDE}\n{source}");
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code: code.as_str(), path: () })
            .map_err(|errors| {
                failed(format!(
                    "{:?}",
                    errors.into_iter().map(|(_, error)| error).collect::<Vec<_>>()
                ))
            })?;
        let filter =
            Compiler::default().with_funs(funs()).with_global_vars(VARS).compile(modules).map_err(
                |errors| {
                    failed(format!(
                        "{:?}",
                        errors.into_iter().flat_map(|(_, undefined)| undefined).collect::<Vec<_>>()
                    ))
                },
            )?;
        Ok(Jq { filter, source, keys })
    }

    /// With what the expression needs, and no more.
    fn small(source: &str, needs: &Needs) -> Option<Filter<JustLut<Val>>> {
        let arena = Arena::default();
        let file = File { code: source, path: () };
        let modules = Loader::new(needs.defs()).load(&arena, file).ok()?;
        let funs = funs().filter(|(name, ..)| needs.contains(name));
        Compiler::default().with_funs(funs).with_global_vars(VARS).compile(modules).ok()
    }

    /// The keys of an input, which is an object, that the expression looks at: without the others it
    /// gives the same. `None` when it may look at any.
    pub fn keys(&self) -> Option<&BTreeSet<String>> {
        self.keys.as_ref()
    }

    /// The expression's text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// All values that the expression gives.
    ///
    /// # Errors
    /// The first error ends it: values before an error are not returned.
    pub fn all(&self, input: &JqValue, vars: &JqVars) -> Result<Vec<Value>, JqError> {
        let ctx = Ctx::<JustLut<Val>>::new(
            &self.filter.lut,
            Vars::new([vars.ctx.0.clone(), vars.each.0.clone()]),
        );
        let mut out = Vec::new();
        for value in self.filter.id.run((ctx, input.0.clone())) {
            let value = value.map_err(|exception| match exception.get_err() {
                Ok(error) => JqError::Run(cut(error.to_string())),
                Err(_) => JqError::Run("control flow left the expression".to_owned()),
            })?;
            out.push(to_json(&value)?);
        }
        Ok(out)
    }

    /// The one value that the expression gives.
    ///
    /// # Errors
    /// Also when it gives none or several.
    pub fn one(&self, input: &JqValue, vars: &JqVars) -> Result<Value, JqError> {
        let mut all = self.all(input, vars)?;
        match (all.pop(), all.len()) {
            (Some(value), 0) => Ok(value),
            (None, _) => Err(JqError::NotOne(0)),
            (Some(_), n) => Err(JqError::NotOne(n + 1)),
        }
    }
}

/// The variables.
#[derive(Debug, Clone, Default)]
pub struct JqVars {
    /// `$ctx`: where this is.
    pub ctx: JqValue,
    /// `$each`: the value that a call is made for, else null.
    pub each: JqValue,
}

/// An error shows the value that it failed on, and that may be long.
const MAX_MESSAGE: usize = 600;

fn cut(mut message: String) -> String {
    if message.len() > MAX_MESSAGE {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE));
        message.push('…');
    }
    message
}

fn banned(source: &str) -> Option<&str> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut rest = source;
    while let Some(start) = rest.find(word) {
        let tail = rest.get(start..)?;
        let end = tail.find(|c| !word(c)).unwrap_or(tail.len());
        let (found, after) = tail.split_at(end);
        // `.now` and `now:` are keys.
        let is_key =
            rest.get(..start)?.ends_with('.') || after.starts_with(':') || after.starts_with('"');
        if !is_key && BANNED.contains(&found) {
            return Some(found);
        }
        rest = after;
    }
    None
}

fn to_json(value: &Val) -> Result<Value, JqError> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(match value {
        Val::Null => Value::Null,
        Val::Bool(b) => Value::Bool(*b),
        Val::Num(n) => Value::Number(number(n)?),
        Val::TStr(s) => Value::String(text(s)),
        Val::BStr(_) => return Err(JqError::NotJson("bytes")),
        Val::Arr(items) => {
            let mut out = Vec::with_capacity(items.len());
            for item in items.iter() {
                out.push(to_json(item)?);
            }
            Value::Array(out)
        }
        Val::Obj(map) => Value::Object(
            map.iter()
                .map(|(key, value)| match key {
                    Val::TStr(key) => Ok((text(key), to_json(value)?)),
                    _ => Err(JqError::NotJson("a key that is not a string")),
                })
                .collect::<Result<Map<String, Value>, JqError>>()?,
        ),
    })
}

fn number(n: &Num) -> Result<Number, JqError> {
    let float = |f: f64| {
        // 3.0 is 3: JSON has one kind of number, and DynamoDB writes whole ones either way.
        if f.fract() == 0.0 && f.abs() < 9e15 {
            Some(Number::from(f as i64))
        } else {
            Number::from_f64(f)
        }
    };
    match n {
        Num::Int(i) => Some(Number::from(*i as i64)),
        Num::Float(f) => float(*f),
        Num::BigInt(i) => i.to_string().parse().ok(),
        Num::Dec(d) => d.parse::<Number>().ok().or_else(|| d.parse().ok().and_then(float)),
    }
    .ok_or(JqError::NotJson("not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(source: &str, input: &Value) -> Result<Value, JqError> {
        let vars =
            JqVars { ctx: JqValue::from(&json!({"account": "123"})), each: JqValue::default() };
        Jq::compile(source)?.one(&JqValue::from(input), &vars)
    }

    #[test]
    fn expressions_map_records() {
        let role = json!({"P": "%7B%22a%22%3A1%7D", "N": "3", "B": "false", "T": [{"Key": "k", "Value": "v"}, {"key": "e"}]});
        assert_eq!(
            run(
                "{P: (.P|urljson), N: (.N|num), B: (.B|bool), T: (.T|tagmap), M: .Missing.Deep, C: $ctx.account}",
                &role
            ),
            Ok(
                json!({"P": {"a": 1}, "N": 3, "B": false, "T": {"k": "v", "e": ""}, "M": null, "C": "123"})
            )
        );
        assert_eq!(run("[.T | cfntags[].Key]", &role), Ok(json!(["k", "e"])));
        assert_eq!(run(".P | json", &json!({"P": "not json"})), Ok(json!("not json")));
        for text in ["", " ", "1 2"] {
            assert_eq!(run(". | json", &json!(text)), Ok(json!(text)));
            assert_eq!(run(". | urljson", &json!(text)), Ok(json!(text)));
        }
        assert_eq!(run("pascal", &json!({"aB": [{"c": 1}]})), Ok(json!({"AB": [{"C": 1}]})));
        assert_eq!(run("1577836800.5 | when", &json!(null)), Ok(json!("2020-01-01T00:00:00Z")));
        assert_eq!(
            run(". ", &json!([1, 2.5, 1e3, 18_446_744_073_709_551_615_u64, "é"])),
            Ok(json!([1, 2.5, 1000, 18_446_744_073_709_551_615_u64, "é"]))
        );
    }

    #[test]
    fn errors_are_values() {
        assert!(matches!(run(".a", &json!([])), Err(JqError::Run(_))));
        assert_eq!(run(".[]", &json!([1, 2])), Err(JqError::NotOne(2)));
        assert_eq!(run("empty", &json!(1)), Err(JqError::NotOne(0)));
        assert!(matches!(
            run("marker(.More; .Marker)", &json!({"More": "true"})),
            Err(JqError::Run(_))
        ));
        for bad in ["{", "nope", ".a |", "$x"] {
            assert!(matches!(Jq::compile(bad), Err(JqError::Compile(..))), "{bad} compiled");
        }
    }

    #[test]
    fn expressions_see_only_their_input() {
        for bad in ["env", "$ENV.HOME", "now", "input", "[.a, (1|halt)]", "debug"] {
            assert!(matches!(Jq::compile(bad), Err(JqError::Compile(..))), "{bad} compiled");
        }
        assert!(Jq::compile(".input, {now: .env}").is_ok());
    }

    #[test]
    fn filters_are_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Jq>();
        shared::<JqValue>();
    }
}
