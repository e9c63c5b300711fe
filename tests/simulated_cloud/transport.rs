//! Bodies that are no answer: cut off, or of another language. Nothing of them is used.

use tenko::model::Outcome;
use tenko_testkit::sim::FaultKind;

use super::cases::{Case, Keeps, check};
use super::places::{at_listings, is_listed};
use super::world::Clean;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_cut_off_is_not_half_used() {
    let clean = Clean::new().await;
    // From nothing at all to somewhere within the first record: even the shortest listing, two
    // queues, is longer.
    let ends = [0, 1, 2, 10, 40, 70, 100, 130];
    let truncated = ends.map(|at| FaultKind::Truncate { at });
    let cut = [0, 40, 130].map(|at| FaultKind::CutConnection { at });
    let cases = truncated.into_iter().chain(cut).map(|kind| {
        Case::new(format!("{kind:?}"))
            .faults(at_listings(kind))
            .expect(Outcome::Unreachable, Keeps::None, is_listed)
    });
    check(&clean, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_language_is_no_answer() {
    let clean = Clean::new().await;
    let case = Case::new("nonsense with status 200")
        .faults(at_listings(FaultKind::InvalidBody))
        .expect(Outcome::Unreachable, Keeps::None, is_listed);
    check(&clean, [case]).await;
}
