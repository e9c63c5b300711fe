//! How well a snapshot could look, indexed for the questions that rules ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tenko_core::{Message, Outcome, Reach, ScopeKey, Snapshot, msg};

use crate::context::answerer;

/// The units of one type in one scope, by region.
type Row<'a> = Vec<(&'a Reach, Outcome)>;

/// How the look at a type in a region ended.
type Unit<'a> = (&'a str, &'a Reach, Outcome);

/// The outcomes of all units.
pub(crate) struct Units<'a> {
    /// By scope and type; sorted by region.
    rows: HashMap<ScopeKey, BTreeMap<&'a str, Row<'a>>>,
    /// The scopes that were asked for each type, and did more than to skip it.
    asked: HashMap<&'a str, BTreeSet<ScopeKey>>,
    /// How the scopes answered that did not answer as they should.
    answers: HashMap<ScopeKey, Outcome>,
    /// For each scope, the first unit that kept it from being read completely.
    gaps: HashMap<ScopeKey, Unit<'a>>,
}

/// A region or a service that is not enabled holds nothing in use.
fn is_harmless(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Complete | Outcome::RegionDisabled | Outcome::ServiceNotEnabled)
}

fn reason((resource_type, reach, outcome): Unit<'_>) -> Message {
    match reach {
        Reach::Global => msg!("rule-unit-ended", type = resource_type, outcome = outcome),
        Reach::Region(region) => {
            let region = region.as_str();
            msg!("rule-unit-ended-in", type = resource_type, region = region, outcome = outcome)
        }
    }
}

impl<'a> Units<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot) -> Self {
        let mut rows: HashMap<ScopeKey, BTreeMap<&str, Vec<_>>> = HashMap::new();
        let mut asked: HashMap<&str, BTreeSet<ScopeKey>> = HashMap::new();
        let mut gaps = HashMap::new();
        let mut coverage: Vec<_> = snapshot.coverage.iter().collect();
        coverage.sort_by(|a, b| a.unit.cmp(&b.unit));
        for row in coverage {
            let unit = &row.unit;
            let (scope, name) = (unit.scope_key(), unit.resource_type.as_str());
            if !is_harmless(row.outcome) {
                gaps.entry(scope.clone()).or_insert((name, &unit.reach, row.outcome));
            }
            // What is suspended holds nothing in use; that it is declared is another rule's matter.
            if !matches!(row.outcome, Outcome::Skipped | Outcome::ScopeSuspended) {
                asked.entry(name).or_default().insert(scope.clone());
            }
            let of = rows.entry(scope).or_default().entry(name).or_default();
            of.push((&unit.reach, row.outcome));
        }
        let wrong = snapshot.answers.iter().filter(|answer| !answer.outcome.is_complete());
        Self { rows, asked, answers: wrong.map(|a| (answerer(a), a.outcome)).collect(), gaps }
    }

    /// How a scope answered, where it did not answer as it should.
    pub(crate) fn answer(&self, scope: &ScopeKey) -> Option<Message> {
        self.answers.get(scope).map(|outcome| outcome.wording())
    }

    /// The first thing that kept the scope from being read completely.
    pub(crate) fn gap(&self, scope: &ScopeKey) -> Option<Message> {
        let nothing = || (!self.rows.contains_key(scope)).then(|| msg!("rule-nothing-collected"));
        self.gaps.get(scope).map(|unit| reason(*unit)).or_else(nothing)
    }

    pub(crate) fn of(&self, scope: &ScopeKey, resource_type: &str) -> &[(&'a Reach, Outcome)] {
        let of = self.rows.get(scope).and_then(|types| types.get(resource_type));
        of.map(Vec::as_slice).unwrap_or_default()
    }

    /// What kept a type from being read completely in a scope, or in one region of it.
    pub(crate) fn unread(
        &self,
        scope: &ScopeKey,
        resource_type: &str,
        region: Option<&Reach>,
    ) -> Option<Message> {
        let units = self.of(scope, resource_type);
        // `global` stands for all regions where none of them was asked, and for what has no region.
        let mut of = units
            .iter()
            .filter(|(reach, _)| {
                region.is_none_or(|region| *reach == region || **reach == Reach::Global)
            })
            .peekable();
        if of.peek().is_none() {
            return Some(msg!("rule-type-not-looked-at", type = resource_type));
        }
        of.find(|(_, outcome)| !is_harmless(*outcome))
            .map(|(reach, outcome)| reason((resource_type, reach, *outcome)))
    }

    pub(crate) fn was_collected(&self, resource_type: &str) -> bool {
        self.asked.contains_key(resource_type)
    }

    pub(crate) fn collected(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.asked.keys().copied()
    }

    pub(crate) fn asked_for(&self, resource_type: &str) -> Vec<ScopeKey> {
        self.asked.get(resource_type).map(|of| of.iter().cloned().collect()).unwrap_or_default()
    }
}
