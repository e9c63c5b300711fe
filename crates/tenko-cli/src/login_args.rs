//! The arguments of the commands that log in.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use tenko::model::DataLevel;

use crate::args::{CloudName, ManifestArgs};
use crate::values::duration;

/// Where to, and as whom one begins.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct WhereArgs {
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Only accounts (aws) or only projects (gcp)
    #[arg(long, value_enum, value_name = "CLOUD", hide_possible_values = true)]
    pub(crate) cloud: Option<CloudName>,
    /// Names and tags of accounts come from this snapshot: a file, a run id or
    /// `latest` [default: the latest, if one is kept]
    #[arg(long, short, value_name = "SNAPSHOT")]
    pub(crate) snapshot: Option<String>,
    /// The AWS profile to begin with [default: the manifest's, else AWS_PROFILE]
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
}

/// What the session is to be.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Session")]
pub(crate) struct SessionArgs {
    /// Data to read: logs, objects, tables, messages, code, parameters, or
    /// `data` for all that the environment declares [default: none]
    #[arg(long, value_name = "LEVELS", value_delimiter = ',', value_parser = wanted)]
    pub(crate) with: Vec<Wanted>,
    /// The ticket that it is for; it becomes a session tag
    #[arg(long, value_name = "TICKET", env = "TENKO_TICKET")]
    pub(crate) ticket: Option<String>,
    /// How long it is to live: 15m to 12h [default: the manifest's, else 1h]
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    pub(crate) duration: Option<u32>,
    /// A new one, even if one is kept
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Go into production without being asked, where the manifest asks
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// A word of `--with`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All that is declared.
    All,
    One(DataLevel),
}

fn wanted(text: &str) -> Result<Wanted, String> {
    if text == "data" {
        return Ok(Wanted::All);
    }
    text.parse().map(Wanted::One).map_err(|()| {
        let all: Vec<_> = DataLevel::ALL.iter().map(|level| level.as_str()).collect();
        format!("expected data, or some of {}", all.join(", "))
    })
}

fn lifetime(text: &str) -> Result<u32, String> {
    let seconds = duration(text).map(|time| time.as_secs()).unwrap_or_default();
    match u32::try_from(seconds) {
        Ok(seconds) if (900..=43_200).contains(&seconds) => Ok(seconds),
        _ => Err("expected a time from 15m to 12h".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// Where to: acme/production, an account, a project, a glob or a filter
    pub(crate) selector: Option<String>,
    /// Only sign in and keep the session; start no shell
    #[arg(long)]
    pub(crate) no_shell: bool,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExecArgs {
    /// Where to; several, globs and filters with --each
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
    /// The command, after `--`
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
    /// Run it once in every environment that is selected
    #[arg(long)]
    pub(crate) each: bool,
    /// How many at once, with --each
    #[arg(long, short, value_name = "N", default_value_t = 8, requires = "each", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// Give the command an endpoint that renews its credentials, instead of
    /// keys that end with the session (AWS only)
    #[arg(long, conflicts_with = "each")]
    pub(crate) server: bool,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ConsoleArgs {
    /// Where to
    pub(crate) selector: Option<String>,
    /// Print the address instead of opening a browser; whoever has it is
    /// signed in for the next 15 minutes
    #[arg(long)]
    pub(crate) print: bool,
    /// A service (s3, cloudwatch) or an address of the console to land on
    #[arg(long, short, value_name = "PAGE")]
    pub(crate) destination: Option<String>,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CredentialsArgs {
    /// Where to
    pub(crate) selector: String,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
}

/// Shells that `tenko env` writes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellName {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
}

#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    /// Where to
    pub(crate) selector: Option<String>,
    /// Write for this shell [default: that of SHELL]
    #[arg(long, value_enum, value_name = "SHELL")]
    pub(crate) shell: Option<ShellName>,
    /// Write what takes the variables out of the shell again
    #[arg(long, conflicts_with = "selector")]
    pub(crate) unset: bool,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WhoamiArgs {
    #[command(flatten)]
    pub(crate) place: WhereArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ProfilesArgs {
    /// Only these; globs and filters [default: all]
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
    /// Write them into the AWS configuration file
    #[arg(long, conflicts_with = "remove")]
    pub(crate) write: bool,
    /// Take them out of it again
    #[arg(long)]
    pub(crate) remove: bool,
    /// The file [default: AWS_CONFIG_FILE, else ~/.aws/config]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// Where to
    pub(crate) selector: Option<String>,
    /// The port [default: any that is free]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Write the variables for this shell [default: that of SHELL]
    #[arg(long, value_enum, value_name = "SHELL")]
    pub(crate) shell: Option<ShellName>,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
}

/// What `tenko bootstrap` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BootstrapForm {
    /// A CloudFormation template, for a StackSet
    #[value(name = "cloudformation", alias = "cfn")]
    CloudFormation,
    /// Its parameters: one request of create-stack-instances per line and
    /// account; an array with --format json
    Parameters,
    /// Terraform, for the roles in AWS accounts
    Terraform,
    /// The IAM policy that the hub, or whoever logs in, needs
    Hub,
    /// Terraform, for Google Cloud's service accounts and bindings
    Google,
}

#[derive(Debug, Args)]
pub(crate) struct BootstrapArgs {
    /// Only these; globs and filters [default: all]
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
    /// What to write
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(crate) form: BootstrapForm,
    /// Who may log in: the ARN of one role or user, or on Google Cloud
    /// user:, group: or serviceAccount:ADDRESS [default: login.aws.hub]
    #[arg(long, value_name = "WHO")]
    pub(crate) trust: Vec<String>,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Only these; globs and filters [default: all]
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
    /// Who may log in, as for `tenko bootstrap`
    /// [default: login.aws.hub, else whoever starts tenko]
    #[arg(long, value_name = "WHO")]
    pub(crate) trust: Vec<String>,
    /// How many accounts at once
    #[arg(long, short, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    #[command(flatten)]
    pub(crate) place: WhereArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// The last N lines only
    #[arg(long, short = 'n', value_name = "N")]
    pub(crate) last: Option<usize>,
    /// Only logins to this tenant or TENANT/ENVIRONMENT
    #[arg(value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
}

/// Below `tenko policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Tell whether a read-only login would be allowed to do something, and
    /// which statement decides
    Explain(ExplainArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// An action, such as s3:GetObject
    pub(crate) action: String,
    /// On what [default: anything]
    #[arg(long, value_name = "ARN", default_value = "*", hide_default_value = true)]
    pub(crate) resource: String,
    /// With these levels of data: logs, objects, tables, messages, code,
    /// parameters
    #[arg(long, value_name = "LEVELS", value_delimiter = ',', value_parser = level)]
    pub(crate) with: Vec<DataLevel>,
}

fn level(text: &str) -> Result<DataLevel, String> {
    match wanted(text)? {
        Wanted::One(level) => Ok(level),
        Wanted::All => Err("name the levels: `data` means what an environment declares".to_owned()),
    }
}
