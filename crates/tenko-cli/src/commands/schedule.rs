//! `tenko schedule`: what runs audits on its own.

use jiff::Zoned;
use tenko::schedule::{Context, Kind, files as files_of};

use crate::failure::Failure;
use crate::output::Out;
use crate::report_args::{ScheduleArgs, ScheduleKind};
use crate::{files, setup};

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
        suppressions: manifest.as_ref().and_then(|m| m.suppressions_file.clone()),
        clouds: manifest.as_ref().map(|m| m.clouds().into_iter().collect()).unwrap_or_default(),
        today: Zoned::now().date(),
    };
    let all = files_of(kind, &reporting, &context)
        .map_err(|error| Failure::new("no schedule can be made").because(error))?;
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
