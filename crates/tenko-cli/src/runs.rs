//! Runs that are kept, and the decisions about what they found.

use std::path::{Path, PathBuf};

use tenko::declare::{Manifest, ManifestFile};
use tenko::history::{HistoryError, HistoryPlace, LATEST, ObjectService, PlaceError, RunHistory};
use tenko::model::Catalog;
use tenko::report::{Document, ReadError};
use tenko::sources::Settings;

use crate::code;
use crate::failure::Failure;
use crate::files;
use crate::output::Out;
use crate::report_args::{HistoryArgs, SuppressionArgs};

/// The folder of runs beside the manifest.
pub(crate) const FOLDER: &str = ".tenko/history";
/// The file of suppressions beside the manifest.
const SUPPRESSIONS: &str = "suppressions.yaml";

/// Where runs are kept: as the argument says, else the manifest, else beside it.
pub(crate) fn place(
    args: &HistoryArgs,
    manifest: Option<&Manifest>,
) -> Result<HistoryPlace, Failure> {
    let declared = manifest.and_then(|m| m.declaration.reporting.history.clone());
    let named = args.history.clone().or(declared).unwrap_or_else(|| FOLDER.to_owned());
    named.parse().map_err(|error: PlaceError| {
        let hint = error.hint();
        Failure::new(format!("runs cannot be kept in `{named}`")).because(error).hint(hint)
    })
}

/// Opens the history; `None` where none is wanted. `settings` says how object storage is entered;
/// without it that is found out as for sources of code.
pub(crate) async fn open(
    place: &HistoryPlace,
    settings: Option<Settings>,
    manifest: Option<&Manifest>,
    out: &Out,
) -> Result<Option<RunHistory>, Failure> {
    let failed = |why: String| Failure::new("failed to open the history").because(why);
    match place {
        HistoryPlace::None => Ok(None),
        HistoryPlace::Folder(path) => {
            if path == Path::new(FOLDER) {
                files::make_state()?;
            }
            RunHistory::local(path).map(Some).map_err(failure)
        }
        HistoryPlace::Objects { service, .. } => {
            let url = place.to_string();
            let settings = match settings {
                Some(settings) => settings,
                None => {
                    let (s3, gs) = (*service == ObjectService::S3, *service == ObjectService::Gs);
                    code::way_into(s3, gs, manifest, out).await
                }
            };
            let kept = tenko::sources::kept_objects(&settings, &url).await.map_err(failed)?;
            Ok(Some(RunHistory::over(kept.store, &kept.prefix, url)))
        }
        // No other place is known to this version.
        _ => Ok(None),
    }
}

/// A run that was kept, or a report in a file of its own.
pub(crate) async fn document(
    run: &str,
    args: &HistoryArgs,
    manifest: Option<&Manifest>,
    out: &Out,
) -> Result<Document, Failure> {
    let file = Path::new(run);
    // Pipes too: `tenko report <(...)`.
    if file.exists() && !file.is_dir() {
        return read(file);
    }
    if run.contains(std::path::is_separator) || run.ends_with(".json") {
        return Err(Failure::new(format!("there is no file {run}"))
            .hint("a run is named by its id, or the beginning of it: `tenko history` lists them"));
    }
    let Some(history) = open(&place(args, manifest)?, None, manifest, out).await? else {
        return Err(Failure::new(format!("there is no file `{run}`, and no history to look in")));
    };
    let document = match manifest {
        // Others may keep their runs in the same place.
        Some(manifest) if run == LATEST => history.latest_of(&manifest.declaration).await,
        _ => history.get(run).await,
    };
    document.map_err(failure)
}

/// A report in JSON.
fn read(path: &Path) -> Result<Document, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("failed to read {}", path.display())).because(error)
    })?;
    Document::from_json(&text).map_err(|error| {
        let hint = match &error {
            ReadError::Version { .. } => "read it with the tenko that wrote it",
            ReadError::Json(error) if error.is_eof() => "it was cut off: write it anew",
            _ => "`--format json` writes such a report; a snapshot is for `tenko diff`",
        };
        Failure::new(format!("failed to read {}", path.display())).because(error).hint(hint)
    })
}

/// What went wrong with the history, and what to do.
pub(crate) fn failure(error: HistoryError) -> Failure {
    let hint = error.hint();
    if matches!(
        error,
        HistoryError::Unknown { .. }
            | HistoryError::Ambiguous { .. }
            | HistoryError::NoneOfManifest { .. }
    ) {
        return Failure::of(&error, hint);
    }
    let failure = Failure::new("the history cannot be used").because(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The file of suppressions: as the argument says, else the manifest, else beside it. The second is
/// whether it was named, and so has to be there.
pub(crate) fn suppressions_path(
    args: &SuppressionArgs,
    manifest: Option<&Manifest>,
    manifests: &[PathBuf],
) -> (PathBuf, bool) {
    if let Some(path) = &args.suppressions {
        return (path.clone(), true);
    }
    let beside = files::manifest_paths(manifests);
    let folder = beside.first().and_then(|path| path.parent()).unwrap_or(Path::new(""));
    match manifest.and_then(|manifest| manifest.suppressions_file.as_ref()) {
        Some(name) => (folder.join(name), true),
        None => (folder.join(SUPPRESSIONS), false),
    }
}

/// Adds what the file of suppressions says to the manifest.
pub(crate) fn suppress(
    manifest: &mut Manifest,
    args: &SuppressionArgs,
    manifests: &[PathBuf],
    catalog: &Catalog,
) -> Result<(), Failure> {
    let (path, named) = suppressions_path(args, Some(manifest), manifests);
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return Ok(()),
        read => read.map_err(|error| {
            Failure::new(format!("failed to read {}", path.display())).because(error)
        })?,
    };
    let name = path.display().to_string();
    let entries =
        tenko::declare::suppressions(&ManifestFile { name: &name, bytes: &bytes }, catalog)
            .map_err(|errors| Failure::new("the suppressions cannot be used").details(errors))?;
    manifest.add_suppressions(entries);
    tenko::check_rules(manifest)
        .map_err(|errors| Failure::new("the suppressions cannot be used").details(errors))
}
