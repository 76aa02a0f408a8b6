"""R04: the tables of a period, the cases behind each number, and what is said about a late one, as pages."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc.deadlines import (
    Deadline,
    DeadlinePage,
    LateCase,
    Timeliness,
    TimelinessTable,
    UnitTimeliness,
    UnitTimelinessTable,
)
from contracts.rpc.instructions import AssignmentPage
from contracts.rpc.urgent import Heaping, HeapingTable
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, LateDecision, Role, Severity, UnitClass
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import send

CASE = UUID(int=9)
NUMBERS = {"met": 3, "missed": 2, "open": 1, "overdue": 0, "excused": 1}


@pytest.fixture
def editor(office: Office) -> Signed:
    """An editor, and services that have one row of everything."""
    by_class = Timeliness(unit_class=UnitClass.DISTRICT, severity=Severity.LARGER, **NUMBERS)
    by_unit = UnitTimeliness(unit_id=office.unit_id, unit_name="和平区", unit_class=UnitClass.DISTRICT, **NUMBERS)
    office.calls.answers |= {
        "intake.urgent_timeliness": lambda _: TimelinessTable(rows=[by_class]),
        "intake.unit_timeliness": lambda _: UnitTimelinessTable(rows=[by_unit]),
        "intake.occurrence_heaping": lambda _: HeapingTable(
            rows=[heaping(office, "和平区", 3), heaping(office, "别区", 0)]
        ),
        "intake.list_deadlines": lambda _: DeadlinePage(items=[]),
        "review.feedback_timeliness": lambda _: TimelinessTable(rows=[]),
        "review.list_assignments": lambda _: AssignmentPage(items=[]),
    }
    return office.sign_in(office.add_person("陈静", Role.EDITOR))


def heaping(office: Office, name: str, just_below: int) -> Heaping:
    return Heaping(
        unit_id=office.unit_id, unit_name=name, reports=5, just_below_limit=just_below,
        share=Decimal(just_below) / 5, striking=just_below > 1,
    )


def missed(office: Office, **changes: Any) -> Deadline:
    now = office.clock.now()
    return Deadline(
        deadline_id=CASE, kind=DeadlineKind.URGENT_REPORT, subject_id=uuid4(), unit_id=office.unit_id,
        unit_name="和平区", title="一工地塌方", severity=Severity.LARGER, started_at=now, due_at=now,
        outcome=DeadlineOutcome.MISSED, decided_at=now, receipt_unknown=False, explanation_zh="依据。",
        explanation_en="Why.", **changes,
    )


def asked(office: Office, method: str) -> list[Any]:
    return [one["request"] for one in office.calls.asked if one["method"] == method]


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("2026-11", datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("2026-12", datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("2026", datetime(2025, 12, 31, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("", None, None),
    ],
)
def test_R04_a_period_is_a_month_or_a_year_of_beijing_time_for_every_table(
    office: Office, editor: Signed, period: str, since: datetime | None, until: datetime | None
) -> None:
    assert editor.get(f"/timeliness?period={period}").status_code == 200
    for method in ("urgent_timeliness", "unit_timeliness", "feedback_timeliness"):
        (request,) = asked(office, method)
        assert (request.since, request.until) == (since, until)


@pytest.mark.parametrize("period", ["2026-13", "26-11", "2026-11-01", "上月"])
def test_R04_what_is_no_period_is_refused(editor: Signed, period: str) -> None:
    assert editor.get(f"/timeliness?period={period}").status_code == 422


def test_R04_every_number_links_to_its_cases_in_the_period(office: Office, editor: Signed) -> None:
    page = editor.get("/timeliness?period=2026-11").text
    links = [html.unescape(link) for link in re.findall(r'href="(/timeliness/cases\?[^"]+)"', page)]
    assert len(links) == 2 * sum(1 for number in NUMBERS.values() if number)
    office.calls.asked.clear()
    for link in links:
        assert editor.get(link).status_code == 200
    requests = asked(office, "list_deadlines")
    assert all(request.since and request.drill is False for request in requests)
    narrowed = [(request.outcome, request.overdue) for request in requests]
    assert narrowed[: len(narrowed) // 2] == [
        (DeadlineOutcome.MET, None), (DeadlineOutcome.MISSED, None), (None, False), (DeadlineOutcome.WAIVED, None)
    ]
    assert {request.unit_id for request in requests} == {None, office.unit_id}


def test_R04_units_that_report_just_below_the_limit_are_shown_and_no_others(editor: Signed) -> None:
    table = editor.get("/timeliness").text.partition("临近时限才报到")[2].partition("</table>")[0]
    assert ("和平区" in table, "60.0%" in table, "突出" in table, "别区" in table) == (True, True, True, False)


def test_R04_the_editor_decides_on_the_page_and_the_unit_explains(office: Office, editor: Signed) -> None:
    case = LateCase(deadline=missed(office, late_decision=LateDecision.EXCUSED), statements=[])
    officer = office.officer()
    office.calls.answers |= {
        f"intake.{method}": lambda _: case for method in ("get_deadline", "decide_lateness", "explain_lateness")
    }
    path = f"/timeliness/cases/{CASE}"
    assert f'action="{path}/finding"' in editor.get(path).text
    assert f'action="{path}/reason"' in officer.get(path).text
    assert send(editor, f"{path}/finding", decision="excused", grounds="有证明").status_code == 303
    assert send(officer, f"{path}/reason", reason="通信中断").status_code == 303
    (decided,), (explained,) = asked(office, "decide_lateness"), asked(office, "explain_lateness")
    assert (decided.deadline_id, decided.decision, decided.grounds) == (CASE, LateDecision.EXCUSED, "有证明")
    assert (explained.deadline_id, explained.reason) == (CASE, "通信中断")
