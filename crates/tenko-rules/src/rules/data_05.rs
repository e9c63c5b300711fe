use tenko_core::{Resource, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, name_of};
use crate::stores::{CLOUD_SQL, CLUSTER, INSTANCE, TABLE, is_data, is_own, is_primary};

rule! {
    /// A database can be deleted by one call: deletion protection is off for an RDS instance or
    /// cluster, a DynamoDB table or a Cloud SQL instance.
    ///
    /// ## Why it is bad
    /// A wrong `terraform destroy`, a renamed resource or a click in the wrong account deletes the
    /// database, and with RDS and Cloud SQL its automated backups unless they are kept on purpose. With
    /// deletion protection the call fails, and somebody has to switch it off first.
    ///
    /// ## Example
    /// ```json
    /// { "DBInstanceIdentifier": "orders", "DeletionProtection": false }
    /// ```
    ///
    /// ## What it reads
    /// - `AWS::RDS::DBInstance` and `AWS::RDS::DBCluster`: `DeletionProtection`. Members of a cluster
    ///   hold none of its data. Read replicas, and clusters that replicate from another, follow their
    ///   source. None of these is judged.
    /// - `AWS::DynamoDB::Table`: `DeletionProtectionEnabled`. A table whose only key is `LockID` holds
    ///   locks of Terraform and is not judged.
    /// - `sqladmin.googleapis.com/Instance`: `settings.deletionProtectionEnabled`. Replicas are not
    ///   judged. The setting of the same name in Terraform's provider alone does not count.
    ///
    /// All stages are judged: where databases of a test environment come and go, lower the rule for
    /// those stages. Spanner protects databases (`enableDropProtection`), which are not collected. Load
    /// balancers are not judged: they hold no data, and code makes them anew.
    ///
    /// ## Unknown
    /// Where the setting, or what tells a replica, could not be read or is not told.
    ///
    /// ## Compared with Prowler
    /// `rds_instance_deletion_protection`, `rds_cluster_deletion_protection` and
    /// `dynamodb_table_deletion_protection_enabled` judge read replicas and tables for locks too.
    id: "DATA-05",
    name: "Database without deletion protection",
    severity: Medium,
    needs_tenants: false,
    references: [
        "AWS Security Hub" => "RDS.7",
        "AWS Security Hub" => "RDS.8",
        "AWS Security Hub" => "DynamoDB.6",
        "AWS Config" => "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
        "CIS Google Cloud v5.0" => "6.9",
        "Prowler" => "rds_instance_deletion_protection",
        "Prowler" => "rds_cluster_deletion_protection",
        "Prowler" => "dynamodb_table_deletion_protection_enabled",
    ],
    remediation: "Switch deletion protection on; it takes no restart.",
    parts: [
        Part::aws(&[INSTANCE, CLUSTER, TABLE], check_aws),
        Part::gcp(&[CLOUD_SQL], check_gcp)],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    for resource_type in [INSTANCE, CLUSTER] {
        sink.each(context, resource_type, |database| judge(database, is_own, "DeletionProtection"));
    }
    sink.each(context, TABLE, |table| judge(table, is_data, "DeletionProtectionEnabled"));
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, CLOUD_SQL, |instance| {
        let path = "settings.deletionProtectionEnabled";
        // Where it was never set, Google leaves it out.
        match judge(instance, is_primary, path)? {
            Judged::Unknown(_) => Ok(off(instance)),
            judged => Ok(judged),
        }
    });
}

fn judge(
    resource: &Resource,
    is_judged: fn(&Seen<'_>) -> Result<bool, Unread>,
    path: &str,
) -> Result<Judged, Unread> {
    let seen = Seen::new(resource);
    if !is_judged(&seen)? {
        return Ok(Judged::Apart);
    }
    Ok(match seen.bool(path)? {
        Some(true) => Judged::Pass,
        Some(false) => off(resource),
        None => Judged::Unknown(msg!("data-05-untold", name = name_of(resource)).into()),
    })
}

fn off(resource: &Resource) -> Judged {
    Judged::Bad(msg!("data-05-bad", name = name_of(resource)).into())
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let aws = |resource_type: &str, attributes: Value| {
        world().account("1").with("1", resource_type, "d", attributes)
    };
    let rds = |on: bool| aws(INSTANCE, json!({"DeletionProtection": on}));
    let sql = |attributes: Value| world().project("p").with("gcp:p", CLOUD_SQL, "d", attributes);
    let protected = |on: bool| sql(json!({"settings": {"deletionProtectionEnabled": on}}));
    vec![
        fires("an instance", &["1/d"], rds(false)).saying("AWS::RDS::DBInstance d has no"),
        quiet("a protected one", rds(true)),
        apart(
            "a member of a cluster",
            aws(INSTANCE, json!({"DeletionProtection": false, "DBClusterIdentifier": "c"})),
        ),
        apart(
            "a replica",
            aws(INSTANCE, json!({"DeletionProtection": false, "SourceDBClusterIdentifier": "c"})),
        ),
        fires(
            "a cluster",
            &["1/d"],
            aws(CLUSTER, json!({"DeletionProtection": false, "DBClusterIdentifier": "d"})),
        ),
        quiet("a protected cluster", aws(CLUSTER, json!({"DeletionProtection": true}))),
        apart(
            "a cluster that follows another",
            aws(CLUSTER, json!({"DeletionProtection": false, "ReplicationSourceIdentifier": "a"})),
        ),
        fires("a table", &["1/d"], aws(TABLE, json!({"DeletionProtectionEnabled": false}))),
        quiet("a protected table", aws(TABLE, json!({"DeletionProtectionEnabled": true}))),
        apart(
            "locks of Terraform",
            aws(
                TABLE,
                json!({"KeySchema": [{"AttributeName": "LockID"}], "DeletionProtectionEnabled": false}),
            ),
        ),
        unknown("not read", &["1/d"], rds(false).unread("DeletionProtection")),
        unknown("not told", &["1/d"], aws(INSTANCE, json!({}))),
        unknown("its source not read", &["1/d"], rds(false).unread("SourceDBInstanceIdentifier")),
        unknown("denied", &["1"], world().account("1").denied("1", TABLE)),
        fires("Cloud SQL: off", &["gcp:p/d"], protected(false)),
        fires("Cloud SQL: never set", &["gcp:p/d"], sql(json!({"settings": {}}))),
        quiet("Cloud SQL: on", protected(true)),
        apart("Cloud SQL: a replica", sql(json!({"instanceType": "READ_REPLICA_INSTANCE"}))),
        unknown("Cloud SQL: not read", &["gcp:p/d"], protected(false).unread("settings")),
        unknown("Cloud SQL: denied", &["gcp:p"], world().project("p").denied("gcp:p", CLOUD_SQL)),
    ]
}
