use std::collections::BTreeSet;

use aws_sdk_ec2::types::{Filter, InternetGateway, Vpc};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tenko_core::{BoxStream, ReachKind};

use super::{default_if, is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::{Page, call_error, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, list, text};
use crate::wire::CallError;

pub(super) static INTERNET_GATEWAY: SdkType = SdkType {
    name: "AWS::EC2::InternetGateway",
    id_attribute: "InternetGatewayId",
    service: "ec2",
    title: "Internet gateway",
    doc: "The way between a VPC and the internet.\n\
        \n\
        Read with one paged `DescribeInternetGateways` per region, and one `DescribeVpcs` for the default VPC where a \
        gateway is attached; the id is `InternetGatewayId`. A gateway of another account is left out.\n\
        \n\
        - The gateway of the default VPC counts as made by the provider. Where `DescribeVpcs` fails, it counts as the \
        customer's, and the unit as partial.\n\
        - `Attachments` folds `AWS::EC2::VPCGatewayAttachment` (`VpcId`).",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &["Attachments"],
    ignored: &[],
    sensitive: &[],
    sets: &["Attachments"],
    operations: &[
        SdkOperation { name: "DescribeInternetGateways", action: "ec2:DescribeInternetGateways" },
        SdkOperation { name: "DescribeVpcs", action: "ec2:DescribeVpcs" },
    ],
    iac: include_str!("internet_gateway.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    let gateways = listing!(
        ctx,
        1000,
        "DescribeInternetGateways",
        describe_internet_gateways,
        InternetGateway,
        internet_gateways,
        internet_gateway_id
    );
    let events = gateways.then(move |page| async move {
        match page {
            Ok(gateways) => complete(ctx, gateways).await,
            Err(error) => vec![TypeEvent::Failed(error)],
        }
    });
    Box::pin(events.flat_map(stream::iter))
}

async fn complete(ctx: &UnitContext<'_>, gateways: Vec<InternetGateway>) -> Vec<TypeEvent> {
    let mut events = Vec::new();
    let mut default_vpcs = BTreeSet::new();
    if gateways.iter().any(|it| !it.attachments().is_empty()) {
        match read_default_vpcs(ctx).await {
            Ok(found) => default_vpcs = found,
            Err(error) => events.push(TypeEvent::Problem(error)),
        }
    }
    let drafts = gateways.into_iter();
    let drafts = drafts.filter_map(|it| draft(&ctx.session.account, &default_vpcs, it)).collect();
    events.push(TypeEvent::Drafts(drafts));
    events
}

/// The ids of the region's default VPC: one or none.
async fn read_default_vpcs(ctx: &UnitContext<'_>) -> Result<BTreeSet<String>, CallError> {
    const OPERATION: &str = "DescribeVpcs";
    fn id(vpc: &Vpc) -> Option<&str> {
        vpc.vpc_id.as_deref()
    }
    let mut found = pages("ec2", OPERATION, id, |token| async move {
        ctx.pass("ec2").await;
        let is_default = Filter::builder().name("is-default").values("true").build();
        let request = ctx.clients.ec2.describe_vpcs().filters(is_default);
        let request = request.set_next_token(token).max_results(1000);
        let answer = request.customize().config_override(ctx.ec2()).send().await;
        let page = answer.map_err(|error| call_error(ctx, &error, "ec2", OPERATION))?;
        Ok(Page { items: page.vpcs.unwrap_or_default(), next: page.next_token })
    });
    let mut ids = BTreeSet::new();
    while let Some(page) = found.next().await {
        let defaults = page?.into_iter().filter(|vpc| vpc.is_default == Some(true));
        ids.extend(defaults.filter_map(|vpc| vpc.vpc_id));
    }
    Ok(ids)
}

fn draft(
    account: &str,
    default_vpcs: &BTreeSet<String>,
    gateway: InternetGateway,
) -> Option<Draft> {
    if !is_own(account, &gateway.owner_id) {
        return None;
    }
    let of_default = gateway.attachments().iter().filter_map(|it| it.vpc_id.as_ref());
    let of_default = of_default.into_iter().any(|vpc| default_vpcs.contains(vpc));
    let attributes = json!({
        "Attachments": list(&gateway.attachments, |it| json!({ "VpcId": text(&it.vpc_id) })),
    });
    let origin = default_if(of_default, "internet gateway of the default VPC");
    let draft = Draft::new(gateway.internet_gateway_id, attributes);
    Some(draft.tagged(tags(gateway.tags)).made_by(origin))
}
