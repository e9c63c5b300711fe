//! An expression that is run the short way where it can be.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;
use std::sync::OnceLock;

use serde_json::Value;

use crate::jq::{Jq, JqError, JqValue, JqVars};
use crate::plain::Plain;

/// What expressions are run on. It is converted for jq when the first expression needs that.
pub struct Subject<'a> {
    value: &'a Value,
    converted: OnceCell<JqValue>,
}

impl<'a> Subject<'a> {
    /// Wraps a value.
    pub fn new(value: &'a Value) -> Self {
        Self { value, converted: OnceCell::new() }
    }

    /// The value.
    pub fn value(&self) -> &'a Value {
        self.value
    }
}

impl fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subject").field(self.value).finish()
    }
}

/// A jq expression without variables. Paths (`.a.b[0]`), alternatives (`.a // .b // "x"`), comparisons with a
/// constant (`.a == "x"`), and these piped through `num`, `bool`, `json` and `nonempty`, are looked up in the value
/// as it is; everything else, and every plain expression that meets a value that it does not expect, is run as jq.
/// Both give the same, but for the form of numbers: jq makes `1` of `1.0`.
pub struct Expr {
    source: Box<str>,
    plain: Option<Plain>,
    /// Compiled at once where the expression is not plain, else when it is needed.
    full: OnceLock<Result<Jq, JqError>>,
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expr").field(&self.source).finish()
    }
}

impl Expr {
    /// Compiles an expression.
    ///
    /// # Errors
    /// [`JqError::Compile`].
    pub fn compile(source: &str) -> Result<Self, JqError> {
        let plain = Plain::parse(source);
        let full = OnceLock::new();
        if plain.is_none() {
            let _ = full.set(Ok(Jq::compile(source)?));
        }
        Ok(Self { source: source.trim().into(), plain, full })
    }

    /// The expression's text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it is one of the forms that need no interpreter.
    pub fn is_plain(&self) -> bool {
        self.plain.is_some()
    }

    /// Its value; `None` where that is null, or where it gives nothing.
    ///
    /// # Errors
    /// When it fails, or gives several values.
    pub fn value<'a>(&'a self, subject: &Subject<'a>) -> Result<Option<Cow<'a, Value>>, JqError> {
        if let Some(plain) = &self.plain
            && let Ok(found) = plain.eval(subject.value)
        {
            return Ok(Some(found).filter(|value| !value.is_null()));
        }
        let mut all = self.run(subject)?;
        match all.len() {
            0 | 1 => Ok(all.pop().filter(|value| !value.is_null()).map(Cow::Owned)),
            n => Err(JqError::NotOne(n)),
        }
    }

    /// All its values, in order, nulls too.
    ///
    /// # Errors
    /// When it fails.
    pub fn values<'a>(&'a self, subject: &Subject<'a>) -> Result<Vec<Cow<'a, Value>>, JqError> {
        if let Some(plain) = &self.plain
            && let Ok(found) = plain.eval(subject.value)
        {
            return Ok(vec![found]);
        }
        Ok(self.run(subject)?.into_iter().map(Cow::Owned).collect())
    }

    fn run(&self, subject: &Subject<'_>) -> Result<Vec<Value>, JqError> {
        let full = self.full.get_or_init(|| Jq::compile(&self.source));
        let converted = subject.converted.get_or_init(|| JqValue::from(subject.value));
        full.as_ref().map_err(Clone::clone)?.all(converted, &JqVars::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const PLAIN: [&str; 22] = [
        ".",
        ".a",
        " .a.b ",
        ".a[0].b",
        ".[0]",
        ".a[\"b\"]",
        ".[\"a\"].b",
        ".a?",
        ".a[1]?.b",
        ".a // .b",
        ".a.b // .a // \"none\"",
        ".a // false",
        ".a // []",
        ".a | num",
        ".a | bool",
        ".a // .b | json",
        ".a | nonempty",
        ".a[0] | .b",
        ".a == \"b\"",
        ".a.b != null",
        "null",
        "\"x\" | nonempty",
    ];

    #[test]
    fn plain_forms_are_known_as_such() {
        for source in PLAIN {
            assert!(Expr::compile(source).unwrap().is_plain(), "{source}");
        }
        for source in [
            ".a[]",
            ".a | length",
            ".a // .b == 1",
            "[.a]",
            ".a[-1]",
            "\"\\(.a)\"",
            ".a | ..",
            ".a[1:]",
        ] {
            assert!(!Expr::compile(source).unwrap().is_plain(), "{source}");
        }
        for source in ["", ".a |", ".a //", "a", ".a b", ".a[", "| num"] {
            assert!(Expr::compile(source).is_err(), "{source:?}");
        }
    }

    #[test]
    fn null_and_nothing_are_the_same_and_several_are_an_error() {
        let value = json!({"a": [1, 2]});
        let subject = Subject::new(&value);
        let run = |source: &str| {
            Expr::compile(source).unwrap().value(&subject).map(|v| v.map(Cow::into_owned))
        };
        assert_eq!(run(".b"), Ok(None));
        assert_eq!(run("empty"), Ok(None));
        assert_eq!(run(".a[1]"), Ok(Some(json!(2))));
        assert_eq!(run(".a[]"), Err(JqError::NotOne(2)));
        assert!(matches!(run(".a.b"), Err(JqError::Run(_))));
        let all = Expr::compile(".a[]").unwrap();
        assert_eq!(all.values(&subject).unwrap().len(), 2);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            prop_oneof![
                "", "a", "b", "true", "12", " 7", "1.5", "1e3", "nan", "\\[1\\]", "\\{", "1 2"
            ]
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[ab]", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_jq_gives(value in value(), at in 0..PLAIN.len()) {
            let expr = Expr::compile(PLAIN[at]).unwrap();
            let jq = Jq::compile(PLAIN[at]).unwrap();
            let subject = Subject::new(&value);
            let short = expr.values(&subject)
                .map(|all| all.into_iter().map(Cow::into_owned).collect::<Vec<_>>());
            prop_assert_eq!(short, jq.all(&JqValue::from(&value), &JqVars::default()));
        }
    }
}
