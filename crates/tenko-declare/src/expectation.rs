//! Expected resources: type, identity, attributes and tags, before placeholders are filled in.

use std::collections::{BTreeSet, HashSet};

use tenko_core::{
    AttrPath, Catalog, Cloud, Expected, Matcher, Reach, ReachKind, ResourceType, ScopeKey, Segment,
    Source, SourceKind, TypeInfo,
};

use crate::context::{Context, Pos};
use crate::google::is_asset_type;
use crate::matchers;
use crate::node::{Kind, Node};
use crate::placeholder::{self, Fill};
use crate::scopes;
use crate::settings::is_region;

/// The types that may be declared.
pub(crate) struct Known<'a> {
    pub(crate) catalog: &'a Catalog,
    /// Types that are read through Cloud Control or Cloud Asset Inventory because the manifest
    /// says so.
    pub(crate) further: BTreeSet<String>,
}

/// A resource as it is written, for one or many environments.
pub(crate) struct Template {
    pub(crate) resource: Expected,
    pub(crate) pos: Pos,
    /// Where the scope stands, to point at when an environment does not have it.
    pub(crate) scope_pos: Pos,
    /// The cloud that it is in, where its type tells.
    pub(crate) cloud: Option<Cloud>,
    /// Whether it stands in a baseline.
    pub(crate) of_baseline: bool,
    /// It differs per account or project, so there is one in each.
    pub(crate) per_scope: bool,
    /// It differs per region, so there is one in each.
    pub(crate) per_region: bool,
    /// Whether it lives in a region at all.
    pub(crate) regional: bool,
}

impl Known<'_> {
    /// The type, if it can be collected.
    pub(crate) fn resource_type(
        &self,
        context: &mut Context<'_>,
        node: &Node,
    ) -> Option<ResourceType> {
        let name = node.text()?;
        let known = ResourceType::new(name);
        if self.further.contains(name) || self.catalog.get(&known).is_some() {
            return Some(known);
        }
        let all = self.catalog.iter().map(|info| info.resource_type.as_str());
        let meant = context.closest(name, all.chain(self.further.iter().map(String::as_str)));
        let report = context.error(node.pos, format!("unknown resource type `{name}`"));
        match meant {
            Some(_) => report.did_you_mean(meant),
            None if name.starts_with("AWS::") => {
                report.help("to have it read through Cloud Control, add it to `aws.cloud_control`")
            }
            None if is_asset_type(name) => report.help(
                "to have it read through Cloud Asset Inventory, add it to `google.asset_types`",
            ),
            None => report,
        };
        None
    }

    /// The cloud of a type: that of the catalogue, else what its name tells.
    fn cloud(&self, resource_type: &ResourceType) -> Option<Cloud> {
        let by_name = || match resource_type.as_str() {
            name if name.starts_with("AWS::") => Some(Cloud::aws()),
            name if is_asset_type(name) => Some(Cloud::gcp()),
            name if self.further.contains(name) => Some(Cloud::aws()),
            _ => None,
        };
        self.catalog.get(resource_type).map(|info| info.cloud.clone()).or_else(by_name)
    }

    pub(crate) fn info(&self, resource_type: &str) -> Option<&TypeInfo> {
        self.catalog.get(&ResourceType::new(resource_type))
    }
}

/// Where something is declared.
pub(crate) fn source(context: &Context<'_>, pos: Pos, address: &AttrPath) -> Source {
    Source {
        kind: SourceKind::Manifest,
        file: context.file_name(pos.file).into(),
        address: address.to_string(),
        line: Some(pos.line),
    }
}

/// Reads one resource. `None` when it cannot be used; why is in the context.
pub(crate) fn template(
    context: &mut Context<'_>,
    known: &Known<'_>,
    node: &Node,
    address: &AttrPath,
) -> Option<Template> {
    let Kind::Map(_) = node.kind else { return None };
    let resource_type = node.get("type").and_then(|n| known.resource_type(context, n));
    let (id, name) = (node.text_of("id"), node.text_of("name"));
    if node.get("id").is_none() && node.get("name").is_none() {
        context.error(node.pos, "the resource has neither an id nor a name");
    }
    let scope = node.get("scope").and_then(|n| scopes::of_node(context, known.catalog, n));
    let cloud = resource_type.as_ref().and_then(|name| known.cloud(name));
    if let (Some(scope), Some(cloud), Some(n)) = (&scope, &cloud, node.get("scope"))
        && scope.cloud != *cloud
    {
        let noun = scopes::noun(cloud);
        let message = format!("a resource of this type is in a {noun}, and {scope} is none");
        context.error(n.pos, message);
        return None;
    }
    let region = node.get("region").and_then(|n| region(context, cloud.as_ref(), n));
    let info = resource_type.as_ref().and_then(|t| known.catalog.get(t));
    let mut attributes = attributes(context, info, node.get("attributes"));
    attributes.extend(tags(context, info, node.get("tags")));
    for key in ["id", "name"] {
        if let Some((text, n)) = node.get(key).and_then(|n| Some((n.text()?, n))) {
            placeholder::check(context, n.pos, text);
        }
    }
    let mut uses = |word: &str| {
        let mut found = [&id, &name].into_iter().flatten().any(|t| placeholder::uses(t, word));
        for (_, matcher) in &mut attributes {
            placeholder::matcher_texts(matcher, &mut |t| found |= placeholder::uses(t, word));
        }
        found
    };
    let (per_account, per_project, per_region) = (uses("account"), uses("project"), uses("region"));
    let wrong = match cloud.as_ref().map(Cloud::as_str) {
        Some("gcp") if per_account => Some(("account", "project")),
        Some("aws") if per_project => Some(("project", "account")),
        _ => None,
    };
    if let Some((wrong, right)) = wrong {
        let message = format!("a resource of this type is in no {wrong}: `{{{wrong}}}` is empty");
        context.error(node.pos, message).help(format!("write `{{{right}}}`"));
    }
    let regional = info.is_none_or(|i| i.reach == ReachKind::Regional);
    let source = source(context, node.pos, address);
    let resource_type = resource_type?;
    let resource = Expected { resource_type, id, name, scope, region, attributes, source };
    let scope_pos = node.get("scope").map_or(node.pos, |n| n.pos);
    Some(Template {
        resource,
        pos: node.pos,
        scope_pos,
        cloud,
        of_baseline: matches!(address.segments().first(), Some(Segment::Key(k)) if k == "baselines"),
        per_scope: per_account || per_project,
        per_region,
        regional,
    })
}

fn region(context: &mut Context<'_>, cloud: Option<&Cloud>, node: &Node) -> Option<Reach> {
    let text = node.text()?;
    let lower = text.to_ascii_lowercase();
    if !is_region(text) || cloud != Some(&Cloud::gcp()) {
        crate::settings::check_region(context, node.pos, text);
    } else if let Some(region) = region_of_zone(&lower) {
        let help = format!("write its region: `{region}`");
        context.error(node.pos, format!("`{text}` is a zone")).help(help);
    } else if lower != text {
        let help = format!("regions are compared in lower case: write `{lower}`");
        context.error(node.pos, format!("`{text}` is no region")).help(help);
    }
    Some(Reach::from(text))
}

/// The region of a zone of Google Cloud, such as `europe-west3-a`.
fn region_of_zone(text: &str) -> Option<&str> {
    let (region, zone) = text.rsplit_once('-')?;
    let is_zone = zone.len() == 1 && zone.bytes().all(|b| b.is_ascii_lowercase());
    (is_zone && region.contains('-') && region.ends_with(|c: char| c.is_ascii_digit()))
        .then_some(region)
}

fn attributes(
    context: &mut Context<'_>,
    info: Option<&TypeInfo>,
    node: Option<&Node>,
) -> Vec<(AttrPath, Matcher)> {
    let mut out: Vec<(AttrPath, Matcher)> = Vec::new();
    let mut seen = HashSet::new();
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        let path = path(context, key.pos, &key.text, info);
        let matcher = matchers::attribute(context, &key.text, value);
        let (Some(path), Some(mut matcher)) = (path, matcher) else { continue };
        if !seen.insert(path.clone()) {
            context.error(key.pos, format!("the attribute `{path}` stands here twice"));
        }
        if let Some(info) = info {
            let hidden = info.sensitive.iter().any(|s| s.covers(&path));
            if hidden && !matches!(matcher, Matcher::Present(_)) {
                let help = "only `{present: true}` and `{present: false}` can be checked";
                let message =
                    format!("`{path}` is hidden at collection and has no value to compare");
                context.error(key.pos, message).help(help);
            }
        }
        placeholder::matcher_texts(&mut matcher, &mut |text| {
            placeholder::check(context, value.pos, text);
        });
        out.push((path, matcher));
    }
    out
}

fn tags(
    context: &mut Context<'_>,
    info: Option<&TypeInfo>,
    node: Option<&Node>,
) -> Vec<(AttrPath, Matcher)> {
    let Some(node) = node else { return vec![] };
    if let Some(info) = info.filter(|i| !i.taggable && !node.entries().is_empty()) {
        let message = format!("tags of {} are not read", info.resource_type);
        context.error(node.pos, message);
    }
    let tags = AttrPath::key("Tags");
    let matchers = matchers::tags(context, Some(node));
    matchers.into_iter().map(|(key, matcher)| (tags.join(key), matcher)).collect()
}

/// Reads an attribute path, and knows it to be one of the type where the type is known.
pub(crate) fn path(
    context: &mut Context<'_>,
    pos: Pos,
    text: &str,
    info: Option<&TypeInfo>,
) -> Option<AttrPath> {
    let path = match text.parse::<AttrPath>() {
        Ok(path) => path,
        Err(error) => {
            let help = "write `A.B`, `A[0].B`, `A.*.B` or `A[\"key with dots.\"]`";
            context.error(pos, format!("`{text}` is no attribute path: {error}")).help(help);
            return None;
        }
    };
    let Some(Segment::Key(first)) = path.segments().first() else {
        context.error(pos, format!("the attribute path `{text}` must begin with a name"));
        return None;
    };
    // Types from Cloud Control come without a list of attributes.
    let Some(info) = info.filter(|info| !info.attributes.is_empty()) else { return Some(path) };
    if first != "Tags" && !info.attributes.contains(first) {
        let meant = context.closest(first, info.attributes.iter().map(String::as_str));
        let message = format!("{} has no attribute `{first}`", info.resource_type);
        context.error(pos, message).did_you_mean(meant);
        return None;
    }
    Some(path)
}

impl Template {
    /// The resource with everything filled in.
    pub(crate) fn fill(
        &self,
        with: &Fill<'_>,
        scope: Option<ScopeKey>,
        region: Option<Reach>,
    ) -> Expected {
        let mut expected = self.resource.clone();
        for text in [&mut expected.id, &mut expected.name].into_iter().flatten() {
            *text = placeholder::fill(text, with);
        }
        for (_, matcher) in &mut expected.attributes {
            placeholder::matcher_texts(matcher, &mut |text| *text = placeholder::fill(text, with));
        }
        expected.scope = scope.or(expected.scope);
        expected.region = region.or(expected.region);
        expected
    }
}
