//! Every target of the project, measured in one run. See the crate's documentation.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tenko_benches::children::{self, Numbers, Place};
use tenko_benches::inventory::{Inventory, Side};
use tenko_benches::measure::{Result, load, machine};
use tenko_benches::peers::{self, DuckDb};
use tenko_benches::report::Report;
use tenko_benches::state;

/// Without a number: a million resources.
const RESOURCES: u64 = 1_000_000;
/// For a try: whether everything works.
const SMOKE: u64 = 20_000;
/// As many instances of the generated kind make a state of a hundred megabytes.
const INSTANCES: u64 = 86_000;

struct Args {
    resources: u64,
    smoke: bool,
    child: Option<(String, PathBuf)>,
}

fn args() -> Result<Args> {
    let set = std::env::var("TENKO_BENCH_RESOURCES").ok().map(|text| text.parse()).transpose()?;
    let mut out = Args { resources: set.unwrap_or(RESOURCES), smoke: false, child: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--resources" => {
                out.resources = words.next().ok_or("--resources takes a number")?.parse()?;
            }
            "--smoke" => (out.smoke, out.resources) = (true, SMOKE),
            "--child" => {
                let name = words.next().ok_or("--child takes a name and a folder")?;
                out.child = Some((name, words.next().ok_or("--child takes a folder")?.into()));
            }
            // Cargo says it to every bench.
            "--bench" => {}
            other => return Err(format!("{other} is not known").into()),
        }
    }
    Ok(out)
}

fn main() -> Result<()> {
    let args = args()?;
    if let Some((name, folder)) = &args.child {
        let found = children::run(name, Place { folder, resources: args.resources })?;
        writeln!(std::io::stdout(), "{}", serde_json::to_string(&found)?)?;
        return Ok(());
    }
    // Removed again, whatever happens.
    let folder =
        tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let bench =
        Bench { folder: folder.path().to_owned(), resources: args.resources, smoke: args.smoke };
    let report = bench.run()?;
    let page = report.page();
    writeln!(std::io::stdout(), "{page}")?;
    if !args.smoke {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
        std::fs::write(root.join("docs/benchmarks.md"), page)?;
    }
    Ok(())
}

struct Bench {
    folder: PathBuf,
    resources: u64,
    smoke: bool,
}

impl Bench {
    fn child(&self, name: &str, resources: u64) -> Result<Numbers> {
        writeln!(std::io::stderr(), "measuring {name} ({resources})")?;
        let out = Command::new(std::env::current_exe()?)
            .args(["--resources", &resources.to_string(), "--child", name])
            .arg(&self.folder)
            .stderr(std::process::Stdio::inherit())
            .output()?;
        if !out.status.success() {
            return Err(format!("the measurement {name} failed").into());
        }
        Ok(serde_json::from_slice(&out.stdout)?)
    }

    fn run(&self) -> Result<Report> {
        let million = self.resources as f64 / 1e6;
        let mut report = Report {
            command: format!(
                "cargo bench -p tenko-benches --bench targets -- --resources {}",
                self.resources
            ),
            machine: machine(),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            ..Report::default()
        };
        if let Some(load) = load() {
            report.peers.push(format!("Load of the machine when the run began: {load}"));
        }
        let ingest = self.child("ingest", self.resources)?;
        let old = self.child("write-old", self.resources)?;
        let new = self.child("write-new", self.resources)?;
        let merge = self.child("merge", self.resources)?;
        let status = self.child("status", self.resources)?;
        let full = self.child("full", self.resources)?;
        let differences = merge["changed"] + merge["added"] + merge["gone"];
        if full["found"] != differences || status["found"] != differences + merge["same"] {
            return Err("the measurements found different things".into());
        }
        report.number("Resources in each snapshot", format!("{:.0}", old["resources"]));
        report.number(
            "Found: changed, added, removed",
            format!("{:.0}, {:.0}, {:.0}", merge["changed"], merge["added"], merge["gone"]),
        );

        // The merge.
        let share = merge["stream_read"] / merge["merge"] * 100.0;
        report.target(
            "index merge >= 80 % of stream-read bandwidth",
            format!(
                "{share:.0} %: {}, stream-read {} ({:.0} GB/s); on one core {:.0} %",
                time(merge["merge"]),
                time(merge["stream_read"]),
                merge["seen"] / merge["stream_read"] / 1e9,
                merge["stream_read_one"] / merge["merge_one"] * 100.0,
            ),
            Some(share >= 80.0),
        );
        self.with_duckdb(&mut report, &status, &full)?;

        let load = merge["rss"] / 2.0 / million / 1e6;
        report.target(
            "memory <= 50 MB per million resources per snapshot",
            format!(
                "index in memory {load:.0} MB; status {:.1} MB, full comparison {:.0} MB",
                status["rss"] / 2.0 / million / 1e6,
                full["rss"] / 2.0 / million / 1e6
            ),
            (!self.smoke).then_some(full["rss"] / 2.0 / million / 1e6 <= 50.0 && load <= 50.0),
        );
        self.streaming(&mut report)?;

        let per_core = ingest["bytes"] / ingest["seconds"] / 1e9;
        report.target(
            "ingest with canonical digest >= 0.4 GB/s per core",
            format!(
                "{per_core:.2} GB/s from a provider's values, {:.2} GB/s from JSON text \
                 (BLAKE3 alone {:.2} GB/s)",
                ingest["text_bytes"] / ingest["text_seconds"] / 1e9,
                ingest["text_bytes"] / ingest["hash_seconds"] / 1e9,
            ),
            Some(per_core >= 0.4),
        );
        let disk = old["bytes"] / old["resources"];
        report.target(
            "disk <= 160 bytes a resource",
            format!("{disk:.0} bytes, 36 of them index"),
            (!self.smoke).then_some(disk <= 160.0),
        );
        self.rules(&mut report)?;
        self.terraform(&mut report)?;
        self.collection(&mut report)?;

        let write =
            (old["resources"] + new["resources"]) * 1024.0 / (old["seconds"] + new["seconds"]);
        report.number(
            "Writing a snapshot, all cores, of JSON lines",
            format!("{:.0} MB/s", write / 1e6),
        );
        report.number("Memory while writing", format!("{:.0} MB", old["rss"] / 1e6));
        report.number(
            "Status from files, and reading as many bytes of them",
            format!("{}, {}", time(status["seconds"]), time(status["stream_read"])),
        );
        report.number("Full comparison from files", time(full["seconds"]));
        if self.resources <= 1_000_000 {
            let whole = self.child("whole", self.resources)?;
            report.number(
                "The same by reading both snapshots whole: reading, comparing, memory",
                format!(
                    "{}, {}, {:.1} GB",
                    time(whole["read"]),
                    time(whole["compare"]),
                    whole["rss"] / 1e9
                ),
            );
        }
        Ok(report)
    }

    fn rules(&self, report: &mut Report) -> Result<()> {
        let rules = self.child("rules", self.resources)?;
        let verdicts = rules["passed"] + rules["findings"] + rules["unknown"];
        // Ten million in seconds: ten, and linear.
        let per_million = rules["seconds"] / (self.resources as f64 / 1e6);
        report.target(
            "all risk rules over 10M resources in seconds (1 s a million)",
            format!(
                "{} for {:.0} rules and {verdicts:.0} verdicts, one of them in CEL over every resource ({}); on one core {}",
                time(rules["seconds"]),
                rules["rules"],
                time(rules["seconds_own"]),
                time(rules["seconds_one"]),
            ),
            (!self.smoke).then_some(per_million <= 1.0),
        );
        Ok(())
    }

    fn with_duckdb(&self, report: &mut Report, status: &Numbers, full: &Numbers) -> Result<()> {
        let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (status, full) = (status["seconds"], full["seconds"]);
        let twenty = "status from stored snapshots >= 20x DuckDB's full outer join on Parquet";
        let four = "full comparison with attribute values >= 4x DuckDB (which gives only status); \
                    at 10 million <= 4 s";
        let enough = self.resources < 10_000_000 || full <= 4.0;
        let Some(duckdb) = DuckDb::find(target_dir) else {
            report.peers.push("DuckDB: not here (python3 with venv and pip would fetch it)".into());
            report.target(twenty, time(status), None);
            report.target(four, time(full), None);
            return Ok(());
        };
        report.peers.push(format!("DuckDB {}", duckdb.version));
        writeln!(std::io::stderr(), "loading DuckDB {}", duckdb.version)?;
        let inventory = Inventory::new(self.resources, 1);
        let joined = duckdb
            .load(&inventory, Side::Old, &self.folder)
            .and_then(|()| duckdb.load(&inventory, Side::New, &self.folder))
            .and_then(|()| duckdb.join(&self.folder));
        let joined = match joined {
            Ok(joined) => joined,
            // A peer that fails, for want of memory for instance, does not take the rest with it.
            Err(error) => {
                let why = error.to_string();
                let last = why.lines().next_back().unwrap_or_default();
                report.peers.push(format!("It failed: {last}"));
                report.target(twenty, time(status), None);
                report.target(four, time(full), None);
                return Ok(());
            }
        };
        let times = |seconds: f64| joined.full / seconds;
        let wanted = |met| (!self.smoke).then_some(met);
        report.target(
            twenty,
            format!("{:.0}x: {} against {}", times(status), time(status), time(joined.full)),
            wanted(times(status) >= 20.0),
        );
        report.target(
            four,
            format!("{:.1}x: {} against {}", times(full), time(full), time(joined.full)),
            wanted(times(full) >= 4.0 && enough),
        );
        report.number("DuckDB on hash columns", time(joined.hashed));
        report.number(
            "DuckDB's memory in the full join",
            format!("{:.1} GB", joined.rss as f64 / 1e9),
        );
        report.number(
            "Parquet of the same resources with hash columns (zstd level 1)",
            format!("{:.0} bytes a resource", joined.bytes as f64 / 2.0 / self.resources as f64),
        );
        report.number("DuckDB found: changed, added, removed", format!("{:?}", joined.found));
        Ok(())
    }

    /// Memory must not grow with the size, only with the differences.
    fn streaming(&self, report: &mut Report) -> Result<()> {
        let most = if self.smoke { 1_000_000 } else { 100_000_000 };
        let small = self.child("stream", most / 100)?;
        let large = self.child("stream", most)?;
        let rest = |of: &Numbers| of["rss"] - of["found_bytes"];
        report.target(
            &format!("{}M streaming merge at constant memory", most / 1_000_000),
            format!(
                "{} with {:.0} MB beside the {:.0} MB of differences (3 %); a hundredth of it: {:.0} MB \
                 beside {:.1} MB. Records are made up on the way",
                time(large["seconds"]),
                rest(&large) / 1e6,
                large["found_bytes"] / 1e6,
                rest(&small) / 1e6,
                small["found_bytes"] / 1e6,
            ),
            // The lists of differences may have grown to twice what is in them, once more while
            // they are joined; the table of chunks has 16 bytes for 16,384 records.
            (!self.smoke).then_some(rest(&large) <= rest(&small) + 3.0 * large["found_bytes"]),
        );
        Ok(())
    }

    fn terraform(&self, report: &mut Report) -> Result<()> {
        let instances = if self.smoke { 1_000 } else { INSTANCES };
        let path = self.folder.join("state.tfstate");
        let mut out = std::io::BufWriter::new(std::fs::File::create(&path)?);
        state::write(instances, &mut out)?;
        out.into_inner()?;
        let ours = self.child("state", instances)?;
        let megabytes = ours["bytes"] / 1e6;
        let memory = ours["first_rss"] / ours["bytes"];
        let target =
            "Terraform state of 100 MB: >= 40x `terraform state list`, memory <= 1.5x the file";
        let text = format!(
            "{} for {megabytes:.0} MB ({:.0} instances, {:.0} comparable), memory {memory:.2}x",
            time(ours["seconds"]),
            ours["instances"],
            ours["comparable"],
        );
        match peers::terraform_state_list(&path) {
            None => {
                report.peers.push("Terraform: not here".into());
                report.target(target, text, None);
            }
            Some((lines, took)) => {
                if lines as f64 != ours["instances"] {
                    return Err("terraform lists other instances".into());
                }
                let times = took.as_secs_f64() / ours["seconds"];
                report.peers.push("Terraform: `terraform state list` on the same file".into());
                report.target(
                    target,
                    format!("{times:.0}x: {text}; Terraform {}", time(took.as_secs_f64())),
                    (!self.smoke).then_some(times >= 40.0 && memory <= 1.5),
                );
            }
        }
        std::fs::remove_file(&path)?;
        Ok(())
    }

    fn collection(&self, report: &mut Report) -> Result<()> {
        let of = self.child("collect", self.resources)?;
        let (share, throttled) = (of["bound"] / of["took"], of["throttled"] / of["calls"]);
        report.target(
            "collection >= 95 % of the lower bound in simulation, < 0.1 % throttled",
            format!(
                "{:.1} %: {:.0} s against {:.0} s, simulated, {:.0} units, {:.0} calls, {:.2} % throttled",
                share * 100.0,
                of["took"],
                of["bound"],
                of["units"],
                of["calls"],
                throttled * 100.0
            ),
            (!self.smoke).then_some(share >= 0.95 && throttled < 0.001),
        );
        Ok(())
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 0.1 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}
