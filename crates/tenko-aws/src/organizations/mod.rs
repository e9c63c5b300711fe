//! Organizations: an account's membership, and what belongs to the organization as a whole. The latter is read in one
//! account's scope only.

use futures_util::StreamExt;

use crate::sdk_paging::Pages;
use crate::sdk_type::SdkType;
use crate::wire::CallError;

mod delegated_administrator;
mod membership;
mod organization;
mod policy;

/// The Organizations types that are collected in every account.
pub(crate) static TYPES: &[&SdkType] = &[&membership::MEMBERSHIP];

/// Those that are collected in the one account whose scope stands for the organization.
pub(crate) static OF_ORGANIZATION: &[&SdkType] = &[
    &delegated_administrator::DELEGATED_ADMINISTRATOR,
    &organization::ORGANIZATION,
    &policy::POLICY,
];

/// The code that tells that an account is in no organization.
const NOT_IN_USE: &str = "AWSOrganizationsNotInUseException";

/// A short listing as a whole.
async fn all<T>(mut pages: Pages<'_, T>) -> Result<Vec<T>, CallError> {
    let mut out = Vec::new();
    while let Some(page) = pages.next().await {
        out.extend(page?);
    }
    Ok(out)
}
