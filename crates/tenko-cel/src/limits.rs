//! What a text may be before it is parsed. The parser, the checks and the evaluation all recurse
//! over an expression's tree: its height is bounded here, from the characters alone.

use crate::error::Fault;

/// The longest expression, in characters.
pub(crate) const MAX_LENGTH: usize = 10_000;
/// How deep brackets may be nested.
pub(crate) const MAX_BRACKETS: usize = 20;
/// How high the tree may become: operators that follow each other and brackets, added up. Without
/// optimisation an evaluation takes 40 KiB of stack for each, of the 2 MiB that a thread has.
pub(crate) const MAX_HEIGHT: usize = 32;

/// What one pair of brackets holds so far.
#[derive(Default)]
struct Group {
    /// Operators since the last separator.
    operators: usize,
    /// `?` since the last comma: what follows one stands below it.
    choices: usize,
    /// The highest bracket since the last separator.
    below: usize,
    /// The highest part before the last separator.
    before: usize,
}

impl Group {
    fn height(&self) -> usize {
        (self.operators + self.below).max(self.before) + self.choices
    }

    /// `&&` and `||` are parsed into a balanced tree, commas into a list.
    fn separate(&mut self, comma: bool) {
        self.before = (self.operators + self.below).max(self.before);
        (self.operators, self.below) = (0, 0);
        if comma {
            self.before += self.choices;
            self.choices = 0;
        }
    }
}

/// Refuses what is too long or too deep. What is no expression at all is left to the parser.
pub(crate) fn check(text: &str) -> Result<(), Fault> {
    if text.chars().nth(MAX_LENGTH).is_some() {
        let message = format!("the expression is longer than {MAX_LENGTH} characters");
        return Err(Fault::new(0, message));
    }
    let chars: Vec<char> = text.chars().collect();
    scan(&chars).map_err(|mut fault| {
        fault.at = chars.iter().take(fault.at).map(|c| c.len_utf8()).sum();
        fault
    })
}

/// Places are in characters here.
fn scan(chars: &[char]) -> Result<(), Fault> {
    let mut groups = vec![Group::default()];
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let start = at;
        at += 1;
        match c {
            '"' | '\'' => at = string_end(chars, start)?,
            '/' if next == Some('/') => {
                at = chars.iter().skip(at).position(|c| *c == '\n').map_or(chars.len(), |n| at + n);
            }
            '(' | '[' | '{' => {
                groups.push(Group::default());
                if groups.len() > MAX_BRACKETS + 1 {
                    return Err(too_deep(start));
                }
            }
            ')' | ']' | '}' => {
                let height = groups.pop().map_or(0, |group| group.height());
                match groups.last_mut() {
                    // A call or an index stands above what it is called on, as an operator does.
                    Some(group) => {
                        group.operators += 1;
                        group.below = group.below.max(height);
                    }
                    // One bracket too many: the parser says so.
                    None => groups.push(Group::default()),
                }
            }
            '&' | '|' if next == Some(c) => {
                at += 1;
                group(&mut groups, |g| g.separate(false));
            }
            ',' => group(&mut groups, |g| g.separate(true)),
            '?' => group(&mut groups, |g| g.choices += 1),
            '=' | '!' | '<' | '>' if next == Some('=') => {
                at += 1;
                group(&mut groups, |g| g.operators += 1);
            }
            '+' | '-' | '*' | '/' | '%' | '<' | '>' | '!' | '.' => {
                group(&mut groups, |g| g.operators += 1);
            }
            'i' if next == Some('n') && is_word(chars, start, 2) => {
                at += 1;
                group(&mut groups, |g| g.operators += 1);
            }
            _ => {}
        }
        if groups.iter().map(Group::height).sum::<usize>() > MAX_HEIGHT {
            return Err(too_deep(start));
        }
    }
    Ok(())
}

/// Changes the innermost open bracket.
fn group(groups: &mut [Group], change: impl FnOnce(&mut Group)) {
    if let Some(group) = groups.last_mut() {
        change(group);
    }
}

fn too_deep(at: usize) -> Fault {
    let help = "take it apart into several rules, or write a list and `in`";
    Fault::new(at, "the expression is nested too deep").help(help)
}

/// Whether the word that begins here has this length and does not begin earlier.
fn is_word(chars: &[char], start: usize, length: usize) -> bool {
    let part = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    !part(start.checked_sub(1).and_then(|i| chars.get(i))) && !part(chars.get(start + length))
}

/// Where the text literal that begins with this quote ends, behind its last quote. What the parser
/// would take apart in another way is refused, so that nothing is hidden from the count.
fn string_end(chars: &[char], start: usize) -> Result<usize, Fault> {
    let before = chars.get(..start).unwrap_or_default();
    let word = before.iter().rev().take_while(|c| c.is_alphanumeric() || **c == '_').count();
    let prefix: String = before.iter().skip(start - word).collect();
    let raw = match prefix.as_str() {
        "" | "b" | "B" => false,
        "r" | "R" | "br" | "bR" | "Br" | "BR" => true,
        // `in"a"` is a word and a text.
        "in" => false,
        _ => {
            let message = format!("a text stands directly behind `{prefix}`");
            return Err(Fault::new(start, message).help("an operator is missing between them"));
        }
    };
    let quote = chars.get(start);
    let triple = chars.get(start + 1) == quote && chars.get(start + 2) == quote;
    let length = if triple { 3 } else { 1 };
    let mut at = start + length;
    while let Some(c) = chars.get(at) {
        if (0..length).all(|i| chars.get(at + i) == quote) {
            return Ok(at + length);
        }
        at += match c {
            '\\' if !raw => escape(chars, at)?,
            '\n' | '\r' if !triple => break,
            _ => 1,
        };
    }
    Err(Fault::new(start, "the text that begins here has no closing quote"))
}

/// How many characters an escape has, with its backslash.
fn escape(chars: &[char], at: usize) -> Result<usize, Fault> {
    let digits = |from: usize, count: usize, radix: u32| {
        (0..count).all(|i| chars.get(at + from + i).is_some_and(|c| c.is_digit(radix)))
    };
    let kind = chars.get(at + 1).copied();
    let length = match kind {
        Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '"' | '\'' | '\\' | '?' | '`') => 2,
        Some('x' | 'X') if digits(2, 2, 16) => 4,
        Some('u') if digits(2, 4, 16) => 6,
        Some('U') if digits(2, 8, 16) => 10,
        Some('0'..='3') if digits(2, 2, 8) => 4,
        _ => {
            let shown: String = ['\\'].into_iter().chain(kind).collect();
            let help = r#"write `\\` for a backslash, or a raw text: `r"\d+"`"#;
            return Err(Fault::new(at, format!("`{shown}` is no escape")).help(help));
        }
    };
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_deep_is_refused_where_it_becomes_so() {
        let deep = "(".repeat(MAX_BRACKETS + 1);
        assert_eq!(check(&deep).unwrap_err().at, MAX_BRACKETS);
        assert!(check(&"(".repeat(MAX_BRACKETS)).is_ok());
        assert!(check(&"-".repeat(MAX_HEIGHT + 1)).is_err());
        assert!(check(&format!("1{}", "+1".repeat(MAX_HEIGHT + 1))).is_err());
        assert!(check(&format!("a{}", ".b".repeat(MAX_HEIGHT + 1))).is_err());
        assert!(check(&"a?b:".repeat(MAX_HEIGHT + 1)).is_err());
        assert!(check(&"f()".repeat(MAX_HEIGHT + 1)).is_err());
        assert!(check(&"x in ".repeat(MAX_HEIGHT + 1)).is_err());
        assert!(check(&"(1+".repeat(MAX_BRACKETS / 2)).is_ok());
        assert!(check(&"(1+1+1+1+".repeat(MAX_BRACKETS)).is_err());
    }

    #[test]
    fn long_lists_and_conditions_are_not_deep() {
        assert!(check(&format!("x in [{}]", "'a.b.c', ".repeat(1000))).is_ok());
        assert!(check(&"a == 'b' || ".repeat(500)).is_ok());
        assert!(check(&format!("'{}'", "(".repeat(1000))).is_ok());
        assert!(check(&format!("1 // {}", "(".repeat(1000))).is_ok());
        assert!(check(&format!(r#"r"{}\""#, "(".repeat(1000))).is_ok());
    }

    #[test]
    fn texts_that_could_hide_code_are_refused() {
        for text in ["'abc", "'a\nb'", r"'\q'", "x'a'", "1r'a'", r"'\u12'", "'''a''"] {
            assert!(check(text).is_err(), "{text}");
        }
        for text in ["'''a\nb'''", r"'\n\x41\u0041\101'", r"r'\q'", "b'a'", r"br'\q'"] {
            assert!(check(text).is_ok(), "{text}");
        }
    }
}
