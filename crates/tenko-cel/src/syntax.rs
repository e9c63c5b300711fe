//! Text into a tree, with the parser's messages in plain words.

use cel::common::ast::{IdedExpr, SourceInfo};
use cel::parser::{ParseErrors, Parser};

use crate::error::{CelError, Fault};
use crate::limits;

/// The parser takes far more stack than the tree that it makes: without optimisation 160 KiB for
/// a pair of brackets. What the limits let through needs a sixth of this. Only what is used of it
/// becomes memory.
const PARSER_STACK: usize = 32 << 20;

/// Parses an expression.
pub(crate) fn parse(text: &str) -> Result<(IdedExpr, SourceInfo), CelError> {
    limits::check(text).map_err(|fault| fault.located(text))?;
    if text.trim().is_empty() {
        return Err(Fault::new(0, "the expression is empty").located(text));
    }
    let parse = || Parser::new().parse_with_source_info(text).map_err(|errors| said(text, &errors));
    std::thread::scope(|scope| {
        let parser =
            std::thread::Builder::new().stack_size(PARSER_STACK).spawn_scoped(scope, parse);
        parser.ok().and_then(|parser| parser.join().ok())
    })
    .unwrap_or_else(|| Err(Fault::new(0, "the parser gave up on this expression").located(text)))
}

/// The first error, which is the one that the others follow from.
fn said(text: &str, errors: &ParseErrors) -> CelError {
    let first = errors.errors.iter().find(|e| e.pos.0 > 0).or(errors.errors.first());
    let (pos, raw) = first.map_or(((1, 1), ""), |error| (error.pos, error.msg.as_str()));
    let raw = raw.strip_prefix("Syntax error: ").unwrap_or(raw);
    let (message, help) = plain(raw);
    let number = |n: isize| u32::try_from(n).unwrap_or(0).max(1);
    let line = number(pos.0);
    let mut column = number(pos.1);
    // Behind the last character, where a line break ends the text.
    let length = text.lines().nth(line as usize - 1).map_or(0, |line| line.chars().count());
    column = column.min(u32::try_from(length).unwrap_or(u32::MAX).saturating_add(1));
    CelError { message, line, column, help }
}

/// What the parser says, without its grammar.
fn plain(raw: &str) -> (String, Option<String>) {
    let quoted = || {
        let (_, rest) = raw.split_once('\'')?;
        let end = ["' expecting", "' at "].iter().find_map(|end| rest.find(end));
        let token = rest.get(..end.or_else(|| rest.rfind('\''))?)?;
        Some(token.trim().chars().take(40).collect::<String>())
    };
    let token = quoted().unwrap_or_default();
    let help = match token.as_str() {
        "=" => Some("write `==` to compare"),
        "&" => Some("write `&&`"),
        "|" => Some("write `||`"),
        "and" | "AND" => Some("write `&&`"),
        "or" | "OR" => Some("write `||`"),
        "not" | "NOT" => Some("write `!`"),
        "?" => Some("a choice is written `CONDITION ? VALUE : OTHER`"),
        _ => None,
    };
    let message = if token.starts_with("<EOF>") && !raw.starts_with("missing") {
        "the expression ends too early".to_owned()
    } else if raw.starts_with("token recognition error") {
        format!("`{token}` has no meaning here")
    } else if raw.starts_with("missing") {
        format!("`{token}` is missing here")
    } else if raw.starts_with("extraneous input") || raw.starts_with("mismatched input") {
        format!("`{token}` does not belong here")
    } else if raw.starts_with("no viable alternative") {
        format!("`{token}` cannot be read")
    } else if let Some(name) = raw.strip_prefix("reserved identifier: ") {
        format!("`{name}` is a reserved word")
    } else if raw.starts_with("unsupported syntax") {
        let syntax = raw.trim_start_matches("unsupported syntax").trim_matches([':', ' ', '\'']);
        format!("`{syntax}` is not read")
    } else if raw.starts_with("invalid argument to has()") {
        "`has` asks for one member: `has(resource.attributes.Name)`".to_owned()
    } else if raw.is_empty() || raw == "UNKNOWN" {
        "this is no expression".to_owned()
    } else {
        raw.lines().next().unwrap_or_default().chars().take(200).collect()
    };
    (message, help.map(ToOwned::to_owned))
}
