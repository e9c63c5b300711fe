//! GitHub: annotations of a workflow's step, the job's summary, the text of a rolling issue.

use tenko_core::Severity;
use tenko_messages::t;

use crate::brief;
use crate::document::Document;
use crate::entry::{Entry, clip, entries};
use crate::format::RenderOptions;
use crate::gaps::gaps;
use crate::markdown;
use crate::visible::visible;
use crate::words;

/// A step may have no more annotations of a kind.
pub const MOST_ANNOTATIONS: usize = 10;

/// A larger summary is dropped as a whole.
pub const MOST_SUMMARY_BYTES: usize = 1 << 20;

/// A longer body of an issue is refused.
pub const MOST_ISSUE_CHARACTERS: usize = 65_536;

/// A longer text is cut: an annotation is a line or two on a page.
const LONGEST: usize = 1_000;

/// Renders annotations as commands of GitHub Actions, one a line: what weighs critical or high as errors,
/// medium and what could not be observed as warnings, the rest as notices. The first notice has the
/// verdict, and where not all find room, the last one counts the rest.
pub fn render(document: &Document, options: &RenderOptions) -> String {
    let lang = options.lang;
    let open = entries(document).into_iter().filter(Entry::counts);
    let mut errors = Vec::new();
    let (mut warnings, mut notices) = (Vec::new(), Vec::new());
    for gap in gaps(document).iter().filter(|gap| gap.outcome.is_gap()) {
        let title = brief::gap_scopes(lang, gap);
        warnings.push(command("warning", None, &title, &brief::gap(lang, gap)));
    }
    for entry in open {
        match entry.severity() {
            Severity::Critical | Severity::High => {
                errors.push(annotation("error", &entry, options))
            }
            Severity::Medium => warnings.push(annotation("warning", &entry, options)),
            Severity::Low | Severity::Info => notices.push(annotation("notice", &entry, options)),
        }
    }
    // Two of the notices are the verdict and the count of the rest.
    let limits = [MOST_ANNOTATIONS, MOST_ANNOTATIONS, MOST_ANNOTATIONS - 2];
    let mut lines = vec![command("notice", None, "tenko", &brief::headline(document, lang))];
    let mut cut = 0;
    for (found, limit) in [errors, warnings, notices].into_iter().zip(limits) {
        cut += found.len().saturating_sub(limit);
        lines.extend(found.into_iter().take(limit));
    }
    if cut > 0 {
        lines.push(command("notice", None, "tenko", &brief::more(document, options, cut)));
    }
    lines.join("\n") + "\n"
}

fn annotation(kind: &str, entry: &Entry<'_>, options: &RenderOptions) -> String {
    let lang = options.lang;
    let title = t!(
        lang,
        "github-title",
        rule = entry.rule().as_ref(),
        severity = words::severity(lang, entry.severity()),
        title = entry.title(lang)
    );
    let where_ = [brief::place(entry), brief::whose(entry)];
    let where_: Vec<_> = where_.into_iter().filter(|part| !part.is_empty()).collect();
    let text = t!(
        lang,
        "github-text",
        resource = entry.label(),
        where = tenko_core::Arg::list(where_),
        message = entry.message(lang),
        remedy = entry.remediation(lang)
    );
    let source = entry.source().and_then(|source| Some((source.file.as_ref(), source.line?)));
    command(kind, source, &title, &text)
}

/// A command of a workflow: `::error file=a,line=1,title=b::text`.
fn command(kind: &str, source: Option<(&str, u32)>, title: &str, text: &str) -> String {
    let place = match source {
        Some((file, line)) => format!("file={},line={line},", property(file)),
        None => String::new(),
    };
    format!("::{kind} {place}title={}::{}", property(title), data(text))
}

/// The one place that makes text from elsewhere safe within a command: it stays on its line, and in its
/// place in that line.
fn data(text: &str) -> String {
    clip(&visible(text), LONGEST).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The job's summary, in Markdown, within [`MOST_SUMMARY_BYTES`].
pub fn summary(document: &Document, options: &RenderOptions) -> String {
    // A job may have written something already.
    markdown::within(document, options, MOST_SUMMARY_BYTES - 4_096, str::len)
}

/// The text of a rolling issue: `marker`, a comment by which it is found again, on a line of its own, and
/// the report in Markdown; all of it within `limit` characters, of which GitHub takes
/// [`MOST_ISSUE_CHARACTERS`].
///
/// `marker` is the caller's, and stands there as it is.
pub fn issue_body(
    document: &Document,
    options: &RenderOptions,
    marker: &str,
    limit: usize,
) -> String {
    let characters: fn(&str) -> usize = |text| text.chars().count();
    let room = limit.min(MOST_ISSUE_CHARACTERS).saturating_sub(characters(marker) + 2);
    let text = markdown::within(document, options, room, characters);
    format!("{marker}\n\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stay_commands() {
        assert_eq!(
            command("error", Some(("a,b.yaml", 3)), "x::y,z", "50% ::warning::\n##[error]x"),
            "::error file=a%2Cb.yaml,line=3,title=x%3A%3Ay%2Cz::50%25 ::warning::\\u{a}##[error]x"
        );
    }
}
