//! A first manifest, written from what was discovered and collected.

mod entries;
mod nouns;
mod plan;
mod sections;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Catalog, Cloud, Resource, ResourceType, ScopeKey, Snapshot};

use crate::google::{GoogleSettings, is_asset_type};
use crate::settings::AwsSettings;
use nouns::Nouns;
use plan::{EnvironmentPlan, Plan, TenantPlan};
use text::{Writer, flow};
pub(crate) use text::{comment, needs_escape, quoted, scalar};
pub(crate) use words::slug;

/// How much of what was collected is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Depth {
    /// Tenants and their accounts only; undeclared resources are then left alone.
    Scopes,
    /// Every customer-made resource by id, so that what comes or goes is seen.
    #[default]
    Resources,
    /// Resources with the attributes that are compared, so that changes are seen.
    Attributes,
}

/// What to write.
#[derive(Clone, Debug, Default)]
pub struct InitOptions {
    /// How much is written.
    pub depth: Depth,
    /// The organization's management account, where it is known; it belongs to no tenant.
    pub management: Option<ScopeKey>,
    /// How the accounts were got into: written down as it is.
    pub aws: AwsSettings,
    /// How the projects were got into: written down as it is.
    pub google: GoogleSettings,
}

/// Everything that the parts of the writer need.
struct Source<'s> {
    snapshot: &'s Snapshot,
    catalog: &'s Catalog,
    options: &'s InitOptions,
    resources: BTreeMap<ScopeKey, Vec<&'s Resource>>,
    /// Types that the catalogue does not have and that the manifest names, for Cloud Control.
    cloud_control: BTreeSet<&'s str>,
    /// The same for Cloud Asset Inventory.
    asset_types: BTreeSet<&'s str>,
    /// What people call what was discovered.
    nouns: Nouns,
}

/// Writes a first manifest. It loads without errors, and an audit of the same snapshot finds
/// nothing: what is there is declared. Each guess has a comment that says what it was made from.
pub fn init(snapshot: &Snapshot, catalog: &Catalog, options: &InitOptions) -> String {
    let plan = plan::plan(snapshot, options.management.as_ref());
    let mut resources: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for resource in &snapshot.resources {
        resources.entry(resource.key.scope_key()).or_default().push(resource);
    }
    let source = Source {
        snapshot,
        catalog,
        options,
        resources,
        cloud_control: cloud_control(snapshot, catalog, options),
        asset_types: asset_types(snapshot, catalog, options),
        nouns: Nouns::of(snapshot.scopes.accounts()),
    };
    let mut out = Writer::default();
    source.header(&mut out, &plan);
    source.aws(&mut out, &plan);
    source.google(&mut out);
    source.ownership(&mut out, &plan);
    source.shared(&mut out, &plan);
    if plan.tenants.is_empty() {
        source.nobody(&mut out);
        return out.finish();
    }
    out.blank();
    out.line(0, "tenants:");
    for (i, (id, tenant)) in plan.tenants.iter().enumerate() {
        if i > 0 {
            out.blank();
        }
        source.tenant(&mut out, id, tenant);
    }
    out.finish()
}

/// Types of a cloud that were collected and that the catalogue does not have.
fn uncatalogued<'s>(
    snapshot: &'s Snapshot,
    catalog: &Catalog,
    cloud: Cloud,
) -> impl Iterator<Item = &'s ResourceType> {
    let collected = snapshot.resources.iter().filter(move |r| r.key.cloud == cloud);
    collected.map(|r| &r.key.resource_type).filter(|t| catalog.get(t).is_none())
}

/// Types that only Cloud Control knows: those of the options, and those that were collected.
fn cloud_control<'s>(
    snapshot: &'s Snapshot,
    catalog: &Catalog,
    options: &'s InitOptions,
) -> BTreeSet<&'s str> {
    let is_name = |name: &str| {
        let parts: Vec<_> = name.split("::").collect();
        let plain = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric());
        parts.len() == 3 && parts.iter().all(plain)
    };
    let all = uncatalogued(snapshot, catalog, Cloud::aws()).chain(&options.aws.cloud_control);
    all.map(|t| t.as_str()).filter(|name| is_name(name)).collect()
}

/// Types that only Cloud Asset Inventory knows: those of the options, and those collected.
fn asset_types<'s>(
    snapshot: &'s Snapshot,
    catalog: &Catalog,
    options: &'s InitOptions,
) -> BTreeSet<&'s str> {
    let all = uncatalogued(snapshot, catalog, Cloud::gcp()).chain(&options.google.asset_types);
    all.map(|t| t.as_str()).filter(|name| is_asset_type(name)).collect()
}

fn scope_text(key: &ScopeKey) -> String {
    if key.cloud == Cloud::aws() { quoted(key.id.as_str()) } else { quoted(&key.to_string()) }
}

impl Source<'_> {
    fn header(&self, out: &mut Writer, plan: &Plan) {
        let run = &self.snapshot.run;
        out.comment(
            0,
            &format!("First manifest, written by `tenko init` from the roll call {}.", run.id),
        );
        out.comment(
            0,
            &format!(
                "Whose {} is was guessed; each guess says from what. Change what is wrong.",
                self.nouns.any
            ),
        );
        if self.options.depth != Depth::Scopes {
            out.comment(0, "The resources are those that were there: remove what should not be.");
        }
        if self.snapshot.run.cancelled {
            out.comment(0, "The roll call was cut short: there is more than stands here.");
        }
        if !self.snapshot.discovery_problems.is_empty() {
            let many = self.nouns.many;
            let line = format!("Not everything could be discovered: {many} may be missing here.");
            out.comment(0, &line);
            for problem in self.snapshot.discovery_problems.iter().take(5) {
                let problem = &problem.problem;
                out.comment(0, &format!("  {}: {}", problem.operation, problem.code));
            }
        }
        if !plan.left_out.is_empty() {
            out.comment(0, &format!("{} that are not listed below:", self.nouns.title));
            for line in &plan.left_out {
                out.comment(0, &format!("  {line}"));
            }
        }
        out.line(0, "version: 1");
    }

    fn tenant(&self, out: &mut Writer, id: &str, tenant: &TenantPlan) {
        let reasons: Vec<_> = tenant.reasons.iter().map(String::as_str).collect();
        out.comment(1, &format!("guessed from {}", reasons.join(", and from ")));
        out.open(1, id);
        if tenant.name != id {
            out.entry(2, "name", &scalar(&tenant.name));
        }
        out.line(2, "environments:");
        for (name, environment) in &tenant.environments {
            self.environment(out, name, environment);
        }
    }

    fn environment(&self, out: &mut Writer, name: &str, environment: &EnvironmentPlan) {
        out.open(3, name);
        if environment.stage.is_empty() {
            out.comment(4, "no name or tag says which stage this is: add `stage` if it has one");
        } else if environment.stage != name {
            out.entry(4, "stage", &scalar(&environment.stage));
        }
        out.line(4, "scopes:");
        for (key, note) in &environment.scopes {
            let note = if note.is_empty() { String::new() } else { format!("  # {note}") };
            out.line(5, &format!("- {}{}", scope_text(key), text::comment(&note)));
        }
        self.mixed(out, environment);
        entries::write(self, out, environment);
    }

    /// Says when an account's resources name several tenants or environments.
    fn mixed(&self, out: &mut Writer, environment: &EnvironmentPlan) {
        let here = || {
            environment
                .scopes
                .iter()
                .filter_map(|(key, _)| self.resources.get(key))
                .flatten()
                .copied()
        };
        let sides = [
            ("tenants", plan::ownership_keys(self.snapshot, words::tenant_key)),
            ("environments", plan::ownership_keys(self.snapshot, words::environment_key)),
        ];
        for (what, keys) in sides {
            let values = plan::values(here(), &keys);
            if values.len() > 1 {
                let some: Vec<_> = values.iter().take(8).copied().collect();
                out.comment(
                    4,
                    &format!("by their tags, several {what} share this: {}", some.join(", ")),
                );
            }
        }
    }

    fn shared(&self, out: &mut Writer, plan: &Plan) {
        if plan.shared.is_empty() {
            return;
        }
        out.blank();
        out.comment(0, &format!("guessed from {}", self.nouns.clues));
        out.line(0, "shared:");
        for (key, purpose) in &plan.shared {
            out.line(1, &format!("{}: {}", scope_text(key), flow(&purpose.as_str().into())));
        }
    }

    /// There is nothing to compare: what is written says so, and how a tenant is.
    fn nobody(&self, out: &mut Writer) {
        out.blank();
        let line = format!("No {} was found that a tenant could have,", self.nouns.one);
        out.comment(0, &line);
        out.comment(0, "so nothing is compared until one is written here:");
        let id = if self.nouns == Nouns::GOOGLE { "gcp:acme-prod" } else { "111111111111" };
        for line in [
            "tenants:",
            "  acme:",
            "    environments:",
            "      production:",
            &format!("        scopes: [\"{id}\"]"),
        ] {
            out.comment(0, line);
        }
        out.line(0, "tenants: {}");
    }

    /// Whether anything of this cloud was discovered.
    fn has(&self, cloud: &Cloud) -> bool {
        self.snapshot.scopes.iter().any(|scope| scope.cloud == *cloud)
    }
}
