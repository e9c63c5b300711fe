//! The files of a manifest, read as one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tenko_core::{
    AttrPath, Catalog, Cloud, Declaration, Ownership, ParityAllow, ResourceType, ScopeKey, Tenant,
    msg,
};
use tenko_messages::english;

use crate::baseline::{Baseline, asked};
use crate::context::{Context, Pos};
use crate::diagnostic::{Diagnostic, ManifestErrors, Place};
use crate::expectation::Known;
use crate::google::{self, GoogleSettings};
use crate::grammar::ROOT;
use crate::iac::IacSource;
use crate::node::{Key, Kind, MAX_BYTES, Node};
use crate::parity;
use crate::reporting::{self, Report};
use crate::rules::{self, RulePlace, Rules};
use crate::settings::{self, AwsSettings};
use crate::shape::{Object, Shape, check};
use crate::tenants::{Tenants, check_duplicates};
use crate::{login, networks, scopes, toml_format, yaml};

/// One file, as bytes.
#[derive(Clone, Copy, Debug)]
pub struct ManifestFile<'a> {
    /// Its name for messages. One that ends in `.toml` is TOML; anything else is YAML or JSON.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// What the files say.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The tenants and what is expected of each.
    pub declaration: Declaration,
    /// How to get into AWS accounts.
    pub aws: AwsSettings,
    /// How to get into Google Cloud projects.
    pub google: GoogleSettings,
    /// Where infrastructure code is, in the order of the environments.
    pub iac: Vec<IacSource>,
    /// Differences between environments that are meant to be.
    pub parity_allow: Vec<ParityAllow>,
    /// The file of suppressions, as the manifest names it; `None` is `suppressions.yaml` beside it,
    /// if that is there. [`Manifest::add_suppressions`] takes what is in it.
    pub suppressions_file: Option<String>,
    /// What can be read and is probably not meant.
    pub warnings: Vec<Diagnostic>,
    /// Where each declared scope stands.
    pub(crate) scope_places: Vec<(ScopeKey, Place)>,
    /// Where rules are named.
    pub(crate) rule_places: Vec<RulePlace>,
    /// The clouds that have a section of their own, empty or not.
    sections: BTreeSet<Cloud>,
}

impl Manifest {
    /// The clouds that the manifest is about: those that it has a section for, or accounts or
    /// projects of. Empty where it has none of either.
    pub fn clouds(&self) -> BTreeSet<Cloud> {
        let of_scopes = self.scope_places.iter().map(|(key, _)| key.cloud.clone());
        of_scopes.chain(self.sections.iter().cloned()).collect()
    }

    /// Whether it has a `google` section, be it an empty one.
    pub fn has_google(&self) -> bool {
        self.sections.contains(&Cloud::gcp())
    }

    /// The types that only this manifest knows: those that it has read through Cloud Control and
    /// through Cloud Asset Inventory.
    pub fn further_types(&self) -> impl Iterator<Item = &ResourceType> {
        self.aws.cloud_control.iter().chain(&self.google.asset_types)
    }
}

/// Reads the files as one manifest.
///
/// # Errors
/// Everything that is wrong in any of the files, each with its place.
pub fn load(files: &[ManifestFile<'_>], catalog: &Catalog) -> Result<Manifest, ManifestErrors> {
    let mut context = Context::default();
    let mut roots = Vec::new();
    for file in files {
        roots.extend(read(&mut context, file, &ROOT, "the manifest"));
    }
    if files.is_empty() {
        context.error(Pos::default(), "no manifest file was given");
    }
    // A file that cannot be read may hold what the others refer to.
    let whole = roots.len() == files.len();
    let decoded = decode(&mut context, catalog, &roots, whole);
    let Decoded { declaration, aws, google, owners, iac, parity_allow, rules, suppressions_file } =
        decoded;
    let places = owners.into_iter().map(|(key, (_, pos))| (key, context.place(pos))).collect();
    let sections = [("aws", Cloud::aws()), ("google", Cloud::gcp())]
        .into_iter()
        .filter(|(section, _)| roots.iter().any(|root| root.get(section).is_some()))
        .map(|(_, cloud)| cloud)
        .collect();
    let warnings = context.finish().map_err(ManifestErrors)?;
    Ok(Manifest {
        declaration,
        aws,
        google,
        iac,
        parity_allow,
        suppressions_file,
        warnings,
        scope_places: places,
        rule_places: rules.places,
        sections,
    })
}

/// Reads one file into a tree and checks that it has the shape of this table.
pub(crate) fn read<'a>(
    context: &mut Context<'a>,
    file: &ManifestFile<'a>,
    table: &'static Object,
    what: &str,
) -> Option<Node> {
    let text = match std::str::from_utf8(file.bytes) {
        Ok(text) if file.bytes.len() <= MAX_BYTES => text,
        Ok(_) => {
            let id = context.add_file(file.name, "");
            let message = format!("the file is larger than {} MiB", MAX_BYTES >> 20);
            let help = "split it: several files are read as one manifest";
            context.error(Pos { file: id, ..Pos::default() }, message).help(help);
            return None;
        }
        Err(error) => {
            let at = error.valid_up_to();
            let valid = file.bytes.get(..at).and_then(|b| std::str::from_utf8(b).ok());
            let valid = valid.unwrap_or_default();
            let id = context.add_file(file.name, valid);
            let line = valid.matches('\n').count() + 1;
            let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let pos = Pos { file: id, line: number(line), column: number(column), width: 1 };
            let message = format!("the file is no UTF-8 text: byte {at} cannot be read");
            context.error(pos, message);
            return None;
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let id = context.add_file(file.name, text);
    let is_toml = file.name.rsplit('.').next().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let root = if is_toml {
        toml_format::parse(context, id, text)?
    } else {
        yaml::parse(context, id, text)?
    };
    let shape = Shape::Object(table);
    check(context, &shape, &root, Pos { file: id, ..Pos::default() }, what);
    Some(root)
}

type Owners = BTreeMap<ScopeKey, (Option<String>, Pos)>;

struct Decoded {
    declaration: Declaration,
    aws: AwsSettings,
    google: GoogleSettings,
    owners: Owners,
    iac: Vec<IacSource>,
    parity_allow: Vec<ParityAllow>,
    rules: Rules,
    suppressions_file: Option<String>,
}

fn decode(context: &mut Context<'_>, catalog: &Catalog, roots: &[Node], whole: bool) -> Decoded {
    let aws = only(context, roots, "aws")
        .map(|node| settings::read(context, catalog, node))
        .unwrap_or_default();
    let google = only(context, roots, "google")
        .map(|node| google::read(context, catalog, node))
        .unwrap_or_default();
    let further = aws.cloud_control.iter().chain(&google.asset_types);
    let further: BTreeSet<_> = further.map(ToString::to_string).collect();
    let known = Known { catalog, further };
    let mut declaration = Declaration {
        ownership: only(context, roots, "ownership").map(ownership).unwrap_or_default(),
        ..Declaration::default()
    };
    let (parity_allow, stages) = only(context, roots, "parity")
        .map(|node| parity::read(context, &known, node))
        .unwrap_or_default();
    let (baselines, owners) = (HashMap::new(), Owners::new());
    let mut tenants = Tenants { known: &known, baselines, owners, iac: Vec::new() };
    for (key, node) in merged(context, roots, "shared") {
        let Some(scope) = scopes::of_key(context, catalog, key) else { continue };
        if let Some((_, first)) = tenants.owners.insert(scope.clone(), (None, key.pos)) {
            context.error(key.pos, format!("{scope} is named twice")).see(first, "first here");
        }
        declaration.shared.insert(scope, node.scalar().unwrap_or_default());
    }
    for (key, node) in merged(context, roots, "baselines") {
        let address = AttrPath::key("baselines").join(key.text.as_str());
        let asked = asked(context, &known, node, &address);
        tenants.baselines.insert(key.text.clone(), Baseline { asked, pos: key.pos, used: false });
    }
    for (key, node) in merged(context, roots, "tenants") {
        declaration.tenants.push(tenants.tenant(context, key, node));
    }
    let mut rules = only(context, roots, "rules")
        .map(|node| rules::read(context, &known, node))
        .unwrap_or_default();
    declaration.rules = std::mem::take(&mut rules.settings);
    if let Some(node) = only(context, roots, "trust") {
        declaration.trust = networks::trust(context, catalog, node);
    }
    if let Some(node) = only(context, roots, "networks") {
        let of = &declaration.tenants;
        declaration.connections = networks::connections(context, catalog, of, whole, node);
    }
    let login = only(context, roots, "login");
    if let Some(node) = login {
        declaration.login = login::read(context, catalog, node);
    }
    let report = only(context, roots, "report");
    let Report { reporting, suppressions_file } =
        report.map(|node| reporting::read(context, node)).unwrap_or_default();
    declaration.reporting = reporting;
    if whole {
        if let Some(node) = login {
            login::check_whole(context, node, &declaration);
        }
        if let Some(node) = report {
            reporting::check_whole(context, node, &declaration);
        }
        rules::check_limits(context, &rules, &declaration.tenants);
        check_whole(context, roots, &declaration.tenants, &tenants.baselines);
        parity::check_stages(context, &stages, &declaration.tenants);
    }
    let Tenants { owners, iac, .. } = tenants;
    Decoded { declaration, aws, google, owners, iac, parity_allow, rules, suppressions_file }
}

/// What can only be said when all files could be read.
fn check_whole(
    context: &mut Context<'_>,
    roots: &[Node],
    tenants: &[Tenant],
    baselines: &HashMap<String, Baseline>,
) {
    let files = roots.iter().map(|r| (context.file_name(r.pos.file).to_owned(), r.pos.file));
    let files = files.collect();
    check_duplicates(context, tenants, &files);
    if let Some(root) = roots.first().filter(|_| tenants.is_empty()) {
        let found = roots.iter().find_map(|r| r.entry("tenants"));
        match found {
            Some((key, node)) if matches!(node.kind, Kind::Map(_)) => {
                let help = msg!("warning-no-tenants-help");
                context.warn(key.pos, msg!("warning-no-tenants")).help(help);
            }
            Some(_) => {}
            None => {
                let pos = Pos { file: root.pos.file, ..Pos::default() };
                let help = english(&msg!("warning-no-tenants-help"));
                context.error(pos, "the manifest declares no tenants").help(help);
            }
        }
    }
    let mut unused: Vec<_> = baselines.iter().filter(|(_, b)| !b.used).collect();
    unused.sort_by_key(|(_, b)| (b.pos.file, b.pos.line));
    for (name, baseline) in unused {
        context.warn(baseline.pos, msg!("warning-baseline-unused", name = name));
    }
}

/// A section that may stand in one file only.
fn only<'n>(context: &mut Context<'_>, roots: &'n [Node], section: &str) -> Option<&'n Node> {
    let mut found = roots.iter().filter_map(|root| root.entry(section));
    let (first, node) = found.next()?;
    for (key, _) in found {
        let message = format!("`{section}` stands in two files");
        context.error(key.pos, message).see(first.pos, "first here");
    }
    Some(node)
}

/// The entries of a section in all files; a key that stands in two of them is an error.
fn merged<'n>(
    context: &mut Context<'_>,
    roots: &'n [Node],
    section: &str,
) -> Vec<(&'n Key, &'n Node)> {
    let mut first: HashMap<&str, &Key> = HashMap::new();
    let mut out = Vec::new();
    for (key, node) in roots.iter().filter_map(|root| root.get(section)).flat_map(Node::entries) {
        match first.get(key.text.as_str()) {
            Some(earlier) => {
                let message = format!("`{}` stands below `{section}` in two files", key.text);
                context.error(key.pos, message).see(earlier.pos, "first here");
            }
            None => {
                first.insert(&key.text, key);
                out.push((key, node));
            }
        }
    }
    out
}

fn ownership(node: &Node) -> Ownership {
    let list = |key: &str| {
        let items = node.get(key).map(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::text).map(ToOwned::to_owned).collect()
    };
    Ownership { tenant_tags: list("tenant_tags"), environment_tags: list("environment_tags") }
}
