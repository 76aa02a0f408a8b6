"""How long a delivery waits before it is tried again."""

from __future__ import annotations

from datetime import timedelta

PAUSES = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
)


def pause_after(attempts: int) -> timedelta | None:
    """The pause after so many attempts; None when they are used up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
