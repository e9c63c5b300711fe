//! Who went where is on record, and a session knows where it is.

use serde_json::json;

use super::{PRODUCTION, STAGING, change, desk, entries, kept, serve};
use crate::tool::Tool;

#[tokio::test(flavor = "multi_thread")]
async fn every_login_is_on_record() {
    let (cloud, tool) = serve().await;
    change(&cloud, PRODUCTION, |role| role.ignores_session_policies = true);
    tool.ends(
        0,
        &[
            "exec",
            "acme/staging",
            "--ticket",
            "OPS-7",
            "--with",
            "logs",
            "--",
            "true",
            "a-secret-argument",
        ],
    );
    tool.ends(0, &["env", "acme/staging", "--shell", "bash"]);
    tool.ends(0, &["credentials", "acme/staging"]);
    tool.ends(1, &["exec", "acme/production", "--", "true"]);
    tool.ends(1, &["exec", "globex/production", "--", "true"]);
    let log = entries(&tool);
    let rows: Vec<_> = log
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            (text("event"), text("scope"), text("who"), text("how"))
        })
        .collect();
    let row = |event: &str, account: &str, who: &str, how: &str| {
        (event.to_owned(), format!("aws:{account}"), who.to_owned(), how.to_owned())
    };
    assert_eq!(
        rows,
        [
            row("session", STAGING, "mika", ""),
            row("used", STAGING, "mika", "exec true"),
            row("session", STAGING, "mika", ""),
            row("used", STAGING, "mika", "env"),
            row("used", STAGING, "mika", "credentials"),
            row("refused", PRODUCTION, "mika", ""),
            row("refused", super::GLOBEX, "mika", ""),
        ]
    );
    assert_eq!((&log[1]["ticket"], &log[1]["levels"]), (&json!("OPS-7"), &json!(["logs"])));
    assert!(log[0]["proof"].as_str().unwrap().starts_with("read-only: "));
    assert!(
        log[5]["proof"].is_null() && log[5]["reason"].as_str().unwrap().contains("NOT read-only")
    );
    let raw = std::fs::read_to_string(file(&tool)).unwrap();
    assert!(!raw.contains("a-secret-argument"));

    let ran = tool.ends(0, &["log"]);
    assert_eq!(ran.stdout.lines().count(), 7);
    assert!(ran.stdout.contains("READS logs") && ran.stdout.contains("OPS-7"), "{}", ran.stdout);
    assert_eq!(tool.ends(0, &["log", "globex"]).stdout.lines().count(), 1);
    assert_eq!(tool.ends(0, &["log", "-n", "2"]).stdout.lines().count(), 2);
}

fn file(tool: &Tool) -> std::path::PathBuf {
    tool.home().join(".local/state/tenko/access.log")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_changed_is_noticed() {
    let (_cloud, tool) = serve().await;
    for _ in 0..3 {
        tool.ends(0, &["exec", "acme/staging", "--fresh", "--", "true"]);
    }
    assert_eq!(entries(&tool).len(), 6);
    let whole = std::fs::read_to_string(file(&tool)).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let swapped = [&[lines[1], lines[0]][..], &lines[2..]].concat();
    for (what, text) in [
        ("a word", whole.replacen("mika", "moko", 1)),
        ("a line from the middle", join(&[&lines[..2], &lines[3..]].concat())),
        ("the first line", join(&lines[1..])),
        ("the last line", join(&lines[..5])),
        ("the order", join(&swapped)),
        ("everything", String::new()),
        ("a line twice", join(&[&lines[..], &lines[5..]].concat())),
        ("the middle of the last line", whole[..whole.len() - 20].to_owned()),
    ] {
        std::fs::write(file(&tool), text).unwrap();
        let ran = tool.ends(1, &["log"]);
        let said = ran.stderr.contains("the access log is not as it was written");
        assert!(said, "{what}: {}", ran.stderr);
        assert_eq!(
            tool.ends(1, &["log", "--format", "json"]).json()["whole"],
            json!(false),
            "{what}"
        );
    }
    std::fs::write(file(&tool), whole).unwrap();
    assert_eq!(entries(&tool).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_is_not_given() {
    let (cloud, tool) = serve().await;
    // Also for somebody who may write everywhere, as tests in containers may.
    let tool = tool.env("TENKO_STATE_DIR", "/dev/null/state");
    for args in [
        &["credentials", "acme/staging"][..],
        &["exec", "acme/staging", "--", "echo", "ran"],
        &["env", "acme/staging"],
        &["login", "acme/staging", "--no-shell"],
    ] {
        tool.fails(&["access log", "/dev/null/state", "TENKO_STATE_DIR"], args);
        assert!(kept(&tool).is_empty(), "{args:?}");
    }
    // One that was kept before is not used either, where its use is to be recorded.
    let tool = desk(&cloud.url());
    tool.ends(0, &["credentials", "acme/staging"]);
    let tool = tool.env("TENKO_STATE_DIR", "/dev/null/state");
    tool.fails(&["access log"], &["exec", "acme/staging", "--", "echo", "ran"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_knows_where_it_is() {
    let (_cloud, tool) = serve().await;
    let tenko = env!("CARGO_BIN_EXE_tenko");
    let ran = tool.ends(0, &["exec", "acme/staging", "--", tenko, "whoami"]);
    assert!(
        ran.stdout.contains(":assumed-role/TenkoReadOnly/mika\nacme/staging  aws:222222222201\n"),
        "{}",
        ran.stdout
    );
    let ran = tool.ends(0, &["exec", "acme/production", "--", tenko, "whoami", "--format", "json"]);
    let document = ran.json();
    assert_eq!(document["environments"][0]["production"], json!(true));
    assert_eq!(document["tenko_environment"], json!("acme/production"));
    // Who says to be elsewhere is told.
    let forged =
        ["exec", "acme/production", "--", "env", "TENKO_ENVIRONMENT=acme/staging", tenko, "whoami"];
    let ran = tool.ends(1, &forged);
    assert!(
        ran.stderr
            .contains("TENKO_ENVIRONMENT says acme/staging, and the credentials lead elsewhere"),
        "{}",
        ran.stderr
    );
    assert!(ran.stdout.contains("PRODUCTION"), "{}", ran.stdout);
    // Outside, it is whoever starts tenko.
    let ran = tool.ends(0, &["whoami"]);
    assert!(ran.stdout.starts_with(super::MIKA), "{}", ran.stdout);
    // The command's code is tenko's.
    tool.ends(7, &["exec", "acme/staging", "--", "sh", "-c", "exit 7"]);
    tool.ends(143, &["exec", "acme/staging", "--", "sh", "-c", "kill -TERM $$"]);
    tool.fails(
        &["failed to start `nothing-like-this`", "on PATH"],
        &["exec", "acme/staging", "--", "nothing-like-this"],
    );
}

/// Whose credentials these are can be told anywhere; whose account that is, a manifest says.
#[tokio::test(flavor = "multi_thread")]
async fn whoami_takes_no_manifest() {
    let (_cloud, tool) = serve().await;
    let tenko = env!("CARGO_BIN_EXE_tenko");
    let elsewhere = format!("cd / && {tenko} whoami");
    let ran = tool.ends(0, &["exec", "acme/staging", "--", "sh", "-c", &elsewhere]);
    assert!(ran.stdout.contains(":assumed-role/TenkoReadOnly/mika\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("no manifest is here"), "{}", ran.stdout);
}
