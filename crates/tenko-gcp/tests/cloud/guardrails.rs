//! What holds for a project as a whole: effective policies, which are asked for by name, and quotas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tenko_core::{Origin, Outcome, Resource as Collected};
use tenko_gcp::Source;
use tenko_testkit::demo::{CANARY, google_world};
use tenko_testkit::google::{Fault, FaultKind, Resource, SimGoogle};

use crate::common::provider;
use crate::faults::{Kept, Table, kinds};
use crate::listings::{COMPUTE_PROJECT, NOT_IN_ASSETS};
use crate::world::{
    ORGANIZATION, PLAY, PRODUCTION, WEB, collect, discover, look, none, resources_of, row, unit,
    world,
};

const POLICY: &str = "orgpolicy.googleapis.com/EffectivePolicy";
const CONTACT: &str = "essentialcontacts.googleapis.com/Contact";
const REGION: &str = "compute.googleapis.com/Region";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_by_name_fails() {
    let mut table = Table::new().await;
    let first = "compute.skipDefaultNetworkCreation";
    for (kind, outcome) in kinds() {
        let name = format!("{kind:?} in the first of the policies");
        table.cloud.clear_log();
        let fault = Fault::new(kind.clone()).service("orgpolicy").value(first);
        let seen = table.look(&name, vec![fault], &[POLICY]).await;
        table.check(&name, POLICY, &seen, outcome, Kept::None);
        let asked = table
            .cloud
            .log()
            .into_iter()
            .filter(|seen| seen.service == "orgpolicy" && seen.project.as_deref() == Some(WEB));
        assert!(asked.into_iter().all(|seen| seen.path.contains(first)), "{name}");

        let name = format!("{kind:?} in another one of the policies");
        let other = "sql.restrictPublicIp";
        let fault = Fault::new(kind).service("orgpolicy").value(other);
        let seen = table.look(&name, vec![fault], &[POLICY]).await;
        table.check(&name, POLICY, &seen, Outcome::Partial, Kept::Some);
        let named = row(&seen, &unit(WEB, POLICY)).problems.iter().map(|p| p.resource.as_deref());
        assert_eq!(named.collect::<Vec<_>>(), [Some(other)], "{name}");
    }
    none(&table.wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_by_name_and_not_found_is_missing() {
    let table = Table::new().await;
    discover(&table.provider).await;
    let (_, all, _) = collect(&table.provider, &unit(WEB, POLICY)).await;
    assert_eq!(all.len(), 8);
    // The first one among them, which is asked for alone.
    for (index, gone) in all.iter().filter_map(|policy| policy.name.clone()).enumerate() {
        table.cloud.update(|world| world.unknown_constraints.insert(gone.clone()));
        let (outcome, resources, problems) = collect(&table.provider, &unit(WEB, POLICY)).await;
        // When none is found it is the call that is not known.
        let expected = if index < 7 { Outcome::Partial } else { Outcome::Unreachable };
        assert_eq!(outcome, expected, "{gone}");
        assert_eq!((resources.len(), problems.len()), (7 - index, index + 1), "{gone}");
        assert!(resources.iter().all(|r| r.name.as_ref() != Some(&gone)), "{gone}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_that_are_not_given_are_unknown() {
    let table = Table::new().await;
    discover(&table.provider).await;
    table.cloud.update(|world| {
        let web = world.project_mut(WEB).unwrap();
        let region = web.resources.iter_mut().find(|r| r.rest["name"] == "us-central1").unwrap();
        // Old ones may come all the same.
        region.rest["quotaStatusWarning"] =
            json!({ "code": "UNREACHABLE", "message": "no quotas for now" });
    });
    let (outcome, resources, problems) = collect(&table.provider, &unit(WEB, REGION)).await;
    assert_eq!((outcome, resources.len(), problems.len()), (Outcome::Partial, 3, 1));
    assert!(problems[0].message.contains("no quotas for now"), "{problems:?}");
    let quotas = "quotas".parse().unwrap();
    for region in &resources {
        let known = region.key.id != "us-central1";
        assert_eq!(region.is_unknown(&quotas), !known, "{}", region.key);
        assert_eq!(quotas.get(&region.attributes.to_value()).is_some(), known, "{}", region.key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn compute_engines_part_of_a_project_cannot_be_read() {
    let table = Table::new().await;
    discover(&table.provider).await;
    for (kind, outcome) in kinds() {
        let name = format!("{kind:?}");
        let fault = Fault::new(kind.clone()).operation("compute.projects.get").project(WEB);
        table.cloud.add_fault(fault);
        let (seen, resources, problems) =
            collect(&table.provider, &unit(WEB, COMPUTE_PROJECT)).await;
        table.cloud.clear_faults();
        // It came, and was none.
        let foreign = kind == FaultKind::ForeignObject;
        let expected = if foreign { Outcome::Partial } else { outcome };
        assert_eq!((seen, resources.len(), problems.len()), (expected, 0, 1), "{name}");
    }
}

/// The rule of a policy, which has only one.
fn rule(policy: &Collected) -> Value {
    let rules: tenko_core::AttrPath = "spec.rules[0]".parse().unwrap();
    rules.get(&policy.attributes.to_value()).cloned().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_above_holds_below_whatever_the_source() {
    let mut world = world();
    let name = format!("{ORGANIZATION}/contacts/7");
    let contact = json!({
        "name": name, "email": "security@acme.example", "validationState": "VALID",
        "notificationCategorySubscriptions": ["SECURITY"], "languageTag": "en",
    });
    world.organizations[0].resources.push(Resource::new(CONTACT, contact));
    let policy = json!({
        "name": format!("{PRODUCTION}/policies/compute.vmExternalIpAccess"),
        "spec": { "rules": [{ "denyAll": true }] },
    });
    let folder = world.folders.iter_mut().find(|folder| folder.name() == PRODUCTION).unwrap();
    folder.resources.push(Resource::new("orgpolicy.googleapis.com/Policy", policy));
    let cloud = SimGoogle::start(world).await.unwrap();
    for source in [Source::Services, Source::Auto, Source::AssetInventory] {
        let provider = provider(&cloud, source).await;
        let snapshot = look(&provider, &[CONTACT, POLICY], &[WEB, PLAY]).await;
        assert!(!snapshot.is_incomplete(), "{source:?}");
        let (above, own): (Vec<_>, Vec<_>) = resources_of(&snapshot, &unit(WEB, CONTACT))
            .into_iter()
            .partition(|contact| matches!(contact.origin, Origin::ProviderDefault(_)));
        assert_eq!((above.len(), own.len()), (1, 3), "{source:?}");
        let only = resources_of(&snapshot, &unit(PLAY, CONTACT));
        assert_eq!(only.iter().map(|c| &c.key.id).collect::<Vec<_>>(), [&name], "{source:?}");
        for (project, expected) in
            [(WEB, json!({ "denyAll": true })), (PLAY, json!({ "allowAll": true }))]
        {
            let policies = resources_of(&snapshot, &unit(project, POLICY));
            let id = format!("projects/{project}/policies/compute.vmExternalIpAccess");
            let policy = policies.iter().find(|policy| policy.key.id == id).unwrap();
            assert_eq!((policies.len(), rule(policy)), (8, expected), "{source:?} {project}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_project_without_guardrails_and_a_quota_that_is_nearly_used_up() {
    let cloud = SimGoogle::start(google_world()).await.unwrap();
    let provider = provider(&cloud, Source::Auto).await;
    let snapshot = look(&provider, &NOT_IN_ASSETS, &[]).await;
    assert!(!snapshot.is_incomplete());
    assert_eq!(snapshot.coverage.len(), 2 * NOT_IN_ASSETS.len());
    assert!(!serde_json::to_string(&snapshot.resources).unwrap().contains(CANARY));
    let (mut enforced, mut told, mut near) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    for resource in &snapshot.resources {
        // Nobody declared them, and nobody has to.
        assert!(matches!(resource.origin, Origin::ProviderDefault(_)), "{}", resource.key);
        let (project, value) = (resource.key.scope.to_string(), resource.attributes.to_value());
        if resource.key.resource_type == POLICY {
            let rule = rule(resource);
            let off = rule == json!({ "enforce": false }) || rule == json!({ "allowAll": true });
            *enforced.entry(project.clone()).or_insert(0) += usize::from(!off);
        }
        if resource.key.resource_type == CONTACT {
            let subscribed = value["notificationCategorySubscriptions"].as_array().unwrap();
            *told.entry(project.clone()).or_insert(0) +=
                usize::from(subscribed.contains(&json!("SECURITY")));
        }
        for quota in value["quotas"].as_array().into_iter().flatten() {
            if quota["usage"].as_f64().unwrap() >= 0.8 * quota["limit"].as_f64().unwrap() {
                near.insert((project.clone(), quota["metric"].to_string()));
            }
        }
    }
    let of = |one: usize, other: usize| {
        let all = [("acme-analytics", one), ("acme-analytics-stage", other)];
        all.map(|(project, count)| (project.to_owned(), count)).into()
    };
    assert_eq!((enforced, told), (of(0, 8), of(1, 1)));
    assert_eq!(near, BTreeSet::from([("acme-analytics".to_owned(), "\"SNAPSHOTS\"".to_owned())]));
}
