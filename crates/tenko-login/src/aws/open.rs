//! A session in one account: the caller, the hub, the role, the proof.

use jiff::{SignedDuration, Timestamp};
use tenko_aws::partition::{partition_of_arn, role_arn};
use tenko_aws::wire::{CallError, ErrorClass};

use super::assume::{Assumed, Narrow, Step, assume};
use super::caller::Proven;
use super::probe::dry_run;
use crate::attribution::{is_role_session, who_of_arn};
use crate::error::{LoginError, of_call};
use crate::login::{Ask, DEFAULT_SECONDS, Login};
use crate::policy::{OfflineProof, SessionPolicy};
use crate::proof::{PolicyProof, Proof};
use crate::session::{Grant, Keys};
use crate::target::Target;

/// The longest session of a role that another role's session assumes, in seconds.
/// Source: role chaining, in the IAM guide.
const CHAINED: u32 = 3600;

/// Times a session that was just issued may not be known yet. IAM and STS are eventually consistent.
const PROVE_ATTEMPTS: u32 = 3;

impl Login {
    /// A session in an account, with all that is known of it.
    pub(crate) async fn of_aws(&self, target: &Target, ask: &Ask) -> Result<Grant, LoginError> {
        let caller = self.caller().await?;
        let own = self.own(caller).await?;
        let who = match &own.who {
            Some(who) => who.clone(),
            None => who_of_arn(&own.proven.arn),
        };
        let policy = SessionPolicy::new(&ask.levels)?;
        // What the very policy that is about to be sent allows is known before it is sent.
        let offline = checked(&policy)?;
        let partition = partition_of_arn(&own.proven.arn).unwrap_or("aws").to_owned();
        let arn = role_arn(&partition, target.scope.id.as_str(), &target.role);
        let seconds = self.seconds(ask, &own.proven)?;
        let hub = if own.is_hub { None } else { self.hub(&own.proven, &arn, &who).await? };
        let from = hub.as_ref().unwrap_or(&own.proven);
        let step = |policy| Step {
            role_arn: &arn,
            partition: &partition,
            external_id: target.external_id.as_deref(),
            who: &who,
            ticket: ask.ticket.as_deref(),
            seconds,
            narrow: Narrow::Looking(policy),
        };
        let issued = Timestamp::now();
        let whole = assume(caller, from, &step(&policy)).await;
        let (policy, offline, assumed, is_short) = match whole {
            Err(LoginError::PolicyTooLarge { reason }) => {
                let Some(shorter) = policy.shorter() else {
                    return Err(LoginError::PolicyTooLarge { reason });
                };
                tracing::warn!(reason, "a shorter session policy is sent");
                let offline = checked(&shorter)?;
                let assumed = assume(caller, from, &step(&shorter)).await?;
                (shorter, offline, assumed, true)
            }
            assumed => (policy, offline, assumed?, false),
        };
        let region = target.region.clone();
        let region = region.or_else(|| caller.configured_region());
        let asked_in = region.as_deref().unwrap_or(caller.region());
        let proven = self.prove(&assumed, target, &arn, &who).await?;
        let config = caller.ec2_config(&assumed.credentials, asked_in);
        let probe = dry_run(&caller.ec2, config, &assumed.credentials).await;
        let policy = PolicyProof {
            digest: policy.digest(),
            checked: offline.checked,
            allowed: offline.allowed_data,
            is_short,
            packed: assumed.packed,
        };
        Ok(Grant {
            keys: keys_of(&assumed),
            identity: proven.arn.clone(),
            partition,
            region,
            levels: ask.levels.clone(),
            who,
            ticket: ask.ticket.clone(),
            proof: Proof { identity: proven.arn, policy: Some(policy), probe },
            issued,
            // AWS's clock and this machine's may differ, and whoever uses the session goes by this one.
            expires: assumed.expires.min(issued + SignedDuration::from_secs(seconds.into())),
        })
    }

    /// How long the session is to live.
    fn seconds(&self, ask: &Ask, own: &Proven) -> Result<u32, LoginError> {
        let chained = self.settings.aws.hub.is_some() || is_role_session(&own.arn);
        let declared = self.settings.aws.duration.unwrap_or(DEFAULT_SECONDS);
        match ask.duration {
            Some(seconds) if chained && seconds > CHAINED => Err(LoginError::Chained {
                seconds,
                through: match &self.settings.aws.hub {
                    Some(hub) => hub.clone(),
                    None => own.arn.clone(),
                },
            }),
            Some(seconds) => Ok(seconds),
            None if chained => Ok(declared.min(CHAINED)),
            None => Ok(declared),
        }
    }

    /// A session of the hub role, good for this one role and for nothing else.
    async fn hub(&self, own: &Proven, role: &str, who: &str) -> Result<Option<Proven>, LoginError> {
        let Some(hub) = &self.settings.aws.hub else { return Ok(None) };
        let caller = self.caller().await?;
        let step = Step {
            role_arn: hub,
            partition: partition_of_arn(hub).unwrap_or("aws"),
            external_id: self.settings.aws.hub_external_id.as_deref(),
            who,
            ticket: None,
            seconds: 900,
            narrow: Narrow::To(role),
        };
        let assumed = assume(caller, own, &step).await?;
        let proven = caller.prove(assumed.credentials).await.map_err(of_call)?;
        check_role(&proven, hub, who)?;
        Ok(Some(proven))
    }

    /// Asks whose the new credentials are, and compares that with what was declared: some endpoints answer unknown
    /// credentials with another account's data.
    async fn prove(
        &self,
        assumed: &Assumed,
        target: &Target,
        role: &str,
        who: &str,
    ) -> Result<Proven, LoginError> {
        let caller = self.caller().await?;
        let mut attempt = 1;
        let proven = loop {
            match caller.prove(assumed.credentials.clone()).await {
                Ok(proven) => break proven,
                // Not known everywhere yet.
                Err(CallError { class: ErrorClass::CredentialsRejected, .. })
                    if attempt < PROVE_ATTEMPTS =>
                {
                    attempt += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                }
                Err(error) => return Err(of_call(error)),
            }
        };
        if proven.account != target.scope.id.as_str() {
            return Err(LoginError::WrongAccount {
                expected: target.to_string(),
                actual: proven.account,
                identity: proven.arn,
            });
        }
        check_role(&proven, role, who)?;
        Ok(proven)
    }
}

/// Evaluates a policy; one that allows too much is not sent.
fn checked(policy: &SessionPolicy) -> Result<OfflineProof, LoginError> {
    let offline = policy.proof();
    match offline.violations.first() {
        None => Ok(offline),
        Some(violation) => Err(LoginError::Configuration {
            reason: format!("the session policy would allow {violation}"),
        }),
    }
}

/// Whether these are the session of that role that was asked for, in its account and partition: of
/// `arn:aws:iam::ACCOUNT:role/PATH/NAME` it is `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`, without the path.
fn check_role(proven: &Proven, role: &str, who: &str) -> Result<(), LoginError> {
    let name = role.rsplit('/').next().unwrap_or(role);
    let partition = partition_of_arn(role).unwrap_or_default();
    let account = role.split(':').nth(4).unwrap_or_default();
    let expected = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{who}");
    if proven.arn == expected && proven.account == account {
        return Ok(());
    }
    Err(LoginError::WrongRole {
        expected: format!("{role} as {who}"),
        identity: proven.arn.clone(),
    })
}

fn keys_of(assumed: &Assumed) -> Keys {
    let credentials = &assumed.credentials;
    Keys::Aws {
        access_key_id: credentials.access_key_id().to_owned(),
        secret_access_key: credentials.secret_access_key().to_owned(),
        session_token: credentials.session_token().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;

    use super::*;

    #[test]
    fn only_the_very_session_that_was_asked_for_is_taken() {
        let role = "arn:aws:iam::333333333301:role/auditors/Tenko";
        let is_taken = |account: &str, arn: &str| {
            let credentials = Credentials::new("ASIA", "s", None, None, "test");
            let (account, arn) = (account.to_owned(), arn.to_owned());
            check_role(&Proven { credentials, account, arn }, role, "mika").is_ok()
        };
        let (ours, other) = ("333333333301", "333333333302");
        assert!(is_taken(ours, "arn:aws:sts::333333333301:assumed-role/Tenko/mika"));
        for (account, arn) in [
            (other, "arn:aws:sts::333333333301:assumed-role/Tenko/mika"),
            (ours, "arn:aws:sts::333333333302:assumed-role/Tenko/mika"),
            (ours, "arn:aws-cn:sts::333333333301:assumed-role/Tenko/mika"),
            (ours, "arn:aws:iam::333333333301:role/Tenko/mika"),
            (ours, "arn:aws:sts::333333333301:assumed-role/Tenko/else/mika"),
            (ours, "arn:aws:sts::333333333301:assumed-role/Tenko/xmika"),
            (ours, "arn:aws:sts::333333333301:assumed-role/Admin/mika"),
            (ours, "assumed-role/Tenko/mika"),
            (ours, ""),
        ] {
            assert!(!is_taken(account, arn), "{account} {arn}");
        }
    }
}
