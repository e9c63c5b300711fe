//! Why nobody was told.

use thiserror::Error;

/// Why a message was not sent, or an issue not kept.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotifyError {
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
    /// The address is none, or would send a secret in the clear.
    #[error("{whose} is no https URL")]
    Address {
        /// Whose address, without the address itself: it may be a secret.
        whose: String,
    },
    /// No connection, after all attempts.
    #[error("{whose} cannot be reached: {why}")]
    Unreachable {
        /// Who was asked.
        whose: String,
        /// What went wrong, without the address.
        why: String,
    },
    /// It was sent, and no answer came: it may have been taken in. It is not sent again.
    #[error("{whose} gave no answer: it may have been taken in all the same ({why})")]
    NoAnswer {
        /// Who was asked.
        whose: String,
        /// What went wrong, without the address.
        why: String,
    },
    /// It was refused.
    #[error("{whose} answers {status}: {said}")]
    Refused {
        /// Who was asked.
        whose: String,
        /// The status of the answer.
        status: u16,
        /// What the answer says, cut short.
        said: String,
    },
    /// The answer is not what the API promises.
    #[error("{whose} gives an answer that cannot be read: {why}")]
    Answer {
        /// Who was asked.
        whose: String,
        /// What is wrong.
        why: String,
    },
    /// The issue tells of a later run already.
    #[error("the issue {url} tells of run {run} already, which is later")]
    Later {
        /// Where the issue is.
        url: String,
        /// The run that it tells of.
        run: String,
    },
}

impl NotifyError {
    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Refused { whose, status: 401 | 403, .. } if whose == "GitHub" => Some(
                "the token needs write access to the issues of the repository (`issues: write` in \
                 GitHub Actions)",
            ),
            Self::Refused { whose, status: 404, .. } if whose == "GitHub" => Some(
                "the repository is not there, or the token may not see it; its issues may be turned \
                 off",
            ),
            Self::Refused { whose, status: 403 | 404 | 410, .. } if whose == "Slack" => {
                Some("the webhook was removed or is disabled: make a new one")
            }
            Self::NoAnswer { .. } => Some("look there before it is sent again (--again)"),
            _ => None,
        }
    }
}
