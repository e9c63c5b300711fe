//! `tenko scopes`: who answered the roll call.

use std::collections::BTreeSet;

use tenko::collect::{CancellationToken, RollCall};
use tenko::model::{Answer, Cloud, Coverage, Redactor, ScopeTree};
use tenko::report::{json, text};

use crate::args::{CloudName, ScopesArgs, TypeArgs};
use crate::commands::{nobody, of_clouds, text_options};
use crate::failure::Failure;
use crate::output::Out;
use crate::setup::{Plan, Run};
use crate::{files, setup};

/// Shows the tree; 3 when somebody did not answer.
pub(crate) async fn run(
    args: &ScopesArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let (scopes, answers, problems, coverage, cancelled);
    if let Some(name) = &args.snapshot {
        // One snapshot may hold two clouds, of which only one is of interest.
        let snapshot = of_clouds(files::snapshot(name)?, &args.clouds.named);
        (scopes, answers, problems) =
            (snapshot.scopes, snapshot.answers, snapshot.discovery_problems);
        (coverage, cancelled) = (Some(snapshot.coverage), snapshot.run.cancelled);
    } else {
        let call = roll_call(args, out, cancel).await?;
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
        out.text(&trees(&scopes, &answers, rows, out))?;
    }
    for problem in &problems {
        let problem = &problem.problem;
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
    let (types, quiet) = (TypeArgs::default(), out.quiet);
    let (clouds, limits) = (&args.clouds, &args.limits);
    let plan = Plan { clouds, types: &types, limits, manifest, redactor, quiet, cancel };
    let Run { builder, watch, .. } = plan.run().await?;
    let call = setup::build(builder)?.roll_call().await;
    let cancelled = watch.was_cancelled(call.cancelled);
    nobody::check(&watch.asked, &call.scopes, &call.problems, &call.answers, cancelled)?;
    Ok(call)
}

/// The tree; of several clouds, one below the other, each with a heading.
fn trees(scopes: &ScopeTree, answers: &[Answer], rows: Option<&[Coverage]>, out: &Out) -> String {
    let options = text_options(out);
    let clouds: BTreeSet<&Cloud> = scopes.iter().map(|scope| &scope.cloud).collect();
    if clouds.len() < 2 {
        return text::scopes(scopes, answers, rows, &options);
    }
    let tree = |cloud: &&Cloud| {
        let own: ScopeTree = scopes.iter().filter(|s| s.cloud == **cloud).cloned().collect();
        let name = CloudName::ALL.into_iter().find(|name| name.cloud() == **cloud);
        let name = name.map_or_else(
            || tenko::report::visible(cloud.as_str()).into_owned(),
            |name| name.to_string(),
        );
        format!("{}\n{}", name.to_uppercase(), text::scopes(&own, answers, rows, &options))
    };
    clouds.iter().map(tree).collect::<Vec<_>>().join("\n")
}
