//! IAM's report about the credentials of an account's users, made up from what else its data say of them.

use serde_json::{Value, json};

use super::account::Account;
use crate::google::base64;

const COLUMNS: [&str; 22] = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
];

/// What `GetCredentialReport` answers: a line for the root user and one for each user.
pub(super) fn answer(account: &Account) -> Value {
    let mut text = COLUMNS.join(",");
    for row in rows(account) {
        text.push('\n');
        let fields: Vec<_> = row.iter().map(|field| quoted(field)).collect();
        text.push_str(&fields.join(","));
    }
    let mut content = base64::encode(text.as_bytes());
    while !content.len().is_multiple_of(4) {
        content.push('=');
    }
    json!({
        "Content": content,
        "ReportFormat": "text/csv",
        "GeneratedTime": "2026-03-02T08:15:00Z",
    })
}

fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

fn rows(account: &Account) -> Vec<Vec<String>> {
    let response = |operation: &str| account.lookup("global", operation)?.response.as_ref();
    let summary = response("iam:GetAccountSummary").and_then(|summary| summary.get("SummaryMap"));
    let counted =
        |name: &str| summary.and_then(|map| map.get(name)?.as_u64()).is_some_and(|count| count > 0);
    let joined =
        account.joined.map_or_else(|| "2020-01-01T00:00:00Z".to_owned(), |at| at.to_string());
    let root = Line {
        user: "<root_account>",
        arn: format!("arn:{}:iam::{}:root", account.partition(), account.id),
        created: &joined,
        password: counted("AccountPasswordPresent"),
        mfa: counted("AccountMFAEnabled"),
        keys: counted("AccountAccessKeysPresent")
            .then_some((true, joined.as_str()))
            .into_iter()
            .collect(),
    };
    let users = response("iam:GetAccountAuthorizationDetails")
        .and_then(|details| details.get("UserDetailList")?.as_array());
    let users = users.into_iter().flatten().map(|user| {
        let text = |name: &str| user.get(name).and_then(Value::as_str).unwrap_or_default();
        Line {
            user: text("UserName"),
            arn: text("Arn").to_owned(),
            created: text("CreateDate"),
            password: false,
            mfa: false,
            keys: keys(account, text("UserName")),
        }
    });
    [root].into_iter().chain(users).map(|line| line.fields()).collect()
}

/// Whether each of a user's keys is active, and since when there is it.
fn keys<'a>(account: &'a Account, user: &str) -> Vec<(bool, &'a str)> {
    let answers =
        account.lookup("global", "iam:ListAccessKeys").map(|data| data.answers.as_slice());
    let of_user = answers
        .unwrap_or_default()
        .iter()
        .filter(|answer| answer.when.get("UserName").is_some_and(|name| name == user));
    let keys =
        of_user.filter_map(|answer| answer.response.as_ref()?.get("AccessKeyMetadata")?.as_array());
    let text =
        |key: &'a Value, name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    keys.flatten().map(|key| (text(key, "Status") == "Active", text(key, "CreateDate"))).collect()
}

struct Line<'a> {
    user: &'a str,
    arn: String,
    created: &'a str,
    password: bool,
    mfa: bool,
    keys: Vec<(bool, &'a str)>,
}

impl Line<'_> {
    fn fields(&self) -> Vec<String> {
        let none = || "N/A".to_owned();
        let changed = if self.password { self.created.to_owned() } else { none() };
        let used = if self.password { "no_information".to_owned() } else { none() };
        let mut out = vec![self.user.to_owned(), self.arn.clone(), self.created.to_owned()];
        out.extend([self.password.to_string(), used, changed, none(), self.mfa.to_string()]);
        for at in 0..2 {
            let key = self.keys.get(at);
            out.push(key.is_some_and(|(active, _)| *active).to_string());
            out.push(key.map_or_else(none, |(_, since)| (*since).to_owned()));
            out.extend([none(), none(), none()]);
        }
        out.extend(["false".to_owned(), none(), "false".to_owned(), none()]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_every_column() {
        let mut account = Account::new("111111111111", "a");
        let users = json!([{ "UserName": "a, \"b\"", "Arn": "arn:u", "CreateDate": "2020-01-01T00:00:00Z" }]);
        account.entry("global", "iam:GetAccountAuthorizationDetails").response =
            Some(json!({ "UserDetailList": users }));
        let rows = rows(&account);
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [COLUMNS.len(); 2]);
        assert_eq!(quoted(&rows[1][0]), "\"a, \"\"b\"\"\"");
    }
}
