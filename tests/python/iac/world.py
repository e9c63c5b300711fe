"""What the scripts of this folder share: resources, what may be done to them, and Terraform states.

Nothing here knows how tenko maps infrastructure code. The states are written from what boto3
describes, in the names and shapes that the provider's documentation gives: they are a witness of
their own.
"""

import boto3

ACCOUNT = "123456789012"
REGION = "eu-central-1"
TAGS = {"owner": "sre", "cost-center": "42"}


def pairs(tags=None, key="Key", value="Value"):
    """Tags as most APIs take them."""
    return [{key: k, value: v} for k, v in (tags or TAGS).items()]


class Thing:
    """A resource that a state declares: how to change each of its attributes, and how to delete it."""

    def __init__(self, world, type_, id_, source):
        self.world, self.type, self.id, self.source = world, type_, id_, source
        self.changes = []
        self.delete = None
        # What deleting it looks like where it stays listed for a while: paths that change.
        self.deleted = None

    def change(self, attribute, do, undo, *reported):
        """One change of a mapped attribute; `reported` are the paths that must be reported, the
        attribute itself unless it is said. With no `undo` it lasts, because it can't be put
        back: it has to be the last one."""
        paths = sorted(reported or (attribute,))
        self.changes.append({"attribute": attribute, "do": do, "undo": undo, "paths": paths})

    def swap(self, attribute, set_, new, old, *reported):
        """A change whose undoing is the same call with the old value."""
        self.change(attribute, lambda: set_(new), lambda: set_(old), *reported)

    def expected(self, paths):
        return {"type": self.type, "id": self.id, "paths": paths, **self.source}


class World:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.clients = {}
        self.things = []
        self.states = {}
        self.fixed = {}
        self.hands = []
        # Changes that nobody can take back, and what was made by hand and can't be deleted at once.
        self.lasting = []
        self.leftovers = []

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=self.endpoint,
                aws_access_key_id="AKIAMANAGEMENT000000",
                aws_secret_access_key="secret",
            )
        return self.clients[service]

    def thing(self, type_, id_, source):
        made = Thing(self, type_, id_, source)
        self.things.append(made)
        return made

    def fix(self, type_, reason, *attributes):
        """Mapped attributes that can't be changed here, and why."""
        self.fixed.setdefault(type_, {}).update(dict.fromkeys(attributes, reason))

    def by_hand(self, type_, make):
        """`make` makes a resource that no state names, and gives its id and how to delete it."""
        self.hands.append((type_, make))

    def state(self, file, type_, name, attributes, module=None, key=None, sensitive=()):
        """Writes an instance into a state; the result is where it stands."""
        resources = self.states.setdefault(file, {})
        resource = resources.setdefault(
            (module, type_, name),
            {
                **({"module": module} if module else {}),
                "mode": "managed",
                "type": type_,
                "name": name,
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [],
            },
        )
        resource["instances"].append(
            {
                **({"index_key": key} if key is not None else {}),
                "schema_version": 1,
                "attributes": attributes,
                "sensitive_attributes": [
                    [{"type": "get_attr", "value": step} for step in path.split(".")]
                    for path in sensitive
                ],
                "private": "bnVsbA==",
            }
        )
        address = f"{type_}.{name}"
        if module:
            address = f"{module}.{address}"
        if key is not None:
            address += f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        return {"file": file, "address": address}

    def documents(self):
        return {
            file: {
                "version": 4,
                "terraform_version": "1.9.8",
                "serial": 7,
                "lineage": f"7f2c3a58-0000-4000-8000-{n:012}",
                "outputs": {},
                "resources": list(resources.values()),
                "check_results": None,
            }
            for n, (file, resources) in enumerate(self.states.items())
        }

    # What the test asks for, one method per request.

    def table(self):
        """By type: the attributes that are changed, with how often, and those that can't be."""
        table = {}
        for thing in self.things:
            row = table.setdefault(
                thing.type, {"changed": {}, "fixed": self.fixed.get(thing.type, {})}
            )
            for change in thing.changes:
                name = change["attribute"]
                row["changed"][name] = row["changed"].get(name, 0) + 1
        return table

    def rounds(self):
        return max(len(thing.changes) for thing in self.things)

    def each_change(self, number):
        for thing in self.things:
            if number < len(thing.changes):
                yield thing, thing.changes[number]

    def change(self, number):
        """Changes one attribute of everything; the result is what must be reported."""
        expected = list(self.lasting)
        for thing, change in self.each_change(number):
            run(change["do"], f"{thing.type} {thing.id}: change {change['attribute']}")
            expected.append(thing.expected(change["paths"]))
            if change["undo"] is None:
                self.lasting.append(expected[-1])
        return expected

    def restore(self, number):
        for thing, change in self.each_change(number):
            if change["undo"] is not None:
                run(change["undo"], f"{thing.type} {thing.id}: put {change['attribute']} back")
        return self.lasting

    def make_by_hand(self):
        made = [(type_, *run(make, f"make {type_}")) for type_, make in self.hands]
        self.undo_hands = [undo for _, _, undo in made]
        return [{"type": type_, "id": id_} for type_, id_, _ in made]

    def tidy(self):
        for undo in reversed(self.undo_hands):
            run(undo, "tidy up")
        return self.leftovers

    def delete(self):
        """Deletes everything that the states declare."""
        expected = []
        for thing in reversed(self.things):
            run(thing.delete, f"delete {thing.type} {thing.id}")
            expected.append(thing.expected(thing.deleted or []))
        return expected


def run(do, what):
    try:
        return do()
    except Exception as error:
        raise RuntimeError(f"{what}: {error}") from error
