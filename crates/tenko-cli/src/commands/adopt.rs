//! `tenko adopt`: code for what nothing declares yet.

use std::collections::{BTreeMap, HashMap};

use tenko::Code;
use tenko::declare::{Adoption, adopt_manifest, adopt_terraform};
use tenko::diff::{Placement, Standing};
use tenko::model::{Catalog, Resource};
use tenko::report::visible;

use crate::code;
use crate::commands::{chosen_environments, globs, is_called};
use crate::failure::Failure;
use crate::iac_args::{AdoptArgs, AdoptInto};
use crate::output::Out;
use crate::{files, setup};

/// A live resource and where it stands.
type Row<'r> = (&'r Resource, &'r Placement);

/// Writes import blocks or manifest entries for unmanaged resources.
pub(crate) async fn run(args: &AdoptArgs, out: &Out) -> Result<u8, Failure> {
    let manifest = files::needed_manifest(&args.manifest.files, &setup::catalog()?)?;
    let catalog = setup::catalog_for(&manifest)?;
    if let Some(tenant) = &args.tenant {
        chosen_environments(&manifest.declaration, tenant)?;
    }
    let snapshot = files::snapshot(&args.snapshot)?;
    let code = code::of_manifest(&manifest, &catalog, out).await;
    code::note_unread(&code, out);
    let report = tenko::compare_with(
        snapshot,
        Some(&manifest),
        code,
        &catalog,
        &tenko::rules::Choice::default(),
    );
    let places = places(&report.code, args);
    let types = globs(&args.types)?;
    let rows = report.snapshot.resources.iter().zip(&report.diff.placements);
    let rows: Vec<_> = rows
        .filter(|(resource, placement)| {
            let is_type =
                args.types.is_empty() || types.is_match(resource.key.resource_type.as_str());
            is_type && args.tenant.as_deref().is_none_or(|wanted| is_of(placement, wanted))
        })
        .collect();
    let chosen = if args.resources.is_empty() {
        let unmanaged = |p: &Placement| p.standing == Standing::Unmanaged;
        rows.iter().copied().filter(|(_, placement)| unmanaged(placement)).collect()
    } else {
        named(&rows, &args.resources, &places)?
    };
    let Adoption { text, adopted, skipped } = match args.into {
        AdoptInto::Terraform => {
            let resources: Vec<_> = chosen.iter().map(|(resource, _)| *resource).collect();
            adopt_terraform(&resources, &catalog)
        }
        AdoptInto::Manifest => into_manifest(&chosen, &catalog),
    };
    if out.is_json() {
        out.json(&serde_json::json!({
            "schema_version": tenko::report::SCHEMA_VERSION,
            "kind": "adopt",
            "text": text,
            "adopted": adopted,
            "skipped": skipped.iter().map(|(resource, reason)| {
                serde_json::json!({"resource": resource, "reason": reason})
            }).collect::<Vec<_>>(),
        }))?;
    } else {
        out.text(&text)?;
    }
    for (resource, reason) in &skipped {
        out.note(&format!("left out: {}: {reason}", visible(resource)));
    }
    if chosen.is_empty() {
        out.note("nothing that matches is unmanaged");
    }
    let withheld = rows.iter().filter(|(_, p)| p.standing == Standing::Withheld).count();
    if withheld > 0 {
        out.note(&format!(
            "{withheld} more may be unmanaged: code that may declare them could not be read"
        ));
    }
    Ok(if withheld > 0 && args.resources.is_empty() { 3 } else { 0 })
}

/// Entries for each environment, below a comment that says which.
fn into_manifest(chosen: &[Row<'_>], catalog: &Catalog) -> Adoption {
    let mut environments: BTreeMap<_, Vec<&Resource>> = BTreeMap::new();
    for (resource, Placement { tenant, environment, .. }) in chosen {
        environments.entry((tenant.as_deref(), environment.as_deref())).or_default().push(resource);
    }
    let mut all = Adoption::default();
    for ((tenant, environment), resources) in environments {
        let one = adopt_manifest(&resources, catalog);
        if !one.text.is_empty() {
            let place = match (tenant, environment) {
                (Some(tenant), Some(environment)) => {
                    format!("resources of {tenant} / {environment}")
                }
                (Some(tenant), None) => {
                    format!("resources of {tenant}, in what its environments share")
                }
                (None, _) => "resources in what no tenant has for itself alone".to_owned(),
            };
            let gap = if all.text.is_empty() { "" } else { "\n" };
            all.text.push_str(&format!("{gap}# {}\n{}", visible(&place), one.text));
        }
        all.adopted += one.adopted;
        all.skipped.extend(one.skipped);
    }
    all
}

fn is_of(placement: &Placement, wanted: &str) -> bool {
    let tenant = placement.tenant.as_deref();
    match wanted.split_once('/') {
        Some((t, e)) => tenant == Some(t) && placement.environment.as_deref() == Some(e),
        None => tenant == Some(wanted),
    }
}

/// Where code declares what, by id: for what was named and is not to be adopted.
fn places(code: &Code, args: &AdoptArgs) -> HashMap<String, String> {
    if args.resources.is_empty() {
        return HashMap::new();
    }
    let wholes = code.claims.iter().filter(|claim| !claim.partial);
    wholes
        .flat_map(|claim| {
            let place = claim.source.to_string();
            claim.ids.iter().map(move |id| (id.clone(), place.clone()))
        })
        .collect()
}

/// The resources with these ids, ARNs or names, all of which must be unmanaged.
fn named<'r>(
    rows: &[Row<'r>],
    wanted: &[String],
    places: &HashMap<String, String>,
) -> Result<Vec<Row<'r>>, Failure> {
    let mut chosen = Vec::new();
    for name in wanted {
        let found: Vec<_> = rows.iter().copied().filter(|(r, _)| is_called(r, name)).collect();
        if found.is_empty() {
            let failure = Failure::new(format!("there is no resource `{name}` in this snapshot"));
            return Err(failure.hint("`tenko show` lists them; names and ids are matched exactly"));
        }
        let (free, taken): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, p)| adoptable(p.standing));
        if let (true, Some((resource, placement))) = (free.is_empty(), taken.first()) {
            let key = &resource.key;
            let why = why_not(placement.standing);
            let failure = Failure::new(format!("{} {} {why}", key.resource_type, key.id));
            return Err(match places.get(&key.id) {
                Some(place) => failure.because(place.clone()),
                None => failure,
            });
        }
        chosen.extend(free);
    }
    Ok(chosen)
}

/// What is unmanaged, and what is not declared in an environment that leaves such things alone.
fn adoptable(standing: Standing) -> bool {
    matches!(standing, Standing::Unmanaged | Standing::Tolerated | Standing::UndeclaredScope)
}

fn why_not(standing: Standing) -> &'static str {
    match standing {
        Standing::Managed => "is declared already",
        Standing::ElsewhereManaged => "is declared by another environment's code",
        Standing::Withheld => "may be declared in code that could not be read",
        Standing::ProviderDefault => "was made by the provider itself",
        Standing::Misplaced => "is another environment's",
        _ => "is left out by the manifest",
    }
}
