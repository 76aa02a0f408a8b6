"""Units as the directory last told of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import UnitClass
from services.scoring.model.base import Base
from services.scoring.model.periods import Period


class Unit(Base):
    """Projection of `unit.recorded`; `pinyin` sorts, and may be corrected by hand where the machine errs on a name."""

    __tablename__ = "units"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    unit_class: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def reports_in(self, period: Period) -> bool:
        """Whether it is a reporting unit on any day of the period; the city's own office is the reader, not one."""
        return (
            self.unit_class != UnitClass.CITY_OFFICE
            and self.valid_from <= period.last_day
            and (self.valid_to is None or self.valid_to >= period.first_day)
        )


def pinyin_of(name: str) -> str:
    """The key by which names are sorted: syllables with their tones."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  # half a second, which the start need not wait for

    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)).casefold()
