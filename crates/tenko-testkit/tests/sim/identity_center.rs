//! IAM Identity Center: device and browser sign-in, refresh, and credentials of roles.

use http::{Method, Request};
use http_body_util::Full;
use serde_json::{Value, json};
use tenko_testkit::sim::{Approval, IdentityCenter, Role, SessionKind, SimCloud, World};

use crate::client::{MEMBER, REGION, Reply, Signer, call, escape, role, send, world};

const START: &str = "https://acme.awsapps.com/start";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn with(change: impl FnOnce(&mut IdentityCenter)) -> World {
    let mut world = world();
    let mut center = IdentityCenter::new(START, "eu-central-1").assign(MEMBER, "Hub");
    change(&mut center);
    let hub = format!("arn:aws:iam::{MEMBER}:role/{}", center.role_name("Hub"));
    world.account_mut(MEMBER).unwrap().roles.push(Role { trusted: vec![hub], ..Role::new("In") });
    world.identity_center = Some(center);
    world
}

async fn send_json(cloud: &SimCloud, path: &str, body: &Value) -> Reply {
    let request = Request::post(path)
        .header("host", cloud.address().to_string())
        .header("content-type", "application/json")
        .body(Full::from(body.to_string()));
    send(&cloud.url(), request.unwrap()).await.unwrap()
}

async fn get(cloud: &SimCloud, path: &str, bearer: Option<&str>) -> Reply {
    let mut request = Request::builder().method(Method::GET).uri(path).header("host", "localhost");
    if let Some(token) = bearer {
        request = request.header("x-amz-sso_bearer_token", token);
    }
    send(&cloud.url(), request.body(Full::default()).unwrap()).await.unwrap()
}

fn read(reply: &Reply) -> Value {
    serde_json::from_str(&reply.body).unwrap_or_else(|_| panic!("{}", reply.body))
}

/// A registered client: what its later requests hold.
async fn client(cloud: &SimCloud) -> Value {
    let reply = send_json(
        cloud,
        "/client/register",
        &json!({
            "clientName": "tenko", "clientType": "public", "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token", DEVICE], "issuerUrl": START,
            "redirectUris": ["http://127.0.0.1/oauth/callback"],
        }),
    )
    .await;
    let answer = read(&reply);
    assert!(answer["clientSecretExpiresAt"].as_i64() > answer["clientIdIssuedAt"].as_i64());
    json!({ "clientId": answer["clientId"], "clientSecret": answer["clientSecret"] })
}

async fn ask(cloud: &SimCloud, path: &str, client: &Value, more: Value) -> Reply {
    let mut body = client.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    send_json(cloud, path, &body).await
}

async fn started(cloud: &SimCloud, client: &Value) -> Value {
    let reply = ask(cloud, "/device_authorization", client, json!({ "startUrl": START })).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    read(&reply)
}

async fn poll(cloud: &SimCloud, client: &Value, device: &Value) -> Reply {
    let more = json!({ "grantType": DEVICE, "deviceCode": device["deviceCode"] });
    ask(cloud, "/token", client, more).await
}

/// The error that a poll got: OAuth's name, and AWS's.
fn error(reply: &Reply) -> (String, String) {
    (read(reply)["error"].as_str().unwrap_or_default().to_owned(), reply.code())
}

#[tokio::test]
async fn a_device_waits_for_its_person_and_gets_a_role() {
    let approval = Approval::AfterPolls(2);
    let cloud =
        SimCloud::start(with(|c| (c.approval, c.slow_downs) = (approval, 1))).await.unwrap();
    let client = client(&cloud).await;
    let device = started(&cloud, &client).await;
    assert_eq!((&device["interval"], &device["expiresIn"]), (&json!(1), &json!(600)));
    assert!(device["verificationUriComplete"].as_str().unwrap().starts_with(&cloud.url()));
    let mut errors = Vec::new();
    let tokens = loop {
        let reply = poll(&cloud, &client, &device).await;
        if reply.status == 200 {
            break read(&reply);
        }
        assert_eq!(reply.status, 400);
        errors.push(error(&reply));
    };
    let pending = ("authorization_pending".into(), "AuthorizationPendingException".into());
    assert_eq!(
        errors,
        [("slow_down".into(), "SlowDownException".into()), pending.clone(), pending]
    );
    assert_eq!((&tokens["tokenType"], &tokens["expiresIn"]), (&json!("Bearer"), &json!(3600)));
    let again = poll(&cloud, &client, &device).await;
    assert_eq!(error(&again).0, "invalid_grant");

    let token = tokens["accessToken"].as_str().unwrap();
    let path = format!("/federation/credentials?role_name=Hub&account_id={MEMBER}");
    let given = read(&get(&cloud, &path, Some(token)).await)["roleCredentials"].clone();
    assert!(given["expiration"].as_i64().unwrap() > 1_700_000_000_000);
    let signer = Signer {
        key: given["accessKeyId"].as_str().unwrap().into(),
        token: given["sessionToken"].as_str().map(str::to_owned),
        region: REGION.into(),
    };
    let who = call(&cloud, &signer, "sts:GetCallerIdentity", json!({})).await;
    assert!(who.get("Arn").unwrap().contains(":assumed-role/AWSReservedSSO_Hub_"));
    let session = cloud.sessions().pop().unwrap();
    assert_eq!(session.kind, SessionKind::IdentityCenter);
    // Roles trust the permission set's role, and what is assumed from it is chained.
    assert_eq!(call(&cloud, &signer, "sts:AssumeRole", role("In")).await.status, 200);
    assert!(cloud.sessions().pop().unwrap().is_chained);

    let other = format!("/federation/credentials?role_name=Admin&account_id={MEMBER}");
    let reply = get(&cloud, &other, Some(token)).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "ForbiddenException"));
    cloud.expire_access_tokens();
    for bearer in [Some(token), Some("made-up"), None] {
        let reply = get(&cloud, &path, bearer).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (401, "UnauthorizedException"));
    }
}

#[tokio::test]
async fn people_refuse_are_away_and_are_late() {
    for (approval, seconds, expected) in [
        (Approval::Deny, 600, ("access_denied", "AccessDeniedException")),
        (Approval::Never, 600, ("authorization_pending", "AuthorizationPendingException")),
        (Approval::AfterPolls(0), 0, ("expired_token", "ExpiredTokenException")),
    ] {
        let world = with(|c| (c.approval, c.device_seconds) = (approval, seconds));
        let cloud = SimCloud::start(world).await.unwrap();
        let client = client(&cloud).await;
        let device = started(&cloud, &client).await;
        let (oauth, aws) = error(&poll(&cloud, &client, &device).await);
        assert_eq!((oauth.as_str(), aws.as_str()), expected);
    }
    let cloud = SimCloud::start(with(|c| c.approval = Approval::InBrowser)).await.unwrap();
    let client = client(&cloud).await;
    let device = started(&cloud, &client).await;
    assert_eq!(error(&poll(&cloud, &client, &device).await).0, "authorization_pending");
    let page = device["verificationUriComplete"].as_str().unwrap().to_owned();
    let page = page.strip_prefix(&cloud.url()).unwrap();
    assert_eq!(get(&cloud, "/device?user_code=NONE", None).await.status, 400);
    assert_eq!(get(&cloud, page, None).await.status, 200);
    assert_eq!(poll(&cloud, &client, &device).await.status, 200);
}

#[tokio::test]
async fn a_code_goes_to_the_loopback_and_needs_its_verifier() {
    // From appendix B of RFC 7636.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let cloud = SimCloud::start(with(|_| ())).await.unwrap();
    let client = client(&cloud).await;
    let id = client["clientId"].as_str().unwrap();
    let to = "http://127.0.0.1:50123/oauth/callback";
    let page = |to: &str| {
        format!(
            "/authorize?response_type=code&client_id={id}&redirect_uri={}&state=s%201&scopes=sso%3Aaccount%3Aaccess&code_challenge_method=S256&code_challenge={challenge}",
            escape(to)
        )
    };
    for bad in ["https://evil.example/oauth/callback", "http://127.0.0.1:1/other"] {
        assert_eq!(get(&cloud, &page(bad), None).await.status, 400);
    }
    let code = async || {
        let reply = get(&cloud, &page(to), None).await;
        assert_eq!(reply.status, 302);
        let location = reply.headers["location"].to_str().unwrap().to_owned();
        let (code, state) =
            location.strip_prefix(&format!("{to}?code=")).unwrap().split_once('&').unwrap();
        assert_eq!(state, "state=s%201");
        code.replace("%2D", "-")
    };
    let redeem = async |code: &str, verifier: &str, to: &str| {
        let more = json!({
            "grantType": "authorization_code", "code": code, "codeVerifier": verifier,
            "redirectUri": to,
        });
        ask(&cloud, "/token", &client, more).await
    };
    let first = code().await;
    assert_eq!(error(&redeem(&first, "wrong", to).await).0, "invalid_grant");
    assert_eq!(error(&redeem(&first, verifier, to).await).0, "invalid_grant", "spent");
    let other = redeem(&code().await, verifier, "http://127.0.0.1:1/oauth/callback").await;
    assert_eq!(error(&other).0, "invalid_grant");
    let tokens = read(&redeem(&code().await, verifier, to).await);
    let refresh = async |token: &Value| {
        let more = json!({ "grantType": "refresh_token", "refreshToken": token });
        ask(&cloud, "/token", &client, more).await
    };
    let newer = read(&refresh(&tokens["refreshToken"]).await);
    assert_ne!(newer["accessToken"], tokens["accessToken"]);
    assert_eq!(error(&refresh(&tokens["refreshToken"]).await).0, "invalid_grant", "used up");
    cloud.update(|w| w.identity_center.as_mut().unwrap().keeps_refresh_tokens = true);
    for _ in 0..2 {
        assert_eq!(refresh(&newer["refreshToken"]).await.status, 200);
    }
    cloud.update(|w| w.identity_center.as_mut().unwrap().approval = Approval::Deny);
    let reply = get(&cloud, &page(to), None).await;
    assert!(reply.headers["location"].to_str().unwrap().contains("?error=access%5Fdenied&state="));
}

#[tokio::test]
async fn strangers_are_refused() {
    let cloud = SimCloud::start(with(|_| ())).await.unwrap();
    let stranger = json!({ "clientId": "client-000001", "clientSecret": "guess" });
    let client = client(&cloud).await;
    for path in ["/device_authorization", "/token"] {
        let more = json!({ "startUrl": START, "grantType": DEVICE, "deviceCode": "x" });
        let reply = ask(&cloud, path, &stranger, more).await;
        assert_eq!(reply.status, 401);
        assert_eq!(error(&reply), ("invalid_client".into(), "InvalidClientException".into()));
    }
    let elsewhere = json!({ "startUrl": "https://other.awsapps.com/start" });
    let reply = ask(&cloud, "/device_authorization", &client, elsewhere).await;
    assert_eq!(error(&reply).0, "invalid_request");
    let reply = ask(&cloud, "/token", &client, json!({ "grantType": "password" })).await;
    assert_eq!(error(&reply).0, "unsupported_grant_type");
    cloud.update(|world| world.identity_center = None);
    let reply = send_json(&cloud, "/client/register", &json!({ "clientName": "x" })).await;
    assert_eq!(reply.status, 400);
    assert_eq!(cloud.writes(), []);
    assert!(cloud.seen().iter().all(|seen| seen.service == "sso-oidc" && !seen.signed));
}
