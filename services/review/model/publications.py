"""Publications for the leaders (信息刊物): their names, levels and columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import Level
from services.review.model.base import Base, Word


class Publication(Base):
    """A publication, named by its short code."""

    __tablename__ = "publications"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    level: Mapped[Level] = mapped_column(Word(Level))
    columns: Mapped[list[Any]] = mapped_column(JSONB)

    def change(self, name: str, level: Level, columns: list[str]) -> None:
        self.name, self.level, self.columns = name, level, columns
        self.version += 1
