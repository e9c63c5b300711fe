//! The time of day, for those who know time zones and for those who do not.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A time of day in a zone.
pub(crate) struct When {
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    /// The zone's IANA name.
    pub(crate) zone: String,
    timezone: TimeZone,
}

impl When {
    /// 06:00 in UTC where nothing is said, or nothing that is a time or a zone.
    pub(crate) fn of(at: Option<&str>, zone: Option<&str>) -> Self {
        let parse = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        };
        let time = at.and_then(parse);
        let known = |name: &str| {
            let found = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
            Some((found.iana_name()?.to_owned(), found))
        };
        let (zone, timezone) =
            zone.and_then(known).unwrap_or_else(|| ("UTC".to_owned(), TimeZone::UTC));
        let (hour, minute) = time.map_or((6, 0), |time| (time.hour(), time.minute()));
        Self { hour, minute, zone, timezone }
    }

    /// The time of day: `06:00`.
    pub(crate) fn clock(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `MINUTE HOUR * * *` in the zone itself.
    pub(crate) fn cron(&self) -> String {
        format!("{} {} * * *", self.minute, self.hour)
    }

    /// The same in UTC, by the offset of this day.
    pub(crate) fn utc_cron(&self, today: Date) -> String {
        let seconds = i64::from(self.offset(today));
        let local = i64::from(self.hour) * 60 + i64::from(self.minute);
        // Offsets of today are whole minutes.
        let utc = (local - seconds.div_euclid(60)).rem_euclid(24 * 60);
        format!("{} {} * * *", utc % 60, utc / 60)
    }

    fn offset(&self, day: Date) -> i32 {
        self.timezone.to_offset(self.timestamp(day)).seconds()
    }

    fn timestamp(&self, day: Date) -> Timestamp {
        let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
        noon.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    }

    /// What to say of a cron line in UTC: which time it is, and when it moves.
    pub(crate) fn notes(&self, today: Date) -> Vec<String> {
        let (clock, zone) = (self.clock(), &self.zone);
        if zone == "UTC" {
            return vec![format!("{clock} UTC.")];
        }
        let now = self.offset(today);
        let mut out = vec![format!(
            "{clock} in {zone} ({}): GitHub's cron is in UTC.",
            self.timezone.to_offset(self.timestamp(today))
        )];
        let start = self.timestamp(today);
        let end = start + SignedDuration::from_hours(24 * 366);
        let changes = self.timezone.following(start).take_while(|t| t.timestamp() < end);
        let moved: Vec<_> = changes
            .filter(|t| t.offset().seconds() != now)
            .map(|t| t.timestamp().to_zoned(self.timezone.clone()))
            .collect();
        if let Some(first) = moved.first() {
            let minutes = (first.offset().seconds() - now) / 60;
            let way = if minutes > 0 { "later" } else { "earlier" };
            let minutes = minutes.abs();
            let by = if minutes == 60 {
                "an hour".to_owned()
            } else if minutes % 60 == 0 {
                format!("{} hours", minutes / 60)
            } else {
                format!("{minutes} minutes")
            };
            out.push(format!("The clocks of {zone} change on {}: from then on", first.date()));
            out.push(format!("this line is {by} {way} there, until they change back."));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn cron_is_that_of_the_day() {
        let (winter, summer) = (date(2026, 11, 22), date(2026, 7, 1));
        for (at, zone, expected, in_summer) in [
            (None, None, "0 6 * * *", "0 6 * * *"),
            (Some("06:00"), Some("Asia/Tokyo"), "0 21 * * *", "0 21 * * *"),
            (Some("06:30"), Some("Europe/Berlin"), "30 5 * * *", "30 4 * * *"),
            (Some("00:15"), Some("Asia/Kolkata"), "45 18 * * *", "45 18 * * *"),
            (Some("20:00"), Some("America/New_York"), "0 1 * * *", "0 0 * * *"),
            (Some("23:59"), Some("Pacific/Kiritimati"), "59 9 * * *", "59 9 * * *"),
            (Some("25:00"), Some("Nowhere/\n- x"), "0 6 * * *", "0 6 * * *"),
            (Some("x"), Some("Etc/Unknown"), "0 6 * * *", "0 6 * * *"),
        ] {
            let when = When::of(at, zone);
            assert_eq!(when.utc_cron(winter), expected, "{at:?} {zone:?}");
            assert_eq!(when.utc_cron(summer), in_summer, "{at:?} {zone:?}");
        }
    }

    #[test]
    fn it_is_said_when_clocks_change() {
        let notes = |zone, day| When::of(None, zone).notes(day).join(" ");
        let winter = date(2026, 11, 22);
        assert_eq!(notes(None, winter), "06:00 UTC.");
        assert_eq!(
            notes(Some("Asia/Tokyo"), winter),
            "06:00 in Asia/Tokyo (+09): GitHub's cron is in UTC."
        );
        let berlin = notes(Some("Europe/Berlin"), winter);
        assert!(
            berlin.contains("change on 2027-03-28: from then on this line is an hour later"),
            "{berlin}"
        );
        let berlin = notes(Some("Europe/Berlin"), date(2026, 7, 1));
        assert!(
            berlin.contains("change on 2026-10-25: from then on this line is an hour earlier"),
            "{berlin}"
        );
        let howe = notes(Some("Australia/Lord_Howe"), winter);
        assert!(howe.contains("30 minutes earlier"), "{howe}");
    }
}
