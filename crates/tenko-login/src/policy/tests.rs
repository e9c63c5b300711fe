use std::collections::BTreeSet;

use serde_json::Value;
use tenko_core::DataLevel;
use tenko_iam::access::{self, Kind};
use tenko_iam::{Outcome, managed};

use super::score::Score;
use super::*;

/// Every combination of levels.
fn combinations() -> impl Iterator<Item = BTreeSet<DataLevel>> {
    (0..1_u32 << DataLevel::ALL.len()).map(|bits| {
        let at = |(i, level): (usize, DataLevel)| (bits & (1 << i) != 0).then_some(level);
        DataLevel::ALL.into_iter().enumerate().filter_map(at).collect()
    })
}

fn with(levels: impl IntoIterator<Item = DataLevel>) -> SessionPolicy {
    SessionPolicy::new(&levels.into_iter().collect()).unwrap()
}

fn decision(policy: &SessionPolicy, action: &str) -> Decision {
    policy.explain(action, "*").unwrap().decision
}

/// What a level is asked for.
fn main_reads(level: DataLevel) -> &'static [&'static str] {
    match level {
        DataLevel::Logs => &["logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"],
        DataLevel::Objects => &["s3:GetObject", "s3:GetObjectVersion"],
        DataLevel::Tables => {
            &["dynamodb:Query", "dynamodb:Scan", "dynamodb:GetItem", "dynamodb:PartiQLSelect"]
        }
        DataLevel::Messages => &["kinesis:GetRecords", "kinesis:GetShardIterator"],
        DataLevel::Code => &[
            "lambda:GetFunction",
            "ecr:BatchGetImage",
            "codecommit:GitPull",
            "cloudformation:GetTemplate",
        ],
        DataLevel::Parameters => &["ssm:GetParameter", "ssm:GetParametersByPath"],
        _ => &[],
    }
}

/// What an inventory reads.
const INVENTORY: &[&str] = &[
    "apigateway:GetPortal",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplateSummary",
    "cloudtrail:DescribeTrails",
    "cloudtrail:LookupEvents",
    "cognito-idp:DescribeUserPool",
    "config:DescribeConfigRules",
    "config:GetResourceConfigHistory",
    "dynamodb:DescribeTable",
    "dynamodb:GetResourcePolicy",
    "ec2:Describe*",
    "ecr:GetRepositoryPolicy",
    "ecs:Describe*",
    "eks:DescribeCluster",
    "eks:ListClusters",
    "iam:Get*",
    "iam:List*",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "lambda:GetFunctionConfiguration",
    "lambda:GetPolicy",
    "lambda:ListFunctions",
    "logs:DescribeLogGroups",
    "organizations:Describe*",
    "organizations:List*",
    "rds:Describe*",
    "s3:GetBucketPolicy",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:ListAllMyBuckets",
    // The names of objects: an inventory of a bucket's use needs them, and without them the keys that a policy or a
    // lifecycle names cannot be understood. What is in the objects stays closed.
    "s3:ListBucket",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetResourcePolicy",
    "sns:GetTopicAttributes",
    "sqs:GetQueueAttributes",
    "ssm:DescribeParameters",
    "tag:GetResources",
];

#[test]
fn every_combination_of_levels_fits() {
    assert_eq!(combinations().count(), 64);
    for levels in combinations() {
        let policy = SessionPolicy::new(&levels).unwrap_or_else(|e| panic!("{levels:?}: {e}"));
        for partition in ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b"] {
            let arns = policy.arns(partition);
            let characters = policy.inline().len() + arns.iter().map(String::len).sum::<usize>();
            assert!(characters <= 2_048, "{levels:?} in {partition}: {characters}");
            assert!(arns.len() <= 10, "{levels:?}");
            assert!(partition.len() <= LONGEST_PARTITION.len());
        }
        assert!(policy.inline().is_ascii());
        assert_eq!(policy.levels(), &levels);
    }
}

#[test]
fn the_inline_policy_only_denies() {
    for levels in combinations() {
        let policy = with(levels);
        let value: Value = serde_json::from_str(policy.inline()).unwrap();
        assert_eq!(value["Version"], "2012-10-17");
        let statements = value["Statement"].as_array().unwrap();
        let mut sids = BTreeSet::new();
        for statement in statements {
            assert_eq!(statement["Effect"], "Deny");
            assert_eq!(statement["Resource"], "*");
            assert_eq!(statement.as_object().unwrap().len(), 4);
            let sid = statement["Sid"].as_str().unwrap();
            assert!(sid.chars().all(|c| c.is_ascii_alphanumeric()) && sids.insert(sid), "{sid}");
            for action in statement["Action"].as_array().unwrap() {
                // AWS takes no wildcard in a service's name.
                let (service, _) = action.as_str().unwrap().split_once(':').unwrap();
                assert!(!service.contains(['*', '?']), "{action}");
            }
        }
        assert_eq!(policy.read.statements.len(), statements.len());
    }
}

#[test]
fn no_combination_of_levels_gives_more_away() {
    for levels in combinations() {
        let policy = with(levels.clone());
        let proof = policy.proof();
        assert_eq!(proof.violations, [] as [String; 0], "{levels:?}");
        assert_eq!(proof.checked, access::actions().len());
        assert_eq!(proof.allowed_data == 0, levels.is_empty(), "{levels:?}");
        for level in levels {
            for action in main_reads(level) {
                assert!(policy.may_allow(action), "{action}");
            }
        }
    }
}

#[test]
fn the_default_gives_away_nothing() {
    let policy = with([]);
    let allowed = |kind: fn(&access::Action) -> bool| {
        let of_kind = access::actions().iter().filter(|action| kind(action));
        of_kind.filter(|action| policy.may_allow(action.name)).count()
    };
    assert_eq!(allowed(|action| action.public_credential), 0);
    assert_eq!(allowed(|action| action.kind == Kind::Credential), 0);
    assert_eq!(allowed(|action| action.kind == Kind::Shell), 0);
    assert_eq!(allowed(|action| action.kind == Kind::Chain), 0);
    assert_eq!(allowed(|action| action.public_data), 0);
    let open: Vec<_> = access::open().iter().map(|action| action.name).collect();
    assert_eq!(open, ["cloudtrail:LookupEvents"]);
    assert_eq!(allowed(|_| true), 0);
    for action in ["kms:Decrypt", "sqs:ReceiveMessage", "secretsmanager:GetSecretValue"] {
        assert_eq!(policy.outcome(action), Outcome::Denied, "{action}");
    }
}

#[test]
fn an_inventory_sees_everything_it_needs() {
    for levels in [BTreeSet::new(), DataLevel::ALL.into_iter().collect()] {
        let policy = with(levels);
        for action in INVENTORY {
            let explained = policy.explain(action, "*").unwrap();
            assert_eq!(explained.decision, Decision::Allow, "{action}: {}", explained.reason);
        }
    }
}

/// The numbers that the field quotes of the usual policies, and ours.
#[test]
fn the_score() {
    let public = |score: Score| (score.public_credentials, score.public_data);
    assert_eq!(public(Score::of(|_| true)), (49, 151));
    assert_eq!(public(Score::of_managed(&["ReadOnlyAccess"])), (28, 141));
    assert_eq!(public(Score::of_managed(&["SecurityAudit"])), (3, 18));
    assert_eq!(public(Score::of_managed(&["job-function/ViewOnlyAccess"])), (2, 5));
    assert_eq!(public(Score::of_managed(LOOKING)), (4, 19));
    // The one is `cloudtrail:LookupEvents`.
    let default = Score { public_data: 1, ..Score::default() };
    assert_eq!(Score::of_session(&with([])), default);
    for level in DataLevel::ALL {
        let score = Score::of_session(&with([level]));
        assert!(score.data > 0 && score.credentials + score.shells + score.chains == 0, "{level}");
    }
}

#[test]
fn the_page_has_the_very_policy() {
    let page = page();
    let json = page.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let shown: Value = serde_json::from_str(json).unwrap();
    let sent: Value = serde_json::from_str(with([]).inline()).unwrap();
    assert_eq!(shown, sent);
    assert!(page.contains("| **tenko, by default** | 0 | 1 | 0 | 0 | 0 | 0 |"), "{page}");
    for level in LEVELS {
        assert!(page.contains(level.deny.sid) && page.contains(level.managed[0]));
    }
    assert!(page.ends_with('\n') && !page.ends_with("\n\n"));
}

/// A default session has what tenko's own collectors ask for.
#[test]
fn tenko_itself_can_look() {
    let text = include_str!("../../../../docs/policy-member.json");
    let member: Value = serde_json::from_str(text).unwrap();
    let statements = member["Statement"].as_array().unwrap();
    let actions: Vec<_> = statements
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap())
        .collect();
    assert!(actions.len() > 100, "{}", actions.len());
    let policy = with([]);
    let missing: Vec<_> = actions.into_iter().filter(|action| !policy.may_allow(action)).collect();
    // Neither managed policy has it.
    assert_eq!(missing, ["cloudformation:DescribeAccountLimits"]);
}

/// Each level does something, and nothing for another.
#[test]
fn levels_are_apart() {
    for level in DataLevel::ALL {
        let (default, one) = (with([]), with([level]));
        assert_ne!(default.digest(), one.digest());
        assert!(one.managed().len() > default.managed().len());
        assert!(!main_reads(level).is_empty());
        for action in main_reads(level) {
            assert_eq!(decision(&default, action), Decision::Deny, "{action}");
            assert_eq!(decision(&one, action), Decision::Allow, "{action}");
        }
        for other in DataLevel::ALL.into_iter().filter(|other| *other != level) {
            for action in main_reads(other) {
                assert_eq!(decision(&one, action), Decision::Deny, "{action} with {level}");
            }
        }
    }
    assert!(LEVELS.iter().map(|level| level.level).eq(DataLevel::ALL));
}

#[test]
fn every_managed_policy_is_known() {
    let policy = with(DataLevel::ALL);
    assert_eq!(policy.managed().len(), 10);
    assert!(policy.managed().iter().all(|name| managed::document(name).is_some()));
    assert!(!policy.managed().contains(&"ReadOnlyAccess"));
    assert_eq!(policy.documents().count(), 10);
    let mut odd = policy.clone();
    odd.managed.push("NoSuchPolicy");
    assert_eq!(odd.proof().violations, ["what 1 of its managed policies allow"]);
}

/// Every pattern denies something that is known to give something away.
#[test]
fn no_pattern_is_idle() {
    let known = |pattern: &str| {
        let text =
            format!(r#"{{"Statement":{{"Effect":"Deny","Action":"{pattern}","Resource":"*"}}}}"#);
        let document = Document::parse(&Value::String(text)).unwrap();
        let denied = |name: &str| proof::outcome([&document], name) == Outcome::Denied;
        let writes = ["s3:PutObject", "s3:DeleteObject", "sns:Publish"];
        access::actions().iter().any(|a| denied(a.name)) || writes.iter().any(|name| denied(name))
    };
    let levels = LEVELS.iter().map(|level| &level.deny);
    for deny in ALWAYS.iter().chain(levels).chain([&OTHER]) {
        assert!(!deny.because.ends_with('.') && !deny.actions.is_empty());
        for pattern in deny.actions {
            assert!(known(pattern), "{pattern}");
        }
    }
    assert!(LEVELS.iter().flat_map(|level| level.but).all(|pattern| known(pattern)));
}

/// A policy that lost a statement is found out.
#[test]
fn a_policy_without_its_denies_is_found_out() {
    let mut policy = with([]);
    policy.read.statements.retain(|statement| statement.sid.as_deref() != Some("NoCredentials"));
    let violations = policy.proof().violations;
    assert!(
        violations.contains(&"appsync:ListApiKeys, which gives out credentials".to_owned()),
        "{violations:?}"
    );
    policy.read.statements.clear();
    assert!(policy.proof().violations.len() > 20);
    policy.managed = vec!["ReadOnlyAccess"];
    assert!(policy.proof().violations.len() > 200);
}

#[test]
fn too_large() {
    let mut policy = with([]);
    policy.inline.push_str(&" ".repeat(40));
    let error = policy.clone().fitting().unwrap_err();
    assert!(error.characters > 2_048 && error.arns == 2, "{error}");
    assert!(error.to_string().contains("2048"), "{error}");
    let mut policy = with(DataLevel::ALL);
    policy.managed.push("X");
    assert_eq!(policy.fitting().unwrap_err().arns, 11);
}

#[test]
fn arns_are_of_the_partition() {
    let policy = with([DataLevel::Logs]);
    assert_eq!(
        policy.arns("aws-cn"),
        [
            "arn:aws-cn:iam::aws:policy/SecurityAudit",
            "arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess",
            "arn:aws-cn:iam::aws:policy/CloudWatchLogsReadOnlyAccess",
        ]
    );
}

#[test]
fn the_digest_is_of_what_is_sent() {
    assert_eq!(with([]).digest(), with([]).digest());
    assert_eq!(with([]).digest().len(), 64);
    let mut digests: BTreeSet<_> = combinations().map(|levels| with(levels).digest()).collect();
    assert_eq!(digests.len(), 64);
    let mut other = with([]);
    other.managed.reverse();
    assert!(digests.insert(other.digest()));
}

mod explained {
    use super::*;

    fn of(action: &str) -> Explained {
        with([]).explain(action, "*").unwrap()
    }

    #[test]
    fn a_deny_names_its_statement_and_the_level() {
        let explained = of("LOGS:filterlogevents");
        assert_eq!(explained.decision, Decision::Deny);
        assert_eq!(explained.statement.as_deref(), Some("NoLogs"));
        assert_eq!(explained.document.as_deref(), Some("session policy"));
        assert_eq!(explained.level, Some(DataLevel::Logs));
        assert_eq!(
            explained.reason,
            "NoLogs of the session policy denies it: it reads logs or traces. No role and no \
             policy of a resource can add it; --with logs would allow it, where the environment declares that"
        );
        let never = of("sts:AssumeRole");
        assert_eq!((never.statement.as_deref(), never.level), (Some("NoNewSessions"), None));
        assert!(!never.reason.contains("level"), "{}", never.reason);
        for (action, sid) in [
            ("secretsmanager:GetSecretValue", "NoCredentials"),
            ("ssm:StartSession", "NoShellsOrWrites"),
            ("kms:Decrypt", "NoOtherData"),
            ("cloudformation:GetTemplate", "NoCode"),
        ] {
            assert_eq!(of(action).statement.as_deref(), Some(sid), "{action}");
        }
    }

    #[test]
    fn an_allow_names_its_policy() {
        let explained = of("s3:getbucketpolicy");
        assert_eq!(explained.decision, Decision::Allow);
        assert_eq!(explained.document.as_deref(), Some("SecurityAudit"));
        assert_eq!(explained.statement.as_deref(), Some("BaseSecurityAuditStatement"));
        assert!(explained.reason.ends_with("the role must allow it too"), "{}", explained.reason);
        let policy = with([DataLevel::Objects]);
        let object = policy.explain("s3:GetObject", "arn:aws:s3:::b/k").unwrap();
        assert_eq!(object.document.as_deref(), Some("AmazonS3ReadOnlyAccess"));
        assert_eq!(object.statement.as_deref(), Some("statement 1"));
    }

    #[test]
    fn what_nothing_allows() {
        let explained = of("ec2:RunInstances");
        assert_eq!(explained.decision, Decision::Deny);
        assert_eq!((&explained.statement, &explained.document), (&None, &None));
        assert!(explained.reason.contains("only the policy of a resource"), "{}", explained.reason);
        // One that nobody has heard of, and one that a pattern knows.
        assert_eq!(of("quantum:Entangle").decision, Decision::Deny);
        assert_eq!(of("ec2:DescribeFluxCapacitors").decision, Decision::Allow);
        assert_eq!(of("s3:GetObjectTomorrow").statement.as_deref(), Some("NoObjects"));
    }

    #[test]
    fn wildcards_mean_all_of_them() {
        assert_eq!(of("ec2:Describe*").decision, Decision::Allow);
        let some = of("s3:Get*");
        assert_eq!(some.decision, Decision::Deny);
        assert!(some.reason.contains("denies some of these actions"), "{}", some.reason);
        assert_eq!(of("s3:GetObject*").statement.as_deref(), Some("NoObjects"));
        for action in ["*", "s3:*", "ec2:*", "logs:?etLogEvents", "ecs:*"] {
            assert_eq!(of(action).decision, Decision::Deny, "{action}");
        }
    }

    #[test]
    fn resources_are_looked_at() {
        let policy = with([]);
        let apis = policy.explain("apigateway:GET", "arn:aws:apigateway:eu-west-1::/apis");
        assert_eq!(apis.unwrap().decision, Decision::Allow);
        let keys = policy.explain("apigateway:GET", "arn:aws:apigateway:eu-west-1::/apikeys/x");
        assert_eq!(keys.unwrap().decision, Decision::Deny);
        let all = policy.explain("apigateway:GET", "*").unwrap();
        assert_eq!(all.decision, Decision::Deny);
        assert!(all.reason.contains("only some of"), "{}", all.reason);
        assert!(policy.may_allow("apigateway:GET"));
    }

    #[test]
    fn what_is_no_action() {
        let long = format!("s3:{}", "x".repeat(200));
        for text in [
            "s3",
            "",
            ":",
            "s3:",
            ":GetObject",
            "s3:Get Object",
            "s3:Get:Object",
            "*:*",
            "s*:Get",
            "é:x",
            &long,
        ] {
            let error = with([]).explain(text, "*").unwrap_err();
            assert!(error.to_string().contains("is not an action"), "{error}");
        }
        let error = with([]).explain("s3:\u{1b}[2J", "*").unwrap_err().to_string();
        assert!(!error.contains('\u{1b}'), "{error}");
    }

    #[test]
    fn as_json() {
        let json = serde_json::to_value(of("s3:GetObject")).unwrap();
        assert_eq!(json["decision"], "deny");
        assert_eq!(json["level"], "objects");
        assert_eq!(json["statement"], "NoObjects");
        assert_eq!(Decision::Allow.to_string(), "allow");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(action in ".{0,24}", resource in ".{0,24}") {
            let _ = with([]).explain(&action, &resource);
            let _ = with([]).explain(&format!("s3:{action}"), &resource);
        }

        /// What is denied is denied on everything.
        #[test]
        fn a_resource_never_changes_a_deny(resource in "[a-z0-9:/*-]{0,30}") {
            let explained = with([]).explain("s3:GetObject", &resource).unwrap();
            proptest::prop_assert_eq!(explained.decision, Decision::Deny);
        }
    }
}
