//! Which clouds are asked, and how to get into them.

use std::collections::BTreeSet;
use std::fmt;

use clap::{Args, ValueEnum};
use tenko::declare::Manifest;
use tenko::model::Cloud;

use crate::args::TypeArgs;
use crate::failure::Failure;
use crate::values::{account, folder, organization, project, region, service_account};

/// A cloud that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum CloudName {
    Aws,
    #[value(alias = "google")]
    Gcp,
}

impl CloudName {
    pub(crate) const ALL: [Self; 2] = [Self::Aws, Self::Gcp];

    pub(crate) fn cloud(self) -> Cloud {
        match self {
            Self::Aws => Cloud::aws(),
            Self::Gcp => Cloud::gcp(),
        }
    }

    /// The word for `--cloud`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Gcp => "gcp",
        }
    }

    /// `--cloud` with all of these but this one; empty where there is no other.
    pub(crate) fn others(self, asked: &BTreeSet<Self>) -> Option<String> {
        let words: Vec<_> = asked.iter().filter(|c| **c != self).map(|c| c.word()).collect();
        (!words.is_empty()).then(|| format!("--cloud {}", words.join(",")))
    }
}

/// What people call it.
impl fmt::Display for CloudName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Aws => "AWS",
            Self::Gcp => "Google Cloud",
        })
    }
}

/// Which clouds are asked, and how to get into each.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct CloudArgs {
    /// Only these clouds: aws, gcp
    /// [default: those of the manifest; without one, aws]
    #[arg(
        long = "cloud",
        value_name = "CLOUD",
        value_enum,
        value_delimiter = ',',
        hide_possible_values = true,
        help_heading = "Clouds"
    )]
    pub(crate) named: Vec<CloudName>,
    /// Only the caller's own account or project
    #[arg(
        long,
        conflicts_with_all = ["accounts", "projects", "organizations", "folders"],
        help_heading = "Clouds"
    )]
    pub(crate) caller_only: bool,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    #[command(flatten)]
    pub(crate) google: GoogleArgs,
}

/// How to get into AWS. Each wins over the manifest.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AWS (each wins over the manifest)")]
pub(crate) struct AwsArgs {
    /// Profile of the shared AWS configuration; wins over keys in the environment, which
    /// AWS_PROFILE does not
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Audit only these accounts, without asking AWS Organizations
    #[arg(long = "account", value_name = "ID", value_delimiter = ',', value_parser = account)]
    pub(crate) accounts: Vec<String>,
    /// Role to assume in every account, with its path
    /// [default: OrganizationAccountAccessRole]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// External id that the role's trust policy asks for
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// Only these regions [default: every enabled region]
    #[arg(long = "region", value_name = "REGION", value_delimiter = ',', value_parser = region)]
    pub(crate) regions: Vec<String>,
}

/// Where resources of Google Cloud are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    Auto,
    #[value(alias = "asset_inventory")]
    AssetInventory,
    Services,
}

/// How to get into Google Cloud. Each wins over the manifest.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Google Cloud (each wins over the manifest)")]
pub(crate) struct GoogleArgs {
    /// Audit only these projects, by id
    #[arg(long = "project", value_name = "ID", value_delimiter = ',', value_parser = project)]
    pub(crate) projects: Vec<String>,
    /// Audit the projects of these organizations, by number
    /// [default: every organization that can be seen]
    #[arg(
        long = "organization",
        value_name = "NUMBER",
        value_delimiter = ',',
        value_parser = organization,
        conflicts_with = "projects"
    )]
    pub(crate) organizations: Vec<String>,
    /// Audit the projects of these folders, by number
    #[arg(
        long = "folder",
        value_name = "NUMBER",
        value_delimiter = ',',
        value_parser = folder,
        conflicts_with = "projects"
    )]
    pub(crate) folders: Vec<String>,
    /// Service account to impersonate; {project} in it stands for the
    /// project
    #[arg(long, value_name = "EMAIL", value_parser = service_account)]
    pub(crate) impersonate: Option<String>,
    /// Where resources are read: asset-inventory, services or auto (the
    /// inventory for organizations and folders) [default: auto]
    #[arg(long, value_name = "SOURCE", value_enum, hide_possible_values = true)]
    pub(crate) source: Option<Source>,
}

impl AwsArgs {
    /// The option that was given and that has no meaning without AWS.
    fn first(&self) -> Option<&'static str> {
        let given = [
            (self.profile.is_some(), "--profile"),
            (!self.accounts.is_empty(), "--account"),
            (self.role.is_some(), "--role"),
            (self.external_id.is_some(), "--external-id"),
            (!self.regions.is_empty(), "--region"),
        ];
        given.into_iter().find(|(given, _)| *given).map(|(_, option)| option)
    }
}

impl GoogleArgs {
    /// Organizations and folders as they are named in a manifest.
    pub(crate) fn parents(&self) -> Vec<String> {
        self.organizations.iter().chain(&self.folders).cloned().collect()
    }

    fn chooses(&self) -> bool {
        !(self.projects.is_empty() && self.organizations.is_empty() && self.folders.is_empty())
    }

    /// The option that was given and that has no meaning without Google Cloud.
    fn first(&self) -> Option<&'static str> {
        let given = [
            (!self.projects.is_empty(), "--project"),
            (!self.organizations.is_empty(), "--organization"),
            (!self.folders.is_empty(), "--folder"),
            (self.impersonate.is_some(), "--impersonate"),
            (self.source.is_some(), "--source"),
        ];
        given.into_iter().find(|(given, _)| *given).map(|(_, option)| option)
    }
}

impl CloudArgs {
    /// Whether only some of the cloud's accounts or projects are asked.
    pub(crate) fn is_a_part(&self, cloud: CloudName) -> bool {
        self.caller_only
            || match cloud {
                CloudName::Aws => !self.aws.accounts.is_empty(),
                CloudName::Gcp => self.google.chooses(),
            }
    }

    /// The clouds that are asked: those that are named, else those of which accounts or projects
    /// are, else those of the manifest, else those that other options are for, else AWS.
    ///
    /// An option for a cloud that is not asked is an error: it would have no effect.
    pub(crate) fn asked(
        &self,
        types: &TypeArgs,
        manifest: Option<&Manifest>,
    ) -> Result<BTreeSet<CloudName>, Failure> {
        let cloud_control = (!types.cloud_control.is_empty()).then_some("--cloud-control");
        let asset_types = (!types.asset_types.is_empty()).then_some("--asset-type");
        let given = [
            (CloudName::Aws, self.aws.first().or(cloud_control)),
            (CloudName::Gcp, self.google.first().or(asset_types)),
        ];
        let chosen = [
            (CloudName::Aws, !self.aws.accounts.is_empty()),
            (CloudName::Gcp, self.google.chooses()),
        ];
        let declared = manifest.map(Manifest::clouds).unwrap_or_default();
        let ways: [BTreeSet<CloudName>; 4] = [
            self.named.iter().copied().collect(),
            chosen.iter().filter(|(_, chosen)| *chosen).map(|(cloud, _)| *cloud).collect(),
            CloudName::ALL.into_iter().filter(|name| declared.contains(&name.cloud())).collect(),
            given.iter().filter(|(_, option)| option.is_some()).map(|(cloud, _)| *cloud).collect(),
        ];
        let found = ways.into_iter().find(|clouds| !clouds.is_empty());
        let asked = found.unwrap_or_else(|| [CloudName::Aws].into());
        for (cloud, option) in given {
            let Some(option) = option.filter(|_| !asked.contains(&cloud)) else { continue };
            let failure = Failure::new(format!("{option} is for {cloud}, which is not asked"));
            let all: Vec<_> = asked.iter().map(|c| c.word()).chain([cloud.word()]).collect();
            let hint = format!("`--cloud {}` asks it too; else leave {option} out", all.join(","));
            return Err(failure.hint(hint));
        }
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tenko::declare::ManifestFile;
    use tenko::model::Catalog;

    use crate::args::{Cli, Command};

    /// The clouds that a command line and a manifest with these scopes ask.
    fn asked(args: &[&str], scopes: &[&str]) -> Result<String, String> {
        let line = ["tenko", "collect"].iter().chain(args).copied();
        let cli = Cli::try_parse_from(line).map_err(|error| error.to_string())?;
        let Command::Collect(collect) = cli.command else { return Err("another".to_owned()) };
        let scopes: Vec<_> = scopes.iter().map(|scope| format!("\"{scope}\"")).collect();
        let text = format!(
            "version: 1\ntenants: {{a: {{environments: {{p: {{scopes: [{}]}}}}}}}}\n",
            scopes.join(", ")
        );
        let file = ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() };
        let manifest = tenko::declare::load(&[file], &Catalog::default()).ok();
        let found = collect.target.clouds.asked(&collect.target.types, manifest.as_ref());
        let found = found.map_err(|failure| failure.to_string())?;
        Ok(found.iter().map(|cloud| cloud.word()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_is_named_is_asked_and_else_what_is_declared() {
        let (aws, google) = ("222222222222", "gcp:acme-prod");
        for (args, scopes, clouds) in [
            (&[][..], &[][..], "aws"),
            (&[], &[aws], "aws"),
            (&[], &[google], "gcp"),
            (&[], &[aws, google], "aws gcp"),
            (&["--cloud", "gcp"], &[aws, google], "gcp"),
            (&["--cloud", "google,aws"], &[], "aws gcp"),
            (&["--cloud", "aws", "--cloud", "gcp"], &[aws], "aws gcp"),
            (&["--project", "acme-prod"], &[aws, google], "gcp"),
            (&["--account", aws], &[aws, google], "aws"),
            (&["--account", aws, "--folder", "4"], &[], "aws gcp"),
            (&["--caller-only"], &[aws, google], "aws gcp"),
            (&["--source", "services"], &[], "gcp"),
            (&["--role", "Tenko"], &[aws, google], "aws gcp"),
        ] {
            assert_eq!(asked(args, scopes).as_deref(), Ok(clouds), "{args:?} {scopes:?}");
        }
    }

    #[test]
    fn an_option_without_effect_is_an_error() {
        for (args, scopes) in [
            (&["--cloud", "gcp", "--role", "Tenko"][..], &[][..]),
            (&["--source", "services"], &["222222222222"]),
            (&["--project", "acme-prod", "--region", "us-east-1"], &[]),
        ] {
            let error = asked(args, scopes).unwrap_err();
            assert!(error.contains("which is not asked"), "{error}");
        }
    }
}
