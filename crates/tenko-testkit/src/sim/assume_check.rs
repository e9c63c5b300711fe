//! What STS looks at in a request before it asks whether the caller may.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::account::ApiError;
use super::managed;

/// Most characters of an inline session policy, and of it and all ARNs together.
/// Source: "IAM and AWS STS quotas" in the IAM user guide.
const ROOM: usize = 2048;

/// What was asked for, checked as far as it can be without the world.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) role_arn: String,
    pub(super) session_name: String,
    pub(super) external_id: Option<String>,
    pub(super) source_identity: Option<String>,
    pub(super) policy: Option<String>,
    pub(super) policy_arns: Vec<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) transitive: Vec<String>,
    pub(super) serial: Option<String>,
    pub(super) code: Option<String>,
    pub(super) seconds: Option<i64>,
}

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", 400, message)
}

fn constraint(value: &str, at: &str, must: &str) -> ApiError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {must}"
    ))
}

/// Reads and checks the input of `AssumeRole` and its like.
pub(super) fn asked(input: &Value, more: &BTreeSet<String>) -> Result<Asked, ApiError> {
    let text = |name: &str| input.get(name).and_then(Value::as_str).map(str::to_owned);
    let asked = Asked {
        role_arn: text("RoleArn").unwrap_or_default(),
        session_name: text("RoleSessionName").unwrap_or_default(),
        external_id: text("ExternalId"),
        source_identity: text("SourceIdentity"),
        policy: text("Policy"),
        policy_arns: rows(input, "PolicyArns", "arn"),
        tags: tags(input)?,
        transitive: names(input, "TransitiveTagKeys"),
        serial: text("SerialNumber"),
        code: text("TokenCode"),
        seconds: seconds(input)?,
    };
    word(&asked.session_name, "roleSessionName", 2, 64, "[\\w+=,.@-]*", is_name)?;
    if let Some(identity) = &asked.source_identity {
        word(identity, "sourceIdentity", 2, 64, "[\\w+=,.@-]*", is_name)?;
    }
    if let Some(id) = &asked.external_id {
        let good = |c: char| is_name(c) || matches!(c, ':' | '/' | '\\');
        word(id, "externalId", 2, 1224, "[\\w+=,.@:\\/-]*", good)?;
    }
    if let Some(code) = &asked.code {
        word(code, "tokenCode", 6, 6, "[\\d]*", |c| c.is_ascii_digit())?;
    }
    if let Some(missing) = asked.transitive.iter().find(|key| !asked.tags.contains_key(*key)) {
        let message = format!(
            "The specified transitive tag key must be included in the requested tags: {missing}"
        );
        return Err(ApiError::new("InvalidParameterValue", 400, message));
    }
    policies(&asked, more)?;
    Ok(asked)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '=' | ',' | '.' | '@' | '-')
}

fn word(
    value: &str,
    at: &str,
    least: usize,
    most: usize,
    pattern: &str,
    good: impl Fn(char) -> bool,
) -> Result<(), ApiError> {
    let length = value.chars().count();
    if length < least {
        let must = format!("have length greater than or equal to {least}");
        return Err(constraint(value, at, &must));
    }
    if length > most {
        let must = format!("have length less than or equal to {most}");
        return Err(constraint(value, at, &must));
    }
    if !value.chars().all(good) {
        let must = format!("satisfy regular expression pattern: {pattern}");
        return Err(constraint(value, at, &must));
    }
    Ok(())
}

fn seconds(input: &Value) -> Result<Option<i64>, ApiError> {
    let Some(text) = input.get("DurationSeconds").and_then(Value::as_str) else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(seconds) if seconds > 43_200 => {
            Err(constraint(text, "durationSeconds", "have value less than or equal to 43200"))
        }
        Ok(seconds) if seconds >= 900 => Ok(Some(seconds)),
        _ => Err(constraint(text, "durationSeconds", "have value greater than or equal to 900")),
    }
}

fn rows(input: &Value, list: &str, field: &str) -> Vec<String> {
    let list = input.get(list).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(|row| row.get(field)?.as_str());
    texts.map(str::to_owned).collect()
}

fn names(input: &Value, list: &str) -> Vec<String> {
    let list = input.get(list).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn tags(input: &Value) -> Result<BTreeMap<String, String>, ApiError> {
    let list = input.get("Tags").and_then(Value::as_array);
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for (row, tag) in list.into_iter().flatten().enumerate() {
        let text = |name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default();
        let (key, value, at) = (text("Key"), text("Value"), format!("tags.{}.member", row + 1));
        let pattern = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+";
        let good = |c: char| {
            let separates = c.is_whitespace() && !c.is_control();
            c.is_alphanumeric() || separates || "_.:/=+-@".contains(c)
        };
        word(key, &format!("{at}.key"), 1, 128, pattern, good)?;
        word(value, &format!("{at}.value"), 0, 256, pattern, good)?;
        // Tags' keys are told apart without regard to case.
        if tags.keys().any(|known| known.eq_ignore_ascii_case(key)) {
            let message =
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(ApiError::new("InvalidParameterValue", 400, message));
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    if tags.len() > 50 {
        return Err(constraint("[…]", "tags", "have length less than or equal to 50"));
    }
    Ok(tags)
}

fn policies(asked: &Asked, more: &BTreeSet<String>) -> Result<(), ApiError> {
    let arns = &asked.policy_arns;
    if arns.len() > 10 {
        let all = format!("[{}]", arns.join(", "));
        return Err(constraint(&all, "policyArns", "have length less than or equal to 10"));
    }
    let inline = asked.policy.as_deref();
    if let Some(text) = inline {
        let good = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
        let pattern = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
        word(text, "policy", 1, ROOM, pattern, good)?;
        document(text)?;
    }
    let partition = asked.role_arn.split(':').nth(1).unwrap_or_default();
    for arn in arns {
        word(arn, "policyArns", 20, ROOM, "arn:…", |c| !c.is_whitespace())?;
        if !managed::exists(arn, partition) && !more.contains(arn) {
            let message = format!("Policy {arn} does not exist or is not attachable.");
            return Err(invalid(message));
        }
    }
    let characters = |text: &str| text.chars().count();
    let sum = inline.map_or(0, characters) + arns.iter().map(|arn| characters(arn)).sum::<usize>();
    if sum > ROOM {
        return Err(too_large(u32::try_from(sum * 100 / ROOM + 1).unwrap_or(u32::MAX)));
    }
    Ok(())
}

/// Policies and tags take more room than there is.
pub(super) fn too_large(percent: u32) -> ApiError {
    let message =
        format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
    ApiError::new("PackedPolicyTooLarge", 400, message)
}

/// Roughly what the packed form takes. The real one is secret, and not the plain text's length.
pub(super) fn packed(asked: &Asked, room: Option<u32>) -> u32 {
    let policy = asked.policy.iter().chain(&asked.policy_arns).map(String::len);
    let tags = asked.tags.iter().map(|(key, value)| key.len() + value.len());
    let bytes: usize = policy.chain(tags).sum();
    let room = room.unwrap_or(2_500).max(1) as usize;
    u32::try_from((bytes * 100).div_ceil(room)).unwrap_or(u32::MAX)
}

/// Refuses an inline policy that IAM cannot read.
fn document(text: &str) -> Result<(), ApiError> {
    let malformed = |message: &str| Err(ApiError::new("MalformedPolicyDocument", 400, message));
    let Ok(Value::Object(policy)) = serde_json::from_str(text) else {
        return malformed("This policy contains invalid Json");
    };
    let version = policy.get("Version").map(|v| v.as_str().unwrap_or_default());
    if version.is_some_and(|v| !matches!(v, "2012-10-17" | "2008-10-17")) {
        return malformed("The policy must contain a valid version string");
    }
    if policy.keys().any(|key| !matches!(key.as_str(), "Version" | "Id" | "Statement")) {
        return malformed("Syntax errors in policy.");
    }
    let statements = match policy.get("Statement") {
        Some(Value::Array(list)) if !list.is_empty() => list.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => return malformed("Missing required field Statement"),
    };
    for statement in statements {
        let has = |name: &str| statement.get(name).is_some();
        if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
            return malformed("Missing required field Effect");
        }
        if has("Principal") || has("NotPrincipal") {
            return malformed("Policy document should not specify a principal.");
        }
        if has("Action") == has("NotAction") {
            return malformed("Policy statement must contain actions.");
        }
        if has("Resource") == has("NotResource") {
            return malformed("Policy statement must contain resources.");
        }
    }
    Ok(())
}
