//! What can be read of a service account and its project: for whoever checks whether both are as logins need them.

use serde_json::{Map, Value};
use tenko_core::DeniedBy;
use thiserror::Error;

use super::error::{enable, in_text};
use super::{Issuer, ReadOnlyToken};
use crate::address::name_and_project;
use crate::credentials::is_account;
use crate::error::{CallError, ErrorClass};
use crate::provider::is_project_id;
use crate::session::Session;
use crate::types::Call;

/// A role and who has it, of an allow policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyBinding {
    /// `roles/browser`.
    pub role: String,
    /// Who has it, as the policy names them.
    pub members: Vec<String>,
    /// The expression of its condition.
    pub condition: Option<String>,
}

/// Why something was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A text that is no project's id.
    #[error("`{0}` is not a project id")]
    Project(String),
    /// A text that is no address of a project's service account.
    #[error("`{0}` is no address of a project's service account")]
    Account(String),
    /// It is not there.
    #[error("it does not exist: {message}")]
    Absent {
        /// What Google Cloud says.
        message: String,
    },
    /// The one who asked may not read it.
    #[error("{} may not read it ({permission}): {message}", .caller.as_deref().unwrap_or("the caller"))]
    Denied {
        /// As whom it was asked, where that is known.
        caller: Option<String>,
        /// The permission that it takes.
        permission: String,
        /// What Google Cloud says.
        message: String,
    },
    /// There are no credentials to ask with, or Google Cloud does not take them.
    #[error("the Google Cloud credentials cannot be used: {message}")]
    Credentials {
        /// What was said of them.
        message: String,
    },
    /// The API is not enabled where the calls are charged to.
    #[error("the API {service}.googleapis.com is not enabled{}", in_text(.consumer.as_deref()))]
    ApiDisabled {
        /// The API.
        service: String,
        /// The project, as Google Cloud names it: `projects/123`.
        consumer: Option<String>,
    },
    /// Logins go to another server than Google's, and this question would not.
    #[error(
        "{service} has no endpoint beside that of iamcredentials, and Google is not shown the tokens of another server"
    )]
    Elsewhere {
        /// The service.
        service: String,
    },
    /// No answer, or none in time.
    #[error("{service} cannot be reached: {message}")]
    Unreachable {
        /// The service.
        service: String,
        /// What happened.
        message: String,
    },
    /// An answer that is none of the method.
    #[error("{service} gave an answer that cannot be used: {message}")]
    Broken {
        /// The service.
        service: String,
        /// What is wrong with it.
        message: String,
    },
}

impl ReadError {
    fn of(error: CallError, permission: &str, caller: Option<String>) -> Self {
        let service = error.operation.service.to_string();
        let CallError { class, code, message, consumer, .. } = error;
        match class {
            // An endpoint that does not know the method says so without Google's form.
            ErrorClass::NotFound if code == "NOT_FOUND" && !message.starts_with("HTTP status") => {
                Self::Absent { message }
            }
            ErrorClass::TokenRefused | ErrorClass::Denied(DeniedBy::Trust) => {
                Self::Credentials { message }
            }
            ErrorClass::Denied(_) => {
                Self::Denied { caller, permission: permission.to_owned(), message }
            }
            ErrorClass::ServiceNotEnabled => {
                Self::ApiDisabled { service, consumer: consumer.map(String::from) }
            }
            ErrorClass::Throttled | ErrorClass::Unreachable => {
                Self::Unreachable { service, message }
            }
            ErrorClass::NotFound
            | ErrorClass::Broken
            | ErrorClass::BillingDisabled
            | ErrorClass::ScopeGone
            | ErrorClass::Unsupported
            | ErrorClass::Refused => Self::Broken { service, message },
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::ApiDisabled { service, consumer } => Some(enable(service, consumer.as_deref())),
            Self::Elsewhere { service } => {
                Some(format!("set CLOUDSDK_API_ENDPOINT_OVERRIDES_{}", service.to_uppercase()))
            }
            Self::Unreachable { .. } => Some("try again".to_owned()),
            _ => None,
        }
    }
}

impl Issuer {
    /// Whether a service account is disabled; asked as the caller.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn is_disabled(&self, account: &str) -> Result<bool, ReadError> {
        let answer = self.of_account(&self.calls.account, account).await?;
        let broken = |message: &str| self.broken(&self.calls.account, message);
        if answer.get("email").and_then(Value::as_str) != Some(account) {
            return Err(broken("it is about another account"));
        }
        match answer.get("disabled") {
            // What is false is left out.
            None => Ok(false),
            Some(Value::Bool(disabled)) => Ok(*disabled),
            Some(_) => Err(broken("it does not say whether the account is disabled")),
        }
    }

    /// How many keys of a service account people made, those that are disabled or expired included; asked as the
    /// caller.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn keys(&self, account: &str) -> Result<usize, ReadError> {
        let answer = self.of_account(&self.calls.keys, account).await?;
        let broken = |message: &str| self.broken(&self.calls.keys, message);
        let Some(keys) = answer.get("keys") else {
            // What is empty is left out.
            return match answer.as_object() {
                Some(object) if object.is_empty() => Ok(0),
                _ => Err(broken("it is not of the method's form")),
            };
        };
        let keys = keys.as_array().ok_or_else(|| broken("its keys are no list"))?;
        let is_key = |key: &Value| key.get("name").is_some_and(Value::is_string);
        if !keys.iter().all(is_key) {
            return Err(broken("one of its keys is none"));
        }
        // A server that does not know the filter lists Google's own keys too.
        let by_google =
            |key: &&Value| key.get("keyType").and_then(Value::as_str) == Some("SYSTEM_MANAGED");
        Ok(keys.len() - keys.iter().filter(by_google).count())
    }

    /// Who may do what to a service account; asked as the caller.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn account_policy(&self, account: &str) -> Result<Vec<PolicyBinding>, ReadError> {
        let call = &self.calls.account_policy;
        let answer = self.of_account(call, account).await?;
        bindings(&answer).map_err(|message| self.broken(call, message))
    }

    /// Who may do what in a project, as far as its own policy says; asked with a token, or as the caller.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn project_policy(
        &self,
        token: Option<&ReadOnlyToken>,
        project: &str,
    ) -> Result<Vec<PolicyBinding>, ReadError> {
        if !is_project_id(project) {
            return Err(ReadError::Project(project.to_owned()));
        }
        let call = &self.calls.project_policy;
        let answer = match token {
            Some(token) => {
                let caller = Some(token.principal().to_owned());
                let session = self.session_of(token, project);
                self.read(&session, call, project, &Value::Null, caller).await?
            }
            None => self.as_caller(call, project, &Value::Null).await?,
        };
        bindings(&answer).map_err(|message| self.broken(call, message))
    }

    async fn of_account(&self, call: &Call, account: &str) -> Result<Value, ReadError> {
        let wrong = || ReadError::Account(account.to_owned());
        // With `-` for the project, an account that is not there could not be told from one that may not be seen.
        let (_, project) = name_and_project(account).ok_or_else(wrong)?;
        if !is_account(account) || !is_project_id(&project) {
            return Err(wrong());
        }
        let context = serde_json::json!({ "account": account });
        self.as_caller(call, &project, &context).await
    }

    async fn as_caller(
        &self,
        call: &Call,
        project: &str,
        context: &Value,
    ) -> Result<Value, ReadError> {
        let caller = self.source.own_identity().await;
        self.read(&self.own, call, project, context, caller).await
    }

    async fn read(
        &self,
        session: &Session,
        call: &Call,
        project: &str,
        context: &Value,
        caller: Option<String>,
    ) -> Result<Value, ReadError> {
        let service = &call.operation.service;
        if self.is_elsewhere(service) {
            return Err(ReadError::Elsewhere { service: service.to_string() });
        }
        let answer = self.call(session, call, project, context, None, None).await;
        let permission = call.def.permissions.first().map_or("", String::as_str);
        answer.map_err(|error| ReadError::of(error, permission, caller))
    }

    fn broken(&self, call: &Call, message: &str) -> ReadError {
        let service = call.operation.service.to_string();
        ReadError::Broken { service, message: message.to_owned() }
    }
}

/// The bindings of a policy. An answer that is none is no policy without bindings: it would show too little.
fn bindings(answer: &Value) -> Result<Vec<PolicyBinding>, &'static str> {
    let policy = answer.as_object().ok_or("it is no policy")?;
    let Some(list) = policy.get("bindings") else {
        // Every policy has an etag, and that of nobody too.
        let is_empty = policy.get("etag").is_some_and(Value::is_string);
        return if is_empty { Ok(Vec::new()) } else { Err("it is no policy") };
    };
    let list = list.as_array().ok_or("its bindings are no list")?;
    list.iter()
        .map(|one| one.as_object().and_then(binding).ok_or("one of its bindings is none"))
        .collect()
}

fn binding(one: &Map<String, Value>) -> Option<PolicyBinding> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let members = match one.get("members") {
        None => Vec::new(),
        Some(members) => members.as_array()?.iter().map(text).collect::<Option<_>>()?,
    };
    let condition = match one.get("condition") {
        None | Some(Value::Null) => None,
        // One without an expression is still one.
        Some(condition) => Some(condition.get("expression").and_then(text).unwrap_or_default()),
    };
    Some(PolicyBinding { role: one.get("role").and_then(text)?, members, condition })
}
