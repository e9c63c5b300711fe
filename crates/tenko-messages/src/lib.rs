//! What tenko says to people, in every language that it speaks.
//!
//! A [`Message`] is an id with values; its texts are in `messages/LANGUAGE/*.ftl`, in Project
//! Fluent's form. Code never puts sentences together: what is optional in one is a message of its own,
//! handed in as a value.
//!
//! ```
//! use tenko_core::{Arg, msg};
//! use tenko_messages::{Lang, say};
//!
//! let message = msg!("some-and-more", shown = Arg::list(["a", "b"]), more = 3_u64);
//! assert_eq!(say(Lang::En, &message), "a, b and 3 more");
//! assert_eq!(say(Lang::Ja, &message), "a、bほか3件");
//! ```
//!
//! Values are text and stay text: whoever shows a message makes it harmless for the place where
//! it is shown.

mod bundle;
mod lang;

pub use bundle::{Text, has, ids, say, texts};
pub use lang::{Lang, UnknownLang};

use tenko_core::Message;

/// The message in English: what documents hold beside the message itself.
pub fn english(message: &Message) -> String {
    say(Lang::En, message)
}

/// Says a message in a language: `t!(lang, "summary-clean", resources = 3_u64)`.
#[macro_export]
macro_rules! t {
    ($lang:expr, $($message:tt)+) => {
        $crate::say($lang, &::tenko_core::msg!($($message)+))
    };
}
