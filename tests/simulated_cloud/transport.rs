//! Bodies that are no answer: cut off, or of another language. Nothing of them is used.

use tenko::model::Outcome;
use tenko_testkit::sim::FaultKind;

use super::cases::{Case, Keeps, check};
use super::places::{at_listings, is_listed};
use super::world::Clean;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_cut_off_is_not_half_used() {
    let clean = Clean::get().await;
    // Even the shortest listing, two queues, is longer.
    let starts = [0, 1, 40, 130].map(|at| FaultKind::Truncate { at });
    let ends = [1, 5, 30, 150].map(|bytes| FaultKind::LoseEnd { bytes });
    let cut = [0, 130].map(|at| FaultKind::CutConnection { at });
    let cases = starts.into_iter().chain(ends).chain(cut).map(|kind| {
        Case::new(format!("{kind:?}")).faults(at_listings(kind)).expect(
            Outcome::Unreachable,
            Keeps::None,
            is_listed,
        )
    });
    check(clean, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_language_is_no_answer() {
    let clean = Clean::get().await;
    let case = Case::new("nonsense with status 200")
        .faults(at_listings(FaultKind::InvalidBody))
        .expect(Outcome::Unreachable, Keeps::None, is_listed);
    check(clean, [case]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_arrives_whole_the_second_time_is_used() {
    let clean = Clean::get().await;
    let kinds = [FaultKind::Truncate { at: 0 }, FaultKind::LoseEnd { bytes: 2 }];
    let cases = kinds.map(|kind| {
        Case::new(format!("{kind:?} once")).faults(at_listings(kind).map(|fault| fault.times(1)))
    });
    check(clean, cases).await;
}
