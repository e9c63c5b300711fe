//! The mappings of all types, by Terraform's name, compiled when a state first needs them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock};

use tenko_core::{AttrPath, Catalog, Cloud, ReachKind, ResourceType, TerraformType, TypeInfo};
use tenko_jq::Expr;

use super::error::MappingError;
use super::keys::Wanted;

/// How Terraform's types become resources: made once from a catalogue, then used for any number of
/// states, from any thread.
#[derive(Default)]
pub struct Mappings {
    by_type: HashMap<Arc<str>, Vec<Mapping>>,
}

/// One `[[terraform]]` table for one of its types.
pub(super) struct Mapping {
    pub(super) terraform: Arc<str>,
    pub(super) info: Arc<Known>,
    definition: Arc<TerraformType>,
    /// What all mappings of its Terraform type look at. Asked of the first one.
    wanted: OnceLock<Wanted>,
    /// Shared by all types of the table.
    compiled: Arc<OnceLock<Result<Compiled, MappingError>>>,
}

/// What is needed of the type's entry in the catalogue.
pub(super) struct Known {
    pub(super) resource_type: ResourceType,
    pub(super) cloud: Cloud,
    pub(super) global: bool,
    pub(super) taggable: bool,
    pub(super) sensitive: Vec<AttrPath>,
}

/// The expressions of a table.
#[derive(Default)]
pub(super) struct Compiled {
    pub(super) when: Option<Expr>,
    pub(super) id: Option<Expr>,
    pub(super) part_of: Option<Expr>,
    pub(super) name: Option<Expr>,
    pub(super) scope: Option<Expr>,
    pub(super) region: Option<Expr>,
    pub(super) tags: Option<Expr>,
    pub(super) attributes: Vec<(AttrPath, Expr)>,
    pub(super) append: Vec<(AttrPath, Expr)>,
    pub(super) includes: Vec<Inclusion>,
}

/// An expression for elements that must be there.
pub(super) struct Inclusion {
    pub(super) path: AttrPath,
    pub(super) items: Expr,
    pub(super) keys: Vec<String>,
    pub(super) open: bool,
}

impl Mappings {
    /// The mappings of a catalogue's types. Expressions are compiled when they are first needed: a
    /// faulty one leaves the instances of its type out, with the reason. See [`Mappings::check`].
    ///
    /// # Errors
    /// [`MappingError::Form`] for a table that can't mean anything.
    pub fn new(catalog: &Catalog) -> Result<Self, MappingError> {
        let mut by_type: HashMap<Arc<str>, Vec<Mapping>> = HashMap::new();
        for info in catalog.iter().filter(|info| !info.iac.terraform.is_empty()) {
            let known = Arc::new(Known::new(info));
            for table in &info.iac.terraform {
                check_form(info, table)?;
                let definition = Arc::new(table.clone());
                let compiled = Arc::default();
                for name in &table.types {
                    let terraform: Arc<str> = Arc::from(name.as_str());
                    by_type.entry(Arc::clone(&terraform)).or_default().push(Mapping {
                        terraform,
                        info: Arc::clone(&known),
                        definition: Arc::clone(&definition),
                        wanted: OnceLock::new(),
                        compiled: Arc::clone(&compiled),
                    });
                }
            }
        }
        Ok(Self { by_type })
    }

    /// Compiles every expression now.
    ///
    /// # Errors
    /// All that do not compile.
    pub fn check(&self) -> Result<(), Vec<MappingError>> {
        let all = self.by_type.values().flatten();
        let mut errors: Vec<_> = all.filter_map(|m| m.compiled().err().cloned()).collect();
        errors.sort_by_key(ToString::to_string);
        errors.dedup();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Every Terraform type that is mapped, with the resource types that it becomes, or is a part of.
    pub fn types(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &ResourceType>)> {
        self.by_type
            .iter()
            .map(|(name, all)| (&**name, all.iter().map(|mapping| &mapping.info.resource_type)))
    }

    pub(super) fn of(&self, terraform: &str) -> &[Mapping] {
        self.by_type.get(terraform).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The attributes that these, which are all of one Terraform type, look at.
pub(super) fn wanted(mappings: &[Mapping]) -> &Wanted {
    static UNMAPPED: OnceLock<Wanted> = OnceLock::new();
    mappings.first().map_or(&UNMAPPED, |first| &first.wanted).get_or_init(|| Wanted::by(mappings))
}

impl fmt::Debug for Mappings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mappings").field("types", &self.by_type.len()).finish_non_exhaustive()
    }
}

impl Known {
    fn new(info: &TypeInfo) -> Self {
        Self {
            resource_type: info.resource_type.clone(),
            cloud: info.cloud.clone(),
            global: info.reach == ReachKind::Global && info.cloud == Cloud::aws(),
            taggable: info.taggable,
            sensitive: info.sensitive.clone(),
        }
    }
}

fn check_form(info: &TypeInfo, table: &TerraformType) -> Result<(), MappingError> {
    let whole = table.part_of.is_none();
    let what = if table.types.is_empty() {
        "names no type of Terraform"
    } else if whole && !table.append.is_empty() {
        "appends to what it is no part of"
    } else if !whole && (table.id.is_some() || table.name.is_some()) {
        "is a part, and has neither id nor name"
    } else if table
        .keys
        .keys()
        .any(|path| !table.includes.contains_key(path) && !table.at_least.contains_key(path))
    {
        "has keys for a path that is neither in `includes` nor in `at_least`"
    } else {
        return Ok(());
    };
    Err(MappingError::Form {
        resource_type: info.resource_type.to_string(),
        terraform: table.types.join(", "),
        what,
    })
}

impl Mapping {
    pub(super) fn compiled(&self) -> Result<&Compiled, &MappingError> {
        self.compiled.get_or_init(|| self.compile()).as_ref()
    }

    fn compile(&self) -> Result<Compiled, MappingError> {
        let table = &*self.definition;
        let expr = |field: String, source: &str| {
            Expr::compile(source).map_err(|source| MappingError::Expression {
                resource_type: self.info.resource_type.to_string(),
                terraform: table.types.join(", "),
                field,
                source,
            })
        };
        let one = |field: &str, source: &Option<String>| {
            source.as_deref().map(|source| expr(field.to_owned(), source)).transpose()
        };
        let all = |sources: &BTreeMap<AttrPath, String>| {
            sources
                .iter()
                .map(|(path, source)| Ok((path.clone(), expr(path.to_string(), source)?)))
                .collect::<Result<Vec<_>, _>>()
        };
        let inclusions = |sources, open| {
            let with_keys = |(path, items): (AttrPath, Expr)| {
                let keys = table.keys.get(&path).cloned().unwrap_or_default();
                Inclusion { path, items, keys, open }
            };
            Ok(all(sources)?.into_iter().map(with_keys).collect::<Vec<_>>())
        };
        Ok(Compiled {
            when: one("when", &table.when)?,
            id: one("id", &table.id)?,
            part_of: one("part_of", &table.part_of)?,
            name: one("name", &table.name)?,
            scope: one("scope", &table.scope)?,
            region: one("region", &table.region)?,
            tags: one("tags", &table.tags)?,
            attributes: all(&table.attributes)?,
            append: all(&table.append)?,
            includes: [inclusions(&table.includes, false)?, inclusions(&table.at_least, true)?]
                .into_iter()
                .flatten()
                .collect(),
        })
    }
}
