//! Keys, parameters, queues, topics and stacks.

use serde_json::{Value, json};

use super::site::{MADE, MADE_SECONDS, Site};

/// When somebody last asked CloudFormation for drift.
const CHECKED: &str = "2026-03-02T08:15:00.000Z";

/// What a stack manages: logical id, type, physical id, and what its last drift detection said.
pub(super) type StackResource<'a> = (&'a str, &'a str, &'a str, &'a str);

impl Site<'_> {
    /// The keys that AWS makes when a service is first used.
    pub(super) fn managed_keys(&mut self) {
        for (service, what) in [("rds", "RDS database volumes"), ("ssm", "SSM parameters")] {
            let text = format!("Default key that protects my {what} when no other key is defined");
            self.bare_key(service, &text, "AWS");
        }
    }

    /// A key of the customer that rotates.
    pub(super) fn key(&mut self, description: &str) {
        let id = self.bare_key(description, description, "CUSTOMER");
        let when = json!({ "KeyId": id });
        let root = self.iam_arn("root");
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "AWS": root }, "Action": "kms:*", "Resource": "*",
        }] });
        let answer = json!({ "Policy": { "$json": policy }, "PolicyName": "default" });
        self.answer("kms:GetKeyPolicy", when.clone(), answer);
        let tags = self.pairs().map(|(key, value)| json!({ "TagKey": key, "TagValue": value }));
        let tags = json!({ "Tags": tags.collect::<Value>() });
        self.answer("kms:ListResourceTags", when.clone(), tags);
        let rotation = json!({ "KeyRotationEnabled": true, "RotationPeriodInDays": 365 });
        self.answer("kms:GetKeyRotationStatus", when, rotation);
    }

    fn bare_key(&mut self, what: &str, description: &str, manager: &str) -> String {
        let id = self.uuid(what);
        let arn = self.arn("kms", &format!("key/{id}"));
        self.push("kms:ListKeys", json!({ "KeyId": id, "KeyArn": arn }));
        self.answer(
            "kms:DescribeKey",
            json!({ "KeyId": id }),
            json!({
                "KeyMetadata": {
                    "AWSAccountId": self.account(), "KeyId": id, "Arn": arn,
                    "CreationDate": MADE_SECONDS, "Enabled": true, "Description": description,
                    "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS",
                    "KeyManager": manager, "KeySpec": "SYMMETRIC_DEFAULT",
                    "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "MultiRegion": false,
                    "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
                },
            }),
        );
        id
    }

    /// A parameter that holds a secret; its value is in no answer.
    pub(super) fn secret_parameter(&mut self, name: &str) {
        self.push(
            "ssm:DescribeParameters",
            json!({
                "Name": name, "Type": "SecureString", "KeyId": "alias/aws/ssm", "Version": 3,
                "LastModifiedDate": MADE_SECONDS, "Tier": "Standard", "Policies": [],
                "LastModifiedUser": self.iam_arn("user/terraform"), "DataType": "text",
                "ARN": self.arn("ssm", &format!("parameter{name}")),
            }),
        );
        let when = json!({ "ResourceType": "Parameter", "ResourceId": name });
        let tags = json!({ "TagList": self.tag_list() });
        self.answer("ssm:ListTagsForResource", when, tags);
    }

    /// A queue, with the name of the one that takes what nobody could work off.
    pub(super) fn queue(&mut self, name: &str, dead_letters: Option<&str>) {
        let url = format!("https://sqs.{}.amazonaws.com/{}/{name}", self.region(), self.account());
        let when = json!({ "QueueUrl": url });
        self.push("sqs:ListQueues", json!(url));
        let mut attributes = json!({
            "QueueArn": self.arn("sqs", name), "CreatedTimestamp": MADE_SECONDS.to_string(),
            "LastModifiedTimestamp": MADE_SECONDS.to_string(), "DelaySeconds": "0",
            "MaximumMessageSize": "262144", "MessageRetentionPeriod": "345600",
            "ReceiveMessageWaitTimeSeconds": "20", "VisibilityTimeout": "60",
            "SqsManagedSseEnabled": "true", "ApproximateNumberOfMessages": "0",
        });
        if let (Some(dead_letters), Some(map)) = (dead_letters, attributes.as_object_mut()) {
            let arn = self.arn("sqs", dead_letters);
            let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 5 });
            map.insert("RedrivePolicy".to_owned(), json!(policy.to_string()));
        }
        let answer = json!({ "Attributes": attributes });
        self.answer("sqs:GetQueueAttributes", when.clone(), answer);
        let tags = json!({ "Tags": self.tag_map() });
        self.answer("sqs:ListQueueTags", when, tags);
    }

    /// A topic with one subscriber.
    pub(super) fn topic(&mut self, name: &str, endpoint: &str) {
        let arn = self.arn("sns", name);
        self.push("sns:ListTopics", json!({ "TopicArn": arn }));
        let when = json!({ "TopicArn": arn });
        self.answer(
            "sns:GetTopicAttributes",
            when.clone(),
            json!({
                "Attributes": {
                    "TopicArn": arn, "Owner": self.account(), "DisplayName": "",
                    "SubscriptionsConfirmed": "1", "SubscriptionsPending": "0",
                },
            }),
        );
        let tags = json!({ "Tags": self.tag_list() });
        self.answer("sns:ListTagsForResource", json!({ "ResourceArn": arn }), tags);
        self.answer(
            "sns:ListSubscriptionsByTopic",
            when,
            json!({
                "Subscriptions": [{
                    "SubscriptionArn": format!("{arn}:5a1c0f3e-7b52-4c0e-9a43-2f8f9d0b6c11"),
                    "TopicArn": arn, "Owner": self.account(), "Protocol": "https",
                    "Endpoint": endpoint,
                }],
            }),
        );
    }

    /// A stack with a parameter that its template keeps to itself, and one output.
    pub(super) fn stack(&mut self, name: &str, output: &str, resources: &[StackResource<'_>]) {
        let id = self.arn("cloudformation", &format!("stack/{name}/{}", self.uuid(name)));
        self.push(
            "cloudformation:DescribeStacks",
            json!({
                "StackId": id, "StackName": name, "StackStatus": "UPDATE_COMPLETE",
                "CreationTime": "2019-03-01T10:00:00.000Z", "LastUpdatedTime": MADE,
                "DisableRollback": false, "EnableTerminationProtection": false,
                "Capabilities": ["CAPABILITY_IAM"],
                "Parameters": [
                    { "ParameterKey": "DatabasePassword", "ParameterValue": "****" },
                    { "ParameterKey": "InstanceType", "ParameterValue": "t3.large" },
                ],
                "Outputs": [{ "OutputKey": "DatabaseUrl", "OutputValue": output }],
                "Tags": self.tag_list(),
            }),
        );
        let parameters = [("DatabasePassword", true), ("InstanceType", false)];
        let parameters = parameters.map(|(name, hidden)| {
            json!({ "ParameterKey": name, "ParameterType": "String", "NoEcho": hidden })
        });
        let when = json!({ "StackName": id });
        let answer = json!({ "Parameters": parameters });
        self.answer("cloudformation:GetTemplateSummary", when.clone(), answer);
        let resources = resources.iter().map(|(logical, kind, physical, drift)| {
            json!({
                "LogicalResourceId": logical, "PhysicalResourceId": physical,
                "ResourceType": kind, "ResourceStatus": "UPDATE_COMPLETE",
                "LastUpdatedTimestamp": MADE,
                "DriftInformation": {
                    "StackResourceDriftStatus": drift, "LastCheckTimestamp": CHECKED,
                },
            })
        });
        let answer = json!({ "StackResourceSummaries": resources.collect::<Value>() });
        self.answer("cloudformation:ListStackResources", when, answer);
    }
}
