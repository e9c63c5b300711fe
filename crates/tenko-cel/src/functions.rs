//! The functions that an expression can call, with the types that they take, and the environment
//! in which they are evaluated.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::common::types::{CelBool, CelString, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{Env, ExecutionError};
use regex::{Regex, RegexBuilder};

use crate::hidden;
use crate::types::Type;

/// The environment of every evaluation.
pub(crate) static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    // They cannot be there already: the crate's own ones are a feature that is off.
    let text = || vec![STRING_TYPE];
    let _ = env.add_overload("matches", "matches", vec![STRING_TYPE, STRING_TYPE], matches);
    let _ = env.add_member_overload("matches", "text_matches", STRING_TYPE, text(), matches);
    hidden::add(&mut env);
    Arc::new(env)
});

/// How large a compiled pattern may become.
const PATTERN_SIZE: usize = 1 << 20;
/// How many patterns a thread keeps. Nearly all are written in the expression.
const KEPT_PATTERNS: usize = 100;

thread_local! {
    static PATTERNS: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
}

/// Compiles a pattern, or says in one line why it is none.
pub(crate) fn pattern(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(PATTERN_SIZE).build().map_err(|error| match error {
        regex::Error::Syntax(said) => {
            let last = said.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
        _ => "it is too large".to_owned(),
    })
}

fn matches<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let text = |i: usize| args.get(i).and_then(|arg| arg.downcast_ref::<CelString>());
    let (Some(text), Some(wanted)) = (text(0), text(1)) else {
        return Err(ExecutionError::missing_argument_or_target());
    };
    let found = PATTERNS.with_borrow_mut(|kept| {
        if let Some(regex) = kept.get(wanted.inner()) {
            return Ok(regex.is_match(text.inner()));
        }
        let regex = pattern(wanted.inner()).map_err(|why| {
            ExecutionError::function_error("matches", format!("the pattern cannot be read: {why}"))
        })?;
        let found = regex.is_match(text.inner());
        if kept.len() >= KEPT_PATTERNS {
            kept.clear();
        }
        kept.insert(wanted.inner().to_owned(), regex);
        Ok(found)
    })?;
    Ok(CowVal::owned(CelBool::from(found)))
}

/// One way to call a function.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    /// What it is called on, for `x.f()`.
    pub(crate) on: Option<Type>,
    pub(crate) takes: Vec<Type>,
    pub(crate) gives: Type,
}

/// Every way to call a function, other than operators and macros.
pub(crate) static SIGNATURES: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    use Type::{Bool, Bytes, Double, Duration, Dyn, Int, List, Map, Text, Time, Uint};
    let list = || List(Box::new(Dyn));
    let map = || Map(Box::new(Dyn));
    let mut out = Vec::new();
    let mut add = |name, on, takes, gives| out.push(Signature { name, on, takes, gives });
    for (name, gives, from) in [
        ("size", Int, vec![Text, Bytes, list(), map()]),
        ("bool", Bool, vec![Bool, Text]),
        ("int", Int, vec![Int, Uint, Double, Text, Time]),
        ("uint", Uint, vec![Int, Uint, Double, Text]),
        ("double", Double, vec![Int, Uint, Double, Text]),
        ("string", Text, vec![Bool, Int, Uint, Double, Text, Bytes, Time, Duration]),
        ("bytes", Bytes, vec![Bytes, Text]),
        ("timestamp", Time, vec![Text, Time, Int]),
        ("duration", Duration, vec![Text, Duration]),
        ("dyn", Dyn, vec![Dyn]),
        ("type", Type::Kind, vec![Dyn]),
    ] {
        for of in from {
            add(name, None, vec![of], gives.clone());
        }
    }
    add("matches", None, vec![Text, Text], Bool);
    for name in ["contains", "startsWith", "endsWith", "matches"] {
        add(name, Some(Text), vec![Text], Bool);
    }
    for of in [Text, Bytes, list(), map()] {
        add("size", Some(of), vec![], Int);
    }
    let clock = ["getHours", "getMinutes", "getSeconds", "getMilliseconds"];
    let date = ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek"];
    for name in date.into_iter().chain(["getDayOfYear"]).chain(clock) {
        add(name, Some(Time), vec![], Int);
        add(name, Some(Time), vec![Text], Int);
    }
    for name in clock {
        add(name, Some(Duration), vec![], Int);
    }
    out
});

/// The names of types, which are values themselves.
pub(crate) const TYPE_NAMES: &[&str] =
    &["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];

/// What a macro takes, for a call that is written in another way.
pub(crate) const MACROS: &[(&str, &str)] = &[
    ("has", "`has` asks for one member: `has(resource.attributes.Name)`"),
    ("all", "write `LIST.all(x, CONDITION)`"),
    ("exists", "write `LIST.exists(x, CONDITION)`"),
    ("exists_one", "write `LIST.exists_one(x, CONDITION)`"),
    ("map", "write `LIST.map(x, VALUE)`"),
    ("filter", "write `LIST.filter(x, CONDITION)`"),
];
