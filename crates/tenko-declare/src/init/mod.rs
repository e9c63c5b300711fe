//! A first manifest, written from what was discovered and collected.

mod entries;
mod plan;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Catalog, Cloud, Resource, ScopeKey, Snapshot};

use crate::settings::AwsSettings;
use plan::{EnvironmentPlan, Plan, TenantPlan};
use text::{Writer, flow, quoted, scalar};

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
}

/// Everything that the parts of the writer need.
struct Source<'s> {
    snapshot: &'s Snapshot,
    catalog: &'s Catalog,
    options: &'s InitOptions,
    resources: BTreeMap<ScopeKey, Vec<&'s Resource>>,
    /// Types that are written: those that the reader of the manifest will know.
    further: BTreeSet<&'s str>,
}

/// Writes a first manifest. It loads without errors, and an audit of the same snapshot finds
/// nothing: what is there is declared. Each guess has a comment that says what it was made from.
pub fn init(snapshot: &Snapshot, catalog: &Catalog, options: &InitOptions) -> String {
    let plan = plan::plan(snapshot, options.management.as_ref());
    let mut resources: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for resource in &snapshot.resources {
        resources.entry(resource.key.scope_key()).or_default().push(resource);
    }
    let further = further_types(snapshot, catalog, options);
    let source = Source { snapshot, catalog, options, resources, further };
    let mut out = Writer::default();
    source.header(&mut out, &plan);
    source.aws(&mut out);
    source.ownership(&mut out, &plan);
    shared(&mut out, &plan);
    if plan.tenants.is_empty() {
        out.blank();
        out.comment(0, "No account was found that a tenant could have.");
        out.line(0, "tenants: {}");
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

/// Types that only Cloud Control knows: those of the options, and those that were collected.
fn further_types<'s>(
    snapshot: &'s Snapshot,
    catalog: &Catalog,
    options: &'s InitOptions,
) -> BTreeSet<&'s str> {
    let is_name = |name: &str| {
        let parts: Vec<_> = name.split("::").collect();
        let plain = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric());
        parts.len() == 3 && parts.iter().all(plain)
    };
    let collected = snapshot.resources.iter().filter(|r| r.key.cloud == Cloud::aws());
    let collected = collected.map(|r| &r.key.resource_type).filter(|t| catalog.get(t).is_none());
    let all = collected.chain(&options.aws.cloud_control);
    all.map(|t| t.as_str()).filter(|name| is_name(name)).collect()
}

fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", items.into_iter().map(scalar).collect::<Vec<_>>().join(", "))
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
            "Whose an account is was guessed; each guess says from what. Change what is wrong.",
        );
        if self.options.depth != Depth::Scopes {
            out.comment(0, "The resources are those that were there: remove what should not be.");
        }
        if self.snapshot.run.cancelled {
            out.comment(0, "The roll call was cut short: there is more than stands here.");
        }
        if !self.snapshot.discovery_problems.is_empty() {
            out.comment(0, "Not everything could be discovered: accounts may be missing here.");
            for problem in self.snapshot.discovery_problems.iter().take(5) {
                out.comment(0, &format!("  {}: {}", problem.operation, problem.code));
            }
        }
        if !plan.left_out.is_empty() {
            out.comment(0, "Accounts that are not listed below:");
            for line in &plan.left_out {
                out.comment(0, &format!("  {line}"));
            }
        }
        out.line(0, "version: 1");
    }

    fn aws(&self, out: &mut Writer) {
        let aws = &self.options.aws;
        if *aws == AwsSettings::default() && self.further.is_empty() {
            return;
        }
        out.blank();
        out.line(0, "aws:");
        if let Some(discovery) = aws.discovery {
            out.entry(1, "discovery", discovery.as_str());
        }
        if !aws.accounts.is_empty() {
            let ids: Vec<_> = aws.accounts.iter().map(|id| quoted(id.as_str())).collect();
            out.entry(1, "accounts", &format!("[{}]", ids.join(", ")));
        }
        for (key, value) in [
            ("role", &aws.role),
            ("external_id", &aws.external_id),
            ("session_name", &aws.session_name),
            ("source_identity", &aws.source_identity),
            ("management_account_role", &aws.management_account_role),
        ] {
            if let Some(value) = value {
                out.entry(1, key, &scalar(value));
            }
        }
        if let Some(regions) = &aws.regions {
            out.entry(1, "regions", &list(regions.iter().map(|r| r.as_str())));
        }
        for (key, globs) in [("types", &aws.types), ("skip_types", &aws.skip_types)] {
            if !globs.is_empty() {
                out.entry(1, key, &list(globs.iter().map(String::as_str)));
            }
        }
        if !self.further.is_empty() {
            out.entry(1, "cloud_control", &list(self.further.iter().copied()));
        }
    }

    /// Keys that resources say their owner with. One that contradicts the guesses is left as a
    /// comment: with it, the first audit would report what nobody has decided yet.
    fn ownership(&self, out: &mut Writer, plan: &Plan) {
        let by_tenant = plan::ownership_keys(self.snapshot, words::tenant_key);
        let by_environment = plan::ownership_keys(self.snapshot, words::environment_key);
        if by_tenant.is_empty() && by_environment.is_empty() {
            return;
        }
        let sides = [("tenant_tags", by_tenant, true), ("environment_tags", by_environment, false)];
        let mut lines = Vec::new();
        for (name, keys, is_tenant) in sides {
            let (good, bad): (Vec<_>, Vec<_>) =
                keys.into_iter().partition(|key| !self.contradicts(plan, key, is_tenant));
            if !good.is_empty() {
                lines.push((false, format!("{name}: {}", list(good.iter().map(String::as_str)))));
            }
            for key in bad {
                let what = if is_tenant { "tenant" } else { "environment" };
                lines.push((true, format!("the tag {key} is not used: some resources name another {what} with it than their account's")));
            }
        }
        out.blank();
        let any = lines.iter().any(|(is_comment, _)| !is_comment);
        out.line(0, if any { "ownership:" } else { "# ownership:" });
        for (is_comment, line) in lines {
            if is_comment { out.comment(1, &line) } else { out.line(1, &line) }
        }
    }

    /// Whether a resource says with this tag that it is somebody else's.
    fn contradicts(&self, plan: &Plan, key: &str, tenant: bool) -> bool {
        self.resources.iter().any(|(scope, resources)| {
            let Some(own) = plan.owner_of(scope) else { return false };
            let mut values = resources.iter().filter_map(|r| r.tags.get(key));
            values.any(|value| {
                if tenant {
                    plan.names_other_tenant(&own, value)
                } else {
                    own.is_in_other_environment(value)
                }
            })
        })
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
            out.line(5, &format!("- {}  # {}", scope_text(key), text::comment(note)));
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
}

fn shared(out: &mut Writer, plan: &Plan) {
    if plan.shared.is_empty() {
        return;
    }
    out.blank();
    out.comment(0, "guessed from names and organizational units");
    out.line(0, "shared:");
    for (key, purpose) in &plan.shared {
        out.line(1, &format!("{}: {}", scope_text(key), flow(&purpose.as_str().into())));
    }
}
