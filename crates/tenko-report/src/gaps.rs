//! What could not be observed, grouped so that one cause is one entry: an account that is denied
//! is not eighty units that are denied.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Coverage, Outcome, Problem, Reach, ResourceType, ScopeKey};

use crate::document::Document;
use crate::rows::ScopeRow;

/// Units that were not read whole for one cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap<'a> {
    /// How the look ended. Not every outcome is a gap in earnest: see [`Outcome::is_gap`].
    pub outcome: Outcome,
    /// What is concerned.
    pub subject: Subject,
    /// The accounts and projects where it is so.
    pub scopes: BTreeSet<ScopeKey>,
    /// How many units it makes up.
    pub units: u64,
    /// One of the problems behind it.
    pub example: Option<&'a Problem>,
}

/// How much of the scopes a [`Gap`] takes. The order is from wide to narrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Subject {
    /// All of them: they did not answer.
    Scopes,
    /// All that they hold: they answered, and then every unit ended like this.
    Contents,
    /// All of these regions.
    Regions(BTreeSet<Reach>),
    /// These types, in these regions.
    Types(BTreeSet<ResourceType>, BTreeSet<Reach>),
}

/// The gaps of a document: gaps in earnest first, then wide before narrow.
pub fn gaps(document: &Document) -> Vec<Gap<'_>> {
    let mut units: BTreeMap<ScopeKey, Vec<&Coverage>> = BTreeMap::new();
    for row in &document.coverage {
        units.entry(row.unit.scope_key()).or_default().push(row);
    }
    let mut causes = Causes::default();
    for row in document.scopes.iter().filter(|row| row.scope.kind.holds_resources()) {
        let key = row.scope.key();
        let Some(outcome) = silence(row) else {
            causes.disabled(&key, row);
            continue;
        };
        // Its units repeat what the scope itself said.
        let count = units.remove(&key).map_or(0, |rows| rows.len() as u64);
        causes.add(Subject::Scopes, outcome, key, count, row.problems.first());
    }
    for (key, rows) in &units {
        causes.scope(key, rows);
    }
    causes.finish()
}

/// How a scope failed to answer, if it did.
fn silence(row: &ScopeRow) -> Option<Outcome> {
    match row.outcome {
        Some(Outcome::Complete) => None,
        None if !row.scope.is_collectable() => Some(Outcome::ScopeSuspended),
        other => other,
    }
}

/// What makes a cause: what is concerned, how it ended, and the provider's error code.
type CauseKey = (bool, Subject, Outcome, String);

#[derive(Default)]
struct Causes<'a> {
    joined: BTreeMap<CauseKey, Gap<'a>>,
    /// Regions that are out as a whole, by scope; scopes with the same ones are joined at the end.
    regions: BTreeMap<(ScopeKey, Outcome), Regions<'a>>,
    /// Cells of one type for one cause; types with the same cells are joined at the end.
    types: BTreeMap<(Outcome, String, ResourceType), Cells<'a>>,
}

struct Regions<'a> {
    regions: BTreeSet<Reach>,
    units: u64,
    example: Option<&'a Problem>,
}

struct Cells<'a> {
    cells: BTreeSet<(ScopeKey, Reach)>,
    example: Option<&'a Problem>,
}

impl<'a> Causes<'a> {
    fn add(
        &mut self,
        subject: Subject,
        outcome: Outcome,
        scope: ScopeKey,
        units: u64,
        example: Option<&'a Problem>,
    ) {
        let code = example.map(|p| p.code.clone()).unwrap_or_default();
        let key = (!outcome.is_gap(), subject.clone(), outcome, code);
        let empty = Gap { outcome, subject, scopes: BTreeSet::new(), units: 0, example };
        let gap = self.joined.entry(key).or_insert(empty);
        gap.scopes.insert(scope);
        gap.units += units;
    }

    fn region(
        &mut self,
        scope: &ScopeKey,
        outcome: Outcome,
        example: Option<&'a Problem>,
    ) -> &mut Regions<'a> {
        let empty = Regions { regions: BTreeSet::new(), units: 0, example };
        self.regions.entry((scope.clone(), outcome)).or_insert(empty)
    }

    /// Regions that the scope itself named as not enabled.
    fn disabled(&mut self, scope: &ScopeKey, row: &ScopeRow) {
        if !row.disabled_regions.is_empty() {
            let regions = row.disabled_regions.iter().cloned().map(Reach::Region);
            self.region(scope, Outcome::RegionDisabled, None).regions.extend(regions);
        }
    }

    /// The units of a scope that answered.
    fn scope(&mut self, scope: &ScopeKey, rows: &[&'a Coverage]) {
        if let Some(outcome) = common(rows) {
            self.add(Subject::Contents, outcome, scope.clone(), rows.len() as u64, example(rows));
            return;
        }
        let mut reaches: BTreeMap<&Reach, Vec<&Coverage>> = BTreeMap::new();
        for row in rows {
            reaches.entry(&row.unit.reach).or_default().push(row);
        }
        for (reach, rows) in reaches {
            match common(&rows) {
                Some(outcome) if reach.as_region().is_some() => {
                    let found = self.region(scope, outcome, example(&rows));
                    found.regions.insert(reach.clone());
                    found.units += rows.len() as u64;
                }
                _ => self.cells(scope, reach, &rows),
            }
        }
    }

    fn cells(&mut self, scope: &ScopeKey, reach: &Reach, rows: &[&'a Coverage]) {
        for row in rows.iter().filter(|row| !row.outcome.is_complete()) {
            let code = row.problems.first().map(|p| p.code.clone()).unwrap_or_default();
            let key = (row.outcome, code, row.unit.resource_type.clone());
            let empty = Cells { cells: BTreeSet::new(), example: row.problems.first() };
            let found = self.types.entry(key).or_insert(empty);
            found.cells.insert((scope.clone(), reach.clone()));
        }
    }

    fn finish(mut self) -> Vec<Gap<'a>> {
        for ((scope, outcome), found) in std::mem::take(&mut self.regions) {
            self.add(Subject::Regions(found.regions), outcome, scope, found.units, found.example);
        }
        let mut alike: BTreeMap<_, (BTreeSet<ResourceType>, Option<&Problem>)> = BTreeMap::new();
        for ((outcome, code, resource_type), Cells { cells, example }) in
            std::mem::take(&mut self.types)
        {
            let entry = alike.entry((outcome, code, cells));
            entry.or_insert((BTreeSet::new(), example)).0.insert(resource_type);
        }
        for ((outcome, _, cells), (types, example)) in alike {
            let units = types.len() as u64;
            let reaches = cells.iter().map(|(_, reach)| reach.clone()).collect();
            let subject = Subject::Types(types, reaches);
            for (scope, _) in cells {
                self.add(subject.clone(), outcome, scope, units, example);
            }
        }
        self.joined.into_values().collect()
    }
}

/// The outcome that several types share and that is not complete. One type alone tells of itself
/// and not of the place, except that a region is disabled or a scope suspended for all.
fn common(rows: &[&Coverage]) -> Option<Outcome> {
    let first = rows.first()?;
    let types: BTreeSet<_> = rows.iter().map(|row| &row.unit.resource_type).collect();
    let tells = types.len() > 1
        || matches!(first.outcome, Outcome::RegionDisabled | Outcome::ScopeSuspended);
    let same = rows.iter().all(|row| row.outcome == first.outcome);
    // What was read in part was read: each type says what is lacking.
    let broken = !matches!(first.outcome, Outcome::Complete | Outcome::Partial);
    (tells && same && broken).then_some(first.outcome)
}

fn example<'a>(rows: &[&'a Coverage]) -> Option<&'a Problem> {
    rows.iter().find_map(|row| row.problems.first())
}
