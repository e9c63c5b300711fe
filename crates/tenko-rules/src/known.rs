//! Which rules there are, for whoever names one.

use tenko_core::{OwnRule, Pattern};

/// The ids of all rules, own ones last.
pub fn ids(own: &[OwnRule]) -> Vec<&str> {
    let builtin = crate::rules().iter().map(|rule| rule.id);
    builtin.chain(own.iter().map(|rule| rule.id.as_str())).collect()
}

/// Whether a glob over ids matches a rule at all.
pub fn matches_any(glob: &str, own: &[OwnRule]) -> bool {
    let pattern = Pattern::new(Some(glob));
    ids(own).into_iter().any(|id| pattern.matches(id))
}
