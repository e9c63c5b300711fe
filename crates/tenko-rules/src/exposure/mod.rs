//! Who can reach a bucket from anywhere.

pub(crate) mod aws;
pub(crate) mod gcp;

use tenko_core::{Message, msg};

use crate::policies::clauses;
use crate::sink::Judged;

/// What was found on the ways to a bucket: clauses.
#[derive(Debug, Default)]
struct Ways {
    open: Vec<Message>,
    untold: Vec<Message>,
}

impl Ways {
    fn judged(self, bucket: &str) -> Judged {
        if !self.open.is_empty() {
            let message = msg!("data-06-bad", bucket = bucket, ways = clauses(self.open));
            return Judged::Bad(message.into());
        }
        if !self.untold.is_empty() {
            let message = msg!("data-06-unknown", bucket = bucket, ways = clauses(self.untold));
            return Judged::Unknown(message.into());
        }
        Judged::Pass
    }
}

/// Ways that are open unless something closes them that is not known, and why it is not.
fn but(open: Vec<Message>, why: Message) -> Message {
    msg!("data-06-but", ways = clauses(open), reason = why)
}

/// What could not be read.
fn unread(path: String) -> Message {
    msg!("data-shared-unread", attribute = path)
}
