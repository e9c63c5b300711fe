//! What an audit is made from.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::audit::{Audit, OnEvent};
use crate::collect::{CancellationToken, Collector, Event, Options, ScopeFilter, Selection};
use crate::declare::{IacSource, Manifest};
use crate::model::{Catalog, Cloud, Declaration, Provider, Region, ScopeKey};
use crate::narrow::Narrowing;
use crate::rules::Choice;
use crate::selection::{self, UnknownType};
use crate::sources::Settings;

/// Builds an [`Audit`].
#[derive(Default)]
pub struct AuditBuilder {
    providers: Vec<Arc<dyn Provider>>,
    manifest: Option<Manifest>,
    options: Options,
    types: Vec<String>,
    skip_types: Vec<String>,
    regions: Option<BTreeSet<Region>>,
    scopes: Option<BTreeSet<ScopeKey>>,
    clouds: Option<BTreeSet<Cloud>>,
    only_discovered: BTreeSet<Cloud>,
    on_event: Vec<OnEvent>,
    cancel: CancellationToken,
    iac: Vec<IacSource>,
    source_settings: Settings,
    rules: Choice,
}

impl AuditBuilder {
    /// Adds a cloud.
    #[must_use]
    pub fn provider(mut self, provider: Arc<dyn Provider>) -> Self {
        self.providers.push(provider);
        self
    }

    /// What is declared. Its regions and types apply where the builder's own are not set.
    #[must_use]
    pub fn manifest(mut self, manifest: Manifest) -> Self {
        self.manifest = Some(manifest);
        self
    }

    /// Sources of infrastructure code beside those that the manifest names; may be given several
    /// times.
    #[must_use]
    pub fn iac(mut self, sources: impl IntoIterator<Item = IacSource>) -> Self {
        self.iac.extend(sources);
        self
    }

    /// How sources of infrastructure code are read, and with whose credentials:
    /// [`source_settings`](crate::source_settings) makes them of providers. Without it no objects
    /// are read.
    #[must_use]
    pub fn source_settings(mut self, settings: Settings) -> Self {
        self.source_settings = settings;
        self
    }

    /// How fast, how wide and how long.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Which risk rules are evaluated, and from which severity on; all, unless this is called.
    #[must_use]
    pub fn rules(mut self, choice: Choice) -> Self {
        self.rules = choice;
        self
    }

    /// Only types that match one of these globs; none means all.
    #[must_use]
    pub fn types(mut self, globs: impl IntoIterator<Item = String>) -> Self {
        self.types.extend(globs);
        self
    }

    /// Not the types that match one of these globs.
    #[must_use]
    pub fn skip_types(mut self, globs: impl IntoIterator<Item = String>) -> Self {
        self.skip_types.extend(globs);
        self
    }

    /// Only these regions, in every scope.
    #[must_use]
    pub fn regions(mut self, regions: impl IntoIterator<Item = Region>) -> Self {
        self.regions.get_or_insert_default().extend(regions);
        self
    }

    /// Only these accounts and projects; the others are reported as skipped.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = ScopeKey>) -> Self {
        self.scopes.get_or_insert_default().extend(scopes);
        self
    }

    /// Says that only these clouds have a provider on purpose: what is declared for others is left
    /// out of the comparison instead of being unknown.
    #[must_use]
    pub fn clouds(mut self, clouds: impl IntoIterator<Item = Cloud>) -> Self {
        self.clouds.get_or_insert_default().extend(clouds);
        self
    }

    /// Says that the provider of this cloud was told to find only some of its accounts or
    /// projects: what is declared for others is left out of the comparison instead of being
    /// unknown. May be given several times.
    #[must_use]
    pub fn only_discovered(mut self, cloud: Cloud) -> Self {
        self.only_discovered.insert(cloud);
        self
    }

    /// Watches the run; may be given several times. Called from the task that runs the audit, so a
    /// slow function slows it.
    #[must_use]
    pub fn on_event(mut self, f: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_event.push(Arc::new(f));
        self
    }

    /// Ends the run early when the token fires: what was collected stays, marked incomplete.
    #[must_use]
    pub fn cancel(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }

    /// The audit.
    ///
    /// # Errors
    /// [`UnknownType`] when a glob is none, or matches nothing that the providers can collect.
    pub fn build(self) -> Result<Audit, UnknownType> {
        let mut catalog = Catalog::default();
        for provider in &self.providers {
            catalog.extend(provider.catalog().iter().cloned());
        }
        let mut selection = Selection::default();
        let mut narrowing = Narrowing { scopes: self.scopes.clone(), ..Narrowing::default() };
        if !self.types.is_empty() || !self.skip_types.is_empty() {
            narrowing.types = selection::types(&catalog, &self.types, &self.skip_types)?;
        }
        let (wanted, unwanted) = (self.types, self.skip_types);
        selection.types = match &self.manifest {
            Some(manifest) => selection::types_with(&catalog, manifest, &wanted, &unwanted)?,
            None => selection::types(&catalog, &wanted, &unwanted)?,
        };
        if let Some(manifest) = &self.manifest {
            // All that is declared is asked for: that is no part.
            let declared = scopes_of(&manifest.declaration);
            narrowing.clouds = self
                .clouds
                .filter(|clouds| !declared.iter().all(|scope| clouds.contains(&scope.cloud)));
            selection.regions_of = selection::regions_of(manifest);
            selection.regions.clone_from(&manifest.aws.regions);
        }
        if let Some(regions) = self.regions.filter(|regions| !regions.is_empty()) {
            selection.regions_of.clear();
            narrowing.regions = Some(regions.clone());
            selection.regions = Some(regions);
        }
        if let Some(scopes) = self.scopes {
            selection.scopes = ScopeFilter::Only(scopes);
        }
        let mut iac = self.manifest.as_ref().map(|m| m.iac.clone()).unwrap_or_default();
        iac.extend(self.iac);
        Ok(Audit {
            providers: self.providers,
            iac,
            source_settings: self.source_settings,
            rules: self.rules,
            manifest: self.manifest,
            collector: Collector::new(self.options),
            selection,
            narrowing,
            only_discovered: self.only_discovered,
            on_event: self.on_event,
            cancel: self.cancel,
            catalog,
        })
    }
}

/// The accounts and projects that are declared for anybody.
fn scopes_of(declaration: &Declaration) -> BTreeSet<&ScopeKey> {
    let environments = declaration.environments().flat_map(|(_, e)| &e.scopes);
    environments.chain(declaration.shared.keys()).collect()
}
