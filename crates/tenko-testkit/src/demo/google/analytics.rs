//! acme's analytics: what both projects have, and what went wrong in one of them.

use serde_json::{Map, json};

use super::plot::Plot;
use super::{PRODUCTION, STAGING, policy};
use crate::demo::CANARY;
use crate::google::Project;

/// The key with which the exporter at the office signs in.
const EXPORTER_KEY: &str = "5b0c9f3e7d1a48e2b6c4f09d8e7a61325c4b9f10";

pub(super) fn production() -> Project {
    let mut plot = Plot::new(PRODUCTION, "900000000011", "acme analytics", "production");
    both(&mut plot, "10.80.0.0/20");
    let script = format!("export DATABASE_PASSWORD={CANARY}");
    let metadata = Map::from_iter([
        ("enable-oslogin".to_owned(), json!("TRUE")),
        ("startup-script".to_owned(), json!(script)),
    ]);
    plot.instance("loader-1", "analytics", "10.80.0.5", metadata);
    // One machine of four processors; snapshots of its disk that nobody ever deletes.
    plot.limits(4.0, 930.0);
    plot.without_guardrails();
    plot.account("exporter", "Exporter at the office", &[]);
    plot.key("exporter", EXPORTER_KEY);
    plot.database("bookings");
    // Drift: somebody wanted to share a file.
    plot.bucket("acme-production-reports", true);
    // Drift: `bookings-archive` is gone, so nothing listens to the topic any more.
    plot.topic("archive");
    // Drift: for an hour, in spring.
    let ssh = json!([{ "IPProtocol": "tcp", "ports": ["22"] }]);
    plot.by_hand();
    plot.firewall("allow-ssh-from-anywhere", "analytics", "0.0.0.0/0", ssh);
    let loader = format!("serviceAccount:{}", plot.email("loader"));
    let exporter = format!("serviceAccount:{}", plot.email("exporter"));
    plot.finish(policy(&[
        ("roles/bigquery.dataViewer", &[exporter.as_str(), "group:analysts@example.com"]),
        ("roles/bigquery.jobUser", &[loader.as_str()]),
    ]))
}

/// All is as it should be.
pub(super) fn staging() -> Project {
    let mut plot = Plot::new(STAGING, "900000000012", "acme analytics staging", "staging");
    both(&mut plot, "10.81.0.0/20");
    plot.bucket("acme-staging-reports", false);
    plot.limits(0.0, 12.0);
    let loader = format!("serviceAccount:{}", plot.email("loader"));
    let login = format!("serviceAccount:{}", plot.email("tenko-login"));
    // In production nobody did that yet: logins see less there.
    plot.finish(policy(&[
        ("roles/bigquery.jobUser", &[loader.as_str()]),
        ("roles/browser", &[login.as_str()]),
        ("roles/cloudasset.viewer", &[login.as_str()]),
    ]))
}

fn both(plot: &mut Plot, range: &str) {
    plot.enabled(&["bigquery", "compute", "iam", "pubsub", "run", "sqladmin", "storage"]);
    plot.network("analytics", range);
    plot.default_account();
    plot.account("tenko", "Reads for the audit", &["group:platform@example.com"]);
    plot.account("loader", "Loads bookings", &[]);
    plot.login(&["group:platform@example.com"]);
    plot.bucket(&format!("acme-{}-bookings", plot.environment()), false);
    plot.topic("bookings");
    let hook = format!("https://loader.example.com/bookings?token={CANARY}");
    plot.subscription("bookings-loader", "bookings", &hook);
    plot.dataset("bookings");
    plot.service("loader", &[("LOG_LEVEL", "info"), ("API_KEY", CANARY)]);
}
