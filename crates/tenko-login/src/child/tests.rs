use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Cloud, DataLevel, ScopeKey, Warning};

use super::*;
use crate::session::Keys;
use crate::target::Target;

pub(crate) fn target(cloud: Cloud, id: &str) -> Target {
    Target {
        tenant: "acme".to_owned(),
        tenant_name: "Acme".to_owned(),
        environment: "production".to_owned(),
        stage: "production".to_owned(),
        owner: None,
        scope: ScopeKey::new(cloud, id),
        name: None,
        tags: BTreeMap::new(),
        data: BTreeSet::new(),
        role: "TenkoReadOnly".to_owned(),
        external_id: None,
        impersonate: None,
        delegates: Vec::new(),
        warning: Warning::Banner,
        region: None,
        is_production: true,
    }
}

pub(crate) fn aws_session() -> ReadOnlySession {
    let keys = Keys::Aws {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret_access_key: "SECRET/+KEY".to_owned(),
        session_token: "SESSION//TOKEN==".to_owned(),
    };
    ReadOnlySession::sample(target(Cloud::aws(), "333333333301"), keys)
}

pub(crate) fn google_session() -> ReadOnlySession {
    let keys = Keys::Google { access_token: "ya29.SECRET".to_owned() };
    ReadOnlySession::sample(target(Cloud::gcp(), "acme-prod"), keys)
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn an_aws_child_gets_the_session_and_nothing_else() {
    let changes = changes_over(&aws_session(), &[]).unwrap();
    assert_eq!(changes.get("AWS_ACCESS_KEY_ID"), Some("ASIAEXAMPLE"));
    assert_eq!(changes.get("AWS_SECRET_ACCESS_KEY"), Some("SECRET/+KEY"));
    assert_eq!(changes.get("AWS_SESSION_TOKEN"), Some("SESSION//TOKEN=="));
    assert_eq!(changes.get("AWS_CREDENTIAL_EXPIRATION"), Some("1970-01-01T01:00:00Z"));
    assert_eq!(changes.get("AWS_REGION"), Some("eu-central-1"));
    assert_eq!(changes.get("AWS_DEFAULT_REGION"), Some("eu-central-1"));
    assert_eq!(changes.get("AWS_ACCOUNT_ID"), Some("333333333301"));
    assert_eq!(changes.get("AWS_EC2_METADATA_DISABLED"), Some("true"));
    assert_eq!(changes.get("TENKO_ENVIRONMENT"), Some("acme/production"));
    assert_eq!(changes.get("TENKO_STAGE"), Some("production"));
    assert_eq!(changes.get("TENKO_EXPIRES"), Some("1970-01-01T01:00:00Z"));
    assert_eq!(changes.get("TENKO_LEVELS"), None);
    assert!(changes.folder.is_none());
    for name in [
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_OAUTH_ACCESS_TOKEN",
        "TENKO_CACHE_KEY",
        "TENKO_ID_TOKEN",
        "TENKO_LEVELS",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    ] {
        assert!(changes.remove.iter().any(|removed| removed == name), "{name}");
    }
}

#[test]
fn without_a_region_the_parents_stays() {
    let session = aws_session().sample_with(|grant| grant.region = None);
    let changes = changes_over(&session, &names(&["AWS_REGION"])).unwrap();
    assert_eq!(changes.get("AWS_REGION"), None);
    assert!(!changes.remove.iter().any(|name| name.contains("REGION")));
}

#[test]
fn levels_are_named() {
    let session = aws_session()
        .sample_with(|grant| grant.levels = [DataLevel::Objects, DataLevel::Logs].into());
    let changes = changes_over(&session, &[]).unwrap();
    assert_eq!(changes.get("TENKO_LEVELS"), Some("logs,objects"));
}

#[test]
fn members_of_a_family_go_where_they_are_inherited() {
    let inherited = names(&[
        "AWS_BEARER_TOKEN_BEDROCK",
        "CLOUDSDK_AUTH_NEW_THING",
        "aws_container_x",
        "CLOUDSDK_PYTHON",
        "PATH",
        "é",
        "GCE_METADATA_HOST",
    ]);
    let changes = changes_over(&aws_session(), &inherited).unwrap();
    let removes = |name: &str| changes.remove.iter().any(|removed| removed == name);
    assert!(removes("AWS_BEARER_TOKEN_BEDROCK"));
    assert!(removes("CLOUDSDK_AUTH_NEW_THING"));
    assert!(removes("aws_container_x"));
    assert!(!removes("CLOUDSDK_PYTHON") && !removes("PATH") && !removes("é"));
    // It is set to nowhere instead.
    assert!(!removes("GCE_METADATA_HOST"));
}

#[test]
fn no_name_is_twice_and_none_is_both_set_and_removed() {
    for session in [aws_session(), google_session()] {
        let changes =
            changes_over(&session, &names(&["AWS_CONTAINER_CREDENTIALS_FULL_URI"])).unwrap();
        let set: BTreeSet<&String> = changes.set.iter().map(|(name, _)| name).collect();
        let removed: BTreeSet<&String> = changes.remove.iter().collect();
        assert_eq!(set.len(), changes.set.len());
        assert_eq!(removed.len(), changes.remove.len());
        assert!(set.is_disjoint(&removed));
    }
}

#[test]
fn a_google_child_finds_neither_configuration_nor_credentials_of_the_person() {
    let changes = changes_over(&google_session(), &[]).unwrap();
    let folder = changes.folder.as_ref().unwrap().path().to_owned();
    assert_eq!(changes.get("CLOUDSDK_AUTH_ACCESS_TOKEN"), Some("ya29.SECRET"));
    assert_eq!(changes.get("GOOGLE_OAUTH_ACCESS_TOKEN"), Some("ya29.SECRET"));
    assert_eq!(changes.get("CLOUDSDK_CONFIG"), folder.to_str());
    assert_eq!(changes.get("GOOGLE_CLOUD_PROJECT"), Some("acme-prod"));
    // The tokens are in the environment alone.
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let named = changes.get("GOOGLE_APPLICATION_CREDENTIALS").unwrap();
    assert!(std::path::Path::new(named).starts_with(&folder));
    assert!(!std::path::Path::new(named).exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
    assert!(changes.remove.iter().any(|name| name == "AWS_ACCESS_KEY_ID"));
    drop(changes);
    assert!(!folder.exists());
}

#[test]
fn a_child_of_the_endpoint_has_no_keys_and_no_profiles() {
    let address = "127.0.0.1:4567".parse().unwrap();
    let changes = changes_for_server(&aws_session(), address, "t0ken").unwrap();
    let uri = changes.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    assert_eq!(uri, Some("http://127.0.0.1:4567/credentials"));
    assert_eq!(changes.get("AWS_CONTAINER_AUTHORIZATION_TOKEN"), Some("t0ken"));
    assert_eq!(changes.get("AWS_ACCESS_KEY_ID"), None);
    assert_eq!(changes.get("TENKO_EXPIRES"), None);
    for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        assert_eq!(std::fs::read(changes.get(name).unwrap()).unwrap(), b"");
    }
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        assert!(changes.remove.iter().any(|removed| removed == name), "{name}");
    }
    assert!(changes_for_server(&google_session(), address, "t0ken").is_err());
}

#[test]
fn a_command_really_loses_and_gets_them() {
    let changes = changes_over(&aws_session(), &[]).unwrap();
    let mut command = Command::new("env");
    command.env("AWS_PROFILE", "admin").env("UNTOUCHED", "1");
    changes.apply(&mut command);
    let set: BTreeMap<String, Option<String>> = command
        .get_envs()
        .map(|(name, value)| {
            let value = value.map(|value| value.to_str().unwrap().to_owned());
            (name.to_str().unwrap().to_owned(), value)
        })
        .collect();
    assert_eq!(set["AWS_PROFILE"], None);
    assert_eq!(set["UNTOUCHED"].as_deref(), Some("1"));
    assert_eq!(set["AWS_SESSION_TOKEN"].as_deref(), Some("SESSION//TOKEN=="));
}

#[test]
fn debug_shows_no_value() {
    let text = format!("{:?}", changes_over(&aws_session(), &[]).unwrap());
    assert!(text.contains("AWS_SECRET_ACCESS_KEY"));
    assert!(!text.contains("SECRET/+KEY") && !text.contains("SESSION//TOKEN"));
}

#[test]
fn whatever_is_set_can_be_taken_out_again() {
    let undone = undone();
    assert!(undone.set.is_empty());
    let server = "127.0.0.1:1".parse().unwrap();
    for changes in [
        changes_over(&aws_session(), &[]).unwrap(),
        changes_over(&google_session(), &[]).unwrap(),
        changes_for_server(&aws_session(), server, "token").unwrap(),
    ] {
        for (name, _) in &changes.set {
            assert!(undone.remove.contains(name), "{name}");
        }
    }
    // What lets one in is not tenko's to take away from a person's own shell.
    assert!(!undone.remove.iter().any(|name| name == "TENKO_CACHE_KEY"));
}
