//! Checks of a cloud in which something is wrong. What could not be read is never complete, least
//! of all complete and empty; everything else is as before; and afterwards all is well again.

use tenko_core::{Outcome, ScopeId, Unit};

use super::look::{Counter, Looks, Seen, look, open, units};
use super::steady::Base;
use super::{ConformanceFault, FaultKind, Harness, Report};

/// One row of the matrix.
struct Case {
    check: &'static str,
    kind: FaultKind,
    hits: Hits,
    /// Whether a unit that was hit ended as it should.
    good: fn(&Seen) -> bool,
}

/// What a fault is aimed at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hits {
    Scope,
    Type,
    Region,
    Unit,
    PagedUnit,
}

const CASES: [Case; 9] = [
    case("a denied scope is denied", FaultKind::Denied, Hits::Scope, denied),
    case("a denied type is denied", FaultKind::Denied, Hits::Type, denied),
    case("a denied region is denied", FaultKind::Denied, Hits::Region, denied),
    case("what is throttled for ever is throttled out", FaultKind::ThrottledOut, Hits::Unit, |s| {
        is(s, Outcome::ThrottledOut)
    }),
    case("server errors make a unit unreachable", FaultKind::ServerError, Hits::Unit, |s| {
        is(s, Outcome::Unreachable)
    }),
    case("lost connections make a unit unreachable", FaultKind::ConnectionLost, Hits::Unit, |s| {
        is(s, Outcome::Unreachable)
    }),
    case("a truncated body is not half used", FaultKind::TruncatedBody, Hits::Unit, |s| {
        is(s, Outcome::Unreachable)
    }),
    case("a broken second page is partial", FaultKind::BrokenSecondPage, Hits::PagedUnit, |s| {
        s.outcome() == Some(Outcome::Partial) && !s.resources.is_empty()
    }),
    case("a repeated page token is noticed", FaultKind::RepeatedToken, Hits::PagedUnit, |s| {
        is(s, Outcome::Unreachable)
    }),
];

const fn case(check: &'static str, kind: FaultKind, hits: Hits, good: fn(&Seen) -> bool) -> Case {
    Case { check, kind, hits, good }
}

fn denied(seen: &Seen) -> bool {
    matches!(seen.outcome(), Some(Outcome::Denied { .. })) || is(seen, Outcome::Partial)
}

/// Where a part was read before the fault struck, partial is right as well.
fn is(seen: &Seen, outcome: Outcome) -> bool {
    match seen.outcome() {
        Some(Outcome::Partial) => !seen.resources.is_empty(),
        other => other == Some(outcome),
    }
}

pub(super) async fn run(harness: &dyn Harness, base: &Base, report: &mut Report) {
    let mut relapsed = Vec::new();
    let mut injected = 0;
    for case in &CASES {
        let unit = match target(harness, base, case.hits) {
            Ok(unit) => unit,
            Err(reason) => {
                report.skip(case.check, reason);
                continue;
            }
        };
        let fault = fault(case, &unit);
        if let Err(reason) = harness.inject(&fault).await {
            harness.clear().await;
            report.skip(case.check, reason);
            continue;
        }
        injected += 1;
        let during = look_again(harness, base, &unit.scope, case.hits).await;
        report.add(case.check, compare(case, &fault, &unit, base, &during));
        harness.clear().await;
        let after = look_again(harness, base, &unit.scope, case.hits).await;
        let still = after.iter().filter(|(unit, seen)| !as_before(base, unit, seen));
        relapsed.extend(still.map(|(u, seen)| format!("{} {u}: {}", case.check, seen.summary())));
    }
    const CHECK: &str = "all is well when the fault is gone";
    if injected == 0 {
        report.skip(CHECK, "no fault could be injected");
    } else {
        report.add(CHECK, relapsed);
    }
}

/// The unit that is looked at first: one whose emptiness would be seen.
fn target(harness: &dyn Harness, base: &Base, hits: Hits) -> Result<Unit, String> {
    if hits == Hits::PagedUnit {
        let unit = harness.paged_unit()?;
        return match base.looks.contains_key(&unit) {
            true => Ok(unit),
            false => Err(format!("{unit} is not in the sample")),
        };
    }
    let first = base.opened.first().map(|(scope, _)| &scope.id);
    let fits = |unit: &Unit| {
        Some(&unit.scope) == first && (hits != Hits::Region || unit.reach.as_region().is_some())
    };
    let found = base.looks.iter().filter(|(unit, seen)| fits(unit) && !seen.resources.is_empty());
    let found = found.max_by_key(|(_, seen)| seen.resources.len()).map(|(unit, _)| unit.clone());
    found.ok_or_else(|| "no unit of the first scope has resources".to_owned())
}

fn fault(case: &Case, unit: &Unit) -> ConformanceFault {
    let of_type = matches!(case.hits, Hits::Type | Hits::Unit | Hits::PagedUnit);
    let of_reach = matches!(case.hits, Hits::Region | Hits::Unit | Hits::PagedUnit);
    ConformanceFault {
        kind: case.kind,
        scope: unit.scope.clone(),
        reach: of_reach.then(|| unit.reach.clone()),
        resource_type: of_type.then(|| unit.resource_type.clone()),
    }
}

/// Opens the scopes anew, as a new run does. A scope that is not opened has its answer's outcome
/// in all its units.
async fn look_again(harness: &dyn Harness, base: &Base, scope: &ScopeId, hits: Hits) -> Looks {
    let (provider, patience, gate) = (harness.provider(), harness.patience(), Counter::default());
    let mut looks = Looks::new();
    for (opened, before) in &base.opened {
        // Other scopes can only be affected by what hits a scope as a whole.
        if opened.id != *scope && hits != Hits::Scope {
            continue;
        }
        let answer = open(&*provider, opened, &gate, patience).await;
        let all = units(&*provider, before);
        match answer {
            Some(answer) if answer.outcome.is_complete() => {
                looks.extend(look(&*provider, all, &gate, patience).await);
            }
            answer => {
                let ends = answer.iter().map(|answer| answer.outcome).collect();
                let problems = answer.map(|answer| answer.problems).unwrap_or_default();
                let seen = Seen { ends, problems, ..Seen::default() };
                looks.extend(all.into_iter().map(|unit| (unit, seen.clone())));
            }
        }
    }
    looks
}

fn compare(
    case: &Case,
    fault: &ConformanceFault,
    target: &Unit,
    base: &Base,
    during: &Looks,
) -> Vec<String> {
    let hit = |unit: &Unit| {
        unit.scope == fault.scope
            && fault.reach.as_ref().is_none_or(|reach| *reach == unit.reach)
            && fault.resource_type.as_ref().is_none_or(|of| *of == unit.resource_type)
    };
    let mut wrong = Vec::new();
    let mut untouched = 0;
    for (unit, seen) in during {
        let before = as_before(base, unit, seen);
        let flaw = if hit(unit) {
            if !(case.good)(seen) {
                Some("should have ended otherwise")
            } else if seen.problems.is_empty() {
                Some("does not say what was wrong")
            } else {
                None
            }
        } else if before {
            untouched += 1;
            None
        } else if unit.scope != fault.scope {
            Some("is of another scope")
        } else {
            // Types may share a call, so others may be hit too; but then they must say so.
            let honest = seen.outcome().is_some_and(|outcome| !outcome.is_complete());
            (!honest).then_some("was hit and does not say so")
        };
        wrong.extend(flaw.map(|flaw| format!("{unit} {flaw}: {}", seen.summary())));
    }
    if !during.contains_key(target) {
        wrong.push(format!("{target} is gone"));
    }
    if untouched == 0 && during.keys().any(|unit| !hit(unit)) {
        wrong.push("everything else was hit as well".to_owned());
    }
    wrong
}

fn as_before(base: &Base, unit: &Unit, seen: &Seen) -> bool {
    base.looks.get(unit).is_some_and(|before| before.is_like(seen))
}
