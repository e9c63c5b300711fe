//! Suppressions: those of the `rules` section, and those of a file of their own.

use std::collections::HashMap;

use tenko_core::{Arg, AttrPath, Catalog, Fingerprint, Segment, Suppresses, Suppression, msg};

use crate::context::{Context, Pos};
use crate::dates::{self, Day};
use crate::diagnostic::{Diagnostic, ManifestErrors, Place};
use crate::expectation::source;
use crate::grammar::SUPPRESSIONS;
use crate::manifest::{self, Manifest, ManifestFile};
use crate::node::Node;
use crate::rules::{Names, RulePlace, rule_name};
use crate::{scopes, settings};

/// The digits of a fingerprint, and of a digest of evidence.
const DIGITS: usize = 32;

/// A suppression, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionEntry {
    /// The suppression.
    pub suppression: Suppression,
    /// Where it stands.
    pub place: Place,
}

/// What a suppressions file says.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Suppressions {
    /// The suppressions, in the file's order.
    pub entries: Vec<SuppressionEntry>,
    /// What can be read and is probably not meant: entries that stand there twice.
    pub warnings: Vec<Diagnostic>,
    /// Where rules are named.
    rule_places: Vec<RulePlace>,
}

/// Reads a suppressions file: YAML, JSON or TOML, as manifests are.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn suppressions(
    file: &ManifestFile<'_>,
    catalog: &Catalog,
) -> Result<Suppressions, ManifestErrors> {
    let mut context = Context::default();
    let mut out = Suppressions::default();
    let root = manifest::read(&mut context, file, &SUPPRESSIONS, "the suppressions file");
    let items = root.as_ref().and_then(|root| root.get("suppressions")).map(Node::items);
    let mut first: HashMap<String, Pos> = HashMap::new();
    for (i, node) in items.unwrap_or_default().iter().enumerate() {
        let address = AttrPath::key("suppressions").with(Segment::Index(i));
        let of = subject(&mut context, node);
        let read = read(&mut context, catalog, &mut out.rule_places, node, &address);
        let Some(suppression) = read.filter(|_| of) else { continue };
        if let Some(at) = first.get(&suppression.of.to_string()) {
            let message = msg!("warning-suppressed-twice", what = what(&suppression.of));
            let help = msg!("warning-suppressed-twice-help");
            context.warn(node.pos, message).see(*at, "first here").help(help);
        } else {
            first.insert(suppression.of.to_string(), node.pos);
        }
        let place = context.place(node.pos);
        out.entries.push(SuppressionEntry { suppression, place });
    }
    out.warnings = context.finish().map_err(ManifestErrors)?;
    Ok(out)
}

/// What is suppressed, in words.
fn what(of: &Suppresses) -> Arg {
    match of {
        Suppresses::One(fingerprint) => Arg::text(fingerprint),
        Suppresses::Findings { rule, scope, resource } => {
            let mut what = Arg::from(rule);
            if let Some(scope) = scope {
                what = msg!("warning-suppresses-in", what = what, scope = Arg::text(scope)).into();
            }
            if let Some(resource) = resource {
                what = msg!("warning-suppresses-of", what = what, resource = Arg::text(resource))
                    .into();
            }
            what
        }
    }
}

/// Whether an entry says in one way what it is for.
fn subject(context: &mut Context<'_>, node: &Node) -> bool {
    if node.entries().is_empty() {
        // Its shape is wrong as a whole, which was said; or it is `{}`.
        if matches!(node.kind, crate::node::Kind::Map(_)) {
            let help = "write `fingerprint`, or `rule`";
            context.error(node.pos, "the entry does not say what it suppresses").help(help);
        }
        return false;
    }
    match (node.entry("fingerprint"), node.entry("rule")) {
        (Some((first, _)), Some((rule, _))) => {
            let message = "an entry has either `fingerprint` or `rule`, not both";
            context
                .error(rule.pos, message)
                .see(first.pos, "the fingerprint")
                .help("a fingerprint is one finding of one rule; keep one of the two");
            false
        }
        (None, None) => {
            let help =
                "write `fingerprint` for one finding or drift, `rule` for findings of a rule";
            context.error(node.pos, "the entry does not say what it suppresses").help(help);
            false
        }
        (Some((first, _)), None) => {
            let mut fine = true;
            for key in ["scope", "resource"] {
                if let Some((at, _)) = node.entry(key) {
                    let message = format!("`{key}` has no meaning beside `fingerprint`");
                    context
                        .error(at.pos, message)
                        .see(first.pos, "the fingerprint")
                        .help("remove it: a fingerprint is one finding or drift in one place");
                    fine = false;
                }
            }
            fine
        }
        (None, Some(_)) => true,
    }
}

/// Reads one suppression; where its rule is named goes to `places`. `None` when something that it
/// needs is not there or cannot be read.
pub(crate) fn read(
    context: &mut Context<'_>,
    catalog: &Catalog,
    places: &mut Vec<RulePlace>,
    node: &Node,
    address: &AttrPath,
) -> Option<Suppression> {
    let fingerprint = node.get("fingerprint").and_then(|n| digest(context, n, "fingerprint"));
    let evidence = node.get("evidence").and_then(|n| digest(context, n, "evidence"));
    let rule = node.get("rule").and_then(|n| rule_name(context, places, n, Names::Suppression));
    let scope = node.get("scope").and_then(|n| scopes::of_node(context, catalog, n));
    if let Some((pos, glob)) = node.get("resource").and_then(|n| Some((n.pos, n.text()?))) {
        settings::glob(context, pos, glob);
    }
    let created = node.get("created");
    let since = created.and_then(|n| dates::read(context, n, "created", Day::Begin));
    let until = node.get("expires");
    let expires = until.and_then(|n| dates::read(context, n, "expires", Day::End));
    if let (Some(since), Some(expires), Some(created), Some(until)) =
        (since, expires, created, until)
        && since >= expires
    {
        let message = "`expires` is before `created`: it never had an effect";
        context.error(until.pos, message).see(created.pos, "created");
    }
    let of = match (fingerprint, rule) {
        (Some(fingerprint), _) => Suppresses::One(Fingerprint(fingerprint)),
        (None, Some(rule)) => {
            Suppresses::Findings { rule, scope, resource: node.text_of("resource") }
        }
        (None, None) => return None,
    };
    Some(Suppression {
        of,
        reason: node.text_of("reason").unwrap_or_default(),
        owner: node.text_of("owner"),
        created: since,
        expires: expires?,
        ticket: node.get("ticket").and_then(Node::scalar).filter(|text| !text.is_empty()),
        evidence,
        source: source(context, node.pos, address),
    })
}

/// A fingerprint or a digest of evidence.
fn digest(context: &mut Context<'_>, node: &Node, key: &str) -> Option<String> {
    let text = node.text()?;
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() == DIGITS && text.bytes().all(is_digit) {
        return Some(text.to_owned());
    }
    let lower = text.trim().to_ascii_lowercase();
    let hex = lower.bytes().all(is_digit);
    let report = context.error(node.pos, format!("`{key}` is not {DIGITS} hexadecimal digits"));
    match lower.len() {
        DIGITS if hex => report.help(format!("write `{lower}`")),
        len if hex => report.help(format!(
            "there are {len}: write it whole, as `tenko report RUN --format json` shows it"
        )),
        _ => report.help("reports show it beside each finding and drift"),
    };
    None
}

impl Manifest {
    /// Takes in what a suppressions file says, as if it stood in the manifest.
    pub fn add_suppressions(&mut self, file: Suppressions) {
        let Suppressions { entries, warnings, rule_places } = file;
        let all = entries.into_iter().map(|entry| entry.suppression);
        self.declaration.rules.suppressions.extend(all);
        self.warnings.extend(warnings);
        self.rule_places.extend(rule_places);
    }
}
