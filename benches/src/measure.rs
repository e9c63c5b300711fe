//! Clocks and scales.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rayon::prelude::*;

/// What goes wrong ends the bench.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The shortest of several runs, each after an unmeasured one: what the machine can do when nothing
/// else is in its way.
pub fn best<T>(runs: usize, mut f: impl FnMut() -> T) -> Duration {
    black_box(f());
    let once = |_| {
        let start = Instant::now();
        black_box(f());
        start.elapsed()
    };
    (0..runs.max(1)).map(once).min().unwrap_or_default()
}

/// Two things in turns, so that a busy moment of the machine meets both; the shortest time of each.
pub fn side_by_side<A, B>(
    runs: usize,
    mut a: impl FnMut() -> A,
    mut b: impl FnMut() -> B,
) -> (Duration, Duration) {
    let mut shortest = (Duration::MAX, Duration::MAX);
    for run in 0..=runs {
        let start = Instant::now();
        black_box(a());
        let of_a = start.elapsed();
        let start = Instant::now();
        black_box(b());
        let of_b = start.elapsed();
        if run > 0 {
            shortest = (shortest.0.min(of_a), shortest.1.min(of_b));
        }
    }
    shortest
}

/// Reads every byte once and does next to nothing with it: the fastest that anything which must see
/// all of it can be.
pub fn stream_read(parts: &[&[u8]]) -> u64 {
    let sum = |bytes: &[u8]| {
        let words = bytes.as_chunks::<8>().0.iter();
        words.fold(0_u64, |sum, word| sum.wrapping_add(u64::from_ne_bytes(*word)))
    };
    parts.par_iter().map(|part| sum(part)).reduce(|| 0, u64::wrapping_add)
}

/// How long this thread was on a core so far: what a busy machine does meanwhile is not in it.
/// `None` where the system does not say.
pub fn cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The time that something takes on one core.
pub fn on_core<T>(f: impl FnOnce() -> T) -> (T, Duration) {
    let (start, before) = (Instant::now(), cpu_time());
    let out = black_box(f());
    let took = start.elapsed();
    // The system counts in steps; less than one of them would be nothing.
    let on_core = cpu_time().zip(before).and_then(|(after, before)| after.checked_sub(before));
    (out, on_core.filter(|on_core| !on_core.is_zero()).unwrap_or(took))
}

/// The most memory that this process had so far, in bytes; zero where the system does not say.
pub fn peak_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// How many processes wanted a core in the last minute, on average: beside a machine's cores it says
/// how much else was going on.
pub fn load() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    Some(text.split_whitespace().next()?.to_owned())
}

/// Processor, cores and memory, as the system names them.
pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = kilobytes.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{}, {cores} cores, {} GiB of memory, {}",
        name.map_or("unknown processor", |(_, name)| name),
        kilobytes.unwrap_or(0) / (1 << 20),
        std::env::consts::OS,
    )
}
