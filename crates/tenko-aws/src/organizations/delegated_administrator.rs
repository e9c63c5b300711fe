use aws_sdk_organizations::types::{DelegatedAdministrator, DelegatedService};
use serde_json::{Value, json};
use tenko_core::{AttrPath, BoxStream, ReachKind};

use super::all;
use crate::context::UnitContext;
use crate::sdk_paging::{Page, Pages, call_error, each, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text, timestamp};
use crate::wire::CallError;

pub(super) static DELEGATED_ADMINISTRATOR: SdkType = SdkType {
    name: "AWS::Organizations::DelegatedAdministrator",
    id_attribute: "AccountId",
    service: "organizations",
    title: "Delegated administrator of the organization",
    doc: "A member account that administers services for the whole organization. CloudFormation has no such type; the \
        name is made in its manner.\n\
        \n\
        Read with one paged `ListDelegatedAdministrators`, and `ListDelegatedServicesForAccount` for each; the id is the \
        account's. As `AWS::Organizations::Policy` it is read once, in the account whose scope stands for the \
        organization, and skipped in every other one.\n\
        \n\
        - `Services` are service principals.\n\
        - Whom a resource policy of the organization lets do something is no administrator and not listed.",
    reach: ReachKind::Global,
    taggable: false,
    attributes: &["AccountId", "Arn", "Name", "Services"],
    ignored: &["Arn", "Name"],
    sensitive: &[],
    sets: &["Services"],
    operations: &[
        SdkOperation {
            name: "ListDelegatedAdministrators",
            action: "organizations:ListDelegatedAdministrators",
        },
        SdkOperation {
            name: "ListDelegatedServicesForAccount",
            action: "organizations:ListDelegatedServicesForAccount",
        },
    ],
    // Terraform declares each service of an administrator apart, and nothing the administrator.
    iac: "",
    collect,
};

/// Organizations is slow to answer and quick to throttle.
const AT_ONCE: usize = 2;

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    each(administrators(ctx), AT_ONCE, move |found| complete(ctx, found))
}

fn administrators<'a>(ctx: &'a UnitContext<'a>) -> Pages<'a, DelegatedAdministrator> {
    const OPERATION: &str = "ListDelegatedAdministrators";
    fn id(found: &DelegatedAdministrator) -> Option<&str> {
        found.id.as_deref()
    }
    pages("organizations", OPERATION, id, move |token| async move {
        ctx.pass("organizations").await;
        let client = &ctx.clients.organizations;
        let request = client.list_delegated_administrators().set_next_token(token);
        let answer = request.customize().config_override(ctx.organizations()).send().await;
        let answer = answer.map_err(|error| call_error(ctx, &error, "organizations", OPERATION))?;
        let items = answer.delegated_administrators.unwrap_or_default();
        Ok(Page { items, next: answer.next_token })
    })
}

async fn complete(ctx: &UnitContext<'_>, found: DelegatedAdministrator) -> Vec<TypeEvent> {
    let services = services(ctx, found.id.as_deref().unwrap_or_default()).await;
    let (services, problem) = match services {
        Ok(services) => (services, None),
        Err(error) => (Value::Null, Some(error)),
    };
    let attributes = json!({
        "Arn": text(&found.arn),
        "Name": text(&found.name),
        "Services": services,
    });
    let mut draft = Draft::new(found.id.clone(), attributes);
    draft.name = text(&found.name).map(str::to_owned);
    draft.created_at = found.delegation_enabled_date.as_ref().and_then(timestamp);
    draft.unknown = problem.iter().map(|_| AttrPath::key("Services")).collect();
    let mut events = vec![TypeEvent::Drafts(vec![draft])];
    events.extend(problem.map(TypeEvent::Problem));
    events
}

async fn services(ctx: &UnitContext<'_>, account: &str) -> Result<Value, CallError> {
    const OPERATION: &str = "ListDelegatedServicesForAccount";
    fn id(found: &DelegatedService) -> Option<&str> {
        found.service_principal.as_deref()
    }
    let listing = pages("organizations", OPERATION, id, move |token| async move {
        ctx.pass("organizations").await;
        let client = &ctx.clients.organizations;
        let request = client.list_delegated_services_for_account().account_id(account);
        let request = request.set_next_token(token);
        let answer = request.customize().config_override(ctx.organizations()).send().await;
        let answer = answer.map_err(|error| call_error(ctx, &error, "organizations", OPERATION))?;
        let items = answer.delegated_services.unwrap_or_default();
        Ok(Page { items, next: answer.next_token })
    });
    Ok(all(listing).await?.iter().filter_map(|found| text(&found.service_principal)).collect())
}
