use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::official::tests::server::{Answer, Sent, Server, json as answer};

const LOGIN: &str = "tenko-login@acme-prod.iam.gserviceaccount.com";
const SECRET: &str = "ya29.s3cr3t";

/// A person's login, and an issuer that asks this server for everything.
struct Login {
    issuer: Issuer,
    server: Server,
    _folder: tempfile::TempDir,
}

async fn login(answers: impl Fn(&Sent) -> Answer + Send + Sync + 'static) -> Login {
    let server = Server::start(move |sent| match sent.what.as_str() {
        "POST /token" => {
            answer(200, &json!({"access_token": "own", "expires_in": 3600, "token_type": "Bearer"}))
        }
        _ => answers(sent),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("adc.json");
    let adc = json!({"type": "authorized_user", "client_id": "id", "client_secret": "hidden-1",
        "refresh_token": "hidden-2", "token_uri": format!("{}/token", server.url)});
    std::fs::write(&path, adc.to_string()).unwrap();
    let issuer = Issuer::builder()
        .credentials_file(path)
        .endpoint_url(&server.url)
        .environment(Environment::empty())
        .max_attempts(2)
        .retry_delay(Duration::from_millis(1));
    Login { issuer: issuer.load().unwrap(), server, _folder: folder }
}

fn token_answer() -> Answer {
    let expires = Timestamp::now() + SignedDuration::from_secs(3600);
    answer(200, &json!({"accessToken": SECRET, "expireTime": expires.to_string()}))
}

fn refusal(status: u16, code: &str, message: &str) -> Value {
    json!({"error": {"code": status, "status": code, "message": message}})
}

async fn refused(status: u16, body: Value) -> TokenError {
    let login = login(move |_| answer(status, &body)).await;
    login.issuer.token("acme-prod", LOGIN, &[], None, None).await.unwrap_err()
}

#[tokio::test]
async fn a_token_is_for_looking_only_and_nothing_shows_it() {
    let login = login(|_| token_answer()).await;
    let hub = "hub@acme-hub.iam.gserviceaccount.com".to_owned();
    let asked = Some(Duration::from_secs(900));
    let reason = Some("点呼 OPS-1");
    let token = login.issuer.token("acme-prod", LOGIN, &[hub], asked, reason).await.unwrap();
    assert_eq!((token.access_token(), token.principal()), (SECRET, LOGIN));
    // It was to live for a quarter of an hour, whatever the server says.
    assert!(token.expires() <= Timestamp::now() + SignedDuration::from_secs(900));

    let sent = login.server.sent().pop().unwrap();
    let path = format!("POST /v1/projects/-/serviceAccounts/{LOGIN}:generateAccessToken");
    assert_eq!(sent.what, path);
    assert_eq!(sent.header("authorization"), "Bearer own");
    assert_eq!(sent.header("x-goog-request-reason"), "%E7%82%B9%E5%91%BC OPS-1");
    let delegate = "projects/-/serviceAccounts/hub@acme-hub.iam.gserviceaccount.com";
    assert_eq!(
        sent.json(),
        json!({"scope": [READ_ONLY_SCOPE], "lifetime": "900s", "delegates": [delegate]})
    );
    let shown = format!("{token:?} {:?} {:?}", login.issuer, token.credentials());
    assert!(!shown.contains(SECRET) && !shown.contains("hidden-"), "{shown}");
    assert!(shown.contains(LOGIN), "{shown}");
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_asked() {
    let login = login(|_| token_answer()).await;
    let issuer = &login.issuer;
    let hour = Some(Duration::from_secs(3600));
    for (project, principal, lifetime) in [
        ("acme/../x", LOGIN, hour),
        ("", LOGIN, hour),
        ("acme-prod", "nobody", hour),
        ("acme-prod", "a/b@x:setIamPolicy?", hour),
        ("acme-prod", LOGIN, Some(Duration::ZERO)),
        ("acme-prod", LOGIN, Some(Duration::from_secs(43_201))),
    ] {
        assert!(issuer.token(project, principal, &[], lifetime, None).await.is_err(), "{project}");
    }
    let delegates = ["not one".to_owned()];
    let error = issuer.token("acme-prod", LOGIN, &delegates, None, None).await.unwrap_err();
    assert_eq!(error, TokenError::Principal("not one".to_owned()));
    let reason = Some("a\r\nx: y");
    let error = login.issuer.token("acme-prod", LOGIN, &[], None, reason).await.unwrap_err();
    assert!(matches!(error, TokenError::Reason(_)), "{error:?}");
    for account in
        ["nobody", "a/b@acme-prod.iam.gserviceaccount.com", "1@developer.gserviceaccount.com"]
    {
        let error = login.issuer.keys(account).await.unwrap_err();
        assert_eq!(error, ReadError::Account(account.to_owned()));
    }
    let error = login.issuer.project_policy(None, "a/b").await.unwrap_err();
    assert_eq!(error, ReadError::Project("a/b".to_owned()));
    assert!(login.server.sent().is_empty());
}

#[tokio::test]
async fn each_refusal_has_its_own_words_and_next_step() {
    let denied =
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).";
    let error = refused(403, refusal(403, "PERMISSION_DENIED", denied)).await;
    assert!(matches!(error, TokenError::NotPermitted { .. }), "{error:?}");
    assert!(error.to_string().contains(LOGIN), "{error}");
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("roles/iam.serviceAccountTokenCreator") && hint.contains(LOGIN),
        "{hint}"
    );

    let gone = format!("Not found; Gaia id not found for email {LOGIN}");
    let error = refused(404, refusal(404, "NOT_FOUND", &gone)).await;
    assert_eq!(error, TokenError::NoServiceAccount { principal: LOGIN.to_owned() });
    assert!(error.hint().unwrap().contains("tenko bootstrap"));

    let info = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED",
        "domain": "googleapis.com", "metadata": {"consumer": "projects/1001"}});
    let mut body =
        refusal(403, "PERMISSION_DENIED", "IAM Service Account Credentials API has not been used");
    body["error"]["details"] = json!([info]);
    let error = refused(403, body).await;
    assert!(error.to_string().contains("iamcredentials.googleapis.com"), "{error}");
    let enable = "run `gcloud services enable iamcredentials.googleapis.com --project 1001`";
    assert_eq!(error.hint().as_deref(), Some(enable));

    let error = refused(401, refusal(401, "UNAUTHENTICATED", "invalid credentials")).await;
    assert!(matches!(error, TokenError::Credentials { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("gcloud auth application-default login"));

    let error = refused(503, refusal(503, "UNAVAILABLE", "try again")).await;
    assert!(matches!(error, TokenError::Unreachable { .. }), "{error:?}");
    let error = refused(429, refusal(429, "RESOURCE_EXHAUSTED", "slow down")).await;
    assert!(matches!(error, TokenError::Throttled { .. }), "{error:?}");
    // An endpoint that is none.
    let error = refused(404, json!("not found")).await;
    assert!(matches!(error, TokenError::Broken { .. }), "{error:?}");
    let perimeter =
        "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x";
    let error = refused(403, refusal(403, "PERMISSION_DENIED", perimeter)).await;
    assert!(matches!(error, TokenError::Perimeter { .. }), "{error:?}");
}

#[tokio::test]
async fn a_long_life_takes_a_policy() {
    let body = refusal(400, "INVALID_ARGUMENT", "Request contains an invalid argument.");
    let login = login(move |_| answer(400, &body)).await;
    let asked = Duration::from_secs(7200);
    let error = login.issuer.token("acme-prod", LOGIN, &[], Some(asked), None).await.unwrap_err();
    assert!(matches!(error, TokenError::Lifetime { .. }), "{error:?}");
    let hint = error.hint().unwrap();
    assert!(hint.contains("iam.allowServiceAccountCredentialLifetimeExtension"), "{hint}");
    let error = login.issuer.token("acme-prod", LOGIN, &[], None, None).await.unwrap_err();
    assert!(matches!(error, TokenError::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_wrong_clock_is_told() {
    let login = login(|_| {
        let mut late = answer(401, &refusal(401, "UNAUTHENTICATED", "invalid credentials"));
        late.headers_mut().insert("date", "Wed, 01 Jan 2025 00:00:00 GMT".parse().unwrap());
        late
    })
    .await;
    let error = login.issuer.token("acme-prod", LOGIN, &[], None, None).await.unwrap_err();
    assert!(matches!(error, TokenError::Clock { ahead: Some(_), .. }), "{error:?}");
    assert!(error.to_string().contains("seconds ahead"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_none_shows_nothing_of_itself() {
    let later = (Timestamp::now() + SignedDuration::from_secs(60)).to_string();
    for body in [
        json!({"accessToken": SECRET}),
        json!({"accessToken": SECRET, "expireTime": "soon"}),
        json!({"accessToken": format!("{SECRET}\r\nx: y"), "expireTime": later}),
        json!({"accessToken": "", "expireTime": later}),
        json!({"expireTime": later}),
        json!([SECRET]),
        json!({"accessToken": "x".repeat(2 << 20), "expireTime": later}),
        // By this machine's clock it has ended.
        json!({"accessToken": SECRET, "expireTime": "2020-01-01T00:00:00Z"}),
    ] {
        let error = refused(200, body).await;
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cr3t") && shown.len() < 1000, "{shown}");
    }
}

#[tokio::test]
async fn a_server_that_fails_once_is_asked_again() {
    let asked = AtomicUsize::new(0);
    let login = login(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => answer(500, &refusal(500, "INTERNAL", "once")),
        _ => token_answer(),
    })
    .await;
    assert!(login.issuer.token("acme-prod", LOGIN, &[], None, None).await.is_ok());
}

/// A login whose token has these permissions.
async fn with_permissions(body: Value) -> Login {
    login(move |sent| match sent.what.contains(":testIamPermissions") {
        true => answer(200, &body),
        false => token_answer(),
    })
    .await
}

#[tokio::test]
async fn permissions_are_asked_with_the_token_itself() {
    let granted = json!({"permissions": ["storage.objects.get"]});
    let login = with_permissions(granted).await;
    let token = login.issuer.token("acme-prod", LOGIN, &[], None, None).await.unwrap();
    let asked = ["storage.objects.get", "storage.objects.create"];
    let granted = login.issuer.permissions(&token, "acme-prod", &asked).await.unwrap();
    assert_eq!(granted, ["storage.objects.get"]);
    let sent = login.server.sent().pop().unwrap();
    assert_eq!(sent.what, "POST /v3/projects/acme-prod:testIamPermissions");
    assert_eq!(sent.header("authorization"), format!("Bearer {SECRET}"));
    assert_eq!(sent.json(), json!({"permissions": asked}));
}

#[tokio::test]
async fn many_permissions_are_several_questions() {
    let login = with_permissions(json!({})).await;
    let token = login.issuer.token("acme-prod", LOGIN, &[], None, None).await.unwrap();
    let asked = ["compute.instances.create"; 201];
    let granted = login.issuer.permissions(&token, "acme-prod", &asked).await.unwrap();
    assert!(granted.is_empty());
    let sent = login.server.sent();
    let sizes: Vec<_> = sent
        .iter()
        .filter(|sent| sent.what.contains("testIam"))
        .map(|sent| sent.json()["permissions"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [100, 100, 1]);
}

#[tokio::test]
async fn nothing_granted_is_only_what_says_so() {
    for body in [
        json!({"status": "signed out"}),
        json!({"permissions": "none"}),
        json!({"permissions": ["something.else.entirely"]}),
        json!({"etag": "x"}),
    ] {
        let login = with_permissions(body.clone()).await;
        let token = login.issuer.token("acme-prod", LOGIN, &[], None, None).await.unwrap();
        let asked = ["storage.objects.get"];
        let error = login.issuer.permissions(&token, "acme-prod", &asked).await.unwrap_err();
        assert!(matches!(error, PermissionsError::Broken { .. }), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn who_it_is_comes_from_google_where_the_file_does_not_say() {
    let answers = |sent: &Sent| match sent.what.as_str() {
        "GET /v1/userinfo" => answer(200, &json!({"email": "ada@acme.example"})),
        _ => answer(404, &json!({})),
    };
    let known = login(answers).await;
    assert_eq!(known.issuer.who().await.as_deref(), Some("ada@acme.example"));
    let unknown = login(|_| answer(403, &refusal(403, "PERMISSION_DENIED", "no"))).await;
    assert_eq!(unknown.issuer.who().await, None);
    let strange = login(|_| answer(200, &json!({"email": "a@b\u{1b}[2J"}))).await;
    assert_eq!(strange.issuer.who().await, None);

    // The token of another server is not shown to Google.
    let file = known._folder.path().join("adc.json");
    let issuer = Issuer::builder()
        .credentials_file(file)
        .endpoint("iamcredentials", &known.server.url)
        .environment(Environment::empty())
        .load()
        .unwrap();
    let before = known.server.sent().len();
    assert_eq!((issuer.who().await, known.server.sent().len()), (None, before));
}

#[tokio::test]
async fn without_credentials_the_next_step_is_to_log_in() {
    let environment =
        Environment::of(&[("HOME", "/nowhere"), ("GCE_METADATA_HOST", "127.0.0.1:1")]);
    let issuer = Issuer::builder().endpoint_url("http://127.0.0.1:1").environment(environment);
    let issuer = issuer.max_attempts(1).load().unwrap();
    let error = issuer.token("acme-prod", LOGIN, &[], None, None).await.unwrap_err();
    assert!(matches!(error, TokenError::Credentials { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("gcloud auth application-default login"));
    assert_eq!(issuer.who().await, None);
}

#[tokio::test]
async fn the_guards_keep_to_their_own() {
    let calls = Calls::load().unwrap();
    let token = &calls.token.operation;
    let path = format!("/v1/projects/-/serviceAccounts/{LOGIN}:generateAccessToken");
    let logins = crate::rest::Guard::of_logins(calls.all());
    assert!(logins.admits(token, "POST", &path));
    assert_eq!(logins.operations().count(), 7);
    let (account, policy) = (&calls.account.operation, &calls.account_policy.operation);
    let path_of = format!("/v1/projects/acme-prod/serviceAccounts/{LOGIN}");
    assert!(logins.admits(account, "GET", &path_of));
    assert!(logins.admits(policy, "POST", &format!("{path_of}:getIamPolicy")));
    assert!(!logins.admits(policy, "POST", &format!("{path_of}:setIamPolicy")));
    for (operation, http) in
        [(account, "DELETE"), (account, "PATCH"), (account, "POST"), (policy, "GET")]
    {
        assert!(!logins.admits(operation, http, &path_of), "{http}");
    }
    let keys = &calls.keys.operation;
    assert!(logins.admits(keys, "GET", &format!("{path_of}/keys")));
    assert!(!logins.admits(keys, "POST", &format!("{path_of}/keys")));
    for (http, path) in [
        ("GET", path.as_str()),
        ("POST", "/v1/projects/-/serviceAccounts/x@y:signBlob"),
        ("POST", "/v1/projects/-/serviceAccounts/x@y/z:generateAccessToken"),
        ("POST", "/v1/projects/acme/serviceAccounts/x@y:generateAccessToken"),
        ("POST", "/v3/projects/acme-prod:setIamPolicy"),
    ] {
        assert!(!logins.admits(token, http, path), "{http} {path}");
    }
    // What collects resources can become nobody by these calls.
    assert!(!crate::rest::Guard::new(calls.all()).admits(token, "POST", &path));
}

/// What is said of this answer, whichever method is asked.
async fn read(body: Value) -> (Login, [Result<usize, ReadError>; 4]) {
    let login = login(move |_| answer(200, &body)).await;
    let issuer = &login.issuer;
    let all = [
        issuer.is_disabled(LOGIN).await.map(usize::from),
        issuer.keys(LOGIN).await,
        issuer.account_policy(LOGIN).await.map(|list| list.len()),
        issuer.project_policy(None, "acme-prod").await.map(|list| list.len()),
    ];
    (login, all)
}

#[tokio::test]
async fn the_account_and_the_project_are_read_and_nothing_else() {
    let whole = json!({"email": LOGIN, "disabled": true, "etag": "x",
        "keys": [{"name": "k", "keyType": "USER_MANAGED"}, {"name": "g", "keyType": "SYSTEM_MANAGED"}],
        "bindings": [{"role": "roles/browser", "members": ["user:a@b.example"]},
            {"role": "roles/viewer", "condition": {"title": "t"}}]});
    let (login, all) = read(whole).await;
    assert_eq!(all, [Ok(1), Ok(1), Ok(2), Ok(2)]);
    let sent: Vec<_> = login.server.sent();
    let whats = sent.iter().filter(|sent| !sent.what.ends_with("/token"));
    let whats = whats.map(|sent| format!("{}?{}", sent.what, sent.query));
    let of = format!("/v1/projects/acme-prod/serviceAccounts/{LOGIN}");
    assert_eq!(
        whats.collect::<Vec<_>>(),
        [
            format!("GET {of}?"),
            format!("GET {of}/keys?keyTypes=USER_MANAGED"),
            format!("POST {of}:getIamPolicy?options.requestedPolicyVersion=3"),
            "POST /v3/projects/acme-prod:getIamPolicy?".to_owned(),
        ]
    );
    assert_eq!(sent.last().unwrap().json(), json!({"options": {"requestedPolicyVersion": 3}}));
    let list = login.issuer.project_policy(None, "acme-prod").await.unwrap();
    assert_eq!((list[0].members.len(), list[0].condition.as_deref()), (1, None));
    // A condition that does not say which is one all the same.
    assert_eq!((list[1].members.len(), list[1].condition.as_deref()), (0, Some("")));
}

#[tokio::test]
async fn an_answer_that_is_none_is_never_taken_for_nothing_there() {
    for body in [
        json!({"status": "signed out"}),
        json!({"email": "other@x.iam.gserviceaccount.com", "keys": 1, "bindings": "none", "etag": "x"}),
        json!({"email": LOGIN, "disabled": "no", "keys": [7], "bindings": [7]}),
        json!({"keys": [{}], "bindings": [{"members": []}]}),
        json!({"keys": null, "bindings": [{"role": "roles/viewer", "members": [7]}]}),
    ] {
        let (_, all) = read(body.clone()).await;
        let is_broken = |one: &Result<_, _>| matches!(one, Err(ReadError::Broken { .. }));
        assert!(all.iter().all(is_broken), "{body}: {all:?}");
    }
    // As Google says that there is nothing.
    let (_, all) = read(json!({})).await;
    assert!(all[0].is_err() && all[1] == Ok(0) && all[2].is_err() && all[3].is_err(), "{all:?}");
    let (_, all) = read(json!({"etag": "ACAB"})).await;
    assert!(all[1].is_err() && all[2] == Ok(0) && all[3] == Ok(0), "{all:?}");
}

#[tokio::test]
async fn what_may_not_be_read_says_who_and_which_permission() {
    let login = login(|_| answer(403, &refusal(403, "PERMISSION_DENIED", "no"))).await;
    let error = login.issuer.keys(LOGIN).await.unwrap_err();
    assert!(error.to_string().contains("iam.serviceAccountKeys.list"), "{error}");
    let gone = self::login(|_| answer(404, &refusal(404, "NOT_FOUND", "Unknown account"))).await;
    let error = gone.issuer.is_disabled(LOGIN).await.unwrap_err();
    assert!(matches!(error, ReadError::Absent { .. }), "{error:?}");
    // An endpoint that is none does not say that an account is not there.
    let strange = self::login(|_| answer(404, &json!("not found"))).await;
    let error = strange.issuer.is_disabled(LOGIN).await.unwrap_err();
    assert!(matches!(error, ReadError::Broken { .. }), "{error:?}");

    // The token of another server is not shown to Google.
    let issuer = Issuer::builder()
        .credentials_file(login._folder.path().join("adc.json"))
        .endpoint("iamcredentials", &login.server.url)
        .environment(Environment::empty())
        .load()
        .unwrap();
    let before = login.server.sent().len();
    let error = issuer.keys(LOGIN).await.unwrap_err();
    assert!(matches!(&error, ReadError::Elsewhere { service } if service == "iam"), "{error:?}");
    assert!(error.hint().unwrap().ends_with("_OVERRIDES_IAM"));
    assert_eq!(login.server.sent().len(), before);
}
