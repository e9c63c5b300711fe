//! A project that is being furnished, with networks and machines.

use serde_json::{Map, Value, json};

use super::FOLDER;
use crate::google::{Project, Resource};

/// When most of it was made, as Compute Engine writes it.
const MADE_PACIFIC: &str = "2025-11-04T01:12:00.000-08:00";
/// The same, as the others write it.
pub(super) const MADE: &str = "2025-11-04T09:12:00Z";
pub(super) const REGION: &str = "europe-west3";
const ZONE: &str = "europe-west3-a";
const COMPUTE: &str = "https://www.googleapis.com/compute/v1/projects";

/// One project of one environment.
pub(super) struct Plot {
    project: Project,
    environment: &'static str,
    /// Whether what is put there now says whose it is.
    labelled: bool,
}

impl Plot {
    pub(super) fn new(id: &str, number: &str, name: &str, environment: &'static str) -> Self {
        let mut project = Project::new(id, number).under(&format!("folders/{FOLDER}"));
        project.name = name.to_owned();
        let plot = Self { project, environment, labelled: true };
        let labels = plot.labels().as_object().cloned().unwrap_or_default();
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let mut plot = plot;
        plot.project.labels = labels.into_iter().map(|(key, value)| (key, text(value))).collect();
        plot
    }

    /// What is put there from now on has no labels: it was made by hand.
    pub(super) fn by_hand(&mut self) {
        self.labelled = false;
    }

    /// Sets the project's policy, and gives the project away with itself as one of its resources.
    pub(super) fn finish(mut self, policy: Value) -> Project {
        self.project.iam_policy = Some(policy);
        self.project
    }

    pub(super) fn id(&self) -> &str {
        &self.project.id
    }

    pub(super) fn number(&self) -> &str {
        &self.project.number
    }

    pub(super) fn environment(&self) -> &'static str {
        self.environment
    }

    /// The labels of what is put there.
    pub(super) fn labels(&self) -> Value {
        match (self.labelled, self.environment) {
            (false, _) => json!({}),
            (true, environment) => json!({
                "tenant": "acme", "environment": environment, "cost-center": "ac-300",
            }),
        }
    }

    /// `projects/acme-analytics/…`
    pub(super) fn path(&self, tail: &str) -> String {
        format!("projects/{}/{tail}", self.project.id)
    }

    /// The email of a service account of the project.
    pub(super) fn email(&self, account: &str) -> String {
        format!("{account}@{}.iam.gserviceaccount.com", self.project.id)
    }

    pub(super) fn put(&mut self, asset_type: &str, rest: Value) {
        self.add(Resource::new(asset_type, rest));
    }

    pub(super) fn add(&mut self, resource: Resource) {
        self.project.resources.push(resource);
    }

    /// A number that Google would make up: always the same for the same thing.
    pub(super) fn serial(&self, what: &str) -> String {
        let bytes = self.project.id.bytes().chain([0]).chain(what.bytes());
        // FNV-1a: stable in every release, as the numbers in snapshots of the demo should be.
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        // Nineteen digits, as most of Google's have.
        format!("{}", 1_000_000_000_000_000_000 + hash % 8_000_000_000_000_000_000)
    }

    /// A resource of Compute Engine at `global/networks` and the like.
    fn compute(&mut self, kind: &str, place: &str, name: &str, more: Value) {
        let base = format!("{COMPUTE}/{}", self.project.id);
        let mut rest = json!({
            "kind": format!("compute#{}{}", kind[..1].to_lowercase(), &kind[1..]),
            "id": self.serial(&format!("{place}/{name}")),
            "name": name,
            "creationTimestamp": MADE_PACIFIC,
            "selfLink": format!("{base}/{place}/{name}"),
        });
        let (Value::Object(map), Value::Object(more)) = (&mut rest, more) else { return };
        map.extend(more);
        if let Some((kind, place)) = place.split_once('/').filter(|(kind, _)| *kind != "global") {
            let place = place.split('/').next().unwrap_or_default();
            let link = format!("{base}/{kind}/{place}");
            map.insert(kind.trim_end_matches('s').to_owned(), Value::String(link));
        }
        self.put(&format!("compute.googleapis.com/{kind}"), rest);
    }

    /// What the links of Compute Engine's resources begin with.
    pub(super) fn compute_link(&self) -> String {
        format!("{COMPUTE}/{}", self.project.id)
    }

    fn link(&self, tail: &str) -> String {
        format!("{}/{tail}", self.compute_link())
    }

    /// A network with one subnet, its routes, and a firewall rule for what is inside.
    pub(super) fn network(&mut self, name: &str, range: &str) {
        let network = self.link(&format!("global/networks/{name}"));
        let subnet = self.link(&format!("regions/{REGION}/subnetworks/{name}"));
        let routing = json!({ "routingMode": "REGIONAL" });
        let more = json!({
            "autoCreateSubnetworks": false, "mtu": 1460, "routingConfig": routing,
            "subnetworks": [subnet],
            "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
        });
        self.compute("Network", "global/networks", name, more);
        let more = json!({
            "network": network, "ipCidrRange": range, "privateIpGoogleAccess": true,
            "purpose": "PRIVATE", "stackType": "IPV4_ONLY",
            "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
        });
        self.compute("Subnetwork", &format!("regions/{REGION}/subnetworks"), name, more);
        let way_out = self.link("global/gateways/default-internet-gateway");
        let more = json!({
            "network": network, "destRange": "0.0.0.0/0", "priority": 1000,
            "nextHopGateway": way_out, "description": "Default route to the Internet.",
        });
        self.compute("Route", "global/routes", "default-route-3f1c9a4f0b6d2e85", more);
        let more = json!({
            "network": network, "destRange": range, "priority": 0, "nextHopNetwork": network,
            "description": "Default local route to the subnetwork.",
        });
        self.compute("Route", "global/routes", "default-route-r-8d0e4b7a51c2f936", more);
        let ports = json!([{ "IPProtocol": "tcp" }, { "IPProtocol": "icmp" }]);
        self.firewall(&format!("{name}-internal"), name, range, ports);
    }

    pub(super) fn firewall(&mut self, name: &str, network: &str, from: &str, allowed: Value) {
        let network = self.link(&format!("global/networks/{network}"));
        let more = json!({
            "network": network, "priority": 1000, "direction": "INGRESS", "disabled": false,
            "sourceRanges": [from], "allowed": allowed, "logConfig": { "enable": false },
        });
        self.compute("Firewall", "global/firewalls", name, more);
    }

    /// A machine without an address outside, and its disk.
    pub(super) fn instance(
        &mut self,
        name: &str,
        network: &str,
        ip: &str,
        metadata: Map<String, Value>,
    ) {
        let place = format!("zones/{ZONE}");
        let disk = self.link(&format!("{place}/disks/{name}"));
        let machine = self.link(&format!("{place}/instances/{name}"));
        let image = "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20260301";
        let kind = self.link(&format!("{place}/diskTypes/pd-balanced"));
        let labels = self.labels();
        let more = json!({
            "sizeGb": "20", "status": "READY", "type": kind, "users": [machine],
            "sourceImage": image, "physicalBlockSizeBytes": "4096", "labels": labels,
        });
        self.compute("Disk", &format!("{place}/disks"), name, more);
        let items: Vec<_> = metadata
            .into_iter()
            .map(|(key, value)| json!({ "key": key, "value": value }))
            .collect();
        let more = json!({
            "machineType": self.link(&format!("{place}/machineTypes/e2-standard-4")),
            "status": "RUNNING",
            "canIpForward": false,
            "deletionProtection": true,
            "networkInterfaces": [{
                "name": "nic0", "networkIP": ip, "stackType": "IPV4_ONLY",
                "network": self.link(&format!("global/networks/{network}")),
                "subnetwork": self.link(&format!("regions/{REGION}/subnetworks/{network}")),
            }],
            "disks": [{
                "type": "PERSISTENT", "mode": "READ_WRITE", "source": disk, "boot": true,
                "index": 0, "autoDelete": true, "deviceName": "persistent-disk-0",
                "interface": "SCSI", "diskSizeGb": "20",
            }],
            "metadata": { "fingerprint": "ZzZzZzZzZzY=", "items": items },
            "serviceAccounts": [{
                "email": self.email("loader"),
                "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
            }],
            "scheduling": {
                "onHostMaintenance": "MIGRATE", "automaticRestart": true, "preemptible": false,
                "provisioningModel": "STANDARD",
            },
            "shieldedInstanceConfig": {
                "enableSecureBoot": true, "enableVtpm": true, "enableIntegrityMonitoring": true,
            },
            "labels": labels,
        });
        self.compute("Instance", &format!("{place}/instances"), name, more);
    }
}
