"""The lanes: independent hash chains, so that commits need not queue for one.

One chain per database would let through one commit per flush of the disk. A transaction takes one free lane, whichever
it is, and holds it until it commits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, SmallInteger, Table, Text, event
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


class Head(NamedTuple):
    """The newest entry of a lane; number 0 when there is none."""

    lane: int
    number: int
    hash: str


class NoLanes(Exception):
    """The table evidence_lanes is empty: run the migrations, or restore it from a backup; without it no act is done."""


# Plain driver statements: they run in every act, and compiling them costs more than running them.
_FREE = "SELECT lane, number, hash FROM evidence_lanes ORDER BY (lane + %(turn)s) %% 16 LIMIT 1 FOR UPDATE SKIP LOCKED"
_ANY = "SELECT lane FROM evidence_lanes ORDER BY (lane + %(turn)s) %% 16 LIMIT 1"
_THIS = "SELECT lane, number, hash FROM evidence_lanes WHERE lane = %(lane)s FOR UPDATE"


def take_lane(session: Session, turn: int) -> Head:
    """Lock a lane for this transaction and return its head; the same one when asked again.

    `turn` is the lane to try first: spread at random, the lanes grow alike.
    Blocks while all lanes are taken, `lock_timeout` at most. Raises `NoLanes`.
    """
    connection = session.connection()
    held = session.info.get(_HELD)
    if held is not None and held[0] is session.get_transaction():
        return _lock(connection, held[1])
    free = connection.exec_driver_sql(_FREE, {"turn": turn}).first()
    head = Head(*free) if free else _wait_for_one(connection, turn)
    session.info[_HELD] = (session.get_transaction(), head.lane)
    return head


def _wait_for_one(connection: Connection, turn: int) -> Head:
    lane = connection.exec_driver_sql(_ANY, {"turn": turn}).scalar()
    if lane is None:
        raise NoLanes(NoLanes.__doc__)
    return _lock(connection, lane)


def _lock(connection: Connection, lane: int) -> Head:
    return Head(*connection.exec_driver_sql(_THIS, {"lane": lane}).one())
