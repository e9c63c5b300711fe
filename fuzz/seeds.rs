//! Writes the seeds: `cargo run --bin seeds`.
fn main() {
    tenko_fuzz::write_seeds();
}
