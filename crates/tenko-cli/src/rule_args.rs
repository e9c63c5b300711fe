//! Arguments about the risk rules.

use clap::{Args, Subcommand, ValueEnum};
use tenko::declare::Manifest;
use tenko::model::Severity;
use tenko::rules::{Choice, ids, matches_any};

use crate::args::ManifestArgs;
use crate::failure::Failure;

/// Which rules are evaluated.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleArgs {
    /// Only these rules, by id or glob: DATA-01, 'IAM-*' [default: all]
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Not these rules, by id or glob
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
    /// Only findings at least this bad: critical, high, medium, low, info
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true)]
    pub(crate) severity: Option<SeverityName>,
}

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityName {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Critical => Self::Critical,
            SeverityName::High => Self::High,
            SeverityName::Medium => Self::Medium,
            SeverityName::Low => Self::Low,
            SeverityName::Info => Self::Info,
        }
    }
}

impl RuleArgs {
    /// The choice, where every name means a rule of tenko or of the manifest.
    pub(crate) fn choice(&self, manifest: Option<&Manifest>) -> Result<Choice, Failure> {
        let own = manifest.map(|m| m.declaration.rules.own.as_slice()).unwrap_or_default();
        let upper = |names: &[String]| -> Vec<String> {
            names.iter().map(|name| name.to_uppercase()).collect()
        };
        let choice = Choice {
            only: upper(&self.only),
            skip: upper(&self.skip),
            at_least: self.severity.map(Into::into),
        };
        for glob in choice.only.iter().chain(&choice.skip) {
            if !matches_any(glob, own) {
                return Err(unknown(glob, &ids(own)));
            }
        }
        Ok(choice)
    }
}

/// There is no rule of this name.
pub(crate) fn unknown(name: &str, known: &[&str]) -> Failure {
    let failure = Failure::new(format!("there is no rule `{name}`"));
    let near = |id: &&&str| strsim::damerau_levenshtein(id, name) <= 2;
    match known.iter().filter(near).take(3).copied().collect::<Vec<_>>().as_slice() {
        [] => failure.hint("`tenko rules` lists them all"),
        near => failure.hint(format!("did you mean {}?", near.join(" or "))),
    }
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: Option<RulesCommand>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List all rules, with those of the manifest
    List {
        #[command(flatten)]
        manifest: ManifestArgs,
    },
    /// What one rule looks at, why that is bad and how to fix it
    Explain {
        /// The rule's id: DATA-01
        rule: String,
        #[command(flatten)]
        manifest: ManifestArgs,
    },
}
