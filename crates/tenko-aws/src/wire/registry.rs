//! All resource types that are data: parsed at once, compiled when first used.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};
use serde_json::Value;
use tenko_jq::{Jq, JqError};

use super::guard::AllowedCall;
use super::service::{Service, Services, WireOperation};
use super::typedef::{CallDef, DefError, InputDef, TypeDef};

static TYPES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/types");

/// The types that tenko ships with, and Cloud Control for any other.
#[derive(Debug)]
pub struct TypeRegistry {
    services: Services,
    types: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    def: TypeDef,
    compiled: OnceLock<Arc<WireType>>,
}

impl TypeRegistry {
    /// The types that are built in.
    ///
    /// # Errors
    /// When a file that is built in does not parse; a test keeps this from happening.
    pub fn embedded() -> Result<Self, DefError> {
        let services = Services::embedded()
            .map_err(|e| DefError::Toml("services.toml".to_owned(), Box::new(e)))?;
        let mut defs = Vec::new();
        for file in
            TYPES.files().filter(|file| file.path().extension().is_some_and(|e| e == "toml"))
        {
            let name = file.path().display().to_string();
            defs.push(TypeDef::parse(&name, file.contents_utf8().unwrap_or_default())?);
        }
        Ok(Self::new(services, defs))
    }

    /// A registry of the given types. Of two with the same name the last one stays.
    pub fn new(services: Services, defs: impl IntoIterator<Item = TypeDef>) -> Self {
        let types = defs
            .into_iter()
            .map(|def| (def.type_name.clone(), Entry { def, compiled: OnceLock::new() }))
            .collect();
        TypeRegistry { services, types }
    }

    /// What the files say, by type name.
    pub fn defs(&self) -> impl Iterator<Item = &TypeDef> {
        self.types.values().map(|entry| &entry.def)
    }

    /// What the file of a type says.
    pub fn def(&self, type_name: &str) -> Option<&TypeDef> {
        self.types.get(type_name).map(|entry| &entry.def)
    }

    /// The services that the types use.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Whether there is a file for this type.
    pub fn contains(&self, type_name: &str) -> bool {
        self.types.contains_key(type_name)
    }

    /// A type, ready to run.
    ///
    /// # Errors
    /// [`DefError`]: unknown, or a faulty file.
    pub fn get(&self, type_name: &str) -> Result<Arc<WireType>, DefError> {
        let entry =
            self.types.get(type_name).ok_or_else(|| DefError::UnknownType(type_name.to_owned()))?;
        if let Some(compiled) = entry.compiled.get() {
            return Ok(compiled.clone());
        }
        let compiled = Arc::new(WireType::compile(entry.def.clone(), &self.services)?);
        Ok(entry.compiled.get_or_init(|| compiled).clone())
    }

    /// Every call that the types can make, for the guard's list and the least-privilege policy.
    ///
    /// # Errors
    /// When a type names an unknown service.
    pub fn allowed_calls(&self) -> Result<Vec<AllowedCall>, DefError> {
        let mut out = Vec::new();
        for def in self.defs() {
            for call in def.calls() {
                out.push(AllowedCall::of(&def.operation(call, &self.services)?));
            }
        }
        Ok(out)
    }

    /// A collector for any type that Cloud Control can list, such as `AWS::Logs::LogGroup`.
    ///
    /// Types that need a parent (`ResourceModel`) can't be listed this way; the service then answers
    /// `InvalidRequestException`. Nothing is known of sensitive attributes, so redact by the resource schema.
    ///
    /// # Errors
    /// When `type_name` is not of the form `A::B::C`.
    pub fn cloud_control(&self, type_name: &str) -> Result<Arc<WireType>, DefError> {
        let part =
            |p: &str| (2..=64).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric());
        if type_name.split("::").count() != 3 || !type_name.split("::").all(part) {
            return Err(DefError::UnknownType(type_name.to_owned()));
        }
        let text = include_str!("cloud_control.toml").replace("{type}", type_name);
        Ok(Arc::new(WireType::compile(TypeDef::parse(type_name, &text)?, &self.services)?))
    }

    /// Cloud Control's two calls, for the guard's list. They are apart from [`allowed_calls`](Self::allowed_calls):
    /// only a configuration that names other types needs them.
    pub fn cloud_control_calls(&self) -> Result<Vec<AllowedCall>, DefError> {
        let def = TypeDef::parse("cloud_control.toml", include_str!("cloud_control.toml"))?;
        def.calls().map(|call| Ok(AllowedCall::of(&def.operation(call, &self.services)?))).collect()
    }
}

/// A type with its expressions compiled. Shared by all units that collect it.
#[derive(Debug)]
pub struct WireType {
    /// What the file says.
    pub def: TypeDef,
    /// Whose type it is.
    pub service: Arc<Service>,
    pub(crate) prepare: Option<Step>,
    pub(crate) before: Option<Step>,
    pub(crate) list: Step,
    pub(crate) joins: Vec<Step>,
    pub(crate) hydrates: Vec<Step>,
    /// Record to `{id, name, arn, created, tags, provider_default, attributes, unknown}`.
    pub(crate) record: Jq,
}

/// A call with its expressions compiled.
#[derive(Debug)]
pub(crate) struct Step {
    pub op: WireOperation,
    pub def: CallDef,
    pub fixed_input: Value,
    pub input: Option<Jq>,
    pub items: Option<Jq>,
    pub csv: Option<Jq>,
    pub until: Option<Jq>,
    pub token_out: Option<Jq>,
    pub when: Option<Jq>,
    pub each: Option<Jq>,
    pub out: Option<Jq>,
    pub key: Option<Jq>,
    pub on: Option<Jq>,
    pub failures: Option<Jq>,
}

impl Step {
    /// The record's member that takes the result.
    pub(crate) fn member(&self) -> &str {
        self.def.into.as_deref().unwrap_or_default()
    }
}

impl WireType {
    /// Compiles a type.
    ///
    /// # Errors
    /// [`DefError`].
    pub fn compile(def: TypeDef, services: &Services) -> Result<Self, DefError> {
        let jq_error = |e: JqError| DefError::Jq(def.type_name.clone(), e);
        let step = |call: &CallDef, needs: &[&str]| compile_step(&def, call, services, needs);
        let prepare = def.prepare.as_ref().map(|call| step(call, &["until"])).transpose()?;
        let before = def.before.as_ref().map(|call| step(call, &["items", "into"])).transpose()?;
        let list = step(&def.list, &["items"])?;
        if let (Some(before), Some(_)) = (&def.before, &def.over) {
            return Err(DefError::Call {
                type_name: def.type_name.clone(),
                operation: before.operation.clone(),
                what: "tells parents that `over` names as well".to_owned(),
            });
        }
        let joins: Vec<Step> = def
            .join
            .iter()
            .map(|call| step(call, &["items", "into", "key", "on", "provides"]))
            .collect::<Result<_, _>>()?;
        let hydrates: Vec<Step> = def
            .hydrate
            .iter()
            .map(|call| {
                let needs: &[&str] = if call.batch.is_some() {
                    &["items", "into", "key", "on", "provides"]
                } else {
                    &["into", "provides"]
                };
                step(call, needs)
            })
            .collect::<Result<_, _>>()?;
        // One expression for the whole record: it is compiled once and run once.
        let or_null = |text: &Option<String>| text.clone().unwrap_or_else(|| "null".to_owned());
        let record = format!(
            "{{id: ({}\n), name: ({}\n), arn: ({}\n), created: ({}\n), tags: ({}\n), provider_default: ({}\n), attributes: ({}\n), unknown: [{}\n]}}",
            def.id,
            or_null(&def.name),
            or_null(&def.arn),
            or_null(&def.created),
            or_null(&def.tags),
            or_null(&def.provider_default),
            def.attributes,
            def.unknown.as_deref().unwrap_or("empty"),
        );
        let record = Jq::compile(&record).map_err(jq_error)?;
        let service = list.op.service.clone();
        Ok(WireType { def, service, prepare, before, list, joins, hydrates, record })
    }

    /// The member that takes the parent, in the list's input and in the records.
    pub(crate) fn parent_member(&self) -> Option<&str> {
        let over = self.def.over.as_ref().map(|over| over.into.as_str());
        self.before.as_ref().map(Step::member).or(over)
    }
}

fn compile_step(
    def: &TypeDef,
    call: &CallDef,
    services: &Services,
    needs: &[&str],
) -> Result<Step, DefError> {
    let op = def.operation(call, services)?;
    let wrong = |what: &str| DefError::Call {
        type_name: def.type_name.clone(),
        operation: call.operation.clone(),
        what: what.to_owned(),
    };
    for need in needs {
        let there = match *need {
            "items" => call.items.is_some(),
            "into" => call.into.is_some(),
            "key" => call.key.is_some(),
            "on" => call.on.is_some(),
            "until" => call.until.is_some(),
            _ => !call.provides.is_empty(),
        };
        if !there {
            return Err(wrong(&format!("has no `{need}`")));
        }
    }
    if op.service.protocol.is_rest() != call.uri.is_some() {
        return Err(wrong("must have a `uri` if, and only if, its service is REST"));
    }
    if call.token_in.is_some() != call.token_out.is_some() {
        return Err(wrong("has only one of `token_in` and `token_out`"));
    }
    if call.token_out.is_some() && call.items.is_none() {
        return Err(wrong("has pages but no `items`"));
    }
    let compile = |text: &Option<String>| {
        text.as_deref()
            .map(Jq::compile)
            .transpose()
            .map_err(|e| DefError::Jq(def.type_name.clone(), e))
    };
    let input = match &call.input {
        Some(InputDef::Jq(text)) => compile(&Some(text.clone()))?,
        _ => None,
    };
    let fixed_input = call
        .input
        .as_ref()
        .and_then(InputDef::table)
        .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    Ok(Step {
        op,
        fixed_input,
        input,
        items: compile(&call.items)?,
        csv: compile(&call.csv)?,
        until: compile(&call.until)?,
        token_out: compile(&call.token_out)?,
        when: compile(&call.when)?,
        each: compile(&call.each)?,
        out: compile(&call.out)?,
        key: compile(&call.key)?,
        on: compile(&call.on)?,
        failures: compile(&call.failures)?,
        def: call.clone(),
    })
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
