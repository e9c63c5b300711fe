//! What can change its account, by type: data, each row with where it is written. A type without a
//! row is not known, and the plan says so.

mod aws;
mod google;

use ipnet::Ipv4Net;

use crate::model::{Downtime, Movable, Phase};
use crate::needs::in_range;

/// What is known of a type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact {
    /// The types that it is true of.
    pub(crate) types: &'static [&'static str],
    pub(crate) phase: Phase,
    pub(crate) movable: Movable,
    pub(crate) downtime: Downtime,
    /// How, in one or two sentences; `{range}` stands for where the new network is.
    pub(crate) note: &'static str,
    /// Where that is written.
    pub(crate) source: &'static str,
}

/// One row: types, phase, movable, downtime, note, source.
const fn row(
    types: &'static [&'static str],
    phase: Phase,
    movable: Movable,
    downtime: Downtime,
    note: &'static str,
    source: &'static str,
) -> Fact {
    Fact { types, phase, movable, downtime, note, source }
}

impl Fact {
    /// How, with the range of the new network in it.
    pub(crate) fn note_with(&self, range: Option<Ipv4Net>) -> String {
        in_range(self.note, range)
    }
}

/// What is not known.
const UNKNOWN: Fact = Fact {
    types: &[],
    phase: Phase::Unknown,
    movable: Movable::Unknown,
    downtime: Downtime::Unknown,
    note: "Not known: check whether it can be moved, or has to be made anew.",
    source: "",
};

/// What is known of a type.
pub(crate) fn fact(resource_type: &str) -> &'static Fact {
    let all = aws::FACTS.iter().chain(google::FACTS);
    let mut found = all.filter(|fact| fact.types.contains(&resource_type));
    found.next().unwrap_or(&UNKNOWN)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_fact_has_a_source_and_every_type_one_fact() {
        let mut seen = BTreeSet::new();
        for fact in aws::FACTS.iter().chain(google::FACTS) {
            assert!(fact.source.starts_with("https://"), "{:?}", fact.types);
            assert!(fact.note.ends_with('.') && !fact.types.is_empty(), "{:?}", fact.types);
            assert!(fact.movable != Movable::Unknown, "{:?}", fact.types);
            for name in fact.types {
                assert!(seen.insert(name), "{name} twice");
            }
        }
        assert_eq!(super::fact("AWS::New::Thing").movable, Movable::Unknown);
    }
}
