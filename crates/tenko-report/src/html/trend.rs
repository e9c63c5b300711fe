//! How the numbers went over the runs: a chart, and the same as a table.

use tenko_core::{Message, msg};

use super::context::Context;
use super::mark::Mark;
use super::text::Text;
use super::verdict::number;
use crate::history::TrendPoint;

pub(super) struct TrendView {
    /// A wide one, and one for phones with fewer runs. The stylesheet shows one of them.
    pub(super) charts: [Chart; 2],
    /// What the charts show, in a sentence.
    pub(super) summary: Text,
    /// The newest first.
    pub(super) rows: Vec<RunView>,
    pub(super) more: Text,
}

pub(super) struct RunView {
    pub(super) at: Text,
    pub(super) mark: Mark,
    pub(super) incomplete: bool,
    pub(super) drift: Text,
    pub(super) findings: Text,
    pub(super) unknown: Text,
    pub(super) new: Text,
    pub(super) resolved: Text,
}

/// A drawing; lengths are in pixels of its own.
pub(super) struct Chart {
    pub(super) name: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) lines: Vec<Line>,
    pub(super) ticks: Vec<Tick>,
    /// Bars of new ones upwards and of resolved ones downwards.
    pub(super) bars: Vec<Bar>,
    pub(super) zero: u32,
    pub(super) left: u32,
    pub(super) right: u32,
    /// Days, or times of one day, below the first and the last run.
    pub(super) days: Vec<Day>,
}

pub(super) struct Line {
    pub(super) name: &'static str,
    /// The path, without points of its own.
    pub(super) path: String,
    pub(super) points: Vec<Point>,
}

pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    /// A run that did not see all: the point is hollow.
    pub(super) hollow: bool,
}

pub(super) struct Tick {
    pub(super) y: f64,
    pub(super) label: Text,
}

pub(super) struct Bar {
    pub(super) name: &'static str,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

pub(super) struct Day {
    pub(super) x: f64,
    pub(super) anchor: &'static str,
    pub(super) text: Text,
}

/// Runs in the table.
const LISTED: usize = 30;
const LEFT: f64 = 44.0;
const TOP: f64 = 10.0;
const PLOT: f64 = 130.0;
const GAP: f64 = 16.0;
/// Height of the bars to each side of their zero.
const SIDE: f64 = 24.0;

impl TrendView {
    /// `None` where there is one run or none: that is no trend.
    pub(super) fn new(context: &Context<'_>) -> Option<Self> {
        let runs = context.document.history.as_ref()?.runs.as_slice();
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return None };
        if runs.len() < 2 {
            return None;
        }
        let numbers = |run: &TrendPoint| (run.drift.differences(), run.findings.actionable());
        let ((drift_then, findings_then), (drift, findings)) = (numbers(first), numbers(last));
        // The first run's new ones are no movement of these runs.
        let moved = |run: &TrendPoint| numbers(run) != numbers(first) || run.new + run.resolved > 0;
        let id = if numbers(first) != numbers(last) {
            "html-trend-summary"
        } else if runs.iter().skip(1).any(moved) {
            "html-trend-back"
        } else {
            "html-trend-still"
        };
        let since = in_days(context, runs);
        let summary = Message::new(id)
            .with("runs", runs.len())
            .with("since", since(first).as_str())
            .with("drift", drift)
            .with("findings", findings);
        let summary = if numbers(first) == numbers(last) {
            summary
        } else {
            summary.with("drift_then", drift_then).with("findings_then", findings_then)
        };
        Some(Self {
            charts: [
                Chart::new(context, newest(runs, 90), "wide", 960.0),
                Chart::new(context, newest(runs, 24), "narrow", 340.0),
            ],
            summary: context.say(&summary),
            rows: runs.iter().rev().take(LISTED).map(|run| RunView::new(context, run)).collect(),
            more: super::observed::more(context, runs.len(), LISTED),
        })
    }
}

/// What tells runs apart: the day; where all are of one day, the time.
fn in_days<'a>(context: &'a Context<'_>, runs: &[TrendPoint]) -> impl Fn(&TrendPoint) -> Text + 'a {
    let day = |run: Option<&TrendPoint>| run.map(|run| context.date(None, run.at).to_string());
    let one_day = day(runs.first()) == day(runs.last());
    move |run| if one_day { context.time(None, run.at) } else { context.date(None, run.at) }
}

fn newest(runs: &[TrendPoint], most: usize) -> &[TrendPoint] {
    runs.get(runs.len().saturating_sub(most)..).unwrap_or(runs)
}

impl RunView {
    fn new(context: &Context<'_>, run: &TrendPoint) -> Self {
        // Of a run that did not see all, a number is the least that there was.
        let bound = |n: u64| {
            let n = number(context, n);
            if run.incomplete { context.say(&msg!("html-bound", n = n.as_str())) } else { n }
        };
        Self {
            at: context.time(None, run.at),
            mark: Mark::verdict(context.lang, run.verdict),
            incomplete: run.incomplete,
            drift: bound(run.drift.differences()),
            findings: bound(run.findings.actionable()),
            unknown: number(context, run.drift.unknown + run.findings.unknown),
            new: number(context, run.new),
            resolved: number(context, run.resolved),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "pixels of a chart")]
fn real(n: u64) -> f64 {
    n as f64
}

/// A round number that is not below `n`, and four parts of which are whole.
fn ceiling(n: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for step in [4, 8, 12, 20, 40] {
            let top = unit.saturating_mul(step);
            if top >= n {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
        if unit == u64::MAX {
            return u64::MAX;
        }
    }
}

impl Chart {
    fn new(context: &Context<'_>, runs: &[TrendPoint], name: &'static str, width: f64) -> Self {
        let right = width - 12.0;
        let steps = real(runs.len().saturating_sub(1).max(1) as u64);
        let step = (right - LEFT - 16.0) / steps;
        let x = |i: usize| round(LEFT + 8.0 + step * real(i as u64));
        let differences = |run: &TrendPoint| run.drift.differences();
        let actionable = |run: &TrendPoint| run.findings.actionable();
        let most = runs.iter().map(|run| differences(run).max(actionable(run))).max();
        let top = ceiling(most.unwrap_or(0).max(4));
        let y = |n: u64| round(TOP + PLOT - PLOT * real(n) / real(top));
        let line = |name, of: &dyn Fn(&TrendPoint) -> u64| {
            let points: Vec<_> = runs
                .iter()
                .enumerate()
                .map(|(i, run)| Point { x: x(i), y: y(of(run)), hollow: run.incomplete })
                .collect();
            let path: Vec<_> =
                points.iter().map(|point| format!("{} {}", point.x, point.y)).collect();
            Line { name, path: format!("M{}", path.join("L")), points }
        };
        let ticks = [0, 1, 2].map(|i| {
            let n = top / 2 * i;
            Tick { y: y(n), label: number(context, n) }
        });
        let zero = TOP + PLOT + GAP + SIDE;
        let moved = runs.iter().map(|run| run.new.max(run.resolved)).max().unwrap_or(0).max(1);
        let bar_width = round((step * 0.6).clamp(2.0, 14.0));
        let bars = runs.iter().enumerate().flat_map(|(i, run)| {
            [("new", run.new, true), ("resolved", run.resolved, false)].map(|(name, n, up)| {
                let height = round(SIDE * real(n) / real(moved));
                let y = if up { zero - height } else { zero };
                Bar {
                    name,
                    x: round(x(i) - bar_width / 2.0),
                    y: round(y),
                    width: bar_width,
                    height,
                }
            })
        });
        let named = in_days(context, runs);
        let day = |i: usize, anchor, run: &TrendPoint| Day { x: x(i), anchor, text: named(run) };
        let mut days = Vec::new();
        if let (Some(first), Some(last)) = (runs.first(), runs.last()) {
            days.push(day(0, "start", first));
            days.push(day(runs.len() - 1, "end", last));
        }
        Self {
            name,
            width: whole(width),
            height: whole(zero + SIDE + 20.0),
            lines: vec![line("drift", &differences), line("findings", &actionable)],
            ticks: ticks.into(),
            bars: bars.filter(|bar| bar.height > 0.0).collect(),
            zero: whole(zero),
            left: whole(LEFT),
            right: whole(right),
            days,
        }
    }
}

fn round(n: f64) -> f64 {
    (n * 10.0).round() / 10.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels of a chart, between zero and a thousand"
)]
fn whole(n: f64) -> u32 {
    n as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceilings_are_round_and_not_below() {
        let cases =
            [(0, 4), (4, 4), (5, 8), (13, 20), (41, 80), (100_000, 120_000), (u64::MAX, u64::MAX)];
        for (n, top) in cases {
            assert_eq!(ceiling(n), top, "{n}");
        }
    }
}
