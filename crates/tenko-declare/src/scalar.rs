//! Where a part of a text stands in the file: texts may be in quotes, with escapes, and over
//! several lines.

use crate::context::{Context, Pos};

/// The place of the character with this number in a text whose scalar begins at `pos`. `None`
/// where it cannot be told, as behind an alias.
pub(crate) fn locate(context: &Context<'_>, pos: Pos, text: &str, offset: usize) -> Option<Pos> {
    let wanted = text.chars().nth(offset);
    let (line, column) = Walk::new(context, pos)?.go(offset)?;
    let found = context.line(pos.file, line).chars().nth(column);
    // An escape stands for a character that is not there.
    let same = wanted.is_none() || found == wanted || found == Some('\\');
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    same.then(|| Pos { file: pos.file, line, column: number(column + 1), width: 1 })
}

/// A walk over the characters that a scalar stands for.
struct Walk<'c> {
    context: &'c Context<'c>,
    file: u32,
    line: u32,
    column: usize,
    /// The quotes around it, if any.
    quote: Option<char>,
    /// Whether a backslash begins an escape.
    escapes: bool,
    /// How much is taken off the lines that follow; `None` is all blanks.
    indent: Option<usize>,
}

impl<'c> Walk<'c> {
    fn new(context: &'c Context<'_>, pos: Pos) -> Option<Self> {
        let column = (pos.column as usize).checked_sub(1)?;
        let chars: Vec<char> = context.line(pos.file, pos.line).chars().collect();
        let is_toml = context.file_name(pos.file).to_ascii_lowercase().ends_with(".toml");
        let mut walk = Walk {
            context,
            file: pos.file,
            line: pos.line,
            column,
            quote: None,
            escapes: false,
            indent: None,
        };
        let own_line = chars.iter().take(column).all(|c| c.is_whitespace());
        if !is_toml && own_line && block_above(context, pos) {
            walk.indent = Some(column);
            return Some(walk);
        }
        let quote = chars.get(column).copied().filter(|c| matches!(c, '"' | '\''));
        walk.quote = quote;
        walk.escapes = quote == Some('"');
        let Some(quote) = quote else { return Some(walk) };
        walk.column += 1;
        if is_toml && (0..3).all(|i| chars.get(column + i) == Some(&quote)) {
            walk.column += 2;
            walk.indent = Some(0);
            // A line break directly behind the quotes is no part of the text.
            if chars.len() == walk.column {
                (walk.line, walk.column) = (walk.line + 1, 0);
            }
        }
        Some(walk)
    }

    /// Goes over so many characters.
    fn go(mut self, count: usize) -> Option<(u32, usize)> {
        let mut chars: Vec<char> = self.context.line(self.file, self.line).chars().collect();
        for _ in 0..count {
            if self.column >= chars.len() {
                self.line += 1;
                chars = self.context.line(self.file, self.line).chars().collect();
                let blanks = chars.iter().take_while(|c| c.is_whitespace()).count();
                self.column = self.indent.map_or(blanks, |indent| indent.min(blanks));
                if chars.is_empty() && self.line as usize > self.context.line_count(self.file) {
                    return None;
                }
                continue;
            }
            self.column += match (chars.get(self.column), chars.get(self.column + 1)) {
                (Some('\\'), Some(kind)) if self.escapes => match kind {
                    'x' => 4,
                    'u' => 6,
                    'U' => 10,
                    _ => 2,
                },
                // YAML writes a quote twice.
                (Some('\''), Some('\'')) if self.quote == Some('\'') => 2,
                _ => 1,
            };
        }
        // Behind a line's last character stands what begins the next.
        Some((self.line, self.column))
    }
}

/// Whether the line above begins a block of text: `when: |`.
fn block_above(context: &Context<'_>, pos: Pos) -> bool {
    let above = (1..pos.line).rev().map(|line| context.line(pos.file, line));
    let Some(line) = above.into_iter().find(|line| !line.trim().is_empty()) else { return false };
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    let line = line.trim_end_matches(|c: char| c == '-' || c == '+' || c.is_ascii_digit());
    line.ends_with(['|', '>'])
}
