//! Who can reach a bucket from anywhere.

pub(crate) mod aws;
pub(crate) mod gcp;

use crate::sink::Judged;

/// What was found on the ways to a bucket.
#[derive(Debug, Default)]
struct Ways {
    /// What lets anyone in: clauses.
    open: Vec<String>,
    /// What could not be told: clauses.
    untold: Vec<String>,
}

impl Ways {
    /// Evidence for an open way counts, whatever else is not known.
    fn judged(self, bucket: &str) -> Judged {
        if !self.open.is_empty() {
            return Judged::Bad(format!("Anyone can reach {bucket}: {}.", self.open.join("; ")));
        }
        if !self.untold.is_empty() {
            let untold = self.untold.join("; ");
            return Judged::Unknown(format!(
                "Whether anyone can reach {bucket} is open: {untold}."
            ));
        }
        Judged::Pass
    }
}
