//! `tenko parity`.

use std::collections::BTreeSet;

use tenko::declare::stacks;
use tenko::diff::parity::{ParityGroup, parity, parity_groups};
use tenko::model::Declaration;
use tenko::report::{json, text};

use crate::code;
use crate::commands::{globs, text_options};
use crate::failure::Failure;
use crate::iac_args::ParityArgs;
use crate::output::Out;
use crate::{files, setup};

/// Compares environments that should be alike.
pub(crate) async fn run(args: &ParityArgs, out: &Out) -> Result<u8, Failure> {
    let mut manifest = files::needed_manifest(&args.manifest.files, &setup::catalog()?)?;
    let catalog = setup::catalog_for(&manifest)?;
    let mut snapshot = files::snapshot(&args.snapshot)?;
    let code = code::of_manifest(&manifest, &catalog, out).await;
    manifest.declaration.claims = stacks::claims(&snapshot);
    manifest.declaration.claims.extend(code.claims);
    let groups = groups(&manifest.declaration, &args.which)?;
    if !args.types.is_empty() {
        let types = globs(&args.types)?;
        snapshot.resources.retain(|r| types.is_match(r.key.resource_type.as_str()));
    }
    let found = parity(&snapshot, &manifest.declaration, &catalog, &groups, &manifest.parity_allow);
    if out.is_json() {
        out.text(&json::text(&json::parity(&found)))?;
    } else {
        out.text(&text::parity(&found, &text_options(out)))?;
    }
    if snapshot.is_incomplete() {
        out.note("not everything was read: what could not be told is not counted as a difference");
    }
    Ok(match (found.is_even(), snapshot.is_incomplete()) {
        (false, _) => 2,
        (true, true) => 3,
        (true, false) => 0,
    })
}

/// The groups that were asked for.
fn groups(declaration: &Declaration, which: &[String]) -> Result<Vec<ParityGroup>, Failure> {
    let all = parity_groups(declaration);
    if which.is_empty() {
        return Ok(all);
    }
    let mut found = Vec::new();
    let mut members = BTreeSet::new();
    for name in which {
        if let Some((tenant, environment)) = name.split_once('/') {
            let is_meant = |t: &str, e: &str| t == tenant && e == environment;
            if !declaration.environments().any(|(t, e)| is_meant(&t.id, &e.name)) {
                return Err(unknown(declaration, name));
            }
            members.insert((tenant.to_owned(), environment.to_owned()));
            continue;
        }
        let (tenant, baseline) = (format!("tenant {name}"), format!("baseline {name}, "));
        let before = found.len();
        let meant = all.iter().filter(|g| g.name == tenant || g.name.starts_with(&baseline));
        found.extend(meant.cloned());
        if found.len() == before {
            return Err(unknown(declaration, name));
        }
    }
    match members.len() {
        0 => {}
        1 => {
            return Err(Failure::new("one environment cannot be compared with itself")
                .hint("name two or more: tenko parity acme/production acme/staging"));
        }
        _ => {
            let names: Vec<_> = members.iter().map(|(t, e)| format!("{t}/{e}")).collect();
            found.push(ParityGroup { name: names.join(", "), members });
        }
    }
    Ok(found)
}

fn unknown(declaration: &Declaration, name: &str) -> Failure {
    let known: Vec<_> = parity_groups(declaration).into_iter().map(|group| group.name).collect();
    let failure = Failure::new(format!("there is nothing to compare by the name `{name}`"));
    if known.is_empty() {
        failure.hint("a tenant needs two environments, a baseline two tenants")
    } else {
        failure.hint(format!("the manifest has {}", known.join("; ")))
    }
}
