//! Google Cloud's side: policies of projects and service accounts.

use std::collections::BTreeMap;

use tenko_core::{Resource, msg};

use super::Found;
use crate::context::Context;
use crate::members::{Member, Numbers, PROJECT, SERVICE_ACCOUNT, bindings};
use crate::sink::{Judged, Seen, Sink, Unread, few};

pub(super) fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let numbers = Numbers::new(context);
    for name in [PROJECT, SERVICE_ACCOUNT] {
        sink.each(context, name, |resource| of_policy(context, &numbers, resource));
    }
}

fn of_policy(
    context: &Context<'_>,
    numbers: &Numbers,
    resource: &Resource,
) -> Result<Judged, Unread> {
    let home = resource.key.scope_key();
    let seen = Seen::new(resource);
    let mut roles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let bindings = bindings(&seen)?;
    for binding in &bindings {
        for member in &binding.members {
            roles.entry(member).or_default().push(binding.role);
        }
    }
    let mut found = Found::default();
    for (member, roles) in roles {
        let who = msg!("iam-08-member", member = member, roles = few(roles));
        match Member::read(member) {
            Member::Anyone => {
                found.bad.insert(who);
            }
            Member::Of(project) => match numbers.project_of(&project) {
                Ok(key) => found.take(context, &home, &key, who),
                Err(why) => {
                    found.untold.insert(msg!("iam-08-whose-untold", who = who, why = why));
                }
            },
            Member::PerhapsAgent => {
                found.untold.insert(msg!("iam-08-perhaps-agent", who = who));
            }
            Member::Agent | Member::Other => {}
        }
    }
    let name = resource.label();
    Ok(found.judged(|whom| msg!("iam-08-policy", resource = name, whom = whom)))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::{Value, json};

    use crate::testing::*;

    const ON: &[&str] = &["gcp:prod/projects/prod"];
    let project = |number: &str, members: Value| {
        json!({"projectNumber": number,
            "iamPolicy": {"bindings": [{"role": "roles/editor", "members": members}]}})
    };
    let own = || {
        let acme = [("production", "gcp:prod"), ("development", "gcp:dev")];
        world().project("prod").project("dev").tenant("acme", &acme).with(
            "gcp:dev",
            PROJECT,
            "projects/dev",
            project("222", json!([])),
        )
    };
    let of = |member: &str| {
        own().with("gcp:prod", PROJECT, "projects/prod", project("111", json!([member])))
    };
    let account = |member: &str| {
        let attributes =
            json!({"iamPolicy": {"bindings": [{"role": "roles/x", "members": [member]}]}});
        own().with("gcp:prod", SERVICE_ACCOUNT, "projects/prod/serviceAccounts/web", attributes)
    };
    let pool = |number: u32| {
        of(&format!(
            "principalSet://iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/ci/*"
        ))
    };
    let alien = "serviceAccount:web@alien-1.iam.gserviceaccount.com";
    vec![
        fires("Google: everyone", ON, of("allAuthenticatedUsers"))
            .saying("The policy of projects/prod trusts allAuthenticatedUsers (roles/editor)."),
        fires(
            "Google: everyone may act as a service account",
            &["gcp:prod/projects/prod/serviceAccounts/web"],
            account("allUsers"),
        ),
        fires("Google: undeclared", ON, of(alien)).saying("in gcp:alien-1, which is neither"),
        fires(
            "Google: undeclared may act as a service account",
            &["gcp:prod/projects/prod/serviceAccounts/web"],
            account(alien),
        ),
        fires(
            "Google: from development into production",
            ON,
            of("serviceAccount:web@dev.iam.gserviceaccount.com"),
        )
        .saying("gcp:dev (acme/development, of the same tenant), which is not production"),
        fires(
            "Google: by number",
            ON,
            of("serviceAccount:222-compute@developer.gserviceaccount.com"),
        )
        .saying("gcp:dev"),
        fires("Google: a workload of GKE", ON, of("serviceAccount:dev.svc.id.goog[web/web]")),
        fires("Google: another's workload identities", ON, pool(999)).saying("gcp:999"),
        fires(
            "Google: all service accounts of development",
            ON,
            of("principalSet://cloudresourcemanager.googleapis.com/projects/222/type/ServiceAccount"),
        )
        .saying("gcp:dev (acme/development"),
        quiet("Google: its own workload identities", pool(111)),
        quiet("Google: its own", of("serviceAccount:web@prod.iam.gserviceaccount.com")),
        quiet("Google: people", of("user:dana@example.com")),
        quiet(
            "Google: an agent",
            of("serviceAccount:service-9@compute-system.iam.gserviceaccount.com"),
        ),
        quiet(
            "Google: trusted by declaration",
            of(alien).declare(|d| {
                d.trust.accounts.insert(key("gcp:alien-1"), "Datadog".to_owned());
            }),
        ),
        quiet(
            "Google: no bindings",
            own().with("gcp:prod", PROJECT, "projects/prod", json!({"projectNumber": "111"})),
        ),
        unknown(
            "Google: an agent, perhaps",
            ON,
            of("serviceAccount:service-9@new-robot.iam.gserviceaccount.com"),
        ),
        unknown("Google: the listing was cut off", ON, of(alien).discovery_failed("gcp")),
        unknown(
            "Google: a number that nobody knows",
            &["gcp:other", "gcp:prod/projects/prod"],
            pool(999).project("other").denied("gcp:other", PROJECT),
        ),
        unknown("Google: the policy was not read", ON, of(alien).unread("iamPolicy")),
        unknown(
            "Google: denied",
            &["gcp:p", "gcp:p"],
            world().project("p").denied("gcp:p", PROJECT).denied("gcp:p", SERVICE_ACCOUNT),
        ),
    ]
}
