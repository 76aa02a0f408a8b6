"""The secret that seals the form cookie: made from the gateway's own key, so that all workers share it."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.principal import Keyring


def cookie_secret(keyring: Keyring) -> bytes:
    """32 bytes; another key of the gateway gives another secret."""
    return HKDF(SHA256(), 32, None, b"chengbao form cookie").derive(keyring.private_key.private_bytes_raw())
