//! Who is let in: exactly one principal of AWS, and named members of Google Cloud.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>,
//! <https://docs.cloud.google.com/iam/docs/principal-identifiers>.

use std::collections::BTreeSet;
use std::fmt;

use super::BootstrapError;

/// The longest ARN of a role or a user: a path of 512 characters, a name of 64, and what stands
/// before them.
const MOST: usize = 700;

/// A role or a user, by its ARN: never a pattern, an account, or a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    arn: String,
    partition: String,
    account: String,
}

impl Principal {
    /// Reads `arn:aws:iam::111111111111:role/TenkoHub`. A role of Identity Center is named with its
    /// path and the end of its name: `...:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Hub_0123456789abcdef`.
    ///
    /// # Errors
    /// [`BootstrapError::Untrustworthy`] with the reason, for everything else.
    pub fn parse(text: &str) -> Result<Self, BootstrapError> {
        let not = |reason| {
            Err(BootstrapError::Untrustworthy { text: text.chars().take(MOST).collect(), reason })
        };
        if text.len() > MOST {
            return not("it is longer than any ARN of a role or a user");
        }
        if text.contains(['*', '?']) {
            return not("it has a wildcard");
        }
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, service, "", account, rest] = parts.as_slice() else {
            return not("it is not the ARN of a role or a user");
        };
        if *service == "sts" {
            return not("it is a session, which ends: name its role");
        }
        let is_known = matches!(*partition, "aws" | "aws-cn" | "aws-us-gov" | "aws-eusc");
        if *service != "iam" || !is_known || !is_account(account) {
            return not("it is not the ARN of a role or a user");
        }
        if *rest == "root" {
            return not("it is a whole account");
        }
        let named = rest.strip_prefix("role/").or_else(|| rest.strip_prefix("user/"));
        if named.and_then(split).is_none() {
            return not("it is not the ARN of a role or a user");
        }
        Ok(Self {
            arn: text.to_owned(),
            partition: (*partition).to_owned(),
            account: (*account).to_owned(),
        })
    }

    /// The ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// `aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`. Roles of another partition cannot be assumed.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The account that it is of.
    pub fn account(&self) -> &str {
        &self.account
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

/// Whom the caller names as trusted, beside what is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusting {
    /// The principal of AWS.
    pub aws: Option<Principal>,
    /// The members of Google Cloud: `group:platform@example.com`.
    pub google: BTreeSet<String>,
}

impl Trusting {
    /// Reads what follows `--trust`, each an ARN or a member.
    ///
    /// # Errors
    /// [`BootstrapError::Untrustworthy`] for what is neither, or for more than one;
    /// [`BootstrapError::TwoHubs`] for two ARNs.
    pub fn parse<T: AsRef<str>>(given: &[T]) -> Result<Self, BootstrapError> {
        let mut trusting = Self::default();
        for text in given.iter().map(T::as_ref) {
            if !text.starts_with("arn:") && !text.starts_with('*') {
                trusting.google.insert(member(text)?);
                continue;
            }
            let one = Principal::parse(text)?;
            match trusting.aws.replace(one) {
                Some(before) if before.arn != text => {
                    return Err(BootstrapError::TwoHubs {
                        one: before.arn,
                        other: text.to_owned(),
                    });
                }
                _ => {}
            }
        }
        Ok(trusting)
    }
}

/// A member that is one group, one user, one service account or one federated identity.
fn member(text: &str) -> Result<String, BootstrapError> {
    let not = |reason| {
        Err(BootstrapError::Untrustworthy { text: text.chars().take(MOST).collect(), reason })
    };
    if text.len() > MOST || text.chars().any(|c| !c.is_ascii_graphic()) {
        return not("it is no member of an allow policy");
    }
    if text.contains('*') {
        return not("it has a wildcard");
    }
    if text.contains(['"', '\\', '$', '{', '}']) {
        return not("it has a character that templates do not read as it is");
    }
    match text.split_once(':') {
        Some(("group" | "user" | "serviceAccount", address)) if is_address(address) => {
            Ok(text.to_owned())
        }
        Some(("principal", rest)) if rest.starts_with("//iam.googleapis.com/") => {
            Ok(text.to_owned())
        }
        Some(("domain" | "principalSet", _)) => not("it is more than one person or program"),
        None if matches!(text, "allUsers" | "allAuthenticatedUsers") => not("it is everyone"),
        _ => not("it is neither an ARN nor a group, a user or a service account"),
    }
}

fn is_address(text: &str) -> bool {
    let part = |text: &str| !text.is_empty() && !text.contains(['@', ':', '/', '"', '\'']);
    text.split_once('@').is_some_and(|(name, host)| part(name) && part(host) && host.contains('.'))
}

/// Whether it is the id of an account: twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A role's or a user's path and name: `/`, or `/path/` with 512 characters at most, and 1 to 64
/// characters of `[\w+=,.@-]`. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
pub(super) fn split(text: &str) -> Option<(String, String)> {
    let text = text.strip_prefix('/').unwrap_or(text);
    let (path, name) = match text.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), text),
    };
    let name_char = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    let is_path = path.len() <= 512 && path.bytes().all(|b| (0x21..=0x7e).contains(&b));
    // What IAM takes in a path, and templates and patterns do not read as it is.
    let is_plain = !path.contains(['*', '?', '"', '\\', '$', '{', '}', '%']);
    let is_name = (1..=64).contains(&name.len()) && name.bytes().all(name_char);
    (is_path && is_plain && is_name).then(|| (path, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_role_or_user_is_a_principal() {
        for good in [
            "arn:aws:iam::111111111111:role/TenkoHub",
            "arn:aws-us-gov:iam::111111111111:user/ops/alice",
            "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Hub_0123456789abcdef",
        ] {
            assert_eq!(Principal::parse(good).unwrap().arn(), good);
        }
        for bad in [
            "*",
            "",
            "111111111111",
            "arn:aws:iam::111111111111:root",
            "arn:aws:iam::111111111111:role/*",
            "arn:aws:iam::*:role/TenkoHub",
            "arn:aws:iam::111111111111:role/",
            "arn:aws:iam::111111111111:group/all",
            "arn:aws:sts::111111111111:assumed-role/TenkoHub/alice",
            "arn:aws:s3:::bucket",
            "arn:evil:iam::111111111111:role/TenkoHub",
            "arn:aws:iam::111111111111:role/a\nb",
            "arn:aws:iam::111111111111:role/${x}/b",
        ] {
            let error = Principal::parse(bad).unwrap_err();
            assert!(matches!(error, BootstrapError::Untrustworthy { .. }), "{bad}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn members_are_named_one_by_one() {
        let given =
            ["group:a@example.com", "user:b@example.com", "arn:aws:iam::111111111111:role/H"];
        let trusting = Trusting::parse(&given).unwrap();
        assert_eq!(trusting.google.len(), 2);
        assert_eq!(trusting.aws.unwrap().account(), "111111111111");
        for bad in [
            "allUsers",
            "allAuthenticatedUsers",
            "domain:example.com",
            "principalSet://iam.googleapis.com/x/*",
            "principal://iam.googleapis.com/x/*",
            "group:nobody",
            "group:a@b.c\"",
            "user:a@b.c user:d@e.f",
            "deleted:user:a@b.c",
            "group:$${file(x)}@b.c",
            "principal://iam.googleapis.com/$${x}",
            "*",
        ] {
            assert!(Trusting::parse(&[bad]).is_err(), "{bad}");
        }
        let two = ["arn:aws:iam::111111111111:role/H", "arn:aws:iam::111111111111:role/I"];
        assert!(matches!(Trusting::parse(&two), Err(BootstrapError::TwoHubs { .. })));
    }
}
