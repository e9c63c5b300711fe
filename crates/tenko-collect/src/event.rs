//! What a run says while it is under way.

use std::collections::BTreeSet;

use tenko_core::{Answer, Cloud, Coverage, Scope, Unit};

/// One step of a run, for progress bars and embedders. Events come from the task that awaits the
/// run, one at a time; a slow receiver slows the run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A scope was found.
    Discovered(Scope),
    /// All scopes that could be found were found.
    DiscoveryEnded {
        /// The clouds of which some listing failed: there, a scope that was not found may be there
        /// all the same.
        incomplete: BTreeSet<Cloud>,
    },
    /// A scope was opened, or could not be.
    ScopeAnswered(Answer),
    /// Everything that will be asked is known.
    Planned {
        /// Units that will be collected.
        units: usize,
        /// Units whose outcome is known without asking.
        settled: usize,
    },
    /// A unit is under way.
    UnitStarted(Unit),
    /// A unit that was under way has ended.
    UnitFinished(Coverage),
    /// The run is over.
    Finished {
        /// Resources read.
        resources: usize,
        /// Units that were not completely read and should have been.
        gaps: usize,
        /// Whether it was cancelled or ran out of time.
        cancelled: bool,
    },
}
