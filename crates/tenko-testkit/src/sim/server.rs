//! The server around it all.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, DATE};
use http::{HeaderValue, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use jiff::{SignedDuration, Timestamp};

use super::fault::Fault;
use super::faults::{FaultId, Faults};
use super::handle::{How, Reply, handle};
use super::identity::Sessions;
use super::log::Seen;
use super::login::SignIn;
use super::login::center::Center;
use super::login::console::SignIns;
use super::render::Rendered;
use super::session::Session;
use super::world::World;
use super::writes;
use crate::listen::Listening;
use crate::log::Log;

/// Most bytes of a request; real requests that read are far smaller.
const MAX_REQUEST: usize = 4 << 20;

/// The state that all connections share.
pub(super) struct Shared {
    pub(super) world: RwLock<World>,
    pub(super) sessions: Mutex<Sessions>,
    pub(super) center: Mutex<Center>,
    pub(super) sign_ins: Mutex<SignIns>,
    pub(super) faults: Mutex<Faults>,
    pub(super) log: Log<Seen>,
    /// Page size of every operation; zero leaves it to the caller.
    page_size: AtomicUsize,
    requests: AtomicU64,
}

impl Shared {
    /// An id for the next request; counted, so that runs are alike.
    pub(super) fn next_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        format!("00000000-0000-4000-8000-{number:012x}")
    }

    pub(super) fn page_size(&self) -> usize {
        self.page_size.load(Ordering::Relaxed)
    }
}

/// A simulated cloud on a loopback port. It stops when dropped.
pub struct SimCloud {
    shared: Arc<Shared>,
    listening: Listening,
}

impl SimCloud {
    /// Starts to serve a world. One with [problems](World::problems) is refused.
    pub async fn start(world: World) -> io::Result<Self> {
        let problems = world.problems();
        if !problems.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, problems.join("; ")));
        }
        let mut faults = Faults::default();
        for fault in &world.faults {
            faults.add(fault.clone());
        }
        let shared = Arc::new(Shared {
            page_size: AtomicUsize::new(world.page_size.unwrap_or(0)),
            world: RwLock::new(world),
            sessions: Mutex::default(),
            center: Mutex::default(),
            sign_ins: Mutex::default(),
            faults: Mutex::new(faults),
            log: Log::default(),
            requests: AtomicU64::new(0),
        });
        let served = Arc::clone(&shared);
        let listening = Listening::start(move |stream| {
            let shared = Arc::clone(&served);
            async move {
                let service = service_fn(move |request| serve(Arc::clone(&shared), request));
                // A client that goes away is no concern of ours.
                let server = hyper::server::conn::http1::Builder::new();
                let _ = server.serve_connection(stream, service).await;
            }
        });
        Ok(Self { shared, listening: listening.await? })
    }

    /// The endpoint of every service: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.listening.url()
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// Changes the world between requests.
    pub fn update<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.shared.world.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a fault.
    pub fn add_fault(&self, fault: Fault) -> FaultId {
        self.faults(|faults| faults.add(fault))
    }

    /// Removes a fault; tells whether it was there.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        self.faults(|faults| faults.remove(id))
    }

    /// Removes all faults, those of the world too.
    pub fn clear_faults(&self) {
        self.faults(Faults::clear);
    }

    fn faults<T>(&self, change: impl FnOnce(&mut Faults) -> T) -> T {
        change(&mut self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets the page size of every paged operation; `None` leaves it to callers.
    pub fn set_page_size(&self, size: Option<usize>) {
        self.shared.page_size.store(size.unwrap_or(0), Ordering::Relaxed);
    }

    /// Requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_seen(&self) {
        self.shared.log.clear();
    }

    /// Sessions that were handed out, in order.
    pub fn sessions(&self) -> Vec<Session> {
        self.shared.sessions.lock().unwrap_or_else(PoisonError::into_inner).all()
    }

    /// Ends all sessions: their keys now answer that they have expired.
    pub fn expire_sessions(&self) {
        self.expire_sessions_that(|_| true);
    }

    /// Ends the sessions that are chosen.
    pub fn expire_sessions_that(&self, which: impl Fn(&Session) -> bool) {
        self.shared.sessions.lock().unwrap_or_else(PoisonError::into_inner).expire(which);
    }

    /// Ends the access tokens of IAM Identity Center; refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        self.shared.center.lock().unwrap_or_else(PoisonError::into_inner).expire();
    }

    /// Sign-ins to the console, in order.
    pub fn sign_ins(&self) -> Vec<SignIn> {
        self.shared.sign_ins.lock().unwrap_or_else(PoisonError::into_inner).all()
    }

    /// How often an operation was asked for: `sts:AssumeRole`, `signin:GetSigninToken`.
    pub fn count(&self, id: &str) -> usize {
        self.seen().iter().filter(|seen| seen.id() == id).count()
    }

    /// Requests that would have changed something. All of them were refused; a test of what only
    /// reads asserts that there are none. Dry runs do not count.
    pub fn writes(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(writes::would_change).collect()
    }
}

pub(super) type Body = BoxBody<Bytes, io::Error>;

pub(super) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never: Infallible| match never {}).boxed()
}

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_REQUEST).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => return Err(io::Error::other(error.to_string())),
    };
    let Reply { delay, skew, how, place } = handle(&shared, &parts, &body);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut response = match how {
        How::Disconnect => return Err(io::ErrorKind::ConnectionReset.into()),
        How::Hang => std::future::pending().await,
        How::Whole(rendered) => respond(rendered, |body| (full(body), None)),
        How::Truncated(rendered, at) => respond(rendered, |mut body| {
            body.truncate(at);
            (full(body), None)
        }),
        How::CutOff(rendered, at) => respond(rendered, |body| {
            let whole = body.len();
            let bytes = Bytes::from(body).slice(..at.min(whole));
            let frames = [Ok(Frame::data(bytes)), Err(io::ErrorKind::ConnectionReset.into())];
            (StreamBody::new(stream::iter(frames)).boxed(), Some(whole.max(at + 1)))
        }),
    };
    if skew != 0
        && let Ok(now) = Timestamp::now().checked_add(SignedDuration::from_secs(skew))
        && let Ok(value) =
            HeaderValue::from_str(&now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
    {
        response.headers_mut().insert(DATE, value);
    }
    let status = response.status().as_u16();
    shared.log.answered(place, |seen| seen.status = Some(status));
    Ok(response)
}

/// An HTTP response whose body is made from the rendered bytes.
fn respond(
    rendered: Rendered,
    make: impl FnOnce(Vec<u8>) -> (Body, Option<usize>),
) -> Response<Body> {
    let (body, length) = make(rendered.body.into_bytes());
    let mut response = Response::new(body);
    *response.status_mut() = rendered.status;
    let headers = response.headers_mut();
    for (name, value) in rendered.headers {
        // A value from the world may hold what no header can.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}
