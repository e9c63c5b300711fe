//! Reads all documents, in parallel and within a bound.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use tenko_core::{IacOwner, Message, UnreadCode, msg};
use tenko_declare::IacSource;
use tenko_messages::english;

use crate::expand::{self, Item, Place};
use crate::files;
use crate::http::{self, Getter};
use crate::objects::Buckets;
use crate::settings::{Settings, SetupError};

/// A document of infrastructure code.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// The file, object or address, without anything secret.
    pub name: Arc<str>,
    /// The environment whose declaration names it; null when several do, or none.
    pub owner: Option<IacOwner>,
    /// The content as it is, compressed or not.
    pub bytes: Bytes,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("name", &self.name)
            .field("owner", &self.owner)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// Reads documents. Cheap to clone; connections and buckets are shared.
#[derive(Clone, Debug)]
pub struct Reader(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) client: reqwest::Client,
    pub(crate) buckets: Buckets,
}

impl Reader {
    /// A reader. Nothing is asked yet.
    ///
    /// # Errors
    /// [`SetupError`] when the certificates cannot be read, or TLS cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let client = http::client(&settings)?;
        Ok(Self(Arc::new(Inner { settings, client, buckets: Buckets::default() })))
    }

    /// Requests that the guard held back because they were no reads. More than 0 is a mistake in
    /// this crate.
    pub fn refused_calls(&self) -> u64 {
        self.0.buckets.refused()
    }

    /// Reads everything that the sources stand for and hands each document to `each` as soon as it
    /// is there, on a thread for blocking work, several at a time. The results are in the order of
    /// the sources, and within one source in that of its names.
    ///
    /// A document that several sources name is read once, without an owner. `each` fails with the
    /// reason why the document cannot be used.
    ///
    /// To be called inside a tokio runtime.
    pub async fn read<T, F>(&self, sources: &[IacSource], each: F) -> Vec<Result<T, UnreadCode>>
    where
        T: Send + 'static,
        F: Fn(Document) -> Result<T, Message> + Send + Sync + 'static,
    {
        let bound = self.0.settings.parallel.max(1);
        let items = stream::iter(sources).map(|source| expand::expand(&self.0, source));
        let items: Vec<Vec<Item>> = items.buffered(bound).collect().await;
        let items = expand::merge(items.into_iter().flatten());
        let each = Arc::new(each);
        let results = stream::iter(items).map(|item| self.one(item, each.clone()));
        let results: Vec<Vec<_>> = results.buffered(bound).collect().await;
        results.into_iter().flatten().collect()
    }

    /// As [`Self::read`], with the documents themselves.
    pub async fn documents(&self, sources: &[IacSource]) -> Vec<Result<Document, UnreadCode>> {
        self.read(sources, Ok).await
    }

    /// One document: a result, or a reason for each of those who list it.
    async fn one<T, F>(&self, item: Item, each: Arc<F>) -> Vec<Result<T, UnreadCode>>
    where
        T: Send + 'static,
        F: Fn(Document) -> Result<T, Message> + Send + Sync + 'static,
    {
        let result = self.handle(&item, each).await;
        let reason = match result {
            Ok(result) => return vec![Ok(result)],
            Err(reason) => reason,
        };
        let text = english(&reason);
        tracing::debug!(name = &*item.name, reason = text, "infrastructure code was not read");
        let unread = |owner| {
            Err(UnreadCode {
                file: item.name.clone(),
                owner,
                reason: text.clone(),
                reason_wording: Some(reason.clone()),
            })
        };
        item.owners.into_iter().map(unread).collect()
    }

    async fn handle<T, F>(&self, item: &Item, each: Arc<F>) -> Result<T, Message>
    where
        T: Send + 'static,
        F: Fn(Document) -> Result<T, Message> + Send + Sync + 'static,
    {
        let Inner { settings, client, .. } = &*self.0;
        let max = settings.max_bytes;
        let (name, owner) = (item.name.clone(), item.owner());
        let getter = Getter { client, settings };
        let bytes = match &item.place {
            Place::Unread(reason) => return Err(reason.clone()),
            Place::File(path) => {
                let path = path.clone();
                return blocking(move || {
                    let bytes = files::read(&path, max)?.into();
                    each(Document { name, owner, bytes })
                })
                .await;
            }
            Place::Object(bucket, key) => bucket.read(key, max).await?,
            Place::Http(url, auth) => http::state(getter, url, auth).await?,
            Place::Workspace(workspace) => workspace.state(getter).await?,
        };
        blocking(move || each(Document { name, owner, bytes })).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Message> + Send + 'static,
) -> Result<T, Message> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(msg!("code-fault")))
}
