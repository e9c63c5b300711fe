//! What can only be said of the `rules` section with the rules at hand.

use globset::Glob;

use crate::diagnostic::{Diagnostic, Level};
use crate::manifest::Manifest;
use crate::rules::Names;
use crate::suggest;

/// Compares the rules that the manifest names with those that there are: `known` are the ids of
/// tenko's own. An unknown id is an error, and so is an own rule with the id of a known one; a glob
/// that matches nothing is a warning. Suppressions that have expired are a matter of the report.
pub fn check_rules(manifest: &Manifest, known: &[&str]) -> Vec<Diagnostic> {
    let own = manifest.declaration.rules.own.iter().map(|rule| rule.id.as_str());
    let all: Vec<&str> = known.iter().copied().chain(own).collect();
    let mut out = Vec::new();
    let mut report = |level, message, place: &crate::Place, suggestion| {
        let place = Some(place.clone());
        out.push(Diagnostic { level, message, place, related: vec![], suggestion });
    };
    for named in &manifest.rule_places {
        let rule = &named.rule;
        let meant = || suggest::closest(rule, all.iter().copied());
        let help = || meant().map(|id| format!("did you mean `{id}`?"));
        let is_glob = named.what == Names::Setting && rule.contains(['*', '?', '[', '{']);
        if named.what == Names::Own {
            if known.contains(&rule.as_str()) {
                let message = format!("`{rule}` is a rule of tenko already");
                let help = "give the own rule an id of its own: `OWN-01`".to_owned();
                report(Level::Error, message, &named.place, Some(help));
            }
        } else if is_glob {
            let glob = Glob::new(rule).map(|glob| glob.compile_matcher());
            if glob.is_ok_and(|glob| !all.iter().any(|id| glob.is_match(id))) {
                let message = format!("no rule's id matches `{rule}`");
                report(Level::Warning, message, &named.place, None);
            }
        } else if !all.contains(&rule.as_str()) {
            let help = help().or_else(|| Some("`tenko rules` lists them".to_owned()));
            report(Level::Error, format!("there is no rule `{rule}`"), &named.place, help);
        }
    }
    out
}
