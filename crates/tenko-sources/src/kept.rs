//! Where reports are kept in object storage: the one thing that tenko writes outside of this machine.

use std::sync::Arc;

use ::http::{HeaderMap, Method};
use async_trait::async_trait;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::{ClientOptions, ObjectStore};
use thiserror::Error;

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
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
    if bucket.is_empty() || !prefix.bytes().all(plain) || prefix.split('/').any(|p| p == "..") {
        return Err(format!("{}; letters, digits and -_./ make up a prefix", wrong()));
    }
    let client = http::client(settings).map_err(|error| error.to_string())?;
    let connector = |headers| CreateOnly {
        client: client.clone(),
        headers,
        bucket: bucket.into(),
        prefix: prefix.into(),
    };
    let store: Arc<dyn ObjectStore> = match scheme {
        Scheme::S3 => {
            Arc::new(objects::s3(&client, settings, bucket, connector(HeaderMap::new())).await?)
        }
        Scheme::Gs => Arc::new(objects::gs(settings, bucket, connector).await?),
    };
    Ok(KeptObjects { store, prefix: prefix.to_owned() })
}

/// A request that would change something that is there, or that belongs elsewhere.
#[derive(Debug, Error)]
#[error("{0} of something that is not a new report: the request was held back")]
struct Refused(Method);

#[derive(Clone, Debug)]
struct CreateOnly {
    client: reqwest::Client,
    headers: HeaderMap,
    bucket: Arc<str>,
    prefix: Arc<str>,
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

    /// Whether the object is below the prefix: the bucket is in the host's name or first in the path.
    fn is_below(&self, request: &HttpRequest) -> bool {
        let path = request.uri().path().trim_start_matches('/');
        let key = match path.split_once('/') {
            Some((first, rest)) if first == &*self.bucket => rest,
            _ => path,
        };
        let rest = key.strip_prefix(&*self.prefix);
        rest.is_some_and(|rest| self.prefix.is_empty() || rest.starts_with('/'))
            && !key.split('/').any(|part| part == "..")
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
        // The answer goes on as it is: `object_store` tells by it that an object is there already.
        self.client.call(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(prefix: &str) -> CreateOnly {
        let _ = rustls::crypto::ring::default_provider().install_default();
        CreateOnly {
            client: reqwest::Client::new(),
            headers: HeaderMap::new(),
            bucket: "b".into(),
            prefix: prefix.into(),
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
        let lets =
            |prefix, method, url, headers| guard(prefix).lets_out(&request(method, url, headers));
        for url in ["https://s3.x/b/tenko/runs/1", "https://b.s3.x/tenko/runs/1"] {
            assert!(lets("tenko", "PUT", url, new), "{url}");
            assert!(!lets("tenko", "PUT", url, &[]), "{url}: it could be there already");
            assert!(!lets("other", "PUT", url, new), "{url}");
            assert!(!lets("ten", "PUT", url, new), "{url}");
            assert!(!lets("tenko", "DELETE", url, new), "{url}");
            assert!(!lets("tenko", "POST", url, new), "{url}");
            assert!(lets("tenko", "GET", url, &[]), "{url}");
        }
        assert!(lets("", "PUT", "https://s3.x/b/runs/1", &[("x-goog-if-generation-match", "0")]));
        for (url, headers) in [
            ("https://s3.x/b/tenko/runs/1?partNumber=1", new),
            ("https://s3.x/b/tenko/../x", new),
            ("https://s3.x/b/tenko/1", &[("if-none-match", "*"), ("x-amz-copy-source", "/b/x")]),
        ] {
            assert!(!lets("tenko", "PUT", url, headers), "{url}");
        }
    }
}
