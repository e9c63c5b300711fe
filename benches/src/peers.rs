//! The programs that others use for the same: DuckDB over Parquet, and `terraform state list`.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tenko_core::{Digest, Resource};

use crate::inventory::{Inventory, Side};
use crate::kept;
use crate::measure::Result;

/// So many resources go through a text file at once on their way into Parquet.
const PIECE: u64 = 250_000;

/// DuckDB, in a Python environment of its own.
#[derive(Debug)]
pub struct DuckDb {
    python: PathBuf,
    /// Its version.
    pub version: String,
}

/// What DuckDB took for a comparison.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Joined {
    /// Full outer join on the key columns, comparing attributes and tags: seconds.
    pub full: f64,
    /// Full outer join on hash columns: seconds.
    pub hashed: f64,
    /// The most memory of the full join's process, in bytes.
    pub rss: u64,
    /// What was found: changed, added, removed.
    pub found: (u64, u64, u64),
    /// Bytes of both files.
    pub bytes: u64,
}

impl DuckDb {
    /// Makes the environment if need be; `None` when Python or DuckDB cannot be had.
    pub fn find(folder: &Path) -> Option<Self> {
        let venv = folder.join("bench-venv");
        let python = venv.join("bin/python");
        if !python.exists() {
            quiet(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        }
        let version = |python: &Path| {
            let asked = "import duckdb; print(duckdb.__version__)";
            let out =
                Command::new(python).args(["-c", asked]).stderr(Stdio::null()).output().ok()?;
            out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
        };
        let found = version(&python).or_else(|| {
            let pip = ["-m", "pip", "install", "--quiet", "duckdb>=1.4"];
            quiet(Command::new(&python).args(pip))?;
            version(&python)
        });
        found.map(|version| Self { python, version })
    }

    /// Brings one inventory into Parquet (zstd level 1, and four hash columns), piece by piece.
    ///
    /// # Errors
    /// When a file cannot be written or DuckDB fails.
    pub fn load(&self, inventory: &Inventory, side: Side, folder: &Path) -> Result<()> {
        let (piece, parquet) = (folder.join("piece.jsonl"), folder.join(name(side)));
        std::fs::create_dir_all(&parquet)?;
        let catalog = kept::catalog(inventory);
        for (n, from) in (0..inventory.universe()).step_by(PIECE as usize).enumerate() {
            let made = kept::resources(inventory, side, from, from + PIECE, &catalog)?;
            let mut out = BufWriter::new(std::fs::File::create(&piece)?);
            for resource in &made {
                serde_json::to_writer(&mut out, &Flat::of(resource))?;
                out.write_all(b"\n")?;
            }
            out.into_inner()?;
            self.run(LOAD, &[&piece, &parquet.join(format!("{n:03}.parquet"))])?;
        }
        std::fs::remove_file(&piece)?;
        Ok(())
    }

    /// Joins the two inventories that were loaded; the shortest of three runs.
    ///
    /// # Errors
    /// When DuckDB fails.
    pub fn join(&self, folder: &Path) -> Result<Joined> {
        let [old, new] = [Side::Old, Side::New].map(|side| folder.join(name(side)));
        Ok(serde_json::from_str(&self.run(JOIN, &[&old, &new])?)?)
    }

    fn run(&self, script: &str, args: &[&Path]) -> Result<String> {
        let out = Command::new(&self.python).arg("-c").arg(script).args(args).output()?;
        if !out.status.success() {
            return Err(String::from_utf8_lossy(&out.stderr).into_owned().into());
        }
        Ok(String::from_utf8(out.stdout)?)
    }
}

fn name(side: Side) -> &'static str {
    match side {
        Side::Old => "old",
        Side::New => "new",
    }
}

/// A resource as a row of a table, with its hashes as signed numbers.
#[derive(serde::Serialize)]
struct Flat<'a> {
    cloud: &'a str,
    scope: &'a str,
    region: &'a str,
    r#type: &'a str,
    id: &'a str,
    name: Option<&'a str>,
    created_at: Option<String>,
    tags: String,
    attributes: &'a str,
    k1: i64,
    k2: i64,
    d1: i64,
    d2: i64,
}

impl<'a> Flat<'a> {
    fn of(resource: &'a Resource) -> Self {
        let halves = |digest: Digest| {
            let number = u128::from_be_bytes(digest.0);
            ((number >> 64) as i64, number as i64)
        };
        let key = &resource.key;
        let ((k1, k2), (d1, d2)) = (halves(Digest::of_key(key)), halves(resource.digest));
        Self {
            cloud: key.cloud.as_str(),
            scope: key.scope.as_str(),
            region: key.region.as_str(),
            r#type: key.resource_type.as_str(),
            id: &key.id,
            name: resource.name.as_deref(),
            created_at: resource.created_at.map(|time| time.to_string()),
            tags: serde_json::to_string(&resource.tags).unwrap_or_default(),
            attributes: resource.attributes.as_json(),
            k1,
            k2,
            d1,
            d2,
        }
    }
}

const LOAD: &str = r#"
import sys, duckdb
c = duckdb.connect()
text = {n: "VARCHAR" for n in ["cloud", "scope", "region", "type", "id", "name", "created_at", "tags", "attributes"]}
columns = {**text, **{n: "BIGINT" for n in ["k1", "k2", "d1", "d2"]}}
c.execute(f"copy (select * from read_json('{sys.argv[1]}', format='newline_delimited', columns={columns})) to '{sys.argv[2]}' (format parquet, compression zstd, compression_level 1)")
"#;

/// A process of its own for each join, so that its memory is its own.
const JOIN: &str = r#"
import glob, json, os, subprocess, sys
once = '''
import json, sys, time, duckdb
c = duckdb.connect()
c.execute("set memory_limit='14GB'")
c.execute("set enable_progress_bar=false")
start = time.perf_counter()
found = c.execute(sys.argv[1]).fetchone()
seconds = time.perf_counter() - start
rss = [int(l.split()[1]) * 1024 for l in open('/proc/self/status') if l.startswith('VmHWM')][0]
print(json.dumps([seconds, rss, found]))
'''
old, new = sys.argv[1:3]
def run(sql):
    runs = [json.loads(subprocess.run([sys.executable, "-c", once, sql], check=True, capture_output=True, text=True).stdout) for _ in range(3)]
    return min(runs)
count = "select count(*) filter (where o.id is not null and n.id is not null and ({changed})), count(*) filter (where o.id is null), count(*) filter (where n.id is null)"
full = run(count.format(changed="o.attributes <> n.attributes or o.tags <> n.tags") + f" from read_parquet('{old}/*.parquet') o full outer join read_parquet('{new}/*.parquet') n on o.cloud = n.cloud and o.scope = n.scope and o.region = n.region and o.type = n.type and o.id = n.id")
hashed = run(count.replace("id", "k1").format(changed="o.d1 <> n.d1 or o.d2 <> n.d2") + f" from read_parquet('{old}/*.parquet') o full outer join read_parquet('{new}/*.parquet') n on o.k1 = n.k1 and o.k2 = n.k2")
assert full[2] == hashed[2], (full, hashed)
size = sum(os.path.getsize(f) for side in (old, new) for f in glob.glob(side + '/*.parquet'))
print(json.dumps({"full": full[0], "hashed": hashed[0], "rss": full[1], "found": full[2], "bytes": size}))
"#;

/// Runs `terraform state list` over a state; the number of lines and the shorter of two times.
/// `None` when Terraform is not there.
pub fn terraform_state_list(state: &Path) -> Option<(usize, Duration)> {
    let once = || {
        let start = Instant::now();
        let mut command = Command::new("terraform");
        command.args(["state", "list"]).arg(format!("-state={}", state.display()));
        let folder = state.parent().unwrap_or(Path::new("."));
        let out = command.env("CHECKPOINT_DISABLE", "1").current_dir(folder).output().ok()?;
        let lines = out.stdout.iter().filter(|byte| **byte == b'\n').count();
        out.status.success().then(|| (lines, start.elapsed()))
    };
    let (first, second) = (once()?, once()?);
    Some((first.0, first.1.min(second.1)))
}

fn quiet(command: &mut Command) -> Option<()> {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    status.success().then_some(())
}
