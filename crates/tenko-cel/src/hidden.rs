//! Values that were replaced when they were collected: a digest stands for them, and nothing that
//! an expression could ask of them has an answer.

use std::fmt;

use cel::common::ast::operators;
use cel::common::types::{CelBool, CelList, CelMap, CelNull, CelType, DYN_TYPE, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::{Env, ExecutionError};
use tenko_core::REDACTED_PREFIX;

/// What stands for `==`, `!=` and `in`. No expression can write such names.
const EQUAL: &str = "@equal";
const DIFFERENT: &str = "@different";
const WITHIN: &str = "@within";

/// The type of a hidden value: no operator and no function takes it.
pub(crate) const TYPE_NAME: &str = "hidden";
static TYPE: Type = Type::new_unspecified_type(TYPE_NAME);

/// Whether a text stands for a value that was replaced.
pub(crate) fn is_hidden(text: &str) -> bool {
    text.strip_prefix(REDACTED_PREFIX)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A value inside a list or map that is not known; the key that it stands behind is.
#[derive(Clone)]
pub(crate) struct Hidden(pub(crate) String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TYPE_NAME)
    }
}

impl Val for Hidden {
    fn get_type(&self) -> &Type {
        &TYPE
    }

    fn cel_type() -> &'static Type {
        &TYPE
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }
}

impl StaticVal for Hidden {}

/// What is said of a value that is hidden, behind this path or key.
pub(crate) fn said(of: &str) -> String {
    if of.is_empty() {
        return "a value that it reads is hidden".to_owned();
    }
    format!("the value of `{of}` is hidden")
}

/// The key of a hidden value that is this one, or stands in this list or map.
fn found<'h>(value: &'h (dyn Val + '_)) -> Option<&'h str> {
    if let Some(Hidden(key)) = value.downcast_ref::<Hidden>() {
        return Some(key);
    }
    if let Some(list) = value.downcast_ref::<CelList<'_>>() {
        return list.inner().iter().find_map(|item| found(item.as_ref()));
    }
    if let Some(map) = value.downcast_ref::<CelMap<'_>>() {
        // Of several the first by name: a map has no order, and the same is to be said each time.
        return map.inner().values().filter_map(|item| found(item.as_ref())).min();
    }
    // The type of a hidden value says as little.
    value.equals(&CelType::new(TYPE_NAME)).then_some("")
}

/// Whether two values are equal, or the key of what hides the answer.
fn equality<'h>(a: &'h (dyn Val + '_), b: &'h (dyn Val + '_)) -> Result<bool, &'h str> {
    // Nothing equals what is hidden, not even itself.
    if a.equals(b) {
        return Ok(true);
    }
    // What is hidden is not null, and lists and maps of other sizes differ whatever is in them.
    let is_null = |value: &dyn Val| value.downcast_ref::<CelNull>().is_some();
    let size = |value: &dyn Val| {
        let list = value.downcast_ref::<CelList<'_>>().map(|list| (true, list.inner().len()));
        list.or_else(|| value.downcast_ref::<CelMap<'_>>().map(|map| (false, map.inner().len())))
    };
    let is_open = |value: &dyn Val| value.downcast_ref::<Hidden>().is_none();
    if is_null(a) || is_null(b) || (size(a) != size(b) && is_open(a) && is_open(b)) {
        return Ok(false);
    }
    match found(a).or_else(|| found(b)) {
        Some(key) => Err(key),
        None => Ok(false),
    }
}

fn refused(key: &str) -> ExecutionError {
    ExecutionError::function_error(TYPE_NAME, key)
}

fn of_two(args: &[CowVal<'_, '_>]) -> Result<bool, ExecutionError> {
    match args {
        [a, b] => equality(a.as_ref(), b.as_ref()).map_err(refused),
        _ => Err(ExecutionError::missing_argument_or_target()),
    }
}

fn equal<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    Ok(CowVal::owned(CelBool::from(of_two(&args)?)))
}

fn different<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    Ok(CowVal::owned(CelBool::from(!of_two(&args)?)))
}

/// Of a map the keys are asked, and they are never hidden; of a list each element may be.
fn within<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [value, of] = args.as_slice() else {
        return Err(ExecutionError::missing_argument_or_target());
    };
    for either in [value, of] {
        if let Some(Hidden(key)) = either.downcast_ref::<Hidden>() {
            return Err(refused(key));
        }
    }
    let answer = if let Some(list) = of.downcast_ref::<CelList<'_>>() {
        let mut hidden = None;
        let mut is_there = false;
        for item in list.inner() {
            match equality(item.as_ref(), value.as_ref()) {
                Ok(true) => {
                    is_there = true;
                    break;
                }
                Ok(false) => {}
                Err(key) => hidden = hidden.or(Some(key)),
            }
        }
        match hidden {
            Some(key) if !is_there => return Err(refused(key)),
            _ => is_there,
        }
    } else {
        let types = || [value, of].map(|v| v.get_type().name().to_owned()).to_vec();
        let error = || ExecutionError::no_such_overload(operators::IN, types());
        let map = of.as_container().ok_or_else(error)?;
        map.contains(value.as_ref()).map_err(|_| error())?
    };
    Ok(CowVal::owned(CelBool::from(answer)))
}

/// The function that stands for an operator, where what is hidden makes a difference.
pub(crate) fn instead_of(operator: &str) -> Option<&'static str> {
    match operator {
        operators::EQUALS => Some(EQUAL),
        operators::NOT_EQUALS => Some(DIFFERENT),
        operators::IN => Some(WITHIN),
        _ => None,
    }
}

/// Adds the functions to an environment.
pub(crate) fn add(env: &mut Env) {
    let two = || vec![DYN_TYPE, DYN_TYPE];
    // They cannot be there already.
    let _ = env.add_overload(EQUAL, EQUAL, two(), equal);
    let _ = env.add_overload(DIFFERENT, DIFFERENT, two(), different);
    let _ = env.add_overload(WITHIN, WITHIN, two(), within);
}
