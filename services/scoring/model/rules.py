"""The versions of the scoring rules as recorded, and which is in force when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Identity, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import china_day
from services.scoring.model.base import Base
from services.scoring.model.rule_file import read_rules
from services.scoring.model.rulebook import Rulebook


class RecordedRules(Base):
    """One version of the rules; append-only, the text is kept as it was handed in."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("version", name="rules_version_once"),)

    rules_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    place: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(Text)



@dataclass(frozen=True)
class RulesInForce:
    """All versions; of those begun on a day the latest `valid_from` holds, of two such the one recorded last."""

    versions: Sequence[RecordedRules]

    def at(self, instant: datetime) -> Rulebook | None:
        """The rules of what happened at `instant`; None before the first version begins."""
        day = china_day(instant)
        begun = [one for one in self.versions if one.valid_from <= day]
        if not begun:
            return None
        return read_rules(max(begun, key=lambda one: (one.valid_from, one.number)).text)
