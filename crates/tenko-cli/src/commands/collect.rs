//! `tenko collect` and `tenko audit`.

use std::sync::{Arc, Mutex};

use tenko::collect::{CancellationToken, Event};
use tenko::declare::{Level, Manifest};
use tenko::model::{Scope, ScopeTree};

use crate::args::{AuditArgs, CollectArgs};
use crate::commands::show_document;
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, setup};

/// Collects a snapshot and keeps it.
pub(crate) async fn collect(
    args: &CollectArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let manifest = files::manifest(&args.target.manifest, &setup::catalog()?)?;
    let audit = setup::audit(&args.target, manifest, out.quiet, cancel).await?;
    let snapshot = audit.collect().await;
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
    let manifest = files::needed_manifest(&args.target.manifest, &setup::catalog()?)?;
    let check = Arc::new(ScopeCheck::new(manifest.clone(), cancel.clone()));
    let watched = Arc::clone(&check);
    let audit = setup::builder_for(&args.target, Some(manifest.clone()), out.quiet, cancel)
        .await?
        .on_event(move |event| watched.on(event));
    let audit = setup::build(audit)?;
    let snapshot = audit.collect().await;
    check.verdict()?;
    let place = match &args.out {
        Some(path) => Some(files::save(&snapshot, Some(path))?),
        None => None,
    };
    let mut document = tenko::compare(snapshot, Some(&manifest), audit.catalog()).document;
    if let Some(place) = place {
        document = document.with_snapshot(place.display().to_string());
    }
    show_document(&document, out)
}

/// Stops a run whose manifest names accounts that the organization does not have, as soon as
/// that is known: the answer would be about something else than was meant.
struct ScopeCheck {
    manifest: Manifest,
    cancel: CancellationToken,
    scopes: Mutex<Vec<Scope>>,
    errors: Mutex<Vec<String>>,
}

impl ScopeCheck {
    fn new(manifest: Manifest, cancel: CancellationToken) -> Self {
        Self { manifest, cancel, scopes: Mutex::default(), errors: Mutex::default() }
    }

    fn on(&self, event: &Event) {
        match event {
            Event::Discovered(scope) => {
                if let Ok(mut scopes) = self.scopes.lock() {
                    scopes.push(scope.clone());
                }
            }
            Event::DiscoveryEnded { complete: true } => {
                let scopes = self.scopes.lock().map(|scopes| scopes.clone()).unwrap_or_default();
                let tree = ScopeTree::new(scopes);
                let found = tenko::declare::check_scopes(&self.manifest, &tree, true);
                let errors =
                    found.iter().filter(|d| d.level == Level::Error).map(ToString::to_string);
                if let Ok(mut kept) = self.errors.lock() {
                    kept.extend(errors);
                    if !kept.is_empty() {
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
        Err(Failure::new(format!("the manifest does not fit the organization\n{errors}")))
    }
}
