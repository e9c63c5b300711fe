//! What changed since the last run.

use tenko_core::{Message, Status, msg};

use super::context::Context;
use super::mark::Mark;
use super::rows::{Entry, Row};
use super::text::Text;

/// Entries of one status that are listed here.
const LISTED: usize = 10;

pub(super) struct ChangesView<'a> {
    /// What it is compared with.
    pub(super) lead: Text,
    /// One for each status that occurs; empty without a run to compare with.
    pub(super) groups: Vec<Group<'a>>,
}

/// Entries of one status.
pub(super) struct Group<'a> {
    pub(super) mark: Mark,
    /// The filter's value. Empty of what cannot be seen now: the table's unknown are more than that.
    pub(super) status: &'static str,
    pub(super) count: Text,
    /// The first ones; of what did not change, none.
    pub(super) rows: Vec<Row<'a>>,
    /// How many there are beside them, in words; empty when there is none.
    pub(super) more: Text,
}

impl<'a> ChangesView<'a> {
    pub(super) fn new(context: &Context<'a>, entries: &[Entry<'a>]) -> Self {
        let Some(history) = &context.document.history else {
            return Self { lead: context.say(&msg!("html-no-history")), groups: Vec::new() };
        };
        let lead = match (history.compared_with.len(), history.since) {
            (0, _) => msg!("html-first-run"),
            (1, Some(since)) => {
                msg!("html-since", at = context.time(None, since).as_str())
            }
            (1, None) => msg!("html-since-last"),
            (runs, Some(since)) => {
                msg!("html-since-several", runs = runs, at = context.time(None, since).as_str())
            }
            (runs, None) => msg!("html-since-several-last", runs = runs),
        };
        let order =
            [Status::New, Status::Changed, Status::Resolved, Status::Unknown, Status::Unchanged];
        let groups = order.into_iter().map(|status| Group::new(context, entries, status));
        Self { lead: context.say(&lead), groups: groups.collect() }
    }
}

impl<'a> Group<'a> {
    fn new(context: &Context<'a>, entries: &[Entry<'a>], status: Status) -> Self {
        let of = || entries.iter().filter(move |entry| is(**entry, status));
        let count = of().count();
        let listed = if status == Status::Unchanged { 0 } else { LISTED };
        let rows: Vec<_> = of().take(listed).map(|entry| Row::new(context, *entry)).collect();
        let more = if status == Status::Unchanged { 0 } else { count - rows.len() };
        let unseen = status == Status::Unknown;
        let mark = Mark::status(context.lang, status);
        Self {
            mark: if unseen {
                Mark { word: context.say(&msg!("html-unseen")), ..mark }
            } else {
                mark
            },
            status: if unseen { "" } else { status.as_str() },
            count: super::verdict::number(context, count as u64),
            rows,
            more: if more == 0 {
                Text::default()
            } else {
                context.say(&Message::new("html-more").with("n", more))
            },
        }
    }
}

/// Whether that became of an entry. Unknown are here only those that were seen before and cannot be
/// seen now: what this run itself cannot tell is a number of its own.
fn is(entry: Entry<'_>, status: Status) -> bool {
    match entry {
        Entry::Past(_) if status == Status::Unknown => entry.status() != Some(Status::Resolved),
        Entry::Past(_) => status == Status::Resolved && entry.status() == Some(status),
        _ => status != Status::Unknown && entry.status() == Some(status),
    }
}
