//! Faults of paging: what came before is kept, and nobody takes it for all.

use tenko::model::Outcome;
use tenko_testkit::sim::{DeniedBy as By, FaultKind};

use super::cases::{Case, Keeps, check};
use super::places::{LISTINGS, at_listings, at_paged_listings, is_listed, is_listed_in_pages};
use super::world::{Clean, PRODUCTION};

#[tokio::test(flavor = "multi_thread")]
async fn a_later_page_fails() {
    let clean = Clean::get().await;
    let kinds = [
        FaultKind::Deny { by: By::ScpExplicit },
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::Disconnect,
        FaultKind::HtmlError500,
        FaultKind::InvalidBody,
        FaultKind::Truncate { at: 60 },
        FaultKind::CutConnection { at: 60 },
    ];
    let cases = kinds.map(|kind| {
        Case::new(format!("{kind:?} on the second page"))
            .page_size(1)
            .faults(at_paged_listings(kind).map(|fault| fault.page(2)))
            .expect(Outcome::Partial, Keeps::Some, is_listed_in_pages)
    });
    check(clean, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_odd() {
    let clean = Clean::get().await;
    let ring = Case::new("the same token again and again")
        .page_size(1)
        .faults(at_paged_listings(FaultKind::RepeatToken))
        .expect(Outcome::Partial, Keeps::Some, is_listed_in_pages);
    let later = Case::new("the second page names itself as the next")
        .page_size(1)
        .faults(at_paged_listings(FaultKind::RepeatToken).map(|fault| fault.page(2)))
        .expect(Outcome::Partial, Keeps::SomeOrAll, is_listed_in_pages);
    let empty = Case::new("empty pages with a token come first")
        .page_size(1)
        .faults(at_paged_listings(FaultKind::EmptyPageWithToken));
    let whole = Case::new("an empty page with a token comes before the only one")
        .faults(at_paged_listings(FaultKind::EmptyPageWithToken));
    let twice =
        Case::new("records come twice, on one page").faults(at_listings(FaultKind::DuplicateItems));
    let again = Case::new("records come again on the next page")
        .page_size(1)
        .faults(at_listings(FaultKind::DuplicateItems));
    check(clean, [ring, later, empty, whole, twice, again]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_is_retried_and_complete() {
    let clean = Clean::get().await;
    let kinds = [
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::Unavailable,
        FaultKind::Disconnect,
        FaultKind::HtmlError500,
    ];
    let cases = kinds.map(|kind| {
        Case::new(format!("{kind:?} once"))
            .faults(at_listings(kind).map(|fault| fault.times(1)))
            .also(|cloud, _| {
                for listing in LISTINGS {
                    let seen = cloud.seen().into_iter().filter(|request| {
                        request.id() == listing.operation
                            && request.account.as_deref() == Some(PRODUCTION)
                            && request.region.as_deref() == Some(listing.region)
                    });
                    assert!(seen.count() >= 2, "{} was not asked again", listing.operation);
                }
            })
    });
    check(clean, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_end_is_given_up() {
    let clean = Clean::get().await;
    let kinds = [
        (FaultKind::Throttle, Outcome::ThrottledOut),
        (FaultKind::ServerError, Outcome::Unreachable),
        (FaultKind::Unavailable, Outcome::Unreachable),
        (FaultKind::HtmlError500, Outcome::Unreachable),
        (FaultKind::Disconnect, Outcome::Unreachable),
        (FaultKind::NotSubscribed, Outcome::ServiceNotEnabled),
    ];
    let cases = kinds.map(|(kind, outcome)| {
        Case::new(format!("{kind:?} for ever")).faults(at_listings(kind)).expect(
            outcome,
            Keeps::None,
            is_listed,
        )
    });
    check(clean, cases).await;
}
