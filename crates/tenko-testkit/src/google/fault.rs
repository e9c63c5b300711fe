//! Faults: what goes wrong, where, and how often.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A fault and the requests that it hits. Every matcher that is `None` fits every request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Id of the project that is asked; it never fits requests to folders and organizations.
    #[serde(default)]
    pub project: Option<String>,
    /// `compute`
    #[serde(default)]
    pub service: Option<String>,
    /// `compute.instances.aggregatedList`, or the same without the service.
    #[serde(default)]
    pub operation: Option<String>,
    /// An asset type that the request lists, by its service or by Asset Inventory.
    #[serde(default)]
    pub asset_type: Option<String>,
    /// A value that some part of the path or some parameter has: a bucket's name, an email.
    #[serde(default)]
    pub value: Option<String>,
    /// The page that is asked for, from 1.
    #[serde(default)]
    pub page: Option<usize>,
    /// How often; `None` for always.
    #[serde(default)]
    pub times: Option<u32>,
    /// Whether `times` counts all requests together, and not the tries of each distinct one.
    #[serde(default)]
    pub overall: bool,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The caller lacks the permission. A token endpoint says that the grant is revoked.
    Denied,
    /// The API is not enabled in the project.
    ServiceDisabled,
    /// The project has no working billing account.
    BillingDisabled,
    /// VPC Service Controls keep the caller out.
    Perimeter,
    /// Over a rate limit: 429, for Compute 403.
    Throttled,
    /// The token is not accepted, 401.
    Unauthenticated,
    /// An internal error, 500.
    ServerError,
    /// The service is unavailable, 503.
    Unavailable,
    /// The connection closes without an answer; the stream is reset where it is HTTP/2.
    Disconnect,
    /// No answer ever comes.
    Hang,
    /// The end of the body does not arrive.
    LoseEnd {
        /// Bytes that are lost.
        bytes: usize,
        /// Whether the length in the head is that of what arrives, so that only the document
        /// tells that something is missing.
        fitting_length: bool,
    },
    /// The token of the next page is the one of this page.
    RepeatToken,
    /// An empty page with a token comes before the first one.
    EmptyPage,
    /// 200 with a body that is not of the method.
    WrongShape {
        /// HTML, and not JSON of another form.
        html: bool,
    },
    /// 200 with a JSON object that is not of the method.
    ForeignObject,
    /// A location is down, and the answer lacks what is there.
    Partial {
        /// `europe-west3-a`, `europe-west3`
        location: String,
    },
    /// The answer takes longer.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
}

impl Fault {
    /// A fault that hits every request.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            project: None,
            service: None,
            operation: None,
            asset_type: None,
            value: None,
            page: None,
            times: None,
            overall: false,
        }
    }

    /// Only for this project.
    #[must_use]
    pub fn project(mut self, id: &str) -> Self {
        self.project = Some(id.into());
        self
    }

    /// Only for this service.
    #[must_use]
    pub fn service(mut self, name: &str) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Only for this operation.
    #[must_use]
    pub fn operation(mut self, name: &str) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// Only where this type is listed.
    #[must_use]
    pub fn asset_type(mut self, name: &str) -> Self {
        self.asset_type = Some(name.into());
        self
    }

    /// Only where a part of the path or a parameter has this value.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = Some(value.into());
        self
    }

    /// Only on this page.
    #[must_use]
    pub fn page(mut self, number: usize) -> Self {
        self.page = Some(number);
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
        self.overall = true;
        self
    }
}

/// Names a fault that was added, to remove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultId(u64);

/// What faults look at.
pub(super) struct Target<'a> {
    pub(super) project: Option<&'a str>,
    pub(super) service: &'a str,
    pub(super) operation: &'a str,
    pub(super) asset_types: &'a [String],
    /// Values of the path and of all parameters.
    pub(super) values: &'a [String],
    pub(super) page: usize,
}

struct Active {
    id: FaultId,
    fault: Fault,
    hits: u32,
    tries: HashMap<u64, u32>,
}

/// The faults that are on, and their counts.
#[derive(Default)]
pub(super) struct Faults {
    next: u64,
    active: Vec<Active>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) -> FaultId {
        self.next += 1;
        let id = FaultId(self.next);
        self.active.push(Active { id, fault, hits: 0, tries: HashMap::new() });
        id
    }

    pub(super) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.active.len();
        self.active.retain(|a| a.id != id);
        self.active.len() < before
    }

    pub(super) fn clear(&mut self) {
        self.active.clear();
    }

    /// The faults that hit this request, counted.
    pub(super) fn hit(&mut self, target: &Target<'_>) -> Vec<FaultKind> {
        self.active.iter_mut().filter_map(|a| a.hit(target)).collect()
    }
}

impl Active {
    fn hit(&mut self, target: &Target<'_>) -> Option<FaultKind> {
        let fault = &self.fault;
        let among = |want: &Option<String>, all: &[String]| {
            want.as_ref().is_none_or(|w| all.iter().any(|is| is == w))
        };
        let operation = fault.operation.as_deref().is_none_or(|want| {
            let tail = want.strip_prefix(target.service).and_then(|t| t.strip_prefix(['.', ':']));
            want == target.operation || tail == Some(target.operation)
        });
        if !(fault.project.as_deref().is_none_or(|want| Some(want) == target.project)
            && fault.service.as_deref().is_none_or(|want| want == target.service)
            && operation
            && among(&fault.asset_type, target.asset_types)
            && among(&fault.value, target.values)
            && fault.page.is_none_or(|page| page == target.page))
        {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        (target.project, target.service, target.operation, target.values).hash(&mut hasher);
        let tries = self.tries.entry(hasher.finish()).or_insert(0);
        *tries += 1;
        self.hits += 1;
        let count = if fault.overall { self.hits } else { *tries };
        fault.times.is_none_or(|times| count <= times).then(|| fault.kind.clone())
    }
}
