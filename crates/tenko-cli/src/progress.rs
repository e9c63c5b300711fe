//! Progress on standard error: a bar on a terminal, plain lines elsewhere, nothing with --quiet.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tenko::collect::Event;
use tenko::model::ScopeKind;
use tenko::report::visible;

/// Shows the events of a run.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Lines>>,
    gaps: AtomicUsize,
    hushed: AtomicBool,
}

/// Plain lines are for logs: one at each phase, then one every few seconds.
struct Lines {
    last: Instant,
    accounts: usize,
    projects: usize,
    units: usize,
    done: usize,
}

const EVERY: Duration = Duration::from_secs(10);

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(style("{spinner} {msg}"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar.set_message("calling the roll");
            bar
        });
        let lines = (!quiet && !terminal).then(|| {
            Mutex::new(Lines { last: Instant::now(), accounts: 0, projects: 0, units: 0, done: 0 })
        });
        Self { bar, lines, gaps: AtomicUsize::new(0), hushed: AtomicBool::new(false) }
    }

    /// Says no more: the run is given up, and what is left of it tells nothing.
    pub(crate) fn hush(&self) {
        self.hushed.store(true, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    pub(crate) fn on(&self, event: &Event) {
        if self.hushed.load(Ordering::Relaxed) {
            return;
        }
        if let Event::UnitFinished(coverage) = event
            && coverage.outcome.is_gap()
        {
            self.gaps.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(bar) = &self.bar {
            self.draw(bar, event);
        }
        if let Some(lines) = &self.lines
            && let Ok(mut lines) = lines.lock()
        {
            self.line(&mut lines, event);
        }
    }

    fn draw(&self, bar: &ProgressBar, event: &Event) {
        match event {
            Event::Discovered(scope) => {
                bar.set_message(format!("discovered {}", visible(&scope.name)));
            }
            Event::ScopeAnswered(answer) => {
                bar.set_message(format!("{} answered: {}", answer.scope, answer.outcome));
            }
            Event::Planned { units, .. } => {
                bar.set_length(*units as u64);
                bar.set_style(style("{bar:24} {pos}/{len} {elapsed} {msg}"));
                bar.set_message("");
            }
            Event::UnitFinished(_) => {
                bar.inc(1);
                let gaps = self.gaps.load(Ordering::Relaxed);
                if gaps > 0 {
                    bar.set_message(format!("{gaps} not read whole"));
                }
            }
            Event::Finished { .. } => bar.finish_and_clear(),
            _ => {}
        }
    }

    fn line(&self, lines: &mut Lines, event: &Event) {
        match event {
            Event::Discovered(scope) if scope.kind == ScopeKind::Project => lines.projects += 1,
            Event::Discovered(scope) if scope.kind.holds_resources() => lines.accounts += 1,
            Event::Planned { units, .. } => {
                lines.units = *units;
                let (accounts, projects) =
                    (counted(lines.accounts, "account"), counted(lines.projects, "project"));
                let scopes = match (lines.accounts, lines.projects) {
                    (0, 0) => "no accounts or projects".to_owned(),
                    (_, 0) => accounts,
                    (0, _) => projects,
                    _ => format!("{accounts} and {projects}"),
                };
                say(&format!("discovered {scopes}; {} to collect", counted(*units, "unit")));
            }
            Event::UnitFinished(_) => {
                lines.done += 1;
                if lines.last.elapsed() >= EVERY {
                    lines.last = Instant::now();
                    let gaps = self.gaps.load(Ordering::Relaxed);
                    say(&format!("{}/{} units, {gaps} not read whole", lines.done, lines.units));
                }
            }
            Event::Finished { resources, gaps, cancelled } => {
                let end = if *cancelled { "cancelled" } else { "collected" };
                let (resources, gaps) = (counted(*resources, "resource"), counted(*gaps, "unit"));
                say(&format!("{end}: {resources}; {gaps} not read whole"));
            }
            _ => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn say(line: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{line}");
}
