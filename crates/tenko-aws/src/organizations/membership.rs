use aws_sdk_organizations::types::Organization;
use futures_util::{StreamExt, stream};
use serde_json::json;
use tenko_core::{BoxStream, Origin, ReachKind};

use super::NOT_IN_USE;
use crate::context::UnitContext;
use crate::sdk_paging::call_error;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};
use crate::wire::{CallError, ErrorClass};

pub(super) static MEMBERSHIP: SdkType = SdkType {
    name: "AWS::Organizations::Membership",
    id_attribute: "AccountId",
    service: "organizations",
    title: "Membership in an organization",
    doc: "That an account is in an organization, and in which. CloudFormation has no such type; the name is made in its \
        manner.\n\
        \n\
        Read with `DescribeOrganization` in every account, which members may call too; the id is the account's. An \
        account that is in no organization answers `AWSOrganizationsNotInUseException`: then there is no record, and the \
        coverage is complete.\n\
        \n\
        - `FeatureSet` is `ALL`, or `CONSOLIDATED_BILLING` where the organization has no policies.\n\
        - What belongs to the organization as a whole are types of their own.",
    reach: ReachKind::Global,
    taggable: false,
    attributes: &[
        "AccountId",
        "FeatureSet",
        "ManagementAccountId",
        "OrganizationArn",
        "OrganizationId",
    ],
    ignored: &[],
    sensitive: &[],
    sets: &[],
    operations: &[SdkOperation {
        name: "DescribeOrganization",
        action: "organizations:DescribeOrganization",
    }],
    // Nothing declares it: code declares accounts, and where they are.
    iac: "",
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    stream::once(async move {
        match describe(ctx).await {
            Ok(found) => {
                let draft = |found| draft(&ctx.session.account, &found);
                TypeEvent::Drafts(found.map(draft).into_iter().collect())
            }
            Err(error) => TypeEvent::Failed(error),
        }
    })
    .boxed()
}

/// The organization that the account is in, or none.
pub(super) async fn describe(ctx: &UnitContext<'_>) -> Result<Option<Organization>, CallError> {
    const OPERATION: &str = "DescribeOrganization";
    ctx.pass("organizations").await;
    let request = ctx.clients.organizations.describe_organization();
    let answer = request.customize().config_override(ctx.organizations()).send().await;
    let answer = match answer.map_err(|e| call_error(ctx, &e, "organizations", OPERATION)) {
        Err(error) if error.code.as_deref() == Some(NOT_IN_USE) => return Ok(None),
        answer => answer?,
    };
    let found = answer.organization.filter(|found| text(&found.id).is_some());
    found.map(Some).ok_or_else(|| {
        let text = "the answer names no organization";
        CallError::new(ErrorClass::InvalidResponse, "organizations", OPERATION, text)
    })
}

fn draft(account: &str, found: &Organization) -> Draft {
    let attributes = json!({
        "FeatureSet": text(&found.feature_set),
        "ManagementAccountId": text(&found.master_account_id),
        "OrganizationArn": text(&found.arn),
        "OrganizationId": text(&found.id),
    });
    let mut draft = Draft::new(Some(account.to_owned()), attributes)
        .made_by(Origin::ProviderDefault("every account of an organization has one".to_owned()));
    draft.name = Some(account.to_owned());
    draft
}
