//! Getting in with the identity that a pipeline has: a signed token of GitHub, GitLab or another issuer, exchanged for a
//! role. Nothing secret is stored anywhere for that.

use std::env::VarError;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::error::ProvideErrorMetadata;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{StatusCode, Url};
use serde_json::Value;
use zeroize::Zeroizing;

use super::mfa::{keys, reason};
use super::sso::is_web;

/// The token itself, as GitLab's `id_tokens` give it.
pub(crate) const TOKEN_VARIABLE: &str = "TENKO_ID_TOKEN";
/// Whom a token must be meant for. Source: "Configuring OpenID Connect in Amazon Web Services", GitHub.
const AUDIENCE: &str = "sts.amazonaws.com";
/// AWS takes no longer ones. Source: `WebIdentityToken` of AssumeRoleWithWebIdentity.
const LONGEST_TOKEN: usize = 20_000;
/// GitHub answers slowly at times, and with errors that pass.
const TRIES: u32 = 4;
const TRY_LIMIT: Duration = Duration::from_secs(15);
/// Session names and source identities. Source: `RoleSessionName` of AssumeRole.
const LONGEST_NAME: usize = 64;

/// A token and where it is from.
pub(crate) struct WebIdentity {
    token: Zeroizing<String>,
    pub(crate) from: Origin,
}

/// Where a token is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `TENKO_ID_TOKEN`.
    Variable,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`.
    File(PathBuf),
    /// The token service of GitHub Actions.
    GitHub,
}

impl fmt::Debug for WebIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebIdentity").field("from", &self.from).finish_non_exhaustive()
    }
}

/// Why a pipeline's identity gave no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebIdentityError {
    /// The token's file or variable cannot be used.
    #[error("the token in {place} cannot be used: {problem}")]
    Unusable {
        /// The variable or the file.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Only one half of what GitHub Actions sets is there.
    #[error("{0} is not set, though the other variable of GitHub's token service is")]
    Half(&'static str),
    /// The address of the token service is not one that a token is sent to.
    #[error("ACTIONS_ID_TOKEN_REQUEST_URL is neither https nor on this machine")]
    Insecure,
    /// The token service gave no token.
    #[error("GitHub's token service gave no token: {0}")]
    NoToken(String),
    /// The token is too old.
    #[error("the token has expired")]
    Expired,
    /// AWS does not know the issuer, or the token is not meant for AWS.
    #[error("AWS does not accept the token: {0}")]
    NotAccepted(String),
    /// The role does not trust this pipeline.
    #[error("{role} does not trust this pipeline: {reason}")]
    Denied {
        /// The role's ARN.
        role: String,
        /// What AWS says.
        reason: String,
    },
    /// Something else, such as the network.
    #[error("{role} could not be assumed: {reason}")]
    Failed {
        /// The role's ARN.
        role: String,
        /// What is known of it.
        reason: String,
    },
}

impl WebIdentityError {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Unusable { .. } => "it must hold one token (a JWT), e.g. from GitLab's id_tokens",
            Self::Half(_) | Self::NoToken(_) => {
                "give the job `permissions: id-token: write`; jobs of pull requests from forks get no token"
            }
            Self::Insecure => "unset it outside of GitHub Actions",
            Self::Expired => "tokens of pipelines live for minutes: get it in the step that uses it",
            Self::NotAccepted(_) => {
                "create the issuer as an identity provider in IAM, with the audience sts.amazonaws.com, and ask for the token with that audience"
            }
            Self::Denied { .. } => {
                "compare the conditions of the role's trust policy (sub, aud) with the token's claims; sub names the repository and branch"
            }
            Self::Failed { .. } => "check the network, the region and the role's ARN",
        }
        .to_owned()
    }
}

impl WebIdentity {
    /// The identity that the environment gives: `TENKO_ID_TOKEN`, then `AWS_WEB_IDENTITY_TOKEN_FILE`, then GitHub's token
    /// service. `None`: it gives none. `http` should follow no redirects: the request carries a secret.
    pub(crate) async fn from_environment(
        http: &reqwest::Client,
    ) -> Result<Option<Self>, WebIdentityError> {
        Self::find(http, |name| match std::env::var(name) {
            Ok(value) => Some(Zeroizing::new(value)),
            Err(VarError::NotPresent | VarError::NotUnicode(_)) => None,
        })
        .await
    }

    async fn find(
        http: &reqwest::Client,
        variable: impl Fn(&str) -> Option<Zeroizing<String>>,
    ) -> Result<Option<Self>, WebIdentityError> {
        let set = |name| variable(name).filter(|value| !value.trim().is_empty());
        if let Some(token) = set(TOKEN_VARIABLE) {
            let token = checked(&token).map_err(|problem| unusable(TOKEN_VARIABLE, problem))?;
            return Ok(Some(Self { token, from: Origin::Variable }));
        }
        if let Some(path) = set("AWS_WEB_IDENTITY_TOKEN_FILE") {
            let token = file(&path).map_err(|problem| unusable(path.trim(), &problem))?;
            return Ok(Some(Self { token, from: Origin::File(path.trim().into()) }));
        }
        const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
        const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
        match (set(URL), set(TOKEN)) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(WebIdentityError::Half(URL)),
            (Some(_), None) => Err(WebIdentityError::Half(TOKEN)),
            (Some(url), Some(secret)) => {
                let token = github(http, &url, &secret).await?;
                Ok(Some(Self { token, from: Origin::GitHub }))
            }
        }
    }

    /// Who the token says it is, for attribution. AWS verifies it, this program does not.
    pub(crate) fn identity(&self) -> Option<String> {
        identity_of(&self.token)
    }

    /// Exchanges the token for a session of the role. The call is not signed.
    pub(crate) async fn assume(
        &self,
        sts: &Client,
        role: &str,
        session_name: &str,
        duration: Option<i32>,
    ) -> Result<Credentials, WebIdentityError> {
        let result = sts
            .assume_role_with_web_identity()
            .role_arn(role)
            .role_session_name(session_name)
            .web_identity_token(self.token.as_str())
            .set_duration_seconds(duration)
            .send()
            .await;
        let failed = |reason: String| WebIdentityError::Failed { role: role.to_owned(), reason };
        match result {
            Ok(answer) => keys(answer.credentials, "AssumeRoleWithWebIdentity")
                .ok_or_else(|| failed("the answer holds no credentials".to_owned())),
            Err(error) => {
                // AWS repeats parts of a token that it cannot read.
                let reason = reason(&error).replace(self.token.as_str(), "(the token)");
                Err(match error.code().unwrap_or_default() {
                    "ExpiredToken" | "ExpiredTokenException" => WebIdentityError::Expired,
                    "InvalidIdentityToken"
                    | "InvalidIdentityTokenException"
                    | "IDPRejectedClaim" => WebIdentityError::NotAccepted(reason),
                    "AccessDenied" => WebIdentityError::Denied { role: role.to_owned(), reason },
                    _ => failed(reason),
                })
            }
        }
    }
}

fn unusable(place: &str, problem: &str) -> WebIdentityError {
    WebIdentityError::Unusable {
        place: place.chars().take(300).collect(),
        problem: problem.to_owned(),
    }
}

/// One token, and nothing else: three parts of base64.
fn checked(text: &str) -> Result<Zeroizing<String>, &'static str> {
    let text = text.trim();
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=".contains(&b))
    };
    if text.len() > LONGEST_TOKEN {
        Err("it is longer than a token can be")
    } else if text.split('.').count() != 3 || !text.split('.').all(is_part) {
        Err("it is not a token (JWT)")
    } else {
        Ok(Zeroizing::new(text.to_owned()))
    }
}

fn file(path: &str) -> Result<Zeroizing<String>, String> {
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path.trim()).map_err(|error| error.to_string())?;
    // One more than allowed, so that it is seen.
    let limit = LONGEST_TOKEN as u64 + 1024;
    file.take(limit).read_to_string(&mut text).map_err(|error| error.to_string())?;
    checked(&text).map_err(str::to_owned)
}

/// Source: "OpenID Connect" of GitHub Actions, and `@actions/core`'s `getIDToken`.
async fn github(
    http: &reqwest::Client,
    url: &str,
    secret: &str,
) -> Result<Zeroizing<String>, WebIdentityError> {
    let mut url = Url::parse(url.trim()).ok().filter(is_web).ok_or(WebIdentityError::Insecure)?;
    url.query_pairs_mut().append_pair("audience", AUDIENCE);
    let mut pause = Duration::from_millis(300);
    let mut problem = String::new();
    for left in (0..TRIES).rev() {
        let request = http
            .get(url.clone())
            .timeout(TRY_LIMIT)
            .bearer_auth(secret.trim())
            .header("accept", "application/json; api-version=2.0");
        match request.send().await {
            Ok(answer) if answer.status().is_success() => return token_in(answer).await,
            Ok(answer) => {
                problem = format!("HTTP {}", answer.status().as_u16());
                let passes = answer.status().is_server_error()
                    || answer.status() == StatusCode::TOO_MANY_REQUESTS;
                if !passes {
                    break;
                }
            }
            // Without its URL, which is not for logs.
            Err(error) => problem = innermost(&error.without_url()),
        }
        if left > 0 {
            tokio::time::sleep(pause).await;
            pause *= 3;
        }
    }
    Err(WebIdentityError::NoToken(problem))
}

async fn token_in(mut answer: reqwest::Response) -> Result<Zeroizing<String>, WebIdentityError> {
    let no = |problem: &str| WebIdentityError::NoToken(problem.to_owned());
    let mut body = Zeroizing::new(Vec::new());
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= 2 * LONGEST_TOKEN => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => return Err(no("its answer is too long")),
            Ok(None) => break,
            Err(_) => return Err(no("its answer broke off")),
        }
    }
    let value: Value = serde_json::from_slice(&body).map_err(|_| no("its answer is not JSON"))?;
    let token =
        value.get("value").and_then(Value::as_str).ok_or_else(|| no("its answer holds none"))?;
    checked(token).map_err(no)
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string().chars().take(300).collect()
}

/// Who a token says it is, in the characters and length of a session's name. Not verified: for attribution only.
///
/// - GitHub: `actor@owner.repository+run`;
/// - GitLab: `user@group.project+pipeline`;
/// - others: the subject.
pub(crate) fn identity_of(token: &str) -> Option<String> {
    if token.len() > LONGEST_TOKEN {
        return None;
    }
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let claim = |name: &str| match claims.get(name)? {
        Value::String(text) => Some(plain(text)).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(plain(&number.to_string())),
        _ => None,
    };
    let pipeline =
        [("actor", "repository", "run_id"), ("user_login", "project_path", "pipeline_id")]
            .into_iter()
            .find_map(|(who, place, run)| {
                Some(named(claim(who).as_deref(), &claim(place)?, claim(run).as_deref()))
            });
    let subject = || claim("sub").map(|subject| shortened(&subject, LONGEST_NAME));
    // AWS takes no name of one character.
    pipeline.or_else(subject).filter(|name| name.len() >= 2)
}

/// `who@place+run` within the limit: the run, which leads to the rest, stays whole, and the end of the place.
fn named(who: Option<&str>, place: &str, run: Option<&str>) -> String {
    let run = run.map(|run| format!("+{}", shortened(run, 20))).unwrap_or_default();
    let who = who.map(|who| format!("{}@", shortened(who, 20))).unwrap_or_default();
    let room = LONGEST_NAME - run.len() - who.len();
    format!("{who}{}{run}", shortened(place, room))
}

/// Its last characters. Only ASCII comes here.
fn shortened(text: &str, most: usize) -> String {
    text.chars().skip(text.len().saturating_sub(most)).collect()
}

/// In the characters of a session's name: `[\w+=,.@-]`. The `@` and `+` are ours.
fn plain(text: &str) -> String {
    let mapped = text.chars().take(1000).map(|c| match c {
        c if c.is_ascii_alphanumeric() || "_=,.-".contains(c) => c,
        '/' => '.',
        _ => '-',
    });
    mapped.collect()
}

#[cfg(test)]
#[path = "web_identity_tests.rs"]
mod tests;
