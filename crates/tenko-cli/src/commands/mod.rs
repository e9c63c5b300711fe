//! One file per command.

mod adopt;
mod catalogue;
mod collect;
mod decide;
mod declare;
pub(crate) mod demo;
mod diff;
mod export;
mod init;
mod login;
mod nobody;
mod notify;
mod parity;
pub(crate) mod report;
mod rules;
mod schedule;
mod scopes;
mod show;
mod untangle;

use std::collections::BTreeSet;

use clap::CommandFactory;
use globset::{Glob, GlobSet, GlobSetBuilder};
use tenko::collect::CancellationToken;
use tenko::model::{Cloud, Declaration, Environment, Resource, Snapshot, Tenant};
use tenko::report::Document;
use tenko::report::text::TextOptions;

use crate::args::{Cli, CloudName, Command, Format};
use crate::failure::Failure;
use crate::login_args::PolicyCommand;
use crate::output::Out;

/// Runs the command; the exit code is its own.
pub(crate) async fn run(cli: Cli, out: &Out, cancel: CancellationToken) -> Result<u8, Failure> {
    if !matches!(out.format, Format::Text | Format::Json) && !cli.command.has_more_formats() {
        let what = format!("only reports and plans are written as {}", out.format.name());
        return Err(Failure::new(what).hint("--format text and --format json work everywhere"));
    }
    if cli.command.begins_a_session()
        && let Some(code) = login::past_own_profile().await?
    {
        return Ok(code);
    }
    match cli.command {
        Command::Demo(args) => demo::run(&args, out, cancel).await,
        Command::Init(args) => init::run(&args, out, cancel).await,
        Command::Scopes(args) => scopes::run(&args, out, cancel).await,
        Command::Report(args) => report::report(&args, out).await,
        Command::History(args) => report::history(&args, out).await,
        Command::Suppress(args) => decide::suppress(&args, out).await,
        Command::Accept(args) => decide::accept(&args, out).await,
        Command::Schedule(args) => schedule::run(&args, out),
        Command::Notify(args) => notify::run(&args, out).await,
        Command::Export(args) => export::run(&args, out).await,
        Command::Collect(args) => collect::collect(&args, out, cancel).await,
        Command::Audit(args) => collect::audit(&args, out, cancel).await,
        Command::Diff(args) => diff::run(&args, out).await,
        Command::Declare(args) => declare::run(&args, out).await,
        Command::Adopt(args) => adopt::run(&args, out).await,
        Command::Parity(args) => parity::run(&args, out).await,
        Command::Show(args) => show::run(&args, out),
        Command::Untangle(args) => untangle::run(&args, out, cancel).await,
        Command::Rules(args) => rules::run(&args, out),
        Command::Login(args) => login::login(&args, out).await,
        Command::Exec(args) => login::exec(&args, out).await,
        Command::Console(args) => until_stopped(&cancel, login::console(&args, out)).await,
        Command::Credentials(args) => until_stopped(&cancel, login::credentials(&args, out)).await,
        Command::Env(args) => until_stopped(&cancel, login::env(&args, out)).await,
        Command::Whoami(args) => until_stopped(&cancel, login::whoami(&args, out)).await,
        Command::Profiles(args) => login::profiles(&args, out),
        Command::Server(args) => login::server(&args, out, cancel).await,
        Command::Bootstrap(args) => login::bootstrap(&args, out),
        Command::Doctor(args) => until_stopped(&cancel, login::doctor(&args, out)).await,
        Command::Log(args) => login::log(&args, out),
        Command::Types(args) => catalogue::types(&args, out),
        Command::Policy(args) => match &args.command {
            Some(PolicyCommand::Explain(args)) => login::explain(args, out),
            None => catalogue::policy(&args, out),
        },
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "tenko", &mut text);
            out.text(&String::from_utf8_lossy(&text))?;
            Ok(0)
        }
    }
}

/// What is of no use before it is done ends with the first signal.
async fn until_stopped(
    cancel: &CancellationToken,
    run: impl Future<Output = Result<u8, Failure>>,
) -> Result<u8, Failure> {
    let ran = cancel.run_until_cancelled(run).await;
    ran.unwrap_or_else(|| Err(Failure::new("stopped before it was done")))
}

/// The part of a snapshot that is of these clouds; all of it, when none is named.
pub(crate) fn of_clouds(mut snapshot: Snapshot, named: &[CloudName]) -> Snapshot {
    if named.is_empty() {
        return snapshot;
    }
    let holds = |cloud: &Cloud| named.iter().any(|name| name.cloud() == *cloud);
    snapshot.scopes = snapshot.scopes.iter().filter(|s| holds(&s.cloud)).cloned().collect();
    snapshot.answers.retain(|answer| holds(&answer.cloud));
    snapshot.resources.retain(|resource| holds(&resource.key.cloud));
    snapshot.coverage.retain(|row| holds(&row.unit.cloud));
    snapshot.discovery_problems.retain(|problem| holds(&problem.cloud));
    snapshot
}

/// Whether this is the resource's id, ARN or name.
pub(crate) fn is_called(resource: &Resource, wanted: &str) -> bool {
    let arn = || {
        let value = resource.attributes.to_value();
        value.get("Arn").and_then(|arn| arn.as_str()).is_some_and(|arn| arn == wanted)
    };
    resource.key.id == wanted || resource.name.as_deref() == Some(wanted) || arn()
}

/// The environments of `TENANT`, or `TENANT/ENVIRONMENT`; it is an error if there is none.
pub(crate) fn chosen_environments<'d>(
    declaration: &'d Declaration,
    selector: &str,
) -> Result<Vec<(&'d Tenant, &'d Environment)>, Failure> {
    let (tenant, environment) = match selector.split_once('/') {
        Some((tenant, environment)) => (tenant, Some(environment)),
        None => (selector, None),
    };
    let is_meant = |t: &Tenant, e: &Environment| {
        t.id == tenant && environment.is_none_or(|environment| environment == e.name)
    };
    let found: Vec<_> = declaration.environments().filter(|(t, e)| is_meant(t, e)).collect();
    if found.is_empty() {
        let known = declaration.environments().map(|(t, e)| format!("{}/{}", t.id, e.name));
        let known: Vec<_> = known.collect::<BTreeSet<_>>().into_iter().collect();
        let what = format!("the manifest has no tenant or environment `{selector}`");
        return Err(Failure::new(what).hint(format!("it has {}", known.join(", "))));
    }
    Ok(found)
}

/// Globs over the names of types.
pub(crate) fn globs(patterns: &[String]) -> Result<GlobSet, Failure> {
    let mut types = GlobSetBuilder::new();
    for glob in patterns {
        types.add(Glob::new(glob).map_err(|error| {
            Failure::new(format!("`{glob}` is not a valid glob")).because(error)
        })?);
    }
    types.build().map_err(|error| Failure::new("failed to combine the globs").because(error))
}

/// How text is laid out on this output.
pub(crate) fn text_options(out: &Out) -> TextOptions {
    TextOptions {
        width: out.width,
        color: out.color,
        verbose: out.verbose,
        ..TextOptions::default()
    }
}

/// Shows a report; the exit code is the report's.
pub(crate) fn show_document(document: &Document, out: &Out) -> Result<u8, Failure> {
    if out.is_json() {
        out.text(&tenko::report::json::render(document))?;
    } else {
        out.text(&tenko::report::text::render(document, &text_options(out)))?;
    }
    Ok(document.exit_code())
}
