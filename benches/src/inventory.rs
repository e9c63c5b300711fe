//! A seeded generator of two inventories: the same estate at two times.
//!
//! Every resource is a JSON line of 1,024 bytes. Of the resources 1 % changed in an attribute,
//! 0.5 % are new, 0.5 % are gone, and of 1 % the provider answered with its keys in another order,
//! which is no difference. Any line can be made without those before it, so that nothing of an
//! inventory needs to be kept in memory.

use std::fmt::Write;

/// How long a line is, without its line end.
pub const LINE: usize = 1024;

const REGIONS: [&str; 4] = ["ap-southeast-2", "eu-central-1", "eu-west-1", "us-east-1"];
/// Resources in one account, about.
const PER_SCOPE: u64 = 5_000;

/// Which of the two inventories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The earlier one.
    Old,
    /// The later one.
    New,
}

/// What happened to a resource between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing.
    Same,
    /// An attribute has another value.
    Changed,
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// The same attributes in another order.
    Reordered,
}

/// Where a field's value comes from.
enum Field {
    /// The same in every resource.
    Fixed(&'static str),
    /// One of these.
    Pick(&'static [&'static str]),
    /// The resource's own id.
    Id,
    /// Its ARN, of this service and kind.
    Arn(&'static str, &'static str),
    /// A number below this.
    Number(u64),
    /// One of so many ids of the account, with this prefix.
    Shared(&'static str, u64),
    /// An id of its own, with this prefix.
    Own(&'static str),
    /// A list of one or two shared ids.
    SharedList(&'static str, u64),
    /// A time within two years.
    Time,
    /// An address in the account's network.
    Address,
    /// Words that fill the line.
    Words,
}

struct Kind {
    name: &'static str,
    prefix: &'static str,
    /// Sorted by name, as in the canonical form.
    fields: &'static [(&'static str, Field)],
}

use Field::{Address, Arn, Fixed, Id, Number, Own, Pick, Shared, SharedList, Time, Words};

const SIZES: &[&str] =
    &["t3.micro", "t3.medium", "m6i.large", "m6i.2xlarge", "r6g.xlarge", "c7g.4xlarge"];
const YES_NO: &[&str] = &["enabled", "disabled"];

/// Sorted by name.
const KINDS: [Kind; 6] = [
    Kind {
        name: "AWS::EC2::Instance",
        prefix: "i-",
        fields: &[
            ("Architecture", Pick(&["x86_64", "arm64"])),
            ("BootVolumeId", Own("vol-")),
            ("ClientToken", Own("")),
            ("Description", Words),
            ("EbsOptimized", Fixed("true")),
            ("ElasticGpuId", Own("egp-")),
            ("Hypervisor", Fixed(r#""xen""#)),
            ("IamProfile", Shared("AIPA", 40)),
            ("ImageId", Shared("ami-", 12)),
            ("InstanceId", Id),
            ("InstanceType", Pick(SIZES)),
            ("MetadataOptions", Fixed(r#"{"HttpTokens":"required"}"#)),
            ("Monitoring", Pick(YES_NO)),
            ("NetworkInterfaceId", Own("eni-")),
            ("PrivateIpAddress", Address),
            ("SecurityGroupIds", SharedList("sg-", 60)),
            ("SubnetId", Shared("subnet-", 12)),
            ("VpcId", Shared("vpc-", 4)),
        ],
    },
    Kind {
        name: "AWS::EC2::NetworkInterface",
        prefix: "eni-",
        fields: &[
            ("AttachmentId", Own("eni-attach-")),
            ("AssociationId", Own("eipassoc-")),
            ("AvailabilityZoneOrdinal", Number(3)),
            ("Description", Words),
            ("Groups", SharedList("sg-", 60)),
            ("InstanceOwnerId", Fixed(r#""amazon-elb""#)),
            ("InterfaceType", Pick(&["interface", "nat_gateway", "lambda"])),
            ("MacAddress", Own("02:")),
            ("NetworkInterfaceId", Id),
            ("PrivateIpAddress", Address),
            ("RequesterId", Own("AIDA")),
            ("RequesterManaged", Fixed("true")),
            ("SourceDestCheck", Fixed("true")),
            ("Status", Fixed(r#""in-use""#)),
            ("SubnetId", Shared("subnet-", 12)),
            ("VpcId", Shared("vpc-", 4)),
        ],
    },
    Kind {
        name: "AWS::EC2::SecurityGroup",
        prefix: "sg-",
        fields: &[
            ("Description", Words),
            ("ExchangeId", Own("x-")),
            ("GroupId", Id),
            ("PeerGroupId", Own("sg-")),
            ("Port", Number(65_536)),
            ("PrefixListId", Own("pl-")),
            ("RuleId", Own("sgr-")),
            ("SecurityGroupArn", Arn("ec2", "security-group/")),
            ("SecurityGroupEgress", Fixed(r#"[{"CidrIp":"0.0.0.0/0","IpProtocol":"-1"}]"#)),
            (
                "SecurityGroupIngress",
                Fixed(
                    r#"[{"CidrIp":"10.0.0.0/8","FromPort":443,"IpProtocol":"tcp","ToPort":443},{"CidrIp":"10.0.0.0/8","FromPort":80,"IpProtocol":"tcp","ToPort":80}]"#,
                ),
            ),
            ("SourceSecurityGroupIds", SharedList("sg-", 60)),
            ("VpcId", Shared("vpc-", 4)),
        ],
    },
    Kind {
        name: "AWS::EC2::Volume",
        prefix: "vol-",
        fields: &[
            ("Attachments", SharedList("i-", 900)),
            ("AvailabilityZoneOrdinal", Number(3)),
            ("CreateTime", Time),
            ("Description", Words),
            ("Encrypted", Fixed("true")),
            ("FastRestoreId", Own("fsr-")),
            ("Iops", Number(16_000)),
            ("KmsKeyId", Shared("alias/key-", 8)),
            ("MultiAttachEnabled", Fixed("false")),
            ("OutpostArn", Own("op-")),
            ("Size", Number(2_000)),
            ("SnapshotId", Own("snap-")),
            ("Throughput", Pick(&["125", "250", "500", "1000"])),
            ("VolumeId", Id),
            ("VolumeType", Pick(&["gp3", "gp2", "io2", "st1"])),
        ],
    },
    Kind {
        name: "AWS::Lambda::Function",
        prefix: "fn-",
        fields: &[
            ("Architectures", Fixed(r#"["arm64"]"#)),
            ("Arn", Arn("lambda", "function:")),
            ("CodeSha256", Own("sha-")),
            ("Description", Words),
            ("EphemeralStorage", Fixed(r#"{"Size":512}"#)),
            ("EventSourceId", Own("esm-")),
            ("FunctionName", Id),
            ("Handler", Pick(&["index.handler", "main.run", "app.lambda_handler"])),
            ("LastModified", Time),
            ("MemorySize", Pick(&["128", "256", "512", "1024", "2048"])),
            ("RevisionId", Own("")),
            ("Role", Shared("arn:aws:iam::aws:role/service-role/", 40)),
            ("Runtime", Pick(&["nodejs22.x", "python3.13", "java21", "provided.al2023"])),
            ("SecurityGroupIds", SharedList("sg-", 60)),
            ("SubnetIds", SharedList("subnet-", 12)),
            ("Timeout", Number(900)),
            ("TracingConfig", Fixed(r#"{"Mode":"Active"}"#)),
        ],
    },
    Kind {
        name: "AWS::Logs::LogGroup",
        prefix: "lg-",
        fields: &[
            ("Arn", Arn("logs", "log-group:")),
            ("CreationTime", Time),
            ("DataProtectionId", Own("dp-")),
            ("DeletionProtection", Fixed("false")),
            ("Description", Words),
            ("KmsKeyId", Shared("alias/key-", 8)),
            ("LogGroupClass", Fixed(r#""STANDARD""#)),
            ("LogGroupName", Id),
            ("MetricFilterCount", Number(4)),
            ("RetentionInDays", Pick(&["7", "14", "30", "90", "365"])),
            ("StoredBytes", Number(50_000_000_000)),
            ("SubscriptionId", Own("sub-")),
            ("TransformerId", Own("tr-")),
        ],
    },
];

const WORDS: [&str; 24] = [
    "billing",
    "checkout",
    "worker",
    "managed by the platform team",
    "blue",
    "green",
    "batch",
    "internal",
    "public",
    "replica",
    "primary",
    "cache",
    "do not delete",
    "see the runbook",
    "nightly",
    "canary",
    "ingest",
    "search",
    "reporting",
    "gateway",
    "session",
    "audit",
    "migration of the order service",
    "shared",
];
const TENANTS: [&str; 12] = [
    "acme", "beta", "cosmos", "delta", "ember", "fjord", "gamma", "harbor", "indigo", "juniper",
    "kestrel", "lumen",
];
const ENVIRONMENTS: [&str; 4] = ["production", "staging", "test", "development"];

/// Two inventories of about this many resources each.
#[derive(Clone, Copy, Debug)]
pub struct Inventory {
    universe: u64,
    scopes: u64,
    seed: u64,
}

/// One resource as text.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The account.
    pub scope: String,
    /// The region.
    pub region: &'static str,
    /// The type.
    pub resource_type: &'static str,
    /// The native id.
    pub id: String,
    /// The `Name` tag.
    pub name: String,
    /// Tags as a JSON object, sorted.
    pub tags: String,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// The attributes as a JSON object, as the provider gave them: not always sorted.
    pub attributes: String,
}

impl Inventory {
    /// Two inventories of `count` resources each, give or take a few.
    pub fn new(count: u64, seed: u64) -> Self {
        let universe = (count * 1000 / 995).max(1);
        Self { universe, scopes: (count / PER_SCOPE).max(3), seed }
    }

    /// How many numbers [`Self::row`] takes: resources that either inventory has.
    pub fn universe(&self) -> u64 {
        self.universe
    }

    /// The accounts.
    pub fn scopes(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.scopes).map(scope_id)
    }

    /// The regions.
    pub fn regions(&self) -> [&'static str; 4] {
        REGIONS
    }

    /// The types.
    pub fn types(&self) -> [&'static str; 6] {
        KINDS.map(|kind| kind.name)
    }

    /// What happens to a resource.
    pub fn fate(&self, at: u64) -> Fate {
        match mix(self.seed ^ 0xfa7e, at) % 1000 {
            0..10 => Fate::Changed,
            10..15 => Fate::Added,
            15..20 => Fate::Removed,
            20..30 => Fate::Reordered,
            _ => Fate::Same,
        }
    }

    /// Writes one resource of an inventory; `false` when that one does not have it. Rows are in
    /// the order of type, account, region and id.
    pub fn row(&self, at: u64, side: Side, row: &mut Row) -> bool {
        let fate = self.fate(at);
        if matches!((fate, side), (Fate::Added, Side::Old) | (Fate::Removed, Side::New)) {
            return false;
        }
        let groups = KINDS.len() as u64 * self.scopes * REGIONS.len() as u64;
        // The group that `at` is in, and its place in it.
        let group = (u128::from(at) * u128::from(groups) / u128::from(self.universe)) as u64;
        let first = (u128::from(group) * u128::from(self.universe)).div_ceil(u128::from(groups));
        let rank = at - first as u64;
        let members = self.universe / groups + 2;
        let region = (group % REGIONS.len() as u64) as usize;
        let scope = group / REGIONS.len() as u64 % self.scopes;
        let kind = &KINDS[(group / REGIONS.len() as u64 / self.scopes) as usize % KINDS.len()];
        let random = Random { seed: mix(self.seed, at), scope: mix(self.seed ^ 0x5c0e, scope) };
        let slot = u64::MAX / members;
        let id = rank * slot + random.get(0) % slot;
        row.region = REGIONS[region];
        row.resource_type = kind.name;
        row.scope = scope_id(scope);
        row.id.clear();
        let _ = write!(row.id, "{}0{id:016x}", kind.prefix);
        row.name.clear();
        let tenant = TENANTS[(random.scope % 12) as usize];
        let word = WORDS[(random.get(1) % 3) as usize];
        let _ = write!(row.name, "{tenant}-{word}-{}", random.get(2) % 400);
        row.tags.clear();
        let _ = write!(
            row.tags,
            r#"{{"Name":"{}","cost-center":"{}","environment":"{}","owner":"team-{}@{tenant}.example","run":"{:012x}","tenant":"{tenant}"}}"#,
            row.name,
            4_000 + random.scope % 50,
            ENVIRONMENTS[(random.scope / 12 % 4) as usize],
            random.get(3) % 9,
            random.get(8) >> 16,
        );
        row.created_at.clear();
        time(random.get(4), &mut row.created_at);
        self.attributes(kind, &random, fate, side, row);
        true
    }

    fn attributes(&self, kind: &Kind, random: &Random, fate: Fate, side: Side, row: &mut Row) {
        let changed = fate == Fate::Changed && side == Side::New;
        // One field that can have another value.
        let candidates: Vec<usize> = (0..kind.fields.len())
            .filter(|at| matches!(kind.fields[*at].1, Number(100..) | Own(_) | Address | Time))
            .collect();
        let other = candidates.get((random.get(5) % candidates.len().max(1) as u64) as usize);
        let mut order: Vec<usize> = (0..kind.fields.len()).collect();
        if fate == Fate::Reordered && side == Side::New {
            order.reverse();
        }
        let mut text = std::mem::take(&mut row.attributes);
        text.clear();
        text.push('{');
        let mut filler = None;
        for (n, at) in order.into_iter().enumerate() {
            let (name, field) = &kind.fields[at];
            if n > 0 {
                text.push(',');
            }
            let _ = write!(text, "\"{name}\":");
            let salt = 16 + 2 * at as u64 + u64::from(changed && other == Some(&at));
            if matches!(field, Words) {
                text.push('"');
                filler = Some(text.len());
                text.push('"');
            } else {
                value(field, random, salt, row, &mut text);
            }
        }
        text.push('}');
        if let Some(at) = filler {
            let length = row.line_length() + text.len();
            text.insert_str(at, &words(random.get(6), LINE.saturating_sub(length)));
        }
        row.attributes = text;
    }
}

impl Row {
    /// The whole resource as a line of JSON, without its line end.
    pub fn line(&self, out: &mut String) {
        let _ = write!(
            out,
            r#"{{"cloud":"aws","scope":"{}","region":"{}","type":"{}","id":"{}","name":"{}","tags":{},"created_at":"{}","attributes":{}}}"#,
            self.scope,
            self.region,
            self.resource_type,
            self.id,
            self.name,
            self.tags,
            self.created_at,
            self.attributes
        );
    }

    /// How long the line is without the attributes.
    fn line_length(&self) -> usize {
        const PLAIN: usize = r#"{"cloud":"aws","scope":"","region":"","type":"","id":"","name":"","tags":,"created_at":"","attributes":}"#.len();
        PLAIN
            + [&self.scope, &self.id, &self.name, &self.tags, &self.created_at]
                .map(|text| text.len())
                .iter()
                .sum::<usize>()
            + self.region.len()
            + self.resource_type.len()
    }
}

struct Random {
    seed: u64,
    scope: u64,
}

impl Random {
    fn get(&self, salt: u64) -> u64 {
        mix(self.seed, salt)
    }
}

fn value(field: &Field, random: &Random, salt: u64, row: &Row, out: &mut String) {
    let number = random.get(salt);
    let hex = |number: u64| mix(number, 7);
    let _ = match field {
        Fixed(text) => write!(out, "{text}"),
        Pick(of) => write!(out, "\"{}\"", of[(number % of.len() as u64) as usize]),
        Id => write!(out, "\"{}\"", row.id),
        Arn(service, kind) => {
            write!(out, "\"arn:aws:{service}:{}:{}:{kind}{}\"", row.region, row.scope, row.id)
        }
        Number(below) => write!(out, "{}", number % below),
        Shared(prefix, of) => {
            write!(out, "\"{prefix}0{:016x}\"", hex(random.scope ^ (number % of)))
        }
        Own(prefix) => write!(out, "\"{prefix}0{number:016x}\""),
        SharedList(prefix, of) => {
            let first = hex(random.scope ^ (number % of));
            let mut done = write!(out, "[\"{prefix}0{first:016x}\"");
            if number & 0x300 == 0 {
                let second = hex(random.scope ^ (number / 1024 % of));
                done = write!(out, ",\"{prefix}0{second:016x}\"");
            }
            done.and_then(|()| write!(out, "]"))
        }
        Time => {
            out.push('"');
            time(number, out);
            out.push('"');
            Ok(())
        }
        Address => {
            write!(out, "\"10.{}.{}.{}\"", random.scope % 256, number % 64, number / 64 % 256)
        }
        Words => Ok(()),
    };
}

/// A time between 2025 and 2026, to the second.
fn time(number: u64, out: &mut String) {
    let _ = write!(
        out,
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        2025 + number % 2,
        1 + number / 2 % 12,
        1 + number / 24 % 28,
        number / 672 % 24,
        number / 16_128 % 60,
        number / 967_680 % 60
    );
}

/// So many bytes of words.
fn words(seed: u64, length: usize) -> String {
    let mut text = String::with_capacity(length + 32);
    let mut n = seed % 16;
    while text.len() < length {
        text.push_str(WORDS[(n % 24) as usize]);
        text.push(' ');
        n += 1;
    }
    text.truncate(length);
    text
}

fn scope_id(at: u64) -> String {
    format!("{:012}", 100_000_000_000 + at * 7_919_191)
}

/// SplitMix64 over two numbers: the same everywhere and for ever.
fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
