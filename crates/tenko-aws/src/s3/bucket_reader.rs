//! The calls about one bucket: in its own region, gated, and each with an outcome of its own.

use std::error::Error as StdError;
use std::future::Future;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::region::Region as AwsRegion;
use tenko_core::AttrPath;

use crate::context::UnitContext;
use crate::sdk_type::TypeEvent;
use crate::wire::classify_sdk_error;

/// How one part of a bucket was read.
pub(super) enum Part<T> {
    /// It is configured so.
    Found(T),
    /// It is not configured, which is a fact.
    Absent,
    /// It could not be read: the attributes are marked as unknown.
    Unread,
}

impl<T> Part<T> {
    /// What was found, if it holds anything.
    pub(super) fn found<U>(self, map: impl FnOnce(T) -> Option<U>) -> Option<U> {
        match self {
            Part::Found(value) => map(value),
            Part::Absent | Part::Unread => None,
        }
    }
}

/// The bucket was deleted after it was listed.
pub(super) struct Gone;

pub(super) struct BucketReader<'a> {
    pub(super) ctx: &'a UnitContext<'a>,
    pub(super) bucket: String,
    /// Where calls go.
    pub(super) region: String,
    /// The bucket's region, where an error named it.
    pub(super) told_region: Option<String>,
    pub(super) unknown: Vec<AttrPath>,
    pub(super) problems: Vec<TypeEvent>,
    /// After an error that every further call would share, none is made.
    is_lost: bool,
}

/// Codes of a call that went to another region than the bucket's.
const ELSEWHERE: [&str; 4] = [
    "PermanentRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "TemporaryRedirect",
];

impl<'a> BucketReader<'a> {
    pub(super) fn new(ctx: &'a UnitContext<'a>, bucket: String, region: String) -> Self {
        Self {
            ctx,
            bucket,
            region,
            told_region: None,
            unknown: Vec::new(),
            problems: Vec::new(),
            is_lost: false,
        }
    }

    /// Makes one call, and once more where S3 says that the bucket lives elsewhere. `absent` is the
    /// code that means that nothing is configured, `attributes` what is unknown when it fails.
    pub(super) async fn ask<T, E, Fut>(
        &mut self,
        operation: &str,
        absent: &str,
        attributes: &[&str],
        send: impl Fn(&Client, &str, Builder) -> Fut,
    ) -> Result<Part<T>, Gone>
    where
        E: ProvideErrorMetadata + StdError + 'static,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut was_redirected = false;
        while !self.is_lost {
            self.ctx.pass("s3").await;
            let config = self.ctx.s3().region(AwsRegion::new(self.region.clone()));
            let error = match send(&self.ctx.clients.s3, &self.bucket, config).await {
                Ok(answer) => return Ok(Part::Found(answer)),
                Err(error) => error,
            };
            let told = error
                .raw_response()
                .and_then(|raw| raw.headers().get("x-amz-bucket-region"))
                .map(str::to_owned);
            self.told_region = told.or(self.told_region.take());
            let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
            let code = code.unwrap_or_default();
            if code == "NoSuchBucket" {
                return Err(Gone);
            }
            if !absent.is_empty() && code == absent {
                return Ok(Part::Absent);
            }
            let elsewhere = self.told_region.clone().filter(|told| *told != self.region);
            if let (true, false, Some(region)) =
                (ELSEWHERE.contains(&code), was_redirected, elsewhere)
            {
                was_redirected = true;
                self.region = region;
                continue;
            }
            let error = classify_sdk_error(&error, "s3", operation).in_region(&self.region);
            self.is_lost = error.class.is_fatal_for_session();
            self.problems.push(TypeEvent::Problem(error));
            break;
        }
        self.unknown.extend(attributes.iter().copied().map(AttrPath::key));
        Ok(Part::Unread)
    }
}

/// Asks for one part of a bucket: operation, method, the code that means absence, attributes.
macro_rules! ask {
    ($reader:expr, $operation:literal, $method:ident, $absent:literal, $attributes:expr) => {
        $reader
            .ask($operation, $absent, $attributes, |s3, bucket, config| {
                s3.$method().bucket(bucket).customize().config_override(config).send()
            })
            .await?
    };
}
pub(super) use ask;
