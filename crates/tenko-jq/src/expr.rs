//! An expression that is run the short way where it can be.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;

use serde_json::Value;

use crate::jq::{Jq, JqError, JqValue, JqVars};
use crate::plain::Plain;

/// What expressions are run on. It is converted for jq when the first expression needs that, and of
/// an object only the keys that expressions look at.
pub struct Subject<'a> {
    value: &'a Value,
    converted: OnceCell<JqValue>,
    /// What was converted of an object, by its keys.
    parts: RefCell<Vec<(Box<str>, JqValue)>>,
}

impl<'a> Subject<'a> {
    /// Wraps a value.
    pub fn new(value: &'a Value) -> Self {
        Self { value, converted: OnceCell::new(), parts: RefCell::default() }
    }

    /// The value.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// As jq has it; of an object, the given keys at least.
    fn converted(&self, keys: Option<&BTreeSet<String>>) -> JqValue {
        let (Some(keys), Value::Object(map)) = (keys, self.value) else {
            return self.converted.get_or_init(|| JqValue::from(self.value)).clone();
        };
        let mut parts = self.parts.borrow_mut();
        let found = keys.iter().filter_map(|key| map.get_key_value(key));
        JqValue::object(found.map(|(key, value)| {
            let known =
                parts.iter().find(|(known, _)| **known == **key).map(|(_, part)| part.clone());
            let part = known.unwrap_or_else(|| {
                let part = JqValue::from(value);
                parts.push((key.as_str().into(), part.clone()));
                part
            });
            (key.as_str(), part)
        }))
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
    keys: Option<Box<[String]>>,
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
        let keys = match (&plain, full.get()) {
            (Some(plain), _) => plain.keys(),
            (None, Some(Ok(full))) => full.keys().cloned(),
            (None, _) => None,
        };
        let keys = keys.map(|keys| keys.into_iter().collect());
        Ok(Self { source: source.trim().into(), plain, full, keys })
    }

    /// The expression's text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it is one of the forms that need no interpreter.
    pub fn is_plain(&self) -> bool {
        self.plain.is_some()
    }

    /// The keys of an input, which is an object, that the expression looks at: without the others it
    /// gives the same. `None` when it may look at any.
    pub fn keys(&self) -> Option<&[String]> {
        self.keys.as_deref()
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
        let full = full.as_ref().map_err(Clone::clone)?;
        full.all(&subject.converted(full.keys()), &JqVars::default())
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

    const KEYED: [(&str, Option<&[&str]>); 26] = [
        (".a", Some(&["a"])),
        (".a.b // .b", Some(&["a", "b"])),
        (".b == \"a\"", Some(&["b"])),
        ("null", Some(&[])),
        (". | nonempty", None),
        ("\"x/\\(.a)/\\(.b | tostring)\"", Some(&["a", "b"])),
        ("[.a[]? | {b, c: (.a // 1)}]", Some(&["a"])),
        ("[{a, c: [.b]}]", Some(&["a", "b"])),
        ("{(\"b\"): .a, \"b\"}", Some(&["a", "b"])),
        ("select(has(\"a\")) | .b // []", Some(&["a", "b"])),
        ("if .a == null then null elif .b | bool then {a} else [.b] end", Some(&["a", "b"])),
        (".a as $x | [$x, .b]", Some(&["a", "b"])),
        ("select((.a // 0) != 0) | .a", Some(&["a"])),
        ("(.a // []) + [.b]", Some(&["a", "b"])),
        (".a | keys", Some(&["a"])),
        (".a[.b]?", Some(&["a", "b"])),
        ("if .a then . else null end", None),
        ("keys", None),
        (".[\"a\", \"b\"]", None),
        ("[.[]]", None),
        ("..", None),
        ("def f: .b; .a | f", None),
        (". as $x | .a | $x", None),
        (".[.a]?", None),
        ("{a: .}", None),
        ("first(.a, .)", None),
    ];

    #[test]
    fn the_keys_that_an_expression_looks_at() {
        for (source, keys) in KEYED {
            let expr = Expr::compile(source).unwrap();
            let found = expr.keys().map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), keys, "{source}");
        }
    }

    proptest! {
        #[test]
        fn keys_that_are_not_looked_at_change_nothing(value in value(), at in 0..KEYED.len()) {
            let (source, keys) = KEYED[at];
            let jq = Jq::compile(source).unwrap();
            let wide = json!({"a": value, "b": [value.clone(), 1], "c": value, "d": {"a": value}});
            let mut narrow = wide.clone();
            if let Some(keys) = keys {
                narrow.as_object_mut().unwrap().retain(|key, _| keys.contains(&key.as_str()));
            }
            let whole = jq.all(&JqValue::from(&wide), &JqVars::default());
            prop_assert_eq!(&jq.all(&JqValue::from(&narrow), &JqVars::default()), &whole);
            let (expr, subject) = (Expr::compile(source).unwrap(), Subject::new(&wide));
            // The first run converts, the second takes what was converted.
            for _ in 0..2 {
                let run = expr.run(&subject);
                prop_assert_eq!(&run, &whole);
            }
        }

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
