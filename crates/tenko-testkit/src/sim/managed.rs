//! The AWS-managed policies that exist here: enough of them to tell one from a misspelt name.

/// Their names with paths, and the actions of EC2 that they allow beyond reading.
/// Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>.
const POLICIES: &[(&str, &str)] = &[
    ("AWSAppSyncAdministrator", ""),
    ("AWSCloudFormationReadOnlyAccess", ""),
    ("AWSCloudTrail_ReadOnlyAccess", ""),
    ("AWSCodeArtifactReadOnlyAccess", ""),
    ("AWSCodeBuildReadOnlyAccess", ""),
    ("AWSCodeCommitReadOnly", ""),
    ("AWSCodePipeline_ReadOnlyAccess", ""),
    ("AWSLambda_ReadOnlyAccess", ""),
    ("AWSOrganizationsReadOnlyAccess", ""),
    ("AWSStepFunctionsReadOnlyAccess", ""),
    ("AWSXrayReadOnlyAccess", ""),
    ("AdministratorAccess", "*"),
    ("AmazonAthenaFullAccess", ""),
    ("AmazonDocDBReadOnlyAccess", ""),
    ("AmazonDynamoDBReadOnlyAccess", ""),
    ("AmazonEC2ContainerRegistryPullOnly", ""),
    ("AmazonEC2ContainerRegistryReadOnly", ""),
    ("AmazonEC2FullAccess", "ec2:*"),
    ("AmazonEC2ReadOnlyAccess", ""),
    ("AmazonElasticFileSystemReadOnlyAccess", ""),
    ("AmazonElasticContainerRegistryPublicReadOnly", ""),
    ("AmazonElastiCacheReadOnlyAccess", ""),
    ("AmazonKeyspacesReadOnlyAccess", ""),
    ("AmazonKinesisReadOnlyAccess", ""),
    ("AmazonMQReadOnlyAccess", ""),
    ("AmazonMSKReadOnlyAccess", ""),
    ("AmazonOpenSearchServiceReadOnlyAccess", ""),
    ("AmazonRDSDataFullAccess", ""),
    ("AmazonRDSReadOnlyAccess", ""),
    ("AmazonRedshiftReadOnlyAccess", ""),
    ("AmazonS3FullAccess", ""),
    ("AmazonS3ReadOnlyAccess", ""),
    ("AmazonSNSReadOnlyAccess", ""),
    ("AmazonSQSReadOnlyAccess", ""),
    ("AmazonSSMReadOnlyAccess", ""),
    ("AmazonTimestreamReadOnlyAccess", ""),
    ("AmazonVPCFullAccess", "ec2:CreateVpc"),
    ("AmazonVPCReadOnlyAccess", ""),
    ("CloudWatchEventsReadOnlyAccess", ""),
    ("CloudWatchLogsReadOnlyAccess", ""),
    ("CloudWatchReadOnlyAccess", ""),
    ("IAMFullAccess", ""),
    ("IAMReadOnlyAccess", ""),
    ("NeptuneReadOnlyAccess", ""),
    ("PowerUserAccess", "*"),
    ("ReadOnlyAccess", ""),
    ("ResourceGroupsandTagEditorReadOnlyAccess", ""),
    ("SecurityAudit", ""),
    ("job-function/Billing", ""),
    ("job-function/DatabaseAdministrator", ""),
    ("job-function/NetworkAdministrator", "ec2:*Vpc*"),
    ("job-function/SupportUser", ""),
    ("job-function/SystemAdministrator", "ec2:*"),
    ("job-function/ViewOnlyAccess", ""),
];

fn find(arn: &str) -> Option<(&str, &'static str)> {
    let (partition, name) = arn.strip_prefix("arn:")?.split_once(":iam::aws:policy/")?;
    let (_, writes) = POLICIES.iter().find(|(known, _)| *known == name)?;
    Some((partition, writes))
}

/// Whether a partition has this policy.
pub(super) fn exists(arn: &str, partition: &str) -> bool {
    find(arn).is_some_and(|(of, _)| of == partition)
}

/// Whether it allows this action of EC2, which writes.
pub(super) fn lets_write(arn: &str, action: &str) -> bool {
    find(arn).is_some_and(|(_, pattern)| super::session_policy::fits(pattern, action))
}
