//! A project's service account as it is, and what it has on the project.
//!
//! The service account is read with the caller's own credentials: nothing that the account itself has on the project
//! shows its keys or who may become it, and IAM's API documents no read-only scope. It takes
//! `roles/iam.serviceAccountViewer` on the service account, which `tenko bootstrap` grants to those who log in. The
//! policy of the project is read with a read-only token of the service account, which sees it by `roles/browser`; where
//! there is none, as the caller.

use std::fmt;
use std::time::Duration;

use tenko_gcp::login::{Issuer, PolicyBinding, ReadError, TokenError};

use crate::bootstrap::Project;
use crate::doctor::{Binding, LiveProject};
use crate::error::LoginError;
use crate::login::{Ask, Login};
use crate::target::Target;

/// How long the token for reading the policy may live: one call.
const LIFETIME: Duration = Duration::from_secs(300);

/// Why nothing of a project's service account was read.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoProject {
    /// It is not there.
    Absent,
    /// It could not be read.
    Unread(Box<LoginError>),
}

impl fmt::Display for NoProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("the service account does not exist"),
            Self::Unread(error) => error.fmt(f),
        }
    }
}

impl Login {
    /// Reads the service account of a target's project and the project's policy. What could not be read is said per
    /// part. No session is needed, and none is given: a service account that may do too much is read all the same.
    ///
    /// # Errors
    /// [`NoProject`]: it is not there, or there is nobody to read it as.
    pub async fn project(
        &self,
        target: &Target,
        project: &Project,
        ask: &Ask,
    ) -> Result<LiveProject, NoProject> {
        let issuer = self.issuer().await.map_err(|error| NoProject::Unread(Box::new(error)))?;
        read(issuer, &target.delegates, project, ask.ticket.as_deref()).await
    }
}

/// Reads all parts, side by side.
pub(crate) async fn read(
    issuer: &Issuer,
    delegates: &[String],
    project: &Project,
    ticket: Option<&str>,
) -> Result<LiveProject, NoProject> {
    let account = project.service_account.as_str();
    let (disabled, keys, policy, (token, of_project)) = tokio::join!(
        issuer.is_disabled(account),
        issuer.keys(account),
        issuer.account_policy(account),
        async {
            let id = project.project.as_str();
            let token = issuer.token(id, account, delegates, Some(LIFETIME), ticket).await;
            let policy = match &token {
                Ok(token) => match issuer.project_policy(Some(token), id).await {
                    Ok(policy) => Ok(policy),
                    // The service account may lack the very role that this is to find.
                    Err(error) => issuer.project_policy(None, id).await.map_err(|_| error),
                },
                Err(_) => issuer.project_policy(None, id).await,
            };
            (token.map(drop), policy)
        },
    );
    let is_gone = matches!(token, Err(TokenError::NoServiceAccount { .. }));
    if matches!(disabled, Err(ReadError::Absent { .. })) || is_gone && disabled.is_err() {
        return Err(NoProject::Absent);
    }
    let is_disabled = match disabled {
        // A disabled account gets no tokens.
        Err(_) if token.is_ok() => Ok(false),
        other => other.map_err(why),
    };
    let all = |list: Vec<PolicyBinding>| list.into_iter().map(Binding::from).collect();
    Ok(LiveProject {
        is_disabled,
        keys: keys.map_err(why),
        account: policy.map(all).map_err(why),
        project: of_project.map(all).map_err(why),
    })
}

fn why(error: ReadError) -> String {
    match error.hint() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    }
}

impl From<PolicyBinding> for Binding {
    fn from(binding: PolicyBinding) -> Self {
        let PolicyBinding { role, members, condition } = binding;
        Self { role, members, condition }
    }
}

#[cfg(test)]
#[path = "project_tests.rs"]
mod tests;
