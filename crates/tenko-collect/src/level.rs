//! The arithmetic of one token bucket. Times are handed in.

use std::time::Duration;

use tenko_core::Rate;
use tokio::time::Instant;

/// Several calls that are in flight together are throttled together; that counts once.
const CUT_PAUSE: Duration = Duration::from_secs(1);
/// However often it is throttled, a bucket keeps this part of its rate.
const FLOOR: f64 = 1.0 / 32.0;
/// How much of the full rate comes back per second: a minute from nothing to all.
const RECOVERY: f64 = 1.0 / 60.0;
/// What stands in for rates that are no numbers or no limits.
const SLOWEST: f64 = 0.1;
const FASTEST: f64 = 10_000.0;
/// So that rounding does not cost another wait.
const ALMOST_ONE: f64 = 1.0 - 1e-6;

/// How full a bucket is, and how fast it fills: additive increase, multiplicative decrease.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    full_rate: f64,
    full_burst: f64,
    rate: f64,
    tokens: f64,
    at: Instant,
    cut_at: Option<Instant>,
}

impl Level {
    pub(crate) fn new(rate: Rate, share: f64, now: Instant) -> Self {
        let per_second = if rate.per_second.is_nan() { SLOWEST } else { rate.per_second * share };
        let per_second = per_second.clamp(SLOWEST, FASTEST);
        let burst = (f64::from(rate.burst) * share).floor().max(1.0);
        Self {
            full_rate: per_second,
            full_burst: burst,
            rate: per_second,
            tokens: burst,
            at: now,
            cut_at: None,
        }
    }

    /// How long until a call may be made; zero for now.
    pub(crate) fn wait(&self, now: Instant) -> Duration {
        let mut then = *self;
        then.refill(now);
        if then.tokens >= ALMOST_ONE {
            return Duration::ZERO;
        }
        Duration::from_secs_f64((1.0 - then.tokens) / then.rate)
    }

    /// Takes one token if there is one, else says how long to wait before asking again.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Duration> {
        let wait = self.wait(now);
        if !wait.is_zero() {
            return Some(wait);
        }
        self.refill(now);
        self.tokens -= 1.0;
        None
    }

    /// The service said that it was asked too fast.
    pub(crate) fn cut(&mut self, now: Instant) {
        self.refill(now);
        if self.cut_at.is_some_and(|at| now.duration_since(at) < CUT_PAUSE) {
            return;
        }
        self.rate = (self.rate / 2.0).max(self.full_rate * FLOOR);
        // Calls that were saved up would be throttled as well.
        self.tokens = self.tokens.min(0.0);
        self.cut_at = Some(now);
    }

    /// Whether a fresh bucket would be the same.
    pub(crate) fn is_fresh(&self, now: Instant) -> bool {
        let mut then = *self;
        then.refill(now);
        then.rate >= then.full_rate && then.tokens >= then.full_burst
    }

    fn refill(&mut self, now: Instant) {
        let seconds = now.duration_since(self.at).as_secs_f64();
        self.at = now;
        let cap = (self.full_burst * self.rate / self.full_rate).max(1.0);
        self.tokens = (self.tokens + self.rate * seconds).min(cap);
        self.rate = (self.rate + self.full_rate * RECOVERY * seconds).min(self.full_rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls_within(level: &mut Level, from: Instant, seconds: u64) -> u32 {
        let (mut now, mut calls) = (from, 0);
        while now < from + Duration::from_secs(seconds) {
            match level.take(now) {
                Some(wait) => now += wait,
                None => calls += 1,
            }
        }
        calls
    }

    #[test]
    fn a_share_of_the_burst_and_of_the_rate() {
        let now = Instant::now();
        let mut level = Level::new(Rate { burst: 100, per_second: 20.0 }, 0.5, now);
        assert_eq!(calls_within(&mut level, now, 10), 50 + 100 - 1);
        let mut least = Level::new(Rate { burst: 0, per_second: 2.0 }, 0.5, now);
        assert_eq!(calls_within(&mut least, now, 10), 10);
    }

    #[test]
    fn throttling_halves_once_per_pause_down_to_a_floor_and_recovers_slowly() {
        let now = Instant::now();
        let mut level = Level::new(Rate { burst: 10, per_second: 10.0 }, 1.0, now);
        level.cut(now);
        level.cut(now);
        assert!((level.rate - 5.0).abs() < 1e-9 && level.take(now).is_some());
        let mut later = now;
        for _ in 0..100 {
            later += CUT_PAUSE;
            level.cut(later);
        }
        assert!(level.rate >= 10.0 * FLOOR && level.rate < 1.0, "{}", level.rate);
        assert!(!level.is_fresh(later + Duration::from_secs(30)));
        level.refill(later + Duration::from_secs(60));
        assert!(level.is_fresh(later + Duration::from_secs(62)));
    }

    #[test]
    fn odd_rates_neither_divide_by_zero_nor_wait_for_ever() {
        let now = Instant::now();
        for per_second in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let mut level = Level::new(Rate { burst: 1, per_second }, 0.5, now);
            assert_eq!(level.take(now), None);
            assert!(level.wait(now) <= Duration::from_secs(10));
        }
    }
}
