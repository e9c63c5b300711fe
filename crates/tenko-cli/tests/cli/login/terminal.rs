//! A person at a terminal: asked before production, for a choice, for a code, and to sign in.

use std::os::unix::fs::PermissionsExt;
use std::process::Child;

use serde_json::Value;
use tenko_testkit::sim::{Approval, IdentityCenter, Mfa, Role, SessionKind, SimCloud};
use tenko_tests::{python, root};

use super::{KEY, MANIFEST, MIKA, PRODUCTION, STAGING, change, serve, world};
use crate::tool::Tool;

/// Starts the command at a terminal of its own; prompts and what is typed at each come in turn.
fn start(tool: &Tool, turns: &[(&str, &str)], args: &[&str]) -> Child {
    let like = tool.command(&[]);
    let mut command = std::process::Command::new(python());
    command.arg(root().join("tests/python/terminal.py"));
    command.args(turns.iter().flat_map(|(prompt, answer)| [prompt, answer])).arg("--");
    command.arg(env!("CARGO_BIN_EXE_tenko")).args(args).env_clear().current_dir(tool.path(""));
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    command.spawn().unwrap()
}

/// How it ended, and what the terminal showed.
fn ended(child: Child) -> (i64, String) {
    let output = child.wait_with_output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let text = said["said"].as_str().unwrap().to_owned();
    assert_eq!(said["left"], Value::Array(Vec::new()), "never asked for:\n{text}");
    (said["code"].as_i64().unwrap(), text)
}

fn typed(tool: &Tool, turns: &[(&str, &str)], args: &[&str]) -> (i64, String) {
    ended(start(tool, turns, args))
}

#[tokio::test(flavor = "multi_thread")]
async fn production_is_confirmed_by_its_name() {
    let (cloud, tool) = serve().await;
    tool.write(
        "tenants.yaml",
        MANIFEST.replace("login: { aws", "login: { production: confirm, aws"),
    );
    let command = ["exec", "acme/production", "--", "echo", "it-ran"];
    let prompt = "PRODUCTION  type acme/production to go there";
    for wrong in ["", "y", "yes", "acme/staging", "production"] {
        let (code, said) = typed(&tool, &[(prompt, wrong)], &command);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("acme/production was not confirmed") && !said.contains("it-ran"),
            "{said}"
        );
    }
    assert!(cloud.seen().is_empty(), "nobody was asked anything");
    let (code, said) = typed(&tool, &[(prompt, "acme/production")], &command);
    assert!(code == 0 && said.contains("it-ran"), "{said}");
    // Once for each environment, before anything runs.
    let each = ["exec", "--each", "acme/*", "--", "echo", "it-ran"];
    let (code, said) = typed(&tool, &[(prompt, "no")], &each);
    assert!(code == 1 && !said.contains("it-ran"), "{said}");
    // What waits for the output is never asked, not even here.
    let (code, said) = typed(&tool, &[], &["credentials", "acme/production"]);
    assert!(code == 0 && said.contains("SecretAccessKey"), "{said}");
    // Staging is not asked about.
    let (code, said) = typed(&tool, &[], &["exec", "acme/staging", "--", "echo", "it-ran"]);
    assert!(code == 0 && said.contains("it-ran") && !said.contains("PRODUCTION"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_is_chosen() {
    let (cloud, tool) = serve().await;
    for args in [&["exec", "acme", "--", "env"][..], &["exec", "--", "env"]] {
        let (code, said) = typed(&tool, &[("Where to", "stag")], args);
        assert!(code == 0 && said.contains("TENKO_ENVIRONMENT=acme/staging"), "{said}");
    }
    assert!(cloud.sessions().iter().all(|session| session.account == STAGING));
    // A shell that says where it is, and ends with its own code.
    let tool = tool.env("SHELL", "/bin/sh");
    let turns = [
        ("$ `exit` leaves it", "echo $TENKO_ENVIRONMENT=$AWS_ACCOUNT_ID"),
        ("$ acme/staging=222222222201", "exit 5"),
    ];
    let (code, said) = typed(&tool, &turns, &["login", "acme/staging"]);
    assert_eq!(code, 5, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_wants_a_code() {
    let (cloud, tool) = serve().await;
    let serial = "arn:aws:iam::111111111111:mfa/mika";
    let mfa = Mfa { serial: serial.to_owned(), code: "314159".to_owned() };
    let mine = Role { mfa: Some(mfa), trusted: vec![MIKA.to_owned()], ..Role::new("Mine") };
    cloud.update(|world| world.account_mut("111111111111").unwrap().roles.push(mine));
    change(&cloud, STAGING, |role| {
        role.trusted = vec!["arn:aws:iam::111111111111:role/Mine".to_owned()]
    });
    let folder = tool.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    let config = format!(
        "[profile keys]\naws_access_key_id = {KEY}\naws_secret_access_key = secret\n\
         [profile mine]\nrole_arn = arn:aws:iam::111111111111:role/Mine\nsource_profile = keys\nmfa_serial = {serial}\n"
    );
    std::fs::write(folder.join("config"), config).unwrap();
    let command = ["exec", "--profile", "mine", "acme/staging", "--", "echo", "it-ran"];
    // Nobody is there to type it.
    tool.fails(&["terminal"], &command);
    let prompt = "Code of arn:aws:iam::111111111111:mfa/mika";
    let again = "the code was not accepted";
    let wrong = [(prompt, "271828"), (again, "161803"), (again, "141421")];
    let (code, said) = typed(&tool, &wrong, &command);
    assert!(code == 1 && !said.contains("it-ran"), "{said}");
    let (code, said) = typed(&tool, &[(prompt, "314159")], &command);
    assert!(code == 0 && said.contains("it-ran"), "{said}");
    assert!(!said.contains("314159"), "a code is not shown:\n{said}");
    // One code is enough: what it was typed for is kept, sealed, also for another session.
    let again = [&command[..4], &["--fresh"], &command[4..]].concat();
    assert_eq!(tool.ends(0, &again).stdout, "it-ran\n");
    let sessions = cloud.sessions();
    assert_eq!(sessions.iter().filter(|session| session.role == "Mine").count(), 1);
    assert!(
        sessions.iter().skip(1).all(|session| session.is_chained && session.session_name == "mika")
    );
}

/// A world whose people sign in.
async fn center(approval: Approval) -> (SimCloud, Tool) {
    let start = "https://acme.awsapps.com/start";
    let center = IdentityCenter::new(start, "eu-central-1").assign("111111111111", "View");
    let (cloud, tool) = super::serve_world(tenko_testkit::sim::World {
        identity_center: Some(IdentityCenter { approval, ..center }),
        ..world()
    })
    .await;
    for account in [STAGING, PRODUCTION] {
        change(&cloud, account, |role| role.trusted = vec!["111111111111".to_owned()]);
    }
    let aws = format!(
        "aws: {{ identity_center: {{ start_url: \"{start}\", region: eu-central-1, account: \"111111111111\", role: View }}, "
    );
    tool.write("tenants.yaml", MANIFEST.replace("aws: { ", &aws));
    (cloud, tool.env("AWS_ACCESS_KEY_ID", "").env("AWS_SECRET_ACCESS_KEY", ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_with_a_code_for_any_browser() {
    let (cloud, tool) = center(Approval::AfterPolls(1)).await;
    let command = ["exec", "acme/staging", "--", "echo", "it-ran"];
    tool.fails(&["terminal"], &command);
    tool.fails(&["terminal"], &["credentials", "acme/staging"]);
    let (code, said) = typed(&tool, &[], &command);
    assert!(code == 0 && said.contains("it-ran"), "{said}");
    assert!(said.contains("in any browser") && said.contains("and enter the code SIMU-"), "{said}");
    let sessions = cloud.sessions();
    assert_eq!(sessions[0].kind, SessionKind::IdentityCenter);
    // Whoever signed in stands behind it, and it lives for an hour at most.
    let given = &sessions[1];
    assert_eq!(
        (given.account.as_str(), given.source_identity.as_deref()),
        (STAGING, Some("alice"))
    );
    assert!(given.is_chained && given.policy.is_some() && given.duration == Some(3600));
    // Signed in, nobody has to be there any more: for other environments neither, nor when the token is to be renewed.
    tool.ends(0, &["credentials", "acme/production"]);
    cloud.expire_access_tokens();
    tool.ends(0, &["credentials", "acme/production", "--fresh"]);
    assert_eq!(cloud.count("sso-oidc:StartDeviceAuthorization"), 1);
    for path in super::below(&tool.home().join(".aws/sso")) {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
    assert!(cloud.writes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_at_the_sign_in_is_told() {
    let (cloud, tool) = center(Approval::Deny).await;
    let (code, said) = typed(&tool, &[], &["exec", "acme/staging", "--", "echo", "it-ran"]);
    assert!(code == 1 && said.contains("error: ") && !said.contains("it-ran"), "{said}");
    assert!(cloud.sessions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_browser_is_opened_for_all() {
    let (cloud, tool) = center(Approval::InBrowser).await;
    let bin = tool.path("bin");
    std::fs::create_dir(&bin).unwrap();
    // A browser that follows where it is led: to the sign-in, and back to the program that waits.
    let browser = format!(
        "#!{}\nimport sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n",
        python().display()
    );
    std::fs::write(bin.join("xdg-open"), browser).unwrap();
    std::fs::set_permissions(bin.join("xdg-open"), PermissionsExt::from_mode(0o755)).unwrap();
    let tool = tool.env("DISPLAY", ":0").env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    let places = ["acme/staging", "acme/production", "acme/staging", "acme/production"];
    let children: Vec<_> = places
        .iter()
        .map(|place| start(&tool, &[], &["exec", place, "--", "echo", "it-ran"]))
        .collect();
    for child in children {
        let (code, said) = ended(child);
        assert!(code == 0 && said.contains("it-ran"), "{said}");
    }
    assert_eq!(cloud.count("sso-oidc:Authorize"), 1);
    let roles = cloud.sessions().into_iter().filter(|session| session.kind == SessionKind::Role);
    let mut accounts: Vec<_> = roles.map(|session| session.account).collect();
    accounts.sort();
    assert_eq!(accounts, [STAGING, PRODUCTION]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_a_question_ends_it_and_nothing_is_asked_of_aws() {
    let (cloud, tool) = serve().await;
    tool.write(
        "tenants.yaml",
        MANIFEST.replace("login: { aws", "login: { production: confirm, aws"),
    );
    // Not by a signal, which would leave the terminal without its cursor.
    let list = ["exec", "acme", "--", "echo", "it-ran"];
    let place = ["exec", "acme/production", "--", "echo", "it-ran"];
    for (prompt, args) in [("Where to", list), ("type acme/production", place)] {
        let (code, said) = typed(&tool, &[(prompt, "\u{3}")], &args);
        assert!(code == 1 && !said.contains("it-ran"), "{code}: {said}");
    }
    assert!(cloud.seen().is_empty(), "nobody was asked anything");
}
