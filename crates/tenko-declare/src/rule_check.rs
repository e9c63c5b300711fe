//! What can only be said of the `rules` section with the rules at hand.

use globset::Glob;
use tenko_core::{Message, msg};

use crate::diagnostic::{Diagnostic, Level, Said};
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
    for named in &manifest.rule_places {
        let (rule, place) = (&named.rule, Some(named.place.clone()));
        let is_glob = named.what == Names::Setting && rule.contains(['*', '?', '[', '{']);
        if named.what == Names::Own {
            if known.contains(&rule.as_str()) {
                let message = msg!("warning-rule-taken", rule = rule);
                let help = msg!("warning-rule-taken-help");
                let told = Diagnostic::new(message, place).suggest(Some(help));
                out.push(Diagnostic { level: Level::Error, ..told });
            }
        } else if is_glob {
            let glob = Glob::new(rule).map(|glob| glob.compile_matcher());
            if glob.is_ok_and(|glob| !all.iter().any(|id| glob.is_match(id))) {
                out.push(Diagnostic::new(msg!("warning-rule-glob", glob = rule), place));
            }
        } else if !all.contains(&rule.as_str()) {
            let help = match suggest::closest(rule, all.iter().copied()) {
                Some(id) => Message::meant(id),
                None => msg!("warning-no-rule-help"),
            };
            let message = msg!("warning-no-rule", rule = rule);
            let told = Diagnostic::new(message, place).suggest(Some(help));
            out.push(Diagnostic { level: Level::Error, ..told });
        }
    }
    out
}
