//! Accounts, storage, databases, messages and services of a project.

use serde_json::{Value, json};

use super::plot::{MADE, Plot, REGION};
use super::policy;
use crate::google::Resource;

impl Plot {
    /// Services that are enabled.
    pub(super) fn enabled(&mut self, services: &[&str]) {
        for service in services {
            let name = format!("projects/{}/services/{service}.googleapis.com", self.number());
            let parent = format!("projects/{}", self.number());
            let rest = json!({ "name": name, "parent": parent, "state": "ENABLED" });
            self.put("serviceusage.googleapis.com/Service", rest);
        }
    }

    /// A service account, and who may act as it.
    pub(super) fn account(&mut self, name: &str, title: &str, users: &[&str]) {
        self.account_of(&self.email(name), title, users);
    }

    /// The service account that people become to log in, as `tenko bootstrap` makes it. It was made a moment ago: no
    /// list shows it yet, and so the audit does not either.
    pub(super) fn login(&mut self, members: &[&str]) {
        let email = self.email("tenko-login");
        let rest = self.account_form(&email, "tenko, read-only login");
        let may = policy(&[
            ("roles/iam.serviceAccountTokenCreator", members),
            ("roles/iam.serviceAccountViewer", members),
        ]);
        let resource = Resource::new("iam.googleapis.com/ServiceAccount", rest).policy(may);
        self.add(Resource { since: Some(jiff::Timestamp::MAX), ..resource });
    }

    /// The account that Google makes for machines.
    pub(super) fn default_account(&mut self) {
        let email = format!("{}-compute@developer.gserviceaccount.com", self.number());
        self.account_of(&email, "Compute Engine default service account", &[]);
    }

    fn account_form(&self, email: &str, title: &str) -> Value {
        let serial = self.serial(email);
        json!({
            "name": self.path(&format!("serviceAccounts/{email}")),
            "projectId": self.id(), "uniqueId": serial, "oauth2ClientId": serial,
            "email": email, "displayName": title, "etag": "MDEwMjE5MjA=",
        })
    }

    fn account_of(&mut self, email: &str, title: &str, users: &[&str]) {
        let rest = self.account_form(email, title);
        let resource = Resource::new("iam.googleapis.com/ServiceAccount", rest);
        self.add(match users.is_empty() {
            true => resource,
            false => resource.policy(policy(&[("roles/iam.serviceAccountTokenCreator", users)])),
        });
    }

    /// A key that somebody made and took away.
    pub(super) fn key(&mut self, account: &str, id: &str) {
        let tail = format!("serviceAccounts/{}/keys/{id}", self.email(account));
        let rest = json!({
            "name": self.path(&tail), "keyType": "USER_MANAGED",
            "keyOrigin": "GOOGLE_PROVIDED", "keyAlgorithm": "KEY_ALG_RSA_2048",
            "validAfterTime": MADE, "validBeforeTime": "9999-12-31T23:59:59Z",
        });
        self.put("iam.googleapis.com/ServiceAccountKey", rest);
    }

    /// A bucket with versions. `public` leaves it to each object who may read it.
    pub(super) fn bucket(&mut self, name: &str, public: bool) {
        let uniform = json!({ "enabled": true, "lockedTime": "2026-02-02T09:12:00Z" });
        let prevention = if public { "inherited" } else { "enforced" };
        let rest = json!({
            "kind": "storage#bucket", "id": name, "name": name, "etag": "CAE=",
            "selfLink": format!("https://www.googleapis.com/storage/v1/b/{name}"),
            "projectNumber": self.number(), "generation": "1762247520000000001",
            "metageneration": "1", "location": "EUROPE-WEST3", "locationType": "region",
            "storageClass": "STANDARD", "timeCreated": "2025-11-04T09:12:00.000Z",
            "updated": "2025-11-04T09:12:00.000Z", "labels": self.labels(),
            "versioning": { "enabled": true },
            "softDeletePolicy": {
                "retentionDurationSeconds": "604800", "effectiveTime": "2025-11-04T09:12:00.000Z",
            },
            "iamConfiguration": {
                "bucketPolicyOnly": uniform, "uniformBucketLevelAccess": uniform,
                "publicAccessPrevention": prevention,
            },
        });
        let loader = format!("serviceAccount:{}", self.email("loader"));
        let readers = policy(&[("roles/storage.objectAdmin", &[loader.as_str()])]);
        self.add(Resource::new("storage.googleapis.com/Bucket", rest).policy(readers));
    }

    pub(super) fn dataset(&mut self, name: &str) {
        let rest = json!({
            "kind": "bigquery#dataset", "etag": "e/1", "id": format!("{}:{name}", self.id()),
            "datasetReference": { "datasetId": name, "projectId": self.id() },
            "location": "EU", "type": "DEFAULT", "labels": self.labels(),
            "creationTime": "1762247520000", "lastModifiedTime": "1762247520000",
            "defaultTableExpirationMs": "7776000000", "maxTimeTravelHours": "168",
            "access": [{ "role": "WRITER", "userByEmail": self.email("loader") }],
        });
        self.put("bigquery.googleapis.com/Dataset", rest);
    }

    pub(super) fn database(&mut self, name: &str) {
        let backups =
            json!({ "enabled": true, "startTime": "02:00", "kind": "sql#backupConfiguration" });
        let rest = json!({
            "kind": "sql#instance", "name": name, "project": self.id(), "region": REGION,
            "state": "RUNNABLE", "databaseVersion": "POSTGRES_17", "etag": "1",
            "instanceType": "CLOUD_SQL_INSTANCE", "backendType": "SECOND_GEN",
            "connectionName": format!("{}:{REGION}:{name}", self.id()), "createTime": MADE,
            "selfLink": format!("https://sqladmin.googleapis.com/sql/v1beta4/{}", self.path(&format!("instances/{name}"))),
            "settings": {
                "kind": "sql#settings", "tier": "db-custom-2-7680", "userLabels": self.labels(),
                "deletionProtectionEnabled": true, "backupConfiguration": backups,
            },
        });
        self.put("sqladmin.googleapis.com/Instance", rest);
    }

    /// A topic, with nobody that listens.
    pub(super) fn topic(&mut self, name: &str) {
        let rest = json!({ "name": self.path(&format!("topics/{name}")), "labels": self.labels(), "state": "ACTIVE" });
        self.put("pubsub.googleapis.com/Topic", rest);
    }

    /// Sends what comes to a topic to an address that is a secret by itself.
    pub(super) fn subscription(&mut self, name: &str, topic: &str, push_to: &str) {
        let account = self.email("loader");
        let rest = json!({
            "name": self.path(&format!("subscriptions/{name}")),
            "topic": self.path(&format!("topics/{topic}")),
            "pushConfig": {
                "pushEndpoint": push_to, "oidcToken": { "serviceAccountEmail": account },
            },
            "ackDeadlineSeconds": 60, "messageRetentionDuration": "604800s",
            "expirationPolicy": {}, "labels": self.labels(), "state": "ACTIVE",
        });
        self.put("pubsub.googleapis.com/Subscription", rest);
    }

    /// A service on Cloud Run that only callers from inside reach.
    pub(super) fn service(&mut self, name: &str, environment: &[(&str, &str)]) {
        let mut labels = self.labels();
        if let Value::Object(map) = &mut labels {
            map.insert("cloud.googleapis.com/location".to_owned(), json!(REGION));
        }
        let variables: Vec<_> = environment
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        let image = format!("{REGION}-docker.pkg.dev/{}/apps/{name}@sha256:4f1d", self.id());
        let rest = json!({
            "apiVersion": "serving.knative.dev/v1", "kind": "Service",
            "metadata": {
                "name": name, "namespace": self.number(), "uid": "0a1b2c3d-0000-1111-2222-333344445555",
                "generation": 3, "resourceVersion": "AAY=", "creationTimestamp": MADE,
                "selfLink": format!("/apis/serving.knative.dev/v1/namespaces/{}/services/{name}", self.number()),
                "labels": labels,
                "annotations": { "run.googleapis.com/ingress": "internal" },
            },
            "spec": {
                "template": {
                    "metadata": { "annotations": { "autoscaling.knative.dev/maxScale": "10" } },
                    "spec": {
                        "containerConcurrency": 80, "timeoutSeconds": 300,
                        "serviceAccountName": self.email("loader"),
                        "containers": [{
                            "image": image, "env": variables,
                            "resources": { "limits": { "cpu": "1000m", "memory": "512Mi" } },
                        }],
                    },
                },
                "traffic": [{ "percent": 100, "latestRevision": true }],
            },
            "status": { "observedGeneration": 3 },
        });
        self.put("run.googleapis.com/Service", rest);
    }
}
