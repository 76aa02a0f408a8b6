"""The public keys by which anyone checks a receipt without asking us; old ones stay published."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.model import Strict
from kernel.audit.keys import key_id
from kernel.principal import Keyring

GATEWAY = "gateway"


class PublicKey(Strict):
    """One key of the gateway; `key_id` stands on the receipts it signed."""

    key_id: str
    name: str
    pem: str


class PublicKeys(Strict):
    items: list[PublicKey]


def public_keys(keyring: Keyring) -> PublicKeys:
    """The gateway's public keys: the present one (`gateway`) and earlier ones kept as `gateway.<year>`."""
    return PublicKeys(
        items=[
            PublicKey(
                key_id=key_id(GATEWAY, key),
                name=name,
                pem=key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            )
            for name, key in sorted(keyring.public_keys.items())
            if name == GATEWAY or name.startswith(f"{GATEWAY}.")
        ]
    )
