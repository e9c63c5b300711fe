//! Where one is, so that production is never taken for anything else.

use std::io::IsTerminal;

use anstyle::{AnsiColor, Color, Style};
use tenko::login::{ReadOnlySession, Target};
use tenko::model::Warning;
use tenko::report::visible;

use crate::failure::Failure;
use crate::human;
use crate::output::Out;

/// Production is a white word on red, everything else a black one on green: told apart by the word and by the colour.
fn style(production: bool) -> Style {
    let (front, back) = if production {
        (AnsiColor::BrightWhite, AnsiColor::Red)
    } else {
        (AnsiColor::Black, AnsiColor::Green)
    };
    Style::new().fg_color(Some(Color::Ansi(front))).bg_color(Some(Color::Ansi(back))).bold()
}

/// Data is loud.
fn data_style() -> Style {
    Style::new()
        .fg_color(Some(Color::Ansi(AnsiColor::Black)))
        .bg_color(Some(Color::Ansi(AnsiColor::Yellow)))
        .bold()
}

/// The stage, which must be told apart without colour too. Whatever may be production is called that.
fn word(target: &Target) -> String {
    let stage = visible(&target.stage).to_uppercase();
    match target.is_production {
        true if stage != "PRODUCTION" => format!(" PRODUCTION ({stage}) "),
        _ => format!(" {stage} "),
    }
}

/// Whether standard error takes colour.
pub(crate) fn colours() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
        && std::io::stderr().is_terminal()
}

/// Asks before production, where the manifest wants that. `yes` answers beforehand.
pub(crate) fn confirm(target: &Target, yes: bool) -> Result<(), Failure> {
    if target.warning != Warning::Confirm || yes {
        return Ok(());
    }
    let label = target.label();
    let head = word(target);
    let head = if colours() { painted(style(target.is_production), &head) } else { head };
    let question = format!("{head} type {} to go there", visible(&label));
    match human::typed(&question)? {
        Some(text) if text == label => Ok(()),
        Some(_) => Err(Failure::new(format!("{label} was not confirmed"))),
        None => Err(Failure::new(format!(
            "{label} is to be confirmed, and there is no terminal to ask at"
        ))
        .hint("--yes answers beforehand")),
    }
}

/// Says where a session leads, and why it is taken to be read-only: on standard error.
pub(crate) fn show(session: &ReadOnlySession, out: &Out) {
    if out.quiet {
        return;
    }
    let target = session.target();
    let mut lines = Vec::new();
    if target.warning != Warning::Off || target.is_production {
        let head = word(target);
        lines.push(if colours() {
            painted(style(target.is_production), &head)
        } else {
            head.trim().to_owned()
        });
    }
    if !session.levels().is_empty() {
        let all: Vec<_> = session.levels().iter().map(|level| level.as_str()).collect();
        let head = format!(" READS DATA: {} ", all.join(", "));
        lines.push(if colours() { painted(data_style(), &head) } else { head.trim().to_owned() });
    }
    let name = target.name.as_deref().map(|name| format!(" {}", visible(name))).unwrap_or_default();
    lines.push(format!(
        "{} · {} · {}{name}",
        visible(&target.label()),
        visible(&target.tenant_name),
        target.scope
    ));
    lines.push(format!("{} until {}", visible(session.identity()), when(session.expires())));
    lines.push(visible(&session.proof().to_string()).to_string());
    for line in lines {
        out.note(&line);
    }
}

/// A time as people at this machine read it.
pub(crate) fn when(time: jiff::Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M %Z").to_string()
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
