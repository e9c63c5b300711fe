"""moto in this process, with what no API can set: the root users, and how old keys are."""

import datetime
import logging
import os

os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

from moto.iam import models  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

# What there is of an account's root user; the emulator's has nothing at all.
ROOTS = {}
NO_ROOT = {"password": False, "mfa": False, "key": False}


class Emulator:
    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        # The same ids in each run: what fails once fails again.
        mock_random.seed(7)
        roots_are_told()
        self.server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"

    def root(self, account, **has):
        ROOTS[account] = {**NO_ROOT, **has}

    def age(self, account, user, number, days):
        """Makes a key as old as that."""
        key = models.iam_backends[account]["aws"].users[user].access_keys[number]
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        key.create_date = now - datetime.timedelta(days=days)


def roots_are_told():
    """The summary and the credential report speak of root users, as AWS's do."""
    summary = models.AccountSummary.summary_map
    report = models.IAMBackend.get_credential_report

    def summary_map(self):
        root = ROOTS.get(self._iam_backend.account_id, NO_ROOT)
        return {
            **summary.fget(self),
            "AccountMFAEnabled": int(root["mfa"]),
            "AccountAccessKeysPresent": int(root["key"]),
            "AccountPasswordPresent": int(root["password"]),
        }

    def get_credential_report(self):
        header, *rows = report(self).splitlines()
        return "\n".join([header, root_row(self.account_id), *rows]) + "\n"

    models.AccountSummary.summary_map = property(summary_map)
    models.IAMBackend.get_credential_report = get_credential_report


def root_row(account):
    root = ROOTS.get(account, NO_ROOT)
    made = "2024-01-15T09:00:00+00:00"
    key = ["true", made] if root["key"] else ["false", "N/A"]
    fields = [
        "<root_account>",
        f"arn:aws:iam::{account}:root",
        made,
        str(root["password"]).lower(),
        "no_information",
        made if root["password"] else "N/A",
        "not_supported",
        str(root["mfa"]).lower(),
        *key,
        *["N/A"] * 3,
        "false",
        *["N/A"] * 4,
        *["false", "N/A"] * 2,
    ]
    return ",".join(fields)
