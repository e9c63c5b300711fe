//! Ends a run early whose answer would be about something else than was asked.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tenko::collect::{CancellationToken, Event};
use tenko::declare::{Level, Manifest};
use tenko::model::{Cloud, Scope, ScopeTree};

use crate::args::CloudName;
use crate::failure::Failure;
use crate::progress::Progress;

/// Looks at what was discovered before anything is collected. A run is given up where a cloud that
/// is asked shows nothing at all, and where the manifest names what is not there.
pub(crate) struct Watch {
    pub(crate) asked: BTreeSet<CloudName>,
    cancel: CancellationToken,
    progress: Arc<Progress>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the discovered scopes are to fit, and the clouds of which only a part is asked: of a
    /// part, nothing follows for the rest.
    manifest: Option<(Manifest, BTreeSet<Cloud>)>,
    scopes: Vec<Scope>,
    errors: Vec<String>,
    given_up: bool,
}

impl Watch {
    pub(crate) fn new(
        asked: BTreeSet<CloudName>,
        cancel: CancellationToken,
        progress: Arc<Progress>,
    ) -> Self {
        Self { asked, cancel, progress, state: Mutex::default() }
    }

    /// Also compares the discovered scopes with those that the manifest names, but for the clouds
    /// of which only a part is asked.
    pub(crate) fn fit(&self, manifest: Manifest, parts: BTreeSet<Cloud>) {
        if let Ok(mut state) = self.state.lock() {
            state.manifest = Some((manifest, parts));
        }
    }

    pub(crate) fn on(&self, event: &Event) {
        let Ok(mut state) = self.state.lock() else { return };
        match event {
            Event::Discovered(scope) => state.scopes.push(scope.clone()),
            Event::DiscoveryEnded { incomplete } => {
                state.errors = state.misfits(incomplete);
                let shows_nothing = |name: &CloudName| {
                    let cloud = name.cloud();
                    incomplete.contains(&cloud) && state.scopes.iter().all(|s| s.cloud != cloud)
                };
                // Of a single cloud there is nothing more to come anyway.
                let nothing = self.asked.len() > 1 && self.asked.iter().any(shows_nothing);
                if (nothing || !state.errors.is_empty()) && !self.cancel.is_cancelled() {
                    state.given_up = true;
                    self.progress.hush();
                    self.cancel.cancel();
                }
            }
            _ => {}
        }
    }

    /// Whether the run was cancelled by somebody else.
    pub(crate) fn was_cancelled(&self, cancelled: bool) -> bool {
        let given_up = self.state.lock().is_ok_and(|state| state.given_up);
        cancelled && !given_up
    }

    /// The error of a run that was given up because of its manifest.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let errors = self.state.lock().map(|state| state.errors.join("\n")).unwrap_or_default();
        if errors.is_empty() {
            return Ok(());
        }
        Err(Failure::new("the manifest does not fit the organization")
            .details(errors)
            .hint("`tenko scopes` shows the accounts and projects that there are"))
    }
}

impl State {
    fn misfits(&self, incomplete: &BTreeSet<Cloud>) -> Vec<String> {
        let Some((manifest, parts)) = &self.manifest else { return Vec::new() };
        let whole = self.scopes.iter().filter(|scope| !parts.contains(&scope.cloud));
        let tree: ScopeTree = whole.cloned().collect();
        let found = tenko::declare::check_scopes(manifest, &tree, incomplete);
        found.iter().filter(|d| d.level == Level::Error).map(ToString::to_string).collect()
    }
}
