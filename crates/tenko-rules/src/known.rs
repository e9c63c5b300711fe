//! Which rules there are, for whoever names one.

use tenko_core::{Declaration, OwnRule, Pattern, Source};

/// A place that names a rule which is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownRule {
    /// The id or glob as it is written.
    pub rule: String,
    /// Where it is written.
    pub source: Source,
}

/// The ids of all rules, those of the declaration's own last.
pub fn ids(own: &[OwnRule]) -> Vec<&str> {
    crate::rules()
        .iter()
        .map(|rule| rule.id)
        .chain(own.iter().map(|rule| rule.id.as_str()))
        .collect()
}

/// Whether a glob over ids matches a rule at all.
pub fn matches_any(glob: &str, own: &[OwnRule]) -> bool {
    let pattern = Pattern::new(Some(glob));
    ids(own).into_iter().any(|id| pattern.matches(id))
}

/// Settings and suppressions of the declaration that name no rule: they have no effect.
pub fn unknown_rules(declaration: &Declaration) -> Vec<UnknownRule> {
    let settings = &declaration.rules;
    let overrides = settings.overrides.iter().map(|of| (&of.rule, &of.source));
    // A suppression names one rule; that it may not hold a glob is checked where it is read.
    let suppressions = settings.suppressions.iter().map(|of| (&of.rule, &of.source));
    overrides
        .chain(suppressions)
        .filter(|(rule, _)| !matches_any(rule, &settings.own))
        .map(|(rule, source)| UnknownRule { rule: rule.clone(), source: source.clone() })
        .collect()
}
