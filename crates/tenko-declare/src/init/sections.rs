//! The sections of a first manifest that say how to get in, and whose resources say that they are.

use tenko_core::Cloud;

use super::plan::{self, Plan};
use super::text::{Writer, list, quoted, scalar};
use super::{Source, words};
use crate::google::{GoogleDiscovery, GoogleSettings};
use crate::settings::AwsSettings;

impl Source<'_> {
    /// The `aws` section. An empty one is written where nothing else would say that AWS is asked.
    pub(super) fn aws(&self, out: &mut Writer, plan: &Plan) {
        let aws = &self.options.aws;
        if *aws == AwsSettings::default() && self.cloud_control.is_empty() {
            if self.has(&Cloud::gcp()) && self.has(&Cloud::aws()) && !plan.names(&Cloud::aws()) {
                out.blank();
                out.line(0, "aws: {}");
            }
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
        lists(
            out,
            [
                ("types", aws.types.iter().map(String::as_str).collect()),
                ("skip_types", aws.skip_types.iter().map(String::as_str).collect()),
                ("cloud_control", self.cloud_control.iter().copied().collect()),
            ],
        );
    }

    /// The `google` section, where Google Cloud was asked. That an organization was seen is
    /// written down: whoever sees none another day must not take one project for all of them.
    pub(super) fn google(&self, out: &mut Writer) {
        let google = &self.options.google;
        if *google == GoogleSettings::default() && !self.has(&Cloud::gcp()) {
            return;
        }
        let seen = || {
            let scopes = &self.snapshot.scopes;
            let mut above = scopes.iter().filter(|s| !s.kind.holds_resources());
            above.any(|s| s.cloud == Cloud::gcp()).then_some(GoogleDiscovery::Organization)
        };
        out.blank();
        let discovery = google.discovery.or_else(seen);
        let is_empty = discovery.is_none()
            && *google == GoogleSettings::default()
            && self.asset_types.is_empty();
        if is_empty {
            out.comment(0, "Everything in it is optional: this stands for the credentials' own.");
            out.line(0, "google: {}");
            return;
        }
        out.line(0, "google:");
        if let Some(discovery) = discovery {
            out.entry(1, "discovery", discovery.as_str());
        }
        lists(
            out,
            [
                ("parents", google.parents.iter().map(String::as_str).collect()),
                ("projects", google.projects.iter().map(|id| id.as_str()).collect()),
            ],
        );
        if let Some(email) = &google.impersonate {
            out.entry(1, "impersonate", &scalar(email));
        }
        lists(out, [("delegates", google.delegates.iter().map(String::as_str).collect())]);
        if let Some(project) = &google.quota_project {
            out.entry(1, "quota_project", &scalar(project));
        }
        if let Some(source) = google.source {
            out.entry(1, "source", source.as_str());
        }
        lists(
            out,
            [
                ("types", google.types.iter().map(String::as_str).collect()),
                ("skip_types", google.skip_types.iter().map(String::as_str).collect()),
                ("asset_types", self.asset_types.iter().copied().collect()),
            ],
        );
    }

    /// Keys that resources say their owner with. One that contradicts the guesses is left as a
    /// comment: with it, the first audit would report what nobody has decided yet.
    pub(super) fn ownership(&self, out: &mut Writer, plan: &Plan) {
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
                lines.push((true, format!("the tag {key} is not used: some resources name another {what} with it than their {}'s", self.nouns.one)));
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
}

/// The lists that have something in them.
fn lists<const N: usize>(out: &mut Writer, lists: [(&str, Vec<&str>); N]) {
    for (key, items) in lists.into_iter().filter(|(_, items)| !items.is_empty()) {
        out.entry(1, key, &list(items));
    }
}
