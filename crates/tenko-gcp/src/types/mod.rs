//! The resource types: data files, compiled.

mod canonical;
mod template;
mod typedef;

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobMatcher};
use include_dir::{Dir, include_dir};
use tenko_core::{AttrPath, Catalog, Cloud, IacMapping, ReachKind, ResourceType, TypeInfo};
use thiserror::Error;

pub(crate) use canonical::{AssetPlace, IAM_POLICY, Record, draft, last_segment};
pub(crate) use template::{Form, Piece, Template};
pub(crate) use typedef::{CallDef, NamesDef, TypeDef};

use crate::call::Operation;
use crate::official::{BUCKETS_GET_IAM_POLICY, BUCKETS_LIST};
use crate::services::Services;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/types");

/// Why a type's file cannot be used. All of it is a mistake in the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DefError {
    /// It is not TOML of the form.
    #[error("{0} does not parse")]
    Toml(String, #[source] Box<toml::de::Error>),
    /// It names a service that `services.toml` does not have.
    #[error("{0} names the unknown service {1}")]
    UnknownService(String, String),
    /// A text with holes is none.
    #[error("{name}: {what}")]
    Template {
        /// The file or the call.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// A pattern is no glob.
    #[error("{0} has a faulty pattern")]
    Glob(String, #[source] Box<globset::Error>),
    /// A type that no one could ask Cloud Asset Inventory for.
    #[error("`{0}` is not an asset type, which looks like `compute.googleapis.com/Image`")]
    AssetType(String),
}

/// One resource type, ready for use.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) info: TypeInfo,
    pub(crate) form: TypeForm,
    /// What Cloud Asset Inventory is asked for.
    pub(crate) asset_types: Vec<String>,
    /// How its id is made; `None`: of the asset's name.
    pub(crate) id: Option<Template>,
    pub(crate) only: Vec<(AttrPath, GlobMatcher)>,
    pub(crate) except: Vec<(AttrPath, GlobMatcher)>,
    pub(crate) provider_default: Vec<DefaultMark>,
    /// How its service is asked.
    pub(crate) reader: Reader,
}

/// What is known of the type's attributes.
#[derive(Debug)]
pub(crate) enum TypeForm {
    /// It has a file.
    Described(Box<TypeDef>),
    /// It is only named; what it holds is taken as it comes.
    Undescribed,
}

/// How a type is read when Cloud Asset Inventory is not asked.
#[derive(Debug)]
pub(crate) enum Reader {
    /// Through the official Cloud Storage client.
    Buckets,
    /// By calls of its REST API.
    Rest(Box<RestReader>),
    /// Not at all.
    None,
}

/// The calls of a type.
#[derive(Debug)]
pub(crate) struct RestReader {
    pub(crate) parents: Option<Call>,
    pub(crate) names: Option<NamesDef>,
    pub(crate) list: Call,
    pub(crate) each: Vec<Call>,
}

/// One call, compiled.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) def: CallDef,
    pub(crate) operation: Operation,
    pub(crate) path: Template,
    /// What is unknown when it fails.
    pub(crate) provides: Vec<AttrPath>,
}

/// What marks a resource as made by Google.
#[derive(Debug)]
pub(crate) struct DefaultMark {
    pub(crate) reason: String,
    pub(crate) when: Vec<(AttrPath, GlobMatcher)>,
}

/// All types.
#[derive(Debug)]
pub(crate) struct Types {
    types: BTreeMap<ResourceType, Type>,
    catalog: Catalog,
}

impl Types {
    /// The built-in types, and further ones that are read through Cloud Asset Inventory.
    ///
    /// # Errors
    /// [`DefError`] when a file is faulty or a further type's name cannot be one.
    pub(crate) fn new(further: &[String], services: &Services) -> Result<Self, DefError> {
        let mut types = BTreeMap::new();
        for file in FILES.files() {
            let name = file.path().display().to_string();
            let text = file.contents_utf8().unwrap_or_default();
            let def: TypeDef =
                toml::from_str(text).map_err(|e| DefError::Toml(name.clone(), Box::new(e)))?;
            let ty = compile(&name, def, services)?;
            types.insert(ty.info.resource_type.clone(), ty);
        }
        for name in further {
            let ty = undescribed(name)?;
            types.entry(ty.info.resource_type.clone()).or_insert(ty);
        }
        let catalog = types.values().map(|ty| ty.info.clone()).collect();
        Ok(Self { types, catalog })
    }

    pub(crate) fn get(&self, resource_type: &ResourceType) -> Option<&Type> {
        self.types.get(resource_type)
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Every call that the types make.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Call> {
        self.types.values().flat_map(|ty| match &ty.reader {
            Reader::Rest(rest) => {
                rest.parents.iter().chain([&rest.list]).chain(&rest.each).collect::<Vec<_>>()
            }
            Reader::Buckets | Reader::None => Vec::new(),
        })
    }
}

impl TypeForm {
    fn def(&self) -> Option<&TypeDef> {
        match self {
            Self::Described(def) => Some(def),
            Self::Undescribed => None,
        }
    }

    pub(crate) fn name(&self) -> AttrPath {
        self.def().map_or_else(|| AttrPath::key("name"), |def| def.name.clone())
    }

    pub(crate) fn location(&self) -> &[AttrPath] {
        self.def().map_or(&[], |def| &def.location)
    }

    pub(crate) fn created(&self) -> Option<&AttrPath> {
        self.def()?.created.as_ref()
    }

    pub(crate) fn labels(&self) -> Option<AttrPath> {
        match self {
            Self::Described(def) => def.labels.clone(),
            Self::Undescribed => Some(AttrPath::key("labels")),
        }
    }

    pub(crate) fn unknown_in_assets(&self) -> &[AttrPath] {
        self.def().map_or(&[], |def| &def.unknown_in_assets)
    }

    /// What is unknown where another attribute is there.
    pub(crate) fn unknown_with(&self) -> impl Iterator<Item = (&AttrPath, &[AttrPath])> {
        let all = self.def().into_iter().flat_map(|def| &def.unknown_with);
        all.map(|(mark, unknown)| (mark, unknown.as_slice()))
    }

    /// Whether Cloud Asset Inventory can be asked for it.
    pub(crate) fn in_assets(&self) -> bool {
        self.def().is_none_or(|def| def.assets)
    }

    /// Whether the IAM policy is an attribute.
    pub(crate) fn has_policy(&self) -> bool {
        self.def().is_some_and(|def| def.iam_policy)
    }
}

fn compile(name: &str, def: TypeDef, services: &Services) -> Result<Type, DefError> {
    if services.get(&def.service).is_none() {
        return Err(DefError::UnknownService(name.to_owned(), def.service.clone()));
    }
    let call = |def: &CallDef, service: &str| compile_call(name, service, def);
    let reader = match &def.list {
        None => Reader::Buckets,
        Some(list) => Reader::Rest(Box::new(RestReader {
            parents: def.parents.as_ref().map(|c| call(c, &def.service)).transpose()?,
            names: def.names.clone(),
            list: call(list, &def.service)?,
            each: def.each.iter().map(|c| call(c, &def.service)).collect::<Result<_, _>>()?,
        })),
    };
    let provider_default = def.provider_default.iter().map(|default| {
        Ok(DefaultMark { reason: default.reason.clone(), when: globs(name, &default.when)? })
    });
    let provider_default = provider_default.collect::<Result<_, DefError>>()?;
    Ok(Type {
        info: info(&def),
        asset_types: vec![def.asset_types.clone().unwrap_or_else(|| def.type_name.clone())],
        id: Some(Template::parse(name, &def.id)?),
        only: globs(name, &def.only)?,
        except: globs(name, &def.except)?,
        provider_default,
        reader,
        form: TypeForm::Described(Box::new(def)),
    })
}

/// A call of a service, with its path taken apart.
pub(crate) fn compile_call(name: &str, service: &str, def: &CallDef) -> Result<Call, DefError> {
    let into = def.into.as_deref().map(AttrPath::key);
    Ok(Call {
        operation: Operation::new(service, &def.method),
        path: Template::parse(name, &def.path)?,
        provides: def.provides.iter().cloned().chain(into).collect(),
        def: def.clone(),
    })
}

fn globs(
    name: &str,
    patterns: &BTreeMap<AttrPath, String>,
) -> Result<Vec<(AttrPath, GlobMatcher)>, DefError> {
    let glob = |(path, text): (&AttrPath, &String)| {
        let glob = Glob::new(text).map_err(|e| DefError::Glob(name.to_owned(), Box::new(e)))?;
        Ok((path.clone(), glob.compile_matcher()))
    };
    patterns.iter().map(glob).collect()
}

fn info(def: &TypeDef) -> TypeInfo {
    let mut permissions: BTreeSet<&str> = def
        .parents
        .iter()
        .chain(&def.list)
        .chain(&def.each)
        .flat_map(|call| call.permissions.iter().map(String::as_str))
        .collect();
    if def.list.is_none() {
        permissions.extend(BUCKETS_LIST.permissions);
        permissions.extend(BUCKETS_GET_IAM_POLICY.permissions);
    }
    let mut attributes = def.attributes.clone();
    let mut sets = def.sets.clone();
    if def.iam_policy {
        attributes.push(IAM_POLICY.to_owned());
        sets.extend("iamPolicy.bindings".parse().ok());
    }
    attributes.sort();
    TypeInfo {
        resource_type: ResourceType::new(&def.type_name),
        cloud: Cloud::gcp(),
        service: def.service.clone(),
        title: def.title.clone(),
        doc: def.doc.trim().to_owned(),
        reach: ReachKind::Global,
        taggable: def.labels.is_some(),
        attributes,
        ignored: def.ignored.clone(),
        sensitive: def.sensitive.clone(),
        sets,
        permissions: permissions.into_iter().map(str::to_owned).collect(),
        iac: IacMapping { terraform: def.terraform.clone(), defaults: def.defaults.clone() },
    }
}

fn undescribed(name: &str) -> Result<Type, DefError> {
    let wrong = || DefError::AssetType(name.to_owned());
    let (host, kind) = name.split_once('/').ok_or_else(wrong)?;
    let service = host.strip_suffix(".googleapis.com").ok_or_else(wrong)?;
    let plain = |text: &str, more: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
        !text.is_empty() && text.chars().all(allowed)
    };
    if !plain(service, "-.") || !plain(kind, "") {
        return Err(wrong());
    }
    Ok(Type {
        info: TypeInfo {
            resource_type: ResourceType::new(name),
            cloud: Cloud::gcp(),
            service: "cloudasset".to_owned(),
            title: kind.to_owned(),
            doc: "Read through Cloud Asset Inventory, as it gives it. Nobody described its \
                  attributes: what is named like a secret is hidden."
                .to_owned(),
            reach: ReachKind::Global,
            taggable: true,
            attributes: Vec::new(),
            ignored: Vec::new(),
            sensitive: Vec::new(),
            sets: Vec::new(),
            permissions: vec!["cloudasset.assets.listResource".to_owned()],
            iac: IacMapping::default(),
        },
        form: TypeForm::Undescribed,
        asset_types: vec![name.to_owned()],
        id: None,
        only: Vec::new(),
        except: Vec::new(),
        provider_default: Vec::new(),
        reader: Reader::None,
    })
}
