//! Several runs before, which ran at the same time.

use super::*;

/// A run that began at one hour of the day and ended at another.
fn between(id: &str, from: i64, to: i64, findings: Vec<Finding>) -> Document {
    let mut document = with(run(1), findings);
    document.run.id = id.to_owned();
    document.run.started_at = day(1) + SignedDuration::from_hours(from);
    document.run.finished_at = day(1) + SignedDuration::from_hours(to);
    document
}

fn hour(n: i64) -> Timestamp {
    day(1) + SignedDuration::from_hours(n)
}

#[test]
fn the_earliest_first_seen_and_the_newest_last_seen_count() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let left = after(between("left", 0, 4, vec![finding("a", "y"), finding("b", "x")]), &[&first]);
    let right =
        after(between("right", 1, 3, vec![finding("a", "z"), finding("b", "x")]), &[&first]);
    for heads in [[&left, &right], [&right, &left]] {
        let next = after(with(run(2), vec![finding("a", "y"), finding("b", "x")]), &heads);
        assert_eq!(statuses(&next), [("a", "unchanged"), ("b", "unchanged")]);
        let first_seen = |at: usize| next.findings[at].standing.as_ref().unwrap().first_seen;
        assert_eq!((first_seen(0), first_seen(1)), (day(0), hour(3)));
        let history = next.history.unwrap();
        assert_eq!(history.compared_with, ["right", "left"]);
        assert_eq!(history.since, Some(hour(4)));
    }
}

#[test]
fn what_any_of_them_had_open_is_open() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let mut cut = between("cut", 0, 4, vec![]);
    cut.run.cancelled = true;
    let cut = after(cut, &[&first]);
    let other = after(between("other", 1, 3, vec![finding("b", "x")]), &[]);
    for heads in [[&cut, &other], [&other, &cut]] {
        let next = after(run(2), &heads);
        let mut found = statuses(&next);
        found.sort_unstable();
        assert_eq!(found, [("a", "resolved"), ("b", "resolved")]);
    }
}

#[test]
fn only_a_run_that_began_after_it_was_seen_resolves_it() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let sees = |from, to| after(between("sees", from, to, vec![finding("a", "x")]), &[&first]);
    let gone = |from, to| after(between("gone", from, to, vec![]), &[&first]);
    let cut = |from, to| {
        let mut cut = between("cut", from, to, vec![]);
        cut.run.cancelled = true;
        after(cut, &[&first])
    };
    let back = |one: &Document, other: &Document| {
        let next = after(with(run(2), vec![finding("a", "x")]), &[one, other]);
        let reversed = after(with(run(2), vec![finding("a", "x")]), &[other, one]);
        assert_eq!(statuses(&next), statuses(&reversed));
        (statuses(&next)[0].1, seen(&next).0)
    };
    // At the same time: nobody knows which look was the later one.
    assert_eq!(back(&sees(0, 2), &gone(1, 3)), ("unchanged", day(0)));
    assert_eq!(back(&gone(0, 2), &sees(1, 3)), ("unchanged", day(0)));
    // One after the other.
    assert_eq!(back(&sees(0, 1), &gone(2, 3)), ("new", day(2)));
    assert_eq!(back(&gone(0, 1), &sees(2, 3)), ("unchanged", day(0)));
    // The one that could not look has nothing against it.
    assert_eq!(back(&cut(0, 3), &gone(1, 2)), ("new", day(2)));
    assert_eq!(statuses(&after(run(2), &[&cut(0, 3), &gone(1, 2)])), []);
}

#[test]
fn a_run_that_surely_saw_it_says_more_than_one_that_could_not_tell() {
    let sees = after(between("sees", 0, 1, vec![finding("a", "x")]), &[]);
    let unsure = after(between("unsure", 0, 2, vec![unknown("a")]), &[]);
    for heads in [[&sees, &unsure], [&unsure, &sees]] {
        let next = after(with(run(2), vec![finding("a", "x")]), &heads);
        assert_eq!((statuses(&next), seen(&next).0), (vec![("a", "unchanged")], hour(1)));
        assert_eq!(statuses(&after(run(2), &heads)), [("a", "resolved")]);
    }
}

#[test]
fn the_same_run_twice_and_the_run_itself_are_no_runs_before() {
    let first = after(with(run(0), vec![finding("a", "x")]), &[]);
    let next = after(with(run(0), vec![finding("a", "x")]), &[&first]);
    assert_eq!(statuses(&next), [("a", "new")]);
    let next = after(with(run(1), vec![finding("a", "x")]), &[&first, &first]);
    assert_eq!(next.history.unwrap().compared_with, ["run-000"]);
}

#[test]
fn what_is_there_twice_is_past_once() {
    let twice = with(run(0), vec![finding("a", "x"), finding("a", "x")]);
    let first = after(twice, &[]);
    assert_eq!(first.findings[0].fingerprint, first.findings[1].fingerprint);
    assert_eq!(statuses(&after(run(1), &[&first])), [("a", "resolved")]);
}

#[test]
fn what_another_run_saw_meanwhile_is_not_resolved() {
    let first = after(between("first", 0, 3, vec![finding("a", "x")]), &[]);
    let during = after(between("during", 1, 4, vec![]), &[&first]);
    assert_eq!((statuses(&during), why(&during)), (vec![("a", "unknown")], "past-seen-meanwhile"));
    let later = after(between("later", 3, 5, vec![]), &[&first]);
    assert_eq!(statuses(&later), [("a", "resolved")]);
}
