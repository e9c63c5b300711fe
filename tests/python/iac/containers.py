"""Clusters, task definitions and services."""

import json

from iam import RENAMED, retag
from world import TAGS, pairs

FILE = "applications.tfstate"
REVISED = "a revision never changes: another value means another revision"


def tags():
    return pairs(None, "key", "value")


def make(world):
    ecs = world.client("ecs")
    cluster = make_cluster(world, ecs)
    tasks = [make_task(world, ecs, n) for n in range(2)]
    make_service(world, ecs, cluster, tasks)


def make_cluster(world, ecs):
    name = "apps"
    insights = lambda value: [{"name": "containerInsights", "value": value}]
    arn = ecs.create_cluster(
        clusterName=name,
        settings=insights("enabled"),
        serviceConnectDefaults={"namespace": "inside"},
        tags=tags(),
    )["cluster"]["clusterArn"]
    provide = lambda providers, weight: ecs.put_cluster_capacity_providers(
        cluster=name,
        capacityProviders=providers,
        defaultCapacityProviderStrategy=[
            {"capacityProvider": "FARGATE", "weight": weight, "base": 1}
        ],
    )
    both = ["FARGATE", "FARGATE_SPOT"]
    provide(both, 100)
    include = ["SETTINGS", "CONFIGURATIONS"]
    item = ecs.describe_clusters(clusters=[name], include=include)["clusters"][0]
    source = world.state(
        FILE,
        "aws_ecs_cluster",
        name,
        {
            "arn": arn,
            "configuration": [],
            "id": arn,
            "name": name,
            "service_connect_defaults": [item["serviceConnectDefaults"]],
            "setting": item["settings"],
            "tags": TAGS,
            "tags_all": TAGS,
        },
    )
    world.state(
        FILE,
        "aws_ecs_cluster_capacity_providers",
        name,
        {
            "capacity_providers": item["capacityProviders"],
            "cluster_name": name,
            "default_capacity_provider_strategy": [
                {
                    "base": one.get("base", 0),
                    "capacity_provider": one["capacityProvider"],
                    "weight": one.get("weight", 0),
                }
                for one in item["defaultCapacityProviderStrategy"]
            ],
            "id": name,
        },
    )
    thing = world.thing("AWS::ECS::Cluster", name, source)
    set_ = lambda value: ecs.update_cluster(cluster=name, settings=insights(value))
    thing.swap("ClusterSettings", set_, "disabled", "enabled")
    thing.swap("CapacityProviders", lambda to: provide(to, 100), ["FARGATE"], both)
    thing.swap("DefaultCapacityProviderStrategy", lambda weight: provide(both, weight), 1, 100)
    log = lambda what: ecs.update_cluster(
        cluster=name,
        configuration={"executeCommandConfiguration": {"logging": what}} if what else {},
    )
    thing.swap("Configuration", log, "NONE", None)
    connect = lambda namespace: ecs.update_cluster(
        cluster=name, serviceConnectDefaults={"namespace": namespace}
    )
    thing.swap(
        "ServiceConnectDefaults", connect, "elsewhere", "inside", "ServiceConnectDefaults.Namespace"
    )
    tag = lambda value: ecs.tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": value}])
    retag(thing, tag)
    thing.delete = lambda: ecs.delete_cluster(cluster=name)
    world.fix(thing.type, RENAMED, "ClusterName")

    def by_hand():
        ecs.create_cluster(clusterName="hand")
        return "hand", lambda: ecs.delete_cluster(cluster="hand")

    world.by_hand(thing.type, by_hand)
    return arn


def make_task(world, ecs, n):
    arn = ecs.register_task_definition(
        family="api",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=world.role["arn"],
        taskRoleArn=world.role["arn"],
        runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        containerDefinitions=[
            {
                "name": "api",
                "image": f"example/api:1.2.{n}",
                "essential": True,
                "environment": [{"name": "TOKEN", "value": "canary-token"}],
                "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/apps/api", "awslogs-region": "eu-central-1"},
                },
            }
        ],
        volumes=[{"name": "scratch"}],
        tags=tags(),
    )["taskDefinition"]["taskDefinitionArn"]
    item = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    platform = item["runtimePlatform"]
    source = world.state(
        FILE,
        "aws_ecs_task_definition",
        "api",
        {
            "arn": arn,
            "arn_without_revision": arn.rsplit(":", 1)[0],
            "container_definitions": json.dumps(item["containerDefinitions"]),
            "cpu": item["cpu"],
            "enable_fault_injection": False,
            "ephemeral_storage": [],
            "execution_role_arn": item["executionRoleArn"],
            "family": item["family"],
            "id": item["family"],
            "inference_accelerator": [],
            "ipc_mode": "",
            "memory": item["memory"],
            "network_mode": item["networkMode"],
            "pid_mode": "",
            "placement_constraints": [],
            "proxy_configuration": [],
            "requires_compatibilities": item["requiresCompatibilities"],
            "revision": item["revision"],
            "runtime_platform": [
                {
                    "cpu_architecture": platform["cpuArchitecture"],
                    "operating_system_family": platform["operatingSystemFamily"],
                }
            ],
            "skip_destroy": False,
            "tags": TAGS,
            "tags_all": TAGS,
            "task_role_arn": item["taskRoleArn"],
            "track_latest": False,
            "volume": [
                {
                    "configure_at_launch": False,
                    "docker_volume_configuration": [],
                    "efs_volume_configuration": [],
                    "fsx_windows_file_server_volume_configuration": [],
                    "host_path": "",
                    "name": volume["name"],
                }
                for volume in item["volumes"]
            ],
        },
        key=n,
    )
    thing = world.thing("AWS::ECS::TaskDefinition", arn, source)
    tag = lambda value: ecs.tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": value}])
    retag(thing, tag)
    thing.delete = lambda: ecs.deregister_task_definition(taskDefinition=arn)
    if n == 0:
        world.fix(
            thing.type,
            REVISED,
            *("ContainerDefinitions", "Cpu", "EnableFaultInjection", "EphemeralStorage"),
            *("ExecutionRoleArn", "Family", "InferenceAccelerators", "IpcMode", "Memory"),
            *("NetworkMode", "PidMode", "PlacementConstraints", "ProxyConfiguration"),
            *("RequiresCompatibilities", "RuntimePlatform", "TaskRoleArn", "Volumes"),
        )

        def by_hand():
            containers = [{"name": "hand", "image": "example/hand", "memory": 64}]
            made = ecs.register_task_definition(family="hand", containerDefinitions=containers)
            made = made["taskDefinition"]["taskDefinitionArn"]
            return made, lambda: ecs.deregister_task_definition(taskDefinition=made)

        world.by_hand(thing.type, by_hand)
    return arn


def make_service(world, ecs, cluster, tasks):
    name = "api"
    inside = lambda group: {
        "awsvpcConfiguration": {
            "subnets": world.network["subnets"][:2],
            "securityGroups": [world.network["groups"][group]],
            "assignPublicIp": "DISABLED",
        }
    }
    registry = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
    target = (
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/0123456789abcdef"
    )
    balancer = {"targetGroupArn": target, "containerName": "api", "containerPort": 8080}
    arn = ecs.create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=tasks[0],
        desiredCount=2,
        launchType="FARGATE",
        platformVersion="1.4.0",
        networkConfiguration=inside("web"),
        loadBalancers=[balancer],
        serviceRegistries=[{"registryArn": registry}],
        propagateTags="SERVICE",
        tags=tags(),
    )["service"]["serviceArn"]
    item = ecs.describe_services(cluster=cluster, services=[name])["services"][0]
    network = item["networkConfiguration"]["awsvpcConfiguration"]
    source = world.state(
        FILE,
        "aws_ecs_service",
        name,
        {
            "alarms": [],
            "availability_zone_rebalancing": "DISABLED",
            "capacity_provider_strategy": [],
            "cluster": item["clusterArn"],
            "deployment_circuit_breaker": [{"enable": False, "rollback": False}],
            "deployment_controller": [{"type": item["deploymentController"]["type"]}],
            # moto keeps no configuration of deployments.
            "deployment_maximum_percent": None,
            "deployment_minimum_healthy_percent": None,
            "desired_count": item["desiredCount"],
            "enable_ecs_managed_tags": item.get("enableECSManagedTags", False),
            "enable_execute_command": item.get("enableExecuteCommand", False),
            "force_delete": None,
            "force_new_deployment": False,
            "health_check_grace_period_seconds": item.get("healthCheckGracePeriodSeconds", 0),
            "iam_role": item.get("roleArn", ""),
            "id": arn,
            "launch_type": item["launchType"],
            "load_balancer": [
                {
                    "container_name": one["containerName"],
                    "container_port": one["containerPort"],
                    "elb_name": "",
                    "target_group_arn": one["targetGroupArn"],
                }
                for one in item["loadBalancers"]
            ],
            "name": name,
            "network_configuration": [
                {
                    "assign_public_ip": network["assignPublicIp"] == "ENABLED",
                    "security_groups": network["securityGroups"],
                    "subnets": network["subnets"],
                }
            ],
            "ordered_placement_strategy": [],
            "placement_constraints": [],
            "platform_version": item["platformVersion"],
            "propagate_tags": item["propagateTags"],
            "scheduling_strategy": item["schedulingStrategy"],
            "service_connect_configuration": [],
            "service_registries": [
                {
                    "container_name": "",
                    "container_port": 0,
                    "port": 0,
                    "registry_arn": one["registryArn"],
                }
                for one in item["serviceRegistries"]
            ],
            "tags": TAGS,
            "tags_all": TAGS,
            "task_definition": item["taskDefinition"],
            "timeouts": None,
            "triggers": {},
            "volume_configuration": [],
            "vpc_lattice_configurations": [],
            "wait_for_steady_state": False,
        },
    )
    thing = world.thing("AWS::ECS::Service", arn, source)
    update = lambda key: lambda value: ecs.update_service(
        cluster=cluster, service=name, **{key: value}
    )
    thing.swap("DesiredCount", update("desiredCount"), 5, 2)
    thing.swap("TaskDefinition", update("taskDefinition"), tasks[1], tasks[0])
    thing.swap("PlatformVersion", update("platformVersion"), "LATEST", "1.4.0")
    thing.swap("PropagateTags", update("propagateTags"), "TASK_DEFINITION", "SERVICE")
    thing.swap(
        "NetworkConfiguration",
        update("networkConfiguration"),
        inside("database"),
        inside("web"),
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
    )
    other = {**balancer, "containerPort": 9090}
    thing.swap("LoadBalancers", update("loadBalancers"), [other], [balancer])
    thing.swap("LoadBalancers", update("loadBalancers"), [], [balancer])
    thing.swap("ServiceRegistries", update("serviceRegistries"), [], [{"registryArn": registry}])
    tag = lambda value: ecs.tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": value}])
    retag(thing, tag)
    thing.delete = lambda: ecs.delete_service(cluster=cluster, service=name, force=True)
    fixed(world, thing.type)

    def by_hand():
        made = ecs.create_service(
            cluster=cluster, serviceName="hand", taskDefinition=tasks[0], desiredCount=1
        )["service"]["serviceArn"]
        return made, lambda: ecs.delete_service(cluster=cluster, service="hand", force=True)

    world.by_hand(thing.type, by_hand)


def fixed(world, type_):
    immutable = "no API changes it: another value means another service"
    world.fix(type_, immutable, "Cluster", "LaunchType", "Role", "SchedulingStrategy")
    world.fix(type_, immutable, "DeploymentController")
    world.fix(type_, RENAMED, "ServiceName")
    world.fix(
        type_,
        "moto does not keep it",
        *("AvailabilityZoneRebalancing", "CapacityProviderStrategy", "DeploymentConfiguration"),
        *("EnableECSManagedTags", "EnableExecuteCommand", "HealthCheckGracePeriodSeconds"),
        *("PlacementConstraints", "PlacementStrategies", "ServiceConnectConfiguration"),
        *("VolumeConfigurations", "VpcLatticeConfigurations"),
    )
