//! Runs cargo.

use std::io::Write;
use std::process::Command;

use crate::{boundaries, browser, python};

/// Writes one line to standard error.
pub(crate) fn say(line: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    say(&format!("$ {}", shown(command)));
    let status =
        command.status().map_err(|error| format!("failed to start {}: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
}

fn shown(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    words.join(" ")
}

pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Every test there is. Always all of the default members, which are all but this package: with fewer packages, or
/// with this one, other features would be resolved, and the SDK crates would be built a second time.
pub(crate) fn test(args: &[String], update: bool) -> Result<(), String> {
    let python = python::environment()?;
    let mut command = cargo();
    // All of them, whatever failed: one run then tells everything that there is to mend.
    command.args(["test", "--no-fail-fast"]).args(args).env("TENKO_TEST_PYTHON", &python);
    if update {
        command.env("TENKO_UPDATE", "1").env("INSTA_UPDATE", "always");
    } else {
        command.env("INSTA_UPDATE", "no");
    }
    run(&mut command)?;
    // Tests that need a browser are the only ones that are ignored without one. They run when all tests
    // do: what is asked for with arguments is more than likely something else.
    if args.is_empty()
        && let Some(chromium) = browser::chromium()?
    {
        run(cargo()
            .args(["test", "--test", "html", "--", "--ignored", "--show-output"])
            .env("TENKO_TEST_PYTHON", &python)
            .env("TENKO_TEST_CHROMIUM", chromium)
            .env("INSTA_UPDATE", "no"))?;
    }
    Ok(())
}

/// Everything that is checked without running the product.
pub(crate) fn lint() -> Result<(), String> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
    boundaries::check()?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}
