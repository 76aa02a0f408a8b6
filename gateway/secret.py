"""Secrets made from the gateway's own key, so that all workers share them."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.principal import Keyring


def cookie_secret(keyring: Keyring) -> bytes:
    """32 bytes; another key of the gateway gives another secret."""
    return HKDF(SHA256(), 32, None, b"chengbao form cookie").derive(keyring.private_key.private_bytes_raw())


def seal(keyring: Keyring, secret: str) -> bytes:
    """What must be read again (secrets of one-time codes and of webhooks): a copy of the database alone opens none."""
    return Fernet(_sealing_key(keyring)).encrypt(secret.encode())


def unseal(keyring: Keyring, sealed: bytes) -> str | None:
    """None when it was sealed by another key of the gateway: the secret has to be made anew."""
    try:
        return Fernet(_sealing_key(keyring)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        return None


def _sealing_key(keyring: Keyring) -> bytes:
    derived = HKDF(SHA256(), 32, None, b"chengbao sealed secrets").derive(keyring.private_key.private_bytes_raw())
    return base64.urlsafe_b64encode(derived)
