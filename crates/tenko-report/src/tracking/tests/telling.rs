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

fn is(document: &Document, status: &str, id: &str) {
    assert_eq!((document.past.len(), statuses(document).last().unwrap().1), (1, status));
    assert_eq!(why(document), id);
}

fn problem() -> DiscoveryProblem {
    let problem = Problem::new("organizations:ListAccounts", "AccessDenied", "no");
    DiscoveryProblem { cloud: Cloud::aws(), problem }
}

fn set(document: &mut Document, scope: &str, kind: &str, reach: Option<&str>, outcome: Outcome) {
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

const DENIED: Outcome = Outcome::Denied { denied_by: DeniedBy::Scp };

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
            d.code.unread.push(UnreadCode { file, owner: None, reason });
        };
        is(&after(unread), "unknown", "past-incomplete");
    }
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let mut part = run(1);
    track(&mut part, &[first], vec![], true);
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

/// What the second run says of this drift of the first one, after this happened to it.
fn told_of(first: Drift, change: impl FnOnce(&mut Document)) -> Document {
    let mut before = run(0);
    before.drift = vec![first];
    Drift::identify(&mut before.drift);
    let before = after(before, &[]);
    let mut next = run(1);
    change(&mut next);
    after(next, &[&before])
}

#[test]
fn what_an_ignore_rule_takes_out_is_not_resolved() {
    let ignore = |document: &mut Document, name: &str| {
        document.ignored = vec![drift(name, DriftKind::Unmanaged).subject()];
    };
    for kind in [DriftKind::Unmanaged, DriftKind::Missing, DriftKind::Changed] {
        let of = |name: &str| told_of(drift("v", kind), |d| ignore(d, name));
        is(&of("v"), "unknown", "past-drift-ignored");
        is(&of("w"), "resolved", "past-drift-gone");
    }
    let narrower = told_of(drift("v", DriftKind::Changed), |d| {
        d.ignored = vec![Drift { environment: None, ..drift("v", DriftKind::Changed) }.subject()];
    });
    is(&narrower, "resolved", "past-drift-gone");
}

/// Two things differ of one resource: the second has a fingerprint of its own.
#[test]
fn an_ignore_rule_means_all_drift_about_a_resource() {
    let mut both = run(0);
    both.drift = vec![drift("v", DriftKind::Changed), drift("v", DriftKind::Changed)];
    Drift::identify(&mut both.drift);
    let subject = both.drift[0].subject();
    assert_eq!(both.drift[0].fingerprint, subject);
    assert_ne!(both.drift[1].fingerprint, subject);
    let both = after(both, &[]);
    let mut next = run(1);
    next.drift = vec![drift("v", DriftKind::Changed)];
    next.ignored = vec![subject];
    let next = after(next, &[&both]);
    assert_eq!(statuses(&next), [("v", "unchanged"), ("v", "unknown")]);
    assert_eq!(why(&next), "past-drift-ignored");
}

#[test]
fn what_is_no_longer_ignored_is_there_since_it_was_first_seen() {
    let with_drift = |n: i64| {
        let mut document = run(n);
        document.drift = vec![drift("v", DriftKind::Unmanaged)];
        document
    };
    let ignoring = |n: i64, before: &Document| {
        let mut next = run(n);
        next.ignored = vec![drift("v", DriftKind::Unmanaged).subject()];
        after(next, &[before])
    };
    let first = after(with_drift(0), &[]);
    let ignored = ignoring(KEPT_DAYS, &ignoring(1, &first));
    is(&ignored, "unknown", "past-drift-ignored");
    let back = after(with_drift(KEPT_DAYS + 1), &[&ignored]);
    let standing = back.drift[0].standing.as_ref().unwrap();
    assert_eq!((standing.status, standing.first_seen), (Status::Unchanged, day(0)));
    // Nobody is told of it for ever.
    assert_eq!(statuses(&ignoring(KEPT_DAYS + 1, &ignored)), []);
}

#[test]
fn what_nothing_declares_is_not_gone_where_nobody_asks_for_it() {
    let leave = |d: &mut Document| d.tenants[0].environments[0].unmanaged = Unmanaged::Ignore;
    let of = |kind| told_of(drift("v", kind), leave);
    is(&of(DriftKind::Unmanaged), "unknown", "past-unmanaged-left");
    is(&of(DriftKind::Changed), "resolved", "past-drift-gone");
    // Of an account that two environments share.
    let shared = || Drift { environment: None, ..drift("v", DriftKind::Unmanaged) };
    is(&told_of(shared(), leave), "unknown", "past-unmanaged-left");
    let elsewhere = |d: &mut Document| d.tenants[1].environments[0].unmanaged = Unmanaged::Ignore;
    is(&told_of(shared(), elsewhere), "resolved", "past-drift-gone");
}

#[test]
fn an_account_that_no_environment_has_is_not_compared() {
    let leave = |d: &mut Document| d.tenants[0].environments[0].scopes.clear();
    let shared = || Drift { environment: None, ..drift("v", DriftKind::Unmanaged) };
    is(&told_of(shared(), leave), "unknown", "past-scope-undeclared");
    is(&told_of(shared(), |_| ()), "resolved", "past-drift-gone");
    let nobodys = || Drift { tenant: None, ..shared() };
    is(&told_of(nobodys(), leave), "unknown", "past-scope-undeclared");
    // Tags that give it to somebody else are looked at in declared accounts only.
    let tagged = || Drift { tenant: Some("globex".to_owned()), ..drift("v", DriftKind::Misplaced) };
    is(&told_of(tagged(), leave), "unknown", "past-scope-undeclared");
    is(&told_of(tagged(), |_| ()), "resolved", "past-drift-gone");
    let source = suppressed(finding("a", "x")).source;
    let declared = || Drift { source: Some(source.clone()), ..tagged() };
    is(&told_of(declared(), leave), "resolved", "past-drift-gone");
    let managed = || drift("v", DriftKind::ElsewhereManaged);
    is(&told_of(managed(), leave), "unknown", "past-scope-left");
}

/// Code manages something in an account that never was its environment's.
#[test]
fn an_account_that_was_never_the_environments_was_not_left() {
    let foreign = || {
        let mut foreign = drift("v", DriftKind::Changed);
        foreign.resource.scope = Some(GLOBEX.into());
        foreign
    };
    is(&told_of(foreign(), |_| ()), "resolved", "past-drift-gone");
    // What was left stays so, however many runs ago.
    let left = |n: i64, before: &Document| {
        let mut next = run(n);
        next.tenants[0].environments[0].scopes.clear();
        after(next, &[before])
    };
    let mut first = run(0);
    first.drift = vec![drift("v", DriftKind::Changed)];
    let first = after(first, &[]);
    is(&left(2, &left(1, &first)), "unknown", "past-scope-left");
}

#[test]
fn what_is_found_of_an_account_that_changes_hands_is_not_resolved() {
    let of = |tenant: Option<&str>| {
        let environment = tenant.map(|_| "production".to_owned());
        let tenant = tenant.map(str::to_owned);
        let mut of = Finding { resource: None, tenant, environment, ..finding("a", "x") };
        Finding::identify(std::slice::from_mut(&mut of));
        of
    };
    let nobodys = |document: &mut Document| document.tenants[0].environments[0].scopes.clear();
    let told = |n: i64, change: &dyn Fn(&mut Document), before: &Document| {
        let mut next = run(n);
        change(&mut next);
        after(next, &[before])
    };
    let first = after(with(run(0), vec![of(Some("acme"))]), &[]);
    is(&told(1, &|_| (), &first), "resolved", "past-gone");
    let left = told(1, &nobodys, &first);
    is(&left, "unknown", "past-scope-left");
    is(&told(2, &nobodys, &left), "unknown", "past-scope-left");

    let mut first = with(run(0), vec![of(None)]);
    nobodys(&mut first);
    let first = after(first, &[]);
    is(&told(1, &nobodys, &first), "resolved", "past-gone");
    let joined = told(1, &|_| (), &first);
    is(&joined, "unknown", "past-scope-joined");
    is(&told(2, &|_| (), &joined), "unknown", "past-scope-joined");
    // Some rules speak in nobody's name of what is somebody's.
    let first = after(with(run(0), vec![of(None)]), &[]);
    is(&told(1, &|_| (), &first), "resolved", "past-gone");
}

#[test]
fn a_resource_that_is_reported_in_another_way_is_not_resolved() {
    let other = |kind| {
        let mut other = drift("v", kind);
        other.tenant = Some("globex".to_owned());
        Drift::identify(std::slice::from_mut(&mut other));
        other
    };
    let told = |first, now| told_of(drift("v", first), |d| d.drift.push(other(now)));
    use DriftKind::{Changed, ElsewhereManaged, Misplaced, Unmanaged};
    is(&told(Unmanaged, Misplaced), "unknown", "past-drift-otherwise");
    is(&told(Unmanaged, Unmanaged), "unknown", "past-drift-otherwise");
    is(&told(ElsewhereManaged, Unmanaged), "unknown", "past-drift-otherwise");
    // It was taken into a declaration, which it is not like.
    is(&told(Unmanaged, Changed), "resolved", "past-drift-gone");
    is(&told(Changed, Misplaced), "resolved", "past-drift-gone");
}

#[test]
fn code_that_is_no_longer_read_resolves_nothing() {
    let of = |kind: SourceKind, file: &str| {
        let source = Source { kind, file: file.into(), address: "a.b".to_owned(), line: None };
        Drift { source: Some(source), ..drift("v", DriftKind::Changed) }
    };
    let state = || of(SourceKind::Terraform, "prod.tfstate");
    is(&told_of(state(), |_| ()), "unknown", "past-code-left");
    let read = |d: &mut Document| {
        d.code.read.push(crate::CodeRow {
            kind: SourceKind::Terraform,
            file: "prod.tfstate".into(),
            owner: None,
            resources: 1,
            compared: 1,
        });
    };
    is(&told_of(state(), read), "resolved", "past-drift-gone");
    let export = of(SourceKind::CloudFormation, "stacks.json");
    is(&told_of(export, |_| ()), "unknown", "past-code-left");
    let stack = of(SourceKind::CloudFormation, "arn:aws:cloudformation:eu-central-1:1:stack/a/b");
    is(&told_of(stack, |_| ()), "resolved", "past-drift-gone");
    is(&told_of(of(SourceKind::Manifest, "tenants.yaml"), |_| ()), "resolved", "past-drift-gone");
}

#[test]
fn what_is_no_longer_collected_is_said_for_a_while_and_then_let_go() {
    let mut first = run(0);
    first.drift = vec![drift("v", DriftKind::Unmanaged)];
    let first = after(with(first, vec![finding("a", "x")]), &[]);
    let narrowed = |n: i64, before: &Document, skip: bool| {
        let mut next = run(n);
        if skip {
            set(&mut next, ACME, BUCKET, None, Outcome::Skipped);
            set(&mut next, ACME, VOLUME, None, Outcome::Skipped);
        } else {
            next.coverage.clear();
        }
        after(next, &[before])
    };
    for (skip, id) in [(true, "past-unread"), (false, "past-not-collected")] {
        let before = narrowed(KEPT_DAYS, &narrowed(1, &first, skip), skip);
        assert_eq!(statuses(&before), [("v", "unknown"), ("a", "unknown")]);
        assert!(before.past.iter().all(|past| past.why_wording.id == id), "{:?}", before.past);
        assert_eq!(statuses(&narrowed(KEPT_DAYS + 1, &before, skip)), []);
    }
    // What could not be read is told until it can.
    let denied = |n: i64, before: &Document| {
        let mut next = run(n);
        set(&mut next, ACME, VOLUME, None, DENIED);
        after(with(next, vec![finding("a", "x")]), &[before])
    };
    let before = denied(KEPT_DAYS, &denied(1, &first));
    assert_eq!(statuses(&denied(KEPT_DAYS + 1, &before))[1], ("v", "unknown"));
}
