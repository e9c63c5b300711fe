//! A session in one project, for [`Login`].

use std::time::Duration;

use tenko_gcp::login::Issuer;

use super::open::open;
use crate::attribution::attributed;
use crate::error::LoginError;
use crate::login::{Ask, Login};
use crate::proof::Proof;
use crate::session::Grant;
use crate::target::Target;

impl Login {
    /// A session in a project, with all that is known of it.
    pub(crate) async fn of_google(&self, target: &Target, ask: &Ask) -> Result<Grant, LoginError> {
        let issuer: &Issuer = self.issuer().await?;
        let lifetime = ask.duration.map(|seconds| Duration::from_secs(seconds.into()));
        let (opened, proof) = open(issuer, target, lifetime, ask.ticket.as_deref())
            .await
            .map_err(|error| LoginError::Google(Box::new(error)))?;
        let who = opened.who.as_deref().map_or_else(|| "tenko".to_owned(), attributed);
        Ok(Grant {
            keys: opened.keys,
            identity: opened.identity.clone(),
            partition: String::new(),
            region: None,
            levels: ask.levels.clone(),
            who,
            ticket: ask.ticket.clone(),
            proof: Proof { identity: opened.identity, policy: None, probe: proof.probe() },
            issued: opened.issued,
            expires: opened.expires,
        })
    }
}
