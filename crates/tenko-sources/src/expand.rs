//! From sources to single documents, each named once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tenko_core::{IacOwner, Message, msg};
use tenko_declare::{HttpAuth, IacLocation, IacSource};
use tenko_messages::english;

use crate::files;
use crate::objects::{self, Bucket};
use crate::reader::Inner;
use crate::workspace::Workspace;

/// One document, or why there is none.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) name: Arc<str>,
    /// Everybody who lists it.
    pub(crate) owners: Vec<Option<IacOwner>>,
    pub(crate) place: Place,
}

/// Where a document is.
#[derive(Debug)]
pub(crate) enum Place {
    File(PathBuf),
    Object(Arc<Bucket>, String),
    Http(String, HttpAuth),
    Workspace(Workspace),
    /// Nowhere, and why.
    Unread(Message),
}

impl Item {
    /// Whose the document is: nobody's in particular when several environments list it.
    pub(crate) fn owner(&self) -> Option<IacOwner> {
        match self.owners.as_slice() {
            [owner] => owner.clone(),
            _ => None,
        }
    }
}

/// The documents of one source; never nothing.
pub(crate) async fn expand(inner: &Inner, source: &IacSource) -> Vec<Item> {
    let item = |name: String, place: Place| Item {
        name: name.into(),
        owners: vec![source.owner.clone()],
        place,
    };
    let unread = |reason: Message| vec![item(source.location.to_string(), Place::Unread(reason))];
    match &source.location {
        IacLocation::Path { pattern } => {
            let base = base_of(source).to_owned();
            let pattern = pattern.clone();
            let found = tokio::task::spawn_blocking(move || files::expand(&base, &pattern)).await;
            let Ok(found) = found else { return unread(msg!("code-file-search")) };
            let items = found.into_iter().map(|found| {
                let name = found.path.display().to_string();
                let place = match found.unread {
                    Some(reason) => Place::Unread(reason),
                    None => Place::File(found.path),
                };
                item(name, place)
            });
            items.collect()
        }
        IacLocation::Object { url } => {
            let Some((scheme, bucket, key)) = objects::split(url) else {
                return unread(msg!("code-object-address"));
            };
            let bucket = inner.buckets.get(&inner.client, &inner.settings, scheme, bucket).await;
            let bucket = match bucket {
                Ok(bucket) => bucket,
                Err(reason) => return unread(reason),
            };
            let items = bucket.expand(key).await.into_iter().map(|listed| {
                let name = bucket.url(&listed.key);
                let place = match listed.unread {
                    Some(reason) => Place::Unread(reason),
                    None => Place::Object(bucket.clone(), listed.key),
                };
                item(name, place)
            });
            items.collect()
        }
        IacLocation::Http { url, auth } => {
            vec![item(source.location.to_string(), Place::Http(url.clone(), auth.clone()))]
        }
        IacLocation::Workspace { host, organization, workspace, token_env } => {
            let place = Place::Workspace(Workspace {
                host: host.clone(),
                organization: organization.clone(),
                name: workspace.clone(),
                token_env: token_env.clone(),
            });
            vec![item(source.location.to_string(), place)]
        }
        _ => unread(msg!("code-place-unknown")),
    }
}

/// The folder that a source's paths are relative to: that of the manifest.
fn base_of(source: &IacSource) -> &Path {
    let file = source.place.as_ref().map(|place| Path::new(&*place.file));
    file.and_then(Path::parent).unwrap_or(Path::new(""))
}

/// Puts documents that several sources name together. One that were read twice would be two states
/// that claim the same resources.
pub(crate) fn merge(items: impl IntoIterator<Item = Item>) -> Vec<Item> {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut merged: Vec<Item> = Vec::new();
    for item in items {
        let key = match &item.place {
            // Links and dots lead to the same file.
            Place::File(path) => {
                let real = path.canonicalize().unwrap_or_else(|_| path.clone());
                format!("file {}", real.display())
            }
            Place::Unread(reason) => format!("unread {} {}", item.name, english(reason)),
            Place::Http(url, _) => format!("http {url}"),
            Place::Object(..) | Place::Workspace(_) => item.name.to_string(),
        };
        let known = first.get(&key).and_then(|at| merged.get_mut(*at));
        match known {
            Some(known) => {
                let new = item.owners.into_iter().filter(|owner| !known.owners.contains(owner));
                let new: Vec<_> = new.collect();
                known.owners.extend(new);
            }
            None => {
                first.insert(key, merged.len());
                merged.push(item);
            }
        }
    }
    merged
}
