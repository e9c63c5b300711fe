//! What the session policy denies, and what a level of data takes back and adds.
//!
//! Patterns are short because the whole must fit: [`super::MOST_CHARACTERS`] with the ARNs. A pattern may take
//! more than it must (`chime:*`), where what it takes besides says little of how an account is set up; none
//! takes what an inventory reads, which a test holds them to.
//!
//! Denied is, first, what the managed policies allow and give away. Second, what services with resource policies
//! could add, since such a policy may name a session and only a deny keeps it out. Third, as far as there is
//! room, what AWS might add to the managed policies one day. The rest of `tenko_iam::access` is not allowed by
//! any policy of the session.

use tenko_core::DataLevel;

/// A statement that denies.
pub(super) struct Deny {
    pub(super) sid: &'static str,
    /// What is denied, in the words of a message: `it gives out credentials`.
    pub(super) because: &'static str,
    pub(super) actions: &'static [&'static str],
}

/// A level of data.
pub(super) struct Level {
    pub(super) level: DataLevel,
    /// What is denied without the level.
    pub(super) deny: Deny,
    /// What allows reading it: the names of AWS-managed policies.
    pub(super) managed: &'static [&'static str],
    /// What these allow besides and no login may: denied with the level.
    pub(super) but: &'static [&'static str],
}

/// The policies that allow looking. `SecurityAudit` lacks the names of many things, and `ViewOnlyAccess` the
/// policies of buckets and the tags: neither is enough for an inventory.
pub(super) const LOOKING: &[&str] = &["SecurityAudit", "job-function/ViewOnlyAccess"];

/// Denied to every session.
pub(super) const ALWAYS: &[Deny] = &[
    Deny {
        sid: "NoCredentials",
        because: "it gives out credentials",
        actions: &[
            "appsync:ListApiK*",
            "codepipeline:*Job*",
            "cognito-idp:*Client*",
            "cognito-idp:*Provider",
            "connect:*",
            "ec2:GetP*",
            "ecr:GetA*",
            "glue:GetConnection*",
            "lightsail:*Key*",
            "s3:GetD*",
            "s3express:C*",
            "secretsmanager:*Value",
            "wafv2:*APIKey*",
        ],
    },
    Deny {
        sid: "NoShellsOrWrites",
        because: "it opens a shell, runs code or changes something",
        actions: &[
            "cloud9:*",
            "ec2-instance-connect:*",
            "ecs:Ex*",
            "eks:A*",
            "lambda:Inv*",
            "s3:Del*",
            "s3:P*",
            "sns:P*",
            "ssm:GetA*",
            "ssm:Res*",
            "ssm:Se*",
            "ssm:St*",
        ],
    },
    Deny {
        sid: "NoNewSessions",
        because: "it makes another session, or passes a role on",
        actions: &["iam:P*", "sts:A*", "sts:Get*Token"],
    },
];

/// The levels, in the order of [`DataLevel::ALL`].
pub(super) const LEVELS: &[Level] = &[
    Level {
        level: DataLevel::Logs,
        deny: Deny {
            sid: "NoLogs",
            because: "it reads logs or traces",
            actions: &[
                "logs:F*",
                "logs:GetLog?*",
                "logs:GetQ*",
                "logs:St*",
                "rds:Do*",
                "xray:*Trace*",
            ],
        },
        managed: &["CloudWatchLogsReadOnlyAccess"],
        but: &[],
    },
    Level {
        level: DataLevel::Objects,
        deny: Deny {
            sid: "NoObjects",
            because: "it reads objects of buckets",
            actions: &["s3:GetObject*", "s3-object-lambda:*", "s3vectors:*Vectors"],
        },
        managed: &["AmazonS3ReadOnlyAccess"],
        but: &[],
    },
    Level {
        level: DataLevel::Tables,
        deny: Deny {
            sid: "NoTables",
            because: "it reads rows or items of databases",
            actions: &[
                "dynamodb:*Item*",
                "dynamodb:GetRec*",
                "dynamodb:Par*",
                "dynamodb:Q*",
                "dynamodb:Scan",
            ],
        },
        managed: &["AmazonDynamoDBReadOnlyAccess"],
        but: &[],
    },
    Level {
        level: DataLevel::Messages,
        deny: Deny {
            sid: "NoMessages",
            because: "it reads records of streams",
            actions: &["kinesis:GetRec*", "kinesis:Sub*"],
        },
        managed: &["AmazonKinesisReadOnlyAccess"],
        but: &[],
    },
    Level {
        level: DataLevel::Code,
        deny: Deny {
            sid: "NoCode",
            because: "it reads source code, templates or images",
            actions: &[
                "cloudformation:GetTemplate",
                "cloudfront:Get*Function",
                "codecommit:B*",
                "codecommit:G*",
                "codepipeline:GetPipelineE*",
                "ecr:BatchGetI*",
                "ecr:GetDo*",
                "lambda:GetFunction",
                "lambda:GetLayerVersion",
            ],
        },
        managed: &[
            "AWSLambda_ReadOnlyAccess",
            "AmazonEC2ContainerRegistryReadOnly",
            "AWSCodeCommitReadOnly",
        ],
        but: &["lambda:GetDu*"],
    },
    Level {
        level: DataLevel::Parameters,
        deny: Deny {
            sid: "NoParameters",
            because: "it reads values of parameters or configuration",
            actions: &["ssm:GetDo*", "ssm:GetParameter*"],
        },
        managed: &["AmazonSSMReadOnlyAccess"],
        but: &["ssm:*CommandI*"],
    },
];

/// Data of no level: denied to every session, with what the levels' own policies bring besides.
pub(super) const OTHER: Deny = Deny {
    sid: "NoOtherData",
    because: "it reads data that no level stands for",
    actions: &[
        "chime:*",
        "cleanrooms:GetPro*",
        "cognito-idp:ListDev*",
        "cognito-idp:ListG*",
        "cognito-idp:ListUsers*",
        "cognito-sync:*Records",
        "datapipeline:*",
        "devicefarm:List*Artifacts",
        "ebs:*",
        "es:ESH*",
        "kms:Cr*",
        "kms:Dec*",
        "kms:Der*",
        "kms:Re*",
        "lex:GetU*",
        "logs:U*",
        "mediaconnect:*Thumbnail",
        "rekognition:ListDatasetE*",
        "security-ir:GetCase*",
        "ses:ListContacts",
        "ses:ListM*",
        "sns:Sub*",
        "sqs:*Message*",
    ],
};
