use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{Origin, Resource, ScopeKey, msg};

use crate::context::Context;
use crate::ports::{Source, ingress, is_everyone};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread};
use crate::uses::link;

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
const INSTANCE: &str = "AWS::EC2::Instance";
const SECURITY_GROUP: &str = "AWS::EC2::SecurityGroup";
const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
const MANAGED: &str = "compute.googleapis.com/InstanceGroupManager";
const CLUSTER: &str = "container.googleapis.com/Cluster";

rule! {
    /// What serves requests stands in one zone: a load balancer, an Auto Scaling group or a managed
    /// instance group with one zone, or a web server on its own.
    ///
    /// ## Why it is bad
    /// When the zone fails, all of it fails. A group in one zone cannot replace its machines anywhere
    /// else; a web server on its own is down whenever it restarts, too.
    ///
    /// ## Example
    /// ```json
    /// { "AutoScalingGroupName": "web", "AvailabilityZones": ["eu-central-1a"], "MaxSize": 6 }
    /// ```
    ///
    /// ## What it reads
    /// - `AWS::ElasticLoadBalancingV2::LoadBalancer`: `AvailabilityZones`.
    /// - `AWS::AutoScaling::AutoScalingGroup`: `AvailabilityZones`. Groups that serve one Kubernetes
    ///   cluster, by their tag `kubernetes.io/cluster/…` or `eks:cluster-name`, are taken together: one
    ///   group for each zone is how its nodes are spread. A `MaxSize` of 0 is left out.
    /// - `AWS::EC2::Instance`: a web server on its own is a running instance that has a public IPv4
    ///   address and a security group that lets `0.0.0.0/0` in to TCP 80 or 443, that no Auto Scaling
    ///   group or EC2 Fleet made, and that shares no target group with another target.
    /// - `compute.googleapis.com/InstanceGroupManager`: `zone`, or `distributionPolicy`. Zonal groups
    ///   of one project that are made from one instance template are taken together. Groups of GKE's
    ///   node pools, and groups whose `targetSize` is 0, are left out.
    ///
    /// What the provider made is left out. Not seen: Classic Load Balancers, weighted DNS records, and
    /// CloudFront or Global Accelerator with several origins, behind which servers of their own may
    /// stand for each other; members of Google's instance groups, so that a lone server cannot be told
    /// there. Google's load balancers are regional or global and have no zone.
    ///
    /// ## Unknown
    /// Where load balancers, groups or instances could not all be read; for an instance that may be a
    /// web server on its own, where its security groups, the Auto Scaling groups or the target groups
    /// could not.
    ///
    /// ## Compared with Prowler
    /// Prowler's `compute_instance_group_multiple_zones` fires on every zonal group, those of a
    /// regional GKE cluster too.
    id: "AVL-02",
    name: "Load balancer, group or web server in one zone",
    severity: Medium,
    needs_tenants: false,
    references: [
        "AWS Security Hub" => "ELB.13",
        "AWS Security Hub" => "AutoScaling.2",
        "AWS Config" => "ELBV2_MULTIPLE_AZ",
        "Prowler" => "compute_instance_group_multiple_zones",
    ],
    remediation: "Give the load balancer and the group subnets in at least two zones, make the instance group regional, and put the web server into a group of at least two behind a load balancer.",
    parts: [
        Part::aws(&[BALANCER, GROUP, INSTANCE], check_aws).also(&[SECURITY_GROUP, TARGETS]),
        Part::gcp(&[MANAGED], check_gcp).also(&[CLUSTER]),
    ],
}

fn by_provider(resource: &Resource) -> bool {
    matches!(resource.origin, Origin::ProviderDefault(_))
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    sink.each(context, BALANCER, |balancer| {
        if by_provider(balancer) {
            return Ok(Judged::Apart);
        }
        let seen = Seen::new(balancer);
        let zones: BTreeSet<_> = seen.texts("AvailabilityZones")?.into_iter().collect();
        Ok(of_zones(balancer, &zones))
    });
    let clusters = clusters(context);
    sink.each(context, GROUP, |group| {
        let seen = Seen::new(group);
        if by_provider(group) || seen.number("MaxSize")? == Some(0.0) {
            return Ok(Judged::Apart);
        }
        let together = cluster_of(group).and_then(|cluster| clusters.get(&cluster));
        if together.is_some_and(|zones| zones.len() > 1) {
            return Ok(Judged::Pass);
        }
        let zones: BTreeSet<_> = seen.texts("AvailabilityZones")?.into_iter().collect();
        Ok(of_zones(group, &zones))
    });
    let groups = Groups::new(context);
    sink.each(context, INSTANCE, |instance| alone(context, instance, &groups));
}

fn of_zones(resource: &Resource, zones: &BTreeSet<&str>) -> Judged {
    let name = resource.label();
    match zones.first() {
        None => Judged::Unknown(msg!("avl-02-zones-untold", name = name).into()),
        Some(zone) if zones.len() == 1 => one_zone(name, zone),
        Some(_) => Judged::Pass,
    }
}

fn one_zone(name: &str, zone: &str) -> Judged {
    Judged::Bad(msg!("avl-02-bad-zone", name = name, zone = zone).into())
}

/// The Kubernetes cluster that a group has nodes of, with the place where it is.
fn cluster_of(group: &Resource) -> Option<(ScopeKey, &str, &str)> {
    let prefixed = |key: &'_ String| key.starts_with("kubernetes.io/cluster/");
    let by_key = || group.tags.keys().find(|key| prefixed(key)).and_then(|k| k.rsplit('/').next());
    let name = group.tags.get("eks:cluster-name").map(String::as_str).or_else(by_key)?;
    Some((group.key.scope_key(), group.key.region.as_str(), name))
}

/// The zones of all groups of each cluster.
fn clusters<'a>(context: &Context<'a>) -> HashMap<(ScopeKey, &'a str, &'a str), BTreeSet<String>> {
    let mut clusters: HashMap<_, BTreeSet<String>> = HashMap::new();
    for group in context.of_type(GROUP) {
        let Some(cluster) = cluster_of(group) else { continue };
        let seen = Seen::new(group);
        let zones = seen.texts("AvailabilityZones").unwrap_or_default();
        clusters.entry(cluster).or_default().extend(zones.into_iter().map(ToOwned::to_owned));
    }
    clusters
}

/// What tells whether a web server is alone.
struct Groups {
    /// Security groups that let everyone in to the web's ports; `false` where they do not.
    web: HashMap<String, Option<bool>>,
    /// Instances in an Auto Scaling group.
    members: HashSet<String>,
    /// Instances, and addresses in a VPC, that are one of several targets.
    targets: HashSet<(String, String)>,
}

impl Groups {
    fn new(context: &Context<'_>) -> Self {
        let web = context.of_type(SECURITY_GROUP).par_iter();
        let mut members = HashSet::new();
        for group in context.of_type(GROUP) {
            let seen = Seen::new(group);
            members.extend(texts_of(seen.list("Instances").unwrap_or_default(), "InstanceId"));
        }
        let mut targets = HashSet::new();
        for group in context.of_type(TARGETS) {
            let seen = Seen::new(group);
            let ids = texts_of(seen.list("Targets").unwrap_or_default(), "Id");
            let ids: BTreeSet<_> = ids.into_iter().collect();
            if ids.len() > 1 {
                let vpc = seen.text("VpcId").ok().flatten().unwrap_or_default();
                targets.extend(ids.into_iter().map(|id| (vpc.to_owned(), id)));
            }
        }
        Self { web: web.map(|g| (g.key.id.clone(), is_web(g))).collect(), members, targets }
    }
}

fn texts_of(list: &[Value], key: &str) -> Vec<String> {
    let texts = list.iter().filter_map(|item| item.get(key)?.as_str());
    texts.map(ToOwned::to_owned).collect()
}

/// Whether a security group lets everyone in to the web's ports; `None` where it could not be read.
fn is_web(group: &Resource) -> Option<bool> {
    let seen = Seen::new(group);
    Some(ingress(&seen).ok()?.iter().any(|(span, source)| {
        let everyone =
            matches!(source, Source::Range(range) if is_everyone(range) && !range.contains(':'));
        everyone && (span.has_tcp(80) || span.has_tcp(443))
    }))
}

fn alone(context: &Context<'_>, instance: &Resource, groups: &Groups) -> Result<Judged, Unread> {
    let seen = Seen::new(instance);
    if by_provider(instance) || seen.text("State.Name")?.is_some_and(|state| state != "running") {
        return Ok(Judged::Apart);
    }
    let Some(address) = seen.text("PublicIp")? else { return Ok(Judged::Pass) };
    let made_by_group = |key: &str| instance.tags.contains_key(key);
    if ["aws:autoscaling:groupName", "aws:ec2:fleet-id", "aws:ec2spot:fleet-request-id"]
        .into_iter()
        .any(made_by_group)
        || groups.members.contains(&instance.key.id)
    {
        return Ok(Judged::Pass);
    }
    let vpc = seen.text("VpcId")?.unwrap_or_default();
    let private = seen.text("PrivateIpAddress")?.unwrap_or_default();
    let is_target = |id: &str| groups.targets.contains(&(vpc.to_owned(), id.to_owned()));
    if is_target(&instance.key.id) || is_target(private) {
        return Ok(Judged::Pass);
    }
    let own = seen.texts("SecurityGroupIds")?;
    let is_web = |id: &&&str| groups.web.get(**id).copied().flatten() == Some(true);
    let Some(group) = own.iter().find(is_web) else {
        let unread = own.iter().find(|id| groups.web.get(**id).copied().flatten().is_none());
        return Ok(unread.map_or(Judged::Pass, |id| {
            let name = instance.label();
            Judged::Unknown(msg!("avl-02-group-unread", name = name, group = *id).into())
        }));
    };
    let (scope, region) = (instance.key.scope_key(), &instance.key.region);
    let name = instance.label();
    if let Some(gap) = context.why_unread_in(&scope, region, &[GROUP, TARGETS]) {
        let message = msg!("avl-02-alone-unknown", name = name, address = address, reason = gap);
        return Ok(Judged::Unknown(message.into()));
    }
    let message = msg!("avl-02-bad-alone", name = name, address = address, group = *group);
    Ok(Judged::Bad(message.into()))
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    let pools: HashSet<String> = context
        .of_type(CLUSTER)
        .par_iter()
        .flat_map_iter(|cluster| {
            let seen = Seen::new(cluster);
            let pools = seen.list("nodePools").unwrap_or_default().iter();
            let groups = pools.filter_map(|pool| pool.get("instanceGroupUrls")?.as_array());
            let groups: Vec<_> = groups.flatten().filter_map(Value::as_str).map(link).collect();
            // A node pool names the group by its manager or by itself.
            let managers = groups
                .into_iter()
                .map(|g| g.replace("/instanceGroups/", "/instanceGroupManagers/"));
            managers.collect::<Vec<_>>()
        })
        .collect();
    // Zonal groups from one template, by project.
    let mut templates: HashMap<(ScopeKey, String), BTreeSet<String>> = HashMap::new();
    for group in context.of_type(MANAGED) {
        let seen = Seen::new(group);
        if let (Ok(Some(template)), Ok(Some(zone))) =
            (seen.text("instanceTemplate"), seen.text("zone"))
        {
            let key = (group.key.scope_key(), link(template).to_owned());
            templates.entry(key).or_default().insert(zone.to_owned());
        }
    }
    sink.each(context, MANAGED, |group| {
        let seen = Seen::new(group);
        let is_empty = seen.number("targetSize")? == Some(0.0);
        if by_provider(group) || is_empty || pools.contains(&group.key.id) {
            return Ok(Judged::Apart);
        }
        let name = group.label().rsplit('/').next().unwrap_or_default();
        let Some(zone) = seen.text("zone")? else {
            let policy = seen.list("distributionPolicy.zones")?;
            let shape = seen.text("distributionPolicy.targetShape")?;
            let zone = |zone: &Value| -> Option<String> {
                Some(zone.get("zone")?.as_str()?.rsplit('/').next()?.to_owned())
            };
            return Ok(match policy {
                _ if shape == Some("ANY_SINGLE_ZONE") => {
                    Judged::Bad(msg!("avl-02-bad-any-zone", name = name).into())
                }
                [only] => match zone(only) {
                    Some(zone) => one_zone(name, &zone),
                    None => Judged::Bad(msg!("avl-02-bad-zone-untold", name = name).into()),
                },
                _ => Judged::Pass,
            });
        };
        if let Some(template) = seen.text("instanceTemplate")? {
            let key = (group.key.scope_key(), link(template).to_owned());
            if templates.get(&key).is_some_and(|zones| zones.len() > 1) {
                return Ok(Judged::Pass);
            }
        }
        // Nodes of Autopilot begin with `gk3-`.
        if ["gke-", "gk3-"].iter().any(|prefix| name.starts_with(prefix))
            && let Some(gap) = context.why_unread(&group.key.scope_key(), &[CLUSTER])
        {
            let message = msg!("avl-02-pool-unknown", name = name, reason = gap);
            return Ok(Judged::Unknown(message.into()));
        }
        Ok(one_zone(name, zone.rsplit('/').next().unwrap_or_default()))
    });
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    let aws = || world().account("1").regions(&["r"]);
    let one = |name: &str, of: Value| aws().within("1", "r", name, "x", of);
    let zones = |zones: &[&str]| json!({"AvailabilityZones": zones, "MaxSize": 3});
    let group = |world: World, id: &str, zone: &str| {
        world
            .within("1", "r", GROUP, id, zones(&[zone]))
            .tags(&[("kubernetes.io/cluster/k", "owned")])
    };
    let open = |port: i64, from: &str| {
        let rule = json!([{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": from}]);
        json!({"SecurityGroupIngress": rule})
    };
    let web = || {
        let of = json!({"State": {"Name": "running"}, "PublicIp": "203.0.113.9", "VpcId": "v",
            "PrivateIpAddress": "10.0.0.9", "SecurityGroupIds": ["sg-1"]});
        aws().within("1", "r", INSTANCE, "i-1", of)
    };
    let server = || web().within("1", "r", SECURITY_GROUP, "sg-1", open(443, "0.0.0.0/0"));
    let targets = |ids: &[&str]| {
        let targets: Vec<_> = ids.iter().map(|id| json!({"Id": id})).collect();
        server().within("1", "r", TARGETS, "t", json!({"VpcId": "v", "Targets": targets}))
    };
    let google = || world().project("p");
    let managed = |world: World, zone: &str, name: &str, size: i64| {
        let of = json!({"zone": format!("https://c/v1/projects/p/zones/{zone}"), "targetSize": size,
            "instanceTemplate": format!("https://c/v1/projects/p/global/instanceTemplates/{name}")});
        let id = format!("projects/p/zones/{zone}/instanceGroupManagers/{name}");
        world.with("gcp:p", MANAGED, &id, of)
    };
    let regional = |of: Value| google().with("gcp:p", MANAGED, "m", of);
    vec![
        fires("a load balancer", &["1/x"], one(BALANCER, zones(&["ra"]))).saying("only, ra."),
        quiet("a load balancer in two zones", one(BALANCER, zones(&["ra", "rb"]))),
        unknown("a load balancer without zones", &["1/x"], one(BALANCER, json!({}))),
        fires("a group", &["1/x"], one(GROUP, zones(&["ra", "ra"]))),
        quiet("a group in two zones", one(GROUP, zones(&["ra", "rb"]))),
        apart(
            "a group that can hold nothing",
            one(GROUP, json!({"AvailabilityZones": ["ra"], "MaxSize": 0})),
        ),
        quiet("node groups by zone", group(group(aws(), "a", "ra"), "b", "rb")),
        fires(
            "node groups in one zone",
            &["1/a", "1/b"],
            group(group(aws(), "a", "ra"), "b", "ra"),
        ),
        unknown("groups denied", &["1"], one(GROUP, zones(&["ra", "rb"])).denied("1", GROUP)),
        fires("a web server", &["1/i-1"], server())
            .saying("i-1 serves 203.0.113.9 to everyone through sg-1"),
        fires("the only target", &["1/i-1"], targets(&["i-1"])),
        quiet("one of two targets", targets(&["i-1", "i-2"])),
        quiet("one of two addresses", targets(&["10.0.0.9", "10.0.0.8"])),
        quiet("not the web", web().within("1", "r", SECURITY_GROUP, "sg-1", open(22, "0.0.0.0/0"))),
        quiet(
            "not for all",
            web().within("1", "r", SECURITY_GROUP, "sg-1", open(80, "10.0.0.0/8")),
        ),
        quiet("of a fleet", web().tags(&[("aws:ec2:fleet-id", "f")])),
        quiet(
            "in a group",
            server().within(
                "1",
                "r",
                GROUP,
                "g",
                json!({"AvailabilityZones": ["ra", "rb"], "Instances": [{"InstanceId": "i-1"}]}),
            ),
        ),
        apart(
            "stopped",
            one(INSTANCE, json!({"State": {"Name": "stopped"}, "PublicIp": "1.2.3.4"})),
        ),
        unknown("its security group is not there", &["1/i-1"], web()).saying("sg-1"),
        unknown("target groups denied", &["1/i-1"], server().denied("1", TARGETS)),
        fires(
            "a zonal group",
            &["gcp:p/projects/p/zones/z-a/instanceGroupManagers/m"],
            managed(google(), "z-a", "m", 2),
        )
        .saying("m has one zone only, z-a."),
        quiet("two zonal groups", managed(managed(google(), "z-a", "m", 2), "z-b", "m", 2)),
        apart("an empty one", managed(google(), "z-a", "m", 0)),
        apart(
            "a node pool",
            managed(google(), "z-a", "gke-c", 2).with(
                "gcp:p",
                CLUSTER,
                "c",
                json!({"nodePools": [{"instanceGroupUrls":
                    ["https://c/v1/projects/p/zones/z-a/instanceGroupManagers/gke-c"]}]}),
            ),
        ),
        unknown(
            "clusters denied",
            &["gcp:p/projects/p/zones/z-a/instanceGroupManagers/gke-c"],
            managed(google(), "z-a", "gke-c", 2).denied("gcp:p", CLUSTER),
        ),
        quiet("regional", regional(json!({"region": "r", "targetSize": 1}))),
        fires(
            "regional with one zone",
            &["gcp:p/m"],
            regional(json!({"distributionPolicy": {"zones": [{"zone": "projects/p/zones/z-a"}]}})),
        )
        .saying("z-a"),
        fires(
            "regional with one zone that it does not tell",
            &["gcp:p/m"],
            regional(json!({"distributionPolicy": {"zones": [{}]}})),
        )
        .saying("one zone only, which it does not tell."),
        fires(
            "regional and in any one zone",
            &["gcp:p/m"],
            regional(json!({"distributionPolicy": {"targetShape": "ANY_SINGLE_ZONE"}})),
        ),
        unknown("managers denied", &["gcp:p"], google().denied("gcp:p", MANAGED)),
    ]
}
