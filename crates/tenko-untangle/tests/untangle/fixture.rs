//! Small snapshots.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenko_core::*;
use tenko_untangle::{Options, Owned, Owner, Untangle, untangle};

pub(crate) const LEGACY: &str = "111111111111";
pub(crate) const OTHER: &str = "222222222222";
pub(crate) const REGION: &str = "eu-central-1";

pub(crate) const TYPES: [&str; 9] = [
    "AWS::EC2::Instance",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
];

/// A snapshot that is built up step by step.
pub(crate) struct World {
    pub(crate) snapshot: Snapshot,
    pub(crate) declaration: Declaration,
    pub(crate) catalog: Catalog,
}

impl World {
    /// Two accounts that answered, with nothing in them.
    pub(crate) fn new() -> Self {
        let accounts = [(LEGACY, "legacy"), (OTHER, "other")];
        let units = accounts.iter().flat_map(|(id, _)| {
            TYPES.iter().map(|name| Coverage {
                unit: Unit {
                    cloud: Cloud::aws(),
                    scope: (*id).into(),
                    reach: Reach::region(REGION),
                    resource_type: (*name).into(),
                },
                outcome: Outcome::Complete,
                resources: 0,
                duration_ms: 1,
                read_from: None,
                problems: vec![],
            })
        });
        let snapshot = Snapshot {
            run: RunInfo {
                id: "20260301T090000Z-7f3a".to_owned(),
                tool_version: "0.1.0".to_owned(),
                started_at: "2026-03-01T09:00:00Z".parse().unwrap(),
                finished_at: "2026-03-01T09:01:12Z".parse().unwrap(),
                cancelled: false,
            },
            scopes: ScopeTree::new(accounts.map(|(id, name)| Scope {
                cloud: Cloud::aws(),
                id: id.into(),
                kind: ScopeKind::Account,
                parent: None,
                name: name.to_owned(),
                status: ScopeStatus::Active,
                management: false,
                tags: BTreeMap::new(),
            })),
            discovery_problems: vec![],
            answers: accounts
                .iter()
                .map(|(id, _)| {
                    serde_json::from_value(json!({
                        "scope": id, "cloud": "aws", "outcome": "complete",
                        "regions": [REGION], "disabled_regions": [], "problems": [],
                    }))
                    .unwrap()
                })
                .collect(),
            coverage: units.collect(),
            resources: vec![],
            calls: vec![],
        };
        let catalog = TYPES.iter().map(|name| info(name)).collect();
        Self { snapshot, declaration: Declaration::default(), catalog }
    }

    /// Two environments of one tenant in one account; tags say which.
    pub(crate) fn declared() -> Self {
        let mut world = Self::new();
        world.declaration.ownership = Ownership {
            tenant_tags: vec!["tenant".to_owned()],
            environment_tags: vec!["environment".to_owned()],
        };
        world.declaration.tenants = vec![Tenant {
            id: "acme".to_owned(),
            name: "Acme".to_owned(),
            owner: None,
            environments: ["production", "staging"].map(environment).to_vec(),
        }];
        world
    }

    pub(crate) fn add(
        &mut self,
        scope: &str,
        resource_type: &str,
        id: &str,
        tags: &[(&str, &str)],
        attributes: Value,
    ) -> &mut Resource {
        let draft = ResourceDraft {
            key: ResourceKey {
                cloud: Cloud::aws(),
                scope: scope.into(),
                region: Reach::region(REGION),
                resource_type: resource_type.into(),
                id: id.to_owned(),
            },
            name: None,
            tags: tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            created_at: None,
            origin: Origin::Customer,
            attributes,
            unknown: vec![],
        };
        let resource = draft.finish(&info(resource_type), &Redactor::new([1; 32])).unwrap();
        self.snapshot.resources.push(resource);
        self.snapshot.resources.last_mut().unwrap()
    }

    pub(crate) fn plan(&mut self) -> Untangle {
        self.snapshot.sort();
        self.plan_with(&Options::default())
    }

    pub(crate) fn plan_with(&self, options: &Options) -> Untangle {
        let scope = ScopeKey::new(Cloud::aws(), LEGACY);
        untangle(&self.snapshot, &self.declaration, &self.catalog, &scope, options).unwrap()
    }
}

pub(crate) fn environment(name: &str) -> Environment {
    Environment {
        name: name.to_owned(),
        stage: None,
        owner: None,
        baselines: vec![],
        scopes: vec![ScopeKey::new(Cloud::aws(), LEGACY)],
        regions: None,
        required_tags: BTreeMap::new(),
        source: source(1),
        expected: vec![],
        ignore: vec![],
        unmanaged: Unmanaged::Report,
        events: vec![],
        login: Default::default(),
    }
}

pub(crate) fn source(line: u32) -> Source {
    Source {
        kind: SourceKind::Manifest,
        file: "tenants.yaml".into(),
        address: String::new(),
        line: Some(line),
    }
}

pub(crate) fn info(name: &str) -> TypeInfo {
    TypeInfo {
        resource_type: name.into(),
        cloud: Cloud::aws(),
        service: "s".to_owned(),
        title: name.to_owned(),
        doc: String::new(),
        reach: ReachKind::Regional,
        taggable: true,
        attributes: vec![],
        ignored: vec![],
        sensitive: vec![],
        sets: vec![],
        permissions: vec![],
        iac: IacMapping::default(),
    }
}

pub(crate) const PRODUCTION: [(&str, &str); 2] =
    [("tenant", "acme"), ("environment", "production")];
pub(crate) const STAGING: [(&str, &str); 2] = [("tenant", "acme"), ("environment", "staging")];

pub(crate) fn owned<'p>(plan: &'p Untangle, id: &str) -> &'p Owned {
    plan.resources.iter().find(|owned| owned.resource.id == id).unwrap()
}

/// The owner in short: `acme/production certain`, `a | b`, `-`.
pub(crate) fn owner(plan: &Untangle, id: &str) -> String {
    match &owned(plan, id).owner {
        Owner::Group { group, confidence } => format!("{group} {}", confidence.as_str()),
        Owner::Ambiguous { candidates } => candidates.join(" | "),
        Owner::Account => "the account".to_owned(),
        Owner::Unclaimed => "-".to_owned(),
    }
}

/// Two environments with a shared network and a shared database.
pub(crate) fn shared() -> World {
    let mut world = World::declared();
    world.add(
        LEGACY,
        "AWS::EC2::VPC",
        "vpc-00000000000000001",
        &[],
        json!({"CidrBlock": "10.0.0.0/16"}),
    );
    world.add(
        LEGACY,
        "AWS::EC2::Subnet",
        "subnet-00000000000000001",
        &[],
        json!({"VpcId": "vpc-00000000000000001", "CidrBlock": "10.0.0.0/20"}),
    );
    for (id, tags) in [("i-0000000000000000a", PRODUCTION), ("i-0000000000000000b", STAGING)] {
        let attributes = json!({
            "VpcId": "vpc-00000000000000001",
            "SubnetId": "subnet-00000000000000001",
            "SecurityGroupIds": [format!("sg-{}", &id[2..])],
        });
        world.add(LEGACY, "AWS::EC2::Instance", id, &tags, attributes);
        let group = format!("sg-{}", &id[2..]);
        world.add(LEGACY, "AWS::EC2::SecurityGroup", &group, &[], json!({"GroupName": group}));
    }
    world.add(
        LEGACY,
        "AWS::RDS::DBInstance",
        "orders",
        &[],
        json!({
            "DBInstanceArn": format!("arn:aws:rds:{REGION}:{LEGACY}:db:orders"),
            "Endpoint": {"Address": "orders.abc.eu-central-1.rds.amazonaws.com"},
            "BackupRetentionPeriod": 0,
            "KmsKeyId": format!("arn:aws:kms:{REGION}:{LEGACY}:key/2d9978ac-c6c4-be6f-5c71-dbe847372a6e"),
        }),
    );
    for (name, tags) in [("worker", PRODUCTION), ("worker-test", STAGING)] {
        let url = "postgres://app@orders.abc.eu-central-1.rds.amazonaws.com:5432/orders";
        let attributes = json!({"Environment": {"Variables": {"DATABASE_URL": url}}});
        world.add(LEGACY, "AWS::Lambda::Function", name, &tags, attributes);
    }
    let key =
        world.add(LEGACY, "AWS::KMS::Key", "2d9978ac-c6c4-be6f-5c71-dbe847372a6e", &[], json!({}));
    key.origin = Origin::ProviderDefault("aws/rds".to_owned());
    world.add(
        LEGACY,
        "AWS::S3::Bucket",
        "acme-staging-uploads",
        &STAGING,
        json!({"VersioningConfiguration": {"Status": "Enabled"}}),
    );
    world.add(LEGACY, "AWS::IAM::Role", "old-ci", &[], json!({}));
    world.add(
        OTHER,
        "AWS::EC2::VPC",
        "vpc-00000000000000009",
        &[],
        json!({"CidrBlock": "10.1.0.0/16"}),
    );
    world
}
