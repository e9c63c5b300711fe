//! Amazon Web Services: nothing but a few things can be handed from account to account.

use super::{Fact, row};
use crate::model::{Downtime, Movable, Phase};

pub(super) const FACTS: &[Fact] = &[
    row(
        &["AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::NetworkAcl"],
        Phase::Network,
        Movable::Recreate,
        Downtime::None,
        "A VPC cannot change its account: make a new one, {range}, and peer the two while data \
         moves. Subnets can be shared through AWS RAM, which keeps the old account in \
         the path.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html",
    ),
    row(
        &[
            "AWS::EC2::InternetGateway",
            "AWS::EC2::NatGateway",
            "AWS::EC2::VPCEndpoint",
            "AWS::EC2::VPCPeeringConnection",
        ],
        Phase::Network,
        Movable::Recreate,
        Downtime::None,
        "Belongs to its VPC: make it anew with the new one. What is reached from a NAT gateway sees \
         another address, unless the Elastic IP address is transferred.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
    ),
    row(
        &["AWS::EC2::SecurityGroup"],
        Phase::Network,
        Movable::Recreate,
        Downtime::None,
        "Belongs to its VPC: make it anew. Rules that name a group of another account need a \
         peering connection or a transit gateway; else name ranges.",
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
    ),
    row(
        &["AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayAttachment"],
        Phase::Network,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Cannot change its account. Share the gateway with the new accounts through AWS RAM, or \
         make a new one in a network account and move the attachments.",
        "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html",
    ),
    row(
        &[
            "AWS::IAM::Role",
            "AWS::IAM::User",
            "AWS::IAM::Group",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::InstanceProfile",
            "AWS::IAM::OIDCProvider",
            "AWS::IAM::SAMLProvider",
        ],
        Phase::Foundation,
        Movable::Recreate,
        Downtime::None,
        "Make it anew from code. Its ARN has the account's number in it: policies elsewhere that \
         name it have to name the new one too. Give people IAM Identity Center and pipelines OIDC \
         instead of users with keys.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    row(
        &[
            "AWS::IAM::AccountSummary",
            "AWS::IAM::AccountPasswordPolicy",
            "AWS::S3::AccountPublicAccessBlock",
            "AWS::Account::AlternateContact",
            "AWS::IAM::UserCredentials",
            "AWS::Organizations::Membership",
            "AWS::Organizations::Organization",
            "AWS::Organizations::Policy",
            "AWS::Organizations::DelegatedAdministrator",
            "AWS::IAM::OrganizationFeatures",
            "AWS::ServiceQuotas::Quota",
        ],
        Phase::Foundation,
        Movable::Stays,
        Downtime::None,
        "Is of the account itself. Set it in each new account; raised quotas have to be asked for \
         again.",
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_create.html",
    ),
    row(
        &[
            "AWS::CloudTrail::MultiRegionTrail",
            "AWS::CloudTrail::Trail",
            "AWS::GuardDuty::Detector",
            "AWS::Config::ConfigurationRecorder",
            "AWS::SSO::Instance",
            "AWS::Backup::ProtectedResource",
        ],
        Phase::Foundation,
        Movable::Stays,
        Downtime::None,
        "Watches its own account: switch it on in each new one, best for the whole organization.",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html",
    ),
    row(
        &["AWS::KMS::Key", "AWS::KMS::Alias"],
        Phase::Foundation,
        Movable::Recreate,
        Downtime::None,
        "A key cannot leave its account: make a new one, and encrypt the data anew with it. Keep \
         the old key as long as anything is encrypted with it, copies and backups too.",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",
    ),
    row(
        &["AWS::SSM::Parameter"],
        Phase::Foundation,
        Movable::Recreate,
        Downtime::None,
        "Write it anew; a SecureString is encrypted with a key of the new account. Give it a new \
         value where it is a secret, so that the old account's no longer opens anything.",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html",
    ),
    row(
        &["AWS::SecretsManager::Secret"],
        Phase::Foundation,
        Movable::Recreate,
        Downtime::None,
        "Make it anew with a new value. Sharing it with the new account needs a customer managed \
         key, and keeps the dependence.",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html",
    ),
    row(
        &["AWS::CertificateManager::Certificate"],
        Phase::Foundation,
        Movable::Recreate,
        Downtime::None,
        "Ask for a new one in the new account: it is validated by the same DNS record. Certificates \
         of load balancers have to be in the account of these.",
        "https://docs.aws.amazon.com/acm/latest/userguide/acm-services.html",
    ),
    row(
        &["AWS::Backup::BackupVault", "AWS::Backup::BackupPlan"],
        Phase::Foundation,
        Movable::Recreate,
        Downtime::None,
        "Make it anew. Recovery points can be copied to a vault of another account of the same \
         organization, when they are encrypted with a key that this account may use.",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html",
    ),
    row(
        &["AWS::Lambda::Function"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Deploy it anew from code. What calls it, and its event sources, have to be pointed to the \
         new one.",
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-deploy-functions.html",
    ),
    row(
        &["AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::ECS::TaskDefinition"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Deploy it anew. Images in a registry of the old account need a repository policy that lets \
         the new one pull, or a copy.",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html",
    ),
    row(
        &["AWS::ECR::Repository"],
        Phase::Stateless,
        Movable::ShareAndCopy,
        Downtime::None,
        "Replicate the images to a registry of the new account; only what is pushed after that is \
         set up is replicated, so push the present ones once more.",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html",
    ),
    row(
        &["AWS::EC2::Instance"],
        Phase::Stateless,
        Movable::ShareAndCopy,
        Downtime::AtSwitch,
        "Make an image (AMI), share it with the new account, copy it there and start from the copy. \
         Images with volumes that are encrypted with the key aws/ebs cannot be shared: copy them \
         with a customer managed key first.",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html",
    ),
    row(
        &["AWS::EC2::LaunchTemplate", "AWS::AutoScaling::AutoScalingGroup"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::None,
        "Make it anew, with an image that was shared with the new account or copied there.",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html",
    ),
    row(
        &[
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "AWS::ElasticLoadBalancingV2::Listener",
        ],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Make it anew in the new VPC; its DNS name is another one. Switch the record over, with a \
         short time to live set well before.",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
    ),
    row(
        &["AWS::SQS::Queue"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Make it anew: messages stay behind. Switch those who send first, and let those who receive \
         empty the old queue.",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html",
    ),
    row(
        &["AWS::SNS::Topic"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Make it anew, and have everybody subscribe again: subscribers by email or HTTP have to \
         confirm.",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html",
    ),
    row(
        &["AWS::CloudFormation::Stack"],
        Phase::Stateless,
        Movable::Recreate,
        Downtime::Unknown,
        "Deploy the template in the new account. Keep the data stores of the old stack \
         (DeletionPolicy: Retain) before anything of it is deleted.",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html",
    ),
    row(
        &["AWS::S3::Bucket"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::AtSwitch,
        "A bucket cannot change its account. Make a new one under a new name (names are global), \
         replicate new objects to it, copy the present ones with S3 Batch Replication, then switch \
         readers and writers. Have the new account own the copies.",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html",
    ),
    row(
        &["AWS::RDS::DBInstance"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Share a manual snapshot with the new account, copy it there and restore from the copy. To \
         keep the interruption short, replicate from the old to the new instance (the engine's own \
         replication or AWS DMS) and switch over.",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html",
    ),
    row(
        &["AWS::RDS::DBCluster"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Share a manual cluster snapshot with the new account, or clone the cluster across accounts \
         with AWS RAM. To keep the interruption short, replicate to the new cluster and switch over.",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Clone.Cross-Account.html",
    ),
    row(
        &["AWS::RDS::DBSnapshot", "AWS::RDS::DBClusterSnapshot"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::None,
        "Share it and copy it in the new account. One that is encrypted with the key aws/rds cannot \
         be shared: copy it with a customer managed key first.",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/share-encrypted-snapshot.html",
    ),
    row(
        &["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Export it to S3 (this needs point-in-time recovery) and import it into a new table, or copy \
         a backup to the new account with AWS Backup. Writes meanwhile have to be stopped or \
         replayed.",
        "https://repost.aws/knowledge-center/dynamodb-cross-account-migration",
    ),
    row(
        &["AWS::EC2::Volume"],
        Phase::Data,
        Movable::ShareAndCopy,
        Downtime::WhileCopying,
        "Share a snapshot with the new account, copy it there and make a volume from the copy. One \
         that is encrypted with the key aws/ebs cannot be shared: copy it with a customer managed \
         key first.",
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html",
    ),
    row(
        &["AWS::EC2::EIP"],
        Phase::Entry,
        Movable::Transfer,
        Downtime::AtSwitch,
        "Can be transferred to another account in the same region: it must not be associated, and \
         the new account has seven days to accept. It keeps the address, not the tags.",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/transfer-EIPs-intro-ec2.html",
    ),
    row(
        &["AWS::Route53::HostedZone"],
        Phase::Entry,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Make a new zone, copy the records, and change the name servers at the registrar; keep both \
         until the time to live of the old ones is over. A domain's registration can be transferred \
         apart from that.",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-migrating.html",
    ),
    row(
        &["AWS::CloudFront::Distribution"],
        Phase::Entry,
        Movable::Recreate,
        Downtime::AtSwitch,
        "Make it anew. The alternate domain name can be moved to the new distribution without an \
         interruption.",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html",
    ),
];
