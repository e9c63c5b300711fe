//! What runs audits on its own: a workflow of GitHub Actions, a CronJob of Kubernetes, a timer of
//! systemd, or a schedule of EventBridge that starts a Fargate task. Each is printed whole, filled in
//! from the manifest's `report` section.
//!
//! The job that each of them runs is the same: it audits, keeps the run in its history, and tells
//! people. That there is drift, or that something could not be observed (exit codes 2 and 3), is a
//! result and no failure of the job; it fails where there is no report.
//!
//! Nothing secret is written: webhooks and keys are named by environment variables. What the manifest
//! does not say is `CHANGE-ME`, with a comment. Values of the manifest are checked again and put in
//! quotes for each format, so that no value can become a key, a command or an expression.

mod facts;
mod quote;
mod render;
mod when;

use std::collections::BTreeSet;

use jiff::civil::Date;
use tenko_core::{Cloud, Reporting};
use thiserror::Error;

use facts::Facts;

/// What runs audits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A workflow of GitHub Actions.
    GithubActions,
    /// A CronJob of Kubernetes.
    Kubernetes,
    /// A service and a timer of systemd.
    Systemd,
    /// A schedule of EventBridge that starts a Fargate task, as a CloudFormation template.
    EventBridge,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] =
        [Self::GithubActions, Self::Kubernetes, Self::Systemd, Self::EventBridge];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GithubActions => "github-actions",
            Self::Kubernetes => "kubernetes",
            Self::Systemd => "systemd",
            Self::EventBridge => "eventbridge",
        }
    }
}

/// What is known beside the `report` section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The manifest's files, as the user named them: `tenants.yaml`.
    pub manifests: Vec<String>,
    /// The file of suppressions, as the manifest or the user named it, if there is one.
    pub suppressions: Option<String>,
    /// The clouds that the manifest is about; empty where it does not say.
    pub clouds: BTreeSet<Cloud>,
    /// Today: GitHub's cron knows no time zones, so it is that of today's offset.
    pub today: Date,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name: `tenko.timer`.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// Why nothing could be printed.
#[derive(Debug, Error)]
#[error("a template could not be filled in")]
pub struct ScheduleError(#[from] askama::Error);

/// The files of a kind, filled in.
///
/// # Errors
/// [`ScheduleError`] when a template cannot be filled in, which is a mistake in this crate.
pub fn files(
    kind: Kind,
    reporting: &Reporting,
    context: &Context,
) -> Result<Vec<File>, ScheduleError> {
    let facts = Facts::of(reporting, context);
    Ok(match kind {
        Kind::GithubActions => {
            vec![File { name: "github-actions.yml", text: render::github(&facts)? }]
        }
        Kind::Kubernetes => {
            vec![File { name: "kubernetes.yaml", text: render::kubernetes(&facts)? }]
        }
        Kind::Systemd => vec![
            File { name: "tenko.service", text: render::service(&facts)? },
            File { name: "tenko.timer", text: render::timer(&facts)? },
        ],
        Kind::EventBridge => {
            vec![File { name: "eventbridge-fargate.yaml", text: render::eventbridge(&facts)? }]
        }
    })
}
