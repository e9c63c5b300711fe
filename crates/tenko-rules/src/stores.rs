//! Where data is kept: which resources hold data of their own, and what they are called.

use jiff::{SignedDuration, Timestamp};

use crate::context::Context;
use crate::sink::{Seen, Unread};

/// Instances of RDS.
pub(crate) const INSTANCE: &str = "AWS::RDS::DBInstance";
/// Clusters of RDS.
pub(crate) const CLUSTER: &str = "AWS::RDS::DBCluster";
/// Tables of DynamoDB.
pub(crate) const TABLE: &str = "AWS::DynamoDB::Table";
/// Instances of Cloud SQL.
pub(crate) const CLOUD_SQL: &str = "sqladmin.googleapis.com/Instance";

/// How old a copy may be, in days, before it counts no more. RDS keeps automated backups no longer
/// (`BackupRetentionPeriod` in the API reference, `CreateDBInstance`), and what is copied every
/// month is still in.
const RECENT_DAYS: i64 = 35;

/// Whether a database holds data of its own and is past its creation: a member of a cluster is
/// judged with the cluster, a replica with its source.
pub(crate) fn is_own(database: &Seen<'_>) -> Result<bool, Unread> {
    for belongs in [
        "DBClusterIdentifier",
        "SourceDBInstanceIdentifier",
        "SourceDBClusterIdentifier",
        "ReplicationSourceIdentifier",
    ] {
        let own = belongs == "DBClusterIdentifier"
            && database.resource.key.resource_type.as_str() == CLUSTER;
        if !own && database.at(belongs)?.is_some() {
            return Ok(false);
        }
    }
    Ok(!matches!(database.text("DBInstanceStatus")?, Some("creating" | "deleting")))
}

/// Whether a table holds more than the locks of Terraform, whose only key is `LockID`.
pub(crate) fn is_data(table: &Seen<'_>) -> Result<bool, Unread> {
    let keys = table.list("KeySchema")?;
    let names: Vec<_> = keys.iter().filter_map(|key| key.get("AttributeName")?.as_str()).collect();
    Ok(names != ["LockID"])
}

/// Whether an instance of Cloud SQL holds data of its own: replicas, read pools and what stands for
/// a server elsewhere do not.
pub(crate) fn is_primary(instance: &Seen<'_>) -> Result<bool, Unread> {
    let kind = instance.text("instanceType")?;
    let is_other = matches!(
        kind,
        Some("READ_REPLICA_INSTANCE" | "READ_POOL_INSTANCE" | "ON_PREMISES_INSTANCE")
    );
    Ok(!is_other && instance.at("masterInstanceName")?.is_none())
}

/// The ARN of an RDS instance or cluster, a table or a bucket.
pub(crate) fn arn(store: &Seen<'_>) -> String {
    let key = &store.resource.key;
    let (attribute, service, kind) = match key.resource_type.as_str() {
        INSTANCE => ("DBInstanceArn", "rds", "db:"),
        CLUSTER => ("DBClusterArn", "rds", "cluster:"),
        TABLE => ("Arn", "dynamodb", "table/"),
        _ => ("Arn", "s3", ""),
    };
    if let Ok(Some(arn)) = store.text(attribute) {
        return arn.to_owned();
    }
    let (region, id) = (key.region.to_string(), &key.id);
    let partition = partition(&region);
    match service {
        "s3" => format!("arn:{partition}:s3:::{id}"),
        _ => format!("arn:{partition}:{service}:{region}:{}:{kind}{id}", key.scope),
    }
}

/// The partition of a region.
pub(crate) fn partition(region: &str) -> &'static str {
    const OTHERS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    let of = OTHERS.iter().find(|(begin, _)| region.starts_with(begin));
    of.map_or("aws", |(_, partition)| partition)
}

/// The account in an ARN.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// Whether a time lies in the last [`RECENT_DAYS`] days, or later; `None` where it is none.
pub(crate) fn is_recent(context: &Context<'_>, time: &str) -> Option<bool> {
    let time: Timestamp = time.parse().ok()?;
    let age = context.now.duration_since(time);
    Some(age <= SignedDuration::from_hours(24 * RECENT_DAYS))
}
