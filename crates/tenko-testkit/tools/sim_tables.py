#!/usr/bin/env python3
"""Writes src/sim/tables/{operations,wire}.json from AWS's public service models.

Needs only the `botocore` package (its data files are those models). Everything
that the models do not say (default page sizes, which error a `Get` without
data answers, IAM action names that differ from the operation) stands below,
from the services' API references.

    python3 tools/sim_tables.py
"""

import json
import pathlib

import botocore
import botocore.session

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/sim/tables"

OPERATIONS = {
    "sts": "AssumeRole AssumeRoleWithWebIdentity GetCallerIdentity GetSessionToken",
    "organizations": """DescribeOrganization ListRoots ListOrganizationalUnitsForParent ListAccountsForParent
        ListAccounts ListParents ListChildren DescribeAccount DescribeOrganizationalUnit ListTagsForResource
        ListPolicies DescribePolicy ListTargetsForPolicy ListPoliciesForTarget
        ListDelegatedAdministrators ListDelegatedServicesForAccount
        ListAWSServiceAccessForOrganization""",
    "account": "ListRegions GetAlternateContact",
    "ec2": """DescribeRegions DescribeAvailabilityZones DescribeInstances DescribeVolumes DescribeSnapshots
        DescribeImages DescribeVpcs DescribeVpcAttribute DescribeSubnets DescribeSecurityGroups
        DescribeSecurityGroupRules DescribeRouteTables DescribeInternetGateways DescribeNatGateways
        DescribeAddresses DescribeNetworkAcls DescribeNetworkInterfaces DescribeVpcPeeringConnections
        DescribeVpcEndpoints DescribeFlowLogs DescribeLaunchTemplates DescribeLaunchTemplateVersions
        DescribeInstanceAttribute GetEbsEncryptionByDefault DescribeTransitGateways
        DescribeTransitGatewayAttachments CreateVpc RunInstances""",
    "s3": """ListBuckets HeadBucket GetBucketLocation GetBucketVersioning GetBucketEncryption
        GetPublicAccessBlock GetBucketPolicy GetBucketPolicyStatus GetBucketLogging
        GetBucketLifecycleConfiguration GetObjectLockConfiguration GetBucketOwnershipControls
        GetBucketTagging GetBucketAcl GetBucketCors GetBucketWebsite GetBucketReplication
        GetBucketNotificationConfiguration""",
    "iam": """GetAccountAuthorizationDetails ListRoles GetRole ListRoleTags ListAttachedRolePolicies
        ListRolePolicies GetRolePolicy ListUsers GetUser ListUserTags ListAttachedUserPolicies
        ListUserPolicies GetUserPolicy ListGroupsForUser ListAccessKeys GetAccessKeyLastUsed ListMFADevices
        GetLoginProfile ListGroups GetGroup ListAttachedGroupPolicies ListGroupPolicies GetGroupPolicy
        ListPolicies GetPolicy GetPolicyVersion ListPolicyVersions ListPolicyTags ListInstanceProfiles
        GetInstanceProfile ListInstanceProfileTags ListOpenIDConnectProviders GetOpenIDConnectProvider
        ListSAMLProviders GetSAMLProvider GetAccountSummary GetAccountPasswordPolicy ListAccountAliases
        ListVirtualMFADevices GenerateCredentialReport GetCredentialReport
        ListOrganizationsFeatures""",
    "s3control": "GetPublicAccessBlock",
    "sso-admin": "ListInstances",
    "sso": "GetRoleCredentials",
    "sso-oidc": "RegisterClient StartDeviceAuthorization CreateToken",
    "rds": """DescribeDBInstances DescribeDBClusters DescribeDBSubnetGroups DescribeDBSnapshots
        DescribeDBClusterSnapshots ListTagsForResource""",
    "dynamodb": """ListTables DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource""",
    "lambda": "ListFunctions GetFunctionConfiguration GetFunctionConcurrency ListTags GetPolicy",
    "ecs": """ListClusters DescribeClusters ListServices DescribeServices ListTaskDefinitions
        DescribeTaskDefinition ListTagsForResource""",
    "kms": """ListKeys DescribeKey GetKeyRotationStatus GetKeyPolicy ListResourceTags ListAliases""",
    "ssm": "DescribeParameters ListTagsForResource",
    "cloudformation": """DescribeStacks ListStacks ListStackResources GetTemplate GetTemplateSummary""",
    "sqs": "ListQueues GetQueueAttributes ListQueueTags",
    "sns": "ListTopics GetTopicAttributes ListTagsForResource ListSubscriptionsByTopic",
    "cloudcontrol": "ListResources GetResource",
    "autoscaling": "DescribeAutoScalingGroups",
    "backup": """ListBackupPlans GetBackupPlan ListBackupSelections GetBackupSelection ListBackupVaults
        ListProtectedResources ListTags""",
    "cloudtrail": "DescribeTrails GetTrailStatus GetEventSelectors ListTags",
    "config": "DescribeConfigurationRecorders DescribeConfigurationRecorderStatus",
    "elbv2": """DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeTargetGroups DescribeTargetHealth
        DescribeTags""",
    "guardduty": "ListDetectors GetDetector GetAdministratorAccount",
    "service-quotas": "ListServiceQuotas",
}

# (page size when the caller names none, smallest and greatest the caller may
# name, most that is returned whatever the caller names).
PAGES = {
    "organizations": (20, 1, 20, 20),
    "account": (50, 1, 50, 50),
    "sso-admin": (100, 1, 100, 100),
    "ec2": (1000, 5, 1000, 1000),
    "ec2:DescribeLaunchTemplates": (200, 1, 200, 200),
    "ec2:DescribeLaunchTemplateVersions": (200, 1, 200, 200),
    "ec2:DescribeRouteTables": (100, 5, 100, 100),
    "s3": (10000, 1, 10000, 10000),
    "iam": (100, 1, 1000, 1000),
    "rds": (100, 20, 100, 100),
    "dynamodb": (100, 1, 100, 100),
    "dynamodb:ListTagsOfResource": (10, 1, 10, 10),
    "lambda": (50, 1, 10000, 50),
    "ecs": (100, 1, 100, 100),
    "ecs:ListServices": (10, 1, 100, 100),
    "kms": (100, 1, 1000, 1000),
    "kms:ListAliases": (50, 1, 1000, 100),
    "kms:ListResourceTags": (50, 1, 1000, 50),
    "ssm": (10, 1, 50, 50),
    "cloudformation": (100, 1, 100, 100),
    "sqs": (1000, 1, 1000, 1000),
    "sns": (100, 1, 100, 100),
    "cloudcontrol": (20, 1, 100, 100),
    "autoscaling": (50, 1, 100, 100),
    "backup": (1000, 1, 1000, 1000),
    "cloudtrail": (100, 1, 100, 100),
    "elbv2": (400, 1, 400, 400),
    "guardduty": (50, 1, 50, 50),
    "service-quotas": (100, 1, 100, 100),
}

# Roots of S3 answers; the models name them only where the answer is a payload.
S3_ROOTS = {
    "ListBuckets": "ListAllMyBucketsResult",
    "GetBucketLocation": "LocationConstraint",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketCors": "CORSConfiguration",
    "GetBucketWebsite": "WebsiteConfiguration",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
}

# Services that IAM knows by another name.
PREFIXES = {
    "sso-admin": "sso",
    "cloudcontrol": "cloudformation",
    "elbv2": "elasticloadbalancing",
    "service-quotas": "servicequotas",
}

S3_ACTIONS = {
    "ListBuckets": "ListAllMyBuckets",
    "HeadBucket": "ListBucket",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
}

# What a `Get` answers when the world has no data for it: [code, status, message].
MISSING = {
    "account:GetAlternateContact": ["ResourceNotFoundException", 404, "No contact of the inputted alternate contact type found."],
    "s3control:GetPublicAccessBlock": ["NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found"],
    "iam:ListOrganizationsFeatures": ["ServiceAccessNotEnabledException", 400, "Trusted access is not enabled for IAM."],
    "organizations:DescribeAccount": ["AccountNotFoundException", 400, "You specified an account that doesn't exist."],
    "organizations:DescribeOrganizationalUnit": ["OrganizationalUnitNotFoundException", 400, "You specified an organizational unit that doesn't exist."],
    "organizations:DescribePolicy": ["PolicyNotFoundException", 400, "You specified a policy that doesn't exist."],
    "organizations:DescribeOrganization": ["AWSOrganizationsNotInUseException", 400, "Your account is not a member of an organization."],
    "ec2:DescribeVpcAttribute": ["InvalidVpcID.NotFound", 400, "The vpc ID does not exist"],
    "ec2:DescribeInstanceAttribute": ["InvalidInstanceID.NotFound", 400, "The instance ID does not exist"],
    "s3:GetBucketEncryption": ["ServerSideEncryptionConfigurationNotFoundError", 404, "The server side encryption configuration was not found"],
    "s3:GetPublicAccessBlock": ["NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found"],
    "s3:GetBucketPolicy": ["NoSuchBucketPolicy", 404, "The bucket policy does not exist"],
    "s3:GetBucketPolicyStatus": ["NoSuchBucketPolicy", 404, "The bucket policy does not exist"],
    "s3:GetBucketLifecycleConfiguration": ["NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist"],
    "s3:GetObjectLockConfiguration": ["ObjectLockConfigurationNotFoundError", 404, "Object Lock configuration does not exist for this bucket"],
    "s3:GetBucketOwnershipControls": ["OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found"],
    "s3:GetBucketTagging": ["NoSuchTagSet", 404, "The TagSet does not exist"],
    "s3:GetBucketCors": ["NoSuchCORSConfiguration", 404, "The CORS configuration does not exist"],
    "s3:GetBucketWebsite": ["NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration"],
    "s3:GetBucketReplication": ["ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found"],
    "iam:GetAccountPasswordPolicy": ["NoSuchEntity", 404, "The Password Policy with domain name {account} cannot be found."],
    "iam:GetCredentialReport": ["ReportNotPresent", 410, "No report is present for account {account}"],
    "iam": ["NoSuchEntity", 404, "The entity {key} cannot be found."],
    "dynamodb:DescribeContinuousBackups": ["TableNotFoundException", 400, "Table not found: {key}"],
    "dynamodb": ["ResourceNotFoundException", 400, "Requested resource not found: Table: {key} not found"],
    "lambda:GetPolicy": ["ResourceNotFoundException", 404, "The resource you requested does not exist."],
    "lambda:GetFunctionConfiguration": ["ResourceNotFoundException", 404, "Function not found: {key}"],
    "ecs:DescribeTaskDefinition": ["ClientException", 400, "Unable to describe task definition."],
    "kms": ["NotFoundException", 400, "Key '{key}' does not exist"],
    "cloudformation": ["ValidationError", 400, "Stack with id {key} does not exist"],
    "sqs": ["QueueDoesNotExist", 400, "The specified queue does not exist."],
    "sns": ["NotFound", 404, "Topic does not exist"],
    "cloudcontrol": ["ResourceNotFoundException", 400, "Resource of type '{type}' with identifier '{key}' was not found."],
    "backup": ["ResourceNotFoundException", 400, "Cannot find the resource {key}."],
    "cloudtrail": ["TrailNotFoundException", 400, "Unknown trail: {key}"],
    "guardduty": ["BadRequestException", 400,
                  "The request is rejected because the input detectorId is not owned by the current account."],
}

# Operations that select records by an input: input -> the record's fields, any
# of which may be named; what a name that selects nothing answers.
EC2_IDS = {
    "DescribeInstances": ("InstanceId", "instancesSet.instanceId", "InvalidInstanceID.NotFound"),
    "DescribeVolumes": ("VolumeId", "volumeId", "InvalidVolume.NotFound"),
    "DescribeSnapshots": ("SnapshotId", "snapshotId", "InvalidSnapshot.NotFound"),
    "DescribeImages": ("ImageId", "imageId", "InvalidAMIID.NotFound"),
    "DescribeVpcs": ("VpcId", "vpcId", "InvalidVpcID.NotFound"),
    "DescribeSubnets": ("SubnetId", "subnetId", "InvalidSubnetID.NotFound"),
    "DescribeSecurityGroups": ("GroupId", "groupId", "InvalidGroup.NotFound"),
    "DescribeSecurityGroupRules": ("SecurityGroupRuleId", "securityGroupRuleId", "InvalidSecurityGroupRuleId.NotFound"),
    "DescribeRouteTables": ("RouteTableId", "routeTableId", "InvalidRouteTableID.NotFound"),
    "DescribeInternetGateways": ("InternetGatewayId", "internetGatewayId", "InvalidInternetGatewayID.NotFound"),
    "DescribeNatGateways": ("NatGatewayId", "natGatewayId", "NatGatewayNotFound"),
    "DescribeAddresses": ("AllocationId", "allocationId", "InvalidAllocationID.NotFound"),
    "DescribeNetworkAcls": ("NetworkAclId", "networkAclId", "InvalidNetworkAclID.NotFound"),
    "DescribeNetworkInterfaces": ("NetworkInterfaceId", "networkInterfaceId", "InvalidNetworkInterfaceID.NotFound"),
    "DescribeVpcPeeringConnections": ("VpcPeeringConnectionId", "vpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound"),
    "DescribeVpcEndpoints": ("VpcEndpointId", "vpcEndpointId", "InvalidVpcEndpointId.NotFound"),
    "DescribeFlowLogs": ("FlowLogId", "flowLogId", "InvalidFlowLogId.NotFound"),
    "DescribeLaunchTemplates": ("LaunchTemplateId", "launchTemplateId", "InvalidLaunchTemplateId.NotFound"),
    "DescribeLaunchTemplateVersions": ("LaunchTemplateId", "launchTemplateId", "InvalidLaunchTemplateId.NotFound"),
    "DescribeTransitGateways": ("TransitGatewayIds", "transitGatewayId", "InvalidTransitGatewayID.NotFound"),
    "DescribeTransitGatewayAttachments": ("TransitGatewayAttachmentIds", "transitGatewayAttachmentId",
                                          "InvalidTransitGatewayAttachmentID.NotFound"),
}
BY = {f"ec2:{op}": {"input": i, "fields": [f], "missing": [code, 400, "The ID '{key}' does not exist"]}
      for op, (i, f, code) in EC2_IDS.items()}
BY.update({
    "ecs:DescribeClusters": {"input": "clusters", "fields": ["clusterArn", "clusterName"], "failures": True},
    "ecs:DescribeServices": {"input": "services", "fields": ["serviceArn", "serviceName"], "failures": True},
    "cloudformation:DescribeStacks": {"input": "StackName", "fields": ["StackName", "StackId"],
                                      "missing": ["ValidationError", 400, "Stack with id {key} does not exist"]},
    "rds:DescribeDBInstances": {"input": "DBInstanceIdentifier", "fields": ["DBInstanceIdentifier", "DBInstanceArn"],
                                "missing": ["DBInstanceNotFound", 404, "DBInstance {key} not found."]},
    "rds:DescribeDBClusters": {"input": "DBClusterIdentifier", "fields": ["DBClusterIdentifier", "DBClusterArn"],
                               "missing": ["DBClusterNotFoundFault", 404, "DBCluster {key} not found."]},
    "kms:ListAliases": {"input": "KeyId", "fields": ["TargetKeyId"]},
    "cloudtrail:ListTags": {"input": "ResourceIdList", "fields": ["ResourceId"],
                            "missing": ["ResourceNotFoundException", 400, "Resource {key} was not found."]},
    "elbv2:DescribeTags": {"input": "ResourceArns", "fields": ["ResourceArn"],
                           "missing": ["LoadBalancerNotFound", 400, "One or more load balancers not found"]},
    "service-quotas:ListServiceQuotas": {
        "input": "ServiceCode", "fields": ["ServiceCode"],
        "missing": ["NoSuchResourceException", 400, "The request failed because the specified service does not exist."]},
    "lambda:GetFunctionConfiguration": {"input": "FunctionName", "fields": ["FunctionName", "FunctionArn"], "one": True,
                                        "missing": MISSING["lambda:GetFunctionConfiguration"]},
})

# Gets that AWS answers even where nothing was ever configured.
DEFAULTS = {
    "ec2:GetEbsEncryptionByDefault": {"ebsEncryptionByDefault": False},
    "s3:GetBucketVersioning": {},
    "s3:GetBucketLogging": {},
    "s3:GetBucketNotificationConfiguration": {},
    "s3:GetBucketLocation": {},
    "s3:GetBucketAcl": {},
    "s3:HeadBucket": {},
    "iam:GetAccountSummary": {"SummaryMap": {}},
    "iam:GenerateCredentialReport": {"State": "COMPLETE"},
    "lambda:ListTags": {"Tags": {}},
    "lambda:GetFunctionConcurrency": {},
    "sqs:ListQueueTags": {},
    "sts:AssumeRole": {},
    "sts:AssumeRoleWithWebIdentity": {},
    "sts:GetCallerIdentity": {},
    "sts:GetSessionToken": {},
    "ec2:CreateVpc": {},
    "ec2:RunInstances": {},
    "sso:GetRoleCredentials": {},
    "sso-oidc:RegisterClient": {},
    "sso-oidc:StartDeviceAuthorization": {},
    "sso-oidc:CreateToken": {},
    "backup:ListTags": {"Tags": {}},
    "guardduty:GetAdministratorAccount": {},
}

# Without a page size SQS answers up to 1,000 queues and no token at all.
NEEDS_LIMIT = {"sqs:ListQueues"}
# The paginators leave these out although the service pages them.
MORE_PAGES = {
    "iam:GetAccountAuthorizationDetails": ("Marker", "MaxItems", "Marker", "IsTruncated"),
    "sns:ListTagsForResource": None,
}
# More than one list shares one chain of pages.
LISTS = {"iam:GetAccountAuthorizationDetails": ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"]}


def wire_in(protocol, name, shape):
    ser = shape.serialization
    if protocol == "ec2":
        if "queryName" in ser:
            return ser["queryName"]
        wire = ser.get("name", name)
        return wire[0].upper() + wire[1:]
    return ser.get("name", name)


def hints(protocol, shape):
    """Element name -> list item name ("" where flattened), and maps, of an XML answer."""
    default = "item" if protocol == "ec2" else "member"
    lists, maps = {}, {}

    def walk(shape, element, seen):
        if shape.type_name == "list":
            flat = shape.serialization.get("flattened")
            item = "" if flat else shape.member.serialization.get("name", default)
            if lists.setdefault(element, item) != item:
                raise SystemExit(f"{element} is both {lists[element]} and {item}")
            walk(shape.member, element, seen)
        elif shape.type_name == "map":
            ser = shape.serialization
            maps[element] = ["" if ser.get("flattened") else "entry",
                             shape.key.serialization.get("name", "key"),
                             shape.value.serialization.get("name", "value")]
            walk(shape.value, element, seen)
        elif shape.type_name == "structure" and shape.name not in seen:
            for name, member in shape.members.items():
                if member.serialization.get("location") != "header":
                    walk(member, member.serialization.get("name", name), seen | {shape.name})

    if shape is not None:
        walk(shape, "", frozenset())
    return {k: v for k, v in lists.items() if v != default}, maps


def operation(session, service, model, name, paginators):
    op = model.operation_model(name)
    full = f"{service}:{name}"
    protocol = model.metadata["protocol"]
    out, inp = op.output_shape, op.input_shape
    row = {"id": full}
    if "xml" in protocol or protocol in ("query", "ec2"):
        lists, maps = hints(protocol, out)
        if lists:
            row["items"] = lists
        if maps:
            row["maps"] = maps
    if protocol == "query":
        row["wrapper"] = out.serialization.get("resultWrapper", f"{name}Result")
    if protocol == "rest-xml" and name != "HeadBucket":
        payload = out.serialization.get("payload")
        if payload and out.members[payload].type_name == "string":
            row["raw"] = payload
        elif payload:
            row["wrapper"] = out.members[payload].serialization.get("name", payload)
        else:
            row["wrapper"] = S3_ROOTS[name]
    required = [wire_in(protocol, m, inp.members[m]) for m in (inp.required_members if inp else [])]
    if required:
        row["required"] = required
    # Lists of an answer: what the paginator names, else every list it has.
    pager = paginators.get(name)
    wires = {m: s.serialization.get("name", m) for m, s in (out.members if out else {}).items()}
    if full in LISTS:
        row["lists"] = LISTS[full]
    elif pager:
        keys = pager["result_key"]
        row["lists"] = [wires[k] for k in ([keys] if isinstance(keys, str) else keys)]
    elif name.startswith(("List", "Describe")) and full not in MISSING and full not in DEFAULTS:
        row["lists"] = [wires[m] for m, s in out.members.items() if s.type_name == "list" and m != "failures"][:1]
    if not row.get("lists"):
        row.pop("lists", None)
    chain = None
    if full in MORE_PAGES and MORE_PAGES[full]:
        chain = MORE_PAGES[full]
    elif pager and pager.get("input_token"):
        limit = pager.get("limit_key")
        chain = (
            wire_in(protocol, pager["input_token"], inp.members[pager["input_token"]]),
            wire_in(protocol, limit, inp.members[limit]) if limit else None,
            wires[pager["output_token"]],
            pager.get("more_results"),
        )
    if chain:
        size, least, most, cap = PAGES.get(full, PAGES[service])
        row["page"] = {"token_in": chain[0], "limit": chain[1], "token_out": chain[2], "more": chain[3],
                       "default": size, "min": least, "max": most, "cap": cap}
        if full in NEEDS_LIMIT:
            row["page"]["needs_limit"] = True
        row["page"] = {k: v for k, v in row["page"].items() if v is not None}
    if full in BY:
        row["by"] = BY[full]
    if full in DEFAULTS:
        row["default"] = DEFAULTS[full]
    elif full in MISSING:
        row["missing"] = MISSING[full]
    elif not row.get("lists"):
        row["missing"] = MISSING[service]
    action = f"{service}:{name}"
    if service == "s3":
        action = f"s3:{S3_ACTIONS.get(name, name)}"
    elif full == "s3control:GetPublicAccessBlock":
        action = "s3:GetAccountPublicAccessBlock"
    elif service in PREFIXES:
        action = f"{PREFIXES[service]}:{name}"
    if action != full:
        row["action"] = action
    return row


def lines(values):
    return "[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in values) + "\n]"


def main():
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    services, rows = [], []
    for service, names in OPERATIONS.items():
        model = session.get_service_model(service)
        meta = model.metadata
        try:
            paginators = loader.load_service_model(service, "paginators-1")["pagination"]
        except botocore.exceptions.UnknownServiceError:
            paginators = {}
        services.append({k: v for k, v in {
            "id": service, "protocol": meta["protocol"], "signing": meta.get("signingName", meta["endpointPrefix"]),
            "namespace": meta.get("xmlNamespace"), "json": meta.get("jsonVersion"),
            "errors": meta.get("targetPrefix") and meta["targetPrefix"].split("_")[0].lower(),
            "query_compatible": ("awsQueryCompatible" in meta) or None,
        }.items() if v is not None})
        rows += [operation(session, service, model, n, paginators) for n in names.split()]
    (OUT / "operations.json").write_text(
        '{"services":' + lines(services) + ',\n"operations":' + lines(rows) + "}\n")

    # How any AWS request names its operation, far beyond what the simulation
    # answers: a transport test must recognise a call that nobody expected.
    targets, versions, routes = {}, {}, []
    for service in sorted(loader.list_available_services("service-2")):
        raw = loader.load_service_model(service, "service-2")
        meta = raw["metadata"]
        protocol = meta["protocol"]
        if "targetPrefix" in meta:
            targets.setdefault(meta["targetPrefix"], []).append([service, meta.get("signingName", meta["endpointPrefix"])])
        if protocol in ("query", "ec2") or "awsQueryCompatible" in meta:
            versions.setdefault(meta["apiVersion"], []).append([service, meta.get("signingName", meta["endpointPrefix"])])
        if service in ("s3", "s3control", "lambda", "account", "backup", "guardduty", "sso", "sso-oidc"):
            for name, op in raw["operations"].items():
                if op.get("deprecated"):
                    continue
                http = op["http"]
                # Two names for one request; the newer one speaks for both.
                if name in ("GetBucketLifecycle", "GetBucketNotification", "PutBucketLifecycle",
                            "PutBucketNotification", "InvokeAsync", "ListDirectoryBuckets"):
                    continue
                headers = sorted(
                    m["locationName"] for k, m in raw["shapes"].get(op.get("input", {}).get("shape", ""), {}).get("members", {}).items()
                    if k in raw["shapes"][op["input"]["shape"]].get("required", []) and m.get("location") == "header"
                    and k == ("AccountId" if service == "s3control" else "CopySource"))
                query = sorted(
                    m["locationName"] for k, m in raw["shapes"].get(op.get("input", {}).get("shape", ""), {}).get("members", {}).items()
                    if k in raw["shapes"][op["input"]["shape"]].get("required", []) and m.get("location") == "querystring")
                uri = http["requestUri"]
                if query:
                    uri += ("&" if "?" in uri else "?") + "&".join(query)
                routes.append([service, name, http["method"], uri] + headers)
    (OUT / "wire.json").write_text(
        '{"targets":' + json.dumps(targets, separators=(",", ":")).replace(']],"', ']],\n"') +
        ',\n"versions":' + json.dumps(versions, separators=(",", ":")).replace(']],"', ']],\n"') +
        ',\n"routes":' + lines(routes) + "}\n")


main()
