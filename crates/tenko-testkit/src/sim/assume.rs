//! `AssumeRole`, `AssumeRoleWithWebIdentity` and `GetSessionToken`.

use serde_json::{Value, json};

use super::account::{Account, ApiError};
use super::assume_check::{self, Asked, invalid};
use super::identity::{Caller, Sessions, credentials};
use super::role::Role;
use super::session::{Session, SessionKind};
use super::world::{AccountState, World};

fn denied(message: impl Into<String>) -> ApiError {
    ApiError::new("AccessDenied", 403, message)
}

fn not_authorized(caller: &Caller, action: &str, role: &str) -> ApiError {
    let who = &caller.arn;
    denied(format!("User: {who} is not authorized to perform: {action} on resource: {role}"))
}

/// `AssumeRole`
pub(super) fn role(
    sessions: &mut Sessions,
    world: &World,
    caller: &Caller,
    input: &Value,
) -> Result<Value, ApiError> {
    let asked = assume_check::asked(input, &world.managed_policies)?;
    let arn = asked.role_arn.as_str();
    let refused = |action: &str| not_authorized(caller, action, arn);
    let (account, role) = find_role(world, arn).ok_or_else(|| refused("sts:AssumeRole"))?;
    let trusted = role.trusted.is_empty() || role.trusted.iter().any(|who| caller.is(who));
    let knows_id =
        role.external_id.as_deref().is_none_or(|want| asked.external_id.as_deref() == Some(want));
    if !trusted || !knows_id || !role.allows("sts:AssumeRole") {
        return Err(refused("sts:AssumeRole"));
    }
    second_factor(role, &asked, &refused)?;
    let (source_identity, tags, transitive) = passed_on(role, caller, &asked, &refused)?;
    let seconds = duration(&asked, role, caller.is_role())?;
    let percent = room(world, &asked)?;

    let session = Session {
        role: role.name.clone(),
        role_arn: role.arn(account),
        session_name: asked.session_name.clone(),
        external_id: asked.external_id.clone(),
        source_identity,
        policy: asked.policy.clone(),
        policy_arns: asked.policy_arns.clone(),
        tags,
        transitive_tag_keys: transitive,
        serial_number: asked.serial.clone(),
        token_code: asked.code.clone(),
        duration: asked.seconds,
        packed_percent: percent,
        is_chained: caller.is_role(),
        assumed_by: (caller.account.clone(), caller.arn.clone()),
        arn: assumed(account, role.short(), &asked.session_name),
        ..sessions.new_session(SessionKind::Role, &account.id, seconds)
    };
    Ok(hand_out(sessions, session, json!({})))
}

/// `AssumeRoleWithWebIdentity`
pub(super) fn web_identity(
    sessions: &mut Sessions,
    world: &World,
    input: &Value,
) -> Result<Value, ApiError> {
    let asked = assume_check::asked(input, &world.managed_policies)?;
    let token = input.get("WebIdentityToken").and_then(Value::as_str).unwrap_or_default();
    let error = |code: &str, message: &str| Err(ApiError::new(code, 400, message));
    let Some(identity) = world.web_identities.iter().find(|known| known.token == token) else {
        return error(
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        );
    };
    if identity.is_expired {
        return error(
            "ExpiredTokenException",
            "Token expired: current date/time must be before the expiration date/time",
        );
    }
    let refused = || denied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    let (account, role) = find_role(world, &asked.role_arn).ok_or_else(refused)?;
    if !identity.roles.contains(&asked.role_arn) {
        return Err(refused());
    }
    let seconds = duration(&asked, role, false)?;
    let percent = room(world, &asked)?;
    let session = Session {
        role: role.name.clone(),
        role_arn: role.arn(account),
        session_name: asked.session_name.clone(),
        policy: asked.policy.clone(),
        policy_arns: asked.policy_arns.clone(),
        duration: asked.seconds,
        packed_percent: percent,
        assumed_by: (account.id.clone(), identity.subject.clone()),
        arn: assumed(account, role.short(), &asked.session_name),
        ..sessions.new_session(SessionKind::WebIdentity, &account.id, seconds)
    };
    let more = json!({
        "SubjectFromWebIdentityToken": identity.subject,
        "Audience": identity.audience,
        "Provider": identity.provider,
    });
    Ok(hand_out(sessions, session, more))
}

/// `GetSessionToken`: a user's own rights, for 12 hours unless told otherwise.
pub(super) fn session_token(
    sessions: &mut Sessions,
    caller: &Caller,
    input: &Value,
) -> Result<Value, ApiError> {
    if caller.session.is_some() {
        return Err(denied("Cannot call GetSessionToken with session credentials"));
    }
    let text = |name: &str| input.get(name).and_then(Value::as_str).map(str::to_owned);
    let seconds = match text("DurationSeconds").map(|text| text.parse::<i64>()) {
        None => 43_200,
        Some(Ok(seconds)) if (900..=129_600).contains(&seconds) => seconds,
        Some(_) => return Err(invalid("The requested DurationSeconds is out of range.")),
    };
    let session = Session {
        serial_number: text("SerialNumber"),
        token_code: text("TokenCode"),
        assumed_by: (caller.account.clone(), caller.arn.clone()),
        arn: caller.arn.clone(),
        ..sessions.new_session(SessionKind::Token, &caller.account, seconds)
    };
    let answer = json!({ "Credentials": credentials(&session) });
    sessions.keep(session);
    Ok(answer)
}

/// `arn:aws:sts::111111111111:assumed-role/Name/session`
pub(super) fn assumed(account: &Account, role: &str, session: &str) -> String {
    format!("arn:{}:sts::{}:assumed-role/{role}/{session}", account.partition(), account.id)
}

fn hand_out(sessions: &mut Sessions, session: Session, more: Value) -> Value {
    let limited = session.is_limited() || !session.tags.is_empty();
    let mut answer = json!({
        "SourceIdentity": session.source_identity,
        "PackedPolicySize": limited.then_some(session.packed_percent),
        "AssumedRoleUser": {
            "Arn": session.arn,
            "AssumedRoleId": format!("AROA{}:{}", session.account, session.session_name),
        },
        "Credentials": credentials(&session),
    });
    if let (Value::Object(answer), Value::Object(more)) = (&mut answer, more) {
        answer.extend(more);
    }
    sessions.keep(session);
    answer
}

fn second_factor(
    role: &Role,
    asked: &Asked,
    refused: &dyn Fn(&str) -> ApiError,
) -> Result<(), ApiError> {
    let Some(mfa) = &role.mfa else { return Ok(()) };
    // The trust's condition is not met without a device; the device's own refusals come first.
    let (Some(serial), Some(code)) = (&asked.serial, &asked.code) else {
        return Err(refused("sts:AssumeRole"));
    };
    if *serial != mfa.serial {
        return Err(denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
        ));
    }
    if *code != mfa.code {
        return Err(denied(
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
        ));
    }
    Ok(())
}

type PassedOn = (Option<String>, std::collections::BTreeMap<String, String>, Vec<String>);

/// Source identity and tags, from the request and from the session that asks.
fn passed_on(
    role: &Role,
    caller: &Caller,
    asked: &Asked,
    refused: &dyn Fn(&str) -> ApiError,
) -> Result<PassedOn, ApiError> {
    let before = caller.session.as_ref();
    let inherited = before.and_then(|session| session.source_identity.clone());
    // Once set, it stays: "You cannot change it" (API reference of AssumeRole).
    if inherited.is_some() && asked.source_identity.is_some() && inherited != asked.source_identity
    {
        return Err(refused("sts:SetSourceIdentity"));
    }
    let identity = asked.source_identity.clone().or(inherited);
    if identity.is_some() && !role.allows("sts:SetSourceIdentity") {
        return Err(refused("sts:SetSourceIdentity"));
    }
    if identity.is_none() && role.requires_source_identity {
        return Err(refused("sts:AssumeRole"));
    }
    let mut tags = asked.tags.clone();
    let mut transitive = asked.transitive.clone();
    for key in before.iter().flat_map(|session| &session.transitive_tag_keys) {
        let value = before.and_then(|session| session.tags.get(key)).cloned().unwrap_or_default();
        if tags.insert(key.clone(), value).is_some() {
            let message = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
            return Err(ApiError::new("InvalidParameterValue", 400, message));
        }
        transitive.push(key.clone());
    }
    if !tags.is_empty() && !role.allows("sts:TagSession") {
        return Err(refused("sts:TagSession"));
    }
    Ok((identity, tags, transitive))
}

fn room(world: &World, asked: &Asked) -> Result<u32, ApiError> {
    let percent =
        world.packed_percent.unwrap_or_else(|| assume_check::packed(asked, world.packed_room));
    if percent > 100 { Err(assume_check::too_large(percent)) } else { Ok(percent) }
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

fn duration(asked: &Asked, role: &Role, is_chained: bool) -> Result<i64, ApiError> {
    let Some(seconds) = asked.seconds else { return Ok(3600) };
    if is_chained && seconds > 3600 {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    if seconds > role.longest() {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(seconds)
}
