"""The lanes: independent hash chains, so that commits need not queue for one.

One chain per database would let through one commit per flush of the disk. A transaction takes one free lane, whichever
it is, and holds it until it commits.
"""

from __future__ import annotations

from collections.abc import Callable
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
FREE_LANE = (
    "SELECT lane, number, hash FROM evidence_lanes ORDER BY (lane + %(turn)s) %% 16 LIMIT 1 FOR UPDATE SKIP LOCKED"
)
"""Locks a lane that nobody holds and gives its head; no row when all are held. `turn` is the lane to try first."""
_ANY = "SELECT lane FROM evidence_lanes ORDER BY (lane + %(turn)s) %% 16 LIMIT 1"
_THIS = "SELECT lane, number, hash FROM evidence_lanes WHERE lane = %(lane)s FOR UPDATE"

First = Callable[[str, dict[str, int]], Any]
"""Runs a statement in the transaction and gives its first row, None when it has none."""


def take_lane(session: Session, turn: int) -> Head:
    """Lock a lane for this transaction and return its head; the same one when asked again.

    `turn` is the lane to try first: spread at random, the lanes grow alike.
    Blocks while all lanes are taken, `lock_timeout` at most. Raises `NoLanes`.
    """
    connection = session.connection()

    def first(statement: str, values: dict[str, int]) -> Any:
        return connection.exec_driver_sql(statement, values).first()

    held = session.info.get(_HELD)
    if held is not None and held[0] is session.get_transaction():
        return Head(*first(_THIS, {"lane": held[1]}))
    free = first(FREE_LANE, {"turn": turn})
    head = Head(*free) if free else wait_for_lane(first, turn)
    session.info[_HELD] = (session.get_transaction(), head.lane)
    return head


def wait_for_lane(first: First, turn: int) -> Head:
    """Lock a lane when none is free. Blocks, `lock_timeout` at most. Raises `NoLanes`."""
    found = first(_ANY, {"turn": turn})
    if found is None:
        raise NoLanes(NoLanes.__doc__)
    return Head(*first(_THIS, {"lane": found[0]}))
