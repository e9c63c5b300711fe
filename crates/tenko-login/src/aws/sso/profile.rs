//! What a profile of the AWS tools wants before it gives credentials: a sign-in, a code, a chain of roles.
//!
//! The SDK follows the same chain by itself, but it neither signs in nor knows `mfa_serial` (it ignores the setting, and
//! the role then refuses). The order in which settings count is the SDK's (`aws_config::profile`).

use std::borrow::Cow;

use aws_config::credential_process::CredentialProcessProvider;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::profile::{Profile, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::sso::SsoCredentialsProvider;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::region::Region;

use super::Portal;

/// AWS forgets who one was after a few roles anyway, and nobody chains more by intent.
const DEEPEST: usize = 8;

/// What a profile stands for: where its credentials begin, and the roles from there.
#[derive(Clone, Debug)]
pub(crate) struct ProfileChain {
    /// The profile that was asked for.
    pub(crate) name: String,
    /// Where the credentials begin.
    pub(crate) base: Base,
    /// The roles to assume from there, in order.
    pub(crate) steps: Vec<AssumeStep>,
}

/// Where a chain begins.
#[derive(Clone, Debug)]
pub(crate) enum Base {
    /// A permission set of IAM Identity Center.
    Sso {
        /// Where to sign in.
        portal: Portal,
        /// The account's id.
        account: String,
        /// The permission set's name.
        role: String,
    },
    /// Keys that stand in the profile. Their `Debug` hides them.
    Static(Credentials),
    /// A program that prints credentials.
    Process(Command),
    /// A token in a file, exchanged for a role.
    WebIdentity {
        /// The role's ARN.
        role_arn: String,
        /// The token's file.
        token_file: String,
        /// The session's name, where the profile gives one.
        session_name: Option<String>,
    },
    /// `credential_source`: `Environment`, `Ec2InstanceMetadata` or `EcsContainer`.
    Source(String),
    /// A console sign-in by `aws login`, which this program does not read.
    Login,
}

/// A command line, which may hold secrets: `Debug` shows the program alone.
#[derive(Clone)]
pub(crate) struct Command(String);

impl Command {
    /// Whether it is `tenko credentials`, which begins with the profile's own credentials: it would call itself for ever.
    fn is_own(&self) -> bool {
        let mut words = self.0.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let program = words.next().unwrap_or_default();
        let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
        // tenko may be installed under another name.
        let this = std::env::current_exe().ok();
        let is_this = || {
            let program = std::fs::canonicalize(program).ok();
            program.is_some() && program == this.and_then(|this| std::fs::canonicalize(this).ok())
        };
        let is_tenko = name.trim_end_matches(".exe") == "tenko" || is_this();
        is_tenko && words.any(|word| word == "credentials")
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ...", self.0.split_whitespace().next().unwrap_or_default())
    }
}

/// One role of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AssumeStep {
    /// The profile that it stands in.
    pub(crate) profile: String,
    /// The role's ARN.
    pub(crate) role_arn: String,
    /// The MFA device whose code the role asks for: its serial number or ARN.
    pub(crate) mfa_serial: Option<String>,
    /// The external id.
    pub(crate) external_id: Option<String>,
    /// The session's name, where the profile gives one.
    pub(crate) session_name: Option<String>,
    /// `duration_seconds`.
    pub(crate) duration: Option<i32>,
    /// The profile's region.
    pub(crate) region: Option<String>,
}

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// There is none of this name.
    #[error("there is no profile {name}{}", from(.referrer.as_deref()))]
    NotThere {
        /// The name.
        name: String,
        /// The profile that names it as its source.
        referrer: Option<String>,
        /// Names that are close to it.
        meant: Vec<String>,
    },
    /// There is no `[sso-session ...]` of this name.
    #[error("profile {profile} names the sso-session {session}, which is not there")]
    NoSession {
        /// The profile.
        profile: String,
        /// The session's name.
        session: String,
        /// Names that are close to it.
        meant: Vec<String>,
    },
    /// Profiles that name each other as their source.
    #[error("profiles are each other's source: {}", .0.join(" -> "))]
    Loop(Vec<String>),
    /// More roles in a row than make sense.
    #[error("profile {0} is a chain of more than {DEEPEST} roles")]
    TooDeep(String),
    /// Settings that do not go together, or not alone.
    #[error("profile {profile}: {problem}")]
    Incomplete {
        /// The profile.
        profile: String,
        /// What is wrong.
        problem: Cow<'static, str>,
    },
    /// The profile gets its credentials from this program.
    #[error("profile {0}: its credential_process is this program, which cannot be its own source")]
    Itself(String),
    /// The profile says nothing of credentials.
    #[error("profile {0} holds no credentials and no way to any")]
    Empty(String),
    /// The files cannot be read as what they should be.
    #[error("the AWS configuration cannot be read: {0}")]
    Unreadable(String),
}

impl ProfileError {
    /// The next step.
    pub fn hint(&self) -> String {
        let or = |meant: &[String], otherwise: &str| match meant {
            [] => otherwise.to_owned(),
            meant => format!("did you mean {}?", meant.join(" or ")),
        };
        match self {
            Self::NotThere { meant, .. } => {
                or(meant, "`aws configure list-profiles` lists those that are there; AWS_CONFIG_FILE names another file")
            }
            Self::NoSession { meant, session, .. } => {
                or(meant, &format!("add [sso-session {session}] to the AWS config file (`aws configure sso-session`)"))
            }
            Self::Loop(_) | Self::TooDeep(_) => {
                "change source_profile so that the chain ends at a profile with credentials of its own".to_owned()
            }
            Self::Incomplete { profile, .. } | Self::Empty(profile) => {
                format!("mend [profile {profile}] in the AWS config file (`aws configure --profile {profile}`)")
            }
            Self::Itself(_) => {
                "begin with another profile: --profile, login.aws.profile in the manifest, or AWS_PROFILE".to_owned()
            }
            Self::Unreadable(_) => "mend the AWS config file, or name another in AWS_CONFIG_FILE".to_owned(),
        }
    }
}

fn from(referrer: Option<&str>) -> String {
    referrer.map(|name| format!(", which profile {name} names as its source")).unwrap_or_default()
}

impl ProfileChain {
    /// Reads the AWS configuration files (`AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE` honoured) for a profile; without a
    /// name, `AWS_PROFILE`'s or the default one. `None`: none was named, and the default one is not there or says nothing
    /// of credentials.
    ///
    /// # Errors
    ///
    /// The profile is not there, or cannot work.
    pub(crate) async fn read(name: Option<&str>) -> Result<Option<Self>, ProfileError> {
        Self::load(&Fs::real(), &Env::real(), name).await
    }

    async fn load(fs: &Fs, env: &Env, name: Option<&str>) -> Result<Option<Self>, ProfileError> {
        let files = EnvConfigFiles::default();
        let selected = name.map(|name| Cow::Owned(name.to_owned()));
        let set = aws_config::profile::load(fs, env, &files, selected)
            .await
            .map_err(|error| ProfileError::Unreadable(innermost(&error)))?;
        let named = name.is_some() || env.get("AWS_PROFILE").is_ok();
        match Self::resolve(&set) {
            Ok(chain) => Ok(Some(chain)),
            Err(ProfileError::NotThere { referrer: None, .. } | ProfileError::Empty(_))
                if !named =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn resolve(set: &ProfileSet) -> Result<Self, ProfileError> {
        let name = set.selected_profile();
        let mut seen: Vec<&str> = Vec::new();
        let mut steps = Vec::new();
        let mut next = name;
        let base = loop {
            let profile = set.get_profile(next).ok_or_else(|| ProfileError::NotThere {
                name: next.to_owned(),
                referrer: seen.last().map(|&name| name.to_owned()),
                meant: close(next, set.profiles()),
            })?;
            if seen.contains(&next) {
                let names = seen.into_iter().chain([next]);
                return Err(ProfileError::Loop(names.map(str::to_owned).collect()));
            }
            if seen.len() > DEEPEST {
                return Err(ProfileError::TooDeep(name.to_owned()));
            }
            // Keys of a source profile come before its role.
            if !seen.is_empty()
                && let Some(keys) = keys(profile)?
            {
                break Base::Static(keys);
            }
            seen.push(next);
            let Some(step) = step(profile)? else { break base(set, profile)? };
            steps.push(step);
            match (profile.get("source_profile"), profile.get("credential_source")) {
                (Some(_), Some(_)) => {
                    return Err(incomplete(
                        profile,
                        "source_profile and credential_source are both set",
                    ));
                }
                (None, None) => {
                    return Err(incomplete(
                        profile,
                        "role_arn needs source_profile or credential_source",
                    ));
                }
                (Some(source), None) if source != profile.name() => next = source,
                // Its own source: its keys, or the source that it names.
                _ => break base(set, profile)?,
            }
        };
        steps.reverse();
        Ok(Self { name: name.to_owned(), base, steps })
    }

    /// What tells this chain from others: all that stands in the profiles, and of what is secret in them an id or a hash.
    pub(crate) fn mark(&self) -> String {
        let base = match &self.base {
            Base::Process(command) => blake3::hash(command.0.as_bytes()).to_hex().to_string(),
            base => format!("{base:?}"),
        };
        format!("{:?} {base} {:?}", self.name, self.steps)
    }

    /// Whether a person is asked for a code on the way.
    pub(crate) fn needs_mfa(&self) -> bool {
        self.steps.iter().any(|step| step.mfa_serial.is_some())
    }

    /// Where to sign in first, if anywhere.
    pub(crate) fn portal(&self) -> Option<&Portal> {
        match &self.base {
            Base::Sso { portal, .. } => Some(portal),
            _ => None,
        }
    }
}

impl Base {
    /// The SDK's own provider of the credentials that a chain begins with. `None` where the SDK, as it is built here, has
    /// none. The settings must hold an HTTP client: the SDK panics where a provider needs one and there is none.
    pub(crate) fn provider(&self, settings: &ProviderConfig) -> Option<SharedCredentialsProvider> {
        Some(match self {
            Self::Sso { portal, account, role } => {
                let mut provider = SsoCredentialsProvider::builder()
                    .configure(settings)
                    .account_id(account)
                    .role_name(role)
                    .start_url(&portal.start_url)
                    .region(Region::new(portal.region.clone()));
                if let Some(session) = &portal.session {
                    provider = provider.session_name(session);
                }
                SharedCredentialsProvider::new(provider.build())
            }
            Self::Static(keys) => SharedCredentialsProvider::new(keys.clone()),
            Self::Process(command) => {
                SharedCredentialsProvider::new(CredentialProcessProvider::new(command.0.clone()))
            }
            Self::WebIdentity { role_arn, token_file, session_name } => {
                let settings_of_token = StaticConfiguration {
                    web_identity_token_file: token_file.into(),
                    role_arn: role_arn.clone(),
                    session_name: session_name.clone().unwrap_or_else(|| "tenko".to_owned()),
                };
                let provider = WebIdentityTokenCredentialsProvider::builder()
                    .configure(settings)
                    .static_configuration(settings_of_token);
                SharedCredentialsProvider::new(provider.build())
            }
            Self::Source(source) => match source.as_str() {
                "Environment" => {
                    SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new())
                }
                "Ec2InstanceMetadata" => SharedCredentialsProvider::new(
                    ImdsCredentialsProvider::builder().configure(settings).build(),
                ),
                "EcsContainer" => SharedCredentialsProvider::new(
                    EcsCredentialsProvider::builder().configure(settings).build(),
                ),
                _ => return None,
            },
            Self::Login => return None,
        })
    }
}

/// The role of a profile. A token in a file is where a chain begins, not a step of it.
fn step(profile: &Profile) -> Result<Option<AssumeStep>, ProfileError> {
    let role_arn = text(profile, "role_arn");
    let Some(role_arn) = role_arn.filter(|_| profile.get("web_identity_token_file").is_none())
    else {
        return Ok(None);
    };
    let duration = match profile.get("duration_seconds").map(str::trim).map(str::parse) {
        None => None,
        Some(Ok(seconds @ 900..=43_200)) => Some(seconds),
        Some(_) => {
            return Err(incomplete(profile, "duration_seconds is not a number from 900 to 43200"));
        }
    };
    Ok(Some(AssumeStep {
        profile: profile.name().to_owned(),
        role_arn,
        mfa_serial: text(profile, "mfa_serial"),
        external_id: text(profile, "external_id"),
        session_name: text(profile, "role_session_name"),
        duration,
        region: text(profile, "region"),
    }))
}

fn base(set: &ProfileSet, profile: &Profile) -> Result<Base, ProfileError> {
    if let Some(source) = text(profile, "credential_source") {
        return match source.as_str() {
            "Environment" | "Ec2InstanceMetadata" | "EcsContainer" => Ok(Base::Source(source)),
            _ => Err(incomplete(
                profile,
                "credential_source is none of Environment, Ec2InstanceMetadata, EcsContainer",
            )),
        };
    }
    if let Some(token_file) = text(profile, "web_identity_token_file") {
        let role_arn = text(profile, "role_arn")
            .ok_or_else(|| incomplete(profile, "web_identity_token_file needs role_arn"))?;
        let session_name = text(profile, "role_session_name");
        return Ok(Base::WebIdentity { role_arn, token_file, session_name });
    }
    if let Some(sso) = sso(set, profile)? {
        return Ok(sso);
    }
    if profile.get("login_session").is_some() {
        return Ok(Base::Login);
    }
    if let Some(command) = text(profile, "credential_process") {
        let command = Command(command);
        if command.is_own() {
            return Err(ProfileError::Itself(profile.name().to_owned()));
        }
        return Ok(Base::Process(command));
    }
    keys(profile)?.map(Base::Static).ok_or_else(|| ProfileError::Empty(profile.name().to_owned()))
}

fn sso(set: &ProfileSet, profile: &Profile) -> Result<Option<Base>, ProfileError> {
    let get = |name| text(profile, name);
    let (account, role) = (get("sso_account_id"), get("sso_role_name"));
    let (start_url, region) = (get("sso_start_url"), get("sso_region"));
    let session = get("sso_session");
    if [&account, &role, &start_url, &region, &session].iter().all(|value| value.is_none()) {
        return Ok(None);
    }
    let missing = |what: &'static str| move || incomplete(profile, what);
    let (start_url, region, scopes) = match &session {
        None => (start_url, region, Vec::new()),
        Some(_) if start_url.is_some() || region.is_some() => {
            return Err(incomplete(
                profile,
                "sso_start_url and sso_region belong into the sso-session that it names",
            ));
        }
        Some(name) => {
            let section = set.sso_session(name).ok_or_else(|| ProfileError::NoSession {
                profile: profile.name().to_owned(),
                session: name.clone(),
                meant: close(name, set.sso_sessions()),
            })?;
            let get = |name| section.get(name).map(|value| value.trim().to_owned());
            let scopes = get("sso_registration_scopes").unwrap_or_default();
            let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty());
            (get("sso_start_url"), get("sso_region"), scopes.map(str::to_owned).collect())
        }
    };
    Ok(Some(Base::Sso {
        portal: Portal {
            start_url: start_url.ok_or_else(missing("sso_start_url is missing"))?,
            region: region.ok_or_else(missing("sso_region is missing"))?,
            session,
            scopes,
        },
        account: account.ok_or_else(missing("sso_account_id is missing"))?,
        role: role.ok_or_else(missing("sso_role_name is missing"))?,
    }))
}

fn keys(profile: &Profile) -> Result<Option<Credentials>, ProfileError> {
    let id = text(profile, "aws_access_key_id");
    let secret = text(profile, "aws_secret_access_key");
    let token = text(profile, "aws_session_token");
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Some(Credentials::new(id, secret, token, None, "profile"))),
        (None, None) if token.is_none() => Ok(None),
        (None, _) => Err(incomplete(profile, "aws_access_key_id is missing")),
        (_, None) => Err(incomplete(profile, "aws_secret_access_key is missing")),
    }
}

fn text(profile: &Profile, name: &str) -> Option<String> {
    let value = profile.get(name)?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn incomplete(profile: &Profile, problem: &'static str) -> ProfileError {
    ProfileError::Incomplete { profile: profile.name().to_owned(), problem: problem.into() }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string().chars().take(300).collect()
}

/// At most three names that are near.
fn close<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut near: Vec<(u32, &str)> = names
        .map(|other| ((strsim::jaro_winkler(name, other) * 1000.0) as u32, other))
        .filter(|(likeness, _)| *likeness >= 800)
        .collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
#[path = "tests/profile.rs"]
mod tests;
