//! Makes sure that an answer arrived whole before an SDK crate's reading of it counts.
//!
//! The SDK crates read XML as it comes and take the end of the text, or a fault in it, for the end of a list, and an
//! empty body of a JSON service for an empty object: an answer that was cut off looks like one with fewer records.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::wire::xml;

/// Both halves: the check, and the retry of what did not stand it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WholeBody;

#[dyn_dispatch_hint]
impl Intercept for WholeBody {
    fn name(&self) -> &'static str {
        "whole body"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        // An error is one whatever its body says, and the answer to HEAD has none.
        let has_body = cfg.load::<Metadata>().is_none_or(|meta| !meta.name().starts_with("Head"));
        match response.body().bytes() {
            Some(body) if has_body && response.status().is_success() => check(body),
            _ => Ok(()),
        }
    }
}

impl ClassifyRetry for WholeBody {
    fn classify_retry(&self, ctx: &InterceptorContext) -> RetryAction {
        let arrived = ctx.response().is_some_and(|response| response.status().is_success());
        match ctx.output_or_error() {
            Some(Err(error)) if arrived && error.is_interceptor_error() => {
                RetryAction::transient_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "whole body"
    }
}

fn check(body: &[u8]) -> Result<(), BoxError> {
    let text = std::str::from_utf8(body)?.trim_ascii_start();
    let text = text.trim_start_matches('\u{feff}');
    if text.is_empty() {
        return Err("the answer has no body".into());
    }
    if text.starts_with('<') {
        xml::parse(text, &[])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_document_is_none() {
        let whole = "<?xml version=\"1.0\"?>\n<A><b><item>1</item></b><c>x</c></A>";
        assert!(check(whole.as_bytes()).is_ok());
        for end in 0..whole.len() {
            assert!(check(&whole.as_bytes()[..end]).is_err(), "{}", &whole[..end]);
        }
        assert!(check(b"<A><b></A>").is_err());
        assert!(check(b"{\"a\": 1}").is_ok(), "JSON is read as a whole anyway");
    }
}
