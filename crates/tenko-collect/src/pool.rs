//! Tasks with a key each, so that it is always known what a task was about.

use std::collections::HashMap;
use std::future::Future;

use tokio::task::{Id, JoinSet};

/// A set of tasks; dropping it ends them.
pub(crate) struct Pool<K, T> {
    tasks: JoinSet<T>,
    keys: HashMap<Id, K>,
}

impl<K, T: Send + 'static> Pool<K, T> {
    pub(crate) fn new() -> Self {
        Self { tasks: JoinSet::new(), keys: HashMap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(crate) fn spawn(&mut self, key: K, task: impl Future<Output = T> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.keys.insert(id, key);
    }

    /// The next task that ended: `None` in place of its result when it ended without one, which
    /// takes a defect of ours, since the provider's own panics are caught before.
    pub(crate) async fn next(&mut self) -> Option<(K, Option<T>)> {
        loop {
            let (id, result) = match self.tasks.join_next_with_id().await? {
                Ok((id, result)) => (id, Some(result)),
                Err(error) => (error.id(), None),
            };
            if let Some(key) = self.keys.remove(&id) {
                return Some((key, result));
            }
        }
    }
}
