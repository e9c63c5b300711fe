//! Members that are one of a few words: a comparison with another word would never be true, and
//! the rule would pass in silence.

use cel::common::ast::{Expr, IdedExpr, LiteralValue};

use crate::check::Checker;
use crate::error::Fault;

/// The words by variable and member, as the evaluation gives them.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("scope", "kind", &["account", "project", "folder", "organization"]),
    (
        "scope",
        "status",
        &["active", "pending_activation", "suspended", "pending_closure", "closed", "unknown"],
    ),
];

/// Other spellings of clouds; a provider of one's own may have any name.
const CLOUDS: &[(&str, &str)] =
    &[("AWS", "aws"), ("Aws", "aws"), ("GCP", "gcp"), ("google", "gcp"), ("Google", "gcp")];

/// Checks `member == "word"`, where this is what stands there.
pub(crate) fn compared(
    checker: &Checker<'_>,
    member: &IdedExpr,
    word: &IdedExpr,
) -> Result<(), Fault> {
    let Expr::Literal(LiteralValue::String(text)) = &word.expr else { return Ok(()) };
    let Expr::Select(select) = &member.expr else { return Ok(()) };
    let Expr::Ident(variable) = &select.operand.expr else { return Ok(()) };
    let (text, field) = (text.inner(), select.field.as_str());
    let message = || format!("`{variable}.{field}` is never {text:?}");
    if field == "cloud" {
        return match CLOUDS.iter().find(|(other, _)| *other == text) {
            Some((_, cloud)) => {
                let fault = checker.fault(word, message());
                Err(fault.help(format!("did you mean `{cloud}`?")))
            }
            None => Ok(()),
        };
    }
    match WORDS.iter().find(|(of, name, _)| of == variable && *name == field) {
        Some((.., words)) if !words.contains(&text) => Err(checker
            .fault(word, message())
            .help(format!("it is {}", words.join(", ")))
            .meant(text, words.iter().copied())),
        _ => Ok(()),
    }
}
