//! From what is declared to what has to be made.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Cloud, DataLevel, LoginSettings};

use super::principal::{is_account, split};
use super::project::{home, is_project};
use super::{BootstrapError, Principal, Project, Role, Trusting};
use crate::policy::SessionPolicy;
use crate::target::Target;

/// The shortest that IAM lets the longest session of a role be, in seconds.
const SHORTEST: u32 = 3_600;

/// The longest, in seconds.
const LONGEST: u32 = 43_200;

/// Everything that has to be made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The roles in accounts, by account and name.
    pub roles: Vec<Role>,
    /// The service accounts of projects, by project.
    pub projects: Vec<Project>,
}

impl Plan {
    /// What these targets need. Environments that share an account and its role share what is made,
    /// and it suffices for all of them.
    ///
    /// The accounts trust `login.aws.hub`, or where none is declared the principal in `trusting`;
    /// both, if they are the same.
    ///
    /// # Errors
    /// Whatever would make a role that lets in more than the one principal, or that does not keep
    /// clients apart.
    pub fn of<'t>(
        targets: impl IntoIterator<Item = &'t Target>,
        settings: &LoginSettings,
        trusting: &Trusting,
    ) -> Result<Self, BootstrapError> {
        let (mut accounts, mut projects) = (Vec::new(), Vec::new());
        for target in targets {
            if target.scope.cloud == Cloud::aws() {
                accounts.push(target);
            } else if target.scope.cloud == Cloud::gcp() {
                projects.push(target);
            } else {
                return Err(BootstrapError::Cloud { target: target.to_string() });
            }
        }
        if accounts.is_empty() && projects.is_empty() {
            return Err(BootstrapError::Nothing);
        }
        Ok(Self {
            roles: roles(&accounts, settings, trusting)?,
            projects: self::projects(&projects, trusting)?,
        })
    }

    /// The different sets of data levels, the smallest first.
    pub(super) fn levels(&self) -> Vec<&Role> {
        let mut seen = BTreeSet::new();
        let mut all: Vec<_> =
            self.roles.iter().filter(|role| seen.insert(role.levels().clone())).collect();
        all.sort_by_key(|role| (role.levels().len(), role.levels().clone()));
        all
    }
}

/// `none`, or `logs.objects`: a set of data levels as one word.
pub(super) fn word(levels: &BTreeSet<DataLevel>) -> String {
    let words: Vec<_> = levels.iter().map(|level| level.as_str()).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(".") }
}

/// A role before its levels are known.
struct Draft<'t> {
    first: &'t Target,
    all: Vec<&'t Target>,
    external_id: &'t str,
}

fn roles(
    targets: &[&Target],
    settings: &LoginSettings,
    trusting: &Trusting,
) -> Result<Vec<Role>, BootstrapError> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let trusted = hub(settings, trusting)?;
    // Names of roles are unique in an account, whatever their path and their case.
    let mut drafts: BTreeMap<(String, String), (String, String, Draft<'_>)> = BTreeMap::new();
    for target in targets {
        let account = target.scope.id.as_str();
        if !is_account(account) {
            let (target, account) = (target.label(), account.to_owned());
            return Err(BootstrapError::Account { target, account });
        }
        let (path, name) = split(&target.role).ok_or_else(|| BootstrapError::RoleName {
            target: target.to_string(),
            role: target.role.clone(),
        })?;
        let external_id = external_id(target)?;
        let key = (account.to_owned(), name.to_lowercase());
        match drafts.get_mut(&key) {
            None => {
                let draft = Draft { first: target, all: vec![target], external_id };
                drafts.insert(key, (path, name, draft));
            }
            Some((its, same, draft))
                if draft.external_id == external_id && *its == path && *same == name =>
            {
                draft.all.push(target);
            }
            Some((_, _, draft)) => {
                let (one, other) = (draft.first.to_string(), target.to_string());
                return Err(BootstrapError::Disagree { one, other });
            }
        }
    }
    apart(&drafts)?;
    let max_session = settings.aws.duration.unwrap_or(SHORTEST).clamp(SHORTEST, LONGEST);
    let role = |((account, _), (path, name, draft)): (_, (String, String, Draft<'_>))| {
        let levels = draft.all.iter().flat_map(|target| &target.data).copied().collect();
        Ok(Role {
            tenants: draft.all.iter().map(|target| target.tenant.clone()).collect(),
            environments: draft.all.iter().map(|target| target.label()).collect(),
            account,
            path,
            name,
            trusted: trusted.clone(),
            external_id: draft.external_id.to_owned(),
            max_session,
            policy: SessionPolicy::new(&levels)?,
        })
    };
    drafts.into_iter().map(role).collect()
}

/// Whom the accounts trust.
fn hub(settings: &LoginSettings, trusting: &Trusting) -> Result<Principal, BootstrapError> {
    let declared = settings.aws.hub.as_deref().map(Principal::parse).transpose()?;
    match (declared, trusting.aws.clone()) {
        (Some(one), Some(other)) if one != other => Err(BootstrapError::TwoHubs {
            one: one.arn().to_owned(),
            other: other.arn().to_owned(),
        }),
        (Some(one), _) | (None, Some(one)) => Ok(one),
        (None, None) => Err(BootstrapError::NoHub),
    }
}

/// The target's external id, if STS takes it: 2 to 1,224 characters of `[\w+=,.@:/-]`.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
fn external_id(target: &Target) -> Result<&str, BootstrapError> {
    let Some(id) = target.external_id.as_deref() else {
        return Err(BootstrapError::NoExternalId { target: target.to_string() });
    };
    let good = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b);
    match (2..=1_224).contains(&id.len()) && id.bytes().all(good) {
        true => Ok(id),
        false => Err(BootstrapError::ExternalId {
            target: target.to_string(),
            external_id: id.chars().take(1_224).collect(),
        }),
    }
}

/// That no external id is of two clients. Accounts of one tenant may have the same: it keeps
/// clients apart, not accounts.
fn apart(
    drafts: &BTreeMap<(String, String), (String, String, Draft<'_>)>,
) -> Result<(), BootstrapError> {
    let mut of: BTreeMap<&str, &Draft<'_>> = BTreeMap::new();
    for (_, _, draft) in drafts.values() {
        let Some(other) = of.insert(draft.external_id, draft) else { continue };
        let is_of = |one: &Draft<'_>, tenant: &str| one.all.iter().any(|t| t.tenant == tenant);
        if !draft.all.iter().any(|target| is_of(other, &target.tenant)) {
            return Err(BootstrapError::SharedExternalId {
                one: other.first.to_string(),
                other: draft.first.to_string(),
                external_id: draft.external_id.to_owned(),
            });
        }
    }
    Ok(())
}

fn projects(targets: &[&Target], trusting: &Trusting) -> Result<Vec<Project>, BootstrapError> {
    let mut all: BTreeMap<(String, String), Project> = BTreeMap::new();
    for target in targets {
        let project = target.scope.id.as_str();
        if !is_project(project) {
            let (target, project) = (target.label(), project.to_owned());
            return Err(BootstrapError::Project { target, project });
        }
        let email = target.impersonate.clone().unwrap_or_default();
        let wrong = |email: &str| BootstrapError::ServiceAccount {
            target: target.to_string(),
            email: email.to_owned(),
        };
        home(&email).ok_or_else(|| wrong(&email))?;
        let members = match target.delegates.last() {
            Some(last) => {
                home(last).ok_or_else(|| wrong(last))?;
                BTreeSet::from([format!("serviceAccount:{last}")])
            }
            None if trusting.google.is_empty() => return Err(BootstrapError::NoMember),
            None => trusting.google.clone(),
        };
        let one = all.entry((project.to_owned(), email.clone())).or_insert_with(|| Project {
            environments: BTreeSet::new(),
            project: project.to_owned(),
            service_account: email,
            members: BTreeSet::new(),
        });
        one.environments.insert(target.label());
        one.members.extend(members);
    }
    Ok(all.into_values().collect())
}
