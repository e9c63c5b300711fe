use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_ec2::types::{LaunchTemplate, LaunchTemplateVersion};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tenko_core::{AttrPath, BoxStream, ReachKind};

use super::launch_template_data::data;
use super::{operated, tags};
use crate::context::UnitContext;
use crate::sdk_paging::{Page, Pages, call_error, each, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};
use crate::wire::{CallError, ErrorClass};

pub(super) static LAUNCH_TEMPLATE: SdkType = SdkType {
    name: "AWS::EC2::LaunchTemplate",
    id_attribute: "LaunchTemplateId",
    service: "ec2",
    title: "Launch template",
    doc: "What instances are launched from, by hand, by Auto Scaling or by a node group.\n\
        \n\
        Read with one paged `DescribeLaunchTemplateVersions` for the default versions of all templates of a region and one \
        paged `DescribeLaunchTemplates`; the id is `LaunchTemplateId`.\n\
        \n\
        - `LaunchTemplateData` and `VersionDescription` are those of the default version. Where they cannot be read they \
        are unknown.\n\
        - `LaunchTemplateData.UserData` is redacted at collection.\n\
        - `DefaultVersionNumber` and `LatestVersionNumber` are counters and not compared.\n\
        - What a template does not set is not there: lists are left out where they are empty.\n\
        - A template that an AWS service keeps in the account counts as made by the provider.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "DefaultVersionNumber",
        "LatestVersionNumber",
        "LaunchTemplateData",
        "LaunchTemplateName",
        "VersionDescription",
    ],
    ignored: &["DefaultVersionNumber", "LatestVersionNumber"],
    sensitive: &["LaunchTemplateData.UserData"],
    sets: &[
        "LaunchTemplateData.BlockDeviceMappings",
        "LaunchTemplateData.InstanceRequirements.AcceleratorManufacturers",
        "LaunchTemplateData.InstanceRequirements.AcceleratorNames",
        "LaunchTemplateData.InstanceRequirements.AcceleratorTypes",
        "LaunchTemplateData.InstanceRequirements.AllowedInstanceTypes",
        "LaunchTemplateData.InstanceRequirements.CpuManufacturers",
        "LaunchTemplateData.InstanceRequirements.ExcludedInstanceTypes",
        "LaunchTemplateData.InstanceRequirements.InstanceGenerations",
        "LaunchTemplateData.InstanceRequirements.LocalStorageTypes",
        "LaunchTemplateData.LicenseSpecifications",
        "LaunchTemplateData.NetworkInterfaces",
        "LaunchTemplateData.NetworkInterfaces.*.Groups",
        "LaunchTemplateData.NetworkInterfaces.*.Ipv4Prefixes",
        "LaunchTemplateData.NetworkInterfaces.*.Ipv6Addresses",
        "LaunchTemplateData.NetworkInterfaces.*.Ipv6Prefixes",
        "LaunchTemplateData.NetworkInterfaces.*.PrivateIpAddresses",
        "LaunchTemplateData.SecurityGroupIds",
        "LaunchTemplateData.SecurityGroups",
        "LaunchTemplateData.TagSpecifications",
        "LaunchTemplateData.TagSpecifications.*.Tags",
    ],
    operations: &[
        SdkOperation { name: "DescribeLaunchTemplates", action: "ec2:DescribeLaunchTemplates" },
        SdkOperation {
            name: "DescribeLaunchTemplateVersions",
            action: "ec2:DescribeLaunchTemplateVersions",
        },
    ],
    iac: include_str!("launch_template.iac.toml"),
    collect,
};

/// How many templates are asked for by themselves at a time.
const AT_ONCE: usize = 4;

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    let events = stream::once(read_defaults(ctx)).flat_map(move |(defaults, error)| {
        let templates = listing!(
            ctx,
            200,
            "DescribeLaunchTemplates",
            describe_launch_templates,
            LaunchTemplate,
            launch_templates,
            launch_template_id
        );
        let defaults = Arc::new(Defaults { versions: defaults, is_whole: error.is_none() });
        let drafts = each(templates, AT_ONCE, move |it| complete(ctx, defaults.clone(), it));
        stream::iter(error.map(TypeEvent::Problem)).chain(drafts)
    });
    Box::pin(events)
}

/// The default versions by template, as far as they could be listed.
struct Defaults {
    versions: HashMap<String, LaunchTemplateVersion>,
    is_whole: bool,
}

async fn read_defaults(
    ctx: &UnitContext<'_>,
) -> (HashMap<String, LaunchTemplateVersion>, Option<CallError>) {
    let mut versions = HashMap::new();
    let mut listing = default_versions(ctx, None);
    while let Some(page) = listing.next().await {
        match page {
            Ok(page) => versions.extend(
                page.into_iter().filter_map(|it| Some((it.launch_template_id.clone()?, it))),
            ),
            Err(error) => return (versions, Some(error)),
        }
    }
    (versions, None)
}

/// The default version of one template, or of all.
fn default_versions<'a>(
    ctx: &'a UnitContext<'a>,
    template: Option<String>,
) -> Pages<'a, LaunchTemplateVersion> {
    const OPERATION: &str = "DescribeLaunchTemplateVersions";
    fn id(version: &LaunchTemplateVersion) -> Option<&str> {
        version.launch_template_id.as_deref()
    }
    pages("ec2", OPERATION, id, move |token| {
        let template = template.clone();
        async move {
            ctx.pass("ec2").await;
            let request = ctx.clients.ec2.describe_launch_template_versions().versions("$Default");
            let request = request.set_launch_template_id(template);
            let request = request.set_next_token(token).max_results(200);
            let answer = request.customize().config_override(ctx.ec2()).send().await;
            let page = answer.map_err(|error| call_error(ctx, &error, "ec2", OPERATION))?;
            let mut items = page.launch_template_versions.unwrap_or_default();
            items.retain(|it| it.default_version != Some(false));
            Ok(Page { items, next: page.next_token })
        }
    })
}

async fn complete(
    ctx: &UnitContext<'_>,
    defaults: Arc<Defaults>,
    template: LaunchTemplate,
) -> Vec<TypeEvent> {
    let id = template.launch_template_id.clone().unwrap_or_default();
    let mut draft = draft(template);
    match defaults.versions.get(&id) {
        Some(version) => add_version(&mut draft, version),
        None if !defaults.is_whole => mark_unknown(&mut draft),
        // Made between the two listings.
        None => match default_versions(ctx, Some(id)).next().await {
            Some(Ok(versions)) => match versions.first() {
                Some(version) => add_version(&mut draft, version),
                None => return Vec::new(),
            },
            Some(Err(error)) if error.class == ErrorClass::NotFound => return Vec::new(),
            Some(Err(error)) => {
                mark_unknown(&mut draft);
                return vec![TypeEvent::Problem(error), TypeEvent::Drafts(vec![draft])];
            }
            None => return Vec::new(),
        },
    }
    vec![TypeEvent::Drafts(vec![draft])]
}

fn draft(template: LaunchTemplate) -> Draft {
    let attributes = json!({
        // CloudFormation has numbers of versions as text.
        "DefaultVersionNumber": template.default_version_number.map(|it| it.to_string()),
        "LatestVersionNumber": template.latest_version_number.map(|it| it.to_string()),
        "LaunchTemplateName": text(&template.launch_template_name),
    });
    let mut draft = Draft::new(template.launch_template_id, attributes)
        .tagged(tags(template.tags))
        .created(template.create_time.as_ref())
        .made_by(operated(&template.operator));
    draft.name = template.launch_template_name.or(draft.name);
    draft
}

fn add_version(draft: &mut Draft, version: &LaunchTemplateVersion) {
    if let Value::Object(map) = &mut draft.attributes {
        let content = version.launch_template_data.as_ref().map(data);
        map.insert("LaunchTemplateData".to_owned(), content.unwrap_or_else(|| json!({})));
        map.insert("VersionDescription".to_owned(), json!(text(&version.version_description)));
    }
}

fn mark_unknown(draft: &mut Draft) {
    draft.unknown.extend(["LaunchTemplateData", "VersionDescription"].map(AttrPath::key));
}
