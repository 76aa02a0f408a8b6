"""Which report a follow-up may follow: one of the unit's own, a real one a real one, a trial a trial (R05, R24)."""

from __future__ import annotations

from uuid import UUID

from gateway.identity.identity import Identity
from kernel.errors import Invalid
from kernel.swift import SwiftWork

FIELD = "follows_report_id"
POINTER = f"/content/{FIELD}"
_TRIED = """
    SELECT number FROM trial_receipts
    WHERE document ->> 'report_id' = %(report)s AND document ->> 'unit_id' = %(unit)s LIMIT 1
"""
"""Off the usual path: asked for trials and for what would be refused anyhow; trials are kept for 30 days."""


def check_followed(work: SwiftWork, identity: Identity, report_id: UUID, unit_id: UUID, real: bool) -> None:
    """`real`: the unit has a receipt of the report. Raises `Invalid`; foreign and absent answer alike."""
    if real and not identity.trial:
        return
    tried = work.first(_TRIED, {"report": str(report_id), "unit": str(unit_id)})
    if identity.trial and tried:
        return
    if real:
        raise Invalid(
            "试报不能续报正式信息，请先用试报密钥报送首报，再续报它。",
            "A trial report cannot follow a real one; send a first report with the trial key and follow that.",
            pointer=POINTER,
        )
    if tried:
        raise Invalid(
            f"所续报的是试报（{tried.number}），正式信息不能续报试报。",
            f"The report followed is a trial ({tried.number}); a real report cannot follow one.", pointer=POINTER,
        )
    raise Invalid("未找到所续报的首报。", "No such first report.", pointer=POINTER, about=(FIELD, report_id))
