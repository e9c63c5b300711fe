//! Finding the accounts: the organization's tree, a given list, or the caller's own account.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_organizations::types::{
    Account, AccountState, AccountStatus, OrganizationalUnit, Root, Tag,
};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_types::region::Region as AwsRegion;
use futures_util::StreamExt;
use tenko_core::{Cloud, DiscoverEvent, Gate, Reach, Scope, ScopeKind, ScopeStatus, Sink};

use crate::context::{Clients, Session};
use crate::provider::outcome::problem_of;
use crate::provider::rate_key;
use crate::provider::session::home_of;
use crate::sdk_paging::{Page, Pages, pages};
use crate::wire::{CallError, ErrorClass, classify_sdk_error};

/// Which accounts are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discovery {
    /// Every account of the caller's organization; where there is none, the caller's own account.
    ///
    /// A member account without delegation may not see the tree: that is a problem of the
    /// discovery, and the caller's own account is audited all the same.
    #[default]
    Organization,
    /// These account numbers. Nothing is asked: they have no names, and their status is unknown.
    Accounts(Vec<String>),
    /// The caller's own account.
    Caller,
}

/// How many accounts are asked for their tags at a time.
const TAGS_AT_ONCE: usize = 4;

/// The code that tells that the caller's account is in no organization.
const NOT_IN_USE: &str = "AWSOrganizationsNotInUseException";

/// What is known of the organization as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Organization {
    pub(crate) id: String,
    /// The management account.
    pub(crate) management: Option<String>,
}

/// The Organizations API, as the caller asks it.
pub(crate) struct Organizations<'a> {
    pub(crate) clients: &'a Clients,
    pub(crate) session: &'a Session,
    pub(crate) gate: &'a dyn Gate,
}

/// Sends one request: gated, with the caller's credentials, errors classified.
macro_rules! call {
    ($api:expr, $operation:literal, $request:expr) => {{
        $api.pass().await;
        let answer = $request.customize().config_override($api.config()).send().await;
        answer
            .map_err(|error| $api.classify(classify_sdk_error(&error, "organizations", $operation)))
    }};
}

impl<'a> Organizations<'a> {
    async fn pass(&self) {
        self.gate.pass(&rate_key(&self.session.account, Reach::Global, "organizations")).await;
    }

    fn classify(&self, error: CallError) -> CallError {
        if error.class == ErrorClass::Throttled {
            self.gate.throttled(&rate_key(&self.session.account, Reach::Global, "organizations"));
        }
        error
    }

    fn config(&self) -> aws_sdk_organizations::config::Builder {
        let credentials = self.session.credentials.for_call();
        aws_sdk_organizations::Config::builder()
            .region(AwsRegion::new(home_of(self.session)))
            .credentials_provider(credentials.clone())
            .identity_cache(IdentityCache::no_cache())
            .retry_classifier(credentials)
            .retry_partition(self.session.retry_partition.clone())
    }

    /// The organization that the caller's account is in, or `None`.
    pub(crate) async fn describe(&self) -> Result<Option<Organization>, CallError> {
        let client = &self.clients.organizations;
        let answer = match call!(self, "DescribeOrganization", client.describe_organization()) {
            Ok(answer) => answer,
            Err(error) if error.code.as_deref() == Some(NOT_IN_USE) => return Ok(None),
            Err(error) => return Err(error),
        };
        let organization = answer.organization.and_then(|organization| {
            Some(Organization { id: organization.id?, management: organization.master_account_id })
        });
        organization.map(Some).ok_or_else(|| {
            let text = "the answer names no organization";
            CallError::new(
                ErrorClass::InvalidResponse,
                "organizations",
                "DescribeOrganization",
                text,
            )
        })
    }

    /// Whether the caller may see the tree, which only the management account and delegated
    /// administrators may.
    pub(crate) async fn sees_tree(&self) -> bool {
        call!(self, "ListRoots", self.clients.organizations.list_roots()).is_ok()
    }

    fn roots(&'a self) -> Pages<'a, Root> {
        pages(
            "organizations",
            "ListRoots",
            |root| root.id.as_deref(),
            move |token| async move {
                let request = self.clients.organizations.list_roots().set_next_token(token);
                let answer = call!(self, "ListRoots", request)?;
                Ok(Page { items: answer.roots.unwrap_or_default(), next: answer.next_token })
            },
        )
    }

    fn units(&'a self, parent: &'a str) -> Pages<'a, OrganizationalUnit> {
        pages(
            "organizations",
            "ListOrganizationalUnitsForParent",
            |unit| unit.id.as_deref(),
            move |token| async move {
                let client = &self.clients.organizations;
                let request = client.list_organizational_units_for_parent().parent_id(parent);
                let request = request.set_next_token(token);
                let answer = call!(self, "ListOrganizationalUnitsForParent", request)?;
                Ok(Page {
                    items: answer.organizational_units.unwrap_or_default(),
                    next: answer.next_token,
                })
            },
        )
    }

    fn accounts_of(&'a self, parent: &'a str) -> Pages<'a, Account> {
        pages(
            "organizations",
            "ListAccountsForParent",
            |account| account.id.as_deref(),
            move |token| async move {
                let client = &self.clients.organizations;
                let request =
                    client.list_accounts_for_parent().parent_id(parent).set_next_token(token);
                let answer = call!(self, "ListAccountsForParent", request)?;
                Ok(Page { items: answer.accounts.unwrap_or_default(), next: answer.next_token })
            },
        )
    }

    fn accounts(&'a self) -> Pages<'a, Account> {
        pages(
            "organizations",
            "ListAccounts",
            |account| account.id.as_deref(),
            move |token| async move {
                let request = self.clients.organizations.list_accounts().set_next_token(token);
                let answer = call!(self, "ListAccounts", request)?;
                Ok(Page { items: answer.accounts.unwrap_or_default(), next: answer.next_token })
            },
        )
    }

    async fn tags(&self, resource: &str) -> Result<BTreeMap<String, String>, CallError> {
        let mut pages = pages(
            "organizations",
            "ListTagsForResource",
            |tag: &Tag| Some(tag.key.as_str()),
            move |token| async move {
                let client = &self.clients.organizations;
                let request =
                    client.list_tags_for_resource().resource_id(resource).set_next_token(token);
                let answer = call!(self, "ListTagsForResource", request)?;
                Ok(Page { items: answer.tags.unwrap_or_default(), next: answer.next_token })
            },
        );
        let mut tags = BTreeMap::new();
        while let Some(page) = pages.next().await {
            tags.extend(page?.into_iter().map(|tag| (tag.key, tag.value)));
        }
        Ok(tags)
    }
}

/// One walk through the organization.
pub(crate) struct Walk<'a> {
    pub(crate) api: Organizations<'a>,
    pub(crate) sink: &'a Sink<DiscoverEvent>,
    pub(crate) organization: &'a Organization,
    /// Whether tags may be asked: a denial of one is a denial of all.
    pub(crate) tags_allowed: AtomicBool,
}

impl Walk<'_> {
    /// Lists everything below the organization. Returns whether the tree could be seen.
    ///
    /// A listing that fails takes nothing but its own branch. Accounts that may hang in such a branch are
    /// looked for in the flat list, and hang below the organization itself.
    pub(crate) async fn run(&self) -> bool {
        let organization = self.organization;
        self.sink
            .send(DiscoverEvent::Scope(scope(&organization.id, ScopeKind::Organization, None, "")))
            .await;
        let mut accounts = HashSet::new();
        let mut folders = HashSet::new();
        let mut parents = VecDeque::new();
        let mut roots = self.api.roots();
        let mut whole = true;
        while let Some(page) = roots.next().await {
            let Some(page) = self.or_problem(page, &organization.id).await else {
                whole = false;
                continue;
            };
            for root in page {
                let (id, name) = (root.id.unwrap_or_default(), root.name.unwrap_or_default());
                self.folder(id, &name, &organization.id, &mut folders, &mut parents).await;
            }
        }
        // An organization always has a root.
        whole &= !folders.is_empty();
        let sees_tree = whole;
        while let Some(parent) = parents.pop_front() {
            whole &= self.children(&parent, &mut folders, &mut parents, &mut accounts).await;
        }
        if !whole {
            let mut flat = self.api.accounts();
            while let Some(page) = flat.next().await {
                if let Some(page) = self.or_problem(page, &organization.id).await {
                    self.send_accounts(page, &organization.id, &mut accounts).await;
                }
            }
        }
        // A member account may see nothing, but it knows itself.
        let own = &self.api.session.account;
        if accounts.insert(own.clone()) {
            let management = self.is_management(own);
            let scope = Scope { management, ..caller_scope(own, Some(&organization.id)) };
            self.sink.send(DiscoverEvent::Scope(scope)).await;
        }
        sees_tree
    }

    /// Lists what is directly below one root or unit. Returns whether all of it could be listed.
    async fn children(
        &self,
        parent: &str,
        folders: &mut HashSet<String>,
        parents: &mut VecDeque<String>,
        accounts: &mut HashSet<String>,
    ) -> bool {
        let mut whole = true;
        let mut units = self.api.units(parent);
        while let Some(page) = units.next().await {
            let Some(page) = self.or_problem(page, parent).await else {
                whole = false;
                continue;
            };
            for unit in page {
                let (id, name) = (unit.id.unwrap_or_default(), unit.name.unwrap_or_default());
                self.folder(id, &name, parent, folders, parents).await;
            }
        }
        let mut members = self.api.accounts_of(parent);
        while let Some(page) = members.next().await {
            match self.or_problem(page, parent).await {
                Some(page) => self.send_accounts(page, parent, accounts).await,
                None => whole = false,
            }
        }
        whole
    }

    /// Sends one root or unit and queues it; one that came before is a ring, and is left.
    async fn folder(
        &self,
        id: String,
        name: &str,
        parent: &str,
        folders: &mut HashSet<String>,
        parents: &mut VecDeque<String>,
    ) {
        if folders.insert(id.clone()) {
            self.sink
                .send(DiscoverEvent::Scope(scope(&id, ScopeKind::Folder, Some(parent), name)))
                .await;
            parents.push_back(id);
        }
    }

    async fn send_accounts(&self, page: Vec<Account>, parent: &str, seen: &mut HashSet<String>) {
        let new = page
            .into_iter()
            .filter(|account| account.id.as_ref().is_some_and(|id| seen.insert(id.clone())));
        let scopes: Vec<_> = new.map(|account| self.account(account, parent)).collect();
        let mut scopes = futures_util::stream::iter(scopes).buffered(TAGS_AT_ONCE);
        while let Some(scope) = scopes.next().await {
            self.sink.send(DiscoverEvent::Scope(scope)).await;
        }
    }

    async fn account(&self, account: Account, parent: &str) -> Scope {
        let id = account.id.clone().unwrap_or_default();
        let mut scope =
            scope(&id, ScopeKind::Account, Some(parent), account.name().unwrap_or_default());
        scope.status = status(&account);
        scope.management = self.is_management(&id);
        if self.tags_allowed.load(Ordering::Relaxed) {
            match self.api.tags(&id).await {
                Ok(tags) => scope.tags = tags,
                Err(error) => {
                    let denied = matches!(error.class, ErrorClass::Denied(_));
                    // One row for all accounts that are denied, one for each other failure.
                    if !denied || self.tags_allowed.swap(false, Ordering::Relaxed) {
                        self.sink.send(DiscoverEvent::Problem(problem_of(&error, Some(id)))).await;
                    }
                }
            }
        }
        scope
    }

    fn is_management(&self, account: &str) -> bool {
        self.organization.management.as_deref() == Some(account)
    }

    async fn or_problem<T>(&self, result: Result<T, CallError>, about: &str) -> Option<T> {
        match result {
            Ok(found) => Some(found),
            Err(error) => {
                self.sink
                    .send(DiscoverEvent::Problem(problem_of(&error, Some(about.to_owned()))))
                    .await;
                None
            }
        }
    }
}

fn scope(id: &str, kind: ScopeKind, parent: Option<&str>, name: &str) -> Scope {
    Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind,
        parent: parent.map(Into::into),
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: BTreeMap::new(),
    }
}

/// The caller's own account: it answered, so it is active.
pub(crate) fn caller_scope(account: &str, parent: Option<&str>) -> Scope {
    scope(account, ScopeKind::Account, parent, "")
}

/// An account that was named by configuration.
pub(crate) fn named_scope(account: &str) -> Scope {
    Scope { status: ScopeStatus::Unknown, ..scope(account, ScopeKind::Account, None, "") }
}

/// The state where there is one: `Status` is the older field, was to be retired in September 2026, and knows no
/// closed accounts.
fn status(account: &Account) -> ScopeStatus {
    match (&account.state, &account.status) {
        (Some(AccountState::Active), _) => ScopeStatus::Active,
        (Some(AccountState::PendingActivation), _) => ScopeStatus::PendingActivation,
        (Some(AccountState::Suspended), _) => ScopeStatus::Suspended,
        (Some(AccountState::PendingClosure), _) => ScopeStatus::PendingClosure,
        (Some(AccountState::Closed), _) => ScopeStatus::Closed,
        (Some(_), _) => ScopeStatus::Unknown,
        (None, Some(AccountStatus::Active)) => ScopeStatus::Active,
        (None, Some(AccountStatus::Suspended)) => ScopeStatus::Suspended,
        (None, Some(AccountStatus::PendingClosure)) => ScopeStatus::PendingClosure,
        (None, _) => ScopeStatus::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_field_wins() {
        let account = Account::builder().status(AccountStatus::Suspended);
        assert_eq!(status(&account.clone().build()), ScopeStatus::Suspended);
        assert_eq!(
            status(&account.clone().state(AccountState::Closed).build()),
            ScopeStatus::Closed
        );
        assert_eq!(
            status(&account.state(AccountState::from("LIMBO")).build()),
            ScopeStatus::Unknown
        );
        assert_eq!(status(&Account::builder().build()), ScopeStatus::Unknown);
    }
}
