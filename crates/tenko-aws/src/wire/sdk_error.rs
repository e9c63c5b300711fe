//! From the runtime's error to ours. The same function serves calls made by the SDK crates.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::classify::classify;
use super::error::{CallError, ErrorClass, cut};
use super::guard::RefusedCall;

/// Gives access to what the raw response tells beside the error itself. Implemented for the response type that all
/// SDK crates use.
pub trait RawResponse {
    /// The HTTP status.
    fn status(&self) -> Option<u16>;
    /// The request id from the headers.
    fn request_id(&self) -> Option<String>;
}

impl RawResponse for HttpResponse {
    fn status(&self) -> Option<u16> {
        Some(HttpResponse::status(self).as_u16())
    }

    fn request_id(&self) -> Option<String> {
        ["x-amzn-requestid", "x-amz-request-id"]
            .iter()
            .find_map(|name| self.headers().get(name))
            .map(str::to_owned)
    }
}

/// Turns an error of an SDK crate's call, or of our own client, into a [`CallError`].
///
/// Add [`CallError::in_region`] where the credentials are known to be good. `attempts` stays 0: an SDK error doesn't
/// tell them.
pub fn classify_sdk_error<E, R>(error: &SdkError<E, R>, service: &str, operation: &str) -> CallError
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: RawResponse + std::fmt::Debug + 'static,
{
    let raw = error.raw_response();
    let status = raw.and_then(RawResponse::status);
    let request_id = raw.and_then(RawResponse::request_id);
    let mut out = match error {
        SdkError::ServiceError(service_error) => {
            let meta = service_error.err();
            let (code, message) = (meta.code(), meta.message());
            // A success that the SDK cannot read comes as an error of the service without a code.
            let unreadable =
                code.is_none() && status.is_some_and(|status| (200..300).contains(&status));
            if unreadable {
                CallError::new(
                    ErrorClass::InvalidResponse,
                    service,
                    operation,
                    chain(service_error.err()),
                )
            } else {
                let mut out = CallError::new(
                    classify(code, status, message),
                    service,
                    operation,
                    message.unwrap_or_default(),
                );
                out.code = code.map(str::to_owned);
                if message.is_none() {
                    out.message = None;
                }
                out
            }
        }
        SdkError::ResponseError(_) => {
            CallError::new(ErrorClass::InvalidResponse, service, operation, chain(error))
        }
        SdkError::TimeoutError(_) => {
            CallError::new(ErrorClass::Unreachable, service, operation, chain(error))
        }
        SdkError::DispatchFailure(failure) => {
            if let Some(refused) = find::<RefusedCall>(error) {
                CallError::new(ErrorClass::Refused, service, operation, refused.to_string())
            } else if let Some(session) = find::<CallError>(error) {
                // The session could not be renewed: that call's own error says why.
                return session.clone();
            } else {
                // A dispatch failure that isn't about the connection arises before anything is sent, mostly
                // because the credentials could not be had.
                let class = if failure.is_io() || failure.is_timeout() {
                    ErrorClass::Unreachable
                } else {
                    ErrorClass::Other
                };
                CallError::new(class, service, operation, chain(error))
            }
        }
        _ => CallError::new(ErrorClass::Other, service, operation, chain(error)),
    };
    out.status = status;
    out.request_id = request_id.map(Into::into);
    out
}

/// The messages of the sources, from the outside in, without repeating one that its parent already contains.
fn chain(error: &dyn StdError) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn StdError> = error.source().or(Some(error));
    while let Some(error) = next {
        let part = error.to_string();
        if !text.contains(&part) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&part);
        }
        next = error.source();
    }
    cut(text)
}

/// An error with its causes, each once, on one line: sources of credentials list their attempts on lines of their own.
pub fn on_one_line(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let part = source.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        next = source.source();
    }
    text.split('\n').map(str::trim).collect::<Vec<_>>().join("; ")
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
