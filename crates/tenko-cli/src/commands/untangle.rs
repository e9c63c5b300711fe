//! `tenko untangle`: how to leave a shared account.

use tenko::collect::CancellationToken;
use tenko::declare::Manifest;
use tenko::model::{Scope, ScopeKey, Snapshot};
use tenko::report::{json, markdown, text};
use tenko::untangle::{Options, Untangle, UntangleError, Verdict, untangle};

use crate::args::{Format, UntangleArgs};
use crate::code;
use crate::commands::{nobody, of_clouds, text_options};
use crate::failure::Failure;
use crate::output::Out;
use crate::setup::{Plan, Run};
use crate::{files, setup};

/// So many accounts and projects are named where one is unknown.
const KNOWN: usize = 12;

/// Reads or collects a snapshot, and plans.
pub(crate) async fn run(
    args: &UntangleArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let manifest = files::manifest(&args.target.manifest.files, &setup::catalog()?)?;
    let catalog = match &manifest {
        Some(manifest) => setup::catalog_for(manifest)?,
        None => setup::catalog()?,
    };
    let snapshot = match &args.snapshot {
        Some(name) => of_clouds(files::snapshot(name)?, &args.target.clouds.named),
        None => collect(args, manifest.clone(), out, cancel).await?,
    };
    let scope = scope_called(&args.scope, &snapshot)?;
    let mut declaration = Default::default();
    if let Some(manifest) = &manifest {
        let code = code::of_manifest(manifest, &catalog, out).await;
        code::note_unread(&code, out);
        declaration = manifest.declaration.clone();
        declaration.claims = code.claims;
        declaration.unread_code = code.unread;
    } else {
        out.note("there is no manifest: owners are told by tags, names and references only");
    }
    let mut options = Options::default();
    if let Some(network) = args.network {
        options = options.network(network);
    }
    let plan = untangle(&snapshot, &declaration, &catalog, &scope, &options).map_err(failure)?;
    show(&plan, args.format, out)
}

fn show(plan: &Untangle, format: Format, out: &Out) -> Result<u8, Failure> {
    match format {
        Format::Json => out.text(&json::text(&json::untangle(plan)))?,
        Format::Markdown => out.text(&markdown::untangle(plan))?,
        _ => out.text(&text::untangle(plan, &text_options(out)))?,
    }
    Ok(if plan.incomplete || plan.verdict == Verdict::Unread { 3 } else { 0 })
}

async fn collect(
    args: &UntangleArgs,
    manifest: Option<Manifest>,
    out: &Out,
    cancel: CancellationToken,
) -> Result<Snapshot, Failure> {
    let plan = Plan::of(&args.target, manifest, out.quiet, cancel)?;
    let Run { builder, watch, .. } = plan.run().await?;
    let snapshot = setup::build(builder)?.collect().await;
    let Snapshot { scopes, discovery_problems, answers, run, .. } = &snapshot;
    let cancelled = watch.was_cancelled(run.cancelled);
    nobody::check(&watch.asked, scopes, discovery_problems, answers, cancelled)?;
    Ok(snapshot)
}

/// The one account or project with this id or name. An id wins over a name.
fn scope_called(wanted: &str, snapshot: &Snapshot) -> Result<ScopeKey, Failure> {
    let all: Vec<&Scope> = snapshot.scopes.accounts().collect();
    let by_id: Vec<_> = all.iter().filter(|scope| scope.id == *wanted).collect();
    let found: Vec<_> = if by_id.is_empty() {
        all.iter().filter(|scope| scope.name == wanted).collect()
    } else {
        by_id
    };
    match found.as_slice() {
        [one] => Ok(one.key()),
        [] => Err(unknown(wanted, snapshot, &all)),
        several => {
            let ids: Vec<_> = several.iter().map(|scope| scope.key().to_string()).collect();
            Err(Failure::new(format!("{} accounts or projects are called `{wanted}`", ids.len()))
                .hint(format!(
                    "name one by its id: {}; --cloud tells clouds apart",
                    ids.join(", ")
                )))
        }
    }
}

fn unknown(wanted: &str, snapshot: &Snapshot, all: &[&Scope]) -> Failure {
    let what = format!("there is no account or project `{wanted}`");
    let mut failure = Failure::new(what);
    let near = |name: &str| {
        let most = (wanted.chars().count() / 3).clamp(1, 4);
        name.len() <= 100
            && wanted.len() <= 100
            && strsim::damerau_levenshtein(&name.to_lowercase(), &wanted.to_lowercase()) <= most
    };
    let names = |scope: &&&Scope| near(scope.id.as_str()) || near(&scope.name);
    let meant: Vec<_> = all.iter().filter(names).take(3).map(|scope| called(scope)).collect();
    if !meant.is_empty() {
        failure = failure.hint(format!("did you mean {}?", meant.join(" or ")));
    } else if all.len() <= KNOWN {
        let known: Vec<_> = all.iter().map(|scope| called(scope)).collect();
        failure = failure.hint(format!("there are {}", known.join(", ")));
    } else {
        failure = failure.hint("`tenko scopes` lists them; name one by its id or its whole name");
    }
    if !snapshot.discovery_problems.is_empty() {
        failure = failure.hint("not all could be discovered, so it may be there all the same");
    }
    failure
}

fn called(scope: &Scope) -> String {
    let name = tenko::report::visible(&scope.name);
    if name.is_empty() || name == scope.id.as_str() {
        scope.id.to_string()
    } else {
        format!("{name} ({})", scope.id)
    }
}

fn failure(error: UntangleError) -> Failure {
    let failure = Failure::new("no plan could be made");
    let failure = match &error {
        UntangleError::NoRoom { .. } => {
            failure.hint("--network names another range, or a larger one")
        }
        UntangleError::NotPrivate { .. } => {
            failure.hint("--network takes a part of a private range, such as 10.64.0.0/10")
        }
        _ => failure,
    };
    failure.because(error)
}
