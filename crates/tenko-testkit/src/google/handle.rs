//! One request: who, what, which faults, which answer.

use std::sync::PoisonError;
use std::time::Duration;

use http::Method as Verb;
use http::request::Parts;
use jiff::Timestamp;
use serde_json::json;

use super::ask::Ask;
use super::fault::{FaultKind, Target};
use super::grpc;
use super::log::Seen;
use super::methods::{Answer, Own};
use super::paging;
use super::refusal::{self, Refusal};
use super::render::{self, Rendered};
use super::request::Request;
use super::server::Shared;
use super::tokens::{self, Bearer};
use super::world::{Project, World, may_read};

/// What goes back, and how.
pub(super) struct Reply {
    pub(super) delay: Duration,
    pub(super) how: How,
    /// Place of the request in the log.
    pub(super) place: usize,
}

/// How an answer goes back.
pub(super) enum How {
    Whole(Rendered),
    /// Without its last bytes; the flag says whether the length is that of the rest.
    LoseEnd(Rendered, usize, bool),
    Disconnect,
    Hang,
}

/// The project of calls that are made for none: the one that the caller's client belongs to.
const NOBODYS: &str = "764086051850";

/// Answers a request.
pub(super) fn handle(shared: &Shared, parts: &Parts, body: &[u8]) -> Reply {
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let header =
        |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let mut seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().map(|p| p.to_string()).unwrap_or_default(),
        quota_project: header("x-goog-user-project"),
        reason: header("x-goog-request-reason"),
        page: 1,
        ..Seen::default()
    };
    let is_grpc = header("content-type").is_some_and(|kind| kind.starts_with("application/grpc"));
    let understood = match is_grpc {
        true => grpc::understand(&world, parts.uri.path(), body),
        false => match parts.method {
            Verb::GET | Verb::POST => {
                Request::of_rest(parts.method == Verb::POST, &parts.uri, body).map(Ok)
            }
            Verb::PUT | Verb::PATCH | Verb::DELETE => Some(Ok(Request::of_write())),
            _ => None,
        },
    };
    let refuse = |refused: &Refusal| match is_grpc {
        true => grpc::refusal(refused),
        false => render::refusal(refused),
    };
    let plainly = |seen: Seen, rendered: Rendered| {
        let place = shared.log.push(seen);
        Reply { delay: Duration::ZERO, how: How::Whole(rendered), place }
    };
    let request = match understood {
        Some(Ok(request)) => request,
        Some(Err(refused)) => return plainly(seen, refuse(&refused)),
        None if is_grpc => {
            let refused = Refusal::new(501, "UNIMPLEMENTED", "The method is not implemented.");
            return plainly(seen, refuse(&refused));
        }
        None => {
            seen.is_write = parts.method == Verb::POST;
            let title =
                format!("The requested URL {} was not found on this server.", parts.uri.path());
            return plainly(seen, render::html(404, &title));
        }
    };
    let method = request.method;
    seen.service = method.service.to_owned();
    seen.operation = method.operation.to_owned();
    seen.is_write = method.answer_is(Own::Write);
    let is_token = matches!(method.answer, Answer::Own(Own::Token | Own::Exchange));
    let bearer = {
        let tokens = shared.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.bearer(&world, &parts.headers)
    };
    let bearer = match bearer {
        Ok(bearer) => bearer,
        Err(_) if is_token => Bearer::default(),
        Err(bad) => return plainly(seen, refuse(&refusal::unauthenticated(method, bad))),
    };
    seen.principal = Some(bearer.principal.clone()).filter(|p| !p.is_empty());
    seen.scopes.clone_from(&bearer.scopes);
    let project = asked_project(&world, &request);
    seen.project = project.map(|p| p.id.clone());
    let context = paging::context(method, &bearer.principal, parts.uri.path(), &request.query);
    let at = paging::position(method, context, request.token());
    let page = at.as_ref().map_or(1, |at| at.number);
    seen.page = page;
    let target = Target {
        project: seen.project.as_deref(),
        service: method.service,
        operation: method.operation,
        asset_types: &request.asset_types(),
        values: &request.values(),
        page,
    };
    let faults = shared.faults.lock().unwrap_or_else(PoisonError::into_inner).hit(&target);
    let place = shared.log.push(seen);
    let delay = faults.iter().map(|kind| match kind {
        FaultKind::Slow { ms } => Duration::from_millis(*ms),
        _ => Duration::ZERO,
    });
    let mut reply = Reply { delay: delay.sum(), how: How::Hang, place };
    if faults.contains(&FaultKind::Hang) {
        return reply;
    }
    if faults.contains(&FaultKind::Disconnect) {
        reply.how = How::Disconnect;
        return reply;
    }
    if is_token {
        reply.how = after(token(shared, parts, body, &request, &faults), &faults, false);
        return reply;
    }
    let number = project.map_or(NOBODYS, |p| p.number.as_str());
    let answered = faults
        .iter()
        .find_map(|kind| refused(&request, kind, number, project, &bearer))
        .map_or(Ok(()), Err)
        .and_then(|()| admit(&world, &request, project, &bearer))
        .and_then(|()| request.check_parameters().map(|()| at))
        .and_then(|at| {
            let at = at?;
            if method.answer_is(Own::Impersonate) {
                let mut tokens = shared.tokens.lock().unwrap_or_else(PoisonError::into_inner);
                let account = request.path.get("account").map_or("", String::as_str);
                let body = &request.body;
                return tokens::impersonate(&mut tokens, &world, method, &bearer, account, body);
            }
            let ask = Ask {
                world: &world,
                method,
                path: &request.path,
                query: &request.query,
                body: &request.body,
                principal: &bearer.principal,
                project,
                at,
                context,
                faults: &faults,
                now: world.read_time.unwrap_or_else(Timestamp::now),
            };
            ask.answer()
        });
    reply.how = match answered {
        Err(refused) => How::Whole(refuse(&refused)),
        Ok(value) if is_grpc => after(grpc::answer(method, &request, &value), &faults, true),
        Ok(value) => after(render::json(200, &value), &faults, false),
    };
    reply
}

/// The project that a request names by id or number, or by one of its service accounts.
fn asked_project<'a>(world: &'a World, request: &Request) -> Option<&'a Project> {
    let name = request.path.get("project")?;
    if name != "-" {
        return world.project(name);
    }
    let account = request.path.get("account")?;
    world.projects.iter().find(|p| super::resource::email_of(p, account).is_some())
}

/// What a fault answers, for those that answer with an error.
fn refused(
    request: &Request,
    kind: &FaultKind,
    number: &str,
    project: Option<&Project>,
    bearer: &Bearer,
) -> Option<Refusal> {
    let method = request.method;
    Some(match kind {
        FaultKind::Denied => refusal::denied(method, &on(request, project), &bearer.principal),
        FaultKind::ServiceDisabled => refusal::service_disabled(method, number),
        FaultKind::BillingDisabled => refusal::billing_disabled(method, number),
        FaultKind::Perimeter => refusal::perimeter(method, number),
        FaultKind::Throttled => refusal::throttled(method, number),
        FaultKind::Unauthenticated => refusal::unauthenticated(method, refusal::BadToken::Expired),
        FaultKind::ServerError => refusal::internal(method),
        FaultKind::Unavailable => refusal::unavailable(method),
        _ => return None,
    })
}

/// What is asked, for the words of a refusal: `projects/acme-prod`.
fn on(request: &Request, project: Option<&Project>) -> String {
    if let Some(project) = project {
        return format!("projects/{}", project.id);
    }
    let first = request.path.iter().next();
    first.map(|(kind, id)| format!("{kind}s/{id}")).unwrap_or_default()
}

/// Whether the world lets the caller ask this.
fn admit(
    world: &World,
    request: &Request,
    project: Option<&Project>,
    bearer: &Bearer,
) -> Result<(), Refusal> {
    let method = request.method;
    let service = method.service;
    if !world.any_scope && !bearer.covers(method.scopes) {
        return Err(refusal::scope_insufficient(method));
    }
    if service == "iamcredentials" || !request.path.contains_key("project") {
        return Ok(());
    }
    let denied = || refusal::denied(method, &on(request, project), &bearer.principal);
    let project = project.ok_or_else(denied)?;
    if !may_read(&project.readers, &bearer.principal) {
        return Err(denied());
    }
    if service == "cloudresourcemanager" {
        return Ok(());
    }
    if service != "cloudasset" {
        if world.impersonation_required && !bearer.impersonated {
            return Err(denied());
        }
        if !project.is_active() {
            return Err(refusal::deleted(method, project));
        }
    }
    if project.has_disabled(service) {
        return Err(refusal::service_disabled(method, &project.number));
    }
    let costs =
        matches!(service, "compute" | "container" | "run" | "spanner" | "sqladmin" | "storage");
    if project.billing_disabled && costs {
        return Err(refusal::billing_disabled(method, &project.number));
    }
    if project.vpc_sc {
        return Err(refusal::perimeter(method, &project.number));
    }
    Ok(())
}

/// The answer of a token endpoint, which speaks OAuth and not Google's envelope.
fn token(
    shared: &Shared,
    parts: &Parts,
    body: &[u8],
    request: &Request,
    faults: &[FaultKind],
) -> Rendered {
    for kind in faults {
        let (status, error, text) = match kind {
            FaultKind::Denied | FaultKind::Unauthenticated => {
                (400, "invalid_grant", "Token has been expired or revoked.")
            }
            FaultKind::Throttled => (429, "rate_limit_exceeded", "Too many requests."),
            FaultKind::ServerError => (500, "internal_failure", "Backend error."),
            FaultKind::Unavailable => (503, "temporarily_unavailable", "Try again later."),
            _ => continue,
        };
        return render::json(status, &tokens::oauth_error(error, text));
    }
    let Answer::Own(own) = request.method.answer else { return render::html(404, "Not found.") };
    let members = tokens::members(&parts.headers, body);
    let mut tokens = shared.tokens.lock().unwrap_or_else(PoisonError::into_inner);
    match tokens::grant(&mut tokens, own, &members) {
        Ok(value) => render::json(200, &value),
        Err((status, value)) => render::json(status, &value),
    }
}

/// A good answer, with what faults do to it.
fn after(rendered: Rendered, faults: &[FaultKind], is_grpc: bool) -> How {
    for kind in faults {
        match kind {
            FaultKind::WrongShape { html: true } => {
                let page = render::html(200, "Sign in");
                return How::Whole(page);
            }
            FaultKind::WrongShape { html: false } | FaultKind::ForeignObject if is_grpc => {
                return How::Whole(grpc::framed(&[0xff; 7]));
            }
            FaultKind::WrongShape { html: false } => {
                return How::Whole(render::json(200, &json!(["not", "what", "was", "asked"])));
            }
            FaultKind::ForeignObject => {
                return How::Whole(render::json(200, &json!({ "status": "signed out" })));
            }
            FaultKind::LoseEnd { bytes, fitting_length } => {
                return How::LoseEnd(rendered, *bytes, *fitting_length);
            }
            _ => {}
        }
    }
    How::Whole(rendered)
}
