//! The verdicts beside those of Prowler on the same accounts, as `record_prowler.py` recorded them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tenko::rules::Rule;

use crate::table::Table;
use crate::world::World;

const VERSION: &str = "5.46.0";

/// What Prowler said.
#[derive(Deserialize)]
struct Recorded {
    prowler: String,
    /// By check and account, a status by resource.
    verdicts: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// Checks that crashed, by account.
    no_result: BTreeMap<String, BTreeMap<String, String>>,
}

/// How the results of several checks on one subject correspond to one verdict.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// A finding where any of them fails.
    Any,
    /// A finding where all of them fail.
    All,
}

/// A rule, and the checks that look at what it looks at.
struct Peer {
    rule: &'static str,
    taken: Taken,
    checks: &'static [&'static str],
    /// The one account that the rule judges, where that is an organization's.
    only: Option<&'static str>,
}

const fn peer(rule: &'static str, checks: &'static [&'static str]) -> Peer {
    Peer { rule, taken: Taken::Any, checks, only: None }
}

const PEERS: &[Peer] = &[
    peer("ACC-03", &["organizations_account_part_of_organizations"]),
    Peer {
        only: Some("management"),
        ..peer("ACC-07", &["iam_root_credentials_management_enabled"])
    },
    Peer {
        only: Some("management"),
        ..peer("ACC-07", &["organizations_delegated_administrators"])
    },
    Peer {
        only: Some("management"),
        ..peer("ACC-09", &["config_delegated_admin_and_org_aggregator_all_regions"])
    },
    peer("ACC-10", &["account_security_contact_information_is_registered"]),
    peer("AVL-01", &["rds_instance_multi_az"]),
    peer("AVL-02", &["elbv2_is_in_multiple_az", "autoscaling_group_multiple_az"]),
    Peer {
        taken: Taken::All,
        ..peer(
            "DATA-01",
            &["s3_bucket_object_versioning", "s3_bucket_object_lock", "s3_bucket_no_mfa_delete"],
        )
    },
    peer("DATA-03", &["rds_instance_backup_enabled"]),
    peer("DATA-03", &["dynamodb_tables_pitr_enabled"]),
    peer("DATA-05", &["rds_instance_deletion_protection", "rds_cluster_deletion_protection"]),
    peer("DATA-05", &["dynamodb_table_deletion_protection_enabled"]),
    peer("DATA-06", &["s3_bucket_public_access"]),
    peer("IAM-01", &["iam_no_root_access_key"]),
    peer("IAM-02", &["iam_root_mfa_enabled"]),
    peer("IAM-03", &["iam_user_mfa_enabled_console_access"]),
    peer("IAM-04", &["iam_rotate_access_key_90_days"]),
    peer(
        "LOG-01",
        &[
            "cloudtrail_multi_region_enabled",
            "guardduty_is_enabled",
            "config_recorder_all_regions_enabled",
        ],
    ),
    peer(
        "NET-03",
        &[
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432",
        ],
    ),
];

/// Where the two say something else: the rule, the first of the checks, what both say, of what, and
/// why. The rule's page explains it, too.
type Difference =
    (&'static str, &'static str, &'static str, &'static str, &'static [&'static str], &'static str);
const DIFFERENCES: &[Difference] = &[
    (
        "ACC-07",
        "iam_root_credentials_management_enabled",
        "FAIL",
        "unknown",
        &["management"],
        "the call is not in the emulator: Prowler fails what it could not read",
    ),
    (
        "ACC-07",
        "organizations_delegated_administrators",
        "FAIL",
        "unknown",
        &["management"],
        "Prowler asks whether its own configuration trusts the administrator",
    ),
    (
        "ACC-09",
        "config_delegated_admin_and_org_aggregator_all_regions",
        "FAIL",
        "pass",
        &["management"],
        "Prowler looks at AWS Config alone, which has no aggregator here",
    ),
    (
        "ACC-10",
        "account_security_contact_information_is_registered",
        "MANUAL",
        "finding",
        &["acme-staging", "forgotten", "globex-production", "legacy"],
        "Prowler leaves it to people",
    ),
    (
        "ACC-10",
        "account_security_contact_information_is_registered",
        "MANUAL",
        "pass",
        &["acme-production", "globex-staging", "log", "management", "security"],
        "Prowler leaves it to people",
    ),
    (
        "DATA-01",
        "s3_bucket_object_versioning",
        "FAIL",
        "pass",
        &["acme-production: acme-production-plain", "globex-staging: globex-staging-kept"],
        "nobody may delete the bucket: of that Prowler does not know",
    ),
    (
        "DATA-03",
        "rds_instance_backup_enabled",
        "FAIL",
        "unknown",
        &["acme-production: reports", "globex-staging: shop", "legacy: everything"],
        "what AWS Backup does is not in the emulator: Prowler does not ask for it",
    ),
    (
        "DATA-03",
        "dynamodb_tables_pitr_enabled",
        "FAIL",
        "unknown",
        &["acme-staging: sessions", "globex-staging: carts"],
        "what AWS Backup does is not in the emulator: Prowler does not ask for it",
    ),
    (
        "DATA-06",
        "s3_bucket_public_access",
        "FAIL",
        "pass",
        &["globex-staging: globex-staging-office"],
        "of conditions on addresses Prowler takes private ranges only",
    ),
    (
        "IAM-04",
        "iam_rotate_access_key_90_days",
        "FAIL",
        "pass",
        &["globex-production: <root_account>"],
        "the root user's key is IAM-01",
    ),
    (
        "LOG-01",
        "cloudtrail_multi_region_enabled",
        "FAIL",
        "unknown",
        &["forgotten", "security"],
        "nothing was found in them, and not all could be read: Prowler judges unused regions, too",
    ),
    (
        "NET-03",
        "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
        "PASS",
        "unknown",
        &["acme-production: prefix-list"],
        "Prowler takes a prefix list for closed",
    ),
];

/// Findings of these rules of which Prowler says nothing. A bad example that was made after Prowler
/// looked is not among them: then it has to look again.
const NOT_COMPARED: &[(&str, &str, &str)] = &[(
    "AVL-02",
    "globex-production: lone-web",
    "Prowler does not look for web servers on their own",
)];

/// Compares both, wherever Prowler said something; the result says how much that was.
pub(crate) fn compare(world: &World, found: &Table) -> String {
    let recorded: Recorded = serde_json::from_str(include_str!("prowler-5.46.0.json")).unwrap();
    assert_eq!(recorded.prowler, VERSION);
    let crashed: Vec<_> = recorded.no_result.iter().collect();
    assert!(crashed.is_empty(), "explain what crashes: {crashed:?}");
    let of_peers = PEERS.iter().flat_map(|peer| peer.checks).map(|name| (*name).to_owned());
    let checks: BTreeSet<_> = recorded.verdicts.keys().cloned().collect();
    assert_eq!(of_peers.collect::<BTreeSet<_>>(), checks, "other checks were recorded");

    let mut expected = BTreeMap::new();
    for (rule, check, theirs, ours, subjects, _) in DIFFERENCES {
        for subject in *subjects {
            let key = ((*rule).to_owned(), (*check).to_owned(), (*subject).to_owned());
            expected.insert(key, ((*theirs).to_owned(), *ours));
        }
    }
    let mut differences = BTreeMap::new();
    let mut alone: BTreeSet<_> = BTreeSet::new();
    for peer in PEERS {
        let findings = found.subjects(peer.rule, "finding");
        alone.extend(findings.iter().map(|one| (peer.rule, one.clone())));
    }
    let (mut compared, mut failed) = (0, 0);
    for peer in PEERS {
        let check = peer.checks[0].to_owned();
        let subjects = subjects(&recorded, peer);
        assert!(!subjects.is_empty(), "Prowler said nothing with {check}");
        for (subject, theirs) in subjects {
            let account = subject.split(':').next().unwrap();
            assert!(world.made.accounts.contains_key(account), "{account}");
            let ours = verdict(found, peer.rule, &subject);
            alone.remove(&(peer.rule, subject.clone()));
            compared += 1;
            failed += usize::from(theirs == "FAIL");
            if !matches!((theirs.as_str(), ours), ("FAIL", "finding") | ("PASS", "pass")) {
                let key = (peer.rule.to_owned(), check.clone(), subject);
                differences.insert(key, (theirs, ours));
            }
        }
    }
    assert_eq!(differences, expected);
    let not_compared = NOT_COMPARED.iter().map(|(rule, subject, _)| (*rule, (*subject).to_owned()));
    assert_eq!(alone, not_compared.collect(), "record Prowler anew");
    assert!(compared > 140 && failed > 50, "only {compared} and {failed} were compared");
    format!("compared with Prowler {VERSION}: {compared}, of which it fails {failed}")
}

fn verdict(found: &Table, rule: &str, subject: &str) -> &'static str {
    let says = |verdict| found.subjects(rule, verdict).iter().any(|one| one == subject);
    ["finding", "unknown"].into_iter().find(|verdict| says(verdict)).unwrap_or("pass")
}

/// What Prowler says of each subject, all checks together.
fn subjects(recorded: &Recorded, peer: &Peer) -> BTreeMap<String, String> {
    let mut by_subject: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for check in peer.checks {
        for (account, of) in &recorded.verdicts[*check] {
            // What is in no organization was looked at for that rule alone.
            if peer.only.is_some_and(|only| only != account)
                || (account == "outside" && peer.rule != "ACC-03")
            {
                continue;
            }
            for (label, status) in of {
                let is_region = matches!(label.as_str(), "eu-central-1" | "us-east-1");
                let subject = match label.as_str() {
                    "account" => account.clone(),
                    _ if is_region => account.clone(),
                    label => format!("{account}: {label}"),
                };
                by_subject.entry(subject).or_default().push(status);
            }
        }
    }
    let together = |all: &[&str]| {
        let is = |status: &str| all.contains(&status);
        let fails = match peer.taken {
            Taken::Any => is("FAIL"),
            Taken::All => all.iter().all(|status| *status == "FAIL"),
        };
        match fails {
            true => "FAIL",
            false if is("MANUAL") => "MANUAL",
            false => "PASS",
        }
    };
    let of = by_subject.iter().map(|(subject, all)| (subject.clone(), together(all).to_owned()));
    of.collect()
}

/// Checks of Google Cloud begin with a service of it.
fn is_google(check: &str) -> bool {
    let services = ["cloudsql_", "cloudstorage_", "compute_", "iam_sa_", "iam_workload_"];
    services.iter().any(|service| check.starts_with(service))
}

/// Every check that a rule refers to is compared, and the rule's page tells every difference.
#[test]
fn pages_tell_what_differs() {
    let rules: BTreeMap<_, _> = tenko::rules::rules().iter().map(|rule| (rule.id, rule)).collect();
    for rule in rules.values() {
        for reference in rule.references.iter().filter(|r| r.framework == "Prowler") {
            let compared =
                |peer: &Peer| peer.rule == rule.id && peer.checks.contains(&reference.id);
            let is_compared = is_google(reference.id) || PEERS.iter().any(compared);
            assert!(is_compared, "{} of {} is not compared", reference.id, rule.id);
        }
    }
    for (rule, check, ..) in DIFFERENCES {
        let part = compared_with_prowler(rules[rule]);
        // Checks for ports are named together.
        let name = check.trim_end_matches("_22");
        assert!(part.contains(name), "the page of {rule} does not speak of {check}");
    }
}

fn compared_with_prowler(rule: &Rule) -> String {
    let page = rule.page();
    let part = page.split("\n## ").find(|part| part.starts_with("Compared with Prowler"));
    // Lines are broken anywhere.
    part.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}
