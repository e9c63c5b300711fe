//! `tenko report` and `tenko history`.

use serde_json::json;
use tenko::history::{Entry, HistoryPlace, RunHistory};
use tenko::messages::say;
use tenko::model::{Arg, msg};
use tenko::report::text::{self, TextOptions};
use tenko::report::{Document, SCHEMA_VERSION, json as as_json, visible};

use crate::commands::text_options;
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
    let lang = args.lang.of(manifest.as_ref());
    if out.is_json() {
        let runs: Vec<_> = all.iter().take(args.last).map(Entry::to_json).collect();
        let value = json!({"schema_version": SCHEMA_VERSION, "kind": "history", "runs": runs});
        out.text(&as_json::text(&value))?;
    } else if all.is_empty() {
        let text = say(lang, &msg!("cli-no-run", place = Arg::text(&place)));
        out.text(&format!("{text}\n"))?;
    } else {
        for entry in all.iter().take(args.last) {
            out.text(&in_a_line(entry, &TextOptions { lang, ..text_options(out) }))?;
        }
        if let Some(more) = all.len().checked_sub(args.last).filter(|more| *more > 0) {
            let all = Arg::text(all.len());
            out.text(&format!("{}\n", say(lang, &msg!("cli-more-runs", more = more, all = all))))?;
        }
    }
    // What cannot be read is told, and is no reason to hide the rest.
    Ok(if all.iter().any(Entry::is_unreadable) { 3 } else { 0 })
}

/// A run, or why it cannot be told.
fn in_a_line(entry: &Entry, options: &TextOptions) -> String {
    match &entry.run {
        Ok(run) => text::run(&entry.id, &run.point, run.narrowed, options),
        Err(error) => {
            let wording = error.wording();
            let why = wording.map_or_else(|| Arg::text(tenko::with_causes(error)), Arg::from);
            let text = say(options.lang, &msg!("cli-run-unreadable", run = &entry.id, why = why));
            format!("{}\n", visible(&text))
        }
    }
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
