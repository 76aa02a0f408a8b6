"""Timed work: declared in a service's `schedule.py`, done by one replica at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kernel.database import Work


@dataclass(frozen=True)
class Every:
    """Do `action` every `seconds` in one replica: a row of a service's SCHEDULE.

    The action gets a transaction of its own. If it raises, the error is logged and counted and the action tried again
    next time; it may therefore run more than once for the same moment and must say what is due by its own state.
    """

    seconds: float
    name: str
    action: Callable[[Work], None]
