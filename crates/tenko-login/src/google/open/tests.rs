use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tenko_core::{ScopeKey, Warning};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const LOGIN: &str = "tenko-login@acme-prod.iam.gserviceaccount.com";
const SECRET: &str = "ya29.s3cr3t";

/// Google, as far as a login sees it: one answer a connection.
struct Google {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Google {
    /// `granted` are the permissions that every token has; `refuse` is the status of every question for them.
    async fn start(granted: &[&str], refuse: Option<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let granted: Vec<String> = granted.iter().map(|name| (*name).to_owned()).collect();
        let kept = seen.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (kept, granted) = (kept.clone(), granted.clone());
                tokio::spawn(async move {
                    let (path, body) = read(&mut stream).await;
                    let (status, answer) = match path.contains(":testIamPermissions") {
                        true => test(&granted, refuse, &body),
                        false => token(&body),
                    };
                    kept.lock().unwrap().push(path);
                    let answer = answer.to_string();
                    let text = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                         connection: close\r\n\r\n{answer}",
                        answer.len()
                    );
                    let _ = stream.write_all(text.as_bytes()).await;
                });
            }
        });
        Self { url, seen }
    }

    fn issuer(&self) -> Issuer {
        Issuer::builder().anonymous().endpoint_url(&self.url).max_attempts(1).load().unwrap()
    }
}

async fn read(stream: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                let path = head.split(' ').nth(1).unwrap().to_owned();
                return (path, serde_json::from_str(body).unwrap_or_default());
            }
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        if read == 0 {
            return (String::new(), Value::Null);
        }
        bytes.extend(&chunk[..read]);
    }
}

fn token(body: &Value) -> (u16, Value) {
    assert_eq!(body["scope"], json!(["https://www.googleapis.com/auth/cloud-platform.read-only"]));
    let expires = Timestamp::now() + jiff::SignedDuration::from_secs(3600);
    (200, json!({"accessToken": SECRET, "expireTime": expires.to_string()}))
}

fn test(granted: &[String], refuse: Option<u16>, body: &Value) -> (u16, Value) {
    if let Some(status) = refuse {
        return (status, json!({"error": {"code": status, "message": "no"}}));
    }
    let asked = body["permissions"].as_array().unwrap();
    let has = |name: &&Value| granted.iter().any(|one| Some(one.as_str()) == name.as_str());
    let granted: Vec<_> = asked.iter().filter(has).collect();
    // As Google does: what is empty is left out.
    (200, if granted.is_empty() { json!({}) } else { json!({ "permissions": granted }) })
}

fn target() -> Target {
    Target {
        tenant: "acme".to_owned(),
        tenant_name: "Acme".to_owned(),
        environment: "production".to_owned(),
        stage: "production".to_owned(),
        owner: None,
        scope: ScopeKey::new(Cloud::gcp(), "acme-prod"),
        name: None,
        tags: BTreeMap::new(),
        data: BTreeSet::new(),
        role: String::new(),
        external_id: None,
        impersonate: Some(LOGIN.to_owned()),
        delegates: Vec::new(),
        warning: Warning::Banner,
        region: None,
        is_production: true,
    }
}

const LOOKS: &str = "resourcemanager.projects.get";

#[tokio::test]
async fn an_account_that_only_looks_is_let_in() {
    let google = Google::start(&[LOOKS], None).await;
    let (opened, proof) = open(&google.issuer(), &target(), None, None).await.unwrap();
    assert!(proof.is_proven(), "{proof:?}");
    assert_eq!((opened.identity.as_str(), proof.identity.as_str()), (LOGIN, LOGIN));
    assert!(matches!(&opened.keys, Keys::Google { access_token } if access_token == SECRET));
    assert!(opened.issued < opened.expires);
    let seen = google.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen[0].contains(&format!("/serviceAccounts/{LOGIN}:generateAccessToken")), "{seen:?}");
    assert!(seen[1..].iter().all(|path| path == "/v3/projects/acme-prod:testIamPermissions"));
    assert!(!format!("{opened:?} {proof:?}").contains(SECRET));
}

#[tokio::test]
async fn an_account_that_may_more_is_kept_out_and_told_why() {
    let granted =
        [LOOKS, "storage.objects.get", "compute.instances.create", "iam.serviceAccountKeys.create"];
    let google = Google::start(&granted, None).await;
    let error = open(&google.issuer(), &target(), None, None).await.unwrap_err();
    let text = error.to_string();
    for name in
        [LOGIN, "storage.objects.get", "compute.instances.create", "iam.serviceAccountKeys.create"]
    {
        assert!(text.contains(name), "{text}");
    }
    let hint = error.hint().unwrap();
    for name in ["roles/cloudasset.viewer", "roles/browser", "acme-prod"] {
        assert!(hint.contains(name), "{hint}");
    }
    assert!(!format!("{error:?}").contains(SECRET));
}

#[tokio::test]
async fn a_test_that_fails_proves_nothing() {
    for status in [403, 400, 404, 503] {
        let google = Google::start(&[LOOKS], Some(status)).await;
        let (_, proof) = open(&google.issuer(), &target(), None, None).await.unwrap();
        assert!(!proof.is_proven() && proof.doubt().is_some(), "{status}: {proof:?}");
        assert_eq!(proof.asked, 0);
    }
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let google = Google::start(&[LOOKS], None).await;
    let nobody = Target { impersonate: None, ..target() };
    let error = open(&google.issuer(), &nobody, None, None).await.unwrap_err();
    assert!(matches!(error, GoogleError::NoServiceAccount { .. }) && error.hint().is_some());
    let other = Target { scope: ScopeKey::new(Cloud::aws(), "111111111111"), ..target() };
    let error = open(&google.issuer(), &other, None, None).await.unwrap_err();
    assert!(matches!(error, GoogleError::NoProject { .. }));
    assert!(google.seen.lock().unwrap().is_empty());
    let long = Some(Duration::from_secs(50_000));
    let error = open(&google.issuer(), &target(), long, None).await.unwrap_err();
    assert!(
        matches!(&error, GoogleError::Token(TokenError::Duration(_))) && error.hint().is_some()
    );
}
