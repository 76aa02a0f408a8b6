"""Keys of the evidence, named by service and fingerprint, so that old public keys stay good beside new ones."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Public keys by key id."""

_FINGERPRINT = 16
_SUFFIX = ".pub.pem"


def key_id(service: str, key: Ed25519PublicKey) -> str:
    """`<service>.<first 16 hex digits of the SHA-256 of the raw public key>`."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"{service}.{hashlib.sha256(raw).hexdigest()[:_FINGERPRINT]}"


def service_of(identity: str) -> str:
    """The service a key id, or the name of a key's file, speaks for."""
    return identity.split(".", 1)[0]


def load_public_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Every `<service>[.<anything>].pub.pem` of a folder; a replaced key stays, as `gateway.2026.pub.pem` for example.

    Raises `OSError`, and `ValueError` when a file holds no key.
    """
    keys: dict[str, Ed25519PublicKey] = {}
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        key = serialization.load_pem_public_key(path.read_bytes())
        if isinstance(key, Ed25519PublicKey):
            keys[key_id(service_of(path.name), key)] = key
    return keys


def signature_bytes(text: str) -> bytes:
    """A signature as it is written down. Raises `ValueError` unless it is written in the one canonical way.

    The last character of base64 has unused bits: with them changed the text differs and the bytes do not, so an
    edited signature would pass unseen.
    """
    signature = base64.b64decode(text, validate=True)
    if base64.b64encode(signature).decode() != text:
        raise ValueError("base64 that is not canonical")
    return signature


def signed_by(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `key` signed `message`."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
