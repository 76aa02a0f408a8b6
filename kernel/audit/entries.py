"""An audit entry: who did what, when, on which version of which subject, chained to the entry before it and signed.

Hash = SHA-256 over the canonical JSON (RFC 8785) of every field but hash and signature. The signature is over the hash
and made with the process's key, which the database does not have: so a rebuilt chain shows where rebuilding began.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index, SmallInteger, Table, Text

from kernel.canonical import canonical
from kernel.outbox import kernel_metadata

SIGNED_PREFIX = b"chengbao evidence entry\x00"
_SAFE_INTEGER = 2**53

entries = Table(
    "evidence_entries",
    kernel_metadata,
    Column("lane", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("principal_id", Text, nullable=False),
    Column("principal_name", Text, nullable=False),
    Column("principal_key", Text, nullable=False),
    Column("principal_token_hash", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", BigInteger),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Index("evidence_entries_subject", "subject"),
)
"""Append-only; details are text, because the hash covers the bytes as they stand."""

_HASHED = tuple(str(column.name) for column in entries.columns if column.name not in ("hash", "signature"))


def entry_hash(entry: Mapping[str, Any]) -> str:
    """The hash (hex) that an entry with these fields must have."""
    body = {name: entry[name] for name in _HASHED}
    body["at"] = instant_text(entry["at"])
    return hashlib.sha256(canonical(body)).hexdigest()


def signed_bytes(digest: str) -> bytes:
    """What the signature of an entry is made over."""
    return SIGNED_PREFIX + digest.encode()


def detail_text(detail: Mapping[str, Any]) -> str:
    """Canonical JSON of an act's details; what JSON cannot carry is written as text."""
    return canonical(_plain(detail)).decode()


def instant_text(at: datetime) -> str:
    """One spelling for an instant: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    exact = isinstance(value, int | float) and abs(value) < _SAFE_INTEGER
    if value is None or exact:
        return value
    if isinstance(value, datetime) and value.tzinfo:
        return instant_text(value)
    return _text(str(value))


def _text(value: str) -> str:
    """Text without lone surrogates, which no encoding carries."""
    return value.encode("utf-8", "replace").decode()
