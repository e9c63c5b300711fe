//! The policy that each session is narrowed to, within the 2,048 characters that STS takes.

use std::collections::BTreeSet;

use serde_json::json;

/// What the inline policy and the ARNs of managed policies of a session share, in characters
/// (STS API reference, `AssumeRole`).
pub const SESSION_POLICY_LIMIT: usize = 2048;

/// Actions that read data, credentials or code, or names of data: no wildcard may cover one.
const DATA: [&str; 65] = [
    "apigateway:GET",
    "appsync:ListApiKeys",
    "athena:GetQueryResults",
    "autoscaling:DescribeLaunchConfigurations",
    "cloudformation:GetTemplate",
    "cloudtrail:GetQueryResults",
    "codeartifact:GetAuthorizationToken",
    "codecommit:GetBlob",
    "codecommit:GetFile",
    "codecommit:GetFolder",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:GetUser",
    "cognito-idp:ListUsers",
    "connect:ListSecurityKeys",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot",
    "ec2:GetPasswordData",
    "ecr-public:GetAuthorizationToken",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "glue:GetConnection",
    "glue:GetConnections",
    "guardduty:GetFindings",
    "guardduty:ListFindings",
    "kinesis:GetRecords",
    "kms:GetParametersForImport",
    "lambda:GetFunction",
    "lambda:GetLayerVersion",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetKeyPair",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "logs:GetLogEvents",
    "logs:GetLogObject",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "s3:GetDataAccess",
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
    "s3:ListMultipartUploadParts",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:ListSecretVersionIds",
    "secretsmanager:ListSecrets",
    "ssm:GetAccessToken",
    "ssm:GetCommandInvocation",
    "ssm:GetDocument",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParametersByPath",
    "ssm:ListCommands",
    "sts:GetFederationToken",
    "sts:GetServiceBearerToken",
    "sts:GetSessionToken",
];

/// A policy that allows these actions and nothing else, in at most `limit` characters: exactly
/// where that fits, else with as few and as narrow wildcards as it takes. A wildcard stands
/// behind `Describe`, `List` or, with at least one more word, `Get` (`s3:GetBucket*`), and never
/// covers an action that reads data or credentials. `None` when even that does not fit.
///
/// The same actions always give the same policy.
pub fn session_policy(actions: &BTreeSet<String>, limit: usize) -> Option<String> {
    let mut patterns = actions.clone();
    loop {
        let length = render(&patterns).len();
        if length <= limit {
            return Some(render(&patterns));
        }
        let excess = length - limit;
        let candidates = candidates(&patterns);
        // `Get` is where data is read: it is touched only when the others are used up.
        let of_rank = |wanted: u8| candidates.iter().filter(move |c| c.rank == wanted);
        let rank = candidates.iter().map(|c| c.rank).min()?;
        // The least that suffices, else the most that can be had.
        let best = of_rank(rank)
            .filter(|c| c.saving >= excess)
            .min_by_key(|c| (c.saving, &c.prefix))
            .or_else(|| of_rank(rank).max_by_key(|c| (c.saving, std::cmp::Reverse(&c.prefix))))?;
        patterns.retain(|pattern| !pattern.starts_with(&best.prefix));
        patterns.insert(format!("{}*", best.prefix));
    }
}

fn render(patterns: &BTreeSet<String>) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": patterns, "Resource": "*" }],
    })
    .to_string()
}

struct Candidate {
    prefix: String,
    /// Characters that the wildcard saves.
    saving: usize,
    /// Lower ones are taken first.
    rank: u8,
}

/// Every wildcard that is allowed and saves something.
fn candidates(patterns: &BTreeSet<String>) -> Vec<Candidate> {
    let prefixes: BTreeSet<&str> = patterns.iter().flat_map(|pattern| prefixes(pattern)).collect();
    let candidate = |prefix: &str| {
        let covered = patterns.iter().filter(|pattern| pattern.starts_with(prefix));
        // Two quotes and a comma each.
        let before: usize = covered.map(|pattern| pattern.len() + 3).sum();
        let saving =
            before.checked_sub(prefix.len() + "*".len() + 3).filter(|saving| *saving > 0)?;
        let rank = u8::from(prefix.contains(":Get"));
        Some(Candidate { prefix: prefix.to_owned(), saving, rank })
    };
    prefixes.into_iter().filter(|prefix| is_harmless(prefix)).filter_map(candidate).collect()
}

/// Whether `{prefix}*` covers no action that reads data.
fn is_harmless(prefix: &str) -> bool {
    !DATA.iter().any(|action| action.starts_with(prefix))
}

/// The beginnings of an action that end with a word: `ec2:Describe`, `ec2:DescribeVpc`.
fn prefixes(action: &str) -> Vec<&str> {
    let Some((service, name)) = action.split_once(':') else { return Vec::new() };
    let least = match () {
        () if name.starts_with("Describe") || name.starts_with("List") => 1,
        () if name.starts_with("Get") => 2,
        () => return Vec::new(),
    };
    let bytes = name.as_bytes();
    let starts_word = |at: &usize| {
        let upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        // In `DBInstance` words start at D and I, not at B.
        upper(*at) && !(upper(at - 1) && (upper(at + 1) || at + 1 == bytes.len()))
    };
    let ends = (1..name.len()).filter(starts_word).skip(least - 1);
    ends.filter_map(|end| action.get(..service.len() + 1 + end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(actions: &[&str]) -> BTreeSet<String> {
        actions.iter().map(|a| (*a).to_owned()).collect()
    }

    fn many(service: &str, verb: &str, count: usize) -> Vec<String> {
        (0..count)
            .map(|i| {
                format!(
                    "{service}:{verb}Thing{}Settings",
                    char::from(b'A' + i as u8).to_string().repeat(2)
                )
            })
            .collect()
    }

    /// Whether an IAM pattern with at most one `*`, at its end, covers the action.
    fn covers(pattern: &str, action: &str) -> bool {
        pattern.strip_suffix('*').map_or(pattern == action, |prefix| action.starts_with(prefix))
    }

    fn patterns(policy: &str) -> Vec<String> {
        let value: serde_json::Value = serde_json::from_str(policy).unwrap();
        serde_json::from_value(value["Statement"][0]["Action"].clone()).unwrap()
    }

    #[test]
    fn exact_where_it_fits() {
        let actions = set(&["s3:GetBucketPolicy", "ec2:DescribeVpcs", "iam:ListRoles"]);
        assert_eq!(
            session_policy(&actions, SESSION_POLICY_LIMIT).unwrap(),
            r#"{"Statement":[{"Action":["ec2:DescribeVpcs","iam:ListRoles","s3:GetBucketPolicy"],"Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}"#
        );
    }

    #[test]
    fn wide_sets_are_collapsed_until_they_fit_and_still_cover_everything() {
        let mut all: BTreeSet<String> = many("ec2", "Describe", 26).into_iter().collect();
        all.extend(many("rds", "Describe", 20));
        all.extend(many("s3", "GetBucket", 20));
        all.extend(many("lambda", "List", 10));
        all.extend(set(&[
            "lambda:GetFunctionConfiguration",
            "lambda:GetPolicy",
            "s3:ListAllMyBuckets",
            "kms:GetKeyPolicy",
        ]));
        for limit in [SESSION_POLICY_LIMIT, 1500, 1000, 700, 500] {
            let policy = session_policy(&all, limit).unwrap_or_else(|| panic!("{limit}"));
            assert!(policy.len() <= limit, "{} > {limit}", policy.len());
            assert_eq!(Some(&policy), session_policy(&all, limit).as_ref(), "deterministic");
            let patterns = patterns(&policy);
            for action in &all {
                assert!(patterns.iter().any(|p| covers(p, action)), "{action} is lost in {policy}");
            }
            for data in DATA {
                assert!(!patterns.iter().any(|p| covers(p, data)), "{data} is covered by {policy}");
            }
        }
    }

    /// What really goes out: every built-in type at once.
    #[test]
    fn the_built_in_types_fit_together() {
        let all = crate::policy::actions(&crate::catalog().unwrap());
        let policy = session_policy(&all, SESSION_POLICY_LIMIT).expect("it fits");
        assert!(policy.len() <= SESSION_POLICY_LIMIT, "{}", policy.len());
        let patterns = patterns(&policy);
        for action in &all {
            assert!(patterns.iter().any(|p| covers(p, action)), "{action} is lost in {policy}");
        }
        for data in DATA {
            // Unless a type needs it by its own name.
            let known = all.contains(data);
            assert!(known || !patterns.iter().any(|p| covers(p, data)), "{data}: {policy}");
        }
    }

    #[test]
    fn get_is_the_last_to_be_widened() {
        let mut all: BTreeSet<String> = many("s3", "GetBucket", 20).into_iter().collect();
        all.extend(many("ec2", "Describe", 20));
        let exact = render(&all).len();
        let policy = session_policy(&all, exact - 10).unwrap();
        assert!(
            patterns(&policy).iter().all(|p| !p.starts_with("s3") || !p.ends_with('*')),
            "{policy}"
        );
    }

    #[test]
    fn data_is_never_covered_even_when_nothing_else_helps() {
        let all = set(&[
            "s3:GetObjectTagging",
            "s3:GetObjectAcl",
            "ssm:GetParameters",
            "secretsmanager:ListSecrets",
            "dynamodb:GetItem",
        ]);
        assert_eq!(session_policy(&all, 100), None);
        assert!(
            !is_harmless("s3:List")
                && !is_harmless("s3:GetO")
                && !is_harmless("secretsmanager:Describe")
        );
        assert!(
            is_harmless("s3:GetBucket") && is_harmless("ec2:DescribeV") && is_harmless("iam:List")
        );
    }

    #[test]
    fn words_end_where_people_see_them_end() {
        assert_eq!(prefixes("rds:DescribeDBInstances"), ["rds:Describe", "rds:DescribeDB"]);
        assert_eq!(prefixes("s3:GetBucketPolicy"), ["s3:GetBucket"]);
        assert_eq!(prefixes("cloudformation:DetectStackDrift"), [""; 0]);
    }
}
