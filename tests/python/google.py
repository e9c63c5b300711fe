"""Fills an emulator of Google Cloud over plain HTTP and says what it then reports itself.

Usage: google.py ENDPOINT drongo|gcplocal. Prints one JSON document:

    {"projects": [...], "parentless": [...],
     "expect": [{"type", "scope", "region", "id", "name", "tags", "attributes"}]}

The canonical form is made here a second time, from the answers to plain GETs, so that a mistake in
the product's is not repeated by its test. Expectations are whole: nothing else may be collected.
"""

import datetime
import json
import re
import sys
import urllib.request

ORGANIZATION = "organizations/1"
# project -> tenant
PROJECTS = {"acme-prod": "acme", "acme-staging": "acme", "globex-prod": "globex"}
PARENTLESS = {"lab-1": "lab", "lab-2": "lab"}
EVERY = {**PROJECTS, **PARENTLESS}
# More than a page of any listing in Compute Engine.
MANY = 501


class Maker:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.expect = []

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.endpoint + path,
            data=data,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def get(self, path):
        return self.call("GET", path)

    def add(self, kind, project, id_, item, name, region="global", labels=None, without=()):
        """`without`: what is documented to be left out, beside what is left out everywhere."""
        left = {key: item[key] for key in item if key not in {"labels", "etag", *without}}
        self.expect.append(
            {
                "type": kind,
                "scope": project,
                "region": region,
                "id": f"projects/{project}{id_}",
                "name": name,
                "tags": (item.get("labels") or {}) if labels is None else labels,
                "attributes": told(left),
            }
        )


def told(value):
    """Without what says nothing: nulls, empty objects and lists, and `kind`; times in UTC."""
    if isinstance(value, list):
        return [told(item) for item in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d", value):
        time = datetime.datetime.fromisoformat(value).astimezone(datetime.timezone.utc)
        return time.isoformat().replace("+00:00", "Z")
    if not isinstance(value, dict):
        return value
    items = ((key, told(item)) for key, item in value.items())
    return {
        key: item
        for key, item in items
        if item not in (None, {}, []) and not (key == "kind" and "#" in str(item))
    }


def last(name):
    return name.rsplit("/", 1)[-1]


def pubsub(maker, project):
    base = f"/v1/projects/{project}"
    # The same name in each project: only the project tells them apart.
    for topic in ("orders", f"{project}-events"):
        maker.call("PUT", f"{base}/topics/{topic}", {"labels": {"project": project, "team": "shop"}})
    maker.call(
        "PUT",
        f"{base}/subscriptions/orders-worker",
        {
            "topic": f"projects/{project}/topics/orders",
            "ackDeadlineSeconds": 42,
            "labels": {"project": project},
            "pushConfig": {"pushEndpoint": f"https://{project}.example/push?token=canary-push"},
        },
    )
    for item in maker.get(f"{base}/topics")["topics"]:
        name = last(item["name"])
        maker.add("pubsub.googleapis.com/Topic", project, f"/topics/{name}", item, name)
    for item in maker.get(f"{base}/subscriptions")["subscriptions"]:
        if "pushEndpoint" in item.get("pushConfig", {}):
            item["pushConfig"]["pushEndpoint"] = "redacted"
        name = last(item["name"])
        maker.add(
            "pubsub.googleapis.com/Subscription", project, f"/subscriptions/{name}", item, name
        )


def bigquery(maker, project):
    base = f"/bigquery/v2/projects/{project}/datasets"
    for dataset, location in (("events", "EU"), ("ledger", "europe-west3")):
        maker.call(
            "POST",
            base,
            {
                "datasetReference": {"projectId": project, "datasetId": dataset},
                "location": location,
                "labels": {"project": project},
            },
        )
    for listed in maker.get(base)["datasets"]:
        name = listed["datasetReference"]["datasetId"]
        item = maker.get(f"{base}/{name}")
        maker.add(
            "bigquery.googleapis.com/Dataset",
            project,
            f"/datasets/{name}",
            item,
            name,
            item["location"].lower(),
            without=("id", "selfLink"),
        )


def compute(maker, project):
    base = f"/compute/v1/projects/{project}/global"
    count = MANY if project == "acme-prod" else 2
    for number in range(count):
        maker.call(
            "POST",
            f"{base}/networks",
            {
                "name": f"net-{number:03}",
                "autoCreateSubnetworks": number % 2 == 0,
                "routingConfig": {"routingMode": "GLOBAL" if number % 3 else "REGIONAL"},
                "mtu": 1500,
            },
        )
    network = maker.get(f"{base}/networks/net-000")["selfLink"]
    maker.call(
        "POST",
        f"{base}/firewalls",
        {
            "name": f"{project}-web",
            "network": network,
            "allowed": [{"IPProtocol": "tcp", "ports": ["443", "80"]}, {"IPProtocol": "icmp"}],
            "sourceRanges": ["203.0.113.0/24", "198.51.100.0/24"],
            "targetTags": ["web"],
            "description": f"web servers of {project}",
        },
    )
    maker.call(
        "POST",
        f"{base}/firewalls",
        {
            "name": f"{project}-none",
            "network": network,
            "direction": "EGRESS",
            "priority": 65000,
            "denied": [{"IPProtocol": "all"}],
            "disabled": True,
        },
    )
    for kind, path in (("Network", "networks"), ("Firewall", "firewalls")):
        for item in maker.get(f"{base}/{path}?maxResults=10000")["items"]:
            name = item["name"]
            maker.add(f"compute.googleapis.com/{kind}", project, f"/global/{path}/{name}", item, name)
    # The first two are made up anew with each answer; the third is an enumeration's unset value.
    left = ("creationTimestamp", "id", "xpnProjectStatus")
    item = maker.get(f"/compute/v1/projects/{project}")
    maker.add("compute.googleapis.com/Project", project, "", item, item["name"], without=left)


def iam(maker, project):
    base = f"/v1/projects/{project}"
    for account in ("ci", "web"):
        made = maker.call(
            "POST",
            f"{base}/serviceAccounts",
            {"accountId": account, "serviceAccount": {"displayName": f"{account} of {project}"}},
        )
        for _ in range(2 if account == "ci" else 0):
            maker.call("POST", f"{base}/serviceAccounts/{made['email']}/keys", {})
    maker.call(
        "POST",
        f"{base}/roles",
        {
            "roleId": "reader",
            "role": {
                "title": f"Reader of {project}",
                "includedPermissions": ["storage.objects.list", "storage.objects.get"],
            },
        },
    )
    for item in maker.get(f"{base}/serviceAccounts")["accounts"]:
        email = item["email"]
        path = f"/serviceAccounts/{email}"
        maker.add("iam.googleapis.com/ServiceAccount", project, path, item, email)
        for key in maker.get(f"{base}{path}/keys")["keys"]:
            name = last(key["name"])
            maker.add(
                "iam.googleapis.com/ServiceAccountKey",
                project,
                f"{path}/keys/{name}",
                key,
                name,
                without=("privateKeyData", "privateKeyType"),
            )
    for item in maker.get(f"{base}/roles")["roles"]:
        name = last(item["name"])
        maker.add("iam.googleapis.com/Role", project, f"/roles/{name}", item, name)


def sql(maker, project):
    base = f"/sql/v1beta4/projects/{project}/instances"
    settings = {
        "tier": "db-custom-2-7680",
        "dataDiskSizeGb": "20",
        "userLabels": {"project": project},
        "ipConfiguration": {
            "authorizedNetworks": [{"kind": "sql#aclEntry", "name": "vpn", "value": "192.0.2.0/24"}]
        },
    }
    body = {"databaseVersion": "POSTGRES_16", "region": "europe-west3", "settings": settings}
    maker.call("POST", base, {"name": "main", **body})
    maker.call("POST", base, {"name": f"{project}-plain"})
    for item in maker.get(base)["items"]:
        labels = item["settings"].pop("userLabels", {})
        name, region = item["name"], item["region"]
        maker.add(
            "sqladmin.googleapis.com/Instance",
            project,
            f"/instances/{name}",
            item,
            name,
            region,
            labels,
        )


def policy(maker, project, tenant):
    path = f"/v1/projects/{project}"
    bindings = [
        {"role": "roles/viewer", "members": [f"group:{tenant}@example.com", "user:a@example.com"]},
        {"role": "roles/browser", "members": ["user:b@example.com"]},
    ]
    maker.call("POST", f"{path}:setIamPolicy", {"policy": {"version": 1, "bindings": bindings}})
    item = maker.get(path)
    item["iamPolicy"] = {
        key: value
        for key, value in maker.call("POST", f"{path}:getIamPolicy", {}).items()
        if key not in ("etag", "version")
    }
    maker.add("cloudresourcemanager.googleapis.com/Project", project, "", item, item["name"])


def drongo(maker):
    for project, tenant in EVERY.items():
        body = {"projectId": project, "displayName": f"The {project}", "labels": {"tenant": tenant}}
        if project in PROJECTS:
            body["parent"] = ORGANIZATION
        maker.call("POST", "/v3/projects", body)
        pubsub(maker, project)
        bigquery(maker, project)


def gcplocal(maker):
    for project, tenant in EVERY.items():
        body = {"projectId": project, "name": f"The {project}", "labels": {"tenant": tenant}}
        if project in PROJECTS:
            body["parent"] = {"type": "organization", "id": "1"}
        maker.call("POST", "/v1/projects", body)
        policy(maker, project, tenant)
        pubsub(maker, project)
        compute(maker, project)
        iam(maker, project)
        sql(maker, project)


def main():
    endpoint, emulator = sys.argv[1:]
    maker = Maker(endpoint)
    {"drongo": drongo, "gcplocal": gcplocal}[emulator](maker)
    made = {"projects": list(PROJECTS), "parentless": list(PARENTLESS), "expect": maker.expect}
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()
