//! What an attribute condition of a workload identity pool provider asks for.
//!
//! It is an expression of CEL, of which a part is read here, exactly: claims that are compared with
//! fixed texts, joined by `&&` and `||`. What anything else comes to is undecided.
//!
//! Facts: <https://cloud.google.com/iam/docs/workload-identity-federation#conditions>,
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md>.

/// Longer ones are not read. Google takes 4,096 characters.
const MOST_BYTES: usize = 16 * 1024;
/// How deep brackets may be nested.
const DEEPEST: usize = 16;

/// Whether a condition asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    Undecided,
}

impl Answer {
    /// Both hold: one that asks is enough.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            (Self::No, Self::No) => Self::No,
        }
    }

    /// One holds: both have to ask.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}

impl From<bool> for Answer {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// What a claim must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Must<'c> {
    /// One of these.
    Be(Vec<&'c str>),
    /// It begins so.
    Begin(&'c str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'c> {
    /// A name, or a number.
    Name(&'c str),
    Text(&'c str),
    Sign(&'c str),
}

/// A condition, as far as it can be read.
#[derive(Clone, Debug)]
pub(super) struct Condition<'c> {
    tokens: Option<Vec<Token<'c>>>,
}

impl<'c> Condition<'c> {
    pub(super) fn read(text: &'c str) -> Self {
        Self { tokens: (text.len() <= MOST_BYTES).then(|| tokens(text)).flatten() }
    }

    /// Whether it asks for something, where `asks` says it of one comparison: of the name of what
    /// is compared (`assertion.repository`), and what it must be.
    pub(super) fn asks(&self, asks: &dyn Fn(&str, &Must<'_>) -> Answer) -> Answer {
        match &self.tokens {
            Some(tokens) => either(tokens, asks, 0),
            None => Answer::Undecided,
        }
    }
}

/// The tokens of an expression; `None` where it has some that are not read here.
fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    const SIGNS: [&str; 20] = [
        "&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "!",
        "<", ">", "+",
    ];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => {
                let inside = rest.get(1..)?;
                let end = inside.find(first)?;
                let value = inside.get(..end)?;
                // Escapes, texts over several lines, and those in three quotes.
                let is_plain = !value.contains(['\\', '\n', '\r']);
                let is_triple = value.is_empty() && inside.get(1..)?.starts_with(first);
                // `r'...'` and `b'...'` are other texts.
                let is_prefixed = matches!(tokens.last(), Some(Token::Name(_)))
                    && text.get(..text.len() - rest.len())?.ends_with(is_name);
                if !is_plain || is_triple || is_prefixed {
                    return None;
                }
                tokens.push(Token::Text(value));
                end + 2
            }
            c if is_name(c) => {
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                tokens.push(Token::Name(rest.get(..end)?));
                end
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
                tokens.push(Token::Sign(sign));
                sign.len()
            }
        };
        rest = rest.get(length..)?.trim_start();
    }
    Some(tokens)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The parts between a sign that stands outside of brackets; `None` where brackets do not match.
fn split<'t, 'c>(tokens: &'t [Token<'c>], at: &str) -> Option<Vec<&'t [Token<'c>]>> {
    let mut open = Vec::new();
    let mut parts = Vec::new();
    let mut from = 0;
    for (place, token) in tokens.iter().enumerate() {
        let Token::Sign(sign) = token else { continue };
        match *sign {
            "(" | "[" | "{" => open.push(*sign),
            ")" | "]" | "}" => {
                let fits = matches!(
                    (open.pop(), *sign),
                    (Some("("), ")") | (Some("["), "]") | (Some("{"), "}")
                );
                if !fits {
                    return None;
                }
            }
            sign if sign == at && open.is_empty() => {
                parts.push(tokens.get(from..place)?);
                from = place + 1;
            }
            _ => {}
        }
    }
    parts.push(tokens.get(from..)?);
    open.is_empty().then_some(parts)
}

fn either(tokens: &[Token<'_>], asks: &dyn Fn(&str, &Must<'_>) -> Answer, depth: usize) -> Answer {
    // A choice binds less than anything else.
    let choices = split(tokens, "?").map(|parts| parts.len());
    let (Some(1), Some(parts), true) = (choices, split(tokens, "||"), depth <= DEEPEST) else {
        return Answer::Undecided;
    };
    let parts = parts.into_iter().map(|part| match split(part, "&&") {
        Some(parts) => {
            let parts = parts.into_iter().map(|part| one(part, asks, depth));
            parts.reduce(Answer::and).unwrap_or(Answer::Undecided)
        }
        None => Answer::Undecided,
    });
    parts.reduce(Answer::or).unwrap_or(Answer::Undecided)
}

/// One operand of `&&`: a comparison, or an expression in brackets.
fn one(tokens: &[Token<'_>], asks: &dyn Fn(&str, &Must<'_>) -> Answer, depth: usize) -> Answer {
    use Token::{Name, Sign, Text};
    if let [Sign("("), inside @ .., Sign(")")] = tokens {
        // `(a) == (b)` begins and ends so too.
        return match split(inside, ",") {
            Some(_) => either(inside, asks, depth + 1),
            None => Answer::Undecided,
        };
    }
    // That a claim is there at all does not say what it is.
    if let [Name("has"), Sign("("), inside @ .., Sign(")")] = tokens {
        return if claim(inside).is_some() { Answer::No } else { Answer::Undecided };
    }
    let compared = |claimed: &[Token<'_>], must: Must<'_>| match claim(claimed) {
        Some(name) => asks(&name, &must),
        None => Answer::Undecided,
    };
    match tokens {
        [claimed @ .., Sign("=="), Text(value)] | [Text(value), Sign("=="), claimed @ ..] => {
            compared(claimed, Must::Be(vec![value]))
        }
        [claimed @ .., Sign("!="), Text(_)] | [Text(_), Sign("!="), claimed @ ..] => {
            if claim(claimed).is_some() { Answer::No } else { Answer::Undecided }
        }
        [claimed @ .., Sign("."), Name("startsWith"), Sign("("), Text(value), Sign(")")] => {
            compared(claimed, Must::Begin(value))
        }
        _ => {
            let place = tokens.iter().position(|token| *token == Name("in"));
            let Some((claimed, rest)) = place.and_then(|place| tokens.split_at_checked(place))
            else {
                return Answer::Undecided;
            };
            match texts(rest.get(1..).unwrap_or_default()) {
                Some(values) => compared(claimed, Must::Be(values)),
                None => Answer::Undecided,
            }
        }
    }
}

/// `['a', 'b']`, with at least one.
fn texts<'c>(tokens: &[Token<'c>]) -> Option<Vec<&'c str>> {
    let [Token::Sign("["), inside @ .., Token::Sign("]")] = tokens else { return None };
    let parts = split(inside, ",")?;
    let text = |part: &[Token<'c>]| match part {
        [Token::Text(text)] => Some(*text),
        _ => None,
    };
    parts.into_iter().map(text).collect()
}

/// `assertion.repository`, `assertion['repository']`, `google.subject`.
fn claim(tokens: &[Token<'_>]) -> Option<String> {
    use Token::{Name, Sign, Text};
    match tokens {
        [Name(of), Sign("."), Name(name)] | [Name(of), Sign("["), Text(name), Sign("]")] => {
            Some(format!("{of}.{name}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether it asks for the owner `acme`.
    fn asks(text: &str) -> Answer {
        Condition::read(text).asks(&|name, must| match (name, must) {
            ("assertion.owner", Must::Be(values)) => (*values == ["acme"]).into(),
            ("assertion.owner", Must::Begin(text)) => (*text == "acme/").into(),
            _ => Answer::No,
        })
    }

    #[test]
    fn what_it_asks_for() {
        for yes in [
            "assertion.owner == 'acme'",
            "\"acme\"==assertion.owner",
            "assertion['owner'] == 'acme'",
            "assertion.owner in [ 'acme' ]",
            "assertion.owner.startsWith('acme/')",
            "assertion.ref == 'x' && assertion.owner == 'acme'",
            "assertion.owner == 'acme' && assertion.x.matches('&&')",
            "(assertion.owner == 'acme') && ((assertion.a == 'b' || assertion.a == 'c'))",
            "assertion.owner == 'acme' || assertion.owner == 'acme'",
            "has(assertion.owner) && assertion.owner == 'acme'",
            "assertion.owner == 'acme' && !assertion.fork",
        ] {
            assert_eq!(asks(yes), Answer::Yes, "{yes}");
        }
        for no in [
            "assertion.ref == 'refs/heads/main'",
            "assertion.owner != 'evil'",
            "assertion.owner == 'evil'",
            "has(assertion.owner)",
            "assertion.owner == 'acme' || assertion.ref == 'refs/heads/main'",
            "assertion.note == 'assertion.owner == acme'",
            "(assertion.owner == 'acme' || assertion.ref == 'x') && assertion.a == 'b'",
        ] {
            assert_eq!(asks(no), Answer::No, "{no}");
        }
        for undecided in [
            "",
            "true",
            "assertion.owner",
            "!(assertion.owner == 'acme')",
            "assertion.owner.matches('^acme$')",
            "assertion.owner == r'acme'",
            "assertion.owner == 'ac\\x6de'",
            "assertion.owner == '''acme'''",
            "assertion.owner == 'acme' ? true : true",
            "assertion.owner == 'acme' || assertion.x.matches('y')",
            "(assertion.owner) == ('acme')",
            "['acme'].exists(o, assertion.owner == o)",
            "assertion.owner == 'acme' // || true",
            "assertion.owner == 'acme' && (",
            "assertion.owner in []",
            "assertion.owner + 'x' == 'acme'",
            "'acme' == assertion.owner == true",
        ] {
            assert_eq!(asks(undecided), Answer::Undecided, "{undecided}");
        }
        assert_eq!(asks(&"(".repeat(9_000)), Answer::Undecided);
        let deep = format!("{}assertion.owner == 'acme'{}", "(".repeat(99), ")".repeat(99));
        assert_eq!(asks(&deep), Answer::Undecided);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_is_too_much(text in ".{0,40}", odd in "[('\"\\[\\])|&!?.=, a\\\\{}]{0,40}") {
            asks(&text);
            asks(&odd);
        }
    }
}
