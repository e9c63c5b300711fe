//! `tenko notify`: who is told, once, and with what.

use super::web::Web;
use super::{flat, latest, runs, toured, toured_with};
use crate::clouds;
use crate::tool::{Ran, Tool, at, list};

/// Whoever knows it can post.
const SECRET: &str = "T0000-B0000-do-not-show-me";
const TOKEN: &str = "ghp_right-do-not-show-me";

fn silent(ran: &Ran) {
    for secret in [SECRET, TOKEN] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{ran:?}");
    }
}

fn webhook(web: &Web) -> String {
    format!("{}/services/{SECRET}", web.url)
}

#[test]
fn a_channel_is_told_once_of_a_run() {
    let web = Web::slack();
    let tool = toured_with(Tool::new().env("TENKO_SLACK_WEBHOOK", &webhook(&web)));
    let told = |args: &[&str], says: &str| {
        let ran = tool.ends(0, &[&["notify", "slack"], args].concat());
        assert_eq!(ran.stdout, format!("TENKO_SLACK_WEBHOOK: {says}\n"));
        silent(&ran);
        web.taken().len()
    };
    let again = "was told of this run already";
    assert_eq!(told(&[], "told"), 1);
    assert_eq!(told(&[], again), 0);
    assert_eq!(told(&["--again"], "told"), 1);
    assert_eq!(told(&[], again), 0);
    // Of another run it was not told.
    let first = runs(&tool).remove(1);
    assert_eq!(told(&[&first], "told"), 1);
    assert_eq!(told(&[&first], again), 0);
    // A run that is in a file is the same run.
    tool.write("report.json", tool.ends(2, &["report", "--format", "json"]).stdout);
    assert_eq!(told(&["report.json"], again), 0);
    // Where nothing is kept, nobody knows.
    assert_eq!(told(&["report.json", "--history", "none"], "told"), 1);

    tool.ends(0, &["demo", "-q", "--out", "."]);
    assert_eq!(told(&[], "told"), 1, "the next run is news");
    let mut kept = Vec::new();
    super::read(&tool.path(".tenko"), std::path::Path::new(""), &mut kept);
    assert!(kept.iter().any(|(name, _)| name.starts_with("history/told")));
    for (name, bytes) in kept {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(SECRET) && !name.to_string_lossy().contains(SECRET), "{name:?}");
    }
}

#[test]
fn what_is_posted_is_what_the_format_is() {
    let web = Web::slack();
    let tool = toured_with(Tool::new().env("OTHER", &webhook(&web)));
    tool.ends(0, &["notify", "slack", "--webhook", "OTHER", "--lang", "ja"]);
    let taken = web.taken();
    assert_eq!(taken[0].line, format!("POST /services/{SECRET}"));
    assert!(taken[0].headers.contains("content-type: application/json"), "{}", taken[0].headers);
    let ran = tool.ends(2, &["report", "--format", "slack", "--lang", "ja"]);
    assert_eq!(taken[0].body, ran.json());
    assert!(at(&taken[0].body, "/text").contains("ドリフト"));

    // To see it, nobody needs the webhook.
    let tool = toured();
    let ran = tool.ends(0, &["notify", "slack", "--dry-run", "--lang", "ja"]);
    assert_eq!(ran.json(), taken[0].body);
    assert!(web.taken().is_empty());
    assert!(!tool.path(".tenko/history/told").exists(), "nobody was told");
}

#[test]
fn owners_are_told_of_what_is_theirs() {
    let web = Web::slack();
    let tool = Tool::new()
        .env("ALL_WEBHOOK", &format!("{}/all", web.url))
        .env("ACME_WEBHOOK", &format!("{}/acme", web.url))
        .env("NOBODY_WEBHOOK", &format!("{}/nobody", web.url));
    let tool = toured_with(tool);
    let manifest = tool.read("tenants.yaml");
    let report = "\nreport:\n  slack: ALL_WEBHOOK\n  owners:\n    \
                  acme-sre@example.com: { lang: ja, timezone: Asia/Tokyo, slack: ACME_WEBHOOK }\n    \
                  nobody@example.com: { slack: NOBODY_WEBHOOK }\n";
    tool.write("tenants.yaml", manifest.clone() + report);
    let ran = tool.ends(0, &["notify", "slack"]);
    assert_eq!(ran.stdout, "ALL_WEBHOOK: told\nACME_WEBHOOK: told\n");
    let taken = web.taken();
    let body = |path: &str| {
        let one = taken.iter().find(|one| one.line.ends_with(path)).unwrap();
        one.body.to_string()
    };
    assert_eq!(taken.len(), 2, "nobody is told that there is nothing of theirs");
    let (all, acme) = (body("/all"), body("/acme"));
    assert!(all.contains("DRIFT: 19 differences in 3 tenants"), "{all}");
    assert!(acme.contains("ドリフト") && acme.contains("1テナントで11件の差異"), "{acme}");
    assert!(acme.contains(" JST") && all.contains(" UTC"), "{acme}\n{all}");
    assert!(!acme.contains("initech"), "{acme}");

    // One that fails keeps no other from being told, and is told itself when it works again.
    let tool = tool.env("ALL_WEBHOOK", &format!("{}/404", web.url));
    let ran = tool.ends(1, &["notify", "slack", "--again"]);
    assert_eq!(ran.stdout, "ACME_WEBHOOK: told\n");
    assert!(ran.stderr.contains("Slack answers 404: no_service"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: the webhook was removed"), "{}", ran.stderr);
}

#[test]
fn a_webhook_that_is_none_or_fails_is_an_error_without_it() {
    let tool = toured();
    let nothing =
        ["the environment variable TENKO_SLACK_WEBHOOK holds no webhook", "--webhook NAME"];
    tool.fails(&nothing, &["notify", "slack"]);
    tool.fails(&["variable OTHER holds no webhook"], &["notify", "slack", "--webhook", "OTHER"]);
    let web = Web::slack();
    for (value, words) in [
        ("".to_owned(), &["holds no webhook"][..]),
        (" ".to_owned(), &["holds no webhook"]),
        (SECRET.to_owned(), &["nobody was told: the webhook is no https URL"]),
        (format!("http://example.com/{SECRET}"), &["the webhook is no https URL"]),
        (format!("file:///{SECRET}"), &["the webhook is no https URL"]),
        (format!("{}/{SECRET}/404", web.url), &["Slack answers 404", "make a new one"]),
        (format!("{}/{SECRET}/403", web.url), &["Slack answers 403", "make a new one"]),
        (format!("{}/{SECRET}/500", web.url), &["Slack answers 500"]),
    ] {
        let tool = toured_with(Tool::new().env("TENKO_SLACK_WEBHOOK", &value));
        silent(&tool.fails(words, &["notify", "slack"]));
        assert!(!tool.path(".tenko/history/told").exists(), "{value}: nobody was told");
    }
    assert_eq!(web.taken().len(), 3, "what may have been taken in is not sent again");
    tool.fails(&["no run `1999`"], &["notify", "slack", "1999"]);
    let ran = tool.ends(1, &["notify"]);
    assert!(ran.stderr.contains("Usage: tenko notify") && ran.stdout.is_empty(), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_issue_is_kept_and_closed_by_a_clean_run() {
    let web = Web::github();
    let (cloud, tool) = clouds::serve().await;
    let tool = tool
        .env("GITHUB_TOKEN", TOKEN)
        .env("GITHUB_API_URL", &web.url)
        .env("GITHUB_REPOSITORY", "acme/infrastructure");
    tool.ends(0, &["init", "--depth", "attributes"]);
    // What the rules find is another story, and a run that leaves rules out closes nothing.
    tool.write(
        "tenants.yaml",
        tool.read("tenants.yaml") + "\nrules: { settings: [{ rule: \"*\", severity: off }] }\n",
    );
    let audit = |code| tool.ends(code, &["audit", "-q"]);
    let keep = |says: &str, methods: &[&str]| {
        let ran = tool.ends(0, &["notify", "github"]);
        assert_eq!(ran.stdout, format!("{says}\n"));
        silent(&ran);
        let taken = web.taken();
        let methods_taken: Vec<_> =
            taken.iter().map(|one| one.line.split(' ').next().unwrap().to_owned()).collect();
        assert_eq!(methods_taken, methods, "{says}");
        taken.last().unwrap().body.clone()
    };
    audit(0);
    keep("all is well, and no issue is open", &["GET"]);
    clouds::change(&cloud);
    audit(2);
    let new = keep("made http://x/2", &["GET", "POST"]);
    assert_eq!(at(&new, "/title"), "tenko: 3 differences, 0 findings");
    assert_eq!(list(&new, "/labels"), ["tenko"]);
    let run = runs(&tool).remove(0);
    assert!(at(&new, "/body").contains(&format!("<!-- tenko:run={run} -->")), "{new}");
    assert!(at(&new, "/body").contains("data-vol-2") && at(&new, "/body").len() < 65_536);
    keep("http://x/2 tells of this run already", &["GET"]);
    audit(2);
    let update = keep("brought up to date: http://x/2", &["GET", "PATCH"]);
    assert!(update.get("state").is_none(), "{update}");
    // A run before that comes late changes nothing.
    let ran = tool.fails(&["tells of run", "which is later"], &["notify", "github", &run]);
    silent(&ran);
    web.taken();

    // What was not seen is no reason to close it.
    cloud.update(|world| *world = clouds::small());
    clouds::lock(&cloud, clouds::ACME);
    audit(3);
    let update = keep("brought up to date: http://x/2", &["GET", "PATCH"]);
    assert_eq!(at(&update, "/title"), "tenko: not everything could be observed");
    cloud.update(|world| *world = clouds::small());
    tool.drifts(0, &["audit", "-q"]);
    let ran = tool.ends(0, &["notify", "github"]);
    assert!(ran.stdout.contains("the issue stays as it is"), "only a part: {}", ran.stdout);
    assert!(web.taken().is_empty());
    audit(0);
    let closed = keep("closed http://x/2", &["GET", "PATCH"]);
    assert_eq!((at(&closed, "/state"), at(&closed, "/state_reason")), ("closed", "completed"));
    clouds::change(&cloud);
    audit(2);
    let update = keep("brought up to date: http://x/2", &["GET", "PATCH"]);
    assert_eq!(at(&update, "/state"), "open", "the same one is opened again");
}

#[test]
fn an_issue_that_cannot_be_kept_says_why() {
    let web = Web::github();
    let tool = toured();
    let words = ["no repository is named", "--repository OWNER/NAME"];
    tool.fails(&words, &["notify", "github"]);
    let at_acme = ["notify", "github", "--repository", "acme/infrastructure"];
    tool.fails(&["there is no token for GitHub", "GITHUB_TOKEN or GH_TOKEN"], &at_acme);
    let tool = |token: &str| {
        let tool = Tool::new().env("GH_TOKEN", token).env("GITHUB_API_URL", &web.url);
        toured_with(tool)
    };
    let wrong = tool("ghp_wrong");
    wrong.fails(&["GitHub answers 401: Bad credentials", "`issues: write`"], &at_acme);
    let right = tool(TOKEN);
    let elsewhere = ["notify", "github", "--repository", "acme/nothing"];
    silent(
        &right.fails(&["GitHub answers 404: Not Found", "the token may not see it"], &elsewhere),
    );
    let ran =
        toured_with(Tool::new().env("GH_TOKEN", TOKEN).env("GITHUB_API_URL", "http://example.com"))
            .fails(&["the address of GitHub's API is no https URL"], &at_acme);
    silent(&ran);

    // In the manifest, and in another language.
    let manifest = right.read("tenants.yaml");
    let github =
        "\nreport:\n  lang: ja\n  github: { repository: acme/infrastructure, label: drift }\n";
    right.write("tenants.yaml", manifest + github);
    web.taken();
    let dry = right.ends(0, &["notify", "github", "--dry-run", "--lang", "ja"]);
    assert!(web.taken().is_empty(), "nobody was asked");
    right.ends(0, &["notify", "github", "--lang", "ja"]);
    let new = web.taken().pop().unwrap();
    assert_eq!(list(&new.body, "/labels"), ["drift"]);
    assert_eq!(dry.stdout, format!("{}\n\n{}", at(&new.body, "/title"), at(&new.body, "/body")));
    assert!(new.headers.contains("x-github-api-version"), "{}", new.headers);
    assert!(flat(&dry.stdout).contains("ドリフト"), "{}", dry.stdout);
    assert_eq!(at(&latest(&right), "/summary/verdict"), "drift");
}
