//! Problems of our own, and a list that stays short.

use tenko_core::Problem;

/// Problems with the same operation and code that are kept.
const ALIKE: usize = 3;
/// Problems of one unit that are kept.
const MOST: usize = 30;

/// Keeps a few of many alike, and counts the rest.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    kept: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub(crate) fn push(&mut self, new: Problem) {
        let alike = self.kept.iter().filter(|p| p.operation == new.operation && p.code == new.code);
        if alike.count() < ALIKE && self.kept.len() < MOST {
            self.kept.push(new);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn finish(mut self, operation: &str) -> Vec<Problem> {
        if self.more > 0 {
            let message = format!("{} more problems like these", self.more);
            self.kept.push(Problem::new(operation, "more-problems", message));
        }
        self.kept
    }
}
