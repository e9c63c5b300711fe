//! Every type that can be collected, from its three sources, under one name each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tenko_core::{
    AttrPath, Catalog, Cloud, IacMapping, PathError, ReachKind, ResourceType, TypeInfo,
};

use crate::policy::{DISCOVERY_OPERATIONS, OPEN_ACTIONS};
use crate::provider::builder::BuildError;
use crate::sdk_type::SdkType;
use crate::wire::typedef::{OnlyDef, ReachDef};
use crate::wire::{AllowedCall, TypeDef, TypeRegistry, WireType};

/// How a type is read.
#[derive(Clone)]
pub(crate) enum Reader {
    /// With an SDK crate.
    Sdk(&'static SdkType),
    /// As data, compiled when it is first used.
    Wire,
    /// Through Cloud Control.
    CloudControl(Arc<WireType>),
}

/// The types of one provider.
pub(crate) struct Types {
    registry: TypeRegistry,
    readers: BTreeMap<ResourceType, Reader>,
    catalog: Catalog,
    allowed: Vec<AllowedCall>,
}

impl std::fmt::Debug for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Types").field("types", &self.catalog.len()).finish_non_exhaustive()
    }
}

/// Services of the Cloud Control types that one listing answers for, whatever the region.
const GLOBAL_SERVICES: [&str; 5] = [
    "AWS::CloudFront::",
    "AWS::GlobalAccelerator::",
    "AWS::IAM::",
    "AWS::Organizations::",
    "AWS::Route53::",
];

/// The types that are read with SDK crates.
fn sdk_types() -> impl Iterator<Item = &'static SdkType> {
    let organizations = [crate::organizations::TYPES, crate::organizations::OF_ORGANIZATION];
    let all = [crate::ec2::TYPES, crate::s3::TYPES].into_iter().chain(organizations);
    all.flatten().copied()
}

impl Types {
    /// All built-in types, and those of `cloud_control` that are not among them.
    pub(crate) fn new(cloud_control: &[String]) -> Result<Self, BuildError> {
        let faulty = |source| BuildError::Type { source: Box::new(source) };
        let registry = TypeRegistry::embedded().map_err(faulty)?;
        let mut readers = BTreeMap::new();
        let mut infos = Vec::new();
        for sdk in sdk_types() {
            infos.push(sdk_info(sdk)?);
            readers.insert(ResourceType::new(sdk.name), Reader::Sdk(sdk));
        }
        for def in registry.defs() {
            infos.push(wire_info(def, &registry)?);
            readers.insert(ResourceType::new(&def.type_name), Reader::Wire);
        }
        let mut through_cloud_control = false;
        for name in cloud_control {
            if readers.contains_key(name.as_str()) {
                continue;
            }
            let compiled = registry.cloud_control(name).map_err(faulty)?;
            let mut info = wire_info(&compiled.def, &registry)?;
            if GLOBAL_SERVICES.iter().any(|service| name.starts_with(service)) {
                info.reach = ReachKind::Global;
            }
            infos.push(info);
            readers.insert(ResourceType::new(name), Reader::CloudControl(compiled));
            through_cloud_control = true;
        }
        let mut allowed = AllowedCall::credential_sources();
        allowed.extend(
            OPEN_ACTIONS
                .iter()
                .filter_map(|action| action.strip_prefix("ec2:"))
                .map(AllowedCall::ec2),
        );
        allowed.extend(
            DISCOVERY_OPERATIONS.iter().map(|operation| AllowedCall::organizations(operation)),
        );
        for sdk in sdk_types() {
            for operation in sdk.operations {
                allowed.push(
                    allowed_sdk_call(sdk.service, operation.name, operation.action).ok_or_else(
                        || BuildError::UnknownCall {
                            operation: format!("{}:{}", sdk.service, operation.name),
                        },
                    )?,
                );
            }
        }
        allowed.extend(registry.allowed_calls().map_err(faulty)?);
        if through_cloud_control {
            allowed.extend(registry.cloud_control_calls().map_err(faulty)?);
        }
        Ok(Self { registry, readers, catalog: infos.into_iter().collect(), allowed })
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Everything that may leave the process: what the types, sessions and discovery call.
    pub(crate) fn allowed(&self) -> &[AllowedCall] {
        &self.allowed
    }

    /// Whether any type is read through Cloud Control.
    pub(crate) fn uses_cloud_control(&self) -> bool {
        self.readers.values().any(|reader| matches!(reader, Reader::CloudControl(_)))
    }

    pub(crate) fn get(&self, name: &ResourceType) -> Option<(&TypeInfo, &Reader)> {
        Some((self.catalog.get(name)?, self.readers.get(name)?))
    }

    /// Whether the type is a matter of the organization as a whole, which one account's scope stands for.
    pub(crate) fn is_of_organization(&self, name: &ResourceType) -> bool {
        match self.readers.get(name) {
            Some(Reader::Sdk(sdk)) => {
                crate::organizations::OF_ORGANIZATION.iter().any(|known| known.name == sdk.name)
            }
            Some(Reader::Wire) => self
                .registry
                .def(name.as_str())
                .is_some_and(|def| matches!(def.only, Some(OnlyDef::Organization))),
            Some(Reader::CloudControl(_)) | None => false,
        }
    }

    /// A data-driven type, ready to run.
    pub(crate) fn wire(
        &self,
        name: &ResourceType,
    ) -> Result<Arc<WireType>, crate::wire::typedef::DefError> {
        self.registry.get(name.as_str())
    }
}

/// The guard's line for an operation of an SDK crate. `None` for one that this crate cannot recognize on the wire.
fn allowed_sdk_call(service: &str, operation: &str, action: &str) -> Option<AllowedCall> {
    match (service, operation) {
        ("ec2", _) => Some(AllowedCall::ec2(operation)),
        ("organizations", _) => Some(AllowedCall::organizations(operation)),
        ("s3", "ListBuckets") => Some(AllowedCall::s3_list_buckets()),
        ("s3", "HeadBucket") => Some(AllowedCall::s3_head_bucket()),
        ("s3", _) => {
            let (_, sub) = S3_SUBRESOURCES.iter().find(|(name, _)| *name == operation)?;
            Some(AllowedCall::s3_bucket(operation, action, sub))
        }
        _ => None,
    }
}

/// The query parameter that makes a `GET` of a bucket this operation. Source: the HTTP bindings of
/// the S3 API reference.
const S3_SUBRESOURCES: [(&str, &str); 23] = [
    ("GetBucketAccelerateConfiguration", "accelerate"),
    ("GetBucketAcl", "acl"),
    ("GetBucketCors", "cors"),
    ("GetBucketEncryption", "encryption"),
    ("GetBucketLifecycleConfiguration", "lifecycle"),
    ("GetBucketLocation", "location"),
    ("GetBucketLogging", "logging"),
    ("GetBucketNotificationConfiguration", "notification"),
    ("GetBucketOwnershipControls", "ownershipControls"),
    ("GetBucketPolicy", "policy"),
    ("GetBucketPolicyStatus", "policyStatus"),
    ("GetBucketReplication", "replication"),
    ("GetBucketRequestPayment", "requestPayment"),
    ("GetBucketTagging", "tagging"),
    ("GetBucketVersioning", "versioning"),
    ("GetBucketWebsite", "website"),
    ("GetObjectLockConfiguration", "object-lock"),
    ("GetPublicAccessBlock", "publicAccessBlock"),
    ("ListBucketAnalyticsConfigurations", "analytics"),
    ("ListBucketIntelligentTieringConfigurations", "intelligent-tiering"),
    ("ListBucketInventoryConfigurations", "inventory"),
    ("ListBucketMetricsConfigurations", "metrics"),
    ("GetBucketAbac", "abac"),
];

fn paths<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<AttrPath>, PathError> {
    texts.into_iter().map(str::parse).collect()
}

fn sdk_info(sdk: &SdkType) -> Result<TypeInfo, BuildError> {
    let bad_path = |error| BuildError::path(sdk.name, error);
    let permissions: BTreeSet<_> =
        sdk.operations.iter().map(|operation| operation.action.to_owned()).collect();
    let mut attributes: BTreeSet<_> = sdk.attributes.iter().copied().collect();
    attributes.insert(sdk.id_attribute);
    let mut ignored: BTreeSet<_> = sdk.ignored.iter().copied().collect();
    ignored.insert(sdk.id_attribute);
    Ok(TypeInfo {
        resource_type: sdk.name.into(),
        cloud: Cloud::aws(),
        service: sdk.service.to_owned(),
        title: sdk.title.to_owned(),
        doc: sdk.doc.to_owned(),
        reach: sdk.reach,
        taggable: sdk.taggable,
        attributes: attributes.into_iter().map(str::to_owned).collect(),
        ignored: paths(ignored).map_err(bad_path)?,
        sensitive: paths(sdk.sensitive.iter().copied()).map_err(bad_path)?,
        sets: paths(sdk.sets.iter().copied()).map_err(bad_path)?,
        permissions: permissions.into_iter().collect(),
        iac: toml::from_str(sdk.iac).map_err(|error| BuildError::mapping(sdk.name, error))?,
    })
}

fn wire_info(def: &TypeDef, registry: &TypeRegistry) -> Result<TypeInfo, BuildError> {
    let faulty = |source| BuildError::Type { source: Box::new(source) };
    let bad_path = |error| BuildError::path(&def.type_name, error);
    let mut permissions = BTreeSet::new();
    let mut reach = match def.reach {
        Some(ReachDef::Global) => ReachKind::Global,
        None => ReachKind::Regional,
    };
    for call in def.calls() {
        let operation = def.operation(call, registry.services()).map_err(faulty)?;
        if operation.service.is_global() {
            reach = ReachKind::Global;
        }
        permissions.extend(operation.iam_actions().map(str::to_owned));
    }
    let mut attributes: BTreeSet<_> = top_level_keys(&def.attributes).into_iter().collect();
    // What is named as not compared is there, whatever makes it.
    attributes.extend(def.ignored.iter().filter(|path| !path.contains(['.', '['])).cloned());
    let attributes = attributes.into_iter().collect();
    // What no call returns is not compared either: nobody could say that it differs.
    let ignored = def.ignored.iter().chain(&def.unreadable).map(String::as_str);
    Ok(TypeInfo {
        resource_type: def.type_name.as_str().into(),
        cloud: Cloud::aws(),
        service: def.service.clone(),
        title: def.title.clone(),
        doc: def.doc.clone(),
        reach,
        taggable: def.tags.is_some(),
        attributes,
        ignored: paths(ignored).map_err(bad_path)?,
        sensitive: paths(def.sensitive.iter().map(String::as_str)).map_err(bad_path)?,
        sets: paths(def.sets.iter().map(String::as_str)).map_err(bad_path)?,
        permissions: permissions.into_iter().collect(),
        iac: IacMapping { terraform: def.terraform.clone(), defaults: def.defaults.clone() },
    })
}

/// What follows the `def ...;` at the beginning: objects in those are parts of attributes.
fn after_definitions(expression: &str) -> &str {
    let mut rest = expression.trim_start();
    while rest.starts_with("def ") || rest.starts_with('#') {
        if rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, after)| after).trim_start();
            continue;
        }
        let (mut depth, mut in_text, mut in_comment) = (0_i32, false, false);
        let end = rest.char_indices().find(|(_, c)| {
            match c {
                '\n' => in_comment = false,
                _ if in_comment => {}
                '"' => in_text = !in_text,
                _ if in_text => {}
                '#' => in_comment = true,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                ';' => return depth == 0,
                _ => {}
            }
            false
        });
        let Some((at, _)) = end else { return rest };
        rest = rest.get(at + 1..).unwrap_or_default().trim_start();
    }
    rest
}

/// The keys that an expression's own objects have: `A` and `B` of `{A: .x} + {B: {C: .y}}`. So the
/// list of attributes stands once, where they are mapped.
fn top_level_keys(expression: &str) -> Vec<String> {
    let expression = after_definitions(expression);
    let mut keys = BTreeSet::new();
    let mut depth = Vec::new();
    let mut word = String::new();
    let mut chars = expression.chars().peekable();
    // Whether the next word is a key: after the brace of an outermost object, or its comma.
    let mut at_key = false;
    while let Some(c) = chars.next() {
        match c {
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => text.extend(chars.next()),
                        c => text.push(c),
                    }
                }
                if at_key {
                    word = text;
                }
            }
            '{' | '(' | '[' => {
                at_key = c == '{' && depth.is_empty();
                depth.push(c);
                word.clear();
            }
            '}' | ')' | ']' => {
                if at_key && depth.len() == 1 && !word.is_empty() {
                    keys.insert(std::mem::take(&mut word));
                }
                depth.pop();
                at_key = false;
            }
            ',' if depth.as_slice() == ['{'] => {
                if at_key && !word.is_empty() {
                    keys.insert(std::mem::take(&mut word));
                }
                at_key = true;
                word.clear();
            }
            ':' if at_key && depth.as_slice() == ['{'] => {
                keys.insert(std::mem::take(&mut word));
                at_key = false;
            }
            c if at_key && (c.is_ascii_alphanumeric() || c == '_') => word.push(c),
            _ => {}
        }
    }
    keys.into_iter().filter(|key| !key.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_outermost_objects() {
        assert_eq!(
            top_level_keys("{A: .x, B: {C: .y, D: [.z, {E: 1}]}, \"F\": 2}"),
            ["A", "B", "F"]
        );
        assert_eq!(top_level_keys("{A: .x} + (if .y then {B: 1} else {} end) + {C}"), ["A", "C"]);
        assert_eq!(
            top_level_keys("{ A: (.x | map({B: ., C: 2})), # D: no\n G: \"a, b: c\" }"),
            ["A", "G"]
        );
        assert_eq!(top_level_keys(".Properties // {}"), [""; 0]);
        let defined = "def p: {X: f(.a; \";\")}; # {Z}\n def q($r): {Y}; . as $t | {A: p, B}";
        assert_eq!(top_level_keys(defined), ["A", "B"]);
    }

    #[test]
    fn every_type_is_whole() {
        let types = Types::new(&["AWS::Logs::LogGroup".to_owned()]).unwrap();
        assert!(types.uses_cloud_control());
        for info in types.catalog().iter() {
            let name = &info.resource_type;
            assert!(types.get(name).is_some(), "{name}");
            assert!(
                !info.permissions.is_empty() && !info.title.is_empty() && !info.doc.is_empty(),
                "{name}"
            );
            if info.service != "cloudcontrol" {
                assert!(!info.attributes.is_empty(), "{name} names no attributes");
            }
            let unreadable: Vec<_> = types
                .registry
                .defs()
                .filter(|def| *name == def.type_name.as_str())
                .flat_map(|def| &def.unreadable)
                .collect();
            for path in info.ignored.iter().chain(&info.sensitive).chain(&info.sets) {
                let top = path
                    .segments()
                    .first()
                    .map(|s| AttrPath::new([s.clone()]).to_string())
                    .unwrap_or_default();
                let known =
                    info.attributes.contains(&top) || unreadable.contains(&&path.to_string());
                assert!(known, "{name} has no {path}");
            }
        }
    }

    #[test]
    fn what_a_type_calls_is_allowed() {
        let types = Types::new(&[]).unwrap();
        let allowed: BTreeSet<_> =
            types.allowed().iter().flat_map(|call| call.iam_actions.iter()).collect();
        for info in types.catalog().iter() {
            for permission in &info.permissions {
                assert!(
                    allowed.contains(permission),
                    "{}: {permission} would be refused",
                    info.resource_type
                );
            }
        }
    }
}
