//! The token.

use std::fmt;
use std::time::Duration;

use google_cloud_auth::credentials::{
    CacheableResource, Credentials, CredentialsProvider, EntityTag,
};
use google_cloud_auth::errors::CredentialsError;
use http::header::AUTHORIZATION;
use http::{Extensions, HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use zeroize::Zeroizing;

/// The only scope that tokens of logins have. It stops writes wherever a service honours it, which is why it is never
/// the only proof; what it allows to read is up to the roles of the account.
pub const READ_ONLY_SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform.read-only";

/// Longest token that is believed.
const MAX_TOKEN: usize = 64 << 10;

/// An access token of a service account with [`READ_ONLY_SCOPE`], made by [`Issuer::token`](super::Issuer::token)
/// alone. `Debug` hides it.
#[derive(Clone)]
pub struct ReadOnlyToken {
    access_token: Zeroizing<String>,
    expires: Timestamp,
    principal: String,
}

impl ReadOnlyToken {
    /// Takes it out of the answer; the error says what is wrong with that. `asked` is how long it was to live.
    pub(super) fn of_answer(
        answer: &mut Value,
        principal: &str,
        asked: Duration,
        now: Timestamp,
    ) -> Result<Self, String> {
        let Some(Value::String(token)) = answer.get_mut("accessToken").map(Value::take) else {
            return Err("it holds no token".to_owned());
        };
        let access_token = Zeroizing::new(token);
        // It becomes a header and an environment variable of others.
        let fits = |b: u8| b.is_ascii_graphic();
        if access_token.is_empty()
            || access_token.len() > MAX_TOKEN
            || !access_token.bytes().all(fits)
        {
            return Err("its token is none".to_owned());
        }
        let expires = answer.get("expireTime").and_then(Value::as_str);
        let expires: Timestamp = expires
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| "it does not say when the token ends".to_owned())?;
        // By a clock that is behind, the token would seem to live on.
        let asked = SignedDuration::try_from(asked).unwrap_or(SignedDuration::ZERO);
        let expires = now.saturating_add(asked).map_or(expires, |latest| expires.min(latest));
        Ok(Self { access_token, expires, principal: principal.to_owned() })
    }

    /// The OAuth 2.0 access token: whoever copies it out answers for the copy.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// When it ends, by this machine's clock or before.
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The service account's e-mail address.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The token as credentials of calls.
    pub(super) fn credentials(&self) -> Credentials {
        Credentials::from(Fixed(self.access_token.clone()))
    }
}

impl fmt::Debug for ReadOnlyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOnlyToken")
            .field("principal", &self.principal)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Credentials that are one token.
struct Fixed(Zeroizing<String>);

impl CredentialsProvider for Fixed {
    async fn headers(
        &self,
        _: Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        let text = Zeroizing::new(format!("Bearer {}", self.0.as_str()));
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| CredentialsError::from_msg(false, "the token does not fit a header"))?;
        value.set_sensitive(true);
        let data = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        Ok(CacheableResource::New { entity_tag: EntityTag::new(), data })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}

impl fmt::Debug for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fixed(hidden)")
    }
}
