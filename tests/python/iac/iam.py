"""Identities: roles, users, groups, policies, instance profiles."""

import json

from network import IMMUTABLE
from world import TAGS, pairs

FILE = "identities.tfstate"
# Who grants what is declared apart from the identities themselves.
GRANTS = "grants.tfstate"
RENAMED = "renaming makes another resource of it: one is missing, one unmanaged"
TWO_NAMES = ("ec2.amazonaws.com", "ecs-tasks.amazonaws.com")


def statement(action, resource="*"):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}],
    }


def trust(*services):
    principal = {"Service": list(services) if len(services) > 1 else services[0]}
    allow = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [allow]}


def text(document):
    """As `jsonencode` writes it: keys in order, no blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def when(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def retag(thing, tag):
    thing.swap("Tags", tag, "somebody else", "sre", "Tags.owner")


def make(world):
    iam = world.client("iam")
    policies = {
        name: make_policy(world, iam, name, n) for n, name in enumerate(("read", "watch", "spare"))
    }
    world.policies = policies
    group = make_group(world, iam, policies)
    make_user(world, iam, policies, group)
    role = make_role(world, iam, policies)
    make_profile(world, iam, role)


def make_policy(world, iam, name, n):
    document = statement(["s3:GetObject", "s3:ListBucket"])
    arn = iam.create_policy(
        PolicyName=name,
        Path="/team/",
        Description=f"may {name}",
        PolicyDocument=json.dumps(document),
        Tags=pairs(),
    )["Policy"]["Arn"]
    item = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=item["DefaultVersionId"])
    source = world.state(
        FILE,
        "aws_iam_policy",
        "team",
        {
            "arn": arn,
            "attachment_count": item["AttachmentCount"],
            "description": item["Description"],
            "id": arn,
            "name": item["PolicyName"],
            "name_prefix": "",
            "path": item["Path"],
            "policy": text(version["PolicyVersion"]["Document"]),
            "policy_id": item["PolicyId"],
            "tags": TAGS,
            "tags_all": TAGS,
        },
        key=name,
    )
    thing = world.thing("AWS::IAM::ManagedPolicy", arn, source)

    def widen():
        iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=json.dumps(statement("s3:*")), SetAsDefault=True
        )

    def narrow():
        held = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        iam.delete_policy_version(PolicyArn=arn, VersionId=held)

    def add():
        both = statement(["s3:GetObject", "s3:ListBucket"])
        both["Statement"].append(statement("iam:*")["Statement"][0])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(both), SetAsDefault=True)

    thing.change("PolicyDocument", add, narrow, "PolicyDocument.Statement[1]")
    thing.change("PolicyDocument", widen, narrow, "PolicyDocument.Statement[0].Action")
    retag(thing, lambda value: iam.tag_policy(PolicyArn=arn, Tags=pairs({"owner": value})))
    thing.delete = lambda: iam.delete_policy(PolicyArn=arn)
    if n == 0:
        world.fix(thing.type, IMMUTABLE, "Description", "ManagedPolicyName", "Path")

        def by_hand():
            made = iam.create_policy(PolicyName="hand", PolicyDocument=json.dumps(document))
            return made["Policy"]["Arn"], lambda: iam.delete_policy(PolicyArn=made["Policy"]["Arn"])

        world.by_hand(thing.type, by_hand)
    return arn


def make_group(world, iam, policies):
    name = "operators"
    iam.create_group(GroupName=name, Path="/team/")
    iam.attach_group_policy(GroupName=name, PolicyArn=policies["read"])
    iam.put_group_policy(
        GroupName=name, PolicyName="inline", PolicyDocument=json.dumps(statement("ec2:Describe*"))
    )
    item = iam.get_group(GroupName=name)["Group"]
    source = world.state(
        FILE,
        "aws_iam_group",
        name,
        {
            "arn": item["Arn"],
            "id": name,
            "name": name,
            "path": item["Path"],
            "unique_id": item["GroupId"],
        },
    )
    attached = iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]
    for policy in attached:
        world.state(
            GRANTS,
            "aws_iam_group_policy_attachment",
            "read",
            {"group": name, "id": f"{name}-20240101", "policy_arn": policy["PolicyArn"]},
        )
    inline = iam.get_group_policy(GroupName=name, PolicyName="inline")
    world.state(
        FILE,
        "aws_iam_group_policy",
        "inline",
        {
            "group": name,
            "id": f"{name}:inline",
            "name": "inline",
            "name_prefix": "",
            "policy": text(inline["PolicyDocument"]),
        },
    )
    thing = world.thing("AWS::IAM::Group", name, source)
    thing.change(
        "ManagedPolicyArns",
        lambda: iam.attach_group_policy(GroupName=name, PolicyArn=policies["watch"]),
        lambda: iam.detach_group_policy(GroupName=name, PolicyArn=policies["watch"]),
    )
    put = lambda action: iam.put_group_policy(
        GroupName=name, PolicyName="inline", PolicyDocument=json.dumps(statement(action))
    )
    thing.swap("Policies", put, "ec2:*", "ec2:Describe*")

    def delete():
        iam.detach_group_policy(GroupName=name, PolicyArn=policies["read"])
        iam.delete_group_policy(GroupName=name, PolicyName="inline")
        iam.delete_group(GroupName=name)

    thing.delete = delete
    world.fix(thing.type, RENAMED, "GroupName")
    world.fix(
        thing.type, "moto's UpdateGroup keeps the path of a group that it does not rename", "Path"
    )

    def by_hand():
        iam.create_group(GroupName="hand")
        return "hand", lambda: iam.delete_group(GroupName="hand")

    world.by_hand(thing.type, by_hand)
    return name


def make_user(world, iam, policies, group):
    name = "deploy@example.com"
    iam.create_user(
        UserName=name, Path="/robots/", Tags=pairs(), PermissionsBoundary=policies["spare"]
    )
    iam.add_user_to_group(GroupName=group, UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=policies["read"])
    iam.put_user_policy(
        UserName=name, PolicyName="inline", PolicyDocument=json.dumps(statement("sqs:SendMessage"))
    )
    item = iam.get_user(UserName=name)["User"]
    source = world.state(
        FILE,
        "aws_iam_user",
        "deploy",
        {
            "arn": item["Arn"],
            "force_destroy": False,
            "id": name,
            "name": name,
            "path": item["Path"],
            # moto lists no boundary of a user.
            "permissions_boundary": "",
            "tags": TAGS,
            "tags_all": TAGS,
            "unique_id": item["UserId"],
        },
    )
    groups = [held["GroupName"] for held in iam.list_groups_for_user(UserName=name)["Groups"]]
    world.state(
        GRANTS,
        "aws_iam_user_group_membership",
        "deploy",
        {"groups": groups, "id": "terraform-20240101", "user": name},
    )
    for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        world.state(
            GRANTS,
            "aws_iam_user_policy_attachment",
            "read",
            {"id": f"{name}-20240101", "policy_arn": policy["PolicyArn"], "user": name},
        )
    inline = iam.get_user_policy(UserName=name, PolicyName="inline")
    world.state(
        FILE,
        "aws_iam_user_policy",
        "inline",
        {
            "id": f"{name}:inline",
            "name": "inline",
            "name_prefix": "",
            "policy": text(inline["PolicyDocument"]),
            "user": name,
        },
    )
    thing = world.thing("AWS::IAM::User", name, source)
    # moto keeps tags by ARN, which has the path in it.
    paths = ("Path", *(f"Tags.{key}" for key in TAGS))
    move = lambda path: iam.update_user(UserName=name, NewPath=path)
    thing.swap("Path", move, "/people/", "/robots/", *paths)
    thing.change(
        "Groups",
        lambda: iam.remove_user_from_group(GroupName=group, UserName=name),
        lambda: iam.add_user_to_group(GroupName=group, UserName=name),
    )
    thing.change(
        "ManagedPolicyArns",
        lambda: iam.attach_user_policy(UserName=name, PolicyArn=policies["watch"]),
        lambda: iam.detach_user_policy(UserName=name, PolicyArn=policies["watch"]),
    )
    thing.change(
        "Policies",
        lambda: iam.put_user_policy(
            UserName=name, PolicyName="more", PolicyDocument=json.dumps(statement("sqs:*"))
        ),
        lambda: iam.delete_user_policy(UserName=name, PolicyName="more"),
    )
    retag(thing, lambda value: iam.tag_user(UserName=name, Tags=pairs({"owner": value})))

    def delete():
        iam.remove_user_from_group(GroupName=group, UserName=name)
        iam.detach_user_policy(UserName=name, PolicyArn=policies["read"])
        iam.delete_user_policy(UserName=name, PolicyName="inline")
        iam.delete_user(UserName=name)

    thing.delete = delete
    world.fix(thing.type, RENAMED, "UserName")
    world.fix(thing.type, "moto has no boundaries of users", "PermissionsBoundary")

    def by_hand():
        iam.create_user(UserName="hand")
        return "hand", lambda: iam.delete_user(UserName="hand")

    world.by_hand(thing.type, by_hand)


def make_role(world, iam, policies):
    name = "application"
    arn = iam.create_role(
        RoleName=name,
        Path="/service/",
        AssumeRolePolicyDocument=json.dumps(trust(*TWO_NAMES)),
        Description="what the application may do",
        MaxSessionDuration=7200,
        PermissionsBoundary=policies["spare"],
        Tags=pairs(),
    )["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policies["read"])
    iam.attach_role_policy(RoleName=name, PolicyArn=policies["watch"])
    iam.put_role_policy(
        RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(statement("sns:Publish"))
    )
    item = iam.get_role(RoleName=name)["Role"]
    attached = [
        policy["PolicyArn"]
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    ]
    inline = iam.get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"]
    source = world.state(
        FILE,
        "aws_iam_role",
        name,
        {
            "arn": item["Arn"],
            "assume_role_policy": text(item["AssumeRolePolicyDocument"]),
            "create_date": when(item["CreateDate"]),
            "description": item["Description"],
            "force_detach_policies": False,
            "id": name,
            "inline_policy": [{"name": "inline", "policy": text(inline)}],
            "managed_policy_arns": attached,
            "max_session_duration": item["MaxSessionDuration"],
            "name": name,
            "name_prefix": "",
            "path": item["Path"],
            "permissions_boundary": item["PermissionsBoundary"]["PermissionsBoundaryArn"],
            "tags": TAGS,
            "tags_all": TAGS,
            "unique_id": item["RoleId"],
        },
    )
    for n, policy in enumerate(attached):
        world.state(
            GRANTS,
            "aws_iam_role_policy_attachment",
            name,
            {"id": f"{name}-2024010{n}", "policy_arn": policy, "role": name},
            key=n,
        )
    world.state(
        FILE,
        "aws_iam_role_policy",
        "inline",
        {
            "id": f"{name}:inline",
            "name": "inline",
            "name_prefix": "",
            "policy": text(inline),
            "role": name,
        },
    )
    thing = world.thing("AWS::IAM::Role", name, source)
    assume = lambda services: iam.update_assume_role_policy(
        RoleName=name, PolicyDocument=json.dumps(trust(*services))
    )
    thing.swap(
        "AssumeRolePolicyDocument",
        assume,
        ["lambda.amazonaws.com"],
        TWO_NAMES,
        "AssumeRolePolicyDocument.Statement[0].Principal.Service",
    )
    update = lambda description, seconds: iam.update_role(
        RoleName=name, Description=description, MaxSessionDuration=seconds
    )
    was = item["Description"]
    thing.swap("Description", lambda to: update(to, 7200), "edited", was)
    thing.swap("MaxSessionDuration", lambda to: update(was, to), 3600, 7200)
    thing.change(
        "ManagedPolicyArns",
        lambda: iam.attach_role_policy(RoleName=name, PolicyArn=policies["spare"]),
        lambda: iam.detach_role_policy(RoleName=name, PolicyArn=policies["spare"]),
    )
    thing.change(
        "ManagedPolicyArns",
        lambda: iam.detach_role_policy(RoleName=name, PolicyArn=policies["watch"]),
        lambda: iam.attach_role_policy(RoleName=name, PolicyArn=policies["watch"]),
    )
    put = lambda action: iam.put_role_policy(
        RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(statement(action))
    )
    thing.swap("Policies", put, "sns:*", "sns:Publish")
    thing.change(
        "Policies",
        lambda: iam.put_role_policy(
            RoleName=name, PolicyName="back-door", PolicyDocument=json.dumps(statement("*"))
        ),
        lambda: iam.delete_role_policy(RoleName=name, PolicyName="back-door"),
    )
    thing.change(
        "Policies",
        lambda: iam.delete_role_policy(RoleName=name, PolicyName="inline"),
        lambda: put("sns:Publish"),
    )
    thing.change(
        "PermissionsBoundary",
        lambda: iam.delete_role_permissions_boundary(RoleName=name),
        lambda: iam.put_role_permissions_boundary(
            RoleName=name, PermissionsBoundary=policies["spare"]
        ),
    )
    retag(thing, lambda value: iam.tag_role(RoleName=name, Tags=pairs({"owner": value})))

    def delete():
        for policy in attached:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy)
        iam.delete_role_policy(RoleName=name, PolicyName="inline")
        iam.delete_role(RoleName=name)

    thing.delete = delete
    world.fix(thing.type, IMMUTABLE, "Path", "RoleName")

    def by_hand():
        iam.create_role(RoleName="hand", AssumeRolePolicyDocument=json.dumps(trust(TWO_NAMES[0])))
        return "hand", lambda: iam.delete_role(RoleName="hand")

    world.by_hand(thing.type, by_hand)
    world.role = {"name": name, "arn": arn}
    return name


def make_profile(world, iam, role):
    name = "application"
    iam.create_instance_profile(InstanceProfileName=name, Path="/service/", Tags=pairs())
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    item = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    source = world.state(
        FILE,
        "aws_iam_instance_profile",
        name,
        {
            "arn": item["Arn"],
            "create_date": when(item["CreateDate"]),
            "id": name,
            "name": name,
            "name_prefix": "",
            "path": item["Path"],
            "role": item["Roles"][0]["RoleName"],
            "tags": TAGS,
            "tags_all": TAGS,
            "unique_id": item["InstanceProfileId"],
        },
    )
    thing = world.thing("AWS::IAM::InstanceProfile", name, source)
    thing.change(
        "Roles",
        lambda: iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role),
        lambda: iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role),
    )
    tag = lambda value: iam.tag_instance_profile(
        InstanceProfileName=name, Tags=pairs({"owner": value})
    )
    retag(thing, tag)

    def delete():
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
        iam.delete_instance_profile(InstanceProfileName=name)

    thing.delete = delete
    world.fix(thing.type, IMMUTABLE, "InstanceProfileName", "Path")

    def by_hand():
        iam.create_instance_profile(InstanceProfileName="hand")
        return "hand", lambda: iam.delete_instance_profile(InstanceProfileName="hand")

    world.by_hand(thing.type, by_hand)
