//! The `tenko` command: arguments, wiring, progress and exit codes. What it does lives in the
//! `tenko` library.

mod args;
mod banner;
mod cloud_args;
mod code;
mod commands;
mod failure;
mod files;
mod form;
mod help;
mod human;
mod iac_args;
mod login_args;
mod output;
mod progress;
mod providers;
mod report_args;
mod rule_args;
mod running;
mod runs;
mod setup;
mod shown;
mod tracing_log;
mod values;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use tokio_util::sync::CancellationToken;

use crate::args::{Cli, Color, Command};
use crate::failure::Failure;
use crate::output::Out;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed output is no reason to fail. What clap calls 2 is drift here.
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    if matches!(cli.command, Command::Demo(_))
        && let Some(code) = commands::demo::past_proxies()
    {
        return code;
    }
    match cli.output.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    tracing_log::to_stderr();
    let out = Out::new(&cli.output);
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("failed to start the runtime").because(error))
        .and_then(|runtime| {
            runtime.block_on(async {
                // Signals are those of the command that is run, not of this process.
                let cancel = if cli.command.runs_another() {
                    CancellationToken::new()
                } else {
                    cancel_on_signal(out.quiet)
                };
                commands::run(cli, &out, cancel).await
            })
        });
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            out.error(&failure);
            ExitCode::from(1)
        }
    }
}

/// The first Ctrl-C or SIGTERM asks the run to end with what it has; the second ends the process.
fn cancel_on_signal(quiet: bool) -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        // Set once: a second signal that comes in between is not lost.
        let Ok(mut signals) = Signals::new() else { return };
        signals.next().await;
        if human::is_typing() {
            end_now();
        }
        cancel.cancel();
        if !quiet {
            let _ = writeln!(std::io::stderr(), "stopping; Ctrl-C again ends at once");
        }
        signals.next().await;
        end_now();
    });
    token
}

/// What asks a process to end: Ctrl-C by hand, SIGTERM by a CI system or a container's runtime.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without signals a run can only be ended from outside.
            std::future::pending::<()>().await;
        }
    }
}

/// Ends with the code of a process that SIGINT ended.
#[expect(clippy::disallowed_methods, reason = "asked for twice: nothing is worth waiting for")]
pub(crate) fn end_now() {
    std::process::exit(130);
}
