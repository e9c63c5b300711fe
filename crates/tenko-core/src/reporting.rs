//! What a declaration says of reports: language, times, where the history is, who is told, and when.

use std::collections::BTreeMap;

/// The `report` section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    /// The language that people are addressed in: `en` or `ja`; `None` is English.
    pub lang: Option<String>,
    /// The zone of times that people read, by its IANA name: `Asia/Tokyo`; `None` is UTC.
    pub timezone: Option<String>,
    /// Where runs are kept: a folder, `s3://bucket/prefix` or `gs://bucket/prefix`.
    pub history: Option<String>,
    /// Where a run's full report will be found: a URL, in which `{run}` stands for the run's id.
    pub url: Option<String>,
    /// Those who answer for something, by the name that `owner` gives them.
    pub owners: BTreeMap<String, Owner>,
    /// Who is told.
    pub notify: Notify,
    /// When and where audits run.
    pub schedule: Schedule,
}

impl Reporting {
    /// The zone of times that this owner reads: the owner's, else the report's.
    pub fn timezone_of(&self, owner: Option<&str>) -> Option<&str> {
        let own = owner.and_then(|name| self.owners.get(name)).and_then(|o| o.timezone.as_deref());
        own.or(self.timezone.as_deref())
    }
}

/// Somebody who answers for tenants, environments or resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The zone of times that they read, by its IANA name.
    pub timezone: Option<String>,
    /// Their language.
    pub lang: Option<String>,
    /// The environment variable that holds the URL of their own Slack webhook.
    pub slack_webhook: Option<String>,
}

/// Who is told of a report. Secrets are named by the environment variables that hold them, never
/// written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notify {
    /// The environment variable that holds the URL of a Slack webhook.
    pub slack_webhook: Option<String>,
    /// The repository of the rolling issue: `acme/infrastructure`.
    pub github_repository: Option<String>,
    /// The label by which the rolling issue is found again; `None` is `tenko`.
    pub github_label: Option<String>,
}

/// When and where audits run. What is `None` is a placeholder in what `tenko schedule` prints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The time of day, `HH:MM`, in the report's zone; `None` is 06:00.
    pub at: Option<String>,
    /// The role that the job gets, by ARN.
    pub aws_role: Option<String>,
    /// The region that the job runs in.
    pub aws_region: Option<String>,
    /// The provider of workload identity federation, by its whole resource name.
    pub google_provider: Option<String>,
    /// The service account that the job becomes.
    pub google_service_account: Option<String>,
    /// The container image that holds tenko.
    pub image: Option<String>,
}
