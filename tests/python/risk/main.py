"""Runs an emulator with accounts that hold good and bad examples for the rules.

Usage: main.py. Prints one line and serves until its input ends:

    {"url": "http://...", "regions": [...], "accounts": {name: number}, "names": {id: name}}

`names` calls what has a random id by a name that is the same in each run.
"""

import json
import sys

import data
import emulator
import identity
import networks
import tree
import watching
import world


def make():
    made = world.World(emulator.Emulator())
    # In this order: the first makes the accounts.
    for module in (tree, identity, watching, data, networks):
        module.make(made)
    return made


def main():
    made = make()
    document = {
        "url": made.emulator.url,
        "regions": world.REGIONS,
        "accounts": made.accounts,
        "names": made.names,
    }
    print(json.dumps(document), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
