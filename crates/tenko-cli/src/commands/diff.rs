//! `tenko diff`.

use tenko::report::Kind;

use crate::args::DiffArgs;
use crate::code;
use crate::commands::show_document;
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, runs, setup};

/// Compares a snapshot with the manifest, or with a later one.
pub(crate) async fn run(args: &DiffArgs, out: &Out) -> Result<u8, Failure> {
    let catalog = setup::catalog()?;
    let Some(later) = &args.later else {
        let first = files::snapshot(&args.snapshot)?;
        let manifests = &args.manifest.files;
        let mut manifest = files::needed_manifest(manifests, &catalog)?;
        runs::suppress(&mut manifest, &args.suppressions, manifests, &catalog)?;
        let catalog = setup::catalog_for(&manifest)?;
        let code = code::of_manifest(&manifest, &catalog, out).await;
        let rules = args.rules.choice(Some(&manifest))?;
        let report = tenko::compare_with(first, Some(&manifest), code, &catalog, &rules);
        let mut document = report.document;
        document.kind = Kind::Diff;
        return show_document(&document, out);
    };
    // Of two kept snapshots only what differs is opened.
    let (first, later) = (files::open(&args.snapshot)?, files::open(later)?);
    if later.run().started_at < first.run().started_at {
        out.note("the second snapshot is older than the first: what is new looks lost");
    }
    let document = tenko::compare_stored(&first, &later, &catalog).map_err(files::unreadable)?;
    show_document(&document, out)
}
