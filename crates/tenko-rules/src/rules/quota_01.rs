use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{Arg, Message, Origin, Reach, Resource, ScopeKey, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};

const QUOTA: &str = "AWS::ServiceQuotas::Quota";
const SUMMARY: &str = "AWS::IAM::AccountSummary";
const PROJECT: &str = "compute.googleapis.com/Project";
const REGION: &str = "compute.googleapis.com/Region";

/// From here on a quota is near: what AWS Trusted Advisor's service limits call yellow.
const NEAR: f64 = 0.8;

rule! {
    /// An account or project uses at least 80 % of a service quota.
    ///
    /// ## Why it is bad
    /// At the quota, the next call fails: the group does not scale in the rush hour, the deployment
    /// stops half-way, the snapshot before the migration is not made. An increase takes from hours to
    /// days, and some quotas cannot be increased.
    ///
    /// ## Example
    /// ```text
    /// vpc/L-F678F1CE  VPCs per Region  5   and five VPCs in eu-central-1
    /// ```
    ///
    /// ## What it reads
    /// - `AWS::ServiceQuotas::Quota`: `Value`, compared with a count from the snapshot: of VPCs,
    ///   internet gateways, security groups, NAT gateways by zone, interface and Gateway Load Balancer
    ///   endpoints by VPC, Elastic IP addresses, RDS instances, clusters and manual snapshots,
    ///   buckets, tables, application and network load balancers, Auto Scaling groups,
    ///   CloudFormation stacks, ECS clusters. Quotas of other things are left out.
    /// - `ec2/L-1216C47A`, vCPUs of On-Demand Standard instances: `CpuOptions` of the
    ///   `AWS::EC2::Instance` that are running and have no `InstanceLifecycle`. Spot and Scheduled
    ///   Instances and Capacity Blocks are of other quotas and do not count.
    /// - `AWS::IAM::AccountSummary`: users, groups, roles, policies, instance profiles, server
    ///   certificates and policy versions with their quotas, as IAM itself counts them.
    /// - `compute.googleapis.com/Region` and `compute.googleapis.com/Project`: `usage` and `limit` of
    ///   `quotas`, as Compute Engine itself counts them.
    ///
    /// Neptune and DocumentDB share the quotas of RDS and are not counted, nor are resources that
    /// other accounts share. Without a quota in Service Quotas, which lists none of which only the
    /// default is known, nothing is said. A quota of 0 or less is left out.
    ///
    /// ## Unknown
    /// Where the quota or what it counts could not all be read. A count that is too high already is a
    /// finding all the same.
    id: "QUOTA-01",
    name: "Service quota nearly used up",
    severity: Medium,
    needs_tenants: false,
    references: ["AWS Trusted Advisor" => "Service limits"],
    remediation: "Ask for a higher quota before it is needed, delete what is not used any more, or spread the load over more accounts or projects.",
    parts: [
        Part::aws(&[QUOTA, SUMMARY], check_aws).also(&COUNTED),
        Part::gcp(&[REGION, PROJECT], check_gcp),
    ],
}

const COUNTED: [&str; 17] = [
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CloudFormation::Stack",
    "AWS::DynamoDB::Table",
    "AWS::EC2::EIP",
    "AWS::EC2::Instance",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECS::Cluster",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSnapshot",
    "AWS::S3::Bucket",
];

/// How the use of a quota is counted.
#[derive(Clone, Copy)]
enum Count {
    /// All resources of a type in the region.
    Each(&'static str),
    /// All resources of a type in the account.
    Everywhere(&'static str),
    /// What [`Special`] sums up of a type in the region.
    Special(&'static str),
}

/// Source of the codes: Service Quotas, `ListServiceQuotas`; each code names what it counts.
const COUNTS: [(&str, Count); 17] = [
    ("vpc/L-F678F1CE", Count::Each("AWS::EC2::VPC")),
    ("vpc/L-A4707A72", Count::Each("AWS::EC2::InternetGateway")),
    ("vpc/L-E79EC296", Count::Each("AWS::EC2::SecurityGroup")),
    ("vpc/L-FE5A380F", Count::Special("AWS::EC2::NatGateway")),
    ("vpc/L-29B6F2EB", Count::Special("AWS::EC2::VPCEndpoint")),
    ("ec2/L-0263D0A3", Count::Special("AWS::EC2::EIP")),
    (VCPUS, Count::Special("AWS::EC2::Instance")),
    ("rds/L-7B6409FD", Count::Each("AWS::RDS::DBInstance")),
    ("rds/L-952B80B8", Count::Each("AWS::RDS::DBCluster")),
    ("rds/L-272F1212", Count::Each("AWS::RDS::DBSnapshot")),
    ("s3/L-DC2B2D3D", Count::Everywhere("AWS::S3::Bucket")),
    ("dynamodb/L-F98FE922", Count::Each("AWS::DynamoDB::Table")),
    (APPLICATION, Count::Special("AWS::ElasticLoadBalancingV2::LoadBalancer")),
    (NETWORK, Count::Special("AWS::ElasticLoadBalancingV2::LoadBalancer")),
    ("autoscaling/L-CDE20ADC", Count::Each("AWS::AutoScaling::AutoScalingGroup")),
    ("cloudformation/L-0485CB21", Count::Each("AWS::CloudFormation::Stack")),
    ("ecs/L-21C621EB", Count::Each("AWS::ECS::Cluster")),
];
const VCPUS: &str = "ec2/L-1216C47A";
const APPLICATION: &str = "elasticloadbalancing/L-53DA6B97";
const NETWORK: &str = "elasticloadbalancing/L-69A177A2";

/// What is counted otherwise than one by one: by quota, account and region, and within these by what
/// the quota holds for (a zone, a VPC).
#[derive(Default)]
struct Special<'a> {
    counts: HashMap<(&'static str, ScopeKey, &'a Reach), BTreeMap<String, f64>>,
    /// Where a resource did not tell what it counts as.
    untold: HashMap<(&'static str, ScopeKey, &'a Reach), Message>,
}

impl<'a> Special<'a> {
    fn new(context: &Context<'a>) -> Self {
        let zones: HashMap<&str, String> = context
            .of_type("AWS::EC2::Subnet")
            .par_iter()
            .filter_map(|subnet| {
                let seen = Seen::new(subnet);
                Some((subnet.key.id.as_str(), seen.text("AvailabilityZone").ok()??.to_owned()))
            })
            .collect();
        let mut special = Self::default();
        special.add(context, "vpc/L-FE5A380F", "AWS::EC2::NatGateway", |seen| {
            let subnet = seen.text("SubnetId")?;
            // One that spans zones has no subnet and counts in each of them.
            let zone = subnet.map(|subnet| zones.get(subnet).ok_or(Unread("SubnetId".to_owned())));
            Ok(zone.transpose()?.map(|zone| (zone.clone(), 1.0)))
        });
        special.add(context, "vpc/L-29B6F2EB", "AWS::EC2::VPCEndpoint", |seen| {
            // One quota for both kinds: "AWS PrivateLink quotas" in its guide.
            let kind = seen.text("VpcEndpointType")?;
            let counts = matches!(kind, Some("Interface" | "GatewayLoadBalancer"));
            Ok(seen.text("VpcId")?.filter(|_| counts).map(|vpc| (vpc.to_owned(), 1.0)))
        });
        special.add(context, "ec2/L-0263D0A3", "AWS::EC2::EIP", |seen| {
            // What a service manages, or the customer brought, is not of this quota.
            let own = seen.resource.origin == Origin::Customer
                && seen.text("PublicIpv4Pool")?.is_none_or(|pool| pool == "amazon");
            Ok(own.then(|| (String::new(), 1.0)))
        });
        special.add(context, VCPUS, "AWS::EC2::Instance", |seen| {
            let family = seen.text("InstanceType")?.unwrap_or_default();
            let family: String = family.chars().take_while(char::is_ascii_alphabetic).collect();
            if seen.text("State.Name")? != Some("running") || !is_standard(&family) {
                return Ok(None);
            }
            match seen.text("InstanceLifecycle")? {
                None => {}
                Some("spot" | "scheduled" | "capacity-block") => return Ok(None),
                // Which quota a kind that is not known counts towards is not known either.
                Some(_) => return Err(Unread("InstanceLifecycle".to_owned())),
            }
            let (cores, threads) =
                (seen.number("CpuOptions.CoreCount")?, seen.number("CpuOptions.ThreadsPerCore")?);
            let vcpus = cores.zip(threads).map(|(cores, threads)| cores * threads);
            Ok(Some((String::new(), vcpus.ok_or(Unread("CpuOptions".to_owned()))?)))
        });
        for (code, kind) in [(APPLICATION, "application"), (NETWORK, "network")] {
            special.add(context, code, "AWS::ElasticLoadBalancingV2::LoadBalancer", |seen| {
                Ok((seen.text("Type")? == Some(kind)).then(|| (String::new(), 1.0)))
            });
        }
        special
    }

    fn add(
        &mut self,
        context: &Context<'a>,
        code: &'static str,
        resource_type: &str,
        count: impl Fn(&Seen<'_>) -> Result<Option<(String, f64)>, Unread> + Sync,
    ) {
        let counted: Vec<_> = context
            .of_type(resource_type)
            .par_iter()
            .map(|resource| (*resource, count(&Seen::new(resource))))
            .collect();
        for (resource, counted) in counted {
            let key = (code, resource.key.scope_key(), &resource.key.region);
            match counted {
                Ok(Some((of, more))) => {
                    *self.counts.entry(key).or_default().entry(of).or_default() += more;
                }
                Ok(None) => {}
                Err(Unread(what)) => {
                    let name = resource.label();
                    self.untold.entry(key).or_insert_with(|| {
                        msg!("rule-attribute-unread-of", attribute = what, resource = name)
                    });
                }
            }
        }
    }
}

/// The families of the quota of standard instances: A, C, D, H, I, M, R, T and Z, and no others that
/// begin so (`hpc`, `dl`, `inf`, `mac`, `trn`).
fn is_standard(family: &str) -> bool {
    let others = ["dl", "hpc", "inf", "mac", "trn"];
    let first = family.chars().next().unwrap_or_default();
    "acdhimrtz".contains(first) && !others.contains(&family)
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, SUMMARY, summary);
    let special = Special::new(context);
    let counts: HashMap<_, _> = COUNTS.into_iter().collect();
    sink.each(context, QUOTA, |quota| {
        let Some((code, count)) = counts.get_key_value(quota.key.id.as_str()) else {
            return Ok(Judged::Apart);
        };
        of_quota(context, quota, code, *count, &special)
    });
}

fn is_near(used: f64, limit: f64) -> bool {
    limit > 0.0 && used >= limit * NEAR
}

fn summary(resource: &Resource) -> Result<Judged, Unread> {
    const PAIRS: [(&str, &str); 7] = [
        ("Groups", "GroupsQuota"),
        ("InstanceProfiles", "InstanceProfilesQuota"),
        ("Policies", "PoliciesQuota"),
        ("PolicyVersionsInUse", "PolicyVersionsInUseQuota"),
        ("Roles", "RolesQuota"),
        ("ServerCertificates", "ServerCertificatesQuota"),
        ("Users", "UsersQuota"),
    ];
    let seen = Seen::new(resource);
    let mut near = Vec::new();
    for (used, quota) in PAIRS {
        let (Some(count), Some(limit)) = (seen.number(used)?, seen.number(quota)?) else {
            continue;
        };
        if is_near(count, limit) {
            near.push(of_limit(count, limit, used));
        }
    }
    Ok(in_use(near))
}

/// How much of a quota is used: `8 of 10 Users`.
fn of_limit(used: f64, limit: f64, of: &str) -> Message {
    msg!("quota-01-near", used_now = number(used), limit = number(limit), of = of)
}

fn in_use(near: Vec<Message>) -> Judged {
    if near.is_empty() {
        return Judged::Pass;
    }
    Judged::Bad(msg!("quota-01-bad-several", near = Arg::list(near)).into())
}

/// A count; as it is where it is no whole number.
fn number(of: f64) -> Arg {
    let text = of.to_string();
    text.parse::<i64>().map_or(Arg::Text(text), Arg::Number)
}

fn of_quota(
    context: &Context<'_>,
    quota: &Resource,
    code: &'static str,
    count: Count,
    special: &Special<'_>,
) -> Result<Judged, Unread> {
    let seen = Seen::new(quota);
    let limit = seen.number("Value")?;
    let Some(limit) = limit.filter(|limit| *limit > 0.0) else { return Ok(Judged::Apart) };
    let (scope, region) = (quota.key.scope_key(), &quota.key.region);
    let (Count::Each(counted) | Count::Everywhere(counted) | Count::Special(counted)) = count;
    if !context.was_collected(counted) {
        return Ok(Judged::Apart);
    }
    let all = context.of_type_in(counted, &scope);
    let key = (code, scope.clone(), region);
    let (used, of) = match count {
        Count::Everywhere(_) => (all.len() as f64, ""),
        Count::Each(_) => {
            // They are sorted by region.
            let from = all.partition_point(|r| r.key.region < *region);
            let to = all.partition_point(|r| r.key.region <= *region);
            (to.saturating_sub(from) as f64, "")
        }
        Count::Special(_) => {
            let most = special.counts.get(&key).into_iter().flatten();
            let most = most.max_by(|a, b| a.1.total_cmp(b.1));
            most.map_or((0.0, ""), |(of, used)| (*used, of.as_str()))
        }
    };
    let name = quota.label();
    let place = Arg::list([region.as_str(), of].into_iter().filter(|part| !part.is_empty()));
    if is_near(used, limit) {
        let (used, limit) = (number(used), number(limit));
        let message = msg!("quota-01-bad", quota = name, place = place, used_now = used, limit = limit);
        return Ok(Judged::Bad(message.into()));
    }
    let gap = match count {
        Count::Everywhere(_) => context.why_unread(&scope, &[counted]),
        Count::Each(_) | Count::Special(_) => context.why_unread_in(&scope, region, &[counted]),
    };
    let gap = gap.or_else(|| special.untold.get(&key).cloned());
    Ok(gap.map_or(Judged::Pass, |gap| {
        Judged::Unknown(
            msg!("quota-01-uncounted", quota = name, place = place, reason = gap).into(),
        )
    }))
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    for resource_type in [PROJECT, REGION] {
        sink.each(context, resource_type, |resource| {
            let seen = Seen::new(resource);
            let quotas = seen.list("quotas")?.iter();
            let near: Vec<_> = quotas
                .filter_map(|quota| {
                    let number = |key: &str| quota.get(key).and_then(Value::as_f64);
                    let (used, limit) = (number("usage")?, number("limit")?);
                    let metric = quota.get("metric").and_then(Value::as_str)?;
                    is_near(used, limit).then(|| of_limit(used, limit, metric))
                })
                .collect();
            Ok(in_use(near))
        });
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    let aws = || world().account("1").regions(&["r", "s"]);
    let quota = |code: &str, value: f64| {
        aws().within("1", "r", QUOTA, code, json!({"Value": value, "QuotaName": "a quota"}))
    };
    let some = |mut world: World, count: usize, name: &str, of: Value| {
        for at in 0..count {
            world = world.within("1", "r", name, &format!("{name}-{at}"), of.clone());
        }
        world
    };
    let vpcs = |count: usize| some(quota("vpc/L-F678F1CE", 5.0), count, "AWS::EC2::VPC", json!({}));
    let summary =
        |users: u32| aws().with("1", SUMMARY, "1", json!({"Users": users, "UsersQuota": 10}));
    let endpoints = |vpcs: [&str; 4]| {
        vpcs.iter().enumerate().fold(quota("vpc/L-29B6F2EB", 5.0), |world, (at, vpc)| {
            let of = json!({"VpcEndpointType": "Interface", "VpcId": vpc});
            world.within("1", "r", "AWS::EC2::VPCEndpoint", &at.to_string(), of)
        })
    };
    let google = |usage: f64| {
        let quotas = json!({"quotas": [{"metric": "CPUS", "limit": 24.0, "usage": usage},
            {"metric": "NONE", "limit": 0.0, "usage": 0.0}, {"metric": "ODD"}, 1]});
        world().project("p").regions(&["r"]).within("gcp:p", "r", REGION, "r", quotas)
    };
    let running = json!({"State": {"Name": "running"}, "InstanceType": "m5.large",
        "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2}});
    let instances = |count| some(quota(VCPUS, 10.0), count, "AWS::EC2::Instance", running.clone());
    let another = |lifecycle: &str| {
        let mut of = running.clone();
        of["InstanceLifecycle"] = lifecycle.into();
        instances(3).within("1", "r", "AWS::EC2::Instance", "another", of)
    };
    vec![
        fires("at 80 %", &["1/vpc/L-F678F1CE"], vpcs(4)).saying("in r: 4 of 5 are in use."),
        quiet("below", vpcs(3)),
        quiet("in another region", {
            let more = vpcs(3).within("1", "s", "AWS::EC2::VPC", "a", json!({}));
            more.within("1", "s", "AWS::EC2::VPC", "b", json!({}))
        }),
        apart("of something else", quota("vpc/L-00000000", 1.0)),
        fires(
            "buckets of all regions",
            &["1/s3/L-DC2B2D3D"],
            quota("s3/L-DC2B2D3D", 1.0).within("1", "s", "AWS::S3::Bucket", "b", json!({})),
        ),
        fires("endpoints of one VPC", &["1/vpc/L-29B6F2EB"], endpoints(["v", "v", "v", "v"]))
            .saying("r, v: 4 of 5"),
        quiet("endpoints of two VPCs", endpoints(["v", "v", "w", "w"])),
        fires("endpoints of Gateway Load Balancers share their quota", &["1/vpc/L-29B6F2EB"], {
            let of = json!({"VpcEndpointType": "GatewayLoadBalancer", "VpcId": "v"});
            endpoints(["v", "v", "v", "w"]).within("1", "r", "AWS::EC2::VPCEndpoint", "g", of)
        }),
        quiet("gateway endpoints do not", {
            let of = json!({"VpcEndpointType": "Gateway", "VpcId": "v"});
            endpoints(["v", "v", "v", "w"]).within("1", "r", "AWS::EC2::VPCEndpoint", "g", of)
        }),
        quiet("Elastic IP addresses that a service manages", {
            let address =
                quota("ec2/L-0263D0A3", 1.0).within("1", "r", "AWS::EC2::EIP", "e", json!({}));
            address.by_provider("managed by the service alb")
        }),
        fires(
            "NAT gateways of a zone",
            &["1/vpc/L-FE5A380F"],
            quota("vpc/L-FE5A380F", 1.0)
                .within("1", "r", "AWS::EC2::Subnet", "subnet-1", json!({"AvailabilityZone": "ra"}))
                .within("1", "r", "AWS::EC2::NatGateway", "n", json!({"SubnetId": "subnet-1"})),
        )
        .saying("r, ra: 1 of 1"),
        quiet("few vCPUs", instances(3)),
        fires("many vCPUs", &["1/ec2/L-1216C47A"], instances(4))
            .saying("in r: 8 of 10 are in use."),
        quiet("few vCPUs and a Spot instance", another("spot")),
        quiet("few vCPUs and a Capacity Block", another("capacity-block")),
        unknown("a lifecycle that is not known", &["1/ec2/L-1216C47A"], another("new"))
            .saying("InstanceLifecycle of another could not be read"),
        unknown(
            "whether it is a Spot instance was not read",
            &["1/ec2/L-1216C47A"],
            another("spot").unread("InstanceLifecycle"),
        ),
        fires("IAM", &["1/1"], summary(8)).saying("8 of 10 Users"),
        quiet("IAM below", summary(7)),
        unknown("the value was not read", &["1/vpc/L-F678F1CE"], vpcs(0).unread("Value")),
        unknown(
            "not all could be counted",
            &["1/vpc/L-F678F1CE"],
            vpcs(1).denied("1", "AWS::EC2::VPC"),
        ),
        fires(
            "not all could be counted, and it is too much already",
            &["1/vpc/L-F678F1CE"],
            vpcs(4).denied("1", "AWS::EC2::VPC"),
        ),
        fires("Google", &["gcp:p/r"], google(22.0)).saying("22 of 24 CPUS"),
        quiet("Google below", google(12.0)),
        unknown("Google's quotas were not read", &["gcp:p/r"], google(1.0).unread("quotas")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counted_type_is_declared_and_every_family_known() {
        for (code, count) in COUNTS {
            let (Count::Each(name) | Count::Everywhere(name) | Count::Special(name)) = count;
            assert!(COUNTED.contains(&name), "{code}");
        }
        assert!(is_standard("m") && is_standard("im") && is_standard("t") && is_standard("z"));
        assert!(
            !is_standard("hpc") && !is_standard("inf") && !is_standard("p") && !is_standard("")
        );
    }
}
