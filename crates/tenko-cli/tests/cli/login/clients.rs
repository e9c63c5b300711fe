//! AWS's own tools as clients, against moto, which checks signatures and what the policies of users and roles allow. It
//! takes session policies and forgets them, and calls what EC2 refuses `AccessDenied`: so a role that may write has to be
//! noticed, and one that may not cannot be proven.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tenko_tests::{Moto, python};

use super::{entries, kept};
use crate::tool::{Ran, Tool, at};

const MANIFEST: &str = r#"version: 1
login: { unproven: allow, aws: { region: eu-central-1 } }
tenants:
  acme:
    environments:
      staging: { stage: staging, scopes: ["222222222201"] }
      production: { scopes: ["222222222202"] }
  globex: { environments: { production: { scopes: ["222222222203"] } } }
  initech: { environments: { production: { scopes: ["222222222204"] } } }
"#;

const STAGING: &str = "arn:aws:sts::222222222201:assumed-role/TenkoReadOnly/mika";
const PRODUCTION: &str = "arn:aws:sts::222222222202:assumed-role/TenkoReadOnly/mika";

/// What the command and its tools are run with: the AWS CLI of the tests, and the user's keys as people have them.
fn desk(moto: &Moto) -> Tool {
    let user: Value = serde_json::from_str(&moto.script("login.py", &[])).unwrap();
    let tools = python().parent().unwrap().display().to_string();
    let tool = Tool::new()
        .env("TENKO_CACHE_KEY", super::CACHE_KEY)
        .env("AWS_ENDPOINT_URL", moto.url())
        .env("PATH", &format!("{tools}:/usr/bin:/bin"));
    tool.write("tenants.yaml", MANIFEST);
    let folder = tool.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    let default = format!(
        "[default]\nregion = us-east-1\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        at(&user, "/id"),
        at(&user, "/secret")
    );
    std::fs::write(folder.join("config"), default).unwrap();
    tool
}

/// The AWS CLI of the tests, started as a person does.
fn aws(tool: &Tool, env: &[(&str, &str)], args: &[&str]) -> Ran {
    let like = tool.command(&[]);
    let mut command = Command::new(python().with_file_name("aws"));
    command.args(args).env_clear().current_dir(tool.path("")).stdin(Stdio::null());
    for (name, value) in like.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.envs(env.iter().copied()).output().unwrap().into()
}

/// What boto3 says of itself, by its own way to credentials.
const BOTO3: &str = "import boto3
session = boto3.Session()
print(session.get_credentials().method, session.client('sts').get_caller_identity()['Arn'], session.region_name)";

#[test]
fn tools_of_aws_get_in_where_they_should() {
    let moto = Moto::start();
    let tool = desk(&moto);
    profiles(&tool);
    exec(&tool);
    servers(&tool);
    each(&tool);
    roles_that_write(&tool);
}

/// The CLI and boto3 over `credential_process`.
fn profiles(tool: &Tool) {
    let config = tool.home().join(".aws/config");
    let before = std::fs::read_to_string(&config).unwrap();
    tool.ends(0, &["profiles", "--write"]);
    let written = std::fs::read_to_string(&config).unwrap();
    assert!(
        written.starts_with(&before) && written.contains("[profile acme/staging]"),
        "{written}"
    );
    let ran = aws(tool, &[], &["sts", "get-caller-identity", "--profile", "acme/staging"]);
    assert_eq!((at(&ran.json(), "/Account"), at(&ran.json(), "/Arn")), ("222222222201", STAGING));
    // Also where the profile is the one of the whole shell: tenko begins with what is there without it.
    let chosen = [("AWS_PROFILE", "acme/production")];
    let ran = aws(tool, &chosen, &["sts", "get-caller-identity"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(at(&ran.json(), "/Arn"), PRODUCTION);
    let with = |args: &[&str]| -> Ran {
        tool.command(args).envs(chosen.iter().copied()).output().unwrap().into()
    };
    let ran = with(&["exec", "acme/staging", "--", "sh", "-c", "echo $TENKO_ENVIRONMENT; exit 7"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(7), "acme/staging\n"), "{}", ran.stderr);
    let ran = with(&["whoami"]);
    assert!(ran.stdout.starts_with(PRODUCTION), "{}\n{}", ran.stdout, ran.stderr);
    let ran = aws(tool, &chosen, &["configure", "get", "region"]);
    assert_eq!(ran.stdout, "eu-central-1\n");
    // Two tools and two runs, one session each.
    let again = aws(tool, &[], &["sts", "get-caller-identity", "--profile", "acme/staging"]);
    assert_eq!(again.code, Some(0));
    let log = entries(tool);
    assert_eq!(log.iter().filter(|entry| entry["event"] == "session").count(), 2, "{log:?}");
    // The user may look at nothing here; a session may, and may not write.
    let look = ["ec2", "describe-vpcs", "--query", "length(Vpcs)", "--profile", "acme/staging"];
    assert_eq!(aws(tool, &[], &look).code, Some(0));
    let write = ["ec2", "create-vpc", "--cidr-block", "10.0.0.0/16", "--profile", "acme/staging"];
    let ran = aws(tool, &[], &write);
    assert!(
        ran.code != Some(0) && ran.stderr.contains("not authorized to perform: ec2:CreateVpc"),
        "{}",
        ran.stderr
    );
    // Why there is no session is what the tool says.
    let ran = aws(tool, &[], &["sts", "get-caller-identity", "--profile", "globex/production"]);
    assert!(
        ran.stderr.contains("may not assume arn:aws:iam::222222222203:role/TenkoReadOnly"),
        "{}",
        ran.stderr
    );
    assert_ne!(ran.code, Some(0));
    // Taken out again, the file is what it was.
    tool.ends(0, &["profiles", "--remove"]);
    assert_eq!(std::fs::read_to_string(&config).unwrap(), before);
}

fn exec(tool: &Tool) {
    let ran = tool.ends(0, &["exec", "acme/staging", "--", "aws", "sts", "get-caller-identity"]);
    assert_eq!((at(&ran.json(), "/Account"), at(&ran.json(), "/Arn")), ("222222222201", STAGING));
    assert!(ran.stderr.contains("not proven: "), "{}", ran.stderr);
    let ran = tool.ends(0, &["exec", "acme/production", "--", "python", "-c", BOTO3]);
    assert_eq!(ran.stdout, format!("env {PRODUCTION} eu-central-1\n"));
    assert!(ran.stderr.starts_with("PRODUCTION\n"), "{}", ran.stderr);
}

/// The endpoint for containers, which boto3 asks again and again.
fn servers(tool: &Tool) {
    let ran = tool.ends(0, &["exec", "--server", "acme/staging", "--", "python", "-c", BOTO3]);
    assert_eq!(ran.stdout, format!("container-role {STAGING} eu-central-1\n"));

    let mut server = tool.spawn(&["server", "acme/production", "--shell", "bash"]);
    let mut said = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.contains("serving until Ctrl-C")));
    // A shell that takes over what the server says, up to where it goes on to serve.
    let mut exports = String::new();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
    while !exports.contains("TENKO_STAGE=") {
        exports.push_str(&lines.next().unwrap());
        exports.push('\n');
    }
    assert!(!exports.contains("AWS_SECRET_ACCESS_KEY="), "{exports}");
    let ask = |exports: &str| -> Ran {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("{exports}\npython -c \"$SCRIPT\""));
        for (name, value) in tool.command(&[]).get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        shell.env("SCRIPT", BOTO3).output().unwrap().into()
    };
    let ran = ask(&exports);
    assert_eq!(ran.stdout, format!("container-role {PRODUCTION} eu-central-1\n"), "{}", ran.stderr);
    // Without its token nobody gets anything.
    let word = |start: &str| {
        let from = exports.split_once(start).unwrap().1;
        from.split(['\n', '\'', '"', ';']).find(|part| !part.is_empty()).unwrap().to_owned()
    };
    let token = word("AWS_CONTAINER_AUTHORIZATION_TOKEN=");
    let ran = ask(&exports.replace(&token, &"x".repeat(token.len())));
    assert!(!ran.stdout.contains("arn:") && ran.code != Some(0), "{}", ran.stdout);
    // Ctrl-C ends it well.
    let id = server.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

/// One command in several accounts, of which one has no role.
fn each(tool: &Tool) {
    let command = ["--", "aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    let places = ["exec", "--each", "acme/*", "globex/production"];
    let ran = tool.ends(1, &[&places[..], &command].concat());
    let mut lines: Vec<_> = ran.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [format!("acme/production   | {PRODUCTION}"), format!("acme/staging      | {STAGING}")]
    );
    assert!(
        ran.stderr.contains(
            "failed: globex/production: arn:aws:iam::123456789012:user/mika may not assume"
        ),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.ends_with("2 of 3 succeeded\n"), "{}", ran.stderr);

    let json = |jobs: &str| {
        let args = [&places[..], &["--jobs", jobs, "--format", "json"], &command].concat();
        tool.ends(1, &args).json()
    };
    let one = json("1");
    assert_eq!(one, json("8"));
    assert_eq!((&one["succeeded"], &one["failed"]), (&json!(2), &json!(1)));
    let rows = one["environments"].as_array().unwrap();
    let told: Vec<_> =
        rows.iter().map(|row| (at(row, "/scope"), at(row, "/stdout").trim())).collect();
    assert_eq!(
        told,
        [("222222222201", STAGING), ("222222222202", PRODUCTION), ("222222222203", "")]
    );
    assert_eq!((&rows[0]["exit_code"], &rows[0]["error"]), (&json!(0), &Value::Null));
    assert!(
        rows[2]["exit_code"].is_null() && at(&rows[2], "/error").contains("may not assume"),
        "{one}"
    );
    // A command that fails somewhere is named with its code, and all of them succeeding is success.
    let sometimes = "test $TENKO_STAGE = staging || exit 9";
    let ran = tool.ends(1, &["exec", "--each", "acme/*", "--", "sh", "-c", sometimes]);
    assert!(ran.stderr.contains("failed: acme/production: exit code 9"), "{}", ran.stderr);
    tool.ends(0, &["exec", "--each", "tenant=acme", "--", "true"]);
}

/// Where the emulator lets a session write, since it forgot the policies that came with it.
fn roles_that_write(tool: &Tool) {
    let before = kept(tool).len();
    let args = ["credentials", "initech/production"];
    tool.fails(&["NOT read-only: ec2:CreateVpc permitted", "do not use this endpoint"], &args);
    tool.fails(&["is not read-only"], &["exec", "initech/production", "--", "echo", "ran"]);
    // Unless the manifest says so, what cannot be proven is not used either.
    tool.write("tenants.yaml", MANIFEST.replace("unproven: allow, ", "unproven: refuse, "));
    let args = ["credentials", "acme/staging", "--fresh"];
    tool.fails(&["could not be proven", "AccessDenied", "unproven: allow"], &args);
    assert_eq!(kept(tool).len(), before);
}
