use std::collections::BTreeSet;

use tenko_core::{may_be_production, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Sink, Subject, few};

rule! {
    /// Two environments of one tenant list the same account or project, and at least one of them
    /// is, or may be, production.
    ///
    /// ## Why it is bad
    /// An account is the boundary at which permissions, quotas, bills and mistakes end. Inside one
    /// account, whoever may clean up a test environment may delete production, a load test can use
    /// up production's quotas, and no bill tells the two apart.
    ///
    /// ## Example
    /// ```yaml
    /// acme:
    ///   environments:
    ///     production: { scopes: ["111111111111"] }
    ///     staging: { scopes: ["111111111111"] } # the same
    /// ```
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
    needs_tenants: true,
    references: [
        "AWS Well-Architected" => "SEC01-BP01",
        "Google Cloud enterprise foundations blueprint" => "environments",
    ],
    remediation: "Give production an account or project of its own, and move the other environments out of it, the least used first.",
    parts: [Part::any(&[], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (scope, environments) in &context.environments {
        // They are sorted by tenant.
        for of_tenant in environments.chunk_by(|(a, _), (b, _)| a.id == b.id) {
            let Some((tenant, environment)) = of_tenant.first() else { continue };
            let stages: BTreeSet<_> = of_tenant.iter().map(|(_, e)| e.stage_word()).collect();
            let alone = (of_tenant.len() == 1).then_some(*environment);
            let subject = Subject::from(*scope).of(tenant, alone);
            if stages.len() < 2 || !stages.iter().any(|stage| may_be_production(stage)) {
                sink.judge(context, subject, Judged::Pass);
                continue;
            }
            let names = few(of_tenant.iter().map(|(_, environment)| &environment.name));
            let (scope, tenant) = (scope.to_string(), &tenant.id);
            let message = msg!("acc-01-bad", scope = scope, tenant = tenant, environments = names);
            sink.bad(context, subject, message);
        }
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::*;

    let shared = |a: &str, b: &str| world().account("1").tenant("acme", &[(a, "1"), (b, "1")]);
    let with_stage = |world: World| {
        world.declare(|declaration| {
            for environment in &mut declaration.tenants[0].environments {
                environment.stage = Some("production".to_owned());
            }
        })
    };
    vec![
        fires("production and staging", &["1"], shared("production", "staging"))
            .saying("production, staging"),
        fires("in Japanese", &["1"], shared("本番", "開発")),
        fires("a name that says nothing counts as production", &["1"], shared("blue", "dev")),
        fires("two such names", &["1"], shared("a", "b")),
        quiet("the stage wins over the name", with_stage(shared("eu", "us"))),
        quiet("none is production", shared("Staging", "dev")),
        quiet(
            "each has its own",
            world().account("1").account("2").tenant("acme", &[("prod", "1"), ("dev", "2")]),
        ),
        quiet(
            "of different tenants",
            world().account("1").tenant("acme", &[("prod", "1")]).tenant("beta", &[("dev", "1")]),
        ),
    ]
}
