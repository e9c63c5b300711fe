//! Bearer tokens: who gets one, and whose one is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::base64;
use super::methods::{Method, Own};
use super::refusal::{self, BadToken, Refusal};
use super::world::World;

/// How long tokens are said to be good for, in seconds.
const LIFETIME: i64 = 3600;

/// Whose a bearer token is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bearer {
    pub(super) principal: String,
    /// OAuth scopes in short form, sorted; empty for no limits.
    pub(super) scopes: Vec<String>,
    pub(super) impersonated: bool,
    expired: bool,
}

impl Bearer {
    /// Whether one of these scopes is among those of the token.
    pub(super) fn covers(&self, scopes: &[&str]) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|own| scopes.contains(&own.as_str()))
    }
}

/// A service account's access token that was asked for and given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonation {
    /// Who asked.
    pub caller: String,
    /// The service account.
    pub account: String,
    /// The service accounts on the way to it, as they were sent.
    pub delegates: Vec<String>,
    /// OAuth scopes, as they were sent.
    pub scopes: Vec<String>,
    /// How long the token lives, in seconds; `None` where nothing was asked for.
    pub lifetime: Option<i64>,
}

/// All tokens that were handed out.
#[derive(Default)]
pub(super) struct Tokens {
    next: u64,
    pub(super) impersonations: Vec<Impersonation>,
    all: HashMap<String, Bearer>,
}

impl Tokens {
    /// Hands out a token.
    pub(super) fn give(
        &mut self,
        principal: &str,
        scopes: Vec<String>,
        impersonated: bool,
    ) -> String {
        self.next += 1;
        let token = format!("ya29.sim-{:06}", self.next);
        let bearer = Bearer { principal: principal.into(), scopes, impersonated, expired: false };
        self.all.insert(token.clone(), bearer);
        token
    }

    /// Ends all tokens that were handed out.
    pub(super) fn expire(&mut self) {
        self.all.values_mut().for_each(|bearer| bearer.expired = true);
    }

    /// Whose the request is.
    pub(super) fn bearer(&self, world: &World, headers: &HeaderMap) -> Result<Bearer, BadToken> {
        let value = headers.get("authorization").and_then(|v| v.to_str().ok());
        let Some(token) = value.and_then(|v| v.strip_prefix("Bearer ")) else {
            return Err(BadToken::Missing);
        };
        if let Some(principal) = world.tokens.get(token) {
            return Ok(Bearer { principal: principal.clone(), ..Bearer::default() });
        }
        match self.all.get(token) {
            Some(bearer) if bearer.expired => Err(BadToken::Expired),
            Some(bearer) => Ok(bearer.clone()),
            None => self_signed(token).ok_or(BadToken::Unknown),
        }
    }
}

/// A service account key's own token: a JWT that names the account. Its signature is not looked at.
fn self_signed(token: &str) -> Option<Bearer> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims: Value = serde_json::from_slice(&base64::decode(claims)?).ok()?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let principal = text("sub").or_else(|| text("iss"))?.to_owned();
    let scopes = short(text("scope").unwrap_or_default().split(' '));
    Some(Bearer { principal, scopes, ..Bearer::default() })
}

/// Scopes without the URL that they all begin with.
fn short<'a>(scopes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let short = |scope: &str| {
        let tail = scope.rsplit("/auth/").next().unwrap_or(scope);
        tail.to_owned()
    };
    let mut all: Vec<String> = scopes.filter(|s| !s.is_empty()).map(short).collect();
    all.sort();
    all.dedup();
    all
}

/// Members of a form or of a JSON object.
pub(super) fn members(headers: &HeaderMap, body: &[u8]) -> BTreeMap<String, String> {
    let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        let json: BTreeMap<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let text = |v: Value| v.as_str().map(str::to_owned);
        return json.into_iter().filter_map(|(n, v)| Some((n, text(v)?))).collect();
    }
    let text = String::from_utf8_lossy(body);
    let decode =
        |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

/// The refresh token that stands for a principal.
pub(super) fn refresh_token(principal: &str) -> String {
    format!("1//sim-refresh/{principal}")
}

/// An OAuth endpoint's error.
pub(super) fn oauth_error(error: &str, description: &str) -> Value {
    json!({ "error": error, "error_description": description })
}

/// The answer of the token endpoints, or their error with its HTTP status.
pub(super) fn grant(
    tokens: &mut Tokens,
    own: Own,
    members: &BTreeMap<String, String>,
) -> Result<Value, (u16, Value)> {
    let get = |name: &str| members.get(name).map(String::as_str).unwrap_or_default();
    let refuse = |error: &str, text: &str| (400, oauth_error(error, text));
    let scope = if get("scope").is_empty() { get("scopes") } else { get("scope") };
    let scopes = short(scope.split(' '));
    let kind = get("grant_type");
    let principal = match (own, kind) {
        (Own::Token, "refresh_token") => {
            let principal =
                get("refresh_token").strip_prefix("1//sim-refresh/").unwrap_or_default();
            if principal.is_empty() {
                return Err(refuse("invalid_grant", "Bad Request"));
            }
            principal.to_owned()
        }
        (Own::Token, "urn:ietf:params:oauth:grant-type:jwt-bearer") => {
            let bearer = self_signed(get("assertion"));
            let bearer = bearer.ok_or_else(|| refuse("invalid_grant", "Invalid JWT."))?;
            let token = tokens.give(&bearer.principal, bearer.scopes, false);
            return Ok(given(&token, ""));
        }
        (Own::Exchange, "urn:ietf:params:oauth:grant-type:token-exchange") => {
            let pool = get("audience").rsplit_once("/providers/").map(|(pool, _)| pool);
            match (pool, get("subject_token").trim()) {
                (None, _) => {
                    let text = "Invalid value for \"audience\".";
                    return Err(refuse("invalid_request", text));
                }
                (_, "") => {
                    return Err(refuse("invalid_grant", "The subject token is missing."));
                }
                (Some(pool), subject) => {
                    format!("principal:{pool}/subject/{subject}")
                }
            }
        }
        _ => return Err(refuse("unsupported_grant_type", &format!("Invalid grant_type: {kind}"))),
    };
    let token = tokens.give(&principal, scopes, false);
    Ok(given(&token, scope))
}

fn given(token: &str, scope: &str) -> Value {
    json!({
        "access_token": token,
        "expires_in": LIFETIME,
        "token_type": "Bearer",
        "scope": scope,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    })
}

/// `generateAccessToken`
pub(super) fn impersonate(
    tokens: &mut Tokens,
    world: &World,
    method: &Method,
    caller: &Bearer,
    account: &str,
    body: &Value,
) -> Result<Value, Refusal> {
    let strings = |name: &str| {
        let list = body.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    };
    // Each may impersonate the next: the caller, the delegates, the account.
    let mut who = caller.principal.as_str();
    let delegates = strings("delegates").map(|d| d.rsplit('/').next().unwrap_or(d));
    for target in delegates.chain([account]) {
        let may = world.impersonators.as_ref().is_none_or(|all| {
            all.get(target).is_some_and(|who_may| who_may.iter().any(|p| p == who))
        });
        if !may {
            let on = format!("projects/-/serviceAccounts/{target}");
            return Err(refusal::denied(method, &on, who));
        }
        who = target;
    }
    let is_there = |known: &BTreeSet<String>| known.contains(account);
    if !world.service_accounts.as_ref().is_none_or(is_there) {
        let message = format!("Not found; Gaia id not found for email {account}");
        return Err(Refusal::new(404, "NOT_FOUND", message));
    }
    let scopes = short(strings("scope"));
    if scopes.is_empty() {
        return Err(refusal::invalid(method, "Scope required."));
    }
    let lifetime = lifetime(world, method, body)?;
    let token = tokens.give(account, scopes, true);
    let owned = |name: &str| strings(name).map(str::to_owned).collect();
    tokens.impersonations.push(Impersonation {
        caller: caller.principal.clone(),
        account: account.to_owned(),
        delegates: owned("delegates"),
        scopes: owned("scope"),
        lifetime,
    });
    let seconds = SignedDuration::from_secs(lifetime.unwrap_or(LIFETIME));
    let expires = Timestamp::now().saturating_add(seconds);
    let expires = expires.ok().and_then(|t| Timestamp::from_second(t.as_second()).ok());
    Ok(json!({ "accessToken": token, "expireTime": expires }))
}

/// How long the token shall live: an hour at most, or half a day where a policy allows it.
fn lifetime(world: &World, method: &Method, body: &Value) -> Result<Option<i64>, Refusal> {
    let Some(text) = body.get("lifetime").and_then(Value::as_str) else { return Ok(None) };
    let seconds = text.strip_suffix('s').and_then(|text| text.parse::<i64>().ok());
    let most = if world.long_lifetimes { 43_200 } else { LIFETIME };
    match seconds {
        Some(seconds) if seconds < 1 => {
            Err(refusal::invalid(method, "The token lifetime must be positive."))
        }
        Some(seconds) if seconds <= most => Ok(Some(seconds)),
        Some(_) => {
            let message = format!(
                "The token lifetime is over {most} seconds, which takes the constraint constraints/iam.allowServiceAccountCredentialLifetimeExtension and is 43200 seconds at most."
            );
            Err(refusal::invalid(method, message))
        }
        None => {
            let message = format!(
                "Invalid value at 'lifetime' (type.googleapis.com/google.protobuf.Duration), \"{text}\""
            );
            Err(refusal::invalid(method, message))
        }
    }
}
