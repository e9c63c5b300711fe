//! The address that signs a browser in to the AWS console as a session.
//!
//! AWS's federation endpoint trades the session's credentials for a sign-in token. The address with
//! that token is a secret for as long as it works (15 minutes): whoever has it is the session.
//! `SessionDuration` is never sent: it is refused for credentials that came from another role's
//! session, as ours do, and the console ends with the session anyway.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Response, Url};
use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::session::{ReadOnlySession, Secrets};

/// Of an answer, in bytes; tokens take some 2,000.
const MAX_ANSWER: usize = 64 * 1024;
const PATH: &str = "/federation";

/// Why there is no address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsoleError {
    /// Google Cloud signs people in, not sessions.
    #[error(
        "Google Cloud has no console sign-in for a service account's session: its console only \
         knows people, with all that they may do, so a link to it would not be read-only"
    )]
    Google,
    /// A partition whose console is not known.
    #[error("the console of the partition `{0}` is not known")]
    Partition(String),
    /// The session has ended.
    #[error("the session has expired")]
    Expired,
    /// The destination is not one.
    #[error("`{destination}` is no destination: {reason}")]
    Destination {
        /// What was asked for.
        destination: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The sign-in endpoint that was configured is not one.
    #[error("the sign-in endpoint is no https address, nor one of this machine")]
    Endpoint,
    /// No client can be made.
    #[error("no HTTPS client can be made: {0}")]
    Client(String),
    /// The endpoint does not answer.
    #[error("the sign-in service cannot be reached: {0}")]
    Unreachable(String),
    /// The endpoint does not want the session.
    #[error("the sign-in service does not take the session ({0})")]
    Refused(u16),
    /// The endpoint answers something else.
    #[error("the sign-in service's answer holds no sign-in token")]
    Answer,
}

impl ConsoleError {
    /// What to do next.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Google => {
                "use `tenko exec` or `tenko login`: gcloud and Terraform get the read-only session \
                 there"
            }
            Self::Partition(_) => "use `tenko exec` there",
            Self::Endpoint => {
                "name the federation endpoint with TENKO_SIGNIN_ENDPOINT, such as \
                 https://signin.aws.amazon.com/federation"
            }
            Self::Expired | Self::Refused(_) => "ask for a new session with --fresh",
            Self::Destination { .. } => {
                "give a service, such as s3, or an https address of the console"
            }
            Self::Unreachable(_) => "check the network, and HTTPS_PROXY where there is a proxy",
            Self::Client(_) | Self::Answer => return None,
        })
    }
}

/// A client for [`sign_in_url`]: it follows nobody elsewhere, as its requests hold credentials.
///
/// # Errors
/// [`ConsoleError::Client`], where the system's certificates cannot be read.
pub fn client() -> Result<Client, ConsoleError> {
    crate::http::client().map_err(ConsoleError::Client)
}

/// The address that signs a browser in. `destination` is a service (`s3`) or an address of the
/// partition's console; `endpoint` stands in for the partition's federation endpoint.
///
/// # Errors
/// [`ConsoleError`]; none of them holds anything of the credentials or the answer.
pub async fn sign_in_url(
    session: &ReadOnlySession,
    http: &Client,
    endpoint: Option<&str>,
    destination: Option<&str>,
) -> Result<Zeroizing<String>, ConsoleError> {
    let Secrets::Aws { access_key_id, secret_access_key, session_token } = session.secrets() else {
        return Err(ConsoleError::Google);
    };
    if session.expires() <= jiff::Timestamp::now() {
        return Err(ConsoleError::Expired);
    }
    let hosts = Hosts::of(session.partition(), session.region())?;
    let federation = match endpoint {
        Some(endpoint) => given_endpoint(endpoint)?,
        None => format!("https://{}{PATH}", hosts.sign_in),
    };
    let destination = hosts.destination(destination, session.region())?;
    let keys = Session { session_id: access_key_id, session_key: secret_access_key, session_token };
    let keys = Zeroizing::new(serde_json::to_string(&keys).map_err(|_| ConsoleError::Answer)?);
    let form = Zeroizing::new(format!("Action=getSigninToken&Session={}", encoded(&keys).as_str()));
    let token = token(http, &federation, &form).await?;
    Ok(Zeroizing::new(format!(
        "{federation}?Action=login&Issuer=tenko&Destination={}&SigninToken={}",
        encoded(&destination).as_str(),
        encoded(&token).as_str(),
    )))
}

#[derive(serde::Serialize)]
struct Session<'a> {
    #[serde(rename = "sessionId")]
    session_id: &'a str,
    #[serde(rename = "sessionKey")]
    session_key: &'a str,
    #[serde(rename = "sessionToken")]
    session_token: &'a str,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
struct Token {
    #[serde(rename = "SigninToken")]
    signin_token: String,
}

/// Asks for a sign-in token: with `POST`, so that the credentials are in no address, and where the
/// endpoint does not know that, as its documentation has it, with `GET`.
async fn token(
    http: &Client,
    federation: &str,
    form: &str,
) -> Result<Zeroizing<String>, ConsoleError> {
    let kind = "application/x-www-form-urlencoded";
    let post = http.post(federation).header(http::header::CONTENT_TYPE, kind).body(form.to_owned());
    let mut response = send(post).await?;
    if response.status().is_client_error() || response.status().is_redirection() {
        tracing::debug!(status = response.status().as_u16(), "the sign-in service wants GET");
        let address = Zeroizing::new(format!("{federation}?{form}"));
        response = send(http.get(address.as_str())).await?;
    }
    if !response.status().is_success() {
        return Err(ConsoleError::Refused(response.status().as_u16()));
    }
    let mut body = Zeroizing::new(Vec::with_capacity(MAX_ANSWER));
    while let Some(chunk) =
        response.chunk().await.map_err(|error| ConsoleError::Unreachable(reason(error)))?
    {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(ConsoleError::Answer);
        }
        body.extend_from_slice(&chunk);
    }
    // What a parser says of a wrong answer can quote it.
    let token: Token = serde_json::from_slice(&body).map_err(|_| ConsoleError::Answer)?;
    if token.signin_token.is_empty() {
        return Err(ConsoleError::Answer);
    }
    Ok(Zeroizing::new(token.signin_token.clone()))
}

async fn send(request: reqwest::RequestBuilder) -> Result<Response, ConsoleError> {
    request.send().await.map_err(|error| ConsoleError::Unreachable(reason(error)))
}

/// An error and what is behind it, without the address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(utf8_percent_encode(text, NON_ALPHANUMERIC).to_string())
}

fn given_endpoint(endpoint: &str) -> Result<String, ConsoleError> {
    let url = Url::parse(endpoint).map_err(|_| ConsoleError::Endpoint)?;
    let host = url.host_str().unwrap_or_default();
    let is_here = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    let fits = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    if !fits || host.is_empty() || url.query().is_some() || url.fragment().is_some() {
        return Err(ConsoleError::Endpoint);
    }
    let text = endpoint.trim_end_matches('/');
    Ok(if url.path() == "/" { format!("{text}{PATH}") } else { text.to_owned() })
}

/// Where a partition's people sign in, and where its console is. Sources: "AWS Sign-In" and "AWS
/// Management Console" in the AWS General Reference, and for aws-eusc, whose hosts are all of a
/// region, the endpoint rules of the SDKs' sign-in client.
struct Hosts {
    sign_in: String,
    console: String,
    /// What all consoles of the partition are below.
    domain: &'static str,
}

impl Hosts {
    fn of(partition: &str, region: Option<&str>) -> Result<Self, ConsoleError> {
        let (sign_in, domain) = match partition {
            "aws" => ("signin.aws.amazon.com", "console.aws.amazon.com"),
            "aws-cn" => ("signin.amazonaws.cn", "console.amazonaws.cn"),
            "aws-us-gov" => ("signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com"),
            "aws-eusc" => {
                let domain = "console.amazonaws-eusc.eu";
                let region = region.filter(|region| is_name(region) && region.starts_with("eusc-"));
                let region = region.unwrap_or("eusc-de-east-1");
                return Ok(Self {
                    sign_in: format!("{region}.signin.amazonaws-eusc.eu"),
                    console: format!("{region}.{domain}"),
                    domain,
                });
            }
            other => return Err(ConsoleError::Partition(other.to_owned())),
        };
        Ok(Self { sign_in: sign_in.to_owned(), console: domain.to_owned(), domain })
    }

    fn destination(
        &self,
        asked: Option<&str>,
        region: Option<&str>,
    ) -> Result<String, ConsoleError> {
        let region = region.filter(|region| is_name(region));
        let region = region.map(|region| format!("?region={region}")).unwrap_or_default();
        let Some(asked) = asked else {
            return Ok(format!("https://{}/console/home{region}", self.console));
        };
        if is_name(asked) {
            return Ok(format!("https://{}/{asked}/home{region}", self.console));
        }
        let wrong =
            |reason: String| ConsoleError::Destination { destination: asked.to_owned(), reason };
        let url = Url::parse(asked)
            .map_err(|_| wrong("it is neither the name of a service nor an address".to_owned()))?;
        let host = url.host_str().unwrap_or_default();
        let below = host.strip_suffix(self.domain);
        let is_console = below.is_some_and(|below| below.is_empty() || below.ends_with('.'));
        let is_plain =
            url.username().is_empty() && url.password().is_none() && url.port().is_none();
        if url.scheme() != "https" || !is_console || !is_plain {
            return Err(wrong(format!("it is not below https://{}", self.domain)));
        }
        Ok(url.into())
    }
}

/// Whether this may be a region or a service, and surely is nothing else.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests;
