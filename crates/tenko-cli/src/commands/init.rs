//! `tenko init`: a first manifest from what is discovered.

use std::path::Path;

use tenko::collect::CancellationToken;
use tenko::declare::{Depth, InitOptions};

use crate::args::{self, InitArgs};
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
    if !to_stdout && !args.force && args.out.exists() {
        return Err(Failure::new(format!("{} is there already", args.out.display()))
            .hint("--force overwrites it, --out FILE writes another"));
    }
    let catalog = setup::catalog()?;
    let previous = files::manifest(&args.target.manifest, &catalog).ok().flatten();
    let snapshot = match &args.snapshot {
        Some(path) => files::snapshot(&path.to_string_lossy())?,
        None => setup::audit(&args.target, None, out.quiet, cancel).await?.collect().await,
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
            "wrote {}; read its comments, then run `tenko audit`",
            args.out.display()
        ));
    }
    Ok(if snapshot.is_incomplete() { 3 } else { 0 })
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
    if !aws.types.is_empty() {
        settings.types.clone_from(&aws.types);
    }
    settings.cloud_control.extend(aws.cloud_control.iter().map(|name| name.as_str().into()));
    settings
}
