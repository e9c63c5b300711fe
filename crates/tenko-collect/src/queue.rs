//! The order in which units are started.
//!
//! Units that share a rate wait in one lane. The next unit comes from the first lane, of those at
//! the front, in which nothing is under way and whose rate has room; so slots are not held by
//! units that would only wait. A lane that was served goes to the back, and neighbours in the
//! line belong to different accounts.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tenko_core::{RateKey, Unit};

use crate::selection::Selection;

/// How many lanes are looked at for the best one.
const LOOK_AHEAD: usize = 64;

struct Lane {
    key: RateKey,
    provider: usize,
    /// The next one is last.
    units: Vec<Unit>,
    running: usize,
}

/// A unit whose turn it is.
pub(crate) struct Turn {
    pub(crate) unit: Unit,
    pub(crate) provider: usize,
    pub(crate) lane: usize,
}

/// All units that were not started yet.
#[derive(Default)]
pub(crate) struct Queue {
    lanes: Vec<Lane>,
    /// Lanes with units, by their place in `lanes`.
    line: VecDeque<usize>,
    left: usize,
}

impl Queue {
    /// Lines these units up: provider, service and unit. Lanes that took longest in an earlier run
    /// come first.
    pub(crate) fn new(
        units: impl IntoIterator<Item = (usize, String, Unit)>,
        selection: &Selection,
    ) -> Self {
        let mut queue = Self::default();
        let mut places: HashMap<RateKey, usize> = HashMap::new();
        for (provider, service, unit) in units {
            let key = RateKey {
                cloud: unit.cloud.clone(),
                scope: unit.scope.clone(),
                reach: unit.reach.clone(),
                service,
            };
            let place = *places.entry(key).or_insert_with_key(|key| {
                let units = Vec::new();
                queue.lanes.push(Lane { key: key.clone(), provider, units, running: 0 });
                queue.lanes.len() - 1
            });
            if let Some(lane) = queue.lanes.get_mut(place) {
                lane.units.push(unit);
                queue.left += 1;
            }
        }
        queue.line_up(selection);
        queue
    }

    fn line_up(&mut self, selection: &Selection) {
        let took = |unit: &Unit| selection.durations.get(unit).copied().unwrap_or_default();
        let mut of_scope = HashMap::new();
        let mut ranks = Vec::with_capacity(self.lanes.len());
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            // Stable sorts both: without earlier durations the plan's order stays.
            lane.units.reverse();
            lane.units.sort_by_key(took);
            let longest: u64 = lane.units.iter().map(took).fold(0, u64::saturating_add);
            let nth: &mut usize =
                of_scope.entry((lane.key.cloud.clone(), lane.key.scope.clone())).or_default();
            ranks.push((Reverse(longest), *nth, place));
            *nth += 1;
        }
        ranks.sort_unstable();
        self.line = ranks.into_iter().map(|(_, _, place)| place).collect();
    }

    /// How many units were not started yet.
    pub(crate) fn len(&self) -> usize {
        self.left
    }

    /// The unit to start next. `wait` says how long a call of a rate would wait now.
    pub(crate) fn next(&mut self, wait: impl Fn(&RateKey) -> Duration) -> Option<Turn> {
        let mut best: Option<((Duration, usize), usize)> = None;
        for (at, place) in self.line.iter().take(LOOK_AHEAD).enumerate() {
            let Some(lane) = self.lanes.get(*place) else { continue };
            let cost = (wait(&lane.key), lane.running);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, at));
            }
            if cost == (Duration::ZERO, 0) {
                break;
            }
        }
        let place = self.line.remove(best?.1)?;
        let lane = self.lanes.get_mut(place)?;
        let unit = lane.units.pop()?;
        lane.running += 1;
        self.left -= 1;
        if lane.units.is_empty() {
            // Its memory goes with its last unit.
            lane.units = Vec::new();
        } else {
            self.line.push_back(place);
        }
        Some(Turn { unit, provider: lane.provider, lane: place })
    }

    /// A unit of this lane has ended.
    pub(crate) fn ended(&mut self, lane: usize) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.running = lane.running.saturating_sub(1);
        }
    }

    /// The units that nobody will start any more.
    pub(crate) fn into_rest(self) -> impl Iterator<Item = Unit> {
        self.lanes.into_iter().flat_map(|lane| lane.units)
    }
}

#[cfg(test)]
mod tests {
    use tenko_core::{Cloud, Reach};

    use super::*;

    fn unit(scope: &str, of: &str) -> Unit {
        Unit {
            cloud: Cloud::aws(),
            scope: scope.into(),
            reach: Reach::Global,
            resource_type: of.into(),
        }
    }

    fn order(queue: &mut Queue, wait: impl Fn(&RateKey) -> Duration) -> Vec<String> {
        let next =
            || queue.next(&wait).map(|t| format!("{}{}", t.unit.scope, t.unit.resource_type));
        std::iter::from_fn(next).collect()
    }

    fn two_accounts() -> Vec<(usize, String, Unit)> {
        let units = [("1", "a"), ("1", "b"), ("1", "c"), ("2", "a"), ("2", "b"), ("2", "c")];
        // Types b and c share a service.
        let service = |of: &str| if of == "a" { "x" } else { "y" }.to_owned();
        units.map(|(scope, of)| (0, service(of), unit(scope, of))).into()
    }

    #[test]
    fn accounts_take_turns() {
        let mut queue = Queue::new(two_accounts(), &Selection::default());
        assert_eq!(queue.len(), 6);
        let order = order(&mut queue, |_| Duration::ZERO);
        assert_eq!(order, ["1a", "2a", "1b", "2b", "1c", "2c"]);
    }

    #[test]
    fn what_would_wait_comes_later_but_comes() {
        let mut queue = Queue::new(two_accounts(), &Selection::default());
        let order = order(&mut queue, |key| Duration::from_secs(u64::from(key.scope == *"1")));
        assert_eq!(order, ["2a", "2b", "2c", "1a", "1b", "1c"]);
    }

    #[test]
    fn the_longest_come_first() {
        let mut selection = Selection::default();
        selection.durations.insert(unit("2", "c"), 90_000);
        let mut queue = Queue::new(two_accounts(), &selection);
        assert_eq!(order(&mut queue, |_| Duration::ZERO)[0], "2c");
    }
}
