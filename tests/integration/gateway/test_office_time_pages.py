"""How long the supervision office took, and whose turn it was, as the console shows it (R17)."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from contracts.rpc.finished_steps import FinishedStep, FinishedStepPage, OfficeTime, OfficeTimeTable, StepOutcome
from contracts.rpc.instructions import Turn
from contracts.rpc.office_steps import OfficeCasePage, OfficeStep
from contracts.rpc.turns import TurnTable, TurnTaken
from contracts.vocabulary import Role
from kernel.clock import SHANGHAI
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import holder
from tests.integration.gateway.test_feedback_pages import ASSIGNMENT, assignment
from tests.integration.gateway.test_queue_pages import NOW

ONE = UUID(int=9)
STEP = OfficeStep.DECIDE_FEEDBACK


def finished() -> FinishedStep:
    return FinishedStep(
        step_id=ONE, step=STEP, subject_id=ASSIGNMENT, instruction_id=ONE, assignment_id=ASSIGNMENT, leader="陈副市长",
        report_title="供热", unit_name="和平区", since=NOW - timedelta(days=7), due_at=NOW - timedelta(days=4),
        finished_at=NOW, finished_by="周督办", outcome=StepOutcome.RETURNED, seconds=7 * 86_400.0, late=True,
        explanation_zh="依据。", explanation_en="Why.",
    )  # fmt: skip


def answer(office: Office) -> None:
    office.calls.answers |= {
        "review.list_finished_steps": lambda _: FinishedStepPage(items=[finished()]),
        "review.office_time": lambda _: OfficeTimeTable(
            rows=[OfficeTime(step=one, in_time=0, late=int(one is STEP), median_seconds=None) for one in OfficeStep]
        ),
    }


def periods(office: Office) -> list[tuple[object, object]]:
    """The bounds that were asked for, the latest last."""
    return [
        (each["request"].since, each["request"].until)
        for each in office.calls.asked
        if each["method"] == "list_finished_steps"
    ]


def test_R17_every_number_of_the_month_leads_to_its_cases_and_they_to_the_assignment(office: Office) -> None:
    answer(office)
    supervisor = holder(office, Role.SUPERVISOR)
    page = supervisor.get("/supervision/office/finished").text
    for part in ("反馈退回，周督办", "7天0小时", "督办超时", f'href="/assignments/{ASSIGNMENT}"'):
        assert part in page
    (cases,) = re.findall(r'href="(/supervision/office/finished\?[^"]*late=true[^"]*)"', page)
    supervisor.get(cases.replace("&amp;", "&"))
    month = office.clock.now().astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    assert [since for since, _ in periods(office)] == [month] * 2
    supervisor.get("/supervision/office/finished?period=")
    assert periods(office)[-1] == (None, None)


def test_R17_the_head_of_the_office_reads_what_lies_there_without_links_that_are_not_for_him(office: Office) -> None:
    answer(office)
    office.calls.answers["review.list_office_cases"] = lambda _: OfficeCasePage(items=[])
    head = holder(office, Role.UNIT_HEAD)
    assert head.get("/supervision/office").status_code == 200
    page = head.get("/supervision/office/finished").text
    assert "陈副市长：《供热》" in page
    assert f"/assignments/{ASSIGNMENT}" not in page


def test_R17_the_page_of_an_assignment_says_whose_turn_it_was_to_those_who_oversee(office: Office) -> None:
    begun = {"assignment_id": ASSIGNMENT, "unit_name": "和平区", "due_at": None, "late": None}
    ended = {"since": NOW - timedelta(days=9), "until": NOW - timedelta(days=7), "finished_by": None}
    unit = TurnTaken(**begun, **ended, turn=Turn.UNIT, step=None, seconds=2 * 86_400.0, outcome=None)
    other = unit.model_copy(update={"assignment_id": ONE, "unit_name": "水务局", "seconds": 5 * 86_400.0})
    leader = unit.model_copy(update={"turn": Turn.LEADER, "assignment_id": None, "until": None, "seconds": 3_600.0})
    shown = assignment(office, on_desk=False)
    office.calls.answers |= {
        "review.get_assignment": lambda _: shown, "review.list_turns": lambda _: TurnTable(rows=[unit, other, leader]),
    }  # fmt: skip
    page = holder(office, Role.SUPERVISOR).get(f"/assignments/{ASSIGNMENT}").text
    for part in ("轮到谁办，各用了多久", "2天0小时", "1小时0分", "现在"):
        assert part in page
    assert "5天0小时" not in page  # another unit's
    assert "其他承办单位都办结后呈阅" not in page
    rows = [unit, other.model_copy(update={"until": None})]
    office.calls.answers["review.list_turns"] = lambda _: TurnTable(rows=rows)
    assert "其他承办单位都办结后呈阅" in holder(office, Role.SUPERVISOR).get(f"/assignments/{ASSIGNMENT}").text
    assert "各用了多久" not in office.officer().get(f"/assignments/{ASSIGNMENT}").text
