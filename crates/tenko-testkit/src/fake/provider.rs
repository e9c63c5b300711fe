//! The fake as a provider: what it was told becomes steps.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tenko_core::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Gate,
    Outcome, Problem, Provider, Rate, RateKey, Reach, Resource, Scope, ScopeId, Unit,
};

use super::FakeProvider;
use super::effect::{At, Effect};
use super::script::{Step, play};

impl Provider for FakeProvider {
    fn cloud(&self) -> Cloud {
        self.cloud.clone()
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        let (first, effect) = parts(self.effect(|at| matches!(at, At::Discover)));
        let key = self.rate_key("organization", &Reach::Global, "scopes");
        let mut steps = vec![self.call(&key, 0)];
        let mut scopes = self.scopes.iter().cloned().map(DiscoverEvent::Scope).map(Step::Emit);
        if let Some(effect) = effect {
            steps.extend(scopes.by_ref().take(first));
            let end = |_| Vec::new();
            let more = effect_steps(effect, &key, DiscoverEvent::Problem, |_| Vec::new(), end);
            if let Some(more) = more.ended {
                steps.extend(more);
                return play(steps, gate, Arc::clone(&self.log), None);
            }
            steps.extend(more.before);
        }
        steps.extend(scopes);
        play(steps, gate, Arc::clone(&self.log), None)
    }

    fn open<'a>(&'a self, scope: &'a Scope, gate: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        self.log.add_open(scope.id.clone());
        let effect = self.effect(|at| matches!(at, At::Open(id) if *id == scope.id));
        let key = self.rate_key(scope.id.as_str(), &Reach::Global, "session");
        let mut steps = vec![self.call(&key, 0)];
        let mut answer = self.answer_of(&scope.id);
        match effect.map(|effect| effect.parts().1) {
            Some(Effect::End(outcome)) => {
                answer = Answer { outcome, identity: None, regions: Vec::new(), ..answer };
                answer.problems.push(problem());
            }
            Some(Effect::Hang | Effect::NoEnd | Effect::Flood) => steps.push(Step::Hang),
            Some(Effect::Panic(message)) => steps.push(Step::Panic(message)),
            Some(Effect::Delay(duration)) => steps.push(Step::Sleep(duration)),
            Some(Effect::Throttled(times)) => steps.extend(throttled(&key, times)),
            Some(Effect::Problem) => answer.problems.push(problem()),
            Some(Effect::Also(_) | Effect::After(..)) | None => {}
        }
        let unlucky = answer.clone();
        steps.push(Step::Emit(answer));
        let mut played = play(steps, gate, Arc::clone(&self.log), None);
        Box::pin(async move { played.next().await.unwrap_or(unlucky) })
    }

    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        let running = Some(self.log.start(unit.clone()));
        let (first, effect) = parts(self.effect(|at| at.fits(unit)));
        let service = self.catalog.get(&unit.resource_type).map_or("unknown", |i| &i.service);
        let key = self.rate_key(unit.scope.as_str(), &unit.reach, service);
        let mut all = self.resources_of(unit);
        let rest = if effect.is_some() { all.split_off(first.min(all.len())) } else { Vec::new() };
        let mut steps = self.pages(&key, all);
        let also = |resources| vec![CollectEvent::Resources(resources)];
        let end = |outcome| vec![CollectEvent::Problem(problem()), CollectEvent::End(outcome)];
        let more =
            effect.map(|effect| effect_steps(effect, &key, CollectEvent::Problem, also, end));
        if let Some(more) = more {
            if let Some(ended) = more.ended {
                steps.extend(ended);
                return play(steps, gate, Arc::clone(&self.log), running);
            }
            steps.extend(more.before);
            steps.extend(self.pages(&key, rest));
        }
        steps.push(Step::Emit(CollectEvent::End(Outcome::Complete)));
        play(steps, gate, Arc::clone(&self.log), running)
    }

    fn rate(&self, _service: &str) -> Rate {
        self.rate
    }

    fn calls(&self) -> Vec<CallCount> {
        self.log.counts()
    }
}

impl FakeProvider {
    fn answer_of(&self, scope: &ScopeId) -> Answer {
        let there = self.scopes.iter().any(|known| known.id == *scope);
        self.answers.get(scope).cloned().unwrap_or_else(|| Answer {
            scope: scope.clone(),
            cloud: self.cloud.clone(),
            outcome: if there {
                Outcome::Complete
            } else {
                Outcome::Denied { denied_by: tenko_core::DeniedBy::Trust }
            },
            identity: there.then(|| format!("auditor@{scope}")),
            regions: self.regions.clone(),
            disabled_regions: Vec::new(),
            problems: Vec::new(),
        })
    }

    fn resources_of(&self, unit: &Unit) -> Vec<Resource> {
        let each = || (0..self.each).map(|number| self.resource(unit, number, number)).collect();
        self.resources.get(unit).cloned().unwrap_or_else(each)
    }

    /// Resources in pages; none are one empty page.
    fn pages(&self, key: &RateKey, resources: Vec<Resource>) -> Vec<Step<CollectEvent>> {
        if resources.is_empty() {
            return vec![self.call(key, 0)];
        }
        let pages = resources.chunks(self.page_size).enumerate();
        pages
            .flat_map(|(nth, page)| {
                [self.call(key, nth), Step::Emit(CollectEvent::Resources(page.to_vec()))]
            })
            .collect()
    }

    fn rate_key(&self, scope: &str, reach: &Reach, service: &str) -> RateKey {
        RateKey {
            cloud: self.cloud.clone(),
            scope: scope.into(),
            reach: reach.clone(),
            service: service.to_owned(),
        }
    }

    fn call<T>(&self, key: &RateKey, nth: usize) -> Step<T> {
        let extra = self.jitter.map_or(Duration::ZERO, |(seed, most)| {
            let mut hasher = DefaultHasher::new();
            (seed, key, nth).hash(&mut hasher);
            most.mul_f64((hasher.finish() % 1_000) as f64 / 1_000.0)
        });
        Step::Call(key.clone(), self.latency + extra)
    }
}

fn parts(effect: Option<Effect>) -> (usize, Option<Effect>) {
    match effect.map(Effect::parts) {
        Some((first, effect)) => (first, Some(effect)),
        None => (0, None),
    }
}

/// What an effect turns into.
struct Steps<T> {
    /// The stream's last steps.
    ended: Option<Vec<Step<T>>>,
    /// Steps after which all goes well.
    before: Vec<Step<T>>,
}

fn effect_steps<T>(
    effect: Effect,
    key: &RateKey,
    tell: impl Fn(Problem) -> T,
    also: impl Fn(Vec<Resource>) -> Vec<T>,
    end: impl Fn(Outcome) -> Vec<T>,
) -> Steps<T> {
    let ended = |steps| Steps { ended: Some(steps), before: Vec::new() };
    let before = |steps| Steps { ended: None, before: steps };
    let emit = |items: Vec<T>| items.into_iter().map(Step::Emit).collect::<Vec<_>>();
    match effect {
        Effect::End(outcome) => {
            let mut items = end(outcome);
            if items.is_empty() {
                items.push(tell(problem()));
            }
            ended(emit(items))
        }
        Effect::Hang => ended(vec![Step::Hang]),
        Effect::Panic(message) => ended(vec![Step::Panic(message)]),
        Effect::NoEnd => ended(Vec::new()),
        Effect::Flood => ended(vec![Step::Flood(tell(problem()))]),
        Effect::Delay(duration) => before(vec![Step::Sleep(duration)]),
        Effect::Throttled(times) => before(throttled(key, times)),
        Effect::Problem => before(vec![Step::Emit(tell(problem()))]),
        Effect::Also(resources) => before(emit(also(resources))),
        Effect::After(_, effect) => effect_steps(*effect, key, tell, also, end),
    }
}

fn throttled<T>(key: &RateKey, times: u32) -> Vec<Step<T>> {
    let once = || [Step::Call(key.clone(), Duration::ZERO), Step::Throttled(key.clone())];
    (0..times).flat_map(|_| once()).collect()
}

fn problem() -> Problem {
    Problem {
        operation: "fake:List".to_owned(),
        code: "FakeFault".to_owned(),
        message: "as was asked for".to_owned(),
        request_id: Some("fake-request".to_owned()),
        resource: None,
    }
}
