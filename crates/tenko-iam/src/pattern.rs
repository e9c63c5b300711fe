//! Texts with wildcards and policy variables, compared with each other.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use std::borrow::Cow;

use super::keys::{Keys, Known};
use super::truth::{Reason, Reasons, Truth};

/// Comparisons of more steps than this are not made: a hostile document stays cheap.
const MOST_STEPS: usize = 1 << 20;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters, `:` and `/` among them, or none.
    Many,
    /// A policy variable: its name in lower case, and what stands for it where the key is absent.
    Variable(String, Option<String>),
}

/// How a text of a policy is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// `*` and `?` are wildcards.
    pub(super) wildcards: bool,
    /// `${...}` is a variable: only in documents of version 2012-10-17.
    pub(super) variables: bool,
}

/// A text of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// As it is written.
    pub written: String,
    pub(super) tokens: Vec<Token>,
}

impl Text {
    pub(super) fn new(written: &str, reading: Reading) -> Self {
        Self { written: written.to_owned(), tokens: tokens(written, reading) }
    }

    /// A pattern without variables, as actions are, in lower case.
    pub(super) fn action(written: &str) -> Self {
        let reading = Reading { wildcards: true, variables: false };
        let tokens = tokens(&written.to_lowercase(), reading);
        Self { written: written.to_owned(), tokens }
    }

    /// Whether it stands for more than one text.
    pub(super) fn is_pattern(&self) -> bool {
        self.tokens.iter().any(|token| !matches!(token, Token::Char(_)))
    }

    /// The name of the first variable.
    pub(super) fn variable(&self) -> Option<&str> {
        self.tokens.iter().find_map(|token| match token {
            Token::Variable(name, _) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether it matches every text.
    pub(super) fn is_everything(&self) -> bool {
        !self.tokens.is_empty() && self.tokens.iter().all(|token| *token == Token::Many)
    }

    /// Its tokens with the variables that are known put in. `None`: a variable has no value, so
    /// that nothing matches.
    pub(super) fn resolved(&self, keys: &Keys) -> Option<Cow<'_, [Token]>> {
        if self.variable().is_none() {
            return Some(Cow::Borrowed(&self.tokens));
        }
        let mut tokens = Vec::with_capacity(self.tokens.len());
        for token in &self.tokens {
            let Token::Variable(name, default) = token else {
                tokens.push(token.clone());
                continue;
            };
            match (keys.get(name), default) {
                (Some(Known::Values(values)), _) if values.len() == 1 => {
                    tokens.extend(values.iter().flat_map(|v| v.chars()).map(Token::Char));
                }
                (Some(Known::Absent), Some(default)) => {
                    tokens.extend(default.chars().map(Token::Char));
                }
                (Some(Known::Absent), None) => return None,
                _ => tokens.push(token.clone()),
            }
        }
        Some(Cow::Owned(tokens))
    }
}

fn tokens(text: &str, reading: Reading) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let variable = rest.strip_prefix("${").filter(|_| reading.variables);
        if let Some((body, behind)) = variable.and_then(|inner| inner.split_once('}')) {
            tokens.push(match body {
                // How a policy writes these three as plain characters.
                "*" => Token::Char('*'),
                "?" => Token::Char('?'),
                "$" => Token::Char('$'),
                _ => variable_of(body),
            });
            rest = behind;
            continue;
        }
        let token = match next {
            '*' if reading.wildcards => Token::Many,
            '?' if reading.wildcards => Token::One,
            plain => Token::Char(plain),
        };
        if !(token == Token::Many && tokens.last() == Some(&Token::Many)) {
            tokens.push(token);
        }
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
    }
    tokens
}

/// `aws:username`, or `aws:username, 'nobody'`.
fn variable_of(body: &str) -> Token {
    let (name, default) = match body.split_once(',') {
        Some((name, default)) => (name, Some(default.trim())),
        None => (body, None),
    };
    let unquoted =
        |d: &str| d.strip_prefix('\'').and_then(|d| d.strip_suffix('\'')).map(str::to_owned);
    Token::Variable(name.trim().to_lowercase(), default.and_then(unquoted))
}

/// How a pattern stands to what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// All of it.
    All,
    /// Some of it, or, with a variable, perhaps.
    Some,
    /// None of it.
    None,
    /// Too long to say.
    TooLong,
}

/// How much of `subject`, a text or another pattern, `pattern` covers.
///
/// `All` and `None` are facts. Of two patterns, `Some` may stand where `All` would be true.
pub(super) fn cover(pattern: &[Token], subject: &[Token]) -> Cover {
    if pattern.len().saturating_add(1).saturating_mul(subject.len().saturating_add(1)) > MOST_STEPS
    {
        return Cover::TooLong;
    }
    if covers(pattern, subject) {
        return Cover::All;
    }
    let plain = |tokens: &[Token]| !tokens.iter().any(|t| matches!(t, Token::Variable(..)));
    let literal = subject.iter().all(|t| matches!(t, Token::Char(_)));
    if (literal && plain(pattern)) || !meets(pattern, subject) { Cover::None } else { Cover::Some }
}

/// Whether every text that `subject` stands for is matched, wildcards taken as characters that
/// only a wildcard matches. A variable of the pattern is certain of nothing.
fn covers(pattern: &[Token], subject: &[Token]) -> bool {
    let (mut p, mut s) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(token) = subject.get(s) {
        let step = match (pattern.get(p), token) {
            (Some(Token::Many), _) => {
                back = Some((p, s));
                p += 1;
                continue;
            }
            (Some(Token::One), Token::Char(_) | Token::One) => true,
            (Some(Token::Char(a)), Token::Char(b)) => a == b,
            _ => false,
        };
        if step {
            p += 1;
            s += 1;
        } else if let Some((many, from)) = back {
            back = Some((many, from + 1));
            p = many + 1;
            s = from + 1;
        } else {
            return false;
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|token| *token == Token::Many)
}

/// Whether any text is matched by both.
fn meets(a: &[Token], b: &[Token]) -> bool {
    let many = |token: &Token| matches!(token, Token::Many | Token::Variable(..));
    // `row` says, for every start in `b`, whether the rest of both meet, for the rest of `a`.
    let mut row = vec![false; b.len() + 1];
    for i in (0..=a.len()).rev() {
        let mut new = vec![false; b.len() + 1];
        for j in (0..=b.len()).rev() {
            let down = row.get(j).copied().unwrap_or_default();
            let right = new.get(j + 1).copied().unwrap_or_default();
            let meet = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(x), None) => many(x) && down,
                (None, Some(y)) => many(y) && right,
                // A wildcard ends here, or takes one more of the other side.
                (Some(x), Some(y)) if many(x) || many(y) => down || right,
                (Some(x), Some(y)) => {
                    let same = match (x, y) {
                        (Token::Char(x), Token::Char(y)) => x == y,
                        _ => true,
                    };
                    same && row.get(j + 1).copied().unwrap_or_default()
                }
            };
            if let Some(slot) = new.get_mut(j) {
                *slot = meet;
            }
        }
        row = new;
    }
    row.first().copied().unwrap_or_default()
}

/// Whether a text matches what is asked about; `partly` is the reason where only some does.
pub(super) fn matches(
    text: &Text,
    subject: &[Token],
    keys: &Keys,
    partly: impl Fn(String) -> Reason,
) -> Truth {
    // Most patterns of a long policy are of another service, and differ in their first letter.
    if let (Some(Token::Char(a)), Some(Token::Char(b))) = (text.tokens.first(), subject.first())
        && a != b
    {
        return Truth::False;
    }
    let Some(tokens) = text.resolved(keys) else { return Truth::False };
    match cover(&tokens, subject) {
        Cover::All => Truth::True,
        Cover::None => Truth::False,
        Cover::TooLong => Truth::because(Reason::TooLong),
        Cover::Some => Truth::Possible(unknown_variables(&tokens, || partly(text.written.clone()))),
    }
}

/// The variables that are left, or, where there are none, the other reason.
pub(super) fn unknown_variables(tokens: &[Token], other: impl FnOnce() -> Reason) -> Reasons {
    let names = tokens.iter().filter_map(|token| match token {
        Token::Variable(name, _) => Some(Reason::Variable(name.clone())),
        _ => None,
    });
    let reasons: Reasons = names.collect();
    if reasons.is_empty() { Reasons::from([other()]) } else { reasons }
}
