use jiff::{SignedDuration, Timestamp};
use tenko_core::{Arg, Message, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};

const CREDENTIALS: &str = "AWS::IAM::UserCredentials";
const KEY: &str = "iam.googleapis.com/ServiceAccountKey";

/// How old a key may become. CIS AWS v7.0 2.12, CIS Google Cloud v5.0 1.8.
const MOST: SignedDuration = SignedDuration::from_hours(90 * 24);

rule! {
    /// An IAM user has an active access key that is older than 90 days, or a Google Cloud service
    /// account has a key, made by people, that is older than 90 days or never expires.
    ///
    /// ## Why it is bad
    /// Such a key works from anywhere until somebody deletes it. The longer it lives, the more places
    /// have a copy: laptops, build servers, backups, chats. Roles and federated sign-in give
    /// credentials that end by themselves.
    ///
    /// ## Example
    /// The credential report has `access_key_1_active: true` and
    /// `access_key_1_last_rotated: 2021-05-02T08:01:00+00:00` for the user `ci`.
    ///
    /// ## What it reads
    /// - `AWS::IAM::UserCredentials`: `AccessKey1Active`, `AccessKey1LastRotated` and
    ///   `AccessKey1LastUsedDate`, and those of key 2. The date is the one on which the key was made,
    ///   or last made active. The message tells when it was last used, or that no use is on record.
    ///   The root user's keys are [IAM-01](IAM-01.md). The report may be up to four hours old.
    /// - `iam.googleapis.com/ServiceAccountKey`: keys with the `keyType` `USER_MANAGED`, by
    ///   `validAfterTime` and `validBeforeTime`. A key that is valid to the year 9999 does not expire.
    ///   Keys that are `disabled` or have expired are not judged.
    ///
    /// A key that is exactly 90 days old passes.
    ///
    /// ## Unknown
    /// Where the report, the keys, or the dates of an active key could not be read. Also where it is
    /// not known whether a key that is too old, or never expires, is disabled: Cloud Asset Inventory
    /// does not tell. A key that is young and expires passes all the same.
    ///
    /// ## Compared with Prowler
    /// `iam_rotate_access_key_90_days` and `iam_sa_user_managed_key_rotate_90_days` have the same
    /// threshold. The former fails for a key of the root user, too, which is [IAM-01](IAM-01.md) here.
    /// The latter judges disabled keys too, and neither asks whether a key expires.
    id: "IAM-04",
    name: "A long-lived key is old",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.12",
        "CIS AWS v5.0" => "1.13",
        "CIS Google Cloud v5.0" => "1.5",
        "CIS Google Cloud v5.0" => "1.8",
        "AWS Security Hub" => "IAM.3",
        "AWS Config" => "ACCESS_KEYS_ROTATED",
        "Prowler" => "iam_rotate_access_key_90_days",
        "Prowler" => "iam_sa_user_managed_key_rotate_90_days",
    ],
    remediation: "Replace the key by a role or by workload identity federation and delete it; where it has to stay, make a new one, put it to use and delete the old one.",
    parts: [Part::aws(&[CREDENTIALS], check_aws), Part::gcp(&[KEY], check_gcp)],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, CREDENTIALS, |user| {
        if user.key.id == "<root_account>" {
            return Ok(Judged::Apart);
        }
        let seen = Seen::new(user);
        let keys = [1, 2].map(|number| of_key(&seen, number, context.now));
        let (mut old, mut unread) = (Vec::new(), None);
        for key in keys {
            match key {
                Ok(Some(key)) => old.push(key),
                Ok(None) => {}
                Err(attribute) => unread = Some(attribute),
            }
        }
        match (old.is_empty(), unread) {
            (false, _) => {
                let keys = Arg::list(old);
                Ok(Judged::Bad(msg!("iam-04-bad", user = user.label(), keys = keys).into()))
            }
            (true, Some(unread)) => Err(unread),
            (true, None) => Ok(Judged::Pass),
        }
    });
}

/// Of a key that is active and too old, its dates.
fn of_key(user: &Seen<'_>, number: u32, now: Timestamp) -> Result<Option<Message>, Unread> {
    let key = format!("AccessKey{number}");
    let active = format!("{key}Active");
    if !user.bool(&active)?.ok_or(Unread(active))? {
        return Ok(None);
    }
    let made = time(user, &format!("{key}LastRotated"))?;
    if now.duration_since(made) <= MOST {
        return Ok(None);
    }
    let used = format!("{key}LastUsedDate");
    let made = date(made);
    Ok(Some(match time(user, &used) {
        Ok(used) => msg!("iam-04-key-used", number = number, made = made, used_now = date(used)),
        Err(_) if user.at(&used) == Ok(None) => {
            msg!("iam-04-key-unused", number = number, made = made)
        }
        Err(_) => msg!("iam-04-key-use-unread", number = number, made = made),
    }))
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, KEY, |key| {
        let seen = Seen::new(key);
        if seen.text("keyType")?.is_some_and(|kind| kind != "USER_MANAGED") {
            return Ok(Judged::Apart);
        }
        let disabled = seen.bool("disabled");
        if disabled == Ok(Some(true)) {
            return Ok(Judged::Apart);
        }
        let (made, ends) = (time(&seen, "validAfterTime"), expiry(&seen));
        if matches!(ends, Ok(Some(ends)) if ends <= context.now) {
            return Ok(Judged::Apart);
        }
        let is_old = |made: &Timestamp| context.now.duration_since(*made) > MOST;
        let old = made.as_ref().ok().copied().filter(is_old).map(date);
        let label = key.label();
        let bad = match (old, ends == Ok(None)) {
            (Some(made), true) => msg!("iam-04-google-both", key = label, made = made),
            (Some(made), false) => msg!("iam-04-google-old", key = label, made = made),
            (None, true) => msg!("iam-04-google-endless", key = label),
            (None, false) => {
                made.and(ends)?;
                return Ok(Judged::Pass);
            }
        };
        Ok(match disabled {
            Ok(_) => Judged::Bad(msg!("iam-04-google-bad", key = bad).into()),
            Err(_) => Judged::Unknown(msg!("iam-04-google-perhaps-disabled", key = bad).into()),
        })
    });
}

/// When a key of a service account ends; `None`: never.
fn expiry(key: &Seen<'_>) -> Result<Option<Timestamp>, Unread> {
    const NAME: &str = "validBeforeTime";
    // The last second of the year 9999 in UTC is no time that can be computed with.
    if key.text(NAME)?.is_some_and(|text| text.starts_with("9999-")) {
        return Ok(None);
    }
    time(key, NAME).map(Some)
}

/// A time that has to be there.
fn time(of: &Seen<'_>, attribute: &str) -> Result<Timestamp, Unread> {
    let text = of.text(attribute)?;
    text.and_then(|text| text.parse().ok()).ok_or_else(|| Unread(attribute.to_owned()))
}

fn date(time: Timestamp) -> Arg {
    Arg::text(time.strftime("%Y-%m-%d"))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let user = |id: &str, of: Value| world().account("1").with("1", CREDENTIALS, id, of);
    // It is noon of 2026-06-01: 90 days before is noon of 2026-03-03.
    let of = |made: &str, used: Option<&str>| {
        user(
            "ci",
            json!({"AccessKey1Active": true, "AccessKey1LastRotated": made,
                "AccessKey1LastUsedDate": used, "AccessKey2Active": false,
                "AccessKey2LastRotated": "2020-01-01T00:00:00+00:00"}),
        )
    };
    let both = user(
        "ci",
        json!({"AccessKey1Active": true, "AccessKey1LastRotated": "2021-05-02T08:01:00+00:00",
            "AccessKey2Active": true, "AccessKey2LastRotated": "2022-05-02T08:01:00+00:00"}),
    );
    let key = |of: Value| world().project("p").with("gcp:p", KEY, "k", of);
    let dates = |from: &str, to: &str| {
        key(json!({"keyType": "USER_MANAGED", "validAfterTime": from, "validBeforeTime": to}))
    };
    let never = "9999-12-31T23:59:59Z";
    vec![
        fires("old", &["1/ci"], of("2021-05-02T08:01:00+00:00", Some("2026-02-28T23:10:00+00:00")))
            .saying("its key 1 is of 2021-05-02, last used on 2026-02-28."),
        fires("old and unused", &["1/ci"], of("2021-05-02T08:01:00+00:00", None))
            .saying("no use on record"),
        fires("both", &["1/ci"], both.clone()).saying("its key 2 is of 2022-05-02"),
        fires("one second too old", &["1/ci"], of("2026-03-03T11:59:59+00:00", None)),
        quiet("exactly as old as may be", of("2026-03-03T12:00:00+00:00", None)),
        quiet(
            "inactive",
            user("ci", json!({"AccessKey1Active": false, "AccessKey2Active": false})),
        ),
        apart(
            "root is another rule's",
            user("<root_account>", json!({"AccessKey1Active": true, "AccessKey2Active": false})),
        ),
        fires("the other could not be read", &["1/ci"], both.unread("AccessKey1Active")),
        unknown("no date", &["1/ci"], of("soon", None)),
        unknown("no row", &["1/ci"], user("ci", json!({}))),
        unknown("denied", &["1"], world().account("1").denied("1", CREDENTIALS)),
        fires("Google: old", &["gcp:p/k"], dates("2024-04-05T06:07:08Z", "2027-04-05T06:07:08Z"))
            .saying("made on 2024-04-05."),
        fires("Google: never expires", &["gcp:p/k"], dates("2026-05-31T00:00:00Z", never))
            .saying("k does not expire."),
        quiet("Google: young, and expires", dates("2026-05-31T00:00:00Z", "2026-08-01T00:00:00Z")),
        apart("Google: expired", dates("2020-01-01T00:00:00Z", "2026-06-01T12:00:00Z")),
        apart(
            "Google: disabled",
            key(json!({"disabled": true, "validAfterTime": "2020-01-01T00:00:00Z"})),
        ),
        apart("Google: its own", key(json!({"keyType": "SYSTEM_MANAGED"}))),
        unknown(
            "Google: it may be disabled",
            &["gcp:p/k"],
            dates("2020-01-01T00:00:00Z", never).unread("disabled"),
        )
        .saying("was made on 2020-01-01 and does not expire, and whether it is disabled could not"),
        quiet(
            "Google: whether it is disabled does not matter",
            dates("2026-05-31T00:00:00Z", "2026-08-01T00:00:00Z").unread("disabled"),
        ),
        unknown("Google: no dates", &["gcp:p/k"], key(json!({"keyType": "USER_MANAGED"}))),
        unknown("Google: denied", &["gcp:p"], world().project("p").denied("gcp:p", KEY)),
    ]
}
