//! acme: a booking service, as tidy as it gets, and still not quite as declared.

use serde_json::json;

use super::CANARY;
use super::compute::Machine;
use super::network::Rule;
use super::site::Site;
use super::storage::Bucket;
use crate::sim::Account;

const REGION: &str = "eu-central-1";
const INSIDE: Rule<'_> = (5432, "10.0.0.0/8", "applications");

pub(super) fn production(account: &mut Account) {
    let mut site = Site::new(account, REGION);
    site.belongs_to("acme", "production", "ac-100");
    let vpc = site.vpc("acme-production", "10.20.0.0/16", ["10.20.0.0/20", "10.20.16.0/20"]);
    // Drift that only the state knows of: the manifest is content with addresses inside.
    let by_hand = (22, "10.0.0.0/8", "debug-tanaka");
    let group = site.security_group("acme-production-db", &vpc, &[INSIDE, by_hand]);
    // Drift: switched off for a migration and never on again.
    site.bucket("acme-production-uploads", &Bucket::Suspended);
    site.database("acme-production", &group, 14);
    site.key("acme production data");
    site.backups("acme-production", "acme-production");
    site.watched();
    site.managed_keys();
    site.secret_parameter("/acme/production/database/password");
    // Terraform's alone. Both environments' states say that the bucket is theirs.
    site.bucket("acme-production-exports", &Bucket::Versioned);
    // Drift: its dead-letter queue is in the state, and somebody deleted it.
    site.queue("acme-production-orders", Some("acme-production-orders-dlq"));
    site.topic("acme-production-alarms", &format!("https://hooks.example.com/{CANARY}"));
    site.service_role("acme-production-invoices", "lambda.amazonaws.com", &[]);
    let variables = json!({ "DATABASE_PASSWORD": CANARY, "LOG_LEVEL": "info" });
    site.function("acme-production-invoices", variables);
    let tasks = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    site.service_role("acme-production-web", "ecs-tasks.amazonaws.com", &[tasks]);
    let variables = [("DATABASE_URL", "postgres://app"), ("SESSION_KEY", CANARY)];
    site.containers("acme-production", "acme-production-web", 41, &variables);
    let provider = site.oidc_provider("token.actions.githubusercontent.com");
    let policy = site.policy("acme-production-deploy", &["ecs:UpdateService", "ecs:Describe*"]);
    site.federated_role("acme-production-deploy", &provider, &[&policy]);
    let subnet = site.id("subnet", "acme-production-a");
    let mut machine = Machine {
        name: "debug-tanaka",
        kind: "t3.large",
        zone: "a",
        subnet: &subnet,
        vpc: &vpc,
        group: &group,
        ip: "10.20.3.77",
        profile: None,
    };
    // Drift: somebody looked into something, by hand.
    site.tags([]);
    site.instance(&machine);
    // Drift: the tag says staging.
    site.belongs_to("acme", "staging", "ac-200");
    machine.name = "acme-staging-worker";
    machine.ip = "10.20.4.12";
    site.instance(&machine);
    // Drift: staging's Terraform made it, with production's credentials.
    site.tags([("cost-center", "ac-200")]);
    site.queue("acme-orders-replay", None);
}

pub(super) fn staging(account: &mut Account) {
    let mut site = Site::new(account, REGION);
    site.belongs_to("acme", "staging", "ac-200");
    let vpc = site.vpc("acme-staging", "10.21.0.0/16", ["10.21.0.0/20", "10.21.16.0/20"]);
    // Drift: open to everyone, for a day in March.
    let opened = (5432, "0.0.0.0/0", "temporary, from home");
    let group = site.security_group("acme-staging-db", &vpc, &[INSIDE, opened]);
    site.bucket("acme-staging-uploads", &Bucket::Versioned);
    site.database("acme-staging", &group, 7);
    site.watched();
    site.managed_keys();
    site.secret_parameter("/acme/staging/database/password");
}
