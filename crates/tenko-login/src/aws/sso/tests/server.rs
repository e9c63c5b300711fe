//! A small IAM Identity Center on this machine, which checks what it is asked, and a person with a browser.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::human::{Human, NoBrowser, NoTerminal};

/// What the service does and has seen.
#[derive(Default)]
pub(super) struct World {
    /// Every call: its path and body.
    pub(super) calls: Vec<(String, Value)>,
    /// What `/token` says first, in order: OAuth's words.
    pub(super) first: VecDeque<&'static str>,
    /// What each path answers instead, always.
    pub(super) always: Vec<(&'static str, &'static str)>,
    /// The challenge and redirect of the last authorization.
    asked: Option<(String, String)>,
    tokens: u32,
    pub(super) without_refresh_token: bool,
}

#[derive(Clone)]
pub(super) struct Center {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) url: String,
}

impl Center {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let center = Self { world: Arc::default(), url };
        let served = center.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let center = served.clone();
                tokio::spawn(async move {
                    let service = hyper::service::service_fn(move |request| {
                        let center = center.clone();
                        async move { Ok::<_, Infallible>(center.answer(request).await) }
                    });
                    let server = hyper::server::conn::http1::Builder::new();
                    let _ = server.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        center
    }

    pub(super) fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(Plain(client()));
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .http_client(http_client_fn(move |_, _| connector.clone()))
            // A retry takes a second.
            .retry_config(RetryConfig::disabled())
            .build()
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.world.lock().unwrap().calls.iter().map(|(path, _)| path.clone()).collect()
    }

    pub(super) fn bodies(&self, path: &str) -> Vec<Value> {
        let world = self.world.lock().unwrap();
        world.calls.iter().filter(|call| call.0 == path).map(|call| call.1.clone()).collect()
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        assert!(!request.headers().contains_key("authorization"), "the calls are not signed");
        let path = request.uri().path().to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let mut world = self.world.lock().unwrap();
        world.calls.push((path.clone(), body.clone()));
        if let Some((_, error)) = world.always.iter().find(|(at, _)| *at == path) {
            return refused(error);
        }
        match path.as_str() {
            "/client/register" => ok(&json!({
                "clientId": format!("client-{}", world.calls.len()), "clientSecret": "client-secret",
                "clientIdIssuedAt": 1, "clientSecretExpiresAt": 4_102_444_800_i64,
            })),
            "/device_authorization" => ok(&json!({
                "deviceCode": "device-code", "userCode": "ABCD-EFGH", "expiresIn": 600, "interval": 1,
                "verificationUri": format!("{}/device", self.url),
                "verificationUriComplete": format!("{}/device?user_code=ABCD-EFGH", self.url),
            })),
            "/authorize" => {
                let url = Url::parse(&format!("{}/?{query}", self.url)).unwrap();
                let get = |name: &str| {
                    url.query_pairs().find(|pair| pair.0 == name).unwrap().1.into_owned()
                };
                assert_eq!(get("response_type"), "code");
                assert_eq!(get("code_challenge_method"), "S256");
                assert_eq!(get("scopes"), "sso:account:access");
                assert!(get("client_id").starts_with("client-"));
                assert!(get("state").len() >= 32);
                assert!(get("redirect_uri").starts_with("http://127.0.0.1:"));
                assert!(get("redirect_uri").ends_with("/oauth/callback"));
                world.asked = Some((get("code_challenge"), get("redirect_uri")));
                let to = format!("{}?code=the%2Bcode&state={}", get("redirect_uri"), get("state"));
                Response::builder()
                    .status(302)
                    .header("location", to)
                    .body(Full::default())
                    .unwrap()
            }
            "/token" => world.token(&body),
            other => panic!("nobody calls {other}"),
        }
    }
}

impl World {
    fn token(&mut self, body: &Value) -> Response<Full<Bytes>> {
        if let Some(error) = self.first.pop_front() {
            return refused(error);
        }
        assert_eq!(body["clientSecret"], "client-secret");
        match body["grantType"].as_str().unwrap() {
            "authorization_code" => {
                let (challenge, redirect) = self.asked.take().unwrap();
                let verifier = body["codeVerifier"].as_str().unwrap();
                assert!((43..=128).contains(&verifier.len()));
                assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)), challenge);
                assert_eq!(body["redirectUri"], redirect);
                assert_eq!(body["code"], "the+code");
            }
            "refresh_token" => assert_eq!(body["refreshToken"], "refresh-me"),
            grant => {
                assert_eq!(grant, "urn:ietf:params:oauth:grant-type:device_code");
                assert_eq!(body["deviceCode"], "device-code");
            }
        }
        self.tokens += 1;
        let mut answer = json!({
            "accessToken": format!("access-token-{}", self.tokens), "tokenType": "Bearer", "expiresIn": 28800,
        });
        if !self.without_refresh_token {
            answer["refreshToken"] = json!("refresh-me");
        }
        ok(&answer)
    }
}

fn ok(value: &Value) -> Response<Full<Bytes>> {
    Response::new(Full::new(value.to_string().into()))
}

/// As the service does it: OAuth's word in the body, its own name in a header.
fn refused(error: &str) -> Response<Full<Bytes>> {
    if error == "broken" {
        return Response::builder().status(503).body(Full::default()).unwrap();
    }
    let name: String = error
        .split('_')
        .map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]))
        .collect();
    Response::builder()
        .status(400)
        .header("x-amzn-errortype", format!("{name}Exception"))
        .body(Full::new(
            json!({"error": error, "error_description": "so it is"}).to_string().into(),
        ))
        .unwrap()
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// The SDK's calls over plain HTTP.
#[derive(Debug)]
struct Plain(reqwest::Client);

impl HttpConnector for Plain {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let method = request.method().parse().unwrap();
        let mut plain = self.0.request(method, request.uri());
        for (name, value) in request.headers() {
            plain = plain.header(name, value);
        }
        let plain = plain.body(request.body().bytes().unwrap_or_default().to_vec());
        HttpConnectorFuture::new(async move {
            let answer = plain.send().await.map_err(|error| ConnectorError::io(error.into()))?;
            let status = answer.status().as_u16().try_into().unwrap();
            let headers = answer.headers().clone();
            let body = answer.bytes().await.map_err(|error| ConnectorError::io(error.into()))?;
            let mut response = HttpResponse::new(status, SdkBody::from(body.to_vec()));
            for (name, value) in &headers {
                response.headers_mut().append(name.to_string(), value.to_str().unwrap().to_owned());
            }
            Ok(response)
        })
    }
}

/// What the person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// Has a browser and signs in.
    SignIn,
    /// Has a browser and refuses.
    Refuse,
    /// Has a browser, and something else comes to the listener first.
    SignInAfterNoise,
    /// Has a browser and looks away.
    Nothing,
    /// Has a browser on another device.
    Device,
    /// Sees nothing at all.
    Blind,
}

/// An address, and the code that was shown with it.
type Page = (String, Option<String>);

/// A person, and what they saw.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) does: Does,
    pub(super) opened: Arc<Mutex<Vec<Page>>>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.does)
    }
}

impl Person {
    pub(super) fn who(does: Does) -> Self {
        Self { does, opened: Arc::default() }
    }

    pub(super) fn opened(&self) -> usize {
        self.opened.lock().unwrap().len()
    }
}

impl Human for Person {
    fn mfa_code(&self, _device: &str) -> Result<Zeroizing<String>, NoTerminal> {
        Err(NoTerminal)
    }

    fn open(&self, url: &str, code: Option<&str>) -> Result<(), NoBrowser> {
        let here = !matches!(self.does, Does::Device | Does::Blind);
        if self.does == Does::Blind || (code.is_none() && !here) {
            return Err(NoBrowser);
        }
        self.opened.lock().unwrap().push((url.to_owned(), code.map(str::to_owned)));
        if code.is_none() {
            tokio::spawn(browse(url.to_owned(), self.does));
        }
        Ok(())
    }

    fn note(&self, _line: &str) {}
}

async fn browse(url: String, does: Does) {
    if does == Does::Nothing {
        return;
    }
    let browser = client();
    let page = browser.get(url).send().await.unwrap();
    let back = Url::parse(page.headers()["location"].to_str().unwrap()).unwrap();
    let mut other = back.clone();
    match does {
        Does::SignInAfterNoise => {
            // A connection that the browser opens ahead and does not use.
            let ahead = tokio::net::TcpStream::connect(back.authority()).await.unwrap();
            for query in ["code=evil&state=evil", "code=evil", "", "state=evil&error=x"] {
                other.set_query(Some(query));
                let answer = browser.get(other.clone()).send().await.unwrap();
                assert_eq!(answer.status(), 400, "{query}");
            }
            other.set_path("/favicon.ico");
            assert_eq!(browser.get(other).send().await.unwrap().status(), 404);
            let answer = browser.get(back).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            assert!(
                answer.headers()["content-security-policy"].to_str().unwrap().contains("'none'")
            );
            assert!(answer.text().await.unwrap().contains("Signed in"));
            drop(ahead);
        }
        Does::Refuse => {
            // Long enough for others to wait for it.
            tokio::time::sleep(Duration::from_millis(200)).await;
            let state = back.query_pairs().find(|pair| pair.0 == "state").unwrap().1.into_owned();
            other.set_query(Some(&format!("error=access_denied&state={state}")));
            browser.get(other).send().await.unwrap();
        }
        _ => {
            browser.get(back).send().await.unwrap();
        }
    }
}
