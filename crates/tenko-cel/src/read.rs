//! What an expression reads, filled in when the evaluation comes to it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cel::common::types::{CelBool, CelList, CelMap, CelMapKey, CelNull, CelString, CelTimestamp};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use jiff::Timestamp;
use tenko_core::{AttrPath, Environment, Origin, ScopeKind, ScopeStatus, Segment, Tenant};

use crate::Facts;
use crate::hidden;
use crate::json::{Found, find};
use crate::plan::{Root, Slot, slot_index};

/// How much one evaluation may cost: parts of an expression that loops go through, and parts of
/// values that it is given. What costs this much takes some tenths of a second.
const MAX_COST: u64 = 1_000_000;

/// Fills the slots of one expression for one resource or scope.
pub(crate) struct Reader<'a> {
    slots: &'a [Slot],
    facts: &'a Facts<'a>,
    cost: AtomicU64,
    /// Whether a list or map was given that holds what is hidden.
    gave_hidden: AtomicBool,
}

impl VariableResolver for Reader<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        self.read(self.slots.get(slot_index(variable)?)?).ok()
    }
}

type Read<'b> = Result<CowVal<'b, 'b>, String>;

impl<'a> Reader<'a> {
    pub(crate) fn new(slots: &'a [Slot], facts: &'a Facts<'a>) -> Self {
        Self { slots, facts, cost: AtomicU64::new(0), gave_hidden: AtomicBool::new(false) }
    }

    /// Why the slot of this name could not be filled.
    pub(crate) fn missing(&self, name: &str) -> Option<String> {
        self.read(self.slots.get(slot_index(name)?)?).err()
    }

    /// Whether what an operator cannot be used on may be a hidden value: errors name it as null.
    pub(crate) fn gave_hidden(&self) -> bool {
        self.gave_hidden.load(Ordering::Relaxed)
    }

    /// Adds to what the evaluation has cost.
    fn spend(&self, cost: u64) -> Result<(), String> {
        let before = self.cost.fetch_add(cost, Ordering::Relaxed);
        if before.saturating_add(cost) > MAX_COST {
            return Err("the loops of the expression go over too much".to_owned());
        }
        Ok(())
    }

    fn read<'b>(&'b self, slot: &'b Slot) -> Read<'b> {
        match slot {
            Slot::Now => Ok(time(self.facts.now)),
            Slot::Environment => Ok(match self.facts.environments.first() {
                Some((_, environment)) => text(&environment.name),
                None => CowVal::owned(CelNull),
            }),
            Slot::Turn(parts) => self.spend(*parts).map(|()| truth(true)),
            Slot::Member(root, name) => self.member(*root, name),
            Slot::HasMember(root, name) => self.has_member(*root, name),
            Slot::Tag(root, key) => match self.tags(*root)?.get(key) {
                Some(value) => Ok(text(value)),
                None => Err(self.no_tag(*root, key)),
            },
            Slot::HasTag(root, key) => Ok(truth(self.tags(*root)?.contains_key(key))),
            Slot::Attribute(path) => self.attribute(path, true),
            Slot::HasAttribute(path) => self.attribute(path, false),
        }
    }

    fn tags(&self, root: Root) -> Result<&'a BTreeMap<String, String>, String> {
        match root {
            Root::Resource => self.facts.resource.map(|resource| &resource.tags),
            _ => self.facts.scope.map(|scope| &scope.tags),
        }
        .ok_or_else(|| absent(root))
    }

    fn no_tag(&self, root: Root, key: &str) -> String {
        let (of, variable) = match root {
            Root::Resource => ("resource", "resource"),
            _ => ("account or project", "scope"),
        };
        format!("the {of} has no tag `{key}`; ask first: `{key:?} in {variable}.tags`")
    }

    fn member<'b>(&'b self, root: Root, name: &str) -> Read<'b> {
        match root {
            Root::Resource => {
                let resource = self.facts.resource.ok_or_else(|| absent(root))?;
                Ok(match name {
                    "cloud" => text(resource.key.cloud.as_str()),
                    "account" => text(resource.key.scope.as_str()),
                    "region" => text(resource.key.region.as_str()),
                    "type" => text(resource.key.resource_type.as_str()),
                    "id" => text(&resource.key.id),
                    "name" => text(resource.name.as_deref().unwrap_or_default()),
                    "tags" => self.map(&resource.tags)?,
                    "attributes" => return self.attribute(&[], true),
                    "created_at" => {
                        resource.created_at.map_or_else(|| CowVal::owned(CelNull), time)
                    }
                    "made_by_provider" => truth(resource.origin != Origin::Customer),
                    _ => return Err(absent(root)),
                })
            }
            Root::Scope => {
                let scope = self.facts.scope.ok_or_else(|| absent(root))?;
                Ok(match name {
                    "cloud" => text(scope.cloud.as_str()),
                    "id" => text(scope.id.as_str()),
                    "name" => text(&scope.name),
                    "kind" => text(kind(scope.kind)),
                    "status" => text(status(scope.status)),
                    "parent" => text(scope.parent.as_ref().map_or("", |id| id.as_str())),
                    "path" => {
                        let names = self.facts.path.iter().map(|scope| {
                            Box::new(CelString::from(scope.name.as_str())) as Box<dyn Val + 'b>
                        });
                        CowVal::owned(CelList::from(names.collect::<Vec<_>>()))
                    }
                    "tags" => self.map(&scope.tags)?,
                    "management" => truth(scope.management),
                    _ => return Err(absent(root)),
                })
            }
            Root::Environment => {
                let mut of = self.facts.environments.iter().map(|of| of_environment(of, name));
                let value = of.next().flatten().ok_or_else(|| absent(root))?;
                if of.any(|other| other != Some(value)) {
                    return Err(format!(
                        "the account or project belongs to several environments, and `{name}` is \
                         not the same in all of them"
                    ));
                }
                Ok(text(value))
            }
        }
    }

    /// Whether a member says anything; without an environment none of its members does.
    fn has_member<'b>(&'b self, root: Root, name: &str) -> Read<'b> {
        if root == Root::Environment && self.facts.environments.is_empty() {
            return Ok(truth(false));
        }
        let value = self.member(root, name)?;
        let nothing = value.downcast_ref::<CelString>().is_some_and(|text| text.inner().is_empty())
            || value.downcast_ref::<CelNull>().is_some();
        Ok(truth(!nothing))
    }

    fn map<'b>(&'b self, tags: &'b BTreeMap<String, String>) -> Read<'b> {
        self.spend(tags.len() as u64)?;
        let entries: HashMap<CelMapKey<'b>, Box<dyn Val + 'b>> = tags
            .iter()
            .map(|(key, value)| {
                let value: Box<dyn Val + 'b> = Box::new(CelString::from(value.as_str()));
                (CelMapKey::from(key.clone()), value)
            })
            .collect();
        Ok(CowVal::owned(CelMap::from(entries)))
    }

    fn attribute<'b>(&'b self, path: &[Segment], value: bool) -> Read<'b> {
        let resource = self.facts.resource.ok_or_else(|| absent(Root::Resource))?;
        let found = find(resource.attributes.as_json(), path, value)
            .ok_or_else(|| "the attributes of the resource cannot be read".to_owned())?;
        let shown = |steps: usize| {
            AttrPath::new(path.iter().take(steps).cloned().collect::<Vec<_>>()).to_string()
        };
        match found {
            Found::Value(value, parts) => {
                self.spend(parts.count)?;
                if parts.hidden {
                    self.gave_hidden.store(true, Ordering::Relaxed);
                }
                Ok(CowVal::Owned(value))
            }
            Found::Present => Ok(truth(true)),
            // Only the last step is what `has` asks for.
            Found::Absent(at) if !value && at + 1 == path.len() => Ok(truth(false)),
            Found::Absent(at) => {
                let asked = AttrPath::key("attributes");
                let asked = path.iter().take(at + 1).fold(asked, |p, s| p.with(s.clone()));
                let ask = match path.get(at) {
                    Some(Segment::Index(_)) => "ask first for the `size(...)` of the list",
                    _ => &format!("ask first: `has(resource.{asked})`"),
                };
                Err(format!("the resource has no attribute `{}`; {ask}", shown(at + 1)))
            }
            Found::Hidden(at) => Err(hidden::said(&shown(at))),
            Found::NoMembers(at, what) => {
                Err(format!("the attribute `{}` is {what} and has no members", shown(at)))
            }
        }
    }
}

/// A member of an environment.
fn of_environment<'a>(
    (tenant, environment): &(&'a Tenant, &'a Environment),
    name: &str,
) -> Option<&'a str> {
    Some(match name {
        "tenant" => &tenant.id,
        "name" => &environment.name,
        "stage" => environment.stage.as_deref().unwrap_or(&environment.name),
        "owner" => {
            let owner = environment.owner.as_ref().or(tenant.owner.as_ref());
            owner.map_or("", |owner| owner.as_str())
        }
        _ => return None,
    })
}

fn absent(root: Root) -> String {
    match root {
        Root::Resource => "there is no resource".to_owned(),
        Root::Scope => "the account or project is not known".to_owned(),
        Root::Environment => "the account or project belongs to no environment; ask first: \
                              `environment != null`"
            .to_owned(),
    }
}

fn text<'b>(text: &'b str) -> CowVal<'b, 'b> {
    CowVal::owned(CelString::from(text))
}

fn truth<'b>(value: bool) -> CowVal<'b, 'b> {
    CowVal::owned(CelBool::from(value))
}

/// A time of jiff is never outside of what chrono and CEL have: the years from -9999 to 9999.
fn time<'b>(time: Timestamp) -> CowVal<'b, 'b> {
    let nanoseconds = u32::try_from(time.subsec_nanosecond()).unwrap_or_default();
    match chrono::DateTime::from_timestamp(time.as_second(), nanoseconds) {
        Some(time) => CowVal::owned(CelTimestamp::from(time.fixed_offset())),
        None => CowVal::owned(CelNull),
    }
}

fn kind(kind: ScopeKind) -> &'static str {
    match kind {
        ScopeKind::Organization => "organization",
        ScopeKind::Folder => "folder",
        ScopeKind::Account => "account",
        ScopeKind::Project => "project",
        _ => "",
    }
}

fn status(status: ScopeStatus) -> &'static str {
    match status {
        ScopeStatus::Active => "active",
        ScopeStatus::PendingActivation => "pending_activation",
        ScopeStatus::Suspended => "suspended",
        ScopeStatus::PendingClosure => "pending_closure",
        ScopeStatus::Closed => "closed",
        _ => "unknown",
    }
}
