//! Partitions, account numbers and ARNs, as far as sessions need them.

/// The partition of an ARN: `aws` in `arn:aws:sts::111111111111:assumed-role/x/y`.
pub fn partition_of_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').next().filter(|partition| !partition.is_empty())
}

/// The region that answers for global services. Unknown partitions get that of `aws`: their
/// calls then fail loudly instead of being signed for a made-up region.
pub fn home_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

/// The ARN of a role; `role` may have a path: `auditors/Tenko`.
pub fn role_arn(partition: &str, account: &str, role: &str) -> String {
    format!("arn:{partition}:iam::{account}:role/{role}")
}

/// The ARN of a policy that AWS manages.
pub fn policy_arn(partition: &str, name: &str) -> String {
    format!("arn:{partition}:iam::aws:policy/{name}")
}

/// Whether this is an account number: twelve digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this can be a role's name with its path, without the slash in front: what IAM takes
/// in names, and slashes between.
pub fn is_role(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or_default();
    (1..=64).contains(&name.len())
        && text.len() <= 64 + 512
        && name.bytes().all(is_name_byte)
        // A path holds any printable character of ASCII.
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'*')
        && !text.starts_with('/')
}

/// The longest name that a session or source identity may have.
pub const MAX_SESSION_NAME: usize = 64;

/// What STS takes as the name of a session: other characters become `-`, what is too long is
/// cut, and what is too short (two characters are the least) is replaced by `tenko`.
pub fn session_name(wanted: &str) -> String {
    let name: String = wanted
        .chars()
        .map(|c| if u8::try_from(c).is_ok_and(is_name_byte) { c } else { '-' })
        .take(MAX_SESSION_NAME)
        .collect();
    if name.len() < 2 { "tenko".to_owned() } else { name }
}

/// Whether STS takes this as a source identity. It is what an audit log shows of the human, so it
/// is never altered to fit.
pub fn is_source_identity(text: &str) -> bool {
    (2..=MAX_SESSION_NAME).contains(&text.len()) && text.bytes().all(is_name_byte)
}

/// `[\w+=,.@-]`, as in the STS and IAM API references.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::endpoint::partition_of;

    #[test]
    fn home_regions_agree_with_the_endpoints() {
        for id in ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"] {
            let partition = partition_of(home_region(id));
            assert_eq!((partition.id, partition.global_region), (id, home_region(id)));
        }
    }

    #[test]
    fn arns_tell_their_partition() {
        assert_eq!(partition_of_arn("arn:aws-cn:iam::111111111111:user/x"), Some("aws-cn"));
        assert_eq!(partition_of_arn("arn::iam::111111111111:user/x"), None);
        assert_eq!(partition_of_arn("garbage"), None);
        assert_eq!(
            role_arn("aws-us-gov", "111111111111", "auditors/Tenko"),
            "arn:aws-us-gov:iam::111111111111:role/auditors/Tenko"
        );
    }

    #[test]
    fn session_names_fit_what_sts_takes() {
        assert_eq!(session_name("tenko"), "tenko");
        assert_eq!(session_name("山田 taro/it's"), "---taro-it-s");
        assert_eq!(session_name(&"x".repeat(100)).len(), MAX_SESSION_NAME);
        assert_eq!(session_name(""), "tenko");
        assert_eq!(session_name("x"), "tenko");
        assert_eq!(session_name("a_b+c=d,e.f@g-h"), "a_b+c=d,e.f@g-h");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(is_account_id("012345678901"));
        assert!(!is_account_id("12345678901") && !is_account_id("12345678901a"));
        assert!(is_role("OrganizationAccountAccessRole") && is_role("a/b/Tenko"));
        assert!(!is_role("") && !is_role("/Tenko") && !is_role("a/") && !is_role("Ten ko"));
        assert!(!is_role("*") && !is_role("a/*/b"));
        assert!(
            is_source_identity("taro@example.com")
                && !is_source_identity("t")
                && !is_source_identity("太郎")
        );
    }
}
