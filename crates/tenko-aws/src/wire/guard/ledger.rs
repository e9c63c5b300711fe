//! How often each operation was called, and how often the answer was "too many".

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use super::allow::AllowList;

/// Counts of one operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallCount {
    /// Requests that left the process, retries included.
    pub calls: u64,
    /// Responses that said "too many".
    pub throttled: u64,
}

/// What left the process through the guard. Clones share the counters; reading is possible at any time.
#[derive(Debug, Clone)]
pub struct CallLedger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Parallel to the allow-list's entries.
    rows: Vec<Row>,
    refused: AtomicU64,
}

#[derive(Debug)]
struct Row {
    service: String,
    operation: String,
    calls: AtomicU64,
    throttled: AtomicU64,
}

impl CallLedger {
    pub(super) fn new(allow: &AllowList) -> Self {
        let rows = allow
            .entries()
            .iter()
            .map(|entry| Row {
                service: entry.service.clone(),
                operation: entry.operation.clone(),
                calls: AtomicU64::new(0),
                throttled: AtomicU64::new(0),
            })
            .collect();
        CallLedger(Arc::new(Inner { rows, refused: AtomicU64::new(0) }))
    }

    /// Counts by service and operation, of those that were called at all.
    pub fn counts(&self) -> BTreeMap<(String, String), CallCount> {
        let mut out: BTreeMap<(String, String), CallCount> = BTreeMap::new();
        for row in &self.0.rows {
            let calls = row.calls.load(Ordering::Relaxed);
            if calls > 0 {
                let count = out.entry((row.service.clone(), row.operation.clone())).or_default();
                count.calls += calls;
                count.throttled += row.throttled.load(Ordering::Relaxed);
            }
        }
        out
    }

    /// Requests that the guard held back. More than 0 is a bug of ours.
    pub fn refusals(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    pub(super) fn sent(&self, entry: usize) {
        if let Some(row) = self.0.rows.get(entry) {
            row.calls.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn refused(&self) {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Looks whether a response is a throttle. Services say so in three ways: by status, by a header, or by a code in
    /// the body of a 400, 403 or 503, which is read for that (error bodies are short) and put back.
    pub(super) async fn watch(
        &self,
        entry: usize,
        mut response: HttpResponse,
    ) -> Result<HttpResponse, ConnectorError> {
        let throttled = match response.status().as_u16() {
            429 => true,
            400 | 403 | 503 => {
                let body = std::mem::replace(response.body_mut(), SdkBody::taken());
                let bytes = ByteStream::new(body)
                    .collect()
                    .await
                    .map_err(|error| ConnectorError::io(error.into()))?
                    .into_bytes();
                let found = response
                    .headers()
                    .get("x-amzn-errortype")
                    .is_some_and(|kind| names_throttle(kind.as_bytes()))
                    || names_throttle(&bytes);
                *response.body_mut() = SdkBody::from(bytes);
                found
            }
            _ => false,
        };
        if let (true, Some(row)) = (throttled, self.0.rows.get(entry)) {
            row.throttled.fetch_add(1, Ordering::Relaxed);
        }
        Ok(response)
    }
}

/// Whether one of the SDK's throttling codes stands in the text as a word of its own.
fn names_throttle(text: &[u8]) -> bool {
    text.get(..text.len().min(8 * 1024))
        .unwrap_or_default()
        .split(|byte| !byte.is_ascii_alphanumeric())
        .any(|word| THROTTLING_ERRORS.iter().any(|code| code.as_bytes() == word))
}

#[cfg(test)]
mod tests {
    use super::names_throttle;

    #[test]
    fn throttles_are_words() {
        assert!(names_throttle(b"<Error><Code>Throttling</Code>"));
        assert!(names_throttle(br#"{"__type":"com.amazon#ThrottlingException"}"#));
        assert!(!names_throttle(
            b"<Code>AccessDenied</Code><Message>role NoThrottlingHere</Message>"
        ));
    }
}
