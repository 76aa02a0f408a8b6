"""What intake answers about urgent information beside drafts and reports: the severity that figures say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from contracts.model import Method, Strict, query
from contracts.vocabulary import IncidentCategory, Role, Severity

Count = Annotated[int, Field(ge=0, le=100_000_000, description="number of people")]



class ProposeSeverity(Strict):
    """Figures of an incident, and the day it occurred (in Shanghai; today without one). Missing people do not count."""

    category: IncidentCategory
    day: date | None = None
    dead: Count | None = None
    seriously_hurt: Count | None = None
    loss_yuan: Decimal | None = Field(default=None, ge=0, max_digits=18, decimal_places=2)


class SeverityProposal(Strict):
    """What the figures say; without a severity the sentence tells why there is none."""

    severity: Severity | None
    rule: str | None
    rule_version: str | None
    explanation_zh: str
    explanation_en: str


_UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT)
_READERS = (*_UNIT, Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER)

METHODS: dict[str, Method] = {
    "propose_severity": query(ProposeSeverity, SeverityProposal, *_READERS),
}
