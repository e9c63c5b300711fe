//! The project's own chores: `cargo xtask test`, `lint`, `boundaries`, `generate`, `fuzz`.

mod boundaries;
mod browser;
mod fuzz;
mod python;
mod run;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "The project's own chores")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the Python environment of the emulators, gets Chromium, and runs every test.
    Test {
        /// Passed on to `cargo test`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Format, clippy and crate boundaries.
    Lint,
    /// Checks what each crate must not know.
    Boundaries,
    /// Fuzzes the parsers of states, stacks and manifests.
    Fuzz {
        /// For each of them.
        #[arg(long, default_value_t = 20)]
        seconds: u32,
    },
    /// Rewrites the generated files (schemas, catalogue, policy) and golden files.
    Generate,
}

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Test { args } => run::test(&args, false),
        Command::Generate => {
            // The tests that hold generated files: schemas, golden files, fixtures, pages.
            let names = ["fixtures", "generated", "html", "report"];
            let args: Vec<_> =
                names.iter().flat_map(|name| ["--test".into(), (*name).to_owned()]).collect();
            run::test(&args, true)
        }
        Command::Fuzz { seconds } => fuzz::fuzz(seconds),
        Command::Lint => run::lint(),
        Command::Boundaries => boundaries::check(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            run::say(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}
