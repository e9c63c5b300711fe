//! How fast, how wide and how long.

use std::time::Duration;

/// The limits of a collector.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How many units (and, before them, scopes) are under way at once. A unit keeps its place
    /// while it waits for its rate; the scheduler starts units whose rate has room first.
    pub max_in_flight: usize,
    /// How long one provider may take to list its scopes.
    pub discover_timeout: Duration,
    /// How long the opening of one scope may take.
    pub open_timeout: Duration,
    /// How long one unit may take, waits for its rate included.
    pub unit_timeout: Duration,
    /// How long everything may take. What is not done by then is cancelled.
    pub run_timeout: Option<Duration>,
    /// The share of the provider's stated rate that is used, above 0 and at most 1; the rest is
    /// left to production.
    pub rate_share: f64,
    /// The id of the last run that is known, so that the new run's id sorts after it even when
    /// the clock was set back.
    pub after_run: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_in_flight: 64,
            discover_timeout: Duration::from_secs(600),
            open_timeout: Duration::from_secs(60),
            unit_timeout: Duration::from_secs(900),
            run_timeout: None,
            rate_share: 0.5,
            after_run: None,
        }
    }
}
