use std::collections::{HashMap, HashSet};

use rayon::iter::Either;
use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{Arg, Origin, Resource, ScopeKey, msg};

use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, few, name_of};
use crate::uses::{Named, OTHERS_IN_VPC, link, uses};

const VPC: &str = "AWS::EC2::VPC";
const SUBNET: &str = "AWS::EC2::Subnet";
const GROUP: &str = "AWS::EC2::SecurityGroup";
const NETWORK: &str = "compute.googleapis.com/Network";
const MACHINE: &str = "compute.googleapis.com/Instance";
const CLUSTER: &str = "container.googleapis.com/Cluster";
const CLOUD_SQL: &str = "sqladmin.googleapis.com/Instance";
const FORWARDING: &str = "compute.googleapis.com/ForwardingRule";
const GLOBAL_FORWARDING: &str = "compute.googleapis.com/GlobalForwardingRule";

/// What stands in a Google network beside instances.
const OTHERS_IN_NETWORK: [&str; 4] = [FORWARDING, GLOBAL_FORWARDING, CLUSTER, CLOUD_SQL];

rule! {
    /// Something runs in the network that the provider made: the default VPC of an AWS region, or the
    /// network `default` of a Google Cloud project.
    ///
    /// ## Why it is bad
    /// Default networks are made to try things out. Every subnet of a default VPC is public and gives
    /// a public address to what is launched in it; Google's default network lets the whole internet in
    /// to SSH and RDP. All of them have the same ranges in every account and project, so they can
    /// never be connected. Nobody decided any of that, and no code describes it.
    ///
    /// ## Example
    /// ```text
    /// vpc-06e4ab6c  172.31.0.0/16  the default VPC of eu-central-1
    ///   i-0598c7d3  running in it, because no subnet was named
    /// ```
    ///
    /// ## What it reads
    /// `AWS::EC2::VPC` that the provider made, with `AWS::EC2::Subnet` and `AWS::EC2::SecurityGroup`
    /// of it, and what names one of these: instances that are not terminated, Auto Scaling groups,
    /// load balancers, NAT gateways, VPC endpoints, ECS services, Lambda functions, RDS instances and
    /// clusters. `compute.googleapis.com/Network` with the name `default`, and what names it:
    /// instances, GKE clusters, Cloud SQL instances with a private address, forwarding rules, global
    /// ones too.
    ///
    /// An unused default network passes. What other services put into a network is not seen (EFS,
    /// ElastiCache, Redshift and others); nor is what other projects have in a default network that
    /// is shared with them.
    ///
    /// ## Unknown
    /// Where nothing was seen in a default network, and not everything that could be in it was read.
    /// That goes for types that were not collected at all, too.
    ///
    /// ## Compared with Prowler
    /// Prowler's `compute_network_default_in_use` and CIS fire where the network is there, whether it
    /// is used or not.
    id: "NET-02",
    name: "Default network in use",
    severity: Medium,
    needs_tenants: false,
    references: [
        "CIS Google Cloud v5.0" => "3.1",
        "Prowler" => "compute_network_default_in_use",
    ],
    remediation: "Move what runs there into a network of your own, then delete the default network; in Google Cloud, compute.skipDefaultNetworkCreation keeps new projects without one.",
    parts: [
        Part::aws(&[VPC, SUBNET, GROUP, "AWS::EC2::Instance"], check_aws).also(&OTHERS_IN_VPC),
        Part::gcp(&[NETWORK, MACHINE], check_gcp).also(&OTHERS_IN_NETWORK),
    ],
}

fn is_default_vpc(vpc: &Resource) -> bool {
    matches!(vpc.origin, Origin::ProviderDefault(_))
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    let vpcs: Vec<_> = context.of_type(VPC).iter().filter(|vpc| is_default_vpc(vpc)).collect();
    let index: HashMap<&str, usize> =
        vpcs.iter().enumerate().map(|(at, vpc)| (vpc.key.id.as_str(), at)).collect();
    // What belongs to a default VPC, and what does not tell.
    let parts = |resource_type: &str| -> (HashMap<&str, usize>, Vec<&Resource>) {
        if index.is_empty() {
            return <_>::default();
        }
        let all = context.of_type(resource_type).par_iter();
        all.filter_map(|resource| match Seen::new(resource).text("VpcId") {
            Ok(vpc) => {
                let vpc = *index.get(vpc?)?;
                Some(Either::Left((resource.key.id.as_str(), vpc)))
            }
            Err(_) => Some(Either::Right(*resource)),
        })
        .partition_map(|part| part)
    };
    let ((subnets, lost), (groups, more_lost)) = (parts(SUBNET), parts(GROUP));
    let uses = uses(context, vpcs.len(), |named, id| {
        match named {
            Named::Vpc => &index,
            Named::Subnet => &subnets,
            Named::Group => &groups,
        }
        .get(id)
        .copied()
    });
    let untold = uses.untold.iter().chain(&lost).chain(&more_lost);
    let untold: HashSet<_> = untold.map(|r| (&r.key.cloud, &r.key.scope, &r.key.region)).collect();
    let needed = [&[SUBNET, GROUP, "AWS::EC2::Instance"], &OTHERS_IN_VPC[..]].concat();
    sink.each(context, VPC, |vpc| {
        let Some(at) = index.get(vpc.key.id.as_str()) else { return Ok(Judged::Apart) };
        let (id, region) = (&vpc.key.id, &vpc.key.region);
        let used = uses.by.get(*at).map(Vec::as_slice).unwrap_or_default();
        if !used.is_empty() {
            let what = few(used.iter().map(|resource| name_of(resource)));
            let message = msg!("net-02-bad", vpc = id, region = Arg::text(region), what = what);
            return Ok(Judged::Bad(message.into()));
        }
        if let Some(gap) = context.why_unread_in(&vpc.key.scope_key(), region, &needed) {
            let message = msg!("net-02-unread", vpc = id, reason = gap);
            return Ok(Judged::Unknown(message.into()));
        }
        if untold.contains(&(&vpc.key.cloud, &vpc.key.scope, region)) {
            let message = msg!("net-02-untold", region = Arg::text(region), vpc = id);
            return Ok(Judged::Unknown(message.into()));
        }
        Ok(Judged::Pass)
    });
}

/// The networks that a resource names.
fn networks(resource: &Resource) -> Result<Vec<String>, Unread> {
    let seen = Seen::new(resource);
    let project = resource.key.scope.as_ref();
    let mut networks = Vec::new();
    let mut take = |network: Option<&Value>| {
        let Some(network) = network.and_then(Value::as_str) else { return };
        networks.push(if network.contains('/') {
            link(network).to_owned()
        } else {
            format!("projects/{project}/global/networks/{network}")
        });
    };
    for interface in seen.list("networkInterfaces")? {
        take(interface.get("network"));
    }
    take(match seen.at("networkConfig.network")? {
        None => seen.at("network")?,
        found => found,
    });
    take(seen.at("settings.ipConfiguration.privateNetwork")?);
    networks.sort();
    networks.dedup();
    Ok(networks)
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    let is_default = |network: &&&Resource| {
        network.name.as_deref() == Some("default") || network.key.id.ends_with("/networks/default")
    };
    let defaults: HashSet<&str> =
        context.of_type(NETWORK).iter().filter(is_default).map(|n| n.key.id.as_str()).collect();
    let mut used: HashMap<String, Vec<&Resource>> = HashMap::new();
    // What does not tell its network, by project.
    let mut untold: HashMap<ScopeKey, &Resource> = HashMap::new();
    for resource_type in [MACHINE].iter().chain(&OTHERS_IN_NETWORK) {
        let all = context.of_type(resource_type).par_iter();
        let found: Vec<_> = all
            .filter_map(|resource| match networks(resource) {
                Ok(mut networks) => {
                    networks.retain(|network| defaults.contains(network.as_str()));
                    (!networks.is_empty()).then_some((*resource, Some(networks)))
                }
                Err(_) => Some((*resource, None)),
            })
            .collect();
        for (resource, networks) in found {
            if networks.is_none() {
                untold.entry(resource.key.scope_key()).or_insert(resource);
            }
            for network in networks.into_iter().flatten() {
                used.entry(network).or_default().push(resource);
            }
        }
    }
    let needed = [&[MACHINE], &OTHERS_IN_NETWORK[..]].concat();
    sink.each(context, NETWORK, |network| {
        if !defaults.contains(network.key.id.as_str()) {
            return Ok(Judged::Apart);
        }
        if let Some(used) = used.get(&network.key.id) {
            let what = few(used.iter().map(|resource| name_of(resource)));
            return Ok(Judged::Bad(msg!("net-02-google-bad", what = what).into()));
        }
        let project = network.key.scope_key();
        let untold = || {
            let untold = name_of(untold.get(&project)?);
            Some(msg!("net-02-network-unread", resource = untold))
        };
        Ok(match context.why_unread(&project, &needed).or_else(untold) {
            Some(gap) => Judged::Unknown(msg!("net-02-google-unread", reason = gap).into()),
            None => Judged::Pass,
        })
    });
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    let aws = || {
        world()
            .account("1")
            .regions(&["r", "s"])
            .within("1", "r", VPC, "vpc-1", json!({}))
            .by_provider("default VPC")
            .within("1", "r", SUBNET, "subnet-1", json!({"VpcId": "vpc-1"}))
            .within("1", "r", GROUP, "sg-1", json!({"VpcId": "vpc-1"}))
    };
    let with = |resource_type: &str, of: Value| aws().within("1", "r", resource_type, "x", of);
    let lambda = |subnet: &str| json!({"VpcConfig": {"SubnetIds": [subnet]}});
    let google = || {
        let id = "projects/p/global/networks/default";
        world().project("p").with("gcp:p", NETWORK, id, json!({"autoCreateSubnetworks": true}))
    };
    let on = ["gcp:p/projects/p/global/networks/default"];
    let machine = |network: &str| {
        google().with("gcp:p", MACHINE, "m", json!({"networkInterfaces": [{"network": network}]}))
    };
    vec![
        fires("an instance", &["1/vpc-1"], with("AWS::EC2::Instance", json!({"VpcId": "vpc-1"})))
            .saying("vpc-1, the default VPC of r, holds AWS::EC2::Instance x."),
        fires(
            "a function in its subnet",
            &["1/vpc-1"],
            with("AWS::Lambda::Function", lambda("subnet-1")),
        ),
        fires(
            "a database behind its group",
            &["1/vpc-1"],
            with("AWS::RDS::DBInstance", json!({"VPCSecurityGroups": ["sg-1"]})),
        ),
        quiet("unused", aws()),
        quiet("a function elsewhere", with("AWS::Lambda::Function", lambda("subnet-2"))),
        quiet(
            "terminated",
            with("AWS::EC2::Instance", json!({"VpcId": "vpc-1", "State": {"Name": "terminated"}})),
        ),
        apart(
            "an own VPC",
            world().account("1").regions(&["r"]).within("1", "r", VPC, "vpc-2", json!({})),
        ),
        unknown(
            "functions were not read",
            &["1/vpc-1"],
            aws().denied("1", "AWS::Lambda::Function"),
        ),
        quiet(
            "functions of another region were not read",
            aws().outcome_in("1", "s", "AWS::Lambda::Function", tenko_core::Outcome::Unreachable),
        ),
        unknown(
            "a function that does not tell",
            &["1/vpc-1"],
            with("AWS::Lambda::Function", json!({})).unread("VpcConfig"),
        ),
        unknown("a group that does not tell", &["1/vpc-1"], aws().unread("VpcId")),
        unknown(
            "functions were not asked for",
            &["1/vpc-1"],
            aws().outcome("1", "AWS::Lambda::Function", tenko_core::Outcome::Skipped),
        ),
        unknown("VPCs denied", &["1"], aws().denied("1", VPC)),
        fires("a Google instance", &on, machine("https://c/v1/projects/p/global/networks/default"))
            .saying("holds compute.googleapis.com/Instance m."),
        fires(
            "a GKE cluster",
            &on,
            google().with("gcp:p", CLUSTER, "c", json!({"network": "default"})),
        ),
        fires(
            "a global forwarding rule",
            &on,
            google().with(
                "gcp:p",
                GLOBAL_FORWARDING,
                "f",
                json!({
                "network": "https://c/v1/projects/p/global/networks/default"}),
            ),
        ),
        quiet("unused in Google", google()),
        quiet("another network", machine("projects/p/global/networks/main")),
        unknown("instances denied", &on, google().denied("gcp:p", MACHINE)),
        unknown("an instance that does not tell", &on, machine("x").unread("networkInterfaces"))
            .saying("the network of compute.googleapis.com/Instance m could not be read"),
        apart(
            "an own network",
            world().project("p").with("gcp:p", NETWORK, "projects/p/global/networks/n", json!({})),
        ),
    ]
}
