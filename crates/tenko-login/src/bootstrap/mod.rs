//! What has to be in each account and project so that logins work, and nothing else.
//!
//! [`Plan::of`] takes targets and says which role ([`Role`]) and which service account
//! ([`Project`]) each of them needs; [`cloudformation`], [`terraform`] and [`google`] write that
//! down for whoever administers the accounts. Nothing here talks to a cloud, and what is made this
//! way is what [`doctor`](crate::doctor) compares the live roles with.

mod cloudformation;
mod error;
mod google;
mod hub;
mod node;
mod plan;
mod principal;
mod project;
mod role;
mod terraform;

#[cfg(test)]
pub(crate) mod tests;

pub use cloudformation::{STACK_SET, cloudformation, overrides};
pub use error::BootstrapError;
pub use google::google;
pub use hub::hub_policies;
pub use plan::Plan;
pub use principal::{Principal, Trusting};
pub use project::{ACCOUNT_VIEWER, PROJECT_ROLES, Project, TOKEN_CREATOR};
pub use role::{DENY, Role};
pub use terraform::terraform;
