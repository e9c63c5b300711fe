//! Checks of a cloud in which all is well.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::{FutureExt, StreamExt};
use tenko_core::{Answer, Provider, Reach, Scope, ScopeId, ScopeTree, TypeInfo};

use super::look::{Counter, Looks, discover, look, look_at, open, units};
use super::{Harness, Report};

/// What the faults are compared with.
pub(super) struct Base {
    /// The scopes of the sample, with their answers.
    pub(super) opened: Vec<(Scope, Answer)>,
    pub(super) looks: Looks,
}

/// Makes the checks; `None` when there is nothing that faults could be compared with.
pub(super) async fn run(harness: &dyn Harness, report: &mut Report) -> Option<Base> {
    let (provider, patience) = (harness.provider(), harness.patience());
    let gate = Counter::default();
    let calls_before = calls(&*provider);
    report.add("the catalogue is sound", catalogue(&*provider));

    let (scopes, problems, ended) = discover(&*provider, &gate, patience).await;
    let mut wrong: Vec<_> =
        problems.iter().map(|p| format!("{} {}", p.operation, p.code)).collect();
    if !ended {
        wrong.push("discovery did not end".to_owned());
    }
    let missing = |key: &tenko_core::ScopeKey| !scopes.iter().any(|scope| scope.key() == *key);
    let expected = harness.expected_scopes();
    wrong.extend(expected.iter().filter(|key| missing(key)).map(|key| format!("{key} not found")));
    report.add("discovery finds the scopes", wrong);
    report.add("scopes form a tree of one cloud", tree(&*provider, &scopes));

    let opened = open_all(harness, &*provider, &scopes, &gate, report).await;
    let mut all = Vec::new();
    for (_, answer) in &opened {
        all.extend(units(&*provider, answer));
    }
    let looks = look(&*provider, all.clone(), &gate, patience).await;
    unit_checks(&*provider, &looks, report);

    let asked = gate.passes();
    let made = calls(&*provider).saturating_sub(calls_before);
    let wrong = if made == 0 {
        vec!["no calls are counted".to_owned()]
    } else if asked < made {
        vec![format!("{made} calls were made, the gate was asked {asked} times")]
    } else {
        Vec::new()
    };
    report.add("every call passes the gate and is counted", wrong);

    let again = look(&*provider, all, &gate, patience).await;
    let differ =
        looks.iter().filter(|(unit, seen)| !again.get(unit).is_some_and(|a| a.is_like(seen)));
    report.add("two looks see the same", differ.map(|(unit, _)| unit.to_string()).collect());

    let base = Base { opened, looks };
    dropped(harness, &provider, &base, report).await;
    nowhere(harness, &*provider, &base, report).await;
    base.looks.values().any(|seen| !seen.resources.is_empty()).then_some(base)
}

fn calls(provider: &dyn Provider) -> u64 {
    provider.calls().iter().map(|call| call.calls).sum()
}

fn catalogue(provider: &dyn Provider) -> Vec<String> {
    let cloud = provider.cloud();
    let mut wrong = Vec::new();
    if cloud.as_str().is_empty() || cloud.as_str() != cloud.as_str().to_lowercase() {
        wrong.push(format!("the cloud's name {cloud:?} is not in lower case"));
    }
    if provider.catalog().is_empty() {
        wrong.push("it has no types".to_owned());
    }
    for info in provider.catalog().iter() {
        let mut say = |what: String| wrong.push(format!("{} {what}", info.resource_type));
        if info.cloud != cloud {
            say(format!("is of {}", info.cloud));
        }
        if info.service.is_empty() {
            say("has no service".to_owned());
        }
        let rate = provider.rate(&info.service);
        if rate.burst == 0 || rate.per_second.is_nan() || rate.per_second <= 0.0 {
            say(format!("has the rate {rate:?}"));
        }
        undeclared_paths(info).into_iter().for_each(say);
    }
    wrong
}

/// Paths that begin with no attribute would silently do nothing. What is not compared may be
/// something that no call returns and a declaration names all the same.
fn undeclared_paths(info: &TypeInfo) -> Vec<String> {
    let names: BTreeSet<_> = info.attributes.iter().map(String::as_str).collect();
    let mut wrong = Vec::new();
    if names.len() < info.attributes.len() {
        wrong.push("names an attribute twice".to_owned());
    }
    for path in info.sensitive.iter().chain(&info.sets) {
        let text = path.to_string();
        let first = text.split(['.', '[']).next().unwrap_or_default().trim_matches('"');
        if !names.contains(first) && first != "Tags" && first != "*" {
            wrong.push(format!("has the path {text}, but no such attribute"));
        }
    }
    wrong
}

fn tree(provider: &dyn Provider, scopes: &[Scope]) -> Vec<String> {
    let mut wrong = Vec::new();
    let keys: BTreeSet<_> = scopes.iter().map(Scope::key).collect();
    if keys.len() < scopes.len() {
        wrong.push("a scope is named twice".to_owned());
    }
    for scope in scopes {
        if scope.cloud != provider.cloud() {
            wrong.push(format!("{} is of another cloud", scope.key()));
        }
        let unknown = |id: &&ScopeId| !scopes.iter().any(|other| other.id == **id);
        if let Some(parent) = scope.parent.as_ref().filter(unknown) {
            wrong.push(format!("the parent {parent} of {} is not a scope", scope.key()));
        }
    }
    let tree = ScopeTree::new(scopes.iter().cloned());
    let roots = tree.walk().iter().filter(|(depth, _)| *depth == 0).count();
    let parentless = scopes.iter().filter(|scope| scope.parent.is_none()).count();
    if wrong.is_empty() && roots != parentless {
        wrong.push("some scopes are their own ancestors".to_owned());
    }
    wrong
}

async fn open_all(
    harness: &dyn Harness,
    provider: &dyn Provider,
    scopes: &[Scope],
    gate: &Counter,
    report: &mut Report,
) -> Vec<(Scope, Answer)> {
    let (mut opened, mut wrong) = (Vec::new(), Vec::new());
    for scope in scopes.iter().filter(|scope| scope.is_collectable()) {
        let Some(answer) = open(provider, scope, gate, harness.patience()).await else {
            wrong.push(format!("{} did not answer", scope.key()));
            continue;
        };
        wrong.extend(answer_flaws(scope, &answer).map(|flaw| format!("{} {flaw}", scope.key())));
        if answer.outcome.is_complete() && opened.len() < harness.sample().max(1) {
            opened.push((scope.clone(), answer));
        }
    }
    if opened.is_empty() {
        wrong.push("no scope was opened".to_owned());
    }
    report.add("every active scope proves who it is", wrong);
    opened
}

fn answer_flaws(scope: &Scope, answer: &Answer) -> impl Iterator<Item = String> {
    let disabled: BTreeSet<_> = answer.disabled_regions.iter().collect();
    let regions: BTreeSet<_> = answer.regions.iter().collect();
    let flaws = [
        (!answer.outcome.is_complete()).then(|| format!("is {}", answer.outcome)),
        (answer.scope != scope.id || answer.cloud != scope.cloud)
            .then(|| format!("answered as {}:{}", answer.cloud, answer.scope)),
        answer.identity.is_none().then(|| "does not say who we are".to_owned()),
        (!regions.is_disjoint(&disabled)).then(|| "has a region on and off".to_owned()),
        (regions.len() < answer.regions.len()).then(|| "names a region twice".to_owned()),
    ];
    flaws.into_iter().flatten()
}

fn unit_checks(provider: &dyn Provider, looks: &Looks, report: &mut Report) {
    let (mut ends, mut foreign, mut twice, mut names) = (vec![], vec![], vec![], vec![]);
    let mut incomplete = Vec::new();
    for (unit, seen) in looks {
        match seen.outcome() {
            None => ends.push(format!("{unit}: {}", seen.summary())),
            Some(outcome) if !outcome.is_complete() => {
                incomplete.push(format!("{unit}: {}", seen.summary()));
            }
            Some(_) => {}
        }
        if seen.content().len() < seen.resources.len() {
            twice.push(unit.to_string());
        }
        let info = provider.catalog().get(&unit.resource_type);
        for resource in &seen.resources {
            let key = &resource.key;
            let own = key.cloud == unit.cloud
                && key.scope == unit.scope
                && key.resource_type == unit.resource_type
                && (unit.reach == Reach::Global || key.region == unit.reach)
                && !key.id.is_empty();
            if !own {
                foreign.push(format!("{key} in {unit}"));
            }
            let value = resource.attributes.to_value();
            let declared = |name: &&String| info.is_some_and(|info| info.attributes.contains(name));
            let undeclared = value.as_object().into_iter().flat_map(|map| map.keys());
            let undeclared = undeclared.filter(|name| !declared(name));
            names.extend(undeclared.map(|name| format!("{name} in {}", unit.resource_type)));
        }
    }
    names.sort();
    names.dedup();
    report.add("every unit ends exactly once", ends);
    report.add("every unit is complete where nothing is wrong", incomplete);
    report.add("resources belong to their unit", foreign);
    report.add("ids are unique in a unit", twice);
    report.add("attributes are declared", names);
}

async fn dropped(
    harness: &dyn Harness,
    provider: &Arc<dyn Provider>,
    base: &Base,
    report: &mut Report,
) {
    const CHECK: &str = "a dropped stream does no harm";
    let largest = base.looks.iter().max_by_key(|(_, seen)| seen.resources.len());
    let (Some((unit, before)), Some((scope, _))) = (largest, base.opened.first()) else {
        return report.skip(CHECK, "nothing was collected");
    };
    let gate = Counter::default();
    // Before the first call is answered, and after the first event.
    let _ = provider.open(scope, &gate).now_or_never();
    let _ = provider.collect(unit, &gate).next().now_or_never();
    let mut events = provider.collect(unit, &gate);
    let first = tokio::time::timeout(harness.patience(), events.next()).await;
    drop(events);
    let after = look_at(&**provider, unit, &gate, harness.patience()).await;
    let fine = first.is_ok() && after.is_like(before);
    report.add(CHECK, if fine { vec![] } else { vec![format!("{unit}: {}", after.summary())] });
}

async fn nowhere(harness: &dyn Harness, provider: &dyn Provider, base: &Base, report: &mut Report) {
    const CHECK: &str = "a scope that is not there does not answer";
    if let Err(reason) = harness.refuses_strangers() {
        return report.skip(CHECK, reason);
    }
    let Some((scope, _)) = base.opened.first() else {
        return report.skip(CHECK, "no scope was opened");
    };
    // Of the same form, so that it is not refused for that.
    let id: String =
        scope.id.as_str().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let id = if id == scope.id.as_str() { format!("{id}-none") } else { id };
    let ghost = Scope { id: id.into(), parent: None, ..scope.clone() };
    let answer = open(provider, &ghost, &Counter::default(), harness.patience()).await;
    report.add(
        CHECK,
        match answer {
            Some(answer) if !answer.outcome.is_complete() => vec![],
            Some(_) => vec![format!("{} was opened", ghost.key())],
            None => vec![format!("{} neither answered nor was refused", ghost.key())],
        },
    );
}
