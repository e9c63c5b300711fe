//! globex: games. Production, a staging account that does not let us in, and a launch.

use super::balance::Balanced;
use super::compute::Machine;
use super::site::Site;
use super::storage::Bucket;
use crate::sim::Account;

const REGION: &str = "ap-northeast-1";

pub(super) fn production(account: &mut Account) {
    let mut site = Site::new(account, REGION);
    site.belongs_to("globex", "production", "gx-700");
    let name = "globex-production";
    let vpc = site.vpc(name, "10.40.0.0/16", ["10.40.0.0/20", "10.40.16.0/20"]);
    site.way_out(name, &vpc, "10.40.0.0/16");
    let group =
        site.security_group("globex-production-db", &vpc, &[(5432, "10.0.0.0/8", "applications")]);
    site.bucket("globex-production-uploads", &Bucket::Versioned);
    // Drift: backups are kept for one day.
    site.database(name, &group, 1);
    site.managed_keys();
    site.secret_parameter("/globex/production/database/password");
    let s3 = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    site.service_role("globex-production-game", "ec2.amazonaws.com", &[s3]);
    site.instance_profile("globex-production-game");
    let subnets = ["a", "b"].map(|zone| site.id("subnet", &format!("globex-production-{zone}")));
    let [first, second] = &subnets;
    let machines = ["globex-production-game-1", "globex-production-game-2"];
    for (name, zone, subnet, ip) in
        [(machines[0], "a", first, "10.40.2.11"), (machines[1], "b", second, "10.40.18.12")]
    {
        site.instance(&Machine {
            name,
            kind: "c7i.xlarge",
            zone,
            subnet,
            vpc: &vpc,
            group: &group,
            ip,
            profile: Some("globex-production-game"),
        });
    }
    let [one, two] = machines.map(|name| site.id("i", name));
    site.balanced(&Balanced {
        name: "globex-production-game",
        kind: "application",
        vpc: &vpc,
        subnets: &[("a", first), ("b", second)],
        groups: &[&group],
        port: 8080,
        machines: &[("a", &one), ("b", &two)],
    });
    site.watched();
    // Drift: nobody pays for it.
    site.belongs_to("globex", "production", "");
    site.table("globex-production-players", "playerId");
    // Drift: another tenant's.
    site.belongs_to("acme", "production", "ac-100");
    site.bucket("acme-campaign-videos", &Bucket::Versioned);
    // Drift: made in the console.
    site.tags([]);
    site.bucket("globex-tmp-export-2019", &Bucket::HandMade);
}

/// There is something, but nobody gets to see it: the role asks for an external id that was
/// changed everywhere else.
pub(super) fn staging(account: &mut Account) {
    for role in &mut account.roles {
        role.external_id = Some("the-one-before".to_owned());
    }
    let mut site = Site::new(account, REGION);
    site.belongs_to("globex", "staging", "gx-710");
    site.vpc("globex-staging", "10.41.0.0/16", ["10.41.0.0/20", "10.41.16.0/20"]);
    site.watched();
    site.bucket("globex-staging-uploads", &Bucket::Versioned);
}

pub(super) fn launch(account: &mut Account) {
    let mut site = Site::new(account, REGION);
    site.belongs_to("globex", "launch", "gx-720");
    site.watched();
    site.table("globex-launch-sessions-ap-northeast-1", "sessionId");
    site.queue("globex-launch-matchmaking-ap-northeast-1", None);
    // It is there, but a policy keeps everyone from reading it.
    let group = site.id("sg", "launch");
    site.database("globex-launch-leaderboard", &group, 7);
}
