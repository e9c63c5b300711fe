//! Why nothing can be made.

use crate::policy::PolicyTooLarge;

/// Why `tenko bootstrap` makes nothing. Names are as the declaration or the caller wrote them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BootstrapError {
    /// No target was given.
    #[error("no account and no project is selected")]
    Nothing,
    /// Nobody is to be let into the accounts.
    #[error("it is not declared who logs in to the AWS accounts")]
    NoHub,
    /// Nobody is to be let into the projects.
    #[error("nobody is named who logs in to the Google Cloud projects")]
    NoMember,
    /// What was given as trusted cannot be trusted alone.
    #[error("{text:?} cannot be trusted: {reason}")]
    Untrustworthy {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two different principals for the accounts.
    #[error("the AWS accounts can trust one principal, and two are given: {one} and {other}")]
    TwoHubs {
        /// The first.
        one: String,
        /// The second.
        other: String,
    },
    /// A target's account id has another form.
    #[error("{account:?} of {target} is not the id of an AWS account: twelve digits")]
    Account {
        /// `acme/production`.
        target: String,
        /// The id.
        account: String,
    },
    /// A project id has another form.
    #[error("{project:?} of {target} is not the id of a Google Cloud project")]
    Project {
        /// `acme/production`.
        target: String,
        /// The id.
        project: String,
    },
    /// A target of a cloud that logins do not know.
    #[error("{target} is in a cloud that logins do not know")]
    Cloud {
        /// `acme/production (x:1)`.
        target: String,
    },
    /// No external id is declared.
    #[error("no external id is declared for {target}")]
    NoExternalId {
        /// `acme/production (aws:333333333301)`.
        target: String,
    },
    /// The external id has characters, or a length, that STS does not take.
    #[error("the external id {external_id:?} of {target} cannot be used")]
    ExternalId {
        /// `acme/production (aws:333333333301)`.
        target: String,
        /// The id.
        external_id: String,
    },
    /// Accounts of different tenants have the same external id.
    #[error("{one} and {other} have the same external id, {external_id:?}")]
    SharedExternalId {
        /// `acme/production (aws:333333333301)`.
        one: String,
        /// The same of another tenant.
        other: String,
        /// The id of both.
        external_id: String,
    },
    /// Two environments share an account and its role, and disagree on the external id or the path.
    #[error("{one} and {other} need the same role with another external id or path")]
    Disagree {
        /// `acme/production (aws:333333333301)`.
        one: String,
        /// The other one.
        other: String,
    },
    /// The role's name or path is none that IAM takes.
    #[error("{role:?} of {target} is not the name, or path and name, of an IAM role")]
    RoleName {
        /// `acme/production (aws:333333333301)`.
        target: String,
        /// The name.
        role: String,
    },
    /// Not the address of a service account that can be made.
    #[error("{email:?} of {target} is not the address of a service account of a project")]
    ServiceAccount {
        /// `acme/production (gcp:acme-prod)`.
        target: String,
        /// The address.
        email: String,
    },
    /// The policy does not fit.
    #[error(transparent)]
    Policy(#[from] PolicyTooLarge),
}

impl BootstrapError {
    /// The next step, where there is one to name.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Nothing => "select environments that have accounts or projects",
            Self::NoHub => {
                "declare login.aws.hub, or name the role or the user with --trust \
                 arn:aws:iam::111111111111:role/NAME"
            }
            Self::NoMember => {
                "name a group, a user or a service account with --trust group:NAME@DOMAIN"
            }
            Self::Untrustworthy { .. } => {
                "name one role or one user by its whole ARN, or one group, user or service \
                 account of Google Cloud"
            }
            Self::TwoHubs { .. } => "name the principal that is declared, or none",
            Self::NoExternalId { .. } => {
                "declare login.aws.external_id, such as \"tenko-{tenant}-{account}\": it need not \
                 be secret, it must be another one for each client"
            }
            Self::ExternalId { .. } => {
                "an external id has 2 to 1,224 characters: letters, digits and _+=,.@:/-"
            }
            Self::SharedExternalId { .. } => {
                "put {tenant} or {account} into login.aws.external_id: with one id for two \
                 clients, it does not keep one's login out of the other's account"
            }
            Self::Disagree { .. } => {
                "declare another login.role for one of the environments, or the same \
                 login.external_id for both"
            }
            Self::RoleName { .. } => {
                "a name has 1 to 64 characters: letters, digits and _+=,.@-; a path ends with /"
            }
            Self::ServiceAccount { .. } => "NAME@PROJECT.iam.gserviceaccount.com",
            Self::Account { .. } | Self::Project { .. } | Self::Cloud { .. } => return None,
            Self::Policy(_) => return None,
        })
    }
}
