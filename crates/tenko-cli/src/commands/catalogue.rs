//! `tenko types` and `tenko policy`.

use serde_json::Value;
use tenko::aws::policy;
use tenko::model::ResourceType;
use tenko::report::{json, text};

use crate::args::{PolicyArgs, PolicyFor, TypesArgs};
use crate::commands::text_options;
use crate::failure::Failure;
use crate::output::Out;
use crate::setup;

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
    let info = catalog
        .get(&ResourceType::new(name))
        .or_else(|| catalog.iter().find(|i| i.resource_type.as_str().eq_ignore_ascii_case(name)))
        .ok_or_else(|| {
            Failure::new(format!("there is no resource type `{name}`"))
                .hint("`tenko types` lists them all")
        })?;
    if out.is_json() {
        out.text(&json::text(&json::type_page(info)))?;
    } else {
        out.text(&text::type_page(info, &text_options(out)))?;
    }
    Ok(0)
}

/// A policy document, ready to be attached, in either format.
pub(crate) fn policy(args: &PolicyArgs, out: &Out) -> Result<u8, Failure> {
    let catalog = setup::catalog()?;
    let document: Value = match args.whose {
        PolicyFor::Member => policy::least_privilege_policy(&catalog),
        PolicyFor::Caller => policy::caller_policy(&args.role, false),
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
