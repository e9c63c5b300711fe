//! Types that are not built in, and what no output may hold.

use serde_json::json;
use tenko::Audit;
use tenko::model::{Outcome, Region};
use tenko_testkit::demo::CANARY;
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud, World};

use super::world::{Clean, EUROPE, HOME, PRODUCTION, look, provider, world};

const LOG_GROUP: &str = "AWS::Logs::LogGroup";

/// Three log groups; listings tell only their names.
fn with_log_groups() -> World {
    let mut world = world();
    let account = world.account_mut(PRODUCTION).unwrap();
    let mut listed = Vec::new();
    for name in ["/app/web", "/app/worker", "/audit"] {
        let short = json!({ "LogGroupName": name }).to_string();
        listed.push(json!({ "Identifier": name, "Properties": short }));
        let long = json!({
            "LogGroupName": name, "RetentionInDays": 30, "LogGroupClass": "STANDARD",
            "Tags": [{ "Key": "tenant", "Value": "acme" }],
        });
        let when = json!({ "TypeName": LOG_GROUP, "Identifier": name });
        let answer = json!({
            "TypeName": LOG_GROUP,
            "ResourceDescription": { "Identifier": name, "Properties": long.to_string() },
        });
        *account = account.clone().answer(EUROPE, "cloudcontrol:GetResource", when, answer);
    }
    *account = account.clone().answer_items(
        EUROPE,
        "cloudcontrol:ListResources",
        json!({ "TypeName": LOG_GROUP }),
        listed,
    );
    world
}

async fn log_groups(cloud: &SimCloud) -> tenko::model::Snapshot {
    let provider = provider(cloud, |b| b.cloud_control_types([LOG_GROUP])).await;
    let audit = Audit::builder()
        .provider(std::sync::Arc::new(provider.clone()))
        .types([LOG_GROUP.to_owned()])
        .regions([HOME, EUROPE].map(Region::new));
    let snapshot = audit.build().unwrap().collect().await;
    assert_eq!(provider.refused_calls(), 0);
    let allowed = provider.allowed_operations();
    assert!(cloud.seen().iter().all(|request| allowed.contains(&request.id())));
    snapshot
}

#[tokio::test(flavor = "multi_thread")]
async fn any_type_is_read_through_cloud_control() {
    let cloud = SimCloud::start(with_log_groups()).await.unwrap();
    let whole = log_groups(&cloud).await;
    assert!(!whole.is_incomplete(), "{:?}", whole.coverage);
    let ids: Vec<_> = whole.resources.iter().map(|r| r.key.id.as_str()).collect();
    assert_eq!(ids, ["/app/web", "/app/worker", "/audit"]);
    for resource in &whole.resources {
        assert_eq!(resource.to_value()["RetentionInDays"], 30, "only GetResource tells that");
        assert_eq!(resource.tags["tenant"], "acme");
    }
    let arn = "arn:aws:iam::aws:policy/SecurityAudit";
    assert!(cloud.sessions().iter().all(|s| s.policy_arns == [arn] && s.policy.is_some()));

    cloud.set_page_size(Some(1));
    assert_eq!(log_groups(&cloud).await.resources, whole.resources);
    let deny = FaultKind::Deny { by: DeniedBy::Identity };
    let fault = cloud.add_fault(Fault::new(deny).operation("cloudcontrol:ListResources").page(2));
    let partial = log_groups(&cloud).await;
    assert_eq!(partial.resources, whole.resources[..1]);
    cloud.remove_fault(fault);

    cloud.add_fault(Fault::new(deny).operation("cloudcontrol:GetResource").key("/audit"));
    let vague = log_groups(&cloud).await;
    assert_eq!(vague.resources.len(), 3);
    assert_eq!(vague.resources[..2], whole.resources[..2]);
    assert!(!vague.resources[2].unknown.is_empty(), "{:?}", vague.resources[2]);
    let partial = vague.coverage.iter().filter(|row| row.outcome == Outcome::Partial).count();
    assert_eq!(partial, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_sensitive_is_written() {
    let clean = Clean::get().await;
    let cloud = SimCloud::start(world()).await.unwrap();
    let snapshot = look(&cloud).await;
    let report = clean.compare(&snapshot);
    let resources: Vec<_> =
        snapshot.resources.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
    let everything = [
        resources.concat(),
        format!("{snapshot:?}"),
        format!("{report:?}"),
        tenko::report::json::render(&report.document),
    ];
    assert!(everything.iter().all(|text| !text.contains(CANARY)));
    // The places are there: a function's variables, a container's, a stack's output, a topic's
    // subscriber. Else nothing would be found because nothing was read.
    for name in ["Function", "TaskDefinition", "Stack", "Topic"] {
        let of = |r: &&tenko::model::Resource| r.key.resource_type.as_str().ends_with(name);
        let all: Vec<_> = snapshot.resources.iter().filter(of).collect();
        let text = serde_json::to_string(&all).unwrap();
        assert!(text.contains("redacted:"), "{name}: {text}");
    }
}
