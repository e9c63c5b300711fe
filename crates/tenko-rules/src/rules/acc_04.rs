use tenko_core::{Message, Scope, ScopeKind, msg};

use crate::context::Context;
use crate::organization::MEMBERSHIP;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, scope_name};
use crate::workloads::{ALL, TRAIL, Tooling, Workloads};

rule! {
    /// The organization's management account holds workloads: machines, services, databases,
    /// functions, or buckets of its own.
    ///
    /// ## Why it is bad
    /// Neither service control policies nor resource control policies restrain the management
    /// account, and whoever has it can make, move and close every other account. A workload brings
    /// people, pipelines and open ports into the one account where a mistake or a break-in reaches
    /// them all.
    ///
    /// ## Example
    /// The account in which the company began runs two instances and a database, and became the
    /// management account when the organization was made.
    ///
    /// ## What it reads
    /// Which account is the management account: from discovery, or `ManagementAccountId` of the
    /// account's `AWS::Organizations::Membership`. Other accounts are not judged.
    ///
    /// These count as workloads: `AWS::EC2::Instance`, stopped ones too; `AWS::ECS::Service`;
    /// `AWS::Lambda::Function`; `AWS::ElasticLoadBalancingV2::LoadBalancer`; `AWS::RDS::DBInstance`
    /// and `AWS::RDS::DBCluster`; `AWS::DynamoDB::Table`; `AWS::S3::Bucket`.
    ///
    /// Of these, what governs the organization does not count:
    /// - buckets that a trail of the snapshot writes to (`AWS::CloudTrail::Trail`, `AWS::CloudTrail::MultiRegionTrail`, `S3BucketName`),
    ///   and buckets whose policy lets AWS deliver logs, findings, configuration, bills or reports
    ///   into them (CloudTrail, Config, CloudWatch Logs, load balancers, S3 access logs, GuardDuty,
    ///   Inspector, billing reports and data exports), unless everyone may write to them;
    /// - states of Terraform: buckets that the declaration reads states from or whose names say so
    ///   (`tfstate`, or `terraform` and `state`), and tables whose only key is `LockID`;
    /// - what belongs to a landing zone or a deployment tool by the beginning of its name or of its
    ///   stack's name: AWS Control Tower, Landing Zone Accelerator, the CDK's bootstrap
    ///   (`cdk-…-assets-…`), CloudFormation's templates;
    /// - what the provider made by itself; machines that a service such as EKS manages for the
    ///   account do count.
    ///
    /// Every other type does not count: networks, volumes, keys, topics, queues, roles, parameters,
    /// stacks. Functions and buckets of other tooling of the organization cannot be told from an
    /// application's: suppress the finding where they are all that it names.
    ///
    /// Regions that are left out of the run are not looked at, and nothing is said of them.
    ///
    /// Google Cloud has no management account.
    ///
    /// ## Unknown
    /// Where one of the types could not be read in the management account and none of the others
    /// holds a workload, and where it could not be told whether the account is the management
    /// account.
    id: "ACC-04",
    name: "Workloads in the management account",
    severity: High,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "2.1.3",
    ],
    remediation: "Move the workloads into member accounts of their stage, stateless ones first, and leave the management account to billing and the organization; or make a new, empty management account and invite the accounts there.",
    parts: [
        Part::aws(&ALL, check).also(&[TRAIL, MEMBERSHIP]),
    ],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tooling = Tooling::new(context);
    sink.scopes(context, "aws", |account| match is_management(context, account) {
        Ok(true) => {
            let key = account.key();
            let workloads = Workloads::of(context, &key, &ALL, &tooling);
            if !workloads.are_none() {
                let (account, held) = (scope_name(account), workloads.counted());
                return Judged::Bad(msg!("acc-04-bad", account = account, workloads = held).into());
            }
            match workloads.gap {
                Some(gap) => {
                    let account = key.to_string();
                    Judged::Unknown(msg!("acc-04-unread", account = account, reason = gap).into())
                }
                None => Judged::Pass,
            }
        }
        Ok(false) => Judged::Apart,
        Err(why) => {
            let account = account.key().to_string();
            Judged::Unknown(msg!("acc-04-untold", account = account, reason = why).into())
        }
    });
}

fn is_management(context: &Context<'_>, account: &Scope) -> Result<bool, Message> {
    if account.management {
        return Ok(true);
    }
    let key = account.key();
    // Discovery of an organization knows its management account.
    if context.path_of(&key).first().is_some_and(|top| top.kind == ScopeKind::Organization) {
        return Ok(false);
    }
    if let Some(reason) = context.why_unread(&key, &[MEMBERSHIP]) {
        return Err(reason);
    }
    let Some(membership) = context.of_type_in(MEMBERSHIP, &key).first() else { return Ok(false) };
    let seen = Seen::new(membership);
    let lost = |Unread(attribute)| {
        msg!("rule-attribute-unread-of", attribute = attribute, resource = MEMBERSHIP)
    };
    match seen.text("ManagementAccountId").map_err(lost)? {
        Some(id) => Ok(id == account.id.as_str()),
        None => Err(msg!("acc-04-not-named", type = MEMBERSHIP)),
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    const BUCKET: &str = "AWS::S3::Bucket";
    const INSTANCE: &str = "AWS::EC2::Instance";
    let base = || world().management("1").account("2").regions(&["r"]);
    let holding =
        |resource_type: &str, id: &str| base().within("1", "r", resource_type, id, json!({}));
    let policy = |principal: serde_json::Value| {
        json!({"BucketPolicy": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::b/AWSLogs/1/*",
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        }]}})
    };
    let bucket = |of: serde_json::Value| base().within("1", "r", BUCKET, "b", of);
    let member = |management: &str| {
        let of = json!({"ManagementAccountId": management});
        world().account_alone("1").with("1", MEMBERSHIP, "1", of).with(
            "1",
            INSTANCE,
            "i-1",
            json!({}),
        )
    };
    let mut cases: Vec<_> =
        ALL.iter().map(|name| fires("one of each type", &["1"], holding(name, "x"))).collect();
    cases.extend([
        fires(
            "counted and named",
            &["1"],
            holding(INSTANCE, "i-1").within("1", "r", INSTANCE, "i-2", json!({})).with(
                "1",
                BUCKET,
                "up",
                json!({}),
            ),
        )
        .saying("holds 2 AWS::EC2::Instance (i-1, i-2), 1 AWS::S3::Bucket (up)"),
        quiet("empty", base()),
        quiet("in a member", base().within("2", "r", INSTANCE, "i-1", json!({}))),
        quiet("what is no workload", holding("AWS::EC2::VPC", "vpc-1")),
        fires(
            "machines that EKS manages",
            &["1"],
            holding(INSTANCE, "i-1").by_provider("managed by eks.amazonaws.com"),
        ),
        quiet("made by the provider", holding("AWS::Lambda::Function", "f").by_provider("default")),
        quiet(
            "the bucket of a trail",
            bucket(json!({})).within("2", "r", TRAIL, "t", json!({"S3BucketName": "b"})),
        ),
        quiet("a bucket for logs", bucket(policy(json!({"Service": "cloudtrail.amazonaws.com"})))),
        quiet(
            "a bucket for bills",
            bucket(policy(json!({"Service": ["billingreports.amazonaws.com"]}))),
        ),
        fires(
            "a bucket for others",
            &["1"],
            bucket(policy(json!({"Service": "lambda.amazonaws.com"}))),
        ),
        fires("a bucket for everyone", &["1"], bucket(policy(json!("*")))),
        unknown("a policy that is none", &["1"], bucket(json!({"BucketPolicy": "[["}))),
        unknown("a policy that was not read", &["1"], bucket(json!({})).unread("BucketPolicy")),
        fires(
            "beside other evidence",
            &["1"],
            bucket(json!({})).unread("BucketPolicy").within("1", "r", INSTANCE, "i-1", json!({})),
        ),
        quiet("the CDK's bootstrap", holding(BUCKET, "cdk-hnb659fds-assets-1-r")),
        quiet("a state", holding(BUCKET, "acme-tfstate")),
        quiet(
            "its locks",
            base().within(
                "1",
                "r",
                "AWS::DynamoDB::Table",
                "locks",
                json!({"KeySchema": [
                    {"AttributeName": "LockID", "KeyType": "HASH"}
                ]}),
            ),
        ),
        quiet(
            "of Control Tower",
            holding("AWS::Lambda::Function", "aws-controltower-NotificationForwarder"),
        ),
        quiet(
            "of its stack",
            holding("AWS::Lambda::Function", "f")
                .tags(&[("aws:cloudformation:stack-name", "StackSet-AWSControlTowerBP-1")]),
        ),
        unknown("a type was not read", &["1"], base().denied("1", "AWS::RDS::DBInstance")),
        fires(
            "evidence counts all the same",
            &["1"],
            holding(INSTANCE, "i-1").denied("1", "AWS::RDS::DBInstance"),
        ),
        fires("by its membership", &["1"], member("1")),
        apart("a member by its membership", member("9")),
        unknown("of no known membership", &["1"], member("1").denied("1", MEMBERSHIP)),
        apart(
            "in no organization",
            world().account_alone("1").with("1", INSTANCE, "i-1", json!({})),
        ),
    ]);
    cases
}
