//! Signing in with a browser on any device: an address and a code. Source: RFC 8628.

use std::time::Duration;

use tokio::time::Instant;

use super::oidc::{Failed, Grant, Oidc};
use super::store::{Store, Token};
use super::{Portal, SsoError, too_long};
use crate::human::{Human, ask};

/// What RFC 8628 adds to the interval when the service asks to slow down.
const SLOWER: u32 = 5;
/// The network may be away for some polls in a row.
const MOST_FAILURES: u32 = 5;

/// `second` is how long a second is: tests have no time.
pub(super) async fn sign_in(
    oidc: &Oidc,
    store: &Store,
    portal: &Portal,
    human: &dyn Human,
    limit: Duration,
    second: Duration,
) -> Result<Token, SsoError> {
    let mut fresh = false;
    let (client, device) = loop {
        let client = match super::registered(oidc, store, false).await {
            Ok(client) => client,
            Err(failed) => return Err(oidc.told("RegisterClient", failed).await),
        };
        match oidc.start_device(&client).await {
            Ok(device) => break (client, device),
            // The client that lay in the cache is known no longer.
            Err(Failed::Client(_)) if !fresh => {
                fresh = true;
                store.forget_registration();
            }
            Err(failed) => return Err(oidc.told("StartDeviceAuthorization", failed).await),
        }
    };
    if ask(|| human.open(&device.address, Some(&device.user_code))).is_err() {
        return Err(SsoError::NoBrowser { start_url: portal.start_url.clone() });
    }
    let limit = limit.min(device.lasts);
    let until = Instant::now() + limit;
    let (mut interval, mut failures) = (device.interval, 0);
    loop {
        tokio::time::sleep(second * interval).await;
        match oidc.token(&client, Grant::Device(&device.code)).await {
            Ok(token) => return Ok(token),
            Err(Failed::Pending) => failures = 0,
            Err(Failed::SlowDown) => interval = interval.saturating_add(SLOWER).min(60),
            Err(Failed::Expired) => return Err(too_long(portal, limit)),
            Err(Failed::Unreachable(_)) if failures < MOST_FAILURES => failures += 1,
            Err(failed) => return Err(oidc.told("CreateToken", failed).await),
        }
        if Instant::now() >= until {
            return Err(too_long(portal, limit));
        }
    }
}
