use std::collections::BTreeMap;

use tenko_core::{Message, Resource, ScopeKey, Tenant, msg};

use crate::context::{Context, tags_unread};
use crate::policies::clauses;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Sink, Subject, few, name_of};

rule! {
    /// One account or project holds things of more than one tenant.
    ///
    /// ## Why it is bad
    /// What happens to one tenant happens to its neighbours: a leaked key, a deleted network, a
    /// used-up quota. No permission boundary stands between them, and the bill cannot be split.
    ///
    /// ## Example
    /// ```yaml
    /// ownership: { tenant_tags: [tenant] }
    /// tenants:
    ///   acme: { environments: { production: { scopes: ["111111111111"] } } }
    ///   beta: { environments: { production: { scopes: ["222222222222"] } } }
    /// # and in 111111111111 a bucket is tagged tenant=beta
    /// ```
    ///
    /// ## What it reads
    /// The environments of the declaration that name the same scope, and the ownership tags of
    /// every resource in a scope that is a tenant's: one that names another declared tenant is
    /// enough. In an account that the declaration does not name, resources of two tenants are.
    /// Scopes that are declared as shared are meant to be, and left out.
    ///
    /// ## Unknown
    /// Where nothing was found in a tenant's scope, but a part of it, or the tags of a resource
    /// in it, could not be read. Without ownership tags in the declaration only the declaration
    /// itself is judged.
    id: "ACC-02",
    name: "Tenants share an account",
    severity: High,
    needs_tenants: true,
    references: ["AWS Well-Architected" => "SEC01-BP01"],
    remediation: "Move each tenant into accounts of its own, and correct the tags of what was only labelled wrongly.",
    parts: [Part::any(&[], check)],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for scope in context.environments.keys() {
        of_tenant(context, scope, sink);
    }
    let undeclared =
        context.scopes.iter().filter(|(key, s)| s.is_collectable() && !context.is_declared(key));
    for (scope, _) in undeclared {
        let judged = of_nobody(context, scope);
        sink.judge(context, scope, judged);
    }
}

/// The resources of each tenant that tags in the scope name, by the tenant's id.
fn tagged<'a>(
    context: &Context<'a>,
    scope: &ScopeKey,
) -> BTreeMap<&'a str, Vec<(&'a str, &'a Resource)>> {
    let mut of: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for resource in context.resources_of(scope) {
        if let Some((key, tenant)) = context.tagged_tenant(resource) {
            of.entry(tenant.id.as_str()).or_default().push((key, *resource));
        }
    }
    of
}

fn of_tenant(context: &Context<'_>, scope: &ScopeKey, sink: &mut Sink<'_>) {
    let environments = context.environments_of(scope);
    let mut homes: Vec<&Tenant> = environments.iter().map(|(tenant, _)| *tenant).collect();
    homes.dedup_by(|a, b| a.id == b.id);
    let mut evidence = Vec::new();
    if homes.len() > 1 {
        let tenants = few(homes.iter().map(|tenant| &tenant.id));
        evidence.push(msg!("acc-02-declared", tenants = tenants));
    }
    let mut foreign = tagged(context, scope);
    foreign.retain(|tenant, _| homes.iter().all(|home| home.id != *tenant));
    evidence.extend(foreign.iter().map(|(tenant, resources)| describe(tenant, resources)));
    let judged = if evidence.is_empty() {
        unread(context, scope)
    } else {
        let owners = few(homes.iter().map(|tenant| &tenant.id));
        let (scope, evidence) = (scope.to_string(), clauses(evidence));
        Judged::Bad(
            msg!("acc-02-tenants", scope = scope, owners = owners, evidence = evidence).into(),
        )
    };
    let tenant = match homes.as_slice() {
        [only] => Some(only.id.clone()),
        _ => None,
    };
    sink.judge(context, Subject::from(scope).owned(tenant, None), judged);
}

fn of_nobody(context: &Context<'_>, scope: &ScopeKey) -> Judged {
    let of = tagged(context, scope);
    if of.len() < 2 {
        return unread(context, scope);
    }
    let evidence = clauses(of.iter().map(|(tenant, resources)| describe(tenant, resources)));
    Judged::Bad(msg!("acc-02-nobodys", scope = scope.to_string(), evidence = evidence).into())
}

fn describe(tenant: &str, resources: &[(&str, &Resource)]) -> Message {
    let names = few(resources.iter().map(|(_, resource)| name_of(resource)));
    let key = resources.first().map(|(key, _)| *key).unwrap_or_default();
    let count = resources.len();
    msg!("acc-02-tagged", count = count, tenant = tenant, tag = key, names = names)
}

/// Passes, unless the quiet cannot be trusted.
fn unread(context: &Context<'_>, scope: &ScopeKey) -> Judged {
    if context.declaration.ownership.tenant_tags.is_empty() {
        return Judged::Pass;
    }
    let name = scope.to_string();
    if let Some(gap) = context.gap_of(scope) {
        return Judged::Unknown(msg!("acc-02-gap", scope = name, reason = gap).into());
    }
    let unread: Vec<_> =
        context.resources_of(scope).iter().filter(|resource| tags_unread(resource)).collect();
    if unread.is_empty() {
        return Judged::Pass;
    }
    let (count, names) = (unread.len(), few(unread.into_iter().map(|resource| name_of(resource))));
    Judged::Unknown(msg!("acc-02-tags-unread", scope = name, count = count, names = names).into())
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use crate::testing::*;
    use serde_json::json;

    let two = || {
        let world = world().account("1").account("2");
        world.tenant("acme", &[("prod", "1")]).tenant("beta", &[("prod", "2")])
    };
    let bucket = |id: &str, tenant: &str| {
        two().with("1", "AWS::S3::Bucket", id, json!({})).tags(&[("tenant", tenant)])
    };
    vec![
        fires("a tag names another tenant", &["1"], bucket("b", "beta")),
        quiet("all are its own", bucket("a", "acme")),
        unknown("a type was denied", &["1"], bucket("a", "acme").denied("1", "AWS::S3::Bucket")),
    ]
}

#[cfg(test)]
mod tests {
    use tenko_core::{Outcome, Verdict};

    use crate::testing::*;

    fn two() -> tenko_core::Declaration {
        declaration(vec![tenant("acme", &[("prod", "1")]), tenant("beta", &[("prod", "2")])])
    }

    #[test]
    fn fires_on_a_tag_that_names_another_tenant() {
        let mut snapshot = snapshot(&["1", "2"]);
        snapshot.resources = vec![
            resource("1", "a", &[("tenant", "acme")]),
            resource("1", "b", &[("tenant", "BETA")]),
        ];
        let findings = of("ACC-02", &snapshot, &two());
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].message,
            "aws:1 belongs to acme: 1 resource names beta by tag tenant (T b)."
        );
        // What is seen is seen, however much else is not.
        snapshot.coverage.iter_mut().for_each(|c| c.outcome = Outcome::Partial);
        let findings = of("ACC-02", &snapshot, &two());
        let verdicts: Vec<_> = findings.iter().map(|f| (f.scope.as_str(), f.verdict)).collect();
        assert_eq!(verdicts, [("1", Verdict::Finding), ("2", Verdict::Unknown)]);
    }

    #[test]
    fn fires_where_two_tenants_declare_the_account() {
        let declared =
            declaration(vec![tenant("acme", &[("prod", "1")]), tenant("beta", &[("prod", "1")])]);
        let findings = of("ACC-02", &snapshot(&["1"]), &declared);
        assert_eq!(findings[0].verdict, Verdict::Finding);
        assert!(findings[0].message.contains("environments of acme, beta are declared in it"));
    }

    #[test]
    fn fires_on_two_tenants_in_an_account_that_nobody_declares() {
        let mut snapshot = snapshot(&["1", "2", "legacy"]);
        snapshot.resources = vec![resource("legacy", "a", &[("tenant", "acme")])];
        assert_eq!(of("ACC-02", &snapshot, &two()), []);
        snapshot.resources.push(resource("legacy", "b", &[("tenant", "beta")]));
        assert_eq!(of("ACC-02", &snapshot, &two()).len(), 1);
        let mut declared = two();
        declared.shared.insert(key("legacy"), "tools".to_owned());
        assert_eq!(of("ACC-02", &snapshot, &declared), []);
    }

    #[test]
    fn quiet_where_everything_was_read() {
        let mut snapshot = snapshot(&["1", "2"]);
        snapshot.resources =
            vec![resource("1", "a", &[("tenant", "acme")]), resource("2", "b", &[("tenant", "x")])];
        assert_eq!(of("ACC-02", &snapshot, &two()), []);
        snapshot.coverage[0].outcome = Outcome::RegionDisabled;
        assert_eq!(of("ACC-02", &snapshot, &two()), []);
    }

    #[test]
    fn unknown_where_something_was_not_read() {
        let unknown = |change: fn(&mut tenko_core::Snapshot)| {
            let mut snapshot = snapshot(&["1", "2"]);
            change(&mut snapshot);
            let findings = of("ACC-02", &snapshot, &two());
            assert!(findings.iter().all(|f| f.verdict == Verdict::Unknown));
            findings.len()
        };
        assert_eq!(unknown(|s| s.coverage[0].outcome = Outcome::Skipped), 1);
        assert_eq!(unknown(|s| s.coverage.clear()), 2);
        assert_eq!(unknown(|s| s.answers.clear()), 2);
        assert_eq!(unknown(|s| s.answers[0].outcome = Outcome::ScopeSuspended), 1);
        assert_eq!(unknown(|s| s.scopes = tenko_core::ScopeTree::default()), 2);
        assert_eq!(
            unknown(|s| {
                s.resources = vec![resource("1", "a", &[])];
                s.resources[0].unknown = vec!["Tags".parse().unwrap()];
            }),
            1
        );
    }
}
