//! What is proven of each type: every mapped attribute is changed, or there is a reason why not.

use std::collections::{BTreeMap, BTreeSet};

use tenko::model::{Catalog, TypeInfo};

use crate::team::Row;

/// What must be changed at least once, of those that can be.
const AT_LEAST: usize = 150;

/// Compares the table with the catalogue: the table as text, and what is wrong with it.
pub(crate) fn check(table: &BTreeMap<String, Row>, catalog: &Catalog) -> (String, Vec<String>) {
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let (mut changes, mut changed, mut fixed) = (0, 0, 0);
    for (name, row) in table {
        let Some(info) = catalog.iter().find(|info| info.resource_type.as_str() == name) else {
            faults.push(format!("{name} is not in the catalogue"));
            continue;
        };
        lines.push(name.clone());
        let names: Vec<_> = row.changed.keys().map(String::as_str).collect();
        lines.push(format!("  changed: {}", names.join(", ")));
        for (attribute, reason) in &row.fixed {
            lines.push(format!("  not {attribute}: {reason}"));
        }
        changes += row.changed.values().sum::<usize>();
        changed += row.changed.len();
        fixed += row.fixed.len();
        let mapped = mapped(info);
        let said: BTreeSet<_> = row.changed.keys().chain(row.fixed.keys()).cloned().collect();
        for missing in mapped.difference(&said) {
            faults.push(format!(
                "{name}: {missing} is mapped, and neither changed nor is there a reason"
            ));
        }
        for extra in said.difference(&mapped) {
            faults.push(format!("{name}: {extra} is not mapped"));
        }
        for twice in row.changed.keys().filter(|key| row.fixed.contains_key(*key)) {
            faults.push(format!("{name}: {twice} is changed, and there is a reason why not"));
        }
    }
    lines.push(format!(
        "{} types: {changes} changes of {changed} attributes; {fixed} attributes are not changed",
        table.len()
    ));
    assert!(changed >= AT_LEAST, "only {changed} attributes are changed");
    (lines.join("\n"), faults)
}

/// What code can say of a type, all of its parts together.
fn mapped(info: &TypeInfo) -> BTreeSet<String> {
    let of = |ty: &tenko::model::TerraformType| {
        let lists = ty.append.keys().chain(ty.includes.keys()).chain(ty.at_least.keys());
        ty.attributes.keys().chain(lists).map(ToString::to_string).collect::<Vec<_>>()
    };
    let attributes = info.iac.terraform.iter().flat_map(of);
    attributes.chain(info.taggable.then(|| "Tags".to_owned())).collect()
}
