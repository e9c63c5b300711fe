//! `GET` over HTTP, with what lets one in kept to where it belongs.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::{Client, Response, Url};
use tenko_core::{Arg, Message, msg};
use tenko_declare::HttpAuth;

use crate::reason;
use crate::settings::Settings;

/// How often a server may send one on.
const MAX_REDIRECTS: usize = 5;
/// The longest wait that a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// For one document from beginning to end, retries included: a server that trickles must not hold
/// up the run.
const TOTAL: Duration = Duration::from_secs(30 * 60);

/// A client for reading. Redirects are followed by hand: a library's own policy keeps headers that
/// must not go elsewhere, or cannot sign again.
pub(crate) fn client(settings: &Settings) -> Result<Client, crate::SetupError> {
    // Whoever embeds this may have chosen another one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("tenko/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.idle_timeout);
    if let Some(pem) = &settings.certificates {
        let wrong = |error: reqwest::Error| crate::SetupError::Certificates(reason::chain(&error));
        builder =
            builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem).map_err(wrong)?);
    }
    builder.build().map_err(|error| crate::SetupError::Client(reason::chain(&error)))
}

/// Makes requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Getter<'a> {
    pub(crate) client: &'a Client,
    pub(crate) settings: &'a Settings,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Empty unless the status is a success.
    pub(crate) body: Bytes,
    pub(crate) is_page: bool,
}

/// An attempt that failed.
struct Failed {
    reason: Message,
    /// Whether another may end better, and how long the server wants one to wait.
    again: Option<Duration>,
}

impl Failed {
    fn for_good(reason: Message) -> Self {
        Self { reason, again: None }
    }

    fn for_now(error: reqwest::Error) -> Self {
        let (is_timeout, is_connect) = (error.is_timeout(), error.is_connect());
        let error = reason::chain(&error.without_url());
        let reason = if is_timeout {
            msg!("code-http-slow", error = error)
        } else if is_connect {
            msg!("code-http-connect", error = error)
        } else {
            msg!("code-http-broken", error = error)
        };
        Self { reason, again: Some(Duration::ZERO) }
    }
}

impl Getter<'_> {
    /// Reads what is at an address, again where that may help.
    pub(crate) async fn get(
        &self,
        url: &Url,
        auth: Option<&HeaderValue>,
        max: u64,
    ) -> Result<Answer, Message> {
        let attempts = self.attempts(url, auth, max);
        match tokio::time::timeout(TOTAL, attempts).await {
            Ok(answer) => answer,
            Err(_) => Err(msg!("code-http-timeout", minutes = TOTAL.as_secs() / 60)),
        }
    }

    async fn attempts(
        &self,
        url: &Url,
        auth: Option<&HeaderValue>,
        max: u64,
    ) -> Result<Answer, Message> {
        let mut delay = self.settings.retry_delay;
        for attempt in 1.. {
            let failed = match self.attempt(url, auth, max).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let Some(asked) = failed.again.filter(|_| attempt < self.settings.attempts) else {
                return Err(match attempt {
                    1 => failed.reason,
                    n => msg!("code-http-attempts", why = failed.reason, n = n),
                });
            };
            tokio::time::sleep(delay.max(asked)).await;
            delay = delay.saturating_mul(2);
        }
        Err(msg!("code-fault"))
    }

    async fn attempt(
        &self,
        url: &Url,
        auth: Option<&HeaderValue>,
        max: u64,
    ) -> Result<Answer, Failed> {
        let mut at = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.client.get(at.clone()).header(ACCEPT, "application/json, */*");
            // A token belongs to the server that it was given for.
            if let Some(auth) = auth.filter(|_| at.origin() == url.origin()) {
                request = request.header(AUTHORIZATION, auth);
            }
            let response = request.send().await.map_err(Failed::for_now)?;
            match next(&at, &response)? {
                Some(to) => at = to,
                None => return whole(response, max).await,
            }
        }
        Err(Failed::for_good(msg!("code-http-redirects", n = MAX_REDIRECTS)))
    }
}

/// Where a redirect leads.
fn next(at: &Url, response: &Response) -> Result<Option<Url>, Failed> {
    let status = response.status();
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let to = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let to = to.and_then(|to| at.join(to).ok()).ok_or_else(|| {
        Failed::for_good(msg!("code-http-redirect-nowhere", status = code(status.as_u16())))
    })?;
    let fits = match to.scheme() {
        "https" => true,
        "http" => at.scheme() == "http",
        _ => false,
    };
    if fits { Ok(Some(to)) } else { Err(Failed::for_good(msg!("code-http-redirect-plain"))) }
}

/// Reads an answer to its end.
async fn whole(mut response: Response, max: u64) -> Result<Answer, Failed> {
    let status = response.status();
    let headers = response.headers().clone();
    if matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504) {
        let reason = match status.as_u16() {
            429 => msg!("code-http-busy"),
            other => msg!("code-http-fault", status = code(other)),
        };
        return Err(Failed { reason, again: Some(retry_after(&headers)) });
    }
    let is_page = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"));
    // What a server says of its refusal is not shown, so it is not read.
    if !status.is_success() {
        return Ok(Answer { status, body: Bytes::new(), is_page });
    }
    let too_large = || Failed::for_good(reason::too_large(max));
    if response.content_length().is_some_and(|length| length > max) {
        return Err(too_large());
    }
    let known = response.content_length().unwrap_or_default();
    let mut body = BytesMut::with_capacity(usize::try_from(known).unwrap_or_default());
    while let Some(chunk) = response.chunk().await.map_err(Failed::for_now)? {
        if (body.len() + chunk.len()) as u64 > max {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body: body.freeze(), is_page })
}

/// How long a server wants one to wait, a minute at most: seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Duration {
    let Some(text) = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()) else {
        return Duration::ZERO;
    };
    if let Ok(seconds) = text.trim().parse() {
        return Duration::from_secs(seconds).min(MAX_WAIT);
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim());
    let left = date.map(|date| date.duration_since(jiff::Timestamp::now()));
    left.ok().and_then(|left| Duration::try_from(left).ok()).unwrap_or_default().min(MAX_WAIT)
}

/// The header that lets one in.
pub(crate) fn header(settings: &Settings, auth: &HttpAuth) -> Result<Option<HeaderValue>, Message> {
    match auth {
        HttpAuth::Bearer { token_env } => {
            bearer(&secret(settings, token_env)?, token_env).map(Some)
        }
        HttpAuth::Basic { user_env, password_env } => {
            let user = secret(settings, user_env)?;
            let password = secret(settings, password_env)?;
            basic(&user, &password).map(Some)
        }
        _ => Ok(None),
    }
}

/// What a variable holds.
pub(crate) fn secret(settings: &Settings, name: &str) -> Result<String, Message> {
    match (settings.environment)(name) {
        // A line's end comes from files.
        Some(value) if !value.trim_end().is_empty() => Ok(value.trim_end().to_owned()),
        Some(_) => Err(msg!("code-variable-empty", name = name)),
        None => Err(msg!("code-variable-unset", name = name)),
    }
}

/// A bearer token as a header; nothing of it is in the error.
pub(crate) fn bearer(token: &str, name: &str) -> Result<HeaderValue, Message> {
    sensitive(&format!("Bearer {token}")).ok_or_else(|| msg!("code-variable-no-token", name = name))
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, Message> {
    // The client's own builder knows the encoding.
    let request = Client::new().get("http://localhost/").basic_auth(user, Some(password)).build();
    let header = request.ok().and_then(|request| request.headers().get(AUTHORIZATION).cloned());
    header.ok_or_else(|| msg!("code-http-password"))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A status: a name in figures, not an amount.
pub(crate) fn code(status: u16) -> Arg {
    Arg::text(status)
}

/// The state at an address.
pub(crate) async fn state(
    getter: Getter<'_>,
    url: &str,
    auth: &HttpAuth,
) -> Result<Bytes, Message> {
    let header = header(getter.settings, auth)?;
    let parsed =
        Url::parse(url).map_err(|error| msg!("code-http-address", error = Arg::text(error)))?;
    let answer = getter.get(&parsed, header.as_ref(), getter.settings.max_bytes).await?;
    let is_anonymous = header.is_none();
    Err(match answer.status.as_u16() {
        200 if answer.is_page => msg!("code-http-page"),
        200 => return Ok(answer.body),
        204 => msg!("code-http-no-state"),
        401 if is_anonymous => msg!("code-http-who"),
        401 => msg!("code-http-unknown"),
        403 if is_anonymous => msg!("code-http-nobody"),
        403 => msg!("code-http-denied"),
        404 => msg!("code-http-missing"),
        other => msg!("code-http-status", status = code(other)),
    })
}
