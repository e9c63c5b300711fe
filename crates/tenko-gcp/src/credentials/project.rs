use std::time::Duration;

use super::Environment;

/// The variable that says where the metadata server is: a host, with a port where it is not 80.
pub(super) const METADATA_HOST: &str = "GCE_METADATA_HOST";

/// The project of the machine, pod or job that this runs on; none where there is no metadata server.
pub(super) async fn of_metadata_server(environment: &Environment) -> Option<String> {
    let host = environment.get(METADATA_HOST);
    let host = host.unwrap_or_else(|| "metadata.google.internal".to_owned());
    // Next to the machine, or not there at all: its name does not even resolve elsewhere.
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(3))
        .build()
        .ok()?;
    let url = format!("http://{host}/computeMetadata/v1/project/project-id");
    let answer = client.get(url).header("Metadata-Flavor", "Google").send().await.ok()?;
    if !answer.status().is_success() || !answer.headers().contains_key("Metadata-Flavor") {
        return None;
    }
    let project = answer.text().await.ok()?;
    let project = project.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.');
    (!project.is_empty() && project.chars().all(fits)).then(|| project.to_owned())
}
