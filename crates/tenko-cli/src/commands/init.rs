//! `tenko init`: a first manifest from what is discovered.

use std::path::Path;

use tenko::collect::CancellationToken;
use tenko::declare::{
    AwsSettings, Depth, Discovery, GoogleDiscovery, GoogleSettings, GoogleSource, InitOptions,
    Manifest,
};
use tenko::model::{Catalog, Cloud, Declaration, Scope, ScopeTree, Snapshot};

use crate::args::{self, CloudName, InitArgs, Source};
use crate::commands::{nobody, of_clouds};
use crate::failure::Failure;
use crate::output::Out;
use crate::setup::{Plan, Run};
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
        Some(name) => of_clouds(files::snapshot(name)?, &args.target.clouds.named),
        None => collect(args, previous.clone(), out, cancel).await?,
    };
    // Settings of a cloud that was left out stay in no manifest that has nothing of it.
    let (aws, google) = previous.map(|m| (m.aws, m.google)).unwrap_or_default();
    let has = |cloud: Cloud| snapshot.scopes.iter().any(|scope| scope.cloud == cloud);
    let (has_aws, has_google) = (has(Cloud::aws()), has(Cloud::gcp()));
    let options = InitOptions {
        depth: match args.depth {
            args::Depth::Scopes => Depth::Scopes,
            args::Depth::Resources => Depth::Resources,
            args::Depth::Attributes => Depth::Attributes,
        },
        aws: if has_aws || !has_google { aws_settings(args, aws) } else { AwsSettings::default() },
        google: if has_google { google_settings(args, google) } else { GoogleSettings::default() },
        management: snapshot.scopes.iter().find(|s| s.management).map(Scope::key),
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
        let noun = noun(&snapshot.scopes);
        format!("{silent} of {all} {noun} did not answer (`tenko scopes` shows why)")
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
    let plan = Plan::of(&args.target, access, out.quiet, cancel)?;
    let Run { builder, watch, .. } = plan.run().await?;
    let snapshot = setup::build(builder)?.collect().await;
    let Snapshot { scopes, discovery_problems, answers, run, .. } = &snapshot;
    let cancelled = watch.was_cancelled(run.cancelled);
    nobody::check(&watch.asked, scopes, discovery_problems, answers, cancelled)?;
    if run.cancelled {
        return Err(Failure::new("the run was cut short, so no manifest was written")
            .hint("half of what is there would be declared as all of it"));
    }
    Ok(snapshot)
}

/// How the accounts were got into is part of the manifest, so that the next command needs no flags.
fn aws_settings(args: &InitArgs, mut settings: AwsSettings) -> AwsSettings {
    let aws = &args.target.clouds.aws;
    if !aws.accounts.is_empty() {
        settings.discovery = Some(Discovery::Accounts);
        settings.accounts = aws.accounts.iter().map(|id| id.as_str().into()).collect();
    } else if args.target.clouds.caller_only {
        settings.discovery = Some(Discovery::Caller);
        settings.accounts = Vec::new();
    }
    settings.role = aws.role.clone().or(settings.role);
    settings.external_id = aws.external_id.clone().or(settings.external_id);
    if !aws.regions.is_empty() {
        settings.regions = Some(aws.regions.iter().map(Into::into).collect());
    }
    let types = &args.target.types;
    if !types.types.is_empty() {
        settings.types = globs_of(types, CloudName::Aws);
    }
    settings.cloud_control.extend(types.cloud_control.iter().map(|name| name.as_str().into()));
    settings
}

/// The same for projects.
fn google_settings(args: &InitArgs, mut settings: GoogleSettings) -> GoogleSettings {
    let google = &args.target.clouds.google;
    let parents = google.parents();
    let chosen = if !google.projects.is_empty() {
        Some(GoogleDiscovery::Projects)
    } else if !parents.is_empty() {
        Some(GoogleDiscovery::Organization)
    } else {
        args.target.clouds.caller_only.then_some(GoogleDiscovery::Caller)
    };
    if chosen.is_some() {
        settings.discovery = chosen;
        settings.projects = google.projects.iter().map(|id| id.as_str().into()).collect();
        settings.parents = parents;
    }
    settings.impersonate = google.impersonate.clone().or(settings.impersonate);
    settings.source = match google.source {
        Some(Source::Auto) => Some(GoogleSource::Auto),
        Some(Source::AssetInventory) => Some(GoogleSource::AssetInventory),
        Some(Source::Services) => Some(GoogleSource::Services),
        None => settings.source,
    };
    let types = &args.target.types;
    if !types.types.is_empty() {
        settings.types = globs_of(types, CloudName::Gcp);
    }
    settings.asset_types.extend(types.asset_types.iter().map(|name| name.as_str().into()));
    settings
}

/// The globs for types of this cloud: in its section, others would match nothing.
fn globs_of(types: &args::TypeArgs, cloud: CloudName) -> Vec<String> {
    let is_google = |glob: &str| glob.contains('/') || glob.contains("googleapis");
    let is_aws = |glob: &str| glob.contains("::");
    let other = |glob: &str| match cloud {
        CloudName::Aws => is_google(glob) && !is_aws(glob),
        CloudName::Gcp => is_aws(glob) && !is_google(glob),
    };
    types.types.iter().filter(|glob| !other(glob)).cloned().collect()
}

/// What people call all that was discovered.
fn noun(scopes: &ScopeTree) -> &'static str {
    let projects = scopes.accounts().filter(|scope| scope.cloud == Cloud::gcp()).count();
    match (projects, scopes.accounts().count()) {
        (0, _) => "accounts",
        (projects, all) if projects == all => "projects",
        _ => "accounts and projects",
    }
}
