//! `tenko log`: who logged in where, and whether the record is whole.

use serde_json::json;
use tenko::login::log::Entry;
use tenko::report::visible;

use super::access_log;
use crate::failure::Failure;
use crate::login_args::LogArgs;
use crate::output::Out;

pub(crate) fn run(args: &LogArgs, out: &Out) -> Result<u8, Failure> {
    let log = access_log()?;
    let trail =
        log.read().map_err(|error| Failure::new("failed to read the access log").because(error))?;
    let asked = args.tenant.as_deref().map(|asked| match asked.split_once('/') {
        Some((tenant, environment)) => (tenant, Some(environment)),
        None => (asked, None),
    });
    let wanted = |entry: &Entry| {
        asked.is_none_or(|(tenant, environment)| {
            entry.tenant == tenant && environment.is_none_or(|name| entry.environment == name)
        })
    };
    let mut entries: Vec<(usize, &Entry)> =
        trail.entries.iter().enumerate().filter(|(_, entry)| wanted(entry)).collect();
    if let Some(last) = args.last {
        entries.drain(..entries.len().saturating_sub(last));
    }
    if out.is_json() {
        out.json(&json!({
            "file": log.path().display().to_string(),
            "entries": entries.iter().map(|(nth, entry)| json!({
                "entry": entry,
                "vouched_for": *nth < trail.intact,
            })).collect::<Vec<_>>(),
            "whole": trail.broken.is_none(),
            "broken": trail.broken.as_ref().map(|broken| json!({
                "line": broken.line,
                "reason": broken.reason.to_string(),
            })),
        }))?;
    } else {
        let mut text = String::new();
        for (nth, entry) in &entries {
            // What stands behind a break may be anybody's.
            let mark = if *nth < trail.intact { "" } else { "NOT VOUCHED FOR  " };
            text.push_str(mark);
            text.push_str(&line(entry));
        }
        out.text(&text)?;
        for torn in &trail.torn {
            out.note(&format!(
                "line {} was cut off while it was written: {} bytes",
                torn.line, torn.bytes
            ));
        }
        let file = log.path().display();
        match &trail.broken {
            None if trail.entries.is_empty() => out.note(&format!("nobody logged in yet ({file})")),
            None => {
                out.note(&format!("{} lines, each as it was written ({file})", trail.entries.len()))
            }
            Some(_) => {}
        }
    }
    match trail.broken {
        None => Ok(0),
        Some(broken) => Err(Failure::new(format!(
            "{}: the access log is not as it was written",
            log.path().display()
        ))
        .because(broken.to_string())
        .hint(
            "what stands before that line is; keep a copy of the file, and find out who changed it",
        )),
    }
}

/// One line: when, who, where, what for.
fn line(entry: &Entry) -> String {
    let mut words = vec![
        entry.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        entry.event.clone(),
        format!("{}/{}", entry.tenant, entry.environment),
        entry.scope.clone(),
    ];
    words.push(entry.who.clone());
    words.extend(entry.how.clone());
    if !entry.levels.is_empty() {
        let levels: Vec<_> = entry.levels.iter().map(String::as_str).collect();
        words.push(format!("READS {}", levels.join(",")));
    }
    words.extend(entry.ticket.clone());
    words.extend(entry.reason.clone());
    let words: Vec<_> = words.iter().map(|word| visible(word)).collect();
    format!("{}\n", words.join("  "))
}
