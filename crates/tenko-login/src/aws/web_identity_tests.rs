//! Tokens of pipelines, good and hostile.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::aws::mfa::tests::FakeSts;

fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.{}",
        part(&json!({"alg": "RS256"})),
        part(claims),
        URL_SAFE_NO_PAD.encode("signature")
    )
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn find(variables: &[(&str, &str)]) -> Result<Option<WebIdentity>, WebIdentityError> {
    let all: HashMap<&str, &str> = variables.iter().copied().collect();
    WebIdentity::find(&client(), |name| {
        all.get(name).map(|text| Zeroizing::new((*text).to_owned()))
    })
    .await
}

#[test]
fn names_come_from_the_claims() {
    for (claims, name) in [
        (
            json!({"sub": "repo:acme/infra:ref:refs/heads/main", "repository": "acme/infra", "run_id": "1234567890", "actor": "octocat"}),
            Some("octocat@acme.infra+1234567890"),
        ),
        (
            json!({"repository": "acme/infra", "run_id": 7, "actor": "dependabot[bot]"}),
            Some("dependabot-bot-@acme.infra+7"),
        ),
        (
            json!({"project_path": "acme/ops/infra", "pipeline_id": "42", "user_login": "jo.doe", "sub": "x"}),
            Some("jo.doe@acme.ops.infra+42"),
        ),
        (json!({"sub": "system:serviceaccount:ns:name"}), Some("system-serviceaccount-ns-name")),
        (json!({"sub": "Jürgen\u{202e}\n"}), Some("J-rgen--")),
        (json!({"sub": "x"}), None),
        (json!({"sub": ""}), None),
        (json!({"sub": ["a"]}), None),
        (json!([1]), None),
        (json!("x"), None),
    ] {
        assert_eq!(identity_of(&token(&claims)).as_deref(), name, "{claims}");
    }
    let long = json!({"repository": format!("{}/end-of-it", "o".repeat(200)), "run_id": "1".repeat(99), "actor": "a".repeat(99)});
    let name = identity_of(&token(&long)).unwrap();
    assert_eq!(name.len(), 64);
    assert!(name.ends_with(&format!("ooo.end-of-it+{}", "1".repeat(20))), "{name}");
}

#[test]
fn what_is_no_token_has_no_name() {
    for text in ["", ".", "..", "a.b.c", "a.e30.c", "a.!!.c", "a.bnVsbA.c", &"a.".repeat(9_999)] {
        assert_eq!(identity_of(text), None, "{text:.20}");
    }
    let nested = URL_SAFE_NO_PAD.encode("[".repeat(10_000));
    assert_eq!(identity_of(&format!("a.{nested}.c")), None);
    assert_eq!(identity_of(&"a".repeat(1 << 22)), None);
}

proptest! {
    #[test]
    fn any_name_is_one_that_aws_takes(actor in ".{0,80}", repository in ".{0,80}", run in ".{0,80}") {
        let claims = json!({"actor": actor, "repository": repository, "run_id": run});
        if let Some(name) = identity_of(&token(&claims)) {
            prop_assert!((2..=64).contains(&name.len()));
            prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)));
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = identity_of(&text);
        let _ = identity_of(&format!("a.{}.c", URL_SAFE_NO_PAD.encode(bytes)));
        let _ = checked(&text);
    }
}

#[tokio::test]
async fn the_variable_comes_first_then_the_file() {
    let token = token(&json!({"sub": "a-b"}));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, format!("{token}\n")).unwrap();
    let file = path.to_str().unwrap();
    let found = find(&[("TENKO_ID_TOKEN", &token), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/none")]).await;
    let found = found.unwrap().unwrap();
    assert_eq!((&found.from, found.identity().as_deref()), (&Origin::Variable, Some("a-b")));
    assert_eq!(format!("{found:?}"), "WebIdentity { from: Variable, .. }");
    let found = find(&[("TENKO_ID_TOKEN", " "), ("AWS_WEB_IDENTITY_TOKEN_FILE", file)]).await;
    assert_eq!(found.unwrap().unwrap().from, Origin::File(path.clone()));
    assert!(find(&[]).await.unwrap().is_none());

    for (name, value, text) in [
        (
            "TENKO_ID_TOKEN",
            "zebra",
            "the token in TENKO_ID_TOKEN cannot be used: it is not a token (JWT)",
        ),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/none", "the token in /none cannot be used: No such file"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://a/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "zebra", "ACTIONS_ID_TOKEN_REQUEST_URL is not set"),
    ] {
        let error = find(&[(name, value)]).await.unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
        assert!(!error.hint().is_empty() && !format!("{error:?}").contains("zebra"));
    }
    std::fs::write(&path, "a".repeat(1 << 20)).unwrap();
    let error = find(&[("AWS_WEB_IDENTITY_TOKEN_FILE", file)]).await.unwrap_err();
    assert!(error.to_string().contains("longer than a token can be"), "{error}");
}

/// A token service that gives these answers, the last one for ever, and what it was asked.
async fn service(answers: Vec<(u16, String)>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token?api-version=2.0", listener.local_addr().unwrap());
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let log = asked.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (log, answers) = (log.clone(), answers.clone());
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                let mut log = log.lock().unwrap();
                let (status, body) = answers[log.len().min(answers.len() - 1)].clone();
                let secret = request.headers()["authorization"].to_str().unwrap().to_owned();
                log.push(format!("{} {secret}", request.uri()));
                async move {
                    let body = Full::new(Bytes::from(body));
                    let answer = Response::builder()
                        .status(status)
                        .header("location", "http://127.0.0.1:1/");
                    Ok::<_, Infallible>(answer.body(body).unwrap())
                }
            });
            let server = hyper::server::conn::http1::Builder::new();
            tokio::spawn(
                async move { server.serve_connection(TokioIo::new(stream), service).await },
            );
        }
    });
    (url, asked)
}

async fn github_with(
    answers: Vec<(u16, String)>,
) -> (Result<Option<WebIdentity>, WebIdentityError>, Vec<String>) {
    let (url, asked) = service(answers).await;
    let found = find(&[
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "zebra"),
    ])
    .await;
    let asked = asked.lock().unwrap().clone();
    (found, asked)
}

#[tokio::test]
async fn github_gives_a_token_for_aws() {
    let good = json!({"value": token(&json!({"sub": "a-b"})), "count": 1}).to_string();
    let (found, asked) = github_with(vec![(503, String::new()), (200, good)]).await;
    assert_eq!(found.unwrap().unwrap().from, Origin::GitHub);
    assert_eq!(asked[1], "/token?api-version=2.0&audience=sts.amazonaws.com Bearer zebra");
    assert_eq!(asked.len(), 2, "an error that passes is tried again");
}

#[tokio::test]
async fn what_github_says_otherwise_is_told() {
    for (status, body, text) in [
        (403, String::new(), "HTTP 403"),
        (302, String::new(), "HTTP 302"),
        (200, "<html>".to_owned(), "not JSON"),
        (200, "{}".to_owned(), "holds none"),
        (200, json!({"value": "zebra"}).to_string(), "it is not a token (JWT)"),
        (200, "x".repeat(1 << 20), "too long"),
    ] {
        let (found, asked) = github_with(vec![(status, body)]).await;
        let error = found.unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
        assert!(error.hint().contains("id-token: write"));
        assert!(!format!("{error:?}").contains("zebra"));
        assert_eq!(asked.len(), 1);
    }
    for url in ["http://a.example/", "ftp://127.0.0.1/", "nothing"] {
        let error = find(&[
            ("ACTIONS_ID_TOKEN_REQUEST_URL", url),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "zebra"),
        ])
        .await;
        assert!(matches!(error, Err(WebIdentityError::Insecure)), "{url}");
    }
}

#[tokio::test]
async fn a_token_is_exchanged_for_the_role() {
    let token = token(&json!({"sub": "a-b"}));
    let found = find(&[("TENKO_ID_TOKEN", &token)]).await.unwrap().unwrap();
    let sts = FakeSts::default();
    let keys =
        found.assume(&sts.client(), "arn:aws:iam::1:role/R", "a-b", Some(900)).await.unwrap();
    assert_eq!(keys.access_key_id(), "ASIAEXAMPLE");
    let asked = sts.asked.lock().unwrap().concat();
    assert!(
        asked.contains(" unsigned ") && asked.contains(&format!("WebIdentityToken={token}")),
        "{asked}"
    );
    assert!(asked.contains("RoleSessionName=a-b") && asked.contains("DurationSeconds=900"));
    for (code, text, hint) in [
        ("ExpiredTokenException", "the token has expired", "minutes"),
        ("InvalidIdentityToken", "AWS does not accept the token: so", "identity provider"),
        ("AccessDenied", "arn:aws:iam::1:role/R does not trust this pipeline: so", "trust policy"),
        ("RegionDisabledException", "arn:aws:iam::1:role/R could not be assumed: so", "region"),
    ] {
        let sts = FakeSts::default();
        sts.first.lock().unwrap().push_back((code, "so"));
        let error =
            found.assume(&sts.client(), "arn:aws:iam::1:role/R", "a-b", None).await.unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
        assert!(error.hint().contains(hint), "{}", error.hint());
    }
}
