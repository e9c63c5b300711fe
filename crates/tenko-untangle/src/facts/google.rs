//! Google Cloud: a project as a whole can be moved to another folder; what is in it, mostly not to
//! another project.

use super::{Fact, row};
use crate::model::{Downtime, Movable, Phase};

pub(super) const FACTS: &[Fact] = &[
    row(
        &[
            "compute.googleapis.com/Network",
            "compute.googleapis.com/Subnetwork",
            "compute.googleapis.com/Firewall",
            "compute.googleapis.com/Route",
        ],
        Phase::Network,
        Movable::Recreate,
        Downtime::None,
        "A network cannot change its project: make a new one, {range}, and peer the two while \
         data moves. A Shared VPC can serve several projects, and stays in its host project.",
        "https://cloud.google.com/vpc/docs/shared-vpc",
    ),
    row(
        &[
            "cloudresourcemanager.googleapis.com/Project",
            "compute.googleapis.com/Project",
            "compute.googleapis.com/Region",
            "orgpolicy.googleapis.com/EffectivePolicy",
            "essentialcontacts.googleapis.com/Contact",
            "serviceusage.googleapis.com/Service",
        ],
        Phase::Foundation,
        Movable::Stays,
        Downtime::None,
        "Is of the project itself: set it in each new one. A project that has one owner can be moved \
         to another folder as a whole.",
        "https://cloud.google.com/resource-manager/docs/project-migration",
    ),
    row(
        &[
            "iam.googleapis.com/ServiceAccount",
            "iam.googleapis.com/ServiceAccountKey",
            "iam.googleapis.com/Role",
            "iam.googleapis.com/WorkloadIdentityPool",
            "iam.googleapis.com/WorkloadIdentityPoolProvider",
        ],
        Phase::Foundation,
        Movable::Recreate,
        Downtime::None,
        "Make it anew: its address has the project in it, so grants elsewhere have to be given to \
         the new one too. Make no new keys: attach the account, or use workload identity federation.",
        "https://cloud.google.com/iam/docs/service-account-overview",
    ),
    row(
        &["compute.googleapis.com/Instance"],
        Phase::Stateless,
        Movable::ShareAndCopy,
        Downtime::AtSwitch,
        "Make a machine image and create the instance from it in the new project; the new project's \
         caller needs to be able to use the image.",
        "https://cloud.google.com/compute/docs/machine-images/create-instance-from-machine-image",
    ),
    row(
        &["compute.googleapis.com/InstanceGroupManager", "compute.googleapis.com/InstanceTemplate"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::None,
        "Make it anew, from an image that the new project may use.",
        "https://cloud.google.com/compute/docs/images/managing-access-custom-images",
    ),
    row(
        &["run.googleapis.com/Service"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Deploy it anew; its address is another one. The new project's service agent has to be able \
         to read the image.",
        "https://cloud.google.com/run/docs/deploying",
    ),
    row(
        &["container.googleapis.com/Cluster"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::WhileCopying,
        "Make a new cluster and deploy to it. Backup for GKE restores workloads and volumes into a \
         cluster of another project.",
        "https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/concepts/backup-for-gke",
    ),
    row(
        &[
            "compute.googleapis.com/ForwardingRule",
            "compute.googleapis.com/GlobalForwardingRule",
            "compute.googleapis.com/BackendService",
            "compute.googleapis.com/UrlMap",
        ],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Make it anew in the new project, and switch the record or the address over.",
        "https://cloud.google.com/load-balancing/docs/load-balancing-overview",
    ),
    row(
        &["pubsub.googleapis.com/Topic", "pubsub.googleapis.com/Subscription"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Make it anew: messages stay behind. A subscription can be in another project than its \
         topic, so that those who receive can move first.",
        "https://cloud.google.com/pubsub/docs/create-subscription",
    ),
    row(
        &["storage.googleapis.com/Bucket"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::AtSwitch,
        "A bucket cannot change its project. Make a new one under a new name (names are global), \
         copy the objects with Storage Transfer Service, then switch readers and writers.",
        "https://cloud.google.com/storage/docs/moving-buckets",
    ),
    row(
        &["sqladmin.googleapis.com/Instance"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Export to Cloud Storage and import into a new instance. To keep the interruption short, \
         replicate to the new instance with Database Migration Service and switch over.",
        "https://cloud.google.com/sql/docs/mysql/import-export",
    ),
    row(
        &["bigquery.googleapis.com/Dataset"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Copy the dataset to the new project; views, routines and grants are not all copied with \
         it. Queries name the project: change them too.",
        "https://cloud.google.com/bigquery/docs/managing-datasets",
    ),
    row(
        &["spanner.googleapis.com/Instance", "spanner.googleapis.com/Database"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Copy a backup to an instance of the new project and restore it, or export and import it \
         with Dataflow.",
        "https://cloud.google.com/spanner/docs/backup/copy-backup",
    ),
    row(
        &["compute.googleapis.com/Disk", "compute.googleapis.com/RegionDisk"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Make a snapshot, and a disk from it in the new project, by a caller that may use both.",
        "https://cloud.google.com/compute/docs/disks/create-snapshots",
    ),
    row(
        &["compute.googleapis.com/Address", "compute.googleapis.com/GlobalAddress"],
        Phase::Entry,
        Movable::Transfer,
        Downtime::AtSwitch,
        "A static external IPv4 address can be moved to another project while nothing uses it. An \
         internal one cannot: reserve a new one.",
        "https://cloud.google.com/vpc/docs/move-ip-address-different-project",
    ),
    row(
        &["dns.googleapis.com/ManagedZone"],
        Phase::Entry,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Export the records, import them into a new zone, and change the name servers at the \
         registrar; keep both until the time to live of the old ones is over.",
        "https://cloud.google.com/dns/docs/migrating",
    ),
];
