//! Where credentials lead that are already in a shell.

use tenko_core::Cloud;

use crate::error::{LoginError, of_call};
use crate::login::Login;
use crate::target::Target;

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

impl Whoami {
    /// Whether these are credentials of this target's login: of its account, and of its role.
    pub fn is_login_of(&self, target: &Target) -> bool {
        let name = target.role.rsplit('/').next().unwrap_or_default();
        let session = self.identity.splitn(6, ':').nth(5).unwrap_or_default();
        let role = session.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
        self.cloud == target.scope.cloud
            && self.scope == target.scope.id.as_str()
            && role.is_some_and(|role| role == name)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::tests::target;

    #[test]
    fn a_login_is_of_its_account_and_its_role() {
        let mut target = target(Cloud::aws(), "333333333301");
        target.role = "team/TenkoReadOnly".to_owned();
        let who = |account: &str, name: &str| Whoami {
            cloud: Cloud::aws(),
            scope: account.to_owned(),
            identity: format!("arn:aws:sts::{account}:{name}"),
        };
        assert!(who("333333333301", "assumed-role/TenkoReadOnly/mika").is_login_of(&target));
        for (account, name) in [
            ("333333333302", "assumed-role/TenkoReadOnly/mika"),
            ("333333333301", "assumed-role/Admin/TenkoReadOnly"),
            ("333333333301", "assumed-role/TenkoReadOnlyNot/mika"),
            ("333333333301", "user/TenkoReadOnly"),
            ("333333333301", "root"),
        ] {
            assert!(!who(account, name).is_login_of(&target), "{account} {name}");
        }
    }
}
