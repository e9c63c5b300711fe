//! How to leave a shared account, in every format.

use serde_json::{Value, json};
use tenko_core::{Cloud, Outcome, Reach, ScopeKey, Severity};
use tenko_report::{json as as_json, markdown, text, text::TextOptions, untangle_schema};
use tenko_untangle::*;

use crate::golden::{check, options};

/// A name that acts on every format.
const HOSTILE: &str = "x\u{1b}[31m|<b>`@a`\n- [x](http://e)";

fn named(kind: &str, id: &str, name: Option<&str>) -> Named {
    Named {
        scope: "111111111111".into(),
        region: Reach::region("eu-central-1"),
        resource_type: kind.into(),
        id: id.to_owned(),
        name: name.map(ToOwned::to_owned),
    }
}

fn group(name: &str, certain: u64) -> Group {
    Group {
        id: format!("acme/{name}"),
        tenant: Some("acme".to_owned()),
        environment: Some(name.to_owned()),
        stage: Some(name.to_owned()),
        declared: true,
        elsewhere: vec![],
        resources: certain + 1,
        certain,
        likely: 1,
        guess: 0,
    }
}

fn evidence(text: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::Reference,
        groups: vec!["acme/staging".to_owned()],
        text: text.to_owned(),
    }
}

fn plan() -> Untangle {
    let both = || vec!["acme/production".to_owned(), "acme/staging".to_owned()];
    let vpc = named("AWS::EC2::VPC", "vpc-1", Some("shared"));
    let orders = named("AWS::RDS::DBInstance", "orders", None);
    let role = named("AWS::IAM::Role", HOSTILE, None);
    Untangle {
        scope: ScopeKey::new(Cloud::aws(), "111111111111"),
        name: "legacy".to_owned(),
        run: "20260301T090000Z-7f3a".to_owned(),
        verdict: Verdict::Shared,
        reason: "2 owners share the account: the manifest says so.".to_owned(),
        incomplete: true,
        unread: vec![
            Unread {
                what: "AWS::Lambda::Function".to_owned(),
                regions: vec![Reach::region("eu-central-1")],
                outcome: Some(Outcome::ThrottledOut),
                reason: format!("lambda:ListFunctions {HOSTILE}"),
            },
            Unread {
                what: "AWS::EC2::Snapshot".to_owned(),
                regions: vec![],
                outcome: Some(Outcome::Skipped),
                reason: "not looked at in this run".to_owned(),
            },
        ],
        references_unread: vec![ScopeKey::new(Cloud::aws(), "222222222222")],
        groups: vec![group("production", 12), group("staging", 4)],
        counts: Counts {
            resources: 21,
            owned: 18,
            ambiguous: 1,
            account: 1,
            unclaimed: 1,
            provider_made: 9,
        },
        resources: vec![Owned {
            resource: role.clone(),
            owner: Owner::Unclaimed,
            evidence: vec![],
            provider_made: false,
        }],
        references: vec![Reference {
            from: role.clone(),
            to: None,
            to_scope: "999999999999".into(),
            kind: ReferenceKind::Trust,
            path: "AssumeRolePolicyDocument".to_owned(),
        }],
        references_left_out: 0,
        ambiguous: vec![Ambiguity {
            resource: vpc.clone(),
            kind: AmbiguityKind::Shared,
            why: "Shared by acme/production and acme/staging: each uses it, or declares it."
                .to_owned(),
            sides: both()
                .into_iter()
                .map(|group| Side {
                    group,
                    evidence: vec![
                        evidence("web (EC2::Instance) is in it (VpcId)"),
                        evidence(HOSTILE),
                    ],
                    more: 3,
                })
                .collect(),
        }],
        blast: vec![
            Blast {
                resource: orders.clone(),
                severity: Severity::Critical,
                owner: Owner::Ambiguous { candidates: both() },
                copies: Copies::NoneSeen,
                has: vec![],
                lacks: vec!["automated backups".to_owned()],
                unknown: vec!["AWS Backup, which was not all read".to_owned()],
                deletion_protection: Some(false),
                why: "Production uses it, and no second copy of its data was seen.".to_owned(),
                refused_while_in_use: false,
                takes_along: 0,
                takes_along_examples: vec![],
                dependents: 1000,
                dependent_groups: both(),
                examples: vec![],
            },
            attached("vol-0000000000000000a"),
            machine(),
            attached("vol-0000000000000000b"),
            Blast {
                resource: named("AWS::S3::Bucket", "acme-staging-uploads", None),
                severity: Severity::Low,
                owner: Owner::Group {
                    group: "acme/staging".to_owned(),
                    confidence: Confidence::Certain,
                },
                copies: Copies::Some,
                has: vec!["versioning".to_owned(), "AWS Backup, last 2026-02-28".to_owned()],
                lacks: vec![],
                unknown: vec![],
                deletion_protection: None,
                why: "There is a second copy of its data.".to_owned(),
                refused_while_in_use: false,
                takes_along: 0,
                takes_along_examples: vec![],
                dependents: 2,
                dependent_groups: vec!["acme/staging".to_owned()],
                examples: vec![],
            },
        ],
        network: NetworkPlan {
            ranges: vec![NewRange {
                group: "acme/staging".to_owned(),
                range: "10.2.0.0/16".parse().unwrap(),
                why: "as large as what it uses now: 10.0.0.0/16".to_owned(),
            }],
            pools: vec!["10.0.0.0/8".parse().unwrap()],
            avoided: vec![Avoided {
                range: "10.0.0.0/16".parse().unwrap(),
                why: "EC2::VPC of 111111111111".to_owned(),
            }],
            unread: vec![ScopeKey::new(Cloud::aws(), "222222222222")],
        },
        moves: vec![
            Move {
                order: 1,
                group: "acme/staging".to_owned(),
                stays: false,
                why: "Not production, or not known to be (5 resources).".to_owned(),
                targets: vec![],
                network: Some("10.2.0.0/16".parse().unwrap()),
                steps: vec![
                    step(Phase::Stateless, "AWS::Lambda::Function", Movable::Recreate),
                    step(Phase::Data, "AWS::S3::Bucket", Movable::ShareAndCopy),
                    step(Phase::Unknown, "AWS::New::Thing", Movable::Unknown),
                ],
            },
            Move {
                order: 2,
                group: "acme/production".to_owned(),
                stays: true,
                why: "Production stays.".to_owned(),
                targets: vec![],
                network: None,
                steps: vec![],
            },
        ],
        split_last: vec![
            Shared {
                resource: vpc,
                groups: both(),
                stays_with: Some("acme/production".to_owned()),
                movable: Movable::Stays,
                note: "It stays with acme/production, and is its own then.".to_owned(),
                source: String::new(),
            },
            Shared {
                resource: role,
                groups: both(),
                stays_with: None,
                movable: Movable::Recreate,
                note: "Make a new one.".to_owned(),
                source: "https://docs.aws.amazon.com/vpc/".to_owned(),
            },
        ],
    }
}

/// A long name, which two volumes share.
const DISK: &str = "acme-production-application-server-in-the-first-availability-zone-root";

/// A volume that its machine uses.
fn attached(id: &str) -> Blast {
    Blast {
        resource: named("AWS::EC2::Volume", id, Some(DISK)),
        severity: Severity::Low,
        why: "AWS refuses to delete it while it is in use.".to_owned(),
        owner: Owner::Unclaimed,
        copies: Copies::None,
        has: vec![],
        lacks: vec!["snapshots".to_owned()],
        unknown: vec![],
        deletion_protection: None,
        refused_while_in_use: true,
        takes_along: 0,
        takes_along_examples: vec![],
        dependents: 1,
        dependent_groups: vec![],
        examples: vec![],
    }
}

/// A machine whose disks go with it; one of them was not read.
fn machine() -> Blast {
    Blast {
        resource: named("AWS::EC2::Instance", "i-1", Some(HOSTILE)),
        severity: Severity::Critical,
        why: "It may be production's, and there is no second copy of its data.".to_owned(),
        has: vec!["automated backups (go with it), 7 days".to_owned()],
        copies: Copies::Some,
        deletion_protection: Some(true),
        refused_while_in_use: false,
        takes_along: 2,
        takes_along_examples: vec![named("AWS::EC2::Volume", "vol-0000000000000000a", Some(DISK))],
        dependents: 0,
        ..attached("")
    }
}

fn step(phase: Phase, kind: &str, movable: Movable) -> Step {
    let is_known = movable != Movable::Unknown;
    Step {
        phase,
        resource_type: kind.into(),
        resources: vec![named(kind, "acme-staging-a", None), named(kind, HOSTILE, Some(HOSTILE))],
        movable,
        downtime: if is_known { Downtime::AtSwitch } else { Downtime::Unknown },
        note: "How it is done.".to_owned(),
        source: if is_known { "https://docs.aws.amazon.com/".to_owned() } else { String::new() },
        checks: vec![format!("{HOSTILE} is used by acme/production too.")],
        with: vec![named("AWS::Lambda::Function", "reader", None)],
    }
}

#[test]
fn as_text() {
    for (name, options) in [
        ("untangle-80", options(80)),
        ("untangle-verbose", TextOptions { verbose: true, ..options(80) }),
    ] {
        let text = text::untangle(&plan(), &options);
        if !options.verbose {
            check(&text, 80);
        }
        assert!(!text.contains('\u{1b}'));
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn as_markdown() {
    let text = markdown::untangle(&plan());
    insta::assert_snapshot!("untangle-markdown", text);
    assert!(!text.contains("<b>") && !text.contains('\u{1b}') && !text.contains("[x]("));
    // No name makes a line of its own: every line begins as one of ours.
    let ours = [
        "- ",
        "# ",
        "## ",
        "### ",
        "| ",
        "|-",
        "  - ",
        "**This",
        "2 owners",
        "Unclaimed:",
        "Before",
        "Avoided:",
        "Why:",
        "IPv6 is",
        "Not production",
        "Production stays",
        "…",
    ];
    for line in text.lines().filter(|line| !line.is_empty()) {
        assert!(ours.iter().any(|start| line.starts_with(start)), "{line}");
    }
}

#[test]
fn as_json_it_fits_its_schema() {
    let validator = jsonschema::draft202012::new(&untangle_schema()).unwrap();
    let document = as_json::untangle(&plan());
    let errors: Vec<_> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!((&document["schema_version"], &document["kind"]), (&json!(1), &json!("untangle")));
    for (at, value) in [
        ("/verdict", json!("fine")),
        ("/schema_version", json!(2)),
        ("/moves/0/steps/0/movable", json!("maybe")),
        ("/counts", Value::Null),
    ] {
        let mut wrong = document.clone();
        *wrong.pointer_mut(at).unwrap() = value;
        assert!(!validator.is_valid(&wrong), "{at}");
    }
}

#[test]
fn an_account_that_did_not_answer_says_so_and_nothing_else() {
    let mut silent = plan();
    silent.verdict = Verdict::Unread;
    silent.reason = "Nothing can be said: denied.".to_owned();
    let text = text::untangle(&silent, &options(80));
    assert!(text.contains("not read  Nothing can be said: denied."));
    for absent in ["OWNERS", "IN THIS ORDER", "NEW NETWORKS"] {
        assert!(!text.contains(absent), "{absent}");
    }
}

#[test]
fn names_in_front_of_a_delete_are_whole() {
    for verbose in [false, true] {
        let text = text::untangle(&plan(), &TextOptions { verbose, ..options(60) });
        let joined: String = text.lines().map(str::trim).collect();
        for id in ["vol-0000000000000000a", "vol-0000000000000000b"] {
            let whole = format!("{DISK} ({id})").replace(' ', "");
            assert!(joined.replace(' ', "").contains(&whole), "{text}");
        }
    }
}

#[test]
fn where_nobody_moves_nothing_begins_and_no_network_is_new() {
    let mut one = plan();
    one.verdict = Verdict::OneOwner;
    let both = [text::untangle(&one, &options(80)), markdown::untangle(&one)];
    for text in both {
        assert!(!text.to_lowercase().contains("before you begin"), "{text}");
        assert!(!text.contains("Before anything else"), "{text}");
    }
    let mut without = plan();
    without.network.ranges.clear();
    without.moves.iter_mut().for_each(|one| one.network = None);
    let both = [text::untangle(&without, &options(80)), markdown::untangle(&without)];
    for text in both {
        assert!(!text.to_lowercase().contains("new networks"), "{text}");
    }
}
