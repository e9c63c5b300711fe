//! The whole path: discover, collect, compare.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::builder::AuditBuilder;
use crate::collect::{CancellationToken, Collector, Event, RollCall, Selection};
use crate::declare::Manifest;
use crate::diff::Diff;
use crate::model::{Catalog, Cloud, Declaration, Provider, Scope, ScopeTree, Snapshot};
use crate::narrow::Narrowing;
use crate::report::{Counts, Document, Kind};
use crate::warnings;

pub(crate) type OnEvent = Arc<dyn Fn(&Event) + Send + Sync>;

/// One roll call: what to ask, how hard, and what to compare the answers with.
pub struct Audit {
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) manifest: Option<Manifest>,
    pub(crate) collector: Collector,
    pub(crate) selection: Selection,
    pub(crate) narrowing: Narrowing,
    pub(crate) only_discovered: BTreeSet<Cloud>,
    pub(crate) on_event: Vec<OnEvent>,
    pub(crate) cancel: CancellationToken,
    pub(crate) catalog: Catalog,
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
        for cloud in &self.only_discovered {
            let found = snapshot.scopes.accounts().filter(|scope| scope.cloud == *cloud);
            narrowing.found.insert(cloud.clone(), found.map(Scope::key).collect());
        }
        let Some(manifest) = self.manifest.as_ref().filter(|_| narrowing.is_any()) else {
            return compare(snapshot, self.manifest.as_ref(), &self.catalog);
        };
        let mut manifest = manifest.clone();
        narrowing.apply(&mut manifest.declaration, &self.catalog);
        let mut report = compare_part(snapshot, Some(&manifest), &self.catalog, &narrowing);
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
    compare_part(snapshot, manifest, catalog, &Narrowing::default())
}

/// `narrowing` says of what only a part was asked for: what was not found there may exist.
fn compare_part(
    snapshot: Snapshot,
    manifest: Option<&Manifest>,
    catalog: &Catalog,
    narrowing: &Narrowing,
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
        let incomplete = snapshot.discovery_problems.iter().map(|p| p.cloud.clone()).collect();
        let whole = snapshot.scopes.iter().filter(|scope| narrowing.is_whole(&scope.cloud));
        let whole: ScopeTree = whole.cloned().collect();
        let scopes = crate::declare::check_scopes(manifest, &whole, &incomplete);
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
