//! `tenko schedule`: what runs audits on its own.

use jiff::Zoned;
use tenko::declare::{IacLocation, Manifest};
use tenko::report::visible;
use tenko::schedule::{Context, Kind, files as files_of};

use crate::failure::Failure;
use crate::output::Out;
use crate::report_args::{ScheduleArgs, ScheduleKind, SuppressionArgs};
use crate::{files, runs, setup};

/// Prints or writes the files.
pub(crate) fn run(args: &ScheduleArgs, out: &Out) -> Result<u8, Failure> {
    let paths = files::manifest_paths(&args.manifest.files);
    let manifest = files::manifest(&args.manifest.files, &setup::catalog()?)?;
    let reporting = manifest.as_ref().map(|m| m.declaration.reporting.clone()).unwrap_or_default();
    if manifest.is_none() {
        out.note("there is no manifest here: what it would say are placeholders");
    }
    let kind = match args.kind {
        ScheduleKind::GithubActions => Kind::GithubActions,
        ScheduleKind::Kubernetes => Kind::Kubernetes,
        ScheduleKind::Systemd => Kind::Systemd,
        ScheduleKind::Eventbridge => Kind::EventBridge,
    };
    let context = Context {
        manifests: paths.iter().map(|path| path.display().to_string()).collect(),
        suppressions: suppressions(args, manifest.as_ref()),
        clouds: manifest.as_ref().map(|m| m.clouds().into_iter().collect()).unwrap_or_default(),
        today: Zoned::now().date(),
    };
    let all = files_of(kind, &reporting, &context)
        .map_err(|error| Failure::new("no schedule can be made").because(error))?;
    if let (Some(manifest), true) = (&manifest, kind != Kind::GithubActions) {
        note_code(manifest, out);
    }
    match &args.out {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::new(format!("failed to make the folder {}", folder.display()))
                    .because(error)
            })?;
            let paths = || all.iter().map(|file| folder.join(file.name));
            // All of them or none: half of a schedule is none.
            if let Some(path) = paths().find(|path| path.symlink_metadata().is_ok()) {
                return Err(Failure::new(format!("{} is there already", path.display()))
                    .hint("remove it first, or name another folder"));
            }
            for (file, path) in all.iter().zip(paths()) {
                files::write_text(&path, &file.text)?;
                out.text(&format!("{}\n", path.display()))?;
            }
        }
        None => {
            for file in &all {
                // Of one file nothing but itself, so that it can be sent into a file.
                if all.len() > 1 {
                    out.text(&format!("# {}\n", file.name))?;
                }
                out.text(&file.text)?;
            }
        }
    }
    Ok(0)
}

/// The file of suppressions, named or beside the manifest: a job without it would report again what was
/// decided on.
fn suppressions(args: &ScheduleArgs, manifest: Option<&Manifest>) -> Option<String> {
    let files = &args.manifest.files;
    let (path, named) = runs::suppressions_path(&SuppressionArgs::default(), manifest, files);
    (named || path.is_file()).then(|| path.display().to_string())
}

/// What is read from files beside the manifest goes along with it. A checkout has them.
fn note_code(manifest: &Manifest, out: &Out) {
    let patterns = manifest.iac.iter().filter_map(|source| match &source.location {
        IacLocation::Path { pattern } => Some(visible(pattern).to_string()),
        _ => None,
    });
    let patterns: std::collections::BTreeSet<_> = patterns.collect();
    if patterns.is_empty() {
        return;
    }
    let shown: Vec<_> = patterns.iter().take(3).map(String::as_str).collect();
    let more = match patterns.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    out.note(&format!(
        "infrastructure code is read from files: {}{more}; the job needs them beside the manifest, or \
         in a bucket (s3://, gs://)",
        shown.join(", ")
    ));
}
