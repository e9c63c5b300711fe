//! Address ranges for new networks, without overlap with anything that is in use.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{Outcome, Resource, ScopeKey, Snapshot};

use crate::error::UntangleError;
use crate::model::{Avoided, NetworkPlan, NewRange};

/// The private ranges of RFC 1918, in the order in which room is looked for.
const PRIVATE: [Ipv4Net; 3] = [
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
];

/// Ranges that services use by themselves.
///
/// Sources: Docker's default bridge, which Cloud9 and SageMaker use too ("VPC CIDR blocks", Amazon
/// VPC user guide); the service ranges that Amazon EKS takes where none is given ("Create an Amazon
/// EKS cluster").
const RESERVED: [(Ipv4Net, &str); 3] = [
    (
        Ipv4Net::new_assert(Ipv4Addr::new(172, 17, 0, 0), 16),
        "Docker's own network, which services of AWS and Google Cloud use too",
    ),
    (Ipv4Net::new_assert(Ipv4Addr::new(10, 100, 0, 0), 16), "Amazon EKS uses it for services"),
    (Ipv4Net::new_assert(Ipv4Addr::new(172, 20, 0, 0), 16), "Amazon EKS uses it for services"),
];

/// What Google's auto mode networks take their subnetworks from ("VPC networks", Google Cloud).
const AUTO_MODE: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(10, 128, 0, 0), 9);

/// Where nothing tells the size.
pub(crate) const DEFAULT_PREFIX: u8 = 20;
/// The largest and the smallest network of AWS.
const LIMITS: (u8, u8) = (16, 28);

/// The types that hold address ranges.
const TYPES: [&str; 3] =
    ["AWS::EC2::VPC", "compute.googleapis.com/Network", "compute.googleapis.com/Subnetwork"];

/// What a new network is wanted for.
pub(crate) struct Wanted {
    pub(crate) group: String,
    /// The ranges that it has now.
    pub(crate) has: BTreeSet<Ipv4Net>,
}

/// Gives every owner a range.
///
/// # Errors
/// [`UntangleError::NotPrivate`] and [`UntangleError::NoRoom`].
pub(crate) fn plan(
    snapshot: &Snapshot,
    wanted: Vec<Wanted>,
    within: Option<Ipv4Net>,
) -> Result<NetworkPlan, UntangleError> {
    if let Some(network) = within
        && !PRIVATE.iter().any(|private| private.contains(&network))
    {
        return Err(UntangleError::NotPrivate { network });
    }
    let pools = within.map_or(PRIVATE.to_vec(), |network| vec![network.trunc()]);
    let avoided = avoided(snapshot);
    let mut taken = Taken::new(avoided.iter().map(|avoided| avoided.range));
    let mut sized: Vec<_> = wanted.into_iter().map(size).collect();
    // The large ones first: small ones would leave no room for them.
    sized.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    let mut ranges = Vec::new();
    for (group, prefix, why) in sized {
        let free = pools.iter().find_map(|pool| taken.first_free(*pool, prefix));
        let Some(range) = free else {
            return Err(UntangleError::NoRoom { group, prefix, pools });
        };
        taken.add(range);
        ranges.push(NewRange { group, range, why });
    }
    ranges.sort_by(|a, b| a.group.cmp(&b.group));
    Ok(NetworkPlan { ranges, pools, avoided, unread: unread(snapshot) })
}

/// The size that an owner's new network needs: all that it has now, in one piece.
fn size(wanted: Wanted) -> (String, u8, String) {
    let addresses: u64 = wanted.has.iter().map(|net| 1u64 << (32 - net.prefix_len())).sum();
    if addresses == 0 {
        let why = format!("no network of its own is known; /{DEFAULT_PREFIX} is a usual size");
        return (wanted.group, DEFAULT_PREFIX, why);
    }
    let bits = u8::try_from(addresses.next_power_of_two().trailing_zeros()).unwrap_or(32);
    let prefix = 32u8.saturating_sub(bits).clamp(LIMITS.0, LIMITS.1);
    let has: Vec<_> = wanted.has.iter().take(3).map(ToString::to_string).collect();
    let more = if wanted.has.len() > 3 { ", …" } else { "" };
    (wanted.group, prefix, format!("as large as what it uses now: {}{more}", has.join(", ")))
}

/// Ranges that are taken: first and last address, sorted, none touching another.
struct Taken(BTreeMap<u32, u32>);

impl Taken {
    fn new(ranges: impl Iterator<Item = Ipv4Net>) -> Self {
        let mut out = Self(BTreeMap::new());
        ranges.for_each(|range| out.add(range));
        out
    }

    fn add(&mut self, range: Ipv4Net) {
        let (mut first, mut last) = (u32::from(range.network()), u32::from(range.broadcast()));
        let touching: Vec<_> = self
            .0
            .range(..=last)
            .rev()
            .take_while(|(_, end)| **end >= first)
            .map(|(start, end)| (*start, *end))
            .collect();
        for (start, end) in touching {
            self.0.remove(&start);
            first = first.min(start);
            last = last.max(end);
        }
        self.0.insert(first, last);
    }

    /// The first free range of this size within the pool.
    fn first_free(&self, pool: Ipv4Net, prefix: u8) -> Option<Ipv4Net> {
        if prefix < pool.prefix_len() {
            return None;
        }
        let size = 1u64 << (32 - prefix);
        let end = u64::from(u32::from(pool.broadcast()));
        let mut at = u64::from(u32::from(pool.network()));
        while at + size - 1 <= end {
            let (first, last) = (u32::try_from(at).ok()?, u32::try_from(at + size - 1).ok()?);
            let blocking = self.0.range(..=last).next_back().filter(|(_, taken)| **taken >= first);
            match blocking {
                None => return Ipv4Net::new(Ipv4Addr::from(first), prefix).ok(),
                // On to the first aligned address behind it.
                Some((_, taken)) => at = (u64::from(*taken) + 1).next_multiple_of(size),
            }
        }
        None
    }
}

/// Everything that new ranges must not overlap, within the private ranges.
fn avoided(snapshot: &Snapshot) -> Vec<Avoided> {
    let mut all: BTreeMap<Ipv4Net, String> = BTreeMap::new();
    let found: Vec<_> = snapshot.resources.par_iter().flat_map_iter(ranges_of).collect();
    for (range, why) in found {
        let range = range.trunc();
        if PRIVATE.iter().any(|private| private.contains(&range)) {
            all.entry(range)
                .and_modify(|known| {
                    // The first in order, whatever the order of resources.
                    if why < *known {
                        known.clone_from(&why);
                    }
                })
                .or_insert(why);
        }
    }
    for (range, why) in RESERVED {
        all.entry(range).or_insert_with(|| why.to_owned());
    }
    all.into_iter().map(|(range, why)| Avoided { range, why }).collect()
}

/// The ranges of one resource. Of a route, where it leads to: what is behind it is connected.
fn ranges_of(resource: &Resource) -> Vec<(Ipv4Net, String)> {
    let kind = resource.key.resource_type.as_str();
    let paths: &[&[&str]] = match kind {
        "AWS::EC2::VPC" => &[&["CidrBlock"], &["CidrBlocks", "*", "CidrBlock"]],
        "AWS::EC2::Subnet" => &[&["CidrBlock"]],
        "AWS::EC2::TransitGateway" => &[&["TransitGatewayCidrBlocks", "*"]],
        "AWS::EC2::RouteTable" => &[&["Routes", "*", "DestinationCidrBlock"]],
        "AWS::EC2::VPCPeeringConnection" => {
            &[&["AccepterCidrBlocks", "*"], &["RequesterCidrBlocks", "*"]]
        }
        "compute.googleapis.com/Network" => &[&["IPv4Range"]],
        "compute.googleapis.com/Subnetwork" => {
            &[&["ipCidrRange"], &["secondaryIpRanges", "*", "ipCidrRange"]]
        }
        "compute.googleapis.com/Route" => &[&["destRange"]],
        "container.googleapis.com/Cluster" => &[
            &["clusterIpv4Cidr"],
            &["servicesIpv4Cidr"],
            &["privateClusterConfig", "masterIpv4CidrBlock"],
        ],
        "compute.googleapis.com/GlobalAddress" | "compute.googleapis.com/Address" => &[],
        _ => return Vec::new(),
    };
    let value = resource.attributes.to_value();
    let whose = |what: &str| format!("{what} of {}", resource.key.scope);
    let mut out = Vec::new();
    let mut texts = Vec::new();
    paths.iter().for_each(|path| collect(&value, path, &mut texts));
    for text in texts {
        if let Ok(range) = text.parse::<Ipv4Net>() {
            let short = crate::words::short_type(kind);
            out.push((range, whose(&short)));
        }
    }
    // Ranges that Google's own services are peered from.
    if let (Some(address), Some(prefix)) = (
        value.get("address").and_then(Value::as_str),
        value.get("prefixLength").and_then(Value::as_u64),
    ) && let (Ok(address), Ok(prefix)) = (address.parse::<Ipv4Addr>(), u8::try_from(prefix))
        && let Ok(range) = Ipv4Net::new(address, prefix)
    {
        out.push((range, whose("the range for peered services")));
    }
    if kind == "compute.googleapis.com/Network"
        && value.get("autoCreateSubnetworks").and_then(Value::as_bool) == Some(true)
    {
        out.push((AUTO_MODE, format!("{}: an auto mode network", resource.key.scope)));
    }
    out
}

/// The texts at a path, where `*` is every element of a list.
fn collect<'v>(value: &'v Value, path: &[&str], out: &mut Vec<&'v str>) {
    match path.split_first() {
        None => out.extend(value.as_str()),
        Some((&"*", rest)) => {
            value.as_array().into_iter().flatten().for_each(|item| collect(item, rest, out));
        }
        Some((key, rest)) => {
            if let Some(value) = value.get(*key) {
                collect(value, rest, out);
            }
        }
    }
}

/// The IPv4 ranges of a VPC, or of a subnetwork.
pub(crate) fn own_ranges(resource: &Resource) -> Vec<Ipv4Net> {
    match resource.key.resource_type.as_str() {
        "AWS::EC2::VPC" | "compute.googleapis.com/Subnetwork" => {
            ranges_of(resource).into_iter().map(|(range, _)| range.trunc()).collect()
        }
        _ => Vec::new(),
    }
}

/// Accounts and projects whose networks are not all known.
fn unread(snapshot: &Snapshot) -> Vec<ScopeKey> {
    let mut out: BTreeSet<ScopeKey> = BTreeSet::new();
    // One pass over the coverage, which may have millions of rows.
    let mut seen: BTreeMap<ScopeKey, bool> = BTreeMap::new();
    for row in &snapshot.coverage {
        if TYPES.contains(&row.unit.resource_type.as_str()) {
            let whole = !row.outcome.is_gap() && row.outcome != Outcome::Skipped;
            *seen.entry(row.unit.scope_key()).or_insert(true) &= whole;
        }
    }
    for scope in snapshot.scopes.accounts().filter(|scope| scope.is_collectable()) {
        if seen.get(&scope.key()) != Some(&true) {
            out.insert(scope.key());
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_free_range_is_behind_what_is_taken() {
        let taken = Taken::new(["10.0.0.0/16", "10.1.0.0/24"].into_iter().map(net));
        assert_eq!(taken.first_free(net("10.0.0.0/8"), 16), Some(net("10.2.0.0/16")));
        assert_eq!(taken.first_free(net("10.0.0.0/8"), 24), Some(net("10.1.1.0/24")));
        assert_eq!(taken.first_free(net("10.0.0.0/16"), 28), None);
        assert_eq!(taken.first_free(net("10.1.0.0/16"), 15), None);
        let all = Taken::new(std::iter::once(net("0.0.0.0/0")));
        assert_eq!(all.first_free(net("10.0.0.0/8"), 28), None);
    }

    #[test]
    fn several_networks_become_one_that_holds_them_all() {
        let wanted = |has: &[&str]| Wanted {
            group: "g".to_owned(),
            has: has.iter().map(|text| net(text)).collect(),
        };
        assert_eq!(size(wanted(&["10.0.0.0/20", "10.9.0.0/20"])).1, 19);
        assert_eq!(size(wanted(&["10.0.0.0/8"])).1, 16);
        assert_eq!(size(wanted(&["10.0.0.0/30"])).1, 28);
        assert_eq!(size(wanted(&[])).1, DEFAULT_PREFIX);
    }
}
