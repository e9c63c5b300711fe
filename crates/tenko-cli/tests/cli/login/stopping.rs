//! Told to end: nothing goes on behind anybody's back.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use tenko_testkit::sim::{Fault, FaultKind};

use super::serve;
use crate::tool::Ran;

fn signal(id: &str, name: &str) -> bool {
    Command::new("kill")
        .args([name, id])
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
        .success()
}

fn end(child: Child) -> Ran {
    child.wait_with_output().unwrap().into()
}

/// What a command wrote into a file once it ran.
async fn written(path: &Path) -> String {
    loop {
        match std::fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_hangs_ends_with_the_first_signal() {
    let (cloud, tool) = serve().await;
    cloud.add_fault(Fault::new(FaultKind::Hang).operation("sts:AssumeRole"));
    for args in [
        &["credentials", "acme/staging"][..],
        &["env", "acme/staging"],
        &["exec", "acme/staging", "--", "echo", "it-ran"],
        &["doctor", "acme/staging"],
    ] {
        let before = cloud.count("sts:AssumeRole");
        let child = tool.spawn(args);
        while cloud.count("sts:AssumeRole") == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let begun = Instant::now();
        assert!(signal(&child.id().to_string(), "-INT"));
        let ran = end(child);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("stopped before it was done"), "{}", ran.stderr);
        assert!(begun.elapsed() < Duration::from_secs(8), "{args:?}");
    }
}

/// The first command runs, the second one waits for its turn.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_commands_none_is_left_and_none_is_begun() {
    let (_cloud, tool) = serve().await;
    let script = "echo $$ > pid-$TENKO_STAGE; exec sleep 300";
    let args = ["exec", "--each", "acme/*", "--jobs", "1", "--", "sh", "-c", script];
    let child = tool.spawn(&args);
    let id = written(&tool.path("pid-staging")).await;
    assert!(signal(&child.id().to_string(), "-TERM"));
    let ran = end(child);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("failed: acme/staging: exit code 143"), "{}", ran.stderr);
    let waiting = "failed: acme/production: not started: stopped before its turn";
    assert!(
        ran.stderr.contains(waiting) && ran.stderr.contains("0 of 2 succeeded"),
        "{}",
        ran.stderr
    );
    assert!(!signal(&id, "-0"), "the command still runs");
    assert!(!tool.path("pid-production").exists());
}

/// Ctrl-C is the terminal's to send to both; by hand it only stops what is to come, and a second one ends the rest.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_signal_ends_what_runs() {
    let (_cloud, tool) = serve().await;
    let script = "trap 'echo told > told' INT; echo $$ > pid; while :; do sleep 0.05; done";
    let child = tool.spawn(&["exec", "--each", "acme/staging", "--", "sh", "-c", script]);
    let id = written(&tool.path("pid")).await;
    assert!(signal(&child.id().to_string(), "-INT"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(signal(&id, "-0") && !tool.path("told").exists());
    assert!(signal(&child.id().to_string(), "-INT"));
    let ran = end(child);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("stopping; Ctrl-C again"), "{}", ran.stderr);
    assert!(!signal(&id, "-0"), "the command still runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_named_and_production_among_them() {
    let (_cloud, tool) = serve().await;
    tool.fails(&["no environments were named", "'*/*'"], &["exec", "--each", "--", "true"]);
    let ran = tool.ends(0, &["exec", "--each", "acme/*", "--", "true"]);
    assert!(ran.stderr.starts_with("PRODUCTION: acme/production\n"), "{}", ran.stderr);
    let ran = tool.ends(0, &["exec", "--each", "acme/staging", "--with", "data", "--", "true"]);
    assert!(ran.stderr.starts_with("READS DATA: logs, objects\n"), "{}", ran.stderr);
    // Named twice, it runs once.
    let ran = tool.ends(
        0,
        &["exec", "--each", "acme/staging", "stage=staging", "222222222201", "--", "echo", "ran"],
    );
    assert_eq!(ran.stdout, "acme/staging | ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_credentials_of_the_same_account_are_told() {
    let (cloud, tool) = serve().await;
    let other = tenko_testkit::sim::Role {
        trusted: vec![super::MIKA.to_owned()],
        ..tenko_testkit::sim::Role::new("Admin")
    };
    let tenko = env!("CARGO_BIN_EXE_tenko");
    cloud.update(|world| world.account_mut(super::STAGING).unwrap().roles.push(other));
    // A login with another role is not the one that the manifest names.
    let manifest = super::MANIFEST.replace(
        "scopes: [\"222222222201\"], login: {",
        "scopes: [\"222222222201\"], login: { role: Admin,",
    );
    tool.write("other.yaml", manifest);
    let args =
        ["exec", "-f", "other.yaml", "acme/staging", "--", tenko, "whoami", "-f", "tenants.yaml"];
    let ran = tool.ends(1, &args);
    assert!(ran.stderr.contains("are not those of its read-only login"), "{}", ran.stderr);
}
