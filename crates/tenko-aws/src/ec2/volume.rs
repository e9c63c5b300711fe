use aws_sdk_ec2::types::Volume;
use serde_json::json;
use tenko_core::{BoxStream, ReachKind};

use super::{operated, tags};
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, list, text};

pub(super) static VOLUME: SdkType = SdkType {
    name: "AWS::EC2::Volume",
    id_attribute: "VolumeId",
    service: "ec2",
    title: "EBS volume",
    doc: "A block device: data that outlives the instance, unless the instance deletes it.\n\
        \n\
        Read with one paged `DescribeVolumes` per region; the id is `VolumeId`. Volumes in state `deleting` or \
        `deleted` are left out.\n\
        \n\
        - `Attachments` folds `AWS::EC2::VolumeAttachment` (`InstanceId`, `Device`), with the API's `DeleteOnTermination`. \
        It is not compared: replacing an instance moves it.\n\
        - `State` is the API's own (`available` means attached nowhere) and not compared.\n\
        - `KmsKeyId` is the key's ARN; a declaration may name the same key by id or alias.\n\
        - A root volume is declared with its instance, not by itself.\n\
        - A volume that an AWS service runs in the account (EKS Auto Mode) counts as made by the provider.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "Attachments",
        "AvailabilityZone",
        "AvailabilityZoneId",
        "Encrypted",
        "Iops",
        "KmsKeyId",
        "MultiAttachEnabled",
        "OutpostArn",
        "Size",
        "SnapshotId",
        "SourceVolumeId",
        "State",
        "Throughput",
        "VolumeInitializationRate",
        "VolumeType",
    ],
    ignored: &["Attachments", "State"],
    sensitive: &[],
    sets: &["Attachments"],
    operations: &[SdkOperation { name: "DescribeVolumes", action: "ec2:DescribeVolumes" }],
    iac: include_str!("volume.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(ctx, 500, "DescribeVolumes", describe_volumes, Volume, volumes, volume_id),
        draft,
    )
}

fn draft(volume: Volume) -> Option<Draft> {
    let state = text(&volume.state);
    if matches!(state, Some("deleting" | "deleted")) {
        return None;
    }
    let attributes = json!({
        "Attachments": list(&volume.attachments, |it| json!({
            "DeleteOnTermination": it.delete_on_termination,
            "Device": text(&it.device),
            "InstanceId": text(&it.instance_id),
        })),
        "AvailabilityZone": text(&volume.availability_zone),
        "AvailabilityZoneId": text(&volume.availability_zone_id),
        "Encrypted": volume.encrypted,
        "Iops": volume.iops,
        "KmsKeyId": text(&volume.kms_key_id),
        "MultiAttachEnabled": volume.multi_attach_enabled,
        "OutpostArn": text(&volume.outpost_arn),
        "Size": volume.size,
        "SnapshotId": text(&volume.snapshot_id),
        "SourceVolumeId": text(&volume.source_volume_id),
        "State": state,
        "Throughput": volume.throughput,
        "VolumeInitializationRate": volume.volume_initialization_rate,
        "VolumeType": text(&volume.volume_type),
    });
    let draft = Draft::new(volume.volume_id, attributes)
        .tagged(tags(volume.tags))
        .created(volume.create_time.as_ref())
        .made_by(operated(&volume.operator));
    Some(draft)
}
