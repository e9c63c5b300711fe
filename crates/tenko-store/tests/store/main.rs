//! Snapshots written to and read from real files.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod history;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod sample;
