//! The tables of what a manifest says of reports.

use crate::grammar::{SERVICE_ACCOUNT, VARIABLE};
use crate::login_grammar::{REGION, ROLE_ARN};
use crate::shape::Shape::{self, Form, Map as MapOf, Object, Text, Word};
use crate::shape::object;

const LANG: Shape = Word(&["en", "ja"]);
const ZONE: Shape = Form("the name of a time zone", "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$");
const URL: Shape = Form("an address", "^https?://[^/?#@ ]+([/?#][^ ]*)?$");
const HISTORY: Shape = Form(
    "a folder, `s3://BUCKET/PREFIX` or `gs://BUCKET/PREFIX`",
    "^((s3|gs)://[^/@ ]+(/.*)?|([A-Za-z]:)?[^:]+)$",
);
const REPOSITORY: Shape =
    Form("a repository", "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}$");
const TIME: Shape = Form("a time of day", "^([01][0-9]|2[0-3]):[0-5][0-9]$");
const PROVIDER: Shape = Form(
    "a provider of workload identity federation",
    "^projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9-]{4,32}/providers/[a-z0-9-]{4,32}$",
);
const IMAGE: Shape = Form("a container image", "^[A-Za-z0-9][A-Za-z0-9._/:@-]*$");

object! {
    /// Reports: language, times, where runs are kept, who is told, and when audits run. Everything is optional.
    REPORT "the report settings" {
        /// The language that people are addressed in. The default is `en`.
        optional lang: LANG,
        /// The zone of times that people read, by its IANA name: `Asia/Tokyo`. The default is UTC.
        optional timezone: ZONE,
        /// Where runs are kept: a folder, `s3://BUCKET/PREFIX` or `gs://BUCKET/PREFIX`. The default is `.tenko/history`.
        optional history: HISTORY,
        /// Where a run's full report will be found, for those who are told of it. `{run}` stands for the run's id.
        optional url: URL,
        /// The file of suppressions. The default is `suppressions.yaml` beside the manifest, if it is there.
        optional suppressions: Text,
        /// What is different for those who answer for something, by the name that `owner` gives them.
        optional owners: MapOf("Owners, as `owner` names them.", &Object(&REPORT_OWNER)),
        /// The NAME of the environment variable that holds the URL of a Slack webhook.
        optional slack: VARIABLE,
        /// The rolling issue on GitHub.
        optional github: Object(&REPORT_GITHUB),
        /// When and where audits run, for `tenko schedule`.
        optional schedule: Object(&REPORT_SCHEDULE),
    }
}

object! {
    /// What is different for an owner.
    REPORT_OWNER "the report settings of an owner" {
        /// The zone of times that they read, by its IANA name: `Europe/Berlin`.
        optional timezone: ZONE,
        /// The language that they are addressed in.
        optional lang: LANG,
        /// The NAME of the environment variable that holds the URL of their own Slack webhook.
        optional slack: VARIABLE,
    }
}

object! {
    /// The rolling issue on GitHub.
    REPORT_GITHUB "the GitHub settings" {
        /// The repository: `acme/infrastructure`.
        required repository: REPOSITORY,
        /// The label by which the issue is found again. The default is `tenko`.
        optional label: Text,
    }
}

object! {
    /// When and where audits run. What is not said is a placeholder in what `tenko schedule` prints.
    REPORT_SCHEDULE "the schedule" {
        /// The time of day, `HH:MM`, in the report's zone. The default is `06:00`.
        optional at: TIME,
        /// The ARN of the role that the job gets.
        optional aws_role: ROLE_ARN,
        /// The AWS region that the job runs in.
        optional aws_region: REGION,
        /// The provider of workload identity federation: `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`.
        optional google_provider: PROVIDER,
        /// The service account that the job becomes.
        optional google_service_account: SERVICE_ACCOUNT,
        /// The container image that holds tenko: `registry.example.com/tenko:0.1.0`.
        optional image: IMAGE,
    }
}
