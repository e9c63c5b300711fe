//! The whole path: discover, collect, compare.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use futures_util::future::join;

use crate::builder::AuditBuilder;
use crate::code::{Code, read_code};
use crate::collect::{CancellationToken, Collector, Event, RollCall, Selection};
use crate::declare::{IacSource, Manifest};
use crate::diff::Diff;
use crate::model::{Catalog, Cloud, Message, Provider, Scope, ScopeTree, Snapshot, msg};
use crate::narrow::Narrowing;
use crate::report::{Counts, Document, Kind};
use crate::rules::{Choice, Evaluation, Inputs};
use crate::sources::Settings;
use crate::stacks::unread_stacks;
use crate::{proof, suppressions, warnings};

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
    pub(crate) iac: Vec<IacSource>,
    pub(crate) source_settings: Settings,
    pub(crate) rules: Choice,
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
    /// What infrastructure code says, stacks of the snapshot included, as far as it was compared.
    pub code: Code,
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

    /// Reads the infrastructure code that the manifest and the builder name. It never fails: what
    /// could not be read is in [`Code::unread`].
    pub async fn code(&self) -> Code {
        read_code(&self.iac, &self.catalog, self.source_settings.clone()).await
    }

    /// Collects, reads infrastructure code at the same time, compares with both and evaluates the
    /// rules.
    pub async fn run(&self) -> Report {
        let (snapshot, code) = join(self.collect(), self.code()).await;
        self.compare_with(snapshot, code)
    }

    /// As [`Self::compare_with`], where the infrastructure code was not read: if there is any, what
    /// is not declared in the manifest may be declared there.
    pub fn compare(&self, snapshot: Snapshot) -> Report {
        self.compare_with(snapshot, Code::unread(&self.iac, not_read()))
    }

    /// Compares a snapshot that [`Self::collect`] gave with the manifest and with the code that
    /// [`Self::code`] gave, and evaluates the rules.
    /// What the builder's types, regions or scopes left out is left out of the comparison, and a
    /// warning of the document says so.
    pub fn compare_with(&self, snapshot: Snapshot, code: Code) -> Report {
        let mut narrowing = self.narrowing.clone();
        for cloud in &self.only_discovered {
            let found = snapshot.scopes.accounts().filter(|scope| scope.cloud == *cloud);
            narrowing.found.insert(cloud.clone(), found.map(Scope::key).collect());
        }
        let proof = proof::of(&self.providers, &snapshot.calls);
        let Some(manifest) = self.manifest.as_ref().filter(|_| narrowing.is_any()) else {
            let manifest = self.manifest.as_ref();
            let mut report = compare_with(snapshot, manifest, code, &self.catalog, &self.rules);
            report.document.read_only_proof = proof;
            return report;
        };
        let mut report =
            compare_part(snapshot, Some(manifest), code, &self.catalog, &self.rules, &narrowing);
        report.document.run.narrowed = true;
        report.document = report.document.with_warnings([msg!("warning-narrowed")]);
        report.document.read_only_proof = proof;
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

/// As [`compare_with`], where the infrastructure code that the manifest names was not read: what
/// is not declared in the manifest may be declared there, and nothing is called unmanaged.
pub fn compare(snapshot: Snapshot, manifest: Option<&Manifest>, catalog: &Catalog) -> Report {
    let sources = manifest.map(|manifest| manifest.iac.as_slice()).unwrap_or_default();
    compare_with(snapshot, manifest, Code::unread(sources, not_read()), catalog, &Choice::default())
}

/// Compares a snapshot with a manifest and with infrastructure code ([`read_code`]), and evaluates
/// the chosen rules as of the end of the snapshot's run: what [`Audit::run`] does after collecting.
/// Without a manifest nothing is compared, and no rule evaluated. CloudFormation stacks in the
/// snapshot are added to the code.
pub fn compare_with(
    snapshot: Snapshot,
    manifest: Option<&Manifest>,
    code: Code,
    catalog: &Catalog,
    rules: &Choice,
) -> Report {
    compare_part(snapshot, manifest, code, catalog, rules, &Narrowing::default())
}

/// Why code was not read that nobody asked for.
fn not_read() -> Message {
    msg!("code-not-asked")
}

/// `narrowing` says of what only a part was asked for: what was not found there may exist.
fn compare_part(
    snapshot: Snapshot,
    manifest: Option<&Manifest>,
    mut code: Code,
    catalog: &Catalog,
    rules: &Choice,
    narrowing: &Narrowing,
) -> Report {
    let mut declaration = manifest.map(|manifest| manifest.declaration.clone()).unwrap_or_default();
    if manifest.is_some() {
        code.claims.extend(crate::declare::stacks::claims(&snapshot));
        declaration.claims = std::mem::take(&mut code.claims);
        code.unread.extend(unread_stacks(&snapshot, &declaration));
        declaration.unread_code.clone_from(&code.unread);
    }
    if narrowing.is_any() {
        narrowing.apply(&mut declaration, catalog);
    }
    let declaration = declaration;
    let diff = match manifest {
        Some(_) => crate::diff::diff(&snapshot, &declaration, catalog),
        None => Diff::default(),
    };
    let evaluation = match manifest {
        Some(manifest) => {
            let inputs = Inputs {
                snapshot: &snapshot,
                declaration: &declaration,
                catalog,
                parity_allow: &manifest.parity_allow,
                // Not the time of the clock: one snapshot always reads the same.
                now: snapshot.run.finished_at,
            };
            crate::rules::evaluate(&inputs, rules)
        }
        None => Evaluation::default(),
    };
    let kind = if manifest.is_some() { Kind::Audit } else { Kind::Collect };
    let Evaluation { findings, suppressed, results, unused, .. } = evaluation;
    let mut drift = diff.drift.clone();
    let now = snapshot.run.finished_at;
    let mut suppressed = suppressed;
    suppressed.extend(suppressions::of_drift(&mut drift, &declaration.rules.suppressions, now));
    let mut document = Document::new(kind, &snapshot, drift, findings, counts(&diff))
        .with_rules(results, suppressed)
        .with_declaration(&declaration)
        .with_ignored(diff.ignored.clone())
        .with_uncompared(diff.uncompared.clone());
    document = document.with_warnings(warnings::unknown_regions(&snapshot));
    if let Some(manifest) = manifest {
        document = document.with_warnings(warnings::rules(manifest));
        let all = &declaration.rules.suppressions;
        let unused: Vec<_> = unused.into_iter().map(|one| one.source).collect();
        let whole = !document.summary.incomplete && !narrowing.is_any() && rules.is_all();
        document.suppressions = suppressions::rows(&document, all, &unused, whole, now);
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
    if manifest.is_some() {
        (code.claims, code.unread) = (declaration.claims, declaration.unread_code);
    }
    document.run.narrowed = narrowing.is_any() || !rules.is_all();
    Report { snapshot, diff, document, code }
}

/// Compares a snapshot with a later one; the older acts as the declaration.
pub fn compare_snapshots(old: &Snapshot, new: &Snapshot, catalog: &Catalog) -> Document {
    let diff = crate::diff::diff_snapshots(old, new, catalog);
    let counts = counts(&diff);
    Document::new(Kind::Diff, new, diff.drift, Vec::new(), counts)
}

/// What a document says of the comparison beside the differences.
pub(crate) fn counts(diff: &Diff) -> Counts {
    Counts {
        managed: diff.counts.managed as u64,
        provider_default: diff.counts.provider_default as u64,
        ignored: diff.counts.ignored as u64,
        not_compared: diff.counts.not_compared as u64,
        withheld: diff.counts.withheld as u64,
    }
}
