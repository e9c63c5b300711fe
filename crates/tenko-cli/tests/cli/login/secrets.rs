//! A session's keys are where they belong, and nowhere else.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tenko_testkit::sim::Session;

use super::{below, kept, serve};
use crate::tool::Ran;

/// Takes the place of what opens a browser: writes down its own arguments and those of every process, and where it is
/// led.
const BROWSER: &str = r#"#!/bin/sh
printf '%s\n' "$@" > "$SEEN/arguments"
for file in /proc/[0-9]*/cmdline; do tr '\0' ' ' < "$file"; echo; done > "$SEEN/processes" 2>/dev/null
"$PYTHON" - "$1" > "$SEEN/led" <<'END'
import http.client, sys, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
def ask():
    server = http.client.HTTPConnection(url.hostname, url.port)
    server.request("GET", url.path)
    answer = server.getresponse()
    return answer.status, answer.getheader("location")
print(*ask())
try:
    print(*ask())
except OSError:
    print("gone")
END
mv "$SEEN/led" "$SEEN/done"
"#;

/// Fails where a text holds a secret of a session, as it is or as addresses have it.
fn holds_none(what: &str, text: &str, sessions: &[Session]) {
    let mut secrets = vec!["signin-token-".to_owned(), super::CACHE_KEY.to_owned()];
    for session in sessions {
        secrets.extend([session.secret.clone(), session.token.clone()]);
    }
    for secret in secrets {
        let encoded = secret.replace('-', "%2D");
        for form in [&secret, &encoded] {
            assert!(!text.contains(form.as_str()), "{what} holds {form}:\n{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_in_no_file_log_error_or_argument() {
    let (cloud, tool) = serve().await;
    let bin = tool.path("bin");
    let seen = tool.path("seen");
    std::fs::create_dir(&bin).unwrap();
    std::fs::create_dir(&seen).unwrap();
    std::fs::write(bin.join("xdg-open"), BROWSER).unwrap();
    std::fs::set_permissions(bin.join("xdg-open"), PermissionsExt::from_mode(0o755)).unwrap();
    let temporary = tool.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let tool = tool
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env("TMPDIR", temporary.to_str().unwrap())
        .env("PATH", &format!("{}:/usr/bin:/bin", bin.display()))
        .env("SEEN", seen.to_str().unwrap())
        .env("PYTHON", tenko_tests::python().to_str().unwrap())
        .env("DISPLAY", ":0")
        .env("TENKO_SIGNIN_ENDPOINT", &format!("{}/federation", cloud.url()));
    let whoami = ["exec", "acme/staging", "--", env!("CARGO_BIN_EXE_tenko"), "whoami"];

    // Those whose output is the session itself...
    let mut runs = Vec::new();
    for args in [
        &["credentials", "acme/staging"][..],
        &["env", "acme/staging", "--shell", "fish", "--ticket", "OPS-1"],
        &["exec", "acme/production", "--", "env"],
    ] {
        let ran = tool.ends(0, args);
        let sessions = cloud.sessions();
        let given = sessions.last().unwrap();
        assert!(
            ran.stdout.contains(&given.secret) && ran.stdout.contains(&given.token),
            "{args:?}"
        );
        runs.push((args, Ran { stdout: String::new(), ..ran }));
    }
    let ran = tool.ends(0, &["console", "acme/staging", "--print"]);
    assert!(ran.stdout.contains("SigninToken=signin"), "{}", ran.stdout);
    runs.push((&["console --print"], Ran { stdout: String::new(), ..ran }));
    // ... those that only use it, and those that fail.
    for (code, args) in [
        (0, &["exec", "acme/staging", "--", "true"][..]),
        (0, &whoami),
        (0, &["exec", "--each", "acme/*", "--", "true"]),
        (0, &["exec", "acme/staging", "--server", "--", "true"]),
        (0, &["login", "acme/staging", "--no-shell"]),
        (0, &["login", "acme/staging", "--format", "json", "--fresh"]),
        (0, &["console", "acme/staging"]),
        (0, &["log"]),
        (0, &["log", "--format", "json"]),
        (1, &["exec", "globex/production", "--", "true"]),
        (1, &["exec", "acme/staging", "--", "nothing-like-this"]),
        (1, &["env", "acme/staging", "--duration", "2h"]),
    ] {
        runs.push((args, tool.ends(code, args)));
    }
    let sessions = cloud.sessions();
    assert!(sessions.len() >= 4, "{}", sessions.len());
    for (args, ran) in &runs {
        holds_none(&format!("{args:?}"), &ran.stdout, &sessions);
        holds_none(&format!("{args:?}"), &ran.stderr, &sessions);
    }
    let loud = runs.iter().map(|(_, ran)| ran.stderr.len()).max();
    assert!(loud > Some(10_000), "the trace was on");

    // The browser was led there once, by an address of this machine that is good for nothing now.
    let done = wait(&seen.join("done")).await;
    let lines: Vec<_> = done.lines().collect();
    let to = format!("302 {}/federation?Action=login", cloud.url());
    assert!(lines[0].starts_with(&to) && lines[0].contains("SigninToken=signin"), "{done}");
    assert!(!lines[1].contains("Signin"), "{done}");
    for name in ["arguments", "processes"] {
        let text = std::fs::read_to_string(seen.join(name)).unwrap();
        assert!(text.contains("http://127.0.0.1:"), "{name}: {text}");
        holds_none(name, &text, &sessions);
    }
    std::fs::remove_dir_all(&seen).unwrap();

    // Nothing of it in a file: sealed in the cache, absent from the log; and all of them are for their owner alone.
    assert!(!kept(&tool).is_empty());
    let files = [below(&tool.home()), below(&tool.path(""))].concat();
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        holds_none(&path.display().to_string(), &String::from_utf8_lossy(&bytes), &sessions);
    }
    for path in below(&tool.home()) {
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
    }
    assert_eq!(below(&temporary), Vec::<PathBuf>::new());
    assert!(cloud.writes().is_empty());
}

/// What a process that nobody waits for writes in the end.
async fn wait(path: &std::path::Path) -> String {
    loop {
        match std::fs::read_to_string(path) {
            Ok(text) => return text,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_has_the_session_and_no_other_way_in() {
    let (cloud, tool) = serve().await;
    // What a person may have around.
    let around = [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_SSO_SESSION",
        "AWS_VAULT",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "CLOUDSDK_AUTH_ACCESS_TOKEN",
        "CLOUDSDK_CORE_PROJECT",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    ];
    // Keys go before a profile, as with AWS's own tools.
    let tool = around.iter().fold(tool, |tool, name| match *name {
        "AWS_ROLE_ARN" | "AWS_WEB_IDENTITY_TOKEN_FILE" | "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" => {
            tool
        }
        name => tool.env(name, "elsewhere"),
    });
    let ran = tool.ends(0, &["exec", "acme/staging", "--", "env"]);
    let session = &cloud.sessions()[0];
    let has = |line: String| {
        assert!(ran.stdout.lines().any(|one| one == line), "{line}:\n{}", ran.stdout)
    };
    has(format!("AWS_ACCESS_KEY_ID={}", session.key));
    has(format!("AWS_SECRET_ACCESS_KEY={}", session.secret));
    has(format!("AWS_SESSION_TOKEN={}", session.token));
    has("TENKO_ENVIRONMENT=acme/staging".to_owned());
    has("AWS_REGION=eu-central-1".to_owned());
    for name in around.iter().chain(&["TENKO_CACHE_KEY"]) {
        assert!(!ran.stdout.contains(&format!("{name}=")), "{name}:\n{}", ran.stdout);
    }
    assert!(
        !ran.stdout.contains("elsewhere") && !ran.stdout.contains(super::KEY),
        "{}",
        ran.stdout
    );
    // What `env` says to a shell is the same.
    let said = tool.ends(0, &["env", "acme/staging", "--shell", "bash"]).stdout;
    let script = format!("{said}\nenv");
    let output =
        Command::new("sh").arg("-c").arg(script).env("AWS_VAULT", "elsewhere").output().unwrap();
    let shell = Ran::from(output);
    assert!(
        shell.stdout.contains(&format!("AWS_SESSION_TOKEN={}", session.token)),
        "{}",
        shell.stdout
    );
    assert!(!shell.stdout.contains("elsewhere"), "{}", shell.stdout);
}
