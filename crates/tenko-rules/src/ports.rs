//! What a security group or a firewall rule lets in, and which ports nobody should offer to all.

use ipnet::IpNet;
use serde_json::Value;

use crate::sink::{Seen, Unread};

/// Ports that a rule opens: of TCP, of UDP, or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    tcp: bool,
    udp: bool,
    from: u16,
    to: u16,
}

impl Span {
    /// What is named by a protocol and a range of ports; `None` where neither TCP nor UDP is meant,
    /// or the range is none. Without a range, or with -1 in it, all ports are.
    fn new(protocol: &str, from: Option<i64>, to: Option<i64>) -> Option<Self> {
        let (tcp, udp) = match protocol.to_ascii_lowercase().as_str() {
            "tcp" | "6" => (true, false),
            "udp" | "17" => (false, true),
            "-1" | "all" => (true, true),
            _ => return None,
        };
        let every = Self { tcp, udp, from: 0, to: u16::MAX };
        let (Some(from), Some(to)) = (from, to) else { return Some(every) };
        if from < 0 || to < 0 || (tcp && udp) {
            return Some(every);
        }
        let to = u16::try_from(to).unwrap_or(u16::MAX);
        Some(Self { from: u16::try_from(from).ok()?, to, ..every })
    }

    /// Whether a TCP port is among them.
    pub(crate) fn has_tcp(self, port: u16) -> bool {
        self.tcp && self.from <= port && port <= self.to
    }

    /// Whether the service can be reached through them.
    pub(crate) fn reaches(self, service: &Service) -> bool {
        self.opens(service) != (false, false)
    }

    /// Whether the service can be reached through them by TCP, and by UDP.
    pub(crate) fn opens(self, service: &Service) -> (bool, bool) {
        let in_range = self.from <= service.port && service.port <= self.to;
        (in_range && self.tcp && service.tcp, in_range && self.udp && service.udp)
    }
}

/// Whether the text is the range of all addresses of IPv4 or of IPv6.
pub(crate) fn is_everyone(range: &str) -> bool {
    range.parse::<IpNet>().is_ok_and(|range| range.prefix_len() == 0)
}

/// Who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source<'s> {
    /// Addresses.
    Range(&'s str),
    /// What a prefix list holds, which is not read.
    PrefixList(&'s str),
    /// What is in another security group.
    Group,
}

/// What an AWS security group lets in by TCP and UDP.
pub(crate) fn ingress<'s>(group: &'s Seen<'_>) -> Result<Vec<(Span, Source<'s>)>, Unread> {
    let rules = group.list("SecurityGroupIngress")?.iter();
    Ok(rules
        .filter_map(|rule| {
            let text = |key: &str| rule.get(key).and_then(Value::as_str);
            let number = |key: &str| rule.get(key).and_then(integer);
            let span = Span::new(text("IpProtocol")?, number("FromPort"), number("ToPort"))?;
            let range = text("CidrIp").or_else(|| text("CidrIpv6")).map(Source::Range);
            let list = || text("SourcePrefixListId").map(Source::PrefixList);
            Some((span, range.or_else(list).unwrap_or(Source::Group)))
        })
        .collect())
}

/// What the entries of a Google firewall rule (`allowed`, `denied`) name by TCP and UDP.
pub(crate) fn entries(entries: &[Value]) -> Vec<Span> {
    let mut spans = Vec::new();
    for entry in entries {
        let Some(protocol) = entry.get("IPProtocol").and_then(Value::as_str) else { continue };
        match entry.get("ports").and_then(Value::as_array) {
            Some(ports) if !ports.is_empty() => {
                spans.extend(ports.iter().filter_map(|range| {
                    let range = range.as_str()?;
                    let (from, to) = range.split_once('-').unwrap_or((range, range));
                    Span::new(protocol, Some(from.parse().ok()?), Some(to.parse().ok()?))
                }));
            }
            _ => spans.extend(Span::new(protocol, None, None)),
        }
    }
    spans
}

/// A number, whether it is written as one or as text.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A service that is for few, and the port where it listens unless someone changed that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    tcp: bool,
    udp: bool,
}

const fn tcp(port: u16, name: &'static str) -> Service {
    Service { name, port, tcp: true, udp: false }
}

const fn both(port: u16, name: &'static str) -> Service {
    Service { name, port, tcp: true, udp: true }
}

/// Ways to administer a machine, and databases. Sources: "remote server administration ports" of the
/// CIS benchmarks (22, 3389); AWS Security Hub EC2.19 (23, 135, 445, 1433, 1434, 3306, 5432, 5601,
/// 9200, 9300); the vendors' own default ports for the others.
pub(crate) const FOR_FEW: [Service; 27] = [
    tcp(22, "SSH"),
    tcp(23, "Telnet"),
    tcp(135, "Windows RPC"),
    tcp(445, "SMB"),
    tcp(1433, "SQL Server"),
    both(1434, "SQL Server Browser"),
    tcp(1521, "Oracle"),
    tcp(2375, "Docker"),
    tcp(2376, "Docker with TLS"),
    tcp(2379, "etcd"),
    tcp(3306, "MySQL"),
    both(3389, "RDP"),
    tcp(5432, "PostgreSQL"),
    tcp(5601, "Kibana"),
    tcp(5900, "VNC"),
    tcp(5984, "CouchDB"),
    tcp(5985, "WinRM"),
    tcp(5986, "WinRM with TLS"),
    tcp(6379, "Redis"),
    tcp(9042, "Cassandra"),
    tcp(9200, "Elasticsearch"),
    tcp(9300, "Elasticsearch nodes"),
    tcp(10250, "kubelet"),
    both(11211, "Memcached"),
    tcp(27017, "MongoDB"),
    tcp(27018, "MongoDB shards"),
    tcp(50000, "Db2"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_span_is_what_protocol_and_range_say() {
        let ssh = &FOR_FEW[0];
        let reaches = |protocol, from, to| {
            Span::new(protocol, from, to).is_some_and(|span| span.reaches(ssh))
        };
        assert!(reaches("tcp", Some(22), Some(22)) && reaches("6", Some(0), Some(65535)));
        assert!(reaches("-1", None, None) && reaches("all", None, None));
        assert!(reaches("TCP", Some(-1), Some(-1)) && reaches("tcp", Some(1), Some(99999)));
        assert!(reaches("-1", Some(443), Some(443)), "without a protocol a range has no meaning");
        assert!(!reaches("tcp", Some(23), Some(30)) && !reaches("tcp", Some(10), Some(21)));
        assert!(!reaches("udp", None, None) && !reaches("icmp", Some(-1), Some(-1)));
        assert!(!reaches("tcp", Some(70000), Some(80000)) && !reaches("", None, None));
    }

    #[test]
    fn entries_of_a_firewall_rule() {
        let of = |value: Value| entries(value.as_array().unwrap());
        let web = of(json!([{"IPProtocol": "tcp", "ports": ["80", "443-444"]}]));
        assert!(web.iter().any(|s| s.has_tcp(444)) && !web.iter().any(|s| s.has_tcp(445)));
        assert!(of(json!([{"IPProtocol": "all"}]))[0].has_tcp(1));
        assert!(of(json!([{"IPProtocol": "tcp", "ports": []}]))[0].has_tcp(1));
        assert_eq!(of(json!([{"IPProtocol": "tcp", "ports": ["x", "-", "9-", 7]}, {}, 1])), []);
    }

    #[test]
    fn everyone_is_the_whole_of_a_family() {
        assert!(is_everyone("0.0.0.0/0") && is_everyone("::/0") && is_everyone("0::0/0"));
        assert!(!is_everyone("0.0.0.0/1") && !is_everyone("10.0.0.0/8") && !is_everyone("x"));
    }
}
