//! The canonical document.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{
    Arg, CallCount, Coverage, Declaration, DiscoveryProblem, Drift, Finding, Fingerprint, Ignore,
    Item, Message, RuleResult, Snapshot, Source, Suppressed, msg,
};
use tenko_messages::english;
use thiserror::Error;

use crate::code::Code;
use crate::history::{History, Past, ReadOnlyProof, SuppressionRow};
use crate::rows::{ScopeRow, TenantRow, tenant_rows};
use crate::summary::{
    Counts, DriftCounts, FindingCounts, ScopeCounts, Summary, SummaryVerdict, UnitCounts,
};

/// The version of the document's form. It grows when a reader of the old form would be misled;
/// new members alone do not change it, so readers skip what they do not know.
pub const SCHEMA_VERSION: u32 = 1;

/// What the document reports on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Collected and compared with a declaration.
    Audit,
    /// A kept snapshot, compared with a declaration or with a later snapshot.
    Diff,
    /// Collected and compared with nothing.
    Collect,
}

/// The run that observed what is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Its id. Ids of later runs sort after those of earlier ones.
    pub id: String,
    /// The version of tenko that made it.
    pub tool_version: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Whether it was cancelled or ran out of time.
    pub cancelled: bool,
    /// Whether it was asked for less than everything: what is not in it may be there all the same.
    #[serde(default)]
    pub narrowed: bool,
    /// Where its snapshot was saved, as the user named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
}

/// How a document is to be shown, as the declaration says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Display {
    /// The language, by its tag; null is English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The zone of times, by its IANA name; null is UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The zones of owners who have one of their own, by the owner's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<String, String>,
    /// Where the full report will be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// An ignore rule that matched nothing: it is out of date, or it has a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnusedIgnore {
    /// What it would take out of the comparison, in English.
    pub what: String,
    /// The same in any language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Message>,
    /// The reason that it gives.
    pub reason: String,
    /// Where it is written.
    pub source: Source,
}

impl From<&Ignore> for UnusedIgnore {
    fn from(rule: &Ignore) -> Self {
        let mut what = match &rule.resource_type {
            Some(glob) => Arg::from(glob),
            None => msg!("ignore-any-type").into(),
        };
        if let Some(name) = &rule.name {
            what = msg!("ignore-named", what = what, name = name).into();
        }
        if !rule.tags.is_empty() {
            let tag = |(key, value): (&String, &Option<String>)| match value {
                Some(value) => format!("{key}={value}"),
                None => key.clone(),
            };
            let tags = Arg::list(rule.tags.iter().map(tag));
            what = msg!("ignore-tagged", what = what, tags = tags).into();
        }
        if !rule.attributes.is_empty() {
            let paths = Arg::list(rule.attributes.iter().map(Arg::text));
            what = msg!("ignore-attributes", what = what, paths = paths).into();
        }
        let wording = match what {
            Arg::Message(wording) => *wording,
            glob => msg!("as-it-is", text = glob),
        };
        let (reason, source) = (rule.reason.clone(), rule.source.clone());
        Self { what: english(&wording), wording: Some(wording), reason, source }
    }
}

/// Everything that a report says, once. All formats are rendered from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What it reports on.
    pub kind: Kind,
    /// The run.
    pub run: Run,
    /// The verdict and the numbers.
    pub summary: Summary,
    /// What was declared, in numbers; empty without a declaration.
    #[serde(default)]
    pub tenants: Vec<TenantRow>,
    /// The infrastructure code that was compared with.
    #[serde(default, skip_serializing_if = "Code::is_empty")]
    pub code: Code,
    /// All scopes that were discovered, and how they answered.
    pub scopes: Vec<ScopeRow>,
    /// How the look at every unit ended.
    pub coverage: Vec<Coverage>,
    /// Where live and declared differ.
    pub drift: Vec<Drift>,
    /// What the rules say.
    pub findings: Vec<Finding>,
    /// Findings and drift that somebody decided to live with; they count nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<Suppressed>,
    /// All suppressions, and what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<SuppressionRow>,
    /// How this run stands in its history; null where there was nothing to compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// Drift and findings of earlier runs that this run did not see: resolved, or unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Past>,
    /// What each rule said in all: a rule without a row was not chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleResult>,
    /// What could not be discovered: if there is something, scopes may be missing.
    pub problems: Vec<DiscoveryProblem>,
    /// Calls made, per operation.
    pub calls: Vec<CallCount>,
    /// How the run was kept read-only; null where nobody could say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_proof: Option<ReadOnlyProof>,
    /// How it is to be shown.
    #[serde(default)]
    pub display: Display,
    /// What ignore rules take out, by what drift about it is known by: it is not gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Fingerprint>,
    /// What is there and was not compared, by what drift about it is known by: a difference of it is not
    /// gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncompared: Vec<Fingerprint>,
    /// Ignore rules that matched nothing.
    #[serde(default)]
    pub unused_ignores: Vec<UnusedIgnore>,
    /// Anything else that the reader should know, in English.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The same in any language, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warning_wordings: Vec<Message>,
}

impl Document {
    /// The document of a run, of the drift and findings that were made from it, and of what the
    /// comparison counted.
    pub fn new(
        kind: Kind,
        snapshot: &Snapshot,
        drift: Vec<Drift>,
        findings: Vec<Finding>,
        counts: Counts,
    ) -> Self {
        let scopes = ScopeRow::all(
            &snapshot.scopes,
            &snapshot.answers,
            &snapshot.coverage,
            &snapshot.resources,
        );
        let by_kind = DriftCounts::of(&drift);
        let by_severity = FindingCounts::of(&findings);
        let incomplete = snapshot.is_incomplete() || by_kind.unknown > 0 || by_severity.unknown > 0;
        let verdict = SummaryVerdict::of(&by_kind, &by_severity, incomplete);
        let summary = Summary {
            verdict,
            exit_code: verdict.exit_code(),
            incomplete,
            scopes: ScopeCounts::of(&scopes),
            resources: snapshot.resources.len() as u64,
            units: UnitCounts::of(&snapshot.coverage),
            drift: by_kind,
            findings: by_severity,
            counts,
        };
        Self {
            schema_version: SCHEMA_VERSION,
            kind,
            run: Run {
                id: snapshot.run.id.clone(),
                tool_version: snapshot.run.tool_version.clone(),
                started_at: snapshot.run.started_at,
                finished_at: snapshot.run.finished_at,
                cancelled: snapshot.run.cancelled,
                narrowed: false,
                snapshot: None,
            },
            summary,
            tenants: Vec::new(),
            code: Code::default(),
            scopes,
            coverage: snapshot.coverage.clone(),
            drift,
            findings,
            suppressed: Vec::new(),
            rules: Vec::new(),
            problems: snapshot.discovery_problems.clone(),
            calls: snapshot.calls.clone(),
            suppressions: Vec::new(),
            history: None,
            past: Vec::new(),
            read_only_proof: None,
            display: Display::default(),
            ignored: Vec::new(),
            uncompared: Vec::new(),
            unused_ignores: Vec::new(),
            warnings: Vec::new(),
            warning_wordings: Vec::new(),
        }
    }

    /// Adds the declared tenants and environments, those without a difference too, the code that
    /// they are declared in, and the owners of what is there by now, suppressed or not. Code that could not be read makes the report incomplete.
    #[must_use]
    pub fn with_declaration(mut self, declaration: &Declaration) -> Self {
        let owners: HashMap<_, _> = declaration
            .environments()
            .map(|(tenant, environment)| {
                let owner = environment.owner.as_ref().or(tenant.owner.as_ref());
                ((tenant.id.as_str(), Some(environment.name.as_str())), owner)
            })
            .chain(declaration.tenants.iter().map(|t| ((t.id.as_str(), None), t.owner.as_ref())))
            .collect();
        // What is suppressed has an owner all the same, who is told of it.
        let suppressed = self.suppressed.iter_mut().filter_map(|one| match &mut one.item {
            Item::Finding(finding) => Some(finding),
            Item::Drift(_) => None,
        });
        for finding in self.findings.iter_mut().chain(suppressed) {
            let environment = finding.environment.as_deref();
            let owner = finding.tenant.as_deref().and_then(|t| owners.get(&(t, environment)));
            finding.owner = owner.copied().flatten().cloned();
        }
        let reporting = &declaration.reporting;
        let zone = |(name, owner): (&String, &tenko_core::Owner)| {
            Some((name.clone(), owner.timezone.clone()?))
        };
        self.display = Display {
            lang: reporting.lang.clone(),
            timezone: reporting.timezone.clone(),
            owners: reporting.owners.iter().filter_map(zone).collect(),
            url: reporting.url.as_ref().map(|url| url.replace("{run}", &self.run.id)),
        };
        self.tenants = tenant_rows(&self, declaration);
        self.code = Code::of(declaration);
        if !self.code.unread.is_empty() {
            let Summary { drift, findings, .. } = &self.summary;
            self.summary.verdict = SummaryVerdict::of(drift, findings, true);
            self.summary.exit_code = self.summary.verdict.exit_code();
            self.summary.incomplete = true;
        }
        self
    }

    /// Adds what each rule said in all, and the findings that are suppressed.
    #[must_use]
    pub fn with_rules(mut self, rules: Vec<RuleResult>, suppressed: Vec<Suppressed>) -> Self {
        self.rules = rules;
        self.suppressed = suppressed;
        self
    }

    /// Names where the snapshot was saved.
    #[must_use]
    pub fn with_snapshot(mut self, place: impl Into<String>) -> Self {
        self.run.snapshot = Some(place.into());
        self
    }

    /// Says what ignore rules take out; see [`Drift::subject`].
    #[must_use]
    pub fn with_ignored(mut self, ignored: Vec<Fingerprint>) -> Self {
        self.ignored = ignored;
        self
    }

    /// Says what is there and was not compared; see [`Drift::subject`].
    #[must_use]
    pub fn with_uncompared(mut self, uncompared: Vec<Fingerprint>) -> Self {
        self.uncompared = uncompared;
        self
    }

    /// Names the ignore rules that matched nothing.
    #[must_use]
    pub fn with_unused_ignores<'a>(mut self, rules: impl IntoIterator<Item = &'a Ignore>) -> Self {
        self.unused_ignores.extend(rules.into_iter().map(UnusedIgnore::from));
        self
    }

    /// Adds warnings.
    #[must_use]
    pub fn with_warnings(mut self, warnings: impl IntoIterator<Item = Message>) -> Self {
        self.warning_wordings.truncate(self.warnings.len());
        // Those of somebody who had no wording stand for themselves.
        for text in self.warnings.iter().skip(self.warning_wordings.len()) {
            self.warning_wordings.push(msg!("as-it-is", text = text));
        }
        for warning in warnings {
            self.warnings.push(english(&warning));
            self.warning_wordings.push(warning);
        }
        self
    }

    /// The exit code of the command that made the document; see [`SummaryVerdict::exit_code`].
    pub fn exit_code(&self) -> u8 {
        self.summary.exit_code
    }

    /// Reads a document that was kept as JSON.
    ///
    /// # Errors
    /// [`ReadError`] when the text is no such document, or one of a newer form.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u32,
        }
        // The version first: a newer form would fail on some member and hide the reason.
        let Version { schema_version } = serde_json::from_str(text)?;
        if schema_version != SCHEMA_VERSION {
            return Err(ReadError::Version { found: schema_version });
        }
        Ok(serde_json::from_str(text)?)
    }
}

/// Why a text is no document that this version can read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Not JSON, or not of the document's form.
    #[error("not a report of tenko")]
    Json(#[from] serde_json::Error),
    /// Of another version of the form.
    #[error("the report has schema version {found}, this version of tenko reads {SCHEMA_VERSION}")]
    Version {
        /// The version that it says.
        found: u32,
    },
}
