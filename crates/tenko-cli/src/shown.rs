//! Reports on standard output or in files, in the formats that were asked for.

use std::io::Write as _;
use std::path::Path;

use jiff::tz::TimeZone;
use tenko::declare::Manifest;
use tenko::messages::Lang;
use tenko::model::Reporting;
use tenko::report::{self, Document, RenderOptions, text};

use crate::args::Format;
use crate::commands::text_options;
use crate::failure::Failure;
use crate::files;
use crate::output::Out;
use crate::report_args::ShowArgs;

/// Where a job of GitHub Actions is to write its summary.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// How reports are shown, checked before the work that they tell of.
pub(crate) struct Shown<'a> {
    args: &'a ShowArgs,
    folder: Option<&'a Path>,
    reporting: Reporting,
}

impl<'a> Shown<'a> {
    /// Checks that all formats have a place: several are files, and a folder is there for files.
    pub(crate) fn new(args: &'a ShowArgs, folder: Option<&'a Path>) -> Result<Self, Failure> {
        let shown = Self::checked(args, folder)?;
        if folder.is_some() && shown.is_text() {
            return Err(Failure::new("--out writes files, and no format of files is named")
                .hint("name some: --format html,markdown"));
        }
        shown.ready()
    }

    /// The same, where more than reports is written into the folder: text goes to standard output.
    pub(crate) fn beside(args: &'a ShowArgs, folder: Option<&'a Path>) -> Result<Self, Failure> {
        Self::checked(args, folder)?.ready()
    }

    fn checked(args: &'a ShowArgs, folder: Option<&'a Path>) -> Result<Self, Failure> {
        if args.format.len() > 1 && folder.is_none() {
            return Err(Failure::new("standard output takes one format")
                .hint("--out DIR writes a file for each"));
        }
        if folder.is_some_and(|f| f.display().to_string().ends_with(tenko::store::EXTENSION)) {
            return Err(Failure::new("--out names the folder of reports")
                .hint("--save FILE keeps the snapshot"));
        }
        Ok(Self { args, folder, reporting: Reporting::default() })
    }

    /// Makes the folder, once nothing else is against it.
    fn ready(self) -> Result<Self, Failure> {
        if let Some(folder) = self.folder {
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::new(format!("failed to make the folder {}", folder.display()))
                    .because(error)
            })?;
            files::check_writable(&folder.join("report.json"))?;
        }
        Ok(self)
    }

    /// As the manifest says today: the run may be older.
    pub(crate) fn declared(mut self, manifest: Option<&Manifest>) -> Self {
        if let Some(manifest) = manifest {
            self.reporting = manifest.declaration.reporting.clone();
        }
        self
    }

    /// Whether what is shown is text for people and nothing else.
    pub(crate) fn is_text(&self) -> bool {
        self.args.format == [Format::Text]
    }

    /// Shows a report; the exit code is the report's.
    pub(crate) fn show(&self, document: &Document, out: &Out) -> Result<u8, Failure> {
        let options = self.options(document);
        match (self.folder, self.args.format.as_slice()) {
            (Some(folder), formats) if !self.is_text() => {
                for format in formats {
                    self.write(folder, *format, document, &options, out)?;
                }
                // Beside files there is still something to read: the verdict, which is why the exit code is what it is.
                let headline = text::headline(document, &self.text_options(&options, out));
                out.note(headline.trim_end());
            }
            (_, formats) => {
                let format = formats.first().copied().unwrap_or_default();
                out.text(&self.rendered(format, document, &options, out))?;
                if format == Format::Github {
                    summary(document, &options)?;
                }
            }
        }
        Ok(document.exit_code())
    }

    fn write(
        &self,
        folder: &Path,
        format: Format,
        document: &Document,
        options: &RenderOptions,
        out: &Out,
    ) -> Result<(), Failure> {
        let name = format.of_report().map_or("report.txt", report::Format::file_name);
        let path = folder.join(name);
        // In a file there is nobody to show colours to.
        let plain = Out { color: false, width: 80, ..*out };
        files::write_text(&path, &self.rendered(format, document, options, &plain))?;
        out.note(&format!("written: {}", path.display()));
        if format == Format::Github {
            let path = folder.join("report.github.md");
            files::write_text(&path, &report::github::summary(document, options))?;
            out.note(&format!("written: {}", path.display()));
        }
        Ok(())
    }

    fn rendered(
        &self,
        format: Format,
        document: &Document,
        options: &RenderOptions,
        out: &Out,
    ) -> String {
        match format.of_report() {
            Some(format) => report::render(document, format, options),
            None => text::render(document, &self.text_options(options, out)),
        }
    }

    fn text_options(&self, options: &RenderOptions, out: &Out) -> text::TextOptions {
        text::TextOptions {
            lang: options.lang,
            timezone: options.timezone.clone(),
            top: self.args.top.map(usize::from),
            ..text_options(out)
        }
    }

    fn options(&self, document: &Document) -> RenderOptions {
        let mut options = options(document, &self.reporting, self.args.lang, None);
        if let Some(top) = self.args.top {
            options.top = top.into();
        }
        options
    }
}

/// How a document is shown to its owner, or to everybody: in the language that was asked for, else
/// theirs; what `reporting` leaves open is as it was said when the run was made.
pub(crate) fn options(
    document: &Document,
    reporting: &Reporting,
    asked: Option<Lang>,
    owner: Option<&str>,
) -> RenderOptions {
    let own = owner.and_then(|name| reporting.owners.get(name)?.lang.as_deref());
    let said = [own, reporting.lang.as_deref(), document.display.lang.as_deref()];
    let said = said.into_iter().flatten().find_map(|tag| tag.parse().ok());
    let mut options = RenderOptions::of(document, asked.or(said).unwrap_or_default());
    let zone = reporting.timezone_of(owner).and_then(|name| TimeZone::get(name).ok());
    options.timezone = zone.unwrap_or(options.timezone);
    options
}

/// The summary of a job of GitHub Actions, where there is one.
fn summary(document: &Document, options: &RenderOptions) -> Result<(), Failure> {
    let Some(path) = std::env::var_os(SUMMARY).filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = Path::new(&path);
    let append = || {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(report::github::summary(document, options).as_bytes())
    };
    append().map_err(|error| {
        Failure::new(format!("failed to write the job's summary to {}", path.display()))
            .because(error)
    })
}
