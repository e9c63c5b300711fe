//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// tenko (roll call): every account and project answers, and whoever is absent, extra or out of
/// uniform is named.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 clean, 1 error, 2 drift or findings, 3 incomplete (something could \
                  not be observed).\nEverything is read-only: `tenko policy` prints the permissions \
                  that are used."
)]
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
    /// Show everything, also what text output shortens
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,
    /// No progress on standard error
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// When to use colour (NO_COLOR is honoured)
    #[arg(long, value_enum, default_value_t, global = true, help_heading = "Output")]
    pub(crate) color: Color,
}

/// Output formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
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
    /// Offline tour: audit a simulated organization through the real pipeline
    Demo(DemoArgs),
    /// Write a first manifest from what is discovered
    Init(InitArgs),
    /// Call the roll: the tree of scopes, and who answered
    Scopes(ScopesArgs),
    /// Collect a snapshot and keep it
    Collect(CollectArgs),
    /// Collect, compare with the manifest and report
    Audit(AuditArgs),
    /// Compare a snapshot with the manifest, or with a later snapshot
    Diff(DiffArgs),
    /// Show one resource, or list resources of a snapshot
    Show(ShowArgs),
    /// The catalogue: resource types, compared attributes, permissions
    Types(TypesArgs),
    /// The least-privilege IAM policy for everything that tenko can call
    Policy(PolicyArgs),
    /// Shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Where to look and how hard.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Target {
    /// Manifest files [default: tenants.yaml, .yml, .json or .toml of this folder]
    #[arg(long, short = 'f', value_name = "FILE", help_heading = "What is declared")]
    pub(crate) manifest: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// How to get into AWS. Each wins over the manifest.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AWS (each wins over the manifest)")]
pub(crate) struct AwsArgs {
    /// Profile of the shared AWS configuration
    #[arg(long, env = "AWS_PROFILE", value_name = "NAME", hide_env_values = true)]
    pub(crate) profile: Option<String>,
    /// Audit only these accounts, without asking AWS Organizations
    #[arg(long = "account", value_name = "ID", value_delimiter = ',')]
    pub(crate) accounts: Vec<String>,
    /// Audit only the caller's own account
    #[arg(long, conflicts_with = "accounts")]
    pub(crate) caller_only: bool,
    /// Role to assume in every account, with its path
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// External id that the role's trust policy asks for
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// Only these regions [default: every enabled region]
    #[arg(long = "region", value_name = "REGION", value_delimiter = ',')]
    pub(crate) regions: Vec<String>,
    /// Only these resource types; globs such as 'AWS::EC2::*'
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// Further types, read through Cloud Control: 'AWS::Logs::LogGroup'
    #[arg(long = "cloud-control", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) cloud_control: Vec<String>,
}

/// Limits of a run.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Units (account, region, type) in flight at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) max_in_flight: u32,
    /// Time for one unit
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    pub(crate) unit_timeout: Duration,
    /// Time for the whole run [default: none]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Share of the published request quotas that may be used, above 0 and at most 1
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
    /// Also write the demo's manifest and snapshot into this folder, to try other commands on
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
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
    /// How much of the discovered state to write down
    #[arg(long, value_enum, default_value_t)]
    pub(crate) depth: Depth,
    /// Write it from this snapshot instead of collecting
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct ScopesArgs {
    /// Show the scopes of this snapshot, with the coverage of each
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    /// The snapshot file [default: .tenko/snapshots/RUN.tenko.zst]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Keep the snapshot in this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A snapshot: a file, a run id below .tenko/snapshots, or `latest`
    pub(crate) snapshot: String,
    /// A later snapshot to compare with; without it, the manifest is compared
    pub(crate) later: Option<String>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Id, ARN or name of one resource; without it, all are listed
    pub(crate) resource: Option<String>,
    /// A snapshot: a file, a run id below .tenko/snapshots, or `latest`
    #[arg(long, short, value_name = "SNAPSHOT", default_value = "latest")]
    pub(crate) snapshot: String,
    /// Only these types; globs
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// Only resources of this tenant, or TENANT/ENVIRONMENT, of the manifest
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// Only resources with this tag: KEY or KEY=VALUE
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Only resources of this account or project
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
    /// Manifest files, for --tenant
    #[arg(long, short = 'f', value_name = "FILE")]
    pub(crate) manifest: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TypesArgs {
    /// One type's page
    pub(crate) resource_type: Option<String>,
}

/// Who the policy is for.
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
pub(crate) struct PolicyArgs {
    /// Whose policy
    #[arg(long = "for", value_enum, default_value_t)]
    pub(crate) whose: PolicyFor,
    /// The role that the caller may assume
    #[arg(long, value_name = "ROLE", default_value = "OrganizationAccountAccessRole")]
    pub(crate) role: String,
    /// The partition: aws, aws-cn, aws-us-gov
    #[arg(long, value_name = "NAME", default_value = "aws")]
    pub(crate) partition: String,
}

/// `90s`, `5m`, `2h`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let seconds = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let value = number.parse::<u64>().ok().zip(seconds).and_then(|(n, s)| n.checked_mul(s));
    match value {
        Some(value) if value > 0 => Ok(Duration::from_secs(value)),
        _ => Err("expected a time such as 90s, 5m or 2h".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("expected a share above 0 and at most 1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for bad in ["", "0", "5d", "m", "-1s", "99999999999999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
