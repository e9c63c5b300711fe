//! Objects in S3 and Cloud Storage.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::http::{HeaderMap, HeaderValue};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3Builder, AwsCredential};
use object_store::client::{CredentialProvider, HttpConnector};
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectStore, ObjectStoreExt as _, RetryConfig};
use tenko_core::{Arg, Message, msg};
use thiserror::Error;
use tokio::sync::OnceCell;

use crate::access::{AwsAccess, GoogleAccess};
use crate::files::{glob, is_glob, is_state};
use crate::guard::{NoSuccess, ReadOnly};
use crate::settings::Settings;
use crate::{http, reason};

/// More objects than this are a bucket of something else, named by mistake.
const MAX_LISTED: usize = 200_000;
/// Where S3 is asked for a bucket's region by a caller that names none.
const ANY_REGION: &str = "us-east-1";

/// The buckets of one run, each set up once.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    known: Mutex<HashMap<(Scheme, String), Slot>>,
    refused: Arc<AtomicU64>,
}

/// A bucket that is set up by whoever needs it first.
type Slot = Arc<OnceCell<Arc<Bucket>>>;

/// Which cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    S3,
    Gs,
}

/// A bucket that can be read and in no way changed.
pub(crate) struct Bucket {
    scheme: Scheme,
    name: String,
    store: Box<dyn ObjectStore>,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("scheme", &self.scheme).field("name", &self.name).finish()
    }
}

/// An object by name, or why there is none.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) unread: Option<Message>,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gs => "gs",
        }
    }
}

/// The parts of an object's address: scheme, bucket, key.
pub(crate) fn split(url: &str) -> Option<(Scheme, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = match scheme {
        "s3" => Scheme::S3,
        "gs" => Scheme::Gs,
        _ => return None,
    };
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    Some((scheme, bucket, key))
}

impl Buckets {
    /// How many requests the guard held back.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// A bucket, set up if need be.
    pub(crate) async fn get(
        &self,
        client: &reqwest::Client,
        settings: &Settings,
        scheme: Scheme,
        name: &str,
    ) -> Result<Arc<Bucket>, Message> {
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry((scheme, name.to_owned())).or_default().clone()
        };
        let make = || async {
            let guard = |headers| ReadOnly::new(client.clone(), headers, self.refused.clone());
            let store: Box<dyn ObjectStore> = match scheme {
                Scheme::S3 => Box::new(s3(client, settings, name, guard(HeaderMap::new())).await?),
                Scheme::Gs => Box::new(gs(settings, name, guard).await?),
            };
            Ok(Arc::new(Bucket { scheme, name: name.to_owned(), store }))
        };
        cell.get_or_try_init(make).await.cloned()
    }
}

fn retries(settings: &Settings) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: settings.retry_delay,
            max_backoff: Duration::from_secs(15),
            base: 2.0,
        },
        max_retries: settings.attempts.saturating_sub(1) as usize,
        retry_timeout: Duration::from_secs(180),
    }
}

pub(crate) async fn s3(
    client: &reqwest::Client,
    settings: &Settings,
    name: &str,
    guard: impl HttpConnector,
) -> Result<object_store::aws::AmazonS3, Message> {
    let access = settings.aws.clone().ok_or_else(|| msg!("code-object-no-aws"))?;
    // What is wrong with the credentials is better said once than by every request.
    access.keys().await.map_err(reason::told)?;
    let own = access.region().unwrap_or_else(|| ANY_REGION.to_owned());
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_retry(retries(settings))
        .with_http_connector(guard);
    builder = match access.endpoint() {
        Some(endpoint) => builder.with_endpoint(endpoint).with_region(own),
        None => {
            let region = region_of(client, name, &own).await?;
            builder.with_endpoint(endpoint_in(&region)).with_region(region)
        }
    };
    let builder = builder.with_credentials(Arc::new(Keys(access)));
    builder.build().map_err(|error| reason::told(reason::chain(&error)))
}

/// The region of a bucket. S3 tells it to everybody, in the header of whatever it answers.
/// Source: the API reference of `HeadBucket`.
async fn region_of(client: &reqwest::Client, bucket: &str, own: &str) -> Result<String, Message> {
    let url = format!("{}/{bucket}", endpoint_in(own));
    let answer = client
        .head(url)
        .send()
        .await
        .map_err(|error| msg!("code-object-s3", error = reason::chain(&error.without_url())))?;
    let region = answer.headers().get("x-amz-bucket-region").and_then(|value| value.to_str().ok());
    match region {
        // It becomes part of a host's name.
        Some(region) if region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
            Ok(region.to_owned())
        }
        _ if answer.status().as_u16() == 404 => Err(no_bucket(bucket)),
        _ => Ok(own.to_owned()),
    }
}

/// S3 in a region. Source: "Amazon S3 endpoints and quotas".
fn endpoint_in(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://s3.{region}.amazonaws.com{suffix}")
}

pub(crate) async fn gs<C: HttpConnector>(
    settings: &Settings,
    name: &str,
    guard: impl Fn(HeaderMap) -> C,
) -> Result<object_store::gcp::GoogleCloudStorage, Message> {
    let access = settings.google.clone().ok_or_else(|| msg!("code-object-no-google"))?;
    let token = access.token().await.map_err(reason::told)?;
    let mut headers = HeaderMap::new();
    if let Some(project) = &token.quota_project {
        let value = HeaderValue::from_str(project)
            .map_err(|_| msg!("code-object-project", project = reason::quoted(project)))?;
        headers.insert("x-goog-user-project", value);
    }
    let mut builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(name)
        .with_retry(retries(settings))
        .with_http_connector(guard(headers))
        .with_skip_signature(token.bearer.is_none());
    if let Some(endpoint) = access.endpoint() {
        builder = builder.with_base_url(endpoint.trim_end_matches('/'));
    }
    let builder = builder.with_credentials(Arc::new(Token(access)));
    builder.build().map_err(|error| reason::told(reason::chain(&error)))
}

/// Credentials could not be had.
#[derive(Debug, Error)]
#[error("{0}")]
struct NoCredentials(String);

fn no_credentials(store: &'static str) -> impl Fn(String) -> object_store::Error {
    move |reason| object_store::Error::Generic { store, source: Box::new(NoCredentials(reason)) }
}

#[derive(Debug)]
struct Keys(Arc<dyn AwsAccess>);

#[async_trait]
impl CredentialProvider for Keys {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let keys = self.0.keys().await.map_err(no_credentials("S3"))?;
        Ok(Arc::new(AwsCredential {
            key_id: keys.access_key_id,
            secret_key: keys.secret_access_key,
            token: keys.session_token,
        }))
    }
}

#[derive(Debug)]
struct Token(Arc<dyn GoogleAccess>);

#[async_trait]
impl CredentialProvider for Token {
    type Credential = GcpCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<GcpCredential>> {
        let token = self.0.token().await.map_err(no_credentials("Cloud Storage"))?;
        Ok(Arc::new(GcpCredential { bearer: token.bearer.unwrap_or_default() }))
    }
}

impl Bucket {
    /// How an object of it is named.
    pub(crate) fn url(&self, key: &str) -> String {
        format!("{}://{}/{key}", self.scheme.as_str(), self.name)
    }

    /// The objects that a key stands for, in the order of the listing; never nothing.
    pub(crate) async fn expand(&self, key: &str) -> Vec<Listed> {
        let unread = |reason: Message| vec![Listed { key: key.to_owned(), unread: Some(reason) }];
        let whole = key.is_empty() || key.ends_with('/');
        if !whole && !is_glob(key) {
            return vec![Listed { key: key.to_owned(), unread: None }];
        }
        let matcher = if is_glob(key) {
            let pattern = if whole { format!("{key}**") } else { key.to_owned() };
            match glob(&pattern) {
                Ok(matcher) => Some(matcher),
                Err(reason) => return unread(reason),
            }
        } else {
            None
        };
        let fits = |name: &str| {
            matcher.as_ref().is_none_or(|matcher| matcher.is_match(name))
                && (!whole || is_state(name))
        };
        // What comes before the first star is a prefix, up to its last slash.
        let plain = key.find(['*', '?', '[', '{', '\\']).and_then(|at| key.get(..at));
        let prefix = plain.unwrap_or(key).rsplit_once('/').map_or("", |(prefix, _)| prefix);
        let prefix = match Path::parse(prefix) {
            Ok(prefix) => prefix,
            Err(error) => return unread(reason::told(reason::chain(&error))),
        };
        match self.list(&prefix, &fits).await {
            Ok(keys) if keys.is_empty() => {
                unread(if whole { msg!("code-object-nothing") } else { msg!("code-object-glob") })
            }
            Ok(keys) => keys.into_iter().map(|key| Listed { key, unread: None }).collect(),
            Err(reason) => unread(reason),
        }
    }

    async fn list(
        &self,
        prefix: &Path,
        fits: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<String>, Message> {
        let wrong = |error: object_store::Error| self.reason(&error, Act::List);
        let mut listing = self.store.list(Some(prefix));
        let (mut keys, mut listed) = (Vec::new(), 0_usize);
        while let Some(object) = listing.try_next().await.map_err(wrong)? {
            listed += 1;
            if listed > MAX_LISTED {
                let place = self.url(prefix.as_ref());
                return Err(msg!("code-object-many", n = MAX_LISTED, place = place));
            }
            if fits(object.location.as_ref()) {
                keys.push(String::from(object.location));
            }
        }
        Ok(keys)
    }

    /// The content of an object.
    pub(crate) async fn read(&self, key: &str, max: u64) -> Result<Bytes, Message> {
        let wrong = |error: object_store::Error| self.reason(&error, Act::Read);
        // Escapes are for globs; here the name is meant.
        let path = Path::parse(key)
            .map_err(|error| msg!("code-object-name", error = reason::chain(&error)))?;
        let object = self.store.get(&path).await.map_err(wrong)?;
        if object.meta.size > max {
            return Err(reason::too_large(max));
        }
        object.bytes().await.map_err(wrong)
    }

    /// Why a call failed. Of what the service said only its code and message are quoted: the rest
    /// of such a text may be about signatures.
    fn reason(&self, error: &object_store::Error, act: Act) -> Message {
        if let Some(NoCredentials(reason)) = cause(error) {
            return reason::told(reason);
        }
        let Some(NoSuccess { status, code, message }) = cause(error) else {
            let root = std::iter::successors(Some(error as &dyn std::error::Error), |e| e.source());
            let root = root.last().map(ToString::to_string).unwrap_or_default();
            return act.failed(&reason::quoted(&root));
        };
        let said = |what: Message| match message {
            Some(message) => {
                msg!("code-object-said", what = what, code = code, message = message)
            }
            None => what,
        };
        match (*status, code.as_str()) {
            (404, "NoSuchBucket") => no_bucket(&self.name),
            (404, _) => msg!("code-object-missing"),
            (403, "AccessDenied" | "") => said(act.denied(self.scheme)),
            (401 | 403, _) => said(msg!("code-object-credentials")),
            (status, _) if message.is_none() => act.refused(http::code(status)),
            _ => said(act.not_done()),
        }
    }
}

/// What was tried.
#[derive(Clone, Copy, Debug)]
enum Act {
    Read,
    List,
}

impl Act {
    fn not_done(self) -> Message {
        match self {
            Self::Read => msg!("code-object-read"),
            Self::List => msg!("code-object-list"),
        }
    }

    fn failed(self, error: &str) -> Message {
        match self {
            Self::Read => msg!("code-object-read-error", error = error),
            Self::List => msg!("code-object-list-error", error = error),
        }
    }

    fn refused(self, status: Arg) -> Message {
        match self {
            Self::Read => msg!("code-object-read-status", status = status),
            Self::List => msg!("code-object-list-status", status = status),
        }
    }

    /// With the permission that it takes.
    fn denied(self, scheme: Scheme) -> Message {
        match (self, scheme) {
            (Self::Read, Scheme::S3) => {
                msg!("code-object-read-denied", permission = "s3:GetObject")
            }
            (Self::Read, Scheme::Gs) => {
                msg!("code-object-read-denied", permission = "storage.objects.get")
            }
            (Self::List, Scheme::S3) => {
                msg!("code-object-list-denied", permission = "s3:ListBucket")
            }
            (Self::List, Scheme::Gs) => {
                msg!("code-object-list-denied", permission = "storage.objects.list")
            }
        }
    }
}

fn no_bucket(name: &str) -> Message {
    msg!("code-object-no-bucket", bucket = name)
}

/// The first error of this kind among the causes.
fn cause<'e, E: std::error::Error + 'static>(error: &'e object_store::Error) -> Option<&'e E> {
    let mut next: Option<&'e (dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    async fn bucket(keys: &[&str]) -> Bucket {
        let store = InMemory::new();
        for key in keys {
            store.put(&Path::parse(key).unwrap(), key.to_string().into()).await.unwrap();
        }
        Bucket { scheme: Scheme::S3, name: "b".to_owned(), store: Box::new(store) }
    }

    #[tokio::test]
    async fn keys_stand_for_what_they_say() {
        let keys = ["a.tfstate", "a/x.tfstate", "a/y~[1].tfstate", "a/b/z.tfstate.gz", "a/b/notes"];
        let bucket = bucket(&keys).await;
        for (key, expected) in [
            ("a.tfstate", "a.tfstate"),
            ("", "a.tfstate a/b/z.tfstate.gz a/x.tfstate a/y~[1].tfstate"),
            ("a/", "a/b/z.tfstate.gz a/x.tfstate a/y~[1].tfstate"),
            ("a/*", "a/x.tfstate a/y~[1].tfstate"),
            ("*/b/*", "a/b/notes a/b/z.tfstate.gz"),
            ("**/b/", "a/b/z.tfstate.gz"),
            ("a/y~[[]1].tfstate", "a/y~[1].tfstate"),
            ("{a,c}/x*", "a/x.tfstate"),
        ] {
            let found = bucket.expand(key).await;
            assert!(found.iter().all(|listed| listed.unread.is_none()), "{key}: {found:?}");
            let names: Vec<_> = found.iter().map(|listed| listed.key.as_str()).collect();
            assert_eq!(names.join(" "), expected, "{key}");
        }
        let text = bucket.read("a/y~[1].tfstate", 100).await.unwrap();
        assert_eq!(text, "a/y~[1].tfstate", "no character of a name is changed");
        assert_eq!(bucket.read("a.tfstate", 3).await, Err(reason::too_large(3)));
        for key in ["nothing/", "a/*.json", "a//b*", "../*"] {
            let found = bucket.expand(key).await;
            assert!(found.len() == 1 && found[0].unread.is_some(), "{key}: {found:?}");
        }
    }

    #[test]
    fn regions_and_addresses_are_told() {
        assert_eq!(split("s3://b/a/b"), Some((Scheme::S3, "b", "a/b")));
        assert_eq!(split("gs://b"), Some((Scheme::Gs, "b", "")));
        assert_eq!(split("https://b/a"), None);
        assert_eq!(endpoint_in("eu-central-1"), "https://s3.eu-central-1.amazonaws.com");
        assert_eq!(endpoint_in("cn-north-1"), "https://s3.cn-north-1.amazonaws.com.cn");
    }
}
