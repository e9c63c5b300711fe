use tenko_core::{Message, Resource, msg};

use crate::backups::{Copied, PLAN, PROTECTED, Planned, Plans, Protected, Wanted};
use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, name_of};
use crate::stores::{CLOUD_SQL, CLUSTER, INSTANCE, TABLE, arn, is_data, is_own, is_primary};

const SPANNER: &str = "spanner.googleapis.com/Instance";

rule! {
    /// Nothing backs up a database: an RDS instance or cluster without automated backups, a DynamoDB
    /// table without point-in-time recovery, each of which AWS Backup does not back up either; or a
    /// Cloud SQL instance without automated backups.
    ///
    /// ## Why it is bad
    /// A dropped table, a wrong migration, an intruder who encrypts: what replicas and zones hold is
    /// gone with it, as they follow every change. Only a backup has the state from before.
    ///
    /// ## Example
    /// ```json
    /// { "DBInstanceIdentifier": "orders", "BackupRetentionPeriod": 0 }
    /// ```
    ///
    /// ## What it reads
    /// - `AWS::RDS::DBInstance` and `AWS::RDS::DBCluster`: `BackupRetentionPeriod`, which is 0 where
    ///   there are no automated backups. Members of a cluster are judged with it. Read replicas and
    ///   clusters that replicate from another are not judged: their source is. Nor are instances that
    ///   are being made or deleted.
    /// - `AWS::DynamoDB::Table`: `PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled`. A
    ///   table whose only key is `LockID` holds locks of Terraform and is not judged.
    /// - `AWS::Backup::ProtectedResource`: a copy by AWS Backup counts where the last one is at most 35
    ///   days old, the longest time for which RDS keeps automated backups.
    /// - `AWS::Backup::BackupPlan` in the region: a plan with a rule counts where its `Selections` have
    ///   the database, by `Resources`, `NotResources`, `ListOfTags` and `Conditions`. Whether AWS Backup
    ///   is switched on for the kind of resource, and its role may read it, cannot be seen.
    /// - `sqladmin.googleapis.com/Instance`: `settings.backupConfiguration.enabled`, and `backupTier`,
    ///   which is not `STANDARD` where the Backup and DR service makes the backups. Replicas are
    ///   not judged.
    /// - `spanner.googleapis.com/Instance`: `defaultBackupScheduleType`. Databases of Spanner and their
    ///   backup schedules are not collected: none can fail or pass.
    ///
    /// Manual snapshots are no backups: nobody makes the next one. How long backups are kept, and
    /// whether they can be restored, is not judged.
    ///
    /// ## Unknown
    /// Where the database has no backups of its own as far as could be read, and its attributes, its
    /// tags, the plans or the copies of AWS Backup could not all be read, or a selection by tags is
    /// open. For a Spanner instance that gives new databases no backup schedule.
    ///
    /// ## Compared with Prowler
    /// `rds_instance_backup_enabled`, `dynamodb_tables_pitr_enabled` and
    /// `cloudsql_instance_automated_backups` ask the same, but a database that only AWS Backup backs up
    /// fails there.
    id: "DATA-03",
    name: "Database without backups",
    severity: High,
    needs_tenants: false,
    references: [
        "AWS Security Hub" => "RDS.11",
        "AWS Security Hub" => "DynamoDB.2",
        "AWS Config" => "DB_INSTANCE_BACKUP_ENABLED",
        "AWS Config" => "DYNAMODB_PITR_ENABLED",
        "CIS Google Cloud v5.0" => "6.8",
        "Prowler" => "rds_instance_backup_enabled",
        "Prowler" => "dynamodb_tables_pitr_enabled",
        "Prowler" => "cloudsql_instance_automated_backups",
    ],
    remediation: "Set a backup retention period, enable point-in-time recovery or automated backups, or let a plan of AWS Backup select the database.",
    parts: [
        Part::aws(&[INSTANCE, CLUSTER, TABLE], check_aws).also(&[PLAN, PROTECTED]),
        Part::gcp(&[CLOUD_SQL], check_gcp).also(&[SPANNER])],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    let aws_backup =
        AwsBackup { context, plans: Plans::new(context), protected: Protected::new(context) };
    for (resource_type, judge) in
        [(INSTANCE, of_rds as Check), (CLUSTER, of_rds as Check), (TABLE, of_table as Check)]
    {
        sink.each(context, resource_type, |database| {
            let seen = Seen::new(database);
            let own = judge(&seen);
            aws_backup.judge(&seen, own)
        });
    }
}

/// What a database has of its own.
enum Own {
    /// Backups.
    Backups,
    /// None, and the evidence: a clause.
    Nothing(Message),
    Apart,
}

type Check = fn(&Seen<'_>) -> Result<Own, Unread>;

fn of_rds(database: &Seen<'_>) -> Result<Own, Unread> {
    if !is_own(database)? {
        return Ok(Own::Apart);
    }
    let name = name_of(database.resource);
    Ok(match database.number("BackupRetentionPeriod")? {
        Some(days) if days > 0.0 => Own::Backups,
        Some(_) => Own::Nothing(msg!("data-03-no-rds-backups", name = name)),
        None => return Err(Unread("BackupRetentionPeriod".to_owned())),
    })
}

fn of_table(table: &Seen<'_>) -> Result<Own, Unread> {
    if !is_data(table)? {
        return Ok(Own::Apart);
    }
    let on = table.bool("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled")?;
    Ok(match on {
        Some(true) => Own::Backups,
        _ => Own::Nothing(msg!("data-03-no-recovery", name = name_of(table.resource))),
    })
}

struct AwsBackup<'c, 'a> {
    context: &'c Context<'a>,
    plans: Plans,
    protected: Protected<'a>,
}

impl AwsBackup<'_, '_> {
    fn judge(&self, database: &Seen<'_>, own: Result<Own, Unread>) -> Result<Judged, Unread> {
        let (resource, arn) = (database.resource, arn(database));
        let lacks = match own {
            Ok(Own::Apart) => return Ok(Judged::Apart),
            Ok(Own::Backups) => return Ok(Judged::Pass),
            Ok(Own::Nothing(lacks)) => Ok(lacks),
            Err(unread) => Err(unread),
        };
        let here = resource.key.scope_key();
        let copied = self.protected.copy(self.context, &arn, |holder| *holder == here);
        if copied == Ok(Some(Copied::Recent)) {
            return Ok(Judged::Pass);
        }
        let planned = self.plans.of(self.context, resource, &arn, Wanted::Backup);
        if planned == Planned::Yes {
            return Ok(Judged::Pass);
        }
        let lacks = lacks?;
        let unread = self.context.why_unread_in(&here, &resource.key.region, &[PROTECTED]);
        let gap = match (planned, unread) {
            (Planned::Perhaps(why), _) | (_, Some(why)) => Some(why),
            _ => None,
        };
        if let Some(why) = gap {
            let message = msg!("data-03-unknown", lacks = lacks, reason = why);
            return Ok(Judged::Unknown(message.into()));
        }
        Ok(match copied {
            Ok(Some(Copied::Recent)) => Judged::Pass,
            Ok(Some(Copied::Old(time))) => {
                Judged::Bad(msg!("data-03-bad-old", lacks = lacks, time = time).into())
            }
            Ok(None) => Judged::Bad(msg!("data-03-bad", lacks = lacks).into()),
            Err(Unread(path)) => {
                let name = name_of(resource);
                Judged::Unknown(msg!("data-03-copy-unread", attribute = path, name = name).into())
            }
        })
    }
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, CLOUD_SQL, of_cloud_sql);
    sink.each(context, SPANNER, of_spanner);
}

fn of_cloud_sql(resource: &Resource) -> Result<Judged, Unread> {
    let instance = Seen::new(resource);
    if !is_primary(&instance)? {
        return Ok(Judged::Apart);
    }
    let enabled = instance.bool("settings.backupConfiguration.enabled")? == Some(true);
    let tier = instance.text("settings.backupConfiguration.backupTier")?;
    if enabled || matches!(tier, Some("ENHANCED" | "ADVANCED")) {
        return Ok(Judged::Pass);
    }
    Ok(Judged::Bad(msg!("data-03-bad-cloud-sql", name = name_of(resource)).into()))
}

fn of_spanner(resource: &Resource) -> Result<Judged, Unread> {
    let kind = Seen::new(resource).text("defaultBackupScheduleType")?.map(str::to_owned);
    if kind.as_deref() == Some("AUTOMATIC") {
        return Ok(Judged::Apart);
    }
    Ok(Judged::Unknown(msg!("data-03-spanner", name = name_of(resource)).into()))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let rds = |attributes: Value| {
        world().account("1").regions(&["r"]).within("1", "r", INSTANCE, "orders", attributes)
    };
    let none = || rds(json!({"BackupRetentionPeriod": 0}));
    let cluster = |attributes: Value| {
        world().account("1").regions(&["r"]).within("1", "r", CLUSTER, "c", attributes)
    };
    let table = |on: Value| {
        let attributes = json!({"KeySchema": [{"AttributeName": "id"}],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": on}});
        world().account("1").regions(&["r"]).within("1", "r", TABLE, "t", attributes)
    };
    let protected = |world: World, account: &str, time: Value| {
        let arn = "arn:aws:rds:r:1:db:orders";
        world.within(account, "r", PROTECTED, arn, json!({"LastBackupTime": time}))
    };
    let plan = |world: World, region: &str, selection: Value| {
        let attributes = json!({"Rules": [{"RuleName": "daily"}], "Selections": [selection]});
        world.within("1", region, PLAN, "plan", attributes)
    };
    let all = || json!({"Resources": ["arn:aws:rds:*:*:db:*"]});
    let tagged = || {
        json!({"ListOfTags": [{"ConditionType": "STRINGEQUALS",
            "ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "yes"}]})
    };
    let sql = |attributes: Value| world().project("p").with("gcp:p", CLOUD_SQL, "i", attributes);
    let backups =
        |enabled: bool| sql(json!({"settings": {"backupConfiguration": {"enabled": enabled}}}));
    vec![
        fires("no retention", &["1/orders"], none())
            .saying("BackupRetentionPeriod 0), and AWS Backup does not back it up"),
        quiet("a day of retention", rds(json!({"BackupRetentionPeriod": 1}))),
        apart(
            "a member of a cluster",
            rds(json!({"BackupRetentionPeriod": 0, "DBClusterIdentifier": "c"})),
        ),
        apart(
            "a replica",
            rds(json!({"BackupRetentionPeriod": 0, "SourceDBInstanceIdentifier": "o"})),
        ),
        apart(
            "being made",
            rds(json!({"BackupRetentionPeriod": 0, "DBInstanceStatus": "creating"})),
        ),
        fires(
            "a cluster",
            &["1/c"],
            cluster(json!({"BackupRetentionPeriod": 0, "DBClusterIdentifier": "c"})),
        ),
        quiet("with backups", cluster(json!({"BackupRetentionPeriod": 7}))),
        fires("a table", &["1/t"], table(json!(false))).saying("no point-in-time recovery"),
        quiet("with recovery", table(json!(true))),
        apart("locks of Terraform", {
            let attributes = json!({"KeySchema": [{"AttributeName": "LockID", "KeyType": "HASH"}]});
            world().account("1").regions(&["r"]).within("1", "r", TABLE, "t", attributes)
        }),
        quiet("a copy by AWS Backup", protected(none(), "1", json!("2026-05-01T00:00:00Z"))),
        quiet("35 days old", protected(none(), "1", json!("2026-04-27T12:00:00Z"))),
        fires("older", &["1/orders"], protected(none(), "1", json!("2026-04-27T11:59:59Z")))
            .saying("the last copy by AWS Backup is from 2026-04-27T11:59:59Z"),
        fires(
            "a copy of another account's database",
            &["1/orders"],
            protected(none().account("2"), "2", json!("2026-05-30T00:00:00Z")),
        ),
        unknown("a time that is none", &["1/orders"], protected(none(), "1", json!("soon"))),
        unknown("a copy without a time", &["1/orders"], protected(none(), "1", json!(null)))
            .saying("LastBackupTime of a copy of AWS::RDS::DBInstance orders"),
        quiet("a plan selects it", plan(none(), "r", all())),
        fires("in another region", &["1/orders"], plan(none().regions(&["r", "s"]), "s", all())),
        fires("a plan for others", &["1/orders"], plan(none(), "r", tagged())),
        quiet("a plan by tags", plan(none().tags(&[("backup", "yes")]), "r", tagged())),
        unknown(
            "its tags were not read",
            &["1/orders"],
            plan(none().unread("Tags"), "r", tagged()),
        ),
        unknown("plans denied", &["1/orders"], none().denied("1", PLAN)),
        unknown(
            "selections not read",
            &["1/orders"],
            plan(none(), "r", all()).unread("Selections"),
        ),
        unknown("copies denied", &["1/orders"], none().denied("1", PROTECTED)),
        quiet("and need not be", rds(json!({"BackupRetentionPeriod": 1})).denied("1", PLAN)),
        unknown("retention not read", &["1/orders"], none().unread("BackupRetentionPeriod")),
        unknown("retention not told", &["1/orders"], rds(json!({}))),
        unknown("databases denied", &["1"], world().account("1").denied("1", INSTANCE)),
        fires("Cloud SQL: off", &["gcp:p/i"], backups(false)),
        fires("Cloud SQL: not told", &["gcp:p/i"], sql(json!({}))),
        quiet("Cloud SQL: on", backups(true)),
        quiet(
            "Cloud SQL: by another service",
            sql(json!({"settings": {"backupConfiguration": {"backupTier": "ENHANCED"}}})),
        ),
        apart("Cloud SQL: a replica", sql(json!({"instanceType": "READ_REPLICA_INSTANCE"}))),
        apart("Cloud SQL: a replica by its source", sql(json!({"masterInstanceName": "p:i"}))),
        unknown("Cloud SQL: not read", &["gcp:p/i"], backups(false).unread("settings")),
        unknown("Cloud SQL: denied", &["gcp:p"], world().project("p").denied("gcp:p", CLOUD_SQL)),
        unknown(
            "Spanner: no schedule by default",
            &["gcp:p/s"],
            world().project("p").with(
                "gcp:p",
                SPANNER,
                "s",
                json!({"defaultBackupScheduleType": "NONE"}),
            ),
        ),
        apart(
            "Spanner: a schedule by default",
            world().project("p").with(
                "gcp:p",
                SPANNER,
                "s",
                json!({"defaultBackupScheduleType": "AUTOMATIC"}),
            ),
        ),
    ]
}
