//! The whole path in one builder.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::collect::{
    CancellationToken, Collector, Event, Options, RollCall, ScopeFilter, Selection,
};
use crate::declare::Manifest;
use crate::diff::Diff;
use crate::model::{Catalog, Declaration, Provider, Region, Scope, ScopeKey, Snapshot};
use crate::narrow::Narrowing;
use crate::report::{Counts, Document, Kind};
use crate::selection::{self, UnknownType};
use crate::warnings;

type OnEvent = Arc<dyn Fn(&Event) + Send + Sync>;

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
    only_discovered: bool,
    on_event: Vec<OnEvent>,
    cancel: CancellationToken,
}

/// One roll call: what to ask, how hard, and what to compare the answers with.
pub struct Audit {
    providers: Vec<Arc<dyn Provider>>,
    manifest: Option<Manifest>,
    collector: Collector,
    selection: Selection,
    narrowing: Narrowing,
    only_discovered: bool,
    on_event: Vec<OnEvent>,
    cancel: CancellationToken,
    catalog: Catalog,
}

/// Everything that came out of an audit.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// What was observed.
    pub snapshot: Snapshot,
    /// Where it differs from the declaration.
    pub diff: Diff,
    /// The document that every format is rendered from: drift and findings are in it.
    pub document: Document,
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

    /// How fast, how wide and how long.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
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

    /// Says that the providers were told to find only some of the accounts: what is declared for
    /// others is left out of the comparison instead of being unknown.
    #[must_use]
    pub fn only_discovered(mut self) -> Self {
        self.only_discovered = true;
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
        let (mut wanted, mut unwanted) = (self.types, self.skip_types);
        if let Some(manifest) = &self.manifest {
            if wanted.is_empty() {
                wanted.clone_from(&manifest.aws.types);
            }
            unwanted.extend(manifest.aws.skip_types.iter().cloned());
            selection.regions_of = selection::regions_of(manifest);
            selection.regions.clone_from(&manifest.aws.regions);
        }
        if let Some(regions) = self.regions.filter(|regions| !regions.is_empty()) {
            selection.regions_of.clear();
            narrowing.regions = Some(regions.clone());
            selection.regions = Some(regions);
        }
        selection.types = selection::types(&catalog, &wanted, &unwanted)?;
        if let Some(scopes) = self.scopes {
            selection.scopes = ScopeFilter::Only(scopes);
        }
        Ok(Audit {
            providers: self.providers,
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

impl Audit {
    /// A builder with no provider, no manifest and the usual limits.
    pub fn builder() -> AuditBuilder {
        AuditBuilder::default()
    }

    /// Discovers the scopes and opens them; nothing in them is read.
    pub async fn roll_call(&self) -> RollCall {
        self.collector
            .roll_call(&self.providers, &self.selection, self.events(), self.cancel.clone())
            .await
    }

    /// Discovers and collects. It never fails: what could not be read is in the snapshot.
    pub async fn collect(&self) -> Snapshot {
        self.collector
            .collect(&self.providers, &self.selection, self.events(), self.cancel.clone())
            .await
    }

    /// Collects, compares with the manifest and evaluates the rules.
    pub async fn run(&self) -> Report {
        self.compare(self.collect().await)
    }

    /// Compares a snapshot that [`Self::collect`] gave with the manifest and evaluates the rules.
    /// What the builder's types, regions or scopes left out is left out of the comparison, and a
    /// warning of the document says so.
    pub fn compare(&self, snapshot: Snapshot) -> Report {
        let mut narrowing = self.narrowing.clone();
        if self.only_discovered {
            narrowing.scopes = Some(snapshot.scopes.accounts().map(Scope::key).collect());
        }
        let Some(manifest) = self.manifest.as_ref().filter(|_| narrowing.is_any()) else {
            return compare(snapshot, self.manifest.as_ref(), &self.catalog);
        };
        let mut manifest = manifest.clone();
        narrowing.apply(&mut manifest.declaration, &self.catalog);
        let whole = narrowing.scopes.is_none();
        let mut report = compare_part(snapshot, Some(&manifest), &self.catalog, whole);
        let text = "only a part was asked for: whatever else is declared was not compared";
        report.document = report.document.with_warnings([text.to_owned()]);
        report
    }

    /// What the providers of this audit can collect.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn events(&self) -> impl FnMut(Event) + Send + use<> {
        let on_event = self.on_event.clone();
        move |event| {
            for on_event in &on_event {
                on_event(&event);
            }
        }
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit")
            .field("providers", &self.providers)
            .field("selection", &self.selection)
            .finish_non_exhaustive()
    }
}

/// Compares a snapshot with a manifest and evaluates the rules: what [`Audit::run`] does after
/// collecting. Without a manifest nothing is compared.
pub fn compare(snapshot: Snapshot, manifest: Option<&Manifest>, catalog: &Catalog) -> Report {
    compare_part(snapshot, manifest, catalog, true)
}

/// `whole` says whether all accounts were asked for: else those that were not found may exist.
fn compare_part(
    snapshot: Snapshot,
    manifest: Option<&Manifest>,
    catalog: &Catalog,
    whole: bool,
) -> Report {
    let nothing = Declaration::default();
    let declaration = manifest.map_or(&nothing, |manifest| &manifest.declaration);
    let diff = match manifest {
        Some(_) => crate::diff::diff(&snapshot, declaration, catalog),
        None => Diff::default(),
    };
    let findings = crate::rules::evaluate(&snapshot, declaration);
    let kind = if manifest.is_some() { Kind::Audit } else { Kind::Collect };
    let mut document = Document::new(kind, &snapshot, diff.drift.clone(), findings, counts(&diff))
        .with_declaration(declaration);
    document = document.with_warnings(warnings::unknown_regions(&snapshot));
    if let Some(manifest) = manifest {
        let complete = snapshot.discovery_problems.is_empty();
        let scopes = match whole {
            true => crate::declare::check_scopes(manifest, &snapshot.scopes, complete),
            false => Vec::new(),
        };
        let warnings = manifest.warnings.iter().chain(&scopes).map(warnings::in_a_line);
        document = document.with_warnings(warnings);
        let rules: Vec<_> = declaration
            .environments()
            .flat_map(|(_, environment)| &environment.ignore)
            .filter(|rule| diff.unused_ignores.iter().any(|unused| unused.source == rule.source))
            .collect();
        document = document.with_unused_ignores(rules);
    }
    Report { snapshot, diff, document }
}

/// Compares a snapshot with a later one; the older acts as the declaration.
pub fn compare_snapshots(old: &Snapshot, new: &Snapshot, catalog: &Catalog) -> Document {
    let diff = crate::diff::diff_snapshots(old, new, catalog);
    let counts = counts(&diff);
    Document::new(Kind::Diff, new, diff.drift, Vec::new(), counts)
}

/// What a document says of the comparison beside the differences.
fn counts(diff: &Diff) -> Counts {
    Counts {
        managed: diff.counts.managed as u64,
        provider_default: diff.counts.provider_default as u64,
        ignored: diff.counts.ignored as u64,
    }
}
