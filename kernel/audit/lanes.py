"""The lanes: independent hash chains, so that commits need not queue for one.

One chain per database would let through one commit per flush of the disk. A transaction takes one free lane, whichever
it is, and holds it until it commits.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Row, SmallInteger, Table, Text, event, select, text
from sqlalchemy.orm import Session

from kernel.outbox import kernel_metadata

LANES = 16
NOTHING_YET = "0" * 64
"""What the first entry of a lane follows, and the first checkpoint."""
_HELD = "evidence_lane"

lanes = Table(
    "evidence_lanes",
    kernel_metadata,
    Column("lane", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)
"""The head of each lane: number and hash of its newest entry."""


@event.listens_for(lanes, "after_create")
def _fill(_: Table, connection: Connection, **__: Any) -> None:
    connection.execute(lanes.insert(), [{"lane": n, "number": 0, "hash": NOTHING_YET} for n in range(LANES)])


class NoLanes(Exception):
    """The table evidence_lanes is empty: run the migrations, or restore it from a backup; without it no act is done."""


_FREE = text(
    "SELECT lane, number, hash FROM evidence_lanes ORDER BY (lane + :turn) % 16 LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_ANY = text("SELECT lane FROM evidence_lanes ORDER BY (lane + :turn) % 16 LIMIT 1")


def take_lane(session: Session, turn: int) -> Row[tuple[int, int, str]]:
    """Lock a lane for this transaction and return its head; the same one when asked again.

    `turn` is the lane to try first: spread at random, the lanes grow alike.
    Blocks while all lanes are taken, `lock_timeout` at most. Raises `NoLanes`.
    """
    held = session.info.get(_HELD)
    if held is not None and held[0] is session.get_transaction():
        return _lock(session, held[1])
    head = session.execute(_FREE, {"turn": turn}).first()
    if head is None:
        lane = session.scalar(_ANY, {"turn": turn})
        if lane is None:
            raise NoLanes(NoLanes.__doc__)
        head = _lock(session, lane)
    session.info[_HELD] = (session.get_transaction(), head.lane)
    return head


def _lock(session: Session, lane: int) -> Row[tuple[int, int, str]]:
    return session.execute(select(lanes).where(lanes.c.lane == lane).with_for_update()).one()
