//! Where a history is: a folder, or a part of a bucket. New files are made there; none is changed or
//! removed.

mod folder;
mod objects;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;

pub(crate) use folder::sweep;

use crate::error::HistoryError;

/// A place that files can be made, read and listed in.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    kind: Kind,
    /// What people call it.
    pub(crate) name: Arc<str>,
}

#[derive(Clone, Debug)]
enum Kind {
    Folder(Arc<PathBuf>),
    Objects(Arc<dyn ObjectStore>, object_store::path::Path),
}

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not there.
    NotFound,
    /// It is there already.
    Exists,
    /// It is larger than what was asked for; so many bytes at least.
    TooLarge(u64),
    /// Anything else.
    Other(Box<dyn Error + Send + Sync>),
}

impl Store {
    /// A folder, which is made when the first file is.
    pub(crate) fn folder(path: PathBuf) -> Self {
        let name = path.display().to_string().into();
        Self { kind: Kind::Folder(Arc::new(path)), name }
    }

    /// Objects whose names begin with a prefix; empty: all.
    pub(crate) fn objects(store: Arc<dyn ObjectStore>, prefix: &str, name: String) -> Self {
        Self { kind: Kind::Objects(store, prefix.into()), name: name.into() }
    }

    /// The folder, if it is one.
    pub(crate) fn as_folder(&self) -> Option<&Arc<PathBuf>> {
        match &self.kind {
            Kind::Folder(path) => Some(path),
            Kind::Objects(..) => None,
        }
    }

    /// Makes a file that is not there yet, whole or not at all.
    pub(crate) async fn create(&self, name: &str, bytes: Bytes) -> Result<(), Refusal> {
        match &self.kind {
            Kind::Folder(base) => folder::create(base.join(name), bytes).await,
            Kind::Objects(store, prefix) => objects::create(store, prefix, name, bytes).await,
        }
    }

    /// Whether files can be made in a folder; objects cannot be tried.
    pub(crate) async fn try_writing(&self, folder: &str) -> Result<(), Refusal> {
        match &self.kind {
            Kind::Folder(base) => folder::try_writing(base.join(folder)).await,
            Kind::Objects(..) => Ok(()),
        }
    }

    /// A whole file of at most so many bytes.
    pub(crate) async fn read(&self, name: &str, limit: u64) -> Result<Bytes, Refusal> {
        match &self.kind {
            Kind::Folder(base) => folder::read(base.join(name), limit).await,
            Kind::Objects(store, prefix) => objects::read(store, prefix, name, limit).await,
        }
    }

    /// The names of the files in a folder; where there is no folder, there is no file.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>, Refusal> {
        match &self.kind {
            Kind::Folder(base) => folder::list(base.join(folder)).await,
            Kind::Objects(store, prefix) => objects::list(store, prefix, folder).await,
        }
    }

    /// The error of something that was refused.
    pub(crate) fn error(&self, action: &'static str, name: &str, refusal: Refusal) -> HistoryError {
        let place = self.name.to_string();
        let source: Box<dyn Error + Send + Sync> = match refusal {
            Refusal::NotFound => "it is not there".into(),
            Refusal::Exists => "it is there already".into(),
            Refusal::TooLarge(bytes) => format!("it has {bytes} bytes or more").into(),
            // An object store's error says its causes itself: they would be said twice.
            Refusal::Other(source) => source.to_string().into(),
        };
        HistoryError::Place { action, name: name.to_owned(), place, source }
    }
}
