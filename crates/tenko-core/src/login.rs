//! What a declaration says of read-only logins: which role is assumed, by whom, for how long, and
//! which data an environment lets people read.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of data that a login may be allowed to read, where its environment declares it. Without
/// any, a session sees how things are set up and none of what is in them. Credentials, shells and
/// further sessions are of no level: no login can have them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DataLevel {
    /// What programs wrote down: log events, and summaries of traces.
    Logs,
    /// Objects of buckets.
    Objects,
    /// Rows and items of databases.
    Tables,
    /// Messages of queues and records of streams.
    Messages,
    /// Source code, images of containers, templates.
    Code,
    /// Values of parameters and configuration that are not secrets.
    Parameters,
}

impl DataLevel {
    /// All of them, as the manifest writes them.
    pub const ALL: [Self; 6] =
        [Self::Logs, Self::Objects, Self::Tables, Self::Messages, Self::Code, Self::Parameters];

    /// The word in a manifest and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::Objects => "objects",
            Self::Tables => "tables",
            Self::Messages => "messages",
            Self::Code => "code",
            Self::Parameters => "parameters",
        }
    }
}

impl fmt::Display for DataLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DataLevel {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|level| level.as_str() == text).ok_or(())
    }
}

/// How people are told where they are before they look around in production.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Warning {
    /// Only the plain line that every login prints.
    Off,
    /// A banner in colour.
    #[default]
    Banner,
    /// The banner, and the environment's name must be typed.
    Confirm,
}

/// The `login` section of a manifest. Texts may hold placeholders (`{tenant}`, `{environment}`,
/// `{stage}`, `{account}`, `{project}`), which are filled in per login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginSettings {
    /// For AWS accounts.
    pub aws: AwsLogin,
    /// For Google Cloud projects.
    pub google: GoogleLogin,
    /// Whether every login must name a ticket.
    pub ticket_required: bool,
    /// Whether a session is given out whose write access could not be tested (the test itself
    /// failed), rather than only one that is proven to be refused.
    pub allow_unproven: bool,
    /// What happens at logins to production.
    pub production: Warning,
}

/// How logins get into AWS accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsLogin {
    /// The role in each account: its name, or path and name. `None` is the role that
    /// `tenko bootstrap` makes.
    pub role: Option<String>,
    /// The ARN of a role that is assumed first; the roles in the accounts then trust it alone.
    pub hub: Option<String>,
    /// The external id that the hub role asks for.
    pub hub_external_id: Option<String>,
    /// The external id that the roles in the accounts ask for; a template.
    pub external_id: Option<String>,
    /// How long sessions live, in seconds: 900 to 43,200, and through a hub 3,600 at most.
    pub duration: Option<u32>,
    /// The profile whose credentials everything begins with; `None` is the usual chain.
    pub profile: Option<String>,
    /// IAM Identity Center to sign in at, without a profile.
    pub identity_center: Option<IdentityCenter>,
    /// The region that commands in a session use unless told otherwise.
    pub region: Option<String>,
}

/// Where people sign in, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityCenter {
    /// `https://acme.awsapps.com/start`.
    pub start_url: String,
    /// The region of the Identity Center.
    pub region: String,
    /// The account whose permission set is used.
    pub account: String,
    /// The permission set's name.
    pub role: String,
}

/// How logins get into Google Cloud projects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoogleLogin {
    /// The service account to become; a template. `None` is the one that `tenko bootstrap` makes
    /// in each project.
    pub impersonate: Option<String>,
    /// The service accounts in between, in order; templates.
    pub delegates: Vec<String>,
}

/// What one environment says of logins to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentLogin {
    /// The data that may be asked for.
    pub data: BTreeSet<DataLevel>,
    /// Instead of [`AwsLogin::external_id`]; a template.
    pub external_id: Option<String>,
    /// Instead of [`AwsLogin::role`].
    pub role: Option<String>,
    /// Instead of [`GoogleLogin::impersonate`]; a template.
    pub impersonate: Option<String>,
    /// Instead of what production does.
    pub warning: Option<Warning>,
}
