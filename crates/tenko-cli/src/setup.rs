//! From arguments and manifest to an audit that is ready to run.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenko::collect::{CancellationToken, Options};
use tenko::declare::Manifest;
use tenko::model::{Catalog, Redactor};
use tenko::sources::Settings;
use tenko::{Audit, AuditBuilder};

use crate::args::{CloudArgs, CloudName, LimitArgs, Target, TypeArgs};
use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;
use crate::providers::providers;
use crate::watch::Watch;

/// The catalogue of everything that is built in.
pub(crate) fn catalog() -> Result<Catalog, Failure> {
    tenko::catalog()
        .map_err(|error| Failure::new("failed to read the built-in types").because(error))
}

/// The catalogue with the further types that the manifest names.
pub(crate) fn catalog_for(manifest: &Manifest) -> Result<Catalog, Failure> {
    tenko::catalog_for(manifest)
        .map_err(|error| Failure::new("failed to read the resource types").because(error))
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

/// An audit of the real clouds, and what is watched while it runs.
pub(crate) struct Run {
    pub(crate) builder: AuditBuilder,
    /// The way into object storage, with the providers' credentials.
    pub(crate) sources: Settings,
    pub(crate) watch: Arc<Watch>,
}

/// Everything that a run is made from.
pub(crate) struct Plan<'a> {
    pub(crate) clouds: &'a CloudArgs,
    pub(crate) types: &'a TypeArgs,
    pub(crate) limits: &'a LimitArgs,
    pub(crate) manifest: Option<Manifest>,
    pub(crate) redactor: Redactor,
    pub(crate) quiet: bool,
    pub(crate) cancel: CancellationToken,
}

impl<'a> Plan<'a> {
    /// What a target says, with the redaction key that is kept.
    pub(crate) fn of(
        target: &'a Target,
        manifest: Option<Manifest>,
        quiet: bool,
        cancel: CancellationToken,
    ) -> Result<Self, Failure> {
        let Target { clouds, types, limits, .. } = target;
        // Before a key is made for a run that cannot be.
        clouds.asked(types, manifest.as_ref())?;
        let redactor = files::redactor()?;
        Ok(Self { clouds, types, limits, manifest, redactor, quiet, cancel })
    }

    /// The builder, with a provider for each cloud that is asked.
    pub(crate) async fn run(self) -> Result<Run, Failure> {
        let asked: BTreeSet<CloudName> = self.clouds.asked(self.types, self.manifest.as_ref())?;
        let manifest = self.manifest.as_ref();
        let found = providers(&asked, self.clouds, self.types, manifest, &self.redactor).await?;
        let progress = Arc::new(Progress::new(self.quiet));
        let watch = Arc::new(Watch::new(asked.clone(), self.cancel.clone(), Arc::clone(&progress)));
        let mut builder = builder(self.limits, self.manifest, progress, self.cancel)
            .types(self.types.types.iter().cloned())
            .regions(self.clouds.aws.regions.iter().map(Into::into))
            .clouds(asked.iter().map(|cloud| cloud.cloud()));
        builder = builder.source_settings(found.sources.clone());
        for provider in found.all {
            builder = builder.provider(provider);
        }
        for cloud in asked {
            if self.clouds.is_a_part(cloud) {
                builder = builder.only_discovered(cloud.cloud());
            }
        }
        let watched = Arc::clone(&watch);
        let builder = builder.on_event(move |event| watched.on(event));
        Ok(Run { builder, sources: found.sources, watch })
    }
}

pub(crate) fn build(builder: AuditBuilder) -> Result<Audit, Failure> {
    builder.build().map_err(|error| {
        Failure::new("failed to select what to collect").because(error).hint(
            "`tenko types` lists the types; the manifest may name some in aws.types or \
             google.types",
        )
    })
}
