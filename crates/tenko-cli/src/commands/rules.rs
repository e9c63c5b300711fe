//! `tenko rules`.

use tenko::report::{RulePage, json, text};

use crate::args::ManifestArgs;
use crate::commands::text_options;
use crate::failure::Failure;
use crate::output::Out;
use crate::rule_args::{RulesArgs, RulesCommand, unknown};
use crate::{files, setup};

/// All rules, or one of them whole.
pub(crate) fn run(args: &RulesArgs, out: &Out) -> Result<u8, Failure> {
    match &args.command {
        None => list(&args.manifest, out),
        Some(RulesCommand::List { manifest }) => list(manifest, out),
        Some(RulesCommand::Explain { rule, manifest }) => explain(rule, manifest, out),
    }
}

/// The rules of tenko, and those of the manifest where there is one.
fn pages(args: &ManifestArgs) -> Result<Vec<RulePage>, Failure> {
    let manifest = files::manifest(&args.files, &setup::catalog()?)?;
    Ok(tenko::rule_pages(manifest.as_ref()))
}

fn list(args: &ManifestArgs, out: &Out) -> Result<u8, Failure> {
    let pages = pages(args)?;
    if out.is_json() {
        out.text(&json::text(&json::rules(&pages)))?;
    } else {
        out.text(&text::rules(&pages, &text_options(out)))?;
    }
    Ok(0)
}

fn explain(name: &str, args: &ManifestArgs, out: &Out) -> Result<u8, Failure> {
    let pages = pages(args)?;
    let Some(page) = pages.iter().find(|page| page.id.eq_ignore_ascii_case(name)) else {
        let ids: Vec<_> = pages.iter().map(|page| page.id.as_str()).collect();
        return Err(unknown(&name.to_uppercase(), &ids));
    };
    if out.is_json() {
        out.text(&json::text(&json::rule_page(page)))?;
    } else {
        out.text(&text::rule_page(page, &text_options(out)))?;
    }
    Ok(0)
}
