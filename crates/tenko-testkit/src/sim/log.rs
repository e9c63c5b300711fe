//! What was seen on the wire.

/// A request that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Account that signed it, where known.
    pub account: Option<String>,
    /// Access key id that signed it.
    pub key: Option<String>,
    /// Region that it was signed for.
    pub region: Option<String>,
    /// `ec2`
    pub service: String,
    /// `DescribeVolumes`; method and path where no operation is known for them.
    pub operation: String,
    /// Number of the page that it asks for; a proxy counts 1 for the first
    /// and 2 for every later one.
    pub page: u32,
    /// Whether it was signed.
    pub signed: bool,
    /// Whether it only asks what would happen (`DryRun` of EC2).
    pub is_dry_run: bool,
    /// HTTP status of the answer, `None` where there was none (yet).
    pub status: Option<u16>,
}

impl Seen {
    /// `ec2:DescribeVolumes`
    pub fn id(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}
