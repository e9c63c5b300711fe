//! What a run observed that is most likely a mistake of its configuration.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::{Diagnostic, Manifest, check_rules};
use crate::model::{Arg, Message, ScopeId, Snapshot, msg};

/// The code of a problem that names a region which is configured and which a scope does not have.
const UNKNOWN_REGION: &str = "unknown-region";

/// One warning for each region that is configured and that accounts do not know. Such a region is
/// like one that is not enabled: it holds nothing, so a misspelt one would pass in silence.
pub(crate) fn unknown_regions(snapshot: &Snapshot) -> Vec<Message> {
    let mut regions: BTreeMap<&str, BTreeSet<&ScopeId>> = BTreeMap::new();
    for answer in &snapshot.answers {
        for problem in answer.problems.iter().filter(|p| p.code == UNKNOWN_REGION) {
            let region = problem.resource.as_deref().unwrap_or_default();
            regions.entry(region).or_default().insert(&answer.scope);
        }
    }
    for row in &snapshot.coverage {
        let region = row.unit.reach.as_region();
        let unknown = row.problems.iter().any(|p| p.code == UNKNOWN_REGION);
        if let Some(region) = region.filter(|_| unknown) {
            regions.entry(region.as_str()).or_default().insert(&row.unit.scope);
        }
    }
    let warning = |(region, scopes): (&str, BTreeSet<&ScopeId>)| {
        let scopes = Arg::some(scopes.iter().map(|scope| scope.as_str()), 3);
        msg!("warning-region-unknown", region = region, scopes = scopes)
    };
    regions.into_iter().map(warning).collect()
}

/// A warning of the manifest without the source line: where it is shown, lines are laid out anew.
pub(crate) fn in_a_line(diagnostic: &Diagnostic) -> Message {
    let said = |wording: &Option<Message>, text: &str| {
        wording.clone().map_or_else(|| Arg::from(text), Arg::from)
    };
    let mut text = said(&diagnostic.wording, &diagnostic.message);
    if let Some(help) = &diagnostic.suggestion {
        let help = said(&diagnostic.suggestion_wording, help);
        text = msg!("warning-help", text = text, help = help).into();
    }
    match &diagnostic.place {
        Some(place) => msg!("warning-at", place = Arg::text(place), text = text),
        None => msg!("as-it-is", text = text),
    }
}

/// What the settings of rules say without effect: rules that are not there. Of suppressions the
/// document has rows of its own.
pub(crate) fn rules(manifest: &Manifest) -> Vec<Message> {
    check_rules(manifest, &crate::rules::ids(&[])).iter().map(in_a_line).collect()
}
