use tenko_core::{Arg, Scope, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::rules::iam_01::{SUMMARY, summary};
use crate::sink::{Judged, Sink, Unread, scope_name};

rule! {
    /// The root user of an AWS account can sign in without a second factor.
    ///
    /// ## Why it is bad
    /// The root user can do everything in its account. Without a second factor its password, or the
    /// mailbox to which a new one is sent, is all that it takes to own the account.
    ///
    /// ## Example
    /// The account summary says `AccountMFAEnabled: 0` and `AccountPasswordPresent: 1`.
    ///
    /// ## What it reads
    /// `AccountMFAEnabled`, `AccountPasswordPresent` and `AccountAccessKeysPresent` of
    /// `AWS::IAM::AccountSummary`, in every account. A root user without password and keys, as where
    /// an organization manages root access centrally, cannot sign in and passes. Whether the second
    /// factor is hardware cannot be seen there. Google Cloud has no root user.
    ///
    /// ## Unknown
    /// Where the summary could not be read, or does not tell.
    ///
    /// ## Compared with Prowler
    /// `iam_root_mfa_enabled` fails every root user that has a password or a key and no second factor, and
    /// so does this rule; where the summary does not tell whether there is a password, this rule takes
    /// it that there is one.
    id: "IAM-02",
    name: "The root user has no second factor",
    severity: Critical,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.5",
        "CIS AWS v7.0" => "2.6",
        "CIS AWS v5.0" => "1.4",
        "CIS AWS v5.0" => "1.5",
        "AWS Security Hub" => "IAM.6",
        "AWS Config" => "ROOT_ACCOUNT_MFA_ENABLED",
        "AWS Config" => "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED",
        "Prowler" => "iam_root_mfa_enabled",
    ],
    remediation: "Remove the root credentials of member accounts centrally; where root has to stay, register two hardware keys for it.",
    parts: [Part::aws(&[SUMMARY], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.scopes(context, "aws", |account| of_account(context, account));
}

fn of_account(context: &Context<'_>, account: &Scope) -> Judged {
    let key = account.key();
    let summary = match summary(context, &key) {
        Ok(summary) => summary,
        Err(unknown) => return unknown,
    };
    let named = || scope_name(account);
    let is_zero = |name: &str| Ok::<_, Unread>(summary.number(name)?.map(|n| n <= 0.0));
    let judge = || {
        let Some(no_mfa) = is_zero("AccountMFAEnabled")? else {
            return Err(Unread("AccountMFAEnabled".to_owned()));
        };
        let no_password = is_zero("AccountPasswordPresent")?;
        let no_keys = is_zero("AccountAccessKeysPresent")?;
        let what = match (no_password, no_keys) {
            (Some(true), Some(true)) => return Ok(None),
            (Some(false), _) => msg!("iam-02-password", account = named()),
            (_, Some(false)) => msg!("iam-02-key", account = named()),
            _ => msg!("iam-02-perhaps-password", account = named()),
        };
        Ok(no_mfa.then_some(what))
    };
    match judge() {
        Ok(Some(message)) => Judged::Bad(message.into()),
        Ok(None) => Judged::Pass,
        Err(Unread(attribute)) => Judged::Unknown(
            msg!("iam-02-unread", attribute = attribute, account = Arg::text(&key)).into(),
        ),
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let with = |summary: Value| world().account("1").with("1", SUMMARY, "1", summary);
    let root = |mfa: u8, password: u8, keys: u8| {
        with(json!({
            "AccountMFAEnabled": mfa,
            "AccountPasswordPresent": password,
            "AccountAccessKeysPresent": keys,
        }))
    };
    vec![
        fires("a password and no MFA", &["1"], root(0, 1, 0)).saying("has a password and no MFA."),
        fires("a key and no MFA", &["1"], root(0, 0, 1)).saying("has an access key and no MFA."),
        fires(
            "it is not told whether there is a password",
            &["1"],
            with(json!({"AccountMFAEnabled": 0})),
        )
        .saying("has perhaps a password and no MFA."),
        quiet("MFA", root(1, 1, 1)),
        quiet("root cannot sign in", root(0, 0, 0)),
        unknown("not told", &["1"], with(json!({}))),
        unknown("denied", &["1"], world().account("1").denied("1", SUMMARY)),
    ]
}
