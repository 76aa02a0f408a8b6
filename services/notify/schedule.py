"""Notify's timed work: none beyond the delivery worker, which the service declares itself."""

from __future__ import annotations

from kernel.schedule import Every

SCHEDULE: tuple[Every, ...] = ()
