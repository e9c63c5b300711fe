//! Requests, with as many attempts as do no harm.

use std::time::Duration;

use ::http::{HeaderMap, Method, StatusCode};
use reqwest::{Client, RequestBuilder, Url};

use crate::error::NotifyError;

/// As much of an answer as is read, in bytes. A page of 100 issues of 64 kB each is less.
const MAX_ANSWER: usize = 16 << 20;
/// As much of a refusal as is shown, in characters.
const MAX_SAID: usize = 300;

/// How often and how long.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Attempts, the first included.
    pub attempts: u32,
    /// The wait before the second; each further one is twice as long.
    pub delay: Duration,
    /// The longest wait that a server may ask for.
    pub longest_wait: Duration,
    /// For one request.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: 5,
            delay: Duration::from_secs(1),
            longest_wait: Duration::from_secs(120),
            timeout: Duration::from_secs(30),
        }
    }
}

/// Makes requests.
#[derive(Clone, Debug)]
pub struct Http {
    pub(crate) client: Client,
    limits: Limits,
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What became of one attempt.
enum Attempt {
    Answered(Answer),
    /// It did not get there.
    NotSent(String),
    /// It may have got there.
    Lost(String),
}

impl Http {
    /// A client. `certificates` (PEM) are trusted beside the system's.
    ///
    /// # Errors
    /// When the certificates are none, or the TLS of this machine cannot be used.
    pub fn new(certificates: Option<&[u8]>, limits: Limits) -> Result<Self, NotifyError> {
        // Whoever embeds this may have chosen another one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let wrong = |error: reqwest::Error| NotifyError::Client(chain(&error.without_url()));
        let mut builder = Client::builder()
            // A redirect would carry a token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("tenko/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .timeout(limits.timeout);
        if let Some(pem) = certificates {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(wrong)?;
            builder = builder.tls_certs_merge(certificates);
        }
        Ok(Self { client: builder.build().map_err(wrong)?, limits })
    }

    /// Sends a request until it is answered with something that is worth an attempt no more. What is
    /// `repeatable` does no harm when it is done twice.
    pub(crate) async fn send(
        &self,
        whose: &str,
        repeatable: bool,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Answer, NotifyError> {
        let mut delay = self.limits.delay;
        for attempt in 1.. {
            let last = attempt >= self.limits.attempts;
            let wait = match self.attempt(request()).await {
                Attempt::Answered(answer) => match again(&answer) {
                    // A server error may come from something in front that has passed it on.
                    Some(Again { taken: true, .. }) if !repeatable => {
                        return refused(whose, answer);
                    }
                    Some(Again { wait, .. }) if !last => wait,
                    _ if answer.status.is_success() => return Ok(answer),
                    _ => return refused(whose, answer),
                },
                Attempt::NotSent(why) if last => {
                    return Err(NotifyError::Unreachable { whose: whose.to_owned(), why });
                }
                Attempt::Lost(why) if !repeatable || last => {
                    return Err(NotifyError::NoAnswer { whose: whose.to_owned(), why });
                }
                Attempt::NotSent(_) | Attempt::Lost(_) => None,
            };
            let wait = wait.unwrap_or(delay).min(self.limits.longest_wait);
            tracing::debug!(whose, attempt, ?wait, "trying again");
            tokio::time::sleep(wait).await;
            delay = delay.saturating_mul(2);
        }
        Err(NotifyError::Unreachable { whose: whose.to_owned(), why: "no attempt".to_owned() })
    }

    async fn attempt(&self, request: RequestBuilder) -> Attempt {
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() || error.is_builder() => {
                return Attempt::NotSent(chain(&error.without_url()));
            }
            Err(error) => return Attempt::Lost(chain(&error.without_url())),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => return Attempt::Lost("the answer is too large".to_owned()),
                Ok(None) => return Attempt::Answered(Answer { status, headers, body }),
                // Its status says enough of a refusal; of a success the body may be needed.
                Err(_) if !status.is_success() => {
                    return Attempt::Answered(Answer { status, headers, body });
                }
                Err(error) => return Attempt::Lost(chain(&error.without_url())),
            }
        }
    }
}

/// That another attempt may end better.
struct Again {
    /// Whether it may have been taken in.
    taken: bool,
    /// How long the server wants one to wait.
    wait: Option<Duration>,
}

/// Source: RFC 9110 (`Retry-After`), "Rate limits for the REST API" of GitHub (403 with
/// `x-ratelimit-remaining: 0` or `retry-after`), "Rate limits" of Slack (429).
fn again(answer: &Answer) -> Option<Again> {
    let number = |name: &str| {
        answer.headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok())
    };
    let after = number("retry-after").map(Duration::from_secs);
    let exhausted = number("x-ratelimit-remaining") == Some(0);
    match answer.status.as_u16() {
        429 => Some(Again { taken: false, wait: after }),
        403 if after.is_some() || exhausted => Some(Again { taken: false, wait: after }),
        503 => Some(Again { taken: false, wait: after }),
        500 | 502 | 504 => Some(Again { taken: true, wait: after }),
        _ => None,
    }
}

fn refused(whose: &str, answer: Answer) -> Result<Answer, NotifyError> {
    let text = String::from_utf8_lossy(&answer.body);
    let said = match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(value) => value
            .get("message")
            .and_then(serde_json::Value::as_str)
            .map_or_else(|| text.trim().to_owned(), ToOwned::to_owned),
        Err(_) => text.trim().to_owned(),
    };
    Err(NotifyError::Refused {
        whose: whose.to_owned(),
        status: answer.status.as_u16(),
        said: said.chars().take(MAX_SAID).collect(),
    })
}

/// An address that a secret may be sent to: https, or this machine.
pub(crate) fn address(text: &str, whose: &str) -> Result<Url, NotifyError> {
    let wrong = || NotifyError::Address { whose: whose.to_owned() };
    let url = Url::parse(text.trim()).map_err(|_| wrong())?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        _ => Err(wrong()),
    }
}

/// An error with its causes; never with an address.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A request with JSON.
pub(crate) fn json(
    client: &Client,
    method: Method,
    url: &Url,
    body: &serde_json::Value,
) -> RequestBuilder {
    client.request(method, url.clone()).json(body)
}
