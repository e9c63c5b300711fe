//! Credential files that lead to the server.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::methods::methods;
use super::server::SimGoogle;
use super::tokens;

/// The principal of [`adc_json`].
pub const AUDITOR: &str = "auditor@acme.example";

/// Application default credentials (`authorized_user`) of [`AUDITOR`].
pub fn adc_json(cloud: &SimGoogle) -> Value {
    adc_json_of(cloud, AUDITOR)
}

/// The same of another principal.
pub fn adc_json_of(cloud: &SimGoogle, principal: &str) -> Value {
    json!({
        "type": "authorized_user",
        "client_id": "sim.apps.googleusercontent.com",
        "client_secret": "sim",
        "refresh_token": tokens::refresh_token(principal),
        "token_uri": format!("{}/token", cloud.url()),
    })
}

/// Workload identity federation (`external_account`) with a token in a file. Its principal is
/// `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/…`
/// with what the file holds.
pub fn external_account_json(cloud: &SimGoogle, token_file: &Path) -> Value {
    json!({
        "type": "external_account",
        "audience":
            "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("{}/v1/token", cloud.url()),
        "credential_source": { "file": token_file },
    })
}

/// The environment variables that lead whoever honours gcloud's own settings to the server: one
/// for each of its services, `CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE`.
pub fn endpoint_variables(cloud: &SimGoogle) -> BTreeMap<String, String> {
    // Cloud Storage is asked over gRPC, which no path of REST names.
    let services = methods().map(|method| method.service).chain(["storage"]);
    let names = services.map(|service| match service {
        // As gcloud calls it.
        "sqladmin" => "sql",
        service => service,
    });
    let variable = |name: &str| format!("CLOUDSDK_API_ENDPOINT_OVERRIDES_{}", name.to_uppercase());
    names.map(|name| (variable(name), cloud.url())).collect()
}
