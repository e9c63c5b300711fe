//! What came of the checks.

use std::fmt;

/// Every check is in exactly one of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Checks that held.
    pub passed: Vec<&'static str>,
    /// Checks that did not, with what was seen.
    pub failed: Vec<(&'static str, String)>,
    /// Checks that the harness could not make, with the reason.
    pub skipped: Vec<(&'static str, String)>,
}

impl Report {
    /// Whether no check failed. Skipped ones are another matter: look at them.
    pub fn is_ok(&self) -> bool {
        self.failed.is_empty()
    }

    pub(super) fn skip(&mut self, check: &'static str, reason: impl Into<String>) {
        self.skipped.push((check, reason.into()));
    }

    /// A check that holds when nothing is wrong.
    pub(super) fn add(&mut self, check: &'static str, wrong: Vec<String>) {
        const SHOWN: usize = 5;
        if wrong.is_empty() {
            self.passed.push(check);
            return;
        }
        let more = wrong.len().saturating_sub(SHOWN);
        let mut text = wrong.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
        if more > 0 {
            text.push_str(&format!("; and {more} more"));
        }
        self.failed.push((check, text));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.passed {
            writeln!(f, "passed   {check}")?;
        }
        for (check, reason) in &self.skipped {
            writeln!(f, "skipped  {check}: {reason}")?;
        }
        for (check, reason) in &self.failed {
            writeln!(f, "FAILED   {check}: {reason}")?;
        }
        Ok(())
    }
}
