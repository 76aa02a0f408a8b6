"""Classes that were raised, kept because a raising may be heard of before the report is (R07)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import Secrecy
from kernel.words import Word
from services.review.model.base import Base


class RaisedClass(Base):
    """The highest class a report, or a feedback, was raised to."""

    __tablename__ = "raised_classes"

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    secrecy: Mapped[Secrecy] = mapped_column(Word(Secrecy))


def raised_class(session: Session, report_id: UUID) -> Secrecy:
    """What the report was raised to; unclassified when it never was. Registration and raising exclude each other
    from here to the end of the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"secrecy {report_id}", 0))))
    row = session.get(RaisedClass, report_id, populate_existing=True)
    return row.secrecy if row else Secrecy.UNCLASSIFIED


def told_title(session: Session, report_id: UUID, title: str) -> str:
    """The title as it may be told to everybody."""
    return title if session.get(RaisedClass, report_id) is None else WITHHELD_TITLE
