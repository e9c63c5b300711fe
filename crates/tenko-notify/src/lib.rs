//! Tells people of a report: a message to a Slack webhook, and one rolling issue on GitHub.
//!
//! Both can be done again without harm: the issue is found by a mark in its text and carries the run
//! that it is of, and whoever posts to a webhook keeps a note of the runs that were posted, since Slack
//! has no way to ask. What may have been taken in although no answer came is not sent again.
//!
//! Nothing is sent but what is handed in, and to nobody but who is named. URLs of webhooks and tokens
//! are in no error and no log.

mod error;
mod github;
mod http;
mod slack;

pub use error::NotifyError;
pub use github::{Change, GitHub, RollingIssue, mark};
pub use http::{Http, Limits};
pub use slack::slack;
