//! What the servers on this machine have in common: they are for one user of it, so they are small,
//! limited in everything, and hear nobody that came by way of a name on the web.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

/// At the same time; more have to wait.
const CONNECTIONS: usize = 64;
/// For the head of a request: the client is on the same machine.
const HEAD: Duration = Duration::from_secs(5);
/// For a connection from beginning to end; asking for a session may be part of it.
pub(crate) const WHOLE: Duration = Duration::from_secs(90);
/// Of a request's head, in bytes; hyper's least is 8,192.
const BUFFER: usize = 16 * 1024;
const HEADERS: usize = 64;
const RETRY_ACCEPT: Duration = Duration::from_millis(20);

/// An answer, and who wants to know when it has left.
pub(crate) struct Answer {
    pub(crate) response: Response<Full<Bytes>>,
    /// Told when the answer was written, dropped where it could not be.
    pub(crate) written: Option<oneshot::Sender<()>>,
}

impl From<Response<Full<Bytes>>> for Answer {
    fn from(response: Response<Full<Bytes>>) -> Self {
        Self { response, written: None }
    }
}

/// Where a listener is, if that is on this machine alone.
pub(crate) fn address(listener: &TcpListener) -> io::Result<SocketAddr> {
    let address = listener.local_addr()?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        let reason = format!("{} can be reached from other machines", address.ip());
        Err(io::Error::new(io::ErrorKind::InvalidInput, reason))
    }
}

/// Answers one request per connection until dropped. Bodies of requests are never read.
pub(crate) async fn run<F, A>(listener: TcpListener, port: u16, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // Connections that have ended must not pile up.
        while connections.try_join_next().is_some() {}
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: wait for some to come back.
            tokio::time::sleep(RETRY_ACCEPT).await;
            continue;
        };
        let answer = answer.clone();
        connections.spawn(async move {
            let _ = tokio::time::timeout(WHOLE, connection(stream, port, answer)).await;
            drop(place);
        });
    }
}

async fn connection<F, A>(stream: TcpStream, port: u16, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let waiting: Arc<Mutex<Option<oneshot::Sender<()>>>> = Arc::default();
    let service = service_fn(|request: Request<Incoming>| {
        let answer = answer.clone();
        let waiting = Arc::clone(&waiting);
        async move {
            if !is_for(&request, port) {
                let text = "this address is not served here\n";
                return Ok::<_, Infallible>(plain(StatusCode::FORBIDDEN, text));
            }
            let Answer { response, written } = answer(request).await;
            *waiting.lock().unwrap_or_else(PoisonError::into_inner) = written;
            Ok(response)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .keep_alive(false)
        .max_buf_size(BUFFER)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    let written = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let (Ok(()), Some(written)) = (served, written) {
        let _ = written.send(());
    }
}

/// Whether a request means this machine. A page in a browser can have its own name lead here (DNS
/// rebinding), but the browser then sends that name.
fn is_for(request: &Request<Incoming>, port: u16) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Ok(host) = host.to_str() else { return false };
    let named = request.uri().authority().is_none_or(|authority| is_ours(authority.as_str(), port));
    named && is_ours(host, port)
}

fn is_ours(host: &str, port: u16) -> bool {
    let Some((name, given)) = host.rsplit_once(':') else { return false };
    let is_loopback =
        name == "127.0.0.1" || name == "[::1]" || name.eq_ignore_ascii_case("localhost");
    is_loopback && given == port.to_string()
}

/// An answer in words.
pub(crate) fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    reply(status, "text/plain; charset=utf-8", Bytes::from_static(text.as_bytes()))
}

/// An answer that nobody keeps.
pub(crate) fn reply(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Text that nobody can guess: `N` bytes from the system's generator, in hex.
pub(crate) fn random<const N: usize>() -> zeroize::Zeroizing<String> {
    use std::fmt::Write as _;
    let mut bytes = zeroize::Zeroizing::new([0_u8; N]);
    rand::fill(bytes.as_mut_slice());
    let mut text = zeroize::Zeroizing::new(String::with_capacity(2 * N));
    for byte in bytes.iter() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Sends these very bytes and reads to the end.
    pub(crate) async fn raw(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A server that refuses may close before all was sent.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[test]
    fn only_names_of_this_machine_with_the_port_are_ours() {
        for host in ["127.0.0.1:80", "localhost:80", "LOCALHOST:80", "[::1]:80"] {
            assert!(is_ours(host, 80), "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "127.0.0.1:81",
            "127.0.0.1:080",
            "127.0.0.1:80:80",
            "evil.example:80",
            "localhost.evil.example:80",
            "user@localhost:80",
            "0.0.0.0:80",
        ] {
            assert!(!is_ours(host, 80), "{host}");
        }
    }

    #[test]
    fn random_text_is_long_and_new() {
        let one = random::<16>();
        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, random::<16>());
    }
}
