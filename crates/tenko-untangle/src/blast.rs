//! What a mistaken delete takes with it.

use std::collections::{BTreeSet, HashMap};

use tenko_core::{Origin, Resource, Severity};

use crate::along::{Along, along, is_refused};
use crate::copies::{Backups, Second, is_store};
use crate::model::{Blast, Copies, Owner};
use crate::plan::Plan;
use crate::refer::Target;
use crate::universe::Candidate;
use crate::words::is_production;

/// So many dependents of one resource are followed.
const MOST: usize = 1000;
/// So many of them are named.
const EXAMPLES: usize = 10;

/// Data stores, keys, what deletes others with it, and what several owners use: the worst first.
pub(crate) fn blast(plan: &Plan<'_>) -> Vec<Blast> {
    let backups = Backups::new(plan.snapshot, plan.scope);
    let mut elsewhere: HashMap<usize, BTreeSet<usize>> = HashMap::new();
    for edge in plan.edges {
        if let Target::Resource(to) = edge.to
            && plan.resource(edge.from).is_some_and(|from| is_of_another(plan, from))
        {
            elsewhere.entry(to).or_default().insert(edge.from);
        }
    }
    let one = |at: &usize| one(plan, &backups, elsewhere.get(at), *at);
    let mut out: Vec<Blast> = plan.nodes.iter().filter_map(one).collect();
    out.sort_by(|a, b| {
        let size = |blast: &Blast| blast.takes_along.saturating_add(blast.dependents);
        (a.severity, size(b), &a.resource).cmp(&(b.severity, size(a), &b.resource))
    });
    out
}

fn is_of_another(plan: &Plan<'_>, resource: &Resource) -> bool {
    resource.key.scope_key() != *plan.scope && resource.origin == Origin::Customer
}

fn one(
    plan: &Plan<'_>,
    backups: &Backups,
    elsewhere: Option<&BTreeSet<usize>>,
    at: usize,
) -> Option<Blast> {
    let resource = plan.resource(at)?;
    let kind = resource.key.resource_type.as_str();
    let store = is_store(kind);
    let is_key = matches!(kind, "AWS::KMS::Key" | "cloudkms.googleapis.com/CryptoKey");
    let along = along(plan, at);
    let mut users: BTreeSet<usize> = plan.dependents(at).filter(|o| *o != at).collect();
    users.retain(|other| !along.parts.contains(other));
    users.extend(elsewhere.into_iter().flatten());
    let own = plan.decisions.get(&at).map(|decision| decision.groups()).unwrap_or_default();
    let by: BTreeSet<usize> =
        users.iter().chain(&along.known).filter_map(|other| plan.group_of(*other)).collect();
    let mut groups = own.clone();
    groups.extend(&by);
    let second = second(plan, backups, resource, store, &along);
    let is_worth = store || along.data > 0 || groups.len() > 1 || (is_key && !users.is_empty());
    if !is_worth {
        return None;
    }
    let owner = plan.owner(at);
    let production = groups.iter().any(|group| {
        plan.universe.all.get(*group).is_some_and(|c| is_production(c.stage.as_deref()))
    });
    let makes_anew = |other: &usize| {
        let kind = plan.resource(*other).map(|r| r.key.resource_type.as_str());
        kind == Some("AWS::AutoScaling::AutoScalingGroup")
    };
    let refused = is_refused(plan, at);
    let risk = Risk {
        copies: second.as_ref().map(Second::copies).unwrap_or(Copies::NoData),
        production,
        may_be_production: production || (nobodys(&owner) && !plan.universe.is_not_production()),
        not_production: groups.iter().all(|group| {
            let stage = plan.universe.all.get(*group).and_then(Candidate::known_stage);
            stage.is_some_and(|stage| !is_production(Some(stage)))
        }),
        outside: by.iter().any(|group| !own.contains(group)) || elsewhere.is_some(),
        owners: groups.len(),
        protection: second.as_ref().and_then(|second| second.protection),
        copies_go_along: second.as_ref().is_some_and(|second| second.has_only_what_goes_along()),
        made_anew: along.data > 0 && users.iter().any(makes_anew),
        refused,
    };
    let (severity, why) = risk.judge(plan);
    let second = second.unwrap_or_default();
    Some(Blast {
        resource: plan.named(at)?,
        severity,
        why,
        owner,
        copies: risk.copies,
        has: second.has,
        lacks: second.lacks,
        unknown: second.unknown,
        deletion_protection: second.protection,
        refused_while_in_use: refused,
        takes_along: along.count,
        takes_along_examples: along
            .known
            .iter()
            .take(EXAMPLES)
            .filter_map(|at| plan.named(*at))
            .collect(),
        dependents: users.len() as u64,
        dependent_groups: plan.universe.ids(&groups),
        examples: users.iter().take(EXAMPLES).filter_map(|at| plan.named(*at)).collect(),
    })
}

fn nobodys(owner: &Owner) -> bool {
    matches!(owner, Owner::Unclaimed | Owner::Account)
}

/// The second copies of its own data, and of the data that goes along: of several, the worst.
fn second(
    plan: &Plan<'_>,
    backups: &Backups,
    resource: &Resource,
    store: bool,
    along: &Along,
) -> Option<Second> {
    if store {
        return Some(backups.of(resource));
    }
    if along.data == 0 {
        return None;
    }
    let parts = along.known.iter().filter_map(|at| plan.resource(*at));
    let stores = parts.filter(|part| is_store(part.key.resource_type.as_str()));
    let mut all: Vec<Second> = stores.map(|part| backups.of(part)).collect();
    if (all.len() as u64) < along.data {
        let unknown = vec!["backups of disks that could not be read".to_owned()];
        all.push(Second { unknown, ..Second::default() });
    }
    let badness = |second: &Second| match second.copies() {
        Copies::None => 0,
        Copies::NoneSeen => 1,
        Copies::Unknown => 2,
        _ => 3,
    };
    // Protection is that of a part: it does not keep the whole.
    all.into_iter().min_by_key(badness).map(|second| Second { protection: None, ..second })
}

/// What the severity depends on.
struct Risk {
    copies: Copies,
    production: bool,
    may_be_production: bool,
    /// The stages of all its owners are known, and are others.
    not_production: bool,
    /// Others than its owner use it.
    outside: bool,
    owners: usize,
    protection: Option<bool>,
    copies_go_along: bool,
    made_anew: bool,
    refused: bool,
}

impl Risk {
    /// How bad, and why. Data without a second copy is worst where it may be production's, or
    /// others use it: an owner that is not known may be production.
    fn judge(&self, plan: &Plan<'_>) -> (Severity, String) {
        if self.refused {
            let text = format!("{} refuses to delete it while it is in use.", plan.provider());
            return (Severity::Low, text);
        }
        let grave = self.may_be_production || self.outside;
        let (severity, what) = match self.copies {
            Copies::None => (
                if grave { Severity::Critical } else { Severity::High },
                "there is no second copy of its data",
            ),
            Copies::NoneSeen => (
                if grave { Severity::Critical } else { Severity::High },
                "no second copy of its data was seen",
            ),
            Copies::Unknown => (
                if grave { Severity::High } else { Severity::Medium },
                "whether there is a second copy of its data is not known",
            ),
            Copies::NoData if self.owners > 1 && self.production => {
                (Severity::High, "several owners use it")
            }
            Copies::NoData => (Severity::Medium, "others use it"),
            _ if self.protection == Some(true) => (Severity::Low, "deletion protection is on"),
            _ if self.copies_go_along => (
                if grave { Severity::High } else { Severity::Medium },
                "its only second copies go with it",
            ),
            _ if self.owners > 1 || (self.production && self.protection == Some(false)) => {
                (Severity::Medium, "there is a second copy of its data")
            }
            _ => (Severity::Low, "there is a second copy of its data"),
        };
        if self.made_anew && severity < Severity::Medium {
            let text = "An Auto Scaling group starts another one, without what is on these disks.";
            return (Severity::Medium, text.to_owned());
        }
        let whose = match (self.production, self.may_be_production, self.outside) {
            (true, _, _) => "Production uses it",
            (_, true, _) => "It may be production's",
            (_, _, true) => "Others than its owner use it",
            _ if self.not_production => "It is not production's",
            _ => "It is not known to be production's",
        };
        (severity, format!("{whose}, and {what}."))
    }
}

/// Everything of one owner that depends on it, directly or through others: what is switched over
/// together with a data store.
pub(crate) fn own_dependents(plan: &Plan<'_>, at: usize, group: usize) -> Vec<usize> {
    let mut found = BTreeSet::new();
    let mut next: Vec<usize> = vec![at];
    while let Some(here) = next.pop() {
        for other in plan.dependents(here) {
            if other != at && found.len() < MOST && found.insert(other) {
                next.push(other);
            }
        }
    }
    found.into_iter().filter(|other| plan.group_of(*other) == Some(group)).collect()
}
