//! Kept snapshots against each other say what whole ones say.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tenko_core::*;

use super::fixture::*;
use crate::{diff_indexes, diff_snapshots, diff_stored};

/// A snapshot that is kept in memory, with very short chunks.
struct Kept {
    facts: Snapshot,
    rows: Vec<Resource>,
    firsts: Vec<Digest>,
    chunks: Vec<IndexChunk>,
    /// Asking for this chunk or row fails.
    broken: Option<Broken>,
}

#[derive(Debug, PartialEq, Clone, Copy)]
enum Broken {
    Chunk(usize),
    Row(u32),
}

impl Kept {
    fn new(snapshot: &Snapshot, per_chunk: usize) -> Self {
        let mut rows = snapshot.resources.clone();
        rows.sort_by(|a, b| (&a.key.resource_type, &a.key).cmp(&(&b.key.resource_type, &b.key)));
        let record = |(row, resource): (usize, &Resource)| IndexRecord {
            key: Digest::of_key(&resource.key),
            digest: resource.digest,
            row: row as u32,
        };
        let mut records: Vec<_> = rows.iter().enumerate().map(record).collect();
        records.sort_unstable();
        let mut facts = snapshot.clone();
        facts.resources.clear();
        Self {
            facts,
            rows,
            firsts: records.chunks(per_chunk).map(|chunk| chunk[0].key).collect(),
            chunks: records.chunks(per_chunk).map(IndexChunk::of).collect(),
            broken: None,
        }
    }
}

impl StoredSnapshot for Kept {
    type Error = Broken;

    fn facts(&self) -> &Snapshot {
        &self.facts
    }

    fn chunks(&self) -> &[Digest] {
        &self.firsts
    }

    fn chunk<'a>(&'a self, at: usize, _: &'a mut IndexChunk) -> Result<&'a IndexChunk, Broken> {
        if self.broken == Some(Broken::Chunk(at)) {
            return Err(Broken::Chunk(at));
        }
        self.chunks.get(at).ok_or(Broken::Chunk(at))
    }

    fn resources(&self, records: &[(u32, Digest)]) -> Result<Vec<Resource>, Broken> {
        let open = |(row, digest): &(u32, Digest)| match self.rows.get(*row as usize) {
            Some(resource) if self.broken != Some(Broken::Row(*row)) => {
                assert_eq!(resource.digest, *digest);
                Ok(resource.clone())
            }
            _ => Err(Broken::Row(*row)),
        };
        records.iter().map(open).collect()
    }
}

/// What a resource was and is.
type Sides = (Option<Value>, Option<Value>);

/// What may be known of one resource: its place, and what it was and is; `None` is not there.
type Pair = ((&'static str, &'static str, &'static str, u8), Option<Value>, Option<Value>);

fn an_attribute() -> impl Strategy<Value = Option<Value>> {
    let values = vec![
        json!({"A": 1}),
        json!({"A": 1, "Seen": 2}),
        json!({"A": 2, "L": [1, {"x": 1}]}),
        json!({"L": [1, {"x": 2}], "Set": ["b", "a"]}),
        json!({"Set": ["a", "c"]}),
    ];
    proptest::option::weighted(0.85, select(values))
}

fn a_pair() -> impl Strategy<Value = Pair> {
    let place =
        (select(&["1", "2", "3"][..]), select(&REGIONS[..]), select(&["T", "G"][..]), 0..40_u8);
    // Most stay what they were.
    let change = (an_attribute(), an_attribute(), any::<bool>());
    (place, change).prop_map(|(place, (was, is, same))| {
        let is = if same { was.clone() } else { is };
        (place, was, is)
    })
}

/// Two snapshots, of each of which some units were not read.
fn two_snapshots() -> impl Strategy<Value = (Snapshot, Snapshot)> {
    let blind =
        || proptest::collection::vec((select(&["1", "2", "3"][..]), select(&["T", "G"][..])), 0..3);
    (proptest::collection::vec(a_pair(), 0..120), blind(), blind(), any::<bool>()).prop_map(
        |(pairs, blind_before, blind_after, new_scope)| {
            let pairs: BTreeMap<_, _> =
                pairs.into_iter().map(|(place, was, is)| (place, (was, is))).collect();
            let side = |pick: fn(&Sides) -> &Option<Value>| {
                let made = pairs.iter().filter_map(|((scope, region, name, id), pair)| {
                    let id = format!("id-{id}");
                    pick(pair).clone().map(|value| resource((scope, region, name, &id), value))
                });
                made.collect::<Vec<_>>()
            };
            let scopes = if new_scope { &["1", "2"][..] } else { &["1", "2", "3"] };
            let mut old = snapshot(scopes, side(|pair| &pair.0));
            let mut new = snapshot(&["1", "2", "3"], side(|pair| &pair.1));
            for (snapshot, blind) in [(&mut old, blind_before), (&mut new, blind_after)] {
                for (scope, name) in blind {
                    for region in ["global", "r1"] {
                        set_outcome(snapshot, &unit(scope, region, name), denied());
                    }
                }
            }
            (old, new)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn kept_snapshots_differ_as_whole_ones_do(
        (old, new) in two_snapshots(),
        per_chunk in (1..9_usize, 1..9_usize),
    ) {
        let whole = diff_snapshots(&old, &new, &catalog());
        let (old, new) = (Kept::new(&old, per_chunk.0), Kept::new(&new, per_chunk.1));
        prop_assert_eq!(diff_stored(&old, &new, &catalog()).unwrap(), whole);
    }

    #[test]
    fn every_resource_is_counted_once((old, new) in two_snapshots(), per_chunk in 1..9_usize) {
        let (of_old, of_new) = (old.resources.len(), new.resources.len());
        let (old, new) = (Kept::new(&old, per_chunk), Kept::new(&new, per_chunk));
        let found = diff_indexes(&old, &new).unwrap();
        prop_assert_eq!(found.same + found.changed.len() + found.gone.len(), of_old);
        prop_assert_eq!(found.same + found.changed.len() + found.added.len(), of_new);
        let back = diff_indexes(&new, &old).unwrap();
        prop_assert_eq!((back.gone.len(), back.added.len()), (found.added.len(), found.gone.len()));
    }
}

#[test]
fn what_cannot_be_read_is_an_error_and_no_difference() {
    let make = |n: usize| resource(("1", "r1", "T", &format!("id-{n}")), json!({ "A": n % 3 }));
    let old = snapshot(&["1"], (0..20).map(make).collect());
    let new = snapshot(&["1"], (1..21).map(make).collect());
    let (mut old, mut new) = (Kept::new(&old, 4), Kept::new(&new, 4));
    assert_eq!(diff_stored(&old, &new, &catalog()).unwrap().drift.len(), 2);
    for at in 0..5 {
        old.broken = Some(Broken::Chunk(at));
        assert_eq!(diff_stored(&old, &new, &catalog()).unwrap_err(), Broken::Chunk(at));
    }
    old.broken = None;
    // The resources are sorted as text: the last one that is new is somewhere in the middle.
    let at = new.rows.iter().position(|resource| resource.key.id == "id-20").unwrap() as u32;
    new.broken = Some(Broken::Row(at));
    assert_eq!(diff_stored(&old, &new, &catalog()).unwrap_err(), Broken::Row(at));
    // Nobody asks for what is the same.
    new.broken = Some(Broken::Row(at + 1));
    assert!(diff_stored(&old, &new, &catalog()).is_ok());
}

#[test]
fn nothing_against_something() {
    let none = Kept::new(&snapshot(&["1"], vec![]), 4);
    let some = snapshot(&["1"], vec![resource(("1", "r1", "T", "a"), json!({}))]);
    let some = Kept::new(&some, 4);
    assert_eq!(
        short(&diff_stored(&none, &some, &catalog()).unwrap().drift),
        [(DriftKind::Unmanaged, "a")]
    );
    assert_eq!(
        short(&diff_stored(&some, &none, &catalog()).unwrap().drift),
        [(DriftKind::Missing, "a")]
    );
    assert!(diff_stored(&none, &none, &catalog()).unwrap().is_clean());
}
