//! Logins, end to end: the binary against a simulated cloud, which judges what it is sent, and against moto, with AWS's
//! own tools as clients.

#![cfg(unix)]

mod bootstrap;
mod clients;
mod doctor;
mod google;
mod issued;
mod parallel;
mod record;
mod refusals;
mod secrets;
mod sources;
mod stopping;
mod terminal;
mod twisted;

use std::path::{Path, PathBuf};

use serde_json::Value;
use tenko_testkit::sim::{Account, Role, Session, SimCloud, World};

use crate::tool::{Ran, Tool};

/// Sessions are never kept under a key of the machine that runs the tests.
const CACHE_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const KEY: &str = "AKIAMIKAMIKAMIKAMIKA";
const MIKA: &str = "arn:aws:iam::111111111111:user/team/mika";
const STAGING: &str = "222222222201";
const PRODUCTION: &str = "222222222202";
/// Where nobody made the role.
const GLOBEX: &str = "333333333301";

const MANIFEST: &str = r#"version: 1
login: { aws: { external_id: "tenko-{tenant}-{account}", region: eu-central-1 } }
tenants:
  acme:
    environments:
      staging: { stage: staging, scopes: ["222222222201"], login: { data: [logs, objects] } }
      production: { scopes: ["222222222202"] }
  globex: { environments: { production: { scopes: ["333333333301"] } } }
"#;

/// The role as `tenko bootstrap` makes it; what it may do itself is left open, so that only the session's policy stands
/// between a session and a change.
fn role(account: &str) -> Role {
    Role {
        external_id: Some(format!("tenko-acme-{account}")),
        trusted: vec![MIKA.to_owned()],
        requires_source_identity: true,
        ..Role::new("TenkoReadOnly")
    }
}

fn world() -> World {
    let with_role = |id: &str, name: &str| {
        let mut account = Account::new(id, name);
        account.roles.push(role(id));
        account
    };
    World::default()
        .key(KEY, "111111111111", MIKA)
        .with(Account::new("111111111111", "hub"))
        .with(with_role(STAGING, "acme-staging"))
        .with(with_role(PRODUCTION, "acme-production"))
        .with(Account::new(GLOBEX, "globex-production"))
}

/// The manifest in a folder, and a cache and an access log of its own in a home of its own.
fn desk(url: &str) -> Tool {
    let tool = Tool::new().at(url, KEY).env("TENKO_CACHE_KEY", CACHE_KEY);
    tool.write("tenants.yaml", MANIFEST);
    tool
}

async fn serve() -> (SimCloud, Tool) {
    serve_world(world()).await
}

async fn serve_world(world: World) -> (SimCloud, Tool) {
    let cloud = SimCloud::start(world).await.unwrap();
    let tool = desk(&cloud.url());
    (cloud, tool)
}

/// Changes the role in one account.
fn change(cloud: &SimCloud, account: &str, change: impl FnOnce(&mut Role)) {
    cloud.update(|world| change(&mut world.account_mut(account).unwrap().roles[0]));
}

/// What `tenko credentials` prints is this session.
fn is_of(ran: &Ran, session: &Session) {
    let document = ran.json();
    for (name, value) in [
        ("AccessKeyId", &session.key),
        ("SecretAccessKey", &session.secret),
        ("SessionToken", &session.token),
    ] {
        assert_eq!(document[name], Value::from(value.as_str()));
    }
    assert_eq!(document["Version"], 1);
}

/// The sessions that are kept.
fn kept(tool: &Tool) -> Vec<PathBuf> {
    let sealed = |path: &PathBuf| path.extension().is_some_and(|end| end == "sealed");
    below(&tool.home().join(".cache/tenko")).into_iter().filter(sealed).collect()
}

/// All files below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(below(&path)) } else { files.push(path) }
    }
    files
}

/// The access log's entries, which must be whole.
fn entries(tool: &Tool) -> Vec<Value> {
    let log = tool.ends(0, &["log", "--format", "json"]).json();
    assert_eq!(log["whole"], true);
    let entries = log["entries"].as_array().unwrap().iter();
    entries
        .inspect(|entry| assert_eq!(entry["vouched_for"], true))
        .map(|entry| entry["entry"].clone())
        .collect()
}
