use std::collections::{BTreeSet, HashMap, HashSet};

use tenko_core::{
    Arg, Environment, Message, ParityKind, ParityResult, ParityRow, Reach, ScopeKey, Tenant,
    may_be_production, msg,
};
use tenko_diff::parity::{ParityGroup, parity, parity_groups};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, SHOWN, Sink, Subject, few};

/// What a stage is called whose environment is to be as production is.
const STAGING: [&str; 8] = [
    "pre-production",
    "preprod",
    "preproduction",
    "stage",
    "staging",
    "stg",
    "uat",
    "ステージング",
];

rule! {
    /// Environments that should be alike differ: a tenant's production and staging, or the
    /// environments of one stage that several tenants have from one baseline. Differences that the
    /// declaration allows do not count.
    ///
    /// ## Why it is bad
    /// What was tested in staging was not tested for a production that is something else. And of
    /// tenants that are made from one baseline, the one that differs is the one where the next
    /// change, or the next fix, does not work.
    ///
    /// ## Example
    /// ```text
    /// {tenant}-{environment}-api  Runtime  production: python3.9  staging: python3.13
    /// ```
    ///
    /// ## What it reads
    /// What `tenko parity` reads: all collected resources of the environments, brought together by the
    /// role that their name tells, with ids, regions, account numbers and names taken out. Of a tenant,
    /// the environments whose stage is or may be production, and those of staging (staging, stage, stg,
    /// uat, preprod and the like), where there is one of each; other stages are not compared. Of a
    /// baseline, the environments of one stage, of at least two tenants.
    ///
    /// There is one finding for each such group, in the name of its first environment; a group that is
    /// part of another one is not told apart. `tenko parity` shows every difference, with the values.
    ///
    /// ## Unknown
    /// Where no difference was found, and something of one of the environments could not be read.
    id: "PAR-01",
    name: "Environments that should be alike differ",
    severity: Medium,
    needs_tenants: true,
    references: [],
    remediation: "Bring the environment that is odd in line with the others, or allow the difference in the manifest with the reason for it.",
    parts: [Part::any(&[], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let environments: HashMap<(&str, &str), (&Tenant, &Environment)> = context
        .declaration
        .environments()
        .map(|(tenant, e)| ((tenant.id.as_str(), e.name.as_str()), (tenant, e)))
        .collect();
    let groups = parity_groups(context.declaration).into_iter();
    let groups = widest(groups.filter_map(|group| comparable(group, &environments)).collect());
    if groups.is_empty() {
        sink.not_evaluated(msg!("par-01-nothing-alike"));
        return;
    }
    let compared = parity(
        context.snapshot,
        context.declaration,
        context.catalog,
        &groups,
        context.parity_allow,
    );
    let gaps = gaps(context);
    for (group, result) in groups.iter().zip(&compared.groups) {
        let members = group.members.iter();
        let members: Vec<_> = members
            .filter_map(|(tenant, name)| environments.get(&(tenant.as_str(), name.as_str())))
            .collect();
        let Some(subject) = subject(&members) else { continue };
        let judged = if result.rows.is_empty() {
            let scopes: BTreeSet<_> = members.iter().flat_map(|(_, e)| &e.scopes).collect();
            let gap = scopes.into_iter().find_map(|scope| {
                let unread = context.why_unread(scope, &[]);
                let gap = unread.or_else(|| gaps.get(scope).cloned())?;
                Some(msg!("rule-of-scope", scope = Arg::text(scope), reason = gap))
            });
            gap.map_or(Judged::Pass, |gap| {
                let names = names(result);
                let message = msg!("par-01-untold", environments = names, reason = gap);
                Judged::Unknown(message.into())
            })
        } else {
            Judged::Bad(differences(result).into())
        };
        let tenants: BTreeSet<_> = members.iter().map(|(tenant, _)| &tenant.id).collect();
        let subject = match tenants.first() {
            Some(only) if tenants.len() == 1 => subject.owned(Some((*only).clone()), None),
            _ => subject.owned(None, None),
        };
        sink.judge(context, subject, judged);
    }
}

/// The part of a group that is to be alike. Of a tenant, that is production and staging.
fn comparable(
    mut group: ParityGroup,
    environments: &HashMap<(&str, &str), (&Tenant, &Environment)>,
) -> Option<ParityGroup> {
    let tenants: HashSet<_> = group.members.iter().map(|(tenant, _)| tenant).collect();
    if tenants.len() > 1 {
        return Some(group);
    }
    let (mut production, mut staging) = (false, false);
    group.members.retain(|(tenant, name)| {
        let Some((_, environment)) = environments.get(&(tenant.as_str(), name.as_str())) else {
            return false;
        };
        let stage = environment.stage_word();
        let is_staging = STAGING.contains(&stage.as_str());
        let is_production = !is_staging && may_be_production(&stage);
        production |= is_production;
        staging |= is_staging;
        is_staging || is_production
    });
    (production && staging).then_some(group)
}

/// The groups that are not a part of another one: environments of two baselines are compared once.
fn widest(groups: Vec<ParityGroup>) -> Vec<ParityGroup> {
    let mut with: HashMap<&(String, String), Vec<usize>> = HashMap::new();
    for (at, group) in groups.iter().enumerate() {
        group.members.iter().for_each(|member| with.entry(member).or_default().push(at));
    }
    let is_part = |at: usize, group: &ParityGroup| {
        let of = &group.members;
        let wider = of.first().and_then(|member| with.get(member)).into_iter().flatten();
        wider.filter(|other| **other != at).any(|other| {
            // Of equal ones the first stays.
            groups.get(*other).is_some_and(|wider| {
                of.is_subset(&wider.members) && (of.len() < wider.members.len() || *other < at)
            })
        })
    };
    let kept: Vec<bool> =
        groups.iter().enumerate().map(|(at, group)| !is_part(at, group)).collect();
    groups.into_iter().zip(kept).filter_map(|(group, kept)| kept.then_some(group)).collect()
}

/// The first gap of each scope; what configuration left out is none.
fn gaps(context: &Context<'_>) -> HashMap<ScopeKey, Message> {
    let mut gaps = HashMap::new();
    for row in context.snapshot.coverage.iter().filter(|row| row.outcome.is_gap()) {
        let unit = &row.unit;
        let gap = || {
            let name = Arg::text(&unit.resource_type);
            match &unit.reach {
                Reach::Global => msg!("rule-unit-ended", type = name, outcome = row.outcome),
                Reach::Region(region) => msg!(
                    "rule-unit-ended-in",
                    type = name,
                    region = region.as_str(),
                    outcome = row.outcome,
                ),
            }
        };
        gaps.entry(unit.scope_key()).or_insert_with(gap);
    }
    gaps
}

/// Under what a group is reported: the first scope of the first environment that has one.
fn subject<'e>(members: &[&(&'e Tenant, &'e Environment)]) -> Option<Subject<'e>> {
    let scope = members.iter().find_map(|(_, environment)| environment.scopes.iter().min())?;
    Some(Subject::from(scope))
}

/// `acme/production and acme/staging`
fn names(result: &ParityResult) -> Message {
    let all = result.environments.iter().map(|e| format!("{}/{}", e.tenant, e.environment));
    let all: Vec<_> = all.collect();
    match all.as_slice() {
        [one, other] => msg!("par-01-two", one = one, other = other),
        all => {
            let (count, shown) = (all.len(), few(all));
            match result.name.strip_prefix("baseline ") {
                Some(name) => msg!("par-01-baseline", count = count, name = name, shown = shown),
                None => {
                    let name = result.name.strip_prefix("tenant ").unwrap_or(&result.name);
                    msg!("par-01-tenant", count = count, name = name, shown = shown)
                }
            }
        }
    }
}

fn differences(result: &ParityResult) -> Message {
    let count = |kind: ParityKind| result.rows.iter().filter(|row| row.kind == kind).count();
    let counts = [
        (count(ParityKind::Version), "par-01-versions"),
        (count(ParityKind::Count), "par-01-resources"),
        (count(ParityKind::Attribute), "par-01-attributes"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    msg!(
        "par-01-bad",
        environments = names(result),
        counts = Arg::list(counts.map(|(count, id)| Message::new(id).with("count", count))),
        examples = Arg::some(result.rows.iter().map(place), SHOWN),
    )
}

/// `AWS::Lambda::Function {tenant}-api Runtime`
fn place(row: &ParityRow) -> Arg {
    let kind = &row.resource_type;
    match (&row.role, &row.path) {
        (Some(role), Some(path)) => format!("{kind} {role} {path}").into(),
        (Some(role), None) => format!("{kind} {role}").into(),
        (None, Some(path)) => {
            msg!("par-01-path-of-nameless", type = Arg::text(kind), path = Arg::text(path)).into()
        }
        (None, None) => msg!("par-01-nameless", type = Arg::text(kind)).into(),
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    const FUNCTION: &str = "AWS::Lambda::Function";
    let function = |world: World, scope: &str, runtime: &str| {
        world.within(scope, "r", FUNCTION, "api", json!({"Runtime": runtime, "Timeout": 3}))
    };
    let accounts = || world().account("1").account("2").regions(&["r"]);
    let both = |other: &str, environments: &[(&str, &str)]| {
        function(function(accounts(), "1", "python3.13"), "2", other).tenant("acme", environments)
    };
    let staged = [("production", "1"), ("staging", "2")];
    let shared = |other: &str| {
        let world = function(function(accounts(), "1", "python3.13"), "2", other);
        let world = world.tenant("acme", &[("prod", "1")]).tenant("beta", &[("prod", "2")]);
        world.declare(|declaration| {
            for tenant in &mut declaration.tenants {
                tenant.environments[0].baselines.push("web".to_owned());
            }
        })
    };
    vec![
        fires("another runtime", &["1"], both("python3.9", &staged))
            .saying("acme/production and acme/staging"),
        fires("not there", &["1"], {
            function(accounts(), "1", "python3.13").tenant("acme", &staged)
        })
        .saying("differ in 1 resource: "),
        quiet("alike", both("python3.13", &staged)),
        apart("development may differ", both("python3.9", &[("production", "1"), ("dev", "2")])),
        apart("two of production", both("python3.9", &[("eu", "1"), ("us", "2")])),
        fires("tenants of one baseline", &["1"], shared("python3.9"))
            .saying("acme/prod and beta/prod"),
        quiet("tenants of one baseline are alike", shared("python3.13")),
        fires("two baselines of the same tenants are one finding", &["1"], {
            shared("python3.9").declare(|declaration| {
                for tenant in &mut declaration.tenants {
                    tenant.environments[0].baselines.push("network".to_owned());
                }
            })
        }),
        unknown("a type denied", &["1"], both("python3.13", &staged).denied("2", FUNCTION)),
        unknown("no session", &["1"], both("python3.13", &staged).unanswered("2")),
    ]
}
