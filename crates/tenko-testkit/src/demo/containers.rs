//! Containers: a cluster with one service.

use serde_json::{Value, json};

use super::site::{MADE_SECONDS, Site};

impl Site<'_> {
    /// A cluster, a service in it, and the revision of the task definition that it runs.
    pub(super) fn containers(
        &mut self,
        cluster: &str,
        service: &str,
        revision: u32,
        variables: &[(&str, &str)],
    ) {
        let cluster_arn = self.arn("ecs", &format!("cluster/{cluster}"));
        let service_arn = self.arn("ecs", &format!("service/{cluster}/{service}"));
        let task_arn = self.arn("ecs", &format!("task-definition/{service}:{revision}"));
        let tags = self.small_tag_list();
        self.push("ecs:ListClusters", json!(cluster_arn));
        self.push(
            "ecs:DescribeClusters",
            json!({
                "clusterArn": cluster_arn, "clusterName": cluster, "status": "ACTIVE",
                "registeredContainerInstancesCount": 0, "runningTasksCount": 2,
                "pendingTasksCount": 0, "activeServicesCount": 1,
                "capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": [],
                "settings": [{ "name": "containerInsights", "value": "enabled" }], "tags": tags,
            }),
        );
        self.push("ecs:ListServices", json!(service_arn));
        self.push(
            "ecs:DescribeServices",
            json!({
                "serviceArn": service_arn, "serviceName": service, "clusterArn": cluster_arn,
                "status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
                "launchType": "FARGATE", "platformVersion": "LATEST", "taskDefinition": task_arn,
                "deploymentConfiguration": { "maximumPercent": 200, "minimumHealthyPercent": 100 },
                "deployments": [{
                    "id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": task_arn,
                    "desiredCount": 2, "runningCount": 2,
                }],
                "schedulingStrategy": "REPLICA", "deploymentController": { "type": "ECS" },
                "enableECSManagedTags": true, "propagateTags": "SERVICE",
                "enableExecuteCommand": false, "createdAt": MADE_SECONDS, "tags": tags,
            }),
        );
        self.push("ecs:ListTaskDefinitions", json!(task_arn));
        let variables =
            variables.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        let task = json!({
            "taskDefinitionArn": task_arn, "family": service, "revision": revision,
            "status": "ACTIVE", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
            "cpu": "256", "memory": "512", "registeredAt": MADE_SECONDS,
            "taskRoleArn": self.iam_arn(&format!("role/{service}")),
            "executionRoleArn": self.iam_arn(&format!("role/{service}")),
            "containerDefinitions": [{
                "name": "app", "essential": true, "cpu": 256,
                "image": format!(
                    "{}.dkr.ecr.{}.amazonaws.com/{service}:{revision}",
                    self.account(), self.region(),
                ),
                "portMappings": [{ "containerPort": 8080, "hostPort": 8080, "protocol": "tcp" }],
                "environment": variables.collect::<Value>(),
            }],
        });
        let when = json!({ "taskDefinition": task_arn });
        let answer = json!({ "taskDefinition": task, "tags": tags });
        self.answer("ecs:DescribeTaskDefinition", when, answer);
    }
}
