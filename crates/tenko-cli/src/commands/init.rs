//! `tenko init`: a first manifest from what is discovered.

use std::path::Path;

use tenko::collect::CancellationToken;
use tenko::declare::{Depth, InitOptions, Manifest};
use tenko::model::{Catalog, Declaration, Snapshot};

use crate::args::{self, InitArgs};
use crate::commands::nobody;
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, setup};

/// Collects, or reads a snapshot, and writes the manifest.
pub(crate) async fn run(
    args: &InitArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let to_stdout = args.out == Path::new("-");
    // Before the work and not after it.
    if !to_stdout {
        if !args.force && args.out.exists() {
            return Err(Failure::new(format!("{} is there already", args.out.display()))
                .hint("--force overwrites it, --out FILE writes another"));
        }
        files::check_writable(&args.out)?;
    }
    let catalog = setup::catalog()?;
    let previous = previous(args, out, &catalog)?;
    let snapshot = match &args.snapshot {
        Some(name) => files::snapshot(name)?,
        None => collect(args, previous.clone(), out, cancel).await?,
    };
    let options = InitOptions {
        depth: match args.depth {
            args::Depth::Scopes => Depth::Scopes,
            args::Depth::Resources => Depth::Resources,
            args::Depth::Attributes => Depth::Attributes,
        },
        aws: settings(args, previous.map(|manifest| manifest.aws).unwrap_or_default()),
        management: snapshot.scopes.iter().find(|s| s.management).map(tenko::model::Scope::key),
    };
    let text = tenko::declare::init(&snapshot, &catalog, &options);
    if to_stdout {
        out.text(&text)?;
    } else {
        files::write_text(&args.out, &text)?;
        out.note(&format!(
            "wrote {}; its guesses are marked: read them, then run `tenko audit`",
            args.out.display()
        ));
    }
    if !snapshot.is_incomplete() {
        return Ok(0);
    }
    let silent = snapshot.answers.iter().filter(|answer| answer.outcome.is_gap()).count();
    let gap = if silent > 0 {
        let all = snapshot.scopes.accounts().count();
        format!("{silent} of {all} accounts did not answer (`tenko scopes` shows why)")
    } else {
        "not everything could be observed (`tenko audit` shows what)".to_owned()
    };
    out.note(&format!("{gap}: what is there is not in the manifest"));
    Ok(3)
}

/// What the present manifest says of how to get into the accounts is kept.
fn previous(args: &InitArgs, out: &Out, catalog: &Catalog) -> Result<Option<Manifest>, Failure> {
    let given = &args.target.manifest.files;
    match files::manifest(given, catalog) {
        // The one that is to be overwritten may be broken: that may be why.
        Err(_) if given.is_empty() => {
            out.note(
                "the manifest that is here cannot be used, so its settings are not taken over",
            );
            Ok(None)
        }
        other => other,
    }
}

async fn collect(
    args: &InitArgs,
    previous: Option<Manifest>,
    out: &Out,
    cancel: CancellationToken,
) -> Result<Snapshot, Failure> {
    // How to get in, and nothing of what it declares: regions of environments least of all.
    let access = previous.map(|mut manifest| {
        manifest.declaration = Declaration::default();
        manifest
    });
    let snapshot = setup::audit(&args.target, access, out.quiet, cancel).await?.collect().await;
    let Snapshot { scopes, discovery_problems, answers, run, .. } = &snapshot;
    nobody::check(scopes, discovery_problems, answers, run.cancelled)?;
    if run.cancelled {
        return Err(Failure::new("the run was cut short, so no manifest was written")
            .hint("half of what is there would be declared as all of it"));
    }
    Ok(snapshot)
}

/// How the accounts were got into is part of the manifest, so that the next command needs no flags.
fn settings(
    args: &InitArgs,
    mut settings: tenko::declare::AwsSettings,
) -> tenko::declare::AwsSettings {
    let aws = &args.target.aws;
    if !aws.accounts.is_empty() {
        settings.discovery = Some(tenko::declare::Discovery::Accounts);
        settings.accounts = aws.accounts.iter().map(|id| id.as_str().into()).collect();
    } else if aws.caller_only {
        settings.discovery = Some(tenko::declare::Discovery::Caller);
    }
    settings.role = aws.role.clone().or(settings.role);
    settings.external_id = aws.external_id.clone().or(settings.external_id);
    if !aws.regions.is_empty() {
        settings.regions = Some(aws.regions.iter().map(Into::into).collect());
    }
    let types = &args.target.types;
    if !types.types.is_empty() {
        settings.types.clone_from(&types.types);
    }
    settings.cloud_control.extend(types.cloud_control.iter().map(|name| name.as_str().into()));
    settings
}
