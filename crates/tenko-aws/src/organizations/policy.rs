use aws_sdk_organizations::types::{PolicySummary, PolicyTargetSummary, PolicyType, Tag};
use serde_json::{Value, json};
use tenko_core::{AttrPath, BoxStream, Origin, ReachKind};

use super::all;
use crate::context::UnitContext;
use crate::sdk_paging::{Page, Pages, call_error, each, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, document, text};
use crate::wire::{CallError, ErrorClass};

pub(super) static POLICY: SdkType = SdkType {
    name: "AWS::Organizations::Policy",
    id_attribute: "Id",
    service: "organizations",
    title: "Organization policy",
    doc: "A policy of the organization: what its accounts may do at most (SCP, RCP), or how a service is set up in them.\n\
        \n\
        Read with one paged `ListPolicies` per kind of policy, then `DescribePolicy`, `ListTargetsForPolicy` and \
        `ListTagsForResource` per policy; the id is `Id`. Kinds that the partition's endpoint does not know are taken as \
        having no policies.\n\
        \n\
        - An organization is one for all its accounts, so it is read once: in the caller's account if that is the \
        management account or a delegated administrator, else in the management account. In every other account the \
        type is skipped.\n\
        - `TargetIds` names what the policy is attached to itself; roots and units hand it down.\n\
        - Policies that AWS manages (`FullAWSAccess`) count as made by the provider. Their tags are not asked for: \
        they cannot have any.",
    reach: ReachKind::Global,
    taggable: true,
    attributes: &["Arn", "AwsManaged", "Content", "Description", "Id", "Name", "TargetIds", "Type"],
    ignored: &["Arn", "AwsManaged", "Id"],
    sensitive: &[],
    sets: &["TargetIds"],
    operations: &[
        SdkOperation { name: "ListPolicies", action: "organizations:ListPolicies" },
        SdkOperation { name: "DescribePolicy", action: "organizations:DescribePolicy" },
        SdkOperation { name: "ListTargetsForPolicy", action: "organizations:ListTargetsForPolicy" },
        SdkOperation { name: "ListTagsForResource", action: "organizations:ListTagsForResource" },
    ],
    iac: include_str!("policy.iac.toml"),
    collect,
};

/// Organizations is slow to answer and quick to throttle.
const AT_ONCE: usize = 2;

/// Where the tokens of one kind's listing end and the next kind's begin: no token of AWS starts like this.
const NEXT_KIND: &str = "next-kind:";

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    each(policies(ctx), AT_ONCE, move |policy| complete(ctx, policy))
}

/// The policies of all kinds, one kind after the other, as one listing.
fn policies<'a>(ctx: &'a UnitContext<'a>) -> Pages<'a, PolicySummary> {
    const OPERATION: &str = "ListPolicies";
    pages(
        "organizations",
        OPERATION,
        |policy: &PolicySummary| policy.id.as_deref(),
        move |token| async move {
            let (kind, token) = position(token.as_deref());
            let Some(filter) = PolicyType::values().get(kind) else {
                return Ok(Page { items: Vec::new(), next: None });
            };
            ctx.pass("organizations").await;
            let request = ctx
                .clients
                .organizations
                .list_policies()
                .filter((*filter).into())
                .set_next_token(token);
            let answer = request.customize().config_override(ctx.organizations()).send().await;
            let (items, next) = match answer {
                Ok(page) => (page.policies.unwrap_or_default(), page.next_token),
                Err(error) => {
                    let error = call_error(ctx, &error, "organizations", OPERATION);
                    let unknown_kind = matches!(
                        error.code.as_deref(),
                        Some("InvalidInputException" | "UnsupportedAPIEndpointException")
                    );
                    // Service control policies exist wherever organizations do.
                    if !unknown_kind || *filter == PolicyType::ServiceControlPolicy.as_str() {
                        return Err(error);
                    }
                    (Vec::new(), None)
                }
            };
            let next = next.filter(|next| !next.is_empty());
            let next = next.map_or_else(
                || {
                    (kind + 1 < PolicyType::values().len())
                        .then(|| format!("{NEXT_KIND}{}:", kind + 1))
                },
                |next| Some(format!("{NEXT_KIND}{kind}:{next}")),
            );
            Ok(Page { items, next })
        },
    )
}

/// Which kind is listed, and the service's own token.
fn position(token: Option<&str>) -> (usize, Option<String>) {
    let parts = token.and_then(|token| token.strip_prefix(NEXT_KIND)?.split_once(':'));
    let Some((kind, token)) = parts else { return (0, None) };
    (kind.parse().unwrap_or(usize::MAX), Some(token.to_owned()).filter(|token| !token.is_empty()))
}

async fn complete(ctx: &UnitContext<'_>, policy: PolicySummary) -> Vec<TypeEvent> {
    let id = policy.id.clone().unwrap_or_default();
    let mut events = Vec::new();
    let mut unknown = Vec::new();
    let mut lost = |error: CallError, attribute: &str| {
        events.push(TypeEvent::Problem(error));
        unknown.push(AttrPath::key(attribute));
    };
    let content = match content(ctx, &id).await {
        Ok(content) => content,
        // Deleted since it was listed.
        Err(error) if error.class == ErrorClass::NotFound => return Vec::new(),
        Err(error) => {
            lost(error, "Content");
            Value::Null
        }
    };
    let targets = targets(ctx, &id).await.unwrap_or_else(|error| {
        lost(error, "TargetIds");
        Value::Null
    });
    let tags = if policy.aws_managed { Ok(Vec::new()) } else { tags(ctx, &id).await };
    let tags = tags.unwrap_or_else(|error| {
        lost(error, "Tags");
        Vec::new()
    });
    let mut draft = draft(&policy, content, targets)
        .tagged(tags.into_iter().map(|tag| (tag.key, tag.value)).collect());
    draft.name = policy.name;
    draft.unknown = unknown;
    events.insert(0, TypeEvent::Drafts(vec![draft]));
    events
}

fn draft(policy: &PolicySummary, content: Value, targets: Value) -> Draft {
    let attributes = json!({
        "Arn": text(&policy.arn),
        "AwsManaged": policy.aws_managed,
        "Content": content,
        "Description": text(&policy.description),
        "Id": text(&policy.id),
        "Name": text(&policy.name),
        "TargetIds": targets,
        "Type": text(&policy.r#type),
    });
    let origin = if policy.aws_managed {
        Origin::ProviderDefault("managed by AWS".to_owned())
    } else {
        Origin::Customer
    };
    Draft::new(policy.id.clone(), attributes).made_by(origin)
}

async fn content(ctx: &UnitContext<'_>, id: &str) -> Result<Value, CallError> {
    const OPERATION: &str = "DescribePolicy";
    ctx.pass("organizations").await;
    let request = ctx.clients.organizations.describe_policy().policy_id(id);
    let answer = request.customize().config_override(ctx.organizations()).send().await;
    let answer = answer.map_err(|error| call_error(ctx, &error, "organizations", OPERATION))?;
    let content = answer.policy.and_then(|policy| policy.content).ok_or_else(|| {
        CallError::new(
            ErrorClass::InvalidResponse,
            "organizations",
            OPERATION,
            "the policy has no content",
        )
    })?;
    Ok(document(&content))
}

async fn targets(ctx: &UnitContext<'_>, id: &str) -> Result<Value, CallError> {
    const OPERATION: &str = "ListTargetsForPolicy";
    let target = |target: &PolicyTargetSummary| target.target_id.clone();
    let listing = pages(
        "organizations",
        OPERATION,
        |target: &PolicyTargetSummary| target.target_id.as_deref(),
        move |token| async move {
            ctx.pass("organizations").await;
            let request = ctx
                .clients
                .organizations
                .list_targets_for_policy()
                .policy_id(id)
                .set_next_token(token);
            let answer = request.customize().config_override(ctx.organizations()).send().await;
            let answer =
                answer.map_err(|error| call_error(ctx, &error, "organizations", OPERATION))?;
            Ok(Page { items: answer.targets.unwrap_or_default(), next: answer.next_token })
        },
    );
    Ok(all(listing).await?.iter().filter_map(target).collect())
}

async fn tags(ctx: &UnitContext<'_>, id: &str) -> Result<Vec<Tag>, CallError> {
    const OPERATION: &str = "ListTagsForResource";
    let listing = pages(
        "organizations",
        OPERATION,
        |tag: &Tag| Some(tag.key.as_str()),
        move |token| async move {
            ctx.pass("organizations").await;
            let request = ctx
                .clients
                .organizations
                .list_tags_for_resource()
                .resource_id(id)
                .set_next_token(token);
            let answer = request.customize().config_override(ctx.organizations()).send().await;
            let answer =
                answer.map_err(|error| call_error(ctx, &error, "organizations", OPERATION))?;
            Ok(Page { items: answer.tags.unwrap_or_default(), next: answer.next_token })
        },
    );
    all(listing).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_tell_the_kind() {
        assert_eq!(position(None), (0, None));
        assert_eq!(position(Some("next-kind:3:")), (3, None));
        assert_eq!(position(Some("next-kind:3:a:b")), (3, Some("a:b".to_owned())));
    }

    #[test]
    fn a_policy_of_aws_is_nobodys_drift() {
        let policy =
            PolicySummary::builder().id("p-FullAWSAccess").name("FullAWSAccess").aws_managed(true);
        let policy = policy.r#type(PolicyType::ServiceControlPolicy).build();
        let draft = draft(&policy, json!({"Version": "2012-10-17"}), json!(["r-1"]));
        assert_eq!(draft.origin, Origin::ProviderDefault("managed by AWS".to_owned()));
        assert_eq!(draft.attributes["Type"], "SERVICE_CONTROL_POLICY");
        assert_eq!(draft.attributes["TargetIds"], json!(["r-1"]));
    }
}
