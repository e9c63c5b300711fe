//! Short lists for reasons: three items, then how many more.

use tenko_core::{Arg, Message, msg};

const SHOWN: usize = 3;

/// Collects what a reason lists; only what is shown is kept.
#[derive(Debug, Default)]
pub(crate) struct ShortList {
    shown: Vec<Arg>,
    total: usize,
}

impl ShortList {
    /// Adds an item, which is made only if it will be shown.
    pub(crate) fn add<T: Into<Arg>>(&mut self, item: impl FnOnce() -> T) {
        if self.shown.len() < SHOWN {
            self.shown.push(item().into());
        }
        self.total += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.total
    }

    fn more(&self) -> usize {
        self.total - self.shown.len()
    }

    /// The items, and how many more there are.
    pub(crate) fn to_arg(&self) -> Arg {
        let shown = Arg::List(self.shown.clone());
        match self.more() {
            0 => shown,
            more => msg!("some-and-more", shown = shown, more = more).into(),
        }
    }
}

impl<T: Into<Arg>> FromIterator<T> for ShortList {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Self::default();
        items.into_iter().for_each(|item| list.add(|| item));
        list
    }
}

/// Collects statements that are reasons, each one for itself; only what is shown is kept.
#[derive(Debug, Default)]
pub(crate) struct ShortReasons {
    shown: Vec<Message>,
    total: usize,
}

impl ShortReasons {
    /// Adds a reason, which is made only if it will be shown.
    pub(crate) fn add(&mut self, reason: impl FnOnce() -> Message) {
        if self.shown.len() < SHOWN {
            self.shown.push(reason());
        }
        self.total += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// All of them as one, and how many more there are; nothing where there is none.
    pub(crate) fn to_message(&self) -> Option<Message> {
        let shown = self.shown.iter().cloned().reduce(crate::reason::both)?;
        Some(match self.total - self.shown.len() {
            0 => shown,
            more => msg!("drift-and-more", shown = shown, more = more),
        })
    }
}
