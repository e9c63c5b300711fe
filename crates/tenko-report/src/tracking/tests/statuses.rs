//! New, changed, unchanged, resolved, unknown, suppressed.

use super::*;

#[test]
fn the_first_run_has_everything_new() {
    let mut document = after(with(run(0), vec![finding("a", "x"), unknown("b")]), &[]);
    document.drift.push(drift("v", DriftKind::Missing));
    let document = after(document, &[]);
    assert_eq!(statuses(&document), [("v", "new"), ("a", "new"), ("b", "unknown")]);
    let history = document.history.unwrap();
    assert_eq!((history.compared_with.len(), history.since), (0, None));
    assert_eq!((history.runs.len(), history.runs[0].new), (1, 2));
}

#[test]
fn evidence_tells_changed_from_unchanged() {
    let first = after(with(run(0), vec![finding("a", "x"), finding("b", "x")]), &[]);
    let next = after(with(run(1), vec![finding("a", "x"), finding("b", "y")]), &[&first]);
    assert_eq!(statuses(&next), [("a", "unchanged"), ("b", "changed")]);
    for finding in &next.findings {
        let standing = finding.standing.as_ref().unwrap();
        assert_eq!((standing.first_seen, standing.last_seen), (day(0), day(1)));
    }
    let history = next.history.unwrap();
    assert_eq!(history.compared_with, ["run-000"]);
    assert_eq!(history.since, Some(day(0)));
}

#[test]
fn drift_that_becomes_another_kind_is_changed() {
    let mut first = run(0);
    first.drift = vec![drift("v", DriftKind::Missing)];
    let first = after(first, &[]);
    let mut next = run(1);
    next.drift = vec![drift("v", DriftKind::Changed)];
    assert_eq!(statuses(&after(next, &[&first])), [("v", "changed")]);
}

#[test]
fn what_a_whole_run_does_not_see_is_resolved_once_and_a_return_is_new() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let gone = after(run(1), &[&first]);
    assert_eq!(statuses(&gone), [("a", "resolved")]);
    assert_eq!((seen(&gone), why(&gone)), ((day(0), day(0)), "past-gone"));
    assert_eq!(gone.history.as_ref().unwrap().runs.last().unwrap().resolved, 1);
    let quiet = after(run(2), &[&gone]);
    assert_eq!(statuses(&quiet), []);
    let back = after(with(run(2), vec![finding("a", "x")]), &[&gone]);
    assert_eq!((statuses(&back), seen(&back)), (vec![("a", "new")], (day(2), day(2))));
}

#[test]
fn what_could_not_be_looked_at_is_carried_on_until_a_run_can_tell() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let mut before = first;
    for n in 1..40 {
        let mut cut = run(n);
        cut.run.cancelled = true;
        before = after(cut, &[&before]);
        assert_eq!(statuses(&before), [("a", "unknown")], "run {n}");
        assert_eq!(seen(&before), (day(0), day(0)), "run {n}");
    }
    let back = after(with(run(40), vec![finding("a", "x")]), &[&before]);
    assert_eq!((statuses(&back), seen(&back)), (vec![("a", "unchanged")], (day(0), day(40))));
    assert_eq!(statuses(&after(run(40), &[&before])), [("a", "resolved")]);
}

#[test]
fn a_verdict_that_becomes_unknown_is_open_still() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let second = after(with(run(1), vec![unknown("a")]), &[&first]);
    assert_eq!((statuses(&second), seen(&second)), (vec![("a", "unknown")], (day(0), day(0))));
    let third = after(with(run(2), vec![unknown("a")]), &[&second]);
    assert_eq!((statuses(&third), seen(&third)), (vec![("a", "unknown")], (day(0), day(0))));
    // Whatever it turns out to be, nothing is lost.
    let back = after(with(run(3), vec![finding("a", "x")]), &[&third]);
    assert_eq!((statuses(&back), seen(&back)), (vec![("a", "changed")], (day(0), day(3))));
    let gone = after(run(3), &[&third]);
    assert_eq!((statuses(&gone), seen(&gone)), (vec![("a", "resolved")], (day(0), day(0))));
    let mut cut = run(3);
    cut.run.cancelled = true;
    let cut = after(cut, &[&third]);
    assert_eq!((statuses(&cut), seen(&cut)), (vec![("a", "unknown")], (day(0), day(0))));
}

#[test]
fn the_same_holds_for_drift() {
    let with_drift = |n, kind| {
        let mut document = run(n);
        document.drift = vec![drift("v", kind)];
        document
    };
    let first = after(with_drift(0, DriftKind::Changed), &[]);
    let second = after(with_drift(1, DriftKind::Unknown), &[&first]);
    let standing = second.drift[0].standing.as_ref().unwrap();
    assert_eq!((standing.status, standing.first_seen), (Status::Unknown, day(0)));
    assert_eq!(statuses(&after(run(2), &[&second])), [("v", "resolved")]);
}

#[test]
fn what_no_run_ever_saw_is_new_when_it_is_seen_and_nobody_says_that_it_is_gone() {
    let first = after(with(run(0), vec![unknown("a")]), &[]);
    let second = after(with(run(1), vec![unknown("a")]), &[&first]);
    assert_eq!((statuses(&second), seen(&second)), (vec![("a", "unknown")], (day(0), day(1))));
    assert_eq!(statuses(&after(run(2), &[&second])), []);
    let found = after(with(run(2), vec![finding("a", "x")]), &[&second]);
    assert_eq!((statuses(&found), seen(&found)), (vec![("a", "new")], (day(2), day(2))));
}

#[test]
fn a_suppressed_one_is_neither_open_nor_resolved() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let mut second = run(1);
    second.suppressed = vec![suppressed(finding("a", "x"))];
    let second = after(second, &[&first]);
    assert_eq!((statuses(&second), seen(&second)), (vec![("a", "suppressed")], (day(0), day(1))));
    assert_eq!(second.history.as_ref().unwrap().runs.last().unwrap().suppressed, 1);
    assert_eq!(statuses(&after(run(2), &[&second])), [], "gone, and nobody waits for it");
    let back = after(with(run(2), vec![finding("a", "x")]), &[&second]);
    assert_eq!((statuses(&back), seen(&back)), (vec![("a", "unchanged")], (day(0), day(2))));
}

#[test]
fn a_suppressed_one_that_cannot_be_looked_at_stays_suppressed_as_long_as_the_decision_stands() {
    let mut first = run(0);
    first.suppressed = vec![suppressed(finding("a", "x"))];
    let first = after(first, &[]);
    let cut = |row: Option<SuppressionState>| {
        let mut document = run(1);
        document.run.cancelled = true;
        document.suppressions = row
            .map(|state| crate::history::SuppressionRow {
                what: "a".to_owned(),
                state,
                matched: 0,
                reason: "agreed".to_owned(),
                owner: None,
                created: None,
                expires: day(100),
                ticket: None,
                source: first.suppressed[0].source.clone(),
            })
            .into_iter()
            .collect();
        after(document, &[&first])
    };
    let kept = cut(Some(SuppressionState::Unseen));
    assert_eq!((statuses(&kept), seen(&kept)), (vec![("a", "suppressed")], (day(0), day(0))));
    assert_eq!(kept.history.as_ref().unwrap().runs.last().unwrap().suppressed, 0, "not seen");
    let back = after(with(run(2), vec![finding("a", "x")]), &[&kept]);
    assert_eq!(seen(&back), (day(0), day(2)));
    assert_eq!(statuses(&cut(None)), [("a", "unknown")], "the decision was taken back");
    assert_eq!(statuses(&cut(Some(SuppressionState::Expired))), [("a", "unknown")]);
}

#[test]
fn clocks_that_go_back_turn_no_time_around() {
    let first = after(with(run(5), vec![finding("a", "x")]), &[]);
    let next = after(with(run(1), vec![finding("a", "x")]), &[&first]);
    assert_eq!((statuses(&next), seen(&next)), (vec![("a", "unchanged")], (day(5), day(5))));
    let mut cut = run(1);
    cut.run.cancelled = true;
    assert_eq!(seen(&after(cut, &[&first])), (day(5), day(5)));
    let mut broken = first;
    let standing = broken.findings[0].standing.as_mut().unwrap();
    (standing.first_seen, standing.last_seen) = (day(4), day(2));
    let (from, to) = seen(&after(with(run(1), vec![finding("a", "x")]), &[&broken]));
    assert!(from <= to, "{from} {to}");
}

#[test]
fn documents_of_another_kind_are_left_alone() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    for kind in [Kind::Collect, Kind::Diff] {
        let mut other = with(run(1), vec![finding("b", "x")]);
        other.kind = kind;
        let untouched = other.clone();
        assert_eq!(after(other.clone(), &[&first]), untouched);
        let next = after(with(run(2), vec![finding("b", "x")]), &[&other]);
        assert_eq!(statuses(&next), [("b", "new")], "{kind:?} is nothing to compare with");
        assert_eq!(next.history.unwrap().compared_with.len(), 0);
    }
}

#[test]
fn documents_of_a_time_without_fingerprints_are_known_again() {
    let bare = |mut finding: Finding| {
        finding.fingerprint = Fingerprint::default();
        finding.wording = None;
        finding
    };
    // Two findings that only their order tells apart, and a suppressed one.
    let all = || vec![finding("a", "x"), finding("a", "y"), finding("b", "x")];
    let mut old = with(run(0), all().into_iter().map(bare).collect());
    old.drift =
        vec![Drift { fingerprint: Fingerprint::default(), ..drift("v", DriftKind::Missing) }];
    old.suppressed = vec![suppressed(bare(finding("c", "x")))];
    let mut new = with(run(1), all());
    Finding::identify(&mut new.findings);
    new.suppressed = vec![suppressed(finding("c", "x"))];
    new.drift = vec![drift("v", DriftKind::Missing)];
    let next = after(new, &[&old]);
    let expect = [
        ("v", "unchanged"),
        ("a", "unchanged"),
        ("a", "unchanged"),
        ("b", "unchanged"),
        ("c", "suppressed"),
    ];
    assert_eq!(statuses(&next), expect);
    assert_eq!(next.findings[0].standing.as_ref().unwrap().first_seen, day(0));
    // The document itself may lack them, too.
    let own = after(old, &[]);
    assert_eq!(own.findings[2].fingerprint, finding("b", "x").fingerprint);
    assert_eq!(own.suppressed[0].item.fingerprint(), &finding("c", "x").fingerprint);
}

#[test]
fn the_trend_ends_with_this_run_and_has_it_once() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let runs = first.history.clone().unwrap().runs;
    let mut next = run(1);
    next.run.narrowed = true;
    track(&mut next, std::slice::from_ref(&first), runs);
    let mut runs = next.history.clone().unwrap().runs;
    assert_eq!(runs.iter().map(|p| p.run.as_str()).collect::<Vec<_>>(), ["run-000", "run-001"]);
    assert!(runs[1].incomplete, "a part is not all: {:?}", runs[1]);
    runs.push(runs[1].clone());
    let mut again = next;
    track(&mut again, std::slice::from_ref(&first), runs);
    assert_eq!(again.history.unwrap().runs.len(), 2);
}

#[test]
fn many_findings_are_matched_with_many() {
    let many = |n: i64, from: usize| {
        let findings = (from..from + 2_000).map(|i| finding(&format!("b-{i}"), "x")).collect();
        with(run(n), findings)
    };
    let first = after(many(0, 0), &[]);
    let next = after(many(1, 500), &[&first]);
    let point = next.history.unwrap().runs.pop().unwrap();
    assert_eq!((point.new, point.resolved), (500, 500));
}
