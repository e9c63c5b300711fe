//! Slack and GitHub as far as tenko speaks to them, played by a small server.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tenko_notify::{Change, GitHub, Http, Limits, NotifyError, RollingIssue, mark, slack};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

/// What the server does with the next request.
#[derive(Clone, Debug)]
enum Next {
    /// Answers with this status, header and body, and takes nothing in.
    Answer(u16, Option<(&'static str, &'static str)>, &'static str),
    /// Takes it in, and drops the connection without an answer.
    Lose,
}

#[derive(Default)]
struct State {
    next: VecDeque<Next>,
    seen: Vec<(String, String, Value)>,
    issues: Vec<Value>,
    posts: Vec<Value>,
    authorizations: Vec<String>,
}

#[derive(Clone)]
struct Server {
    url: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move {
                    let service = hyper::service::service_fn(|request| {
                        let state = state.clone();
                        async move { answer(&state, request).await }
                    });
                    let io = TokioIo::new(stream);
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(io, service)
                        .await;
                });
            }
        });
        Self { url, state }
    }

    fn then(&self, next: Next) {
        self.state.lock().unwrap().next.push_back(next);
    }

    fn github(&self) -> GitHub {
        GitHub {
            api: self.url.clone(),
            token: Zeroizing::new("ghs_secret".to_owned()),
            repository: "acme/infra".to_owned(),
            label: "tenko".to_owned(),
        }
    }

    fn issues(&self) -> Vec<Value> {
        self.state.lock().unwrap().issues.clone()
    }
}

/// A connection that ends like this has given no answer.
#[derive(Debug)]
struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lost")
    }
}

impl std::error::Error for Lost {}

async fn answer(
    state: &Mutex<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Lost> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut state = state.lock().unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    state.seen.push((parts.method.to_string(), path.clone(), body.clone()));
    if let Some(value) = parts.headers.get("authorization") {
        state.authorizations.push(value.to_str().unwrap().to_owned());
    }
    let next = state.next.pop_front();
    if let Some(Next::Answer(status, header, body)) = next {
        let mut response = Response::builder().status(status);
        if let Some((name, value)) = header {
            response = response.header(name, value);
        }
        return Ok(response.body(Full::new(Bytes::from(body))).unwrap());
    }
    let done = take_in(&mut state, parts.method.as_str(), &path, body);
    if let Some(Next::Lose) = next {
        return Err(Lost);
    }
    Ok(Response::new(Full::new(Bytes::from(done))))
}

fn take_in(state: &mut State, method: &str, path: &str, body: Value) -> String {
    if path.starts_with("/services/") {
        state.posts.push(body);
        return "ok".to_owned();
    }
    match method {
        "GET" => {
            let page: usize = path.rsplit("page=").next().unwrap().parse().unwrap();
            let all: Vec<_> = state.issues.iter().skip((page - 1) * 100).take(100).collect();
            serde_json::to_string(&all).unwrap()
        }
        "POST" => {
            let number = state.issues.len() + 1;
            let mut issue = body;
            issue["number"] = number.into();
            issue["state"] = "open".into();
            issue["html_url"] = format!("https://github.test/acme/infra/issues/{number}").into();
            state.issues.push(issue.clone());
            issue.to_string()
        }
        _ => {
            let number: usize = path.rsplit('/').next().unwrap().parse().unwrap();
            let issue = &mut state.issues[number - 1];
            for (key, value) in body.as_object().unwrap() {
                issue[key] = value.clone();
            }
            issue.to_string()
        }
    }
}

fn http() -> Http {
    let mut limits = Limits::default();
    limits.delay = Duration::from_millis(5);
    limits.longest_wait = Duration::from_millis(50);
    limits.attempts = 3;
    Http::new(None, limits).unwrap()
}

fn issue(run: &str, open: bool) -> RollingIssue {
    let body = format!("{}\n# {run}", mark(run));
    RollingIssue { run: run.to_owned(), title: format!("tenko {run}"), body, open }
}

fn webhook(server: &Server) -> Zeroizing<String> {
    Zeroizing::new(format!("{}/services/T0/B0/secret", server.url))
}

#[tokio::test]
async fn the_issue_rolls_on_and_is_closed_by_itself() {
    let server = Server::start().await;
    let (http, github) = (http(), server.github());
    assert_eq!(github.keep(&http, &issue("20260101", false)).await.unwrap(), Change::Nothing);
    let url = "https://github.test/acme/infra/issues/1".to_owned();
    let keep = |run, open| {
        let (http, github) = (http.clone(), github.clone());
        async move { github.keep(&http, &issue(run, open)).await }
    };
    assert_eq!(keep("20260102", true).await.unwrap(), Change::Created(url.clone()));
    assert_eq!(keep("20260102", true).await.unwrap(), Change::Unchanged(url.clone()));
    assert_eq!(keep("20260103", true).await.unwrap(), Change::Updated(url.clone()));
    let error = keep("20260102", true).await.unwrap_err();
    assert!(matches!(&error, NotifyError::Later { run, .. } if run == "20260103"), "{error}");
    assert_eq!(keep("20260104", false).await.unwrap(), Change::Closed(url.clone()));
    assert_eq!(server.issues()[0]["state"], "closed");
    assert_eq!(keep("20260105", false).await.unwrap(), Change::Nothing);
    assert_eq!(keep("20260106", true).await.unwrap(), Change::Updated(url), "opened again");
    let issues = server.issues();
    assert_eq!((issues.len(), &issues[0]["state"]), (1, &json!("open")));
    assert_eq!(issues[0]["labels"], json!(["tenko"]));
    let state = server.state.lock().unwrap();
    assert!(state.authorizations.iter().all(|value| value == "Bearer ghs_secret"));
}

#[tokio::test]
async fn the_issue_is_found_among_many_and_others_are_left_alone() {
    let server = Server::start().await;
    {
        let mut state = server.state.lock().unwrap();
        for number in 1..=150 {
            state.issues.push(json!({
                "number": number, "state": "open", "body": "by hand", "html_url": "x",
            }));
        }
        let ours = |state: &str, number: u64| json!({"number": number, "state": state, "body": mark("20260101"), "html_url": "ours"});
        let mut pull = ours("open", 151);
        pull["pull_request"] = json!({});
        state.issues.extend([pull, ours("closed", 152), ours("open", 153)]);
    }
    let change = server.github().keep(&http(), &issue("20260102", true)).await.unwrap();
    assert_eq!(change, Change::Updated("ours".to_owned()));
    let issues = server.issues();
    assert!(issues[152]["body"].as_str().unwrap().contains("20260102"));
    assert!(issues[..152].iter().all(|issue| !issue["body"].to_string().contains("20260102")));
}

#[tokio::test]
async fn an_issue_that_was_made_without_an_answer_is_not_made_twice() {
    let server = Server::start().await;
    server.then(Next::Answer(200, None, "[]"));
    server.then(Next::Lose);
    let change = server.github().keep(&http(), &issue("20260102", true)).await.unwrap();
    assert!(matches!(change, Change::Created(_)), "{change:?}");
    assert_eq!(server.issues().len(), 1);
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let server = Server::start().await;
    server.then(Next::Answer(429, Some(("retry-after", "1")), "slow down"));
    server.then(Next::Answer(503, None, ""));
    slack(&http(), &webhook(&server), &json!({"text": "x"})).await.unwrap();
    assert_eq!(server.state.lock().unwrap().posts, [json!({"text": "x"})]);

    server.then(Next::Answer(403, Some(("x-ratelimit-remaining", "0")), "{}"));
    server.github().keep(&http(), &issue("1", true)).await.unwrap();
}

#[tokio::test]
async fn what_may_have_been_posted_is_not_posted_again() {
    let server = Server::start().await;
    server.then(Next::Lose);
    let error = slack(&http(), &webhook(&server), &json!({"text": "x"})).await.unwrap_err();
    assert!(matches!(error, NotifyError::NoAnswer { .. }), "{error}");
    server.then(Next::Answer(502, None, "bad gateway"));
    let error = slack(&http(), &webhook(&server), &json!({"text": "x"})).await.unwrap_err();
    assert!(matches!(error, NotifyError::Refused { status: 502, .. }), "{error}");
    assert_eq!(server.state.lock().unwrap().seen.len(), 2, "each was sent once");
}

#[tokio::test]
async fn errors_say_what_to_do_and_hold_no_secret() {
    let server = Server::start().await;
    let (http, url) = (http(), webhook(&server));
    server.then(Next::Answer(404, None, "no_service"));
    let refused = slack(&http, &url, &json!({})).await.unwrap_err();
    assert!(refused.to_string().contains("404: no_service"), "{refused}");
    assert!(refused.hint().unwrap().contains("make a new one"));
    server.then(Next::Answer(403, None, r#"{"message": "Resource not accessible"}"#));
    let denied = server.github().keep(&http, &issue("1", true)).await.unwrap_err();
    assert!(denied.to_string().contains("403: Resource not accessible"), "{denied}");
    assert!(denied.hint().unwrap().contains("issues: write"));

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = Zeroizing::new(format!("http://{closed}/services/T0/B0/secret"));
    let unreachable = slack(&http, &nobody, &json!({})).await.unwrap_err();
    assert!(matches!(unreachable, NotifyError::Unreachable { .. }), "{unreachable}");
    let plain = Zeroizing::new("http://hooks.slack.test/services/secret".to_owned());
    let in_the_clear = slack(&http, &plain, &json!({})).await.unwrap_err();
    assert!(matches!(in_the_clear, NotifyError::Address { .. }), "{in_the_clear}");
    for error in [refused, denied, unreachable, in_the_clear] {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn a_repository_is_two_segments_whatever_is_in_it() {
    let server = Server::start().await;
    let mut github = server.github();
    github.repository = "acme/../../user?x=1#".to_owned();
    let _ = github.keep(&http(), &issue("1", false)).await;
    let path = server.state.lock().unwrap().seen[0].1.clone();
    assert!(path.starts_with("/repos/acme/..%2F..%2Fuser%3Fx=1%23/issues?"), "{path}");
}

#[test]
fn marks_cannot_be_broken_out_of() {
    assert_eq!(mark("2026-->x<!--"), "<!-- tenko:run=2026--x-- -->");
}
