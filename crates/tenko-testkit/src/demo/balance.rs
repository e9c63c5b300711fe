//! Load balancers and the groups of machines behind them.

use serde_json::{Value, json};

use super::site::{MADE, Site};

/// A load balancer with machines behind it.
pub(super) struct Balanced<'a> {
    pub(super) name: &'a str,
    /// `application`, which AWS refuses in a single zone, or `network`.
    pub(super) kind: &'a str,
    pub(super) vpc: &'a str,
    /// Zone and subnet.
    pub(super) subnets: &'a [(&'a str, &'a str)],
    /// Security groups; a network load balancer may have none.
    pub(super) groups: &'a [&'a str],
    pub(super) port: u16,
    /// Zone and id of each machine.
    pub(super) machines: &'a [(&'a str, &'a str)],
}

impl Site<'_> {
    /// A load balancer, its target group, and the Auto Scaling group that fills it.
    pub(super) fn balanced(&mut self, it: &Balanced<'_>) {
        let (name, short) = (it.name, if it.kind == "application" { "app" } else { "net" });
        let id = |what: &str| self.hex(what).chars().take(16).collect::<String>();
        let path = format!("loadbalancer/{short}/{name}/{}", id(name));
        let balancer = self.arn("elasticloadbalancing", &path);
        let path = format!("targetgroup/{name}/{}", id("targets"));
        let target = self.arn("elasticloadbalancing", &path);
        let zones: Value = it
            .subnets
            .iter()
            .map(|(zone, subnet)| json!({ "ZoneName": self.zone(zone), "SubnetId": subnet }))
            .collect();
        let host = format!("{name}-1.elb.{}.amazonaws.com", self.region());
        self.push(
            "elbv2:DescribeLoadBalancers",
            json!({
                "LoadBalancerArn": balancer, "LoadBalancerName": name, "Type": it.kind,
                "DNSName": host, "CreatedTime": MADE, "Scheme": "internet-facing",
                "VpcId": it.vpc, "State": { "Code": "active" }, "IpAddressType": "ipv4",
                "AvailabilityZones": zones, "SecurityGroups": it.groups,
            }),
        );
        let settings =
            [("deletion_protection.enabled", "true"), ("access_logs.s3.enabled", "false")];
        let settings = settings.map(|(key, value)| json!({ "Key": key, "Value": value }));
        self.answer(
            "elbv2:DescribeLoadBalancerAttributes",
            json!({ "LoadBalancerArn": balancer }),
            json!({ "Attributes": settings }),
        );
        let protocol = if it.kind == "application" { "HTTP" } else { "TCP" };
        self.push(
            "elbv2:DescribeTargetGroups",
            json!({
                "TargetGroupArn": target, "TargetGroupName": name, "Protocol": protocol,
                "Port": it.port, "VpcId": it.vpc, "TargetType": "instance",
                "HealthCheckProtocol": protocol, "HealthCheckPort": "traffic-port",
                "HealthCheckEnabled": true, "HealthCheckIntervalSeconds": 30,
                "HealthCheckTimeoutSeconds": 10, "HealthyThresholdCount": 3,
                "UnhealthyThresholdCount": 3, "LoadBalancerArns": [balancer],
                "IpAddressType": "ipv4",
            }),
        );
        let health: Value = it
            .machines
            .iter()
            .map(|(_, id)| {
                json!({
                    "Target": { "Id": id, "Port": it.port }, "TargetHealth": { "State": "healthy" },
                })
            })
            .collect();
        let answer = json!({ "TargetHealthDescriptions": health });
        self.answer("elbv2:DescribeTargetHealth", json!({ "TargetGroupArn": target }), answer);
        for arn in [&balancer, &target] {
            let tags = json!({ "ResourceArn": arn, "Tags": self.tag_list() });
            self.push("elbv2:DescribeTags", tags);
        }
        self.scaling_group(it, &target);
    }

    fn scaling_group(&mut self, it: &Balanced<'_>, target: &str) {
        let zones: Vec<_> = it.subnets.iter().map(|(zone, _)| self.zone(zone)).collect();
        let subnets: Vec<_> = it.subnets.iter().map(|(_, subnet)| *subnet).collect();
        let machines: Value = it
            .machines
            .iter()
            .map(|(zone, id)| {
                json!({
                    "InstanceId": id, "AvailabilityZone": self.zone(zone),
                    "LifecycleState": "InService", "HealthStatus": "Healthy",
                    "ProtectedFromScaleIn": false,
                })
            })
            .collect();
        let tags: Value = self
            .pairs()
            .map(|(key, value)| {
                json!({
                    "ResourceId": it.name, "ResourceType": "auto-scaling-group", "Key": key,
                    "Value": value, "PropagateAtLaunch": true,
                })
            })
            .collect();
        let path =
            format!("autoScalingGroup:{}:autoScalingGroupName/{}", self.uuid(it.name), it.name);
        self.push(
            "autoscaling:DescribeAutoScalingGroups",
            json!({
                "AutoScalingGroupName": it.name, "AutoScalingGroupARN": self.arn("autoscaling", &path),
                // From before there were launch templates.
                "LaunchConfigurationName": format!("{}-2019", it.name),
                "MinSize": it.machines.len(), "MaxSize": 6, "DesiredCapacity": it.machines.len(),
                "DefaultCooldown": 300, "AvailabilityZones": zones, "LoadBalancerNames": [],
                "TargetGroupARNs": [target], "HealthCheckType": "ELB", "HealthCheckGracePeriod": 300,
                "Instances": machines, "CreatedTime": MADE, "SuspendedProcesses": [],
                "VPCZoneIdentifier": subnets.join(","), "EnabledMetrics": [], "Tags": tags,
                "TerminationPolicies": ["Default"], "NewInstancesProtectedFromScaleIn": false,
            }),
        );
    }

    /// A zone of this region, by its letter.
    fn zone(&self, letter: &str) -> String {
        format!("{}{letter}", self.region())
    }
}
