//! A short fuzz run of the parsers, on a stable toolchain: libFuzzer is built from its crate, and
//! what it needs of the compiler is not unstable. Nothing here is `unsafe`, so no sanitizer is
//! needed: panics, endless loops and memory without bounds are what it finds.

use std::process::Command;

use crate::run::{cargo, run};

/// What is fuzzed.
const TARGETS: [&str; 4] = ["state", "stack", "manifest", "suppressions"];

/// The flags that cargo-fuzz gives, without a sanitizer.
const FLAGS: &str = "--cfg fuzzing -Cdebug-assertions -Cpasses=sancov-module \
     -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Fuzzes each target for so many seconds, from the seeds.
pub(crate) fn fuzz(seconds: u32) -> Result<(), String> {
    let root = std::env::current_dir()
        .map_err(|error| format!("failed to find the current directory: {error}"))?;
    let (folder, target) = (root.join("fuzz"), root.join("target/fuzz"));
    let base = || {
        let mut command = cargo();
        command.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
        command
    };
    run(base().args(["run", "--quiet", "--locked", "--bin", "seeds"]))?;
    // With --target the flags are not those of build scripts, which could not be linked with them.
    let host = host()?;
    let mut build = base();
    build.args(["build", "--quiet", "--locked", "--release", "--target", &host]);
    for name in TARGETS {
        build.args(["--bin", name]);
    }
    run(build.env("RUSTFLAGS", FLAGS))?;
    let artifacts = folder.join("artifacts");
    std::fs::create_dir_all(&artifacts)
        .map_err(|error| format!("failed to make {}: {error}", artifacts.display()))?;
    for name in TARGETS {
        let binary = target.join(&host).join("release").join(name);
        let mut command = Command::new(binary);
        command.current_dir(&folder).arg(format!("corpus/{name}")).args([
            &format!("-max_total_time={seconds}"),
            "-artifact_prefix=artifacts/",
            "-max_len=20000",
            "-rss_limit_mb=2048",
            "-verbosity=0",
            "-print_final_stats=1",
        ]);
        run(&mut command)?;
    }
    Ok(())
}

/// The machine that the compiler runs on, as it names it.
fn host() -> Result<String, String> {
    let out = Command::new("rustc").arg("-vV").output();
    let out = out.map_err(|error| format!("failed to start rustc: {error}"))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(ToOwned::to_owned).ok_or_else(|| "rustc does not say what machine it is on".to_owned())
}
