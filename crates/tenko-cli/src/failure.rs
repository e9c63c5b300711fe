//! Errors as a person reads them: what failed, why, what to do.

use std::error::Error;
use std::fmt;

use tenko::report::visible;

/// Why the command could not be done. Exit code 1.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Complete messages of their own, each beginning with `error: `, that come first.
    details: String,
    what: String,
    why: Option<Box<dyn Error + Send + Sync>>,
    hints: Vec<String>,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { details: String::new(), what: what.into(), why: None, hints: Vec::new() }
    }

    /// An error with its causes, and what to do about it where that is known.
    pub(crate) fn of<H: Into<String>>(error: &(dyn Error + 'static), hint: Option<H>) -> Self {
        let failure = Self::new(tenko::with_causes(error));
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// Diagnostics that say it in detail.
    pub(crate) fn details(mut self, diagnostics: impl fmt::Display) -> Self {
        self.details = diagnostics.to_string();
        self
    }

    pub(crate) fn because(mut self, why: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// What to do; of several, each stands on a line of its own.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.details.is_empty() {
            writeln!(f, "{}\n", self.details.trim_end())?;
        }
        write!(f, "error: {}", visible(&self.what))?;
        let mut next: Option<&(dyn Error + 'static)> = match &self.why {
            Some(why) => Some(why.as_ref()),
            None => None,
        };
        while let Some(error) = next {
            write!(f, ": {}", visible(&error.to_string()))?;
            next = error.source();
        }
        for hint in &self.hints {
            write!(f, "\n  hint: {}", visible(hint))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_error_acts_on_a_terminal() {
        let hostile = "a\u{1b}[2Jb";
        let failure = Failure::new(hostile).because(hostile).hint(hostile).to_string();
        assert!(!failure.contains('\u{1b}'), "{failure}");
        assert_eq!(failure.matches("a\\u{1b}[2Jb").count(), 3, "{failure}");
    }

    #[test]
    fn an_error_brings_its_hint() {
        let error = std::io::Error::other("gone");
        assert_eq!(Failure::of(&error, None::<String>).to_string(), "error: gone");
        assert_eq!(Failure::of(&error, Some("look")).to_string(), "error: gone\n  hint: look");
    }
}
