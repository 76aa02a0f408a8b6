"""The receipt a unit holds in its hand, and how anyone checks it offline.

The content hash is SHA-256 over the canonical JSON (RFC 8785) of unit, content (without the fields left at their
default) and sign-off; the signature is
Ed25519 over the canonical JSON of the receipt without its signature.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.model import Instant, Strict
from contracts.rpc.content import Content
from contracts.vocabulary import Kind, SignOffMethod


class SignOffStatement(Strict):
    """Who wrote and who signed, as hashed with the content."""

    author_id: UUID | None
    author_name: str
    signer_id: UUID | None
    signer_name: str
    signer_post: str
    signed_at: Instant
    method: SignOffMethod


class AuditReference(Strict):
    """The receipt's own entry in the gateway's evidence and the newest checkpoint when it was given."""

    lane: int
    number: int
    hash: str
    checkpoint_number: int | None = None
    checkpoint_root: str | None = None


class Receipt(Strict):
    """Proof that a signed document was received; `received_at` is the time that counts for the 3 hours."""

    number: str
    report_id: UUID
    version: int
    kind: Kind
    unit_id: UUID
    title: str
    content_hash: str
    received_at: Instant
    audit: AuditReference
    key_id: str
    signature: str = ""
    """Base64; empty only while being made."""


Encoder = Callable[[Any], bytes]
"""Makes canonical JSON; a quicker one than the default must give the same bytes."""


def content_hash(
    unit_id: UUID, content: Content, sign_off: SignOffStatement, encode: Encoder = rfc8785.dumps
) -> str:
    """`sha256:` and the hex digest of the canonical document."""
    document = {
        "unit_id": str(unit_id),
        "content": content.document(),
        "sign_off": sign_off.model_dump(mode="json"),
    }
    return digest(document, encode)


def digest(document: dict[str, Any], encode: Encoder = rfc8785.dumps) -> str:
    """`sha256:` and the hex digest of canonical JSON; also what an offer of a draft seals of its content."""
    return "sha256:" + hashlib.sha256(encode(document)).hexdigest()


def _signed_bytes(receipt: Receipt, encode: Encoder = rfc8785.dumps) -> bytes:
    return encode(receipt.model_dump(mode="json", exclude={"signature"}))


def sign_receipt(receipt: Receipt, key: Ed25519PrivateKey, encode: Encoder = rfc8785.dumps) -> Receipt:
    """The receipt with its signature."""
    signature = base64.b64encode(key.sign(_signed_bytes(receipt, encode))).decode()
    return receipt.model_copy(update={"signature": signature})


def receipt_is_genuine(receipt: Receipt, public_key_pem: bytes) -> bool:
    """Whether the gateway's key with this public half signed exactly this receipt; needs no connection."""
    key = serialization.load_pem_public_key(public_key_pem)
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(base64.b64decode(receipt.signature), _signed_bytes(receipt))
    except (InvalidSignature, ValueError):
        return False
    return True
