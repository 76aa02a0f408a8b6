"""Publications for the leaders (信息刊物): head, columns, numbering, recipients, sign-off chain."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.publications import Numbering, PublicationKind, RecordPublication
from contracts.rpc.roles import ISSUE_READERS
from contracts.vocabulary import Level, Secrecy
from kernel.errors import Invalid, StaleVersion
from kernel.words import Word
from services.review.model.base import Base


class Publication(Base):
    """A publication, named by its short code."""

    __tablename__ = "publications"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    level: Mapped[Level] = mapped_column(Word(Level))
    columns: Mapped[list[Any]] = mapped_column(JSONB)
    kind: Mapped[PublicationKind] = mapped_column(Word(PublicationKind))
    head_text: Mapped[str | None]
    issuing_body: Mapped[str | None]
    numberings: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    """`valid_from` and `numbering`, the earliest first; yearly before the first of them."""
    total_before: Mapped[int]
    secrecy: Mapped[Secrecy] = mapped_column(Word(Secrecy))
    item_limit: Mapped[int | None]
    distribution: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    sign_off_chain: Mapped[list[str]] = mapped_column(JSONB)

    def change(self, request: RecordPublication, today: date) -> None:
        """Everything as requested. Raises `StaleVersion`, `Invalid`."""
        self._check(request, today)
        told = request.model_dump(mode="json")
        for name in ("name", "columns", "head_text", "issuing_body", "total_before", "item_limit", "distribution",
                     "sign_off_chain"):  # fmt: skip
            setattr(self, name, told[name])
        self.level, self.kind, self.secrecy = request.level, request.kind, request.secrecy
        first_day = request.numbering_from or today
        if self.numbering_on(first_day) is not request.numbering:
            earlier = [period for period in self.numberings if period["valid_from"] < first_day.isoformat()]
            period = {"valid_from": first_day.isoformat(), "numbering": request.numbering.value}
            self.numberings = [*earlier, period]
        self.version += 1

    def _check(self, request: RecordPublication, today: date) -> None:
        if request.version is not None and request.version != self.version:
            raise StaleVersion(
                f"该刊物已更新到第{self.version}版，您看到的是第{request.version}版。",
                f"The publication is at version {self.version}; you saw version {request.version}.",
                extra={"version": self.version},
            )
        if request.secrecy is not Secrecy.UNCLASSIFIED:
            raise Invalid(
                f"本系统目前只编发非密刊物，不得设为“{request.secrecy.label}”。",
                "Only unclassified publications are accepted until encryption and separate networks are set up.",
                pointer="/secrecy",
            )
        for place, recipient in enumerate(request.distribution):
            if recipient.role is not None and recipient.role not in ISSUE_READERS:
                raise Invalid(
                    f"“{recipient.role.label}”不能阅读期刊，不能列入发送范围。",
                    f"The post {recipient.role.value} may not read issues and cannot stand in a distribution list.",
                    pointer=f"/distribution/{place}/role",
                )
        if request.numbering_from is not None and request.numbering_from < today:
            raise Invalid(
                "编号方式不能追溯变更：生效日期不得早于今天。",
                "Numbering cannot change for days that are past.",
                pointer="/numbering_from",
            )

    def numbering_on(self, day: date) -> Numbering:
        """How issues published on that day (Asia/Shanghai) are counted."""
        held = [period for period in self.numberings if period["valid_from"] <= day.isoformat()]
        return Numbering(held[-1]["numbering"]) if held else Numbering.YEARLY
