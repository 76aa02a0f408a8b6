"""Timed work of the city's desk."""

from __future__ import annotations

from kernel.schedule import Every
from services.review.deadlines import sweep_deadlines

SCHEDULE: tuple[Every, ...] = (Every(1.0, "feedback deadlines", sweep_deadlines),)
