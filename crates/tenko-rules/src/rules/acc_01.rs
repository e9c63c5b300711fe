use std::collections::BTreeSet;

use tenko_core::{Environment, Finding, Verdict};

use crate::context::{Context, list};
use crate::rule::{Rule, rule};

rule! {
    /// Two environments of one tenant list the same account or project, and at least one of them
    /// is, or may be, production.
    ///
    /// ## Why it is bad
    /// An account is the boundary at which permissions, quotas, bills and mistakes end. Inside one
    /// account, whoever may clean up a test environment may delete production, a load test can use
    /// up production's quotas, and no bill tells the two apart.
    ///
    /// ## What it reads
    /// The declaration: environments of one tenant that name the same scope and have different
    /// stages. An environment without a stage goes by its name. Environments that are all known
    /// not to be production (development, test, staging, sandbox and the like) may share; a stage
    /// with any other name counts as production.
    ///
    /// ## Unknown
    /// Never: the declaration says it all.
    id: "ACC-01",
    name: "Production and non-production share an account",
    severity: High,
    references: [
        "AWS Well-Architected" => "SEC01-BP01",
        "Google Cloud enterprise foundations blueprint" => "environments",
    ],
    remediation: "Give production an account or project of its own, and move the other environments out of it, the least used first.",
    check: check,
}

const NOT_PRODUCTION: [&str; 21] = [
    "demo",
    "dev",
    "develop",
    "development",
    "integration",
    "lab",
    "non-prod",
    "non-production",
    "nonprod",
    "preview",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "uat",
    "検証",
    "開発",
    "ステージング",
];

fn stage(environment: &Environment) -> String {
    environment.stage.as_ref().unwrap_or(&environment.name).to_lowercase()
}

fn check(rule: &Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (scope, environments) in &context.environments {
        // They are sorted by tenant.
        for of_tenant in environments.chunk_by(|(a, _), (b, _)| a.id == b.id) {
            let stages: BTreeSet<_> = of_tenant.iter().map(|(_, e)| stage(e)).collect();
            let harmless = stages.iter().all(|stage| NOT_PRODUCTION.contains(&stage.as_str()));
            let (Some((tenant, _)), false, 2..) = (of_tenant.first(), harmless, stages.len())
            else {
                continue;
            };
            let names = list(of_tenant.iter().map(|(_, environment)| &environment.name));
            let message = format!(
                "{scope} holds environments of different stages of tenant {}: {names}.",
                tenant.id
            );
            findings.push(Finding {
                tenant: Some(tenant.id.clone()),
                ..rule.on(scope, Verdict::Finding, message)
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::testing::*;

    #[test]
    fn fires_where_one_of_them_may_be_production() {
        for (a, b) in [("production", "staging"), ("本番", "開発"), ("blue", "dev"), ("a", "b")]
        {
            let declared = declaration(vec![tenant("acme", &[(a, "1"), (b, "1")])]);
            let findings = of("ACC-01", &snapshot(&["1"]), &declared);
            assert_eq!(findings.len(), 1, "{a} {b}");
            assert_eq!(findings[0].tenant.as_deref(), Some("acme"));
            assert!(findings[0].message.contains(a) && findings[0].message.contains(b));
        }
    }

    #[test]
    fn a_stage_wins_over_the_name() {
        let mut declared = declaration(vec![tenant("acme", &[("eu", "1"), ("us", "1")])]);
        for environment in &mut declared.tenants[0].environments {
            environment.stage = Some("production".to_owned());
        }
        assert_eq!(of("ACC-01", &snapshot(&["1"]), &declared), []);
    }

    #[test]
    fn quiet_where_they_are_apart_or_none_is_production() {
        for tenants in [
            vec![tenant("acme", &[("prod", "1"), ("dev", "2")])],
            vec![tenant("acme", &[("Staging", "1"), ("dev", "1")])],
            vec![tenant("acme", &[("prod", "1")]), tenant("beta", &[("dev", "1")])],
        ] {
            assert_eq!(of("ACC-01", &snapshot(&["1"]), &declaration(tenants)), []);
        }
    }
}
