//! Opens a secret address in a browser without telling anybody else.
//!
//! What opens a browser (`xdg-open` and its like) gets the address as an argument, and arguments can
//! be read by every user of the machine. So it gets one of this machine, which leads to the secret
//! one once. Whoever is faster than the browser could take it, and then the browser says so.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{ALLOW, HeaderName, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::server::loopback::{self, Answer};

const REFERRER_POLICY: HeaderName = HeaderName::from_static("referrer-policy");

/// An address on this machine that leads to a secret one, once. It is gone when dropped.
pub struct OneShot {
    address: SocketAddr,
    nonce: Zeroizing<String>,
    served: Option<oneshot::Receiver<()>>,
    server: JoinHandle<()>,
}

/// Why a redirect was of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotServed {
    /// Nobody came.
    #[error("no browser asked for the address within {} seconds", .0.as_secs())]
    Timeout(Duration),
    /// Somebody came, and the connection broke.
    #[error("the connection broke before the browser had the address")]
    Broken,
}

impl NotServed {
    /// What to do next.
    pub fn hint(self) -> &'static str {
        "run it again, or print the address and open it by hand"
    }
}

impl OneShot {
    /// Listens on a free port.
    ///
    /// # Errors
    /// Where no port can be had, and for an address that no header can hold.
    pub async fn bind(url: Zeroizing<String>) -> io::Result<Self> {
        let wrong = |_| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "the address has characters that no address has",
            )
        };
        let mut location = HeaderValue::from_str(&url).map_err(wrong)?;
        location.set_sensitive(true);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = loopback::address(&listener)?;
        let nonce = loopback::random::<16>();
        let (done, served) = oneshot::channel();
        let path = Zeroizing::new(format!("/{}", nonce.as_str()));
        let shot = Arc::new(Shot { path, left: Mutex::new(Some((location, done))) });
        let answers = loopback::run(listener, address.port(), move |request: Request<Incoming>| {
            let shot = Arc::clone(&shot);
            async move { shot.answer(&request) }
        });
        Ok(Self { address, nonce, served: Some(served), server: tokio::spawn(answers) })
    }

    /// `http://127.0.0.1:PORT/NONCE`
    pub fn address(&self) -> String {
        format!("http://{}/{}", self.address, self.nonce.as_str())
    }

    /// Waits until a browser has the secret address. Later it is told that it came too late, for as
    /// long as this value lives.
    ///
    /// # Errors
    /// [`NotServed`]; after a timeout it can be waited for again.
    pub async fn served(&mut self, timeout: Duration) -> Result<(), NotServed> {
        let Some(served) = &mut self.served else { return Ok(()) };
        let told = tokio::time::timeout(timeout, served).await;
        let told = told.map_err(|_| NotServed::Timeout(timeout))?;
        self.served = None;
        told.map_err(|_| NotServed::Broken)
    }
}

impl Drop for OneShot {
    fn drop(&mut self) {
        // The task owns the connections, so they end with it.
        self.server.abort();
    }
}

impl fmt::Debug for OneShot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneShot").field("address", &self.address).finish_non_exhaustive()
    }
}

struct Shot {
    path: Zeroizing<String>,
    left: Mutex<Option<(HeaderValue, oneshot::Sender<()>)>>,
}

impl Shot {
    fn answer(&self, request: &Request<Incoming>) -> Answer {
        let is_it = request.uri().path().as_bytes().ct_eq(self.path.as_bytes());
        if !bool::from(is_it) {
            return loopback::plain(StatusCode::NOT_FOUND, "there is nothing here\n").into();
        }
        // Previews and checks of links come with HEAD, and must not use it up.
        if request.method() != Method::GET {
            let mut response =
                loopback::plain(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered\n");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
            return response.into();
        }
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((location, done)) = left else {
            let text = "this address was good for one use: run the command again\n";
            return loopback::plain(StatusCode::GONE, text).into();
        };
        Answer { response: found(location), written: Some(done) }
    }
}

fn found(location: HeaderValue) -> Response<Full<Bytes>> {
    let mut response = loopback::plain(StatusCode::FOUND, "");
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::loopback::tests::raw;

    const SECRET: &str = "https://signin.aws.amazon.com/federation?SigninToken=SECRET";

    async fn shot() -> OneShot {
        OneShot::bind(Zeroizing::new(SECRET.to_owned())).await.unwrap()
    }

    async fn ask(shot: &OneShot, method: &str, path: &str) -> String {
        let host = shot.address;
        raw(host, &format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await
    }

    #[tokio::test]
    async fn it_leads_on_once() {
        let mut shot = shot().await;
        let path = format!("/{}", shot.nonce.as_str());
        assert_eq!(shot.address(), format!("http://{}{path}", shot.address));
        assert_eq!(path.len(), 33);
        let first = ask(&shot, "GET", &path).await;
        assert!(first.starts_with("HTTP/1.1 302 "), "{first}");
        assert!(first.contains(&format!("location: {SECRET}\r\n")));
        assert!(first.contains("referrer-policy: no-referrer\r\n"));
        assert!(first.contains("cache-control: no-store\r\n"));
        assert_eq!(shot.served(Duration::from_secs(5)).await, Ok(()));
        assert_eq!(shot.served(Duration::from_secs(5)).await, Ok(()));
        let second = ask(&shot, "GET", &path).await;
        assert!(second.starts_with("HTTP/1.1 410 "), "{second}");
        assert!(!second.contains("SECRET"));
    }

    #[tokio::test]
    async fn other_paths_methods_and_hosts_do_not_use_it_up() {
        let mut shot = shot().await;
        let path = format!("/{}", shot.nonce.as_str());
        for (method, path, status) in [
            ("GET", "/", 404),
            ("GET", "/favicon.ico", 404),
            ("GET", &path[..path.len() - 1], 404),
            ("HEAD", &path, 405),
            ("POST", &path, 405),
        ] {
            let answer = ask(&shot, method, path).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
            assert!(!answer.contains("SECRET"));
        }
        let other = format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        assert!(raw(shot.address, &other).await.starts_with("HTTP/1.1 403 "));
        let waited = shot.served(Duration::from_millis(20)).await;
        assert_eq!(waited, Err(NotServed::Timeout(Duration::from_millis(20))));
        assert!(ask(&shot, "GET", &path).await.starts_with("HTTP/1.1 302 "));
        assert_eq!(shot.served(Duration::from_secs(5)).await, Ok(()));
    }

    #[tokio::test]
    async fn of_many_at_once_one_gets_it() {
        let shot = Arc::new(shot().await);
        let path = format!("/{}", shot.nonce.as_str());
        let mut asks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (shot, path) = (Arc::clone(&shot), path.clone());
            asks.spawn(async move { ask(&shot, "GET", &path).await });
        }
        let answers = asks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.contains("SECRET")).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.contains(" 410 ")).count(), 19);
    }

    #[tokio::test]
    async fn dropped_it_is_gone_and_debug_shows_no_secret() {
        let shot = shot().await;
        let text = format!("{shot:?}");
        assert!(!text.contains("SECRET") && !text.contains(shot.nonce.as_str()));
        let address = shot.address;
        drop(shot);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn an_address_with_a_line_break_is_refused() {
        let url = Zeroizing::new("https://x/\r\nSet-Cookie: a=b".to_owned());
        assert!(OneShot::bind(url).await.is_err());
    }
}
