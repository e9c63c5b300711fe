use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{Arg, Message, Resource, msg};

use crate::context::Context;
use crate::ports::{FOR_FEW, Service, Source, Span, entries, ingress, is_everyone};
use crate::rule::{Part, rule};
use crate::sink::{Judged, Seen, Sink, Unread, few, name_of};
use crate::uses::{Named, link, uses};

const GROUP: &str = "AWS::EC2::SecurityGroup";
const FIREWALL: &str = "compute.googleapis.com/Firewall";
const MACHINE: &str = "compute.googleapis.com/Instance";

rule! {
    /// A security group or a firewall rule lets all addresses (`0.0.0.0/0` or `::/0`) in to a port
    /// where machines are administered or databases listen.
    ///
    /// ## Why it is bad
    /// Whatever answers at such a port on the internet is found by those who search all addresses, and
    /// tried with stolen and guessed passwords from then on. One weak password, or one flaw in the service, is enough.
    ///
    /// ## Example
    /// ```json
    /// { "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "0.0.0.0/0" }
    /// ```
    ///
    /// ## What it reads
    /// `AWS::EC2::SecurityGroup`: `SecurityGroupIngress`, of TCP, UDP and all protocols, ranges of
    /// ports included. `compute.googleapis.com/Firewall`: rules of direction `INGRESS` that allow and
    /// are not disabled. A port that a rule with `denied` keeps shut does not count: one of the same
    /// network with the same or a lower number as priority, for all addresses and for at least the
    /// same targets.
    ///
    /// The ports: SSH 22, Telnet 23, Windows RPC 135, SMB 445, SQL Server 1433 and 1434, Oracle 1521,
    /// Docker 2375 and 2376, etcd 2379, MySQL 3306, RDP 3389, PostgreSQL 5432, Kibana 5601, VNC 5900,
    /// CouchDB 5984, WinRM 5985 and 5986, Redis 6379, Cassandra 9042, Elasticsearch 9200 and 9300,
    /// kubelet 10250, Memcached 11211, MongoDB 27017 and 27018, Db2 50000.
    ///
    /// A group or rule that nothing uses counts too: the next machine that gets it is open. The
    /// message names what uses it, as far as that was read. Those that the provider made count as
    /// well, as the rules of Google's default network are open to all.
    ///
    /// Not read: firewall policies of a Google network, folder or organization, and network ACLs, which
    /// may shut more; whether a machine has a public address; ranges that are large but not all
    /// addresses.
    ///
    /// ## Unknown
    /// Where a security group lets a prefix list in to such a port: what the list holds is not read.
    /// Where groups or rules of an account or project could not all be read.
    ///
    /// ## Compared with Prowler
    /// Prowler has a check for each port or database
    /// (`ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22` and others), which take a prefix
    /// list for closed, and leave out groups that nothing uses unless told otherwise.
    id: "NET-03",
    name: "Admin or database port open to the world",
    severity: High,
    needs_tenants: false,
    references: [
        "CIS AWS v7.0" => "6.3",
        "CIS AWS v7.0" => "6.4",
        "CIS AWS v5.0" => "5.3",
        "CIS AWS v5.0" => "5.4",
        "CIS Google Cloud v5.0" => "3.6",
        "CIS Google Cloud v5.0" => "3.7",
        "AWS Security Hub" => "EC2.13",
        "AWS Security Hub" => "EC2.14",
        "AWS Security Hub" => "EC2.19",
        "AWS Config" => "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
    ],
    remediation: "Let in only the addresses or groups that need it; reach machines through Session Manager, Identity-Aware Proxy or a VPN, and databases from inside the network only.",
    parts: [
        Part::aws(&[GROUP], check_aws).also(&[
            "AWS::EC2::Instance",
            "AWS::EC2::VPCEndpoint",
            "AWS::ECS::Service",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::Lambda::Function",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance",
        ]),
        Part::gcp(&[FIREWALL], check_gcp).also(&[MACHINE]),
    ],
}

/// What is open to all, and to whom one cannot tell.
#[derive(Default)]
struct Open {
    everyone: BTreeSet<String>,
    services: Vec<&'static Service>,
    /// Prefix lists that are let in, with one service each.
    lists: Vec<(String, &'static Service)>,
}

fn open(group: &Resource) -> Result<Open, Unread> {
    let seen = Seen::new(group);
    let mut open = Open::default();
    let mut reached = [false; FOR_FEW.len()];
    for (span, source) in ingress(&seen)? {
        match source {
            Source::Range(range) if is_everyone(range) => {
                let mut any = false;
                for (reached, service) in reached.iter_mut().zip(&FOR_FEW) {
                    let now = span.reaches(service);
                    *reached |= now;
                    any |= now;
                }
                if any {
                    open.everyone.insert(range.to_owned());
                }
            }
            Source::PrefixList(list) => {
                let first = FOR_FEW.iter().find(|service| span.reaches(service));
                open.lists.extend(first.map(|service| (list.to_owned(), service)));
            }
            Source::Range(_) | Source::Group => {}
        }
    }
    let services = FOR_FEW.iter().zip(reached);
    open.services = services.filter_map(|(service, is)| is.then_some(service)).collect();
    Ok(open)
}

fn check_aws(context: &Context<'_>, sink: &mut Sink<'_>) {
    let is_open = |group: &Resource| open(group).is_ok_and(|open| !open.services.is_empty());
    let groups = context.of_type(GROUP).par_iter().filter(|group| is_open(group));
    let groups: Vec<&Resource> = groups.copied().collect();
    let index = groups.iter().enumerate().map(|(at, group)| (group.key.id.as_str(), at));
    let index: HashMap<&str, usize> = index.collect();
    let uses = uses(context, groups.len(), |named, id| {
        (named == Named::Group).then(|| index.get(id).copied()).flatten()
    });
    sink.each(context, GROUP, |group| {
        let open = open(group)?;
        let name = match &group.name {
            Some(name) => format!("{name} ({})", group.key.id),
            None => group.key.id.clone(),
        };
        if !open.services.is_empty() {
            let users = index.get(group.key.id.as_str()).and_then(|at| uses.by.get(*at));
            let users = users.map(Vec::as_slice).unwrap_or_default();
            let message = msg!(
                "net-03-bad",
                group = name,
                ranges = few(&open.everyone),
                services = named(&open.services),
                used = used_by(users),
            );
            return Ok(Judged::Bad(message.into()));
        }
        Ok(match open.lists.first() {
            None => Judged::Pass,
            Some((list, service)) => {
                let service = named(&[*service]);
                let message =
                    msg!("net-03-prefix-list", group = name, list = list, service = service);
                Judged::Unknown(message.into())
            }
        })
    });
}

/// The first few services with their ports: `SSH (22), RDP (3389)`.
fn named(services: &[&Service]) -> Arg {
    few(services.iter().map(|s| format!("{} ({})", s.name, s.port)))
}

fn used_by(users: &[&Resource]) -> Message {
    if users.is_empty() {
        return msg!("net-03-unused");
    }
    let names = few(users.iter().map(|user| name_of(user)));
    msg!("net-03-used", count = users.len(), users = names)
}

/// A firewall rule of a Google network.
struct FirewallRule {
    network: String,
    priority: i64,
    spans: Vec<Span>,
    /// The ranges of all addresses that it speaks of.
    everyone: BTreeSet<String>,
    /// Whom it holds for; all of the network where both are empty.
    tags: BTreeSet<String>,
    accounts: BTreeSet<String>,
}

impl FirewallRule {
    /// A rule that is in force and whose `what` (`allowed` or `denied`) is not empty.
    fn new(resource: &Resource, what: &str) -> Result<Option<Self>, Unread> {
        /// What a rule without a priority has.
        const DEFAULT_PRIORITY: i64 = 1000;
        let seen = Seen::new(resource);
        let entries = entries(seen.list(what)?);
        let is_ingress = seen.text("direction")?.is_none_or(|direction| direction == "INGRESS");
        if entries.is_empty() || !is_ingress || seen.bool("disabled")? == Some(true) {
            return Ok(None);
        }
        let set = |path: &str| -> Result<BTreeSet<String>, Unread> {
            Ok(seen.texts(path)?.into_iter().map(ToOwned::to_owned).collect())
        };
        let mut everyone = set("sourceRanges")?;
        let named = seen.texts("sourceTags")?.len() + seen.texts("sourceServiceAccounts")?.len();
        if everyone.is_empty() && named == 0 {
            everyone.insert("0.0.0.0/0".to_owned());
        }
        everyone.retain(|range| is_everyone(range));
        Ok(Some(Self {
            network: link(seen.text("network")?.unwrap_or_default()).to_owned(),
            priority: seen.at("priority")?.and_then(Value::as_i64).unwrap_or(DEFAULT_PRIORITY),
            spans: entries,
            everyone,
            tags: set("targetTags")?,
            accounts: set("targetServiceAccounts")?,
        }))
    }

    fn opens(&self, service: &Service) -> (bool, bool) {
        self.spans.iter().fold((false, false), |(tcp, udp), span| {
            let (more_tcp, more_udp) = span.opens(service);
            (tcp || more_tcp, udp || more_udp)
        })
    }

    fn is_for_all(&self) -> bool {
        self.tags.is_empty() && self.accounts.is_empty()
    }

    /// Whether this denial holds wherever that permission does, and first.
    fn comes_before(&self, allow: &Self) -> bool {
        let targets = self.is_for_all()
            || (!allow.is_for_all()
                && allow.tags.is_subset(&self.tags)
                && allow.accounts.is_subset(&self.accounts));
        self.network == allow.network
            && self.priority <= allow.priority
            && targets
            && allow.everyone.is_subset(&self.everyone)
    }
}

fn check_gcp(context: &Context<'_>, sink: &mut Sink<'_>) {
    let rules = context.of_type(FIREWALL);
    let mut denials: HashMap<String, Vec<FirewallRule>> = HashMap::new();
    for rule in rules.iter().filter_map(|rule| FirewallRule::new(rule, "denied").ok()?) {
        denials.entry(rule.network.clone()).or_default().push(rule);
    }
    let open = |resource: &Resource| -> Result<Option<(FirewallRule, Vec<&Service>)>, Unread> {
        let Some(rule) = FirewallRule::new(resource, "allowed")? else { return Ok(None) };
        if rule.everyone.is_empty() {
            return Ok(None);
        }
        let denials = denials.get(&rule.network).map(Vec::as_slice).unwrap_or_default();
        let denials: Vec<_> = denials.iter().filter(|denial| denial.comes_before(&rule)).collect();
        let is_open = |service: &&Service| {
            let (tcp, udp) = rule.opens(service);
            let shut = |by: fn((bool, bool)) -> bool| denials.iter().any(|d| by(d.opens(service)));
            (tcp && !shut(|(tcp, _)| tcp)) || (udp && !shut(|(_, udp)| udp))
        };
        let services: Vec<_> = FOR_FEW.iter().filter(is_open).collect();
        Ok((!services.is_empty()).then_some((rule, services)))
    };
    let any = rules.par_iter().any(|rule| open(rule).is_ok_and(|open| open.is_some()));
    let machines = if any { machines(context) } else { HashMap::new() };
    sink.each(context, FIREWALL, |resource| {
        let Some((rule, services)) = open(resource)? else { return Ok(Judged::Pass) };
        let behind: Vec<_> = machines
            .get(&rule.network)
            .into_iter()
            .flatten()
            .filter(|machine| {
                rule.is_for_all()
                    || machine.tags.iter().any(|tag| rule.tags.contains(tag))
                    || machine.accounts.iter().any(|account| rule.accounts.contains(account))
            })
            .map(|machine| machine.resource)
            .collect();
        let message = msg!(
            "net-03-google-bad",
            rule = resource.label(),
            ranges = few(&rule.everyone),
            services = named(&services),
            network = rule.network.rsplit('/').next().unwrap_or_default(),
            used = used_by(&behind),
        );
        Ok(Judged::Bad(message.into()))
    });
}

/// An instance, and by what a firewall rule can mean it.
struct Machine<'a> {
    resource: &'a Resource,
    tags: Vec<String>,
    accounts: Vec<String>,
}

/// The instances by network.
fn machines<'a>(context: &Context<'a>) -> HashMap<String, Vec<Machine<'a>>> {
    let texts = |values: Option<&Value>, key: Option<&str>| -> Vec<String> {
        let values = values.and_then(Value::as_array).into_iter().flatten();
        let text = |value: &Value| {
            let value = key.map_or(Some(value), |key| value.get(key))?;
            Some(value.as_str()?.to_owned())
        };
        values.filter_map(text).collect()
    };
    let found: Vec<_> = context
        .of_type(MACHINE)
        .par_iter()
        .flat_map_iter(|resource| {
            let value = resource.attributes.to_value();
            let networks: BTreeSet<_> = texts(value.get("networkInterfaces"), Some("network"))
                .iter()
                .map(|network| link(network).to_owned())
                .collect();
            let tags = texts(value.pointer("/tags/items"), None);
            let accounts = texts(value.get("serviceAccounts"), Some("email"));
            networks.into_iter().map(move |network| {
                (network, Machine { resource, tags: tags.clone(), accounts: accounts.clone() })
            })
        })
        .collect();
    let mut machines: HashMap<_, Vec<_>> = HashMap::new();
    for (network, machine) in found {
        machines.entry(network).or_default().push(machine);
    }
    machines
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::testing::Case> {
    use serde_json::json;

    use crate::testing::*;

    let group = |rules: Value| {
        let of = json!({"SecurityGroupIngress": rules});
        world().account("1").regions(&["r"]).within("1", "r", GROUP, "sg-1", of)
    };
    let rule = |protocol: &str, from: i64, to: i64, range: &str| {
        let key = if range.contains(':') { "CidrIpv6" } else { "CidrIp" };
        json!({"IpProtocol": protocol, "FromPort": from, "ToPort": to, key: range})
    };
    let fw = |world: World, id: &str, more: Value| {
        let mut of = json!({"direction": "INGRESS", "disabled": false, "priority": 1000,
            "network": "https://x/compute/v1/projects/p/global/networks/n",
            "sourceRanges": ["0.0.0.0/0"]});
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.with("gcp:p", FIREWALL, id, of)
    };
    let google = || world().project("p");
    let ssh = json!([{"IPProtocol": "tcp", "ports": ["20-25"]}]);
    let all = json!([{"IPProtocol": "all"}]);
    let prefix = json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "SourcePrefixListId": "pl-1"}]);
    vec![
        fires("SSH", &["1/sg-1"], group(json!([rule("tcp", 22, 22, "0.0.0.0/0")])))
            .saying("sg-1 lets 0.0.0.0/0 in to SSH (22); nothing that was read uses it."),
        fires("by IPv6", &["1/sg-1"], group(json!([rule("tcp", 22, 22, "::/0")]))).saying("::/0"),
        fires("a range", &["1/sg-1"], group(json!([rule("6", 3000, 4000, "0.0.0.0/0")])))
            .saying("MySQL (3306), RDP (3389);"),
        fires(
            "everything",
            &["1/sg-1"],
            group(json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}])),
        )
        .saying("and 24 more"),
        fires("Memcached by UDP", &["1/sg-1"], group(json!([rule("udp", 1, 65535, "0.0.0.0/0")])))
            .saying("Memcached (11211)"),
        fires(
            "what uses it",
            &["1/sg-1"],
            group(json!([rule("tcp", 22, 22, "0.0.0.0/0")])).within(
                "1",
                "r",
                "AWS::EC2::Instance",
                "i-1",
                json!({"NetworkInterfaces": [{"GroupSet": ["sg-1"]}]}),
            ),
        )
        .saying("AWS::EC2::Instance i-1 uses it"),
        quiet("the web", group(json!([rule("tcp", 443, 443, "0.0.0.0/0")]))),
        quiet("some addresses", group(json!([rule("tcp", 22, 22, "203.0.113.0/24")]))),
        quiet("a group", group(json!([{"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1"}]))),
        quiet("ping", group(json!([rule("icmp", -1, -1, "0.0.0.0/0")]))),
        quiet("malformed", group(json!([1, {}, {"IpProtocol": 6}, rule("tcp", 22, 22, "0/0")]))),
        quiet("a prefix list for the web", {
            let mut list = prefix.clone();
            list[0]["FromPort"] = json!(443);
            list[0]["ToPort"] = json!(443);
            group(list)
        }),
        unknown("a prefix list", &["1/sg-1"], group(prefix)).saying("pl-1"),
        unknown("not read", &["1/sg-1"], group(json!([])).unread("SecurityGroupIngress")),
        unknown("denied", &["1"], group(json!([])).denied("1", GROUP)),
        fires("Google", &["gcp:p/f"], fw(google(), "f", json!({"allowed": ssh})))
            .saying("SSH (22), Telnet (23) in network n"),
        fires(
            "with an instance behind it",
            &["gcp:p/f"],
            fw(google(), "f", json!({"allowed": all, "targetTags": ["t"]})).with(
                "gcp:p",
                MACHINE,
                "m",
                json!({"tags": {"items": ["t"]},
                    "networkInterfaces": [{"network": "projects/p/global/networks/n"}]}),
            ),
        )
        .saying("compute.googleapis.com/Instance m uses it"),
        quiet("disabled", fw(google(), "f", json!({"allowed": all, "disabled": true}))),
        quiet("out", fw(google(), "f", json!({"allowed": all, "direction": "EGRESS"}))),
        quiet(
            "from some",
            fw(google(), "f", json!({"allowed": all, "sourceRanges": ["10.0.0.0/8"]})),
        ),
        quiet(
            "from tags",
            fw(google(), "f", json!({"allowed": all, "sourceRanges": [], "sourceTags": ["t"]})),
        ),
        quiet(
            "a denial comes first",
            fw(
                fw(google(), "f", json!({"allowed": ssh, "targetTags": ["t"]})),
                "d",
                json!({"denied": all, "priority": 1000}),
            ),
        ),
        fires(
            "a denial comes too late, elsewhere, or for less",
            &["gcp:p/f"],
            fw(
                fw(
                    fw(
                        fw(google(), "f", json!({"allowed": ssh})),
                        "late",
                        json!({"denied": all, "priority": 1001}),
                    ),
                    "elsewhere",
                    json!({"denied": all, "network": "projects/p/global/networks/o"}),
                ),
                "less",
                json!({"denied": all, "targetTags": ["t"]}),
            ),
        ),
        unknown("a project denied", &["gcp:p"], google().denied("gcp:p", FIREWALL)),
    ]
}
