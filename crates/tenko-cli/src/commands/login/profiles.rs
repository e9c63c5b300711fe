//! `tenko profiles`: a profile per environment in the AWS configuration.

use std::path::{Path, PathBuf};

use serde_json::json;
use tenko::login::profiles::{self, Outcome, Plan, Platform, ProfilesError, Program, shadowed};
use tenko::report::visible;

use super::{Asking, Desk};
use crate::failure::Failure;
use crate::files;
use crate::login_args::ProfilesArgs;
use crate::output::Out;

pub(crate) fn run(args: &ProfilesArgs, out: &Out) -> Result<u8, Failure> {
    let config = match &args.config {
        Some(path) => path.clone(),
        None => config_file()?,
    };
    if args.remove {
        let outcome = profiles::remove(&config).map_err(|error| failed(&error))?;
        return told(&outcome, &[], false, out);
    }
    let desk = Desk::open(&args.place, Asking::Never)?;
    let targets = desk.many(&args.selectors)?;
    let wanted = profiles::of(&targets);
    if wanted.is_empty() {
        return Err(Failure::new("none of these environments has an AWS account")
            .hint("profiles are for AWS's tools; `tenko exec` works in projects too"));
    }
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|error| {
            Failure::new(format!("failed to find {}", path.display())).because(error)
        })
    };
    let tenko = on_path()?;
    let manifests = files::manifest_paths(&args.place.manifest.files);
    let [manifest] = manifests.as_slice() else {
        return Err(Failure::new("a profile names one manifest, and several were given")
            .hint("put them into one file, or name the one that declares the environments"));
    };
    let manifest = absolute(manifest)?;
    let program = Program { tenko: &tenko, manifest: &manifest, platform: Platform::HERE };
    let shadowed = shadowed(&std::fs::read(credentials_file(&config)).unwrap_or_default(), &wanted);
    if !args.write {
        let plan = Plan::of(b"", &wanted, &program).map_err(|error| failed(&error))?;
        out.text(&String::from_utf8_lossy(&plan.text))?;
        out.note(&format!("nothing was written: --write puts this into {}", config.display()));
        return Ok(0);
    }
    let outcome = profiles::write(&config, &wanted, &program).map_err(|error| failed(&error))?;
    let ticket = desk.manifest.declaration.login.ticket_required;
    told(&outcome, &shadowed, ticket, out)
}

fn told(outcome: &Outcome, shadowed: &[String], ticket: bool, out: &Out) -> Result<u8, Failure> {
    let backup = outcome.backup.as_ref().map(|path| path.display().to_string());
    if out.is_json() {
        out.json(&json!({
            "file": outcome.file.display().to_string(),
            "changed": outcome.changed,
            "backup": backup,
            "profiles": outcome.profiles,
            "left_out": outcome.left_out,
            "shadowed": shadowed,
        }))?;
        return Ok(0);
    }
    let file = outcome.file.display();
    out.note(&match outcome.changed {
        true => format!("{file} has {} profiles of tenko", outcome.profiles.len()),
        false => format!("{file} was as it should be: nothing was written"),
    });
    if let Some(backup) = backup {
        out.note(&format!("the file as it was: {backup}"));
    }
    for name in &outcome.left_out {
        out.note(&format!("left out: the file has a profile {} of its own", visible(name)));
    }
    if ticket {
        out.note(
            "the manifest asks for a ticket with every login: set TENKO_TICKET where these \
             profiles are used",
        );
    }
    for name in shadowed {
        out.note(&format!(
            "warning: ~/.aws/credentials has keys for {}: AWS's tools use those instead",
            visible(name)
        ));
    }
    Ok(0)
}

fn failed(error: &ProfilesError) -> Failure {
    Failure::of(error, error.hint())
}

/// How tenko is called. What is on PATH stays where it is when a new version is installed; what it leads to may not.
fn on_path() -> Result<PathBuf, Failure> {
    let fail = |error| Failure::new("failed to find tenko itself").because(error);
    let this = std::env::current_exe().map_err(fail)?;
    let whole = std::fs::canonicalize(&this).map_err(fail)?;
    let called = std::env::args_os().next().map(PathBuf::from);
    let name = called.as_deref().and_then(Path::file_name).or(this.file_name());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .filter_map(|folder| Some(folder.join(name?)))
        .find(|file| std::fs::canonicalize(file).is_ok_and(|file| file == whole));
    Ok(found.unwrap_or(this))
}

fn config_file() -> Result<PathBuf, Failure> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("AWS_CONFIG_FILE")
        .or_else(|| Some(std::env::home_dir()?.join(".aws").join("config")))
        .ok_or_else(|| {
            Failure::new("the AWS configuration file is not known: there is no home folder")
                .hint("--config names it")
        })
}

/// The file with keys, beside the one with settings.
fn credentials_file(config: &Path) -> PathBuf {
    let named = std::env::var_os("AWS_SHARED_CREDENTIALS_FILE").filter(|value| !value.is_empty());
    named.map_or_else(|| config.with_file_name("credentials"), PathBuf::from)
}
