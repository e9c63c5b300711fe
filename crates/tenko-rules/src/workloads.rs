//! What an account holds for an application's sake, and what only for the organization's.
//!
//! Facts: "Best practices for the management account" in the AWS Organizations user guide;
//! "Logging" in the guides of the services whose deliveries are known here.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Arg, Message, Origin, Resource, ScopeKey, msg};

use crate::context::Context;
use crate::sink::{Seen, Unread, few, name_of};
use tenko_iam::{Caller, Document, Keys, Request, evaluate};

/// Trails: the buckets that they write to are no workload.
pub(crate) const TRAIL: &str = "AWS::CloudTrail::Trail";
/// Buckets.
pub(crate) const BUCKET: &str = "AWS::S3::Bucket";
const TABLE: &str = "AWS::DynamoDB::Table";
const INSTANCE: &str = "AWS::EC2::Instance";

/// What answers requests or keeps an application's data, wherever it is.
pub(crate) const SERVING: [&str; 5] = [
    "AWS::EC2::Instance",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
];

/// [`SERVING`], and what tooling of the organization has too.
pub(crate) const ALL: [&str; 8] = [
    TABLE,
    "AWS::EC2::Instance",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Lambda::Function",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    BUCKET,
];

/// Services of AWS that deliver logs, findings, snapshots of configuration, bills and reports.
const DELIVERERS: [&str; 9] = [
    "bcm-data-exports.amazonaws.com",
    "billingreports.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "guardduty.amazonaws.com",
    "inspector2.amazonaws.com",
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "logging.s3.amazonaws.com",
];

/// How names begin that landing zones and deployment tools give to what is theirs: AWS Control
/// Tower, Landing Zone Accelerator, CloudFormation.
const TOOLING: [&str; 4] =
    ["aws-accelerator-", "aws-controltower-", "awsaccelerator-", "cf-templates-"];

/// As [`TOOLING`], of the stacks that their resources belong to.
const TOOLING_STACKS: [&str; 4] =
    ["AWSAccelerator-", "AWSControlTower", "StackSet-AWSControlTower", "CDKToolkit"];

/// The workloads of an account.
#[derive(Debug, Default)]
pub(crate) struct Workloads {
    /// Names by type.
    found: BTreeMap<&'static str, Vec<String>>,
    /// Why there may be more of them.
    pub(crate) gap: Option<Message>,
}

impl Workloads {
    /// What of these types is in an account.
    pub(crate) fn of(
        context: &Context<'_>,
        account: &ScopeKey,
        types: &[&'static str],
        tooling: &Tooling,
    ) -> Self {
        let mut workloads = Self { gap: context.why_unread(account, types), ..Self::default() };
        for resource_type in types.iter().copied() {
            for resource in context.of_type_in(resource_type, account) {
                match is_workload(resource, tooling) {
                    Ok(true) => {
                        let of = workloads.found.entry(resource_type).or_default();
                        of.push(resource.label().to_owned());
                    }
                    Ok(false) => {}
                    Err(why) => {
                        workloads.gap.get_or_insert(why);
                    }
                }
            }
        }
        workloads
    }

    pub(crate) fn are_none(&self) -> bool {
        self.found.is_empty()
    }

    /// `2 AWS::EC2::Instance (web-1, web-2), 1 AWS::S3::Bucket (uploads)`.
    pub(crate) fn counted(&self) -> Arg {
        Arg::list(self.found.iter().map(
            |(name, of)| msg!("data-shared-held", count = of.len(), type = *name, names = few(of)),
        ))
    }
}

/// The buckets that the snapshot or the declaration knows as the organization's tooling.
#[derive(Debug, Default)]
pub(crate) struct Tooling {
    /// Trails write to them. Of a trail whose bucket could not be read, the bucket's own policy
    /// has to tell.
    logs: BTreeSet<String>,
    /// The declaration reads states from them.
    states: BTreeSet<String>,
}

impl Tooling {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        // A trail whose home is a region that is not asked shows only as one of many regions.
        let trails = [TRAIL, "AWS::CloudTrail::MultiRegionTrail"];
        let logs = trails.iter().flat_map(|name| context.of_type(name)).filter_map(|trail| {
            let seen = Seen::new(trail);
            seen.text("S3BucketName").ok()?.map(str::to_owned)
        });
        let sources = context.declaration.claims.iter().map(|claim| &claim.source.file);
        let states = sources.filter_map(|file| file.strip_prefix("s3://")?.split('/').next());
        Self { logs: logs.collect(), states: states.map(str::to_owned).collect() }
    }

    fn has(&self, bucket: &str) -> bool {
        let name = bucket.to_ascii_lowercase();
        self.logs.contains(bucket)
            || self.states.contains(bucket)
            || name.contains("tfstate")
            || name.contains("terraform") && name.contains("state")
    }
}

/// Whether a resource serves an application, and is none of the tooling.
///
/// # Errors
/// Where what tells it could not be read: a clause.
pub(crate) fn is_workload(resource: &Resource, tooling: &Tooling) -> Result<bool, Message> {
    // Machines that EKS or ECS manages run what the customer gave them.
    let is_made = resource.origin == Origin::Customer || resource.key.resource_type == *INSTANCE;
    if !is_made || is_tooling(resource) {
        return Ok(false);
    }
    match resource.key.resource_type.as_str() {
        TABLE => is_lock_table(resource).map(|is| !is),
        BUCKET => Ok(!tooling.has(&resource.key.id) && !takes_deliveries(resource)?),
        _ => Ok(true),
    }
}

fn is_tooling(resource: &Resource) -> bool {
    let name = resource.label().to_ascii_lowercase();
    let stack = resource.tags.get("aws:cloudformation:stack-name").map_or("", String::as_str);
    TOOLING.iter().any(|prefix| name.starts_with(prefix))
        || name.starts_with("cdk-") && name.contains("-assets-")
        || TOOLING_STACKS.iter().any(|prefix| stack.starts_with(prefix))
}

/// Whether it is the table in which Terraform locks its states: its only key is `LockID`.
fn is_lock_table(table: &Resource) -> Result<bool, Message> {
    let seen = Seen::new(table);
    let lost = |Unread(attribute)| unread(&attribute, table);
    let keys = seen.list("KeySchema").map_err(lost)?;
    let names: Vec<_> = keys.iter().filter_map(|key| key.get("AttributeName")?.as_str()).collect();
    Ok(names == ["LockID"])
}

/// Whether the bucket's policy lets a service of AWS deliver into it that delivers logs or bills.
fn takes_deliveries(bucket: &Resource) -> Result<bool, Message> {
    let seen = Seen::new(bucket);
    let lost = |Unread(attribute)| unread(&attribute, bucket);
    let Some(policy) = seen.at("BucketPolicy").map_err(lost)? else { return Ok(false) };
    let Ok(document) = Document::parse(policy) else { return Err(unread("BucketPolicy", bucket)) };
    let keys = Keys::new();
    let may_put = |caller| {
        let request = Request { caller, action: "s3:PutObject", resource: "*", keys: &keys };
        evaluate([&document], &request).may_be_allowed()
    };
    // A bucket that anybody may write to is none of theirs.
    let by_service = DELIVERERS.iter().any(|service| may_put(Caller::Service(service)));
    Ok(by_service && !may_put(Caller::Anonymous))
}

fn unread(attribute: &str, resource: &Resource) -> Message {
    msg!("rule-attribute-unread-of", attribute = attribute, resource = name_of(resource))
}
