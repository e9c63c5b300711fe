use tenko_core::{Arg, Scope, ScopeKey, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, scope_name};

pub(super) const SUMMARY: &str = "AWS::IAM::AccountSummary";

rule! {
    /// The root user of an AWS account has an access key.
    ///
    /// ## Why it is bad
    /// The root user can do everything in its account, and no policy of the account itself can keep it
    /// from that: whoever has the key can delete all data and close the account. A long-lived key
    /// lies in files, and what lies in files gets out.
    ///
    /// ## Example
    /// The account summary says `AccountAccessKeysPresent: 1`.
    ///
    /// ## What it reads
    /// `AccountAccessKeysPresent` of `AWS::IAM::AccountSummary`, in every account. Google Cloud has no
    /// root user.
    ///
    /// ## Unknown
    /// Where the summary could not be read.
    ///
    /// ## Compared with Prowler
    /// `iam_no_root_access_key` reads the credential report instead, and passes an account whose
    /// organization manages root credentials centrally when there is no key; both agree wherever
    /// both can read.
    id: "IAM-01",
    name: "The root user has an access key",
    severity: Critical,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.4",
        "CIS AWS v5.0" => "1.3",
        "AWS Security Hub" => "IAM.4",
        "AWS Config" => "IAM_ROOT_ACCESS_KEY_CHECK",
        "Prowler" => "iam_no_root_access_key",
    ],
    remediation: "Find out what uses the key (CloudTrail), give that a role of its own, and delete the key; in an organization, remove root credentials of member accounts centrally.",
    parts: [Part::aws(&[SUMMARY], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.scopes(context, "aws", |account| of_account(context, account));
}

/// The account's summary; where it could not be read, the verdict that says so.
pub(super) fn summary<'a>(context: &Context<'a>, key: &ScopeKey) -> Result<Seen<'a>, Judged> {
    let unread = context.why_unread(key, &[SUMMARY]);
    match (&unread, context.of_type_in(SUMMARY, key).first()) {
        (None, Some(summary)) => Ok(Seen::new(summary)),
        _ => {
            let reason = unread.unwrap_or_else(|| msg!("iam-summary-absent"));
            let account = Arg::text(key);
            let message = msg!("iam-summary-unread", account = account, reason = reason);
            Err(Judged::Unknown(message.into()))
        }
    }
}

fn of_account(context: &Context<'_>, account: &Scope) -> Judged {
    let key = account.key();
    let summary = match summary(context, &key) {
        Ok(summary) => summary,
        Err(unknown) => return unknown,
    };
    match summary.number("AccountAccessKeysPresent") {
        Ok(Some(keys)) if keys > 0.0 => {
            Judged::Bad(msg!("iam-01-bad", account = scope_name(account)).into())
        }
        Ok(Some(_)) => Judged::Pass,
        Ok(None) | Err(Unread(_)) => {
            Judged::Unknown(msg!("iam-01-untold", account = Arg::text(&key)).into())
        }
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    let with = |keys: serde_json::Value| {
        world().account("1").with("1", SUMMARY, "1", json!({"AccountAccessKeysPresent": keys}))
    };
    vec![
        fires("a key", &["1"], with(json!(1))).saying("The root user of aws:1"),
        fires("a number as text", &["1"], with(json!("2"))),
        quiet("none", with(json!(0))),
        unknown("denied", &["1"], world().account("1").denied("1", SUMMARY)).saying("denied"),
        unknown("not told", &["1"], with(json!(null))),
        unknown("no summary", &["1"], world().account("1")),
        unknown("no session", &["1"], world().account("1").unanswered("1")),
    ]
}
