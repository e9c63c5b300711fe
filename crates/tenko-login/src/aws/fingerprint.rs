//! What decides where the caller's credentials come from, without asking: sessions that were made from others must not be
//! taken for those of these. Names of variables, ids, addresses and hashes, never secrets; it is hashed once more.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use tenko_aws::SourceSettings;

/// Variables that choose who is asked for credentials, and which ones.
const NAMES: [&str; 17] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "HOME",
    "USERPROFILE",
];

/// The endpoints of single services begin with it too: who answers, and who says that a session cannot write.
const ENDPOINTS: &str = "AWS_ENDPOINT_URL";

/// Identities of pipelines and containers: of two jobs on one machine, one may not be trusted with what the other is.
/// They are secrets, of which only a hash goes in.
const IDENTITIES: [&str; 4] = [
    "TENKO_ID_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// Of the environment and the settings.
pub(crate) fn fingerprint(settings: &SourceSettings) -> String {
    let text = format!("{:?} {:?}", settings.profile, settings.endpoint_url);
    text + &of_variables(std::env::vars_os())
}

/// Of what a session has beside: the region that it is given with, and the files that profiles and tokens stand in.
/// Whoever writes them anew may lead a profile somewhere else, or be somebody else.
pub(crate) fn fingerprint_of_files() -> String {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let mut text = String::new();
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        text.push_str(&format!("\n{name}={:?}", variable(name)));
    }
    let usual = |name: &str| Some(std::env::home_dir()?.join(".aws").join(name));
    let named = |name: &str| variable(name).map(PathBuf::from);
    let files = [
        named("AWS_CONFIG_FILE").or_else(|| usual("config")),
        named("AWS_SHARED_CREDENTIALS_FILE").or_else(|| usual("credentials")),
        named("AWS_WEB_IDENTITY_TOKEN_FILE"),
    ];
    for file in files {
        text.push_str(&format!("\n{:?}", file.as_deref().map(stamp)));
    }
    text
}

/// How long a file is and when it was last written. Not what it holds: a pipe gives that only once.
fn stamp(path: &std::path::Path) -> Option<(u64, Option<std::time::SystemTime>)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

fn of_variables(all: impl Iterator<Item = (OsString, OsString)>) -> String {
    let mut lines: Vec<String> = all
        .filter_map(|(name, value)| {
            let name = name.to_str()?;
            if NAMES.contains(&name) || name.starts_with(ENDPOINTS) {
                Some(format!("\n{name}={value:?}"))
            } else if IDENTITIES.contains(&name) {
                Some(format!("\n{name}={}", hash(&value)))
            } else {
                None
            }
        })
        .collect();
    lines.sort();
    lines.concat()
}

fn hash(value: &OsStr) -> String {
    blake3::hash(value.as_encoded_bytes()).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> String {
        of_variables(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn another_source_or_server_is_another_one_and_no_secret_shows() {
        let one = [("HOME", "/h"), ("AWS_ACCESS_KEY_ID", "AKIA1")];
        for (name, value) in [
            ("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:1"),
            ("TENKO_ID_TOKEN", "a.b.c"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "s3cret"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "s3cret"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/t"),
        ] {
            let more = of(&[one[0], one[1], (name, value)]);
            assert_ne!(more, of(&one), "{name}");
            assert_ne!(more, of(&[one[0], one[1], (name, "other")]), "{name}");
            assert!(!more.contains("s3cret") && !more.contains("a.b.c"), "{more}");
        }
        assert_eq!(of(&[one[1], ("LANG", "C"), one[0], ("AWS_SECRET_ACCESS_KEY", "s")]), of(&one));
    }

    #[test]
    fn a_file_that_was_written_anew_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        assert_eq!(stamp(&path), None);
        std::fs::write(&path, "[profile a]\nrole_arn = x").unwrap();
        let before = stamp(&path).unwrap();
        assert_eq!(stamp(&path).unwrap(), before);
        std::fs::write(&path, "[profile a]\nrole_arn = xy").unwrap();
        assert_ne!(stamp(&path).unwrap(), before);
    }
}
