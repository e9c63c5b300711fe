mod elsewhere;

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tenko_core::{Arg, Message, Resource, ScopeKey, msg};

use crate::backups::{Copied, PLAN, PROTECTED, Planned, Plans, Protected, Wanted};
use crate::context::Context;
use crate::policies::clauses;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, name_of};
use crate::stage::Stage;
use crate::stores::{CLUSTER, INSTANCE, TABLE, arn, is_data, is_own, is_recent};
use crate::workloads::{BUCKET, TRAIL, Tooling, is_workload};

use elsewhere::{Elsewhere, Snapshots};

const DB_SNAPSHOT: &str = "AWS::RDS::DBSnapshot";
const CLUSTER_SNAPSHOT: &str = "AWS::RDS::DBClusterSnapshot";

rule! {
    /// Data of production has no copy outside its own account: no backup plan copies it to a vault of
    /// another account, it is not replicated to a bucket of another account, and no snapshot of it was
    /// copied to one.
    ///
    /// There is one finding for each database, table and bucket, and not one for each account: each
    /// has an owner of its own, is fixed or suppressed on its own, and a new one without a copy is not
    /// hidden behind those that are known.
    ///
    /// ## Why it is bad
    /// Whoever is administrator of the account can delete the data and its backups with the same
    /// credentials, by mistake or for a ransom. An account that is closed takes both with it.
    ///
    /// ## Example
    /// The plan that selects `orders` has a rule with the vault `Default` and no `CopyActions`.
    ///
    /// ## What it reads
    /// In accounts of production, or of several stages; in every account where no tenant is declared:
    /// `AWS::RDS::DBInstance` and `AWS::RDS::DBCluster`, but for members of clusters and replicas;
    /// `AWS::DynamoDB::Table`, but for locks of Terraform; `AWS::S3::Bucket`, but for buckets that take
    /// deliveries of AWS services (`AWS::CloudTrail::Trail`, and their policies), hold Terraform states,
    /// belong to deployment tools, or are replicas of a bucket in another account. Any of these is a copy outside the account:
    /// - `AWS::Backup::BackupPlan` of the account and region: a rule with a `CopyActions` entry whose
    ///   `DestinationBackupVaultArn` is in another account, and a selection that has it, by
    ///   `Resources`, `NotResources`, `ListOfTags` and `Conditions`. Whether AWS Backup is switched on
    ///   for the kind of resource, and whether the copies succeed, cannot be seen.
    /// - `AWS::Backup::ProtectedResource` of another account with its ARN, the last copy at most 35 days
    ///   old.
    /// - `ReplicationConfiguration` of a bucket: an enabled rule whose destination is in another
    ///   account, by `Account` or by where the bucket of that name was found.
    /// - `AWS::RDS::DBSnapshot` and `AWS::RDS::DBClusterSnapshot` of another account, at most 35 days
    ///   old, whose source is a snapshot of this one.
    ///
    /// Copies in accounts that are not collected, snapshots that are shared and not copied, exports,
    /// and what a program copies cannot be seen. A database without any backup is DATA-03 as well.
    ///
    /// Google Cloud is not judged: backups of Cloud SQL and Spanner stay with their project, vaults of
    /// Backup and DR and transfers between buckets are not collected.
    ///
    /// ## Unknown
    /// Where no copy was seen, and one may be hidden: plans, selections or tags could not be read, a
    /// selection is open, a replica goes to a bucket that was found in no account, or the snapshots of
    /// another account, or what AWS Backup has there, could not be read. Also where no copy of a bucket
    /// was seen, and it could not be told whether it is one of those that need none.
    id: "DATA-04",
    name: "Data has no copy outside its account",
    severity: Medium,
    needs_tenants: false,
    references: [
        "AWS Well-Architected" => "REL09",
    ],
    remediation: "Let a backup plan copy to a vault in a separate backup account, locked in compliance mode; replicate buckets to a bucket of that account.",
    parts: [Part::aws(&[INSTANCE, CLUSTER, TABLE, BUCKET], check)
        .also(&[PLAN, PROTECTED, DB_SNAPSHOT, CLUSTER_SNAPSHOT, TRAIL])],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let copies = Copies::new(context);
    for resource_type in [INSTANCE, CLUSTER, TABLE, BUCKET] {
        for scope in context.asked_for(resource_type) {
            if !is_judged(context, &scope) {
                continue;
            }
            sink.resources(context, context.of_type_in(resource_type, &scope), |store| {
                copies.judge(&Seen::new(store))
            });
            if let Some(reason) = context.why_unread(&scope, &[resource_type]) {
                let scope_name = scope.to_string();
                let message = msg!(
                    "rule-type-unread",
                    type = resource_type,
                    scope = scope_name,
                    reason = reason,
                );
                sink.unknown(context, &scope, message);
            }
        }
    }
}

fn is_judged(context: &Context<'_>, scope: &ScopeKey) -> bool {
    context.declaration.tenants.is_empty()
        || matches!(context.stage_of(scope), Stage::Production | Stage::Mixed)
}

/// All that may be a copy in another account.
struct Copies<'c, 'a> {
    context: &'c Context<'a>,
    plans: Plans,
    protected: Protected<'a>,
    /// Why AWS Backup may have more copies.
    unread_vaults: Elsewhere,
    snapshots: Snapshots,
    /// The account of each bucket, by name.
    buckets: HashMap<&'a str, &'a str>,
    /// The buckets that another account replicates to.
    replicas: HashSet<String>,
    tooling: Tooling,
}

impl<'c, 'a> Copies<'c, 'a> {
    fn new(context: &'c Context<'a>) -> Self {
        let all = context.of_type(BUCKET);
        let buckets: HashMap<_, _> =
            all.iter().map(|b| (b.key.id.as_str(), b.key.scope.as_str())).collect();
        let replicas = all.iter().flat_map(|bucket| {
            let targets = targets(&Seen::new(bucket)).unwrap_or_default();
            let account = bucket.key.scope.as_str();
            let outside = targets.into_iter().filter(|target| {
                buckets.get(target.bucket.as_str()).is_some_and(|owner| *owner != account)
            });
            outside.map(|target| target.bucket).collect::<Vec<_>>()
        });
        Self {
            plans: Plans::new(context),
            protected: Protected::new(context),
            unread_vaults: Elsewhere::new(context, PROTECTED),
            snapshots: Snapshots::new(context),
            replicas: replicas.collect(),
            tooling: Tooling::new(context),
            buckets,
            context,
        }
    }

    fn judge(&self, store: &Seen<'_>) -> Result<Judged, Unread> {
        let resource = store.resource;
        let is_judged = match resource.key.resource_type.as_str() {
            BUCKET => self.is_data(resource),
            TABLE => Ok(is_data(store)?),
            _ => Ok(is_own(store)?),
        };
        if is_judged == Ok(false) {
            return Ok(Judged::Apart);
        }
        let (here, arn) = (resource.key.scope_key(), arn(store));
        let wanted = Wanted::CopyOutside(here.id.as_str());
        let ways = [
            planned(self.plans.of(self.context, resource, &arn, wanted)),
            self.in_vault(&here, &arn),
            self.replicated(store),
            self.snapshot(resource),
        ];
        if ways.contains(&Way::Copied) {
            return Ok(Judged::Pass);
        }
        let (name, scope) = (name_of(resource), here.to_string());
        let (mut old, mut untold) = (Vec::new(), Vec::new());
        untold.extend(is_judged.err());
        for way in ways {
            match way {
                Way::Old(copy) => old.push(copy),
                Way::Untold(why) => untold.push(why),
                Way::None | Way::Copied => {}
            }
        }
        if !untold.is_empty() {
            let reasons = clauses(untold);
            let message = msg!("data-04-unknown", name = name, scope = scope, reasons = reasons);
            return Ok(Judged::Unknown(message.into()));
        }
        let looked = match resource.key.resource_type.as_str() {
            BUCKET => msg!("data-04-looked-bucket"),
            TABLE => msg!("data-04-looked-table"),
            _ => msg!("data-04-looked-database"),
        };
        let message = match both(old) {
            None => msg!("data-04-bad", name = name, scope = scope, looked = looked),
            Some(old) => {
                msg!("data-04-bad-old", name = name, scope = scope, old = old, looked = looked)
            }
        };
        Ok(Judged::Bad(message.into()))
    }

    /// Whether a copy of a bucket is wanted.
    fn is_data(&self, bucket: &Resource) -> Result<bool, Message> {
        if self.replicas.contains(&bucket.key.id) {
            return Ok(false);
        }
        is_workload(bucket, &self.tooling)
    }

    fn in_vault(&self, here: &ScopeKey, arn: &str) -> Way {
        let seen = match self.protected.copy(self.context, arn, |holder| holder != here) {
            Ok(Some(Copied::Recent)) => return Way::Copied,
            Err(Unread(path)) => {
                return Way::Untold(msg!("data-04-copy-unread", attribute = path));
            }
            Ok(Some(Copied::Old(time))) => Way::Old(msg!("data-04-old-backup", time = time)),
            Ok(None) => Way::None,
        };
        match self.unread_vaults.than(here) {
            Some(gap) => Way::Untold(msg!("data-04-backups-unread", reason = gap.clone())),
            None => seen,
        }
    }

    fn replicated(&self, store: &Seen<'_>) -> Way {
        if store.resource.key.resource_type.as_str() != BUCKET {
            return Way::None;
        }
        let here = store.resource.key.scope.as_str();
        let mut way = Way::None;
        let targets = match targets(store) {
            Ok(targets) => targets,
            Err(Unread(path)) => return Way::Untold(msg!("data-shared-unread", attribute = path)),
        };
        for target in targets {
            let owner = target.account.as_deref();
            match owner.or_else(|| self.buckets.get(target.bucket.as_str()).copied()) {
                Some(account) if account != here => return Way::Copied,
                Some(_) => {}
                None => {
                    way = Way::Untold(msg!("data-04-replica-unknown", bucket = target.bucket));
                }
            }
        }
        way
    }

    fn snapshot(&self, resource: &Resource) -> Way {
        let kind = match resource.key.resource_type.as_str() {
            INSTANCE => INSTANCE,
            CLUSTER => CLUSTER,
            _ => return Way::None,
        };
        let key = (resource.key.scope.as_str().to_owned(), kind, resource.key.id.clone());
        let newest = self.snapshots.newest.get(&key);
        let gap = self.snapshots.gaps.get(kind);
        let gap = gap.and_then(|gap| gap.than(&resource.key.scope_key()));
        match newest.map(|time| (time, is_recent(self.context, time))) {
            Some((_, Some(true))) => Way::Copied,
            Some((_, None)) => Way::Untold(msg!("data-04-snapshot-time-unknown")),
            old => match (old, gap) {
                (_, Some(gap)) => {
                    Way::Untold(msg!("data-04-snapshots-unread", reason = gap.clone()))
                }
                (Some((time, _)), None) => Way::Old(msg!("data-04-old-snapshot", time = time)),
                (None, None) => Way::None,
            },
        }
    }
}

/// What one way of copying says.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    Copied,
    /// There is a copy from long ago, and which.
    Old(Message),
    /// There may be one, and why: a clause.
    Untold(Message),
    None,
}

/// Old copies: a backup, a snapshot, or both.
fn both(old: Vec<Message>) -> Option<Arg> {
    let mut old = old.into_iter();
    let first = old.next()?;
    Some(match old.next() {
        Some(second) => msg!("data-04-old-both", backup = first, snapshot = second).into(),
        None => first.into(),
    })
}

fn planned(planned: Planned) -> Way {
    match planned {
        Planned::Yes => Way::Copied,
        Planned::Perhaps(why) => Way::Untold(why),
        Planned::No => Way::None,
    }
}

/// Where a rule replicates a bucket to.
struct Target {
    bucket: String,
    account: Option<String>,
}

fn targets(bucket: &Seen<'_>) -> Result<Vec<Target>, Unread> {
    let rules = bucket.list("ReplicationConfiguration.Rules")?;
    let enabled = rules.iter().filter(|rule| rule.get("Status").is_some_and(|s| *s == "Enabled"));
    let target = |rule: &Value| {
        let destination = rule.get("Destination")?;
        let arn = destination.get("Bucket")?.as_str()?;
        let account = destination.get("Account").and_then(Value::as_str).map(str::to_owned);
        Some(Target { bucket: arn.rsplit(':').next()?.to_owned(), account })
    };
    Ok(enabled.filter_map(target).collect())
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let two = || world().account("1").account("2").regions(&["r"]);
    let rds = || two().within("1", "r", INSTANCE, "orders", json!({}));
    let plan = |world: World, vault: &str, selection: Value| {
        let rule =
            json!({"RuleName": "daily", "CopyActions": [{"DestinationBackupVaultArn": vault}]});
        let attributes = json!({"Rules": [rule], "Selections": [selection]});
        world.within("1", "r", PLAN, "plan", attributes)
    };
    let (outside, inside) =
        ("arn:aws:backup:r:2:backup-vault:v", "arn:aws:backup:s:1:backup-vault:v");
    let databases = || json!({"Resources": ["arn:aws:rds:*:*:db:*"]});
    let tagged = || {
        json!({"Resources": ["*"], "Conditions": {"StringEquals":
            [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "yes"}]}})
    };
    let bucket = |destination: Value, status: &str| {
        let rules = json!([{"Status": status, "Destination": destination}]);
        let attributes = json!({"ReplicationConfiguration": {"Rules": rules}});
        two().within("1", "r", BUCKET, "b", attributes)
    };
    let named = || bucket(json!({"Bucket": "arn:aws:s3:::copy"}), "Enabled");
    let snapshot = |source: &str, time: &str| {
        let attributes = json!({"DBInstanceIdentifier": "orders", "SnapshotCreateTime": time,
            "SourceDBSnapshotIdentifier": source});
        rds().within("2", "r", DB_SNAPSHOT, "s", attributes)
    };
    let of_one = "arn:aws:rds:r:1:snapshot:orders-1";
    let recent = "2026-05-20T00:00:00Z";
    let protected = |time: &str| {
        let attributes = json!({"LastBackupTime": time});
        rds().within("2", "r", PROTECTED, "arn:aws:rds:r:1:db:orders", attributes)
    };
    vec![
        fires("nothing", &["1/orders"], rds()).saying("AWS::RDS::DBInstance orders has no copy"),
        quiet("a plan copies it", plan(rds(), outside, databases())),
        fires("to its own account", &["1/orders"], plan(rds(), inside, databases())),
        fires("a plan for others", &["1/orders"], plan(rds(), outside, tagged())),
        quiet("a plan by tags", plan(rds().tags(&[("backup", "yes")]), outside, tagged())),
        unknown(
            "its tags were not read",
            &["1/orders"],
            plan(rds().unread("Tags"), outside, tagged()),
        ),
        unknown("plans denied", &["1/orders"], rds().denied("1", PLAN)),
        unknown("rules not read", &["1/orders"], plan(rds(), outside, databases()).unread("Rules")),
        unknown(
            "selections not read",
            &["1/orders"],
            plan(rds(), outside, databases()).unread("Selections"),
        ),
        fires(
            "selections that do not matter",
            &["1/orders"],
            plan(rds(), inside, databases()).unread("Selections"),
        ),
        quiet("a copy in another vault", protected(recent)),
        fires("an old one", &["1/orders"], protected("2025-05-20T00:00:00Z"))
            .saying("but one by AWS Backup, the last from 2025-05-20T00:00:00Z"),
        quiet("a snapshot", snapshot(of_one, recent)),
        fires("an old snapshot", &["1/orders"], snapshot(of_one, "2026-04-27T11:59:59Z"))
            .saying("but a snapshot from 2026-04-27T11:59:59Z"),
        fires("both", &["1/orders"], {
            let (arn, time) = ("arn:aws:rds:r:1:db:orders", "2025-05-20T00:00:00Z");
            let world = snapshot(of_one, "2026-04-27T11:59:59Z");
            world.within("2", "r", PROTECTED, arn, json!({"LastBackupTime": time}))
        })
        .saying("from 2025-05-20T00:00:00Z and a snapshot from 2026-04-27T11:59:59Z: no backup"),
        unknown("a copy whose time is none", &["1/orders"], protected("soon"))
            .saying("but LastBackupTime of a copy could not be read."),
        unknown("a snapshot whose time is none", &["1/orders"], snapshot(of_one, "soon"))
            .saying("but the time of a snapshot of it is not known."),
        fires(
            "a snapshot of another account's database",
            &["1/orders"],
            snapshot("arn:aws:rds:r:3:snapshot:orders-1", recent),
        ),
        fires("a snapshot copied within its account", &["1/orders"], {
            let attributes = json!({"DBInstanceIdentifier": "orders", "SnapshotCreateTime": recent,
                "SourceDBSnapshotIdentifier": of_one});
            rds().within("1", "r", DB_SNAPSHOT, "s", attributes)
        }),
        unknown("snapshots denied", &["1/orders"], rds().denied("2", DB_SNAPSHOT)),
        fires("its own denied", &["1/orders"], rds().denied("1", DB_SNAPSHOT)),
        unknown("vaults denied", &["1/orders"], rds().denied("2", PROTECTED))
            .saying("not everything that AWS Backup has in other accounts was read (aws:2:"),
        fires("its own vaults denied", &["1/orders"], rds().denied("1", PROTECTED)),
        unknown(
            "whether it takes deliveries was not read",
            &["1/b"],
            two().within("1", "r", BUCKET, "b", json!({})).unread("BucketPolicy"),
        )
        .saying("BucketPolicy of AWS::S3::Bucket b could not be read"),
        unknown(
            "a source that was not read",
            &["1/orders"],
            snapshot(of_one, recent).unread("SourceDBSnapshotIdentifier"),
        ),
        quiet("a snapshot of a cluster", {
            let attributes = json!({"DBClusterIdentifier": "c", "SnapshotCreateTime": recent,
                "SourceDBClusterSnapshotArn": "arn:aws:rds:r:1:cluster-snapshot:c-1"});
            two().within("1", "r", CLUSTER, "c", json!({})).within(
                "2",
                "r",
                CLUSTER_SNAPSHOT,
                "s",
                attributes,
            )
        }),
        fires("a table", &["1/t"], two().within("1", "r", TABLE, "t", json!({}))),
        apart("a member of a cluster", {
            two().within("1", "r", INSTANCE, "orders", json!({"DBClusterIdentifier": "c"}))
        }),
        quiet(
            "a replicated bucket",
            bucket(json!({"Bucket": "arn:aws:s3:::copy", "Account": "2"}), "Enabled"),
        ),
        fires(
            "a replica of its own",
            &["1/b"],
            bucket(json!({"Bucket": "arn:aws:s3:::copy", "Account": "1"}), "Enabled"),
        ),
        fires(
            "replication is off",
            &["1/b"],
            bucket(json!({"Bucket": "arn:aws:s3:::copy", "Account": "2"}), "Disabled"),
        ),
        quiet(
            "to a bucket that was found, which needs no copy",
            named().within("2", "r", BUCKET, "copy", json!({})),
        ),
        unknown("to one that was not", &["1/b"], named()).saying("replica copy"),
        unknown("replication not read", &["1/b"], named().unread("ReplicationConfiguration")),
        apart("a bucket for trails", {
            let trail = json!({"S3BucketName": "logs"});
            two().within("1", "r", BUCKET, "logs", json!({})).within(
                "2",
                "r",
                "AWS::CloudTrail::Trail",
                "t",
                trail,
            )
        }),
        fires(
            "production only",
            &["1/orders"],
            rds()
                .within("2", "r", INSTANCE, "orders", json!({}))
                .tenant("acme", &[("production", "1"), ("staging", "2")]),
        ),
        apart(
            "no production",
            rds().denied("2", BUCKET).tenant("acme", &[("staging", "1"), ("test", "2")]),
        ),
        unknown("buckets denied", &["1"], two().denied("1", BUCKET)),
    ]
}
