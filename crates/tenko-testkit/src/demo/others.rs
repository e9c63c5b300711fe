//! Accounts that belong to no tenant.

use super::compute::Machine;
use super::site::Site;
use super::storage::Bucket;
use crate::sim::Account;

pub(super) fn log_archive(account: &mut Account) {
    let mut site = Site::new(account, "eu-central-1");
    site.tags([("cost-center", "platform")]);
    site.bucket("example-org-cloudtrail", &Bucket::Locked);
    site.bucket("example-org-config", &Bucket::Locked);
    site.watched();
}

pub(super) fn security_tooling(account: &mut Account) {
    let mut site = Site::new(account, "eu-central-1");
    site.tags([("cost-center", "platform")]);
    site.topic("security-findings", "https://tickets.example.com/aws");
    site.queue("security-findings", None);
    site.watched();
}

/// Somebody's playground, which nobody declared.
pub(super) fn sandbox(account: &mut Account) {
    let mut site = Site::new(account, "eu-central-1");
    let (vpc, subnet) = (site.id("vpc", "default"), site.id("subnet", "default-a"));
    let group = site.security_group("launch-wizard-1", &vpc, &[(22, "0.0.0.0/0", "")]);
    site.instance(&Machine {
        name: "gpu-test",
        kind: "g6.xlarge",
        zone: "a",
        subnet: &subnet,
        vpc: &vpc,
        group: &group,
        ip: "172.31.5.9",
        profile: None,
    });
    site.volume("training-data", 500, false);
    site.bucket("mika-scratch", &Bucket::HandMade);
}
