//! From arguments and manifest to an audit that is ready to run.

use std::sync::Arc;

use tenko::aws::{AwsProvider, AwsProviderBuilder, Discovery};
use tenko::collect::{CancellationToken, Options};
use tenko::declare::Manifest;
use tenko::model::{Catalog, Redactor};
use tenko::{Audit, AuditBuilder};

use crate::args::{AwsArgs, LimitArgs, Target, TypeArgs};
use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;

/// The catalogue of everything that is built in.
pub(crate) fn catalog() -> Result<Catalog, Failure> {
    tenko::catalog()
        .map_err(|error| Failure::new("failed to read the built-in types").because(error))
}

/// The AWS provider as the manifest says; each argument wins over it.
pub(crate) async fn aws(
    args: &AwsArgs,
    types: &TypeArgs,
    manifest: Option<&Manifest>,
    redactor: Redactor,
) -> Result<AwsProvider, Failure> {
    let settings = manifest.map(|manifest| manifest.aws.clone()).unwrap_or_default();
    let mut further: Vec<String> =
        settings.cloud_control.iter().map(|name| name.as_str().to_owned()).collect();
    further.extend(types.cloud_control.iter().cloned());
    let mut builder = tenko::aws_provider(&settings).redactor(redactor);
    builder = builder.cloud_control_types(further);
    if !args.accounts.is_empty() {
        builder = builder.discovery(Discovery::Accounts(args.accounts.clone()));
    } else if args.caller_only {
        builder = builder.discovery(Discovery::Caller);
    }
    let given = |builder: AwsProviderBuilder,
                 value: &Option<String>,
                 set: fn(AwsProviderBuilder, String) -> AwsProviderBuilder| {
        match value.as_ref().filter(|value| !value.is_empty()) {
            Some(value) => set(builder, value.clone()),
            None => builder,
        }
    };
    builder = given(builder, &args.profile, |builder, value| builder.profile(value));
    builder = given(builder, &args.role, |builder, value| builder.role(value));
    builder = given(builder, &args.external_id, |builder, value| builder.external_id(value));
    if !args.regions.is_empty() {
        builder = builder.regions(args.regions.iter().cloned());
    }
    builder
        .load()
        .await
        .map_err(|error| Failure::new("failed to set up the AWS provider").because(error))
}

/// An audit's builder with everything but the providers.
pub(crate) fn builder(
    limits: &LimitArgs,
    manifest: Option<Manifest>,
    progress: Arc<Progress>,
    cancel: CancellationToken,
) -> AuditBuilder {
    let options = Options {
        max_in_flight: limits.max_in_flight as usize,
        unit_timeout: limits.unit_timeout,
        run_timeout: limits.timeout,
        rate_share: limits.rate_share,
        after_run: files::last_run(),
        ..Options::default()
    };
    let builder =
        Audit::builder().options(options).cancel(cancel).on_event(move |event| progress.on(event));
    match manifest {
        Some(manifest) => builder.manifest(manifest),
        None => builder,
    }
}

/// The builder of an audit of the real clouds.
pub(crate) async fn builder_for(
    target: &Target,
    manifest: Option<Manifest>,
    progress: Arc<Progress>,
    cancel: CancellationToken,
) -> Result<AuditBuilder, Failure> {
    let redactor = files::redactor()?;
    let provider = aws(&target.aws, &target.types, manifest.as_ref(), redactor).await?;
    let builder = builder(&target.limits, manifest, progress, cancel)
        .provider(Arc::new(provider))
        .types(target.types.types.iter().cloned())
        .regions(target.aws.regions.iter().map(Into::into));
    Ok(if target.aws.is_a_part() { builder.only_discovered() } else { builder })
}

/// An audit of the real clouds.
pub(crate) async fn audit(
    target: &Target,
    manifest: Option<Manifest>,
    quiet: bool,
    cancel: CancellationToken,
) -> Result<Audit, Failure> {
    build(builder_for(target, manifest, Arc::new(Progress::new(quiet)), cancel).await?)
}

pub(crate) fn build(builder: AuditBuilder) -> Result<Audit, Failure> {
    builder.build().map_err(|error| {
        Failure::new("failed to select what to collect")
            .because(error)
            .hint("`tenko types` lists the types; the manifest may name some in aws.types")
    })
}
