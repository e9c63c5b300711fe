//! What a child's environment gets, and what it loses.
//!
//! A child is to see the session that it was given and no other way in: the variables that lead to
//! other credentials are removed, the machine's own identity (metadata servers) is shut out, and on
//! Google Cloud, whose tools look into the home folder before they ask, the folder is another one.
//! What an AWS child names by itself (`--profile admin`) is its own doing: the files stay readable.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::process::Command;

use jiff::Timestamp;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::session::{ReadOnlySession, Secrets};

/// Ways to credentials of AWS other than the session, and names that would be wrong in it.
/// Sources: the environment variables of botocore, the AWS SDKs (`AWS_ACCESS_KEY` and
/// `AWS_SECRET_KEY` are Java's second names), boto 2 and the peers' own.
const AWS: &[&str] = &[
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_ACCOUNT_ID",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_SESSION_TOKEN",
    "AWS_SSO",
    "AWS_VAULT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

/// The same for Google Cloud: gcloud, the client libraries and Terraform.
const GOOGLE: &[&str] = &[
    "BOTO_PATH",
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
    "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT",
    "CLOUDSDK_CORE_ACCOUNT",
    "CLOUDSDK_CORE_PROJECT",
    "GCLOUD_KEYFILE_JSON",
    "GCLOUD_PROJECT",
    "GCP_PROJECT",
    "GOOGLE_API_KEY",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_BACKEND_CREDENTIALS",
    "GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT",
    "GOOGLE_CLOUD_KEYFILE_JSON",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_GHA_CREDS_PATH",
    "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "GOOGLE_PROJECT",
];

/// What lets one in where tenko itself starts: the key to its cached sessions, and the tokens that
/// build services give for becoming a role. With one of them a child could get any other session.
const ROOTS: &[&str] = &[
    "TENKO_CACHE_KEY",
    crate::aws::TOKEN_VARIABLE,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "BITBUCKET_STEP_OIDC_TOKEN",
    "CI_JOB_JWT",
    "CI_JOB_JWT_V1",
    "CI_JOB_JWT_V2",
    "CIRCLE_OIDC_TOKEN",
    "CIRCLE_OIDC_TOKEN_V2",
    "SPACELIFT_OIDC_TOKEN",
    "SYSTEM_OIDCREQUESTURI",
];

/// What the session before left, where one runs inside another.
const OURS: &[&str] = &["TENKO_ENVIRONMENT", "TENKO_EXPIRES", "TENKO_LEVELS", "TENKO_STAGE"];

/// Families whose members nobody can list: what begins like this is removed where it is inherited.
const FAMILIES: &[&str] = &[
    "AWSUME_",
    "AWS_BEARER_TOKEN_",
    "AWS_CONTAINER_",
    "AWS_SSO_",
    "AWS_VAULT_",
    "CLOUDSDK_AUTH_",
    "GCE_METADATA_",
    "SAML2AWS_",
    "TFC_WORKLOAD_IDENTITY_TOKEN",
];

/// Keeps the machine's own identity out. AWS's SDKs know one variable for it. Google's libraries know
/// several: Python and Java `NO_GCE_CHECK`, Node.js `METADATA_SERVER_DETECTION`, gcloud its property;
/// Go and Rust always ask, so they are sent to a port of this machine where nobody listens.
const SHUT: &[(&str, &str)] = &[
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("CLOUDSDK_CORE_CHECK_GCE_METADATA", "false"),
    ("GCE_METADATA_HOST", "127.0.0.1:1"),
    ("GCE_METADATA_IP", "127.0.0.1:1"),
    ("GCE_METADATA_ROOT", "127.0.0.1:1"),
    ("METADATA_SERVER_DETECTION", "none"),
    ("NO_GCE_CHECK", "true"),
];

/// How a child's environment differs from its parent's.
pub struct Changes {
    /// Variables with their values, each name once.
    pub set: Vec<(String, Zeroizing<String>)>,
    /// Variables that must not be there; none of them is in `set`.
    pub remove: Vec<String>,
    /// A folder (0700) that variables point into. It goes with this value, so it must outlive the
    /// child; whoever prints the variables for later has to keep it.
    pub folder: Option<TempDir>,
}

impl Changes {
    /// What a variable is set to.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.set.iter().find(|(set, _)| set == name);
        value.map(|(_, value)| value.as_str())
    }

    /// Prepares a command; everything else it inherits.
    pub fn apply(&self, command: &mut Command) {
        for name in &self.remove {
            command.env_remove(name);
        }
        for (name, value) in &self.set {
            command.env(name, value.as_str());
        }
    }

    pub(crate) fn put(&mut self, name: &str, value: impl Into<String>) {
        self.set.push((name.to_owned(), Zeroizing::new(value.into())));
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.set.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Changes")
            .field("set", &names)
            .field("remove", &self.remove)
            .finish_non_exhaustive()
    }
}

/// What undoes [`changes`] in a shell that took them over: the names of all that they may set. What the shell had
/// before is not known.
pub fn undone() -> Changes {
    let shut = SHUT.iter().map(|(name, _)| *name);
    let settings = [
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_SHARED_CREDENTIALS_FILE",
        "BOTO_CONFIG",
        "CLOUDSDK_CONFIG",
    ];
    let known = [AWS, GOOGLE, OURS].into_iter().flatten().copied();
    let mut remove: Vec<String> = known.chain(shut).chain(settings).map(str::to_owned).collect();
    remove.push("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING".to_owned());
    remove.sort();
    Changes { set: Vec::new(), remove, folder: None }
}

/// The environment of a child that gets the credentials themselves.
///
/// # Errors
/// Where no folder can be made for gcloud's configuration.
pub fn changes(session: &ReadOnlySession) -> io::Result<Changes> {
    changes_over(session, &inherited())
}

/// The environment of a child that outlives its credentials and asks for fresh ones at the endpoint
/// that [`serve`](crate::server::serve) answers, with its token.
///
/// The SDKs ask an endpoint only after the shared files, so a `default` profile would win: the child
/// has files of its own, without any profile. Settings that it should have go into its variables.
///
/// # Errors
/// Where no folder can be made, and for a session of Google Cloud, whose clients know no such endpoint.
pub fn changes_for_server(
    session: &ReadOnlySession,
    address: SocketAddr,
    token: &str,
) -> io::Result<Changes> {
    let Secrets::Aws { .. } = session.secrets() else {
        let reason = "only AWS clients can ask an endpoint for credentials";
        return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
    };
    let folder = folder()?;
    let mut changes = Changes { set: Vec::new(), remove: Vec::new(), folder: None };
    changes.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://{address}/credentials"));
    changes.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", token);
    for (name, file) in
        [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")]
    {
        let path = folder.path().join(file);
        std::fs::write(&path, "")?;
        changes.put(name, text(&path)?);
    }
    changes.folder = Some(folder);
    aws(&mut changes, session);
    common(&mut changes, session, &inherited());
    Ok(changes)
}

/// The names of this process's own variables.
fn inherited() -> Vec<String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
}

/// [`changes`] for a parent with these variables.
pub(crate) fn changes_over(session: &ReadOnlySession, inherited: &[String]) -> io::Result<Changes> {
    let mut changes = Changes { set: Vec::new(), remove: Vec::new(), folder: None };
    let expires = stamp(session.expires());
    match session.secrets() {
        Secrets::Aws { access_key_id, secret_access_key, session_token } => {
            changes.put("AWS_ACCESS_KEY_ID", access_key_id);
            changes.put("AWS_SECRET_ACCESS_KEY", secret_access_key);
            changes.put("AWS_SESSION_TOKEN", session_token);
            changes.put("AWS_CREDENTIAL_EXPIRATION", expires.as_str());
            aws(&mut changes, session);
        }
        Secrets::Google { access_token } => google(&mut changes, session, access_token)?,
    }
    changes.put("TENKO_EXPIRES", expires);
    common(&mut changes, session, inherited);
    Ok(changes)
}

fn aws(changes: &mut Changes, session: &ReadOnlySession) {
    // A credential of the SDKs knows its account, and endpoints are made from it.
    changes.put("AWS_ACCOUNT_ID", session.target().scope.id.as_str());
    if let Some(region) = session.region() {
        changes.put("AWS_REGION", region);
        changes.put("AWS_DEFAULT_REGION", region);
    }
}

fn google(changes: &mut Changes, session: &ReadOnlySession, access_token: &str) -> io::Result<()> {
    let folder = folder()?;
    let project = session.target().scope.id.as_str();
    changes.put("CLOUDSDK_AUTH_ACCESS_TOKEN", access_token);
    // Terraform's provider and its backend.
    changes.put("GOOGLE_OAUTH_ACCESS_TOKEN", access_token);
    changes.put("CLOUDSDK_CONFIG", text(folder.path())?);
    changes.put("CLOUDSDK_CORE_PROJECT", project);
    changes.put("GOOGLE_CLOUD_PROJECT", project);
    changes.put("GOOGLE_PROJECT", project);
    // A configuration that is new each time has forgotten what its owner said to this.
    changes.put("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true");
    // Go's libraries look for the person's own credentials in the home folder whatever
    // CLOUDSDK_CONFIG says, gsutil in ~/.boto. A file that is named and is not there ends the search.
    let none = folder.path().join("a-read-only-session-has-no-application-default-credentials");
    changes.put("GOOGLE_APPLICATION_CREDENTIALS", text(&none)?);
    changes.put("BOTO_CONFIG", text(&folder.path().join("boto"))?);
    changes.folder = Some(folder);
    Ok(())
}

fn common(changes: &mut Changes, session: &ReadOnlySession, inherited: &[String]) {
    let target = session.target();
    changes.put("TENKO_ENVIRONMENT", target.label());
    changes.put("TENKO_STAGE", target.stage.as_str());
    let levels: Vec<&str> = session.levels().iter().map(|level| level.as_str()).collect();
    if !levels.is_empty() {
        changes.put("TENKO_LEVELS", levels.join(","));
    }
    for (name, value) in SHUT {
        changes.put(name, *value);
    }
    let known = [AWS, GOOGLE, ROOTS, OURS].into_iter().flatten().map(|name| (*name).to_owned());
    let family = |name: &str| {
        FAMILIES.iter().any(|family| {
            let start = name.as_bytes().get(..family.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(family.as_bytes()))
        })
    };
    let relatives = inherited.iter().filter(|name| family(name)).cloned();
    let mut remove: Vec<String> = known.chain(relatives).collect();
    remove.retain(|name| changes.get(name).is_none());
    remove.sort();
    remove.dedup();
    changes.remove = remove;
}

/// A folder that only the user can look into.
pub(crate) fn folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("tenko-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

/// A path as a variable's value.
fn text(path: &std::path::Path) -> io::Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidFilename,
            "the folder for temporary files has a name that is not text",
        )
    })
}

/// A time as the SDKs read it: whole seconds, UTC.
pub(crate) fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
pub(crate) mod tests;
