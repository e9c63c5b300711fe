//! The second phase: each account and project is called by its name.

use std::collections::BTreeMap;

use tenko_core::{Answer, Outcome, Problem, Scope, ScopeKey};

use crate::discover::Asked;
use crate::event::Event;
use crate::guard::{Cut, Stop, guarded};
use crate::options::Options;
use crate::pool::Pool;

const OPERATION: &str = "tenko:open";

/// Who answered; scopes that nobody called, because the run was stopped, are not in it.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    pub(crate) answers: BTreeMap<ScopeKey, Answer>,
    pub(crate) stopped: bool,
}

/// Opens these scopes, at most [`Options::max_in_flight`] at a time.
pub(crate) async fn open_all(
    scopes: Vec<(Asked, Scope)>,
    options: &Options,
    stop: &Stop,
    events: &mut (dyn FnMut(Event) + Send),
) -> Opened {
    let mut out = Opened::default();
    let mut pool = Pool::new();
    let mut scopes = scopes.into_iter();
    loop {
        while pool.len() < options.max_in_flight.max(1) && !stop.is_fired() {
            let Some((asked, scope)) = scopes.next() else { break };
            let (stop, limit) = (stop.clone(), options.open_timeout);
            pool.spawn(scope.key(), async move {
                guarded(limit, &stop, asked.provider.open(&scope, &*asked.gate)).await
            });
        }
        let Some((key, ended)) = pool.next().await else { break };
        let ended = ended.unwrap_or_else(|| Err(Cut::Panicked(String::new())));
        out.stopped |= matches!(ended, Err(Cut::Stopped));
        let answer = check(&key, ended);
        events(Event::ScopeAnswered(answer.clone()));
        out.answers.insert(key, answer);
    }
    out.stopped |= scopes.next().is_some();
    out
}

/// Whoever answers to another name was not called: its resources must not be taken for this
/// scope's.
fn check(key: &ScopeKey, ended: Result<Answer, Cut>) -> Answer {
    match ended {
        Ok(answer) if answer.scope == key.id && answer.cloud == key.cloud => answer,
        Ok(other) => {
            let message = format!("{}:{} answered instead", other.cloud, other.scope);
            unanswered(key, Outcome::Unreachable, Problem::new(OPERATION, "wrong-scope", message))
        }
        Err(cut) => unanswered(key, cut.outcome(), cut.problem(OPERATION)),
    }
}

fn unanswered(key: &ScopeKey, outcome: Outcome, problem: tenko_core::Problem) -> Answer {
    Answer {
        scope: key.id.clone(),
        cloud: key.cloud.clone(),
        outcome,
        identity: None,
        regions: Vec::new(),
        disabled_regions: Vec::new(),
        problems: vec![problem],
    }
}
