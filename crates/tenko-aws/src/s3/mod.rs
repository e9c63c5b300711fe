//! S3: buckets.

use crate::sdk_type::SdkType;

mod bucket;
mod bucket_configuration;
mod bucket_reader;

/// The S3 types that are collected.
pub(crate) static TYPES: &[&SdkType] = &[&bucket::BUCKET];
