//! A page of limited size: what does not fit is counted.

use std::fmt::Write as _;

/// A part of a page: what is said first, and a list or table that may be cut.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Whole lines, with their line breaks.
    pub(super) head: String,
    /// Items of a list, or rows of a table whose head ends `head`: the most important first.
    pub(super) rows: Vec<String>,
    /// How its rows get room.
    pub(super) room: Room,
}

/// How the rows of a part get room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Room {
    /// As much as there is when those that go before it have theirs: the lowest number goes first.
    #[default]
    Rest,
    Rank(u8),
    /// Before all others, up to one part in so many of the whole page.
    Share(usize),
}

impl Room {
    fn rank(self) -> u8 {
        match self {
            Self::Rank(rank) => rank,
            Self::Rest | Self::Share(_) => u8::MAX,
        }
    }
}

/// How long a text is, as the place counts that it goes to.
pub(super) type Measure = fn(&str) -> usize;

/// Puts the parts together within a limit. Where rows are missing, `more` says how many.
pub(super) fn fit(
    parts: &[Part],
    limit: usize,
    measure: Measure,
    more: impl Fn(usize) -> String,
) -> String {
    let reserve = measure(&more(usize::MAX)) + 2;
    let mut room = limit;
    // Heads may take most of the room, and leave some for rows.
    let mut kept = 0;
    for part in parts {
        let size = measure(&part.head) + reserve;
        let least = if kept == 0 { 0 } else { limit / 4 };
        if room < size + least {
            break;
        }
        room -= size;
        kept += 1;
    }
    let (kept, dropped) = parts.split_at(kept);
    let mut shown = vec![0_usize; kept.len()];
    let mut order: Vec<_> = kept.iter().zip(&mut shown).collect();
    order.sort_by_key(|(part, _)| (!matches!(part.room, Room::Share(_)), part.room.rank()));
    for (part, shown) in order {
        let mut own = match part.room {
            Room::Share(share) => room.min(limit / share.max(1)),
            Room::Rest | Room::Rank(_) => room,
        };
        for row in &part.rows {
            let size = measure(row) + 1;
            if size > own {
                break;
            }
            own -= size;
            room -= size;
            *shown += 1;
        }
    }
    let mut out = String::new();
    for (part, shown) in kept.iter().zip(shown) {
        // One empty line between two headings is enough.
        let head = if out.ends_with("\n\n") { part.head.trim_start() } else { &part.head };
        out.push_str(head);
        for row in part.rows.iter().take(shown) {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{row}");
        }
        if part.rows.len() > shown {
            let gap = if out.ends_with("\n\n") { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{}", more(part.rows.len() - shown));
        }
    }
    let lost: usize = dropped.iter().map(|part| part.rows.len().max(1)).sum();
    if lost > 0 {
        let _ = write!(out, "\n{}\n", more(lost));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(rows: usize) -> Vec<Part> {
        let part = |n: usize| Part {
            head: format!("\n## {n}\n\n"),
            rows: (0..rows).map(|row| format!("- {n} {row}")).collect(),
            room: if n == 2 { Room::Share(4) } else { Room::Rank(9 - n as u8) },
        };
        (0..3).map(part).collect()
    }

    #[test]
    fn everything_is_there_where_there_is_room() {
        let text = fit(&parts(10), 10_000, str::len, |n| format!("{n} more"));
        assert_eq!(text.matches("- ").count(), 30);
        assert!(!text.contains("more"));
    }

    #[test]
    fn what_is_cut_is_counted() {
        for limit in [150, 200, 300, 1_000] {
            let text = fit(&parts(1_000), limit, str::len, |n| format!("{n} more"));
            assert!(text.len() <= limit, "{} of {limit}: {text}", text.len());
            let more: usize = text
                .lines()
                .filter_map(|line| line.strip_suffix(" more"))
                .map(|n| n.parse::<usize>().unwrap())
                .sum();
            assert_eq!(text.matches("- ").count() + more, 3_000, "{text}");
        }
    }

    #[test]
    fn room_goes_by_rank() {
        let text = fit(&parts(30), 500, str::len, |n| format!("{n} more"));
        let of = |n: usize| text.matches(&format!("- {n} ")).count();
        assert!(of(1) > of(0), "{text}");
        assert!((10..=20).contains(&of(2)), "{text}");
    }
}
