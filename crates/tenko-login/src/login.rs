//! From a target to a session: the one way.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tenko_aws::SourceSettings;
use tenko_core::{Cloud, DataLevel, LoginSettings};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::attribution::who_of_arn;
use crate::aws::Caller;
use crate::cache::{Cache, CacheKey, WAIT};
use crate::error::LoginError;
use crate::google::Issuer;
use crate::human::{Human, NoHuman};
use crate::log::{AccessLog, Entry};
use crate::proof::Probe;
use crate::session::{Grant, ReadOnlySession};
use crate::target::Target;

/// How long sessions live unless the manifest or the caller says otherwise, in seconds: what STS itself takes.
pub(crate) const DEFAULT_SECONDS: u32 = 3600;

/// A session that ends this soon is not handed out again, but made anew: longer than most commands take to start, and
/// what the SDKs' own caches leave.
pub(crate) const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// How long a process without a person waits for another one's session: that one may be waiting for its person, and
/// scripts do not hang. Longer than a session takes to make.
const UNATTENDED_WAIT: Duration = Duration::from_secs(60);

/// More than a session takes, in bytes.
const ROOM: usize = 16 * 1024;

/// The characters of a tag's value, beside letters, digits and spaces. Source: STS's `Tag`.
const TICKET: &str = "_.:/=+-@";

/// What is wanted of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// The data that it is to read; each must be declared by the environment.
    pub levels: BTreeSet<DataLevel>,
    /// How long it is to live, in seconds; `None` is what the manifest says.
    pub duration: Option<u32>,
    /// The ticket that it is for.
    pub ticket: Option<String>,
    /// Not one that is kept, whatever is.
    pub fresh: bool,
}

/// Gives out read-only sessions.
#[derive(Debug)]
pub struct Login {
    pub(crate) settings: LoginSettings,
    pub(crate) sources: SourceSettings,
    pub(crate) human: Arc<dyn Human>,
    cache: Cache,
    log: AccessLog,
    caller: OnceCell<Caller>,
    google: OnceCell<Issuer>,
}

impl Login {
    /// With the settings of a declaration, where sessions are kept, and where each is recorded. Nobody is asked
    /// anything: see [`with_human`](Self::with_human).
    pub fn new(settings: LoginSettings, cache: Cache, log: AccessLog) -> Self {
        let mut sources = SourceSettings::default();
        sources.profile.clone_from(&settings.aws.profile);
        Self {
            settings,
            sources,
            human: Arc::new(NoHuman),
            cache: cache.waiting(UNATTENDED_WAIT),
            log,
            caller: OnceCell::new(),
            google: OnceCell::new(),
        }
    }

    /// Somebody who can be asked for a code, and for whom a browser can be opened.
    #[must_use]
    pub fn with_human(mut self, human: Arc<dyn Human>) -> Self {
        self.cache = self.cache.waiting(if human.present() { WAIT } else { UNATTENDED_WAIT });
        self.human = human;
        self
    }

    /// The profile to begin with, instead of the manifest's.
    #[must_use]
    pub fn with_profile(mut self, profile: impl Into<String>) -> Self {
        self.sources.profile = Some(profile.into());
        self.settings.aws.identity_center = None;
        self
    }

    /// Where sessions are recorded.
    pub fn log(&self) -> &AccessLog {
        &self.log
    }

    /// Where sessions are kept.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// A read-only session for this target: one that is kept and still good, or a new one, proven and recorded.
    ///
    /// Of many callers at once, in this process and in others, one makes it and all get it.
    ///
    /// # Errors
    /// [`LoginError`]: why not.
    pub async fn session(&self, target: &Target, ask: &Ask) -> Result<ReadOnlySession, LoginError> {
        self.check(target, ask)?;
        let key = self.key(target, ask)?;
        let unproven = self.settings.allow_unproven;
        let good = |bytes: &[u8]| {
            parse(bytes).is_some_and(|grant| is_good(&grant, ask, unproven, Timestamp::now()))
        };
        let make = async {
            let made = if target.scope.cloud == Cloud::gcp() {
                Box::pin(self.of_google(target, ask)).await
            } else {
                Box::pin(self.of_aws(target, ask)).await
            };
            let grant = self.judge(target, ask, made).await?;
            written(&grant)
        };
        let bytes = self.cache.get_or(&key, good, ask.fresh, make).await?;
        let grant = parse(&bytes).ok_or_else(|| LoginError::Configuration {
            reason: "a session that was just kept cannot be read".to_owned(),
        })?;
        Ok(ReadOnlySession::new(target.clone(), grant))
    }

    /// What can be refused without asking anybody.
    fn check(&self, target: &Target, ask: &Ask) -> Result<(), LoginError> {
        let label = || target.to_string();
        if target.scope.cloud == Cloud::gcp() && !ask.levels.is_empty() {
            return Err(LoginError::NoLevels { target: label() });
        }
        if let Some(level) = ask.levels.difference(&target.data).next() {
            let (level, declared) = (level.to_string(), target.data.clone());
            return Err(LoginError::NotDeclared { target: label(), level, declared });
        }
        match &ask.ticket {
            None if self.settings.ticket_required => return Err(LoginError::NoTicket),
            Some(ticket) if !is_ticket(ticket) => {
                return Err(LoginError::Ticket { ticket: ticket.clone() });
            }
            _ => {}
        }
        Ok(())
    }

    /// Refuses what is not proven, and records the outcome either way: a session that is not recorded is not given.
    async fn judge(
        &self,
        target: &Target,
        ask: &Ask,
        made: Result<Grant, LoginError>,
    ) -> Result<Grant, LoginError> {
        let judged = made.and_then(|grant| {
            let proof = Box::new(grant.proof.clone());
            match &grant.proof.probe {
                Probe::Permitted { .. } => {
                    Err(LoginError::NotReadOnly { target: target.to_string(), proof })
                }
                Probe::Unproven { .. } if !self.settings.allow_unproven => {
                    Err(LoginError::Unproven { target: target.to_string(), proof })
                }
                _ => Ok(grant),
            }
        });
        let entry = match &judged {
            Ok(grant) => Entry::of_grant("session", target, grant),
            Err(error) => Entry {
                levels: ask.levels.iter().map(ToString::to_string).collect(),
                ticket: ask.ticket.clone(),
                identity: error.identity().map(str::to_owned),
                who: error.identity().map(who_of).unwrap_or_default(),
                reason: Some(error.to_string()),
                ..Entry::of("refused", target)
            },
        };
        self.record(&entry)?;
        judged
    }

    /// Records what a session is used for: `exec aws`, `console`; never a command line, which may hold secrets.
    ///
    /// # Errors
    /// When the access log cannot be written.
    pub fn record_use(&self, session: &ReadOnlySession, how: &str) -> Result<(), LoginError> {
        let entry = Entry::of_grant("used", session.target(), session.grant());
        self.record(&Entry { how: Some(how.to_owned()), ..entry })
    }

    fn record(&self, entry: &Entry) -> Result<(), LoginError> {
        // It waits for the disk, and for others who write.
        crate::human::ask(|| self.log.append(entry))
            .map_err(|error| LoginError::Log(Box::new(error)))
    }

    /// The key that this session is kept under: everything that makes it what it is, and where it came from.
    fn key(&self, target: &Target, ask: &Ask) -> Result<CacheKey, LoginError> {
        let scope = target.scope.to_string();
        let mut parts = vec![env!("CARGO_PKG_VERSION").to_owned(), target.to_string(), scope];
        if target.scope.cloud == Cloud::gcp() {
            parts.extend(target.impersonate.clone());
            parts.extend(target.delegates.iter().cloned());
            parts.push(crate::google::fingerprint());
        } else {
            let policy = crate::policy::SessionPolicy::new(&ask.levels)?;
            parts.push(target.role.clone());
            parts.push(policy.digest());
            parts.push(format!("{:?}", target.external_id));
            parts.push(format!("{:?}", self.settings.aws));
            parts.push(crate::aws::fingerprint(&self.sources));
            parts.push(crate::aws::fingerprint_of_files());
        }
        parts.push(format!("{:?} {:?}", ask.duration, ask.ticket));
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        Ok(CacheKey::new(&parts))
    }

    /// Whoever starts tenko, towards AWS.
    pub(crate) async fn caller(&self) -> Result<&Caller, LoginError> {
        self.caller.get_or_try_init(|| Caller::load(&self.sources)).await
    }

    /// Whoever starts tenko, towards Google Cloud.
    pub(crate) async fn issuer(&self) -> Result<&Issuer, LoginError> {
        let issuer = self.google.get_or_try_init(|| async { crate::google::issuer() }).await;
        issuer.map_err(|error| LoginError::Google(Box::new(error)))
    }
}

impl Entry {
    /// A line about a session.
    fn of_grant(event: &str, target: &Target, grant: &Grant) -> Self {
        Self {
            who: grant.who.clone(),
            identity: Some(grant.identity.clone()),
            levels: grant.levels.iter().map(ToString::to_string).collect(),
            ticket: grant.ticket.clone(),
            proof: Some(grant.proof.to_string()),
            policy: grant.proof.policy.as_ref().map(|policy| policy.digest.clone()),
            expires: Some(grant.expires),
            ..Self::of(event, target)
        }
    }

    /// A line about this target, to be filled in: without who and as whom.
    fn of(event: &str, target: &Target) -> Self {
        Self {
            time: Timestamp::now(),
            event: event.to_owned(),
            who: String::new(),
            tenant: target.tenant.clone(),
            environment: target.environment.clone(),
            scope: target.scope.to_string(),
            stage: target.stage.clone(),
            identity: None,
            levels: BTreeSet::new(),
            ticket: None,
            proof: None,
            policy: None,
            how: None,
            reason: None,
            expires: None,
        }
    }
}

/// Of an ARN; an address is who it is.
fn who_of(identity: &str) -> String {
    if identity.starts_with("arn:") { who_of_arn(identity) } else { identity.to_owned() }
}

fn parse(bytes: &[u8]) -> Option<Grant> {
    serde_json::from_slice(bytes).ok()
}

/// As it is kept. With room from the start: growing would leave copies of the secrets behind.
pub(crate) fn written(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, LoginError> {
    let mut text = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *text, value).map_err(|error| LoginError::Configuration {
        reason: format!("the session cannot be kept: {error}"),
    })?;
    Ok(text)
}

/// Whether a session that is kept is still worth having, is what was asked for, and is proven as well as the manifest
/// wants it now: it may have been made when less was enough. One of the future was made before the clock was set back,
/// so that nobody can tell when it ends.
fn is_good(grant: &Grant, ask: &Ask, unproven: bool, now: Timestamp) -> bool {
    let is_proven = match grant.proof.probe {
        Probe::Refused { .. } => true,
        Probe::Permitted { .. } => false,
        Probe::Unproven { .. } => unproven,
    };
    is_proven
        && grant.expires.duration_since(now) > MARGIN
        && grant.issued.duration_since(now) <= MARGIN
        && grant.levels == ask.levels
}

fn is_ticket(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || c == ' ' || TICKET.contains(c);
    (1..=256).contains(&text.chars().count()) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Keys;

    #[test]
    fn what_is_kept_is_judged_anew() {
        let (ask, now) = (Ask::default(), Timestamp::constant(1_000_000, 0));
        let grant = |issued, expires, probe| Grant {
            keys: Keys::Google { access_token: "t".to_owned() },
            identity: "a".to_owned(),
            partition: String::new(),
            region: None,
            levels: BTreeSet::new(),
            who: "a".to_owned(),
            ticket: None,
            proof: crate::Proof { identity: "a".to_owned(), policy: None, probe },
            issued: Timestamp::constant(issued, 0),
            expires: Timestamp::constant(expires, 0),
        };
        let refused = || Probe::Refused { asked: "a".to_owned() };
        let unproven = || Probe::Unproven { reason: "a".to_owned() };
        let permitted = || Probe::Permitted { what: "a".to_owned() };
        let good = |grant: Grant, allowed| is_good(&grant, &ask, allowed, now);
        assert!(good(grant(999_000, 1_003_600, refused()), false));
        assert!(good(grant(999_000, 1_003_600, unproven()), true));
        assert!(!good(grant(999_000, 1_003_600, unproven()), false), "less was enough once");
        assert!(!good(grant(999_000, 1_003_600, permitted()), true));
        assert!(!good(grant(999_000, 1_000_300, refused()), true), "it ends soon");
        assert!(!good(grant(1_000_301, 1_003_600, refused()), true), "the clock was set back");
        // Clocks say anything.
        let made = grant(999_000, 1_003_600, refused());
        for now in [Timestamp::MIN, Timestamp::MAX] {
            assert!(!is_good(&made, &ask, true, now));
        }
    }

    /// Whoever embeds this spawns it.
    #[test]
    fn a_login_may_go_to_another_thread() {
        fn check<T: Send>(_: &dyn Fn(&'static Login, &'static Target, &'static Ask) -> T) {}
        check(&|login, target, ask| login.session(target, ask));
    }

    #[test]
    fn tickets() {
        for good in ["OPS-123", "点呼 1", "a/b:c=d+e@f"] {
            assert!(is_ticket(good), "{good}");
        }
        for bad in ["a#1", "a\n", "", &"x".repeat(257), "a;b"] {
            assert!(!is_ticket(bad), "{bad}");
        }
    }
}
