//! `tenko adopt`: code for what nothing declares yet.

use tenko::declare::{Adoption, adopt_manifest, adopt_terraform};
use tenko::diff::{Placement, Standing};
use tenko::model::Resource;
use tenko::report::visible;

use crate::code;
use crate::commands::{globs, is_called};
use crate::failure::Failure;
use crate::iac_args::{AdoptArgs, AdoptInto};
use crate::output::Out;
use crate::{files, setup};

/// Writes import blocks or manifest entries for unmanaged resources.
pub(crate) async fn run(args: &AdoptArgs, out: &Out) -> Result<u8, Failure> {
    let manifest = files::needed_manifest(&args.manifest.files, &setup::catalog()?)?;
    let catalog = setup::catalog_for(&manifest)?;
    let snapshot = files::snapshot(&args.snapshot)?;
    let code = code::of_manifest(&manifest, &catalog, out).await;
    let report = tenko::compare_with(snapshot, Some(&manifest), code, &catalog);
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
        rows.iter().filter(|(_, placement)| unmanaged(placement)).map(|(r, _)| *r).collect()
    } else {
        named(&rows, &args.resources)?
    };
    let Adoption { text, adopted, skipped } = match args.into {
        AdoptInto::Terraform => adopt_terraform(&chosen, &catalog),
        AdoptInto::Manifest => adopt_manifest(&chosen, &catalog),
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

fn is_of(placement: &Placement, wanted: &str) -> bool {
    let tenant = placement.tenant.as_deref();
    match wanted.split_once('/') {
        Some((t, e)) => tenant == Some(t) && placement.environment.as_deref() == Some(e),
        None => tenant == Some(wanted),
    }
}

/// The resources with these ids, ARNs or names, all of which must be unmanaged.
fn named<'r>(
    rows: &[(&'r Resource, &Placement)],
    wanted: &[String],
) -> Result<Vec<&'r Resource>, Failure> {
    let mut chosen = Vec::new();
    for name in wanted {
        let found: Vec<_> = rows.iter().filter(|(r, _)| is_called(r, name)).collect();
        if found.is_empty() {
            return Err(Failure::new(format!("there is no resource `{name}` in this snapshot"))
                .hint("`tenko show` lists them; names and ids are matched exactly"));
        }
        let (free, taken): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, p)| adoptable(p.standing));
        if let (true, Some((resource, placement))) = (free.is_empty(), taken.first()) {
            let key = &resource.key;
            let why = why_not(placement.standing);
            return Err(Failure::new(format!("{} {} {why}", key.resource_type, key.id)));
        }
        chosen.extend(free.into_iter().map(|row| row.0));
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
