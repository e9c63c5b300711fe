use std::time::Duration;

use super::Environment;

/// The variable that says where the metadata server is: a host, with a port where it is not 80.
pub(super) const METADATA_HOST: &str = "GCE_METADATA_HOST";

/// The project of the machine, pod or job that this runs on; none where there is no metadata server.
pub(super) async fn of_metadata_server(environment: &Environment) -> Option<String> {
    let project = ask(environment, "project/project-id").await?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.');
    project.chars().all(fits).then_some(project)
}

/// The address of the service account that this runs as; none where there is no metadata server.
pub(super) async fn account_of_metadata_server(environment: &Environment) -> Option<String> {
    let account = ask(environment, "instance/service-accounts/default/email").await?;
    super::is_account(&account).then_some(account)
}

/// A short text of the metadata server, trimmed and not empty.
async fn ask(environment: &Environment, path: &str) -> Option<String> {
    let host = environment.get(METADATA_HOST);
    let host = host.unwrap_or_else(|| "metadata.google.internal".to_owned());
    // Next to the machine, or not there at all: its name does not even resolve elsewhere.
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(3))
        .build()
        .ok()?;
    let url = format!("http://{host}/computeMetadata/v1/{path}");
    let answer = client.get(url).header("Metadata-Flavor", "Google").send().await.ok()?;
    if !answer.status().is_success() || !answer.headers().contains_key("Metadata-Flavor") {
        return None;
    }
    let text = answer.text().await.ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
