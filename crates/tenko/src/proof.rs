//! How a run was kept read-only, told from what was called and what could have been.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{CallCount, Digest, Provider};
use crate::report::ReadOnlyProof;

/// Compares the calls of a run with the allow-lists of the providers' guards; `None` where one of
/// them has none, for then nobody can say.
pub(crate) fn of(providers: &[Arc<dyn Provider>], calls: &[CallCount]) -> Option<ReadOnlyProof> {
    let guards: Option<Vec<_>> = providers.iter().map(|provider| provider.guard()).collect();
    let guards = guards.filter(|guards| !guards.is_empty())?;
    let allowed: BTreeSet<&String> = guards.iter().flat_map(|guard| &guard.allowed).collect();
    let list: String = allowed.iter().flat_map(|name| [name.as_str(), "\n"]).collect();
    let outside = calls.iter().map(|call| &call.operation).filter(|name| !allowed.contains(name));
    Some(ReadOnlyProof {
        allowed_operations: allowed.len() as u64,
        allow_list: Digest::of(list.as_bytes()).to_string(),
        held_back: guards.iter().map(|guard| guard.held_back).sum(),
        outside: outside.cloned().collect(),
    })
}
