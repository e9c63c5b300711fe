//! The one place where a role is assumed.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tenko_aws::wire::{CallError, DeniedBy, ErrorClass, classify_sdk_error};

use super::caller::{Caller, Proven, hidden};
use crate::error::{LoginError, of_call};
use crate::policy::SessionPolicy;

/// What a session is narrowed to. There is no session without.
pub(crate) enum Narrow<'a> {
    /// To assuming one other role.
    To(&'a str),
    /// To looking.
    Looking(&'a SessionPolicy),
}

/// A role to assume, and how the session is to be called.
pub(crate) struct Step<'a> {
    pub(crate) role_arn: &'a str,
    pub(crate) partition: &'a str,
    pub(crate) external_id: Option<&'a str>,
    /// Who stands behind it: the session's name and its source identity.
    pub(crate) who: &'a str,
    pub(crate) ticket: Option<&'a str>,
    pub(crate) seconds: u32,
    pub(crate) narrow: Narrow<'a>,
}

/// A session that nothing is known of yet.
pub(crate) struct Assumed {
    pub(crate) credentials: Credentials,
    pub(crate) expires: Timestamp,
    /// How much of what a session may hold is used, in percent.
    pub(crate) packed: Option<i32>,
}

impl Step<'_> {
    fn policies(&self) -> (String, Vec<PolicyDescriptorType>) {
        match &self.narrow {
            Narrow::To(role) => {
                let policy = json!({
                    "Version": "2012-10-17",
                    "Statement": [{
                        "Effect": "Allow",
                        "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
                        "Resource": literal(role),
                    }],
                });
                (policy.to_string(), Vec::new())
            }
            Narrow::Looking(policy) => {
                let arns = policy.arns(self.partition).into_iter();
                let arns = arns.map(|arn| PolicyDescriptorType::builder().arn(arn).build());
                (policy.inline().to_owned(), arns.collect())
            }
        }
    }
}

/// Assumes the role.
pub(crate) async fn assume(
    caller: &Caller,
    from: &Proven,
    step: &Step<'_>,
) -> Result<Assumed, LoginError> {
    let (policy, arns) = step.policies();
    let tag = |value: &str| Tag::builder().key("Ticket").value(value).build();
    let tags = step.ticket.map(tag).transpose().map_err(|error| {
        let message = error.to_string();
        of_call(CallError::new(ErrorClass::Other, "sts", "AssumeRole", message))
    })?;
    let seconds = i32::try_from(step.seconds).unwrap_or(i32::MAX);
    let answer = caller
        .sts
        .assume_role()
        .role_arn(step.role_arn)
        .role_session_name(step.who)
        .source_identity(step.who)
        .set_external_id(step.external_id.map(str::to_owned))
        .set_tags(tags.map(|tag| vec![tag]))
        .duration_seconds(seconds)
        .policy(policy)
        .set_policy_arns((!arns.is_empty()).then_some(arns))
        .customize()
        .config_override(caller.sts_config(&from.credentials))
        .send()
        .await
        .map_err(|error| {
            let error = hidden(classify_sdk_error(&error, "sts", "AssumeRole"), &from.credentials);
            refused(error, from, step)
        })?;
    let broken = |what: &str| {
        of_call(CallError::new(ErrorClass::InvalidResponse, "sts", "AssumeRole", what))
    };
    let given = answer.credentials.ok_or_else(|| broken("the answer has no credentials"))?;
    let expiry = SystemTime::try_from(given.expiration)
        .map_err(|_| broken("the answer has no time of expiry"))?;
    let expires = Timestamp::try_from(expiry)
        .map_err(|_| broken("the answer has a time of expiry that is none"))?;
    let expires = ends(expires, step.seconds, Timestamp::now()).ok_or_else(|| {
        broken(&format!("the new session ended at {expires}: look at the clock of this machine"))
    })?;
    if given.access_key_id.is_empty()
        || given.secret_access_key.is_empty()
        || given.session_token.is_empty()
    {
        return Err(broken("the answer has empty credentials"));
    }
    let token = Some(given.session_token);
    let credentials = Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        token,
        Some(SystemTime::from(expires)),
        "tenko",
    );
    #[expect(deprecated, reason = "the newer name is not in every partition's answers yet")]
    let packed = answer.packed_policy_size.or(answer.session_token_utilization);
    if let Some(percent) = packed {
        tracing::debug!(role = step.role_arn, percent, "how much of the session's room is used");
    }
    Ok(Assumed { credentials, expires, packed })
}

/// When a session ends by this machine's clock, if it does not have already. By a clock that is behind, it would seem to
/// live on.
fn ends(said: Timestamp, seconds: u32, now: Timestamp) -> Option<Timestamp> {
    let latest = now.saturating_add(SignedDuration::from_secs(seconds.into())).ok()?;
    (said > now).then(|| said.min(latest))
}

/// An ARN as a policy's resource that stands for it alone: paths of roles may hold what is a wildcard or a variable there.
/// Source: "IAM policy elements: Variables and tags", special characters, in the IAM guide.
fn literal(arn: &str) -> String {
    let mut text = String::with_capacity(arn.len());
    for c in arn.chars() {
        match c {
            '*' | '?' | '$' => text.extend(["${", c.encode_utf8(&mut [0; 4]), "}"]),
            c => text.push(c),
        }
    }
    text
}

/// What a refusal means.
fn refused(error: CallError, from: &Proven, step: &Step<'_>) -> LoginError {
    let caller = from.arn.clone();
    let role = step.role_arn.to_owned();
    let reason = error.message.as_deref().unwrap_or("it gave no reason").to_owned();
    let code = error.code.as_deref().unwrap_or_default();
    if code.starts_with("PackedPolicyTooLarge") {
        return LoginError::PolicyTooLarge { reason };
    }
    if let ErrorClass::Denied(by) = error.class {
        for action in ["sts:SetSourceIdentity", "sts:TagSession"] {
            if reason.contains(&format!("perform: {action}")) {
                return LoginError::NoAttribution { caller, role, action, reason };
            }
        }
        let by = if by == DeniedBy::Unknown { DeniedBy::from_message(&reason) } else { by };
        let external_id = step.external_id.map(str::to_owned);
        return LoginError::Denied { caller, role, external_id, by, reason };
    }
    if reason.contains("DurationSeconds") {
        return LoginError::TooLong { role, seconds: step.seconds, reason };
    }
    of_call(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_of_the_hub_is_good_for_one_role_alone() {
        let plain = "arn:aws:iam::333333333301:role/auditors/Tenko";
        assert_eq!(literal(plain), plain);
        assert_eq!(literal("role/a?b/${x}/*/T"), "role/a${?}b/${$}{x}/${*}/T");
    }

    #[test]
    fn sessions_end_when_they_were_asked_to_at_the_latest() {
        let at = |second| Timestamp::constant(second, 0);
        assert_eq!(ends(at(4_000), 3_600, at(1_000)), Some(at(4_000)));
        assert_eq!(ends(at(90_000), 3_600, at(1_000)), Some(at(4_600)));
        assert_eq!(ends(Timestamp::MAX, 900, at(0)), Some(at(900)));
        assert_eq!(ends(at(1_000), 3_600, at(1_000)), None);
        assert_eq!(ends(at(0), 3_600, at(1_000)), None);
        assert_eq!(ends(Timestamp::MAX, 3_600, Timestamp::MAX), None);
    }
}
