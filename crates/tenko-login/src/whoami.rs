//! Where credentials lead that are already in a shell.

use tenko_core::Cloud;

use crate::error::{LoginError, of_call};
use crate::login::Login;

/// Whose credentials there are, as the provider itself says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whoami {
    /// The cloud.
    pub cloud: Cloud,
    /// The account.
    pub scope: String,
    /// The ARN.
    pub identity: String,
}

impl Login {
    /// Asks AWS whose the credentials of the environment are. Nobody signs in for it.
    ///
    /// # Errors
    /// There are none, or AWS does not know them.
    pub async fn whoami(&self) -> Result<Whoami, LoginError> {
        let caller = self.caller().await?;
        let credentials = caller.of_environment().await?;
        let proven = caller.prove(credentials).await.map_err(of_call)?;
        Ok(Whoami { cloud: Cloud::aws(), scope: proven.account, identity: proven.arn })
    }

    /// The ARN that a trust policy can name the caller with: a user's own. Of a role's session the role's path cannot be
    /// told, so that there is none.
    pub async fn principal(&self) -> Option<String> {
        let caller = self.caller().await.ok()?;
        let own = self.own(caller).await.ok()?;
        let arn = own.proven.arn;
        arn.split(':').nth(5).is_some_and(|name| name.starts_with("user/")).then_some(arn)
    }
}
