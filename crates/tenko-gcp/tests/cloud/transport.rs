//! What goes over the wire: reads that are on the list, counted, with no more rights than they need.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tenko_core::Provider;
use tenko_gcp::Source;
use tenko_testkit::google::{AUDITOR, Fault, FaultKind, Seen, SimGoogle};

use crate::common::builder;
use crate::world::{look, start, world};

/// What gives tokens out, and is no part of what is read.
const TOKENS: [&str; 2] =
    ["oauth2.token", "iamcredentials.projects.serviceAccounts.generateAccessToken"];

/// Services whose tokens can be for reading only, and what such a token is good for.
const READ_ONLY: [(&str, &str); 6] = [
    ("bigquery", "cloud-platform.read-only"),
    ("cloudresourcemanager", "cloud-platform.read-only"),
    ("compute", "compute.readonly"),
    ("container", "container.read-only"),
    ("run", "run.readonly"),
    ("serviceusage", "cloud-platform.read-only"),
];

fn is_read(seen: &Seen) -> bool {
    let path = seen.path.split('?').next().unwrap();
    let posted = path.ends_with(":getIamPolicy")
        || path == "/google.storage.v2.Storage/ListBuckets"
        || path == "/google.storage.control.v2.StorageControl/GetIamPolicy";
    seen.method == "GET" || seen.method == "POST" && posted
}

async fn only_reads(source: Source, faults: &[Fault]) {
    let cloud = start().await;
    faults.iter().for_each(|fault| _ = cloud.add_fault(fault.clone()));
    let reader = "tenko@acme-shared.iam.gserviceaccount.com";
    let builder = builder(&cloud).source(source).impersonate(reader);
    let provider = Arc::new(builder.load().await.unwrap());
    look(&provider, &[], &[]).await;
    let allowed = provider.allowed_operations();
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    let (tokens, reads): (Vec<_>, Vec<_>) =
        cloud.log().into_iter().partition(|seen| TOKENS.contains(&seen.id().as_str()));
    assert!(reads.len() > 100, "{}", reads.len());
    assert!(tokens.iter().all(|seen| seen.method == "POST"));
    for seen in &reads {
        let operation = format!("{}:{}", seen.service, seen.operation);
        assert!(is_read(seen), "{} {}", seen.method, seen.path);
        assert!(allowed.contains(&operation), "{operation} is not on the list");
        assert_eq!(seen.principal.as_deref(), Some(reader), "{seen:?}");
        match READ_ONLY.iter().find(|(service, _)| *service == seen.service) {
            Some((_, scope)) => assert_eq!(seen.scopes, [*scope], "{operation}"),
            None if operation == "storage:buckets.list" => {
                assert_eq!(seen.scopes, ["cloud-platform.read-only"]);
            }
            None => assert_eq!(seen.scopes, ["cloud-platform"], "{operation}"),
        }
        *counted.entry(operation).or_default() += 1;
    }
    let own = provider.calls().into_iter().map(|call| (call.operation, call.calls));
    assert_eq!(own.collect::<BTreeMap<_, _>>(), counted);
    assert_eq!(provider.refused_calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_reads_leaves() {
    for source in [Source::Services, Source::Auto, Source::AssetInventory] {
        only_reads(source, &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_tried_again_is_a_read_and_counted() {
    for (kind, source) in [
        (FaultKind::Throttled, Source::Auto),
        (FaultKind::Unauthenticated, Source::Auto),
        (FaultKind::Unauthenticated, Source::Services),
        (FaultKind::ServerError, Source::Services),
    ] {
        let services = ["compute", "cloudresourcemanager", "storage", "pubsub", "cloudasset"];
        let faults = services.map(|name| Fault::new(kind.clone()).service(name).times(1));
        only_reads(source, &faults).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_were_too_fast_are_counted() {
    let cloud = start().await;
    let fault = Fault::new(FaultKind::Throttled).service("compute").project("acme-web").times(1);
    cloud.add_fault(fault);
    let provider = Arc::new(builder(&cloud).source(Source::Services).load().await.unwrap());
    let snapshot = look(&provider, &["compute.googleapis.com/Network"], &[]).await;
    assert!(!snapshot.is_incomplete());
    let calls = provider.calls();
    let networks = calls.iter().find(|call| call.operation == "compute:networks.list").unwrap();
    // Each of the two pages once.
    assert_eq!(networks.throttled, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_asks_as_itself() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let provider = Arc::new(builder(&cloud).load().await.unwrap());
    let snapshot = look(&provider, &["compute.googleapis.com/Network"], &[]).await;
    let principals: BTreeSet<_> =
        cloud.log().into_iter().filter_map(|seen| seen.principal).collect();
    assert_eq!(principals, BTreeSet::from([AUDITOR.to_owned()]));
    assert!(snapshot.answers.iter().all(|answer| answer.identity.as_deref() == Some(AUDITOR)));
}
