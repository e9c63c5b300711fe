//! A launch template's data, whose names are CloudFormation's but for a few.

use aws_sdk_ec2::types::{
    InstanceRequirements, LaunchTemplateBlockDeviceMapping,
    LaunchTemplateInstanceNetworkInterfaceSpecification, ResponseLaunchTemplateData,
};
use serde_json::{Value, json};

use crate::sdk_type::{text, texts};

/// A list that is there only when it holds something.
fn some_list<T>(values: &Option<Vec<T>>, map: impl Fn(&T) -> Value) -> Option<Vec<Value>> {
    Some(values.iter().flatten().map(map).collect::<Vec<_>>()).filter(|list| !list.is_empty())
}

/// A list of texts that is there only when it holds something.
fn some_texts<T: AsRef<str>>(values: &Option<Vec<T>>) -> Option<Vec<&str>> {
    Some(texts(values)).filter(|list| !list.is_empty())
}

pub(super) fn data(it: &ResponseLaunchTemplateData) -> Value {
    let mut data = json!({
        "BlockDeviceMappings": some_list(&it.block_device_mappings, block_device),
        "CpuOptions": it.cpu_options.as_ref().map(|it| json!({
            "AmdSevSnp": text(&it.amd_sev_snp),
            "CoreCount": it.core_count,
            "NestedVirtualization": text(&it.nested_virtualization),
            "ThreadsPerCore": it.threads_per_core,
        })),
        "CreditSpecification":
            it.credit_specification.as_ref().map(|it| json!({ "CpuCredits": text(&it.cpu_credits) })),
        "DisableApiStop": it.disable_api_stop,
        "DisableApiTermination": it.disable_api_termination,
        "EbsOptimized": it.ebs_optimized,
        "EnclaveOptions": it.enclave_options.as_ref().map(|it| json!({ "Enabled": it.enabled })),
        "HibernationOptions":
            it.hibernation_options.as_ref().map(|it| json!({ "Configured": it.configured })),
        "IamInstanceProfile": it.iam_instance_profile.as_ref().map(|it| json!({
            "Arn": text(&it.arn),
            "Name": text(&it.name),
        })),
        "ImageId": text(&it.image_id),
        "InstanceInitiatedShutdownBehavior": text(&it.instance_initiated_shutdown_behavior),
        "InstanceRequirements": it.instance_requirements.as_ref().map(requirements),
        "InstanceType": text(&it.instance_type),
        "KernelId": text(&it.kernel_id),
        "KeyName": text(&it.key_name),
        "LicenseSpecifications": some_list(&it.license_specifications, |it| json!({
            "LicenseConfigurationArn": text(&it.license_configuration_arn),
        })),
        "MaintenanceOptions":
            it.maintenance_options.as_ref().map(|it| json!({ "AutoRecovery": text(&it.auto_recovery) })),
        "MetadataOptions": it.metadata_options.as_ref().map(|it| json!({
            "HttpEndpoint": text(&it.http_endpoint),
            "HttpProtocolIpv6": text(&it.http_protocol_ipv6),
            "HttpPutResponseHopLimit": it.http_put_response_hop_limit,
            "HttpTokens": text(&it.http_tokens),
            "InstanceMetadataTags": text(&it.instance_metadata_tags),
        })),
        "Monitoring": it.monitoring.as_ref().map(|it| json!({ "Enabled": it.enabled })),
        "NetworkInterfaces": some_list(&it.network_interfaces, network_interface),
        "RamDiskId": text(&it.ram_disk_id),
        "SecurityGroupIds": some_texts(&it.security_group_ids),
        "SecurityGroups": some_texts(&it.security_groups),
        "TagSpecifications": some_list(&it.tag_specifications, |it| json!({
            "ResourceType": text(&it.resource_type),
            "Tags": some_list(&it.tags, |tag| json!({ "Key": tag.key, "Value": tag.value })),
        })),
        "UserData": text(&it.user_data),
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut data, placement_and_market(it)) {
        all.extend(more);
    }
    data
}

fn placement_and_market(it: &ResponseLaunchTemplateData) -> Value {
    json!({
        "CapacityReservationSpecification":
            it.capacity_reservation_specification.as_ref().map(|it| json!({
                "CapacityReservationPreference": text(&it.capacity_reservation_preference),
                "CapacityReservationTarget": it.capacity_reservation_target.as_ref().map(|it| json!({
                    "CapacityReservationId": text(&it.capacity_reservation_id),
                    "CapacityReservationResourceGroupArn":
                        text(&it.capacity_reservation_resource_group_arn),
                })),
            })),
        "InstanceMarketOptions": it.instance_market_options.as_ref().map(|it| json!({
            "MarketType": text(&it.market_type),
            "SpotOptions": it.spot_options.as_ref().map(|it| json!({
                "BlockDurationMinutes": it.block_duration_minutes,
                "InstanceInterruptionBehavior": text(&it.instance_interruption_behavior),
                "MaxPrice": text(&it.max_price),
                "SpotInstanceType": text(&it.spot_instance_type),
                "ValidUntil": it.valid_until.map(|at| at.to_string()),
            })),
        })),
        "NetworkPerformanceOptions": it.network_performance_options.as_ref().map(|it| json!({
            "BandwidthWeighting": text(&it.bandwidth_weighting),
        })),
        "Placement": it.placement.as_ref().map(|it| json!({
            "Affinity": text(&it.affinity),
            "AvailabilityZone": text(&it.availability_zone),
            "GroupId": text(&it.group_id),
            "GroupName": text(&it.group_name),
            "HostId": text(&it.host_id),
            "HostResourceGroupArn": text(&it.host_resource_group_arn),
            "PartitionNumber": it.partition_number,
            "SpreadDomain": text(&it.spread_domain),
            "Tenancy": text(&it.tenancy),
        })),
        "PrivateDnsNameOptions": it.private_dns_name_options.as_ref().map(|it| json!({
            "EnableResourceNameDnsAAAARecord": it.enable_resource_name_dns_aaaa_record,
            "EnableResourceNameDnsARecord": it.enable_resource_name_dns_a_record,
            "HostnameType": text(&it.hostname_type),
        })),
    })
}

fn block_device(it: &LaunchTemplateBlockDeviceMapping) -> Value {
    json!({
        "DeviceName": text(&it.device_name),
        "Ebs": it.ebs.as_ref().map(|it| json!({
            "DeleteOnTermination": it.delete_on_termination,
            "EbsCardIndex": it.ebs_card_index,
            "Encrypted": it.encrypted,
            "Iops": it.iops,
            "KmsKeyId": text(&it.kms_key_id),
            "SnapshotId": text(&it.snapshot_id),
            "Throughput": it.throughput,
            "VolumeInitializationRate": it.volume_initialization_rate,
            "VolumeSize": it.volume_size,
            "VolumeType": text(&it.volume_type),
        })),
        // An empty text is what says that the device is left out.
        "NoDevice": it.no_device,
        "VirtualName": text(&it.virtual_name),
    })
}

fn network_interface(it: &LaunchTemplateInstanceNetworkInterfaceSpecification) -> Value {
    json!({
        "AssociateCarrierIpAddress": it.associate_carrier_ip_address,
        "AssociatePublicIpAddress": it.associate_public_ip_address,
        "ConnectionTrackingSpecification":
            it.connection_tracking_specification.as_ref().map(|it| json!({
                "TcpEstablishedTimeout": it.tcp_established_timeout,
                "UdpStreamTimeout": it.udp_stream_timeout,
                "UdpTimeout": it.udp_timeout,
            })),
        "DeleteOnTermination": it.delete_on_termination,
        "Description": text(&it.description),
        "DeviceIndex": it.device_index,
        "EnaQueueCount": it.ena_queue_count,
        "EnaSrdSpecification": it.ena_srd_specification.as_ref().map(|it| json!({
            "EnaSrdEnabled": it.ena_srd_enabled,
            "EnaSrdUdpSpecification": it
                .ena_srd_udp_specification
                .as_ref()
                .map(|it| json!({ "EnaSrdUdpEnabled": it.ena_srd_udp_enabled })),
        })),
        "Groups": some_texts(&it.groups),
        "InterfaceType": text(&it.interface_type),
        "Ipv4PrefixCount": it.ipv4_prefix_count,
        "Ipv4Prefixes":
            some_list(&it.ipv4_prefixes, |it| json!({ "Ipv4Prefix": text(&it.ipv4_prefix) })),
        "Ipv6AddressCount": it.ipv6_address_count,
        "Ipv6Addresses":
            some_list(&it.ipv6_addresses, |it| json!({ "Ipv6Address": text(&it.ipv6_address) })),
        "Ipv6PrefixCount": it.ipv6_prefix_count,
        "Ipv6Prefixes":
            some_list(&it.ipv6_prefixes, |it| json!({ "Ipv6Prefix": text(&it.ipv6_prefix) })),
        "NetworkCardIndex": it.network_card_index,
        "NetworkInterfaceId": text(&it.network_interface_id),
        "PrimaryIpv6": it.primary_ipv6,
        "PrivateIpAddress": text(&it.private_ip_address),
        "PrivateIpAddresses": some_list(&it.private_ip_addresses, |it| json!({
            "Primary": it.primary,
            "PrivateIpAddress": text(&it.private_ip_address),
        })),
        "SecondaryPrivateIpAddressCount": it.secondary_private_ip_address_count,
        "SubnetId": text(&it.subnet_id),
    })
}

fn requirements(it: &InstanceRequirements) -> Value {
    /// A least and a greatest value.
    macro_rules! range {
        ($field:ident) => {
            it.$field.as_ref().map(|it| json!({ "Max": it.max, "Min": it.min }))
        };
    }
    let families = |it: &aws_sdk_ec2::types::CpuPerformanceFactor| {
        let map = |it: &aws_sdk_ec2::types::PerformanceFactorReference| json!({ "InstanceFamily": text(&it.instance_family) });
        json!({ "References": some_list(&it.references, map) })
    };
    json!({
        "AcceleratorCount": range!(accelerator_count),
        "AcceleratorManufacturers": some_texts(&it.accelerator_manufacturers),
        "AcceleratorNames": some_texts(&it.accelerator_names),
        "AcceleratorTotalMemoryMiB": range!(accelerator_total_memory_mib),
        "AcceleratorTypes": some_texts(&it.accelerator_types),
        "AllowedInstanceTypes": some_texts(&it.allowed_instance_types),
        "BareMetal": text(&it.bare_metal),
        "BaselineEbsBandwidthMbps": range!(baseline_ebs_bandwidth_mbps),
        "BaselinePerformanceFactors": it
            .baseline_performance_factors
            .as_ref()
            .map(|it| json!({ "Cpu": it.cpu.as_ref().map(families) })),
        "BurstablePerformance": text(&it.burstable_performance),
        "CpuManufacturers": some_texts(&it.cpu_manufacturers),
        "ExcludedInstanceTypes": some_texts(&it.excluded_instance_types),
        "InstanceGenerations": some_texts(&it.instance_generations),
        "LocalStorage": text(&it.local_storage),
        "LocalStorageTypes": some_texts(&it.local_storage_types),
        "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice":
            it.max_spot_price_as_percentage_of_optimal_on_demand_price,
        "MemoryGiBPerVCpu": range!(memory_gib_per_v_cpu),
        "MemoryMiB": range!(memory_mib),
        "NetworkBandwidthGbps": range!(network_bandwidth_gbps),
        "NetworkInterfaceCount": range!(network_interface_count),
        "OnDemandMaxPricePercentageOverLowestPrice":
            it.on_demand_max_price_percentage_over_lowest_price,
        "RequireHibernateSupport": it.require_hibernate_support,
        "SpotMaxPricePercentageOverLowestPrice": it.spot_max_price_percentage_over_lowest_price,
        "TotalLocalStorageGB": range!(total_local_storage_gb),
        "VCpuCount": range!(v_cpu_count),
    })
}
