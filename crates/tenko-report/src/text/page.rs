//! Lines that wrap, in colour or without. Everything that is printed goes through here, and here
//! through [`visible`]: no renderer can forget it.

use anstyle::{AnsiColor, Style};
use tenko_core::{Arg, Message};
use tenko_messages::{Lang, say, t};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::visible::visible;

/// Narrower than this nothing can be laid out; longer lines overflow then.
const MIN_WIDTH: usize = 40;

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default().bold();

/// Pieces of text, each with its style.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Vec<(String, Style)>);

impl Line {
    /// A line that begins with this text.
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self::default().text(text)
    }

    /// Appends text.
    pub(crate) fn text(self, text: impl AsRef<str>) -> Self {
        self.styled(text, PLAIN)
    }

    /// Appends text in a style.
    pub(crate) fn styled(mut self, text: impl AsRef<str>, style: Style) -> Self {
        self.0.push((visible(text.as_ref()).into_owned(), style));
        self
    }

    /// A message in this style, with these of its values in styles of their own. A value with a style
    /// cannot be one that the message's form depends on.
    pub(crate) fn said(lang: Lang, message: &Message, style: Style, own: &[(&str, Style)]) -> Self {
        let mut message = message.clone();
        let mut pieces = Vec::new();
        for (name, arg) in &mut message.args {
            let own = own.iter().find(|(own, _)| own == name);
            if own.is_none() && matches!(arg, Arg::Number(_)) {
                continue;
            }
            let text = visible(&t!(lang, "as-it-is", text = arg.clone())).into_owned();
            *arg = Arg::Text(match own {
                None => text,
                Some((_, style)) => {
                    pieces.push((text, *style));
                    marker(pieces.len()).to_string()
                }
            });
        }
        let text = say(lang, &message);
        let mut line = Self::default();
        let mut rest = text.as_str();
        while let Some((at, piece)) = rest.char_indices().find_map(|(at, ch)| {
            let piece = (1..=pieces.len()).find(|n| marker(*n) == ch)?;
            Some((at, piece))
        }) {
            let (before, after) = rest.split_at(at);
            line = line.styled(before, style);
            if let Some((text, style)) = pieces.get(piece - 1) {
                line = line.styled(text, *style);
            }
            rest = after.get(marker(piece).len_utf8()..).unwrap_or_default();
        }
        line.styled(rest, style)
    }

    /// Appends text and fills up with spaces to `width`, for what stands in a gutter.
    pub(crate) fn padded(self, text: impl AsRef<str>, width: usize, style: Style) -> Self {
        let text = visible(text.as_ref()).into_owned();
        let fill = " ".repeat(width.saturating_sub(text.width()));
        self.styled(text, style).text(fill)
    }

    /// Appends another line's pieces.
    pub(crate) fn append(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The columns that it takes.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| text.width()).sum()
    }

    fn chars(&self) -> Vec<(char, Style)> {
        self.0.iter().flat_map(|(text, style)| text.chars().map(|ch| (ch, *style))).collect()
    }
}

/// Stands for a value in a message. It is a control character: there are none in our texts, and
/// [`visible`] leaves none in a value.
fn marker(nth: usize) -> char {
    char::from_u32(u32::try_from(nth).unwrap_or(1)).filter(|ch| ch.is_control()).unwrap_or('\u{1}')
}

/// A text under construction.
#[derive(Debug)]
pub(crate) struct Page {
    out: String,
    width: usize,
    color: bool,
}

impl Page {
    pub(crate) fn new(width: usize, color: bool) -> Self {
        Self { out: String::new(), width: width.max(MIN_WIDTH), color }
    }

    /// The columns that a line may take.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The finished text, without blank lines at its end.
    pub(crate) fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
        self.out
    }

    /// An empty line, never two in a row and none at the beginning.
    pub(crate) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A heading after an empty line.
    pub(crate) fn heading(&mut self, text: &str) {
        self.blank();
        self.line(0, 0, &Line::default().styled(text, BOLD));
    }

    /// A paragraph whose first line begins in column `first`, the further ones in column `rest`.
    pub(crate) fn line(&mut self, first: usize, rest: usize, line: &Line) {
        self.prefixed(&" ".repeat(first), &" ".repeat(rest), line);
    }

    /// A line that never wraps, for rows of tables and for what is to be copied.
    pub(crate) fn row(&mut self, indent: usize, line: &Line) {
        self.out.push_str(&" ".repeat(indent));
        self.emit(&line.chars());
    }

    /// A paragraph with something of our own before its first and before its further lines.
    pub(crate) fn prefixed(&mut self, first: &str, rest: &str, line: &Line) {
        let chars = line.chars();
        let mut left = chars.as_slice();
        let mut prefix = first;
        loop {
            let room = self.width.saturating_sub(prefix.width()).max(1);
            let (end, next) = break_at(left, room);
            self.out.push_str(prefix);
            self.emit(left.get(..end).unwrap_or_default());
            left = left.get(next..).unwrap_or_default();
            if left.is_empty() {
                break;
            }
            prefix = rest;
        }
    }

    fn emit(&mut self, chars: &[(char, Style)]) {
        let end = chars.iter().rposition(|(ch, _)| *ch != ' ').map_or(0, |last| last + 1);
        let chars = chars.get(..end).unwrap_or_default();
        let mut at = PLAIN;
        for &(ch, style) in chars {
            if self.color && style != at {
                self.switch(at, style);
                at = style;
            }
            self.out.push(ch);
        }
        if at != PLAIN {
            self.switch(at, PLAIN);
        }
        let end = self.out.trim_end_matches(' ').len();
        self.out.truncate(end);
        self.out.push('\n');
    }

    fn switch(&mut self, from: Style, to: Style) {
        self.out.push_str(&format!("{}{}", from.render_reset(), to.render()));
    }
}

/// Where a line of at most `room` columns ends, and where the next one begins: before a `·` that
/// separates facts, else at a space or after a wide character (CJK has no spaces), and within
/// a word only when it would not fit on a line of its own either.
fn break_at(chars: &[(char, Style)], room: usize) -> (usize, usize) {
    let mut used = 0;
    let (mut fact, mut space, mut comma) = (None, None, None);
    let mut before = ' ';
    for (i, &(ch, _)) in chars.iter().enumerate() {
        let columns = ch.width().unwrap_or(0);
        if used + columns > room && i > 0 {
            // A space at the edge is itself the break.
            if ch == ' ' && before != '·' {
                return (i, i + 1);
            }
            let word = space.map_or(0, |(_, next)| word_width(chars, next, room));
            let within = comma.unwrap_or((i, i));
            return fact.or(space.filter(|_| word <= room)).unwrap_or(within);
        }
        match ch {
            '·' if before == ' ' && i > 1 && used > room / 3 => fact = Some((i - 1, i)),
            ' ' if used > 0 && before != '·' => space = Some((i, i + 1)),
            ',' if used > room / 2 => comma = Some((i + 1, i + 1)),
            _ if columns == 2 && may_part(ch, chars.get(i + 1)) => space = Some((i + 1, i + 1)),
            _ => {}
        }
        used += columns;
        before = ch;
    }
    (chars.len(), chars.len())
}

/// Whether a line may end after this wide character: no line of Japanese begins with what closes
/// something, and none ends with what opens it.
fn may_part(ch: char, next: Option<&(char, Style)>) -> bool {
    const CLOSING: &str = "、。，．」』）】〉》・ー々,.:;)]";
    !"「『（【〈《".contains(ch) && next.is_none_or(|(next, _)| !CLOSING.contains(*next))
}

/// The columns of the word that begins at `from`; of a long one, some number above `room`. A wide
/// character is a word of its own.
fn word_width(chars: &[(char, Style)], from: usize, room: usize) -> usize {
    let mut columns = 0;
    for (ch, _) in chars.iter().skip(from).take_while(|(ch, _)| *ch != ' ') {
        columns += ch.width().unwrap_or(0);
        if ch.width() == Some(2) {
            break;
        }
        if columns > room {
            break;
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use tenko_core::msg;

    use super::*;

    fn wrap(width: usize, text: &str) -> Vec<String> {
        let mut page = Page { out: String::new(), width, color: false };
        page.line(0, 2, &Line::new(text));
        page.finish().lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn breaks_at_spaces_then_within_words() {
        assert_eq!(wrap(10, "one two three four"), ["one two", "  three", "  four"]);
        assert_eq!(wrap(10, "abcdefghijklmnop"), ["abcdefghij", "  klmnop"]);
        assert_eq!(wrap(10, "0123456789 x"), ["0123456789", "  x"]);
        assert_eq!(wrap(10, "is abcdefghijklmnop"), ["is abcdefg", "  hijklmno", "  p"]);
        assert_eq!(wrap(10, "abcdefg,hijklm"), ["abcdefg,", "  hijklm"]);
    }

    #[test]
    fn facts_stay_whole() {
        assert_eq!(wrap(20, "some volume · in eu west · x"), ["some volume", "  · in eu west · x"]);
    }

    #[test]
    fn wide_characters_count_twice_and_break_anywhere() {
        assert_eq!(wrap(10, "点呼点呼点呼点呼"), ["点呼点呼点", "  呼点呼"]);
    }

    #[test]
    fn no_line_begins_with_what_closes() {
        assert_eq!(wrap(10, "点呼点呼点。呼点"), ["点呼点呼", "  点。呼点"]);
        assert_eq!(wrap(10, "点呼点呼「点」"), ["点呼点呼", "  「点」"]);
    }

    #[test]
    fn values_of_a_message_have_styles_of_their_own() {
        let message = msg!("text-headline", verdict = "x\u{1}\u{1b}[0m", statements = "{$y} \u{2}");
        for lang in Lang::ALL {
            let line = Line::said(lang, &message, PLAIN, &[("verdict", RED)]);
            let pieces: Vec<_> = line.0.iter().map(|(text, _)| text.as_str()).collect();
            assert_eq!(pieces, ["", "x\\u{1}\\u{1b}[0m", ": {$y} \\u{2}"], "{lang}");
            assert_eq!(line.0[1].1, RED);
        }
    }

    #[test]
    fn colour_only_when_asked() {
        let line = Line::default().styled("x", RED);
        let mut plain = Page::new(80, false);
        plain.line(0, 0, &line);
        assert_eq!(plain.finish(), "x\n");
        let mut color = Page::new(80, true);
        color.line(0, 0, &line);
        assert_eq!(color.finish(), "\u{1b}[1m\u{1b}[31mx\u{1b}[0m\n");
    }
}
