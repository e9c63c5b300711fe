//! One request: who, what, which faults, which answer.

use std::sync::PoisonError;
use std::time::Duration;

use http::request::Parts;
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use super::account::ApiError;
use super::answer::{self, Question};
use super::fault::FaultKind;
use super::faults::Target;
use super::identity::{Caller, NoCaller};
use super::log::Seen;
use super::login::pages;
use super::paging::{self, Position};
use super::refusal::{self, Attempt};
use super::render::{self, Rendered};
use super::server::Shared;
use super::tables::{self, Operation, Service};
use super::wire::{self, Call, Scope};
use super::world::World;
use super::{assume, writes};

/// What goes back, and how.
pub(super) struct Reply {
    pub(super) delay: Duration,
    /// The server's clock, in seconds ahead of the real one.
    pub(super) skew: i64,
    pub(super) how: How,
    /// Place of the request in the log.
    pub(super) place: usize,
}

/// How an answer goes back.
pub(super) enum How {
    Whole(Rendered),
    Truncated(Rendered, usize),
    CutOff(Rendered, usize),
    Disconnect,
    Hang,
}

/// A request whose operation and principal are known.
struct Known<'a> {
    call: &'a Call,
    scope: Scope,
    op: &'static Operation,
    caller: Caller,
}

/// Answers a request.
pub(super) fn handle(shared: &Shared, parts: &Parts, body: &[u8]) -> Reply {
    if let Some(reply) = pages::handle(shared, parts, body) {
        return reply;
    }
    let call = wire::understand(parts, body);
    let id = shared.next_id();
    let head = parts.method == Method::HEAD;
    let op = tables::operation(&call.id());
    let service = op.map_or_else(|| fallback(&call, parts), Operation::service);
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let mut seen = Seen {
        account: None,
        key: call.scope.as_ref().map(|s| s.key.clone()),
        region: call.scope.as_ref().map(|s| s.region.clone()),
        service: call.service.clone(),
        operation: call.operation.clone(),
        page: 1,
        signed: call.scope.is_some(),
        is_dry_run: call.is_dry_run(),
        status: None,
    };
    let refuse =
        |error: &ApiError| How::Whole(render::error(service, error, &id, head, parts.uri.path()));
    let known = identify(shared, &world, &call, parts, op, service);
    let known = match known {
        Ok(known) => known,
        Err((account, error)) => {
            seen.account = account;
            let place = shared.log.push(seen);
            return Reply { delay: Duration::ZERO, skew: 0, how: refuse(&error), place };
        }
    };
    let Known { scope, op, caller, .. } = &known;
    seen.account = Some(caller.account.clone()).filter(|id| !id.is_empty());
    let context = paging::context(op, &caller.account, &scope.region, &call.input);
    let position = paging::position(op, context, &call.input);
    let number = position.as_ref().map_or(1, |p| p.number);
    seen.page = number;
    let target = Target {
        account: &caller.account,
        region: &scope.region,
        service: &call.service,
        operation: &call.operation,
        page: number,
        input: &call.input,
    };
    let kinds =
        shared.faults.lock().unwrap_or_else(PoisonError::into_inner).hit(&target, world.seed);
    let place = shared.log.push(seen);
    let mut reply = Reply { delay: Duration::ZERO, skew: 0, how: How::Hang, place };
    for kind in &kinds {
        match kind {
            FaultKind::Delay { ms } => {
                reply.delay = reply.delay.saturating_add(Duration::from_millis(*ms));
            }
            FaultKind::SkewedClock { seconds } => reply.skew = *seconds,
            _ => {}
        }
    }
    if let Some(how) = before(&known, &world, &kinds, reply.skew, parts, &refuse) {
        reply.how = how;
        return reply;
    }
    let answered = position
        .and_then(|at| ask(shared, &world, &known, parts, context, at, &kinds))
        .map(|value| render::answer(op, value, &id));
    let rendered = match answered {
        Ok(rendered) => rendered,
        Err(error) => {
            let mut rendered = render::error(service, &error, &id, head, parts.uri.path());
            if error.code == answer::MOVED
                && let Some(home) = world
                    .account(&caller.account)
                    .and_then(|a| answer::bucket_region(a, &call.input))
            {
                rendered.headers.push(("x-amz-bucket-region", home.to_owned()));
            }
            reply.how = How::Whole(rendered);
            return reply;
        }
    };
    reply.how = after(rendered, &kinds);
    reply
}

/// Which service's way of speaking an unknown request gets.
fn fallback(call: &Call, parts: &Parts) -> &'static Service {
    let by_kind = || {
        let kind = parts.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("");
        let form = kind.starts_with("application/x-www-form-urlencoded");
        tables::service(if form { "sts" } else { "dynamodb" })
    };
    tables::service(&call.service).or_else(by_kind).unwrap_or(&tables::NOBODY)
}

type Refused = (Option<String>, ApiError);

fn identify<'a>(
    shared: &Shared,
    world: &World,
    call: &'a Call,
    parts: &Parts,
    op: Option<&'static Operation>,
    service: &'static Service,
) -> Result<Known<'a>, Refused> {
    if let Some(op) = op.filter(|op| needs_no_signature(op)) {
        let none = || Scope { key: String::new(), region: String::new(), service: String::new() };
        let scope = call.scope.clone().unwrap_or_else(none);
        return Ok(Known { call, scope, op, caller: Caller::nobody() });
    }
    let scope = call.scope.clone().ok_or_else(|| (None, refusal::unsigned(service)))?;
    let token = parts.headers.get("x-amz-security-token").and_then(|v| v.to_str().ok());
    let caller = shared
        .sessions
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .caller(world, &scope.key, token)
        .map_err(|why| match why {
            NoCaller::Unknown => (None, refusal::unknown_key(service, token.is_some())),
            NoCaller::Expired => (None, refusal::session_over(service)),
        })?;
    let account = Some(caller.account.clone());
    let unknown = || (account.clone(), refusal::unknown_key(service, token.is_some()));
    let home = world.account(&caller.account).ok_or_else(unknown)?;
    if !home.state.is_usable() {
        return Err(unknown());
    }
    let op =
        op.ok_or_else(|| (account.clone(), refusal::unknown_operation(service, &call.operation)))?;
    if scope.service != service.signing {
        let message =
            format!("Credential should be scoped to correct service: '{}'.", service.signing);
        return Err((account, refusal::bad_signature(service, false, &message)));
    }
    if !world.region_status(home, &scope.region).is_some_and(|status| status.is_usable()) {
        return Err(unknown());
    }
    Ok(Known { call, scope, op, caller })
}

/// Whether an operation is asked before there are keys to sign with.
fn needs_no_signature(op: &Operation) -> bool {
    matches!(op.service().id.as_str(), "sso" | "sso-oidc")
        || op.id == "sts:AssumeRoleWithWebIdentity"
}

/// The attempt, for the words of a refusal.
fn attempt<'a>(known: &'a Known<'_>, world: &'a World) -> Attempt<'a> {
    let Known { call, scope, caller, .. } = known;
    let input = |name: &str| call.input.get(name).and_then(|v| v.as_str());
    Attempt {
        arn: &caller.arn,
        account: &caller.account,
        region: &scope.region,
        partition: world.account(&caller.account).map_or("aws", |a| a.partition()),
        resource: input("Bucket").or_else(|| input("RoleArn")),
    }
}

/// Faults that answer in the operation's place.
fn before(
    known: &Known<'_>,
    world: &World,
    kinds: &[FaultKind],
    skew: i64,
    parts: &Parts,
    refuse: &dyn Fn(&ApiError) -> How,
) -> Option<How> {
    let op = known.op;
    let attempt = attempt(known, world);
    for kind in kinds {
        if let Some(error) = refusal::of_fault(op, *kind, &attempt) {
            return Some(refuse(&error));
        }
        match kind {
            FaultKind::Disconnect => return Some(How::Disconnect),
            FaultKind::Hang => return Some(How::Hang),
            FaultKind::HtmlError500 => {
                let html = "<!doctype html>\n<html><title>500 Internal Server Error</title>\
                            <h1>Internal Server Error</h1></html>\n";
                return Some(How::Whole(Rendered {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
                    body: html.to_owned(),
                }));
            }
            FaultKind::SkewedClock { .. } => {
                let now = Timestamp::now().saturating_add(SignedDuration::from_secs(skew));
                let (now, sent) = (now.unwrap_or(Timestamp::MAX), signed_at(parts)?);
                if now.duration_since(sent).abs() > SignedDuration::from_mins(5) {
                    let message = format!(
                        "Signature not yet current or expired: {sent} is too far from {now}"
                    );
                    return Some(refuse(&refusal::bad_signature(op.service(), true, &message)));
                }
            }
            _ => {}
        }
    }
    None
}

fn signed_at(parts: &Parts) -> Option<Timestamp> {
    let text = parts.headers.get("x-amz-date")?.to_str().ok()?;
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

fn ask(
    shared: &Shared,
    world: &World,
    known: &Known<'_>,
    parts: &Parts,
    context: u64,
    at: Position,
    kinds: &[FaultKind],
) -> Result<serde_json::Value, ApiError> {
    let Known { call, scope, op, caller } = known;
    if needs_no_signature(op) {
        return sign_in(shared, world, known, parts);
    }
    let gone = || refusal::unknown_key(op.service(), caller.session.is_some());
    let question = Question {
        world,
        account: world.account(&caller.account).ok_or_else(gone)?,
        caller,
        region: &scope.region,
        op,
        input: &call.input,
    };
    if let Some(by) = writes::denied(question.account, caller, op).filter(|_| !writes::is_write(op))
    {
        return Err(refusal::denied(op, by, &attempt(known, world)));
    }
    answer::check(&question)?;
    let sessions = || shared.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    match op.id.as_str() {
        "sts:AssumeRole" => return assume::role(&mut sessions(), world, caller, &call.input),
        "sts:GetSessionToken" => {
            return assume::session_token(&mut sessions(), caller, &call.input);
        }
        _ if writes::is_write(op) => {
            let attempt = attempt(known, world);
            let is_dry = call.is_dry_run();
            return Err(writes::answer(question.account, caller, op, &attempt, is_dry));
        }
        _ => {}
    }
    let found = answer::find(&question)?;
    let whole = answer::whole(&question, &found)?;
    let fixed = shared.page_size();
    paging::cut(op, whole, &call.input, context, at, fixed, kinds)
}

/// Operations that give out the first credentials.
fn sign_in(
    shared: &Shared,
    world: &World,
    known: &Known<'_>,
    parts: &Parts,
) -> Result<serde_json::Value, ApiError> {
    let Known { call, op, .. } = known;
    let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
    let mut center = shared.center.lock().unwrap_or_else(PoisonError::into_inner);
    let sessions = || shared.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    match op.id.as_str() {
        "sts:AssumeRoleWithWebIdentity" => {
            assume::web_identity(&mut sessions(), world, &call.input)
        }
        "sso:GetRoleCredentials" => {
            let token = header("x-amz-sso_bearer_token").unwrap_or_default();
            center.role_credentials(world, &mut sessions(), token, &call.input)
        }
        _ => {
            let host = header("host").unwrap_or("127.0.0.1");
            center.oidc(world.identity_center.as_ref(), op.name(), &call.input, host)
        }
    }
}

/// Faults of a good answer's body.
fn after(mut rendered: Rendered, kinds: &[FaultKind]) -> How {
    for kind in kinds {
        match kind {
            FaultKind::Truncate { at } => return How::Truncated(rendered, *at),
            FaultKind::LoseEnd { bytes } => {
                let at = rendered.body.len().saturating_sub(*bytes);
                return How::Truncated(rendered, at);
            }
            FaultKind::CutConnection { at } => return How::CutOff(rendered, *at),
            FaultKind::InvalidBody => {
                let json = rendered.body.starts_with('{');
                rendered.body = if json { "{\"a\": [1, }" } else { "<a><b></a>&nope;" }.to_owned();
                return How::Whole(rendered);
            }
            _ => {}
        }
    }
    How::Whole(rendered)
}
