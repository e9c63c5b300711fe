//! `tenko scopes`: who answered the roll call.

use tenko::collect::CancellationToken;
use tenko::model::Coverage;
use tenko::report::{json, text};

use crate::args::ScopesArgs;
use crate::commands::text_options;
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, setup};

/// Shows the tree; 3 when somebody did not answer.
pub(crate) async fn run(
    args: &ScopesArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let (scopes, answers, problems, coverage, cancelled);
    if let Some(path) = &args.snapshot {
        let snapshot = files::snapshot(&path.to_string_lossy())?;
        (scopes, answers, problems) =
            (snapshot.scopes, snapshot.answers, snapshot.discovery_problems);
        (coverage, cancelled) = (Some(snapshot.coverage), snapshot.run.cancelled);
    } else {
        let manifest = files::manifest(&args.target.manifest, &setup::catalog()?)?;
        let call = setup::audit(&args.target, manifest, out.quiet, cancel).await?.roll_call().await;
        (scopes, answers, problems) = (call.scopes, call.answers, call.problems);
        (coverage, cancelled) = (None, call.cancelled);
    }
    let rows: Option<&[Coverage]> = coverage.as_deref();
    if out.is_json() {
        let mut value = json::scopes(&scopes, &answers, rows);
        if let Some(map) = value.as_object_mut() {
            let problems = serde_json::to_value(&problems).unwrap_or_default();
            map.insert("problems".to_owned(), problems);
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
