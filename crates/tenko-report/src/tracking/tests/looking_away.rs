//! What the manifest looks away from is not gone.

use super::telling::{DENIED, is, set};
use super::*;

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

#[test]
fn what_was_not_compared_again_is_not_resolved() {
    let told = |kind| {
        told_of(drift("v", kind), |d| d.uncompared = vec![drift("v", DriftKind::Changed).subject()])
    };
    is(&told(DriftKind::Changed), "unknown", "past-drift-uncompared");
    // It is there, and declared.
    is(&told(DriftKind::Missing), "resolved", "past-drift-gone");
    is(&told(DriftKind::Unmanaged), "resolved", "past-drift-gone");
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

/// With it nobody knows any more which of both something unmanaged is of.
#[test]
fn an_environment_that_joins_an_account_may_leave_what_is_in_it() {
    let join = |d: &mut Document, unmanaged| {
        let scopes = d.tenants[0].environments[0].scopes.clone();
        let row = EnvironmentRow { scopes, unmanaged, ..d.tenants[1].environments[0].clone() };
        d.tenants[1].environments.push(EnvironmentRow { name: "lab".to_owned(), ..row });
    };
    let of = |unmanaged| told_of(drift("v", DriftKind::Unmanaged), |d| join(d, unmanaged));
    let left = of(Unmanaged::Ignore);
    is(&left, "unknown", "past-unmanaged-left");
    is(&of(Unmanaged::Report), "resolved", "past-drift-gone");
    let mut next = run(2);
    join(&mut next, Unmanaged::Ignore);
    is(&after(next, &[&left]), "unknown", "past-unmanaged-left");
    // Both had it from the first on: it was known whose it is.
    let mut first = run(0);
    first.drift = vec![drift("v", DriftKind::Unmanaged)];
    join(&mut first, Unmanaged::Ignore);
    let mut next = run(1);
    join(&mut next, Unmanaged::Ignore);
    is(&after(next, &[&after(first, &[])]), "resolved", "past-drift-gone");
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
    // Of all environments of a tenant together.
    let tenants = || {
        let mut of = Finding { environment: None, ..of(Some("acme")) };
        Finding::identify(std::slice::from_mut(&mut of));
        after(with(run(0), vec![of]), &[])
    };
    is(&told(1, &|_| (), &tenants()), "resolved", "past-gone");
    let left = told(1, &nobodys, &tenants());
    is(&left, "unknown", "past-scope-undeclared");
    is(&told(2, &nobodys, &left), "unknown", "past-scope-undeclared");
    let anothers = |document: &mut Document| {
        let scopes = std::mem::take(&mut document.tenants[0].environments[0].scopes);
        document.tenants[1].environments[0].scopes.extend(scopes);
    };
    is(&told(1, &anothers, &tenants()), "unknown", "past-scope-joined");
    // Some rules speak in nobody's name of what is somebody's.
    let first = after(with(run(0), vec![of(None)]), &[]);
    is(&told(1, &|_| (), &first), "resolved", "past-gone");
}

/// It is reported anew in nobody's name: what was told in the tenant's is not what was not read.
#[test]
fn what_is_undeclared_is_so_in_an_account_that_is_never_read_too() {
    let unread = |document: &mut Document| {
        let row = document.scopes.iter_mut().find(|row| row.scope.id == *ACME);
        row.unwrap().outcome = Some(DENIED);
        document.coverage.retain(|row| row.unit.scope != *ACME);
    };
    let mut whole =
        Finding { resource: None, tenant: Some("acme".to_owned()), ..finding("a", "x") };
    Finding::identify(std::slice::from_mut(&mut whole));
    let mut first = run(0);
    first.drift = vec![drift("v", DriftKind::Missing)];
    unread(&mut first);
    let first = after(with(first, vec![whole]), &[]);
    let told = |change: &dyn Fn(&mut Document)| {
        let mut next = run(1);
        unread(&mut next);
        change(&mut next);
        let next = after(next, &[&first]);
        assert_eq!(statuses(&next), [("v", "unknown"), ("-", "unknown")]);
        next.past.iter().map(|past| past.why_wording.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(told(&|_| ()), ["past-scope-unread", "past-scope-unread"]);
    let removed = told(&|d| d.tenants.retain(|tenant| tenant.id != "acme"));
    assert_eq!(removed, ["past-tenant-undeclared", "past-tenant-undeclared"]);
    let left = told(&|d| d.tenants[0].environments[0].scopes.clear());
    assert_eq!(left, ["past-scope-left", "past-scope-undeclared"]);
    // A part of a run is asked about nothing else.
    assert_eq!(
        told(&|d| {
            d.tenants.clear();
            d.run.narrowed = true;
        }),
        ["past-part", "past-part"]
    );
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
    let narrowed = |n: i64, before: &Document, outcome: Option<Outcome>| {
        let mut next = run(n);
        match outcome {
            Some(outcome) => {
                set(&mut next, ACME, BUCKET, None, outcome);
                set(&mut next, ACME, VOLUME, None, outcome);
            }
            None => next.coverage.clear(),
        }
        after(next, &[before])
    };
    for (outcome, id) in [
        (Some(Outcome::Skipped), "past-unread"),
        (Some(Outcome::RegionDisabled), "past-unread"),
        (Some(Outcome::ServiceNotEnabled), "past-unread"),
        (None, "past-not-collected"),
    ] {
        let before = narrowed(KEPT_DAYS, &narrowed(1, &first, outcome), outcome);
        assert_eq!(statuses(&before), [("v", "unknown"), ("a", "unknown")]);
        assert!(before.past.iter().all(|past| past.why_wording.id == id), "{:?}", before.past);
        assert_eq!(statuses(&narrowed(KEPT_DAYS + 1, &before, outcome)), []);
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

#[test]
fn what_the_settings_turned_off_is_said_for_a_while_and_then_let_go() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let off = |n: i64, before: &Document| {
        let mut next = run(n);
        next.rules[0].left_out = 1;
        next.rules[0].turned_off = vec![finding("a", "x").fingerprint];
        after(next, &[before])
    };
    let next = off(1, &first);
    is(&next, "unknown", "past-rule-left-out");
    let next = off(KEPT_DAYS, &next);
    is(&next, "unknown", "past-rule-left-out");
    assert!(off(KEPT_DAYS + 1, &next).past.is_empty());
}
