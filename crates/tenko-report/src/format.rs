//! The formats, and what they have in common.

use jiff::tz::TimeZone;
use tenko_messages::Lang;

use crate::document::Document;
use crate::{csv, github, html, json, junit, markdown, ocsf, sarif, slack};

/// A format that a document is rendered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The document itself.
    Json,
    /// A page for people: one file, without a network.
    Html,
    /// GitHub-flavoured Markdown, for people.
    Markdown,
    /// One row for each drift and finding, for spreadsheets.
    Csv,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit's XML, for build servers.
    Junit,
    /// Compliance findings of OCSF, for security data lakes.
    Ocsf,
    /// Blocks of a Slack message.
    Slack,
    /// Annotations of GitHub Actions; [`github::summary`] is the job's summary.
    Github,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Json,
        Self::Html,
        Self::Markdown,
        Self::Csv,
        Self::Sarif,
        Self::Junit,
        Self::Ocsf,
        Self::Slack,
        Self::Github,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Ocsf => "ocsf",
            Self::Slack => "slack",
            Self::Github => "github",
        }
    }

    /// The name of a file in this format.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Json => "report.json",
            Self::Html => "report.html",
            Self::Markdown => "report.md",
            Self::Csv => "report.csv",
            Self::Sarif => "report.sarif",
            Self::Junit => "report.junit.xml",
            Self::Ocsf => "report.ocsf.json",
            Self::Slack => "report.slack.json",
            Self::Github => "report.github.txt",
        }
    }
}

/// How a document is rendered for people.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// The language.
    pub lang: Lang,
    /// The zone of times.
    pub timezone: TimeZone,
    /// Where the full report is: what is cut points there.
    pub full_report: Option<String>,
    /// How many fixes to rank, where the format has a place for them.
    pub top: usize,
}

impl RenderOptions {
    /// As a document asks for, in this language.
    pub fn of(document: &Document, lang: Lang) -> Self {
        let zone = document.display.timezone.as_deref();
        Self {
            lang,
            timezone: zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC),
            full_report: document.display.url.clone(),
            top: 5,
        }
    }
}

/// Renders a document.
pub fn render(document: &Document, format: Format, options: &RenderOptions) -> String {
    match format {
        Format::Json => json::render(document),
        Format::Html => html::render(document, options),
        Format::Markdown => markdown::render(document, options),
        Format::Csv => csv::render(document),
        Format::Sarif => sarif::render(document, options),
        Format::Junit => junit::render(document, options),
        Format::Ocsf => ocsf::render(document),
        Format::Slack => slack::render(document, options),
        Format::Github => github::render(document, options),
    }
}
