//! Logging in, read-only.

mod again;
mod bootstrap;
mod console;
mod credentials;
mod doctor;
mod doctor_google;
mod each;
mod env;
mod exec;
mod explain;
mod lines;
mod log;
mod profiles;
mod server;
mod shell;
mod whoami;

use std::sync::Arc;

use tenko::declare::Manifest;
use tenko::login::cache::{Cache, CacheState};
use tenko::login::log::AccessLog;
use tenko::login::{
    Ask, Login, LoginError, NoHuman, ReadOnlySession, SelectError, Target, Targets,
};
use tenko::model::{Cloud, LoginSettings, ScopeTree};

use crate::args::CloudName;
use crate::banner;
use crate::failure::Failure;
use crate::files;
use crate::human;
use crate::login_args::{SessionArgs, Wanted, WhereArgs};
use crate::output::Out;
use crate::running::{Watch, WhenAsked};
use crate::setup;

pub(crate) use again::past_own_profile;
pub(crate) use bootstrap::run as bootstrap;
pub(crate) use console::run as console;
pub(crate) use credentials::run as credentials;
pub(crate) use doctor::run as doctor;
pub(crate) use env::run as env;
pub(crate) use exec::run as exec;
pub(crate) use explain::run as explain;
pub(crate) use log::run as log;
pub(crate) use profiles::run as profiles;
pub(crate) use server::run as server;
pub(crate) use shell::run as login;
pub(crate) use whoami::run as whoami;

/// What every login begins with.
pub(crate) struct Desk {
    pub(crate) manifest: Manifest,
    pub(crate) targets: Targets,
    pub(crate) login: Arc<Login>,
    cloud: Option<Cloud>,
    favoured: Option<Cloud>,
}

/// Whether a person may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// If one is at the terminal.
    Allowed,
    /// Never: the caller reads the output, and would wait for ever.
    Never,
}

impl Desk {
    /// Reads the manifest, and the accounts' names and tags from a snapshot if one is kept.
    pub(crate) fn open(place: &WhereArgs, asking: Asking) -> Result<Self, Failure> {
        let manifest = files::needed_manifest(&place.manifest.files, &setup::catalog()?)?;
        Self::with(manifest, place, asking)
    }

    /// The same for a command that says less without a manifest; `None` where there is none.
    pub(crate) fn open_if_any(place: &WhereArgs, asking: Asking) -> Result<Option<Self>, Failure> {
        let manifest = files::manifest(&place.manifest.files, &setup::catalog()?)?;
        manifest.map(|manifest| Self::with(manifest, place, asking)).transpose()
    }

    fn with(manifest: Manifest, place: &WhereArgs, asking: Asking) -> Result<Self, Failure> {
        let scopes = scopes(place, asking)?;
        let targets = Targets::of(&manifest.declaration, scopes.as_ref());
        let settings = manifest.declaration.login.clone();
        let mut login = start(settings, place)?;
        login = login.with_human(match asking {
            Asking::Allowed => human::find(),
            Asking::Never => Arc::new(NoHuman),
        });
        let cloud = place.cloud.map(CloudName::cloud);
        Ok(Self { manifest, targets, login: Arc::new(login), cloud, favoured: None })
    }

    /// For a command that is made for tools of AWS: where an environment has one account of AWS and
    /// projects of Google Cloud too, the account is meant.
    pub(crate) fn for_aws(self) -> Self {
        Self { favoured: Some(Cloud::aws()), ..self }
    }

    fn find(&self, selector: &str) -> Result<Target, SelectError> {
        let error = match self.targets.one(selector, self.cloud.as_ref()) {
            Ok(target) => return Ok(target.clone()),
            Err(error) => error,
        };
        let SelectError::Ambiguous { candidates, .. } = &error else { return Err(error) };
        // Between environments nobody chooses but who asked: one may be production.
        let in_one = candidates.windows(2).all(|two| match two {
            [a, b] => (&a.tenant, &a.environment) == (&b.tenant, &b.environment),
            _ => true,
        });
        let is_favoured = |target: &&Target| Some(&target.scope.cloud) == self.favoured.as_ref();
        let mut favoured = candidates.iter().filter(is_favoured);
        match (favoured.next(), favoured.next()) {
            (Some(only), None) if in_one => Ok(only.clone()),
            _ => Err(error),
        }
    }

    /// The one target that is meant; a person may be asked which.
    pub(crate) fn one(&self, selector: Option<&str>) -> Result<Target, Failure> {
        let Some(selector) = selector else {
            let all = self.many(&[])?;
            return match all.as_slice() {
                [] => Err(Failure::new("the manifest declares nothing to log in to")
                    .hint("add accounts or projects to an environment's `scopes`")),
                [only] => Ok(only.clone()),
                _ => pick(all.clone())?.ok_or_else(|| {
                    let failure = "no environment was named, and there is no terminal to choose at";
                    let all = SelectError::Ambiguous { selector: String::new(), candidates: all };
                    all.hint().into_iter().fold(Failure::new(failure), Failure::hint)
                }),
            };
        };
        match self.find(selector) {
            Ok(target) => Ok(target),
            Err(SelectError::Ambiguous { selector, candidates }) => {
                match pick(candidates.clone())? {
                    Some(target) => Ok(target),
                    None => Err(unselected(&SelectError::Ambiguous { selector, candidates })),
                }
            }
            Err(error) => Err(unselected(&error)),
        }
    }

    /// The one target that is meant, for a caller who cannot be asked.
    pub(crate) fn one_without_asking(&self, selector: &str) -> Result<Target, Failure> {
        self.find(selector).map_err(|error| unselected(&error))
    }

    /// All targets that are meant; without a selector, every one.
    pub(crate) fn many(&self, selectors: &[String]) -> Result<Vec<Target>, Failure> {
        if selectors.is_empty() {
            let fits = |target: &&Target| {
                self.cloud.as_ref().is_none_or(|cloud| target.scope.cloud == *cloud)
            };
            return Ok(self.targets.iter().filter(fits).cloned().collect());
        }
        let found = self.targets.many(selectors, self.cloud.as_ref());
        Ok(found.map_err(|error| unselected(&error))?.into_iter().cloned().collect())
    }

    /// A session for one target, after the questions that it takes.
    pub(crate) async fn session(
        &self,
        target: &Target,
        args: &SessionArgs,
    ) -> Result<ReadOnlySession, Failure> {
        let ask = ask(target, args)?;
        self.login.session(target, &ask).await.map_err(|error| refused(&error))
    }

    /// Records what a session is used for.
    pub(crate) fn record(&self, session: &ReadOnlySession, how: &str) -> Result<(), Failure> {
        self.login.record_use(session, how).map_err(|error| refused(&error))
    }

    /// A session that a person asked for: confirmed, shown and recorded.
    pub(crate) async fn enter(
        &self,
        selector: Option<&str>,
        args: &SessionArgs,
        how: &str,
        out: &Out,
    ) -> Result<ReadOnlySession, Failure> {
        self.enter_if(|_| Ok(()), selector, args, how, out).await
    }

    /// The same, where not every target will do: that is found before anything is asked of it.
    pub(crate) async fn enter_if(
        &self,
        will_do: impl Fn(&Target) -> Result<(), Failure>,
        selector: Option<&str>,
        args: &SessionArgs,
        how: &str,
        out: &Out,
    ) -> Result<ReadOnlySession, Failure> {
        let enter = async {
            let target = self.one(selector)?;
            will_do(&target)?;
            banner::confirm(&target, args.yes)?;
            let session = self.session(&target, args).await?;
            self.record(&session, how)?;
            banner::show(&session, out);
            if let CacheState::NoFolder { .. } = self.login.cache().state() {
                note_cache(&self.login, out);
            }
            Ok(session)
        };
        // So that Ctrl-C at a question leaves the terminal as it was.
        let watch = Watch::begin(WhenAsked::Stop { quiet: true });
        let entered = watch.stopped().run_until_cancelled(enter).await;
        entered.unwrap_or_else(|| Err(Failure::new("stopped before it was done")))
    }
}

/// Logins with these settings, and with what the environment and the arguments say.
pub(crate) fn start(settings: LoginSettings, place: &WhereArgs) -> Result<Login, Failure> {
    let cache = Cache::from_environment();
    if let CacheState::BadKey = cache.state() {
        let failure = Failure::new("TENKO_CACHE_KEY is not a key");
        let hint = cache.state().hint();
        return Err(hint.into_iter().fold(failure, Failure::hint));
    }
    let mut login = Login::new(settings, cache, access_log()?);
    if let Some(profile) = &place.profile {
        login = login.with_profile(profile);
    }
    Ok(login)
}

/// What the arguments ask of a session for this target.
pub(crate) fn ask(target: &Target, args: &SessionArgs) -> Result<Ask, Failure> {
    let mut levels = std::collections::BTreeSet::new();
    for wanted in &args.with {
        match wanted {
            // There are no levels on Google Cloud, and nobody named one.
            Wanted::All if target.scope.cloud == Cloud::gcp() => {}
            Wanted::All if target.data.is_empty() => {
                return Err(Failure::new(format!(
                    "{target} declares no data that people may read"
                ))
                .hint("add it to the environment: `login: {data: [...]}` in the manifest"));
            }
            Wanted::All => levels.extend(target.data.iter().copied()),
            Wanted::One(level) => {
                levels.insert(*level);
            }
        }
    }
    Ok(Ask { levels, duration: args.duration, ticket: args.ticket.clone(), fresh: args.fresh })
}

/// A person's choice among several.
fn pick(mut targets: Vec<Target>) -> Result<Option<Target>, Failure> {
    // Production is never what a hasty Enter leads to.
    targets.sort_by_key(|target| target.is_production);
    let shown: Vec<_> = targets
        .iter()
        .map(|target| {
            let name = target.name.as_deref().map(|name| format!("  {name}")).unwrap_or_default();
            let production = if target.is_production { "  PRODUCTION" } else { "" };
            format!("{target}{name}{production}")
        })
        .collect();
    let chosen = human::choose("Where to", &shown)?;
    Ok(chosen.and_then(|at| targets.into_iter().nth(at)))
}

/// Says where sessions are kept in this process only, and what to do about it.
pub(crate) fn note_cache(login: &Login, out: &Out) {
    let state = login.cache().state();
    if state.is_shared() {
        return;
    }
    out.note(&state.to_string());
    if let Some(hint) = state.hint() {
        out.note(&format!("  {hint}"));
    }
}

fn unselected(error: &SelectError) -> Failure {
    Failure::of(error, error.hint())
}

/// Why a login was not given, and what to do.
pub(crate) fn refused(error: &LoginError) -> Failure {
    Failure::of(error, error.hint())
}

/// The tree of accounts and projects of a snapshot: the one that was named, or the latest if it can be read. Without
/// one, accounts have no names and no tags. A program that waits for the answer does not wait for names.
fn scopes(place: &WhereArgs, asking: Asking) -> Result<Option<ScopeTree>, Failure> {
    let named = place.snapshot.as_deref();
    if named.is_none() && asking == Asking::Never {
        return Ok(None);
    }
    match files::open(named.unwrap_or("latest")) {
        Ok(file) => Ok(Some(file.scopes().clone())),
        Err(failure) if named.is_some() => Err(failure),
        Err(_) => Ok(None),
    }
}

fn access_log() -> Result<AccessLog, Failure> {
    AccessLog::from_environment().ok_or_else(|| {
        Failure::new(
            "there is no folder for the access log: neither HOME nor TENKO_STATE_DIR is set",
        )
    })
}
