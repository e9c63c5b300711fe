//! The calls to IAM Identity Center's OIDC service. None of them is signed: they are how one gets in.

use std::error::Error;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssooidc::Client;
use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_ssooidc::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::service_config::ServiceConfigKey;
use jiff::Timestamp;
use reqwest::Url;
use zeroize::Zeroizing;

use super::store::{Registration, Token};
use super::{Portal, SsoError};

/// What a token is for: the accounts and roles of the person. The AWS CLI's default.
const SCOPE: &str = "sso:account:access";
/// The redirect that clients are registered with; at sign-in it has a port too.
const REGISTERED_REDIRECT: &str = "http://127.0.0.1/oauth/callback";
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// One call with all its retries.
const CALL_LIMIT: Duration = Duration::from_secs(60);
/// Longer lives are not believed: registrations last 90 days, tokens 12 hours.
const LONGEST_LIFE: i64 = 90 * 24 * 60 * 60;
/// The longest text of the service that is passed on.
const LONGEST_REASON: usize = 300;

/// The service in one region.
#[derive(Debug)]
pub(super) struct Oidc {
    client: Client,
    portal: Portal,
    /// In place of AWS's own.
    endpoint: Option<String>,
    dual_stack: bool,
    fips: bool,
}

/// Why a call gave nothing.
#[derive(Debug)]
pub(super) enum Failed {
    Pending,
    SlowDown,
    /// The device code, authorization code or refresh token is too old.
    Expired,
    Denied(String),
    /// The service does not know the client any more.
    Client(String),
    /// The code or refresh token is not, or no longer, accepted.
    Grant(String),
    Request(String),
    /// The service does not offer this way of signing in.
    Unsupported(String),
    Unreachable(String),
    Other {
        code: String,
        reason: String,
    },
    BadAnswer(&'static str),
}

/// What a token is asked for with.
pub(super) enum Grant<'a> {
    Code { code: &'a str, verifier: &'a str, redirect: &'a str },
    Device(&'a str),
    Refresh(&'a str),
}

/// A sign-in on any device.
pub(super) struct Device {
    pub(super) code: Zeroizing<String>,
    /// What the person compares or types.
    pub(super) user_code: String,
    /// The page, with the code filled in.
    pub(super) address: String,
    pub(super) lasts: Duration,
    pub(super) interval: u32,
}

impl Oidc {
    pub(super) fn new(config: &SdkConfig, portal: &Portal) -> Self {
        let region = Region::new(portal.region.clone());
        let mut builder = aws_sdk_ssooidc::config::Builder::from(config).region(region);
        if config.behavior_version().is_none() {
            builder = builder.behavior_version(BehaviorVersion::latest());
        }
        Self {
            client: Client::from_conf(builder.build()),
            portal: portal.clone(),
            endpoint: endpoint(config),
            dual_stack: config.use_dual_stack().unwrap_or_default(),
            fips: config.use_fips().unwrap_or_default(),
        }
    }

    /// Where people are sent to sign in: the service's own endpoint, as the SDK finds it for the region.
    pub(super) async fn base(&self) -> Result<Url, SsoError> {
        let wrong = || SsoError::Malformed {
            what: "endpoint of the OIDC service",
            expected: "a URL",
            value: self.endpoint.clone().unwrap_or_else(|| self.portal.region.clone()),
        };
        let params = Params::builder()
            .set_region(Some(self.portal.region.clone()))
            .set_endpoint(self.endpoint.clone())
            .set_use_dual_stack(Some(self.dual_stack))
            .set_use_fips(Some(self.fips))
            .build()
            .map_err(|_| wrong())?;
        let endpoint =
            DefaultResolver::new().resolve_endpoint(&params).await.map_err(|_| wrong())?;
        Url::parse(endpoint.url()).map_err(|_| wrong())
    }

    pub(super) fn scopes(&self) -> Vec<String> {
        match self.portal.scopes.as_slice() {
            [] => vec![SCOPE.to_owned()],
            scopes => scopes.to_vec(),
        }
    }

    pub(super) async fn register(&self, redirect: bool) -> Result<Registration, Failed> {
        let grants = ["authorization_code", "refresh_token"].map(str::to_owned).to_vec();
        let session = self.portal.session.as_deref().unwrap_or("login");
        let mut call = self
            .client
            .register_client()
            .client_name(format!("tenko-{session}"))
            .client_type("public")
            .set_scopes(Some(self.scopes()));
        if redirect {
            call = call
                .set_grant_types(Some(grants.clone()))
                .redirect_uris(REGISTERED_REDIRECT)
                .issuer_url(&self.portal.start_url);
        }
        let answer = limited(call.send()).await?;
        let (Some(client_id), Some(client_secret)) = (answer.client_id, answer.client_secret)
        else {
            return Err(Failed::BadAnswer("no client"));
        };
        let now = Timestamp::now();
        let latest = now.as_second() + LONGEST_LIFE;
        // RFC 7591: 0 stands for never.
        let expires = match answer.client_secret_expires_at {
            0 => latest,
            expires => expires.clamp(now.as_second(), latest),
        };
        Ok(Registration {
            client_id,
            client_secret,
            expires_at: Timestamp::from_second(expires).unwrap_or(now),
            scopes: Some(self.scopes()),
            grant_types: redirect.then_some(grants),
        })
    }

    pub(super) async fn start_device(&self, client: &Registration) -> Result<Device, Failed> {
        let call = self
            .client
            .start_device_authorization()
            .client_id(&client.client_id)
            .client_secret(&client.client_secret)
            .start_url(&self.portal.start_url);
        let answer = limited(call.send()).await?;
        let page = answer.verification_uri_complete.or(answer.verification_uri);
        let (Some(code), Some(user_code), Some(page)) =
            (answer.device_code, answer.user_code, page)
        else {
            return Err(Failed::BadAnswer("no code"));
        };
        // A browser is going to be sent there.
        let address = Url::parse(&page).ok().filter(is_web).ok_or(Failed::BadAnswer(
            "the page to sign in at is neither https nor on this machine",
        ))?;
        let lasts = u64::try_from(answer.expires_in).unwrap_or_default();
        Ok(Device {
            code: Zeroizing::new(code),
            user_code: user_code.chars().take(64).collect(),
            address: address.into(),
            lasts: Duration::from_secs(lasts),
            // RFC 8628: 5 where nothing is said.
            interval: match u32::try_from(answer.interval) {
                Ok(0) | Err(_) => 5,
                Ok(interval) => interval.min(60),
            },
        })
    }

    pub(super) async fn token(
        &self,
        client: &Registration,
        grant: Grant<'_>,
    ) -> Result<Token, Failed> {
        let call = self
            .client
            .create_token()
            .client_id(&client.client_id)
            .client_secret(&client.client_secret);
        let call = match grant {
            Grant::Code { code, verifier, redirect } => call
                .grant_type("authorization_code")
                .code(code)
                .code_verifier(verifier)
                .redirect_uri(redirect),
            Grant::Device(code) => call.grant_type(DEVICE_GRANT).device_code(code),
            Grant::Refresh(token) => call.grant_type("refresh_token").refresh_token(token),
        };
        let answer = limited(call.send()).await?;
        let access_token = answer.access_token.filter(|token| !token.is_empty());
        let access_token = access_token.ok_or(Failed::BadAnswer("no token"))?;
        let lasts = i64::from(answer.expires_in).min(LONGEST_LIFE);
        if lasts <= 0 {
            return Err(Failed::BadAnswer("the token has no time to live"));
        }
        // Whole seconds, as it is written.
        let now = Timestamp::now();
        let expires_at = Timestamp::from_second(now.as_second() + lasts).unwrap_or(now);
        Ok(Token {
            start_url: Some(self.portal.start_url.clone()),
            region: Some(self.portal.region.clone()),
            access_token,
            expires_at,
            client_id: Some(client.client_id.clone()),
            client_secret: Some(client.client_secret.clone()),
            registration_expires_at: Some(client.expires_at),
            refresh_token: answer.refresh_token,
        })
    }

    /// The failure of a call as it is told.
    pub(super) async fn told(&self, call: &'static str, failed: Failed) -> SsoError {
        let start_url = self.portal.start_url.clone();
        let refused =
            |code: &str, reason| SsoError::Refused { call, code: code.to_owned(), reason };
        match failed {
            Failed::Denied(reason) => SsoError::Denied { start_url, reason },
            Failed::Request(reason) => {
                SsoError::WrongPortal { start_url, region: self.portal.region.clone(), reason }
            }
            Failed::Unreachable(reason) => {
                let host = self.base().await.ok();
                let host = host.as_ref().and_then(Url::host_str).unwrap_or("the OIDC service");
                SsoError::Unreachable { host: host.to_owned(), reason }
            }
            Failed::Expired => refused("expired", String::new()),
            Failed::Pending => refused("authorization_pending", String::new()),
            Failed::SlowDown => refused("slow_down", String::new()),
            Failed::Client(reason) => refused("invalid_client", reason),
            Failed::Grant(reason) => refused("invalid_grant", reason),
            Failed::Unsupported(reason) => refused("unsupported", reason),
            Failed::Other { code, reason } => SsoError::Refused { call, code, reason },
            Failed::BadAnswer(what) => SsoError::BadAnswer { call, what },
        }
    }
}

/// https, or a server on this machine.
pub(crate) fn is_web(url: &Url) -> bool {
    let local = || {
        url.host_str().is_some_and(|host| {
            host == "localhost"
                || host
                    .trim_matches(['[', ']'])
                    .parse()
                    .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        })
    };
    url.scheme() == "https" || (url.scheme() == "http" && local())
}

/// The endpoint that stands in for AWS's own, found as the SDK's client finds it.
fn endpoint(config: &SdkConfig) -> Option<String> {
    let all = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return all();
    }
    let own = || {
        let key = ServiceConfigKey::builder()
            .service_id("SSO OIDC")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url");
        config.service_config()?.load_config(key.build().ok()?)
    };
    own().or_else(all)
}

async fn limited<T, E: ProvideErrorMetadata + Error + 'static>(
    call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T, Failed> {
    match tokio::time::timeout(CALL_LIMIT, call).await {
        Ok(result) => result.map_err(failed),
        Err(_) => Err(Failed::Unreachable("no answer in time".to_owned())),
    }
}

/// Errors come with AWS's name in a header and OAuth's in the body; emulators have one of them.
fn failed<E: ProvideErrorMetadata + Error + 'static>(error: SdkError<E, HttpResponse>) -> Failed {
    #[derive(Default, serde::Deserialize)]
    struct Body {
        #[serde(default)]
        error: String,
        #[serde(default)]
        error_description: String,
    }
    let SdkError::ServiceError(context) = &error else {
        return match error {
            SdkError::ResponseError(_) => Failed::BadAnswer("it is not JSON"),
            SdkError::TimeoutError(_) => Failed::Unreachable("no answer in time".to_owned()),
            other => Failed::Unreachable(cause(&other)),
        };
    };
    let body = context.raw().body().bytes().unwrap_or_default();
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let reason = match body.error_description.as_str() {
        "" => error.message().unwrap_or_default(),
        description => description,
    };
    let reason: String = reason.chars().take(LONGEST_REASON).collect();
    let code = error.code().unwrap_or(&body.error).to_owned();
    let word = if body.error.is_empty() { code.as_str() } else { body.error.as_str() };
    match word {
        "authorization_pending" | "AuthorizationPendingException" => Failed::Pending,
        "slow_down" | "SlowDownException" => Failed::SlowDown,
        "expired_token" | "ExpiredTokenException" => Failed::Expired,
        "access_denied" | "AccessDeniedException" => Failed::Denied(reason),
        "invalid_client" | "InvalidClientException" => Failed::Client(reason),
        "unauthorized_client" | "UnauthorizedClientException" => Failed::Client(reason),
        "invalid_grant" | "InvalidGrantException" => Failed::Grant(reason),
        "invalid_request" | "InvalidRequestException" => Failed::Request(reason),
        "unsupported_grant_type"
        | "UnsupportedGrantTypeException"
        | "invalid_redirect_uri"
        | "InvalidRedirectUriException" => Failed::Unsupported(reason),
        _ if context.raw().status().is_server_error() => {
            Failed::Unreachable(format!("HTTP {}", context.raw().status().as_u16()))
        }
        _ => Failed::Other { code: code.chars().take(100).collect(), reason },
    }
}

/// The innermost error: the outer ones of a client say only that something failed.
fn cause(error: &dyn Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string().chars().take(LONGEST_REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn people_are_sent_to_the_service_of_their_region() {
        for (region, endpoint, base) in [
            ("eu-central-1", None, "https://oidc.eu-central-1.amazonaws.com/"),
            ("cn-north-1", None, "https://oidc.cn-north-1.amazonaws.com.cn/"),
            ("us-gov-west-1", None, "https://oidc.us-gov-west-1.amazonaws.com/"),
            ("eu-central-1", Some("http://127.0.0.1:4000/sso"), "http://127.0.0.1:4000/sso"),
        ] {
            let mut config = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
            config.set_endpoint_url(endpoint.map(str::to_owned));
            let portal = Portal {
                start_url: "https://a/".to_owned(),
                region: region.to_owned(),
                session: None,
                scopes: Vec::new(),
            };
            let base_of = Oidc::new(&config.build(), &portal).base().await.unwrap();
            assert_eq!(base_of.as_str(), base);
        }
    }

    /// `AWS_ENDPOINT_URL_SSO_OIDC`, as the SDK asks for it.
    #[derive(Debug)]
    struct Own;

    impl aws_types::service_config::LoadServiceConfig for Own {
        fn load_config(
            &self,
            key: aws_types::service_config::ServiceConfigKey<'_>,
        ) -> Option<String> {
            assert_eq!((key.env(), key.service_id()), ("AWS_ENDPOINT_URL", "SSO OIDC"));
            Some("http://127.0.0.1:1".to_owned())
        }
    }

    #[test]
    fn the_services_own_endpoint_comes_before_the_one_of_all() {
        let config = SdkConfig::builder().endpoint_url("http://127.0.0.1:2").service_config(Own);
        assert_eq!(endpoint(&config.build()).as_deref(), Some("http://127.0.0.1:1"));
    }

    #[test]
    fn only_the_web_and_this_machine_are_opened() {
        for (url, good) in [
            ("https://a.example/x", true),
            ("http://127.0.0.1:1/", true),
            ("http://[::1]/", true),
            ("http://localhost/", true),
            ("http://a.example/", false),
            ("http://127.0.0.1.a.example/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_web(&Url::parse(url).unwrap()), good, "{url}");
        }
    }
}
