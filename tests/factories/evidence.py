"""A database whose evidence has grown for a while, and what the units hold of it outside."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, select

from kernel.audit.checkpoints import Checkpoint, checkpoint, checkpoints, export_checkpoint
from kernel.audit.entries import entries
from kernel.audit.evidence import Evidence
from kernel.audit.keys import key_id
from kernel.audit.witnesses import Witness, witness_of
from kernel.database import Database, EntryRef
from kernel.outbox import kernel_metadata
from kernel.principal import Keyring, Principal
from kernel.testing import SettableClock

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
PEOPLE = [Principal(f"0198a000-0000-7000-8000-{n:012}", name, None, frozenset()) for n, name in enumerate("王李赵")]
ACTS = ("report.accepted", "report.returned", "issue.published", "deadline.extended")


class RememberingKey(Ed25519PublicKey):
    """A public key that checks the same signature once: thousands of verifications of nearly the same chain."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self._good: set[tuple[bytes, bytes]] = set()

    def verify(self, signature: Any, data: Any) -> None:
        if (signature, data) not in self._good:
            self._key.verify(signature, data)
            self._good.add((signature, data))

    def public_bytes(self, *arguments: Any) -> bytes:
        return self._key.public_bytes(*arguments)

    def public_bytes_raw(self) -> bytes:
        return self._key.public_bytes_raw()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __copy__(self) -> Ed25519PublicKey:
        return self

    def __deepcopy__(self, _: object) -> Ed25519PublicKey:
        return self


@dataclass
class Archive:
    """Sixteen lanes with entries and checkpoints, as they stood before anybody touched them."""

    database: Database
    keyring: Keyring
    public_keys: dict[str, Ed25519PublicKey]
    rows: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    exported: dict[str, Any] = field(default_factory=dict)
    """The newest checkpoint held outside, some way before the end."""
    receipts: list[dict[str, Any]] = field(default_factory=list)
    """Signed documents that quote their own entry and a checkpoint."""

    def lane(self, number: int) -> list[dict[str, Any]]:
        return [dict(row) for row in self.rows if row["lane"] == number]

    def witnessed(self, lane: int) -> int:
        """The newest entry of a lane that the exported checkpoint fixes."""
        return next(int(number) for place, number, _ in self.exported["heads"] if place == lane)

    def exported_witness(self) -> Witness:
        return witness_of(self.exported, self.public_keys, "checkpoint.json")

    def receipt_witnesses(self) -> list[Witness]:
        names = [f"receipt-{place}.json" for place in range(len(self.receipts))]
        return [witness_of(*pair) for pair in zip(self.receipts, [self.public_keys] * 99, names, strict=False)]

    def act(self, random: Random) -> EntryRef:
        """One act with one to three audited facts."""
        with self.database.work(random.choice(PEOPLE)) as work:
            for _ in range(random.randrange(3)):
                work.audit(
                    random.choice(ACTS), f"subject-{random.randrange(9)}", 1, title="化工厂火情", n=random.random()
                )
            return work.audit_now(random.choice(ACTS), f"subject-{random.randrange(9)}", random.randrange(5))

    def checkpoint(self) -> Checkpoint | None:
        with self.database.work(PEOPLE[0]) as work:
            return checkpoint(work, self.database.clock, self.keyring)

    def receipt(self, entry: EntryRef, newest: Checkpoint | None) -> dict[str, Any]:
        document: dict[str, Any] = {
            "number": f"2026-{len(self.receipts):07}",
            "audit": {
                "lane": entry.lane,
                "number": entry.number,
                "hash": entry.hash,
                "checkpoint_number": newest.number if newest else None,
                "checkpoint_root": newest.root if newest else None,
            },
            "key_id": self.keyring.name,
        }
        return document | {"signature": signature(self.keyring.private_key, rfc8785.dumps(document))}

    def remember(self, connection: Connection) -> None:
        order = (entries.c.lane, entries.c.number)
        self.rows = [dict(row._mapping) for row in connection.execute(select(entries).order_by(*order))]
        ordered = select(checkpoints).order_by(checkpoints.c.number)
        self.checkpoints = [dict(row._mapping) for row in connection.execute(ordered)]


def signature(key: Ed25519PrivateKey, message: bytes) -> str:
    return b64encode(key.sign(message)).decode()


def grown_archive(url: str, *, acts: int = 36, every: int = 5, held_before_end: int = 8) -> Archive:
    """`acts` acts with a checkpoint after each `every`; the outside holds one made `held_before_end` acts ago."""
    key = Ed25519PrivateKey.generate()
    keyring = Keyring("gateway", key, {})
    clock = SettableClock(BEGAN)
    lanes = Random(11)
    evidence = Evidence(keyring, turn=lambda: lanes.randrange(16))
    database = Database(url, service="gateway", clock=clock, keyring=keyring, evidence=evidence)
    kernel_metadata.create_all(database.engine)
    public_keys: dict[str, Ed25519PublicKey] = {key_id("gateway", key.public_key()): RememberingKey(key.public_key())}
    archive = Archive(database, keyring, public_keys)
    random, newest = Random(7), None
    for turn in range(acts):
        clock.advance(timedelta(seconds=17))
        entry = archive.act(random)
        if turn < acts - held_before_end:
            archive.receipts.append(archive.receipt(entry, newest))
        if turn % every == every - 1 or turn == acts - held_before_end:
            newest = archive.checkpoint()
        if turn == acts - held_before_end:
            with database.reading() as session:
                archive.exported = export_checkpoint(session) or {}
    with database.engine.connect() as connection:
        archive.remember(connection)
    return archive
