//! A reverse proxy that forwards requests unchanged and writes down what they
//! were, to watch a client talk to any other endpoint.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{CONNECTION, HeaderName, TRANSFER_ENCODING};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::log::Seen;
use super::server::{Body, full};
use super::{tables, wire};
use crate::listen::Listening;
use crate::log::Log;

const MAX_BODY: usize = 64 << 20;

struct State {
    upstream: String,
    log: Log<Seen>,
    /// Accounts by access key, learnt from the answers to `AssumeRole`.
    accounts: Mutex<HashMap<String, String>>,
}

/// A recording proxy on a loopback port. It stops when dropped.
pub struct RecordingProxy {
    state: Arc<State>,
    listening: Listening,
}

impl RecordingProxy {
    /// Starts in front of an upstream like `http://127.0.0.1:5000`.
    pub async fn start(upstream: &str) -> io::Result<Self> {
        let uri: Uri = upstream.parse().map_err(io::Error::other)?;
        let authority = match (uri.scheme_str(), uri.authority()) {
            (Some("http"), Some(authority)) => authority.clone(),
            _ => return Err(io::Error::other("the upstream must be http://HOST:PORT")),
        };
        let port = authority.port_u16().unwrap_or(80);
        let state = Arc::new(State {
            upstream: format!("{}:{port}", authority.host()),
            log: Log::default(),
            accounts: Mutex::default(),
        });
        let served = Arc::clone(&state);
        let listening = Listening::start(move |stream| {
            let state = Arc::clone(&served);
            async move {
                let service = service_fn(move |request| forward(Arc::clone(&state), request));
                let mut server = hyper::server::conn::http1::Builder::new();
                server.preserve_header_case(true);
                let _ = server.serve_connection(stream, service).await;
            }
        });
        Ok(Self { state, listening: listening.await? })
    }

    /// Where clients go instead of the upstream.
    pub fn url(&self) -> String {
        self.listening.url()
    }

    /// Requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_seen(&self) {
        self.state.log.clear();
    }
}

async fn forward(state: Arc<State>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (mut parts, body) = request.into_parts();
    let body = read(body).await?;
    let call = wire::understand(&parts, &body);
    let id = call.id();
    let continues = tables::operation(&id)
        .and_then(|op| op.page.as_ref())
        .is_some_and(|page| call.input.get(&page.token_in).is_some_and(|v| !v.is_null()));
    let account = call.scope.as_ref().and_then(|s| state.known(&s.key));
    let place = state.log.push(Seen {
        account,
        key: call.scope.as_ref().map(|s| s.key.clone()),
        region: call.scope.as_ref().map(|s| s.region.clone()),
        page: if continues { 2 } else { 1 },
        signed: call.scope.is_some(),
        is_dry_run: call.is_dry_run(),
        service: call.service,
        operation: call.operation,
        status: None,
    });

    // The Host header stays, since it is signed; only hop-by-hop headers go.
    hop_by_hop(&mut parts.headers);
    let stream = TcpStream::connect(&state.upstream).await?;
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    let driver = tokio::spawn(connection);
    let sent = sender.send_request(Request::from_parts(parts, full(body))).await;
    let (mut parts, body) = sent.map_err(io::Error::other)?.into_parts();
    let body = read(body).await?;
    driver.abort();
    if id == "sts:AssumeRole" && parts.status.is_success() {
        state.learn(&call.input, &body);
    }
    state.log.answered(place, |seen| seen.status = Some(parts.status.as_u16()));
    hop_by_hop(&mut parts.headers);
    Ok(Response::from_parts(parts, full(body)))
}

/// Reads a body whole: a broken upstream answer breaks the client's as well.
async fn read(body: Incoming) -> io::Result<bytes::Bytes> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) => Err(io::Error::other(error.to_string())),
    }
}

fn hop_by_hop(headers: &mut http::HeaderMap) {
    for name in [CONNECTION, TRANSFER_ENCODING, HeaderName::from_static("keep-alive")] {
        headers.remove(name);
    }
}

impl State {
    fn known(&self, key: &str) -> Option<String> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn learn(&self, input: &Value, body: &[u8]) {
        let body = String::from_utf8_lossy(body);
        let key = body.split_once("<AccessKeyId>").and_then(|(_, rest)| rest.split('<').next());
        let account =
            input.get("RoleArn").and_then(Value::as_str).and_then(|arn| arn.split(':').nth(4));
        if let (Some(key), Some(account)) = (key, account) {
            self.accounts
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(key.trim().to_owned(), account.to_owned());
        }
    }
}
