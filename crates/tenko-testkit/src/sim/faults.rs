//! The faults that are on, and which requests they hit.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::fault::{Counted, Fault, FaultKind};

/// Names a fault that was added, to remove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultId(u64);

/// What faults look at.
pub(super) struct Target<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) operation: &'a str,
    pub(super) page: u32,
    pub(super) input: &'a Value,
}

struct Active {
    id: u64,
    fault: Fault,
    matched: u64,
    hits: u32,
    tries: HashMap<u64, u32>,
}

/// The faults that are on, and their counts.
#[derive(Default)]
pub(super) struct Faults {
    next: u64,
    active: Vec<Active>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) -> FaultId {
        self.next += 1;
        let id = self.next;
        self.active.push(Active { id, fault, matched: 0, hits: 0, tries: HashMap::new() });
        FaultId(id)
    }

    pub(super) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.active.len();
        self.active.retain(|a| a.id != id.0);
        self.active.len() < before
    }

    pub(super) fn clear(&mut self) {
        self.active.clear();
    }

    /// The faults that hit this request, counted.
    pub(super) fn hit(&mut self, target: &Target<'_>, seed: u64) -> Vec<FaultKind> {
        self.active.iter_mut().filter_map(|a| a.hit(target, seed)).collect()
    }
}

impl Active {
    fn hit(&mut self, target: &Target<'_>, seed: u64) -> Option<FaultKind> {
        let fault = &self.fault;
        let fits = |want: &Option<String>, is: &str| want.as_ref().is_none_or(|w| w == is);
        let operation = fault.operation.as_ref().is_none_or(|want| {
            want == target.operation
                || want.split_once(':') == Some((target.service, target.operation))
        });
        if !(fits(&fault.account, target.account)
            && fits(&fault.region, target.region)
            && fits(&fault.service, target.service)
            && operation
            && fault.page.is_none_or(|page| page == target.page)
            && fault.key.as_ref().is_none_or(|key| holds(target.input, key)))
        {
            return None;
        }
        self.matched += 1;
        if fault.nth.is_some_and(|nth| nth != self.matched) {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        (target.account, target.region, target.service, target.operation).hash(&mut hasher);
        target.input.to_string().hash(&mut hasher);
        let request = hasher.finish();
        let tries = self.tries.entry(request).or_insert(0);
        *tries += 1;
        if let Some(share) = fault.chance {
            (seed, self.id, *tries).hash(&mut hasher);
            // 53 bits fit a float exactly.
            let point = (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64;
            if point >= share {
                return None;
            }
        }
        self.hits += 1;
        let count = match fault.counted {
            Counted::EachRequest => *tries,
            Counted::Overall => self.hits,
        };
        fault.times.is_none_or(|times| count <= times).then_some(fault.kind)
    }
}

/// Whether some input has this value.
fn holds(input: &Value, key: &str) -> bool {
    match input {
        Value::String(text) => text == key,
        Value::Array(list) => list.iter().any(|v| holds(v, key)),
        Value::Object(map) => map.values().any(|v| holds(v, key)),
        _ => false,
    }
}
