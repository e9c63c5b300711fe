//! Signing in with a browser on this machine: authorization code with PKCE, and a redirect to loopback.
//! Sources: RFC 7636, RFC 8252; addresses and parameters as the AWS CLI 2 has them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::callback::{Answer, Callback};
use super::oidc::{Failed, Grant, Oidc};
use super::store::{Store, Token};
use super::{Portal, SsoError, too_long};
use crate::human::{Human, ask};

/// RFC 3986's unreserved characters stay.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How it came out.
pub(super) enum Outcome {
    Token(Token),
    /// This way is not open: no browser here, or the service does not offer it.
    NotHere,
}

pub(super) async fn sign_in(
    oidc: &Oidc,
    store: &Store,
    portal: &Portal,
    human: &dyn Human,
    limit: Duration,
) -> Result<Outcome, SsoError> {
    let Ok(callback) = Callback::bind().await else { return Ok(Outcome::NotHere) };
    let client = match super::registered(oidc, store, true).await {
        Ok(client) => client,
        Err(Failed::Unsupported(_)) => return Ok(Outcome::NotHere),
        Err(failed) => return Err(oidc.told("RegisterClient", failed).await),
    };
    let (state, verifier) = (random(), random());
    let redirect = callback.redirect().to_owned();
    let url = Zeroizing::new(format!(
        "{}/authorize?response_type=code&client_id={}&redirect_uri={}&state={}&code_challenge_method=S256&scopes={}&code_challenge={}",
        oidc.base().await?.as_str().trim_end_matches('/'),
        utf8_percent_encode(&client.client_id, ESCAPED),
        utf8_percent_encode(&redirect, ESCAPED),
        *state,
        utf8_percent_encode(&oidc.scopes().join(" "), ESCAPED),
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())),
    ));
    if ask(|| human.open(&url, None)).is_err() {
        return Ok(Outcome::NotHere);
    }
    let Ok(answer) = tokio::time::timeout(limit, callback.answer(state)).await else {
        // A client that the service forgot shows an error in the browser and nothing here.
        store.forget_registration();
        return Err(too_long(portal, limit));
    };
    let code = match answer {
        Answer::Code(code) => code,
        Answer::Refused(reason) if reason == "access_denied" => {
            return Err(SsoError::Denied {
                start_url: portal.start_url.clone(),
                reason: String::new(),
            });
        }
        Answer::Refused(code) => {
            store.forget_registration();
            return Err(SsoError::Refused { call: "Authorize", code, reason: String::new() });
        }
    };
    let grant = Grant::Code { code: &code, verifier: &verifier, redirect: &redirect };
    match oidc.token(&client, grant).await {
        Ok(token) => Ok(Outcome::Token(token)),
        Err(Failed::Expired) => Err(too_long(portal, limit)),
        Err(failed) => {
            if matches!(failed, Failed::Client(_)) {
                store.forget_registration();
            }
            Err(oidc.told("CreateToken", failed).await)
        }
    }
}

/// 256 bits of the system's randomness, as 43 characters of a URL.
fn random() -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
    Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))
}
