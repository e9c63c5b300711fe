//! `tenko doctor` on Google Cloud, end to end: the binary against a simulated one, which checks who asks for what.

use serde_json::{Value, json};
use tenko_testkit::google::{AUDITOR, Project, Resource, SimGoogle, World};

use crate::projects::led_to;
use crate::tool::{Ran, Tool};

const MANIFEST: &str = r#"version: 1
login: { ticket: required }
tenants:
  acme:
    environments:
      production: { scopes: ["gcp:acme-prod"] }
      staging: { stage: staging, scopes: ["gcp:acme-stage"] }
"#;

fn policy(bindings: &[(&str, &str)]) -> Value {
    let one = |(role, member): &(&str, &str)| json!({ "role": role, "members": [member] });
    json!({ "version": 1, "etag": "BwX", "bindings": bindings.iter().map(one).collect::<Value>() })
}

fn login(project: &str) -> String {
    format!("tenko-login@{project}.iam.gserviceaccount.com")
}

/// A project as `tenko bootstrap` makes it.
fn project(id: &str, number: &str) -> Project {
    let email = login(id);
    let account = json!({
        "name": format!("projects/{id}/serviceAccounts/{email}"),
        "email": email, "uniqueId": format!("{number}1"), "projectId": id,
    });
    let caller = format!("user:{AUDITOR}");
    let on_account = policy(&[
        ("roles/iam.serviceAccountTokenCreator", &caller),
        ("roles/iam.serviceAccountViewer", &caller),
    ]);
    let account = Resource::new("iam.googleapis.com/ServiceAccount", account).policy(on_account);
    let mut project = Project::new(id, number).with(account);
    let me = format!("serviceAccount:{email}");
    project.iam_policy = Some(policy(&[("roles/browser", &me), ("roles/cloudasset.viewer", &me)]));
    project
}

async fn serve() -> (SimGoogle, Tool) {
    let world =
        World::default().with(project("acme-prod", "1001")).with(project("acme-stage", "1002"));
    let cloud = SimGoogle::start(world).await.unwrap();
    let tool = led_to(&cloud, Tool::new());
    tool.write("tenants.yaml", MANIFEST);
    (cloud, tool)
}

fn doctor(tool: &Tool, code: i32, more: &[&str]) -> Ran {
    let trust = format!("user:{AUDITOR}");
    tool.ends(code, &[&["doctor", "--trust", &trust], more].concat())
}

/// The codes of what was found of the service account of a project.
fn found<'a>(document: &'a Value, project: &str) -> Vec<&'a str> {
    let all = document["checked"].as_array().unwrap();
    let one = all.iter().find(|one| one["subject"] == login(project).as_str()).unwrap();
    one["remarks"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_bootstrap_makes_is_well_and_what_is_not_is_named() {
    let (cloud, tool) = serve().await;
    let ran = doctor(&tool, 0, &[]);
    assert_eq!(ran.text().matches("good").count(), 2, "{}", ran.stdout);
    assert!(cloud.writes().is_empty());
    let reasons: Vec<_> = cloud.log().into_iter().filter_map(|seen| seen.reason).collect();
    assert!(!reasons.is_empty() && reasons.iter().all(|one| one == "tenko doctor"), "{reasons:?}");

    // One that may too much: no login is given, and the rest is looked at all the same. What was good before counts no
    // more.
    cloud.update(|world| {
        let staging = world.project_mut("acme-stage").unwrap();
        staging.granted.insert(
            login("acme-stage"),
            vec!["resourcemanager.projects.*".to_owned(), "logging.logEntries.list".to_owned()],
        );
        let me = format!("serviceAccount:{}", login("acme-stage"));
        staging.iam_policy = Some(policy(&[
            ("roles/browser", &me),
            ("roles/cloudasset.viewer", &me),
            ("roles/iam.securityReviewer", &me),
        ]));
    });
    let ran = doctor(&tool, 2, &["--format", "json"]);
    let document = ran.json();
    assert_eq!(found(&document, "acme-prod"), [""; 0]);
    assert_eq!(found(&document, "acme-stage"), ["login_too_much", "role_reads_data"]);
    assert!(!ran.stdout.contains("ya29") && !ran.stderr.contains("ya29"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_not_well() {
    let (cloud, tool) = serve().await;
    cloud.update(|world| {
        world.impersonators = Some([].into());
        world.project_mut("acme-prod").unwrap().disabled_apis.insert("iam".to_owned());
        world.project_mut("acme-stage").unwrap().resources.clear();
    });
    let document = doctor(&tool, 2, &["--format", "json"]).json();
    let production = found(&document, "acme-prod");
    assert_eq!(production, ["login_fails", "unread", "unread", "unread"]);
    assert_eq!(found(&document, "acme-stage"), ["absent"]);
    let document = doctor(&tool, 3, &["acme/production", "--format", "json"]).json();
    assert!(document.to_string().contains("iam.googleapis.com is not enabled"), "{document}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_trusted_by_guessing() {
    let (cloud, tool) = serve().await;
    let ran = tool.ends(3, &["doctor"]);
    assert!(ran.stdout.contains("--trust group:"), "{}", ran.stdout);
    assert!(cloud.log().is_empty());
}
