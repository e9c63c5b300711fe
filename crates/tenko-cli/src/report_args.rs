//! Arguments about reports: formats, language, history, suppressions, schedules, who is told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use tenko::declare::Manifest;
use tenko::messages::Lang;

use crate::args::{Format, ManifestArgs};
use crate::values::{date, lang, report_format};

/// How a report is shown.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct ShowArgs {
    /// Text for people, or one or several of: html, markdown, csv, json, sarif,
    /// junit, ocsf, slack, github
    // Instead of the one that all commands have.
    #[arg(
        long,
        value_name = "FORMAT",
        value_delimiter = ',',
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true,
        value_parser = report_format()
    )]
    pub(crate) format: Vec<Format>,
    /// The language of what people read: en or ja [default: the manifest's, else
    /// en]
    #[arg(long, value_name = "LANG", value_parser = lang, env = "TENKO_LANG", hide_env_values = true)]
    pub(crate) lang: Option<Lang>,
    /// Say first what to fix first: the N fixes that close most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) top: Option<u16>,
}

/// The language of what a command prints about runs and decisions.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct LangArgs {
    /// The language of what people read: en or ja [default: the manifest's, else
    /// en]
    #[arg(long, value_name = "LANG", value_parser = lang, env = "TENKO_LANG", hide_env_values = true)]
    lang: Option<Lang>,
}

impl LangArgs {
    /// What was asked for, else the manifest's, else English.
    pub(crate) fn of(self, manifest: Option<&Manifest>) -> Lang {
        let declared = manifest.and_then(|manifest| manifest.declaration.reporting.lang.as_deref());
        self.lang.or_else(|| declared?.parse().ok()).unwrap_or_default()
    }
}

/// Where runs are kept.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "History")]
pub(crate) struct HistoryArgs {
    /// Where runs are kept: a folder, s3://bucket/prefix, gs://bucket/prefix, or
    /// none [default: the manifest's, else .tenko/history]
    #[arg(long, value_name = "PLACE", env = "TENKO_HISTORY", hide_env_values = true)]
    pub(crate) history: Option<String>,
}

/// What somebody decided to live with.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Suppressions")]
pub(crate) struct SuppressionArgs {
    /// The file of suppressions [default: the manifest's, else suppressions.yaml
    /// beside it]
    #[arg(long, value_name = "FILE")]
    pub(crate) suppressions: Option<PathBuf>,
}

/// A run that was kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct RunArgs {
    /// A run: its id (or the beginning of one), `latest`, or a report in JSON
    #[arg(value_name = "RUN", default_value = "latest")]
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) history: HistoryArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) of: RunArgs,
    /// Write a file for each format into this folder, instead of one to standard
    /// output
    #[arg(long, short, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryListArgs {
    /// How many runs are listed, the last ones first
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) last: usize,
    #[command(flatten)]
    pub(crate) lang: LangArgs,
    #[command(flatten)]
    pub(crate) history: HistoryArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// Why, who, and until when.
#[derive(Clone, Debug, Args)]
pub(crate) struct DecisionArgs {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Until when: the last day, such as 2027-01-31
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) expires: Date,
    /// Who decided it [default: the owner of what is suppressed]
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// The ticket that goes with it
    #[arg(long, value_name = "TICKET")]
    pub(crate) ticket: Option<String>,
    #[command(flatten)]
    pub(crate) file: SuppressionArgs,
    #[command(flatten)]
    pub(crate) lang: LangArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SuppressArgs {
    /// The fingerprint, or a beginning that only one has
    #[arg(value_name = "FINGERPRINT", required = true)]
    pub(crate) fingerprints: Vec<String>,
    /// The run that it is in: its id, `latest`, or a report in JSON
    #[arg(long, value_name = "RUN", default_value = "latest")]
    pub(crate) run: String,
    /// Keep it suppressed when the evidence changes, too
    #[arg(long)]
    pub(crate) any_evidence: bool,
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
    #[command(flatten)]
    pub(crate) history: HistoryArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) of: RunArgs,
    /// Only findings at most this bad: high, medium, low, info
    /// [default: all, and drift]
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true)]
    pub(crate) severity: Option<crate::rule_args::SeverityName>,
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
}

/// What runs audits on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScheduleKind {
    GithubActions,
    Kubernetes,
    Systemd,
    Eventbridge,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    /// github-actions, kubernetes (a CronJob), systemd (a timer) or eventbridge
    /// (with Fargate, as CloudFormation)
    #[arg(value_enum, hide_possible_values = true)]
    pub(crate) kind: ScheduleKind,
    /// Write the files into this folder, instead of to standard output
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[derive(Debug, Args)]
pub(crate) struct NotifyArgs {
    #[command(subcommand)]
    pub(crate) whom: NotifyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NotifyCommand {
    /// Post what is new to a Slack webhook, and to those of owners
    Slack {
        #[command(flatten)]
        of: RunArgs,
        /// The environment variable that holds the webhook's URL
        /// [default: the manifest's, else TENKO_SLACK_WEBHOOK]
        #[arg(long, value_name = "NAME")]
        webhook: Option<String>,
        /// The language [default: the owner's, else the manifest's, else en]
        #[arg(long, value_name = "LANG", value_parser = lang)]
        lang: Option<Lang>,
        /// Post it again, although it was posted
        #[arg(long)]
        again: bool,
        /// Show what would be posted
        #[arg(long)]
        dry_run: bool,
    },
    /// Keep one issue on GitHub up to date, and close it when all is well
    Github {
        #[command(flatten)]
        of: RunArgs,
        /// OWNER/NAME [default: the manifest's, else GITHUB_REPOSITORY]
        #[arg(long, value_name = "REPOSITORY")]
        repository: Option<String>,
        /// The label that the issue is found by [default: the manifest's, else
        /// tenko]
        #[arg(long, value_name = "LABEL")]
        label: Option<String>,
        /// The language [default: the manifest's, else en]
        #[arg(long, value_name = "LANG", value_parser = lang)]
        lang: Option<Lang>,
        /// Show what would be written
        #[arg(long)]
        dry_run: bool,
    },
}

/// File formats of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    #[default]
    Parquet,
    Jsonl,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) of: RunArgs,
    /// The folder that tables are written into, partitioned by date
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// parquet or jsonl
    #[arg(
        long = "as",
        value_name = "FORMAT",
        value_enum,
        value_delimiter = ',',
        default_value = "parquet",
        hide_possible_values = true
    )]
    pub(crate) formats: Vec<ExportFormat>,
    /// Resources of this snapshot: a file, a run id or `latest` [default: that of
    /// the run, if one was kept]
    #[arg(long, short, value_name = "SNAPSHOT")]
    pub(crate) snapshot: Option<String>,
}
