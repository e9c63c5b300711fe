//! The risk rules: each looks at a snapshot and the declaration, and names a bad state.
//!
//! A rule is one file in `rules/`: its doc comment is its published page, its metadata stands
//! above a pure check, and its firing, quiet and unknown cases stand below. A rule is quiet only
//! where everything that it reads was read; else its verdict is unknown.
//!
//! Severities are defaults, and nothing is suppressed here: both belong to whoever shows findings.
//!
//! This crate knows no runtime, no SDK, no file and no clock.

mod context;
mod rule;
mod rules;

#[cfg(test)]
mod testing;

use std::cmp::Ordering;

use rayon::prelude::*;
use tenko_core::{Declaration, Finding, Snapshot};

pub use rule::{Reference, Rule};

use context::Context;

/// All rules, by id.
pub fn rules() -> &'static [Rule] {
    rules::ALL
}

/// Evaluates all rules. Findings stand in the order of rules, then by cloud, scope, verdict
/// (findings before unknowns), tenant, environment and message.
///
/// A declaration without tenants declares no intent: rules that need one are then quiet.
pub fn evaluate(snapshot: &Snapshot, declaration: &Declaration) -> Vec<Finding> {
    let context = Context::new(snapshot, declaration);
    let of_rules: Vec<Vec<Finding>> =
        rules().par_iter().map(|rule| sorted(rule.check(&context))).collect();
    of_rules.into_iter().flatten().collect()
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(in_order);
    findings
}

fn in_order(a: &Finding, b: &Finding) -> Ordering {
    fn key(f: &Finding) -> impl Ord + '_ {
        let unknown = f.verdict == tenko_core::Verdict::Unknown;
        let rest = (&f.tenant, &f.environment, &f.resource, &f.message);
        (&f.cloud, &f.scope, unknown, rest)
    }
    key(a).cmp(&key(b))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use tenko_core::Verdict;

    use super::*;
    use crate::testing::*;

    #[test]
    fn ids_and_names_are_unique_and_in_order() {
        let ids: Vec<_> = rules().iter().map(|rule| rule.id).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        assert_eq!(rules().iter().map(|rule| rule.name).collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn every_rule_has_a_page() {
        for rule in rules() {
            let (group, number) = rule.id.split_once('-').unwrap();
            assert!(
                group.chars().all(|c| c.is_ascii_uppercase()) && number.len() == 2,
                "{}",
                rule.id
            );
            assert!(number.parse::<u8>().is_ok(), "{}", rule.id);
            assert!(!rule.name.ends_with('.') && !rule.remediation.is_empty(), "{}", rule.id);
            for section in ["## Why it is bad", "## What it reads", "## Unknown"] {
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
        let findings = evaluate(&snapshot, &declared);
        assert_eq!(findings.len(), 2, "{findings:?}");
        for finding in &findings {
            let rule = rules().iter().find(|rule| rule.id == finding.rule).unwrap();
            assert_eq!((finding.name.as_str(), finding.severity), (rule.name, rule.severity));
            assert_eq!(finding.verdict, Verdict::Finding);
            assert!(!finding.message.is_empty() && !finding.remediation.is_empty());
        }
    }

    #[test]
    fn an_empty_declaration_is_quiet() {
        let mut snapshot = snapshot(&["1", "2"]);
        snapshot.discovery_problems.push(discovery_problem());
        assert_eq!(evaluate(&snapshot, &Declaration::default()), []);
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
            let found = evaluate(&snapshot, &declaration(tenants));
            snapshot.resources.reverse();
            prop_assert_eq!(found, evaluate(&snapshot, &turned));
        }
    }
}
