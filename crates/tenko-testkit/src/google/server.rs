//! The server around it all.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto;

use super::fault::{Fault, FaultId, Faults};
use super::handle::{How, Reply, handle};
use super::log::Seen;
use super::render::Rendered;
use super::tokens::{Impersonation, Tokens};
use super::world::World;
use crate::listen::Listening;
use crate::log::Log;

/// Most bytes of a request; real requests that read are far smaller.
const MAX_REQUEST: usize = 4 << 20;

/// The state that all connections share.
pub(super) struct Shared {
    pub(super) world: RwLock<World>,
    pub(super) tokens: Mutex<Tokens>,
    pub(super) faults: Mutex<Faults>,
    pub(super) log: Log<Seen>,
}

/// A simulated Google Cloud on a loopback port. It stops when dropped.
pub struct SimGoogle {
    shared: Arc<Shared>,
    listening: Listening,
}

impl SimGoogle {
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
            world: RwLock::new(world),
            tokens: Mutex::default(),
            faults: Mutex::new(faults),
            log: Log::default(),
        });
        let served = Arc::clone(&shared);
        let listening = Listening::start(move |stream| {
            let shared = Arc::clone(&served);
            async move {
                let service = service_fn(move |request| serve(Arc::clone(&shared), request));
                // HTTP/1.1, or HTTP/2 where its preface comes first. The executor's tasks end with
                // their streams. A client that goes away is no concern of ours.
                let server = auto::Builder::new(TokioExecutor::new());
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

    fn tokens<T>(&self, change: impl FnOnce(&mut Tokens) -> T) -> T {
        change(&mut self.shared.tokens.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A bearer token of a principal, good for everything.
    pub fn token(&self, principal: &str) -> String {
        self.tokens(|tokens| tokens.give(principal, Vec::new(), false))
    }

    /// Ends all tokens that were handed out: they now answer that they have expired.
    pub fn expire_tokens(&self) {
        self.tokens(Tokens::expire);
    }

    /// Access tokens of service accounts that were asked for and given, in order.
    pub fn impersonations(&self) -> Vec<Impersonation> {
        self.tokens(|tokens| tokens.impersonations.clone())
    }

    /// Requests that would have changed something. All of them were refused.
    pub fn writes(&self) -> Vec<Seen> {
        self.log().into_iter().filter(|seen| seen.is_write).collect()
    }

    /// Requests so far.
    pub fn log(&self) -> Vec<Seen> {
        self.shared.log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) {
        self.shared.log.clear();
    }
}

type Body = BoxBody<Bytes, io::Error>;

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_REQUEST).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => return Err(io::Error::other(error.to_string())),
    };
    let Reply { delay, how, place } = handle(&shared, &parts, &body);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let (rendered, lose) = match how {
        How::Disconnect => return Err(io::ErrorKind::ConnectionReset.into()),
        How::Hang => std::future::pending().await,
        How::Whole(rendered) => (rendered, None),
        How::LoseEnd(rendered, bytes, fitting) => (rendered, Some((bytes, fitting))),
    };
    let grpc = rendered.grpc;
    let response = respond(rendered, lose);
    let status = response.status().as_u16();
    shared.log.answered(place, |seen| {
        seen.status = Some(status);
        seen.grpc_status = grpc;
    });
    Ok(response)
}

/// An HTTP response, with some of the end of its body lost.
fn respond(rendered: Rendered, lose: Option<(usize, bool)>) -> Response<Body> {
    let Rendered { status, headers, mut body, grpc } = rendered;
    let whole = body.len();
    let breaks = match lose {
        None => false,
        Some((bytes, fitting)) => {
            body.truncate(whole.saturating_sub(bytes));
            !fitting
        }
    };
    let is_empty = body.is_empty() && lose.is_none();
    let data = Bytes::from(body);
    let mut length = None;
    let body = if breaks {
        length = grpc.is_none().then_some(whole);
        let frames = [Ok(Frame::data(data)), Err(io::ErrorKind::ConnectionReset.into())];
        StreamBody::new(stream::iter(frames)).boxed()
    } else if let Some(code) = grpc.filter(|_| !is_empty) {
        let trailers = HeaderMap::from_iter([(
            http::HeaderName::from_static("grpc-status"),
            HeaderValue::from(code),
        )]);
        let frames = [Ok(Frame::data(data)), Ok(Frame::trailers(trailers))];
        StreamBody::new(stream::iter(frames)).boxed()
    } else {
        Full::new(data).map_err(|never: Infallible| match never {}).boxed()
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
    let map = response.headers_mut();
    for (name, value) in headers {
        // A value from the world may hold what no header can.
        if let Ok(value) = HeaderValue::from_str(&value) {
            map.insert(name, value);
        }
    }
    if let Some(length) = length {
        map.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}
