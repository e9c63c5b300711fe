//! `tenko collect` and `tenko audit`.

use tenko::collect::CancellationToken;
use tenko::model::Snapshot;

use crate::args::{AuditArgs, CloudName, CollectArgs};
use crate::commands::report::keep_and_show;
use crate::commands::{nobody, show_document};
use crate::failure::Failure;
use crate::output::Out;
use crate::setup::{Plan, Run};
use crate::shown::Shown;
use crate::watch::Watch;
use crate::{files, runs, setup};

/// Collects a snapshot and keeps it.
pub(crate) async fn collect(
    args: &CollectArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    args.out.as_deref().map_or(Ok(()), files::check_writable)?;
    let manifest = files::manifest(&args.target.manifest.files, &setup::catalog()?)?;
    let plan = Plan::of(&args.target, manifest, out.quiet, cancel)?;
    let Run { builder, watch, .. } = plan.run().await?;
    let audit = setup::build(builder)?;
    let snapshot = audit.collect().await;
    check(&snapshot, &watch)?;
    let place = files::save(&snapshot, args.out.as_deref())?;
    let report = tenko::compare(snapshot, None, audit.catalog());
    show_document(&report.document.with_snapshot(place.display().to_string()), out)
}

/// Collects, compares with the manifest and reports.
pub(crate) async fn audit(
    args: &AuditArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let shown = Shown::new(&args.show, args.out.as_deref())?;
    let manifests = &args.target.manifest.files;
    let mut manifest = files::needed_manifest(manifests, &setup::catalog()?)?;
    runs::suppress(&mut manifest, &args.suppressions, manifests, &setup::catalog()?)?;
    let rules = args.rules.choice(Some(&manifest))?;
    args.save.as_deref().map_or(Ok(()), files::check_writable)?;
    let place = runs::place(&args.history, Some(&manifest))?;
    let plan = Plan::of(&args.target, Some(manifest.clone()), out.quiet, cancel)?;
    let Run { builder, sources, watch } = plan.run().await?;
    // Before the work that is to be kept there.
    let history = runs::open(&place, Some(sources), Some(&manifest), out).await?;
    if let Some(history) = &history {
        history.check_writable().await.map_err(runs::failure)?;
    }
    let parts = CloudName::ALL.into_iter().filter(|cloud| args.target.clouds.is_a_part(*cloud));
    watch.fit(manifest, parts.map(CloudName::cloud).collect());
    let audit = setup::build(builder.rules(rules))?;
    let (snapshot, code) = tokio::join!(audit.collect(), audit.code());
    watch.verdict()?;
    check(&snapshot, &watch)?;
    let place = match &args.save {
        Some(path) => Some(files::save(&snapshot, Some(path))?),
        None => None,
    };
    let compared = audit.compare_with(snapshot, code);
    let mut document = compared.document;
    if let Some(place) = place {
        document = document.with_snapshot(place.display().to_string());
    }
    keep_and_show(document, history.as_ref(), &shown, out).await
}

fn check(snapshot: &Snapshot, watch: &Watch) -> Result<(), Failure> {
    let Snapshot { scopes, discovery_problems, answers, run, .. } = snapshot;
    let cancelled = watch.was_cancelled(run.cancelled);
    nobody::check(&watch.asked, scopes, discovery_problems, answers, cancelled)
}
