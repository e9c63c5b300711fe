//! Run ids: sortable by time, and no two alike.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const FORMAT: &str = "%Y%m%dT%H%M%S.%3f";
/// The milliseconds of the last id that this process gave out.
static LAST: AtomicI64 = AtomicI64::new(i64::MIN);

/// An id such as `20261122T041500.123Z-1a2b3c4d`. It sorts after every id that this process gave
/// out before, and after `after`, even when the clock was set back.
pub fn run_id(now: Timestamp, after: Option<&str>) -> String {
    let mut millis = now.as_millisecond();
    if let Some(previous) = after.and_then(parse_millis) {
        millis = millis.max(previous.saturating_add(1));
    }
    let raise = |last: i64| millis.max(last.saturating_add(1));
    let last = LAST
        .try_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(raise(last)))
        .unwrap_or(millis);
    let at = Timestamp::from_millisecond(raise(last)).unwrap_or(now);
    // The seeds of a RandomState come from the system, and differ each time.
    let random = RandomState::new().build_hasher().finish() as u32;
    format!("{}Z-{random:08x}", at.strftime(FORMAT))
}

fn parse_millis(id: &str) -> Option<i64> {
    let (stamp, _) = id.split_once('Z')?;
    let time = DateTime::strptime(FORMAT, stamp).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_after_earlier_ones_whatever_the_clock_says() {
        let now: Timestamp = "2026-11-22T04:15:00.123Z".parse().unwrap();
        let back: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
        let ids = [
            run_id(now, None),
            run_id(now, None),
            run_id(back, None),
            run_id(now, Some("20261231T235959.999Z-ffffffff")),
        ];
        assert!(ids.is_sorted() && ids[0] != ids[1], "{ids:?}");
        assert!(ids[3].starts_with("20270101T000000.000Z-"), "{ids:?}");
    }

    #[test]
    fn an_odd_previous_id_does_no_harm() {
        let now = Timestamp::now();
        for after in ["", "Z", "nonsense", "99991231T235959.999Z-0"] {
            assert_eq!(run_id(now, Some(after)).len(), 29, "{after}");
        }
    }
}
