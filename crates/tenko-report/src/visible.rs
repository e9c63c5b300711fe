//! The one place that makes text from elsewhere safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// More combining marks than this on one letter are not a language but an attack on the screen.
const MAX_MARKS: usize = 4;

/// Characters that steer a terminal or a text's direction, or that are not seen at all: every
/// format character (category Cf) and every default-ignorable one of Unicode 16, sorted.
/// Control characters are not listed; [`char::is_control`] knows them.
const HIDDEN: &[(u32, u32)] = &[
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x0600, 0x0605),
    (0x061C, 0x061C),
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
];

/// Makes every character of a text visible: control, bidi, zero-width and other format
/// characters come out as `\u{1b}`, and so do combining marks that are stacked without end.
/// Letters of all languages, wide characters and spaces stay as they are.
///
/// Applying it twice changes nothing more.
///
/// ```
/// assert_eq!(tenko_report::visible("red \u{1b}[31mtext"), "red \\u{1b}[31mtext");
/// assert_eq!(tenko_report::visible("点呼"), "点呼");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for ch in text.chars() {
        let hidden = is_hidden(ch);
        marks = if !hidden && ch.width() == Some(0) { marks + 1 } else { 0 };
        if hidden || marks > MAX_MARKS {
            // Writing to a String cannot fail.
            let _ = write!(out, "{}", ch.escape_unicode());
        } else {
            out.push(ch);
        }
    }
    Cow::Owned(out)
}

/// Whether a character would act on the reader's screen, or not be seen on it.
pub(crate) fn is_hidden(ch: char) -> bool {
    let code = u32::from(ch);
    let noncharacter = code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code);
    ch.is_control()
        || noncharacter
        || HIDDEN
            .binary_search_by(|&(first, last)| {
                if last < code {
                    std::cmp::Ordering::Less
                } else if first > code {
                    std::cmp::Ordering::Greater
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_becomes_text() {
        let cases = [
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}"),
            ("\u{7f}\u{9b}31m", "\\u{7f}\\u{9b}31m"),
            ("\0", "\\u{0}"),
        ];
        for (hostile, shown) in cases {
            assert_eq!(visible(hostile), shown);
        }
    }

    #[test]
    fn what_is_not_seen_becomes_text() {
        let hidden = ('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}')
            .chain("\u{200b}\u{200d}\u{200e}\u{2060}\u{feff}\u{ad}\u{3164}\u{2028}".chars())
            .chain("\u{fe0f}\u{e0041}\u{e0100}\u{fffe}\u{10ffff}".chars());
        for ch in hidden {
            assert_eq!(visible(&format!("a{ch}b")), format!("a{}b", ch.escape_unicode()));
        }
    }

    #[test]
    fn languages_stay_readable() {
        for text in
            ["点呼 テスト", "か\u{3099}", "Grüße", "हिन्दी", "עברית", "😀", "全角\u{3000}空白", ""]
        {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn endless_combining_marks_are_cut_short() {
        let shown = visible(&format!("a{}", "\u{301}".repeat(50))).into_owned();
        assert_eq!(shown.matches('\u{301}').count(), MAX_MARKS);
    }

    #[test]
    fn twice_is_as_once() {
        let once = visible("\u{1b}]0;x\u{7}\u{202e}").into_owned();
        assert_eq!(visible(&once), once);
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(HIDDEN.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
