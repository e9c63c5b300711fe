//! Short lists for reasons: three items, then how many more.

use std::fmt::{self, Display};

const SHOWN: usize = 3;

/// Collects what a reason lists; only what is shown is kept.
#[derive(Debug, Default)]
pub(crate) struct ShortList {
    shown: Vec<String>,
    total: usize,
}

impl ShortList {
    pub(crate) fn add(&mut self, item: impl Display) {
        if self.shown.len() < SHOWN {
            self.shown.push(item.to_string());
        }
        self.total += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.total
    }

    /// The items with this separator, and how many more there are.
    pub(crate) fn join(&self, separator: &str) -> String {
        let more = self.total - self.shown.len();
        let list = self.shown.join(separator);
        if more == 0 { list } else { format!("{list} and {more} more") }
    }
}

impl<T: Display> FromIterator<T> for ShortList {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Self::default();
        items.into_iter().for_each(|item| list.add(item));
        list
    }
}

impl Display for ShortList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.join(", "))
    }
}
