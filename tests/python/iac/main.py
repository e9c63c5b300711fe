"""Plays a team that makes its resources with Terraform, and people who change them behind its back.

Usage: main.py ENDPOINT. Reads one request a line, a JSON list of a method of `World` and its
arguments, and answers each with one line. The first line that it prints tells what it made:

    {"account", "region", "states": {file: document}, "table": {type: {"changed", "fixed"}},
     "rounds": number, "stack": {"id", "resources": [...]}}
"""

import json
import sys

import containers
import data
import databases
import ec2
import filters
import functions
import iam
import keys
import messages
import network
import s3
import stacks
import world


def main():
    made = world.World(sys.argv[1])
    stack = make(made)
    answer(
        {
            "account": world.ACCOUNT,
            "region": world.REGION,
            "states": made.documents(),
            "table": made.table(),
            "rounds": made.rounds(),
            "stack": stack,
        }
    )
    for line in sys.stdin:
        method, *arguments = json.loads(line)
        answer(getattr(made, method)(*arguments))


def make(made):
    # In this order: some need what others made.
    modules = (
        keys,
        network,
        filters,
        ec2,
        iam,
        s3,
        messages,
        data,
        databases,
        functions,
        containers,
    )
    for module in modules:
        module.make(made)
    return stacks.make(made)


def answer(document):
    print(json.dumps(document, default=str), flush=True)


if __name__ == "__main__":
    main()
