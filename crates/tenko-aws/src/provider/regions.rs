//! Which regions of an account can be asked.

use std::collections::BTreeMap;

use aws_smithy_runtime::client::identity::IdentityCache;
use aws_types::region::Region as AwsRegion;
use tenko_core::{Gate, Problem, RateKey, Reach, Region};

use crate::context::{Clients, Session};
use crate::provider::rate_key;
use crate::wire::{CallError, ErrorClass, classify_sdk_error};

/// The regions of an account, sorted out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Regions {
    pub(crate) enabled: Vec<Region>,
    pub(crate) disabled: Vec<Region>,
    pub(crate) problems: Vec<Problem>,
}

/// Asks EC2 for all regions. `ask_in` are the regions to ask in, in this order: an organization's policy may
/// deny the first, and that says nothing about the next.
pub(crate) async fn describe(
    clients: &Clients,
    session: &Session,
    ask_in: &[String],
    gate: &dyn Gate,
) -> Result<BTreeMap<String, bool>, CallError> {
    let mut failed = None;
    for region in ask_in {
        let key: RateKey = rate_key(&session.account, Reach::region(region), "ec2");
        gate.pass(&key).await;
        let credentials = session.credentials.for_call();
        let config = aws_sdk_ec2::Config::builder()
            .region(AwsRegion::new(region.clone()))
            .credentials_provider(credentials.clone())
            .identity_cache(IdentityCache::no_cache())
            .retry_classifier(credentials)
            .retry_partition(session.retry_partition.clone());
        let request = clients.ec2.describe_regions().all_regions(true);
        match request.customize().config_override(config).send().await {
            Ok(answer) => {
                let regions = answer.regions.unwrap_or_default().into_iter();
                return Ok(regions
                    .filter_map(|r| Some((r.region_name?, is_enabled(r.opt_in_status.as_deref()))))
                    .collect());
            }
            Err(error) => {
                let error = classify_sdk_error(&error, "ec2", "DescribeRegions").in_region(region);
                if error.class == ErrorClass::Throttled {
                    gate.throttled(&key);
                }
                let denied_here =
                    matches!(error.class, ErrorClass::Denied(_) | ErrorClass::RegionDisabled);
                // The first denial is the one that configuration asked for.
                let error = failed.get_or_insert(error);
                if !denied_here {
                    return Err(error.clone());
                }
            }
        }
    }
    Err(failed.unwrap_or_else(|| {
        CallError::new(ErrorClass::Other, "ec2", "DescribeRegions", "there is no region to ask in")
    }))
}

/// `opt-in-not-required`, `opted-in` or `not-opted-in`. A region without a status is older than
/// the field, and on.
fn is_enabled(status: Option<&str>) -> bool {
    status != Some("not-opted-in")
}

/// What is known of the regions against what is configured: an empty list means all.
pub(crate) fn sort_out(known: &BTreeMap<String, bool>, configured: &[String]) -> Regions {
    let mut out = Regions::default();
    if configured.is_empty() {
        for (name, enabled) in known {
            if *enabled { &mut out.enabled } else { &mut out.disabled }.push(Region::new(name));
        }
        return out;
    }
    for name in configured {
        match known.get(name) {
            Some(true) => out.enabled.push(Region::new(name)),
            Some(false) => out.disabled.push(Region::new(name)),
            None => {
                // Left out in silence, a misspelt region would look like an empty one.
                out.disabled.push(Region::new(name));
                let message = format!("the account knows no region {name}, which is configured");
                let problem = Problem::new("ec2:DescribeRegions", "unknown-region", message);
                out.problems.push(Problem { resource: Some(name.clone()), ..problem });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeMap<String, bool> {
        let known = [
            ("us-east-1", "opt-in-not-required"),
            ("af-south-1", "not-opted-in"),
            ("eu-south-1", "opted-in"),
        ];
        known
            .into_iter()
            .map(|(name, status)| (name.to_owned(), is_enabled(Some(status))))
            .collect()
    }

    fn names(regions: &[Region]) -> Vec<&str> {
        regions.iter().map(Region::as_str).collect()
    }

    #[test]
    fn without_configuration_all_count() {
        let out = sort_out(&known(), &[]);
        assert_eq!(names(&out.enabled), ["eu-south-1", "us-east-1"]);
        assert_eq!(names(&out.disabled), ["af-south-1"]);
    }

    #[test]
    fn configuration_narrows_and_no_region_vanishes() {
        let configured = ["us-east-1", "af-south-1", "eu-nowhere-1"].map(str::to_owned);
        let out = sort_out(&known(), &configured);
        assert_eq!(names(&out.enabled), ["us-east-1"]);
        assert_eq!(names(&out.disabled), ["af-south-1", "eu-nowhere-1"]);
        assert_eq!(out.problems.len(), 1);
        assert_eq!(out.problems[0].code, "unknown-region");
        assert_eq!(out.problems[0].resource.as_deref(), Some("eu-nowhere-1"));
    }
}
