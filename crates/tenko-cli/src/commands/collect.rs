//! `tenko collect` and `tenko audit`.

use std::sync::{Arc, Mutex};

use tenko::collect::{CancellationToken, Event};
use tenko::declare::{Level, Manifest};
use tenko::model::{Scope, ScopeTree, Snapshot};

use crate::args::{AuditArgs, CollectArgs};
use crate::commands::{nobody, show_document};
use crate::failure::Failure;
use crate::output::Out;
use crate::progress::Progress;
use crate::{files, setup};

/// Collects a snapshot and keeps it.
pub(crate) async fn collect(
    args: &CollectArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    args.out.as_deref().map_or(Ok(()), files::check_writable)?;
    let manifest = files::manifest(&args.target.manifest.files, &setup::catalog()?)?;
    let audit = setup::audit(&args.target, manifest, out.quiet, cancel).await?;
    let snapshot = audit.collect().await;
    check(&snapshot)?;
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
    let manifest = files::needed_manifest(&args.target.manifest.files, &setup::catalog()?)?;
    args.out.as_deref().map_or(Ok(()), files::check_writable)?;
    let progress = Arc::new(Progress::new(out.quiet));
    let fit = Arc::new(ScopeCheck {
        manifest: manifest.clone(),
        whole: !args.target.aws.is_a_part(),
        cancel: cancel.clone(),
        progress: Arc::clone(&progress),
        scopes: Mutex::default(),
        errors: Mutex::default(),
    });
    let watched = Arc::clone(&fit);
    let audit = setup::builder_for(&args.target, Some(manifest.clone()), progress, cancel)
        .await?
        .on_event(move |event| watched.on(event));
    let audit = setup::build(audit)?;
    let snapshot = audit.collect().await;
    fit.verdict()?;
    check(&snapshot)?;
    let place = match &args.out {
        Some(path) => Some(files::save(&snapshot, Some(path))?),
        None => None,
    };
    let mut document = audit.compare(snapshot).document;
    if let Some(place) = place {
        document = document.with_snapshot(place.display().to_string());
    }
    show_document(&document, out)
}

fn check(snapshot: &Snapshot) -> Result<(), Failure> {
    let Snapshot { scopes, discovery_problems, answers, run, .. } = snapshot;
    nobody::check(scopes, discovery_problems, answers, run.cancelled)
}

/// Stops a run whose manifest names accounts that the organization does not have, as soon as
/// that is known: the answer would be about something else than was meant.
struct ScopeCheck {
    manifest: Manifest,
    /// Whether the whole organization is asked: of a part, nothing follows for the rest.
    whole: bool,
    cancel: CancellationToken,
    progress: Arc<Progress>,
    scopes: Mutex<Vec<Scope>>,
    errors: Mutex<Vec<String>>,
}

impl ScopeCheck {
    fn on(&self, event: &Event) {
        match event {
            Event::Discovered(scope) => {
                if let Ok(mut scopes) = self.scopes.lock() {
                    scopes.push(scope.clone());
                }
            }
            Event::DiscoveryEnded { complete: true } if self.whole => {
                let scopes = self.scopes.lock().map(|scopes| scopes.clone()).unwrap_or_default();
                let tree = ScopeTree::new(scopes);
                let found = tenko::declare::check_scopes(&self.manifest, &tree, true);
                let errors =
                    found.iter().filter(|d| d.level == Level::Error).map(ToString::to_string);
                if let Ok(mut kept) = self.errors.lock() {
                    kept.extend(errors);
                    if !kept.is_empty() {
                        self.progress.hush();
                        self.cancel.cancel();
                    }
                }
            }
            _ => {}
        }
    }

    fn verdict(&self) -> Result<(), Failure> {
        let errors = self.errors.lock().map(|errors| errors.join("\n")).unwrap_or_default();
        if errors.is_empty() {
            return Ok(());
        }
        Err(Failure::new("the manifest does not fit the organization")
            .details(errors)
            .hint("`tenko scopes` shows the accounts that there are"))
    }
}
