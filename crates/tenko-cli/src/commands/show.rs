//! `tenko show`: one resource, or a list of them, from a snapshot.

use std::collections::BTreeSet;

use tenko::model::{Coverage, Resource, ScopeKey, ScopeTree, Snapshot};
use tenko::report::{json, text};

use crate::args::ShowArgs;
use crate::commands::{chosen_environments, globs, is_called, text_options};
use crate::failure::Failure;
use crate::output::Out;
use crate::{files, setup};

/// Shows what matches.
pub(crate) fn run(args: &ShowArgs, out: &Out) -> Result<u8, Failure> {
    let snapshot = files::snapshot(&args.snapshot)?;
    let filter = Filter::new(args, &snapshot.scopes)?;
    let found: Vec<_> = snapshot.resources.iter().filter(|r| filter.matches(r)).collect();
    filter.asked_for_what_was_read(&snapshot)?;
    // Not listed is not the same as not there.
    let unread = snapshot.coverage.iter().filter(|row| filter.concerns(row)).count();
    if unread > 0 {
        let units = if unread == 1 { "unit was" } else { "units were" };
        out.note(&format!("{unread} {units} not read whole: there may be more"));
    }
    let unasked = filter.unasked(&snapshot);
    if unasked > 0 {
        let scopes =
            if unasked == 1 { "account or project was" } else { "accounts or projects were" };
        out.note(&format!("{unasked} {scopes} not asked for this: there may be more"));
    }
    let Some(wanted) = &args.resource else {
        return list(&found, out);
    };
    let mut named: Vec<_> = found.iter().copied().filter(|r| is_called(r, wanted)).collect();
    // An id wins over a name that somebody gave to something else.
    if named.iter().any(|r| r.key.id == *wanted) {
        named.retain(|r| r.key.id == *wanted);
    }
    match named.as_slice() {
        [] => Err(Failure::new(format!("there is no resource `{wanted}` in this snapshot"))
            .hint("`tenko show` lists them; names and ids are matched exactly")),
        [one] => {
            if out.is_json() {
                out.text(&json::text(&json::resource(one)))?;
            } else {
                out.text(&text::resource(one, &text_options(out)))?;
            }
            Ok(0)
        }
        several => {
            out.note(&format!("{} resources are called `{wanted}`:", several.len()));
            // Only the whole id tells them apart.
            list(several, &Out { verbose: true, ..*out })
        }
    }
}

fn list(resources: &[&Resource], out: &Out) -> Result<u8, Failure> {
    if out.is_json() {
        out.text(&json::text(&json::resources(resources)))?;
    } else {
        out.text(&text::resources(resources, &text_options(out)))?;
    }
    Ok(0)
}

struct Filter {
    types: globset::GlobSet,
    any_type: bool,
    scopes: Option<BTreeSet<ScopeKey>>,
    scope: Option<BTreeSet<ScopeKey>>,
    tags: Vec<(String, Option<String>)>,
}

impl Filter {
    fn new(args: &ShowArgs, tree: &ScopeTree) -> Result<Self, Failure> {
        let types = globs(&args.types)?;
        let scopes = args.tenant.as_ref().map(|tenant| scopes_of(tenant, args)).transpose()?;
        let tags = args.tags.iter().map(|tag| match tag.split_once('=') {
            Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
            None => (tag.clone(), None),
        });
        Ok(Self {
            types,
            any_type: args.types.is_empty(),
            scopes,
            scope: args.scope.as_deref().map(|name| scopes_called(name, tree)).transpose()?,
            tags: tags.collect(),
        })
    }

    fn matches(&self, resource: &Resource) -> bool {
        let key = &resource.key;
        self.looks_at(key.resource_type.as_str(), &key.scope_key())
            && self.tags.iter().all(|(key, wanted)| {
                let value = resource.tags.get(key);
                value.is_some_and(|value| wanted.as_ref().is_none_or(|wanted| wanted == value))
            })
    }

    /// Whether something that matches may have been missed there.
    fn concerns(&self, row: &Coverage) -> bool {
        let unit = &row.unit;
        row.outcome.is_gap() && self.looks_at(unit.resource_type.as_str(), &unit.scope_key())
    }

    /// Refuses to list what nobody looked for: no rows would look like none there.
    fn asked_for_what_was_read(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let rows = &snapshot.coverage;
        let read =
            |row: &Coverage| self.any_type || self.types.is_match(row.unit.resource_type.as_str());
        if rows.is_empty() || rows.iter().any(read) {
            return Ok(());
        }
        Err(Failure::new("this snapshot has no listing of that type").hint(
            "types are named in full, as `tenko types` does, with `*` for any text; a run that was \
             narrowed (--type) read no others",
        ))
    }

    /// How many accounts and projects that match have no listing of the type.
    fn unasked(&self, snapshot: &Snapshot) -> usize {
        let looked = |row: &&Coverage| {
            let unit = &row.unit;
            self.looks_at(unit.resource_type.as_str(), &unit.scope_key())
        };
        let asked: BTreeSet<_> =
            snapshot.coverage.iter().filter(looked).map(|row| row.unit.scope_key()).collect();
        // A type belongs to one cloud: the others' were not meant.
        let clouds: BTreeSet<_> = asked.iter().map(|scope| scope.cloud.clone()).collect();
        let within = |scope: &ScopeKey| {
            let holds =
                |set: &Option<BTreeSet<_>>| set.as_ref().is_none_or(|set| set.contains(scope));
            clouds.contains(&scope.cloud) && holds(&self.scopes) && holds(&self.scope)
        };
        let scopes = snapshot.scopes.accounts().map(tenko::model::Scope::key);
        scopes.filter(|scope| within(scope) && !asked.contains(scope)).count()
    }

    fn looks_at(&self, resource_type: &str, scope: &ScopeKey) -> bool {
        let within = |scopes: &Option<BTreeSet<_>>| {
            scopes.as_ref().is_none_or(|scopes| scopes.contains(scope))
        };
        (self.any_type || self.types.is_match(resource_type))
            && within(&self.scopes)
            && within(&self.scope)
    }
}

/// The accounts and projects with this id or name.
fn scopes_called(name: &str, tree: &ScopeTree) -> Result<BTreeSet<ScopeKey>, Failure> {
    let holders = || tree.iter().filter(|scope| scope.kind.holds_resources());
    let called = holders().filter(|scope| scope.id == *name || scope.name == name);
    let found: BTreeSet<_> = called.map(tenko::model::Scope::key).collect();
    if found.is_empty() {
        return Err(Failure::new(format!("this snapshot has no account or project `{name}`"))
            .hint("`tenko scopes --snapshot latest` lists them"));
    }
    Ok(found)
}

/// The scopes of `TENANT` or `TENANT/ENVIRONMENT`.
fn scopes_of(selector: &str, args: &ShowArgs) -> Result<BTreeSet<ScopeKey>, Failure> {
    let manifest = files::needed_manifest(&args.manifest.files, &setup::catalog()?)?;
    let chosen = chosen_environments(&manifest.declaration, selector)?;
    Ok(chosen.into_iter().flat_map(|(_, e)| e.scopes.iter().cloned()).collect())
}
