//! What AWS is sent for a session, and which sessions are not used.

use std::collections::BTreeSet;

use serde_json::json;
use tenko::login::policy::SessionPolicy;
use tenko::model::DataLevel;
use tenko_testkit::sim::{Fault, FaultKind, RegionStatus, Role, Session, SimCloud};

use super::{
    GLOBEX, MANIFEST, PRODUCTION, STAGING, change, entries, is_of, kept, role, serve, twisted,
};
use crate::tool::Tool;

const HUB: &str = "arn:aws:iam::111111111111:role/hub/TenkoHub";

fn policy(levels: &[DataLevel]) -> SessionPolicy {
    SessionPolicy::new(&levels.iter().copied().collect::<BTreeSet<_>>()).unwrap()
}

/// The one session that was handed out.
fn only(cloud: &SimCloud) -> Session {
    let [session] = <[Session; 1]>::try_from(cloud.sessions()).unwrap();
    session
}

/// A session that was had and not used: nothing of it is shown or kept, and that is on record.
fn is_refused(tool: &Tool, words: &[&str]) {
    tool.fails(words, &["credentials", "acme/staging"]);
    assert!(kept(tool).is_empty());
    let log = entries(tool);
    assert_eq!(log.len(), 1);
    assert_eq!((&log[0]["event"], &log[0]["environment"]), (&json!("refused"), &json!("staging")));
    assert!(log[0]["reason"].as_str().unwrap().contains(words[0]), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_what_was_evaluated() {
    let (cloud, tool) = serve().await;
    for (nth, (args, levels)) in [
        (&[][..], &[][..]),
        (&["--with", "logs", "--ticket", "OPS-1", "--duration", "15m"], &[DataLevel::Logs]),
        (&["--with", "data"], &[DataLevel::Logs, DataLevel::Objects]),
    ]
    .into_iter()
    .enumerate()
    {
        let ran = tool.ends(0, &[&["credentials", "acme/staging"], args].concat());
        assert_eq!(ran.stderr, "");
        let sessions = cloud.sessions();
        let session = &sessions[nth];
        assert_eq!(sessions.len(), nth + 1);
        is_of(&ran, session);
        let evaluated = policy(levels);
        assert_eq!(session.policy.as_deref(), Some(evaluated.inline()));
        assert_eq!(session.policy_arns, evaluated.arns("aws"));
        assert!(
            session.source_identity.as_deref() == Some("mika") && session.session_name == "mika"
        );
        assert_eq!(session.external_id.as_deref(), Some("tenko-acme-222222222201"));
        assert!(!session.is_chained);
        let asked = args.contains(&"--ticket");
        assert_eq!(session.duration, Some(if asked { 900 } else { 3600 }));
        assert_eq!(session.tags.get("Ticket").map(String::as_str), asked.then_some("OPS-1"));
        // And the very same is on record, with what it was proven by.
        let log = entries(&tool);
        let entry = log.iter().rfind(|entry| entry["event"] == "session").unwrap();
        assert_eq!(entry["policy"], json!(evaluated.digest()));
        assert_eq!(entry["identity"], json!(session.arn));
        assert!(entry["proof"].as_str().unwrap().contains("ec2:CreateVpc refused"), "{entry}");
        let levels: Vec<_> = levels.iter().map(|level| level.as_str()).collect();
        let recorded = entry["levels"].as_array().cloned().unwrap_or_default();
        assert_eq!(json!(recorded), json!(levels));
    }
    // Each was proven by a dry run with its own keys, and nothing was tried for good.
    let dry: Vec<_> = cloud.seen().into_iter().filter(|seen| seen.is_dry_run).collect();
    assert_eq!(dry.len(), 3);
    for (seen, session) in dry.iter().zip(cloud.sessions()) {
        assert_eq!((seen.id().as_str(), seen.key.as_ref()), ("ec2:CreateVpc", Some(&session.key)));
    }
    assert!(cloud.writes().is_empty(), "{:?}", cloud.writes());
}

/// Where AWS finds the policy too large, which nobody can know before, a shorter one is sent that allows the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_is_too_large_is_sent_shortened() {
    let (cloud, tool) = serve().await;
    cloud.update(|world| world.packed_room = Some(1_900));
    let ran = tool.ends(0, &["exec", "acme/staging", "--", "true"]);
    assert!(
        ran.stderr.contains("ec2:CreateVpc refused; shortened policy: 0 of "),
        "{}",
        ran.stderr
    );
    let sessions = cloud.sessions();
    assert_eq!((cloud.count("sts:AssumeRole"), sessions.len()), (2, 1));
    let shorter = policy(&[]).shorter().unwrap();
    assert_eq!(sessions[0].policy.as_deref(), Some(shorter.inline()));
    assert_eq!(sessions[0].policy_arns, shorter.arns("aws"));
    let log = entries(&tool);
    assert_eq!(log[0]["policy"], json!(shorter.digest()));
    assert!(cloud.writes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_do_not_share_sessions() {
    let (cloud, tool) = serve().await;
    for (at, account) in [("acme/staging", STAGING), ("acme/production", PRODUCTION)] {
        let ran = tool.ends(0, &["credentials", at]);
        let session = cloud.sessions().into_iter().next_back().unwrap();
        assert_eq!(session.account, account);
        is_of(&ran, &session);
        // What is kept is what was had, for this environment alone.
        assert_eq!(tool.ends(0, &["credentials", at]).stdout, ran.stdout);
    }
    // Other keys to begin with, another ticket or another level are other sessions.
    let sessions = || cloud.sessions().len();
    assert_eq!(sessions(), 2);
    tool.ends(0, &["credentials", "acme/staging", "--ticket", "OPS-2"]);
    tool.ends(0, &["credentials", "acme/staging", "--with", "objects"]);
    tool.ends(0, &["credentials", "acme/staging", "--fresh"]);
    assert_eq!(sessions(), 5);
    cloud.update(|world| {
        world.keys[0].id = "AKIAOTHEROTHEROTHER1".to_owned();
    });
    let tool = tool.env("AWS_ACCESS_KEY_ID", "AKIAOTHEROTHEROTHER1");
    tool.ends(0, &["credentials", "acme/staging"]);
    assert_eq!(sessions(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_gets_an_hour_and_one_role() {
    let (cloud, tool) = serve().await;
    let hub = Role { trusted: vec![super::MIKA.to_owned()], ..Role::new("hub/TenkoHub") };
    cloud.update(|world| world.account_mut("111111111111").unwrap().roles.push(hub));
    change(&cloud, STAGING, |role| {
        role.trusted = vec![HUB.to_owned()];
        role.max_session = 43_200;
    });
    let aws =
        |more: &str| super::MANIFEST.replace("aws: { ", &format!("aws: {{ hub: \"{HUB}\", {more}"));
    tool.write("tenants.yaml", aws("duration: 12h, "));
    tool.fails(&["`duration` is `12h`", "1 hour at most"], &["credentials", "acme/staging"]);
    tool.write("tenants.yaml", aws(""));
    let long = ["credentials", "acme/staging", "--duration", "2h"];
    tool.fails(&["a session of 7200 s cannot be had", HUB, "an hour at most", "hint: "], &long);
    assert!(cloud.sessions().is_empty());

    is_of(&tool.ends(0, &["credentials", "acme/staging"]), &cloud.sessions()[1]);
    let [first, second] = <[Session; 2]>::try_from(cloud.sessions()).unwrap();
    assert_eq!((first.role_arn.as_str(), first.duration), (HUB, Some(900)));
    let target = format!("arn:aws:iam::{STAGING}:role/TenkoReadOnly");
    let sent: serde_json::Value = serde_json::from_str(&first.policy.unwrap()).unwrap();
    let allowed = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];
    let narrow = json!({ "Effect": "Allow", "Action": allowed, "Resource": target });
    assert_eq!(sent, json!({ "Version": "2012-10-17", "Statement": [narrow] }));
    assert!(first.policy_arns.is_empty());
    assert_eq!((second.role_arn, second.duration), (target, Some(3600)));
    assert!(second.is_chained);
    assert_eq!(second.policy.as_deref(), Some(policy(&[]).inline()));
    // Who stands behind it is not the hub.
    assert_eq!(second.source_identity.as_deref(), Some("mika"));
    assert!(second.arn.ends_with("/TenkoReadOnly/mika"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_that_answers_is_noticed() {
    let (cloud, tool) = serve().await;
    let twisted = twisted::start(cloud.url(), |asked, answer| {
        let proves = asked.contains("Action=GetCallerIdentity");
        // Only of the session: the caller's own account is another one.
        if proves { answer.replace(STAGING, GLOBEX) } else { answer }
    });
    let tool = tool.env("AWS_ENDPOINT_URL", &twisted.await);
    is_refused(&tool, &["is in account 333333333301", "it is not used", "AWS_ENDPOINT_URL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_that_answers_is_noticed() {
    let (cloud, tool) = serve().await;
    let twisted = twisted::start(cloud.url(), |_, answer| {
        answer.replace("assumed-role/TenkoReadOnly/mika", "assumed-role/Admin/mika")
    });
    let tool = tool.env("AWS_ENDPOINT_URL", &twisted.await);
    is_refused(&tool, &["assumed-role/Admin/mika: it is not used"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_could_write_is_not_used() {
    let (cloud, tool) = serve().await;
    change(&cloud, STAGING, |role| role.ignores_session_policies = true);
    // Nothing in the manifest or the arguments accepts that.
    let lax = super::MANIFEST.replace("login: { aws", "login: { unproven: allow, aws");
    tool.write("tenants.yaml", lax);
    let words = ["is not read-only: NOT read-only: ec2:CreateVpc permitted", "do not use"];
    is_refused(&tool, &words);
    assert_eq!(only(&cloud).account, STAGING);
    assert!(cloud.writes().is_empty());
    let ran = tool.fails(&words, &["exec", "acme/staging", "--yes", "--", "echo", "ran"]);
    assert!(!ran.stderr.contains("assumed-role"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_proven_is_used_only_where_that_is_allowed() {
    let (cloud, tool) = serve().await;
    cloud.add_fault(Fault::new(FaultKind::Throttle).operation("ec2:CreateVpc"));
    is_refused(&tool, &["could not be proven to be read-only", "unproven: allow"]);
    let lax = super::MANIFEST.replace("login: { aws", "login: { unproven: allow, aws");
    tool.write("tenants.yaml", lax);
    let ran = tool.ends(0, &["exec", "acme/staging", "--", "echo", "ran"]);
    assert_eq!(ran.stdout, "ran\n");
    assert!(ran.stderr.contains("not proven: "), "{}", ran.stderr);
    let log = entries(&tool);
    let used = log.iter().rfind(|entry| entry["event"] == "session").unwrap();
    assert!(used["proof"].as_str().unwrap().starts_with("not proven: "), "{used}");
    // It is kept, and not used any more where that is not allowed any more.
    assert_eq!(kept(&tool).len(), 1);
    tool.write("tenants.yaml", super::MANIFEST);
    tool.fails(&["could not be proven to be read-only"], &["credentials", "acme/staging"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_partitions_have_policies_of_their_own() {
    let (cloud, tool) = serve().await;
    cloud.update(|world| {
        let region = ("cn-north-1".to_owned(), RegionStatus::EnabledByDefault);
        world.regions = [region].into();
        world.keys[0].arn = super::MIKA.replace("arn:aws:", "arn:aws-cn:");
        world.account_mut("111111111111").unwrap().partition = "aws-cn".to_owned();
        let trusted = vec![world.keys[0].arn.clone()];
        let account = world.account_mut(STAGING).unwrap();
        account.partition = "aws-cn".to_owned();
        account.roles[0] = Role { trusted, ..role(STAGING) };
    });
    let tool = tool.env("AWS_REGION", "cn-north-1");
    tool.write("tenants.yaml", super::MANIFEST.replace("eu-central-1", "cn-north-1"));
    tool.ends(0, &["credentials", "acme/staging"]);
    let session = only(&cloud);
    assert_eq!(session.role_arn, format!("arn:aws-cn:iam::{STAGING}:role/TenkoReadOnly"));
    assert_eq!(session.policy_arns, policy(&[]).arns("aws-cn"));
    let seen = cloud.seen();
    assert!(seen.iter().all(|seen| seen.region.as_deref() == Some("cn-north-1")), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn for_tools_of_aws_a_project_beside_the_account_is_not_meant() {
    let (cloud, tool) = serve().await;
    let manifest = |staging: &str| {
        let manifest = MANIFEST.replace(r#"["222222222201"]"#, staging);
        assert_ne!(manifest, MANIFEST);
        tool.write("tenants.yaml", &manifest);
    };
    manifest(r#"["222222222201", "gcp:acme-stage"]"#);
    let ran = tool.ends(0, &["credentials", "acme/staging"]);
    is_of(&ran, &only(&cloud));
    assert_eq!(tool.fails(&["no console sign-in"], &["console", "gcp:acme-stage"]).stdout, "");
    assert_eq!(cloud.sessions().len(), 1, "nothing is asked where there is no console");
    // For a person it is not clear which is meant,
    tool.fails(&["names 2 accounts and projects"], &["exec", "acme/staging", "--", "true"]);
    // nor is it between two accounts.
    manifest(r#"["222222222201", "444444444401", "gcp:acme-stage"]"#);
    tool.fails(&["names 3 accounts and projects"], &["credentials", "acme/staging"]);
}
