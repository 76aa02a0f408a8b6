"""The newest checkpoint told to the outside once a day, in China's time.

A job of each owner of a database; what is told travels as an event through the outbox and is mailed to the audit
administrator. The row that remembers the day and the event are written in one transaction.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, Column, Date, DateTime, Table, select
from sqlalchemy.dialects.postgresql import insert

from kernel.audit.checkpoints import Checkpoint, checkpoints, newest_checkpoint
from kernel.clock import china_day
from kernel.database import Emitted, Work
from kernel.outbox import kernel_metadata
from kernel.schedule import Every

LOOK_SECONDS = 60.0
"""How often it is looked whether today's is still to be told: after midnight, or after a service was down."""

declarations = Table(
    "evidence_declarations",
    kernel_metadata,
    Column("day", Date, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""Days whose checkpoint was told. Who deletes a row causes a second mail, who adds one a missing mail: both show."""


class Declared(Protocol):
    """The contract's event, which the kernel does not know: it fills it from these fields."""

    def model_validate(self, values: Any, /) -> Emitted: ...


def daily_checkpoint(event: Declared) -> Every:
    """The row of a service's SCHEDULE that tells its newest checkpoint once a day."""
    return Every(LOOK_SECONDS, "declare checkpoint", lambda work: declare_checkpoint(work, event))


def declare_checkpoint(work: Work, event: Declared) -> None:
    """Tell the newest checkpoint unless today's was told already; may be called at any time, by several at once.

    The day on which the evidence begins is left out: nobody is in the directory yet who could be told. Days on which
    the service was down are not made up for, a checkpoint of today fixes them too.
    """
    today = china_day(work.now)
    newest = newest_checkpoint(work.session)
    if newest is None or china_day(_first_at(work) or newest.at) >= today:
        return
    told = insert(declarations).values(day=today, number=newest.number, at=work.now)
    if work.session.scalar(told.on_conflict_do_nothing().returning(declarations.c.number)) is None:
        return
    fields = {name: getattr(newest, name) for name in ("service", "number", "root", "at", "key_id", "signature")}
    data = event.model_validate({**fields, "day": today.isoformat(), "document": checkpoint_text(newest)})
    work.emit(data, subject=f"checkpoint-{newest.service}", version=newest.number)


def checkpoint_text(made: Checkpoint) -> str:
    """The exported document as JSON, a field and a head on each line: no mail program need wrap it."""
    fields = ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in made.document().items())
    return f"{{{fields}}}".replace("], [", "],\n[")


def _first_at(work: Work) -> datetime | None:
    at: datetime | None = work.session.scalar(select(checkpoints.c.at).order_by(checkpoints.c.number).limit(1))
    return at
