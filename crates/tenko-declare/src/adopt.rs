//! Code that takes over what nothing declares yet: `import` blocks for Terraform, entries for a
//! manifest.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use serde_json::{Value, json};
use tenko_core::{Catalog, Resource, TerraformType};
use tenko_jq::{Expr, JqError, Subject};

use crate::init::{comment, needs_escape, scalar, slug};
use crate::placeholder;

/// Text to paste, and what there is no text for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoption {
    /// The blocks or entries, each with a comment that says where the resource is.
    pub text: String,
    /// How many resources the text takes over.
    pub adopted: usize,
    /// Resources that cannot be taken over this way, as type and id, with the reason.
    pub skipped: Vec<(String, String)>,
}

/// Terraform `import` blocks (Terraform 1.5 and OpenTofu 1.6 or later), by type and id. Names of
/// the blocks are made from the resources' names; no two are alike. `terraform plan
/// -generate-config-out=FILE` writes the configuration for them.
pub fn adopt_terraform(resources: &[&Resource], catalog: &Catalog) -> Adoption {
    let mut out = Adoption::default();
    let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
    let mut compiled = Compiled::new();
    for resource in in_order(resources) {
        let key = &resource.key;
        match import(resource, catalog, &mut compiled) {
            Ok((block, id)) => {
                let name = unused(&mut taken, &block, resource.label());
                let place =
                    format!("{} {} in {} {}", key.resource_type, key.id, key.scope, key.region);
                let _ = write!(
                    out.text,
                    "{}# {}\nimport {{\n  to = {block}.{name}\n  id = {}\n}}\n",
                    if out.text.is_empty() { "" } else { "\n" },
                    comment(&place),
                    hcl(&id),
                );
                out.adopted += 1;
            }
            Err(reason) => out.skipped.push((format!("{} {}", key.resource_type, key.id), reason)),
        }
    }
    out
}

/// Entries for the `resources` of an environment in the manifest, by type and id.
pub fn adopt_manifest(resources: &[&Resource], catalog: &Catalog) -> Adoption {
    let mut out = Adoption::default();
    for resource in in_order(resources) {
        let key = &resource.key;
        if catalog.get(&key.resource_type).is_none() {
            let reason = "the manifest must name the type below aws.cloud_control or google.asset_types first";
            out.skipped.push((format!("{} {}", key.resource_type, key.id), reason.to_owned()));
            continue;
        }
        let _ = write!(
            out.text,
            "- type: {}\n  id: {}\n",
            scalar(key.resource_type.as_str()),
            scalar(&placeholder::escape(&key.id)),
        );
        if let Some(name) = resource.name.as_ref().filter(|name| **name != key.id) {
            let _ = writeln!(out.text, "  name: {}", scalar(&placeholder::escape(name)));
        }
        out.adopted += 1;
    }
    out
}

fn in_order<'r>(resources: &[&'r Resource]) -> Vec<&'r Resource> {
    let mut sorted = resources.to_vec();
    sorted.sort_by(|a, b| {
        (&a.key.resource_type, &a.key.scope, &a.key.id).cmp(&(
            &b.key.resource_type,
            &b.key.scope,
            &b.key.id,
        ))
    });
    sorted
}

/// Each expression is compiled once, however many resources there are.
type Compiled<'c> = HashMap<&'c str, Result<Expr, JqError>>;

/// Terraform's type for the resource, and what `terraform import` takes.
fn import<'c>(
    resource: &Resource,
    catalog: &'c Catalog,
    compiled: &mut Compiled<'c>,
) -> Result<(String, String), String> {
    let info = catalog.get(&resource.key.resource_type);
    let all = info.into_iter().flat_map(|info| &info.iac.terraform);
    let mut wholes: Vec<_> = all.filter(|mapping| mapping.part_of.is_none()).collect();
    // One for special cases only, such as a disk that comes with its instance, cannot take over the
    // others: unless it says how, or there is no other.
    let has_general = wholes.iter().any(|mapping| mapping.when.is_none());
    wholes.retain(|m| m.when.is_none() || m.import.is_some() || !has_general);
    wholes.sort_by_key(|mapping| mapping.when.is_some());
    let mut reason = "no Terraform type is known for it".to_owned();
    for mapping in wholes {
        let Some(name) = mapping.types.first() else { continue };
        // What is zonal in one type is regional in the next: the expression tells which is meant.
        match import_id(resource, mapping, compiled) {
            Ok(Some(id)) => return Ok((name.clone(), id)),
            Ok(None) => reason = "Terraform cannot import it".to_owned(),
            Err(error) => reason = format!("its import id cannot be told: {error}"),
        }
    }
    Err(reason)
}

/// The import id, if this is the type for it and has one.
fn import_id<'c>(
    resource: &Resource,
    mapping: &'c TerraformType,
    compiled: &mut Compiled<'c>,
) -> Result<Option<String>, JqError> {
    let Some(expression) = &mapping.import else { return Ok(Some(resource.key.id.clone())) };
    let key = &resource.key;
    let subject = json!({
        "id": key.id,
        "name": resource.name,
        "scope": key.scope,
        "region": key.region,
        "attributes": resource.attributes.to_value(),
        "tags": resource.tags,
    });
    let expression = compiled.entry(expression).or_insert_with(|| Expr::compile(expression));
    let value = expression.as_ref().map_err(Clone::clone)?.value(&Subject::new(&subject))?;
    Ok(match value.as_deref() {
        Some(Value::String(id)) if !id.is_empty() => Some(id.clone()),
        _ => None,
    })
}

/// A name that no other block of this type has.
fn unused(taken: &mut BTreeSet<(String, String)>, block: &str, label: &str) -> String {
    // Terraform takes letters of other scripts too, and digits of theirs not.
    let ascii = |c: char| if c == '-' { Some('_') } else { c.is_ascii().then_some(c) };
    let mut base: String = slug(label).chars().filter_map(ascii).take(60).collect();
    if !base.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        base.insert_str(0, "r_");
    }
    let mut name = base.clone();
    let mut n = 1;
    while !taken.insert((block.to_owned(), name.clone())) {
        n += 1;
        name = format!("{base}_{n}");
    }
    name
}

/// A string literal of HCL: no name can end it, and none is a template.
fn hcl(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if needs_escape(c) => {
                // All of them lie below U+10000.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_a_string_or_is_a_template() {
        assert_eq!(hcl("plain-1"), r#""plain-1""#);
        assert_eq!(hcl("a\"b\\c\n"), r#""a\"b\\c\n""#);
        assert_eq!(hcl("${aws_vpc.x.id} %{if} $x 5%"), r#""$${aws_vpc.x.id} %%{if} $x 5%""#);
        assert_eq!(hcl("\u{202e}\u{7}"), r#""\u202e\u0007""#);
    }

    #[test]
    fn names_are_identifiers_and_never_twice() {
        let mut taken = BTreeSet::new();
        let mut name = |label: &str| unused(&mut taken, "aws_vpc", label);
        assert_eq!(name("Main VPC"), "main_vpc");
        assert_eq!(name("main-vpc"), "main_vpc_2");
        assert_eq!(name("10.0.0.0/16"), "r_10_0_0_0_16");
        assert!(name("\"\n}").starts_with("r_"));
        assert!(name(&"x".repeat(500)).len() <= 60);
        assert!(name(&"é".repeat(500)).starts_with("r_"));
        assert_eq!(name("web-数据-1"), "web__1");
    }
}
