"""Hashes and signature of a receipt as `contracts.receipts` defines them, by the kernel's quicker encoder.

Whoever checks a receipt uses the contract's functions, and so do the tests: the two cannot drift apart unseen.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.receipts import Receipt, SignOffStatement
from contracts.rpc.intake import Content
from kernel.canonical import canonical


def content_hash(unit_id: UUID, content: Content, sign_off: SignOffStatement) -> str:
    """`sha256:` and the hex digest of the canonical document."""
    return digest(
        {
            "unit_id": str(unit_id),
            "content": content.model_dump(mode="json"),
            "sign_off": sign_off.model_dump(mode="json"),
        }
    )


def digest(document: dict[str, Any]) -> str:
    """`sha256:` and the hex digest of canonical JSON."""
    return "sha256:" + hashlib.sha256(canonical(document)).hexdigest()


def sign_receipt(receipt: Receipt, key: Ed25519PrivateKey) -> Receipt:
    """The receipt with its signature."""
    signature = key.sign(canonical(receipt.model_dump(mode="json", exclude={"signature"})))
    return receipt.model_copy(update={"signature": base64.b64encode(signature).decode()})
