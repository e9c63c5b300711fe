//! Where one is, so that production is never taken for anything else.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write as _};

use anstyle::{AnsiColor, Color, Style};
use tenko::login::{ReadOnlySession, Target};
use tenko::model::{DataLevel, Warning};
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
    match anstream::AutoStream::choice(&std::io::stderr()) {
        anstream::ColorChoice::Never => false,
        anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi
            if anstream::ColorChoice::global() != anstream::ColorChoice::Auto =>
        {
            true
        }
        _ => std::io::stderr().is_terminal(),
    }
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
    let target = session.target();
    if target.warning != Warning::Off {
        loud(style(target.is_production), &word(target), target.is_production, out);
    }
    if !session.levels().is_empty() {
        loud(data_style(), &reads(session.levels()), true, out);
    }
    out.note(&place(target));
    out.note(&format!("{} until {}", visible(session.identity()), when(session.expires())));
    out.note(&visible(&session.proof().to_string()));
}

/// The plain line of every login. Without a banner it is what tells production.
fn place(target: &Target) -> String {
    let is_bare = target.warning == Warning::Off && target.is_production;
    let head = if is_bare { format!("{} · ", word(target).trim()) } else { String::new() };
    let name = target.name.as_deref().map(|name| format!(" {}", visible(name))).unwrap_or_default();
    let (label, tenant) = (target.label(), visible(&target.tenant_name));
    format!("{head}{} · {tenant} · {}{name}", visible(&label), target.scope)
}

/// Says which of many environments are production, and which data is read: before the first session.
pub(crate) fn show_all(
    targets: &[Target],
    labels: &[String],
    levels: &BTreeSet<DataLevel>,
    out: &Out,
) {
    if let Some(text) = production(targets, labels) {
        loud(style(true), &text, true, out);
    }
    if !levels.is_empty() {
        loud(data_style(), &reads(levels), true, out);
    }
}

/// How many of many are named.
const NAMED: usize = 10;

fn production(targets: &[Target], labels: &[String]) -> Option<String> {
    let all: Vec<_> = targets
        .iter()
        .zip(labels)
        .filter(|(target, _)| target.is_production)
        .map(|(_, label)| label.as_str())
        .collect();
    let named = all.get(..NAMED).unwrap_or(&all).join(", ");
    match all.len().saturating_sub(NAMED) {
        _ if all.is_empty() => None,
        0 => Some(format!(" PRODUCTION: {named} ")),
        more => Some(format!(" PRODUCTION: {named} and {more} more ")),
    }
}

fn reads(levels: &BTreeSet<DataLevel>) -> String {
    let all: Vec<_> = levels.iter().map(|level| level.as_str()).collect();
    format!(" READS DATA: {} ", all.join(", "))
}

/// A line that is not to be overlooked. What warns is not silenced by `--quiet` where a person reads it.
fn loud(style: Style, text: &str, warns: bool, out: &Out) {
    if out.quiet && !(warns && std::io::stderr().is_terminal()) {
        return;
    }
    let line = if colours() { painted(style, text) } else { text.trim().to_owned() };
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A time as people at this machine read it.
pub(crate) fn when(time: jiff::Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M %Z").to_string()
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use tenko::login::Targets;
    use tenko::model::Declaration;

    use super::*;

    /// The targets of a manifest with these environments of `acme`.
    fn targets(environments: &str) -> Vec<Target> {
        let text = format!(
            "version: 1\nlogin: {{ production: confirm }}\ntenants: {{ acme: {{ environments: {{ {environments} }} }} }}\n"
        );
        let file = tenko::declare::ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() };
        let catalog = crate::setup::catalog().unwrap();
        let declaration: Declaration = tenko::declare::load(&[file], &catalog).unwrap().declaration;
        Targets::of(&declaration, None).iter().cloned().collect()
    }

    #[test]
    fn production_is_named_whatever_it_is_called() {
        let all = targets(
            "production: { scopes: ['222222222201'] }, eu: { stage: live, scopes: ['222222222202'] }, \
             staging: { scopes: ['222222222203'] }",
        );
        let words: Vec<_> = all.iter().map(word).collect();
        assert_eq!(words.len(), 3, "{all:?}");
        assert!(words.contains(&" PRODUCTION ".to_owned()), "{words:?}");
        assert!(words.contains(&" PRODUCTION (LIVE) ".to_owned()), "{words:?}");
        assert!(words.contains(&" STAGING ".to_owned()), "{words:?}");
        let labels: Vec<_> = all.iter().map(Target::label).collect();
        let text = production(&all, &labels).unwrap();
        assert!(text.contains("acme/production") && text.contains("acme/eu"), "{text}");
        assert!(!text.contains("staging"), "{text}");
        let staging: Vec<_> = all.into_iter().filter(|target| !target.is_production).collect();
        assert_eq!(production(&staging, &["acme/staging".to_owned()]), None);
    }

    #[test]
    fn of_many_some_are_named_and_the_rest_is_counted() {
        let all = targets("production: { scopes: ['222222222201'] }");
        let many: Vec<_> = (0..12).map(|_| all[0].clone()).collect();
        let labels: Vec<_> = (0..12).map(|at| format!("t{at}/production")).collect();
        let text = production(&many, &labels).unwrap();
        assert!(text.ends_with("t9/production and 2 more "), "{text}");
    }

    #[test]
    fn only_what_is_to_be_confirmed_is_asked_about() {
        let all = targets("production: { scopes: ['222222222201'] }");
        assert_eq!(all[0].warning, Warning::Confirm);
        assert!(confirm(&all[0], true).is_ok());
        let all = targets("staging: { scopes: ['222222222203'] }");
        assert!(confirm(&all[0], false).is_ok());
    }

    #[test]
    fn without_a_banner_the_line_tells_production() {
        let mut target = targets("eu: { stage: live, scopes: ['222222222202'] }").remove(0);
        target.name = Some("eu\u{1b}[2J".to_owned());
        let plain = "acme/eu · acme · aws:222222222202 eu\\u{1b}[2J";
        assert_eq!(place(&target), plain);
        target.warning = Warning::Off;
        assert_eq!(place(&target), format!("PRODUCTION (LIVE) · {plain}"));
        target.is_production = false;
        assert_eq!(place(&target), plain);
    }

    #[test]
    fn data_is_named() {
        let levels = BTreeSet::from([DataLevel::Logs, DataLevel::Objects]);
        assert_eq!(reads(&levels), " READS DATA: logs, objects ");
    }
}
