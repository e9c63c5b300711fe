"""Judges the files that `tenko schedule` prints, with tools that others made.

validate FOLDER  what the schema of GitHub's workflows, Kubernetes' schemas, cfn-lint and systemd say
scripts FOLDER   what the shell scripts in them do, with a tenko that ends as it is told
keys FOLDER      the keys of every document, without their values

Prints JSON. Nothing is asked of any network.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import kubernetes_validate
import yaml

WORKFLOW = "github-actions.yml"
KUBERNETES = "kubernetes.yaml"
TEMPLATE = "eventbridge-fargate.yaml"
UNITS = ["tenko.service", "tenko.timer"]
# systemd gives exposures from 0 (best) to 10 (worst).
EXPOSURE = 2.0


class Loader(yaml.SafeLoader):
    """Takes CloudFormation's functions for maps."""


def tagged(loader, suffix, node):
    kinds = {
        yaml.ScalarNode: loader.construct_scalar,
        yaml.SequenceNode: lambda n: loader.construct_sequence(n, deep=True),
        yaml.MappingNode: lambda n: loader.construct_mapping(n, deep=True),
    }
    return {"!" + suffix: kinds[type(node)](node)}


Loader.add_multi_constructor("!", tagged)


def documents(path):
    return list(yaml.load_all(path.read_text(encoding="utf-8"), Loader))


def run(*args, **kwargs):
    return subprocess.run(args, capture_output=True, text=True, check=False, **kwargs)


def github(folder):
    out = run(
        sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows",
        "--output-format", "json", str(folder / WORKFLOW),
    )
    faults = [] if out.returncode == 0 else [out.stdout + out.stderr]
    return {"checked": 1, "faults": faults}


def kubernetes(folder):
    faults, checked = [], 0
    for document in documents(folder / KUBERNETES):
        checked += 1
        try:
            kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
        except kubernetes_validate.ValidationError as error:
            faults.append(f"{document.get('kind')}: {error.message} at {error.path}")
    return {"checked": checked, "faults": faults}


def cloudformation(folder):
    out = run(
        str(pathlib.Path(sys.executable).with_name("cfn-lint")), "--format", "json", "--regions", "eu-central-1", "--template", str(folder / TEMPLATE),
    )
    try:
        found = json.loads(out.stdout or "[]")
    except ValueError:
        found = [{"Message": out.stdout + out.stderr}]
    if out.returncode and not found:
        found = [{"Message": out.stderr}]
    rows = [f"{m.get('Rule', {}).get('Id')} {m.get('Message')} {m.get('Location')}" for m in found]
    return {"checked": 1, "faults": rows}


def systemd(folder):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return {"skipped": "systemd-analyze is not installed", "faults": []}
    faults, checked = [], 0
    with tempfile.TemporaryDirectory() as name:
        units = pathlib.Path(name)
        for unit in UNITS:
            text = (folder / unit).read_text(encoding="utf-8")
            # It asks for programs that are there.
            (units / unit).write_text(text.replace("/usr/local/bin/tenko", "/bin/true"), encoding="utf-8")
        out = run(analyze, "verify", "--man=no", *(str(units / unit) for unit in UNITS))
        checked += 1
        ours = [line for line in (out.stdout + out.stderr).splitlines() if "tenko." in line]
        if out.returncode or ours:
            faults.append("\n".join(ours) or out.stderr)
        for line in (units / "tenko.timer").read_text(encoding="utf-8").splitlines():
            if line.startswith("OnCalendar="):
                out = run(analyze, "calendar", line.removeprefix("OnCalendar="))
                checked += 1
                if out.returncode:
                    faults.append(out.stderr)
        version = run(analyze, "--version").stdout.split()[1].split("~")[0]
        if int(version) >= 250:
            limit = f"--threshold={int(EXPOSURE * 10)}"
            out = run(analyze, "security", "--offline=true", limit, str(units / "tenko.service"))
            checked += 1
            if out.returncode:
                faults.append("\n".join(out.stdout.splitlines()[-3:]) + out.stderr)
    return {"checked": checked, "faults": faults}


def validate(folder):
    judges = {
        "github": github, "kubernetes": kubernetes, "cloudformation": cloudformation, "systemd": systemd,
    }
    return {name: judge(folder) for name, judge in judges.items()}


def found_scripts(folder):
    """The shell scripts that audit, each as file, arguments and environment."""
    (workflow,) = documents(folder / WORKFLOW)
    job = workflow["jobs"]["audit"]
    environment = {k: str(v) for k, v in job.get("env", {}).items()}
    for step in job["steps"]:
        if step.get("id") == "audit":
            yield WORKFLOW, ["bash", "-e", "-c", step["run"]], environment
    for document in documents(folder / KUBERNETES):
        if document["kind"] == "CronJob":
            pod = document["spec"]["jobTemplate"]["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            # As the kubelet does: two dollars are one.
            env = {e["name"]: str(e.get("value", "x")).replace("$$", "$") for e in container["env"]}
            yield KUBERNETES, container["command"] + container["args"], env
    (template,) = documents(folder / TEMPLATE)
    (container,) = template["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
    env = {e["Name"]: str(e["Value"]) for e in container["Environment"]}
    yield TEMPLATE, container["EntryPoint"] + container["Command"], env


FAKE = """#!/bin/sh
printf '%s\\n' "$1 $2" >> "$CALLS"
case "$1" in
  audit) exit "$AUDIT" ;;
  *) exit "$NOTIFY" ;;
esac
"""


def scripts(folder):
    rows = []
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        fake = place / "tenko"
        fake.write_text(FAKE, encoding="utf-8")
        fake.chmod(0o755)

        def call(args, env, audit, notify):
            calls = place / "calls"
            calls.write_text("", encoding="utf-8")
            env = {
                **env, "PATH": f"{place}:{os.environ['PATH']}", "CALLS": str(calls),
                "AUDIT": str(audit), "NOTIFY": str(notify),
            }
            out = run(*args, env=env, cwd=place)
            return out.returncode, calls.read_text(encoding="utf-8").splitlines()

        for file, args, env in found_scripts(folder):
            for code in [0, 1, 2, 3, 137]:
                status, calls = call(args, env, code, 0)
                failed, _ = call(args, env, 2, 1)
                rows.append({
                    "file": file, "code": code, "exit": status, "calls": calls,
                    "notify_failed_exit": failed,
                })
    return rows


def paths(value, at=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{at}.{key}"
            yield from paths(inner, f"{at}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{at}[]")


def keys(folder):
    out = {}
    for name in [WORKFLOW, KUBERNETES, TEMPLATE]:
        found = {path for document in documents(folder / name) for path in paths(document)}
        # Names of secrets are keys themselves.
        out[name] = sorted(p for p in found if "SLACK_WEBHOOK" not in p and "SLACKWEBHOOK" not in p)
    for name in UNITS:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        out[name] = sorted({line.split("=", 1)[0] for line in lines if line and line[0] != "#"})
    return out


def main():
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    print(json.dumps({"validate": validate, "scripts": scripts, "keys": keys}[command](folder)))


if __name__ == "__main__":
    main()
