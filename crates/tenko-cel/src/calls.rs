//! Whether a function is there and takes what it is given.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};
use cel::{Context, Value};

use crate::check::Checker;
use crate::error::Fault;
use crate::functions::{ENV, MACROS, SIGNATURES, pattern};
use crate::types::Type;

/// The type of a call that is no operator.
pub(crate) fn function(
    checker: &mut Checker<'_>,
    expr: &IdedExpr,
    call: &CallExpr,
) -> Result<Type, Fault> {
    let name = call.func_name.as_str();
    if let Some((_, form)) = MACROS.iter().find(|(known, _)| *known == name) {
        let message = format!("`{name}` is not used like this");
        let fault = Fault::new(checker.named(expr, name), message);
        return Err(fault.help(*form));
    }
    let member = call.target.is_some();
    let mut named = SIGNATURES.iter().filter(|s| s.name == name).peekable();
    if named.peek().is_none() {
        let message = format!("there is no function `{name}`");
        let fault = Fault::new(checker.named(expr, name), message);
        let fault = match alternative(name) {
            Some(help) => fault.help(help),
            None => fault,
        };
        let known = SIGNATURES.iter().filter(|s| s.on.is_some() == member).map(|s| s.name);
        return Err(fault.meant(name, known.chain(MACROS.iter().map(|(name, _)| *name))));
    }
    let on = call.target.as_deref().map(|target| checker.value(target)).transpose()?;
    let mut given = Vec::new();
    for arg in &call.args {
        given.push(checker.value(arg)?);
    }
    let mut gives: Option<Type> = None;
    for signature in named.clone() {
        let fits_target = match (&signature.on, &on) {
            (None, None) => true,
            (Some(wanted), Some(is)) => fits(wanted, is),
            _ => false,
        };
        let takes = &signature.takes;
        if fits_target
            && takes.len() == given.len()
            && takes.iter().zip(&given).all(|(wanted, is)| fits(wanted, is))
        {
            let next = signature.gives.clone();
            gives = Some(gives.map_or(next.clone(), |gives| gives.or(next)));
        }
    }
    if let Some(gives) = gives {
        constant(checker, expr, call)?;
        return Ok(gives);
    }
    let ways: Vec<_> = named.map(|s| (s.on.is_some(), s.takes.len())).collect();
    if !ways.iter().any(|(on, _)| *on == member) {
        let (message, help) = if member {
            (format!("`{name}` is not called on something"), format!("write `{name}(x)`"))
        } else {
            (format!("`{name}` is called on something"), format!("write `x.{name}(...)`"))
        };
        return Err(Fault::new(checker.named(expr, name), message).help(help));
    }
    if !ways.contains(&(member, given.len())) {
        let least = ways.iter().filter(|w| w.0 == member).map(|w| w.1).min().unwrap_or(0);
        let values = if least == 1 { "one value".to_owned() } else { format!("{least} values") };
        let message = format!("`{name}` takes {values}, not {}", given.len());
        return Err(Fault::new(checker.named(expr, name), message));
    }
    // The first value that no way to call it takes is the one to point at.
    let of_form = || SIGNATURES.iter().filter(|s| s.name == name && s.on.is_some() == member);
    if let (Some(target), Some(is)) = (call.target.as_deref(), &on)
        && !of_form().any(|s| s.on.as_ref().is_some_and(|wanted| fits(wanted, is)))
    {
        let message = format!("{} has no function `{name}`", is.name());
        return Err(checker.fault(target, message));
    }
    for (i, (arg, is)) in call.args.iter().zip(&given).enumerate() {
        if !of_form().any(|s| s.takes.get(i).is_some_and(|wanted| fits(wanted, is))) {
            return Err(checker.fault(arg, format!("`{name}` cannot take {}", is.name())));
        }
    }
    Err(checker.fault(expr, format!("`{name}` cannot take these values together")))
}

fn fits(wanted: &Type, is: &Type) -> bool {
    match (wanted, is) {
        (Type::Dyn, _) | (_, Type::Dyn) => true,
        (Type::List(_), Type::List(_)) | (Type::Map(_), Type::Map(_)) => true,
        (wanted, is) => wanted == is,
    }
}

/// A call on literals is made now, so that what it cannot read is known before the run.
fn constant(checker: &Checker<'_>, expr: &IdedExpr, call: &CallExpr) -> Result<(), Fault> {
    let name = call.func_name.as_str();
    let text = |expr: &IdedExpr| match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().to_owned()),
        _ => None,
    };
    if name == "matches" {
        let Some(last) = call.args.last() else { return Ok(()) };
        let Some(written) = text(last) else { return Ok(()) };
        return pattern(&written).map(|_| ()).map_err(|why| {
            let message = format!("the pattern cannot be read: {why}");
            checker
                .fault(last, message)
                .help("the syntax is that of RE2: https://github.com/google/re2/wiki/Syntax")
        });
    }
    let [arg] = call.args.as_slice() else { return Ok(()) };
    let Some(written) = text(arg) else { return Ok(()) };
    let example = match name {
        "timestamp" => "2026-01-31T00:00:00Z",
        "duration" => "72h",
        "int" | "uint" => "42",
        "double" => "4.2",
        "bool" => "true",
        _ => return Ok(()),
    };
    let context = Context::with_env(ENV.clone());
    match Value::resolve_val(expr, &context) {
        Ok(_) => Ok(()),
        Err(_) => {
            let message = format!("`{name}` cannot read {written:?}");
            Err(checker.fault(arg, message).help(format!("write it as \"{example}\"")))
        }
    }
}

/// What other languages call what is there under another name.
fn alternative(name: &str) -> Option<&'static str> {
    Some(match name {
        "len" | "length" | "count" => "write `size(x)`",
        "any" | "some" => "write `LIST.exists(x, CONDITION)`",
        "every" => "write `LIST.all(x, CONDITION)`",
        "lower" | "lowerAscii" | "upper" | "upperAscii" => {
            "letters of both kinds are matched by `x.matches(\"(?i)^prod$\")`"
        }
        "not" => "write `!x`",
        "regex" | "match" => "write `x.matches(\"^prod-\")`",
        "date" => "write `timestamp(\"2026-01-31T00:00:00Z\")`",
        "hasKey" => "write `\"key\" in x`",
        _ => return None,
    })
}
