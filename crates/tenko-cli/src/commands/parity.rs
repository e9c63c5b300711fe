//! `tenko parity`.

use std::collections::BTreeSet;

use tenko::declare::stacks;
use tenko::diff::parity::{ParityGroup, parity, parity_groups};
use tenko::model::{Cloud, Declaration, ResourceType, ScopeId, ScopeKey, Snapshot};
use tenko::report::{json, text};

use crate::code;
use crate::commands::{chosen_environments, globs, text_options};
use crate::failure::Failure;
use crate::iac_args::ParityArgs;
use crate::output::Out;
use crate::{files, setup};

/// Compares environments that should be alike.
pub(crate) async fn run(args: &ParityArgs, out: &Out) -> Result<u8, Failure> {
    let mut manifest = files::needed_manifest(&args.manifest.files, &setup::catalog()?)?;
    let catalog = setup::catalog_for(&manifest)?;
    let snapshot = files::snapshot(&args.snapshot)?;
    let code = code::of_manifest(&manifest, &catalog, out).await;
    code::note_unread(&code, out);
    manifest.declaration.claims = stacks::claims(&snapshot);
    manifest.declaration.claims.extend(code.claims);
    let groups = groups(&manifest.declaration, &args.which)?;
    let types = globs(&args.types)?;
    let is_meant = |name: &ResourceType| args.types.is_empty() || types.is_match(name.as_str());
    let mut found =
        parity(&snapshot, &manifest.declaration, &catalog, &groups, &manifest.parity_allow);
    if !args.types.is_empty() {
        // Afterwards: ids of other types stand in the attributes of these.
        found.groups.iter_mut().for_each(|g| g.rows.retain(|row| is_meant(&row.resource_type)));
    }
    if !args.types.is_empty() || !args.which.is_empty() {
        // What is allowed may occur in what was not asked for.
        found.unused_allowances.clear();
    }
    if out.is_json() {
        out.text(&json::text(&json::parity(&found)))?;
    } else {
        out.text(&text::parity(&found, &text_options(out)))?;
    }
    let unseen = is_unseen(&snapshot, &scopes(&manifest.declaration, &groups), &is_meant);
    if unseen {
        out.note("not everything was read: what could not be told is not counted as a difference");
    }
    Ok(match (found.is_even(), unseen) {
        (false, _) => 2,
        (true, true) => 3,
        (true, false) => 0,
    })
}

/// The accounts and projects of the groups.
fn scopes<'d>(declaration: &'d Declaration, groups: &[ParityGroup]) -> BTreeSet<&'d ScopeKey> {
    let is_member = |tenant: &str, environment: &str| {
        let mut members = groups.iter().flat_map(|group| &group.members);
        members.any(|(t, e)| t == tenant && e == environment)
    };
    let environments = declaration.environments();
    let members = environments.filter(|(tenant, e)| is_member(&tenant.id, &e.name));
    members.flat_map(|(_, environment)| &environment.scopes).collect()
}

/// Whether something of these types could not be observed there.
fn is_unseen(
    snapshot: &Snapshot,
    scopes: &BTreeSet<&ScopeKey>,
    is_meant: &dyn Fn(&ResourceType) -> bool,
) -> bool {
    let of = |cloud: &Cloud, id: &ScopeId| {
        scopes.iter().any(|scope| scope.cloud == *cloud && scope.id == *id)
    };
    let silent = snapshot.answers.iter().any(|a| a.outcome.is_gap() && of(&a.cloud, &a.scope));
    let gap = snapshot.coverage.iter().any(|row| {
        let unit = &row.unit;
        row.outcome.is_gap() && of(&unit.cloud, &unit.scope) && is_meant(&unit.resource_type)
    });
    snapshot.run.cancelled || silent || gap
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
            chosen_environments(declaration, name)?;
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
