//! `tenko export`: tables for analysis.

use std::path::Path;

use tenko::export::{Format, Table};
use tenko::model::Snapshot;
use tenko::report::Document;

use crate::failure::Failure;
use crate::output::Out;
use crate::report_args::{ExportArgs, ExportFormat};
use crate::{files, runs, setup};

/// Writes the tables of a run.
pub(crate) async fn run(args: &ExportArgs, out: &Out) -> Result<u8, Failure> {
    let manifest = files::manifest(&args.of.manifest.files, &setup::catalog()?)?;
    let document = runs::document(&args.of.run, &args.of.history, manifest.as_ref(), out).await?;
    let mut tables = vec![Table::findings(&document), Table::coverage(&document)];
    let snapshot = match &args.snapshot {
        Some(name) => Some(named(name, &document)?),
        None => left_by(&document),
    };
    match snapshot {
        Some(snapshot) => tables.push(Table::resources(&document, &snapshot)),
        None => out.note(
            "resources are left out: no snapshot of this run is at hand (`tenko audit --save FILE` \
             keeps one, -s FILE names it)",
        ),
    }
    for table in &tables {
        for format in &args.formats {
            let format = match format {
                ExportFormat::Parquet => Format::Parquet,
                ExportFormat::Jsonl => Format::Jsonl,
            };
            let path = args.out.join(table.path(format));
            let folder = path.parent().unwrap_or(&args.out);
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::new(format!("failed to make the folder {}", folder.display()))
                    .because(error)
            })?;
            files::write_whole(&path, |file| {
                table.write(format, file).map_err(std::io::Error::other)
            })?;
            out.text(&format!("{} ({} rows)\n", path.display(), table.rows()))?;
        }
    }
    Ok(0)
}

/// The snapshot that was named, which must be of this run.
fn named(name: &str, document: &Document) -> Result<Snapshot, Failure> {
    let snapshot = files::snapshot(name)?;
    let (theirs, ours) = (&snapshot.run.id, &document.run.id);
    if theirs != ours {
        return Err(Failure::new(format!("the snapshot is of run {theirs}"))
            .hint(format!("the report is of run {ours}: name both of one run")));
    }
    Ok(snapshot)
}

/// The snapshot where the run left it, unless it is that of another run by now.
fn left_by(document: &Document) -> Option<Snapshot> {
    let path = document.run.snapshot.as_deref().filter(|path| Path::new(path).is_file())?;
    files::snapshot(path).ok().filter(|snapshot| snapshot.run.id == document.run.id)
}
