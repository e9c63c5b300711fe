//! The `tenko` command: arguments, wiring, progress and exit codes. What it does lives in the
//! `tenko` library.

mod args;
mod commands;
mod failure;
mod files;
mod help;
mod output;
mod progress;
mod setup;
mod values;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use tokio_util::sync::CancellationToken;

use crate::args::{Cli, Color};
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
    match cli.output.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    // Off unless asked for: RUST_LOG=tenko=debug.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let out = Out::new(&cli.output);
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("failed to start the runtime").because(error))
        .and_then(|runtime| {
            runtime.block_on(async { commands::run(cli, &out, cancel_on_ctrl_c(out.quiet)).await })
        });
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            out.error(&failure);
            ExitCode::from(1)
        }
    }
}

/// The first Ctrl-C asks the run to end with what it has; the second ends the process.
fn cancel_on_ctrl_c(quiet: bool) -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
            if !quiet {
                let _ = writeln!(std::io::stderr(), "stopping; Ctrl-C again ends at once");
            }
            // The default action is gone once a handler is set: the second signal ends it here.
            if tokio::signal::ctrl_c().await.is_ok() {
                end_now();
            }
        }
    });
    token
}

/// Ends with the code of a process that SIGINT ended.
#[expect(clippy::disallowed_methods, reason = "asked for twice: nothing is worth waiting for")]
fn end_now() {
    std::process::exit(130);
}
