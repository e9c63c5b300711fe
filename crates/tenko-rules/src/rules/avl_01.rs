use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use tenko_core::{Reach, Resource, ScopeKey, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";
const CLOUD_SQL: &str = "sqladmin.googleapis.com/Instance";

rule! {
    /// A relational database runs in one zone: an RDS instance without Multi-AZ, an Aurora cluster
    /// whose instances all stand in one zone, or a Cloud SQL instance that is not regional.
    ///
    /// ## Why it is bad
    /// A zone is what fails as a whole. A database in one zone is gone for as long as the zone is,
    /// and maintenance or a broken disk interrupt it too: nothing stands by to take over. Restoring a
    /// backup elsewhere takes long, and loses what was written since.
    ///
    /// ## Example
    /// ```json
    /// { "DBInstanceIdentifier": "orders", "MultiAZ": false, "AvailabilityZone": "eu-central-1a" }
    /// ```
    ///
    /// ## What it reads
    /// `AWS::RDS::DBInstance`: `MultiAZ`. `AWS::RDS::DBCluster`: of an Aurora cluster, the
    /// `AvailabilityZone` of the instances that name it; two zones are enough. A cluster of another
    /// engine is a Multi-AZ cluster, which RDS spreads over three zones, and passes.
    /// `sqladmin.googleapis.com/Instance`: `settings.availabilityType`, which is `ZONAL` where
    /// nothing is said.
    ///
    /// Not judged: read replicas, whose source is judged; RDS Custom, of which RDS does not tell;
    /// Aurora Serverless v1 and Limitless, whose capacity AWS places; a cluster that replicates from
    /// another or has no instance; instances that are being made or deleted. All stages are judged:
    /// where a database of a test environment may be in one zone, lower the rule for those stages.
    /// A `MultiAZ` that waits for the maintenance window is not seen.
    ///
    /// ## Unknown
    /// Where databases of an account, or the instances of a cluster that shows one zone only, could
    /// not all be read.
    ///
    /// ## Compared with Prowler
    /// The same for Cloud SQL. Prowler's `rds_instance_multi_az` takes an Aurora instance for Multi-AZ
    /// where its cluster says so.
    id: "AVL-01",
    name: "Database in one zone",
    severity: Medium,
    needs_tenants: false,
    references: [
        "AWS Well-Architected" => "REL10-BP01",
        "CIS AWS v7.0" => "3.2.4",
        "CIS AWS v5.0" => "2.2.4",
        "AWS Security Hub" => "RDS.5",
        "AWS Security Hub" => "RDS.15",
        "AWS Config" => "RDS_MULTI_AZ_SUPPORT",
        "Prowler" => "cloudsql_instance_high_availability_enabled",
    ],
    remediation: "Make the RDS instance Multi-AZ, add an instance in another zone to the Aurora cluster, or make the Cloud SQL instance regional; RDS and Aurora do it without interruption, Cloud SQL restarts once.",
    parts: [Part::aws(&[INSTANCE, CLUSTER], check_aws), Part::gcp(&[CLOUD_SQL], check_gcp)],
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, INSTANCE, instance);
    let members = members(context);
    sink.each(context, CLUSTER, |cluster| of_cluster(context, cluster, &members));
}

fn instance(resource: &Resource) -> Result<Judged, Unread> {
    let seen = Seen::new(resource);
    for belongs in
        ["DBClusterIdentifier", "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"]
    {
        if seen.at(belongs)?.is_some() {
            return Ok(Judged::Apart);
        }
    }
    let is_custom = seen.text("Engine")?.is_some_and(|engine| engine.starts_with("custom-"));
    if is_custom || matches!(seen.text("DBInstanceStatus")?, Some("creating" | "deleting")) {
        return Ok(Judged::Apart);
    }
    let name = resource.label();
    Ok(match seen.bool("MultiAZ")? {
        Some(true) => Judged::Pass,
        Some(false) => Judged::Bad(match seen.text("AvailabilityZone")? {
            Some(zone) => msg!("avl-01-bad-instance", name = name, zone = zone).into(),
            None => msg!("avl-01-bad-instance-somewhere", name = name).into(),
        }),
        None => Judged::Unknown(msg!("avl-01-instance-untold", name = name).into()),
    })
}

/// The instances of a cluster.
#[derive(Default)]
struct Members {
    count: usize,
    zones: BTreeSet<String>,
    /// The first of them whose zone is not known.
    unread: Option<String>,
}

type Clusters = HashMap<(ScopeKey, Reach, String), Members>;

fn members(context: &Context<'_>) -> Clusters {
    let found: Vec<_> = context
        .of_type(INSTANCE)
        .par_iter()
        .filter_map(|resource| {
            let seen = Seen::new(resource);
            let cluster = seen.text("DBClusterIdentifier").ok()??.to_owned();
            let zone = seen.text("AvailabilityZone").ok().flatten().map(ToOwned::to_owned);
            Some((*resource, cluster, zone))
        })
        .collect();
    let mut clusters = Clusters::new();
    for (resource, cluster, zone) in found {
        let key = (resource.key.scope_key(), resource.key.region.clone(), cluster);
        let members = clusters.entry(key).or_default();
        members.count += 1;
        match zone {
            Some(zone) => _ = members.zones.insert(zone),
            None => _ = members.unread.get_or_insert_with(|| resource.label().to_owned()),
        }
    }
    clusters
}

fn of_cluster(
    context: &Context<'_>,
    cluster: &Resource,
    members: &Clusters,
) -> Result<Judged, Unread> {
    let seen = Seen::new(cluster);
    if seen.text("EngineMode")? == Some("serverless")
        || seen.text("ClusterScalabilityType")? == Some("limitless")
        || seen.at("ReplicationSourceIdentifier")?.is_some()
    {
        return Ok(Judged::Apart);
    }
    if !seen.text("Engine")?.is_some_and(|engine| engine.starts_with("aurora")) {
        return Ok(Judged::Pass);
    }
    let (scope, region) = (cluster.key.scope_key(), cluster.key.region.clone());
    let gap = context.why_unread_in(&scope, &region, &[INSTANCE]);
    let none = Members::default();
    let members = members.get(&(scope, region, cluster.key.id.clone())).unwrap_or(&none);
    let name = cluster.label();
    if members.zones.len() > 1 {
        return Ok(Judged::Pass);
    }
    if let Some(gap) = gap {
        let message = msg!("avl-01-members-unread", cluster = name, reason = gap);
        return Ok(Judged::Unknown(message.into()));
    }
    if let Some(instance) = &members.unread {
        let message = msg!("avl-01-zone-untold", instance = instance, cluster = name);
        return Ok(Judged::Unknown(message.into()));
    }
    Ok(members.zones.first().map_or(Judged::Apart, |zone| {
        let count = members.count;
        Judged::Bad(msg!("avl-01-bad-cluster", count = count, cluster = name, zone = zone).into())
    }))
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, CLOUD_SQL, |resource| {
        let seen = Seen::new(resource);
        let primary = seen.text("instanceType")?.is_none_or(|kind| kind == "CLOUD_SQL_INSTANCE");
        if !primary || seen.at("masterInstanceName")?.is_some() {
            return Ok(Judged::Apart);
        }
        Ok(match seen.text("settings.availabilityType")? {
            Some("REGIONAL") => Judged::Pass,
            said => {
                let (name, said) = (resource.label(), said.unwrap_or("ZONAL"));
                Judged::Bad(match seen.text("gceZone")? {
                    Some(zone) => {
                        msg!("avl-01-bad-cloud-sql", name = name, zone = zone, type = said).into()
                    }
                    None => msg!("avl-01-bad-cloud-sql-somewhere", name = name, type = said).into(),
                })
            }
        })
    });
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    let aws = || world().account("1").regions(&["r"]);
    let one = |of: Value| aws().within("1", "r", INSTANCE, "db", of);
    let member = |world: World, id: &str, zone: &str| {
        let of = json!({"DBClusterIdentifier": "c", "AvailabilityZone": zone, "MultiAZ": false});
        world.within("1", "r", INSTANCE, id, of)
    };
    let cluster = || aws().within("1", "r", CLUSTER, "c", json!({"Engine": "aurora-mysql"}));
    let sql = |of: Value| world().project("p").with("gcp:p", CLOUD_SQL, "db", of);
    let zonal = json!({"instanceType": "CLOUD_SQL_INSTANCE", "gceZone": "z-a",
        "settings": {"availabilityType": "ZONAL"}});
    vec![
        fires("one zone", &["1/db"], one(json!({"MultiAZ": false, "AvailabilityZone": "ra"})))
            .saying("db runs in ra only"),
        fires("a zone that is not told", &["1/db"], one(json!({"MultiAZ": false})))
            .saying("db runs in one zone only"),
        quiet("two zones", one(json!({"MultiAZ": true}))),
        apart("a replica", one(json!({"MultiAZ": false, "SourceDBInstanceIdentifier": "x"}))),
        apart("RDS Custom", one(json!({"MultiAZ": false, "Engine": "custom-oracle-ee"}))),
        apart("being made", one(json!({"MultiAZ": false, "DBInstanceStatus": "creating"}))),
        unknown("not told", &["1/db"], one(json!({}))),
        unknown("not read", &["1/db"], one(json!({})).unread("MultiAZ")),
        unknown("a region was denied", &["1"], one(json!({"MultiAZ": true})).denied("1", INSTANCE)),
        fires("an Aurora cluster of one", &["1/c"], member(cluster(), "a", "ra"))
            .saying("one instance, which runs in ra"),
        fires(
            "an Aurora cluster in one zone",
            &["1/c"],
            member(member(cluster(), "a", "ra"), "b", "ra"),
        )
        .saying("All 2 instances"),
        quiet("an Aurora cluster in two zones", member(member(cluster(), "a", "ra"), "b", "rb")),
        unknown(
            "members that may not be all",
            &["1", "1/c"],
            member(cluster(), "a", "ra").outcome_in(
                "1",
                "r",
                INSTANCE,
                tenko_core::Outcome::Partial,
            ),
        ),
        unknown(
            "a member whose zone was not read",
            &["1/c"],
            member(cluster(), "a", "ra").unread("AvailabilityZone"),
        ),
        apart("a cluster without instances", cluster()),
        apart(
            "an instance of another account's cluster of the same name",
            cluster().account("2").within(
                "2",
                "r",
                INSTANCE,
                "a",
                json!({"DBClusterIdentifier": "c", "AvailabilityZone": "ra"}),
            ),
        ),
        quiet(
            "a Multi-AZ cluster",
            aws().within("1", "r", CLUSTER, "m", json!({"Engine": "postgres"})),
        ),
        apart(
            "Serverless v1",
            aws().within(
                "1",
                "r",
                CLUSTER,
                "s",
                json!({"Engine": "aurora-mysql", "EngineMode": "serverless"}),
            ),
        ),
        fires("zonal", &["gcp:p/db"], sql(zonal.clone())).saying("z-a only"),
        fires("said nothing", &["gcp:p/db"], sql(json!({"settings": {}}))),
        quiet("regional", sql(json!({"settings": {"availabilityType": "REGIONAL"}}))),
        apart("a read replica", sql(json!({"instanceType": "READ_REPLICA_INSTANCE"}))),
        unknown("settings not read", &["gcp:p/db"], sql(zonal).unread("settings")),
    ]
}
