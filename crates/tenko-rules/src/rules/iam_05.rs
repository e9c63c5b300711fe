use tenko_core::{Arg, Message, Scope, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, few, scope_name};

const CREDENTIALS: &str = "AWS::IAM::UserCredentials";
const INSTANCE: &str = "AWS::SSO::Instance";
const PROVIDER: &str = "AWS::IAM::SAMLProvider";
const ROLE: &str = "AWS::IAM::Role";

/// Where IAM Identity Center puts the roles of its permission sets.
const RESERVED: &str = "/aws-reserved/sso.amazonaws.com/";

rule! {
    /// People sign in to an account as IAM users: users of it have a password for the console, or
    /// active access keys although the account has federated sign-in.
    ///
    /// ## Why it is bad
    /// IAM users live in one account only. Nobody removes them when a person leaves, their passwords
    /// and keys do not end by themselves, and each account has its own rules for them. With federated
    /// sign-in there is one place for people, and credentials last for hours.
    ///
    /// ## Example
    /// The account has roles of IAM Identity Center (`AWSReservedSSO_...`). The user `dana` has a
    /// password all the same, and `lee` an access key.
    ///
    /// ## What it reads
    /// - `AWS::IAM::UserCredentials`: `PasswordEnabled`, `AccessKey1Active` and `AccessKey2Active` of
    ///   all users but the root user.
    /// - Whether there is federated sign-in, as any of: an active `AWS::SSO::Instance` that the
    ///   account sees, an `AWS::IAM::SAMLProvider`, an `AWS::IAM::Role` with the path
    ///   `/aws-reserved/sso.amazonaws.com/`.
    ///
    /// There is one verdict for each account, which names the users. A password is told in any case, a
    /// key only where there is federated sign-in. Whether a user is a person or a program cannot be
    /// seen: the users that Amazon SES makes for SMTP, which cannot do without, look like all others.
    /// Suppress those by account, or with a severity of your own.
    ///
    /// Google Cloud has no users of its own: all people sign in with accounts of Cloud Identity or
    /// another directory. Keys of service accounts are [IAM-04](IAM-04.md).
    ///
    /// ## Unknown
    /// Where the credential report could not be read, and where users have keys but it could not be
    /// read whether there is federated sign-in.
    id: "IAM-05",
    name: "IAM users instead of federated sign-in",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.19",
        "CIS AWS v5.0" => "1.20",
    ],
    remediation: "Give people access through IAM Identity Center or another federation, programs a role, and delete the users' passwords and keys.",
    parts: [Part::aws(&[CREDENTIALS], check).also(&[INSTANCE, PROVIDER, ROLE])],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.scopes(context, "aws", |account| of_account(context, account));
}

fn of_account(context: &Context<'_>, account: &Scope) -> Judged {
    let key = account.key();
    let (of, named) = (|| Arg::text(&key), || scope_name(account));
    let (mut passwords, mut keys, mut unread) = (Vec::new(), Vec::new(), None);
    for user in context.of_type_in(CREDENTIALS, &key) {
        if user.key.id == "<root_account>" {
            continue;
        }
        let seen = Seen::new(user);
        match told(&seen, "PasswordEnabled") {
            Ok(true) => passwords.push(user.label()),
            Ok(false) => {}
            Err(attribute) => unread = Some((attribute, user.label())),
        }
        match has_key(&seen) {
            Ok(true) => keys.push(user.label()),
            Ok(false) => {}
            Err(attribute) => unread = Some((attribute, user.label())),
        }
    }
    let federation = if keys.is_empty() { Ok(None) } else { federation(context, account) };
    let passwords = (!passwords.is_empty()).then(|| few(passwords));
    let keys = few(keys);
    match (passwords, &federation) {
        (None, Ok(None) | Err(_)) => {}
        (Some(users), Ok(Some(how))) => {
            let how = how.clone();
            let message =
                msg!("iam-05-both", account = named(), users = users, keyed = keys, how = how);
            return Judged::Bad(message.into());
        }
        (Some(users), _) => {
            let message = msg!("iam-05-passwords", account = named(), users = users);
            return Judged::Bad(message.into());
        }
        (None, Ok(Some(how))) => {
            let how = how.clone();
            let message = msg!("iam-05-keys", account = named(), keyed = keys, how = how);
            return Judged::Bad(message.into());
        }
    }
    if let Some(reason) = context.why_unread(&key, &[CREDENTIALS]) {
        let message = msg!("iam-05-report-unread", account = of(), reason = reason);
        return Judged::Unknown(message.into());
    }
    match (unread, federation) {
        (Some((Unread(attribute), user)), _) => Judged::Unknown(
            msg!("iam-05-unread", attribute = attribute, user = user, account = of()).into(),
        ),
        (None, Err(reason)) => Judged::Unknown(
            msg!("iam-05-federation-unread", account = of(), reason = reason).into(),
        ),
        (None, Ok(_)) => Judged::Pass,
    }
}

fn has_key(user: &Seen<'_>) -> Result<bool, Unread> {
    let (first, second) = (told(user, "AccessKey1Active"), told(user, "AccessKey2Active"));
    if first == Ok(true) || second == Ok(true) {
        return Ok(true);
    }
    first.and(second)
}

/// What the report tells of every user.
fn told(user: &Seen<'_>, attribute: &str) -> Result<bool, Unread> {
    user.bool(attribute)?.ok_or_else(|| Unread(attribute.to_owned()))
}

/// How people can sign in to an account without being users of it; `None`: they cannot.
///
/// # Errors
/// Why that is not known.
fn federation(context: &Context<'_>, account: &Scope) -> Result<Option<Message>, Arg> {
    let key = account.key();
    let mut unread: Option<Arg> = None;
    for instance in context.of_type_in(INSTANCE, &key) {
        match Seen::new(instance).text("Status") {
            Ok(status) if status.is_none_or(|status| status == "ACTIVE") => {
                return Ok(Some(msg!("iam-05-identity-center")));
            }
            Ok(_) => {}
            Err(Unread(attribute)) => unread = Some(attribute.into()),
        }
    }
    for role in context.of_type_in(ROLE, &key) {
        if !role.key.id.starts_with("AWSReservedSSO_") {
            continue;
        }
        match Seen::new(role).text("Path") {
            Ok(Some(path)) if path.starts_with(RESERVED) => {
                return Ok(Some(msg!("iam-05-identity-center-roles")));
            }
            Ok(_) => {}
            Err(Unread(attribute)) => unread = Some(attribute.into()),
        }
    }
    if let Some(provider) = context.of_type_in(PROVIDER, &key).first() {
        return Ok(Some(msg!("iam-05-saml-provider", provider = provider.label())));
    }
    match context.why_unread(&key, &[INSTANCE, PROVIDER, ROLE]).map(Arg::from).or(unread) {
        Some(unread) => Err(unread),
        None => Ok(None),
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let user = |id: &str, of: Value| world().account("1").with("1", CREDENTIALS, id, of);
    let password = json!({"PasswordEnabled": true, "AccessKey1Active": false});
    let key =
        json!({"PasswordEnabled": false, "AccessKey1Active": false, "AccessKey2Active": true});
    let role = |path: &str| {
        let name = "AWSReservedSSO_ReadOnly_0123456789abcdef";
        user("ci", key.clone()).with("1", ROLE, name, json!({"Path": path}))
    };
    let instance =
        |status: &str| user("ci", key.clone()).with("1", INSTANCE, "i", json!({"Status": status}));
    vec![
        fires("a password", &["1"], user("dana", password.clone())).saying("(dana)"),
        fires(
            "a password and a key",
            &["1"],
            role(RESERVED).with("1", CREDENTIALS, "dana", password.clone()),
        )
        .saying("a console password (dana) and IAM users with an active access key (ci) beside"),
        fires("a key beside roles", &["1"], role(RESERVED)).saying("roles of IAM Identity Center"),
        fires("a key beside an instance", &["1"], instance("ACTIVE")),
        fires(
            "a key beside a SAML provider",
            &["1"],
            user("ci", key.clone()).with("1", PROVIDER, "okta", json!({})),
        )
        .saying("the SAML provider okta"),
        quiet("a key and nothing else", user("ci", key.clone())),
        quiet("a role that only has the name", role("/")),
        quiet("an instance that is being deleted", instance("DELETE_IN_PROGRESS")),
        quiet("no users", world().account("1")),
        quiet("root is no IAM user", user("<root_account>", password.clone())),
        quiet(
            "another account's users",
            world().account("1").account("2").with("2", PROVIDER, "okta", json!({})).with(
                "1",
                CREDENTIALS,
                "ci",
                key.clone(),
            ),
        ),
        fires("evidence counts", &["1"], user("dana", password.clone()).unread("AccessKey1Active")),
        unknown("not told", &["1"], user("dana", key.clone()).unread("PasswordEnabled")),
        unknown("no word of a key", &["1"], user("dana", json!({"PasswordEnabled": false}))),
        unknown("no federation seen", &["1"], user("ci", key.clone()).denied("1", INSTANCE)),
        quiet("federation does not matter", world().account("1").denied("1", INSTANCE)),
        unknown("denied", &["1"], world().account("1").denied("1", CREDENTIALS)),
    ]
}
