//! What a manifest says of logins, as they get it.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod common;
#[path = "common/files.rs"]
mod files;

use common::catalog;
use files::fixtures;
use tenko_core::{DataLevel, EnvironmentLogin, LoginSettings, Warning};
use tenko_declare::{Manifest, ManifestFile, load};

fn load_one(text: &str) -> Result<Manifest, String> {
    let file = ManifestFile { name: "m.yaml", bytes: text.as_bytes() };
    load(&[file], &catalog()).map_err(|e| e.to_string())
}

/// One environment in this account or project, with this `login` section.
fn with_login(login: &str) -> String {
    let tenants = "tenants: {acme: {environments: {p: {scopes: [\"222222222222\"]}}}}";
    format!("version: 1\nlogin: {login}\n{tenants}\n")
}

fn warnings(text: &str) -> String {
    let manifest = load_one(text).unwrap();
    let warnings: Vec<_> = manifest.warnings.iter().map(ToString::to_string).collect();
    warnings.join("\n")
}

#[test]
fn all_of_it_is_read() {
    let bytes = fixtures("good").remove("login.yaml").unwrap();
    let declaration = load_one(std::str::from_utf8(&bytes).unwrap()).unwrap().declaration;
    let logins: Vec<_> = declaration
        .environments()
        .map(|(tenant, environment)| (&tenant.id, &environment.name, &environment.login))
        .collect();
    insta::assert_snapshot!("login", format!("{:#?}\n{logins:#?}", declaration.login));
    let all = declaration.environments().next().unwrap().1.login.data.len();
    assert_eq!(all, DataLevel::ALL.len(), "a level that the grammar does not know");
}

#[test]
fn nothing_said_is_the_strictest() {
    let manifest = load_one(&with_login("{}")).unwrap();
    assert_eq!(manifest.declaration.login, LoginSettings::default());
    assert_eq!(manifest.declaration.login.production, Warning::Banner);
    assert!(!manifest.declaration.login.allow_unproven);
    let login = &manifest.declaration.environments().next().unwrap().1.login;
    assert_eq!(*login, EnvironmentLogin::default());
}

#[test]
fn times_through_another_role_are_short() {
    for (aws, fine) in [
        ("duration: 12h", true),
        ("duration: 15m", true),
        ("duration: 12h1s", false),
        ("duration: 899s", false),
        ("duration: 1h, hub: 'arn:aws-cn:iam::111111111111:role/H'", true),
        ("duration: 3601s, hub: 'arn:aws-cn:iam::111111111111:role/H'", false),
        ("hub: 'arn:aws-us-gov:iam::111111111111:role/a/b/H'", true),
        ("hub: 'arn:aws:iam::111111111111:user/H'", false),
        ("hub: 'arn:aws:iam::1111:role/H'", false),
        ("hub: 'arn:aws:iam::111111111111:role/'", false),
        ("hub: 'arn:azure:iam::111111111111:role/H'", false),
        ("hub: 'arn:aws:iam::111111111111:role/{tenant}'", false),
    ] {
        assert_eq!(load_one(&with_login(&format!("{{aws: {{{aws}}}}}"))).is_ok(), fine, "{aws}");
    }
}

#[test]
fn people_sign_in_over_encrypted_connections() {
    for (url, fine) in [
        ("https://acme.awsapps.com/start", true),
        ("https://d-1234567890.awsapps.com/start/", true),
        ("https://ssoins-1.portal.eu-central-1.app.aws", true),
        ("http://localhost:8080/start", true),
        ("http://127.0.0.1/start", true),
        ("http://[::1]:8080/start", true),
        ("http://acme.awsapps.com/start", false),
        ("http://127.0.0.1.example.com/start", false),
        ("http://127.0.0.1@example.com/start", false),
        ("http://localhost:1@example.com/start", false),
        ("http://[::1].example.com/start", false),
        ("https://user@acme.awsapps.com/start", false),
        ("https://acme.awsapps.com/start?x=y", false),
        ("https://acme.awsapps.com/a b", false),
        ("https:///start", false),
        ("https://{tenant}.awsapps.com/start", false),
        ("ftp://acme.awsapps.com/start", false),
        ("acme.awsapps.com/start", false),
    ] {
        let center = format!(
            "{{aws: {{identity_center: {{start_url: '{url}', region: eu-central-1, account: '111111111111', role: R}}}}}}"
        );
        assert_eq!(load_one(&with_login(&center)).is_ok(), fine, "{url}");
    }
}

#[test]
fn external_ids_are_what_they_become() {
    let long = "x".repeat(1224);
    for (id, fine) in [
        ("tenko-{tenant}-{account}".to_owned(), true),
        ("{account}".to_owned(), true),
        ("a".to_owned(), false),
        ("{environment}".to_owned(), false),
        (long.clone(), true),
        (format!("{long}x"), false),
        (format!("{{account}}{}", "x".repeat(1217)), false),
        ("{{account}}".to_owned(), false),
        ("é-é".to_owned(), false),
        ("{account".to_owned(), false),
    ] {
        let text = with_login(&format!("{{aws: {{external_id: '{id}'}}}}"));
        assert_eq!(load_one(&text).is_ok(), fine, "{id}");
    }
}

#[test]
fn what_is_probably_not_meant_is_said() {
    let text = "\
version: 1
login: {aws: {external_id: tenko}}
tenants:
  acme:
    environments:
      p: {scopes: [\"gcp:acme-prod\"], login: {role: R, external_id: xx, data: [logs]}}
      q: {scopes: [\"222222222222\"], login: {impersonate: \"a@{project}.iam.gserviceaccount.com\"}}
  globex: {environments: {p: {scopes: [\"333333333333\"]}}}
";
    insta::assert_snapshot!("login_warnings", warnings(text));
    let one = "version: 1\nlogin: {aws: {external_id: tenko}}\ntenants: {acme: {environments: {p: {scopes: [\"222222222222\"]}}}}\n";
    assert_eq!(warnings(one), "");
}

#[test]
fn it_stands_in_one_file_only() {
    let (base, again) = (with_login("{}"), "version: 1\nlogin: {}\n");
    let files = [("a.yaml", base.as_str()), ("b.yaml", again)]
        .map(|(name, text)| ManifestFile { name, bytes: text.as_bytes() });
    let error = load(&files, &catalog()).unwrap_err().to_string();
    assert!(error.contains("`login` stands in two files"), "{error}");
}

#[test]
fn a_password_in_an_address_is_in_no_diagnostic() {
    let bytes = fixtures("bad").remove("login.toml").unwrap();
    let errors =
        load(&[ManifestFile { name: "login.toml", bytes: &bytes }], &catalog()).unwrap_err();
    assert!(std::str::from_utf8(&bytes).unwrap().contains("hunter2"));
    assert!(!format!("{errors:?}{errors}").contains("hunter2"));
}
