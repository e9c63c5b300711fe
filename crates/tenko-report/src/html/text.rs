//! The one way in which text gets into the page.

use std::fmt;

use crate::visible::visible;

/// More characters than this of one text are cut off: a page with a megabyte in a cell opens nowhere.
const LONGEST: usize = 2_000;

/// Text that may be shown: every character in it is seen, and it is not longer than a cell can be. The
/// templates escape it for HTML, [`super::data`] for the script element.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        Self::cut(text.as_ref(), LONGEST)
    }

    /// At most this many characters, with an ellipsis where something is gone.
    pub(super) fn cut(text: &str, most: usize) -> Self {
        match text.char_indices().nth(most) {
            None => Self(visible(text).into_owned()),
            Some((end, _)) => {
                let mut shown = visible(text.get(..end).unwrap_or_default()).into_owned();
                shown.push('…');
                Self(shown)
            }
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_and_nothing_endless() {
        assert_eq!(Text::new("a\u{202e}b\u{2028}").as_str(), "a\\u{202e}b\\u{2028}");
        assert_eq!(Text::new("点".repeat(LONGEST)).as_str(), "点".repeat(LONGEST));
        assert_eq!(Text::cut("点呼中", 2).as_str(), "点呼…");
    }
}
