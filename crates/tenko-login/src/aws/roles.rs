//! A role as it is in an account, read over a read-only session in it.

use std::fmt;

use aws_credential_types::Credentials;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tenko_aws::partition::home_region;
use tenko_aws::wire::{CallContext, CallError, ErrorClass, Services, WireOperation};

use super::caller::hidden;
use crate::doctor::{Attached, LiveRole};
use crate::error::{LoginError, of_call};
use crate::login::Login;
use crate::session::{ReadOnlySession, Secrets};

/// The most pages of one list: IAM has at most 20 policies of each kind on a role.
const PAGES: usize = 20;

/// Why a role was not read.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoRole {
    /// It is not there.
    Absent,
    /// It could not be read.
    Unread(Box<LoginError>),
}

impl fmt::Display for NoRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("the role does not exist"),
            Self::Unread(error) => error.fmt(f),
        }
    }
}

impl Login {
    /// Reads the role (with its path) that a session's account has under this name. What the role's policies are, and
    /// could not be read, is said per part.
    ///
    /// # Errors
    /// [`NoRole`]: it is not there, or could not be read at all.
    pub async fn role(&self, session: &ReadOnlySession, role: &str) -> Result<LiveRole, NoRole> {
        let unread = |error| NoRole::Unread(Box::new(error));
        let reader = Reader::new(self, session).await.map_err(unread)?;
        let name = role.rsplit('/').next().unwrap_or(role);
        let answer = match reader.call("GetRole", &json!({ "RoleName": name })).await {
            Ok(answer) => answer,
            Err(error) if error.class == ErrorClass::NotFound => return Err(NoRole::Absent),
            Err(error) => return Err(unread(of_call(error))),
        };
        let live = answer.get("Role").unwrap_or(&Value::Null);
        let trust = document(live.get("AssumeRolePolicyDocument"));
        let seconds = number(live.get("MaxSessionDuration"));
        Ok(LiveRole {
            trust: trust.unwrap_or(Value::Null),
            managed: reader.managed(name).await,
            inline: reader.inline(name).await,
            // IAM's own default, where an answer leaves it out.
            max_session: seconds.unwrap_or(3600),
            boundary: live
                .pointer("/PermissionsBoundary/PermissionsBoundaryArn")
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
    }
}

struct Reader<'a> {
    login: &'a Login,
    credentials: Credentials,
    context: CallContext,
    services: Services,
}

impl<'a> Reader<'a> {
    async fn new(login: &'a Login, session: &ReadOnlySession) -> Result<Self, LoginError> {
        let caller = login.caller().await?;
        let services = Services::embedded()
            .map_err(|error| LoginError::Configuration { reason: error.to_string() })?;
        let Secrets::Aws { access_key_id, secret_access_key, session_token } = session.secrets()
        else {
            let reason = "a project of Google Cloud has no roles of IAM".to_owned();
            return Err(LoginError::Configuration { reason });
        };
        let token = Some(session_token.to_owned());
        let credentials = Credentials::new(access_key_id, secret_access_key, token, None, "tenko");
        let account = session.target().scope.id.as_str();
        let context =
            CallContext::new(account, home_region(session.partition()), credentials.clone())
                .with_endpoint_url(caller.endpoint_of("iam"));
        Ok(Self { login, credentials, context, services })
    }

    async fn call(&self, operation: &str, input: &Value) -> Result<Value, CallError> {
        let fail = |message: &str| CallError::new(ErrorClass::Other, "iam", operation, message);
        let service = self.services.get("iam").ok_or_else(|| fail("IAM is not known"))?;
        let caller = self.login.caller().await.map_err(|error| fail(&error.to_string()))?;
        let operation = WireOperation::new(service.clone(), operation);
        let answer = caller.wire.call(&self.context, &operation, input).await;
        answer.map_err(|error| hidden(error, &self.credentials))
    }

    /// All pages of a list.
    async fn list(&self, operation: &str, role: &str, key: &str) -> Result<Vec<Value>, CallError> {
        let mut all = Vec::new();
        let mut marker = None;
        for _ in 0..PAGES {
            let mut input = json!({ "RoleName": role });
            if let (Some(marker), Some(input)) = (marker.take(), input.as_object_mut()) {
                input.insert("Marker".to_owned(), marker);
            }
            let mut answer = self.call(operation, &input).await?;
            match answer.get_mut(key).map(Value::take) {
                Some(Value::Array(rows)) => all.extend(rows),
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.is_empty() => {}
                Some(_) => {
                    let class = ErrorClass::InvalidResponse;
                    return Err(CallError::new(class, "iam", operation, "the answer has no list"));
                }
            }
            let more =
                answer.get("IsTruncated").is_some_and(|more| *more == true || *more == "true");
            marker = answer.get("Marker").filter(|marker| more && marker.is_string()).cloned();
            if marker.is_none() {
                return Ok(all);
            }
        }
        let class = ErrorClass::InvalidResponse;
        Err(CallError::new(class, "iam", operation, "the list has no end"))
    }

    async fn managed(&self, role: &str) -> Result<Vec<Attached>, String> {
        let rows = self
            .list("ListAttachedRolePolicies", role, "AttachedPolicies")
            .await
            .map_err(|error| error.to_string())?;
        let mut all = Vec::new();
        for row in rows {
            let arn = row.get("PolicyArn").and_then(Value::as_str).unwrap_or_default().to_owned();
            // AWS's own are known.
            let own = arn.split(':').nth(4) == Some("aws");
            let document = if own { None } else { self.policy(&arn).await };
            all.push(Attached { arn, document });
        }
        Ok(all)
    }

    /// The document of a customer-managed policy; `None` where it could not be read.
    async fn policy(&self, arn: &str) -> Option<Value> {
        let answer = self.call("GetPolicy", &json!({ "PolicyArn": arn })).await.ok()?;
        let version = answer.pointer("/Policy/DefaultVersionId")?.as_str()?;
        let input = json!({ "PolicyArn": arn, "VersionId": version });
        let answer = self.call("GetPolicyVersion", &input).await.ok()?;
        document(answer.pointer("/PolicyVersion/Document"))
    }

    async fn inline(&self, role: &str) -> Result<Vec<(String, Value)>, String> {
        let names = self
            .list("ListRolePolicies", role, "PolicyNames")
            .await
            .map_err(|error| error.to_string())?;
        let mut all = Vec::new();
        for name in names.iter().filter_map(Value::as_str) {
            let input = json!({ "RoleName": role, "PolicyName": name });
            let answer =
                self.call("GetRolePolicy", &input).await.map_err(|error| error.to_string())?;
            let text = document(answer.get("PolicyDocument"))
                .ok_or_else(|| format!("the document of {name} is not text"))?;
            all.push((name.to_owned(), text));
        }
        Ok(all)
    }
}

/// IAM sends documents percent-encoded.
fn document(value: Option<&Value>) -> Option<Value> {
    let text = value?.as_str()?;
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(serde_json::from_str(&decoded).unwrap_or_else(|_| Value::from(decoded.into_owned())))
}

fn number(value: Option<&Value>) -> Option<u32> {
    match value? {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded() {
        let text = json!("%7B%22Version%22%3A%222012-10-17%22%7D");
        assert_eq!(document(Some(&text)), Some(json!({ "Version": "2012-10-17" })));
        assert_eq!(document(Some(&json!("not JSON"))), Some(json!("not JSON")));
        assert_eq!(document(Some(&json!("%ff"))), None);
        assert_eq!(document(None), None);
        assert_eq!(number(Some(&json!("3600"))), Some(3600));
    }
}
