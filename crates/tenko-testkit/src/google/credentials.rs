//! Credential files that lead to the server.

use std::path::Path;

use serde_json::{Value, json};

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
