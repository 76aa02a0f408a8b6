"""The bulletin's page: no month is closed by a slip, and each number leads to what it was counted from (R19)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contracts.rpc.scoring import Bulletin, BulletinLine
from contracts.vocabulary import Role, UnitClass
from gateway.console.bulletins import last_month
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import holder, send


def bulletin(period: str, unit_id: UUID) -> Bulletin:
    values: dict[str, Any] = {name: None for name, field in Bulletin.model_fields.items() if field.is_required()}
    line = BulletinLine(
        rank=1, unit_id=unit_id, unit_name="河西区", unit_class=UnitClass.DISTRICT, points=Decimal(5),
        year_to_date=Decimal(8), counts={},
    )  # fmt: skip
    values |= {"period": period, "title": "通报", "lines": [line], "rule_titles": {}, "content_hash": "sha256:0"}
    return Bulletin.model_validate(values | {"corrections": []})


@pytest.mark.parametrize(
    ("period", "month"), [("2026-11", "2026-11"), ("2026-q4", "2026-12"), ("2026-q1", "2026-03"), ("2026", "2026-12")]
)
def test_R19_a_period_ends_with_its_last_month(period: str, month: str) -> None:
    assert last_month(period) == month


def test_R19_a_month_that_still_runs_is_closed_only_by_whoever_says_so(office: Office) -> None:
    chief = holder(office, Role.CHIEF_EDITOR)
    office.calls.answers |= {
        f"scoring.{method}": lambda request: bulletin(request.period, office.unit_id)
        for method in ("compute_bulletin", "issue_bulletin", "get_bulletin")
    }
    this = f"{office.clock.now():%Y-%m}"
    page = chief.get(f"/bulletins/draft?period={this}").text
    assert ("本期尚未结束" in page, 'name="early" value="yes" required' in page) == (True, True)
    refused = send(chief, f"/bulletins/{this}/issue")
    assert (refused.status_code, "提前印发" in refused.text) == (422, True)
    assert "issue_bulletin" not in [call["method"] for call in office.calls.asked]
    assert send(chief, f"/bulletins/{this}/issue", early="yes").status_code == 303
    assert send(chief, "/bulletins/2020-01/issue").status_code == 303
    ahead = chief.get("/bulletins/draft?period=2099-Q4").text
    assert ("只能试算" in ahead, "印发通报</button>" in ahead) == (True, False)


def test_R19_points_lead_to_the_ledger_which_a_unit_opens_for_itself_alone(office: Office) -> None:
    own, other = office.unit_id, UUID(int=7)
    office.calls.answers["scoring.get_bulletin"] = lambda request: bulletin(request.period, shown)
    scorer, officer = holder(office, Role.SCORING_OFFICER), office.officer()
    for who, shown, leads in ((scorer, other, True), (officer, own, True), (officer, other, False)):
        page = who.get("/bulletins/2026-10").text
        assert (f"/ledger?period=2026-10&amp;unit_id={shown}" in page) is leads
