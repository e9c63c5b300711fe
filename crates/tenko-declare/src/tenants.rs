//! Tenants and their environments, with baselines applied and placeholders filled in.

use std::collections::{BTreeMap, HashMap};

use tenko_core::{
    AttrPath, Cloud, Environment, EnvironmentLogin, Expected, Reach, Region, ScopeKey, Source,
    Tenant, Unmanaged,
};

use crate::baseline::{Asked, Baseline, asked, fill_ignore};
use crate::context::{Context, Pos};
use crate::expectation::{Known, Template, source};
use crate::iac::{self, IacSource};
use crate::node::{Key, Kind, Node};
use crate::placeholder::{self, Fill};
use crate::{events, login, scopes, settings};

/// Reads tenants, and remembers what may be there only once.
pub(crate) struct Tenants<'k> {
    pub(crate) known: &'k Known<'k>,
    pub(crate) baselines: HashMap<String, Baseline>,
    /// Every scope with where it was named first and by which tenant; `None` is `shared`.
    pub(crate) owners: BTreeMap<ScopeKey, (Option<String>, Pos)>,
    /// Where the environments' infrastructure code is.
    pub(crate) iac: Vec<IacSource>,
}

/// An environment before its resources are added.
struct Frame<'a> {
    environment: &'a Environment,
    stage: &'a str,
    tenant: &'a str,
    pos: Pos,
}

impl Tenants<'_> {
    /// Reads one tenant.
    pub(crate) fn tenant(&mut self, context: &mut Context<'_>, key: &Key, node: &Node) -> Tenant {
        check_id(context, key, "tenant");
        let address = AttrPath::key("tenants").join(key.text.as_str());
        let baselines = names(node.get("baselines"));
        let mut tenant = Tenant {
            id: key.text.clone(),
            name: node.text_of("name").unwrap_or_else(|| key.text.clone()),
            owner: node.text_of("owner"),
            environments: vec![],
        };
        let environments = node.get("environments");
        if environments.is_some_and(|n| matches!(n.kind, Kind::Map(_)) && n.entries().is_empty()) {
            context.error(key.pos, format!("the tenant `{}` has no environments", key.text));
        }
        for (name, value) in environments.map(Node::entries).unwrap_or_default() {
            let address = address.join("environments").join(name.text.as_str());
            let environment =
                self.environment(context, &tenant.id, &baselines, (name, value), &address);
            tenant.environments.push(environment);
        }
        tenant
    }

    fn environment(
        &mut self,
        context: &mut Context<'_>,
        tenant: &str,
        baselines: &[(Pos, &str)],
        (key, node): (&Key, &Node),
        address: &AttrPath,
    ) -> Environment {
        check_id(context, key, "environment");
        let own = asked(context, self.known, node, address);
        let stage = node.text_of("stage").unwrap_or_else(|| key.text.clone());
        let ignored = node.get("unmanaged").and_then(Node::text) == Some("ignore");
        let mut environment = Environment {
            name: key.text.clone(),
            owner: node.text_of("owner"),
            baselines: vec![],
            scopes: self.scopes(context, tenant, node),
            regions: node.get("regions").map(|n| settings::regions(context, n)),
            required_tags: BTreeMap::new(),
            source: source(context, key.pos, address),
            expected: vec![],
            ignore: vec![],
            unmanaged: if ignored { Unmanaged::Ignore } else { Unmanaged::Report },
            events: vec![],
            login: EnvironmentLogin::default(),
            stage: Some(stage.clone()),
        };
        environment.login = login::environment(context, node.get("login"), tenant, &environment);
        let mut names_: Vec<_> = baselines.to_vec();
        names_.extend(names(node.get("baselines")));
        let mut code: Vec<IacSource> = Vec::new();
        let mut applied: Vec<&str> = Vec::new();
        let mut tags_source: Option<Source> = None;
        for (pos, name) in names_ {
            if applied.contains(&name) {
                continue;
            }
            applied.push(name);
            let Some(baseline) = self.baselines.get_mut(name) else {
                let meant = context.closest(name, self.baselines.keys().map(String::as_str));
                let message = format!("the baseline `{name}` is not defined");
                context.error(pos, message).did_you_mean(meant);
                continue;
            };
            baseline.used = true;
            apply(context, tenant, &stage, key.pos, &mut environment, &baseline.asked);
            code.extend(fill_iac(context, tenant, key.pos, &environment, &baseline.asked));
            tags_source = baseline.asked.tags_source.clone().or(tags_source);
        }
        environment.baselines = applied.into_iter().map(ToOwned::to_owned).collect();
        apply(context, tenant, &stage, key.pos, &mut environment, &own);
        code.extend(fill_iac(context, tenant, key.pos, &environment, &own));
        for source in code {
            // A baseline may name what the environment names as well.
            let known = |other: &IacSource| {
                other.owner == source.owner && other.location == source.location
            };
            if !self.iac.iter().any(known) {
                self.iac.push(source);
            }
        }
        if let Some(source) = own.tags_source.or(tags_source) {
            environment.source = source;
        }
        environment
    }

    fn scopes(&mut self, context: &mut Context<'_>, tenant: &str, node: &Node) -> Vec<ScopeKey> {
        let mut out: Vec<ScopeKey> = Vec::new();
        let Some((key, list)) = node.entry("scopes") else { return out };
        if matches!(list.kind, Kind::Seq(_)) && list.items().is_empty() {
            context.error(key.pos, "the environment has no accounts or projects");
        }
        for item in list.items() {
            let Some(scope) = scopes::of_node(context, self.known.catalog, item) else { continue };
            if out.contains(&scope) {
                context.error(item.pos, format!("{scope} is listed twice"));
                continue;
            }
            match self.owners.get(&scope) {
                Some((Some(owner), first)) if owner != tenant => {
                    context
                        .error(
                            item.pos,
                            format!("{scope} belongs to two tenants: `{owner}` and `{tenant}`"),
                        )
                        .see(*first, format!("first named by `{owner}`"))
                        .help(format!(
                            "give the {} to one tenant, or make it a tenant of its own with the \
                             two as environments",
                            scopes::noun(&scope.cloud)
                        ));
                }
                Some((None, first)) => {
                    context
                        .error(
                            item.pos,
                            format!("{scope} belongs to the tenant `{tenant}` and to nobody"),
                        )
                        .see(*first, "named below `shared`");
                }
                Some(_) => {}
                None => {
                    self.owners.insert(scope.clone(), (Some(tenant.to_owned()), item.pos));
                }
            }
            out.push(scope);
        }
        out
    }
}

/// Ids and names stand in paths, tags and reports.
fn check_id(context: &mut Context<'_>, key: &Key, what: &str) {
    let text = &key.text;
    if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        let message = format!("the {what} needs a name without control characters or outer blanks");
        context.error(key.pos, message);
    } else if text.chars().nth(128).is_some() {
        context.error(key.pos, format!("the name of the {what} is longer than 128 characters"));
    }
}

fn names(node: Option<&Node>) -> Vec<(Pos, &str)> {
    let items = node.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|item| Some((item.pos, item.text()?))).collect()
}

/// Adds what is asked for to the environment. Later tags win over earlier ones.
fn apply(
    context: &mut Context<'_>,
    tenant: &str,
    stage: &str,
    pos: Pos,
    environment: &mut Environment,
    asked: &Asked,
) {
    let name = environment.name.clone();
    let with = Fill { tenant, environment: &name, stage, account: "", project: "", region: "" };
    for (key, matcher) in &asked.required_tags {
        let mut matcher = matcher.clone();
        placeholder::matcher_texts(&mut matcher, &mut |text| {
            *text = placeholder::fill(text, &with)
        });
        environment.required_tags.insert(key.clone(), matcher);
    }
    environment.ignore.extend(asked.ignore.iter().map(|rule| fill_ignore(rule, &with)));
    environment.events.extend(asked.events.iter().map(|event| events::fill(event, &with)));
    for template in &asked.templates {
        let frame = Frame { environment, stage, tenant, pos };
        let expected = instantiate(context, &frame, template);
        environment.expected.extend(expected);
    }
}

/// Where the infrastructure code of one environment is.
fn fill_iac(
    context: &mut Context<'_>,
    tenant: &str,
    pos: Pos,
    environment: &Environment,
    asked: &Asked,
) -> Vec<IacSource> {
    let place = iac::Place {
        tenant,
        environment: &environment.name,
        stage: environment.stage.as_deref().unwrap_or_default(),
        scopes: &environment.scopes,
        pos,
    };
    asked.iac.iter().flat_map(|template| template.fill(context, &place)).collect()
}

/// The resources that a template stands for in one environment.
fn instantiate(context: &mut Context<'_>, frame: &Frame<'_>, template: &Template) -> Vec<Expected> {
    let environment = frame.environment;
    let pinned = template.resource.scope.as_ref();
    if let Some(scope) = pinned.filter(|scope| !environment.scopes.contains(scope)) {
        let message = format!("{scope} is none of the scopes of `{}`", environment.name);
        context.error(template.scope_pos, message).see(frame.pos, "the environment");
        return vec![];
    }
    let here = |scope: &&ScopeKey| template.cloud.as_ref().is_none_or(|c| *c == scope.cloud);
    if !environment.scopes.is_empty() && !environment.scopes.iter().any(|scope| here(&scope)) {
        nowhere(context, frame, template);
        return vec![];
    }
    let accounts: Vec<Option<&ScopeKey>> = match (pinned, template.per_scope) {
        (Some(scope), _) => vec![Some(scope)],
        (None, true) => environment.scopes.iter().filter(here).map(Some).collect(),
        (None, false) => vec![None],
    };
    let regions: Vec<Option<Reach>> = match (&template.resource.region, template.per_region) {
        (Some(region), _) => vec![Some(region.clone())],
        (None, false) => vec![None],
        (None, true) => match &environment.regions {
            Some(regions) => regions.iter().cloned().map(Region::into).map(Some).collect(),
            None => {
                let message = format!(
                    "`{{region}}` stands for each region of the environment, and `{}` names none",
                    environment.name
                );
                let help = "give the environment `regions`, or the resource a `region`";
                context.error(template.pos, message).see(frame.pos, "the environment").help(help);
                return vec![];
            }
        },
    };
    let mut out = Vec::new();
    for account in accounts {
        for region in &regions {
            let id_in = |project: bool| {
                let key = account.filter(|key| (key.cloud == Cloud::gcp()) == project);
                key.map_or("", |key| key.id.as_str())
            };
            let with = Fill {
                tenant: frame.tenant,
                environment: &environment.name,
                stage: frame.stage,
                account: id_in(false),
                project: id_in(true),
                region: region.as_ref().map_or("", Reach::as_str),
            };
            // A global type's listing has no region, whatever its name says.
            let pin = region.clone().filter(|_| template.regional);
            out.push(template.fill(&with, account.cloned(), pin));
        }
    }
    out
}

/// Reports a resource of a cloud that the environment has nothing in.
fn nowhere(context: &mut Context<'_>, frame: &Frame<'_>, template: &Template) {
    let Some(cloud) = &template.cloud else { return };
    let noun = scopes::noun(cloud);
    let name = &frame.environment.name;
    let resource_type = &template.resource.resource_type;
    let message = format!("{resource_type} has no place in `{name}`, which has no {noun}");
    let example = if *cloud == Cloud::gcp() { ", such as `gcp:PROJECT`," } else { "" };
    let help = match template.of_baseline {
        true => format!(
            "give the environment a {noun}, or keep what is {}'s in a baseline of its own for the \
             environments that have one",
            scopes::cloud_name(cloud)
        ),
        false => format!("add the {noun} that it is in{example} to `scopes`"),
    };
    context.error(template.pos, message).see(frame.pos, "the environment").help(help);
}

/// Reports resources that one environment declares twice.
pub(crate) fn check_duplicates(
    context: &mut Context<'_>,
    tenants: &[Tenant],
    files: &HashMap<String, u32>,
) {
    let pos = |context: &Context<'_>, source: &Source| {
        let file = files.get(&*source.file).copied().unwrap_or_default();
        context.whole_line(file, source.line.unwrap_or_default())
    };
    for environment in tenants.iter().flat_map(|t| &t.environments) {
        let mut first: HashMap<_, &Source> = HashMap::with_capacity(environment.expected.len());
        for expected in &environment.expected {
            // An id wins over a name, so with one the name says nothing.
            let name = expected.name.as_ref().filter(|_| expected.id.is_none());
            let identity =
                (&expected.resource_type, &expected.id, name, &expected.scope, &expected.region);
            let Some(earlier) = first.insert(identity, &expected.source) else { continue };
            let label = expected.id.as_ref().or(name).map_or("", String::as_str);
            let message = format!(
                "{} `{label}` is declared twice in `{}`",
                expected.resource_type, environment.name
            );
            let (at, before) = (pos(context, &expected.source), pos(context, earlier));
            context
                .error(at, message)
                .see(before, format!("first declared at {}", earlier.address));
        }
    }
}
