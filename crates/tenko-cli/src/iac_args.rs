//! Arguments of the commands about what is declared in code.

use clap::{Args, ValueEnum};

use crate::args::ManifestArgs;

#[derive(Debug, Args)]
pub(crate) struct DeclareArgs {
    /// Manifests, Terraform states, saved lists of stack resources and
    /// snapshots: files, folders, globs, s3://, gs:// and https:// addresses;
    /// `-` is standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
    /// Only these types; globs such as 'AWS::EC2::*' or 'aws_*'
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
}

/// What `adopt` writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AdoptInto {
    /// `import` blocks of Terraform and OpenTofu
    #[default]
    Terraform,
    /// Entries for `resources` in the manifest
    Manifest,
}

#[derive(Debug, Args)]
pub(crate) struct AdoptArgs {
    /// Ids, ARNs or names of unmanaged resources; without any, all that match
    /// the filters
    #[arg(value_name = "RESOURCE")]
    pub(crate) resources: Vec<String>,
    /// What to write: terraform (import blocks) or manifest (entries)
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(crate) into: AdoptInto,
    /// A snapshot: a file, a run id (or its beginning) or `latest`
    #[arg(long, short, value_name = "SNAPSHOT", default_value = "latest")]
    pub(crate) snapshot: String,
    /// Only these types; globs such as 'AWS::EC2::*'
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// Only resources of this tenant, or of TENANT/ENVIRONMENT
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ParityArgs {
    /// Tenants and baselines to compare, or two and more TENANT/ENVIRONMENT to
    /// compare with each other [default: every tenant with several
    /// environments, and every baseline of several tenants]
    #[arg(value_name = "WHICH")]
    pub(crate) which: Vec<String>,
    /// A snapshot: a file, a run id (or its beginning) or `latest`
    #[arg(long, short, value_name = "SNAPSHOT", default_value = "latest")]
    pub(crate) snapshot: String,
    /// Only these types; globs such as 'AWS::Lambda::*'
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}
