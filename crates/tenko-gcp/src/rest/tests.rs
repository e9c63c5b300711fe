//! What is listed and then not found.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use serde_json::{Value, json};
use tenko_core::{
    Cloud, CollectEvent, Outcome, Problem, Provider, Reach, Redactor, Resource, Unit, Unlimited,
};

use crate::official::tests::server::{Answer, Server, json as answer};
use crate::{GoogleProvider, Source};

struct Collected {
    resources: Vec<Resource>,
    problems: Vec<Problem>,
    outcome: Option<Outcome>,
    server: Server,
}

/// Collects a type from a server that gives the n-th answer of `lists` to the n-th listing.
async fn collect(resource_type: &str, list: &'static str, lists: &[Value]) -> Collected {
    let (lists, next) = (lists.to_vec(), AtomicUsize::new(0));
    let server = Server::start(move |sent| -> Answer {
        if sent.what.ends_with(list) {
            return answer(200, &lists[next.fetch_add(1, Ordering::Relaxed)]);
        }
        match sent.what.contains("lost") {
            true => answer(404, &json!({"error": {"code": 404, "status": "NOT_FOUND"}})),
            false => answer(200, &json!({})),
        }
    })
    .await;
    let builder = GoogleProvider::builder().anonymous().endpoint_url(&server.url);
    let builder = builder.source(Source::Services).redactor(Redactor::new([7; 32]));
    let provider = builder.load().await.unwrap();
    let unit = Unit {
        cloud: Cloud::gcp(),
        scope: "acme".into(),
        reach: Reach::Global,
        resource_type: resource_type.into(),
    };
    let (mut resources, mut problems, mut outcome) = (Vec::new(), Vec::new(), None);
    let mut events = provider.collect(&unit, &Unlimited);
    while let Some(event) = events.next().await {
        match event {
            CollectEvent::Resources(read) => resources.extend(read),
            CollectEvent::Problem(problem) => problems.push(problem),
            CollectEvent::End(end) => outcome = Some(end),
            _ => {}
        }
    }
    Collected { resources, problems, outcome, server }
}

fn topics(names: &[&str]) -> Value {
    let topic = |name: &&str| json!({ "name": format!("projects/acme/topics/{name}") });
    json!({ "topics": names.iter().map(topic).collect::<Vec<_>>() })
}

const TOPIC: &str = "pubsub.googleapis.com/Topic";

#[tokio::test]
async fn what_is_no_longer_listed_is_gone() {
    let lists = [topics(&["kept", "lost"]), topics(&["kept"])];
    let seen = collect(TOPIC, "/topics", &lists).await;
    assert_eq!((seen.outcome, seen.problems.as_slice()), (Some(Outcome::Complete), [].as_slice()));
    let ids: Vec<_> = seen.resources.iter().map(|resource| resource.key.id.as_str()).collect();
    assert_eq!(ids, ["projects/acme/topics/kept"]);
}

#[tokio::test]
async fn what_is_still_listed_is_there() {
    let lists = [topics(&["kept", "lost"]), topics(&["kept", "lost"])];
    let seen = collect(TOPIC, "/topics", &lists).await;
    assert_eq!(seen.outcome, Some(Outcome::Partial));
    let unknown: Vec<_> = seen
        .resources
        .iter()
        .map(|resource| (resource.key.id.as_str(), resource.unknown.len()))
        .collect();
    assert_eq!(unknown, [("projects/acme/topics/kept", 0), ("projects/acme/topics/lost", 1)]);
    let problem = &seen.problems[0];
    assert_eq!(problem.operation, "pubsub:projects.topics.getIamPolicy");
    assert_eq!(problem.resource.as_deref(), Some("projects/acme/topics/lost"));
    assert_eq!(seen.problems.len(), 1);
}

#[tokio::test]
async fn nobody_lists_again_when_all_was_found() {
    let seen = collect(TOPIC, "/topics", &[topics(&["a", "b"])]).await;
    assert_eq!((seen.outcome, seen.resources.len()), (Some(Outcome::Complete), 2));
    assert_eq!(seen.server.whats().iter().filter(|what| what.ends_with("/topics")).count(), 1);
}

#[tokio::test]
async fn a_second_listing_that_fails_leaves_a_gap() {
    let broken = json!({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}});
    let seen = collect(TOPIC, "/topics", &[topics(&["kept", "lost"]), broken]).await;
    assert_eq!((seen.outcome, seen.resources.len()), (Some(Outcome::Partial), 1));
    assert_eq!(seen.problems[0].operation, "pubsub:projects.topics.list");
}

#[tokio::test]
async fn the_same_holds_for_what_things_are_listed_below() {
    const KEY: &str = "iam.googleapis.com/ServiceAccountKey";
    let account = |name: &str| json!({ "name": format!("p/{name}"), "email": format!("{name}@x") });
    let both = json!({ "accounts": [account("kept"), account("lost")] });
    let one = json!({ "accounts": [account("kept")] });

    let gone = collect(KEY, "/serviceAccounts", &[both.clone(), one]).await;
    assert_eq!((gone.outcome, gone.problems.len()), (Some(Outcome::Complete), 0));
    let there = collect(KEY, "/serviceAccounts", &[both.clone(), both]).await;
    assert_eq!((there.outcome, there.resources.len()), (Some(Outcome::Partial), 0));
    let problem = &there.problems[0];
    assert_eq!(problem.operation, "iam:projects.serviceAccounts.keys.list");
    assert_eq!(problem.resource.as_deref(), Some("p/lost"));
}
