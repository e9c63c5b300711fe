//! Logins to projects of Google Cloud.

use tenko_testkit::google::{Project, SimGoogle, World};

use super::{entries, kept};
use crate::projects::{self, ACME};
use crate::tool::Tool;

const MANIFEST: &str = "version: 1
tenants: { acme: { environments: { production: { scopes: [\"gcp:acme-prod\"] } } } }
";
const ACCOUNT: &str = "tenko-login@acme-prod.iam.gserviceaccount.com";

async fn serve() -> (SimGoogle, Tool) {
    let cloud = SimGoogle::start(World::default().with(Project::new(ACME, "1001"))).await.unwrap();
    let tool = Tool::new().env("TENKO_CACHE_KEY", super::CACHE_KEY).env("PATH", "/usr/bin:/bin");
    let tool = projects::led_to(&cloud, tool);
    tool.write("tenants.yaml", MANIFEST);
    (cloud, tool)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_becomes_the_service_account_and_nobody_else() {
    let (cloud, tool) = serve().await;
    let ran = tool.ends(0, &["exec", "acme/production", "--", "env"]);
    let value = |name: &str| {
        let start = format!("{name}=");
        ran.stdout.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default().to_owned()
    };
    let token = value("CLOUDSDK_AUTH_ACCESS_TOKEN");
    assert!(!token.is_empty() && value("GOOGLE_OAUTH_ACCESS_TOKEN") == token, "{}", ran.stdout);
    assert_eq!(value("CLOUDSDK_CORE_PROJECT"), ACME);
    assert_eq!(value("TENKO_ENVIRONMENT"), "acme/production");
    // Not the person's own, nor the person's own configuration.
    let adc = tool.home().join("adc.json");
    assert_ne!(value("GOOGLE_APPLICATION_CREDENTIALS"), adc.display().to_string());
    let config = value("CLOUDSDK_CONFIG");
    assert!(
        !config.is_empty() && !config.starts_with(&tool.home().display().to_string()),
        "{config}"
    );
    assert!(!std::path::Path::new(&config).exists(), "the folder goes with the command");
    assert!(ran.stderr.contains(ACCOUNT) && ran.stderr.contains("PRODUCTION"), "{}", ran.stderr);

    let [given] = <[_; 1]>::try_from(cloud.impersonations()).unwrap();
    assert_eq!((given.account.as_str(), given.caller.as_str()), (ACCOUNT, "auditor@acme.example"));
    assert!(
        given.scopes.iter().any(|scope| scope.ends_with("/auth/cloud-platform.read-only")),
        "{given:?}"
    );
    assert!(given.scopes.iter().all(|scope| !scope.ends_with("/auth/cloud-platform")), "{given:?}");
    // What is kept is used again.
    tool.ends(0, &["exec", "acme/production", "--", "true"]);
    assert_eq!((cloud.impersonations().len(), kept(&tool).len()), (1, 1));
    assert!(cloud.writes().is_empty());
    let log = entries(&tool);
    assert_eq!(log[0]["identity"], ACCOUNT);
    assert!(log[0]["proof"].as_str().unwrap().starts_with("read-only: "), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_do_more_is_not_used() {
    for permission in
        ["compute.instances.delete", "storage.objects.get", "resourcemanager.projects.setIamPolicy"]
    {
        let (cloud, tool) = serve().await;
        cloud.update(|world| {
            let granted = &mut world.project_mut(ACME).unwrap().granted;
            granted.insert(ACCOUNT.to_owned(), vec![permission.to_owned()]);
        });
        let ran = tool.fails(
            &["may do more than look", permission, "take away"],
            &["credentials", "acme/production"],
        );
        assert!(kept(&tool).is_empty(), "{}", ran.stderr);
        assert_eq!(entries(&tool)[0]["event"], "refused");
        assert!(cloud.writes().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_google_cloud_has_not() {
    let (cloud, tool) = serve().await;
    tool.fails(
        &["sessions cannot be widened to data", "leave --with out"],
        &["credentials", "acme/production", "--with", "logs"],
    );
    assert!(cloud.impersonations().is_empty());
    tool.fails(&["console"], &["console", "acme/production", "--print"]);
    tool.fails(&["only AWS clients"], &["exec", "--server", "acme/production", "--", "true"]);
    tool.fails(&["AWS account"], &["profiles", "--write"]);
}
