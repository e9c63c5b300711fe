//! Data stores, and whether what is in them is anywhere else. From what was collected, and nothing
//! assumed: what is not known is said.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use tenko_core::{AttrPath, Resource, ScopeKey, Snapshot};

use crate::model::Copies;
use crate::unread::is_read;

/// What is known of a data store's second copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Second {
    pub(crate) has: Vec<String>,
    pub(crate) lacks: Vec<String>,
    pub(crate) unknown: Vec<String>,
    pub(crate) protection: Option<bool>,
}

/// Of automated backups: with the instance they are gone too.
const GOES_ALONG: &str = "(go with it)";

impl Second {
    /// Whether there are copies, and none of them outlives the data store.
    pub(crate) fn has_only_what_goes_along(&self) -> bool {
        !self.has.is_empty() && self.has.iter().all(|copy| copy.contains(GOES_ALONG))
    }

    /// In one word.
    pub(crate) fn copies(&self) -> Copies {
        match (self.has.is_empty(), self.lacks.is_empty(), self.unknown.is_empty()) {
            (false, _, _) => Copies::Some,
            (true, _, true) => Copies::None,
            (true, false, false) => Copies::NoneSeen,
            (true, true, false) => Copies::Unknown,
        }
    }
}

/// Types that hold data. Of those that are only named here, copies are not known.
const STORES: [&str; 22] = [
    "AWS::S3::Bucket",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Volume",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Redshift::Cluster",
    "AWS::OpenSearchService::Domain",
    "AWS::DocDB::DBCluster",
    "AWS::Neptune::DBCluster",
    "AWS::MSK::Cluster",
    "AWS::Kinesis::Stream",
    "AWS::Cognito::UserPool",
    "AWS::SecretsManager::Secret",
    "storage.googleapis.com/Bucket",
    "sqladmin.googleapis.com/Instance",
    "bigquery.googleapis.com/Dataset",
    "spanner.googleapis.com/Instance",
    "compute.googleapis.com/Disk",
    "compute.googleapis.com/RegionDisk",
];

/// Whether resources of this type hold data.
pub(crate) fn is_store(resource_type: &str) -> bool {
    STORES.contains(&resource_type)
}

/// What protects the data stores of an account from outside of themselves.
pub(crate) struct Backups {
    /// ARNs that AWS Backup has a recovery point of, with when.
    by_arn: HashMap<String, String>,
    backup_is_read: bool,
    /// Manual snapshots, by the instance or cluster and its region.
    snapshots: BTreeMap<(String, String), u64>,
    snapshots_are_read: bool,
    /// Instances and clusters that replicate another one, by the name of that one.
    replicas: BTreeMap<String, u64>,
    /// Snapshots of volumes, where these were collected.
    volumes: BTreeMap<String, u64>,
    volumes_are_read: bool,
}

impl Backups {
    pub(crate) fn new(snapshot: &Snapshot, scope: &ScopeKey) -> Self {
        let mut out = Self {
            by_arn: HashMap::new(),
            backup_is_read: is_read(snapshot, scope, "AWS::Backup::ProtectedResource"),
            snapshots: BTreeMap::new(),
            snapshots_are_read: is_read(snapshot, scope, "AWS::RDS::DBSnapshot")
                && is_read(snapshot, scope, "AWS::RDS::DBClusterSnapshot"),
            replicas: BTreeMap::new(),
            volumes: BTreeMap::new(),
            volumes_are_read: is_read(snapshot, scope, "AWS::EC2::Snapshot"),
        };
        let here = snapshot
            .resources
            .iter()
            .filter(|r| r.key.scope == scope.id && r.key.cloud == scope.cloud);
        for resource in here {
            out.add(resource);
        }
        out
    }

    fn add(&mut self, resource: &Resource) {
        let kind = resource.key.resource_type.as_str();
        let is_wanted = matches!(
            kind,
            "AWS::Backup::ProtectedResource"
                | "AWS::RDS::DBSnapshot"
                | "AWS::RDS::DBClusterSnapshot"
                | "AWS::RDS::DBInstance"
                | "AWS::RDS::DBCluster"
                | "AWS::EC2::Snapshot"
        );
        if !is_wanted {
            return;
        }
        let value = resource.attributes.to_value();
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let region = resource.key.region.as_str().to_owned();
        match kind {
            "AWS::Backup::ProtectedResource" => {
                if let (Some(arn), Some(when)) = (text("ResourceArn"), text("LastBackupTime")) {
                    self.by_arn.insert(arn, when);
                }
            }
            "AWS::RDS::DBSnapshot" | "AWS::RDS::DBClusterSnapshot" => {
                let of = text("DBInstanceIdentifier").or_else(|| text("DBClusterIdentifier"));
                if let Some(of) = of {
                    *self.snapshots.entry((of, region)).or_default() += 1;
                }
            }
            "AWS::EC2::Snapshot" => {
                if let Some(of) = text("VolumeId") {
                    *self.volumes.entry(of).or_default() += 1;
                }
            }
            _ => {
                let of = text("SourceDBInstanceIdentifier")
                    .or_else(|| text("SourceDBClusterIdentifier"))
                    .or_else(|| text("ReplicationSourceIdentifier"));
                if let Some(of) = of {
                    let name = of.rsplit(':').next().unwrap_or_default().to_owned();
                    *self.replicas.entry(name).or_default() += 1;
                }
            }
        }
    }

    /// What is known of one data store.
    pub(crate) fn of(&self, resource: &Resource) -> Second {
        let value = resource.attributes.to_value();
        let mut look = Look { resource, value: &value, out: Second::default() };
        match resource.key.resource_type.as_str() {
            "AWS::S3::Bucket" => {
                look.is("versioning", "VersioningConfiguration.Status", |v| v == "Enabled");
                look.is("replication to another bucket", "ReplicationConfiguration", replicates);
                self.backup(&mut look, &format!("arn:aws:s3:::{}", resource.key.id));
            }
            "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" => self.database(&mut look),
            "AWS::DynamoDB::Table" => {
                let path = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled";
                look.is("point-in-time recovery", path, |v| v == true);
                look.protect("DeletionProtectionEnabled");
                let arn = look.text("Arn");
                self.backup(&mut look, &arn);
            }
            "AWS::EC2::Volume" => {
                match (self.volumes.get(&resource.key.id), self.volumes_are_read) {
                    (Some(count), _) => look.has(format!("snapshots: {count}")),
                    (None, true) => look.lacks("snapshots"),
                    (None, false) => look.unknown("snapshots, which were not looked at"),
                }
                let key = &resource.key;
                let arn = format!("arn:aws:ec2:{}:{}:volume/{}", key.region, key.scope, key.id);
                self.backup(&mut look, &arn);
            }
            "storage.googleapis.com/Bucket" => {
                look.is("versioning", "versioning.enabled", |v| v == true);
                let path = "softDeletePolicy.retentionDurationSeconds";
                match look.known(path) {
                    Some(Some(seconds)) if number(seconds) > 0.0 => {
                        look.has("soft delete".to_owned());
                    }
                    Some(Some(_)) => look.lacks("soft delete"),
                    Some(None) | None => look.unknown("soft delete, which could not be read"),
                }
            }
            "sqladmin.googleapis.com/Instance" => {
                look.is("automated backups", "settings.backupConfiguration.enabled", |v| v == true);
                look.is("replicas", "replicaNames", |v| {
                    v.as_array().is_some_and(|names| !names.is_empty())
                });
                look.protect("settings.deletionProtectionEnabled");
            }
            "bigquery.googleapis.com/Dataset" => {
                // Two to seven days; seven where it is not set ("Time travel", BigQuery).
                match look.known("maxTimeTravelHours") {
                    None => look.unknown("time travel, which could not be read"),
                    Some(hours) => {
                        let hours = hours.map_or(168.0, number);
                        look.has(format!("time travel, {hours} hours, a deleted dataset too"));
                    }
                }
            }
            "compute.googleapis.com/Disk" | "compute.googleapis.com/RegionDisk" => {
                look.is("a snapshot schedule", "resourcePolicies", |v| {
                    v.as_array().is_some_and(|policies| !policies.is_empty())
                });
                look.unknown("snapshots, which were not looked at");
            }
            _ => look.unknown("backups, which are not known for this type"),
        }
        look.out
    }

    /// Automated backups go with the instance, unless whoever deletes it says otherwise.
    ///
    /// Source: Amazon RDS API reference, `DeleteDBInstance`, `DeleteAutomatedBackups`.
    fn database(&self, look: &mut Look<'_>) {
        let days = look.known("BackupRetentionPeriod").map(|v| v.map(number).unwrap_or_default());
        match days {
            Some(days) if days > 0.0 => {
                look.has(format!("automated backups {GOES_ALONG}, {days} days"))
            }
            Some(_) => look.lacks("automated backups"),
            None => look.unknown("automated backups, which could not be read"),
        }
        let key = &look.resource.key;
        let of = (key.id.clone(), key.region.as_str().to_owned());
        match (self.snapshots.get(&of), self.snapshots_are_read) {
            (Some(count), _) => look.has(format!("manual snapshots: {count}")),
            (None, true) => look.lacks("manual snapshots"),
            (None, false) => look.unknown("manual snapshots, which were not all read"),
        }
        if let Some(count) = self.replicas.get(&key.id) {
            look.has(format!("replicas: {count}"));
        }
        if let Some(Some(region)) = look.known("AutomaticBackupReplicationRegion") {
            look.has(format!("backups in {}", region.as_str().unwrap_or("another region")));
        }
        look.protect("DeletionProtection");
        let arn = match key.resource_type.as_str() {
            "AWS::RDS::DBCluster" => look.text("DBClusterArn"),
            _ => look.text("DBInstanceArn"),
        };
        self.backup(look, &arn);
    }

    fn backup(&self, look: &mut Look<'_>, arn: &str) {
        match (self.by_arn.get(arn), self.backup_is_read) {
            (Some(when), _) => look.has(format!("AWS Backup, last {when}")),
            (None, true) => look.lacks("AWS Backup"),
            (None, false) => look.unknown("AWS Backup, which was not all read"),
        }
    }
}

/// One data store under examination.
struct Look<'l> {
    resource: &'l Resource,
    value: &'l Value,
    out: Second,
}

impl Look<'_> {
    fn has(&mut self, what: String) {
        self.out.has.push(what);
    }

    fn lacks(&mut self, what: &str) {
        self.out.lacks.push(what.to_owned());
    }

    fn unknown(&mut self, what: &str) {
        self.out.unknown.push(what.to_owned());
    }

    fn text(&self, key: &str) -> String {
        self.value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The attribute; `None` where it could not be read, `Some(None)` where it is not there.
    fn known(&self, path: &str) -> Option<Option<&Value>> {
        let unknown = path.parse::<AttrPath>().is_ok_and(|path| self.resource.is_unknown(&path));
        if unknown {
            return None;
        }
        let mut value = Some(self.value);
        for key in path.split('.') {
            value = value.and_then(|value| value.get(key));
        }
        Some(value)
    }

    fn is(&mut self, what: &str, path: &str, holds: impl Fn(&Value) -> bool) {
        match self.known(path) {
            None => self.unknown(&format!("{what}, which could not be read")),
            Some(value) if value.is_some_and(holds) => self.has(what.to_owned()),
            Some(_) => self.lacks(what),
        }
    }

    fn protect(&mut self, path: &str) {
        if let Some(value) = self.known(path) {
            self.out.protection = Some(value == Some(&Value::Bool(true)));
        }
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default()
}

/// Whether a replication configuration has a rule that is switched on.
fn replicates(value: &Value) -> bool {
    let rules = value.get("Rules").and_then(Value::as_array);
    rules.is_some_and(|rules| {
        rules.iter().any(|rule| rule.get("Status").and_then(Value::as_str) == Some("Enabled"))
    })
}
