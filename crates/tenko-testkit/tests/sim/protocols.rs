//! The shapes of answers, and what is answered where the world is silent.

use serde_json::{Value, json};
use tenko_testkit::sim::{Account, SimCloud, World, operations};

use crate::client::{MANAGEMENT, MEMBER, REGION, Signer, call, world};

async fn cloud(change: impl FnOnce(Account) -> Account) -> SimCloud {
    let mut world = world();
    let account = world.account_mut(MANAGEMENT).unwrap();
    *account = change(std::mem::take(account));
    SimCloud::start(world).await.unwrap()
}

async fn body(cloud: &SimCloud, id: &str, input: Value) -> String {
    let reply = call(cloud, &Signer::root(), id, input).await;
    assert_eq!(reply.status, 200, "{id}: {}", reply.body);
    reply.body
}

async fn code(cloud: &SimCloud, id: &str, input: Value) -> (u16, String) {
    let reply = call(cloud, &Signer::root(), id, input).await;
    (reply.status.as_u16(), reply.code())
}

#[tokio::test]
async fn lists_and_maps_have_the_services_own_elements() {
    let document = json!({ "Version": "2012-10-17", "Statement": [] });
    let cloud = cloud(|a| {
        a.items(
            REGION,
            "ec2:DescribeVpcs",
            vec![json!({ "vpcId": "vpc-1", "tagSet": [{ "key": "a<b", "value": "\u{1}&" }] })],
        )
        .items(
            REGION,
            "rds:DescribeDBInstances",
            vec![json!({ "DBInstanceIdentifier": "db", "TagList": [{ "Key": "k" }] })],
        )
        .items(
            "global",
            "iam:ListRoles",
            vec![
                json!({ "RoleName": "r", "AssumeRolePolicyDocument": { "$urlencoded": document } }),
            ],
        )
        .items("global", "s3:ListBuckets", vec![json!({ "Name": "logs", "BucketRegion": REGION })])
        .answer(
            "global",
            "s3:GetBucketTagging",
            json!({ "Bucket": "logs" }),
            json!({ "TagSet": [{ "Key": "k", "Value": "v" }] }),
        )
        .answer(
            "global",
            "s3:GetBucketEncryption",
            json!({ "Bucket": "logs" }),
            json!({ "Rule": [{ "BucketKeyEnabled": true }] }),
        )
        .answer(
            "global",
            "s3:GetBucketPolicy",
            json!({ "Bucket": "logs" }),
            json!({ "Policy": document }),
        )
        .answer(
            REGION,
            "sns:GetTopicAttributes",
            json!({ "TopicArn": "t" }),
            json!({ "Attributes": { "Owner": "1" } }),
        )
        .answer(
            REGION,
            "kms:GetKeyPolicy",
            json!({ "KeyId": "k" }),
            json!({ "Policy": { "$json": document } }),
        )
    })
    .await;
    let vpcs = body(&cloud, "ec2:DescribeVpcs", json!({})).await;
    assert!(vpcs.contains("<vpcSet><item><tagSet><item><key>a&lt;b</key><value>&#x1;&amp;</value></item></tagSet><vpcId>vpc-1</vpcId></item></vpcSet>"), "{vpcs}");
    let rds = body(&cloud, "rds:DescribeDBInstances", json!({})).await;
    assert!(rds.contains("<DescribeDBInstancesResult><DBInstances><DBInstance>"), "{rds}");
    assert!(rds.contains("<TagList><Tag><Key>k</Key></Tag></TagList>"), "{rds}");
    let roles = body(&cloud, "iam:ListRoles", json!({})).await;
    assert!(
        roles.contains("<Roles><member>") && roles.contains("%7B%22Statement%22%3A%5B%5D"),
        "{roles}"
    );
    let logs = json!({ "Bucket": "logs" });
    let tags = body(&cloud, "s3:GetBucketTagging", logs.clone()).await;
    assert!(
        tags.contains("<Tagging xmlns=") && tags.contains("<TagSet><Tag><Key>k</Key>"),
        "{tags}"
    );
    let encryption = body(&cloud, "s3:GetBucketEncryption", logs.clone()).await;
    assert!(
        encryption.contains("/\"><Rule><BucketKeyEnabled>true</BucketKeyEnabled></Rule></Server"),
        "{encryption}"
    );
    let policy = body(&cloud, "s3:GetBucketPolicy", logs.clone()).await;
    assert_eq!(serde_json::from_str::<Value>(&policy).unwrap(), document);
    let place = body(&cloud, "s3:GetBucketLocation", logs.clone()).await;
    assert!(place.contains("2006-03-01/\">ap-northeast-1</LocationConstraint>"), "{place}");
    let acl = body(&cloud, "s3:GetBucketAcl", logs).await;
    assert!(
        acl.contains("xsi:type=\"CanonicalUser\"") && acl.contains("<AccessControlList><Grant>"),
        "{acl}"
    );
    let topic = body(&cloud, "sns:GetTopicAttributes", json!({ "TopicArn": "t" })).await;
    assert!(
        topic.contains("<Attributes><entry><key>Owner</key><value>1</value></entry></Attributes>"),
        "{topic}"
    );
    let key = body(&cloud, "kms:GetKeyPolicy", json!({ "KeyId": "k" })).await;
    assert!(serde_json::from_str::<Value>(&key).unwrap()["Policy"].is_string());
}

#[tokio::test]
async fn silence_is_an_empty_list_or_the_services_own_error() {
    let cloud = cloud(|a| {
        a.items("global", "s3:ListBuckets", vec![json!({ "Name": "logs", "BucketRegion": REGION })])
            .items(REGION, "cloudformation:DescribeStacks", vec![json!({ "StackName": "empty" })])
    })
    .await;
    for (id, input) in [
        ("ec2:DescribeVolumes", json!({})),
        ("iam:ListUsers", json!({})),
        ("sqs:ListQueues", json!({})),
        ("lambda:ListFunctions", json!({})),
        ("cloudcontrol:ListResources", json!({ "TypeName": "AWS::S3::Bucket" })),
        ("cloudformation:ListStackResources", json!({ "StackName": "empty" })),
    ] {
        body(&cloud, id, input).await;
    }
    let logs = json!({ "Bucket": "logs" });
    for (id, input, status, error) in [
        ("s3:GetBucketPolicy", logs.clone(), 404, "NoSuchBucketPolicy"),
        ("s3:GetBucketTagging", logs.clone(), 404, "NoSuchTagSet"),
        ("s3:GetBucketTagging", json!({ "Bucket": "nope" }), 404, "NoSuchBucket"),
        ("iam:GetAccountPasswordPolicy", json!({}), 404, "NoSuchEntity"),
        ("iam:GetRole", json!({ "RoleName": "r" }), 404, "NoSuchEntity"),
        ("dynamodb:DescribeTable", json!({ "TableName": "t" }), 400, "ResourceNotFoundException"),
        ("lambda:GetPolicy", json!({ "FunctionName": "f" }), 404, "ResourceNotFoundException"),
        ("sqs:GetQueueAttributes", json!({ "QueueUrl": "q" }), 400, "QueueDoesNotExist"),
        (
            "cloudformation:ListStackResources",
            json!({ "StackName": "nope" }),
            400,
            "ValidationError",
        ),
        (
            "ec2:DescribeVpcAttribute",
            json!({ "VpcId": "v", "Attribute": "x" }),
            400,
            "InvalidVpcID.NotFound",
        ),
        // Loud, never an empty success.
        ("ec2:TerminateInstances", json!({}), 400, "InvalidAction"),
        ("dynamodb:DeleteTable", json!({}), 400, "UnknownOperationException"),
        ("s3:PutBucketPolicy", logs.clone(), 400, "NotImplemented"),
        ("s3:GetObject", logs.clone(), 400, "NotImplemented"),
        // What must be there must be there.
        ("iam:GetRole", json!({}), 400, "ValidationError"),
        ("ec2:DescribeVpcAttribute", json!({ "VpcId": "v" }), 400, "MissingParameter"),
        ("cloudcontrol:ListResources", json!({}), 400, "ValidationException"),
    ] {
        assert_eq!(code(&cloud, id, input).await, (status, error.to_owned()), "{id}");
    }
    let elsewhere = Signer::root().in_region("us-east-1");
    let moved = call(&cloud, &elsewhere, "s3:GetBucketPolicy", logs.clone()).await;
    assert_eq!((moved.status.as_u16(), moved.code().as_str()), (301, "PermanentRedirect"));
    assert_eq!(moved.headers["x-amz-bucket-region"], REGION);
    let head = call(&cloud, &Signer::root(), "s3:HeadBucket", logs).await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    assert_eq!(head.headers["x-amz-bucket-region"], REGION);
}

#[tokio::test]
async fn inputs_select_records() {
    let cloud = cloud(|a| {
        a.items(REGION, "ec2:DescribeVpcs", vec![
            json!({ "vpcId": "vpc-1", "isDefault": true, "tagSet": [{ "key": "env", "value": "prod" }] }),
            json!({ "vpcId": "vpc-2", "isDefault": false }),
        ])
        .items(REGION, "ecs:DescribeClusters", vec![json!({ "clusterArn": "arn:a", "clusterName": "a" })])
        .answer_items(REGION, "cloudcontrol:ListResources", json!({ "TypeName": "A" }), vec![json!({ "Identifier": "one" })])
        .answer_items("global", "iam:ListRoleTags", json!({ "RoleName": "r" }), vec![json!({ "Key": "k" })])
        .items(REGION, "lambda:GetFunctionConfiguration", vec![json!({ "FunctionName": "f", "Runtime": "x" })])
        .answer(REGION, "ec2:DescribeVpcAttribute", json!({ "Attribute": "enableDnsSupport" }), json!({ "enableDnsSupport": { "value": true } }))
    })
    .await;
    let vpcs = |input| body(&cloud, "ec2:DescribeVpcs", input);
    assert!(!vpcs(json!({ "VpcId.1": "vpc-2" })).await.contains("vpc-1"));
    assert_eq!(
        code(&cloud, "ec2:DescribeVpcs", json!({ "VpcId.1": "vpc-3" })).await.1,
        "InvalidVpcID.NotFound"
    );
    assert!(
        !vpcs(json!({ "Filter.1.Name": "is-default", "Filter.1.Value.1": "true" }))
            .await
            .contains("vpc-2")
    );
    assert!(
        !vpcs(json!({ "Filter.1.Name": "tag:env", "Filter.1.Value.1": "prod" }))
            .await
            .contains("vpc-2")
    );
    let odd = json!({ "Filter.1.Name": "no-such", "Filter.1.Value.1": "x" });
    assert_eq!(code(&cloud, "ec2:DescribeVpcs", odd).await.1, "InvalidParameterValue");
    let clusters =
        body(&cloud, "ecs:DescribeClusters", json!({ "clusters": ["arn:a", "arn:b"] })).await;
    assert!(
        clusters.contains("\"clusterName\":\"a\"")
            && clusters.contains("{\"arn\":\"arn:b\",\"reason\":\"MISSING\"}")
    );
    assert!(
        body(&cloud, "cloudcontrol:ListResources", json!({ "TypeName": "A" }))
            .await
            .contains("one")
    );
    assert!(
        !body(&cloud, "cloudcontrol:ListResources", json!({ "TypeName": "B" }))
            .await
            .contains("one")
    );
    assert!(
        !body(&cloud, "iam:ListRoleTags", json!({ "RoleName": "other" })).await.contains("<Key>")
    );
    assert!(
        body(&cloud, "lambda:GetFunctionConfiguration", json!({ "FunctionName": "f" }))
            .await
            .starts_with("{\"FunctionName\":\"f\"")
    );
    assert_eq!(
        code(&cloud, "lambda:GetFunctionConfiguration", json!({ "FunctionName": "g" })).await.0,
        404
    );
    let dns = body(
        &cloud,
        "ec2:DescribeVpcAttribute",
        json!({ "VpcId": "vpc-1", "Attribute": "enableDnsSupport" }),
    )
    .await;
    assert!(dns.contains("<enableDnsSupport><value>true</value></enableDnsSupport>"));
    let regions = body(&cloud, "ec2:DescribeRegions", json!({})).await;
    assert!(regions.contains(REGION) && !regions.contains("me-south-1"));
    let all = body(&cloud, "ec2:DescribeRegions", json!({ "AllRegions": "true" })).await;
    assert!(all.contains("me-south-1") && all.contains("not-opted-in"));
    let opted = body(
        &cloud,
        "account:ListRegions",
        json!({ "AccountId": MEMBER, "RegionOptStatusContains": ["DISABLED"] }),
    )
    .await;
    assert!(opted.contains("me-south-1") && !opted.contains(REGION));
}

#[test]
fn a_world_goes_through_json_unchanged_and_refuses_typing_errors() {
    let text = json!({
        "organization": { "id": "o-1", "management_account": "1", "roots": [{ "id": "r-1", "name": "Root" }],
            "policies": [{ "id": "p-1", "name": "Deny", "content": {}, "targets": ["r-1"] }] },
        "keys": [{ "id": "AKIA", "account": "1", "arn": "arn:aws:iam::1:user/a" }],
        "accounts": [{
            "id": "1", "name": "one", "parent": "r-1", "state": "PENDING_CLOSURE", "joined": "2024-01-02T03:04:05Z",
            "regions": { "ap-east-1": "ENABLED" }, "roles": [{ "name": "TenkoAudit", "external_id": "x" }],
            "data": { "eu-west-1": { "sqs:ListQueues": { "items": ["http://q"] } } },
        }],
        "faults": [{ "kind": { "deny": { "by": "scp_explicit" } }, "region": "eu-west-1" }, { "kind": "throttle", "times": 2 }],
        "page_size": 2,
    })
    .to_string();
    let world = World::from_json(&text).unwrap();
    let once = serde_json::to_value(&world).unwrap();
    let again = World::from_json(&once.to_string()).unwrap();
    assert_eq!(once, serde_json::to_value(again).unwrap());
    assert!(World::from_json(&text.replace("\"regions\"", "\"regoins\"")).is_err());
}

#[tokio::test]
async fn a_world_with_mistakes_does_not_start() {
    let mut world = world();
    assert_eq!(world.problems(), Vec::<String>::new());
    let member = world.account_mut(MEMBER).unwrap();
    member.parent = Some("ou-gone".into());
    member.entry(REGION, "ec2:DescribeVolume").items = Some(Vec::new());
    member.entry("ap-nowhere-1", "ec2:DescribeVolumes").items = Some(Vec::new());
    member.entry(REGION, "kms:DescribeKey").items = Some(Vec::new());
    world.keys[0].account = "1".into();
    let refusal = SimCloud::start(world).await.err().unwrap().to_string();
    for part in
        ["ou-gone", "ec2:DescribeVolume,", "ap-nowhere-1", "kms:DescribeKey answers", "AKIAROOT"]
    {
        assert!(refusal.contains(part), "{part} in {refusal}");
    }
}

#[test]
fn the_documented_world_is_sound() {
    let docs = include_str!("../../src/sim/mod.rs");
    let block = docs.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let text: String = block.lines().map(|l| l.trim_start_matches("//!")).collect();
    assert_eq!(World::from_json(&text).unwrap().problems(), Vec::<String>::new());
}

#[test]
fn the_table_is_sound() {
    let mut ids: Vec<_> = operations().iter().map(|op| &op.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), operations().len());
    for op in operations() {
        assert_eq!(op.id, format!("{}:{}", op.service().id, op.name()));
        let answers = !op.lists.is_empty() || op.missing.is_some() || op.default.is_some();
        let organization = op.service().id == "organizations";
        assert!(answers || organization, "{} would answer nothing", op.id);
        assert!(op.page.is_none() || !op.lists.is_empty(), "{}", op.id);
    }
}
