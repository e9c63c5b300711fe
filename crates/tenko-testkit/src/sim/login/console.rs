//! The console's federation endpoint: credentials in, a page of the console out.
//!
//! Source: "Enable custom identity broker access to the AWS console" in the IAM user guide.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::identity::Sessions;
use super::super::session::SessionKind;
use super::super::world::World;

/// A sign-in token's life: "valid for 15 minutes".
const LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// A sign-in to the console that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Access key id of the session.
    pub key: String,
    /// `SessionDuration`, in seconds.
    pub duration: Option<i64>,
    /// Whether the credentials came in a body rather than in the URL.
    pub was_posted: bool,
    /// Where the person ended up; `None` while the sign-in URL has not been opened.
    pub destination: Option<String>,
    /// `Issuer` of the sign-in URL.
    pub issuer: Option<String>,
}

/// The sign-ins so far.
#[derive(Default)]
pub(in crate::sim) struct SignIns {
    all: Vec<SignIn>,
    tokens: HashMap<String, (usize, Timestamp)>,
}

impl SignIns {
    pub(in crate::sim) fn all(&self) -> Vec<SignIn> {
        self.all.clone()
    }

    /// `getSigninToken`; the reason where it is refused.
    pub(super) fn token(
        &mut self,
        world: &World,
        sessions: &Sessions,
        asked: &[(String, String)],
        was_posted: bool,
    ) -> Result<String, &'static str> {
        let get = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let session: Value =
            serde_json::from_str(get("Session").ok_or("no Session")?).map_err(|_| "no JSON")?;
        let text = |name: &str| session.get(name).and_then(Value::as_str).unwrap_or_default();
        let (key, token) = (text("sessionId"), text("sessionToken"));
        let caller = sessions.caller(world, key, Some(token)).map_err(|_| "bad credentials")?;
        // A user's own keys are no session.
        let session = caller.session.ok_or("no session")?;
        if text("sessionKey") != session.secret {
            return Err("bad credentials");
        }
        let duration = get("SessionDuration").map(|text| text.parse::<i64>().unwrap_or(-1));
        if let Some(seconds) = duration {
            // Only a role's session that a user asked for may last longer than its keys.
            if session.is_chained || session.kind != SessionKind::Role {
                return Err("SessionDuration with temporary credentials");
            }
            let account = world.account(&session.account);
            let role = account.and_then(|a| a.roles.iter().find(|r| r.name == session.role));
            let longest = role.map_or(43_200, |role| role.longest());
            if !(900..=longest).contains(&seconds) {
                return Err("SessionDuration out of range");
            }
        }
        let place = self.all.len();
        let token = format!("signin-token-{:06}", place + 1);
        let end = Timestamp::now().saturating_add(LIFETIME).unwrap_or(Timestamp::MAX);
        self.tokens.insert(token.clone(), (place, end));
        let key = key.to_owned();
        self.all.push(SignIn { key, duration, was_posted, destination: None, issuer: None });
        Ok(token)
    }

    /// `login`: where the person goes.
    pub(super) fn open(&mut self, asked: &[(String, String)]) -> Result<String, &'static str> {
        let get = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let token = get("SigninToken").ok_or("no SigninToken")?;
        let destination = get("Destination").ok_or("no Destination")?;
        let (place, end) = self.tokens.get(&token).ok_or("bad SigninToken")?;
        if *end <= Timestamp::now() {
            return Err("old SigninToken");
        }
        if let Some(sign_in) = self.all.get_mut(*place) {
            sign_in.destination = Some(destination.clone());
            sign_in.issuer = get("Issuer");
        }
        Ok(destination)
    }
}
