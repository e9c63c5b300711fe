//! The command line. Its examples are in [`crate::help`].

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use crate::cloud_args::{CloudArgs, CloudName, Source};
use crate::help;
use crate::iac_args::{AdoptArgs, DeclareArgs, ParityArgs};
use crate::login_args::{
    BootstrapArgs, ConsoleArgs, CredentialsArgs, DoctorArgs, EnvArgs, ExecArgs, LogArgs, LoginArgs,
    PolicyCommand, ProfilesArgs, ServerArgs, WhoamiArgs,
};
use crate::report_args::{
    AcceptArgs, ExportArgs, HistoryArgs, HistoryListArgs, NotifyArgs, ReportArgs, ScheduleArgs,
    ShowArgs as ReportShowArgs, SuppressArgs, SuppressionArgs,
};
use crate::rule_args::{RuleArgs, RulesArgs};
use crate::values::{any_format, duration, network, share};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "tenko", version, about = help::ABOUT, max_term_width = 80, after_help = help::FIRST_STEPS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// How results are shown.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Text for people, or JSON for machines
    #[arg(long, value_enum, default_value_t, global = true, help_heading = "Output")]
    pub(crate) format: Format,
    /// Shorten nothing in text
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,
    /// Neither progress nor notes on standard error
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t, global = true, help_heading = "Output")]
    pub(crate) color: Color,
}

/// Output formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
    // Reports have more of them, and `tenko untangle` has a checklist.
    #[value(hide = true)]
    Markdown,
    #[value(hide = true)]
    Html,
    #[value(hide = true)]
    Csv,
    #[value(hide = true)]
    Sarif,
    #[value(hide = true)]
    Junit,
    #[value(hide = true)]
    Ocsf,
    #[value(hide = true)]
    Slack,
    #[value(hide = true)]
    Github,
}

impl Format {
    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        self.of_report().map_or("text", tenko::report::Format::as_str)
    }

    /// The format of a report; `None` is text.
    pub(crate) fn of_report(self) -> Option<tenko::report::Format> {
        use tenko::report::Format as Of;
        Some(match self {
            Self::Text => return None,
            Self::Json => Of::Json,
            Self::Markdown => Of::Markdown,
            Self::Html => Of::Html,
            Self::Csv => Of::Csv,
            Self::Sarif => Of::Sarif,
            Self::Junit => Of::Junit,
            Self::Ocsf => Of::Ocsf,
            Self::Slack => Of::Slack,
            Self::Github => Of::Github,
        })
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit a simulated organization: a tour without an account
    #[command(after_help = help::DEMO)]
    Demo(DemoArgs),
    /// Call the roll: the tree of accounts and projects, and who answered
    #[command(after_help = help::SCOPES)]
    Scopes(ScopesArgs),
    /// Write a first manifest from what is there now
    #[command(after_help = help::INIT)]
    Init(InitArgs),
    /// Collect, compare with the manifest and report
    #[command(after_help = help::AUDIT)]
    Audit(AuditArgs),
    /// Show a run that was kept, in any format and language
    #[command(after_help = help::REPORT)]
    Report(ReportArgs),
    /// List the runs that were kept
    #[command(after_help = help::HISTORY)]
    History(HistoryListArgs),
    /// Write down that a finding or drift is lived with until a date
    #[command(after_help = help::SUPPRESS)]
    Suppress(SuppressArgs),
    /// Take the state of a run as the baseline until a date
    #[command(after_help = help::ACCEPT)]
    Accept(AcceptArgs),
    /// Print what runs audits on its own, filled in from the manifest
    #[command(after_help = help::SCHEDULE)]
    Schedule(ScheduleArgs),
    /// Tell people of a run: Slack, or one issue on GitHub
    #[command(after_help = help::NOTIFY)]
    Notify(NotifyArgs),
    /// Write findings, resources and coverage as tables for analysis
    #[command(after_help = help::EXPORT)]
    Export(ExportArgs),
    /// Collect a snapshot and keep it
    #[command(after_help = help::COLLECT)]
    Collect(CollectArgs),
    /// Compare a snapshot with the manifest, or with a later snapshot
    #[command(after_help = help::DIFF)]
    Diff(DiffArgs),
    /// Show what manifests, Terraform states and stacks declare
    #[command(after_help = help::DECLARE)]
    Declare(DeclareArgs),
    /// Write Terraform import blocks, or manifest entries, for what nothing
    /// declares
    #[command(after_help = help::ADOPT)]
    Adopt(AdoptArgs),
    /// Compare environments that should be alike
    #[command(after_help = help::PARITY)]
    Parity(ParityArgs),
    /// Show one resource of a snapshot, or list them
    #[command(after_help = help::SHOW)]
    Show(ShowArgs),
    /// Plan how to leave an account or project that several environments share
    #[command(after_help = help::UNTANGLE)]
    Untangle(UntangleArgs),
    /// List the risk rules, or explain one
    #[command(after_help = help::RULES)]
    Rules(RulesArgs),
    /// Log in to an environment, read-only: a shell that says where it is
    #[command(after_help = help::LOGIN)]
    Login(LoginArgs),
    /// Run a command in an environment, read-only; or in each of many
    #[command(after_help = help::EXEC)]
    Exec(ExecArgs),
    /// Open the web console of an account, read-only
    #[command(after_help = help::CONSOLE)]
    Console(ConsoleArgs),
    /// Print credentials for AWS's tools, as their credential_process
    #[command(after_help = help::CREDENTIALS)]
    Credentials(CredentialsArgs),
    /// Print a session's variables, for a shell to take over
    #[command(after_help = help::ENV)]
    Env(EnvArgs),
    /// Show where the credentials of this shell lead
    #[command(after_help = help::WHOAMI)]
    Whoami(WhoamiArgs),
    /// Write a profile for each environment into the AWS configuration
    #[command(after_help = help::PROFILES)]
    Profiles(ProfilesArgs),
    /// Serve credentials on this machine, renewed when they end
    #[command(after_help = help::SERVER)]
    Server(ServerArgs),
    /// Write what must be in each account so that logins work
    #[command(after_help = help::BOOTSTRAP)]
    Bootstrap(BootstrapArgs),
    /// Compare that with what is there
    #[command(after_help = help::DOCTOR)]
    Doctor(DoctorArgs),
    /// Show who logged in where, and whether the record is whole
    #[command(after_help = help::LOG)]
    Log(LogArgs),
    /// List what can be collected: resource types and their attributes
    #[command(after_help = help::TYPES)]
    Types(TypesArgs),
    /// Print the least-privilege IAM policy, or custom role; explain what a
    /// login may do
    #[command(after_help = help::POLICY)]
    Policy(PolicyArgs),
    /// Print shell completions
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Whether it runs a command of the user's, whose signals are its own.
    pub(crate) fn runs_another(&self) -> bool {
        matches!(self, Self::Login(_) | Self::Exec(_))
    }

    /// Whether it writes more than text and JSON.
    pub(crate) fn has_more_formats(&self) -> bool {
        matches!(self, Self::Audit(_) | Self::Demo(_) | Self::Report(_) | Self::Untangle(_))
    }

    /// Whether it begins a session, for which it needs credentials of its own.
    pub(crate) fn begins_a_session(&self) -> bool {
        matches!(
            self,
            Self::Login(_)
                | Self::Exec(_)
                | Self::Console(_)
                | Self::Credentials(_)
                | Self::Env(_)
                | Self::Server(_)
                | Self::Doctor(_)
        )
    }
}

/// What is declared.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ManifestArgs {
    /// Manifest; may be given several times [default: tenants.yaml, .yml,
    /// .json or .toml of this folder]
    #[arg(
        long = "manifest",
        short = 'f',
        value_name = "FILE",
        env = "TENKO_MANIFEST",
        hide_env_values = true
    )]
    pub(crate) files: Vec<PathBuf>,
}

/// Where to look and how hard.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Target {
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    #[command(flatten)]
    pub(crate) clouds: CloudArgs,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Which types are collected. Each wins over the manifest.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Resource types (each wins over the manifest)")]
pub(crate) struct TypeArgs {
    /// Only these types; globs such as 'AWS::EC2::*' or
    /// 'storage.googleapis.com/*' [default: all]
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// Further types, through Cloud Control: 'AWS::Logs::LogGroup'
    #[arg(long = "cloud-control", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) cloud_control: Vec<String>,
    /// Further types, through Cloud Asset Inventory:
    /// 'compute.googleapis.com/Image'
    #[arg(long = "asset-type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) asset_types: Vec<String>,
}

/// Limits of a run.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Units (account or project, region, type) in flight at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) max_in_flight: u32,
    /// Time for one unit, such as 90s, 5m or 2h
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    pub(crate) unit_timeout: Duration,
    /// Time for the whole run [default: none]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Share of the clouds' request quotas to use, above 0 and at most 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = share)]
    pub(crate) rate_share: f64,
}

impl Default for LimitArgs {
    fn default() -> Self {
        Self {
            max_in_flight: 64,
            unit_timeout: Duration::from_secs(300),
            timeout: None,
            rate_share: 0.5,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Also write the manifest, the snapshot and the run into this folder, and a
    /// file for each format
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) show: ReportShowArgs,
    /// Serve the simulated organization until Ctrl-C instead of auditing it,
    /// so that logins to it can be tried: with --out, demo.env has the
    /// variables that lead there
    #[arg(long)]
    pub(crate) serve: bool,
}

/// How much of the discovered state `init` writes down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Depth {
    /// Tenants, environments and scopes only
    Scopes,
    /// And every resource by type and id
    #[default]
    Resources,
    /// And its attributes
    Attributes,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Where to write the manifest; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "tenants.yaml")]
    pub(crate) out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    pub(crate) force: bool,
    /// What to write down: scopes (tenants, environments, accounts and
    /// projects), resources (and each by type and id) or attributes (and
    /// those)
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(crate) depth: Depth,
    /// Write it from this snapshot instead of collecting: a file, a run id or
    /// `latest`
    #[arg(long, short, value_name = "SNAPSHOT")]
    pub(crate) snapshot: Option<String>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct ScopesArgs {
    /// Show the accounts and projects of this snapshot instead, with how much
    /// of each was read: a file, a run id or `latest`
    #[arg(long, short, value_name = "SNAPSHOT")]
    pub(crate) snapshot: Option<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    #[command(flatten)]
    pub(crate) clouds: CloudArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    /// Keep the snapshot in this file
    /// [default: .tenko/snapshots/RUN.tenko.zst]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Keep the snapshot in this file; without it, none is kept
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Write a file for each format into this folder, instead of one to standard
    /// output
    #[arg(long, short, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) history: HistoryArgs,
    #[command(flatten)]
    pub(crate) suppressions: SuppressionArgs,
    #[command(flatten)]
    pub(crate) show: ReportShowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A snapshot: a file, a run id (or its beginning) or `latest`
    pub(crate) snapshot: String,
    /// A later snapshot to compare it with, instead of the manifest
    pub(crate) later: Option<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) suppressions: SuppressionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Id, ARN or name of one resource; without it, they are listed
    pub(crate) resource: Option<String>,
    /// A snapshot: a file, a run id (or its beginning) or `latest`
    #[arg(long, short, value_name = "SNAPSHOT", default_value = "latest")]
    pub(crate) snapshot: String,
    /// Only these types; globs such as 'AWS::EC2::*'
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// Only resources in the accounts and projects of this tenant, or of
    /// TENANT/ENVIRONMENT, as the manifest says
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// Only resources with this tag: KEY or KEY=VALUE
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Only resources of this account or project, by id or name
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UntangleArgs {
    /// The account or project, by id or name
    #[arg(value_name = "SCOPE")]
    pub(crate) scope: String,
    /// Use this snapshot instead of collecting: a file, a run id (or its
    /// beginning) or `latest`
    #[arg(long, short, value_name = "SNAPSHOT")]
    pub(crate) snapshot: Option<String>,
    /// Take new networks from this private IPv4 range, such as 10.64.0.0/10
    /// [default: any private range]
    #[arg(long, value_name = "RANGE", value_parser = network)]
    pub(crate) network: Option<tenko::untangle::Ipv4Net>,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Text for people, a checklist, or JSON for machines
    // Instead of the one that all commands have: nothing else writes Markdown.
    #[arg(
        long,
        value_parser = any_format(),
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct TypesArgs {
    /// One type, to see its attributes, permissions and peculiarities
    pub(crate) resource_type: Option<String>,
    /// Only types of these clouds: aws, gcp [default: all]
    #[arg(
        long = "cloud",
        value_name = "CLOUD",
        value_enum,
        value_delimiter = ',',
        hide_possible_values = true
    )]
    pub(crate) clouds: Vec<CloudName>,
}

/// Who the IAM policy is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyFor {
    /// The role that is assumed in each account
    #[default]
    Member,
    /// Whoever starts tenko: Organizations and AssumeRole
    Caller,
    /// The session policy that tenko sends with AssumeRole
    Session,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: Option<PolicyCommand>,
    /// Of which cloud: aws (an IAM policy) or gcp (a custom role)
    /// [default: the manifest's if it has one, else aws]
    #[arg(long, value_name = "CLOUD", value_enum, hide_possible_values = true)]
    pub(crate) cloud: Option<CloudName>,
    /// For AWS, whose: member (the role that is assumed in each account), caller
    /// (whoever starts tenko) or session (what tenko narrows the role to)
    /// [default: member]
    #[arg(long = "for", value_name = "WHOSE", value_enum, hide_possible_values = true)]
    pub(crate) whose: Option<PolicyFor>,
    /// For AWS and the caller's: the role to assume, with its path
    /// [default: the manifest's, or OrganizationAccountAccessRole]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
