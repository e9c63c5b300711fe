//! Errors of an evaluation, in plain words. They name types and keys, and no values: an attribute
//! can be long, or not for everybody's eyes.

use cel::objects::ValueType;
use cel::{ExecutionError, Value};

use crate::check::written;
use crate::hidden;
use crate::read::Reader;

pub(crate) fn said(reader: &Reader<'_>, error: &ExecutionError) -> String {
    match error {
        ExecutionError::UndeclaredReference(name) => match reader.missing(name) {
            Some(missing) => missing,
            None => format!("there is no `{}`", short(name)),
        },
        ExecutionError::NoSuchKey(key) => {
            let key = short(key);
            format!("there is no key `{key}`; ask first: `has(x.{key})` or `{key:?} in x`")
        }
        ExecutionError::IndexOutOfBounds(index) => match index {
            Value::Int(index) => format!("the list has no element {index}"),
            _ => "the list is not that long".to_owned(),
        },
        ExecutionError::NoSuchOverload(call) => {
            if call.argument_types().iter().any(|name| name == hidden::TYPE_NAME) {
                return hidden::said("");
            }
            let types: Vec<_> = call.argument_types().iter().map(|name| type_name(name)).collect();
            let function = written(call.function());
            match types.as_slice() {
                [one, other] if !call.is_member_function() => {
                    format!("`{function}` cannot be used on {one} and {other}")
                }
                types => format!("`{function}` cannot be used on {}", types.join(", ")),
            }
        }
        ExecutionError::UnsupportedBinaryOperator(_, Value::Null, _)
        | ExecutionError::UnsupportedBinaryOperator(_, _, Value::Null)
        | ExecutionError::ValuesNotComparable(Value::Null, _)
        | ExecutionError::ValuesNotComparable(_, Value::Null)
        | ExecutionError::UnsupportedKeyType(Value::Null)
            if reader.gave_hidden() =>
        {
            hidden::said("")
        }
        ExecutionError::UnsupportedBinaryOperator(operator, a, b) => {
            let sign = match *operator {
                "add" => "+",
                "sub" => "-",
                "mul" => "*",
                "div" => "/",
                "rem" => "%",
                other => other,
            };
            format!("`{sign}` cannot be used on {} and {}", value_name(a), value_name(b))
        }
        ExecutionError::ValuesNotComparable(a, b) => {
            format!("{} and {} cannot be compared", value_name(a), value_name(b))
        }
        ExecutionError::UnexpectedType { got, .. } if got == hidden::TYPE_NAME => hidden::said(""),
        ExecutionError::UnexpectedType { got, want } => {
            let want = match want.as_str() {
                "iterable" => "a list or a map".to_owned(),
                want => type_name(want),
            };
            format!("{want} is needed, and there is {}", type_name(got))
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "a number is divided by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "a number becomes too large".to_owned(),
        ExecutionError::UnsupportedKeyType(key) => {
            format!("{} cannot be a key", value_name(key))
        }
        ExecutionError::DuplicateKey(_) => "a map has a key twice".to_owned(),
        ExecutionError::FunctionError { function, message } if function == hidden::TYPE_NAME => {
            hidden::said(&short(message))
        }
        ExecutionError::FunctionError { function, message } => {
            format!("`{}` failed: {}", short(function), short(message))
        }
        _ if reader.gave_hidden() => hidden::said(""),
        _ => "the expression cannot be evaluated".to_owned(),
    }
}

/// The beginning of a text, in one line.
fn short(text: &str) -> String {
    text.chars().take(100).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A type as the checks call it.
pub(crate) fn type_name(name: &str) -> String {
    match name {
        "bool" => "true or false",
        "int" | "uint" | "double" => "a number",
        "string" => "text",
        "null_type" | "null" => "null",
        "list" => "a list",
        "map" => "a map",
        "bytes" => "bytes",
        "type" => "a type",
        "google.protobuf.Duration" | "duration" => "a duration",
        "google.protobuf.Timestamp" | "timestamp" => "a time",
        other => other,
    }
    .to_owned()
}

fn value_name(value: &Value) -> String {
    type_name(match value.type_of() {
        ValueType::List => "list",
        ValueType::Map => "map",
        ValueType::Int | ValueType::UInt | ValueType::Float => "int",
        ValueType::String => "string",
        ValueType::Bytes => "bytes",
        ValueType::Bool => "bool",
        ValueType::Duration => "duration",
        ValueType::Timestamp => "timestamp",
        ValueType::Null => "null",
        _ => "a value of another kind",
    })
}
