//! The list itself: what may be called, and how a request is recognized as that.

use std::collections::HashMap;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::RefusedCall;
use super::identify::{self, Shape};
use crate::wire::service::{Protocol, WireOperation};

/// How a request on the wire is recognized. `signing_name` is the service in the credential scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Matcher {
    /// A form with `Action=`: the query protocol and EC2's.
    Action {
        /// Service in the credential scope; `None` for calls that are made unsigned (STS with a web identity).
        signing_name: Option<String>,
        /// The form's only `Action`.
        action: String,
    },
    /// A form with `Action=` and, exactly once, `DryRun=true`: EC2 then says whether the call would be permitted, and
    /// does nothing.
    DryRun {
        /// Service in the credential scope.
        signing_name: String,
        /// The form's only `Action`.
        action: String,
    },
    /// JSON with `X-Amz-Target`.
    Target {
        /// Service in the credential scope.
        signing_name: String,
        /// The header's value.
        target: String,
    },
    /// A method and a path.
    Rest {
        /// Service in the credential scope; `None` for unsigned calls.
        signing_name: Option<String>,
        /// Upper case.
        method: String,
        /// Segments are literal or `{anything}`, which stands for one non-empty segment.
        path: String,
        /// A query parameter that must be there.
        query: Option<String>,
    },
    /// A read of a bucket or of the list of buckets; never of an object.
    S3 {
        /// `GET` or `HEAD`.
        method: String,
        /// Of a bucket, or of the service.
        bucket: bool,
        /// The bucket's sub-resource, such as `versioning`: the only query parameter beside paging.
        subresource: Option<String>,
    },
    /// Addresses of the machine's own credentials: host and path prefix, unsigned.
    Metadata {
        /// Host with port when it isn't the scheme's own.
        host: String,
        /// `GET`, or `PUT` for the token of the instance metadata service.
        method: String,
        /// What the path starts with.
        path_prefix: String,
    },
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedCall {
    /// Key of the service, for reports.
    pub service: String,
    /// Name of the operation.
    pub operation: String,
    /// IAM actions that the call needs; empty for calls that need none.
    pub iam_actions: Vec<String>,
    /// How it is recognized.
    pub matcher: Matcher,
}

impl AllowedCall {
    /// The line for an operation of the data-driven client.
    pub fn of(op: &WireOperation) -> Self {
        let signing_name = op.service.signing_name().to_owned();
        let matcher = match op.service.protocol {
            Protocol::Query => {
                Matcher::Action { signing_name: Some(signing_name), action: op.name.clone() }
            }
            Protocol::Json10 | Protocol::Json11 => Matcher::Target {
                signing_name,
                target: format!(
                    "{}.{}",
                    op.service.target_prefix.as_deref().unwrap_or_default(),
                    op.name
                ),
            },
            Protocol::RestJson | Protocol::RestXml => {
                let (path, query) =
                    op.uri.split_once('?').map_or((op.uri.as_str(), None), |(p, q)| (p, Some(q)));
                Matcher::Rest {
                    signing_name: Some(signing_name),
                    method: op.method.clone(),
                    path: path.to_owned(),
                    query: query.map(|q| q.split(['=', '&']).next().unwrap_or_default().to_owned()),
                }
            }
        };
        AllowedCall {
            service: op.service.key.clone(),
            operation: op.name.clone(),
            iam_actions: op.iam_actions().map(str::to_owned).collect(),
            matcher,
        }
    }

    /// An operation of EC2's SDK crate.
    pub fn ec2(operation: &str) -> Self {
        Self::action("ec2", operation)
    }

    /// An operation of EC2 that is asked about and not done: `DryRun=true`.
    pub fn ec2_dry_run(operation: &str) -> Self {
        AllowedCall {
            service: "ec2".to_owned(),
            operation: operation.to_owned(),
            // Being refused is what it is for.
            iam_actions: Vec::new(),
            matcher: Matcher::DryRun {
                signing_name: "ec2".to_owned(),
                action: operation.to_owned(),
            },
        }
    }

    /// An operation of IAM, for crates that read roles over a session of their own.
    pub fn iam(operation: &str) -> Self {
        Self::action("iam", operation)
    }

    /// What signing in at IAM Identity Center calls beside [`credential_sources`](Self::credential_sources): the
    /// registration of a client and the start of a device's authorization (both unsigned).
    pub fn identity_center_sign_in() -> Vec<Self> {
        vec![
            Self::unsigned("sso-oidc", "RegisterClient", "POST", "/client/register"),
            Self::unsigned("sso-oidc", "StartDeviceAuthorization", "POST", "/device_authorization"),
        ]
    }

    fn unsigned(service: &str, operation: &str, method: &str, path: &str) -> Self {
        AllowedCall {
            service: service.to_owned(),
            operation: operation.to_owned(),
            iam_actions: Vec::new(),
            matcher: Matcher::Rest {
                signing_name: None,
                method: method.to_owned(),
                path: path.to_owned(),
                query: None,
            },
        }
    }

    /// An operation of the Organizations SDK crate.
    pub fn organizations(operation: &str) -> Self {
        AllowedCall {
            service: "organizations".to_owned(),
            operation: operation.to_owned(),
            iam_actions: vec![format!("organizations:{operation}")],
            matcher: Matcher::Target {
                signing_name: "organizations".to_owned(),
                target: format!("AWSOrganizationsV20161128.{operation}"),
            },
        }
    }

    /// An S3 call about a bucket, such as `("GetBucketVersioning", "s3:GetBucketVersioning", "versioning")`.
    pub fn s3_bucket(operation: &str, iam_action: &str, subresource: &str) -> Self {
        Self::s3("GET", operation, iam_action, true, Some(subresource.to_owned()))
    }

    /// `HeadBucket`: whether a bucket is there, and in which region.
    pub fn s3_head_bucket() -> Self {
        Self::s3("HEAD", "HeadBucket", "s3:ListBucket", true, None)
    }

    /// `ListBuckets`.
    pub fn s3_list_buckets() -> Self {
        Self::s3("GET", "ListBuckets", "s3:ListAllMyBuckets", false, None)
    }

    fn s3(
        method: &str,
        operation: &str,
        iam_action: &str,
        bucket: bool,
        subresource: Option<String>,
    ) -> Self {
        AllowedCall {
            service: "s3".to_owned(),
            operation: operation.to_owned(),
            iam_actions: vec![iam_action.to_owned()],
            matcher: Matcher::S3 { method: method.to_owned(), bucket, subresource },
        }
    }

    fn action(service: &str, operation: &str) -> Self {
        AllowedCall {
            service: service.to_owned(),
            operation: operation.to_owned(),
            iam_actions: vec![format!("{service}:{operation}")],
            matcher: Matcher::Action {
                signing_name: Some(service.to_owned()),
                action: operation.to_owned(),
            },
        }
    }

    /// What sources of credentials call. None of it changes anything in an account: it opens sessions.
    ///
    /// - STS: `AssumeRole`, `AssumeRoleWithWebIdentity` (unsigned), `GetCallerIdentity`.
    /// - IAM Identity Center: `GetRoleCredentials` of the portal, `CreateToken` of SSO-OIDC, which renews the token
    ///   that `aws sso login` got (both unsigned).
    /// - The instance metadata service and the container credential endpoints, at their fixed addresses.
    pub fn credential_sources() -> Vec<Self> {
        let mut web_identity = Self::action("sts", "AssumeRoleWithWebIdentity");
        web_identity.iam_actions.clear();
        web_identity.matcher =
            Matcher::Action { signing_name: None, action: "AssumeRoleWithWebIdentity".to_owned() };
        let mut identity = Self::action("sts", "GetCallerIdentity");
        identity.iam_actions.clear();
        let mut out = vec![
            Self::action("sts", "AssumeRole"),
            web_identity,
            identity,
            Self::unsigned("sso", "GetRoleCredentials", "GET", "/federation/credentials"),
            Self::unsigned("sso-oidc", "CreateToken", "POST", "/token"),
        ];
        for host in ["169.254.169.254", "[fd00:ec2::254]"] {
            out.push(Self::metadata(host, "PUT", "/latest/api/token"));
            out.push(Self::metadata(host, "GET", "/latest/meta-data/"));
        }
        for host in ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"] {
            out.push(Self::metadata(host, "GET", "/"));
        }
        out
    }

    /// A container credential endpoint at an address of its own, as `AWS_CONTAINER_CREDENTIALS_FULL_URI` names it.
    ///
    /// `None` when the URI has no host.
    pub fn container_credentials(full_uri: &str) -> Option<Self> {
        let uri: http::Uri = full_uri.parse().ok()?;
        Some(Self::metadata(uri.authority()?.as_str(), "GET", uri.path()))
    }

    fn metadata(host: &str, method: &str, path_prefix: &str) -> Self {
        AllowedCall {
            service: "metadata".to_owned(),
            operation: "Credentials".to_owned(),
            iam_actions: Vec::new(),
            matcher: Matcher::Metadata {
                host: host.to_owned(),
                method: method.to_owned(),
                path_prefix: path_prefix.to_owned(),
            },
        }
    }
}

/// The list, indexed.
#[derive(Debug, Clone, Default)]
pub struct AllowList {
    entries: Vec<AllowedCall>,
    /// Everything but paths with placeholders and metadata addresses is found here.
    exact: HashMap<Matcher, usize>,
    patterns: Vec<usize>,
    s3_host: Option<String>,
}

impl AllowList {
    /// Builds the list. Entries that say the same are counted together.
    pub fn new(entries: impl IntoIterator<Item = AllowedCall>) -> Self {
        let mut list = AllowList::default();
        for entry in entries {
            if list.entries.contains(&entry) {
                continue;
            }
            let at = list.entries.len();
            match &entry.matcher {
                Matcher::Rest { .. } | Matcher::Metadata { .. } => list.patterns.push(at),
                exact => {
                    list.exact.entry(exact.clone()).or_insert(at);
                }
            }
            list.entries.push(entry);
        }
        list
    }

    /// Names an endpoint that replaces AWS's own: without this, requests to it that look like S3 are refused,
    /// because it can't be told whether a host contains a bucket's name.
    #[must_use]
    pub fn with_endpoint_url(mut self, url: &str) -> Self {
        self.s3_host = url
            .parse::<http::Uri>()
            .ok()
            .and_then(|uri| uri.authority().map(|a| a.as_str().to_owned()));
        self
    }

    /// All entries, in the order given, without duplicates.
    pub fn entries(&self) -> &[AllowedCall] {
        &self.entries
    }

    /// The entry that a request is, by its position.
    ///
    /// # Errors
    /// [`RefusedCall`] when it is none of them.
    pub fn check(&self, request: &HttpRequest) -> Result<usize, RefusedCall> {
        let shape = identify::shape(request, self.s3_host.as_deref())
            .map_err(|what| RefusedCall { what })?;
        self.find(&shape).ok_or_else(|| RefusedCall { what: shape.describe() })
    }

    fn find(&self, shape: &Shape<'_>) -> Option<usize> {
        if let Some(exact) = shape.exact() {
            return self.exact.get(&exact).copied();
        }
        self.patterns
            .iter()
            .copied()
            .find(|&at| self.entries.get(at).is_some_and(|entry| shape.fits(&entry.matcher)))
    }
}
