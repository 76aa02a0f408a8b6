"""How far intake's registration watermark has been applied here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.review.model.registration import RegistrationMark


def applied_mark(session: Session) -> datetime | None:
    """Every feedback received up to then has been handled; None before the first mark."""
    return session.scalar(select(RegistrationMark.applied_up_to))
