//! Faults: what goes wrong, where, and how often.

use serde::{Deserialize, Serialize};

/// A fault and the requests that it hits. Every matcher that is `None` fits
/// every request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Account that signed the request.
    #[serde(default)]
    pub account: Option<String>,
    /// Region that it was signed for.
    #[serde(default)]
    pub region: Option<String>,
    /// `ec2`
    #[serde(default)]
    pub service: Option<String>,
    /// `DescribeVolumes` or `ec2:DescribeVolumes`
    #[serde(default)]
    pub operation: Option<String>,
    /// Page of the answer, from 1.
    #[serde(default)]
    pub page: Option<u32>,
    /// A value that some input of the request has: a bucket's name, an ARN.
    #[serde(default)]
    pub key: Option<String>,
    /// Only the nth request (from 1) that fits all of the above.
    #[serde(default)]
    pub nth: Option<u64>,
    /// How often; `None` for always.
    #[serde(default)]
    pub times: Option<u32>,
    /// What `times` counts.
    #[serde(default)]
    pub counted: Counted,
    /// Share of requests that are hit, 0 to 1. Which ones depends on the
    /// world's seed, the request and how often it was tried, never on timing.
    #[serde(default)]
    pub chance: Option<f64>,
}

/// What a fault's `times` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Tries of each distinct request (account, region, operation, input), so
    /// that the outcome does not depend on the order of parallel requests.
    #[default]
    EachRequest,
    /// All requests together.
    Overall,
}

/// Which policy refuses, in the words that AWS uses for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeniedBy {
    /// No identity-based policy allows the action.
    Identity,
    /// An identity-based policy denies it.
    IdentityExplicit,
    /// No service control policy allows it.
    Scp,
    /// A service control policy denies it.
    ScpExplicit,
    /// The same with the policy's ARN, as AWS words it since 2026.
    ScpExplicitWithArn,
    /// A resource control policy denies it.
    RcpExplicit,
    /// No resource-based policy allows it.
    Resource,
    /// A resource-based policy denies it.
    ResourceExplicit,
    /// No VPC endpoint policy allows it.
    VpcEndpoint,
    /// A VPC endpoint policy denies it.
    VpcEndpointExplicit,
    /// No session policy allows it.
    Session,
    /// A session policy denies it.
    SessionExplicit,
    /// No permissions boundary allows it.
    Boundary,
    /// A permissions boundary denies it.
    BoundaryExplicit,
    /// The service does not say.
    Unstated,
}

impl DeniedBy {
    /// The end of the message.
    pub(super) fn reason(self, action: &str) -> String {
        let allows = |kind: &str| format!(" because no {kind} allows the {action} action");
        let denies = |kind: &str| format!(" with an explicit deny in {kind}");
        match self {
            Self::Identity => allows("identity-based policy"),
            Self::IdentityExplicit => denies("an identity-based policy"),
            Self::Scp => allows("service control policy"),
            Self::ScpExplicit => denies("a service control policy"),
            Self::ScpExplicitWithArn => denies(
                "a service control policy: arn:aws:organizations::111111111111:policy/o-exampleorg/service_control_policy/p-example1",
            ),
            Self::RcpExplicit => denies("a resource control policy"),
            Self::Resource => allows("resource-based policy"),
            Self::ResourceExplicit => denies("a resource-based policy"),
            Self::VpcEndpoint => allows("VPC endpoint policy"),
            Self::VpcEndpointExplicit => denies("a VPC endpoint policy"),
            Self::Session => allows("session policy"),
            Self::SessionExplicit => denies("a session policy"),
            Self::Boundary => allows("permissions boundary"),
            Self::BoundaryExplicit => denies("a permissions boundary"),
            Self::Unstated => String::new(),
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The action is not allowed.
    Deny {
        /// By which policy.
        by: DeniedBy,
    },
    /// Too many requests, with the service's own code.
    Throttle,
    /// The service's internal error, 500.
    ServerError,
    /// The service is unavailable, 503.
    Unavailable,
    /// The service is not enabled in the account: `OptInRequired` and its like.
    NotSubscribed,
    /// The session is over.
    ExpiredToken,
    /// The server's clock is off by this much; requests signed more than five
    /// minutes from it are refused, and `Date` carries the server's time.
    SkewedClock {
        /// Seconds ahead of the real time.
        seconds: i64,
    },
    /// The connection closes without an answer.
    Disconnect,
    /// No answer ever comes.
    Hang,
    /// The answer takes longer.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The body ends early although its length says so: a well-formed HTTP
    /// answer with half a document.
    Truncate {
        /// Bytes that arrive.
        at: usize,
    },
    /// The same, counted from the end.
    LoseEnd {
        /// Bytes that do not arrive.
        bytes: usize,
    },
    /// The connection breaks within the body.
    CutConnection {
        /// Bytes that arrive.
        at: usize,
    },
    /// 200 with a body that is not of the protocol.
    InvalidBody,
    /// A page of HTML with status 500.
    HtmlError500,
    /// The token of the next page is the one of this page.
    RepeatToken,
    /// An empty page with a token comes before the real one.
    EmptyPageWithToken,
    /// A record comes a second time.
    DuplicateItems,
}

impl Fault {
    /// A fault that hits every request.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            account: None,
            region: None,
            service: None,
            operation: None,
            page: None,
            key: None,
            nth: None,
            times: None,
            counted: Counted::default(),
            chance: None,
        }
    }

    /// Only in this account.
    #[must_use]
    pub fn account(mut self, id: &str) -> Self {
        self.account = Some(id.into());
        self
    }

    /// Only in this region.
    #[must_use]
    pub fn region(mut self, name: &str) -> Self {
        self.region = Some(name.into());
        self
    }

    /// Only for this service.
    #[must_use]
    pub fn service(mut self, id: &str) -> Self {
        self.service = Some(id.into());
        self
    }

    /// Only for this operation.
    #[must_use]
    pub fn operation(mut self, name: &str) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// Only on this page.
    #[must_use]
    pub fn page(mut self, number: u32) -> Self {
        self.page = Some(number);
        self
    }

    /// Only where an input has this value.
    #[must_use]
    pub fn key(mut self, value: &str) -> Self {
        self.key = Some(value.into());
        self
    }

    /// Only the nth fitting request.
    #[must_use]
    pub fn nth(mut self, number: u64) -> Self {
        self.nth = Some(number);
        self
    }

    /// So many times for each distinct request.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.times = Some(count);
        self
    }

    /// `times` counts all requests together.
    #[must_use]
    pub fn overall(mut self) -> Self {
        self.counted = Counted::Overall;
        self
    }

    /// Hits this share of requests.
    #[must_use]
    pub fn chance(mut self, share: f64) -> Self {
        self.chance = Some(share);
        self
    }
}
