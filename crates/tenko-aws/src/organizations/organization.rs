use aws_sdk_organizations::types::{EnabledServicePrincipal, Organization, PolicyTypeStatus, Root};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tenko_core::{AttrPath, BoxStream, ReachKind};

use super::all;
use super::membership::describe;
use crate::context::UnitContext;
use crate::sdk_paging::{Page, call_error, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};
use crate::wire::CallError;

pub(super) static ORGANIZATION: SdkType = SdkType {
    name: "AWS::Organizations::Organization",
    id_attribute: "Id",
    service: "organizations",
    title: "Organization",
    doc: "The organization itself: its management account, its features, the kinds of policies that are switched on, and \
        the services of AWS that it trusts.\n\
        \n\
        Read with `DescribeOrganization`, `ListRoots` and `ListAWSServiceAccessForOrganization`; the id is `Id`. As \
        `AWS::Organizations::Policy` it is read once, in the account whose scope stands for the organization, and \
        skipped in every other one.\n\
        \n\
        - `RootId` and `PolicyTypes` are those of the first root; an organization has one.\n\
        - `PolicyTypes` has only the kinds that are enabled. `TrustedServices` are service principals.",
    reach: ReachKind::Global,
    taggable: false,
    attributes: &[
        "FeatureSet",
        "Id",
        "ManagementAccountId",
        "PolicyTypes",
        "RootId",
        "TrustedServices",
    ],
    ignored: &["ManagementAccountId", "RootId"],
    sensitive: &[],
    sets: &["PolicyTypes", "TrustedServices"],
    operations: &[
        SdkOperation { name: "DescribeOrganization", action: "organizations:DescribeOrganization" },
        SdkOperation { name: "ListRoots", action: "organizations:ListRoots" },
        SdkOperation {
            name: "ListAWSServiceAccessForOrganization",
            action: "organizations:ListAWSServiceAccessForOrganization",
        },
    ],
    iac: include_str!("organization.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    let events = async move {
        match describe(ctx).await {
            Ok(None) => Vec::new(),
            Ok(Some(found)) => complete(ctx, &found).await,
            Err(error) => vec![TypeEvent::Failed(error)],
        }
    };
    stream::once(events).flat_map(stream::iter).boxed()
}

async fn complete(ctx: &UnitContext<'_>, found: &Organization) -> Vec<TypeEvent> {
    let mut events = Vec::new();
    let mut unknown = Vec::new();
    let mut lost = |error: CallError, attributes: &[&str]| {
        events.push(TypeEvent::Problem(error));
        unknown.extend(attributes.iter().copied().map(AttrPath::key));
    };
    let roots = roots(ctx).await.unwrap_or_else(|error| {
        lost(error, &["RootId", "PolicyTypes"]);
        Vec::new()
    });
    let trusted = trusted(ctx).await.map(|trusted| services(&trusted)).unwrap_or_else(|error| {
        lost(error, &["TrustedServices"]);
        Value::Null
    });
    let mut draft = draft(found, roots.first(), trusted);
    draft.unknown = unknown;
    events.insert(0, TypeEvent::Drafts(vec![draft]));
    events
}

fn draft(found: &Organization, root: Option<&Root>, trusted: Value) -> Draft {
    let enabled = |root: &Root| -> Vec<String> {
        let kinds = root.policy_types.iter().flatten();
        let enabled = kinds.filter(|kind| kind.status == Some(PolicyTypeStatus::Enabled));
        enabled.filter_map(|kind| text(&kind.r#type).map(str::to_owned)).collect()
    };
    let attributes = json!({
        "FeatureSet": text(&found.feature_set),
        "Id": text(&found.id),
        "ManagementAccountId": text(&found.master_account_id),
        "PolicyTypes": root.map(enabled),
        "RootId": root.and_then(|root| text(&root.id)),
        "TrustedServices": trusted,
    });
    Draft::new(found.id.clone(), attributes)
}

fn services(trusted: &[EnabledServicePrincipal]) -> Value {
    trusted.iter().filter_map(|trusted| text(&trusted.service_principal)).collect()
}

async fn roots(ctx: &UnitContext<'_>) -> Result<Vec<Root>, CallError> {
    const OPERATION: &str = "ListRoots";
    all(pages(
        "organizations",
        OPERATION,
        |root: &Root| root.id.as_deref(),
        move |token| async move {
            ctx.pass("organizations").await;
            let request = ctx.clients.organizations.list_roots().set_next_token(token);
            let answer = request.customize().config_override(ctx.organizations()).send().await;
            let answer =
                answer.map_err(|error| call_error(ctx, &error, "organizations", OPERATION))?;
            Ok(Page { items: answer.roots.unwrap_or_default(), next: answer.next_token })
        },
    ))
    .await
}

async fn trusted(ctx: &UnitContext<'_>) -> Result<Vec<EnabledServicePrincipal>, CallError> {
    const OPERATION: &str = "ListAWSServiceAccessForOrganization";
    fn id(trusted: &EnabledServicePrincipal) -> Option<&str> {
        trusted.service_principal.as_deref()
    }
    all(pages("organizations", OPERATION, id, move |token| async move {
        ctx.pass("organizations").await;
        let client = &ctx.clients.organizations;
        let request = client.list_aws_service_access_for_organization().set_next_token(token);
        let answer = request.customize().config_override(ctx.organizations()).send().await;
        let answer = answer.map_err(|error| call_error(ctx, &error, "organizations", OPERATION))?;
        let items = answer.enabled_service_principals.unwrap_or_default();
        Ok(Page { items, next: answer.next_token })
    }))
    .await
}

#[cfg(test)]
mod tests {
    use aws_sdk_organizations::types::{PolicyType, PolicyTypeSummary};

    use super::*;

    #[test]
    fn only_kinds_that_are_on_count() {
        let kind = |kind, status| PolicyTypeSummary::builder().r#type(kind).status(status).build();
        let root = Root::builder()
            .id("r-1")
            .policy_types(kind(PolicyType::ServiceControlPolicy, PolicyTypeStatus::Enabled))
            .policy_types(kind(PolicyType::TagPolicy, PolicyTypeStatus::PendingDisable))
            .build();
        let found = Organization::builder().id("o-1").build();
        let draft = draft(&found, Some(&root), json!([]));
        assert_eq!(draft.attributes["PolicyTypes"], json!(["SERVICE_CONTROL_POLICY"]));
        assert_eq!(draft.attributes["RootId"], "r-1");
    }
}
