//! `tenko types` and `tenko policy`.

use serde_json::Value;
use tenko::aws::{DEFAULT_ROLE, policy};
use tenko::model::{Catalog, ResourceType, TypeInfo};
use tenko::report::{json, text};

use crate::args::{PolicyArgs, PolicyFor, TypesArgs};
use crate::commands::text_options;
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, setup};

/// The catalogue, or one page of it.
pub(crate) fn types(args: &TypesArgs, out: &Out) -> Result<u8, Failure> {
    let catalog = setup::catalog()?;
    let Some(name) = &args.resource_type else {
        if out.is_json() {
            out.text(&json::text(&json::types(&catalog)))?;
        } else {
            out.text(&text::types(&catalog, &text_options(out)))?;
        }
        return Ok(0);
    };
    let same = |info: &&TypeInfo| info.resource_type.as_str().eq_ignore_ascii_case(name);
    let info = catalog.get(&ResourceType::new(name)).or_else(|| catalog.iter().find(same));
    let info = info.ok_or_else(|| {
        let failure = Failure::new(format!("there is no resource type `{name}`"));
        match similar(name, &catalog).as_slice() {
            [] => failure.hint("`tenko types` lists them all"),
            found => failure.hint(format!("did you mean {}?", found.join(" or "))),
        }
    })?;
    if out.is_json() {
        out.text(&json::text(&json::type_page(info)))?;
    } else {
        out.text(&text::type_page(info, &text_options(out)))?;
    }
    Ok(0)
}

/// Types that the name could have been meant for: those with the same last part, or whose last
/// part contains it, as in `bucket`.
fn similar(name: &str, catalog: &Catalog) -> Vec<String> {
    let last = |text: &str| text.rsplit("::").next().unwrap_or_default().to_ascii_lowercase();
    let wanted = last(name);
    if wanted.len() < 3 {
        return Vec::new();
    }
    let near = |known: &str| known.contains(&wanted) || wanted.contains(known);
    let names = catalog.iter().map(|info| info.resource_type.as_str());
    names.filter(|known| near(&last(known))).take(5).map(|known| format!("`{known}`")).collect()
}

/// A policy document, ready to be attached, in either format.
pub(crate) fn policy(args: &PolicyArgs, out: &Out) -> Result<u8, Failure> {
    let aws = files::manifest(&args.manifest.files, &setup::catalog()?)?
        .map(|manifest| manifest.aws)
        .unwrap_or_default();
    let further: Vec<_> = aws.cloud_control.iter().map(|name| name.as_str().to_owned()).collect();
    let catalog = tenko::catalog_with(&further)
        .map_err(|error| Failure::new("failed to read the resource types").because(error))?;
    if !further.is_empty() && args.whose != PolicyFor::Caller {
        out.note(&format!(
            "attach the AWS-managed policy SecurityAudit as well: Cloud Control reads {} with \
             permissions of their own services",
            further.join(", ")
        ));
    }
    let document: Value = match args.whose {
        PolicyFor::Member => policy::least_privilege_policy(&catalog),
        PolicyFor::Caller => {
            let role = args.role.as_deref().or(aws.role.as_deref());
            policy::caller_policy(role.unwrap_or(DEFAULT_ROLE), aws.source_identity.is_some())
        }
        PolicyFor::Session => {
            let actions = policy::actions(&catalog);
            policy::session_policy(&actions, policy::SESSION_POLICY_LIMIT)
                .and_then(|text| serde_json::from_str(&text).ok())
                .ok_or_else(|| Failure::new("the session policy does not fit AWS's limit"))?
        }
    };
    out.json(&document)?;
    Ok(0)
}
