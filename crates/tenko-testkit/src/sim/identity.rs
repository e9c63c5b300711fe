//! Who a request comes from, and the sessions that were handed out.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::session::{Session, SessionKind};
use super::world::World;

/// The principal behind a request.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) account: String,
    pub(super) arn: String,
    pub(super) user_id: String,
    /// The session that the request is signed with; `None` for a long-lived key.
    pub(super) session: Option<Session>,
}

impl Caller {
    /// Whoever sends a request that needs no signature.
    pub(super) fn nobody() -> Self {
        Self { account: String::new(), arn: String::new(), user_id: String::new(), session: None }
    }

    /// Whether it is a role's session, so that another role's is chained to it.
    pub(super) fn is_role(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.kind != SessionKind::Token)
    }

    /// Whether a trust policy's principal means it: its account, its ARN, or its role's.
    pub(super) fn is(&self, who: &str) -> bool {
        who == "*"
            || who == self.account
            || who == self.arn
            || who.ends_with(&format!("::{}:root", self.account))
            || self.session.as_ref().is_some_and(|s| !s.role_arn.is_empty() && s.role_arn == who)
    }
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

/// What is given out with a session: how it goes over the wire.
pub(super) fn credentials(session: &Session) -> Value {
    json!({
        "AccessKeyId": session.key,
        "SecretAccessKey": session.secret,
        "SessionToken": session.token,
        "Expiration": session.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

impl Sessions {
    pub(super) fn all(&self) -> Vec<Session> {
        self.order.iter().filter_map(|key| self.by_key.get(key).cloned()).collect()
    }

    /// Ends those that are chosen.
    pub(super) fn expire(&mut self, which: impl Fn(&Session) -> bool) {
        for session in self.by_key.values_mut().filter(|session| which(session)) {
            session.expires = Timestamp::MIN;
        }
    }

    /// A session that is empty but for its keys, its account and its end.
    pub(super) fn new_session(&self, kind: SessionKind, account: &str, seconds: i64) -> Session {
        let number = self.order.len() + 1;
        let key = format!("ASIA{number:016}");
        let end = Timestamp::now().saturating_add(SignedDuration::from_secs(seconds));
        Session {
            secret: format!("secret-of-{key}"),
            token: format!("token-of-{key}"),
            key,
            kind,
            account: account.to_owned(),
            role: String::new(),
            role_arn: String::new(),
            session_name: String::new(),
            external_id: None,
            source_identity: None,
            policy: None,
            policy_arns: Vec::new(),
            tags: Default::default(),
            transitive_tag_keys: Vec::new(),
            serial_number: None,
            token_code: None,
            duration: None,
            packed_percent: 0,
            is_chained: false,
            assumed_by: (String::new(), String::new()),
            expires: end.unwrap_or(Timestamp::MAX),
            arn: String::new(),
        }
    }

    /// Writes a session down as handed out.
    pub(super) fn keep(&mut self, session: Session) {
        self.order.push(session.key.clone());
        self.by_key.insert(session.key.clone(), session);
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
                session: None,
            });
        }
        let session = self.by_key.get(key).ok_or(NoCaller::Unknown)?;
        if token != Some(session.token.as_str()) {
            return Err(NoCaller::Unknown);
        }
        if session.expires <= Timestamp::now() {
            return Err(NoCaller::Expired);
        }
        let user_id = match session.kind {
            SessionKind::Token => format!("AIDA{}", session.account),
            _ => format!("AROA{}:{}", session.account, session.session_name),
        };
        Ok(Caller {
            account: session.account.clone(),
            arn: session.arn.clone(),
            user_id,
            session: Some(session.clone()),
        })
    }
}
