//! Where people and programs sign in before they have keys: IAM Identity Center, tokens of other
//! identity providers, the console's federation endpoint, and the pages that a browser opens.

pub(super) mod center;
pub(super) mod console;
pub(super) mod pages;

use serde::{Deserialize, Serialize};

pub use console::SignIn;

/// IAM Identity Center: OpenID Connect (`sso-oidc`), its pages for browsers, and the portal (`sso`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityCenter {
    /// `https://acme.awsapps.com/start`; others are refused.
    pub start_url: String,
    /// Its region.
    pub region: String,
    /// Who signs in.
    pub user: String,
    /// What that person does at the browser.
    pub approval: Approval,
    /// How many polls are told to slow down, before anything else.
    pub slow_downs: u32,
    /// Seconds between polls that clients are told to wait.
    pub interval: u64,
    /// How long a device's code is good, in seconds; 0 for one that has expired at once.
    pub device_seconds: i64,
    /// How long access tokens are good, in seconds.
    pub token_seconds: i64,
    /// How long a role's credentials are good, in seconds.
    pub session_seconds: i64,
    /// Whether a refresh token stays good once it was used.
    pub keeps_refresh_tokens: bool,
    /// What the person may use.
    pub assignments: Vec<Assignment>,
}

impl Default for IdentityCenter {
    fn default() -> Self {
        Self {
            start_url: "https://example.awsapps.com/start".into(),
            region: "us-east-1".into(),
            user: "alice".into(),
            approval: Approval::default(),
            slow_downs: 0,
            interval: 1,
            device_seconds: 600,
            token_seconds: 3600,
            session_seconds: 3600,
            keeps_refresh_tokens: false,
            assignments: Vec::new(),
        }
    }
}

impl IdentityCenter {
    /// One whose person approves at once.
    pub fn new(start_url: &str, region: &str) -> Self {
        Self { start_url: start_url.into(), region: region.into(), ..Self::default() }
    }

    /// Lets the person use a permission set in an account.
    #[must_use]
    pub fn assign(mut self, account: &str, role: &str) -> Self {
        self.assignments.push(Assignment { account: account.into(), role: role.into() });
        self
    }

    /// The role that a permission set has in an account, with its path.
    pub fn role_name(&self, permission_set: &str) -> String {
        let region = match self.region.as_str() {
            "us-east-1" => String::new(),
            region => format!("{region}/"),
        };
        format!(
            "aws-reserved/sso.amazonaws.com/{region}AWSReservedSSO_{permission_set}_1a2b3c4d5e6f7a8b"
        )
    }
}

/// A permission set in an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The account.
    pub account: String,
    /// The permission set's name.
    pub role: String,
}

/// What the person does who is asked to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Approves once this many polls were told to wait; a page in a browser approves at once.
    AfterPolls(u32),
    /// Approves when the page is opened, and not without.
    InBrowser,
    /// Refuses.
    Deny,
    /// Does nothing.
    Never,
}

impl Default for Approval {
    fn default() -> Self {
        Self::AfterPolls(0)
    }
}

/// A token of another identity provider, as `AssumeRoleWithWebIdentity` takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebIdentity {
    /// The token's text.
    pub token: String,
    /// ARNs of the roles that it opens.
    pub roles: Vec<String>,
    /// Whom it is about: `repo:acme/infra:ref:refs/heads/main`.
    pub subject: String,
    /// Whom it is for.
    pub audience: String,
    /// Who made it.
    pub provider: String,
    /// Whether its time is over.
    pub is_expired: bool,
}

/// How the console's federation endpoint behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Console {
    /// Whether it takes `GET` only.
    pub refuses_post: bool,
}
