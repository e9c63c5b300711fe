//! Credentials for programs on this machine, fresh whenever they ask: the endpoint of the AWS SDKs'
//! container credential provider, on a loopback address and with a token.
//!
//! `GET /credentials` with the token as its `Authorization` header answers `AccessKeyId`,
//! `SecretAccessKey`, `Token`, `Expiration`, `RoleArn` and `AccountId`. botocore waits two seconds
//! and tries three times, so a source should have its session at hand.

pub(crate) mod loopback;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ALLOW, AUTHORIZATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use serde::Serialize;
use subtle::ConstantTimeEq;
use tenko_core::BoxFuture;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::child::stamp;
use crate::session::{ReadOnlySession, Secrets};

/// The one path.
const PATH: &str = "/credentials";
/// For the source; less than a connection has.
const ASK: Duration = Duration::from_secs(60);
const JSON: &str = "application/json";

/// Where the endpoint gets the session from, each time that it is asked: one that is still good, or
/// a new one.
pub trait SessionSource: Send + Sync {
    /// The session, or what to tell people; the text goes to the client and must hold no secret.
    fn session(&self) -> BoxFuture<'_, Result<ReadOnlySession, String>>;
}

/// A token for [`serve`] that nobody can guess (256 bits).
pub fn token() -> Zeroizing<String> {
    loopback::random::<32>()
}

/// Answers until `stop` is ready; connections that are open then are closed.
///
/// # Errors
/// Where the listener can be reached from other machines, and for an empty token.
pub async fn serve(
    listener: TcpListener,
    token: Zeroizing<String>,
    source: Arc<dyn SessionSource>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let address = loopback::address(&listener)?;
    if token.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the endpoint needs a token"));
    }
    let endpoint = Arc::new(Endpoint { token: digest(token.as_bytes()), source });
    drop(token);
    let answers = loopback::run(listener, address.port(), move |request| {
        let endpoint = Arc::clone(&endpoint);
        async move {
            let response = endpoint.answer(&request).await;
            tracing::debug!(status = response.status().as_u16(), "asked for credentials");
            response.into()
        }
    });
    tokio::select! {
        () = answers => {}
        () = stop => {}
    }
    Ok(())
}

struct Endpoint {
    token: [u8; blake3::OUT_LEN],
    source: Arc<dyn SessionSource>,
}

impl Endpoint {
    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if request.uri().path() != PATH {
            return loopback::plain(StatusCode::NOT_FOUND, "there is only /credentials\n");
        }
        if request.method() != Method::GET {
            let mut response =
                problem(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "only GET is answered");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
            return response;
        }
        if !self.lets_in(request) {
            let text = "the Authorization header does not hold the token of this endpoint";
            return problem(StatusCode::UNAUTHORIZED, "Unauthorized", text);
        }
        match tokio::time::timeout(ASK, self.source.session()).await {
            Ok(Ok(session)) => credentials(&session),
            Ok(Err(reason)) => problem(StatusCode::BAD_REQUEST, "NoSession", &reason),
            Err(_) => {
                let text = format!("there was no session within {} seconds", ASK.as_secs());
                problem(StatusCode::BAD_REQUEST, "NoSession", &text)
            }
        }
    }

    /// Whether a request has the token. Digests are compared, all of their bytes, so that the time
    /// tells neither the token's length nor how much of it was right; a missing header is compared too.
    fn lets_in(&self, request: &Request<Incoming>) -> bool {
        let mut values = request.headers().get_all(AUTHORIZATION).iter();
        let given = values.next().map(HeaderValue::as_bytes).unwrap_or_default();
        let is_one = values.next().is_none();
        bool::from(digest(given).ct_eq(&self.token)) & is_one
    }
}

fn digest(token: &[u8]) -> [u8; blake3::OUT_LEN] {
    *blake3::hash(token).as_bytes()
}

/// What the container credential provider reads.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    expiration: String,
    role_arn: String,
    account_id: &'a str,
}

fn credentials(session: &ReadOnlySession) -> Response<Full<Bytes>> {
    let Secrets::Aws { access_key_id, secret_access_key, session_token } = session.secrets() else {
        return problem(StatusCode::BAD_REQUEST, "NoSession", "the session is not one of AWS");
    };
    let target = session.target();
    let account_id = target.scope.id.as_str();
    let document = Document {
        access_key_id,
        secret_access_key,
        token: session_token,
        expiration: stamp(session.expires()),
        role_arn: format!(
            "arn:{}:iam::{account_id}:role/{}",
            session.partition(),
            target.role.trim_start_matches('/')
        ),
        account_id,
    };
    // With room from the start: a buffer that grows leaves copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    match serde_json::to_writer(&mut *body, &document) {
        Ok(()) => loopback::reply(StatusCode::OK, JSON, Bytes::from_owner(body)),
        Err(_) => {
            problem(StatusCode::INTERNAL_SERVER_ERROR, "Internal", "the answer cannot be written")
        }
    }
}

/// An error as the SDKs show it.
fn problem(status: StatusCode, code: &str, message: &str) -> Response<Full<Bytes>> {
    let body = serde_json::json!({ "code": code, "message": message }).to_string();
    loopback::reply(status, JSON, Bytes::from(body))
}

#[cfg(test)]
mod tests;
