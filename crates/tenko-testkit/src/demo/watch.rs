//! What watches over an account: the organization's trail, GuardDuty, AWS Config, and copies of data.

use serde_json::{Value, json};

use super::org::MANAGEMENT;
use super::site::{MADE, MADE_SECONDS, Site};

/// Who administers GuardDuty for everyone.
const SECURITY_TOOLING: &str = "222222222202";
/// Where copies of data go.
const LOG_ARCHIVE: &str = "222222222201";

/// The organization's trail, which the management account has in its region and everyone sees.
const TRAIL_HOME: &str = "us-east-1";

impl Site<'_> {
    /// The organization's trail, as every account is shown it.
    pub(super) fn organization_trail(&mut self) {
        let arn = format!("arn:aws:cloudtrail:{TRAIL_HOME}:{MANAGEMENT}:trail/organization");
        self.push_global(
            "cloudtrail:DescribeTrails",
            json!({
                "Name": "organization", "S3BucketName": "example-org-cloudtrail",
                "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": true,
                "HomeRegion": TRAIL_HOME, "TrailARN": arn, "LogFileValidationEnabled": true,
                "HasCustomEventSelectors": false, "HasInsightSelectors": false,
                "IsOrganizationTrail": true,
            }),
        );
        let status = json!({ "IsLogging": true, "StartLoggingTime": MADE_SECONDS });
        self.answer_global("cloudtrail:GetTrailStatus", json!({ "Name": arn }), status);
        let selectors = json!({ "TrailARN": arn, "EventSelectors": [{
            "ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [],
            "ExcludeManagementEventSources": [],
        }] });
        self.answer_global("cloudtrail:GetEventSelectors", json!({ "TrailName": arn }), selectors);
        if self.account() == MANAGEMENT {
            let tags = json!({ "ResourceId": arn, "TagsList": [] });
            self.push_global("cloudtrail:ListTags", tags);
        }
    }

    /// GuardDuty and a recorder of AWS Config, as the security team turns them on where an account works.
    pub(super) fn watched(&mut self) {
        let detector = self.hex("detector");
        let when = json!({ "DetectorId": detector });
        self.push("guardduty:ListDetectors", json!(detector));
        let features = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS", "S3_DATA_EVENTS"];
        let features = features.map(|name| json!({ "name": name, "status": "ENABLED" }));
        self.answer(
            "guardduty:GetDetector",
            when.clone(),
            json!({
                "createdAt": MADE, "updatedAt": MADE, "status": "ENABLED", "tags": {},
                "findingPublishingFrequency": "FIFTEEN_MINUTES", "features": features,
                "serviceRole": self.linked_role("guardduty", "AmazonGuardDuty"),
            }),
        );
        if self.account() != SECURITY_TOOLING {
            let administrator =
                json!({ "accountId": SECURITY_TOOLING, "relationshipStatus": "Enabled" });
            let answer = json!({ "administrator": administrator });
            self.answer("guardduty:GetAdministratorAccount", when, answer);
        }
        self.push(
            "config:DescribeConfigurationRecorders",
            json!({
                "name": "default", "roleARN": self.linked_role("config", "Config"),
                "arn": self.arn("config", "configuration-recorder/default/demo"),
                "recordingGroup": {
                    "allSupported": true, "includeGlobalResourceTypes": false,
                    "resourceTypes": [], "exclusionByResourceTypes": { "resourceTypes": [] },
                    "recordingStrategy": { "useOnly": "ALL_SUPPORTED_RESOURCE_TYPES" },
                },
                "recordingMode": {
                    "recordingFrequency": "CONTINUOUS", "recordingModeOverrides": [],
                },
                "recordingScope": "PAID",
            }),
        );
        self.push(
            "config:DescribeConfigurationRecorderStatus",
            json!({ "name": "default", "recording": true, "lastStatus": "Success" }),
        );
    }

    fn linked_role(&self, service: &str, name: &str) -> String {
        let path = format!("role/aws-service-role/{service}.amazonaws.com");
        self.iam_arn(&format!("{path}/AWSServiceRoleFor{name}"))
    }

    /// A plan that copies a database each night, with a second copy in an account of its own.
    pub(super) fn backups(&mut self, name: &str, database: &str) {
        let vault = self.arn("backup", &format!("backup-vault:{name}"));
        let key = self.arn("kms", &format!("key/{}", self.uuid("backup")));
        let tags = json!({ "Tags": self.tag_map() });
        self.push(
            "backup:ListBackupVaults",
            json!({
                "BackupVaultName": name, "BackupVaultArn": vault, "VaultType": "BACKUP_VAULT",
                "CreationDate": MADE_SECONDS, "EncryptionKeyArn": key, "Locked": true,
                "NumberOfRecoveryPoints": 35, "MinRetentionDays": 7, "MaxRetentionDays": 35,
            }),
        );
        self.answer("backup:ListTags", json!({ "resourceArn": vault }), tags.clone());
        let id = self.uuid(&format!("plan {name}"));
        let arn = self.arn("backup", &format!("backup-plan:{id}"));
        let record = json!({
            "BackupPlanId": id, "BackupPlanArn": arn, "BackupPlanName": name,
            "CreationDate": MADE_SECONDS, "VersionId": "MQ==",
        });
        self.push("backup:ListBackupPlans", record);
        self.answer("backup:ListTags", json!({ "resourceArn": arn }), tags);
        let second = format!("arn:aws:backup:{}:{LOG_ARCHIVE}:backup-vault:copies", self.region());
        let rule = json!({
            "RuleName": "nightly", "RuleId": "1", "TargetBackupVaultName": name,
            "ScheduleExpression": "cron(0 3 ? * * *)", "StartWindowMinutes": 60,
            "CompletionWindowMinutes": 180, "Lifecycle": { "DeleteAfterDays": 35 },
            "CopyActions": [{ "DestinationBackupVaultArn": second }],
            "EnableContinuousBackup": false,
        });
        let when = json!({ "backupPlanId": id });
        let plan = json!({ "BackupPlan": { "BackupPlanName": name, "Rules": [rule] } });
        self.answer("backup:GetBackupPlan", when.clone(), plan);
        let selection = self.uuid(&format!("selection {name}"));
        let listed = json!({ "SelectionId": selection, "SelectionName": "database" });
        let answer = json!({ "BackupSelectionsList": [listed] });
        self.answer("backup:ListBackupSelections", when, answer);
        let database = self.arn("rds", &format!("db:{database}"));
        let chosen = json!({ "BackupSelection": {
            "SelectionName": "database", "Resources": [database], "ListOfTags": [],
            "IamRoleArn": self.iam_arn("role/service-role/AWSBackupDefaultServiceRole"),
            "NotResources": [], "Conditions": {},
        } });
        let when = json!({ "backupPlanId": id, "selectionId": selection });
        self.answer("backup:GetBackupSelection", when, chosen);
        self.push(
            "backup:ListProtectedResources",
            json!({
                "ResourceArn": database, "ResourceType": "RDS", "LastBackupTime": MADE_SECONDS,
                "LastBackupVaultArn": vault,
            }),
        );
    }

    /// What AWS lets the account have in the region, with so many vCPUs of machines.
    pub(super) fn quotas(&mut self, vcpus: u32) {
        let quotas = [
            ("vpc", "L-F678F1CE", "VPCs per Region", 5),
            ("vpc", "L-A4707A72", "Internet gateways per Region", 5),
            ("vpc", "L-E79EC296", "VPC security groups per Region", 2500),
            ("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5),
            ("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50),
            ("vpc", "L-407747CB", "Subnets per VPC", 200),
            ("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5),
            (
                "ec2",
                "L-1216C47A",
                "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
                vcpus,
            ),
            ("rds", "L-7B6409FD", "DB instances", 40),
            ("rds", "L-952B80B8", "DB clusters", 40),
            ("rds", "L-272F1212", "Manual DB instance snapshots", 100),
            ("s3", "L-FAABEEBA", "Access Points", 10_000),
            ("dynamodb", "L-F98FE922", "Maximum number of tables", 2500),
            ("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region", 50),
            ("elasticloadbalancing", "L-69A177A2", "Network Load Balancers per Region", 50),
            ("autoscaling", "L-CDE20ADC", "Auto Scaling groups per region", 500),
            ("cloudformation", "L-0485CB21", "Stack count", 2000),
            ("ecs", "L-21C621EB", "Clusters per account", 10_000),
        ];
        for (service, code, name, value) in quotas {
            self.quota(service, code, name, value);
        }
        // It holds for the whole account and is shown in one region.
        if self.region() == "us-east-1" {
            self.quota("s3", "L-DC2B2D3D", "General purpose buckets", 10_000);
        }
    }

    fn quota(&mut self, service: &str, code: &str, name: &str, value: u32) {
        let quota: Value = json!({
            "ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": f64::from(value),
            "QuotaArn": self.arn("servicequotas", &format!("{service}/{code}")), "Unit": "None",
            "Adjustable": true, "GlobalQuota": code == "L-DC2B2D3D",
            "QuotaAppliedAtLevel": "ACCOUNT",
        });
        self.push("service-quotas:ListServiceQuotas", quota);
    }
}
