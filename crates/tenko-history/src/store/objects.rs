//! A history in object storage. An object appears whole, or not at all.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, GetOptions, ObjectStore, PutMode, PutOptions};

use super::Refusal;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } => Self::NotFound,
            // What S3 and Cloud Storage say of a write that was only to make something new.
            Error::AlreadyExists { .. } | Error::Precondition { .. } => Self::Exists,
            other => Self::Other(other.into()),
        }
    }
}

fn at(prefix: &Path, name: &str) -> Path {
    name.split('/').fold(prefix.clone(), |path, part| path.join(part))
}

pub(super) async fn create(
    store: &Arc<dyn ObjectStore>,
    prefix: &Path,
    name: &str,
    bytes: Bytes,
) -> Result<(), Refusal> {
    let new = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    store.put_opts(&at(prefix, name), bytes.into(), new).await?;
    Ok(())
}

pub(super) async fn read(
    store: &Arc<dyn ObjectStore>,
    prefix: &Path,
    name: &str,
    limit: u64,
) -> Result<Bytes, Refusal> {
    let found = store.get_opts(&at(prefix, name), GetOptions::default()).await?;
    if found.meta.size > limit {
        return Err(Refusal::TooLarge(found.meta.size));
    }
    let mut stream = found.into_stream();
    let mut all = BytesMut::new();
    while let Some(piece) = stream.try_next().await? {
        all.extend_from_slice(&piece);
        // Whatever it said that its size is.
        if all.len() as u64 > limit {
            return Err(Refusal::TooLarge(all.len() as u64));
        }
    }
    Ok(all.freeze())
}

pub(super) async fn list(
    store: &Arc<dyn ObjectStore>,
    prefix: &Path,
    folder: &str,
) -> Result<Vec<String>, Refusal> {
    let folder = at(prefix, folder);
    let mut names = Vec::new();
    let mut stream = store.list(Some(&folder));
    while let Some(object) = stream.try_next().await? {
        let mut below = object.location.prefix_match(&folder).into_iter().flatten();
        // Deeper ones are not ours.
        if let (Some(name), None) = (below.next(), below.next()) {
            names.push(name.as_ref().to_owned());
        }
    }
    Ok(names)
}
