//! Cloud Storage.

use google_cloud_iam_v1::model::GetPolicyOptions;
use serde_json::Value;

use super::bucket_json::bucket_json;
use super::hierarchy::token;
use super::{BUCKETS_GET_IAM_POLICY, BUCKETS_LIST, Official, policy_json};
use crate::error::{CallError, ErrorClass};
use crate::session::Session;

/// One page of a project's buckets.
#[derive(Clone, Debug, Default)]
pub(crate) struct BucketPage {
    /// The buckets, each as the JSON API (v1) gives it, without access control lists.
    pub(crate) buckets: Vec<Value>,
    /// What could not be read, as the service names it: buckets or locations.
    pub(crate) unreachable: Vec<String>,
    /// The next page's token.
    pub(crate) next: Option<String>,
}

/// The most that a page holds.
const PAGE_SIZE: i32 = 1000;

/// One page of the project's buckets. Where a location is down, the others' are given.
pub(crate) async fn list_buckets(
    o: &Official,
    s: &Session,
    project: &str,
    page_token: Option<&str>,
) -> Result<BucketPage, CallError> {
    let method = &BUCKETS_LIST;
    // Without a mask of its own the answer holds everything but access control lists and owners.
    let request = o
        .storage
        .list_buckets()
        .with_options(o.options(s, method))
        .set_parent(format!("projects/{project}"))
        .set_page_size(PAGE_SIZE)
        .set_return_partial_success(true)
        .set_page_token(page_token.unwrap_or_default());
    let page = o.call(s, method, request.send()).await?;
    Ok(BucketPage {
        buckets: page.buckets.iter().map(bucket_json).collect(),
        unreachable: page.unreachable,
        next: token(page.next_page_token),
    })
}

/// The bucket's IAM policy as REST gives it, conditions included, without `etag` and `version`.
pub(crate) async fn bucket_policy(
    o: &Official,
    s: &Session,
    bucket: &str,
) -> Result<Value, CallError> {
    let method = &BUCKETS_GET_IAM_POLICY;
    // Below version 3, a conditional role comes without its condition and under a made-up name.
    let request = o
        .storage
        .get_iam_policy()
        .with_options(o.options(s, method))
        .set_resource(format!("projects/_/buckets/{bucket}"))
        .set_options(GetPolicyOptions::new().set_requested_policy_version(3));
    let policy = o.call(s, method, request.send()).await?;
    policy_json(&policy).ok_or_else(|| {
        let message = "the policy cannot be put into JSON";
        CallError::own(&method.operation(), ErrorClass::Broken, "invalid-response", message)
    })
}
