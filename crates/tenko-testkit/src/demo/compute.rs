//! Machines with their disks, and functions.

use serde_json::{Value, json};

use super::site::{MADE, Site};

/// A machine to be made.
pub(super) struct Machine<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    /// Letter of its zone.
    pub(super) zone: &'a str,
    pub(super) subnet: &'a str,
    pub(super) vpc: &'a str,
    pub(super) group: &'a str,
    pub(super) ip: &'a str,
    pub(super) profile: Option<&'a str>,
}

impl Site<'_> {
    /// A machine and its root disk, which is named after it.
    pub(super) fn instance(&mut self, machine: &Machine<'_>) {
        let name = machine.name;
        let (id, volume) = (self.id("i", name), self.id("vol", name));
        let zone = format!("{}{}", self.region(), machine.zone);
        let tags = self.ec2_tags(name);
        let profile = machine.profile.map(|profile| {
            json!({
                "arn": self.iam_arn(&format!("instance-profile/{profile}")),
                "id": format!("AIPA{}", self.hex(profile).to_uppercase()),
            })
        });
        self.push("ec2:DescribeInstances", json!({
            "reservationId": self.id("r", name), "ownerId": self.account(),
            "instancesSet": [{
                "instanceId": id, "imageId": self.id("ami", "al2023"), "instanceType": machine.kind,
                "instanceState": { "code": 16, "name": "running" }, "launchTime": MADE,
                "placement": { "availabilityZone": zone, "tenancy": "default" },
                "monitoring": { "state": "disabled" }, "ebsOptimized": true,
                "subnetId": machine.subnet, "vpcId": machine.vpc,
                "privateIpAddress": machine.ip,
                "privateDnsName": format!("ip-{}.internal", machine.ip.replace('.', "-")),
                "sourceDestCheck": true, "architecture": "x86_64",
                "groupSet": [{ "groupId": machine.group }],
                "rootDeviceType": "ebs", "rootDeviceName": "/dev/xvda",
                "virtualizationType": "hvm", "hypervisor": "xen",
                "blockDeviceMapping": [{
                    "deviceName": "/dev/xvda",
                    "ebs": {
                        "volumeId": volume, "status": "attached", "attachTime": MADE,
                        "deleteOnTermination": true,
                    },
                }],
                "cpuOptions": { "coreCount": 1, "threadsPerCore": 2 },
                "metadataOptions": {
                    "state": "applied", "httpTokens": "required", "httpEndpoint": "enabled",
                    "httpPutResponseHopLimit": 2, "instanceMetadataTags": "disabled",
                },
                "enclaveOptions": { "enabled": false },
                "hibernationOptions": { "configured": false },
                "iamInstanceProfile": profile, "tagSet": tags,
            }],
        }));
        self.push("ec2:DescribeVolumes", json!({
            "volumeId": volume, "size": 20, "availabilityZone": zone, "status": "in-use",
            "createTime": MADE, "volumeType": "gp3", "iops": 3000, "throughput": 125,
            "encrypted": true, "multiAttachEnabled": false,
            "attachmentSet": [{
                "volumeId": volume, "instanceId": id, "device": "/dev/xvda", "status": "attached",
                "attachTime": MADE, "deleteOnTermination": true,
            }],
            "tagSet": self.ec2_tags(&format!("{name}-root")),
        }));
    }

    /// A disk that is attached nowhere.
    pub(super) fn volume(&mut self, name: &str, size: u32, encrypted: bool) {
        self.push(
            "ec2:DescribeVolumes",
            json!({
                "volumeId": self.id("vol", name), "size": size, "status": "available",
                "availabilityZone": format!("{}a", self.region()), "createTime": MADE,
                "volumeType": "gp3", "iops": 3000, "throughput": 125, "encrypted": encrypted,
                "multiAttachEnabled": false, "tagSet": self.ec2_tags(name),
            }),
        );
    }

    /// A function that runs as the role of the same name.
    pub(super) fn function(&mut self, name: &str, variables: Value) {
        let arn = self.arn("lambda", &format!("function:{name}"));
        self.push(
            "lambda:ListFunctions",
            json!({
                "FunctionName": name, "FunctionArn": arn, "Runtime": "python3.13",
                "Role": self.iam_arn(&format!("role/{name}")), "Handler": "main.handler",
                "CodeSize": 48_211, "Description": "", "Timeout": 30, "MemorySize": 256,
                "LastModified": "2026-02-11T08:30:00.000+0000", "Version": "$LATEST",
                "CodeSha256": "mL8yq4vX2h1uQ0b0t1u5l0M9cXl3n2d4f6g8h0j2k4s=",
                "TracingConfig": { "Mode": "PassThrough" }, "PackageType": "Zip",
                "Architectures": ["arm64"], "EphemeralStorage": { "Size": 512 },
                "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
                "LoggingConfig": { "LogFormat": "JSON", "LogGroup": format!("/aws/lambda/{name}") },
                "Environment": { "Variables": variables },
            }),
        );
        let tags = json!({ "Tags": self.tag_map() });
        self.answer("lambda:ListTags", json!({ "Resource": arn }), tags);
    }
}
