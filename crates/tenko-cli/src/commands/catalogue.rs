//! `tenko types` and `tenko policy`.

use serde_json::Value;
use tenko::aws::{DEFAULT_ROLE, policy};
use tenko::declare::Manifest;
use tenko::model::{Catalog, Cloud, ResourceType, TypeInfo};
use tenko::report::{json, text};

use crate::args::{CloudName, PolicyArgs, PolicyFor, TypesArgs};
use crate::commands::text_options;
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, setup};

/// The catalogue, or one page of it.
pub(crate) fn types(args: &TypesArgs, out: &Out) -> Result<u8, Failure> {
    let all = setup::catalog()?;
    let asked = |info: &&TypeInfo| {
        args.clouds.is_empty() || args.clouds.iter().any(|name| name.cloud() == info.cloud)
    };
    let catalog: Catalog = all.iter().filter(asked).cloned().collect();
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
    let last = |text: &str| text.rsplit([':', '/']).next().unwrap_or_default().to_ascii_lowercase();
    let wanted = last(name);
    if wanted.len() < 3 {
        return Vec::new();
    }
    let near = |known: &str| known.contains(&wanted) || wanted.contains(known);
    let names = catalog.iter().map(|info| info.resource_type.as_str());
    // Whoever wrote a whole name meant a type of that cloud.
    let separator = ["::", "/"].into_iter().find(|separator| name.contains(separator));
    let alike = |known: &&str| separator.is_none_or(|separator| known.contains(separator));
    names
        .filter(alike)
        .filter(|known| near(&last(known)))
        .take(5)
        .map(|known| format!("`{known}`"))
        .collect()
}

/// A policy document or a custom role, ready to be used, in either format.
pub(crate) fn policy(args: &PolicyArgs, out: &Out) -> Result<u8, Failure> {
    let manifest = files::manifest(&args.manifest.files, &setup::catalog()?)?;
    // Of a manifest with one cloud there is no doubt; of one with two, the older habit counts.
    let google_only = |manifest: &Manifest| {
        let clouds = manifest.clouds();
        clouds.contains(&Cloud::gcp()) && !clouds.contains(&Cloud::aws())
    };
    let of_aws = args.whose.is_some() || args.role.is_some();
    let cloud = args.cloud.unwrap_or(match &manifest {
        Some(manifest) if google_only(manifest) && !of_aws => CloudName::Gcp,
        _ => CloudName::Aws,
    });
    let document = match cloud {
        CloudName::Aws => aws_policy(args, manifest.as_ref(), out)?,
        CloudName::Gcp if of_aws => {
            let option = if args.whose.is_some() { "--for" } else { "--role" };
            return Err(Failure::new(format!("{option} is for policies of AWS"))
                .hint("Google Cloud has one custom role for whoever reads"));
        }
        CloudName::Gcp => custom_role(manifest.as_ref(), out)?,
    };
    out.json(&document)?;
    Ok(0)
}

fn aws_policy(args: &PolicyArgs, manifest: Option<&Manifest>, out: &Out) -> Result<Value, Failure> {
    let aws = manifest.map(|manifest| manifest.aws.clone()).unwrap_or_default();
    let whose = args.whose.unwrap_or_default();
    let further: Vec<_> = aws.cloud_control.iter().map(|name| name.as_str().to_owned()).collect();
    let catalog = tenko::aws::catalog_with(&further)
        .map_err(|error| Failure::new("failed to read the resource types").because(error))?;
    if !further.is_empty() && whose != PolicyFor::Caller {
        out.note(&format!(
            "attach the AWS-managed policy SecurityAudit as well: Cloud Control reads {} with \
             permissions of their own services",
            further.join(", ")
        ));
    }
    Ok(match whose {
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
    })
}

/// The custom role, in the form that `gcloud iam roles create --file` reads.
fn custom_role(manifest: Option<&Manifest>, out: &Out) -> Result<Value, Failure> {
    let google = manifest.map(|manifest| manifest.google.clone()).unwrap_or_default();
    let further: Vec<_> = google.asset_types.iter().map(|name| name.as_str().to_owned()).collect();
    let catalog = tenko::gcp::catalog_with(&further)
        .map_err(|error| Failure::new("failed to read the resource types").because(error))?;
    if let Some(email) = &google.impersonate {
        out.note(&format!(
            "give the role to {email}; whoever starts tenko needs the role Service Account Token \
             Creator on it"
        ));
    }
    serde_json::to_value(tenko::gcp::policy::role(catalog.iter()))
        .map_err(|error| Failure::new("failed to write the role").because(error))
}
