//! Tokens of read-only logins: a service account is become, for looking only.
//!
//! An [`Issuer`] has its credentials where the provider has them. What it gives out is a [`ReadOnlyToken`], whose scope
//! is [`READ_ONLY_SCOPE`]: no function here takes another one. With the token itself it asks which permissions the
//! account has, since not every service honours the scope. Like the provider's, its requests pass a guard: the two calls
//! of a login, the question whose a person's token is, and four reads of a service account and its project may leave,
//! and nothing else.

mod builder;
mod calls;
mod error;
mod read;
mod reason;
mod token;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use serde_json::{Value, json};
use tenko_core::Unlimited;

use self::calls::{Calls, filled};
use self::error::{Asked, LONGEST, USUAL};
use crate::credentials::{CredentialSource, Environment, as_resource, is_account};
use crate::endpoints::Endpoints;
use crate::error::{CallError, ErrorClass};
use crate::provider::{caller_key, is_project_id};
use crate::rest::{Request, RestClient};
use crate::session::{Grants, Session};
use crate::types::Call;

pub use self::builder::IssuerBuilder;
pub use self::error::{PermissionsError, TokenError};
pub use self::read::{PolicyBinding, ReadError};
pub use self::token::{READ_ONLY_SCOPE, ReadOnlyToken};

/// Most permissions in one question. Source: the reference of `testIamPermissions`, as other clients of it know it.
const PERMISSIONS_AT_ONCE: usize = 100;
/// How long the question whose a token is may take: nothing depends on it.
const WHO_TIMEOUT: Duration = Duration::from_secs(10);

/// Gives tokens out. To be used in the tokio runtime in which it was made.
pub struct Issuer {
    source: CredentialSource,
    client: RestClient,
    calls: Calls,
    /// The caller itself, before it becomes anybody.
    own: Session,
}

impl Issuer {
    /// An issuer with the environment's credentials and Google's endpoints, to be changed.
    pub fn builder() -> IssuerBuilder {
        IssuerBuilder::default()
    }

    /// A token of the service account `principal`, for looking at `project`: with [`READ_ONLY_SCOPE`], for `lifetime`
    /// or an hour. `delegates` are the service accounts in between, each of which may become the next. A longer
    /// lifetime takes a policy of the organization.
    ///
    /// The `reason`, a ticket, is shown in Google Cloud's audit log beside the call (`requestAttributes.reason`), where the
    /// project of the service account keeps the Data Access log of IAM. What is not ASCII is percent-encoded in it.
    ///
    /// # Errors
    /// [`TokenError`], which says what to do.
    pub async fn token(
        &self,
        project: &str,
        principal: &str,
        delegates: &[String],
        lifetime: Option<Duration>,
        reason: Option<&str>,
    ) -> Result<ReadOnlyToken, TokenError> {
        if !is_project_id(project) {
            return Err(TokenError::Project(project.to_owned()));
        }
        let all = delegates.iter().map(String::as_str).chain([principal]);
        if let Some(wrong) = all.into_iter().find(|name| !is_account(name)) {
            return Err(TokenError::Principal(wrong.to_owned()));
        }
        let lifetime = lifetime.unwrap_or(USUAL);
        if lifetime < Duration::from_secs(1) || lifetime > LONGEST {
            return Err(TokenError::Duration(lifetime));
        }
        let reason = reason.map(reason::header).transpose()?;
        let mut body = toml::Table::new();
        body.insert("scope".to_owned(), vec![READ_ONLY_SCOPE.to_owned()].into());
        body.insert("lifetime".to_owned(), format!("{}s", lifetime.as_secs()).into());
        if !delegates.is_empty() {
            let delegates: Vec<String> = delegates.iter().map(as_resource).collect();
            body.insert("delegates".to_owned(), delegates.into());
        }
        let context = json!({ "account": principal });
        let call = &self.calls.token;
        let answer =
            self.call(&self.own, call, project, &context, Some(body), reason.as_ref()).await;
        let broken = |message: String| TokenError::Broken {
            service: self.calls.token.operation.service.to_string(),
            message,
        };
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let caller = self.source.own_identity().await;
                let asked = Asked { project, principal, delegates, lifetime, caller };
                return Err(TokenError::of(error, asked));
            }
        };
        let now = Timestamp::now();
        let token =
            ReadOnlyToken::of_answer(&mut answer, principal, lifetime, now).map_err(broken)?;
        if token.expires() <= now {
            let message = format!("the new token ended at {}", token.expires());
            return Err(TokenError::Clock { ahead: None, message });
        }
        Ok(token)
    }

    /// Whose credentials a login begins with, as far as that can be told: a service account's e-mail address, or that
    /// of a person whose login may say so. Never fails, and never waits for long.
    pub async fn who(&self) -> Option<String> {
        let asked = tokio::time::timeout(WHO_TIMEOUT, async {
            if let Some(identity) = self.source.own_identity().await {
                return Some(identity);
            }
            let call = &self.calls.person;
            if !self.source.is_personal() || self.is_elsewhere(&call.operation.service) {
                return None;
            }
            let answer = self.call(&self.own, call, "-", &Value::Null, None, None).await;
            let answer = answer.ok()?;
            let email = answer.get("email")?.as_str()?;
            let fits = |c: char| !c.is_control() && !c.is_whitespace();
            let is_email = email.len() <= 320 && email.contains('@') && email.chars().all(fits);
            is_email.then(|| email.to_owned())
        });
        asked.await.ok().flatten()
    }

    /// Which of these permissions the token's account has on the project, granted there or above. What is granted on a
    /// single resource inside (a bucket, a secret) does not show. A name that is unknown, or none that a project can
    /// have, makes Google refuse the whole question.
    ///
    /// # Errors
    /// [`PermissionsError`].
    pub async fn permissions(
        &self,
        token: &ReadOnlyToken,
        project: &str,
        permissions: &[&str],
    ) -> Result<Vec<String>, PermissionsError> {
        if !is_project_id(project) {
            return Err(PermissionsError::Project(project.to_owned()));
        }
        let session = self.session_of(token, project);
        let mut granted = Vec::new();
        for asked in permissions.chunks(PERMISSIONS_AT_ONCE) {
            let names: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
            let body = toml::Table::from_iter([("permissions".to_owned(), names.into())]);
            let call = &self.calls.test;
            let answer = self.call(&session, call, project, &Value::Null, Some(body), None).await;
            let answer = answer.map_err(|error| PermissionsError::of(error, project))?;
            granted.extend(granted_of(&answer, asked)?);
        }
        Ok(granted)
    }

    /// Calls with the token are charged to the account's own project: the caller's quota project is none of its.
    fn session_of(&self, token: &ReadOnlyToken, project: &str) -> Session {
        let nothing = Environment::empty();
        let endpoints = Endpoints::new(None, BTreeMap::new(), nothing.clone());
        let source = CredentialSource::given(token.credentials(), endpoints, nothing);
        Session::new(project, None, Arc::new(Grants::new(source, None)))
    }

    /// Whether logins go to another server, and this service is still Google's: it knows nothing of the tokens of that
    /// server, and need not see them.
    fn is_elsewhere(&self, service: &str) -> bool {
        let endpoints = &self.client.endpoints;
        endpoints.is_overridden(&self.calls.token.operation.service)
            && !endpoints.is_overridden(service)
    }

    async fn call(
        &self,
        session: &Session,
        call: &Call,
        project: &str,
        context: &Value,
        body: Option<toml::Table>,
        reason: Option<&HeaderValue>,
    ) -> Result<Value, CallError> {
        let Some((call, path)) = filled(call, project, context, body) else {
            let text = "something that the path is made of is missing";
            return Err(CallError::own(&call.operation, ErrorClass::Refused, "refused", text));
        };
        let key = caller_key(&call.operation.service);
        let query = call.def.query.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let query = query.collect();
        let request = Request { call: &call, path, query, gate: &Unlimited, key, reason };
        self.client.call(session, &request).await
    }
}

/// What an answer says is granted. One that says something else is no "nothing": it would prove too much.
fn granted_of(answer: &Value, asked: &[&str]) -> Result<Vec<String>, PermissionsError> {
    let broken = |message: &str| PermissionsError::Broken { message: message.to_owned() };
    let Some(list) = answer.get("permissions") else {
        return match answer.as_object() {
            Some(object) if object.is_empty() => Ok(Vec::new()),
            _ => Err(broken("it is not of the method's form")),
        };
    };
    let list = list.as_array().ok_or_else(|| broken("its permissions are no list"))?;
    list.iter()
        .map(|name| {
            let name = name.as_str().filter(|name| asked.contains(name));
            name.map(str::to_owned).ok_or_else(|| broken("it names what was not asked for"))
        })
        .collect()
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
