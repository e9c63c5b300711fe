//! Documents beside the report whose form is published too.

use schemars::JsonSchema;
use serde::Serialize;
use tenko_core::{Parity, ParityResult, Source, UnreadCode};
use tenko_untangle::Untangle;

use crate::declared::{Declared, DeclaredResource, SkippedAddress};
use crate::document::SCHEMA_VERSION;

/// What documents declare.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "tenko declare")]
pub(crate) struct DeclaredView<'a> {
    /// The version of the document's form.
    #[schemars(extend("const" = SCHEMA_VERSION))]
    schema_version: u32,
    /// What the document is.
    #[schemars(extend("const" = "declared"))]
    kind: &'static str,
    /// The resources, in the order of the documents.
    resources: &'a [DeclaredResource],
    /// What stands in the documents and declares no resource.
    skipped: &'a [SkippedAddress],
    /// Documents that could not be read.
    errors: &'a [UnreadCode],
}

impl<'a> DeclaredView<'a> {
    pub(crate) fn new(declared: &'a Declared) -> Self {
        let Declared { resources, skipped, errors } = declared;
        Self { schema_version: SCHEMA_VERSION, kind: "declared", resources, skipped, errors }
    }
}

/// How alike environments are.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "tenko parity")]
pub(crate) struct ParityView<'a> {
    /// The version of the document's form.
    #[schemars(extend("const" = SCHEMA_VERSION))]
    schema_version: u32,
    /// What the document is.
    #[schemars(extend("const" = "parity"))]
    kind: &'static str,
    /// One result per group.
    groups: &'a [ParityResult],
    /// Allowed differences that did not occur.
    unused_allowances: Vec<UnusedAllowance<'a>>,
}

/// An allowed difference that did not occur.
#[derive(Serialize, JsonSchema)]
struct UnusedAllowance<'a> {
    /// Where it is written.
    source: &'a Source,
    /// Why it is allowed.
    reason: &'a str,
}

impl<'a> ParityView<'a> {
    pub(crate) fn new(parity: &'a Parity) -> Self {
        let unused = parity.unused_allowances.iter();
        Self {
            schema_version: SCHEMA_VERSION,
            kind: "parity",
            groups: &parity.groups,
            unused_allowances: unused
                .map(|(source, reason)| UnusedAllowance { source, reason })
                .collect(),
        }
    }
}

/// How to leave an account or project that several owners share.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "tenko untangle")]
pub(crate) struct UntangleView<'a> {
    /// The version of the document's form.
    #[schemars(extend("const" = SCHEMA_VERSION))]
    schema_version: u32,
    /// What the document is.
    #[schemars(extend("const" = "untangle"))]
    kind: &'static str,
    /// The plan.
    #[serde(flatten)]
    plan: &'a Untangle,
}

impl<'a> UntangleView<'a> {
    pub(crate) fn new(plan: &'a Untangle) -> Self {
        Self { schema_version: SCHEMA_VERSION, kind: "untangle", plan }
    }
}
