//! The person at the terminal, if there is one.

use std::fmt;

use zeroize::Zeroizing;

/// Whoever can be asked while a login is under way. Its methods may block for as long as people take; they are called
/// where that holds nothing else up.
pub trait Human: Send + Sync + fmt::Debug {
    /// Whether anybody is there at all. Where nobody is, nothing that needs a person is begun.
    fn present(&self) -> bool {
        true
    }

    /// The six digits that this device shows now.
    ///
    /// # Errors
    ///
    /// There is no terminal to ask at, or it was closed.
    fn mfa_code(&self, device: &str) -> Result<Zeroizing<String>, NoTerminal>;

    /// Brings the person to a page. Without a `code`, the answer comes back to this machine, so `Ok` means that a
    /// browser was started here. With one, any browser anywhere will do: `Ok` means that the address and the code were
    /// shown, whether or not a browser was started as well.
    ///
    /// # Errors
    ///
    /// No browser could be started (or, with a code, nothing could be shown).
    fn open(&self, url: &str, code: Option<&str>) -> Result<(), NoBrowser>;

    /// Says something in passing: what is being waited for, or that a code was wrong. Never a secret.
    fn note(&self, line: &str);
}

/// Nobody: every question is answered with "no terminal" at once. For scripts and `credential_process`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHuman;

impl Human for NoHuman {
    fn present(&self) -> bool {
        false
    }

    fn mfa_code(&self, _device: &str) -> Result<Zeroizing<String>, NoTerminal> {
        Err(NoTerminal)
    }

    fn open(&self, _url: &str, _code: Option<&str>) -> Result<(), NoBrowser> {
        Err(NoBrowser)
    }

    fn note(&self, _line: &str) {}
}

/// There is no terminal to ask at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no terminal to ask at")]
pub struct NoTerminal;

/// There is no browser to open a page in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no browser to open a page in")]
pub struct NoBrowser;

/// Runs a question to a person: other work of the runtime goes on meanwhile, where the runtime has threads for it.
pub(crate) fn ask<T>(question: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};

    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(question),
        _ => question(),
    }
}
