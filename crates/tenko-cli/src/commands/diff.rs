//! `tenko diff`.

use tenko::report::Kind;

use crate::args::DiffArgs;
use crate::commands::show_document;
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, setup};

/// Compares a snapshot with the manifest, or with a later one.
pub(crate) fn run(args: &DiffArgs, out: &Out) -> Result<u8, Failure> {
    let catalog = setup::catalog()?;
    let first = files::snapshot(&args.snapshot)?;
    let Some(later) = &args.later else {
        let manifest = files::needed_manifest(&args.manifest.files, &catalog)?;
        let catalog = setup::catalog_for(&manifest)?;
        let mut document = tenko::compare(first, Some(&manifest), &catalog).document;
        document.kind = Kind::Diff;
        return show_document(&document, out);
    };
    let later = files::snapshot(later)?;
    if later.run.started_at < first.run.started_at {
        out.note("the second snapshot is older than the first: what is new looks lost");
    }
    show_document(&tenko::compare_snapshots(&first, &later, &catalog), out)
}
