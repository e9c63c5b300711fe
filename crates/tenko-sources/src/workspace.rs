//! The current state of a workspace of HCP Terraform or Terraform Enterprise.
//!
//! Source: the API's documentation, "Workspaces" (show), "State Versions" (fetch the current one).

use bytes::Bytes;
use http::HeaderValue;
use reqwest::Url;
use serde_json::Value;
use tenko_core::{Arg, Message, msg};

use crate::http::{Answer, Getter, bearer, code, secret};
use crate::settings::Settings;

/// The largest answer about a workspace or a state version, in bytes.
const MAX_ANSWER: u64 = 16 << 20;

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Workspace {
    pub(crate) host: String,
    pub(crate) organization: String,
    pub(crate) name: String,
    pub(crate) token_env: Option<String>,
}

impl Workspace {
    /// Reads its current state.
    pub(crate) async fn state(&self, getter: Getter<'_>) -> Result<Bytes, Message> {
        let token = self.token(getter.settings)?;
        let base = self.base(getter.settings)?;
        let workspace = ["organizations", &self.organization, "workspaces", &self.name];
        let found = self.ask(getter, &base, &workspace, &token).await?;
        let found = match found.status.as_u16() {
            404 => return Err(msg!("code-workspace-missing")),
            _ => json(&found)?,
        };
        let id = found.pointer("/data/id").and_then(Value::as_str);
        let id = id.ok_or_else(|| msg!("code-workspace-no-id"))?;
        let version = ["workspaces", id, "current-state-version"];
        let version = self.ask(getter, &base, &version, &token).await?;
        let version = match version.status.as_u16() {
            404 => return Err(msg!("code-workspace-no-state")),
            _ => json(&version)?,
        };
        let url = version.pointer("/data/attributes/hosted-state-download-url");
        let url = url.and_then(Value::as_str).ok_or_else(|| msg!("code-workspace-no-address"))?;
        // The address holds a signature: it is not shown.
        let url = base.join(url).map_err(|_| msg!("code-workspace-bad-address"))?;
        if url.scheme() != base.scheme() && url.scheme() != "https" {
            return Err(msg!("code-workspace-plain-address"));
        }
        let header = Some(&token).filter(|_| url.origin() == base.origin());
        let answer = getter.get(&url, header, getter.settings.max_bytes).await?;
        match answer.status.as_u16() {
            200 => Ok(answer.body),
            204 => Err(msg!("code-http-no-state")),
            other => Err(msg!("code-workspace-download", status = code(other))),
        }
    }

    /// The address that its API is relative to.
    fn base(&self, settings: &Settings) -> Result<Url, Message> {
        let https = format!("https://{}/api/v2/", self.host);
        let wrong =
            |error| msg!("code-workspace-host", host = &self.host, error = Arg::text(error));
        let url = Url::parse(&https).map_err(wrong)?;
        let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
        if settings.plain_loopback && is_here {
            return Url::parse(&format!("http://{}/api/v2/", self.host)).map_err(wrong);
        }
        Ok(url)
    }

    async fn ask(
        &self,
        getter: Getter<'_>,
        base: &Url,
        path: &[&str],
        token: &HeaderValue,
    ) -> Result<Answer, Message> {
        let mut url = base.clone();
        // Names are no syntax.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let answer = getter.get(&url, Some(token), MAX_ANSWER).await?;
        match answer.status.as_u16() {
            200 | 404 => Ok(answer),
            401 => {
                let (host, variable) = (&self.host, self.variable());
                Err(msg!("code-workspace-token", host = host, variable = variable))
            }
            403 => Err(msg!("code-workspace-denied", variable = self.variable())),
            other => Err(msg!("code-workspace-status", host = &self.host, status = code(other))),
        }
    }

    /// The variable that holds the token. Terraform's own is named after the host, where dots
    /// become `_` and hyphens `__`.
    fn variable(&self) -> String {
        self.token_env.clone().unwrap_or_else(|| {
            let host = self.host.split(':').next().unwrap_or_default();
            format!("TF_TOKEN_{}", host.replace('-', "__").replace('.', "_"))
        })
    }

    fn token(&self, settings: &Settings) -> Result<HeaderValue, Message> {
        let name = self.variable();
        let token =
            secret(settings, &name).map_err(|why| msg!("code-workspace-variable", why = why))?;
        bearer(&token, &name)
    }
}

fn json(answer: &Answer) -> Result<Value, Message> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| msg!("code-workspace-json", error = Arg::text(error)))
}
