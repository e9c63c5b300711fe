//! Networks: what AWS puts into every account and region, and what people build.

use serde_json::{Value, json};

use super::site::{MADE, Site};

/// One rule of a security group: port and who may reach it.
pub(super) type Rule<'a> = (u16, &'a str, &'a str);

const ANYWHERE: &str = "0.0.0.0/0";

impl Site<'_> {
    /// The default VPC with all that comes with it, as AWS makes it in every region.
    pub(super) fn default_vpc(&mut self) {
        let vpc = self.id("vpc", "default");
        self.bare_vpc(&vpc, "172.31.0.0/16", true, json!([]));
        for (zone, cidr) in
            [("a", "172.31.0.0/20"), ("b", "172.31.16.0/20"), ("c", "172.31.32.0/20")]
        {
            let id = self.id("subnet", &format!("default-{zone}"));
            self.bare_subnet(&id, &vpc, zone, cidr, true, json!([]));
        }
        self.internet_gateway_of(&vpc, "igw-of-default", json!([]));
    }

    /// A VPC with two private subnets, one in each of two zones.
    pub(super) fn vpc(&mut self, name: &str, cidr: &str, subnets: [&str; 2]) -> String {
        let vpc = self.id("vpc", name);
        self.bare_vpc(&vpc, cidr, false, self.ec2_tags(name));
        for (zone, cidr) in ["a", "b"].into_iter().zip(subnets) {
            let name = format!("{name}-{zone}");
            let tags = self.ec2_tags(&name);
            self.bare_subnet(&self.id("subnet", &name), &vpc, zone, cidr, false, tags);
        }
        vpc
    }

    /// A VPC and what AWS makes with each: group, ACL and main route table.
    fn bare_vpc(&mut self, vpc: &str, cidr: &str, is_default: bool, tags: Value) {
        let owner = self.account().to_owned();
        self.push(
            "ec2:DescribeVpcs",
            json!({
                "vpcId": vpc, "ownerId": owner, "state": "available", "cidrBlock": cidr,
                "dhcpOptionsId": self.id("dopt", "default"), "instanceTenancy": "default",
                "isDefault": is_default,
                "cidrBlockAssociationSet": [{
                    "associationId": self.id("vpc-cidr-assoc", vpc), "cidrBlock": cidr,
                    "cidrBlockState": { "state": "associated" },
                }],
                "tagSet": tags,
            }),
        );
        for name in ["enableDnsSupport", "enableDnsHostnames"] {
            let when = json!({ "VpcId": vpc, "Attribute": name });
            let answer = json!({ "vpcId": vpc, name: { "value": true } });
            self.answer("ec2:DescribeVpcAttribute", when, answer);
        }
        let group = self.id("sg", vpc);
        self.push(
            "ec2:DescribeSecurityGroups",
            json!({
                "groupId": group, "groupName": "default", "ownerId": owner, "vpcId": vpc,
                "groupDescription": "default VPC security group",
                "ipPermissions": [{
                    "ipProtocol": "-1", "groups": [{ "groupId": group, "userId": owner }],
                }],
                "ipPermissionsEgress": [everything()],
            }),
        );
        self.push("ec2:DescribeNetworkAcls", json!({
            "networkAclId": self.id("acl", vpc), "vpcId": vpc, "ownerId": owner, "default": true,
            "entrySet": [acl_entry(100, "allow", true), acl_entry(100, "allow", false),
                acl_entry(32767, "deny", true), acl_entry(32767, "deny", false)],
        }));
        let table = self.id("rtb", vpc);
        self.push(
            "ec2:DescribeRouteTables",
            json!({
                "routeTableId": table, "vpcId": vpc, "ownerId": owner,
                "routeSet": [local_route(cidr)],
                "associationSet": [{
                    "routeTableAssociationId": self.id("rtbassoc", vpc), "routeTableId": table,
                    "main": true, "associationState": { "state": "associated" },
                }],
            }),
        );
    }

    fn bare_subnet(
        &mut self,
        id: &str,
        vpc: &str,
        zone: &str,
        cidr: &str,
        is_default: bool,
        tags: Value,
    ) {
        self.push(
            "ec2:DescribeSubnets",
            json!({
                "subnetId": id, "subnetArn": self.arn("ec2", &format!("subnet/{id}")), "vpcId": vpc,
                "ownerId": self.account(), "state": "available", "cidrBlock": cidr,
                "availableIpAddressCount": 4091,
                "availabilityZone": format!("{}{zone}", self.region()),
                "defaultForAz": is_default, "mapPublicIpOnLaunch": is_default,
                "assignIpv6AddressOnCreation": false, "enableDns64": false, "ipv6Native": false,
                "privateDnsNameOptionsOnLaunch": {
                    "hostnameType": "ip-name", "enableResourceNameDnsARecord": false,
                    "enableResourceNameDnsAAAARecord": false,
                },
                "tagSet": tags,
            }),
        );
    }

    /// A group of a VPC with rules for TCP.
    pub(super) fn security_group(&mut self, name: &str, vpc: &str, rules: &[Rule<'_>]) -> String {
        let id = self.id("sg", name);
        let rules = rules.iter().map(|(port, cidr, why)| {
            json!({
                "ipProtocol": "tcp", "fromPort": port, "toPort": port,
                "ipRanges": [{ "cidrIp": cidr, "description": why }],
            })
        });
        self.push(
            "ec2:DescribeSecurityGroups",
            json!({
                "groupId": id, "groupName": name, "groupDescription": name, "vpcId": vpc,
                "ownerId": self.account(), "ipPermissions": rules.collect::<Value>(),
                "ipPermissionsEgress": [everything()], "tagSet": self.ec2_tags(""),
            }),
        );
        id
    }

    fn internet_gateway_of(&mut self, vpc: &str, what: &str, tags: Value) -> String {
        let id = self.id("igw", what);
        self.push(
            "ec2:DescribeInternetGateways",
            json!({
                "internetGatewayId": id, "ownerId": self.account(),
                "attachmentSet": [{ "vpcId": vpc, "state": "available" }], "tagSet": tags,
            }),
        );
        id
    }

    /// The way out: internet gateway, address, NAT gateway, public route table, and a short way
    /// to S3.
    pub(super) fn way_out(&mut self, name: &str, vpc: &str, cidr: &str) {
        let gateway = self.internet_gateway_of(vpc, name, self.ec2_tags(name));
        let interface = self.id("eni", name);
        let subnet = self.id("subnet", &format!("{name}-a"));
        let address = self.address(&format!("{name}-nat"), "198.51.100.20", Some(&interface));
        self.push(
            "ec2:DescribeNatGateways",
            json!({
                "natGatewayId": self.id("nat", name), "vpcId": vpc, "subnetId": subnet,
                "state": "available", "createTime": MADE, "connectivityType": "public",
                "natGatewayAddressSet": [{
                    "allocationId": address, "networkInterfaceId": interface, "isPrimary": true,
                    "privateIp": "10.40.0.10", "publicIp": "198.51.100.20",
                }],
                "tagSet": self.ec2_tags(name),
            }),
        );
        let table = self.id("rtb", name);
        self.push("ec2:DescribeRouteTables", json!({
            "routeTableId": table, "vpcId": vpc, "ownerId": self.account(),
            "routeSet": [local_route(cidr), {
                "destinationCidrBlock": ANYWHERE, "gatewayId": gateway, "state": "active",
                "origin": "CreateRoute",
            }],
            "associationSet": [{
                "routeTableAssociationId": self.id("rtbassoc", name), "routeTableId": table,
                "main": false, "subnetId": subnet, "associationState": { "state": "associated" },
            }],
            "tagSet": self.ec2_tags(&format!("{name}-public")),
        }));
        self.push(
            "ec2:DescribeVpcEndpoints",
            json!({
                "vpcEndpointId": self.id("vpce", name), "vpcEndpointType": "Gateway", "vpcId": vpc,
                "serviceName": format!("com.amazonaws.{}.s3", self.region()), "state": "available",
                "policyDocument": { "$json": { "Version": "2008-10-17", "Statement": [{
                    "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
                }] } },
                "routeTableIdSet": [table], "privateDnsEnabled": false, "requesterManaged": false,
                "ownerId": self.account(), "creationTimestamp": MADE,
                "tagSet": self.ec2_tags(&format!("{name}-s3")),
            }),
        );
    }

    /// A public address, on an interface if there is one.
    pub(super) fn address(&mut self, name: &str, ip: &str, on: Option<&str>) -> String {
        let id = self.id("eipalloc", name);
        self.push(
            "ec2:DescribeAddresses",
            json!({
                "allocationId": id, "publicIp": ip, "domain": "vpc", "publicIpv4Pool": "amazon",
                "networkBorderGroup": self.region(), "networkInterfaceId": on,
                "associationId": on.map(|_| self.id("eipassoc", name)),
                "tagSet": self.ec2_tags(name),
            }),
        );
        id
    }
}

fn everything() -> Value {
    json!({ "ipProtocol": "-1", "ipRanges": [{ "cidrIp": ANYWHERE }] })
}

fn local_route(cidr: &str) -> Value {
    json!({
        "destinationCidrBlock": cidr, "gatewayId": "local", "state": "active",
        "origin": "CreateRouteTable",
    })
}

fn acl_entry(number: u32, action: &str, outward: bool) -> Value {
    json!({
        "ruleNumber": number, "protocol": "-1", "ruleAction": action, "egress": outward,
        "cidrBlock": ANYWHERE,
    })
}
