//! A run in a list.

use serde_json::{Value, json};

use crate::list::Entry;

impl Entry {
    /// Whether its entry cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.run.is_err()
    }

    /// For machines: the entry, or why it cannot be read.
    pub fn to_json(&self) -> Value {
        match &self.run {
            Ok(run) => json!({
                "run": run.run,
                "kind": run.kind,
                "started_at": run.started_at,
                "finished_at": run.finished_at,
                "tool_version": run.tool_version,
                "narrowed": run.narrowed,
                "parents": run.parents,
                "verdict": run.point.verdict,
                "incomplete": run.point.incomplete,
                "drift": run.point.drift,
                "findings": run.point.findings,
                "new": run.point.new,
                "resolved": run.point.resolved,
                "suppressed": run.point.suppressed,
            }),
            Err(error) => json!({"run": self.id, "unreadable": error.to_string()}),
        }
    }
}
