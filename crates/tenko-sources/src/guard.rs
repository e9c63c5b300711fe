//! The connector of `object_store`: what it lets out is a read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::http::{HeaderMap, Method};
use async_trait::async_trait;
use futures_util::StreamExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use thiserror::Error;

use crate::{http, reason};

/// As much of an error's text as is read, in bytes.
const MAX_ERROR: usize = 64 << 10;

/// A request that would change something.
#[derive(Debug, Error)]
#[error("{0} is no read: the request was held back")]
struct Refused(Method);

/// Lets `GET` and `HEAD` without a body through, and nothing else, whatever `object_store` is
/// asked to do.
#[derive(Clone, Debug)]
pub(crate) struct ReadOnly {
    client: reqwest::Client,
    /// Headers that every request carries.
    headers: HeaderMap,
    refused: Arc<AtomicU64>,
}

impl ReadOnly {
    pub(crate) fn new(
        client: reqwest::Client,
        headers: HeaderMap,
        refused: Arc<AtomicU64>,
    ) -> Self {
        Self { client, headers, refused }
    }
}

impl HttpConnector for ReadOnly {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for ReadOnly {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let method = request.method().clone();
        if !matches!(method, Method::GET | Method::HEAD) || !request.body().is_empty() {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(HttpError::new(HttpErrorKind::Unknown, Refused(method)));
        }
        request.headers_mut().extend(self.headers.clone());
        let response = self.client.call(request).await?;
        if response.status().is_success() { Ok(response) } else { Err(no_success(response).await) }
    }
}

/// An answer that is none, with as much of it as a reason is made from. `object_store` keeps its
/// own errors' status to itself, and would take in a body of any length.
#[derive(Clone, Debug, Error)]
#[error("the service answers with the status {status}")]
pub(crate) struct NoSuccess {
    pub(crate) status: u16,
    /// The code of an S3 error, which Cloud Storage has too.
    pub(crate) code: String,
    /// Its message.
    pub(crate) message: Option<String>,
}

async fn no_success(response: HttpResponse) -> HttpError {
    let wait = http::retry_after(response.headers());
    let said = NoSuccess::of(response).await;
    let again = matches!(said.status, 408 | 429 | 500 | 502 | 503 | 504);
    if again {
        // The back-off of `object_store` comes on top.
        tokio::time::sleep(wait).await;
    }
    // Interrupted reads are made again.
    let kind = if again { HttpErrorKind::Interrupted } else { HttpErrorKind::Unknown };
    HttpError::new(kind, said)
}

impl NoSuccess {
    /// What such an answer says.
    pub(crate) async fn of(response: HttpResponse) -> Self {
        let status = response.status().as_u16();
        let mut body = Vec::new();
        let mut chunks = response.into_body().bytes_stream();
        while let Some(Ok(chunk)) = chunks.next().await {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ERROR {
                break;
            }
        }
        let text = String::from_utf8_lossy(&body);
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            Some(reason::quoted(rest.split('<').next()?))
        };
        let (code, message) = (element("Code").unwrap_or_default(), element("Message"));
        Self { status, code, message }
    }
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt as _;
    use object_store::aws::AmazonS3Builder;
    use object_store::path::Path;
    use tokio::io::AsyncReadExt as _;

    use super::*;

    /// Everything that writes, asked of a store behind the guard: nothing may leave.
    #[tokio::test]
    async fn writes_do_not_leave_the_process() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut byte = [0; 4];
            stream.read_exact(&mut byte).await.unwrap();
            byte
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let refused = Arc::new(AtomicU64::new(0));
        let guard = ReadOnly::new(reqwest::Client::new(), HeaderMap::new(), refused.clone());
        let builder = AmazonS3Builder::new().with_endpoint(url).with_bucket_name("states");
        let builder = builder.with_access_key_id("k").with_secret_access_key("s");
        let store = builder.with_http_connector(guard).build().unwrap();
        let path = Path::from("a.tfstate");
        let errors = [
            store.put(&path, "x".into()).await.unwrap_err().to_string(),
            store.delete(&path).await.unwrap_err().to_string(),
            store.copy(&path, &Path::from("b")).await.unwrap_err().to_string(),
            store.put_multipart(&path).await.err().unwrap().to_string(),
        ];
        for error in &errors {
            assert!(error.contains("no read"), "{error}");
        }
        assert_eq!(refused.load(Ordering::Relaxed), 4);
        assert!(!server.is_finished(), "a write reached the server");
        // The first that gets there is a read.
        let read = tokio::spawn(async move { store.get(&path).await.map(|_| ()) });
        assert_eq!(&server.await.unwrap(), b"GET ");
        read.abort();
    }
}
