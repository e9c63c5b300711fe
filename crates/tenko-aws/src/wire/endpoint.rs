//! Partitions, regions and host names. Source: botocore's `partitions.json` and the endpoint rule sets.

/// A partition of AWS: its id, the suffix of its host names, and the region that signs for global services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// Such as `aws`, `aws-cn`, `aws-us-gov`.
    pub id: &'static str,
    /// Such as `amazonaws.com`.
    pub dns_suffix: &'static str,
    /// Where global services (IAM) sign.
    pub global_region: &'static str,
    region_prefix: &'static str,
}

const AWS: Partition = Partition {
    id: "aws",
    dns_suffix: "amazonaws.com",
    global_region: "us-east-1",
    region_prefix: "",
};

/// `aws` is last: its regions have no prefix of their own.
const PARTITIONS: [Partition; 8] = [
    partition("aws-cn", "amazonaws.com.cn", "cn-north-1", "cn-"),
    partition("aws-us-gov", "amazonaws.com", "us-gov-west-1", "us-gov-"),
    partition("aws-iso", "c2s.ic.gov", "us-iso-east-1", "us-iso-"),
    partition("aws-iso-b", "sc2s.sgov.gov", "us-isob-east-1", "us-isob-"),
    partition("aws-iso-e", "cloud.adc-e.uk", "eu-isoe-west-1", "eu-isoe-"),
    partition("aws-iso-f", "csp.hci.ic.gov", "us-isof-south-1", "us-isof-"),
    partition("aws-eusc", "amazonaws.eu", "eusc-de-east-1", "eusc-"),
    AWS,
];

const fn partition(
    id: &'static str,
    dns_suffix: &'static str,
    global_region: &'static str,
    region_prefix: &'static str,
) -> Partition {
    Partition { id, dns_suffix, global_region, region_prefix }
}

/// The partition of a region, by its prefix; `aws` for anything else.
pub fn partition_of(region: &str) -> &'static Partition {
    PARTITIONS.iter().find(|p| region.starts_with(p.region_prefix)).unwrap_or(&AWS)
}

/// All suffixes of host names.
pub(crate) fn dns_suffixes() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().map(|p| p.dns_suffix)
}

/// The regions of the `aws` partition that every account has. All later ones are opt-in; this list is closed
/// ("Regions introduced after March 20, 2019 are disabled by default", AWS account management guide).
const DEFAULT_REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Whether a region needs no opt-in. Partitions other than `aws` have no opt-in regions.
pub fn enabled_by_default(region: &str) -> bool {
    partition_of(region).id != "aws" || DEFAULT_REGIONS.contains(&region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_partitions() {
        for (region, id) in [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("us-iso-west-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
            ("xx-new-1", "aws"),
        ] {
            assert_eq!(partition_of(region).id, id, "{region}");
        }
    }

    #[test]
    fn later_regions_need_an_opt_in() {
        assert!(enabled_by_default("eu-west-1") && enabled_by_default("cn-north-1"));
        assert!(!enabled_by_default("me-south-1") && !enabled_by_default("eu-south-2"));
    }
}
