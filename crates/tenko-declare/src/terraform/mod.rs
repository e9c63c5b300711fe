//! Terraform and OpenTofu states: bytes in, claims out.
//!
//! [`read_state`] reads one state by the [`Mappings`] of a catalogue, [`fold`] puts together what
//! several states say: a bucket in one, its policy in another. Formats 4 (Terraform 0.12 and later,
//! OpenTofu) and 3 (0.11 and before) are read, plain or compressed with gzip.
//!
//! A state's text is not copied: resources and instances are cut out of it, parsed one by one, on
//! all cores, and only what a mapping asks for is kept.

mod address;
pub(crate) mod document;
mod error;
mod flatmap;
mod fold;
mod format3;
mod format4;
mod infer;
mod instance;
mod keys;
mod mapping;
mod part;
mod provider;
mod sensitive;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use tenko_core::{Claim, Message, msg};

pub use error::{MappingError, StateError};
pub use fold::{Folded, fold};
use instance::Made;
pub use mapping::Mappings;
pub use part::Part;

/// What one state says.
#[derive(Debug)]
#[non_exhaustive]
pub struct StateFile {
    /// The state, as the user named it.
    pub name: Arc<str>,
    /// Its resources, without the parts that are resources of their own. See [`fold`].
    pub claims: Vec<Claim>,
    /// Those parts.
    pub parts: Vec<Part>,
    /// What could not be used.
    pub skipped: Vec<Skipped>,
    /// What is known of the state itself.
    pub info: StateInfo,
}

/// A state in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateInfo {
    /// 4 or 3.
    pub format_version: u64,
    /// The version of Terraform or OpenTofu that wrote it.
    pub terraform_version: Option<String>,
    /// How often it was written.
    pub serial: Option<u64>,
    /// Which line of states it belongs to.
    pub lineage: Option<String>,
    /// Objects of resources, deposed ones and those of foreign providers too.
    pub instances: usize,
    /// Objects of data sources, which declare nothing.
    pub data_sources: usize,
    /// Claims whose attributes are compared, and parts that say something of them.
    pub comparable: usize,
    /// Objects of providers of neither cloud, by the provider's name.
    pub foreign: BTreeMap<Arc<str>, usize>,
    /// Objects of types without a mapping, by Terraform's type.
    pub unmapped: BTreeMap<Arc<str>, usize>,
}

/// Something in a state that declares nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its address, or as much as is known of it.
    pub address: String,
    /// Why it was left out.
    pub reason: String,
    /// Whether it is a fault: a resource may be declared there, and which one is unknown.
    pub is_fault: bool,
}

impl Skipped {
    /// Something that declares nothing by its nature.
    pub(crate) fn harmless(address: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { address: address.into(), reason: reason.into(), is_fault: false }
    }
}

impl StateFile {
    /// Why the state is not known as a whole, if a part of it could not be read: what is declared
    /// there is unknown.
    pub fn gap(&self) -> Option<Message> {
        let mut faults = self.skipped.iter().filter(|skipped| skipped.is_fault);
        let Skipped { address, reason, .. } = faults.next()?;
        Some(match faults.count() {
            0 => msg!("code-part", address = address, reason = reason),
            more => msg!("code-parts", address = address, reason = reason, more = more),
        })
    }
}

/// The outermost level of all formats, and what tells other documents apart from them.
#[derive(Deserialize)]
#[serde(expecting = "a Terraform state, which is an object")]
struct Document<'a> {
    #[serde(borrow)]
    version: Option<&'a RawValue>,
    #[serde(borrow)]
    terraform_version: Option<&'a RawValue>,
    #[serde(borrow)]
    serial: Option<&'a RawValue>,
    #[serde(borrow)]
    lineage: Option<&'a RawValue>,
    #[serde(borrow)]
    resources: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    modules: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    backend: Option<&'a RawValue>,
    #[serde(borrow)]
    encrypted_data: Option<&'a RawValue>,
    #[serde(borrow)]
    encryption_version: Option<&'a RawValue>,
    #[serde(borrow)]
    format_version: Option<&'a RawValue>,
}

/// Reads a state. `name` is what its claims name as their source.
///
/// # Errors
/// [`StateError`] when the document as a whole can't be used. An instance that can't is `skipped`.
pub fn read_state(name: &str, bytes: &[u8], mappings: &Mappings) -> Result<StateFile, StateError> {
    read(name, document::plain(bytes)?, mappings)
}

/// As [`read_state`], and lets go of the bytes as they are read: a large state and what came of it
/// are never in memory at the same time.
///
/// # Errors
/// As with [`read_state`].
pub fn read_owned_state(
    name: &str,
    bytes: Vec<u8>,
    mappings: &Mappings,
) -> Result<StateFile, StateError> {
    read(name, Cow::Owned(document::plain_of(bytes)?), mappings)
}

fn read(name: &str, bytes: Cow<'_, [u8]>, mappings: &Mappings) -> Result<StateFile, StateError> {
    let document: Document<'_> = document::parse(&bytes)?;
    if document.encrypted_data.is_some() || document.encryption_version.is_some() {
        return Err(StateError::Encrypted);
    }
    let Some(version) = document.version else {
        return Err(StateError::NotAState(if document.format_version.is_some() {
            msg!("code-no-state-shown")
        } else {
            msg!("code-no-state-version")
        }));
    };
    let version: u64 = serde_json::from_str(version.get())
        .map_err(|_| StateError::NotAState(msg!("code-no-state-number")))?;
    let file = Arc::from(name);
    let info = StateInfo {
        format_version: version,
        terraform_version: scalar(document.terraform_version),
        serial: scalar(document.serial),
        lineage: scalar(document.lineage),
        ..StateInfo::default()
    };
    let read = match version {
        4 => {
            let start = bytes.as_ptr() as usize;
            let resources = document.resources.unwrap_or_default();
            let places = resources.iter().map(|raw| {
                let from = (raw.get().as_ptr() as usize).saturating_sub(start);
                from..from + raw.get().len()
            });
            let places = places.collect();
            drop(resources);
            format4::read(bytes, places, mappings, &file)
        }
        // What `.terraform/terraform.tfstate` is.
        3 if document.backend.is_some() => {
            return Err(StateError::NotAState(msg!("code-no-state-backend")));
        }
        3 => format3::read(document.modules.as_deref().unwrap_or_default(), mappings, &file),
        0..=2 => return Err(StateError::TooOld(version)),
        _ => return Err(StateError::TooNew(version)),
    };
    Ok(read.into_file(file, info))
}

fn scalar<T: for<'de> Deserialize<'de>>(raw: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

/// What came of a piece of a state.
#[derive(Default)]
struct Read {
    claims: Vec<Claim>,
    parts: Vec<Part>,
    skipped: Vec<Skipped>,
    instances: usize,
    data_sources: usize,
    foreign: BTreeMap<Arc<str>, usize>,
    unmapped: BTreeMap<Arc<str>, usize>,
}

impl Read {
    fn skip(&mut self, address: impl Into<String>, reason: impl Into<String>) {
        self.skipped.push(Skipped {
            address: address.into(),
            reason: reason.into(),
            is_fault: true,
        });
    }

    fn make(&mut self, made: Vec<Made>) {
        for made in made {
            match made {
                Made::Whole(claim) => self.claims.push(claim),
                Made::Part(part) => self.parts.push(part),
            }
        }
    }

    /// All of them, in order. Claims are large, and there may be many: each lot is let go of as
    /// soon as it is taken over, and room is made but once.
    fn all(reads: Vec<Self>) -> Self {
        let mut all = Self::default();
        all.claims.reserve_exact(reads.iter().map(|read| read.claims.len()).sum());
        all.parts.reserve_exact(reads.iter().map(|read| read.parts.len()).sum());
        reads.into_iter().for_each(|read| all.merge(read));
        all
    }

    /// Takes in what came of the next piece.
    fn merge(&mut self, next: Self) {
        self.claims.extend(next.claims);
        self.parts.extend(next.parts);
        self.skipped.extend(next.skipped);
        self.instances += next.instances;
        self.data_sources += next.data_sources;
        for (name, count) in next.foreign {
            *self.foreign.entry(name).or_default() += count;
        }
        for (name, count) in next.unmapped {
            *self.unmapped.entry(name).or_default() += count;
        }
    }

    fn into_file(self, name: Arc<str>, mut info: StateInfo) -> StateFile {
        let (claims, parts) = (self.claims, self.parts);
        info.instances = self.instances;
        info.data_sources = self.data_sources;
        info.comparable = parts.iter().filter(|part: &&Part| !part.is_empty()).count()
            + claims.iter().filter(|c| c.not_comparable.is_none()).count();
        info.foreign = self.foreign;
        info.unmapped = self.unmapped;
        StateFile { name, claims, parts, skipped: self.skipped, info }
    }
}
