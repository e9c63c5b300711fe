//! The third phase: which units there are, and which need not be asked.
//!
//! Rows are few: types and regions that the selection leaves out have none, and "nobody looked"
//! is unknown to all who read coverage. A scope that is not collected has one row per selected
//! type, in reach `global`; where its regions are known, a regional type has one for each.

use tenko_core::{
    Answer, Catalog, Coverage, Outcome, Problem, Reach, ReachKind, Region, ResourceType, ScopeKey,
    TypeInfo, Unit,
};

use crate::selection::Selection;

const OPERATION: &str = "tenko:plan";

/// The units of one scope.
#[derive(Debug, Default)]
pub(crate) struct ScopePlan {
    /// To be collected.
    pub(crate) ask: Vec<Unit>,
    /// Known without asking.
    pub(crate) settled: Vec<Coverage>,
}

/// How the regional types of an open scope are reached.
#[derive(Debug, Default)]
struct Regions {
    ask: Vec<Region>,
    settled: Vec<(Reach, Outcome, Option<Problem>)>,
}

/// Plans a scope that answered.
pub(crate) fn plan_open(
    key: &ScopeKey,
    answer: &Answer,
    catalog: &Catalog,
    selection: &Selection,
) -> ScopePlan {
    let regions = regions(answer, selection.regions_for(key).map(|set| set.iter()));
    let mut plan = ScopePlan::default();
    for info in selected(catalog, selection) {
        let unit = |reach| unit(key, reach, &info.resource_type);
        if info.reach == ReachKind::Global {
            plan.ask.push(unit(Reach::Global));
            continue;
        }
        plan.ask.extend(regions.ask.iter().map(|region| unit(Reach::Region(region.clone()))));
        let settled = regions.settled.iter();
        plan.settled.extend(settled.map(|(reach, outcome, problem)| {
            row(unit(reach.clone()), *outcome, problem.iter().cloned().collect())
        }));
    }
    plan
}

/// Rows for a scope that is not collected: everything in it has the same outcome.
pub(crate) fn plan_closed(
    key: &ScopeKey,
    outcome: Outcome,
    answer: Option<&Answer>,
    catalog: &Catalog,
    selection: &Selection,
) -> ScopePlan {
    let wanted = selection.regions_for(key);
    let known = answer.map_or(&[][..], |answer| &answer.regions);
    let mut reaches: Vec<Reach> = known
        .iter()
        .filter(|region| wanted.is_none_or(|wanted| wanted.contains(*region)))
        .map(|region| Reach::Region(region.clone()))
        .collect();
    if reaches.is_empty() {
        reaches.push(Reach::Global);
    }
    let mut plan = ScopePlan::default();
    for info in selected(catalog, selection) {
        let reaches = if info.reach == ReachKind::Global { &[Reach::Global][..] } else { &reaches };
        let unit = |reach: &Reach| unit(key, reach.clone(), &info.resource_type);
        plan.settled.extend(reaches.iter().map(|reach| row(unit(reach), outcome, Vec::new())));
    }
    plan
}

/// Without a single region that can be asked, regional types still get a row: otherwise it would
/// look as if there were nothing to look at.
fn regions<'a>(answer: &Answer, wanted: Option<impl Iterator<Item = &'a Region>>) -> Regions {
    let mut out = Regions::default();
    let unlisted = answer.regions.is_empty() && answer.disabled_regions.is_empty();
    match wanted {
        // The provider does not know its regions, so the configuration's word counts.
        Some(wanted) if unlisted => out.ask = wanted.cloned().collect(),
        Some(wanted) => {
            for region in wanted {
                if answer.regions.contains(region) {
                    out.ask.push(region.clone());
                } else {
                    let problem = (!answer.disabled_regions.contains(region)).then(|| {
                        let message = format!("the scope's list of regions does not have {region}");
                        Problem::new(OPERATION, "unknown-region", message)
                    });
                    let reach = Reach::Region(region.clone());
                    out.settled.push((reach, Outcome::RegionDisabled, problem));
                }
            }
        }
        None if unlisted => {
            let problem =
                Problem::new(OPERATION, "no-regions", "no regions are known for this scope");
            out.settled.push((Reach::Global, Outcome::Unreachable, Some(problem)));
        }
        None if answer.regions.is_empty() => {
            out.settled.push((Reach::Global, Outcome::RegionDisabled, None));
        }
        None => out.ask.clone_from(&answer.regions),
    }
    // A region that is named twice must not become two units.
    out.ask.sort();
    out.ask.dedup();
    out
}

fn selected<'a>(
    catalog: &'a Catalog,
    selection: &'a Selection,
) -> impl Iterator<Item = &'a TypeInfo> {
    catalog.iter().filter(|info| selection.wants_type(&info.resource_type))
}

fn unit(key: &ScopeKey, reach: Reach, resource_type: &ResourceType) -> Unit {
    Unit {
        cloud: key.cloud.clone(),
        scope: key.id.clone(),
        reach,
        resource_type: resource_type.clone(),
    }
}

/// The row of a unit that was not asked, or not to its end.
pub(crate) fn row(unit: Unit, outcome: Outcome, problems: Vec<Problem>) -> Coverage {
    Coverage { unit, outcome, resources: 0, duration_ms: 0, read_from: None, problems }
}
