//! Errors as a person reads them: what failed, why, what to do.

use std::error::Error;
use std::fmt;

/// Why the command could not be done. Exit code 1.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    why: Option<Box<dyn Error + Send + Sync>>,
    hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), why: None, hint: None }
    }

    pub(crate) fn because(mut self, why: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.why = Some(why.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let mut next: Option<&(dyn Error + 'static)> = match &self.why {
            Some(why) => Some(why.as_ref()),
            None => None,
        };
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}
