//! What a finished request is, as a service would understand it. Anything ambiguous is an error.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use percent_encoding::percent_decode_str;

use super::allow::Matcher;
use super::s3_host::{self, S3Target};

/// A request, reduced to what tells one operation from another.
#[derive(Debug)]
pub(super) enum Shape<'a> {
    Action {
        signing_name: Option<&'a str>,
        action: String,
        /// Whether it says, once and unmistakably, that nothing is to be done.
        dry_run: bool,
    },
    Target {
        signing_name: &'a str,
        target: &'a str,
    },
    S3 {
        method: &'a str,
        bucket: bool,
        subresource: Option<&'a str>,
    },
    Rest {
        signing_name: Option<&'a str>,
        method: &'a str,
        host: &'a str,
        path: &'a str,
        query: Vec<&'a str>,
    },
}

/// Headers that make a server take a request for another one.
const OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

/// Recognizes a request. The error says why it can't be, for people.
pub(super) fn shape<'a>(
    request: &'a HttpRequest,
    custom_s3_host: Option<&str>,
) -> Result<Shape<'a>, String> {
    let (host, path, query) = split(request.uri())?;
    let method = request.method();
    let headers = request.headers();
    if let Some(name) = OVERRIDES.iter().find(|name| headers.contains_key(**name)) {
        return Err(format!("a request with the header {name}"));
    }
    let keys: Vec<&str> = query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|p| p.split('=').next().unwrap_or_default())
        .collect();
    if keys.iter().any(|key| {
        key.eq_ignore_ascii_case("X-Amz-Signature") || key.eq_ignore_ascii_case("Action")
    }) {
        return Err("a request that is signed or named in its URL".to_owned());
    }
    let signing_name = match headers.get("authorization") {
        Some(value) if value.starts_with("AWS4-") => {
            Some(scope_service(value).ok_or("a signature of unknown form")?)
        }
        _ => None,
    };
    if signing_name == Some("s3") {
        let names_account = headers.contains_key("x-amz-account-id");
        return match s3_host::target(host, path, custom_s3_host, names_account) {
            S3Target::Control => Ok(Shape::Rest { signing_name, method, host, path, query: keys }),
            target => s3(method, target, &keys),
        };
    }
    let content_type = headers.get("content-type").unwrap_or_default();
    let form = content_type.starts_with("application/x-www-form-urlencoded");
    match headers.get("x-amz-target") {
        Some(target) => match (signing_name, method, path, form || !query.is_empty()) {
            (Some(signing_name), "POST", "" | "/", false)
                if headers.get_all("x-amz-target").count() == 1 =>
            {
                Ok(Shape::Target { signing_name, target })
            }
            _ => Err(format!("{method} {path} with the target {target}")),
        },
        None if form => {
            if method != "POST" || !matches!(path, "" | "/") || !query.is_empty() {
                return Err(format!("a form sent by {method} to {path}"));
            }
            let (action, dry_run) = action(request)?;
            Ok(Shape::Action { signing_name, action, dry_run })
        }
        None => Ok(Shape::Rest { signing_name, method, host, path, query: keys }),
    }
}

/// Host, path and query of an absolute URI.
fn split(uri: &str) -> Result<(&str, &str, &str), String> {
    let (_, rest) = uri.split_once("://").ok_or("a request without a host")?;
    let rest = rest.split('#').next().unwrap_or_default();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    if host.contains('@') || host.is_empty() {
        return Err("a request with user information or without a host".to_owned());
    }
    Ok((host, path, query))
}

/// `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/iam/aws4_request, …` is `iam`.
fn scope_service(authorization: &str) -> Option<&str> {
    let scope =
        authorization.strip_prefix("AWS4-HMAC-SHA256")?.trim_start().strip_prefix("Credential=")?;
    let mut parts = scope.split(',').next()?.trim().rsplit('/');
    (parts.next()? == "aws4_request").then(|| parts.next())?
}

fn s3<'a>(method: &'a str, target: S3Target, keys: &[&'a str]) -> Result<Shape<'a>, String> {
    // `x-id` is a label of the SDK's; the others page through a list or narrow it.
    const PAGING: [&str; 6] =
        ["x-id", "continuation-token", "id", "max-buckets", "prefix", "bucket-region"];
    let mut subresources = keys.iter().copied().filter(|key| !PAGING.contains(key));
    let subresource = subresources.next();
    if subresources.next().is_some() {
        return Err(format!("{method} of S3 with several sub-resources"));
    }
    match target {
        S3Target::Service => Ok(Shape::S3 { method, bucket: false, subresource }),
        // `prefix` would make a listing of objects out of a plain GET, which is never allowed anyway.
        S3Target::Bucket => Ok(Shape::S3 { method, bucket: true, subresource }),
        S3Target::Control | S3Target::Other => {
            Err(format!("{method} of an S3 object or of an unknown S3 address"))
        }
    }
}

/// The form's only `Action`, and whether it is a dry run. A streaming body can't be looked into and is refused.
fn action(request: &HttpRequest) -> Result<(String, bool), String> {
    let body = request
        .body()
        .bytes()
        .and_then(|b| std::str::from_utf8(b).ok())
        .ok_or("a form that can't be read")?;
    let mut found = None;
    let mut dry_runs = Vec::new();
    for pair in body.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name =
            percent_decode_str(name).decode_utf8().map_err(|_| "a form that is not UTF-8")?;
        // Some services take parameter names in any case.
        if name.eq_ignore_ascii_case("Action") {
            if found.is_some() {
                return Err("a form with two actions".to_owned());
            }
            found = Some(
                percent_decode_str(value)
                    .decode_utf8()
                    .map_err(|_| "a form that is not UTF-8")?
                    .into_owned(),
            );
        }
        if name.eq_ignore_ascii_case("DryRun") {
            dry_runs.push(name == "DryRun" && value == "true");
        }
    }
    let found = found.ok_or_else(|| "a form without an action".to_owned())?;
    Ok((found, dry_runs == [true]))
}

impl Shape<'_> {
    /// The matcher that equals this request, for shapes that are looked up rather than searched.
    pub(super) fn exact(&self) -> Option<Matcher> {
        match self {
            Shape::Action { signing_name: Some(signing_name), action, dry_run: true } => {
                Some(Matcher::DryRun {
                    signing_name: (*signing_name).to_owned(),
                    action: action.clone(),
                })
            }
            Shape::Action { signing_name, action, .. } => Some(Matcher::Action {
                signing_name: signing_name.map(str::to_owned),
                action: action.clone(),
            }),
            Shape::Target { signing_name, target } => Some(Matcher::Target {
                signing_name: (*signing_name).to_owned(),
                target: (*target).to_owned(),
            }),
            Shape::S3 { method, bucket, subresource } => Some(Matcher::S3 {
                method: (*method).to_owned(),
                bucket: *bucket,
                subresource: subresource.map(str::to_owned),
            }),
            Shape::Rest { .. } => None,
        }
    }

    pub(super) fn fits(&self, matcher: &Matcher) -> bool {
        let Shape::Rest { signing_name, method, host, path, query } = self else { return false };
        match matcher {
            Matcher::Rest {
                signing_name: wanted_name,
                method: wanted,
                path: template,
                query: key,
            } => {
                *signing_name == wanted_name.as_deref()
                    && *method == wanted
                    && path_fits(path, template)
                    && key.as_deref().is_none_or(|key| query.contains(&key))
            }
            Matcher::Metadata { host: wanted_host, method: wanted, path_prefix } => {
                signing_name.is_none()
                    && *host == wanted_host
                    && *method == wanted
                    && path.starts_with(path_prefix.as_str())
            }
            _ => false,
        }
    }

    /// For the message of a refusal: no values that a user gave, only names of operations and paths.
    pub(super) fn describe(&self) -> String {
        match self {
            Shape::Action { signing_name, action, .. } => {
                format!("{}:{action}", signing_name.unwrap_or("unsigned"))
            }
            Shape::Target { signing_name, target } => format!("{signing_name}:{target}"),
            Shape::S3 { method, bucket, subresource } => {
                let what = if *bucket { "a bucket" } else { "S3" };
                format!(
                    "{method} of {what}{}",
                    subresource.map(|s| format!(" ({s})")).unwrap_or_default()
                )
            }
            Shape::Rest { signing_name, method, path, .. } => {
                format!("{method} {path} of {}", signing_name.unwrap_or("an unsigned address"))
            }
        }
    }
}

/// Segment by segment; `{x}` stands for one segment that is neither empty nor a dot segment.
fn path_fits(path: &str, template: &str) -> bool {
    let mut segments = path.split('/');
    let mut wanted = template.split('/');
    loop {
        match (segments.next(), wanted.next()) {
            (None, None) => return true,
            (Some(segment), Some(pattern))
                if pattern.starts_with('{') && pattern.ends_with('}') =>
            {
                if matches!(segment, "" | "." | "..") {
                    return false;
                }
            }
            (Some(segment), Some(pattern)) if segment == pattern => {}
            _ => return false,
        }
    }
}
