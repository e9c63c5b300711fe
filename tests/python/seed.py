"""Fills the emulator with an organization and says what boto3 reports of it.

Usage: seed.py ENDPOINT. Prints one JSON document:

    {"management": id, "accounts": {name: id}, "regions": [...],
     "expect": [{"type", "scope", "region", "id", "name", "tags", "attributes"}]}

The expectation is written here a second time, from boto3's own answers and CloudFormation's
property names, so that a mistake in the product's mapping is not repeated by its test.
"""

import json
import sys

import organization
import resources


def main():
    endpoint = sys.argv[1]
    world = organization.make(endpoint)
    regions = ["us-east-1", "eu-central-1"]
    expect = organization.expected(world)
    for name in ("acme-production", "acme-staging", "globex-production"):
        session = world.session(name)
        made = resources.Maker(session, world.accounts[name], name, regions, endpoint)
        expect.extend(made.everything())
    json.dump(
        {
            "management": world.management,
            "accounts": world.accounts,
            "regions": regions,
            "organization": world.organization,
            "units": world.units,
            "expect": expect,
        },
        sys.stdout,
        default=str,
    )


if __name__ == "__main__":
    main()
