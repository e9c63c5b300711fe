//! Who stands behind a session, as CloudTrail is to show it.

use tenko_aws::partition::session_name;

/// The person or machine behind the caller's own credentials, as the provider itself names it.
///
/// - `arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_View_1a2b/mika@example.com`: `mika@example.com`, which IAM
///   Identity Center sets and the person cannot change
/// - `arn:aws:iam::111111111111:user/team/mika`: `mika`
/// - `arn:aws:iam::111111111111:root`: `root`
/// - an instance's role: the instance's id, which is what its session is called
///
/// Source: "IAM identifiers" in the IAM guide, and STS's `GetCallerIdentity`.
pub(crate) fn who_of_arn(arn: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    let last = resource.rsplit('/').next().unwrap_or(resource);
    attributed(last)
}

/// A name in the characters that STS takes in session names and source identities: the letters, digits and `_+=,.@-`,
/// at most 64 of them. What identifies stands at the beginning of an e-mail address and at the end of nothing, so a
/// long name is cut at its end.
pub(crate) fn attributed(name: &str) -> String {
    session_name(name)
}

/// Whether the caller is itself the session of a role, so that whatever it assumes is chained: one hour at most.
/// Source: "Roles terms and concepts", role chaining, in the IAM guide.
pub(crate) fn is_role_session(arn: &str) -> bool {
    arn.split(':').nth(5).is_some_and(|resource| resource.starts_with("assumed-role/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_is_named() {
        for (arn, who) in [
            (
                "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_View_1a2b/mika@example.com",
                "mika@example.com",
            ),
            ("arn:aws:iam::111111111111:user/team/mika", "mika"),
            ("arn:aws:iam::111111111111:root", "root"),
            ("arn:aws-cn:sts::111111111111:assumed-role/Hub/i-0abc", "i-0abc"),
            ("arn:aws:iam::1:user/点呼", "--"),
            ("", "tenko"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(who_of_arn(arn), who, "{arn}");
        }
        assert_eq!(attributed(&"x".repeat(100)).len(), 64);
    }

    #[test]
    fn chains_are_known() {
        assert!(is_role_session("arn:aws:sts::111111111111:assumed-role/Hub/x"));
        assert!(!is_role_session("arn:aws:iam::111111111111:user/assumed-role/x"));
        assert!(!is_role_session("arn:aws:iam::111111111111:root"));
    }
}
