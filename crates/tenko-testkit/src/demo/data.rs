//! Databases and tables.

use serde_json::json;

use super::site::{MADE, MADE_SECONDS, Site};

impl Site<'_> {
    /// A PostgreSQL database whose backups are kept so many days.
    pub(super) fn database(&mut self, name: &str, group: &str, backups_days: u32) {
        self.push("rds:DescribeDBInstances", json!({
            "DBInstanceIdentifier": name, "DBInstanceArn": self.arn("rds", &format!("db:{name}")),
            "DBInstanceClass": "db.t4g.medium", "DBInstanceStatus": "available",
            "DbiResourceId": format!("db-{}", self.hex(name).to_uppercase()),
            "Engine": "postgres", "EngineVersion": "17.4", "MasterUsername": "app",
            "DBName": "app", "LicenseModel": "postgresql-license",
            "Endpoint": {
                "Address": format!("{name}.c1a2b3c4d5e6.{}.rds.amazonaws.com", self.region()),
                "Port": 5432, "HostedZoneId": "Z1RLNUO7B9Q6NB",
            },
            "AllocatedStorage": 100, "StorageType": "gp3", "Iops": 3000, "StorageThroughput": 125,
            "StorageEncrypted": true, "KmsKeyId": self.arn("kms", "alias/aws/rds"),
            "InstanceCreateTime": MADE, "BackupRetentionPeriod": backups_days,
            "PreferredBackupWindow": "02:00-02:30",
            "PreferredMaintenanceWindow": "sun:03:00-sun:03:30",
            "AvailabilityZone": format!("{}a", self.region()), "MultiAZ": true,
            "AutoMinorVersionUpgrade": true, "PubliclyAccessible": false,
            "CopyTagsToSnapshot": true, "DeletionProtection": true,
            "IAMDatabaseAuthenticationEnabled": false, "PerformanceInsightsEnabled": true,
            "MonitoringInterval": 0, "CACertificateIdentifier": "rds-ca-rsa2048-g1",
            "VpcSecurityGroups": [{ "VpcSecurityGroupId": group, "Status": "active" }],
            "DBParameterGroups": [{
                "DBParameterGroupName": "default.postgres17", "ParameterApplyStatus": "in-sync",
            }],
            "DBSubnetGroup": { "DBSubnetGroupName": name, "SubnetGroupStatus": "Complete" },
            "TagList": self.tag_list(),
        }));
    }

    /// A table on demand, with backups to any point in time.
    pub(super) fn table(&mut self, name: &str, key: &str) {
        let arn = self.arn("dynamodb", &format!("table/{name}"));
        let when = json!({ "TableName": name });
        self.push("dynamodb:ListTables", json!(name));
        self.answer(
            "dynamodb:DescribeTable",
            when.clone(),
            json!({
                "Table": {
                    "TableName": name, "TableArn": arn, "TableStatus": "ACTIVE",
                    "TableId": self.uuid(name), "CreationDateTime": MADE_SECONDS,
                    "AttributeDefinitions": [{ "AttributeName": key, "AttributeType": "S" }],
                    "KeySchema": [{ "AttributeName": key, "KeyType": "HASH" }],
                    "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" },
                    "ProvisionedThroughput": { "ReadCapacityUnits": 0, "WriteCapacityUnits": 0 },
                    "TableSizeBytes": 81_920, "ItemCount": 412, "DeletionProtectionEnabled": true,
                },
            }),
        );
        self.answer(
            "dynamodb:DescribeTimeToLive",
            when.clone(),
            json!({
                "TimeToLiveDescription": { "TimeToLiveStatus": "DISABLED" },
            }),
        );
        self.answer(
            "dynamodb:DescribeContinuousBackups",
            when,
            json!({
                "ContinuousBackupsDescription": {
                    "ContinuousBackupsStatus": "ENABLED",
                    "PointInTimeRecoveryDescription": {
                        "PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35,
                    },
                },
            }),
        );
        let tags = json!({ "Tags": self.tag_list() });
        self.answer("dynamodb:ListTagsOfResource", json!({ "ResourceArn": arn }), tags);
    }
}
