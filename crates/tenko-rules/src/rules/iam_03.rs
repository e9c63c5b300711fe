use tenko_core::msg;

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};

const CREDENTIALS: &str = "AWS::IAM::UserCredentials";

rule! {
    /// An IAM user has a password for the console and no second factor.
    ///
    /// ## Why it is bad
    /// A password can be guessed, phished or found in another site's leak. Without a second factor it
    /// is all that it takes to act as the user.
    ///
    /// ## Example
    /// The credential report has `password_enabled: true` and `mfa_active: false` for the user `dana`.
    ///
    /// ## What it reads
    /// `PasswordEnabled` and `MfaActive` of `AWS::IAM::UserCredentials`, the rows of the credential
    /// report, but for the root user's ([IAM-02](IAM-02.md)). The report may be up to four hours old.
    /// Whether people who sign in through a federation use a second factor is decided there, and cannot
    /// be seen; Google Cloud's users are all of that kind.
    ///
    /// ## Unknown
    /// Where the report could not be read.
    ///
    /// ## Compared with Prowler
    /// `iam_user_mfa_enabled_console_access` reads the same report and agrees. A report that it cannot
    /// get gives no result there, and is unknown here.
    id: "IAM-03",
    name: "A console user has no second factor",
    severity: High,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.10",
        "CIS AWS v5.0" => "1.9",
        "AWS Security Hub" => "IAM.5",
        "AWS Config" => "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
        "Prowler" => "iam_user_mfa_enabled_console_access",
    ],
    remediation: "Let people sign in through IAM Identity Center or another federation and remove the password; until then, register a second factor.",
    parts: [Part::aws(&[CREDENTIALS], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, CREDENTIALS, |user| {
        if user.key.id == "<root_account>" {
            return Ok(Judged::Apart);
        }
        let seen = Seen::new(user);
        // The report tells it of every user.
        if !seen.bool("PasswordEnabled")?.ok_or(Unread("PasswordEnabled".to_owned()))? {
            return Ok(Judged::Pass);
        }
        match seen.bool("MfaActive")? {
            Some(true) => Ok(Judged::Pass),
            Some(false) => Ok(Judged::Bad(msg!("iam-03-bad", user = user.label()).into())),
            None => Err(Unread("MfaActive".to_owned())),
        }
    });
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let user = |id: &str, of: Value| world().account("1").with("1", CREDENTIALS, id, of);
    vec![
        fires(
            "a password and no MFA",
            &["1/dana"],
            user("dana", json!({"PasswordEnabled": true, "MfaActive": false})),
        )
        .saying("dana can sign in"),
        quiet("MFA", user("dana", json!({"PasswordEnabled": true, "MfaActive": true}))),
        quiet("no password", user("ci", json!({"PasswordEnabled": false, "MfaActive": false}))),
        apart(
            "the root user is another rule's",
            user("<root_account>", json!({"PasswordEnabled": true, "MfaActive": false})),
        ),
        unknown("not told", &["1/dana"], user("dana", json!({"PasswordEnabled": true}))),
        unknown("no word of a password", &["1/dana"], user("dana", json!({"MfaActive": false}))),
        unknown("denied", &["1"], world().account("1").denied("1", CREDENTIALS)),
    ]
}
