//! Listings that the SDK crates answer page by page, as streams of [`TypeEvent`]s.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::future::Future;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::{StreamExt, stream};
use tenko_core::BoxStream;

use crate::context::UnitContext;
use crate::sdk_type::{Draft, TypeEvent};
use crate::wire::{CallError, ErrorClass, classify_sdk_error};

/// No real listing is longer, so a longer chain of tokens has no end.
const MAX_PAGES: usize = 10_000;

/// One answer of a listing.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// The records of a listing, page by page. An error is the last item.
pub(crate) type Pages<'a, T> = BoxStream<'a, Result<Vec<T>, CallError>>;

/// Follows a listing's tokens to the end.
///
/// A record whose id came before is dropped, and a page without records goes on. A record without
/// an id, the same token twice and a chain without end make the listing invalid: what was
/// read counts, but nobody may take it for all.
pub(crate) fn pages<'a, T, F, Fut>(
    service: &'static str,
    operation: &'static str,
    id: for<'r> fn(&'r T) -> Option<&'r str>,
    fetch: F,
) -> Pages<'a, T>
where
    T: Send + 'a,
    F: Fn(Option<String>) -> Fut + Send + Sync + 'a,
    Fut: Future<Output = Result<Page<T>, CallError>> + Send + 'a,
{
    let fail =
        move |text: &str| CallError::new(ErrorClass::InvalidResponse, service, operation, text);
    let start = Chain { fetch, id, token: None, tokens: HashSet::new(), ids: HashSet::new() };
    let steps = stream::unfold(Some(start), move |chain| async move {
        let mut chain = chain?;
        let page = match (chain.fetch)(chain.token.take()).await {
            Ok(page) => page,
            Err(error) => return Some((vec![Err(error)], None)),
        };
        let (items, whole) = chain.news(page.items);
        let mut step = vec![Ok(items)];
        if !whole {
            step.push(Err(fail("a record has no identifier")));
            return Some((step, None));
        }
        let Some(token) = page.next.filter(|token| !token.is_empty()) else {
            return Some((step, None));
        };
        if !chain.tokens.insert(token.clone()) {
            step.push(Err(fail("the listing names the same next page twice")));
            return Some((step, None));
        }
        if chain.tokens.len() >= MAX_PAGES {
            step.push(Err(fail("the listing does not end")));
            return Some((step, None));
        }
        chain.token = Some(token);
        Some((step, Some(chain)))
    });
    Box::pin(steps.flat_map(stream::iter))
}

struct Chain<T, F> {
    fetch: F,
    id: for<'r> fn(&'r T) -> Option<&'r str>,
    token: Option<String>,
    tokens: HashSet<String>,
    ids: HashSet<String>,
}

impl<T, F> Chain<T, F> {
    /// The records that were not there before, and whether every record had an id.
    fn news(&mut self, items: Vec<T>) -> (Vec<T>, bool) {
        let mut whole = true;
        let mut news = Vec::with_capacity(items.len());
        for item in items {
            match (self.id)(&item) {
                None | Some("") => whole = false,
                Some(id) if self.ids.contains(id) => {}
                Some(id) => {
                    self.ids.insert(id.to_owned());
                    news.push(item);
                }
            }
        }
        (news, whole)
    }
}

/// A type whose listing says everything: one draft per record, none for a record that is no
/// resource (any more).
pub(crate) fn drafts<'a, T: Send + 'a>(
    pages: Pages<'a, T>,
    draft: impl Fn(T) -> Option<Draft> + Send + 'a,
) -> BoxStream<'a, TypeEvent> {
    Box::pin(pages.map(move |page| match page {
        Ok(items) => TypeEvent::Drafts(items.into_iter().filter_map(&draft).collect()),
        Err(error) => TypeEvent::Failed(error),
    }))
}

/// A type that takes calls of its own for each record: so many at a time, in the listing's order.
pub(crate) fn each<'a, T, F, Fut>(
    pages: Pages<'a, T>,
    at_once: usize,
    one: F,
) -> BoxStream<'a, TypeEvent>
where
    T: Send + 'a,
    F: Fn(T) -> Fut + Send + Sync + 'a,
    Fut: Future<Output = Vec<TypeEvent>> + Send + 'a,
{
    let records = pages.flat_map(|page| {
        stream::iter(match page {
            Ok(items) => items.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        })
    });
    let work = records.map(move |record| {
        let work = record.map(&one);
        async move {
            match work {
                Ok(events) => events.await,
                Err(error) => vec![TypeEvent::Failed(error)],
            }
        }
    });
    Box::pin(work.buffered(at_once).flat_map(stream::iter))
}

/// What an SDK crate's error means in the unit's region, with a session that was proven.
pub(crate) fn call_error<E>(
    ctx: &UnitContext<'_>,
    error: &SdkError<E, HttpResponse>,
    service: &str,
    operation: &str,
) -> CallError
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    classify_sdk_error(error, service, operation).in_region(ctx.region)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers the pages one after the other: records and the next token.
    async fn read(answers: &[(&[&str], Option<&str>)]) -> (Vec<Vec<String>>, Option<String>) {
        let fetch = |token: Option<String>| {
            let at: usize = token.map_or(0, |token| token.trim_start_matches('t').parse().unwrap());
            let (items, next) = answers[at % answers.len()];
            let items = items.iter().map(|id| (*id).to_owned()).collect();
            std::future::ready(Ok(Page { items, next: next.map(str::to_owned) }))
        };
        let mut stream = pages("ec2", "DescribeThings", |id: &String| Some(id.as_str()), fetch);
        let (mut all, mut last) = (Vec::new(), None);
        while let Some(page) = stream.next().await {
            assert!(last.is_none(), "an error is the last item");
            match page {
                Ok(items) => all.push(items),
                Err(error) => {
                    assert_eq!(error.class, ErrorClass::InvalidResponse);
                    last = error.message.map(|text| text.to_string());
                }
            }
        }
        (all, last)
    }

    #[tokio::test]
    async fn empty_pages_go_on_and_records_count_once() {
        let (all, error) =
            read(&[(&["a"], Some("t1")), (&[], Some("t2")), (&["a", "b"], Some(""))]).await;
        assert_eq!(all, [vec!["a"], vec![], vec!["b"]]);
        assert_eq!(error, None);
    }

    #[tokio::test]
    async fn a_ring_of_tokens_is_invalid() {
        let (all, error) = read(&[(&["a"], Some("t1")), (&["b"], Some("t1"))]).await;
        assert_eq!(all, [["a"], ["b"]]);
        assert_eq!(error.as_deref(), Some("the listing names the same next page twice"));
    }

    #[tokio::test]
    async fn a_record_without_id_is_invalid() {
        let (all, error) = read(&[(&["a", ""], Some("t1")), (&["b"], None)]).await;
        assert_eq!(all, [["a"]]);
        assert_eq!(error.as_deref(), Some("a record has no identifier"));
    }
}
