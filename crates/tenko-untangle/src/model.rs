//! The plan as a document. Everything in it is sorted, so that the same observation gives the same
//! plan. Names and messages in it are the provider's and the users' own text.

mod steps;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{Outcome, Reach, ResourceType, ScopeId, ScopeKey};

pub use steps::{
    Avoided, Blast, Copies, Downtime, Movable, Move, NetworkPlan, NewRange, Phase, Shared, Step,
};

/// How to leave an account or project that several environments or tenants share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Untangle {
    /// The account or project.
    pub scope: ScopeKey,
    /// Its name; may be empty.
    pub name: String,
    /// The snapshot's run.
    pub run: String,
    /// What there is to do.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub reason: String,
    /// Something could not be read, here or in another account that the plan depends on: what is
    /// there is not in the plan.
    pub incomplete: bool,
    /// What could not be read, or was not looked at.
    pub unread: Vec<Unread>,
    /// Other accounts and projects that could not be read whole: what in them refers to this one is
    /// not all known.
    pub references_unread: Vec<ScopeKey>,
    /// The owners, in the order of their names.
    pub groups: Vec<Group>,
    /// How many resources are whose.
    pub counts: Counts,
    /// Every resource that the customer made, with its owner.
    pub resources: Vec<Owned>,
    /// What refers to what, where one end is in the account or project.
    pub references: Vec<Reference>,
    /// References that were left out because one resource had too many.
    pub references_left_out: u64,
    /// What a person has to decide.
    pub ambiguous: Vec<Ambiguity>,
    /// What a mistaken delete would take with it, the worst first.
    pub blast: Vec<Blast>,
    /// Address ranges for the new networks.
    pub network: NetworkPlan,
    /// Who moves in which order, and how.
    pub moves: Vec<Move>,
    /// What several owners share: split once the others have moved.
    pub split_last: Vec<Shared>,
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Several owners share it.
    Shared,
    /// Everything whose owner can be told has the same one.
    OneOwner,
    /// It holds nothing that the customer made, as far as was read.
    Empty,
    /// It did not answer: nothing can be said.
    Unread,
}

/// How sure an answer is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// By its name, or over several references.
    Guess,
    /// By what it is attached to, or by tags that nobody declared to mean this.
    Likely,
    /// Its declared tags, infrastructure code or the manifest say so.
    Certain,
}

impl Confidence {
    /// The word in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// A resource as the plan names it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Named {
    /// The account or project.
    pub scope: ScopeId,
    /// The region, or `global`.
    pub region: Reach,
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
    /// The native id.
    pub id: String,
    /// The name, where it has one that is not its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Named {
    /// The name if there is one, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Somebody who owns resources: an environment of a tenant, or what tags and names suggest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// Its name in this document: `acme/production`, or the tag's value.
    pub id: String,
    /// The tenant, where one is known.
    pub tenant: Option<String>,
    /// The environment, where one is known.
    pub environment: Option<String>,
    /// The stage: declared, or what the environment's name stands for.
    pub stage: Option<String>,
    /// Whether a manifest declares it.
    pub declared: bool,
    /// Other accounts or projects of this cloud that are declared as its own, and nobody else's.
    pub elsewhere: Vec<ScopeKey>,
    /// How many resources are its own.
    pub resources: u64,
    /// How many of these are certain, likely and guessed.
    pub certain: u64,
    /// See `certain`.
    pub likely: u64,
    /// See `certain`.
    pub guess: u64,
}

/// How many resources are whose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Resources that the customer made.
    pub resources: u64,
    /// With one owner.
    pub owned: u64,
    /// With several candidates.
    pub ambiguous: u64,
    /// Of the account or project itself.
    pub account: u64,
    /// Without a hint.
    pub unclaimed: u64,
    /// Made by the provider itself, and left out unless others use them.
    pub provider_made: u64,
}

/// Whose a resource is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Owner {
    /// One owner.
    Group {
        /// The owner.
        group: String,
        /// How sure.
        confidence: Confidence,
    },
    /// One of these, or several of them together.
    Ambiguous {
        /// The candidates.
        candidates: Vec<String>,
    },
    /// It is of the account or project itself: each has its own.
    Account,
    /// Nothing tells.
    Unclaimed,
}

/// What kind of evidence it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EvidenceKind {
    /// Infrastructure code of the owner manages it.
    Code,
    /// The owner's part of the manifest expects it.
    Manifest,
    /// Its tags.
    Tag,
    /// The network that it is in.
    Network,
    /// What it refers to, or what refers to it.
    Reference,
    /// Words in its name.
    Name,
    /// It hangs together with others that no tag and no name tells apart.
    Connected,
}

impl EvidenceKind {
    /// The word in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Manifest => "manifest",
            Self::Tag => "tag",
            Self::Network => "network",
            Self::Reference => "reference",
            Self::Name => "name",
            Self::Connected => "connected",
        }
    }
}

/// One reason to think that a resource is somebody's.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Evidence {
    /// What kind it is.
    pub kind: EvidenceKind,
    /// Whom it speaks for.
    pub groups: Vec<String>,
    /// What was seen.
    pub text: String,
}

/// A resource with its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Owned {
    /// The resource.
    #[serde(flatten)]
    pub resource: Named,
    /// Whose it is.
    #[serde(flatten)]
    pub owner: Owner,
    /// Why: what speaks for the owner first, then what speaks against it.
    pub evidence: Vec<Evidence>,
    /// Made by the provider, and listed because others use it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provider_made: bool,
}

/// What a reference means.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReferenceKind {
    /// It is in this network or subnet.
    Network,
    /// It has, or its rules name, this security group.
    SecurityGroup,
    /// It is encrypted with this key.
    Encryption,
    /// It acts as this role, profile or service account.
    Identity,
    /// It lets this in: a trust policy, or whoever else may assume it.
    Trust,
    /// A policy of it names this.
    Policy,
    /// It is a stack, and manages this.
    Stack,
    /// It uses this in some other way.
    Uses,
}

impl ReferenceKind {
    /// What it means, in a sentence.
    pub(crate) fn sentence(self, from: &str, to: &str) -> String {
        match self {
            Self::Network => format!("{from} is in {to}"),
            Self::SecurityGroup | Self::Uses => format!("{from} uses {to}"),
            Self::Encryption => format!("{from} is encrypted with {to}"),
            Self::Identity => format!("{from} acts as {to}"),
            Self::Trust => format!("{from} trusts {to}"),
            Self::Policy => format!("a policy of {from} names {to}"),
            Self::Stack => format!("the stack {from} manages {to}"),
        }
    }
}

/// One resource that refers to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// Who refers.
    pub from: Named,
    /// To what; null where only the account or project is named, or the resource was not read.
    pub to: Option<Named>,
    /// The account or project of what is referred to.
    pub to_scope: ScopeId,
    /// What it means.
    pub kind: ReferenceKind,
    /// The attribute that says so: `VpcId`, `Volumes[0].VolumeId`.
    pub path: String,
}

/// Why a person has to decide.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AmbiguityKind {
    /// Several owners use it, or are in it.
    Shared,
    /// It has one owner, and others use it.
    UsedByOthers,
    /// What it says of itself contradicts itself: a tag names one owner, its name another.
    Contradiction,
    /// It says only in part whose it is: the tenant, and not the environment.
    Undecided,
}

/// A resource whose owner, or whose use, a person has to decide on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ambiguity {
    /// The resource.
    pub resource: Named,
    /// Why.
    pub kind: AmbiguityKind,
    /// The same in one sentence.
    pub why: String,
    /// The sides, with what speaks for each.
    pub sides: Vec<Side>,
}

/// One side of an ambiguity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// The owner that it would be.
    pub group: String,
    /// What speaks for it; at most a few.
    pub evidence: Vec<Evidence>,
    /// How much more speaks for it.
    pub more: u64,
}

/// Units of one type, or the whole account, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// What: a type, code, or the account itself.
    pub what: String,
    /// Where: regions, or `global`.
    pub regions: Vec<Reach>,
    /// How the look ended; null for code.
    pub outcome: Option<Outcome>,
    /// The provider's own word, or the reason.
    pub reason: String,
}
