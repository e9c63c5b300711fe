//! Who a request comes from, and the sessions that `AssumeRole` hands out.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::account::{Account, ApiError, Role};
use super::world::{AccountState, World};

/// A session that was handed out.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The session's access key id.
    pub key: String,
    /// The session's token.
    pub token: String,
    /// The account of the role.
    pub account: String,
    /// The role, with its path.
    pub role: String,
    /// The session's name.
    pub session_name: String,
    /// The external id that came with the request.
    pub external_id: Option<String>,
    /// The source identity that came with the request.
    pub source_identity: Option<String>,
    /// The inline session policy that came with the request.
    pub policy: Option<String>,
    /// The managed session policies that came with the request.
    pub policy_arns: Vec<String>,
    /// The account and principal that asked.
    pub assumed_by: (String, String),
    /// When it ends.
    pub expires: Timestamp,
    /// `arn:aws:sts::…:assumed-role/…`
    pub arn: String,
}

/// The principal behind a request.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) account: String,
    pub(super) arn: String,
    pub(super) user_id: String,
    pub(super) session: bool,
}

/// Why a request has no principal.
pub(super) enum NoCaller {
    Unknown,
    Expired,
}

/// All sessions of a server.
#[derive(Default)]
pub(super) struct Sessions {
    by_key: HashMap<String, Session>,
    order: Vec<String>,
}

impl Sessions {
    pub(super) fn all(&self) -> Vec<Session> {
        self.order.iter().filter_map(|key| self.by_key.get(key).cloned()).collect()
    }

    pub(super) fn expire(&mut self) {
        for session in self.by_key.values_mut() {
            session.expires = Timestamp::MIN;
        }
    }

    /// The principal of a key and, for sessions, its token.
    pub(super) fn caller(
        &self,
        world: &World,
        key: &str,
        token: Option<&str>,
    ) -> Result<Caller, NoCaller> {
        if let Some(root) = world.keys.iter().find(|k| k.id == key) {
            return Ok(Caller {
                account: root.account.clone(),
                arn: root.arn.clone(),
                user_id: format!("AIDA{}", &root.id),
                session: false,
            });
        }
        let session = self.by_key.get(key).ok_or(NoCaller::Unknown)?;
        if token != Some(session.token.as_str()) {
            return Err(NoCaller::Unknown);
        }
        if session.expires <= Timestamp::now() {
            return Err(NoCaller::Expired);
        }
        Ok(Caller {
            account: session.account.clone(),
            arn: session.arn.clone(),
            user_id: format!("AROA{}:{}", session.account, session.session_name),
            session: true,
        })
    }

    /// `AssumeRole`.
    pub(super) fn assume(
        &mut self,
        world: &World,
        caller: &Caller,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        let arn = text("RoleArn").unwrap_or_default();
        let session_name = text("RoleSessionName").unwrap_or_default();
        let external_id = text("ExternalId");
        let refused = || {
            let message = format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
                caller.arn
            );
            ApiError::new("AccessDenied", 403, message)
        };
        let (account, role) = find_role(world, arn).ok_or_else(refused)?;
        if !trusts(role, caller, external_id) {
            return Err(refused());
        }
        let seconds = duration(input, role, caller)?;
        let number = self.order.len() + 1;
        let key = format!("ASIA{number:016}");
        let name = role.name.rsplit('/').next().unwrap_or_default();
        let session = Session {
            key: key.clone(),
            token: format!("token-of-{key}"),
            account: account.id.clone(),
            role: role.name.clone(),
            session_name: session_name.to_owned(),
            external_id: external_id.map(str::to_owned),
            source_identity: text("SourceIdentity").map(str::to_owned),
            policy: text("Policy").map(str::to_owned),
            policy_arns: arns(input),
            assumed_by: (caller.account.clone(), caller.arn.clone()),
            expires: Timestamp::now() + SignedDuration::from_secs(seconds),
            arn: format!(
                "arn:{}:sts::{}:assumed-role/{name}/{session_name}",
                account.partition(),
                account.id
            ),
        };
        let limited = session.policy.is_some() || !session.policy_arns.is_empty();
        let answer = json!({
            "SourceIdentity": session.source_identity,
            "PackedPolicySize": limited.then_some(6),
            "AssumedRoleUser": {
                "Arn": session.arn,
                "AssumedRoleId": format!("AROA{}:{session_name}", account.id),
            },
            "Credentials": {
                "AccessKeyId": session.key,
                "SecretAccessKey": format!("secret-of-{key}"),
                "SessionToken": session.token,
                "Expiration": session.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            },
        });
        self.order.push(key.clone());
        self.by_key.insert(key, session);
        Ok(answer)
    }
}

fn arns(input: &Value) -> Vec<String> {
    let list = input.get("PolicyArns").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|row| row.get("arn").and_then(Value::as_str).map(str::to_owned))
        .collect()
}

fn find_role<'a>(world: &'a World, arn: &str) -> Option<(&'a Account, &'a Role)> {
    let mut fields = arn.splitn(6, ':');
    let (arn, partition, iam) = (fields.next()?, fields.next()?, fields.next()?);
    let (region, account, role) = (fields.next()?, fields.next()?, fields.next()?);
    let name = role.strip_prefix("role/")?;
    let account = world.account(account)?;
    let good = arn == "arn" && iam == "iam" && region.is_empty();
    // A closed or suspended account lets nobody in.
    if !good || partition != account.partition() || account.state != AccountState::Active {
        return None;
    }
    account.roles.iter().find(|r| r.name == name).map(|role| (account, role))
}

fn trusts(role: &Role, caller: &Caller, external_id: Option<&str>) -> bool {
    let trusted = role.trusted.is_empty()
        || role.trusted.iter().any(|who| {
            *who == caller.account
                || *who == caller.arn
                || who.ends_with(&format!("::{}:root", caller.account))
        });
    trusted && role.external_id.as_deref().is_none_or(|want| external_id == Some(want))
}

fn duration(input: &Value, role: &Role, caller: &Caller) -> Result<i64, ApiError> {
    let refuse = |message: &str| Err(ApiError::new("ValidationError", 400, message));
    let Some(text) = input.get("DurationSeconds").and_then(Value::as_str) else {
        return Ok(3600);
    };
    let most = if role.max_session == 0 { 3600 } else { i64::from(role.max_session) };
    match text.parse::<i64>() {
        Ok(seconds) if caller.session && seconds > 3600 => refuse(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ),
        Ok(seconds) if seconds > most => refuse(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        Ok(seconds) if seconds >= 900 => Ok(seconds),
        _ => refuse(
            "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
        ),
    }
}
