"""Prints a new key of a service account, as Google hands it out. No emulator checks what it signs.

Usage: google_key.py ENDPOINT EMAIL
"""

import json
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def main():
    endpoint, email = sys.argv[1:]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    json.dump(
        {
            "type": "service_account",
            "project_id": email.split("@")[1].split(".")[0],
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": email,
            "client_id": "1",
            "token_uri": f"{endpoint}/token",
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
