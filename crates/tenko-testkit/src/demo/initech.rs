//! initech: production and staging side by side in one account, told apart by tags.

use super::CANARY;
use super::balance::Balanced;
use super::compute::Machine;
use super::site::Site;
use super::storage::Bucket;
use crate::sim::Account;

const REGION: &str = "us-east-1";

pub(super) fn everything(account: &mut Account) {
    let mut site = Site::new(account, REGION);
    site.tags([("tenant", "initech"), ("cost-center", "in-1")]);
    let vpc = site.vpc("initech", "10.60.0.0/16", ["10.60.0.0/20", "10.60.16.0/20"]);
    let output = format!("postgres://app:{CANARY}@initech-production");
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    site.group("developers", admin);
    let [subnet, other] = ["initech-a", "initech-b"].map(|name| site.id("subnet", name));
    // Drift that CloudFormation found itself: the group's policy was changed by hand.
    let resources = [
        ("Network", "AWS::EC2::VPC", vpc.as_str(), "IN_SYNC"),
        ("SubnetA", "AWS::EC2::Subnet", subnet.as_str(), "IN_SYNC"),
        ("SubnetB", "AWS::EC2::Subnet", other.as_str(), "IN_SYNC"),
        ("Developers", "AWS::IAM::Group", "developers", "MODIFIED"),
    ];
    site.stack("initech-legacy", &output, &resources);
    for (environment, kind, ip) in
        [("production", "t3.large", "10.60.1.10"), ("staging", "t3.medium", "10.60.1.20")]
    {
        site.belongs_to("initech", environment, "in-1");
        let name = |suffix: &str| format!("initech-{environment}{suffix}");
        let inside = (5432, "10.0.0.0/8", "applications");
        let group = site.security_group(&name("-db"), &vpc, &[inside]);
        site.bucket(&name("-uploads"), &Bucket::Versioned);
        site.database(&name(""), &group, 7);
        site.secret_parameter(&format!("/initech/{environment}/database/password"));
        site.instance(&Machine {
            name: &name("-app"),
            kind,
            zone: "a",
            subnet: &subnet,
            vpc: &vpc,
            group: &group,
            ip,
            profile: None,
        });
    }
    site.belongs_to("initech", "production", "in-1");
    // All of it in one zone.
    let machine = site.id("i", "initech-production-app");
    site.balanced(&Balanced {
        name: "initech-production",
        kind: "network",
        vpc: &vpc,
        subnets: &[("a", &subnet)],
        groups: &[],
        port: 443,
        machines: &[("a", &machine)],
    });
    let interface = site.id("eni", "initech-production-app");
    site.address("initech-production-app", "203.0.113.60", Some(&interface));
    // Drift: the console's suggestion, and a user from before there were roles.
    site.tags([]);
    site.security_group("launch-wizard-1", &vpc, &[(22, "0.0.0.0/0", "")]);
    site.user("legacy-ci", "developers");
}
