"""How far every receipt is known to be registered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.model.watermark import Watermark


def applied_up_to(session: Session) -> datetime | None:
    """Up to here every receipt is registered or was given up; None before the first watermark was reached."""
    return session.scalar(select(Watermark.applied_up_to))
