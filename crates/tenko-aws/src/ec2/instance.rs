use aws_sdk_ec2::types::{Instance, InstanceNetworkInterface};
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::{operated, tags};
use crate::context::UnitContext;
use crate::sdk_paging::{Page, call_error, drafts, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, list, text};

pub(super) static INSTANCE: SdkType = SdkType {
    name: "AWS::EC2::Instance",
    id_attribute: "InstanceId",
    service: "ec2",
    title: "EC2 instance",
    doc: "A virtual machine.\n\
        \n\
        Read with one paged `DescribeInstances` per region; the id is `InstanceId`. Instances in state `shutting-down` or \
        `terminated` (listed for about an hour) are left out.\n\
        \n\
        - User data is never read, nor is anything else that takes a call per instance: `DisableApiTermination`, \
        `InstanceInitiatedShutdownBehavior`, `CreditSpecification`.\n\
        - `IamInstanceProfile` is the profile's name, as CloudFormation has it.\n\
        - `BlockDeviceMappings` has what the instance knows of its disks (`DeviceName`, `Ebs.DeleteOnTermination`) and \
        `Volumes` their ids; size, type and encryption are those of `AWS::EC2::Volume`.\n\
        - Not compared, because AWS chooses or changes it: `State`, public addresses, DNS names, interfaces, disks.\n\
        - `InstanceLifecycle` says how it was bought: `spot`, `scheduled`, `capacity-block`; an On-Demand instance has \
        none. It is not compared: code declares the request, not what came of it.\n\
        - It was made when its first network interface was attached: the API's launch time moves at every start.\n\
        - An instance that an AWS service runs in the account (EKS Auto Mode) counts as made by the provider.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "Affinity",
        "AvailabilityZone",
        "BlockDeviceMappings",
        "CpuOptions",
        "EbsOptimized",
        "EnclaveOptions",
        "HibernationOptions",
        "HostId",
        "HostResourceGroupArn",
        "IamInstanceProfile",
        "ImageId",
        "InstanceLifecycle",
        "InstanceType",
        "KernelId",
        "KeyName",
        "LicenseSpecifications",
        "MetadataOptions",
        "Monitoring",
        "NetworkInterfaces",
        "PlacementGroupName",
        "PrivateDnsName",
        "PrivateDnsNameOptions",
        "PrivateIpAddress",
        "PublicDnsName",
        "PublicIp",
        "RamdiskId",
        "SecurityGroupIds",
        "SourceDestCheck",
        "State",
        "SubnetId",
        "Tenancy",
        "Volumes",
        "VpcId",
    ],
    ignored: &[
        "BlockDeviceMappings",
        "InstanceLifecycle",
        "NetworkInterfaces",
        "PrivateDnsName",
        "PublicDnsName",
        "PublicIp",
        "State",
        "Volumes",
    ],
    sensitive: &[],
    sets: &[
        "BlockDeviceMappings",
        "LicenseSpecifications",
        "NetworkInterfaces",
        "NetworkInterfaces.*.GroupSet",
        "NetworkInterfaces.*.Ipv6Addresses",
        "NetworkInterfaces.*.PrivateIpAddresses",
        "SecurityGroupIds",
        "Volumes",
    ],
    operations: &[SdkOperation { name: "DescribeInstances", action: "ec2:DescribeInstances" }],
    iac: include_str!("instance.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    const OPERATION: &str = "DescribeInstances";
    fn id(instance: &Instance) -> Option<&str> {
        instance.instance_id.as_deref()
    }
    let instances = pages("ec2", OPERATION, id, move |token| async move {
        ctx.pass("ec2").await;
        let request = ctx.clients.ec2.describe_instances().set_next_token(token).max_results(1000);
        let answer = request.customize().config_override(ctx.ec2()).send().await;
        let page = answer.map_err(|error| call_error(ctx, &error, "ec2", OPERATION))?;
        let reservations = page.reservations.into_iter().flatten();
        let items = reservations.flat_map(|it| it.instances.unwrap_or_default()).collect();
        Ok(Page { items, next: page.next_token })
    });
    drafts(instances, draft)
}

fn draft(instance: Instance) -> Option<Draft> {
    let state = instance.state.as_ref();
    if matches!(state.and_then(|it| text(&it.name)), Some("shutting-down" | "terminated")) {
        return None;
    }
    let profile = instance.iam_instance_profile.as_ref().and_then(|it| text(&it.arn));
    let disks = || instance.block_device_mappings().iter().filter_map(|it| Some((it, it.ebs()?)));
    let disk_options = disks().map(|(it, ebs)| {
        json!({
            "DeviceName": text(&it.device_name),
            "Ebs": { "DeleteOnTermination": ebs.delete_on_termination },
        })
    });
    let volumes = disks().map(
        |(it, ebs)| json!({ "Device": text(&it.device_name), "VolumeId": text(&ebs.volume_id) }),
    );
    let metadata = instance.metadata_options.as_ref().map(|it| {
        json!({
            "HttpEndpoint": text(&it.http_endpoint),
            "HttpProtocolIpv6": text(&it.http_protocol_ipv6),
            "HttpPutResponseHopLimit": it.http_put_response_hop_limit,
            "HttpTokens": text(&it.http_tokens),
            "InstanceMetadataTags": text(&it.instance_metadata_tags),
        })
    });
    let monitoring = instance.monitoring.as_ref().and_then(|it| text(&it.state));
    let dns_names = instance.private_dns_name_options.as_ref().map(|it| {
        json!({
            "EnableResourceNameDnsAAAARecord": it.enable_resource_name_dns_aaaa_record,
            "EnableResourceNameDnsARecord": it.enable_resource_name_dns_a_record,
            "HostnameType": text(&it.hostname_type),
        })
    });
    let placement = instance.placement.as_ref();
    let attributes = json!({
        "Affinity": placement.and_then(|it| text(&it.affinity)),
        "AvailabilityZone": placement.and_then(|it| text(&it.availability_zone)),
        "BlockDeviceMappings": disk_options.collect::<Value>(),
        "CpuOptions": instance.cpu_options.as_ref().map(|it| json!({
            "CoreCount": it.core_count,
            "ThreadsPerCore": it.threads_per_core,
        })),
        "EbsOptimized": instance.ebs_optimized,
        "EnclaveOptions":
            instance.enclave_options.as_ref().map(|it| json!({ "Enabled": it.enabled })),
        "HibernationOptions":
            instance.hibernation_options.as_ref().map(|it| json!({ "Configured": it.configured })),
        "HostId": placement.and_then(|it| text(&it.host_id)),
        "HostResourceGroupArn": placement.and_then(|it| text(&it.host_resource_group_arn)),
        "IamInstanceProfile": profile.and_then(|arn| arn.rsplit('/').next()),
        "ImageId": text(&instance.image_id),
        "InstanceLifecycle": text(&instance.instance_lifecycle),
        "InstanceType": text(&instance.instance_type),
        "KernelId": text(&instance.kernel_id),
        "KeyName": text(&instance.key_name),
        "LicenseSpecifications": list(&instance.licenses, |it| json!({
            "LicenseConfigurationArn": text(&it.license_configuration_arn),
        })),
        "MetadataOptions": metadata,
        "Monitoring": monitoring.map(|state| matches!(state, "enabled" | "pending")),
        "NetworkInterfaces": list(&instance.network_interfaces, interface),
        "PlacementGroupName": placement.and_then(|it| text(&it.group_name)),
        "PrivateDnsName": text(&instance.private_dns_name),
        "PrivateDnsNameOptions": dns_names,
        "PrivateIpAddress": text(&instance.private_ip_address),
        "PublicDnsName": text(&instance.public_dns_name),
        "PublicIp": text(&instance.public_ip_address),
        "RamdiskId": text(&instance.ramdisk_id),
        "SecurityGroupIds": list(&instance.security_groups, |it| json!(text(&it.group_id))),
        "SourceDestCheck": instance.source_dest_check,
        "State": state.map(|it| json!({
            // CloudFormation has the code as text.
            "Code": it.code.map(|code| code.to_string()),
            "Name": text(&it.name),
        })),
        "SubnetId": text(&instance.subnet_id),
        "Tenancy": placement.and_then(|it| text(&it.tenancy)),
        "Volumes": volumes.collect::<Value>(),
        "VpcId": text(&instance.vpc_id),
    });
    let attached = instance.network_interfaces().iter().filter_map(|it| it.attachment());
    let attached = attached.filter(|it| it.device_index == Some(0)).filter_map(|it| it.attach_time);
    let made = attached.chain(instance.launch_time).min();
    let draft = Draft::new(instance.instance_id, attributes)
        .tagged(tags(instance.tags))
        .created(made.as_ref())
        .made_by(operated(&instance.operator));
    Some(draft)
}

fn interface(interface: &InstanceNetworkInterface) -> Value {
    let attachment = interface.attachment.as_ref();
    json!({
        "DeleteOnTermination": attachment.and_then(|it| it.delete_on_termination),
        "Description": text(&interface.description),
        // CloudFormation has the index as text.
        "DeviceIndex": attachment.and_then(|it| it.device_index).map(|index| index.to_string()),
        "GroupSet": list(&interface.groups, |it| json!(text(&it.group_id))),
        "Ipv6Addresses": list(&interface.ipv6_addresses, |it| json!({
            "Ipv6Address": text(&it.ipv6_address),
        })),
        "NetworkInterfaceId": text(&interface.network_interface_id),
        "PrivateIpAddress": text(&interface.private_ip_address),
        "PrivateIpAddresses": list(&interface.private_ip_addresses, |it| json!({
            "Primary": it.primary,
            "PrivateIpAddress": text(&it.private_ip_address),
        })),
        "SubnetId": text(&interface.subnet_id),
    })
}
