//! Why a drift is what it is: the message, and beside it what it says in English.

use tenko_core::{Drift, Message, msg};
use tenko_messages::english;

/// Two reasons, each a statement for itself.
pub(crate) fn both(first: Message, then: Message) -> Message {
    msg!("drift-both", first = first, then = then)
}

/// The drift with this reason, or with none.
pub(crate) fn because(drift: Drift, reason: impl Into<Option<Message>>) -> Drift {
    let reason = reason.into();
    Drift { reason: reason.as_ref().map(english), reason_wording: reason, ..drift }
}

/// Gives a drift a further reason, after the one that it has.
pub(crate) fn add(drift: &mut Drift, reason: Message) {
    let reason = match drift.reason_wording.take() {
        Some(first) => both(first, reason),
        None => reason,
    };
    drift.reason = Some(english(&reason));
    drift.reason_wording = Some(reason);
}
