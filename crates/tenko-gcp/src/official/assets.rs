//! Cloud Asset Inventory.

use google_cloud_asset_v1::model::{self, ContentType};
use google_cloud_wkt as wkt;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::hierarchy::token;
use super::{ASSETS_LIST, Official, policy_json};
use crate::error::{CallError, ErrorClass};
use crate::session::Session;

/// What is asked of each asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The resource itself.
    Resource,
    /// The IAM policy that is set on it. Assets without one are not listed.
    IamPolicy,
}

/// One asset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asset {
    /// The full resource name (`//compute.googleapis.com/projects/..`).
    pub(crate) name: String,
    /// The asset type (`compute.googleapis.com/Instance`).
    pub(crate) asset_type: String,
    /// The number of the project that it is in; none for what hangs directly in a folder or an organization.
    pub(crate) project: Option<String>,
    /// The resource as the service's own API gives it; empty when it was not asked for.
    pub(crate) data: Map<String, Value>,
    /// A zone, region, multi-region or `global`; none where the answer does not say.
    pub(crate) location: Option<String>,
    /// The policy as REST gives it, without `etag` and `version`.
    pub(crate) iam_policy: Option<Value>,
}

/// One page of assets.
#[derive(Clone, Debug, Default)]
pub(crate) struct AssetPage {
    /// The assets, in the order of the answer.
    pub(crate) assets: Vec<Asset>,
    /// As of when they are.
    pub(crate) read_time: Option<Timestamp>,
    /// The next page's token.
    pub(crate) next: Option<String>,
}

/// The most that a page holds.
const PAGE_SIZE: i32 = 1000;

/// One page of the assets of these types below an organization, a folder or a project (`projects/acme-prod`), as they
/// were at `read_time` or, without it, as they are. A type that Asset Inventory does not know fails the whole call.
pub(crate) async fn list_assets(
    o: &Official,
    s: &Session,
    parent: &str,
    types: &[String],
    content: Content,
    read_time: Option<Timestamp>,
    page_token: Option<&str>,
) -> Result<AssetPage, CallError> {
    let method = &ASSETS_LIST;
    let content = match content {
        Content::Resource => ContentType::Resource,
        Content::IamPolicy => ContentType::IamPolicy,
    };
    let read_time = read_time
        .and_then(|time| wkt::Timestamp::new(time.as_second(), time.subsec_nanosecond()).ok());
    let request = o
        .assets
        .list_assets()
        .with_options(o.options(s, method))
        .set_parent(parent)
        .set_asset_types(types)
        .set_content_type(content)
        .set_or_clear_read_time(read_time)
        .set_page_size(PAGE_SIZE)
        .set_page_token(page_token.unwrap_or_default());
    let page = o.call(s, method, request.send()).await?;
    let assets = page.assets.into_iter().map(of_asset).collect::<Option<_>>().ok_or_else(|| {
        let message = "an IAM policy cannot be put into JSON";
        CallError::own(&method.operation(), ErrorClass::Broken, "invalid-response", message)
    })?;
    Ok(AssetPage {
        assets,
        read_time: page.read_time.and_then(timestamp),
        next: token(page.next_page_token),
    })
}

fn of_asset(asset: model::Asset) -> Option<Asset> {
    let iam_policy = match &asset.iam_policy {
        Some(policy) => Some(policy_json(policy)?),
        None => None,
    };
    let resource = asset.resource.unwrap_or_default();
    // Older answers have no ancestors; the parent of what is directly in a project is the project.
    let nearest = asset.ancestors.into_iter().next().unwrap_or(resource.parent);
    let project = nearest.rsplit_once("projects/").map(|(_, number)| number.to_owned());
    Some(Asset {
        name: asset.name,
        asset_type: asset.asset_type,
        project,
        data: resource.data.unwrap_or_default(),
        location: token(resource.location),
        iam_policy,
    })
}

pub(super) fn timestamp(time: wkt::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds(), time.nanos()).ok()
}
