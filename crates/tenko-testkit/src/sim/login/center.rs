//! IAM Identity Center's OpenID Connect and its portal.
//!
//! Sources: the API references of `sso-oidc` and `sso`, RFC 8628 (device grant) and RFC 7636 (PKCE).

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::account::ApiError;
use super::super::identity::Sessions;
use super::super::session::{Session, SessionKind};
use super::super::world::World;
use super::{Approval, IdentityCenter};
use crate::google::base64;

/// With this scope a client also gets refresh tokens.
const ACCOUNT_SCOPE: &str = "sso:account:access";

/// All that was registered, started and handed out.
#[derive(Default)]
pub(in crate::sim) struct Center {
    next: u64,
    clients: HashMap<String, Client>,
    devices: HashMap<String, Device>,
    codes: HashMap<String, Code>,
    /// Access tokens and when they end.
    tokens: HashMap<String, Timestamp>,
    /// Refresh tokens and whose they are.
    refresh: HashMap<String, String>,
}

struct Client {
    secret: String,
    redirects: Vec<String>,
    scopes: HashSet<String>,
}

struct Device {
    client: String,
    user_code: String,
    polls: u32,
    is_approved: bool,
    expires: Timestamp,
}

struct Code {
    client: String,
    redirect: String,
    challenge: String,
}

fn refuse<T>(code: &str, message: &str) -> Result<T, ApiError> {
    let status = match code {
        "InvalidClientException" => 401,
        _ => 400,
    };
    Err(ApiError::new(code, status, message))
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn texts(input: &Value, name: &str) -> impl Iterator<Item = String> {
    let list = input.get(name).and_then(Value::as_array);
    let texts: Vec<String> =
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    texts.into_iter()
}

fn later(seconds: i64) -> Timestamp {
    let end = Timestamp::now().saturating_add(SignedDuration::from_secs(seconds));
    end.unwrap_or(Timestamp::MAX)
}

/// A start URL as it is compared: people write it with a fragment or a slash at its end.
fn start(url: &str) -> &str {
    url.trim_end_matches(['#', '/'])
}

impl Center {
    /// Ends all access tokens; refresh tokens stay good.
    pub(in crate::sim) fn expire(&mut self) {
        self.tokens.values_mut().for_each(|end| *end = Timestamp::MIN);
    }

    fn name(&mut self, kind: &str) -> String {
        self.next += 1;
        format!("{kind}-{:06}", self.next)
    }

    /// Answers an operation of `sso-oidc`. `host` is what the client calls this server.
    pub(in crate::sim) fn oidc(
        &mut self,
        center: Option<&IdentityCenter>,
        operation: &str,
        input: &Value,
        host: &str,
    ) -> Result<Value, ApiError> {
        let Some(center) = center else {
            return refuse("InvalidRequestException", "There is no Identity Center here");
        };
        match operation {
            "RegisterClient" => self.register(center, input),
            "StartDeviceAuthorization" => self.device(center, input, host),
            _ => self.token(center, input),
        }
    }

    fn register(&mut self, center: &IdentityCenter, input: &Value) -> Result<Value, ApiError> {
        if text(input, "clientType") != "public" {
            return refuse("InvalidClientMetadataException", "Only public clients can register");
        }
        let wants_code = texts(input, "grantTypes").any(|grant| grant == "authorization_code");
        let redirects: Vec<String> = texts(input, "redirectUris").collect();
        if wants_code && redirects.is_empty() {
            return refuse(
                "InvalidRedirectUriException",
                "Redirect URIs are needed for this grant",
            );
        }
        let issuer = text(input, "issuerUrl");
        if wants_code && start(issuer) != start(&center.start_url) {
            return refuse("InvalidRequestException", "The issuer is not known");
        }
        let (id, now) = (self.name("client"), Timestamp::now().as_second());
        let secret = format!("secret-of-{id}");
        let scopes = texts(input, "scopes").collect();
        self.clients.insert(id.clone(), Client { secret: secret.clone(), redirects, scopes });
        Ok(json!({
            "clientId": id, "clientSecret": secret, "clientIdIssuedAt": now,
            // Ninety days, as the real one.
            "clientSecretExpiresAt": now + 90 * 86_400,
        }))
    }

    /// Refuses clients that nobody registered.
    fn client(&self, input: &Value) -> Result<&Client, ApiError> {
        let known = self.clients.get(text(input, "clientId"));
        match known.filter(|client| client.secret == text(input, "clientSecret")) {
            Some(client) => Ok(client),
            None => refuse("InvalidClientException", "The client is not known"),
        }
    }

    fn device(
        &mut self,
        center: &IdentityCenter,
        input: &Value,
        host: &str,
    ) -> Result<Value, ApiError> {
        self.client(input)?;
        if start(text(input, "startUrl")) != start(&center.start_url) {
            return refuse("InvalidRequestException", "Invalid start url provided");
        }
        let code = self.name("device");
        let user_code = format!("SIMU-{:04}", self.next);
        let device = Device {
            client: text(input, "clientId").to_owned(),
            user_code: user_code.clone(),
            polls: 0,
            is_approved: false,
            expires: later(center.device_seconds),
        };
        self.devices.insert(code.clone(), device);
        Ok(json!({
            "deviceCode": code, "userCode": user_code, "interval": center.interval,
            "expiresIn": center.device_seconds, "verificationUri": format!("http://{host}/device"),
            "verificationUriComplete": format!("http://{host}/device?user_code={user_code}"),
        }))
    }

    /// The person opens the page for a device's code.
    pub(super) fn open(&mut self, center: &IdentityCenter, user_code: &str) -> bool {
        let mut devices = self.devices.values_mut();
        let Some(device) = devices.find(|device| device.user_code == user_code) else {
            return false;
        };
        let approves = matches!(center.approval, Approval::InBrowser | Approval::AfterPolls(_));
        device.is_approved |= approves;
        true
    }

    /// A code for the authorization code grant, if the client may have it sent there.
    pub(super) fn authorize(
        &mut self,
        client: &str,
        redirect: &str,
        challenge: &str,
    ) -> Option<String> {
        let known = self.clients.get(client)?;
        let wanted = without_port(redirect)?;
        if !known.redirects.iter().any(|one| without_port(one).as_ref() == Some(&wanted)) {
            return None;
        }
        let code = self.name("code");
        let given = Code {
            client: client.to_owned(),
            redirect: redirect.to_owned(),
            challenge: challenge.to_owned(),
        };
        self.codes.insert(code.clone(), given);
        Some(code)
    }

    fn token(&mut self, center: &IdentityCenter, input: &Value) -> Result<Value, ApiError> {
        let client = text(input, "clientId").to_owned();
        let refreshes = self.client(input)?.scopes.contains(ACCOUNT_SCOPE);
        match text(input, "grantType") {
            "urn:ietf:params:oauth:grant-type:device_code" => {
                self.poll(center, &client, text(input, "deviceCode"))?;
            }
            "authorization_code" => self.redeem(&client, input)?,
            "refresh_token" => {
                let token = text(input, "refreshToken");
                if self.refresh.get(token) != Some(&client) {
                    return refuse("InvalidGrantException", "Invalid refresh token provided");
                }
                if !center.keeps_refresh_tokens {
                    self.refresh.remove(token);
                }
            }
            _ => return refuse("UnsupportedGrantTypeException", "The grant type is not supported"),
        }
        let access = self.name("access");
        self.tokens.insert(access.clone(), later(center.token_seconds));
        let refresh = refreshes.then(|| self.name("refresh"));
        if let Some(refresh) = &refresh {
            self.refresh.insert(refresh.clone(), client);
        }
        Ok(json!({
            "accessToken": access, "tokenType": "Bearer", "expiresIn": center.token_seconds,
            "refreshToken": refresh,
        }))
    }

    fn poll(&mut self, center: &IdentityCenter, client: &str, code: &str) -> Result<(), ApiError> {
        let Some(device) = self.devices.get_mut(code).filter(|device| device.client == client)
        else {
            return refuse("InvalidGrantException", "Invalid device code provided");
        };
        if device.expires <= Timestamp::now() {
            return refuse("ExpiredTokenException", "The device code has expired");
        }
        device.polls += 1;
        if device.polls <= center.slow_downs {
            return refuse("SlowDownException", "The client polls too often");
        }
        let waited = device.polls - center.slow_downs - 1;
        let approved = match center.approval {
            Approval::Deny => return refuse("AccessDeniedException", "The person refused"),
            Approval::AfterPolls(polls) => device.is_approved || waited >= polls,
            Approval::InBrowser => device.is_approved,
            Approval::Never => false,
        };
        if !approved {
            let message = "The device code has not been approved yet";
            return refuse("AuthorizationPendingException", message);
        }
        self.devices.remove(code);
        Ok(())
    }

    fn redeem(&mut self, client: &str, input: &Value) -> Result<(), ApiError> {
        // A code is spent by its first use, good or bad.
        let code = self.codes.remove(text(input, "code"));
        let Some(code) = code.filter(|code| code.client == client) else {
            return refuse("InvalidGrantException", "Invalid authorization code provided");
        };
        if code.redirect != text(input, "redirectUri") {
            return refuse("InvalidGrantException", "The redirect URI is another one");
        }
        let hash = base64::encode(&Sha256::digest(text(input, "codeVerifier").as_bytes()));
        let hash = hash.trim_end_matches('=').replace('+', "-").replace('/', "_");
        if hash != code.challenge {
            return refuse("InvalidGrantException", "The code verifier does not fit");
        }
        Ok(())
    }

    /// The portal's `GetRoleCredentials`.
    pub(in crate::sim) fn role_credentials(
        &self,
        world: &World,
        sessions: &mut Sessions,
        token: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let is_good = self.tokens.get(token).is_some_and(|end| *end > Timestamp::now());
        let Some(center) = world.identity_center.as_ref().filter(|_| is_good) else {
            let message = "Session token not found or invalid";
            return Err(ApiError::new("UnauthorizedException", 401, message));
        };
        let (account, role) = (text(input, "account_id"), text(input, "role_name"));
        let mut assigned = center.assignments.iter();
        let is_assigned = assigned.any(|one| one.account == account && one.role == role);
        let Some(account) = world.account(account).filter(|_| is_assigned) else {
            return Err(ApiError::new("ForbiddenException", 403, "No access"));
        };
        let name = center.role_name(role);
        let short = name.rsplit('/').next().unwrap_or_default();
        let session = Session {
            role_arn: format!("arn:{}:iam::{}:role/{name}", account.partition(), account.id),
            session_name: center.user.clone(),
            arn: super::super::assume::assumed(account, short, &center.user),
            role: name,
            assumed_by: (account.id.clone(), center.user.clone()),
            ..sessions.new_session(SessionKind::IdentityCenter, &account.id, center.session_seconds)
        };
        let answer = json!({ "roleCredentials": {
            "accessKeyId": session.key, "secretAccessKey": session.secret,
            "sessionToken": session.token, "expiration": session.expires.as_millisecond(),
        } });
        sessions.keep(session);
        Ok(answer)
    }
}

/// A loopback redirect without its port, which may differ each time (RFC 8252, section 7.3).
fn without_port(url: &str) -> Option<(String, String)> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match host.strip_prefix("[::1]") {
        Some(_) => "[::1]",
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(host, "127.0.0.1" | "[::1]" | "localhost").then(|| (host.to_owned(), path.to_owned()))
}
