//! What keeps a run from telling that something is gone.

use super::*;

/// A finding of the first run, and what the second says of it after this happened to it.
fn finding_after(change: impl FnOnce(&mut Document)) -> Document {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let mut next = run(1);
    change(&mut next);
    after(next, &[&first])
}

/// The same for a drift.
fn drift_after(change: impl FnOnce(&mut Document)) -> Document {
    let mut first = run(0);
    first.drift = vec![drift("v", DriftKind::Unmanaged)];
    let first = after(first, &[]);
    let mut next = run(1);
    change(&mut next);
    after(next, &[&first])
}

pub(super) fn is(document: &Document, status: &str, id: &str) {
    assert_eq!((document.past.len(), statuses(document).last().unwrap().1), (1, status));
    assert_eq!(why(document), id);
}

fn problem() -> DiscoveryProblem {
    let problem = Problem::new("organizations:ListAccounts", "AccessDenied", "no");
    DiscoveryProblem { cloud: Cloud::aws(), problem }
}

pub(super) fn set(
    document: &mut Document,
    scope: &str,
    kind: &str,
    reach: Option<&str>,
    outcome: Outcome,
) {
    for row in &mut document.coverage {
        let here = row.unit.scope == *scope && row.unit.resource_type == *kind;
        if here && reach.is_none_or(|reach| row.unit.reach.as_str() == reach) {
            row.outcome = outcome;
        }
    }
}

fn answer(document: &mut Document, scope: &str, outcome: Option<Outcome>) {
    let row = document.scopes.iter_mut().find(|row| row.scope.id == *scope);
    row.unwrap().outcome = outcome;
}

pub(super) const DENIED: Outcome = Outcome::Denied { denied_by: DeniedBy::Scp };

#[test]
fn a_whole_run_tells() {
    is(&finding_after(|_| ()), "resolved", "past-gone");
    is(&drift_after(|_| ()), "resolved", "past-drift-gone");
}

#[test]
fn a_run_that_was_not_whole_does_not() {
    for after in [finding_after, drift_after] as [fn(fn(&mut Document)) -> Document; 2] {
        is(&after(|d| d.run.cancelled = true), "unknown", "past-cut-short");
        is(&after(|d| d.problems.push(problem())), "unknown", "past-incomplete");
        // Somewhere else altogether.
        is(&after(|d| set(d, GLOBEX, BUCKET, None, DENIED)), "unknown", "past-incomplete");
        is(&after(|d| answer(d, GLOBEX, Some(DENIED))), "unknown", "past-incomplete");
        let unread = |d: &mut Document| {
            let (file, reason) = ("a.tfstate".into(), "gone".to_owned());
            d.code.unread.push(UnreadCode { file, owner: None, reason, reason_wording: None });
        };
        is(&after(unread), "unknown", "past-incomplete");
    }
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let mut part = run(1);
    part.run.narrowed = true;
    track(&mut part, &[first], vec![]);
    is(&part, "unknown", "past-part");
}

#[test]
fn what_is_not_read_elsewhere_by_choice_is_no_gap() {
    is(&finding_after(|d| set(d, GLOBEX, BUCKET, None, Outcome::Skipped)), "resolved", "past-gone");
    let other = |d: &mut Document| set(d, ACME, VOLUME, Some("us-east-1"), Outcome::RegionDisabled);
    is(&drift_after(other), "resolved", "past-drift-gone");
}

#[test]
fn a_place_that_was_not_read_is_named() {
    for outcome in [DENIED, Outcome::Partial, Outcome::Skipped, Outcome::ServiceNotEnabled] {
        is(&finding_after(|d| set(d, ACME, BUCKET, None, outcome)), "unknown", "past-unread");
        let here = |d: &mut Document| set(d, ACME, VOLUME, Some("eu-central-1"), outcome);
        let document = drift_after(here);
        is(&document, "unknown", "past-unread");
        assert_eq!(document.past[0].why_wording.args["outcome"], outcome.into());
    }
    // No unit could hold it.
    let uncollected = |d: &mut Document| d.coverage.retain(|row| row.unit.resource_type != *BUCKET);
    is(&finding_after(uncollected), "unknown", "past-not-collected");
    let region =
        |d: &mut Document| d.coverage.retain(|row| row.unit.reach.as_str() != "eu-central-1");
    is(&drift_after(region), "unknown", "past-not-collected");
}

#[test]
fn an_account_that_was_not_entered_is_named() {
    for after in [finding_after, drift_after] as [fn(fn(&mut Document)) -> Document; 2] {
        is(&after(|d| answer(d, ACME, Some(DENIED))), "unknown", "past-scope-unread");
        let closed = |d: &mut Document| answer(d, ACME, Some(Outcome::ScopeSuspended));
        is(&after(closed), "unknown", "past-scope-unread");
        is(&after(|d| answer(d, ACME, None)), "unknown", "past-scope-not-asked");
    }
}

fn without(document: &mut Document, scope: &str) {
    document.scopes.retain(|row| row.scope.id != *scope);
    document.coverage.retain(|row| row.unit.scope != *scope);
}

#[test]
fn an_account_that_left_the_organization_resolves_what_was_in_it() {
    is(&finding_after(|d| without(d, ACME)), "resolved", "past-scope-gone");
    is(&drift_after(|d| without(d, ACME)), "resolved", "past-scope-gone");
    let unsure = finding_after(|d| {
        without(d, ACME);
        d.problems.push(problem());
    });
    is(&unsure, "unknown", "past-scope-missing");
    let part = finding_after(|d| {
        without(d, ACME);
        d.run.narrowed = true;
    });
    is(&part, "unknown", "past-scope-missing");
    // That run had it on no list; a whole one tells all the same.
    let mut whole = run(2);
    without(&mut whole, ACME);
    is(&after(whole, &[&unsure]), "resolved", "past-scope-gone");
}

#[test]
fn an_account_that_nobody_looked_for_is_not_gone() {
    // Another organization, or none: accounts that were named one by one.
    let gone = finding_after(|d| {
        without(d, ACME);
        without(d, "o-1");
    });
    is(&gone, "unknown", "past-scope-not-listed");
    let mut first = with(run(0), vec![finding("a", "x")]);
    for row in &mut first.scopes {
        row.scope.parent = None;
    }
    let first = after(first, &[]);
    let mut next = run(1);
    without(&mut next, ACME);
    is(&after(next, &[&first]), "unknown", "past-scope-not-listed");
}

#[test]
fn a_rule_that_did_not_look_tells_nothing() {
    let of = |change: fn(&mut RuleResult)| finding_after(|d| change(&mut d.rules[0]));
    is(&of(|r| r.not_evaluated.push("no".to_owned())), "unknown", "past-rule-not-evaluated");
    is(&of(|r| r.left_out = 1), "unknown", "past-rule-left-out");
    let another = |r: &mut RuleResult| (r.left_out, r.turned_off) = (1, vec!["0".into()]);
    is(&of(another), "resolved", "past-gone");
    is(&finding_after(|d| d.rules.clear()), "unknown", "past-rule-not-run");
    is(&finding_after(|d| d.rules[1].left_out = 1), "resolved", "past-gone");
}

#[test]
fn a_rule_that_could_not_tell_everything_of_a_scope_tells_nothing_of_it() {
    let at = |scope: &str| {
        let elsewhere = Finding { scope: scope.into(), resource: None, ..unknown("z") };
        finding_after(|d| d.findings.push(elsewhere))
    };
    is(&at(ACME), "unknown", "past-rule-unsure");
    is(&at("o-1"), "unknown", "past-rule-unsure");
    is(&at(GLOBEX), "resolved", "past-gone");
    let other_rule = Finding { rule: "NET-01".to_owned(), ..unknown("z") };
    is(&finding_after(|d| d.findings.push(other_rule)), "resolved", "past-gone");
}

#[test]
fn a_rule_that_is_no_longer_there_is_said_for_a_while_and_then_let_go() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let without_rule = |n: i64, before: &Document| {
        let mut next = run(n);
        next.rules.remove(0);
        after(next, &[before])
    };
    let mut before = without_rule(1, &first);
    is(&before, "unknown", "past-rule-not-run");
    before = without_rule(KEPT_DAYS, &before);
    is(&before, "unknown", "past-rule-not-run");
    assert_eq!(statuses(&without_rule(KEPT_DAYS + 1, &before)), []);
    // It is said at least once, however long ago it was.
    is(&without_rule(KEPT_DAYS + 9, &first), "unknown", "past-rule-not-run");
    // A run without rules, or that was not whole, is no reason to let go.
    let mut no_rules = run(KEPT_DAYS + 1);
    no_rules.rules.clear();
    is(&after(no_rules, &[&before]), "unknown", "past-rule-not-run");
    // Once the rule is there again, it tells.
    is(&after(run(KEPT_DAYS + 1), &[&before]), "resolved", "past-gone");
}

#[test]
fn an_environment_that_is_no_longer_declared_is_not_compared() {
    is(&drift_after(|d| d.tenants.clear()), "unknown", "past-not-compared");
    is(&drift_after(|d| d.tenants.retain(|t| t.id != "acme")), "unknown", "past-tenant-undeclared");
    let gone = |d: &mut Document| d.tenants[0].environments.clear();
    is(&drift_after(gone), "unknown", "past-environment-undeclared");
    let moved = |d: &mut Document| d.tenants[0].environments[0].scopes.clear();
    is(&drift_after(moved), "unknown", "past-scope-left");
}

#[test]
fn what_may_be_in_any_account_of_an_environment_needs_all_of_them() {
    let any = || {
        let mut any = drift("v", DriftKind::Missing);
        (any.resource.scope, any.resource.region, any.resource.id) = (None, None, None);
        any.fingerprint = Fingerprint::default();
        any
    };
    let next = |change: fn(&mut Document)| {
        let mut first = run(0);
        first.drift = vec![any()];
        let first = after(first, &[]);
        let mut next = run(1);
        change(&mut next);
        after(next, &[&first])
    };
    is(&next(|_| ()), "resolved", "past-drift-gone");
    let skipped = |d: &mut Document| set(d, ACME, VOLUME, Some("us-east-1"), Outcome::Skipped);
    is(&next(skipped), "unknown", "past-unread");
    is(&next(|d| answer(d, ACME, None)), "unknown", "past-scope-not-asked");
    is(&next(|d| d.tenants[0].environments[0].scopes.clear()), "unknown", "past-not-compared");
}

#[test]
fn drift_that_could_not_be_told_of_the_same_type_holds_it_open() {
    let unsure = |scope: &str, tenant: &str| {
        let mut other = drift("w", DriftKind::Unknown);
        other.resource.scope = Some(scope.into());
        other.tenant = Some(tenant.to_owned());
        drift_after(|d| d.drift.push(other))
    };
    is(&unsure(ACME, "acme"), "unknown", "past-drift-unsure");
    is(&unsure(GLOBEX, "acme"), "unknown", "past-drift-unsure");
    is(&unsure(GLOBEX, "globex"), "resolved", "past-drift-gone");
}
