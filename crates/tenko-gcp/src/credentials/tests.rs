use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tenko_core::DeniedBy;

use super::{CredentialSource, Environment, Impersonation, Scopes};
use crate::call::Operation;
use crate::endpoints::Endpoints;
use crate::error::{CallError, ErrorClass};
use crate::official::tests::server::{Answer, Sent, Server, json as answer};
use crate::session::Session;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// The source that a credentials file gives; everything that is asked is asked of `url`.
fn source(path: &Path, url: Option<&str>, more: &[(&str, &str)]) -> CredentialSource {
    let mut variables = vec![("GOOGLE_APPLICATION_CREDENTIALS", path.to_str().unwrap())];
    variables.extend(more);
    let environment = Environment::of(&variables);
    let endpoints = Endpoints::new(url.map(str::to_owned), BTreeMap::new(), environment.clone());
    CredentialSource::application_default(endpoints, environment).unwrap()
}

fn user(url: &str) -> Value {
    json!({"type": "authorized_user", "client_id": "id", "client_secret": "hidden-1",
        "refresh_token": "hidden-2", "token_uri": format!("{url}/token"), "account": "me@acme.example",
        "quota_project_id": "of-the-login"})
}

async fn headers(session: &Session, scopes: &Scopes) -> Result<(String, String), CallError> {
    let operation = Operation::new("compute", "instances.aggregatedList");
    let headers = session.headers(&operation, scopes).await?;
    let text = |name| headers.get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
    Ok((text("authorization"), text("x-goog-user-project")))
}

/// A token server: of users and of workload identity at `/token`, of service accounts at their own path.
fn tokens(sent: &Sent) -> Answer {
    match sent.what.split_once("/serviceAccounts/") {
        Some((_, account)) => {
            let token = account.split('@').next().unwrap();
            answer(200, &json!({"accessToken": token, "expireTime": "2999-01-01T00:00:00Z"}))
        }
        None => answer(
            200,
            &json!({"access_token": "own", "expires_in": 3600,
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "token_type": "Bearer"}),
        ),
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_what_to_do() {
    let folder = Folder::new();
    let try_file = |path: &Path| {
        let environment =
            Environment::of(&[("GOOGLE_APPLICATION_CREDENTIALS", path.to_str().unwrap())]);
        let endpoints = Endpoints::new(None, BTreeMap::new(), environment.clone());
        CredentialSource::application_default(endpoints, environment).unwrap_err().to_string()
    };
    let text = try_file(&folder.0.path().join("none.json"));
    assert!(
        text.contains("none.json") && text.contains("GOOGLE_APPLICATION_CREDENTIALS"),
        "{text}"
    );
    let text = try_file(&folder.write("no.json", "{"));
    assert!(text.contains("no.json is not JSON"), "{text}");
    let text = try_file(&folder.write("other.json", r#"{"type": "gdch_service_account"}"#));
    assert!(text.contains("gdch_service_account"), "{text}");
    assert!(text.contains("gcloud auth application-default login"), "{text}");
}

#[tokio::test]
async fn an_incomplete_file_says_what_is_missing() {
    let folder = Folder::new();
    let path = folder.write("user.json", r#"{"type": "authorized_user", "client_id": "id"}"#);
    let session = source(&path, None, &[]).session("acme").unwrap();
    let error = headers(&session, &Scopes::ReadOnly).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied(DeniedBy::Trust));
    assert!(error.message.contains("user.json"), "{error:?}");
    assert!(error.message.contains("client_secret"), "{error:?}");
}

#[test]
fn secrets_are_not_shown() {
    let folder = Folder::new();
    let path = folder.write("user.json", &user("http://127.0.0.1:1").to_string());
    let source = source(&path, None, &[]);
    let shown = format!("{source:?} {:?}", source.session("acme").unwrap());
    assert!(!shown.contains("hidden"), "{shown}");
    assert!(shown.contains("user.json"), "{shown}");
}

#[tokio::test]
async fn the_own_project_comes_from_the_nearest_place() {
    let folder = Folder::new();
    let path = folder.write("user.json", &user("http://127.0.0.1:1").to_string());
    let own = async |more: &[(&str, &str)]| source(&path, None, more).own_project().await;
    assert_eq!(own(&[("GOOGLE_CLOUD_PROJECT", "set")]).await.as_deref(), Some("set"));
    assert_eq!(own(&[]).await.as_deref(), Some("of-the-login"));

    let metadata = Server::start(|sent| {
        if sent.what.ends_with("/token") {
            let token = json!({"access_token": "vm", "expires_in": 3600, "token_type": "Bearer"});
            return answer(200, &token);
        }
        let mut answer = answer(200, &json!(null));
        if sent.header("metadata-flavor") == "Google" {
            answer.headers_mut().insert("Metadata-Flavor", "Google".parse().unwrap());
            *answer.body_mut() = http_body_util::BodyExt::boxed(http_body_util::Full::new(
                bytes::Bytes::from_static(b"of-the-machine\n"),
            ));
        }
        answer
    })
    .await;
    let host = metadata.url.strip_prefix("http://").unwrap();
    let environment = Environment::of(&[("GCE_METADATA_HOST", host), ("HOME", "/nowhere")]);
    let endpoints = Endpoints::new(None, BTreeMap::new(), environment.clone());
    let source = CredentialSource::application_default(endpoints, environment).unwrap();
    assert_eq!(source.own_project().await.as_deref(), Some("of-the-machine"));
    assert_eq!(metadata.whats(), ["GET /computeMetadata/v1/project/project-id"]);

    // Tokens come from there too, with the scopes that are asked for.
    let session = source.session("acme").unwrap();
    assert_eq!(headers(&session, &Scopes::ReadOnly).await.unwrap().0, "Bearer vm");
    let sent = metadata.sent().pop().unwrap();
    assert!(sent.what.ends_with("/instance/service-accounts/default/token"), "{sent:?}");
    assert!(Sent::form(sent.query.as_bytes()).contains("cloud-platform.read-only"), "{sent:?}");
    let charged = source.with_quota_project("charged".to_owned());
    assert_eq!(charged.own_project().await.as_deref(), Some("charged"));
}

#[tokio::test]
async fn a_login_keeps_the_scopes_it_has() {
    let server = Server::start(tokens).await;
    let folder = Folder::new();
    let path = folder.write(
        ".config/gcloud/application_default_credentials.json",
        &user(&server.url).to_string(),
    );
    let home = path.ancestors().nth(3).unwrap();
    let environment = Environment::of(&[("HOME", home.to_str().unwrap())]);
    let endpoints = Endpoints::new(None, BTreeMap::new(), environment.clone());
    let source = CredentialSource::application_default(endpoints, environment).unwrap();
    let session = source.session("acme").unwrap();
    assert_eq!(session.identity(), Some("me@acme.example"));
    let sent = headers(&session, &Scopes::ReadOnly).await.unwrap();
    assert_eq!(sent, ("Bearer own".to_owned(), "of-the-login".to_owned()));
    // All projects share the token.
    headers(&source.session("other").unwrap(), &Scopes::ReadOnly).await.unwrap();
    let asked = server.sent();
    assert_eq!(asked.len(), 1);
    assert!(!Sent::form(&asked[0].body).contains("auth/"), "{asked:?}");
}

#[tokio::test]
async fn each_project_has_its_own_account() {
    let server = Server::start(tokens).await;
    let folder = Folder::new();
    let path = folder.write("user.json", &user(&server.url).to_string());
    let impersonation = Impersonation {
        principal: "audit@{project}.iam.gserviceaccount.com".to_owned(),
        delegates: vec!["hop@{project}.iam.gserviceaccount.com".to_owned()],
    };
    let source = source(&path, Some(&server.url), &[("GOOGLE_CLOUD_QUOTA_PROJECT", "charged")]);
    let source = source.with_impersonation(impersonation).unwrap();
    let session = source.session("acme-1").unwrap();
    assert_eq!(session.identity(), Some("audit@acme-1.iam.gserviceaccount.com"));
    let sent = headers(&session, &Scopes::ReadOnly).await.unwrap();
    assert_eq!(sent, ("Bearer audit".to_owned(), "charged".to_owned()));
    let again = source.session("acme-1").unwrap();
    headers(&again, &Scopes::ReadOnly).await.unwrap();
    headers(&again, &Scopes::everything()).await.unwrap();
    headers(&source.session("acme-2").unwrap(), &Scopes::ReadOnly).await.unwrap();

    let asked: Vec<_> =
        server.sent().into_iter().filter(|sent| sent.what.contains("Accounts/")).collect();
    let project = |sent: &Sent| sent.what.contains("@acme-1.");
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert_eq!(asked.iter().filter(|sent| project(sent)).count(), 2);
    let first = &asked[0];
    assert_eq!(
        first.what,
        "POST /v1/projects/-/serviceAccounts/\
        audit@acme-1.iam.gserviceaccount.com:generateAccessToken"
    );
    assert_eq!(first.header("authorization"), "Bearer own");
    let body = first.json();
    assert_eq!(body["scope"], json!(["https://www.googleapis.com/auth/cloud-platform.read-only"]));
    let hop = "projects/-/serviceAccounts/hop@acme-1.iam.gserviceaccount.com";
    assert_eq!(body["delegates"], json!([hop]));
    // Calls that are about no project go out as the caller.
    let caller = source.session("-").unwrap();
    assert_eq!(caller.identity(), Some("me@acme.example"));
    assert_eq!(headers(&caller, &Scopes::ReadOnly).await.unwrap().0, "Bearer own");
    // The id of a project of a domain stands in addresses the other way round.
    let of_domain = source.session("example.com:acme").unwrap();
    assert_eq!(of_domain.identity(), Some("audit@acme.example.com.iam.gserviceaccount.com"));
    // A project's name must not lead elsewhere.
    assert!(source.session("x/../../y").is_err());
}

#[tokio::test]
async fn one_account_for_all_projects_is_asked_for_once() {
    let server = Server::start(tokens).await;
    let folder = Folder::new();
    let path = folder.write("user.json", &user(&server.url).to_string());
    let principal = "audit@central.iam.gserviceaccount.com".to_owned();
    let source = source(&path, Some(&server.url), &[]);
    let source =
        source.with_impersonation(Impersonation { principal, delegates: Vec::new() }).unwrap();
    let (one, two) = (source.session("acme-1").unwrap(), source.session("-").unwrap());
    headers(&one, &Scopes::ReadOnly).await.unwrap();
    headers(&two, &Scopes::ReadOnly).await.unwrap();
    let asked = server.whats().into_iter().filter(|what| what.contains("Accounts/")).count();
    assert_eq!(asked, 1);
    assert_eq!(two.identity(), Some("audit@central.iam.gserviceaccount.com"));
}

#[tokio::test]
async fn what_was_refused_is_asked_again_later() {
    let trusted = Arc::new(AtomicBool::new(false));
    let now = trusted.clone();
    let server = Server::start(move |sent| {
        if sent.what.contains("/serviceAccounts/") && !now.load(Ordering::Relaxed) {
            let text = "Permission 'iam.serviceAccounts.getAccessToken' denied";
            let body = json!({"code": 403, "message": text, "status": "PERMISSION_DENIED"});
            return answer(403, &json!({ "error": body }));
        }
        tokens(sent)
    })
    .await;
    let folder = Folder::new();
    let path = folder.write("user.json", &user(&server.url).to_string());
    let principal = "audit@acme.iam.gserviceaccount.com".to_owned();
    let source = source(&path, Some(&server.url), &[]);
    let source =
        source.with_impersonation(Impersonation { principal, delegates: Vec::new() }).unwrap();
    let session = source.session("acme").unwrap();
    let refused = headers(&session, &Scopes::ReadOnly).await.unwrap_err();
    assert_eq!(refused.class, ErrorClass::Denied(DeniedBy::Trust));
    assert!(refused.message.contains("getAccessToken"), "{refused:?}");
    assert!(!refused.message.contains("hidden"), "{refused:?}");
    trusted.store(true, Ordering::Relaxed);
    assert_eq!(headers(&session, &Scopes::ReadOnly).await.unwrap().0, "Bearer audit");
}

#[tokio::test]
async fn workload_identity_exchanges_its_token() {
    let server = Server::start(tokens).await;
    let folder = Folder::new();
    let subject = folder.write("token", "from-elsewhere");
    let audience =
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q";
    let mut file = json!({"type": "external_account", "audience": audience,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("{}/token", server.url),
        "credential_source": {"file": subject}});
    let path = folder.write("wif.json", &file.to_string());
    let session = source(&path, None, &[]).session("acme").unwrap();
    assert_eq!(headers(&session, &Scopes::ReadOnly).await.unwrap().0, "Bearer own");
    let form = Sent::form(&server.sent()[0].body);
    assert!(form.contains("subject_token=from-elsewhere"), "{form}");
    assert!(form.contains("auth/cloud-platform.read-only"), "{form}");

    // As gcloud writes it where the pool acts through a service account.
    let url = format!(
        "{}/v1/projects/-/serviceAccounts/wif@acme.iam.gserviceaccount.com:generateAccessToken",
        server.url
    );
    file["service_account_impersonation_url"] = json!(url);
    let path = folder.write("wif-sa.json", &file.to_string());
    let session = source(&path, None, &[]).session("acme").unwrap();
    assert_eq!(session.identity(), Some("wif@acme.iam.gserviceaccount.com"));
    assert_eq!(headers(&session, &Scopes::ReadOnly).await.unwrap().0, "Bearer wif");

    // And as the source of a further impersonation.
    let principal = "audit@acme.iam.gserviceaccount.com".to_owned();
    let further = source(&path, Some(&server.url), &[])
        .with_impersonation(Impersonation { principal, delegates: Vec::new() })
        .unwrap();
    let session = further.session("acme").unwrap();
    assert_eq!(headers(&session, &Scopes::ReadOnly).await.unwrap().0, "Bearer audit");
    let last = server.sent().pop().unwrap();
    assert_eq!(last.header("authorization"), "Bearer wif");
}

#[tokio::test]
async fn without_a_session_of_ones_own_nobody_can_be_impersonated() {
    let environment = Environment::of(&[]);
    let url = Some("http://127.0.0.1:1".to_owned());
    let endpoints = Endpoints::new(url, BTreeMap::new(), environment.clone());
    let anonymous = CredentialSource::anonymous(endpoints, environment);
    let session = anonymous.session("acme").unwrap();
    assert_eq!(headers(&session, &Scopes::ReadOnly).await.unwrap().0, "");
    let error = anonymous.with_impersonation(Impersonation::default()).unwrap_err();
    assert_eq!(error.to_string(), "an anonymous caller cannot become a service account");
}
