use std::collections::{BTreeMap, BTreeSet, HashMap};

use ipnet::Ipv4Net;
use tenko_core::{Arg, Cloud, Message, Origin, Resource, ScopeKey, msg};

use crate::cidr::{overlaps, range};
use crate::context::Context;
use crate::rule::{Part, rule};
use crate::sink::{Judged, SHOWN, Seen, Sink, Unread};
use crate::uses::link;

const VPC: &str = "AWS::EC2::VPC";
const PEERING: &str = "AWS::EC2::VPCPeeringConnection";
const ATTACHMENT: &str = "AWS::EC2::TransitGatewayAttachment";
const NETWORK: &str = "compute.googleapis.com/Network";
const SUBNET: &str = "compute.googleapis.com/Subnetwork";

/// Of one network no more pairs than these are findings of their own.
const PAIRS_SHOWN: usize = 10;

rule! {
    /// Two networks that are connected, or are declared to be, use the same addresses.
    ///
    /// ## Why it is bad
    /// An address that is in both networks can be reached in one of them only. Traffic goes to the
    /// wrong machine or nowhere, and a peering between the two is refused. Renumbering a network means
    /// to build it anew, so it should be known before the connection is planned.
    ///
    /// ## Example
    /// ```yaml
    /// networks:
    ///   connected: [[acme/production, globex/production]]
    /// # vpc-0aaa of acme: 10.0.0.0/16    network main of globex: 10.0.128.0/20
    /// ```
    ///
    /// ## What it reads
    /// The IPv4 ranges of `AWS::EC2::VPC` (`CidrBlock`, `CidrBlocks`) and, for
    /// `compute.googleapis.com/Network`, of its `compute.googleapis.com/Subnetwork` (`ipCidrRange`,
    /// `secondaryIpRanges`). Networks are compared with each other that
    /// - are peers of one network, or it and its peers: `AWS::EC2::VPCPeeringConnection` that is
    ///   `active`, `peerings` of a Google network that are `ACTIVE`;
    /// - are attached to one transit gateway: `AWS::EC2::TransitGatewayAttachment`, of type `vpc` and
    ///   `available`;
    /// - are in different accounts or projects that the declaration says are connected. The provider's
    ///   default networks are left out there, since they are the same in every account and nobody means
    ///   them; where one is peered or attached it counts.
    ///
    /// There is one finding for each two networks, on the first of them; of a network that overlaps
    /// many, those beyond the tenth are told together, and of hundreds of equal ranges not every pair
    /// is. A network that is connected to none is not judged.
    ///
    /// Not read: route tables, which may keep networks apart on one transit gateway; transit
    /// gateways that are peers of each other, VPNs and interconnects, for which the declaration is; IPv6;
    /// networks of accounts that are not in the snapshot.
    ///
    /// ## Unknown
    /// For each account or project whose networks, or what connects them, could not all be read. A
    /// network does not pass that is connected with one that was not seen then.
    id: "NET-01",
    name: "Connected networks overlap",
    severity: Medium,
    needs_tenants: false,
    references: ["AWS Well-Architected" => "REL02-BP05"],
    remediation: "Give one of the two networks another range before they are connected, from a plan of addresses for all accounts and clouds; where both must stay, connect single services by PrivateLink or Private Service Connect instead of networks.",
    parts: [Part::any(&[], check).also(&[VPC, PEERING, ATTACHMENT, NETWORK, SUBNET])],
}

/// A VPC, or a network of Google.
struct Network<'a> {
    resource: &'a Resource,
    ranges: Vec<Ipv4Net>,
}

impl Network<'_> {
    fn name(&self) -> Message {
        let key = &self.resource.key;
        let id = key.id.rsplit('/').next().unwrap_or_default();
        let name = match self.resource.name.as_deref() {
            Some(name) if name != id => format!("{name} ({id})"),
            _ => id.to_owned(),
        };
        msg!("net-01-network", name = name, scope = Arg::text(key.scope_key()))
    }
}

/// How networks are connected with a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// With a transit gateway.
    Attached,
    /// With another network.
    Peered,
}

/// The accounts and projects that could not be read completely, each with why.
type Gaps = BTreeMap<ScopeKey, Message>;

/// Networks that are connected with each other.
struct Group {
    /// By what; `None` is the declaration, which means only networks of different accounts and
    /// projects.
    hub: Option<(String, How)>,
    members: BTreeSet<usize>,
    /// Whether it connects networks, too, that were not seen.
    has_unseen: bool,
}

impl Group {
    fn why(&self, a: &Network<'_>, b: &Network<'_>) -> Message {
        let is = |network: &Network<'_>, hub: &str| network.resource.key.id == hub;
        let name = |hub: &str| hub.rsplit('/').next().unwrap_or_default().to_owned();
        match &self.hub {
            None => msg!("net-01-declared"),
            Some((hub, How::Attached)) => msg!("net-01-attached", gateway = name(hub)),
            Some((hub, How::Peered)) if is(a, hub) || is(b, hub) => msg!("net-01-peers"),
            Some((hub, How::Peered)) => msg!("net-01-peered", hub = name(hub)),
        }
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut unread = Gaps::new();
    gaps(context, sink, &mut unread);
    let networks = networks(context, &mut unread);
    let groups = groups(context, &networks, &mut unread);
    let mut connected = BTreeSet::new();
    // By the first network: the others with their ranges, and by what they are connected.
    let mut pairs: BTreeMap<usize, BTreeMap<usize, (Ipv4Net, Ipv4Net, &Group)>> = BTreeMap::new();
    for group in groups.iter().filter(|group| group.members.len() > 1) {
        connected.extend(group.members.iter().copied());
        let members = group.members.iter().filter_map(|at| Some((*at, networks.get(*at)?)));
        let ranges = members.flat_map(|(at, n)| n.ranges.iter().map(move |range| (*range, at)));
        let scope = |at: usize| networks.get(at).map(|n| n.resource.key.scope_key());
        let counts = |a: usize, b: usize| group.hub.is_some() || scope(a) != scope(b);
        for ((first, second), (a, b)) in overlaps(ranges.collect(), counts) {
            pairs.entry(first).or_default().entry(second).or_insert((a, b, group));
        }
    }
    let second: BTreeSet<usize> = pairs.values().flat_map(|of| of.keys().copied()).collect();
    // What was not seen is outside of the snapshot only where all of that was read.
    let is_open = |group: &&Group| group.has_unseen && !unread.is_empty();
    let open = groups.iter().filter(is_open).flat_map(|group| group.members.iter().copied());
    let open: BTreeSet<usize> = open.collect();
    for at in connected {
        let Some(network) = networks.get(at) else { continue };
        let Some(others) = pairs.get(&at) else {
            let is_read = !unread.contains_key(&network.resource.key.scope_key());
            if is_read && !second.contains(&at) && !open.contains(&at) {
                sink.judge(context, network.resource, Judged::Pass);
            }
            continue;
        };
        let known = others.iter().filter_map(|(other, how)| Some((networks.get(*other)?, how)));
        let known: Vec<_> = known.collect();
        let name = network.name();
        for (other, (a, b, group)) in known.iter().take(PAIRS_SHOWN) {
            let message = msg!(
                "net-01-bad",
                range = Arg::text(a),
                network = name.clone(),
                other_range = Arg::text(b),
                other = other.name(),
                why = group.why(network, other),
            );
            sink.bad(context, network.resource, message);
        }
        if let Some(rest @ [_, ..]) = known.get(PAIRS_SHOWN..) {
            let others = Arg::some(rest.iter().map(|(other, _)| other.name()), SHOWN);
            let message = msg!("net-01-more", network = name, others = others);
            sink.bad(context, network.resource, message);
        }
    }
    for (scope, why) in unread {
        let message = msg!("net-01-unread", scope = Arg::text(&scope), why = why);
        sink.unknown(context, &scope, message);
    }
}

/// Says which types were not collected, and which accounts and projects were not read completely.
fn gaps(context: &Context<'_>, sink: &mut Sink<'_>, unread: &mut Gaps) {
    for (cloud, all) in [("aws", &[VPC, PEERING, ATTACHMENT][..]), ("gcp", &[NETWORK, SUBNET][..])]
    {
        let (asked, missing): (Vec<&str>, Vec<&str>) =
            all.iter().copied().partition(|name| context.was_collected(name));
        if !context.scopes.keys().any(|scope| scope.cloud == *cloud) {
            continue;
        }
        for name in missing {
            sink.not_evaluated(msg!("rule-type-not-collected", type = name));
        }
        if asked.is_empty() {
            continue;
        }
        for scope in context.accounts(cloud) {
            let key = scope.key();
            if let Some(gap) = context.why_unread(&key, &asked) {
                unread.entry(key).or_insert(gap);
            }
        }
    }
}

/// All networks by key, so that they are in the order of clouds, accounts and regions.
fn networks<'a>(context: &Context<'a>, unread: &mut Gaps) -> Vec<Network<'a>> {
    let mut subnets: HashMap<String, Vec<Ipv4Net>> = HashMap::new();
    for subnet in context.of_type(SUBNET) {
        match of_subnet(subnet) {
            Ok((network, ranges)) => subnets.entry(network).or_default().extend(ranges),
            Err(why) => {
                _ = unread.entry(subnet.key.scope_key()).or_insert_with(|| told(subnet, &why))
            }
        }
    }
    let mut networks: Vec<_> = Vec::new();
    for vpc in context.of_type(VPC) {
        match of_vpc(vpc) {
            Ok(ranges) => networks.push(Network { resource: vpc, ranges }),
            Err(why) => _ = unread.entry(vpc.key.scope_key()).or_insert_with(|| told(vpc, &why)),
        }
    }
    for network in context.of_type(NETWORK) {
        let ranges = subnets.remove(&network.key.id).unwrap_or_default();
        networks.push(Network { resource: network, ranges });
    }
    networks.sort_by(|a, b| a.resource.key.cmp(&b.resource.key));
    networks
}

fn told(resource: &Resource, Unread(attribute): &Unread) -> Message {
    msg!("rule-attribute-unread-of", attribute = attribute, resource = resource.label())
}

fn of_vpc(vpc: &Resource) -> Result<Vec<Ipv4Net>, Unread> {
    let seen = Seen::new(vpc);
    let first = seen.text("CidrBlock")?;
    let more = seen.list("CidrBlocks")?.iter();
    let more = more.filter_map(|block| block.get("CidrBlock")?.as_str());
    let mut ranges: Vec<_> = first.into_iter().chain(more).filter_map(range).collect();
    ranges.sort();
    ranges.dedup();
    Ok(ranges)
}

fn of_subnet(subnet: &Resource) -> Result<(String, Vec<Ipv4Net>), Unread> {
    let seen = Seen::new(subnet);
    let network = link(seen.text("network")?.unwrap_or_default()).to_owned();
    let first = seen.text("ipCidrRange")?;
    let more = seen.list("secondaryIpRanges")?.iter();
    let more = more.filter_map(|range| range.get("ipCidrRange")?.as_str());
    Ok((network, first.into_iter().chain(more).filter_map(range).collect()))
}

fn groups(context: &Context<'_>, networks: &[Network<'_>], unread: &mut Gaps) -> Vec<Group> {
    let index: HashMap<&str, usize> =
        networks.iter().enumerate().map(|(at, n)| (n.resource.key.id.as_str(), at)).collect();
    // A hub, by its id, with what is connected to it, and whether some of that was not seen.
    let mut hubs: BTreeMap<(String, How), (BTreeSet<usize>, bool)> = BTreeMap::new();
    let mut peer = |a: &str, b: &str| {
        for (hub, other) in [(a, b), (b, a)] {
            let (of, unseen) = hubs.entry((hub.to_owned(), How::Peered)).or_default();
            for id in [hub, other] {
                match index.get(id) {
                    Some(at) => _ = of.insert(*at),
                    None => *unseen = true,
                }
            }
        }
    };
    for peering in context.of_type(PEERING) {
        match of_peering(peering) {
            Ok(Some((a, b))) => peer(&a, &b),
            Ok(None) => {}
            Err(why) => {
                _ = unread.entry(peering.key.scope_key()).or_insert_with(|| told(peering, &why))
            }
        }
    }
    for network in context.of_type(NETWORK) {
        match peers(network) {
            Ok(others) => others.iter().for_each(|other| peer(&network.key.id, other)),
            Err(why) => {
                _ = unread.entry(network.key.scope_key()).or_insert_with(|| told(network, &why))
            }
        }
    }
    for attachment in context.of_type(ATTACHMENT) {
        match of_attachment(attachment) {
            Ok(Some((gateway, vpc))) => {
                let (of, unseen) = hubs.entry((gateway, How::Attached)).or_default();
                match index.get(vpc.as_str()) {
                    Some(at) => _ = of.insert(*at),
                    None => *unseen = true,
                }
            }
            Ok(None) => {}
            Err(why) => {
                unread.entry(attachment.key.scope_key()).or_insert_with(|| told(attachment, &why));
            }
        }
    }
    let group = |(hub, (members, has_unseen))| Group { hub: Some(hub), members, has_unseen };
    let mut groups: Vec<_> = hubs.into_iter().map(group).collect();
    let mut by_scope: HashMap<ScopeKey, Vec<usize>> = HashMap::new();
    for (at, network) in networks.iter().enumerate() {
        if network.resource.origin == Origin::Customer {
            by_scope.entry(network.resource.key.scope_key()).or_default().push(at);
        }
    }
    for connection in &context.declaration.connections {
        for scope in &connection.scopes {
            let types = if scope.cloud == Cloud::gcp() { [NETWORK, SUBNET] } else { [VPC, VPC] };
            if let Some(gap) = context.why_unread(scope, &types) {
                unread.entry(scope.clone()).or_insert(gap);
            }
        }
        let members = connection.scopes.iter().filter_map(|scope| by_scope.get(scope)).flatten();
        let members = members.copied().collect();
        let has_unseen = connection.scopes.iter().any(|scope| unread.contains_key(scope));
        groups.push(Group { hub: None, members, has_unseen });
    }
    groups
}

fn of_peering(peering: &Resource) -> Result<Option<(String, String)>, Unread> {
    let seen = Seen::new(peering);
    if seen.text("Status")? != Some("active") {
        return Ok(None);
    }
    let (own, other) = (seen.text("VpcId")?, seen.text("PeerVpcId")?);
    Ok(own.zip(other).map(|(own, other)| (own.to_owned(), other.to_owned())))
}

fn peers(network: &Resource) -> Result<Vec<String>, Unread> {
    let seen = Seen::new(network);
    let peerings = seen.list("peerings")?.iter();
    let active = peerings.filter(|p| p.get("state").is_some_and(|state| state == "ACTIVE"));
    let others = active.filter_map(|peering| peering.get("network")?.as_str());
    Ok(others.map(|other| link(other).to_owned()).collect())
}

/// The transit gateway and the VPC.
fn of_attachment(attachment: &Resource) -> Result<Option<(String, String)>, Unread> {
    let seen = Seen::new(attachment);
    let counts = seen.text("ResourceType")? == Some("vpc")
        && matches!(seen.text("State")?, Some("available" | "modifying"));
    let (gateway, vpc) = (seen.text("TransitGatewayId")?, seen.text("ResourceId")?);
    Ok(gateway
        .zip(vpc)
        .filter(|_| counts)
        .map(|(gateway, vpc)| (gateway.to_owned(), vpc.to_owned())))
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;
    use tenko_core::Connection;

    use crate::testing::*;

    let two = || world().account("1").account("2").regions(&["r"]);
    let vpc = |world: World, scope: &str, id: &str, cidr: &str| {
        world.within(scope, "r", VPC, id, json!({"CidrBlock": cidr}))
    };
    let pair = |a: &str, b: &str| vpc(vpc(two(), "1", "vpc-1", a), "2", "vpc-2", b);
    let connected = |world: World, scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| key(scope)).collect();
        world.declare(|d| d.connections.push(Connection { scopes, source: source("connected") }))
    };
    let declared = |world: World| connected(world, &["1", "2"]);
    let peered = |world: World, a: &str, b: &str, status: &str| {
        let of = json!({"VpcId": a, "PeerVpcId": b, "Status": status});
        world.within("1", "r", PEERING, &format!("pcx-{b}"), of)
    };
    let attached = |world: World, scope: &str, vpc: &str, state: &str| {
        let of = json!({"TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": vpc,
            "State": state});
        world.within(scope, "r", ATTACHMENT, &format!("a-{vpc}"), of)
    };
    let google = |world: World, project: &str, cidr: &str, peer: Option<&str>| {
        let id = format!("projects/{project}/global/networks/n");
        let peerings: Vec<_> = peer
            .map(|p| json!({"state": "ACTIVE", "network": format!("https://c/v1/projects/{p}/global/networks/n")}))
            .into_iter()
            .collect();
        let scope = format!("gcp:{project}");
        world.with(&scope, NETWORK, &id, json!({"peerings": peerings})).within(
            &scope,
            "r",
            SUBNET,
            "s",
            json!({"network": format!("https://c/v1/{id}"), "ipCidrRange": "192.168.0.0/24",
                "secondaryIpRanges": [{"ipCidrRange": cidr}]}),
        )
    };
    vec![
        fires("declared", &["1/vpc-1"], declared(pair("10.0.0.0/8", "10.1.0.0/16"))).saying(
            "10.0.0.0/8 in vpc-1 of aws:1 overlaps 10.1.0.0/16 in vpc-2 of aws:2: their accounts are declared to be connected.",
        ),
        quiet("declared and apart", declared(pair("10.0.0.0/16", "10.1.0.0/16"))),
        apart("not connected", pair("10.0.0.0/16", "10.0.0.0/16")),
        fires("a further range", &["1/vpc-1"], {
            let more = json!({"CidrBlock": "10.9.0.0/16", "CidrBlocks": [{"CidrBlock": "10.0.5.0/24"}]});
            declared(vpc(two(), "1", "vpc-1", "10.0.0.0/16").within("2", "r", VPC, "vpc-2", more))
        }),
        quiet("two of one account", {
            declared(vpc(pair("10.0.0.0/16", "10.1.0.0/16"), "1", "vpc-3", "10.0.0.0/16"))
        }),
        apart("default VPCs", {
            let world = vpc(two(), "1", "vpc-1", "172.31.0.0/16").by_provider("default VPC");
            declared(vpc(world, "2", "vpc-2", "172.31.0.0/16").by_provider("default VPC"))
        }),
        fires("two peers of one VPC", &["1/vpc-1"], {
            let world = vpc(pair("10.0.0.0/16", "10.0.0.0/16"), "1", "vpc-9", "10.9.0.0/16");
            peered(peered(world, "vpc-9", "vpc-1", "active"), "vpc-9", "vpc-2", "active")
        })
        .saying("both are peered with vpc-9"),
        quiet("a peering that waits", {
            let world = vpc(pair("10.0.0.0/16", "10.0.0.0/16"), "1", "vpc-9", "10.9.0.0/16");
            peered(peered(world, "vpc-9", "vpc-1", "active"), "vpc-9", "vpc-2", "pending-acceptance")
        }),
        fires("a transit gateway", &["1/vpc-1"], {
            let world = attached(pair("10.0.0.0/16", "10.0.0.0/20"), "1", "vpc-1", "available");
            attached(world, "2", "vpc-2", "available")
        })
        .saying("both are attached to tgw-1"),
        apart("an attachment that waits", {
            let world = attached(pair("10.0.0.0/16", "10.0.0.0/20"), "1", "vpc-1", "available");
            attached(world, "2", "vpc-2", "pendingAcceptance")
        }),
        fires("Google's peers", &["gcp:p/projects/p/global/networks/n"], {
            google(google(world().project("p").project("q"), "p", "10.0.0.0/8", Some("q")), "q", "10.1.0.0/16", None)
        }),
        fires("across clouds", &["1/vpc-1"], {
            let world = vpc(two(), "1", "vpc-1", "10.0.0.0/16").project("p");
            connected(google(world, "p", "10.0.128.0/20", None), &["1", "gcp:p"])
        })
        .saying("10.0.128.0/20 in n of gcp:p"),
        fires("many", &["1/vpc-1"; 11], {
            let mut world = vpc(world().account("1").regions(&["r"]), "1", "vpc-1", "10.0.0.0/8");
            world = attached(world, "1", "vpc-1", "available");
            for at in 2..14 {
                let id = format!("vpc-{at}");
                world = vpc(world, "1", &id, &format!("10.{at}.0.0/16"));
                world = attached(world, "1", &id, "available");
            }
            world
        })
        .saying("also overlaps"),
        unknown("VPCs denied", &["2"], {
            declared(vpc(two(), "1", "vpc-1", "10.0.0.0/16")).denied("2", VPC)
        }),
        unknown("attachments denied", &["1"], pair("10.0.0.0/16", "10.0.0.0/16").denied("1", ATTACHMENT)),
        unknown("not discovered", &["3"], {
            connected(vpc(two(), "1", "vpc-1", "10.0.0.0/16"), &["1", "3"])
        }),
        unknown("ranges not read", &["1"], {
            vpc(two(), "1", "vpc-1", "10.0.0.0/16").unread("CidrBlocks")
        }),
        quiet("hostile ranges", declared(pair("10.0.0.0/8 <b>", "10.0.0.0/99"))),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::*;

    #[test]
    fn a_network_passes_only_beside_what_was_seen() {
        let mut gateway = world().account("1").account("2").regions(&["r"]);
        for (at, vpc) in ["vpc-1", "vpc-2", "vpc-3"].iter().enumerate() {
            let attached = json!({"TransitGatewayId": "tgw-1", "ResourceType": "vpc",
                "ResourceId": vpc, "State": "available"});
            gateway = gateway.within("1", "r", ATTACHMENT, &format!("a-{vpc}"), attached);
            if at < 2 {
                let range = json!({"CidrBlock": format!("10.{at}.0.0/16")});
                gateway = gateway.within("1", "r", VPC, vpc, range);
            }
        }
        let passed = |world: World| {
            let evaluation = world.evaluate();
            let result = evaluation.results.iter().find(|r| r.rule == "NET-01").unwrap();
            (result.passed, result.unknown)
        };
        assert_eq!(passed(gateway.clone()), (2, 0), "vpc-3 is outside of the snapshot");
        assert_eq!(passed(gateway.denied("2", VPC)), (0, 1), "vpc-3 may be account 2's");
    }
}
