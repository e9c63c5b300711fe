//! What cannot be: each has a message of its own with the next step, and leaves nothing behind.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud};

use super::{MANIFEST, STAGING, change, desk, kept, serve, twisted, world};
use crate::tool::{Ran, Tool, at};

const CREDENTIALS: &[&str] = &["credentials", "acme/staging"];

/// Fails with these words, and keeps nothing.
fn refused(tool: &Tool, words: &[&str], args: &[&str]) -> String {
    let ran = tool.fails(words, args);
    assert!(kept(tool).is_empty(), "{args:?}");
    // One error, before its hints.
    let errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, 1, "{}", ran.stderr);
    ran.stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn selectors() {
    let (cloud, tool) = serve().await;
    for (words, args) in [
        (
            &["`acme/stagin`", "did you mean `acme/staging`?"][..],
            &["credentials", "acme/stagin"][..],
        ),
        (&["2 environments: acme/staging", "hint: name one"], &["credentials", "acme"]),
        (&["2 environments: acme/staging", "hint: name one"], &["exec", "acme", "--", "true"]),
        (&["`444444444444`", "declares"], &["credentials", "444444444444"]),
        (&["belongs to no environment"], &["credentials", "111111111111"]),
        (
            &["tags of accounts and projects are not known", "tenko collect"],
            &["credentials", "tag:a=b"],
        ),
        (&["no environment was named", "no terminal to choose"], &["exec", "--", "true"]),
        (&["no environment was named", "no terminal to choose"], &["login"]),
        (
            &["several environments were named", "--each"],
            &["exec", "acme/staging", "globex", "--", "true"],
        ),
        (&["nothing in the cloud `gcp`"], &["credentials", "acme/staging", "--cloud", "gcp"]),
    ] {
        if words[0] == "`444444444444`" || words[0].starts_with("belongs") {
            // An account that nobody declared: said in either way.
            let ran = tool.ends(1, args);
            assert!(ran.stdout.is_empty() && ran.stderr.contains("error: "), "{}", ran.stderr);
            continue;
        }
        refused(&tool, words, args);
    }
    assert!(cloud.seen().is_empty(), "nobody was asked anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_manifest_does_not_allow() {
    let (cloud, tool) = serve().await;
    refused(
        &tool,
        &["does not declare `messages`", "it declares logs, objects"],
        &["credentials", "acme/staging", "--with", "messages"],
    );
    refused(
        &tool,
        &["does not declare `logs`", "login: {data: [...]}"],
        &["credentials", "acme/production", "--with", "logs"],
    );
    refused(
        &tool,
        &["expected data, or some of logs"],
        &["credentials", "acme/staging", "--with", "secrets"],
    );
    refused(
        &tool,
        &["expected a time from 15m to 12h"],
        &["credentials", "acme/staging", "--duration", "5m"],
    );
    refused(&tool, &["cannot be a ticket"], &["credentials", "acme/staging", "--ticket", "a;b"]);
    tool.write("tenants.yaml", MANIFEST.replace("login: { aws", "login: { ticket: required, aws"));
    refused(&tool, &["asks for a ticket", "--ticket OPS-123"], CREDENTIALS);
    // Of all tenants' environments, not only of the first.
    refused(&tool, &["asks for a ticket"], &["exec", "acme/production", "--", "true"]);
    assert!(cloud.seen().is_empty(), "nobody was asked anything");
    tool.ends(0, &[CREDENTIALS, &["--ticket", "OPS-123"]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_there_to_ask() {
    let (cloud, tool) = serve().await;
    tool.write(
        "tenants.yaml",
        MANIFEST.replace("login: { aws", "login: { production: confirm, aws"),
    );
    for args in [
        &["exec", "acme/production", "--", "echo", "ran"][..],
        &["exec", "--each", "acme/*", "--", "echo", "ran"],
        &["env", "acme/production"],
        &["console", "acme/production", "--print"],
        &["login", "acme/production"],
        &["server", "acme/production"],
    ] {
        let words = ["acme/production is to be confirmed", "no terminal", "--yes"];
        refused(&tool, &words, args);
    }
    assert!(cloud.seen().is_empty(), "nobody was asked anything");
    tool.ends(0, &["exec", "acme/staging", "--", "true"]);
    let ran = tool.ends(0, &["exec", "--yes", "acme/production", "--", "echo", "ran"]);
    assert!(ran.stderr.starts_with("PRODUCTION\n"), "{}", ran.stderr);

    // Neither is a browser, over SSH or in a build.
    let tool = tool.env("TENKO_SIGNIN_ENDPOINT", &format!("{}/federation", cloud.url()));
    tool.fails(&["failed to open the console", "--print"], &["console", "acme/staging"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_refuses() {
    let deny = |by| FaultKind::Deny { by };
    let assume = |kind| {
        move |cloud: &SimCloud| {
            cloud.add_fault(Fault::new(kind).operation("sts:AssumeRole"));
        }
    };
    type Prepare = Box<dyn Fn(&SimCloud)>;
    let cases: Vec<(Prepare, &[&str])> = vec![
        (
            Box::new(|cloud| {
                change(cloud, STAGING, |role| role.external_id = Some("another".to_owned()))
            }),
            &[
                "user/team/mika may not assume",
                "with the external id `tenko-acme-222222222201`",
                "another external id",
            ],
        ),
        (
            Box::new(|cloud| {
                change(cloud, STAGING, |role| role.allows = vec!["sts:AssumeRole".to_owned()])
            }),
            &["does not let", "say who it is (sts:SetSourceIdentity)", "tenko bootstrap"],
        ),
        (
            Box::new(assume(deny(DeniedBy::ScpExplicit))),
            &["may not assume", "service control policies forbid it"],
        ),
        (
            Box::new(assume(deny(DeniedBy::Identity))),
            &["may not assume", "the caller itself lacks sts:AssumeRole"],
        ),
        (
            Box::new(|cloud| cloud.update(|world| world.packed_percent = Some(120))),
            &["finds the session policy too large", "120%", "fewer levels"],
        ),
        (Box::new(|cloud| cloud.update(|world| world.keys.clear())), &["InvalidClientTokenId"]),
        (Box::new(assume(FaultKind::ExpiredToken)), &["have expired", "get new ones"]),
        (Box::new(assume(FaultKind::HtmlError500)), &["sts:AssumeRole"]),
    ];
    let mut messages = BTreeSet::new();
    for (prepare, words) in cases {
        let (cloud, tool) = serve().await;
        prepare(&cloud);
        let message = refused(&tool, words, CREDENTIALS);
        assert!(cloud.sessions().is_empty());
        assert!(messages.insert(message.clone()), "said twice: {message}");
    }
    let (_cloud, tool) = serve().await;
    let none = refused(
        &tool,
        &["may not assume", "the role does not exist"],
        &["credentials", "globex/production"],
    );
    assert!(messages.insert(none));
    let long = [CREDENTIALS, &["--duration", "2h"]].concat();
    assert!(messages.insert(refused(
        &tool,
        &["does not allow a session of 7200 s", "--duration"],
        &long
    )));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_to_begin_with_that_is_over() {
    let (cloud, tool) = serve().await;
    let keys = tool.ends(0, CREDENTIALS).json();
    cloud.expire_sessions();
    let tool = desk(&cloud.url())
        .env("AWS_ACCESS_KEY_ID", at(&keys, "/AccessKeyId"))
        .env("AWS_SECRET_ACCESS_KEY", at(&keys, "/SecretAccessKey"))
        .env("AWS_SESSION_TOKEN", at(&keys, "/SessionToken"));
    refused(&tool, &["that tenko was started with have expired", "get new ones"], CREDENTIALS);
    refused(&tool, &["have expired"], &["whoami"]);

    // A session of tenko's own begins no other one.
    let (_cloud, tool) = serve().await;
    let inside = [
        "exec",
        "acme/staging",
        "--",
        env!("CARGO_BIN_EXE_tenko"),
        "credentials",
        "acme/production",
    ];
    let ran = tool.ends(1, &inside);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("may not assume"), "{}", ran.stderr);
    assert!(ran.stderr.contains("a session that may begin no other one"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong() {
    let (cloud, tool) = serve().await;
    cloud.add_fault(Fault::new(FaultKind::SkewedClock { seconds: 3600 }).service("sts"));
    // An answer that does not say what time it is there: signatures cannot be corrected by it.
    let twisted = twisted::start(cloud.url(), |_, answer| answer).await;
    let tool = tool.env("AWS_ENDPOINT_URL", &twisted);
    let words = ["refuses the signature because of the time", "set this machine's clock"];
    refused(&tool, &words, CREDENTIALS);
    assert!(cloud.sessions().is_empty());
    // With one that does, they are. A session ends by the clock of whoever uses it, whatever AWS's says.
    let later = Timestamp::now() + SignedDuration::from_hours(2);
    let later = format!("<Expiration>{}</Expiration>", later.strftime("%Y-%m-%dT%H:%M:%SZ"));
    let ahead = twisted::start(cloud.url(), move |_, answer| {
        let Some((before, rest)) = answer.split_once("<Expiration>") else { return answer };
        let (_, after) = rest.split_once("</Expiration>").unwrap();
        format!("{before}{later}{after}")
    });
    cloud.clear_faults();
    let tool = tool.env("AWS_ENDPOINT_URL", &ahead.await);
    let ends: Timestamp = at(&tool.ends(0, CREDENTIALS).json(), "/Expiration").parse().unwrap();
    assert!(ends <= Timestamp::now() + SignedDuration::from_hours(1), "{ends}");
    let (cloud, tool) = serve().await;
    cloud.add_fault(Fault::new(FaultKind::SkewedClock { seconds: 3600 }).service("sts"));
    tool.ends(0, CREDENTIALS);
}

#[test]
fn nothing_to_begin_with() {
    let bare = || {
        let tool =
            Tool::new().env("TENKO_CACHE_KEY", super::CACHE_KEY).env("AWS_REGION", "us-east-1");
        tool.write("tenants.yaml", MANIFEST);
        tool
    };
    refused(&bare(), &["no AWS credentials to start with", "hint: sign in first"], CREDENTIALS);
    refused(&bare(), &["no AWS credentials to start with"], &["whoami"]);
    let profile = [CREDENTIALS, &["--profile", "nobody"]].concat();
    refused(&bare(), &["nobody"], &profile);
    refused(&desk("http://127.0.0.1:9"), &["onnection refused", "check the network"], CREDENTIALS);
    // A session inside a session.
    for args in [
        &["exec", "acme/staging", "--", "true"][..],
        &["login", "acme/staging"],
        &["env", "acme/staging"],
        &["console", "acme/staging"],
        &["server", "acme/staging"],
    ] {
        let tool = bare().env("TENKO_ENVIRONMENT", "globex/production");
        refused(&tool, &["this is a session of globex/production already", "`exit`"], args);
    }
    // No manifest.
    let tool = bare();
    std::fs::remove_file(tool.path("tenants.yaml")).unwrap();
    refused(&tool, &["there is no manifest", "tenko init"], CREDENTIALS);
    refused(&tool, &["elsewhere.yaml"], &[CREDENTIALS, &["-f", "elsewhere.yaml"]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_are_not_there() {
    let (cloud, tool) = serve().await;
    // No home folder: there is no access log, so there is no login.
    let ended = tool.command(CREDENTIALS).env_remove("HOME").output().unwrap();
    let ran = Ran::from(ended);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("no folder for the access log"), "{}", ran.stderr);
    assert!(cloud.seen().is_empty());
    // With one for the log, sessions are made and kept nowhere.
    let log = tool.path("state");
    let login = ["login", "acme/staging", "--no-shell"];
    let homeless = |args: &[&str]| {
        let mut command = tool.command(args);
        Ran::from(command.env_remove("HOME").env("TENKO_STATE_DIR", &log).output().unwrap())
    };
    let ran = homeless(&login);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("sessions are kept in this process only: no folder"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("TENKO_CACHE_DIR"), "{}", ran.stderr);
    assert_eq!(homeless(CREDENTIALS).code, Some(0));
    assert_eq!(cloud.sessions().len(), 2);

    // A key that is none: whoever sets it means sessions to be kept.
    let tool = desk(&cloud.url()).env("TENKO_CACHE_KEY", "not a key");
    refused(&tool, &["TENKO_CACHE_KEY is not a key", "hint: "], &login);
    assert!(kept(&tool).is_empty());
    // A folder that cannot be one, as where there is no keyring: memory only, and that is said.
    let tool = desk(&cloud.url()).env("TENKO_CACHE_DIR", "/dev/null/cache");
    let ran = tool.ends(0, &login);
    assert!(
        ran.stderr.contains("sessions are kept in this process only: /dev/null/cache"),
        "{}",
        ran.stderr
    );
    assert_eq!(cloud.sessions().len(), 3);
    assert!(world().keys.iter().all(|key| !tool.read("tenants.yaml").contains(&key.id)));
}
