//! The tables of what a manifest says of read-only logins.

use crate::grammar::SERVICE_ACCOUNT;
use crate::shape::Shape::{self, Form, List, Object, Scope, Text, Word};
use crate::shape::object;

pub(crate) const ROLE_ARN: Shape =
    Form("a role's ARN", "^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/.+$");
const DURATION: Shape = Form("a time such as `1h` or `90m`", "^([0-9]+h)?([0-9]+m)?([0-9]+s)?$");
const EXTERNAL_ID: Shape = Form(
    "an external id",
    "^([A-Za-z0-9_+=,.@:/-]|\\{(tenant|environment|stage|account)\\}){2,1224}$",
);
pub(crate) const REGION: Shape = Form("a region", "^[a-z]+(-[a-z]+)+-[0-9]+$");
const START_URL: Shape = Form("an address", "^https?://[^/?#@ ]+(/[^?#@ ]*)?$");

/// Kinds of data, as [`tenko_core::DataLevel`] writes them.
const DATA: Shape = Word(&["logs", "objects", "tables", "messages", "code", "parameters"]);
const WARNING: Shape = Word(&["confirm", "banner", "off"]);

object! {
    /// How people and programs log in, read-only. Everything is optional.
    LOGIN "the login settings" {
        /// For AWS accounts.
        optional aws: Object(&LOGIN_AWS),
        /// For Google Cloud projects.
        optional google: Object(&LOGIN_GOOGLE),
        /// Whether every login must name a ticket. The default is `optional`.
        optional ticket: Word(&["required", "optional"]),
        /// Whether a session is given out (`allow`) or not (`refuse`) whose write access could not be tested because the test itself failed. A session that can write is never given out. The default is `refuse`.
        optional unproven: Word(&["allow", "refuse"]),
        /// What happens at logins to production, and to any stage that is not known to be something else: a banner, a banner and the environment's name to be typed (`confirm`), or neither. `tenko credentials`, which programs call, never asks. The default is `banner`.
        optional production: WARNING,
    }
}

object! {
    /// How logins get into AWS accounts.
    LOGIN_AWS "the AWS login" {
        /// The role that is assumed in the account: its name, or path and name. The default is `TenkoReadOnly`.
        optional role: Text,
        /// The ARN of a role that is assumed first; the roles in the accounts then need to trust no other.
        optional hub: ROLE_ARN,
        /// The external id that the hub role's trust policy asks for.
        optional hub_external_id: EXTERNAL_ID,
        /// The external id that the trust policies of the roles in the accounts ask for. `{tenant}`, `{environment}`, `{stage}` and `{account}` are filled in.
        optional external_id: EXTERNAL_ID,
        /// How long a session lives: `15m` to `12h`, and at most `1h` through a hub role or IAM Identity Center.
        optional duration: DURATION,
        /// The profile of the AWS configuration that the credentials come from. The default is the usual chain: environment variables, the default profile, web identity, the role of the container or instance.
        optional profile: Text,
        /// Where to sign in, without a profile.
        optional identity_center: Object(&IDENTITY_CENTER),
        /// The region that commands in a session use unless told otherwise.
        optional region: REGION,
    }
}

object! {
    /// A permission set of IAM Identity Center.
    IDENTITY_CENTER "an Identity Center" {
        /// The address of the access portal: `https://acme.awsapps.com/start`.
        required start_url: START_URL,
        /// The region of the Identity Center.
        required region: REGION,
        /// The account in which the permission set is used: the hub role's, or the one that the roles trust.
        required account: Scope,
        /// The name of the permission set.
        required role: Text,
    }
}

object! {
    /// How logins get into Google Cloud projects.
    LOGIN_GOOGLE "the Google login" {
        /// The service account that is impersonated. `{project}` stands for the project. The default is `tenko-login@{project}.iam.gserviceaccount.com`.
        optional impersonate: SERVICE_ACCOUNT,
        /// The service accounts in between, where people may not impersonate it directly; each may impersonate the next. `{project}` stands for the project here, too.
        optional delegates: List(&SERVICE_ACCOUNT),
    }
}

object! {
    /// What is different about logins to this environment.
    LOGIN_ENVIRONMENT "the login of an environment" {
        /// The data that may be read where a login asks for it (`--with`), in AWS accounts. The default is none: a login sees how things are set up and nothing of what is in them.
        optional data: List(&DATA),
        /// The role in this environment's accounts: its name, or path and name.
        optional role: Text,
        /// The external id that the trust policies in this environment's accounts ask for. `{tenant}`, `{environment}`, `{stage}` and `{account}` are filled in.
        optional external_id: EXTERNAL_ID,
        /// The service account of this environment's projects. `{project}` stands for the project.
        optional impersonate: SERVICE_ACCOUNT,
        /// What happens at logins to this environment, instead of what happens at those to production or to others.
        optional warning: WARNING,
    }
}
