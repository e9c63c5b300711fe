//! What Cloud Asset Inventory lists: each type once for all projects below a root, handed out project by project.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tenko_core::{AttrPath, Gate, ReadFrom, ResourceType};

use crate::error::{CallError, ErrorClass};
use crate::official::Official;
use crate::official::assets::{self, Asset, AssetPage, Content};
use crate::provider::{caller_key, gated};
use crate::session::Session;
use crate::types::{AssetPlace, IAM_POLICY, Record, Type};

/// What the inventory is called where coverage says what was read.
const SOURCE: &str = "cloudasset.googleapis.com";

/// All listings of the current round.
#[derive(Debug, Default)]
pub(crate) struct Listings {
    lists: Mutex<HashMap<(String, ResourceType), Shared>>,
    /// The time that the first listing of the round was of: the others are of the same one.
    read_time: Mutex<Pin>,
    /// Held by the first listing while it asks. Without it, listings that begin together would each have a time.
    first: tokio::sync::Mutex<()>,
}

/// The time of a round.
#[derive(Clone, Copy, Debug, Default)]
enum Pin {
    /// Nobody asked yet.
    #[default]
    Open,
    /// Every further listing is of this time.
    At(Timestamp),
    /// The inventory did not answer: nobody waits for another one to find that out as well.
    Failed,
}

/// Whoever holds it reads on.
type Shared = Arc<tokio::sync::Mutex<Listing>>;

/// One project's part of a listing.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) records: Vec<Record>,
    pub(crate) read_from: ReadFrom,
    /// Why the policies are unknown, if they are.
    pub(crate) policies: Option<CallError>,
}

/// Who asks, and how.
pub(crate) struct Asking<'a> {
    pub(crate) official: &'a Official,
    pub(crate) session: &'a Session,
    pub(crate) gate: &'a dyn Gate,
    /// `organizations/1`, `folders/2`, `projects/acme-prod`.
    pub(crate) root: &'a str,
    pub(crate) ty: &'a Type,
}

/// A listing, as far as it came. Whoever waits for it drives it; when that one gives up, the next goes on with the
/// page that comes then.
#[derive(Debug, Default)]
struct Listing {
    content: Pass,
    token: Option<String>,
    tokens: HashSet<String>,
    read_time: Option<Timestamp>,
    /// Records by project number and asset name.
    projects: HashMap<String, HashMap<String, Record>>,
    policies: Option<CallError>,
    result: Option<Result<(), CallError>>,
    /// Projects that were given their share. One that asks again begins a new round.
    taken: HashSet<String>,
}

/// What is being listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pass {
    #[default]
    Resources,
    Policies,
}

impl Listings {
    /// Forgets everything: a new round begins.
    pub(crate) fn reset(&self) {
        lock(&self.lists).clear();
        *lock(&self.read_time) = Pin::Open;
    }

    /// The time that a listing is to be of, or the right to choose it, which is to be held until it is chosen.
    async fn pin(&self) -> (Option<Timestamp>, Option<tokio::sync::MutexGuard<'_, ()>>) {
        let known = |pin: Pin| match pin {
            Pin::Open => None,
            Pin::At(time) => Some(Some(time)),
            Pin::Failed => Some(None),
        };
        if let Some(time) = known(*lock(&self.read_time)) {
            return (time, None);
        }
        let first = self.first.lock().await;
        // Whoever held it may have chosen.
        match known(*lock(&self.read_time)) {
            Some(time) => (time, None),
            None => (None, Some(first)),
        }
    }

    /// The records of the type in the project with this number.
    ///
    /// # Errors
    /// [`CallError`] when the listing could not be read to its end.
    pub(crate) async fn share(
        &self,
        asking: &Asking<'_>,
        project: &str,
    ) -> Result<Share, CallError> {
        let key = (asking.root.to_owned(), asking.ty.info.resource_type.clone());
        let listing = Arc::clone(lock(&self.lists).entry(key).or_default());
        let mut listing = listing.lock().await;
        if listing.taken.contains(project) {
            *listing = Listing::default();
            *lock(&self.read_time) = Pin::Open;
        }
        while listing.result.is_none() {
            let (pinned, first) = self.pin().await;
            let pinned = listing.read_time.or(pinned);
            let asked = listing.step(asking, pinned).await;
            let mut pin = lock(&self.read_time);
            if let (Some(time), Pin::Open | Pin::Failed) = (listing.read_time, *pin) {
                *pin = Pin::At(time);
            } else if first.is_some() && asked.as_ref().is_err_and(CallError::is_retryable) {
                *pin = Pin::Failed;
            }
            drop(pin);
            if let Err(error) = asked {
                listing.projects.clear();
                listing.result = Some(Err(error));
            }
        }
        listing.taken.insert(project.to_owned());
        if let Some(Err(error)) = &listing.result {
            return Err(error.clone());
        }
        let Some(at) = listing.read_time else {
            return Err(broken(asking, "no-read-time", "the listing does not say of when it is"));
        };
        Ok(Share {
            records: listing
                .projects
                .remove(project)
                .into_iter()
                .flatten()
                .map(|(_, r)| r)
                .collect(),
            read_from: ReadFrom { source: SOURCE.to_owned(), at },
            policies: listing.policies.clone(),
        })
    }
}

impl Listing {
    /// Reads one page.
    async fn step(
        &mut self,
        asking: &Asking<'_>,
        pinned: Option<Timestamp>,
    ) -> Result<(), CallError> {
        let content = match self.content {
            Pass::Resources => Content::Resource,
            Pass::Policies => Content::IamPolicy,
        };
        let key = caller_key("cloudasset");
        let (o, s, types) = (asking.official, asking.session, &asking.ty.asset_types);
        let token = self.token.as_deref();
        let asked = assets::list_assets(o, s, asking.root, types, content, pinned, token);
        let page = match gated(asking.gate, &key, asked).await {
            Ok(page) => page,
            Err(error) => {
                if self.content == Pass::Resources {
                    return Err(error);
                }
                // The resources are all there; only their policies are unknown.
                self.no_policies(error);
                return Ok(());
            }
        };
        self.take_in(asking, page)
    }

    fn take_in(&mut self, asking: &Asking<'_>, page: AssetPage) -> Result<(), CallError> {
        if page.read_time.is_none() {
            // Every answer says it: this is none of the method's, and no empty list.
            let text = "the listing does not say of when it is";
            let error = broken(asking, "no-read-time", text);
            if self.content == Pass::Resources {
                return Err(error);
            }
            self.no_policies(error);
            return Ok(());
        }
        self.read_time = self.read_time.or(page.read_time);
        for asset in page.assets {
            self.add(asset);
        }
        match page.next {
            Some(token) if !self.tokens.insert(token.clone()) => {
                let text = "the same page token came again: the listing would never end";
                let error = broken(asking, "repeated-token", text);
                if self.content == Pass::Resources {
                    return Err(error);
                }
                self.no_policies(error);
            }
            Some(token) => self.token = Some(token),
            None if self.content == Pass::Resources && asking.ty.form.has_policy() => {
                self.content = Pass::Policies;
                self.token = None;
                self.tokens.clear();
            }
            None => self.result = Some(Ok(())),
        }
        Ok(())
    }

    fn add(&mut self, asset: Asset) {
        // What hangs in a folder or an organization belongs to no project.
        let Some(project) = asset.project else { return };
        match self.content {
            Pass::Resources => {
                let place = AssetPlace { name: asset.name.clone(), location: asset.location };
                let record = Record { data: asset.data, asset: Some(place), ..Record::default() };
                self.projects.entry(project).or_default().insert(asset.name, record);
            }
            Pass::Policies => {
                let records = self.projects.get_mut(&project);
                if let Some(record) = records.and_then(|records| records.get_mut(&asset.name)) {
                    record.policy = asset.iam_policy;
                }
            }
        }
    }

    fn no_policies(&mut self, error: CallError) {
        for record in self.projects.values_mut().flat_map(HashMap::values_mut) {
            record.policy = None;
            record.unknown.push(AttrPath::key(IAM_POLICY));
        }
        self.policies = Some(error);
        self.result = Some(Ok(()));
    }
}

fn broken(asking: &Asking<'_>, code: &str, text: &str) -> CallError {
    let operation = crate::official::ASSETS_LIST.operation();
    let text = format!("{}: {text}", asking.ty.info.resource_type);
    CallError::own(&operation, ErrorClass::Broken, code, text)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
