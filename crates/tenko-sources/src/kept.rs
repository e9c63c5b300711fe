//! Where reports are kept in object storage: the one thing that tenko writes outside of this machine.

use std::sync::Arc;

use ::http::{HeaderMap, Method};
use async_trait::async_trait;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::{ClientOptions, ObjectStore};
use tenko_messages::english;
use thiserror::Error;

use crate::guard::NoSuccess;
use crate::objects::{self, Scheme, split};
use crate::settings::Settings;
use crate::{http, reason};

/// A place in object storage that new objects are put to, and none is changed or removed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeptObjects {
    /// The bucket.
    pub store: Arc<dyn ObjectStore>,
    /// What the names of all objects begin with; empty is the whole bucket.
    pub prefix: String,
}

/// Opens the place that `s3://bucket/prefix` or `gs://bucket/prefix` names, with the credentials that
/// sources are read with. What leaves the process is `GET`, `HEAD`, and the `PUT` of an object below
/// the prefix that must not exist yet.
///
/// # Errors
/// A sentence: the address is none, there are no credentials, or the client cannot be set up.
pub async fn kept_objects(settings: &Settings, url: &str) -> Result<KeptObjects, String> {
    let wrong =
        || format!("`{}` is no s3://bucket/prefix or gs://bucket/prefix", reason::quoted(url));
    let (scheme, bucket, prefix) = split(url).ok_or_else(wrong)?;
    let prefix = prefix.trim_end_matches('/');
    // What would be written otherwise in a request could not be told from another place.
    if !is_plain(bucket) || bucket.contains('/') || !(prefix.is_empty() || is_plain(prefix)) {
        return Err(format!("{}; letters, digits and -_./ make up a prefix", wrong()));
    }
    let client = http::client(settings).map_err(|error| error.to_string())?;
    let endpoint = match scheme {
        Scheme::S3 => settings.aws.as_ref().and_then(|access| access.endpoint()),
        Scheme::Gs => settings.google.as_ref().and_then(|access| access.endpoint()),
    };
    let root: Arc<str> = root(endpoint.as_deref(), bucket, prefix).into();
    let connector =
        |headers| CreateOnly { client: client.clone(), headers, root: Arc::clone(&root) };
    let store: Arc<dyn ObjectStore> = match scheme {
        Scheme::S3 => {
            let store = objects::s3(&client, settings, bucket, connector(HeaderMap::new())).await;
            Arc::new(store.map_err(|why| english(&why))?)
        }
        Scheme::Gs => {
            let store = objects::gs(settings, bucket, connector).await;
            Arc::new(store.map_err(|why| english(&why))?)
        }
    };
    Ok(KeptObjects { store, prefix: prefix.to_owned() })
}

/// A request that would change something that is there, or that belongs elsewhere.
#[derive(Debug, Error)]
#[error("{0} of something that is not a new report: the request was held back")]
struct Refused(Method);

/// Whether it is made of parts that are written in a request as they are, and that lead nowhere else.
fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
    name.bytes().all(plain) && !name.split('/').any(|part| matches!(part, "" | "." | ".."))
}

/// What the paths of all objects begin with. The bucket is first in the path, behind that of the
/// endpoint: clients are set up so, and never name it in the host.
fn root(endpoint: Option<&str>, bucket: &str, prefix: &str) -> String {
    let base = endpoint.and_then(|text| text.parse::<::http::Uri>().ok());
    let base = base.as_ref().map_or("", |uri| uri.path().trim_matches('/'));
    let parts = [base, bucket, prefix].into_iter().filter(|part| !part.is_empty());
    parts.flat_map(|part| ["/", part]).chain(["/"]).collect()
}

/// A path as the service reads it: Cloud Storage is asked for `/b/runs%2F1%2Ejson`.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut out = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

#[derive(Clone, Debug)]
struct CreateOnly {
    client: reqwest::Client,
    headers: HeaderMap,
    /// What the paths of all objects below the prefix begin with.
    root: Arc<str>,
}

impl CreateOnly {
    fn lets_out(&self, request: &HttpRequest) -> bool {
        match *request.method() {
            Method::GET | Method::HEAD => request.body().is_empty(),
            Method::PUT => {
                let headers = request.headers();
                let is = |name: &str, value: &str| {
                    headers.get(name).is_some_and(|found| found.as_bytes() == value.as_bytes())
                };
                // Source: "How to prevent object overwrites with conditional writes" (S3),
                // "Request preconditions" (Cloud Storage).
                let creates = is("if-none-match", "*") || is("x-goog-if-generation-match", "0");
                let copies = headers.contains_key("x-amz-copy-source")
                    || headers.contains_key("x-goog-copy-source");
                creates && !copies && request.uri().query().is_none() && self.is_below(request)
            }
            _ => false,
        }
    }

    /// Whether the object is below the prefix, however its name is written.
    fn is_below(&self, request: &HttpRequest) -> bool {
        let path = decoded(request.uri().path());
        path.is_some_and(|path| path.strip_prefix(&*self.root).is_some_and(is_plain))
    }
}

impl HttpConnector for CreateOnly {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for CreateOnly {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if !self.lets_out(&request) {
            let refused = Refused(request.method().clone());
            return Err(HttpError::new(HttpErrorKind::Unknown, refused));
        }
        request.headers_mut().extend(self.headers.clone());
        let response = self.client.call(request).await?;
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return Ok(response);
        }
        // The status goes on as it is: `object_store` tells by it that an object is there already. The
        // body is a document of any length that it would quote as a whole.
        let (parts, body) = response.into_parts();
        let NoSuccess { code, message, .. } =
            NoSuccess::of(HttpResponse::from_parts(parts.clone(), body)).await;
        let text: Vec<_> =
            [code].into_iter().chain(message).filter(|part| !part.is_empty()).collect();
        Ok(HttpResponse::from_parts(parts, text.join(": ").into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use object_store::StaticCredentialProvider;
    use object_store::aws::AmazonS3Builder;
    use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};
    use object_store::path::Path;
    use object_store::{ObjectStoreExt as _, PutMode};

    use super::*;

    fn guard(endpoint: Option<&str>, prefix: &str) -> CreateOnly {
        let _ = rustls::crypto::ring::default_provider().install_default();
        CreateOnly {
            client: reqwest::Client::new(),
            headers: HeaderMap::new(),
            root: root(endpoint, "b-1", prefix).into(),
        }
    }

    fn request(method: &str, url: &str, headers: &[(&str, &str)]) -> HttpRequest {
        let mut request = ::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Vec::new().into()).unwrap()
    }

    #[test]
    fn only_new_objects_below_the_prefix_are_put() {
        let new: &[_] = &[("if-none-match", "*")];
        let lets = |prefix, method, url, headers| {
            guard(None, prefix).lets_out(&request(method, url, headers))
        };
        for url in ["https://s3.x/b-1/tenko/runs/1", "https://s3.x/b%2D1/tenko%2Fruns%2F1"] {
            assert!(lets("tenko", "PUT", url, new), "{url}");
            assert!(!lets("tenko", "PUT", url, &[]), "{url}: it could be there already");
            assert!(!lets("other", "PUT", url, new), "{url}");
            assert!(!lets("ten", "PUT", url, new), "{url}");
            assert!(!lets("b-1", "PUT", url, new), "{url}");
            assert!(!lets("tenko", "DELETE", url, new), "{url}");
            assert!(!lets("tenko", "POST", url, new), "{url}");
            assert!(lets("tenko", "GET", url, &[]), "{url}");
        }
        let new_in_google: &[_] = &[("x-goog-if-generation-match", "0")];
        assert!(lets("", "PUT", "https://s3.x/b-1/runs/1", new_in_google));
        assert!(lets("b-1", "PUT", "https://s3.x/b-1/b-1/runs/1", new));
        for (url, headers) in [
            ("https://s3.x/b-1/tenko/runs/1?partNumber=1", new),
            ("https://s3.x/b-1/tenko/../x", new),
            ("https://s3.x/b-1/tenko/%2e%2E/x", new),
            ("https://s3.x/b-1/tenko%2F..%2fx", new),
            ("https://s3.x/b-1/tenko/%252e%252e/x", new),
            ("https://s3.x/b-1/tenko/..%5Cx", new),
            ("https://s3.x/b-1/tenko/./x", new),
            ("https://s3.x/b-1/tenko//x", new),
            ("https://s3.x/b-1/tenko/%", new),
            ("https://s3.x/b-1/tenko/", new),
            ("https://s3.x/b-1/tenko", new),
            ("https://s3.x/b-2/tenko/runs/1", new),
            ("https://s3.x/tenko/runs/1", new),
            ("https://s3.x/x/b-1/tenko/runs/1", new),
            (
                "https://s3.x/b-1/tenko/1",
                &[("if-none-match", "*"), ("x-amz-copy-source", "/b/x")] as &[_],
            ),
        ] {
            assert!(!lets("tenko", "PUT", url, headers), "{url}");
        }
        // A bucket is not made.
        for url in ["https://s3.x/b-1", "https://s3.x/b-1/", "https://s3.x/"] {
            assert!(!lets("", "PUT", url, new), "{url}");
        }
    }

    /// Answers whatever the guard lets out.
    #[derive(Clone, Debug)]
    struct Recorder {
        guard: CreateOnly,
        seen: Arc<Mutex<Vec<String>>>,
    }

    impl HttpConnector for Recorder {
        fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
            Ok(HttpClient::new(self.clone()))
        }
    }

    #[async_trait]
    impl HttpService for Recorder {
        async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
            let (method, path) = (request.method(), request.uri().path());
            let lets = self.guard.lets_out(&request);
            self.seen.lock().unwrap().push(format!("{method} {path} {lets}"));
            let answer = ::http::Response::builder().header("etag", "\"1\"");
            Ok(answer.body(Vec::new().into()).unwrap())
        }
    }

    /// What the clients really send, set up as they are.
    #[tokio::test]
    async fn what_the_clients_send_is_let_out() {
        for endpoint in ["http://127.0.0.1:1", "http://127.0.0.1:1/base/"] {
            let seen = Arc::new(Mutex::new(Vec::new()));
            let guard = guard(Some(endpoint), "audit.d/ten_ko");
            let recorder = Recorder { guard, seen: Arc::clone(&seen) };
            let s3 = AmazonS3Builder::new()
                .with_bucket_name("b-1")
                .with_region("eu-central-1")
                .with_endpoint(endpoint)
                .with_access_key_id("a")
                .with_secret_access_key("b")
                .with_http_connector(recorder.clone())
                .build()
                .unwrap();
            let gs = GoogleCloudStorageBuilder::new()
                .with_bucket_name("b-1")
                .with_base_url(endpoint.trim_end_matches('/'))
                .with_credentials(Arc::new(StaticCredentialProvider::new(GcpCredential {
                    bearer: "t".to_owned(),
                })))
                .with_http_connector(recorder)
                .build()
                .unwrap();
            let stores: [&dyn ObjectStore; 2] = [&s3, &gs];
            for store in stores {
                let below = Path::from("audit.d/ten_ko/runs/20261122T060000Z-7f3a.json");
                for (path, mode, lets) in [
                    (&below, PutMode::Create, "true"),
                    (&below, PutMode::Overwrite, "false"),
                    (&Path::from("audit.d/other"), PutMode::Create, "false"),
                ] {
                    store.put_opts(path, "x".into(), mode.into()).await.unwrap();
                    let last = seen.lock().unwrap().pop().unwrap();
                    assert!(last.starts_with("PUT ") && last.ends_with(lets), "{last}");
                }
                // What they make of the answer is their business.
                let _ = store.delete(&below).await;
                let last = seen.lock().unwrap().pop().unwrap();
                assert!(last.ends_with("false"), "{last}");
            }
        }
    }
}
