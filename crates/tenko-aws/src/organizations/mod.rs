//! Organizations: what belongs to the organization as a whole. It is read in one account's scope only.

use crate::sdk_type::SdkType;

mod policy;

/// The Organizations types that are collected.
pub(crate) static TYPES: &[&SdkType] = &[&policy::POLICY];
