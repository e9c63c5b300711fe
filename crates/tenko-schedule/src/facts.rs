//! What is filled in: values of the manifest that are of their form, and what is not said.

use std::collections::BTreeSet;

use jiff::civil::Date;
use tenko_core::{Cloud, Reporting};

use crate::Context;
use crate::when::When;

/// What stands where the manifest does not say.
pub(crate) const PLACEHOLDER: &str = "CHANGE-ME";
/// The variable of a webhook that the manifest does not name.
const WEBHOOK: &str = "TENKO_SLACK_WEBHOOK";

/// Everything that templates are filled in from.
pub(crate) struct Facts {
    pub(crate) when: When,
    pub(crate) today: Date,
    pub(crate) aws: bool,
    pub(crate) google: bool,
    pub(crate) aws_role: Option<String>,
    pub(crate) aws_region: Option<String>,
    pub(crate) google_provider: Option<String>,
    pub(crate) google_service_account: Option<String>,
    pub(crate) image: Option<String>,
    /// `s3://BUCKET/PREFIX` or `gs://BUCKET/PREFIX`; `None` is a folder, which a job has to keep.
    pub(crate) history: Option<String>,
    /// Whether there is an issue on GitHub to keep up to date.
    pub(crate) issue: bool,
    /// The variables that hold the URLs of webhooks.
    pub(crate) webhooks: Vec<String>,
    pub(crate) manifests: Vec<String>,
    pub(crate) suppressions: Option<String>,
}

impl Facts {
    pub(crate) fn of(reporting: &Reporting, context: &Context) -> Self {
        let schedule = &reporting.schedule;
        let kept = |value: &Option<String>, fits: fn(&str) -> bool| {
            value.clone().filter(|text| fits(text))
        };
        let owners = reporting.owners.values().filter_map(|owner| owner.slack_webhook.as_ref());
        let webhooks: BTreeSet<_> = reporting.notify.slack_webhook.iter().chain(owners).collect();
        // What is no name of a variable was not read from a manifest.
        let named =
            |name: &&String| if is_variable(name) { (*name).clone() } else { WEBHOOK.to_owned() };
        let mut webhooks: Vec<_> = webhooks.iter().map(named).collect();
        webhooks.dedup();
        let of_aws = schedule.aws_role.is_some() || context.clouds.contains(&Cloud::aws());
        let google = schedule.google_provider.is_some()
            || schedule.google_service_account.is_some()
            || context.clouds.contains(&Cloud::gcp());
        let manifests = match context.manifests.as_slice() {
            [] => vec!["tenants.yaml".to_owned()],
            all => all.to_vec(),
        };
        Self {
            when: When::of(schedule.at.as_deref(), reporting.timezone.as_deref()),
            today: context.today,
            aws: of_aws || !google,
            google,
            aws_role: kept(&schedule.aws_role, is_role),
            aws_region: kept(&schedule.aws_region, is_word),
            google_provider: kept(&schedule.google_provider, is_path),
            google_service_account: kept(&schedule.google_service_account, is_account),
            image: kept(&schedule.image, is_image),
            history: kept(&reporting.history, is_remote),
            issue: reporting.notify.github_repository.is_some(),
            webhooks,
            manifests,
            suppressions: context.suppressions.clone(),
        }
    }

    /// The bucket and the prefix of a history in this store.
    pub(crate) fn bucket(&self, scheme: &str) -> Option<(&str, &str)> {
        let rest = self.history.as_deref()?.strip_prefix(scheme)?.strip_prefix("://")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        Some((bucket, prefix.trim_matches('/')))
    }
}

/// The last part of a path: where files are copied to, their folders are not.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or("tenants.yaml")
}

fn all(text: &str, further: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || further.contains(c))
}

fn is_variable(text: &str) -> bool {
    all(text, "_") && !text.starts_with(|c: char| c.is_ascii_digit())
}

fn is_role(text: &str) -> bool {
    text.starts_with("arn:aws") && text.contains(":role/") && all(text, ":/_+=,.@-")
}

fn is_word(text: &str) -> bool {
    all(text, "-")
}

fn is_path(text: &str) -> bool {
    text.starts_with("projects/") && all(text, "/-")
}

fn is_account(text: &str) -> bool {
    text.contains('@') && all(text, "@.-_")
}

fn is_image(text: &str) -> bool {
    all(text, "._/:@-")
}

/// Names of objects hold anything; what another tool would read as more than a name is left out.
fn is_remote(text: &str) -> bool {
    let rest = text.strip_prefix("s3://").or_else(|| text.strip_prefix("gs://"));
    rest.is_some_and(|rest| all(rest, "._/=-"))
}
