//! CloudFormation stacks: what they manage is declared, whoever wrote the template (CDK and SAM too).
//!
//! A stack says which resources are its own, not what their attributes are: those claims are not
//! compared. What CloudFormation's own drift detection found stands in [`Claim::note`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tenko_core::{
    Arg, AttrPath, Claim, Cloud, Coverage, Message, Reach, Resource, ResourceType, ScopeKey,
    Snapshot, Source, SourceKind, UnreadCode, msg,
};
use tenko_messages::english;
use thiserror::Error;

use crate::terraform::{Skipped, StateError, document};

const STACK: &str = "AWS::CloudFormation::Stack";

/// Services whose resources are of the whole account, wherever their stack is.
const GLOBAL: [&str; 5] = [
    "AWS::IAM::",
    "AWS::Organizations::",
    "AWS::Route53::",
    "AWS::CloudFront::",
    "AWS::GlobalAccelerator::",
];

/// Entries of a stack that stand for no resource.
const NO_RESOURCES: [&str; 4] = [
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::CDK::Metadata",
];

/// Statuses of entries that are not, or no longer, the stack's.
const GONE: [&str; 3] = ["DELETE_COMPLETE", "DELETE_SKIPPED", "IMPORT_ROLLBACK_COMPLETE"];

/// What a saved list of a stack's resources says.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct StackFile {
    /// Its resources.
    pub claims: Vec<Claim>,
    /// Entries that declare nothing.
    pub skipped: Vec<Skipped>,
}

/// Why a saved list of a stack's resources could not be read.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StackError {
    /// It can't be read as a document at all.
    #[error(transparent)]
    Document(#[from] StateError),
    /// It is another document.
    #[error(
        "it is the output of neither `aws cloudformation describe-stack-resources` nor `list-stack-resources`"
    )]
    NotAStack,
}

/// One entry, as both operations and the collector give it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Entry {
    stack_id: Option<String>,
    stack_name: Option<String>,
    logical_resource_id: String,
    physical_resource_id: Option<String>,
    resource_type: String,
    resource_status: Option<String>,
    drift_information: Option<Drift>,
}

/// CloudFormation's own word, of a stack or of a resource of it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Drift {
    stack_drift_status: Option<String>,
    stack_resource_drift_status: Option<String>,
    #[serde(alias = "LastCheckTimestamp")]
    last_check_timestamp: Option<Value>,
}

impl Drift {
    fn status(&self) -> Option<&String> {
        self.stack_resource_drift_status.as_ref().or(self.stack_drift_status.as_ref())
    }

    /// Of what was updated since, and of what was never asked, nobody knows.
    fn is_in_sync(&self) -> bool {
        self.status().is_some_and(|status| status == "IN_SYNC")
    }

    /// Nothing where it is in sync, or was never asked.
    fn note(&self) -> Option<Message> {
        let status = self.status()?;
        if !["DRIFTED", "MODIFIED", "DELETED"].contains(&status.as_str()) {
            return None;
        }
        Some(match &self.last_check_timestamp {
            Some(Value::String(when)) => msg!("drift-detected-at", status = status, time = when),
            _ => msg!("drift-detected", status = status),
        })
    }
}

/// Where a stack is, and how it is named as a source.
struct Home {
    file: Arc<str>,
    scope: Option<ScopeKey>,
    region: Option<Reach>,
}

/// What the stacks of a snapshot declare, themselves included.
pub fn claims(snapshot: &Snapshot) -> Vec<Claim> {
    let twins = Twins::new(snapshot);
    let mut out = Vec::new();
    for stack in stacks(snapshot) {
        let attributes = stack.attributes.to_value();
        let home = Home {
            file: Arc::from(stack.key.id.as_str()),
            scope: Some(stack.key.scope_key()),
            region: Some(stack.key.region.clone()),
        };
        let entries = attributes.get("Resources").and_then(Value::as_array);
        for entry in entries.into_iter().flatten() {
            // The collector gives entries of this form, and others declare nothing.
            if let Ok(entry) = Entry::deserialize(entry)
                && let Ok(mut claim) = claim(entry, &home)
            {
                twins.name(&mut claim);
                out.push(claim);
            }
        }
    }
    // A nested stack is its parent's resource, and is declared there.
    let nested: HashSet<String> =
        out.iter().filter(|c| &*c.code_type == STACK).flat_map(|c| c.ids.clone()).collect();
    out.extend(stacks(snapshot).filter(|stack| !nested.contains(&stack.key.id)).map(of_stack));
    out
}

/// Stacks whose resources could not be read, and accounts whose stacks could not be listed, each
/// with the account: nothing there can be called unmanaged. The environment has to be filled in by
/// who knows whose account it is.
pub fn unread(snapshot: &Snapshot) -> Vec<(ScopeKey, UnreadCode)> {
    let resources = AttrPath::key("Resources");
    let unread = |file: &str, reason: Message| UnreadCode {
        file: file.into(),
        owner: None,
        reason: english(&reason),
        reason_wording: Some(reason),
    };
    let mut out: Vec<_> = stacks(snapshot)
        .filter(|stack| stack.is_unknown(&resources))
        .map(|stack| (stack.key.scope_key(), unread(&stack.key.id, msg!("code-stack-resources"))))
        .collect();
    let mut gaps: BTreeMap<ScopeKey, Vec<Message>> = BTreeMap::new();
    let rows = snapshot.coverage.iter().filter(|row| row.unit.resource_type == *STACK);
    // An account that did not answer has nothing that could be called unmanaged.
    let answered: HashSet<_> = snapshot
        .answers
        .iter()
        .filter(|answer| answer.outcome.is_complete())
        .map(|answer| (&answer.cloud, &answer.scope))
        .collect();
    let has_answered = |row: &&Coverage| answered.contains(&(&row.unit.cloud, &row.unit.scope));
    for row in rows.filter(|row| row.outcome.is_gap()).filter(has_answered) {
        let region = Arg::text(&row.unit.reach);
        let gap = msg!("code-stacks-region", region = region, outcome = row.outcome);
        gaps.entry(row.unit.scope_key()).or_default().push(gap);
    }
    out.extend(gaps.into_iter().map(|(scope, regions)| {
        let file = format!("CloudFormation stacks of {}", scope.id);
        let reason = msg!("as-it-is", text = Arg::some(regions, 3));
        (scope, unread(&file, reason))
    }));
    out
}

/// Reads what `aws cloudformation describe-stack-resources` or `list-stack-resources` printed.
///
/// # Errors
/// [`StackError`].
pub fn read_stack(name: &str, bytes: &[u8]) -> Result<StackFile, StackError> {
    #[derive(Deserialize)]
    #[serde(expecting = "a list of a stack's resources, in an object", rename_all = "PascalCase")]
    struct Saved<'a> {
        #[serde(borrow)]
        stack_resources: Option<Vec<&'a RawValue>>,
        #[serde(borrow)]
        stack_resource_summaries: Option<Vec<&'a RawValue>>,
    }
    let bytes = document::plain(bytes)?;
    let saved: Saved<'_> = document::parse(&bytes)?;
    let entries =
        saved.stack_resources.or(saved.stack_resource_summaries).ok_or(StackError::NotAStack)?;
    let file: Arc<str> = Arc::from(name);
    let mut out = StackFile::default();
    for (at, raw) in entries.into_iter().enumerate() {
        let mut skip = |address: String, reason: String| {
            out.skipped.push(Skipped::harmless(address, reason));
        };
        let entry: Entry = match serde_json::from_str(raw.get()) {
            Ok(entry) => entry,
            Err(error) => {
                skip(format!("entry {at}"), error.to_string());
                continue;
            }
        };
        let address = entry.logical_resource_id.clone();
        let home = home_of(&entry, &file);
        match claim(entry, &home) {
            Ok(claim) => out.claims.push(claim),
            Err(reason) => skip(address, reason.to_owned()),
        }
    }
    Ok(out)
}

fn stacks(snapshot: &Snapshot) -> impl Iterator<Item = &Resource> {
    snapshot.resources.iter().filter(|resource| resource.key.resource_type == *STACK)
}

/// A stack's ARN tells its account and region.
fn home_of(entry: &Entry, file: &Arc<str>) -> Home {
    let part = |at| entry.stack_id.as_deref()?.split(':').nth(at).filter(|part| !part.is_empty());
    Home {
        file: Arc::clone(file),
        scope: part(4).map(|account| ScopeKey::new(Cloud::aws(), account)),
        region: part(3).map(Reach::region),
    }
}

fn claim(entry: Entry, home: &Home) -> Result<Claim, &'static str> {
    if GONE.iter().any(|status| entry.resource_status.as_deref() == Some(status)) {
        return Err("the stack no longer manages it");
    }
    if !entry.resource_type.starts_with("AWS::")
        || NO_RESOURCES.contains(&entry.resource_type.as_str())
    {
        return Err("it stands for no resource of AWS");
    }
    let id = entry
        .physical_resource_id
        .filter(|id| !id.is_empty())
        .ok_or("it has no physical id, so that it was never made")?;
    let global = GLOBAL.iter().any(|prefix| entry.resource_type.starts_with(prefix));
    let region = if global { Some(Reach::Global) } else { home.region.clone() };
    // Two stacks may be listed in one file.
    let address = match entry.stack_name {
        Some(stack) => format!("{stack}.{}", entry.logical_resource_id),
        None => entry.logical_resource_id,
    };
    Ok(Claim {
        resource_type: Some(ResourceType::new(&entry.resource_type)),
        code_type: Arc::from(entry.resource_type),
        ids: vec![id],
        name: None,
        scope: home.scope.clone(),
        region,
        attributes: Vec::new(),
        tags: None,
        sensitive: BTreeSet::new(),
        not_comparable: Some("a stack does not say what the attributes are".to_owned()),
        note: entry.drift_information.as_ref().and_then(Drift::note),
        in_sync: entry.drift_information.as_ref().is_some_and(Drift::is_in_sync),
        owner: None,
        source: source(&home.file, address),
        parts: Vec::new(),
        partial: false,
    })
}

fn of_stack(stack: &Resource) -> Claim {
    let drift = stack.attributes.to_value().get("DriftInformation").map(Drift::deserialize);
    let drift = drift.and_then(Result::ok);
    Claim {
        resource_type: Some(stack.key.resource_type.clone()),
        code_type: Arc::from(STACK),
        ids: vec![stack.key.id.clone()],
        name: stack.name.clone(),
        scope: Some(stack.key.scope_key()),
        region: Some(stack.key.region.clone()),
        attributes: Vec::new(),
        tags: None,
        sensitive: BTreeSet::new(),
        not_comparable: Some("a stack does not say what the attributes are".to_owned()),
        note: drift.as_ref().and_then(Drift::note),
        in_sync: drift.as_ref().is_some_and(Drift::is_in_sync),
        owner: None,
        source: source(&Arc::from(stack.key.id.as_str()), String::new()),
        parts: Vec::new(),
        partial: false,
    }
}

fn source(file: &Arc<str>, address: String) -> Source {
    Source { kind: SourceKind::CloudFormation, file: Arc::clone(file), address, line: None }
}

/// Resources whose physical id in a stack is not the id that they are collected by: an elastic IP
/// stands there by its address, a security group outside of a VPC's template by its name.
struct Twins<'a>(HashMap<(&'a str, ScopeKey, &'a Reach, String), &'a str>);

impl<'a> Twins<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        let named = |resource: &'a Resource| {
            let attribute = match resource.key.resource_type.as_str() {
                "AWS::EC2::EIP" => "PublicIp",
                "AWS::EC2::SecurityGroup" => "GroupName",
                _ => return None,
            };
            let name = resource.attributes.to_value().get(attribute)?.as_str()?.to_owned();
            let key = &resource.key;
            Some((
                (key.resource_type.as_str(), key.scope_key(), &key.region, name),
                key.id.as_str(),
            ))
        };
        Self(snapshot.resources.iter().filter_map(named).collect())
    }

    fn name(&self, claim: &mut Claim) {
        let (Some(scope), Some(region), [id]) = (&claim.scope, &claim.region, &claim.ids[..])
        else {
            return;
        };
        let known = self.0.get(&(&*claim.code_type, scope.clone(), region, id.clone()));
        if let Some(known) = known {
            claim.ids.insert(0, (*known).to_owned());
        }
    }
}

#[cfg(test)]
#[path = "stacks_tests.rs"]
mod tests;
