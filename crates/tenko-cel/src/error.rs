//! What is wrong with an expression, and what went wrong while it was evaluated.

use thiserror::Error;

/// An expression that is no rule: what is wrong, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct CelError {
    /// What is wrong, without the place.
    pub message: String,
    /// The line in the expression, from 1.
    pub line: u32,
    /// The column in the line, in characters, from 1.
    pub column: u32,
    /// What to write instead.
    pub help: Option<String>,
}

/// Why an expression has no answer for a resource or scope: neither true nor false.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct EvalError(pub(crate) String);

/// A message with a place that is not yet a line and a column.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The place, in bytes.
    pub(crate) at: usize,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Fault {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With `did you mean`, where something comes close.
    pub(crate) fn meant<'c>(
        mut self,
        word: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Self {
        if let Some(meant) = closest(word, candidates) {
            self.help = Some(format!("did you mean `{meant}`?"));
        }
        self
    }

    /// With the line and column of the place.
    pub(crate) fn located(self, text: &str) -> CelError {
        let (mut line, mut column) = (1, 1);
        for c in text.char_indices().take_while(|(at, _)| *at < self.at).map(|(_, c)| c) {
            if c == '\n' {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        CelError { message: self.message, line, column, help: self.help }
    }
}

fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // Edit distance takes the product of the lengths.
    let letters = word.chars().take(101).count();
    if letters == 0 || letters > 100 {
        return None;
    }
    let most = (letters / 3).clamp(1, 4);
    let wanted = word.to_lowercase();
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&c.to_lowercase(), &wanted), c))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
