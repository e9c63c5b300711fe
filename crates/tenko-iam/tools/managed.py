"""Writes managed/*.json: the documents of the AWS-managed policies that logins use.

Usage: managed.py [FOLDER], in an environment that has moto (tests/requirements.txt). With `--check` it
writes nothing and exits 1 if a file is not what moto's copy says.

The documents are AWS's own; moto's copy is generated from them and holds the version and the date.
"""

import json
import pathlib
import sys

from moto.iam.aws_managed_policies import aws_managed_policies_data

# Those of the default session and of the data levels, and ReadOnlyAccess to compare with.
NAMES = [
    "SecurityAudit",
    "ViewOnlyAccess",
    "ReadOnlyAccess",
    "AWSCodeCommitReadOnly",
    "AWSLambda_ReadOnlyAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonKinesisReadOnlyAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMReadOnlyAccess",
    "CloudWatchLogsReadOnlyAccess",
]


def text(name, policy):
    """One policy, one action a line, so that a newer version reads as a diff."""
    return (
        json.dumps(
            {
                # What stands behind `policy/` in its ARN.
                "name": policy["Path"].removeprefix("/") + name,
                "version": policy["DefaultVersionId"],
                "updated": policy["UpdateDate"][:10],
                "document": policy["Document"],
            },
            indent=1,
        )
        + "\n"
    )


def main():
    check = "--check" in sys.argv
    rest = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    here = pathlib.Path(__file__).parent.parent / "managed"
    folder = pathlib.Path(rest[0]) if rest else here
    policies = json.loads(aws_managed_policies_data)
    stale = []
    for name in NAMES:
        path, expected = folder / f"{name}.json", text(name, policies[name])
        if not check:
            path.write_text(expected)
        elif not path.exists() or path.read_text() != expected:
            stale.append(name)
    if stale:
        sys.exit(f"not as moto has them: {', '.join(stale)}")


main()
