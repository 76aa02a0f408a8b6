"""Checkpoints: every second the heads of all lanes, hashed into one root, chained to the last one and signed.

A root fixes everything before it. Held by somebody outside (on a receipt, in a mail), it is what the database's owner
cannot rewrite unseen.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import rfc8785
from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.audit.entries import instant_text
from kernel.audit.keys import PublicKeys, key_id, service_of, signature_bytes, signed_by
from kernel.audit.lanes import NOTHING_YET
from kernel.clock import Clock
from kernel.database import Work
from kernel.outbox import kernel_metadata
from kernel.principal import Keyring

SIGNED_PREFIX = b"chengbao evidence checkpoint\x00"
Head = tuple[int, int, str]
"""Lane, number and hash of its newest entry."""

checkpoints = Table(
    "evidence_checkpoints",
    kernel_metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("heads", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", Text, nullable=False),
)


@dataclass(frozen=True)
class Checkpoint:
    """All lane heads at one moment, chained to the checkpoint before and signed."""

    number: int
    at: datetime
    heads: tuple[Head, ...]
    previous: str
    root: str
    key_id: str
    signature: str

    @property
    def service(self) -> str:
        return service_of(self.key_id)

    def expected_root(self) -> str:
        """The root that follows from the other fields (hex)."""
        statement: dict[str, Any] = {
            "number": self.number,
            "at": instant_text(self.at),
            "heads": merkle_root(self.heads),
            "previous": self.previous,
            "key_id": self.key_id,
        }
        return hashlib.sha256(rfc8785.dumps(statement)).hexdigest()

    def is_genuine(self, public_keys: PublicKeys) -> bool:
        """Whether the root follows from the fields and a known key signed it."""
        key = public_keys.get(self.key_id)
        try:
            signature = signature_bytes(self.signature)
            return (
                key is not None and self.root == self.expected_root() and signed_by(key, signature, _signed(self.root))
            )
        except ValueError:
            return False

    def document(self) -> dict[str, Any]:
        """As it is exported, mailed and held outside; every field is needed to name the first bad entry later."""
        return {
            "kind": "chengbao-checkpoint",
            "service": self.service,
            "number": self.number,
            "at": instant_text(self.at),
            "heads": [list(head) for head in self.heads],
            "previous": self.previous,
            "root": self.root,
            "key_id": self.key_id,
            "signature": self.signature,
        }


def checkpoint(work: Work, clock: Clock, keyring: Keyring) -> Checkpoint | None:
    """Write a checkpoint if any head has changed since the last; call it every second, in one replica.

    Returns the new one, or None. Two at once are harmless: the later one finds the number taken.
    """
    state = work.session.execute(_NEWEST_WITH_HEADS).one()
    heads = read_heads(state.present)
    if not any(number for _, number, _ in heads) or (state.number and read_heads(state.heads) == heads):
        return None
    made = _sign((state.number or 0) + 1, clock.now(), heads, state.root or NOTHING_YET, keyring)
    values = made.__dict__ | {"heads": _heads_text(heads)}
    written = insert(checkpoints).values(values).on_conflict_do_nothing().returning(checkpoints.c.number)
    return made if work.session.scalar(written) else None


# One statement, so that the heads are never older than the checkpoint they follow.
_NEWEST_WITH_HEADS = text(
    "SELECT c.number, c.root, c.heads,"
    " (SELECT json_agg(json_build_array(lane, number, hash) ORDER BY lane)::text FROM evidence_lanes) AS present"
    " FROM (SELECT 1) one LEFT JOIN LATERAL"
    " (SELECT number, root, heads FROM evidence_checkpoints ORDER BY number DESC LIMIT 1) c ON true"
)


def newest_checkpoint(session: Session | Connection) -> Checkpoint | None:
    """The newest one written; a document quotes its number and root beside its own entry."""
    row = session.execute(select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)).first()
    return None if row is None else checkpoint_of(row._asdict())


def oldest_unwitnessed(session: Session | Connection) -> datetime | None:
    """When the oldest entry was written that no checkpoint covers yet; None when every entry is covered."""
    found: datetime | None = session.scalar(_OLDEST_UNWITNESSED)
    return found


# One look-up a lane: the entry that follows the head which the newest checkpoint knows.
_OLDEST_UNWITNESSED = text(
    "WITH covered AS (SELECT (head->>0)::int AS lane, (head->>1)::bigint AS number"
    " FROM json_array_elements((SELECT heads::json FROM evidence_checkpoints ORDER BY number DESC LIMIT 1)) head)"
    " SELECT min(e.at) FROM evidence_lanes l LEFT JOIN covered c USING (lane)"
    " JOIN evidence_entries e ON e.lane = l.lane AND e.number = coalesce(c.number, 0) + 1"
)


def export_checkpoint(session: Session | Connection) -> dict[str, Any] | None:
    """The newest checkpoint as a JSON-ready document to be kept outside; None when there is none."""
    newest = newest_checkpoint(session)
    return None if newest is None else newest.document()


def checkpoint_of(row: dict[str, Any]) -> Checkpoint:
    """A row of the table. Raises `ValueError` when its heads cannot be read."""
    return Checkpoint(**(row | {"heads": read_heads(row["heads"])}))


def checkpoint_from(document: dict[str, Any]) -> Checkpoint:
    """An exported document. Raises `ValueError` when it is not one."""
    try:
        return Checkpoint(
            int(document["number"]),
            datetime.fromisoformat(document["at"]),
            tuple((int(lane), int(number), str(digest)) for lane, number, digest in document["heads"]),
            *(str(document[name]) for name in ("previous", "root", "key_id", "signature")),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an exported checkpoint: {error}") from error


def merkle_root(heads: Sequence[Head]) -> str:
    """Root (hex) of the binary hash tree over the heads; an odd node goes up as it is."""
    level = [_leaf(head) for head in heads]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0].hex() if level else NOTHING_YET


@lru_cache(maxsize=1024)  # from one checkpoint to the next few heads change
def _leaf(head: Head) -> bytes:
    return hashlib.sha256(b"\x00" + rfc8785.dumps(list(head))).digest()


def read_heads(written: str | None) -> tuple[Head, ...]:
    """Heads as the table holds them. Raises `ValueError`."""
    try:
        return tuple((int(lane), int(number), str(digest)) for lane, number, digest in json.loads(written or "[]"))
    except TypeError as error:
        raise ValueError(f"heads cannot be read: {error}") from error


def _heads_text(heads: Sequence[Head]) -> str:
    return rfc8785.dumps([list(head) for head in heads]).decode()


def _sign(number: int, at: datetime, heads: tuple[Head, ...], previous: str, keyring: Keyring) -> Checkpoint:
    identity = key_id(keyring.name, keyring.private_key.public_key())
    root = Checkpoint(number, at, heads, previous, "", identity, "").expected_root()
    signature = base64.b64encode(keyring.private_key.sign(_signed(root))).decode()
    return Checkpoint(number, at, heads, previous, root, identity, signature)


def _signed(root: str) -> bytes:
    return SIGNED_PREFIX + root.encode()
