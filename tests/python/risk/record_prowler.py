"""Records what Prowler says of the accounts of `main.py`.

Usage: record_prowler.py PROWLER. Prints tests/moto_rules/prowler-VERSION.json.

PROWLER is the program of an environment that has `pip install prowler==VERSION`.

The result has, by check and account, a status by resource (the worst, where a check says several
things of one); and the checks that crashed, with why.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import main
import world

# Those that look at what a rule looks at, and that are about AWS.
CHECKS = [
    "account_security_contact_information_is_registered",
    "autoscaling_group_multiple_az",
    "cloudtrail_multi_region_enabled",
    "config_delegated_admin_and_org_aggregator_all_regions",
    "config_recorder_all_regions_enabled",
    "dynamodb_table_deletion_protection_enabled",
    "dynamodb_tables_pitr_enabled",
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389",
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306",
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432",
    "elbv2_is_in_multiple_az",
    "guardduty_is_enabled",
    "iam_no_root_access_key",
    "iam_root_credentials_management_enabled",
    "iam_root_mfa_enabled",
    "iam_rotate_access_key_90_days",
    "iam_user_mfa_enabled_console_access",
    "organizations_account_part_of_organizations",
    "organizations_delegated_administrators",
    "rds_cluster_deletion_protection",
    "rds_instance_backup_enabled",
    "rds_instance_deletion_protection",
    "rds_instance_multi_az",
    "s3_bucket_no_mfa_delete",
    "s3_bucket_object_lock",
    "s3_bucket_object_versioning",
    "s3_bucket_public_access",
]
# The emulator's address has no room for an account's number before it, as S3 Control wants it.
HERE = """
import socket
ask = socket.getaddrinfo
def answer(host, *rest, **more):
    return ask("127.0.0.1" if str(host).endswith(".127.0.0.1") else host, *rest, **more)
socket.getaddrinfo = answer
"""
ORDER = ["PASS", "MANUAL", "FAIL"]


def record(program):
    version = run([program, "--version"], os.environ).stdout.split()[-1]
    made = main.make()
    with ThreadPoolExecutor(2) as pool:
        accounts = [name for name in made.accounts if name != "closed"]
        results = list(pool.map(lambda name: of_account(program, made, name), accounts))
    verdicts, without = {check: {} for check in CHECKS}, {}
    for account, (rows, crashed) in zip(accounts, results):
        for check, of in rows.items():
            verdicts[check][account] = of
        for check, why in crashed.items():
            without.setdefault(check, {})[account] = why
    return {"prowler": version, "verdicts": verdicts, "no_result": without}


def of_account(program, made, account):
    """By check, a status by resource; and why others crashed."""
    keys = made.session(account).get_credentials()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sitecustomize.py").write_text(HERE)
        environment = {
            **os.environ,
            "PYTHONPATH": folder,
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ENDPOINT_URL": made.emulator.url,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.token or "none",
            "AWS_DEFAULT_REGION": world.HOME,
        }
        log = Path(folder, "log")
        done = run(
            [program, "aws", "--checks", *CHECKS, "--region", *world.REGIONS]
            # Rules judge what nothing uses, too.
            + ["--scan-unused-services", "--output-formats", "json-ocsf", "--no-banner"]
            + ["--output-directory", folder, "--output-filename", "said"]
            + ["--aws-retries-max-attempts", "0", "--log-file", str(log), "--log-level", "ERROR"],
            environment,
        )
        said = Path(folder, "said.ocsf.json")
        if done.returncode not in (0, 3) or not said.is_file():
            raise RuntimeError(f"{account}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        rows = {}
        for finding in json.loads(said.read_text()):
            check = finding["metadata"]["event_code"]
            of = rows.setdefault(check, {})
            for resource in finding["resources"]:
                name = label(made, account, check, resource["uid"], resource["name"])
                status = max(of.get(name, "PASS"), finding["status_code"], key=ORDER.index)
                of[name] = status
        return rows, crashes(log.read_text() if log.is_file() else "")


def label(made, account, check, arn, name):
    """What the tests call it."""
    if name == "<root_account>" and "root" in check:
        return "account"
    # The keys of a user are judged one by one.
    if name.startswith("<root_account>"):
        return "<root_account>"
    if ":user/" in arn:
        return arn.rsplit("/", 1)[1]
    if any(service in arn for service in (":cloudtrail:", ":config:", ":guardduty:")):
        return arn.split(":")[3]
    if name == made.accounts[account] or ":organizations:" in arn:
        return "account"
    known = made.names.get(arn) or made.names.get(name)
    return known or re.sub(r"^sg-[0-9a-f]+$", "default", name)


def crashes(log):
    """By check, what went wrong in it; what a service's listing lacks is no crash."""
    found = {}
    for check in CHECKS:
        of = re.search(rf'"message": "{check} -- ([A-Za-z]+)', log)
        if of:
            found[check] = of[1]
    return found


def run(command, environment):
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    json.dump(record(sys.argv[1]), sys.stdout, indent=1, sort_keys=True)
    print()
