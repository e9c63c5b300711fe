//! The examples run, as their files say.

#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

use std::path::PathBuf;
use std::process::{Command, Output};

use tenko_testkit::demo;
use tenko_testkit::google::endpoint_variables;

/// Cargo builds examples beside the tests.
fn example(name: &str) -> Command {
    let here = std::env::current_exe().unwrap();
    let path: PathBuf = here.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(path.is_file(), "{} is not built: test the whole workspace", path.display());
    let mut command = Command::new(path);
    // Nothing of the machine's own configuration.
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn against(demo: &demo::Demo, mut command: Command) -> Command {
    command
        .env("AWS_ENDPOINT_URL", demo.url())
        .env("AWS_ACCESS_KEY_ID", demo.access_key_id())
        .env("AWS_SECRET_ACCESS_KEY", demo.secret_access_key())
        .env("AWS_REGION", demo.region())
        .env("GOOGLE_APPLICATION_CREDENTIALS", demo.google_credentials())
        .envs(endpoint_variables(demo.google()));
    command
}

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn text(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn embed() {
    let demo = demo::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("tenants.yaml");
    std::fs::write(&manifest, demo::manifest()).unwrap();
    std::fs::create_dir(folder.path().join("states")).unwrap();
    for (path, state) in demo::states() {
        std::fs::write(folder.path().join(path), state).unwrap();
    }
    let mut command = against(&demo, example("embed"));
    command.arg(&manifest);
    let said = text(&run(command).await);
    assert!(said.contains("tell acme-sre@example.com: changed acme-production-uploads"), "{said}");
    assert!(said.contains("tell acme-sre@example.com: missing archive"), "{said}");
    assert!(said.contains("ask again: globex-staging-db"), "{said}");
    assert!(said.ends_with("verdict: drift\n"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn login() {
    let demo = demo::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("tenants.yaml");
    std::fs::write(&manifest, demo::manifest()).unwrap();
    let mut command = against(&demo, example("login"));
    command
        .env("HOME", folder.path())
        .env("TENKO_CACHE_KEY", "5e".repeat(32))
        .arg(&manifest)
        .args(["staging", "/bin/sh", "-c", "echo in $TENKO_ENVIRONMENT as $AWS_ACCESS_KEY_ID"]);
    let said = text(&run(command).await);
    assert!(
        said.contains("acme/staging (aws:333333333302): read-only: ec2:CreateVpc refused"),
        "{said}"
    );
    assert!(said.contains("in globex/staging as ASIA"), "{said}");
    assert!(!said.contains("no session"), "{said}");
    assert!(demo.cloud().writes().is_empty() && demo.cloud().count("sts:AssumeRole") > 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn collect_only() {
    let demo = demo::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inventory.tenko.zst");
    let mut command = against(&demo, example("collect_only"));
    command.arg(&file);
    let said = text(&run(command).await);
    assert!(said.contains(" AWS::EC2::VPC\n"), "{said}");
    assert!(!said.contains("not read"), "{said}");
    assert!(tenko::store::read(&file).unwrap().resources.len() > 1);
}

#[tokio::test]
async fn custom_provider() {
    let said = text(&run(example("custom_provider")).await);
    assert!(said.contains("rack.example.com/Machine db-1 in tokyo-1 global"), "{said}");
    assert!(said.contains(r#""bmcPassword":"redacted:"#) && !said.contains("hunter2"), "{said}");
    assert!(
        said.contains("not read: rack.example.com/Machine in tokyo-2 global: unreachable"),
        "{said}"
    );
}
