//! Where the browser brings the answer: a listener on this machine that takes one answer and is gone.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reqwest::Url;
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

/// The path that clients are registered with; the port may be any. Source: RFC 8252, section 7.3.
pub(super) const PATH: &str = "/oauth/callback";

/// Browsers open a few connections ahead; more than that is not a browser.
const MOST_CONNECTIONS: usize = 16;
/// One connection's whole life: it brings one small request.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);
/// The longest query that is looked at. Authorization codes are a few hundred characters.
const LONGEST_QUERY: usize = 16 * 1024;

/// What came back.
pub(super) enum Answer {
    Code(Zeroizing<String>),
    /// The service's word for it, e.g. `access_denied`.
    Refused(String),
}

/// A listener for one answer.
pub(super) struct Callback {
    listener: TcpListener,
    redirect: String,
}

/// What one connection brought.
#[derive(Clone)]
struct Slot {
    state: Arc<Zeroizing<String>>,
    answer: Arc<Mutex<Option<Answer>>>,
}

impl Callback {
    pub(super) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let redirect = format!("http://{}{PATH}", listener.local_addr()?);
        Ok(Self { listener, redirect })
    }

    /// Where the browser is to be sent.
    pub(super) fn redirect(&self) -> &str {
        &self.redirect
    }

    /// Waits for the answer with this state. Anything else that comes is turned away.
    pub(super) async fn answer(self, state: Zeroizing<String>) -> Answer {
        let state = Arc::new(state);
        let (sender, mut receiver) = mpsc::channel(1);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some(answer) = receiver.recv() => return answer,
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept(), if connections.len() < MOST_CONNECTIONS => {
                    match accepted {
                        Ok((stream, _)) => {
                            let slot = Slot { state: state.clone(), answer: Arc::default() };
                            connections.spawn(serve(stream, slot, sender.clone()));
                        }
                        // Out of descriptors, or the browser let go again: neither lasts.
                        Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                    }
                }
            }
        }
    }
}

/// One connection, one request. The answer is passed on when the browser has its page.
async fn serve(stream: TcpStream, slot: Slot, sender: mpsc::Sender<Answer>) {
    let for_request = slot.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let page = for_request.take(&request);
        async move { Ok::<_, Infallible>(page) }
    });
    let mut server = http1::Builder::new();
    server.keep_alive(false).max_buf_size(32 * 1024);
    let connection = server.serve_connection(TokioIo::new(stream), service);
    let _ = tokio::time::timeout(CONNECTION_LIMIT, connection).await;
    let answer = slot.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(answer) = answer {
        let _ = sender.try_send(answer);
    }
}

impl Slot {
    fn take<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        if request.uri().path() != PATH {
            return page(StatusCode::NOT_FOUND, "There is nothing here.");
        }
        if request.method() != Method::GET {
            return page(
                StatusCode::METHOD_NOT_ALLOWED,
                "This address takes one answer of a sign-in.",
            );
        }
        let Some(answer) = self.read(request.uri().query().unwrap_or_default()) else {
            return page(
                StatusCode::BAD_REQUEST,
                "This is not the answer of the sign-in that was begun here.",
            );
        };
        let text = match &answer {
            Answer::Code(_) => "Signed in. You can close this page and go back to the terminal.",
            Answer::Refused(_) => {
                "Access was refused. You can close this page; the terminal says more."
            }
        };
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        page(StatusCode::OK, text)
    }

    fn read(&self, query: &str) -> Option<Answer> {
        if query.len() > LONGEST_QUERY {
            return None;
        }
        let mut url = Url::parse("http://127.0.0.1/").ok()?;
        url.set_query(Some(query));
        let (mut code, mut state, mut error) = (None, None, None);
        for (name, value) in url.query_pairs() {
            let field = match &*name {
                "code" => &mut code,
                "state" => &mut state,
                "error" => &mut error,
                _ => continue,
            };
            // Twice the same is nobody's answer.
            if field.replace(Zeroizing::new(value.into_owned())).is_some() {
                return None;
            }
        }
        // An error may come without the state: it gives nothing away and starts nothing.
        if let (Some(error), None) = (&error, &state) {
            return Some(Answer::Refused(error.chars().take(100).collect()));
        }
        if !bool::from(state?.as_bytes().ct_eq(self.state.as_bytes())) {
            return None;
        }
        match (error, code) {
            (Some(error), _) => Some(Answer::Refused(error.chars().take(100).collect())),
            (None, Some(code)) if !code.is_empty() => Some(Answer::Code(code)),
            _ => None,
        }
    }
}

/// A page of fixed text: nothing of the request is in it.
fn page(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>tenko</title>\
         <style>body{{font:1.2rem/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32rem;padding:0 1rem}}</style>\
         <p>{text}</p></html>\n"
    );
    let mut response = Response::new(Full::new(Bytes::from(html)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(CONTENT_TYPE, "text/html; charset=utf-8");
    set(CACHE_CONTROL, "no-store");
    set(REFERRER_POLICY, "no-referrer");
    set(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot() -> Slot {
        Slot { state: Arc::new(Zeroizing::new("s-1".to_owned())), answer: Arc::default() }
    }

    #[test]
    fn only_the_answer_with_the_state_counts() {
        let code = |query: &str| match slot().read(query) {
            Some(Answer::Code(code)) => code.to_string(),
            Some(Answer::Refused(error)) => format!("!{error}"),
            None => "-".to_owned(),
        };
        assert_eq!(code("code=a%2Bb&state=s-1&x=%ff"), "a+b");
        assert_eq!(code("code=a&state=s-2"), "-");
        assert_eq!(code("code=a&state="), "-");
        assert_eq!(code("code=a"), "-");
        assert_eq!(code("state=s-1"), "-");
        assert_eq!(code("code=&state=s-1"), "-");
        assert_eq!(code("code=a&code=b&state=s-1"), "-");
        assert_eq!(code("code=a&state=s-1&state=s-1"), "-");
        assert_eq!(code("error=access_denied&state=s-1"), "!access_denied");
        assert_eq!(code("error=access_denied"), "!access_denied");
        assert_eq!(code("error=access_denied&state=other"), "-");
        assert_eq!(code(&format!("code={}&state=s-1", "a".repeat(20_000))), "-");
        assert_eq!(code("&&==&%zz=%"), "-");
    }

    #[test]
    fn pages_hold_nothing_of_the_request() {
        let request = Request::get("/oauth/callback?code=<script>&state=x").body(());
        // `<` is no character of a URI: such a request does not even come this far.
        assert!(request.is_err());
        let request = Request::get("/oauth/callback?code=zebra&state=x").body(()).unwrap();
        let response = slot().take(&request);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(!format!("{:?}", response.body()).contains("zebra"));
        let request = Request::post("/oauth/callback?code=a&state=s-1").body(()).unwrap();
        assert_eq!(slot().take(&request).status(), StatusCode::METHOD_NOT_ALLOWED);
        let request = Request::get("/?code=a&state=s-1").body(()).unwrap();
        assert_eq!(slot().take(&request).status(), StatusCode::NOT_FOUND);
    }
}
