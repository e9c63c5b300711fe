//! Many at once, and some that are killed: one session, and a cache that stays of use.

use std::process::Child;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud};

use super::{below, entries, is_of, kept, serve, twisted};
use crate::tool::{Ran, Tool};

const CREDENTIALS: &[&str] = &["credentials", "acme/staging"];

/// Starts so many at once and waits for all.
fn at_once(tool: &Tool, count: usize) -> Vec<Ran> {
    let children: Vec<_> = (0..count).map(|_| tool.spawn(CREDENTIALS)).collect();
    children.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect()
}

/// All ended well and say the same.
fn agree(runs: &[Ran]) {
    for ran in runs {
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        assert_eq!(ran.stdout, runs[0].stdout);
    }
}

fn assumed(cloud: &SimCloud) -> usize {
    cloud.count("sts:AssumeRole")
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_processes_make_one_session() {
    let (cloud, tool) = serve().await;
    let runs = at_once(&tool, 200);
    agree(&runs);
    is_of(&runs[0], &cloud.sessions()[0]);
    assert_eq!((assumed(&cloud), cloud.count("ec2:CreateVpc")), (1, 1));
    assert_eq!(kept(&tool).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_about_to_end_is_made_anew_once() {
    let (cloud, tool) = serve().await;
    // The first ends in four minutes, which is too soon to be handed out again.
    let first = std::sync::atomic::AtomicBool::new(true);
    let twisted = twisted::start(cloud.url(), move |asked, answer| {
        let assumes = asked.contains("Action=AssumeRole");
        if !assumes || !first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return answer;
        }
        let (before, rest) = answer.split_once("<Expiration>").unwrap();
        let (_, after) = rest.split_once("</Expiration>").unwrap();
        let soon = Timestamp::now() + SignedDuration::from_mins(4);
        let soon = soon.strftime("%Y-%m-%dT%H:%M:%SZ");
        format!("{before}<Expiration>{soon}</Expiration>{after}")
    });
    let tool = tool.env("AWS_ENDPOINT_URL", &twisted.await);
    is_of(&tool.ends(0, CREDENTIALS), &cloud.sessions()[0]);
    let runs = at_once(&tool, 20);
    agree(&runs);
    is_of(&runs[0], &cloud.sessions()[1]);
    assert_eq!((assumed(&cloud), kept(&tool).len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_uses_a_session_is_on_record_beside_the_others() {
    let (cloud, tool) = serve().await;
    let command = ["exec", "acme/staging", "--", "true"];
    let children: Vec<_> = (0..24).map(|_| tool.spawn(&command)).collect();
    for child in children {
        let ran: Ran = child.wait_with_output().unwrap().into();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    let log = entries(&tool);
    let count = |event: &str| log.iter().filter(|entry| entry["event"] == event).count();
    assert_eq!((count("session"), count("used"), assumed(&cloud)), (1, 24, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_one_tries_where_one_failed() {
    let (cloud, tool) = serve().await;
    let deny = FaultKind::Deny { by: DeniedBy::Unstated };
    cloud.add_fault(Fault::new(deny).operation("sts:AssumeRole").nth(1));
    let runs = at_once(&tool, 12);
    let (good, bad): (Vec<_>, Vec<_>) = runs.into_iter().partition(|ran| ran.code == Some(0));
    agree(&good);
    assert_eq!((good.len() + bad.len(), bad.len() <= 1), (12, true), "{bad:?}");
    assert_eq!(cloud.sessions().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_killed_while_it_made_one_holds_nobody_up() {
    let (cloud, tool) = serve().await;
    let hang = cloud.add_fault(Fault::new(FaultKind::Hang).operation("sts:AssumeRole"));
    let stuck = tool.spawn(CREDENTIALS);
    while assumed(&cloud) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Others wait for it; nobody asks a second time.
    let waiting: Vec<_> = (0..3).map(|_| tool.spawn(CREDENTIALS)).collect();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(assumed(&cloud), 1);
    cloud.remove_fault(hang);
    kill(stuck);
    let runs: Vec<Ran> =
        waiting.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect();
    agree(&runs);
    is_of(&runs[0], &cloud.sessions()[0]);
    assert_eq!(assumed(&cloud), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_the_cache_stays_of_use() {
    let (cloud, tool) = serve().await;
    let asked = || cloud.count("ec2:CreateVpc");
    for nth in 0..24 {
        let before = asked();
        let mut child = tool.spawn(&["credentials", "acme/staging", "--fresh"]);
        // Once its last question was put, what remains is to record the session, to write it and to print it.
        while asked() == before && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(2 * nth)).await;
        kill(child);
        if nth % 6 == 5 {
            let ran = tool.ends(0, CREDENTIALS);
            assert_eq!(ran.stderr, "");
            let keys = ran.json();
            let known =
                cloud.sessions().iter().any(|session| keys["AccessKeyId"] == session.key.as_str());
            assert!(known, "a session that nobody handed out");
        }
    }
    let sessions = cloud.sessions();
    assert!(sessions.len() >= 24);
    agree(&at_once(&tool, 4));
    assert_eq!(kept(&tool).len(), 1);
    // What was cut off is sealed too.
    for path in below(&tool.home().join(".cache")) {
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for session in &sessions {
            assert!(!text.contains(&session.secret) && !text.contains(&session.token), "{path:?}");
        }
    }
    // Every one that was made is on record, whatever became of it, and so is what a cut line was.
    let log = tool.ends(0, &["log", "--format", "json"]).json();
    assert_eq!(log["whole"], true);
}
