//! The client: one request after the other, each past the guard.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use tenko_core::{Gate, RateKey};
use zeroize::Zeroizing;

use crate::call::Ledger;
use crate::endpoints::Endpoints;
use crate::error::{CallError, ErrorClass, chain};
use crate::official::retry::RetrySettings;
use crate::rest::{Guard, shape};
use crate::services::Services;
use crate::session::Session;
use crate::types::Call;

/// The largest page of resources that is read: far beyond one of any method.
pub(crate) const MAX_PAGE: usize = 256 << 20;

/// The header for the reason of a request. Unlike that for the quota project it takes no permission.
/// Source: the system parameters of Google Cloud APIs.
const REASON: &str = "x-goog-request-reason";

/// Calls REST APIs with the credentials of a session.
#[derive(Clone, Debug)]
pub(crate) struct RestClient {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoints: Endpoints,
    pub(crate) services: Services,
    pub(crate) guard: Guard,
    pub(crate) ledger: Ledger,
    pub(crate) retry: RetrySettings,
    /// The largest answer that is read, in bytes.
    pub(crate) max_body: usize,
}

/// A request that is about to be made.
pub(crate) struct Request<'a> {
    pub(crate) call: &'a Call,
    /// Percent-encoded, from the first slash.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'a str, String)>,
    /// Is told when the service finds the calls too many.
    pub(crate) gate: &'a dyn Gate,
    pub(crate) key: RateKey,
    /// What it is for, as the audit log of Google Cloud is to show it.
    pub(crate) reason: Option<&'a HeaderValue>,
}

/// The HTTP client of all REST calls: no redirects, since a token goes along.
///
/// # Errors
/// When it cannot be set up.
pub(crate) fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("tenko/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .build()
}

impl RestClient {
    /// Makes the call, again where that may help, and gives the answer as it is.
    pub(crate) async fn call(
        &self,
        session: &Session,
        request: &Request<'_>,
    ) -> Result<Value, CallError> {
        let operation = &request.call.operation;
        let start = Instant::now();
        let (mut attempt, mut renewed) = (0, false);
        loop {
            attempt += 1;
            let began = Instant::now();
            let error = match self.attempt(session, request).await {
                Ok(answer) => {
                    session.note(None);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if error.class == ErrorClass::Throttled {
                self.ledger.throttled(operation);
                request.gate.throttled(&request.key);
            }
            session.note(Some(error.is_retryable()));
            if error.class == ErrorClass::TokenRefused && !renewed && attempt < self.retry.attempts
            {
                renewed = true;
                session.renew(&self.services.scopes(&operation.service), began);
                continue;
            }
            let Some(wait) = self.retry.wait(&error, attempt, start) else { return Err(error) };
            tokio::time::sleep(wait).await;
            // While most calls of a project fail, trying each again only adds to the load.
            while session.holds_back() {
                attempt += 1;
                let Some(wait) = self.retry.wait(&error, attempt, start) else { return Err(error) };
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn attempt(&self, session: &Session, request: &Request<'_>) -> Result<Value, CallError> {
        let Call { def, operation, .. } = request.call;
        let refused = |ledger: &Ledger| {
            ledger.refuse();
            let text = format!("{} {} is not on the list of reads", def.http, request.path);
            CallError::own(operation, ErrorClass::Refused, "refused", text)
        };
        if !self.guard.admits(operation, &def.http, &request.path) {
            return Err(refused(&self.ledger));
        }
        let method = if def.http == "POST" { Method::POST } else { Method::GET };
        let url = format!("{}{}", self.endpoints.url(&operation.service), request.path);
        let scopes = self.services.scopes(&operation.service);
        let headers = session.headers(operation, &scopes).await?;
        // The request is counted when it is sure to leave.
        if !self.ledger.admit(operation) {
            return Err(refused(&self.ledger));
        }
        let mut builder = self
            .http
            .request(method, url)
            .headers(headers)
            .query(&request.query)
            .timeout(self.retry.attempt_timeout);
        if let Some(reason) = request.reason {
            builder = builder.header(REASON, reason);
        }
        if let Some(body) = &def.body {
            builder = builder.json(body);
        }
        let unreachable = |error: reqwest::Error| {
            let code = if error.is_timeout() { "timeout" } else { "unreachable" };
            // The address would only repeat the operation.
            let text = chain(&error.without_url());
            CallError::own(operation, ErrorClass::Unreachable, code, text)
        };
        let response = builder.send().await.map_err(unreachable)?;
        let (status, headers) = (response.status(), response.headers().clone());
        // It may be a token.
        let body = Zeroizing::new(self.body(request, response).await?);
        self.answer(request, status, &headers, &body)
    }

    async fn body(
        &self,
        request: &Request<'_>,
        mut response: reqwest::Response,
    ) -> Result<Vec<u8>, CallError> {
        let broken = |text: String| {
            let operation = &request.call.operation;
            CallError::own(operation, ErrorClass::Broken, "invalid-response", text)
        };
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| broken(chain(&error.without_url())))?
        {
            if body.len() + chunk.len() > self.max_body {
                return Err(broken(format!("the answer is larger than {} bytes", self.max_body)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn answer(
        &self,
        request: &Request<'_>,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Value, CallError> {
        let operation = &request.call.operation;
        if !status.is_success() {
            return Err(CallError::of_http(operation, status.as_u16(), headers, body));
        }
        let broken =
            |text: String| CallError::own(operation, ErrorClass::Broken, "invalid-response", text);
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| broken(format!("the answer is not whole JSON: {error}")))?;
        // A proxy's or a login page's answer is no empty list.
        let Some(object) = value.as_object() else {
            return Err(broken("the answer is not a JSON object".to_owned()));
        };
        if object.get("error").is_some_and(Value::is_object) {
            return Err(CallError::of_http(operation, 200, headers, body));
        }
        if !shape::fits(request.call, object) {
            return Err(broken("the answer is not of the method's form".to_owned()));
        }
        Ok(value)
    }
}
