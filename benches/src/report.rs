//! `docs/benchmarks.md`: what was measured, as a table.

use std::fmt::Write;

/// One line of the table of targets.
#[derive(Clone, Debug)]
pub struct Target {
    /// What is asked for.
    pub target: String,
    /// What came out.
    pub reached: String,
    /// Whether that is enough; `None` where it could not be measured.
    pub met: Option<bool>,
}

/// Everything that a run measured.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How it was called.
    pub command: String,
    /// On what.
    pub machine: String,
    /// When.
    pub date: String,
    /// Programs that were measured beside, with versions, or why not.
    pub peers: Vec<String>,
    /// The targets.
    pub targets: Vec<Target>,
    /// Other numbers: what, and how much.
    pub numbers: Vec<(String, String)>,
}

impl Report {
    /// Adds a target.
    pub fn target(&mut self, target: &str, reached: impl Into<String>, met: Option<bool>) {
        self.targets.push(Target { target: target.to_owned(), reached: reached.into(), met });
    }

    /// Adds a number.
    pub fn number(&mut self, what: &str, value: impl Into<String>) {
        self.numbers.push((what.to_owned(), value.into()));
    }

    /// The page.
    pub fn page(&self) -> String {
        let mut out = String::from(HEAD);
        let _ = writeln!(out, "- Command: `{}`", self.command);
        let _ = writeln!(out, "- Machine: {}", self.machine);
        let _ = writeln!(out, "- Date: {}", self.date);
        for peer in &self.peers {
            let _ = writeln!(out, "- {peer}");
        }
        out.push_str("\n## Targets\n\n| target | reached | met |\n|---|---|---|\n");
        for row in &self.targets {
            let met = match row.met {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "not measured",
            };
            let _ = writeln!(out, "| {} | {} | {met} |", row.target, row.reached);
        }
        out.push_str("\n## Numbers\n\n| what | value |\n|---|---|\n");
        for (what, value) in &self.numbers {
            let _ = writeln!(out, "| {what} | {value} |");
        }
        out.push_str(NOTES);
        out
    }
}

const HEAD: &str = "# Benchmarks

<!-- Written by `cargo bench -p tenko-benches --bench targets`: do not edit. -->

Two inventories of the same estate, made from a seed: 1,024 bytes of JSON a resource, 1 % changed,
0.5 % added, 0.5 % removed, and 1 % with only the order of their keys changed, which is no change.
All numbers of one page come from one run. A time is the shortest of several, files are in the
page cache, and memory is the peak of a process that does nothing else. Ratios are taken between
things that were measured in turns.

";

const NOTES: &str = "
## How to read it

- **Stream-read** is the time to read every byte of the same data once, adding it up, on the same
  number of threads: whatever must see all of it cannot be faster. For an index that is in memory
  it is memory's speed; for files it is that of reading them from the page cache.
- **Merge** compares two indexes that are in memory. **Status** starts from two closed files: it
  opens them, reads and checks the indexes, and counts what is the same, changed, added and
  removed. **Full** is the whole comparison with every changed attribute, as `tenko diff A B`
  gives it.
- **DuckDB** answers only the status: a full outer join of the same resources in Parquet files
  (zstd level 1), on the key columns, comparing attributes and tags. The join over hash columns
  needs what tenko's index is made of, computed before.
- **Ingest** is one core, in its own time, from what a provider hands over to a resource with its canonical text
  and digest; the gigabytes are those of the resources' JSON lines.
- `cargo bench -p tenko-benches --bench targets -- --resources 10000000` measures ten million
  resources (7 GB of disk while it runs); `--smoke` runs everything on a few and writes nothing.
";
