use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tenko_core::{
    Arg, Claim, Cloud, Environment, IacOwner, Reach, ResourceRef, ScopeKey, Source, Tenant, msg,
};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Sink, Subject, few};

rule! {
    /// Two places in infrastructure code manage one resource: two states, a state and a
    /// CloudFormation stack, or two addresses of one state.
    ///
    /// ## Why it is bad
    /// Whoever applies last wins. Each side takes the other's change for drift and turns it back, and
    /// when one of them is destroyed, the resource goes with it although the other still needs it.
    /// It mostly comes from a module that was moved without its old state being cleared, or from an
    /// import that nobody took back.
    ///
    /// ## Example
    /// ```text
    /// network.tfstate   module.vpc.aws_vpc.this   vpc-0123456789abcdef0
    /// legacy.tfstate    aws_vpc.main              vpc-0123456789abcdef0
    /// ```
    ///
    /// ## What it reads
    /// The Terraform states that the declaration names and the CloudFormation stacks that were
    /// collected. Resources are one when they have the same type and the same ARN or link, or the
    /// same type, id, account or project, and region. A state that several environments name says
    /// what it says once. Of types that are not understood only an id counts that names one resource
    /// and that nothing else has, live or in code: a policy often has its resource's. What cannot be
    /// told apart from others by any of these is not judged.
    ///
    /// ## Unknown
    /// For each state that could not be read: what is in it may be managed twice.
    id: "IAC-01",
    name: "Infrastructure code manages one resource in two places",
    severity: Medium,
    needs_tenants: false,
    references: [],
    remediation: "Decide which code the resource belongs to, and take it out of the other one without destroying it: terraform state rm, or a removed block; in CloudFormation, DeletionPolicy: Retain before the resource leaves the template.",
    parts: [Part::any(&[], check)],
}

/// By what two claims are seen to mean one resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'a> {
    /// Type, and a name that only one resource can have.
    Name(&'a str, &'a str),
    /// Type, id, scope and region.
    Place(&'a str, &'a str, &'a ScopeKey, Option<&'a Reach>),
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let environments: HashMap<_, _> = context
        .declaration
        .environments()
        .map(|(tenant, e)| ((tenant.id.as_str(), e.name.as_str()), (tenant, e)))
        .collect();
    // A part manages nothing but itself.
    let wholes = context.declaration.claims.iter().filter(|claim| !claim.partial);
    let mut claims: Vec<_> = wholes.collect();
    claims.sort_by_key(|claim| (&claim.source, &claim.owner, &claim.code_type, &claim.ids));
    let world = World { environments, context, others: others(&claims, context) };
    for group in groups(&claims, &world) {
        of_group(&group, &world, sink);
    }
    let unread: BTreeSet<_> = context
        .declaration
        .unread_code
        .iter()
        .map(|code| (&code.file, &code.owner, &code.reason, &code.reason_wording))
        .collect();
    for (file, owner, reason, wording) in unread {
        let reason = wording.clone().map_or_else(|| Arg::from(reason), Arg::from);
        let message = msg!("iac-01-unread", file = Arg::text(file), reason = reason);
        let subject = Subject::from(world.scope_of(owner.as_ref()));
        let subject = subject.owned(
            owner.as_ref().map(|owner| owner.tenant.to_string()),
            owner.as_ref().map(|owner| owner.environment.to_string()),
        );
        sink.unknown(context, subject, message);
    }
}

/// What the claims are seen with.
struct World<'a> {
    environments: HashMap<(&'a str, &'a str), (&'a Tenant, &'a Environment)>,
    context: &'a Context<'a>,
    /// Names that claims of types without a mapping borrow from other resources.
    others: HashSet<&'a str>,
}

impl<'a> World<'a> {
    fn environment(&self, owner: &IacOwner) -> Option<&'a Environment> {
        let of = self.environments.get(&(&*owner.tenant, &*owner.environment));
        of.map(|(_, environment)| *environment)
    }

    /// The scope of a claim: what the code says, else the only one of its environment.
    fn scope<'c>(&self, claim: &'c Claim) -> Option<&'c ScopeKey>
    where
        'a: 'c,
    {
        if let Some(scope) = &claim.scope {
            return Some(scope);
        }
        match self.environment(claim.owner.as_ref()?)?.scopes.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// A scope to report under, where nothing else tells: the first of the environment, else the
    /// first that was discovered.
    fn scope_of(&self, owner: Option<&IacOwner>) -> ScopeKey {
        let own = owner.and_then(|o| self.environment(o)).and_then(|e| e.scopes.iter().min());
        own.or_else(|| self.context.scopes.keys().next())
            .cloned()
            .unwrap_or_else(|| ScopeKey::new(Cloud::new("unknown"), "unknown"))
    }
}

/// The claims by what they mean: those that share a key, each group in the order of the claims.
fn groups<'a>(claims: &[&'a Claim], world: &World<'a>) -> Vec<Vec<&'a Claim>> {
    let mut first: HashMap<Key<'_>, usize> = HashMap::new();
    // Where two groups meet, the later one points to the earlier.
    let mut points_to: Vec<usize> = (0..claims.len()).collect();
    for (at, claim) in claims.iter().enumerate() {
        for key in keys(claim, world) {
            let other = *first.entry(key).or_insert(at);
            let (a, b) = (root(&mut points_to, at), root(&mut points_to, other));
            if let Some(later) = points_to.get_mut(a.max(b)) {
                *later = a.min(b);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Claim>> = BTreeMap::new();
    for (at, claim) in claims.iter().enumerate() {
        groups.entry(root(&mut points_to, at)).or_default().push(claim);
    }
    groups.into_values().collect()
}

fn root(points_to: &mut [usize], mut at: usize) -> usize {
    while let Some(next) = points_to.get(at).copied().filter(|next| *next != at) {
        let after = points_to.get(next).copied().unwrap_or(next);
        if let Some(slot) = points_to.get_mut(at) {
            *slot = after;
        }
        at = next;
    }
    at
}

fn keys<'a>(claim: &'a Claim, world: &World<'a>) -> Vec<Key<'a>> {
    let Some(kind) = claim.resource_type.as_ref().map(|name| name.as_str()) else {
        // What a type without a mapping calls an ARN may be the target's.
        let own = own_name(claim).filter(|name| !world.others.contains(name));
        return own.map(|name| Key::Name(&claim.code_type, name)).into_iter().collect();
    };
    let names = claim.ids.iter().filter_map(|id| unique(id)).map(|name| Key::Name(kind, name));
    let mut keys: Vec<_> = names.collect();
    if let (Some(id), Some(scope)) = (claim.ids.first(), world.scope(claim)) {
        keys.push(Key::Place(kind, id, scope, claim.region.as_ref()));
    }
    keys
}

/// The id of a claim whose type has no mapping, where that names one resource.
fn own_name(claim: &Claim) -> Option<&str> {
    claim.ids.first().filter(|_| claim.resource_type.is_none()).and_then(|id| unique(id))
}

/// The ids of claims without a mapping that are names of other resources too: of another type in
/// code, or of something live, which always is of a type that has a mapping.
fn others<'a>(claims: &[&'a Claim], context: &Context<'_>) -> HashSet<&'a str> {
    let mut kinds: HashMap<&'a str, &'a str> = HashMap::new();
    let mut others = HashSet::new();
    for claim in claims.iter().filter(|claim| own_name(claim).is_some()) {
        kinds.entry(own_name(claim).unwrap_or_default()).or_insert(&claim.code_type);
    }
    if kinds.is_empty() {
        return others;
    }
    let mut seen = |name: &str, code_type: Option<&str>| {
        if let Some((name, kind)) = kinds.get_key_value(name)
            && code_type != Some(kind)
        {
            others.insert(*name);
        }
    };
    for claim in claims {
        for name in claim.ids.iter().filter_map(|id| unique(id)) {
            seen(name, Some(&claim.code_type));
        }
    }
    for resource in &context.snapshot.resources {
        let names = resource.attributes.as_json().split("Arn\":\"").skip(1);
        let names = names.filter_map(|rest| rest.split('"').next());
        for name in names.chain([resource.key.id.as_str()]).filter_map(unique) {
            seen(name, None);
        }
    }
    others
}

/// An ARN, or what a Google link names; those of other forms mean something only in their place.
fn unique(id: &str) -> Option<&str> {
    if id.starts_with("arn:") || id.starts_with("projects/") {
        return Some(id);
    }
    if !(id.starts_with("//") || id.starts_with("https://")) {
        return None;
    }
    id.get(id.find("/projects/")? + 1..)
}

fn of_group(group: &[&Claim], world: &World<'_>, sink: &mut Sink<'_>) {
    let Some(first) = group.first() else { return };
    if group.len() == 1 && keys(first, world).is_empty() {
        return;
    }
    let scope = group.iter().find_map(|claim| world.scope(claim)).cloned();
    let scope = scope.unwrap_or_else(|| world.scope_of(first.owner.as_ref()));
    // An environment, or a provider alias, that names the same code again adds nothing.
    let places: BTreeSet<(&str, &str)> = group.iter().map(|c| place(&c.source)).collect();
    if places.len() < 2 {
        sink.judge(world.context, scope, Judged::Pass);
        return;
    }
    let id = first.ids.first().map_or("-", String::as_str);
    let resource_type = first.resource_type.clone().unwrap_or_else(|| (&*first.code_type).into());
    let sources: BTreeSet<_> = group.iter().map(|claim| claim.source.to_string()).collect();
    let message = msg!(
        "iac-01-bad",
        type = Arg::text(&resource_type),
        id = id,
        places = places.len(),
        sources = few(sources),
    );
    let owners: BTreeSet<_> = group.iter().filter_map(|claim| claim.owner.as_ref()).collect();
    let tenants: BTreeSet<_> = owners.iter().map(|owner| &owner.tenant).collect();
    let tenant = match (tenants.len(), tenants.first()) {
        (1, Some(tenant)) => Some(tenant.to_string()),
        _ => None,
    };
    let environment = match (owners.len(), owners.first()) {
        (1, Some(owner)) => Some(owner.environment.to_string()),
        _ => None,
    };
    let reference = ResourceRef {
        cloud: scope.cloud.clone(),
        resource_type,
        scope: Some(scope.id.clone()),
        region: first.region.clone(),
        id: Some(id.to_owned()),
        name: first.name.clone(),
    };
    let subject = Subject::reference(&scope, reference).owned(tenant, environment);
    sink.bad(world.context, subject, message);
}

fn place(source: &Source) -> (&str, &str) {
    (&source.file, &source.address)
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use tenko_core::UnreadCode;

    use crate::testing::*;

    let with = |files: &[&str]| {
        let claims = files.iter().map(|file| tests::claim(file, "aws_t.x", &["x"], "prod"));
        let claims: Vec<_> = claims.collect();
        let world = world().account("1").tenant("acme", &[("prod", "1")]);
        world.declare(|declaration| declaration.claims = claims)
    };
    let unread = with(&[]).declare(|declaration| {
        let (file, reason) = ("x.tfstate".into(), "cut off".to_owned());
        declaration.unread_code = vec![UnreadCode { file, owner: None, reason, reason_wording: None }];
    });
    vec![
        fires("two states", &["1/x"], with(&["a.tfstate", "b.tfstate"])),
        quiet("one state", with(&["a.tfstate"])),
        unknown("a state could not be read", &["1"], unread).saying("cut off"),
    ]
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::value::{Error, MapDeserializer};
    use tenko_core::{
        Arg, Attributes, Claim, Declaration, IacOwner, Resource, Snapshot, Source, SourceKind,
        UnreadCode, Verdict, msg,
    };

    use crate::testing::*;

    pub(super) fn claim(file: &str, address: &str, ids: &[&str], environment: &str) -> Claim {
        Claim {
            resource_type: Some("T".into()),
            code_type: "aws_t".into(),
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            name: None,
            scope: None,
            region: None,
            attributes: vec![],
            tags: None,
            sensitive: Default::default(),
            not_comparable: None,
            note: None,
            in_sync: false,
            owner: Some(IacOwner { tenant: "acme".into(), environment: environment.into() }),
            source: Source {
                kind: SourceKind::Terraform,
                file: file.into(),
                address: address.to_owned(),
                line: None,
            },
            parts: vec![],
            partial: false,
        }
    }

    fn declared(claims: Vec<Claim>) -> Declaration {
        let tenants = vec![tenant("acme", &[("prod", "1"), ("dev", "2")])];
        Declaration { claims, ..declaration(tenants) }
    }

    fn messages(claims: Vec<Claim>) -> Vec<String> {
        let found = of("IAC-01", &snapshot(&["1", "2"]), &declared(claims));
        found.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn fires_where_two_states_have_one_resource() {
        let arn = "arn:aws:t:::x";
        let one = claim("a.tfstate", "aws_t.x", &["x"], "prod");
        let other = claim("b.tfstate", "module.m.aws_t.y[0]", &["x", arn], "prod");
        let third = Claim { scope: Some(key("7")), ..claim("c.tfstate", "t", &["y", arn], "dev") };
        let text = "T x is managed in 3 places: a.tfstate (aws_t.x), b.tfstate (module.m.aws_t.y[0]), c.tfstate (t).";
        assert_eq!(messages(vec![third.clone(), one.clone(), other.clone()]), [text]);
        let found = of("IAC-01", &snapshot(&["1"]), &declared(vec![one, other, third]));
        assert_eq!(found[0].tenant.as_deref(), Some("acme"));
        assert_eq!((&found[0].environment, found[0].scope.as_str()), (&None, "1"));
    }

    #[test]
    fn fires_on_two_addresses_of_one_state() {
        let claims = ["aws_t.a", "aws_t.b"].map(|at| claim("a.tfstate", at, &["x"], "prod"));
        assert_eq!(messages(claims.to_vec()).len(), 1);
    }

    #[test]
    fn quiet_on_what_is_only_named_alike() {
        let one = claim("a.tfstate", "aws_t.x", &["x"], "prod");
        let other = |change: fn(&mut Claim)| {
            let mut other = claim("b.tfstate", "aws_t.x", &["x"], "prod");
            change(&mut other);
            messages(vec![one.clone(), other])
        };
        assert_eq!(other(|_| {}).len(), 1);
        assert_eq!(other(|c| c.partial = true), [""; 0]);
        assert_eq!(other(|c| c.resource_type = Some("U".into())), [""; 0]);
        assert_eq!(other(|c| c.scope = Some(key("2"))), [""; 0]);
        assert_eq!(other(|c| c.region = Some("r1".into())), [""; 0]);
        let mut unmapped = claim("b.tfstate", "aws_t.x", &["x"], "prod");
        unmapped.resource_type = None;
        let again = Claim { source: one.source.clone(), ..unmapped.clone() };
        assert_eq!(messages(vec![unmapped, again]), [""; 0]);
    }

    #[test]
    fn a_type_without_a_mapping_counts_by_an_id_of_its_own() {
        let arn = "arn:aws:t:::x";
        let unmapped = |file: &str, code_type: &str, ids: &[&str]| Claim {
            resource_type: None,
            code_type: code_type.into(),
            ..claim(file, "x", ids, "prod")
        };
        let policy = |file: &str| unmapped(file, "aws_t_policy", &[arn]);
        let both = || vec![policy("a.tfstate"), policy("b.tfstate")];
        assert_eq!(messages(both()).len(), 1);
        // The ARN is that of what it is for.
        let with = |more: Claim| messages([both(), vec![more]].concat());
        assert_eq!(with(claim("c.tfstate", "aws_t.x", &["x", arn], "prod")), [""; 0]);
        assert_eq!(with(unmapped("c.tfstate", "aws_u", &["u", arn])), [""; 0]);
        let of_live = |live: Resource| {
            let snapshot = Snapshot { resources: vec![live], ..snapshot(&["1", "2"]) };
            of("IAC-01", &snapshot, &declared(both())).len()
        };
        assert_eq!(of_live(resource("1", arn, &[])), 0);
        assert_eq!(of_live(resource("1", "arn:aws:t:::y", &[])), 1);
        let mut live = resource("1", "x", &[]);
        let attributes = MapDeserializer::<_, Error>::new([("TopicArn", arn)].into_iter());
        live.attributes = Attributes::deserialize(attributes).unwrap();
        assert_eq!(of_live(live), 0);
        let targets = ["a", "b"].map(|file| unmapped(file, "aws_target", &["t", arn]));
        assert_eq!(messages(targets.to_vec()), [""; 0]);
    }

    #[test]
    fn what_cannot_be_told_from_others_does_not_pass() {
        let passed = |claim: Claim| {
            let results = evaluated(&snapshot(&["1", "2"]), &declared(vec![claim])).results;
            results.into_iter().find(|result| result.rule == "IAC-01").unwrap().passed
        };
        let one = claim("a.tfstate", "aws_t.x", &["x"], "prod");
        assert_eq!(passed(one.clone()), 1);
        assert_eq!(passed(Claim { resource_type: None, ..one.clone() }), 0);
        assert_eq!(passed(Claim { owner: None, ..one.clone() }), 0);
        assert_eq!(passed(Claim { ids: vec![], ..one }), 0);
    }

    #[test]
    fn quiet_on_one_state_that_two_environments_name() {
        let mut claims = ["prod", "dev"].map(|of| claim("a.tfstate", "aws_t.x", &["x"], of));
        claims.iter_mut().for_each(|claim| claim.scope = Some(key("1")));
        assert_eq!(messages(claims.to_vec()), [""; 0]);
    }

    #[test]
    fn unknown_where_a_state_could_not_be_read() {
        let mut declared = declared(vec![]);
        let owner = Some(IacOwner { tenant: "acme".into(), environment: "dev".into() });
        let file = "x.tfstate".into();
        declared.unread_code = vec![UnreadCode {
            file,
            owner,
            reason: "cut off".to_owned(),
            reason_wording: None,
        }];
        let found = of("IAC-01", &snapshot(&["1", "2"]), &declared);
        assert_eq!((found[0].verdict, found[0].scope.as_str()), (Verdict::Unknown, "2"));
        assert!(found[0].message.contains("x.tfstate") && found[0].message.contains("cut off"));
        declared.unread_code[0].reason_wording = Some(msg!("code-not-asked"));
        let found = of("IAC-01", &snapshot(&["1", "2"]), &declared);
        let args = &found[0].wording.as_ref().unwrap().args;
        assert_eq!(args["reason"], Arg::from(msg!("code-not-asked")), "in every language");
    }
}
