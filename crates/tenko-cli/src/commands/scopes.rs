//! `tenko scopes`: who answered the roll call.

use std::sync::Arc;

use tenko::collect::{CancellationToken, RollCall};
use tenko::model::{Coverage, Redactor};
use tenko::report::{json, text};

use crate::args::{ScopesArgs, TypeArgs};
use crate::commands::{nobody, text_options};
use crate::failure::Failure;
use crate::output::Out;
use crate::progress::Progress;
use crate::{files, setup};

/// Shows the tree; 3 when somebody did not answer.
pub(crate) async fn run(
    args: &ScopesArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let (scopes, answers, problems, coverage, cancelled);
    if let Some(name) = &args.snapshot {
        let snapshot = files::snapshot(name)?;
        (scopes, answers, problems) =
            (snapshot.scopes, snapshot.answers, snapshot.discovery_problems);
        (coverage, cancelled) = (Some(snapshot.coverage), snapshot.run.cancelled);
    } else {
        let call = roll_call(args, out, cancel).await?;
        nobody::check(&call.scopes, &call.problems, &call.answers, call.cancelled)?;
        (scopes, answers, problems) = (call.scopes, call.answers, call.problems);
        (coverage, cancelled) = (None, call.cancelled);
    }
    let rows: Option<&[Coverage]> = coverage.as_deref();
    if out.is_json() {
        let mut value = json::scopes(&scopes, &answers, rows);
        if let Some(map) = value.as_object_mut() {
            let problems = serde_json::to_value(&problems).unwrap_or_default();
            map.insert("problems".to_owned(), problems);
            map.insert("cancelled".to_owned(), cancelled.into());
        }
        out.text(&json::text(&value))?;
    } else {
        out.text(&text::scopes(&scopes, &answers, rows, &text_options(out)))?;
    }
    for problem in &problems {
        let message = tenko::report::visible(&problem.message);
        out.note(&format!("not discovered: {} ({}): {message}", problem.operation, problem.code));
    }
    let gap = answers.iter().any(|answer| answer.outcome.is_gap())
        || rows.unwrap_or_default().iter().any(|row| row.outcome.is_gap());
    Ok(if gap || cancelled || !problems.is_empty() { 3 } else { 0 })
}

async fn roll_call(
    args: &ScopesArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<RollCall, Failure> {
    let manifest = files::manifest(&args.manifest.files, &setup::catalog()?)?;
    // Nothing is read that could need hiding, so no key has to be kept.
    let redactor = Redactor::new(files::random_key());
    let types = TypeArgs::default();
    let provider = setup::aws(&args.aws, &types, manifest.as_ref(), redactor).await?;
    let progress = Arc::new(Progress::new(out.quiet));
    let builder = setup::builder(&args.limits, manifest, progress, cancel)
        .provider(Arc::new(provider))
        .regions(args.aws.regions.iter().map(Into::into));
    Ok(setup::build(builder)?.roll_call().await)
}
