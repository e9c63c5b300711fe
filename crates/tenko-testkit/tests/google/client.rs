//! A client that knows nothing of the simulation's tables: requests are written by hand.

use std::error::Error;

use bytes::{BufMut, Bytes, BytesMut};
use googleapis_tonic_google_storage_v2::google::rpc::Status;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use prost::Message;
use serde_json::Value;
use tenko_testkit::google::{AUDITOR, SimGoogle};
use tokio::net::TcpStream;

pub(crate) type Failed = Box<dyn Error>;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// `google.rpc.ErrorInfo`'s reason.
    pub(crate) fn reason(&self) -> String {
        let json = self.json();
        let details = json.pointer("/error/details").and_then(Value::as_array);
        let mut info = details.into_iter().flatten().filter_map(|d| d.get("reason"));
        info.next().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The older reason.
    pub(crate) fn legacy(&self) -> String {
        let json = self.json();
        let reason = json.pointer("/error/errors/0/reason").and_then(Value::as_str);
        reason.unwrap_or_default().to_owned()
    }
}

/// Sends a request on a connection of its own.
pub(crate) async fn send(
    cloud: &SimGoogle,
    request: Request<Full<Bytes>>,
) -> Result<Reply, Failed> {
    let stream = TcpStream::connect(cloud.address()).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Reply { status: parts.status, headers: parts.headers, body })
}

pub(crate) async fn get_as(cloud: &SimGoogle, token: &str, path: &str) -> Result<Reply, Failed> {
    let request =
        Request::get(path).header("host", "sim").header("authorization", format!("Bearer {token}"));
    send(cloud, request.body(Full::default())?).await
}

/// As the auditor, with a token that may do everything.
pub(crate) async fn get(cloud: &SimGoogle, path: &str) -> Result<Reply, Failed> {
    get_as(cloud, &cloud.token(AUDITOR), path).await
}

pub(crate) async fn post(
    cloud: &SimGoogle,
    token: Option<&str>,
    path: &str,
    kind: &str,
    body: String,
) -> Result<Reply, Failed> {
    let mut request = Request::post(path).header("host", "sim").header("content-type", kind);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    send(cloud, request.body(Full::from(body))?).await
}

/// A good answer's JSON.
pub(crate) async fn json(cloud: &SimGoogle, path: &str) -> Value {
    let reply = get(cloud, path).await.unwrap();
    assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
    reply.json()
}

/// All pages of a list.
pub(crate) async fn pages(cloud: &SimGoogle, path: &str, token: &str, next: &str) -> Vec<Value> {
    let mut all = vec![json(cloud, path).await];
    while let Some(text) = all.last().unwrap().pointer(next).and_then(Value::as_str) {
        let text = utf8_percent_encode(text, NON_ALPHANUMERIC);
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = json(cloud, &format!("{path}{mark}{token}={text}")).await;
        all.push(page);
        assert!(all.len() < 100, "endless");
    }
    all
}

/// A gRPC answer: its message, if one came whole, and its trailers or head.
pub(crate) struct Answer {
    pub(crate) message: Option<Bytes>,
    pub(crate) status: Option<i32>,
    pub(crate) head: HeaderMap,
}

impl Answer {
    /// `grpc-status-details-bin`
    pub(crate) fn details(&self) -> Status {
        let text = self.head["grpc-status-details-bin"].to_str().unwrap();
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let place = |c: u8| digits.iter().position(|d| *d == c).unwrap();
        let bits: String = text.bytes().map(|c| format!("{:06b}", place(c))).collect();
        let bytes = bits.as_bytes().chunks_exact(8);
        let byte = |b: &[u8]| u8::from_str_radix(std::str::from_utf8(b).unwrap(), 2).unwrap();
        let bytes: Vec<u8> = bytes.map(byte).collect();
        Status::decode(bytes.as_slice()).unwrap()
    }
}

/// Calls a method of gRPC.
pub(crate) async fn grpc(
    cloud: &SimGoogle,
    token: Option<&str>,
    path: &str,
    message: &impl Message,
) -> Result<Answer, Failed> {
    let stream = TcpStream::connect(cloud.address()).await?;
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut body = BytesMut::new();
    body.put_u8(0);
    body.put_u32(u32::try_from(message.encoded_len())?);
    message.encode(&mut body)?;
    let mut request = Request::post(format!("{}{path}", cloud.url()))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = sender.send_request(request.body(Full::new(body.freeze()))?).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?;
    let status = |map: &HeaderMap| map.get("grpc-status")?.to_str().ok()?.parse().ok();
    let status = body.trailers().and_then(status).or_else(|| status(&parts.headers));
    let bytes = body.to_bytes();
    let whole = bytes.len() >= 5
        && bytes.len() - 5 == usize::try_from(u32::from_be_bytes(bytes[1..5].try_into()?))?;
    Ok(Answer { message: whole.then(|| bytes.slice(5..)), status, head: parts.headers })
}
