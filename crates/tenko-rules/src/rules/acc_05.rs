use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Scope, ScopeKey, ScopeKind, msg};

use crate::context::Context;
use crate::organization::{MEMBERSHIP, is_outside};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Sink, few, scope_name};
use crate::stage::Stage;

rule! {
    /// An organizational unit or folder directly holds accounts or projects of production and of
    /// other stages, or those of tenants lie directly below the root or the organization.
    ///
    /// ## Why it is bad
    /// Policies and permissions are handed down from units and folders. Where production lies
    /// beside other stages, each guardrail is either too loose for production or in the way of
    /// development, and whoever is let into one is let into the other. What lies at the top has no
    /// level of its own to attach anything to.
    ///
    /// ## Example
    /// ```text
    /// Root
    /// ├── Workloads
    /// │   ├── acme-production   (declared as production)
    /// │   └── acme-staging      (declared as staging)
    /// └── globex-production     (directly below the root)
    /// ```
    ///
    /// ## What it reads
    /// The discovered organization, and the stages of the environments that the declaration assigns
    /// to its accounts and projects; an environment without a stage goes by its name, and a stage
    /// with an unknown name counts as production. Only what lies directly in a unit is compared:
    /// units inside it may have other stages. An account that is declared for several stages counts
    /// as production here; that it is shared is ACC-01 and ACC-02.
    ///
    /// Not judged are accounts that are declared as shared or not at all, the management account,
    /// and what is suspended or closed. By what sensitivity units are made the declaration does not
    /// say.
    ///
    /// ## Unknown
    /// For declared accounts whose place in the organization is not known; and, where the listing
    /// of the organization was incomplete and a declared account was not in it or not in its place,
    /// for the units and folders that show no bad state: they may hold it.
    id: "ACC-05",
    name: "Organizational units or folders mix stages",
    severity: Low,
    needs_tenants: true,
    references: [
        "CIS AWS v7.0" => "2.1.4",
        "CIS Google Cloud v5.0" => "1.1.3",
    ],
    remediation: "Make units or folders for production and for the other stages, attach their policies, and move the accounts into them, those that are not production first; check what each loses and gains from above before it is moved.",
    parts: [Part::any(&[], check).also(&[MEMBERSHIP])],
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut folders: BTreeMap<ScopeKey, Vec<(&Scope, Stage)>> = BTreeMap::new();
    // The clouds of declared accounts that may lie anywhere.
    let mut strays = BTreeSet::new();
    for key in context.environments.keys() {
        let Some(scope) = context.scopes.get(*key).copied() else {
            strays.insert(&key.cloud);
            continue;
        };
        let stage = context.stage_of(key);
        if stage == Stage::None || scope.management || !scope.is_collectable() {
            continue;
        }
        let parent = scope.parent.as_ref().map(|id| ScopeKey::new(scope.cloud.clone(), id.clone()));
        if let Some(parent) = parent.filter(|parent| is_place(context, parent)) {
            folders.entry(parent).or_default().push((scope, stage));
        } else if !is_outside(context, scope) {
            strays.insert(&key.cloud);
            unplaced(context, sink, scope);
        }
    }
    for (key, held) in folders {
        let Some(folder) = context.scopes.get(&key).copied() else { continue };
        let may_be_more =
            strays.contains(&key.cloud) && context.discovery_is_incomplete(&key.cloud);
        let judged = match judge(context, folder, &held) {
            Judged::Pass if may_be_more => {
                Judged::Unknown(msg!("acc-05-more", folder = scope_name(folder)).into())
            }
            judged => judged,
        };
        sink.judge(context, key, judged);
    }
}

/// Whether it is known to be where its accounts lie. In AWS everything lies below a root: where an
/// account hangs below the organization itself, its unit could not be listed.
fn is_place(context: &Context<'_>, parent: &ScopeKey) -> bool {
    let parent = context.scopes.get(parent);
    parent.is_some_and(|p| p.kind == ScopeKind::Folder || p.cloud != "aws" && is_organization(p))
}

fn is_organization(scope: &Scope) -> bool {
    scope.kind == ScopeKind::Organization
}

/// An account of which discovery does not know where it lies.
fn unplaced(context: &Context<'_>, sink: &mut Sink<'_>, scope: &Scope) {
    if scope.cloud == "aws" && scope.parent.is_none() && !context.was_collected(MEMBERSHIP) {
        sink.not_evaluated(msg!("acc-05-no-organization"));
        return;
    }
    sink.unknown(context, scope, msg!("acc-05-unplaced", account = scope.key().to_string()));
}

fn judge(context: &Context<'_>, folder: &Scope, held: &[(&Scope, Stage)]) -> Judged {
    let of = |wanted: fn(Stage) -> bool| -> Vec<&Scope> {
        held.iter().filter(|(_, stage)| wanted(*stage)).map(|(scope, _)| *scope).collect()
    };
    let is_top = is_organization(folder)
        || folder.cloud == "aws" && {
            let parent = folder.parent.as_ref();
            let above = parent.map(|id| ScopeKey::new(folder.cloud.clone(), id.clone()));
            above.is_some_and(|key| context.scopes.get(&key).is_some_and(|s| is_organization(s)))
        };
    if is_top {
        let (top, names) = (folder.key().to_string(), few(held.iter().map(|(s, _)| label(s))));
        return Judged::Bad(
            msg!("acc-05-top", top = top, count = held.len(), accounts = names).into(),
        );
    }
    let others = of(|stage| stage == Stage::NonProduction);
    let production = of(|stage| stage != Stage::NonProduction);
    if others.is_empty() || production.is_empty() {
        return Judged::Pass;
    }
    let names = |scopes: Vec<&Scope>| few(scopes.into_iter().map(label));
    let (folder, production, others) = (scope_name(folder), names(production), names(others));
    Judged::Bad(
        msg!("acc-05-mixed", folder = folder, production = production, others = others).into(),
    )
}

fn label(scope: &Scope) -> String {
    match scope.name.as_str() {
        "" => scope.id.as_str().to_owned(),
        name => format!("{} {name}", scope.id),
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    let aws = || {
        world()
            .folder("r-1", "o")
            .folder("ou-1", "r-1")
            .folder("ou-2", "r-1")
            .folder("ou-3", "ou-1")
    };
    let acme = |world: World| world.tenant("acme", &[("prod", "1"), ("dev", "2")]);
    let apart_ = || acme(aws().account_in("1", "ou-1").account_in("2", "ou-2"));
    let google = || world().project("p").folder("gcp:folders/1", "gcp:g");
    let of_google = |world: World| world.tenant("acme", &[("prod", "gcp:a"), ("dev", "gcp:b")]);
    vec![
        fires("mixed", &["ou-1"], acme(aws().account_in("1", "ou-1").account_in("2", "ou-1")))
            .saying("production (1 name of 1) and other stages (2 name of 2)"),
        fires(
            "of two tenants",
            &["ou-1"],
            aws()
                .account_in("1", "ou-1")
                .account_in("2", "ou-1")
                .tenant("acme", &[("prod", "1")])
                .tenant("beta", &[("staging", "2")]),
        ),
        fires("at the top", &["r-1"], acme(aws().account_in("1", "r-1").account_in("2", "ou-2")))
            .saying("lies 1 name of 1."),
        quiet("each in its own", apart_()),
        quiet("one below the other", acme(aws().account_in("1", "ou-1").account_in("2", "ou-3"))),
        quiet(
            "what is not declared, or shared, is not judged",
            apart_().account_in("3", "ou-1").account_in("4", "r-1").shared("4", "logs"),
        ),
        quiet(
            "nor the management account",
            apart_().management("5").tenant("beta", &[("dev", "5")]),
        ),
        quiet(
            "nor what is closed",
            apart_()
                .account_in("6", "ou-2")
                .status(tenko_core::ScopeStatus::Closed)
                .tenant("beta", &[("prod", "6")]),
        ),
        quiet("all are placed", apart_().discovery_failed("aws")),
        unknown(
            "the listing was incomplete, and one is not in it",
            &["ou-1", "ou-2"],
            apart_().tenant("beta", &[("prod", "7")]).discovery_failed("aws"),
        ),
        quiet("one is gone", apart_().tenant("beta", &[("prod", "7")])),
        unknown(
            "and the account's place is not known",
            &["1"],
            aws().account("1").tenant("acme", &[("prod", "1")]),
        ),
        unknown("named, in some organization", &["1"], {
            let named = aws().account_in("1", "gone").tenant("acme", &[("prod", "1")]);
            named.with("1", MEMBERSHIP, "1", json!({}))
        }),
        apart("in no organization", world().account_alone("1").tenant("acme", &[("prod", "1")])),
        unknown(
            "or that could not be told",
            &["1"],
            world().account_alone("1").denied("1", MEMBERSHIP).tenant("acme", &[("prod", "1")]),
        ),
        fires(
            "Google: mixed",
            &["gcp:folders/1"],
            of_google(
                google().account_in("gcp:a", "gcp:folders/1").account_in("gcp:b", "gcp:folders/1"),
            ),
        ),
        fires(
            "Google: at the top",
            &["gcp:g"],
            of_google(google().account_in("gcp:a", "gcp:g").account_in("gcp:b", "gcp:folders/1")),
        ),
        quiet(
            "Google: apart",
            of_google(
                google()
                    .folder("gcp:folders/2", "gcp:g")
                    .account_in("gcp:a", "gcp:folders/1")
                    .account_in("gcp:b", "gcp:folders/2"),
            ),
        ),
        quiet(
            "another cloud's listing",
            of_google(
                google()
                    .folder("gcp:folders/2", "gcp:g")
                    .account_in("gcp:a", "gcp:folders/1")
                    .account_in("gcp:b", "gcp:folders/2"),
            )
            .discovery_failed("aws"),
        ),
    ]
}
