//! Incoming webhooks of Slack.

use ::http::Method;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::NotifyError;
use crate::http::{Http, address, json};

/// Posts a payload (`{"text": …, "blocks": […]}`) to a webhook. It is posted once: where no answer came,
/// it may be there, and is not sent again.
///
/// # Errors
/// [`NotifyError`], which never holds the webhook's URL: who knows it can post.
pub async fn slack(
    http: &Http,
    webhook: &Zeroizing<String>,
    payload: &Value,
) -> Result<(), NotifyError> {
    let url = address(webhook, "the webhook")?;
    let answer =
        http.send("Slack", false, || json(&http.client, Method::POST, &url, payload)).await?;
    // Source: "Sending messages using incoming webhooks": success is the text `ok`.
    match answer.body.as_slice().trim_ascii() {
        b"ok" | b"" => Ok(()),
        other => Err(NotifyError::Answer {
            whose: "Slack".to_owned(),
            why: String::from_utf8_lossy(other).chars().take(100).collect(),
        }),
    }
}
