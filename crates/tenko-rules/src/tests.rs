//! What holds of all rules.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tenko_core::Verdict;

use crate::rules;
use crate::testing::*;

#[test]
fn ids_and_names_are_unique_and_in_order() {
    let ids: Vec<_> = rules().iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert_eq!(rules().iter().map(|rule| rule.name).collect::<BTreeSet<_>>().len(), ids.len());
}

/// The catalogue: an id is never used again, and none of them is ever without its rule.
#[test]
fn the_catalogue_is_complete() {
    let groups = [
        ("ACC", 10),
        ("AVL", 2),
        ("DATA", 6),
        ("IAC", 1),
        ("IAM", 8),
        ("LIFE", 1),
        ("LOG", 1),
        ("NET", 3),
        ("PAR", 1),
        ("QUOTA", 1),
    ];
    let catalogue: Vec<_> = groups
        .into_iter()
        .flat_map(|(group, last)| (1..=last).map(move |number| format!("{group}-{number:02}")))
        .collect();
    let ids: Vec<_> = rules().iter().map(|rule| rule.id).collect();
    assert_eq!(ids, catalogue);
}

#[test]
fn references_are_well_formed() {
    let forms = [
        ("AWS Config", r"^[A-Z0-9_]+$"),
        ("AWS SRA", r"^[A-Z][A-Za-z ]+$"),
        ("AWS Security Hub", r"^[A-Za-z0-9]+\.[0-9]+$"),
        ("AWS Trusted Advisor", r"^[A-Z][a-z ]+$"),
        ("AWS Well-Architected", r"^(SEC|REL|OPS|COST|PERF|SUS)[0-9]{2}(-BP[0-9]{2})?$"),
        ("CIS AWS v5.0", r"^[0-9]+(\.[0-9]+)+$"),
        ("CIS AWS v7.0", r"^[0-9]+(\.[0-9]+)+$"),
        ("CIS Google Cloud v5.0", r"^[0-9]+(\.[0-9]+)+$"),
        ("Cartography", r"^[a-z_]+$"),
        ("Checkov", r"^CKV2?_[A-Z]+_[0-9]+$"),
        ("Google Cloud enterprise foundations blueprint", r"^[a-z ]+$"),
        ("Prowler", r"^[a-z0-9_]+$"),
        ("ScoutSuite", r"^[a-z0-9-]+$"),
    ];
    for rule in rules() {
        for reference in rule.references {
            let form = forms.iter().find(|(framework, _)| *framework == reference.framework);
            let (_, form) = form.unwrap_or_else(|| panic!("{}: {reference:?}", rule.id));
            let form = regex::Regex::new(form).unwrap();
            assert!(form.is_match(reference.id), "{}: {reference:?}", rule.id);
        }
        let unique: BTreeSet<_> = rule.references.iter().map(|r| (r.framework, r.id)).collect();
        assert_eq!(unique.len(), rule.references.len(), "{} has a reference twice", rule.id);
    }
}

#[test]
fn every_rule_has_a_page() {
    for rule in rules() {
        let (group, number) = rule.id.split_once('-').unwrap();
        assert!(group.chars().all(|c| c.is_ascii_uppercase()) && number.len() == 2, "{}", rule.id);
        assert!(number.parse::<u8>().is_ok(), "{}", rule.id);
        // So that the list of rules fits into 80 columns.
        assert!(rule.name.chars().count() <= 54, "{}: {}", rule.id, rule.name);
        assert!(!rule.name.ends_with('.') && !rule.remediation.is_empty(), "{}", rule.id);
        for section in ["## Why it is bad", "## What it reads", "## Unknown", "## Example"] {
            let section = format!("\n\n{section}\n");
            assert!(rule.page().contains(&section), "{} has no section {section}", rule.id);
        }
        for reference in rule.references {
            assert!(!reference.framework.is_empty() && !reference.id.is_empty(), "{}", rule.id);
        }
    }
}

#[test]
fn findings_carry_the_rule_and_what_to_do() {
    let snapshot = snapshot(&["1", "2"]);
    let declared = declaration(vec![tenant("acme", &[("prod", "1"), ("dev", "1")])]);
    let findings = evaluated(&snapshot, &declared).findings;
    assert_eq!(findings.len(), 2, "{findings:?}");
    for finding in &findings {
        let rule = rules().iter().find(|rule| rule.id == finding.rule).unwrap();
        assert_eq!((finding.name.as_str(), finding.severity), (rule.name, rule.severity));
        assert_eq!(finding.verdict, Verdict::Finding);
        assert!(!finding.message.is_empty() && !finding.remediation.is_empty());
    }
}

#[test]
fn every_rule_does_what_its_cases_say() {
    for (rule, cases) in crate::rules::cases() {
        for case in cases {
            case.check(rule);
        }
    }
}

#[test]
fn every_rule_has_a_firing_a_quiet_and_an_unknown_case() {
    for (rule, cases) in crate::rules::cases() {
        let has = |what: fn(&Expect) -> bool| cases.iter().any(|case| what(&case.expect));
        assert!(has(|e| matches!(e, Expect::Fires(_))), "{rule} has no firing case");
        assert!(has(|e| matches!(e, Expect::Quiet)), "{rule} has no quiet case");
        let page = rules().iter().find(|r| r.id == rule).unwrap().page();
        let never = page.contains("## Unknown\nNever");
        assert!(never || has(|e| matches!(e, Expect::Unknown(_))), "{rule} has no unknown case");
    }
}

/// The promise, for every rule and everything that it reads: what was not read never passes.
#[test]
fn nothing_passes_where_an_input_was_not_read() {
    for (rule, cases) in crate::rules::cases() {
        let rule = rules().iter().find(|r| r.id == rule).unwrap();
        for case in cases.iter().filter(|case| case.expect == Expect::Quiet) {
            for part in rule.parts {
                for input in part.inputs {
                    let of_cloud = |s: &tenko_core::Scope| part.cloud.is_none_or(|c| s.cloud == *c);
                    if !case.world.snapshot().scopes.accounts().any(of_cloud) {
                        continue;
                    }
                    let evaluation = case.world.clone().denied_everywhere(input).evaluate();
                    let result = evaluation.results.iter().find(|r| r.rule == rule.id).unwrap();
                    assert!(
                        result.unknown + result.findings > 0 || !result.not_evaluated.is_empty(),
                        "{}: {}: passes without {input}: {result:?}",
                        rule.id,
                        case.name
                    );
                }
            }
        }
    }
}

#[test]
fn a_cloud_that_could_not_be_discovered_is_not_one_that_nobody_uses() {
    let of = |world: World| {
        let results = world.evaluate().results;
        results.into_iter().find(|result| result.rule == "ACC-10").unwrap().not_evaluated
    };
    assert_eq!(of(world().account("1")), [""; 0]);
    let failed = world().account("1").discovery_failed("gcp");
    assert_eq!(of(failed), ["nothing of gcp was discovered"]);
}

#[test]
fn rules_on_organizations_say_where_there_was_none() {
    let results = world().account_alone("1").evaluate().results;
    for result in results.iter().filter(|result| ["ACC-07", "ACC-09"].contains(&&*result.rule)) {
        assert_eq!(result.not_evaluated, ["no organization was discovered"], "{}", result.rule);
    }
}

#[test]
fn an_empty_declaration_is_quiet() {
    let mut snapshot = snapshot(&["1", "2"]);
    snapshot.discovery_problems.push(discovery_problem());
    let evaluation = evaluated(&snapshot, &tenko_core::Declaration::default());
    assert_eq!(evaluation.findings, []);
    let needs = |id: &str| rules().iter().any(|rule| rule.id == id && rule.needs_tenants);
    for result in evaluation.results.iter().filter(|result| needs(&result.rule)) {
        assert_eq!(result.not_evaluated, ["no tenant is declared"], "{}", result.rule);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_is_only_text_and_order_does_not_matter(
        texts in proptest::collection::vec(".{0,9}", 6),
    ) {
        let t = |i: usize| texts[i].as_str();
        let mut snapshot = snapshot(&[t(0), t(1)]);
        snapshot.resources = vec![
            resource(t(0), t(2), &[("tenant", t(3))]),
            resource(t(1), t(3), &[("tenant", t(2))]),
        ];
        let tenants = vec![
            tenant(t(3), &[(t(4), t(0)), (t(5), t(0))]),
            tenant(t(2), &[(t(4), t(0)), (t(5), t(4))]),
        ];
        let mut turned = declaration(tenants.iter().rev().cloned().collect());
        turned.tenants.iter_mut().for_each(|tenant| tenant.environments.reverse());
        let found = evaluated(&snapshot, &declaration(tenants)).findings;
        snapshot.resources.reverse();
        prop_assert_eq!(found, evaluated(&snapshot, &turned).findings);
    }
}
