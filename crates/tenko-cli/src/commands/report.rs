//! `tenko report` and `tenko history`.

use serde_json::json;
use tenko::history::{Entry, HistoryPlace, RunHistory};
use tenko::report::{Document, SCHEMA_VERSION, json as as_json, visible};

use crate::failure::Failure;
use crate::output::Out;
use crate::report_args::{HistoryListArgs, ReportArgs};
use crate::shown::Shown;
use crate::{files, runs, setup};

/// Shows a run that was kept.
pub(crate) async fn report(args: &ReportArgs, out: &Out) -> Result<u8, Failure> {
    let shown = Shown::new(&args.show, args.out.as_deref())?;
    let manifest = files::manifest(&args.of.manifest.files, &setup::catalog()?)?;
    let document = runs::document(&args.of.run, &args.of.history, manifest.as_ref(), out).await?;
    shown.declared(manifest.as_ref()).show(&document, out)
}

/// Lists the runs.
pub(crate) async fn history(args: &HistoryListArgs, out: &Out) -> Result<u8, Failure> {
    let manifest = files::manifest(&args.manifest.files, &setup::catalog()?)?;
    let place = runs::place(&args.history, manifest.as_ref())?;
    let Some(history) = runs::open(&place, None, manifest.as_ref(), out).await? else {
        return Err(Failure::new("no history is kept").hint("--history PLACE names one"));
    };
    if let (Some(_), HistoryPlace::Folder(path)) = (&args.history.history, &place)
        && !path.is_dir()
    {
        return Err(Failure::new(format!("there is no folder {}", path.display())));
    }
    let all = history.list().await.map_err(runs::failure)?;
    if out.is_json() {
        let runs: Vec<_> = all.iter().take(args.last).map(Entry::to_json).collect();
        let value = json!({"schema_version": SCHEMA_VERSION, "kind": "history", "runs": runs});
        out.text(&as_json::text(&value))?;
    } else if all.is_empty() {
        out.text(&format!("no run is kept in {place} yet: `tenko audit` keeps one\n"))?;
    } else {
        for entry in all.iter().take(args.last) {
            out.text(&format!("{}\n", in_a_line(entry, out.width)))?;
        }
        if let Some(more) = all.len().checked_sub(args.last).filter(|more| *more > 0) {
            out.text(&format!("… and {more} more (--last {} shows all)\n", all.len()))?;
        }
    }
    // What cannot be read is told, and is no reason to hide the rest.
    Ok(if all.iter().any(Entry::is_unreadable) { 3 } else { 0 })
}

/// `20261122T060000Z-7f3a  drift       19 drift, 39 findings, 3 new`
///
/// What does not fit the page goes on below.
fn in_a_line(entry: &Entry, width: usize) -> String {
    let run = match &entry.run {
        Ok(run) => run,
        Err(error) => {
            let why = tenko::with_causes(error);
            return format!("{}  cannot be read: {}", visible(&entry.id), visible(&why));
        }
    };
    let point = &run.point;
    let mut parts = Vec::new();
    for (n, word) in [
        (point.drift.differences(), "drift"),
        (point.findings.actionable(), "findings"),
        (point.new, "new"),
        (point.resolved, "resolved"),
        (point.suppressed, "suppressed"),
    ] {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    for (is_so, word) in [(point.incomplete, "incomplete"), (run.narrowed, "only a part")] {
        if is_so {
            parts.push(word.to_owned());
        }
    }
    let verdict = point.verdict.to_string();
    let mut line = format!("{}  {verdict:<10}  ", visible(&entry.id));
    let indent = line.chars().count();
    let (mut text, last) = (String::new(), parts.len().saturating_sub(1));
    for (i, part) in parts.iter().enumerate() {
        let comma = if i < last { "," } else { "" };
        let length = line.trim_end().chars().count() + 1 + part.len() + comma.len();
        if length > width && line.trim_end().chars().count() > indent {
            text.push_str(line.trim_end());
            text.push('\n');
            line = " ".repeat(indent);
        }
        line.push_str(part);
        line.push_str(comma);
        line.push(' ');
    }
    text + line.trim_end()
}

/// Compares a run with those before it, keeps it, and shows it. What cannot be kept is shown all the
/// same, and then said: the work was done.
pub(crate) async fn keep_and_show(
    document: Document,
    history: Option<&RunHistory>,
    shown: &Shown<'_>,
    out: &Out,
) -> Result<u8, Failure> {
    let Some(history) = history else { return shown.show(&document, out) };
    match history.record(document.clone()).await {
        Ok(document) => shown.show(&document, out),
        Err(error) => {
            // That one fails must not hide that the other did.
            if let Err(failure) = shown.show(&document, out) {
                out.error(&failure);
            }
            let hint = error.hint();
            let failure = Failure::new("the run was not kept").because(error);
            Err(match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            })
        }
    }
}
