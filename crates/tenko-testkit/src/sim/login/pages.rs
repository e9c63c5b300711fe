//! What browsers open, and the console's federation endpoint: requests that no API describes.

use std::sync::PoisonError;
use std::time::Duration;

use http::request::Parts;
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::super::fault::FaultKind;
use super::super::faults::Target;
use super::super::handle::{How, Reply};
use super::super::log::Seen;
use super::super::render::Rendered;
use super::super::server::Shared;
use super::super::wire;
use super::super::world::World;
use super::Approval;

/// A page.
#[derive(Clone, Copy)]
enum Page {
    /// `/authorize`: the start of the authorization code grant.
    Authorize,
    /// `/device`: where a device's code is confirmed.
    Device,
    /// `/federation`, one of its actions.
    SigninToken,
    Login,
}

/// Answers a request for a page; `None` where it is for none.
pub(in crate::sim) fn handle(shared: &Shared, parts: &Parts, body: &[u8]) -> Option<Reply> {
    // Buckets may have these names.
    if parts.headers.contains_key("authorization") {
        return None;
    }
    let mut asked = wire::form(parts.uri.query().unwrap_or_default());
    let is_post = parts.method == Method::POST;
    if is_post {
        asked.extend(wire::form(&String::from_utf8_lossy(body)));
    }
    let get = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let page = match (parts.uri.path(), get("Action")) {
        ("/authorize", _) if !is_post => Page::Authorize,
        ("/device", _) if !is_post => Page::Device,
        ("/federation", Some("getSigninToken")) => Page::SigninToken,
        ("/federation", Some("login")) => Page::Login,
        _ => return None,
    };
    let (service, operation) = match page {
        Page::Authorize => ("sso-oidc", "Authorize"),
        Page::Device => ("sso-oidc", "Device"),
        Page::SigninToken => ("signin", "GetSigninToken"),
        Page::Login => ("signin", "Login"),
    };
    let place = shared.log.push(Seen {
        account: None,
        key: None,
        region: None,
        service: service.to_owned(),
        operation: operation.to_owned(),
        page: 1,
        signed: false,
        is_dry_run: false,
        status: None,
    });
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let input: Value = asked.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
    let target = Target { account: "", region: "", service, operation, page: 1, input: &input };
    let kinds =
        shared.faults.lock().unwrap_or_else(PoisonError::into_inner).hit(&target, world.seed);
    let delay = kinds.iter().map(|kind| match kind {
        FaultKind::Delay { ms } => Duration::from_millis(*ms),
        _ => Duration::ZERO,
    });
    let reply = |how| Some(Reply { delay: delay.clone().sum(), skew: 0, how, place });
    for kind in &kinds {
        let status = match kind {
            FaultKind::Disconnect => return reply(How::Disconnect),
            FaultKind::Hang => return reply(How::Hang),
            FaultKind::Deny { .. } => StatusCode::FORBIDDEN,
            FaultKind::Throttle => StatusCode::TOO_MANY_REQUESTS,
            FaultKind::ServerError | FaultKind::HtmlError500 => StatusCode::INTERNAL_SERVER_ERROR,
            FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => continue,
        };
        return reply(How::Whole(html(status, "The request could not be answered")));
    }
    let rendered = match page {
        Page::Authorize => authorize(shared, &world, &get),
        Page::Device => device(shared, &world, &get),
        Page::SigninToken if is_post && world.console.refuses_post => {
            html(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
        }
        Page::SigninToken => {
            let sessions = shared.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            let mut sign_ins = shared.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
            match sign_ins.token(&world, &sessions, &asked, is_post) {
                Ok(token) => Rendered {
                    status: StatusCode::OK,
                    headers: vec![("content-type", "application/json".to_owned())],
                    body: json!({ "SigninToken": token }).to_string(),
                },
                Err(why) => html(StatusCode::BAD_REQUEST, why),
            }
        }
        Page::Login => {
            let mut sign_ins = shared.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
            match sign_ins.open(&asked) {
                Ok(destination) => redirect(destination),
                Err(why) => html(StatusCode::BAD_REQUEST, why),
            }
        }
    };
    reply(How::Whole(rendered))
}

type Get<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

fn authorize<'a>(shared: &Shared, world: &World, get: &Get<'a>) -> Rendered {
    let wrong = |why: &str| html(StatusCode::BAD_REQUEST, why);
    let Some(center) = &world.identity_center else { return wrong("no Identity Center") };
    let (Some(client), Some(to)) = (get("client_id"), get("redirect_uri")) else {
        return wrong("no client");
    };
    if get("response_type") != Some("code") || get("code_challenge_method") != Some("S256") {
        return wrong("only codes with a S256 challenge");
    }
    let challenge = get("code_challenge").unwrap_or_default();
    let mut state = shared.center.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(code) = state.authorize(client, to, challenge) else {
        return wrong("invalid_redirect_uri");
    };
    let outcome = match center.approval {
        Approval::Never => return html(StatusCode::OK, "Sign in"),
        Approval::Deny => ("error", "access_denied".to_owned()),
        Approval::AfterPolls(_) | Approval::InBrowser => ("code", code),
    };
    let escape = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut to = format!("{to}?{}={}", outcome.0, escape(&outcome.1));
    if let Some(state) = get("state") {
        to = format!("{to}&state={}", escape(state));
    }
    redirect(to)
}

fn device<'a>(shared: &Shared, world: &World, get: &Get<'a>) -> Rendered {
    let mut state = shared.center.lock().unwrap_or_else(PoisonError::into_inner);
    let code = get("user_code").unwrap_or_default();
    match &world.identity_center {
        Some(center) if state.open(center, code) => html(StatusCode::OK, "You may close this page"),
        _ => html(StatusCode::BAD_REQUEST, "The code is not known"),
    }
}

fn redirect(to: String) -> Rendered {
    Rendered { status: StatusCode::FOUND, headers: vec![("location", to)], body: String::new() }
}

fn html(status: StatusCode, text: &str) -> Rendered {
    Rendered {
        status,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: format!("<!doctype html>\n<html><title>{text}</title><h1>{text}</h1></html>\n"),
    }
}
