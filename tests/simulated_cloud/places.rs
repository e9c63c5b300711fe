//! Where things go wrong: one listing of each protocol in one account.

use tenko::model::Unit;
use tenko_testkit::sim::{Fault, FaultKind};

use super::world::{EUROPE, HOME, PRODUCTION};

/// A listing whose type is read by it alone.
#[derive(Clone, Copy)]
pub(crate) struct Listing {
    pub(crate) resource_type: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) region: &'static str,
    /// Whether it has several records here and comes in pages.
    pub(crate) paged: bool,
}

/// EC2, two of the query protocol, JSON, REST with JSON, REST with XML.
pub(crate) const LISTINGS: [Listing; 8] = [
    listing("AWS::EC2::SecurityGroup", "ec2:DescribeSecurityGroups", EUROPE, true),
    listing("AWS::IAM::Role", "iam:GetAccountAuthorizationDetails", HOME, true),
    listing("AWS::KMS::Key", "kms:ListKeys", EUROPE, true),
    listing("AWS::Lambda::Function", "lambda:ListFunctions", EUROPE, true),
    listing("AWS::RDS::DBInstance", "rds:DescribeDBInstances", EUROPE, false),
    listing("AWS::S3::Bucket", "s3:ListBuckets", HOME, true),
    listing("AWS::SNS::Topic", "sns:ListTopics", EUROPE, true),
    listing("AWS::SQS::Queue", "sqs:ListQueues", EUROPE, true),
];

const fn listing(
    resource_type: &'static str,
    operation: &'static str,
    region: &'static str,
    paged: bool,
) -> Listing {
    Listing { resource_type, operation, region, paged }
}

/// One fault for each listing.
pub(crate) fn at_listings(kind: FaultKind) -> impl Iterator<Item = Fault> {
    LISTINGS.into_iter().map(move |listing| at(listing, kind))
}

/// One fault for each listing that is paged.
pub(crate) fn at_paged_listings(kind: FaultKind) -> impl Iterator<Item = Fault> {
    LISTINGS.into_iter().filter(|listing| listing.paged).map(move |listing| at(listing, kind))
}

fn at(listing: Listing, kind: FaultKind) -> Fault {
    let Listing { operation, region, .. } = listing;
    Fault::new(kind).account(PRODUCTION).operation(operation).region(region)
}

/// Whether a unit is read with one of the listings.
pub(crate) fn is_listed(unit: &Unit) -> bool {
    LISTINGS.iter().any(|listing| is_of(unit, listing))
}

/// The same for those that are paged.
pub(crate) fn is_listed_in_pages(unit: &Unit) -> bool {
    LISTINGS.iter().any(|listing| listing.paged && is_of(unit, listing))
}

fn is_of(unit: &Unit, listing: &Listing) -> bool {
    let region = unit.reach.as_region().map_or(HOME, |region| region.as_str());
    unit.scope.as_str() == PRODUCTION
        && unit.resource_type.as_str() == listing.resource_type
        && region == listing.region
}

pub(crate) fn is_in(unit: &Unit, account: &str) -> bool {
    unit.scope.as_str() == account
}

pub(crate) fn is_in_region(unit: &Unit, region: &str) -> bool {
    unit.reach.as_region().is_some_and(|of| of.as_str() == region)
}
