//! A loopback server that keeps what it was sent and answers by a function: HTTP/1.1 and HTTP/2 on one port.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::Value;

pub(crate) type Answer = Response<BoxBody<Bytes, Infallible>>;

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// `GET /v3/projects/acme`
    pub(crate) what: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Sent {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A form or a query as text that is no longer encoded.
    pub(crate) fn form(text: &[u8]) -> String {
        percent_encoding::percent_decode(text).decode_utf8_lossy().into_owned()
    }
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Sent) -> Answer + Send + Sync + 'static) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sent: Arc<Mutex<Vec<Sent>>> = Arc::default();
        let (kept, answer) = (sent.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, answer) = (kept.clone(), answer.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    let (kept, answer) = (kept.clone(), answer.clone());
                    async move {
                        let (head, body) = request.into_parts();
                        let sent = Sent {
                            what: format!("{} {}", head.method, head.uri.path()),
                            query: head.uri.query().unwrap_or_default().to_owned(),
                            headers: head.headers,
                            body: body.collect().await.unwrap().to_bytes(),
                        };
                        kept.lock().unwrap().push(sent.clone());
                        Ok::<_, Infallible>(answer(&sent))
                    }
                });
                tokio::spawn(async move {
                    let builder = auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { url, sent }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn whats(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.what).collect()
    }
}

pub(crate) fn json(status: u16, body: &Value) -> Answer {
    let body = Full::new(Bytes::from(body.to_string())).boxed();
    let answer = Response::builder().status(status).header("content-type", "application/json");
    answer.body(body).unwrap()
}

/// A message as gRPC sends it.
pub(crate) fn grpc(message: &[u8]) -> Answer {
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    let body = Full::new(Bytes::from(frame)).with_trailers(async { Some(Ok(trailers)) });
    Response::builder().header("content-type", "application/grpc").body(body.boxed()).unwrap()
}

/// An error as gRPC sends it; `details` is a `google.rpc.Status` in base64.
pub(crate) fn grpc_error(code: u32, message: &str, details: &str) -> Answer {
    Response::builder()
        .header("content-type", "application/grpc")
        .header("grpc-status", code.to_string())
        .header("grpc-message", message)
        .header("grpc-status-details-bin", details)
        .body(Full::new(Bytes::new()).boxed())
        .unwrap()
}

/// A field of a protobuf message that is a text, bytes or a message.
pub(crate) fn field(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut out = vec![number << 3 | 2];
    let mut length = content.len();
    while length > 0x7f {
        out.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap());
    out.extend(content);
    out
}

/// A field of a protobuf message that is a number below 128.
pub(crate) fn small(number: u8, value: u8) -> Vec<u8> {
    vec![number << 3, value]
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for digit in 0..=chunk.len() {
            let index = bits >> (18 - 6 * digit) & 63;
            out.push(char::from(DIGITS[usize::try_from(index).unwrap()]));
        }
    }
    out
}
