//! The person at the terminal, asked where a login needs one.

use std::io::{IsTerminal, Write};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tenko::login::{Human, NoBrowser, NoHuman, NoTerminal};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// While a line is read that is not shown. No signal ends that: whoever gets one ends the process.
static TYPING: AtomicBool = AtomicBool::new(false);

/// Whether somebody is being waited for who types a code.
pub(crate) fn is_typing() -> bool {
    TYPING.load(Ordering::SeqCst)
}

/// Whether questions can be asked: both what is typed and what is shown is a terminal's.
pub(crate) fn is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// The person at the terminal, or nobody.
pub(crate) fn find() -> Arc<dyn Human> {
    if is_there() { Arc::new(AtTerminal) } else { Arc::new(NoHuman) }
}

#[derive(Debug)]
struct AtTerminal;

impl Human for AtTerminal {
    fn mfa_code(&self, device: &str) -> Result<Zeroizing<String>, NoTerminal> {
        let prompt = format!("Code of {}", tenko::report::visible(device));
        TYPING.store(true, Ordering::SeqCst);
        let code = dialoguer::Password::new().with_prompt(prompt).interact();
        TYPING.store(false, Ordering::SeqCst);
        code.map(|code| Zeroizing::new(code.trim().to_owned())).map_err(|_| NoTerminal)
    }

    fn open(&self, url: &str, code: Option<&str>) -> Result<(), NoBrowser> {
        let shown = tenko::report::visible(url);
        match code {
            Some(code) => {
                self.note(&format!("Open {shown} in any browser"));
                self.note(&format!("and enter the code {}", tenko::report::visible(code)));
                // Comfort only: the address and the code are shown.
                let _ = browse(url);
                Ok(())
            }
            None => {
                browse(url)?;
                self.note(
                    "A browser was opened to sign in. If it did not, open this on this machine:",
                );
                self.note(&format!("  {shown}"));
                Ok(())
            }
        }
    }

    fn note(&self, line: &str) {
        let _ = writeln!(std::io::stderr(), "{}", tenko::report::visible(line));
    }
}

/// Opens an address in the person's browser. It stands in the argument list of another process, so it must be no secret.
pub(crate) fn browse(url: &str) -> Result<(), NoBrowser> {
    // Over SSH or without a display the launchers of Linux would start a browser in text mode, or none.
    #[cfg(target_os = "linux")]
    {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !["DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME"].into_iter().any(set) {
            return Err(NoBrowser);
        }
    }
    // What the person names goes before what the desktop would open.
    if let Some(browser) = std::env::var_os("BROWSER").filter(|name| !name.is_empty())
        && let Some(program) = std::env::split_paths(&browser).next()
    {
        let mut command = std::process::Command::new(program);
        command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if command.spawn().is_ok() {
            return Ok(());
        }
    }
    open::that_detached(url).map_err(|_| NoBrowser)
}

/// One of these, chosen by a person who types parts of it; `None` where nobody is there to choose.
pub(crate) fn choose(question: &str, items: &[String]) -> Result<Option<usize>, Failure> {
    if !is_there() || items.is_empty() {
        return Ok(None);
    }
    let shown: Vec<_> = items.iter().map(|item| tenko::report::visible(item)).collect();
    let chosen = dialoguer::FuzzySelect::new()
        .with_prompt(question)
        .items(&shown)
        .max_length(15)
        .interact_opt()
        .map_err(unasked)?;
    match chosen {
        Some(chosen) => Ok(Some(chosen)),
        None => Err(Failure::new("nothing was chosen")),
    }
}

/// Makes a person type a text; `None` where nobody is there to type.
pub(crate) fn typed(question: &str) -> Result<Option<String>, Failure> {
    if !is_there() {
        return Ok(None);
    }
    let text: String = dialoguer::Input::new()
        .with_prompt(question)
        .allow_empty(true)
        .interact_text()
        .map_err(unasked)?;
    Ok(Some(text.trim().to_owned()))
}

fn unasked(error: dialoguer::Error) -> Failure {
    // Ctrl-C leaves a list without one.
    let _ = dialoguer::console::Term::stderr().show_cursor();
    Failure::new("failed to ask at the terminal").because(error)
}
