//! Ctrl-C, and time that is up.

#![cfg(unix)]

use std::process::{Child, Command};
use std::time::Duration;

use tenko_testkit::sim::{Fault, FaultKind, SimCloud};

use crate::clouds;
use crate::tool::{Ran, at};

/// Volumes are never listed.
fn hang(cloud: &SimCloud) {
    cloud.add_fault(Fault::new(FaultKind::Hang).operation("ec2:DescribeVolumes"));
}

/// Sends SIGINT once the operation was asked for.
async fn interrupt(cloud: &SimCloud, child: &Child, operation: &str) {
    while !cloud.seen().iter().any(|seen| seen.id() == operation) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn end(child: Child) -> Ran {
    child.wait_with_output().unwrap().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_collected_is_kept() {
    let (cloud, tool) = clouds::serve().await;
    hang(&cloud);
    let child = tool.spawn(&["collect"]);
    interrupt(&cloud, &child, "ec2:DescribeVolumes").await;
    let ran = end(child);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.text().starts_with("INCOMPLETE: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("the run was cut short"), "{}", ran.stdout);
    assert!(ran.stderr.contains("stopping; Ctrl-C again ends at once"), "{}", ran.stderr);
    assert!(ran.stderr.contains("cancelled: "), "{}", ran.stderr);
    assert_eq!(tool.kept().len(), 1);
    let json = tool.ends(0, &["show", "--format", "json"]).json();
    assert_eq!(at(&json, "/kind"), "resources");
    tool.ends(3, &["scopes", "--snapshot", "latest"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_was_cut_short_says_so() {
    let (cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init"]);
    cloud.clear_seen();
    hang(&cloud);
    let child = tool.spawn(&["audit", "--format", "json", "--quiet", "--skip", "*"]);
    interrupt(&cloud, &child, "ec2:DescribeVolumes").await;
    let ran = end(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(3), ""));
    let document = ran.json();
    assert_eq!(document["run"]["cancelled"], true);
    assert_eq!(document["summary"]["drift"]["missing"], 0, "what was not read is not missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_manifest_is_none() {
    let (cloud, tool) = clouds::serve().await;
    hang(&cloud);
    let child = tool.spawn(&["init"]);
    interrupt(&cloud, &child, "ec2:DescribeVolumes").await;
    let ran = end(child);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("cut short, so no manifest was written"), "{}", ran.stderr);
    assert!(tool.files().is_empty());
    tool.fails(&["no manifest was written"], &["init", "--timeout", "1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roll_call_can_be_stopped_too() {
    let (cloud, tool) = clouds::serve().await;
    cloud.add_fault(Fault::new(FaultKind::Hang).operation("organizations:ListRoots"));
    let child = tool.spawn(&["scopes", "--format", "json"]);
    interrupt(&cloud, &child, "organizations:ListRoots").await;
    let ran = end(child);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(ran.json()["cancelled"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_when_its_time_is_up() {
    let (cloud, tool) = clouds::serve().await;
    hang(&cloud);
    let ran = tool.ends(3, &["collect", "--timeout", "2"]);
    assert!(ran.text().contains("the run was cut short"), "{}", ran.stdout);
    // Of the other services some are asked more slowly than that.
    let ran = tool.ends(3, &["collect", "--unit-timeout", "1", "--type", "AWS::EC2::*"]);
    assert!(ran.text().contains("EC2::Volume: "), "{}", ran.stdout);
    assert!(!ran.stdout.contains("cut short"), "{}", ran.stdout);
}
