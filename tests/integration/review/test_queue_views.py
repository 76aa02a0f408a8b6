"""Saved views of the queue and the handover sheet of a shift (R11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.rpc.desk import QueueFilters
from contracts.rpc.verifications import Conclusion
from contracts.vocabulary import Kind, ReportState, Secrecy, Severity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.principal import Principal
from services.review.queue_views import MOST
from tests.factories.review import EDITOR, NOW, OTHER_EDITOR, ReviewOffice, registered, urgent

HOUR = timedelta(hours=1)


def test_R11_an_editor_keeps_filters_under_a_name_for_himself(office: ReviewOffice) -> None:
    for topic in ("防汛", "供热"):
        office.do("save_queue_view", EDITOR, name="我的主题", filters=QueueFilters(topic=topic, kind=Kind.RESEARCH))
    (view,) = office.do("list_queue_views", EDITOR).items
    assert view.filters == QueueFilters(topic="供热", kind=Kind.RESEARCH)
    assert office.do("list_queue_views", OTHER_EDITOR).items == []
    with pytest.raises(NotFound):
        office.do("remove_queue_view", OTHER_EDITOR, view_id=view.view_id)
    office.do("remove_queue_view", EDITOR, view_id=view.view_id)
    assert office.do("list_queue_views", EDITOR).items == []
    with pytest.raises(NotFound):
        office.do("remove_queue_view", EDITOR, view_id=uuid4())


def test_R11_nobody_has_more_views_than_can_be_shown(office: ReviewOffice) -> None:
    for number in range(MOST):
        office.do("save_queue_view", EDITOR, name=f"视图{number}", filters=QueueFilters())
    with pytest.raises(Conflict):
        office.do("save_queue_view", EDITOR, name="再一个", filters=QueueFilters())
    office.do("save_queue_view", EDITOR, name="视图0", filters=QueueFilters(mine=True))


def sheet(office: ReviewOffice, **times: Any) -> Any:
    return office.do("get_handover_sheet", EDITOR, **({"begin": NOW - HOUR, "end": NOW + HOUR} | times))


def test_R11_the_handover_sheet_tells_what_is_open_in_hand_promised_and_decided(office: ReviewOffice) -> None:
    open_one, in_hand, promised, chosen, returned, kept = (registered() for _ in range(6))
    major, secret = urgent(Severity.MAJOR), registered(secrecy=Secrecy.SECRET)
    office.register(open_one, in_hand, promised, chosen, returned, kept, major, secret)
    for report in (in_hand, promised):
        office.do("claim_report", EDITOR, report_id=report.report_id)
    to = {"to_id": OTHER_EDITOR.person_id, "to_name": OTHER_EDITOR.name, "note": "区里 20 时回电"}
    office.do("hand_over_report", EDITOR, report_id=promised.report_id, **to)
    office.do("pre_adopt_report", EDITOR, report_id=chosen.report_id)
    office.do("return_report", EDITOR, report_id=returned.report_id, remarks="请补充")
    office.do("keep_report", EDITOR, report_id=kept.report_id)
    told = sheet(office)
    ids = {
        name: [line.report_id for line in getattr(told, name).items]
        for name in ("waiting", "in_hand", "promised", "pre_adopted", "returned")
    }
    assert ids == {
        "waiting": [major.report_id, open_one.report_id], "in_hand": [in_hand.report_id],
        "promised": [promised.report_id], "pre_adopted": [chosen.report_id], "returned": [returned.report_id],
    }  # fmt: skip
    assert (told.promised.items[0].note, told.promised.items[0].person) == ("区里 20 时回电", OTHER_EDITOR.name)
    assert {(each.decision, each.number) for each in told.decided} == {
        (ReportState.RETURNED, 1), (ReportState.PRE_ADOPTED, 1), (ReportState.KEPT, 1),
    }  # fmt: skip
    assert sheet(office, begin=NOW + HOUR / 2).decided == []


@pytest.mark.parametrize("end", [NOW - HOUR, NOW - 2 * HOUR, NOW + timedelta(days=7)])
def test_R11_a_shift_ends_after_it_begins_and_within_a_week(office: ReviewOffice, end: Any) -> None:
    with pytest.raises(Invalid) as refused:
        sheet(office, end=end)
    assert refused.value.pointer == "/end"


def asked(office: ReviewOffice, report: Any, name: str, at: Any, by: Principal = EDITOR, **more: Any) -> Any:
    said = {"question": "是否属实？", "answer": "属实。", "conclusion": Conclusion.CONFIRMED} | more
    return office.do(
        "record_verification", by, verification_id=uuid4(), report_id=report.report_id, asked_name=name,
        asked_at=at, **said,
    )  # fmt: skip


def test_R11_the_handover_sheet_tells_whom_the_shift_asked_and_what_follows(office: ReviewOffice) -> None:
    report, secret = registered(), registered(secrecy=Secrecy.SECRET)
    office.register(report, secret)
    asked(office, report, "上一班", NOW - 2 * HOUR)
    first = asked(office, report, "赵刚", NOW - HOUR / 2)
    asked(office, report, "钱进", NOW - HOUR / 4, asked_phone="022-1234")
    again = {"corrects_id": first.verification_id, "conclusion": Conclusion.CONTRADICTED}
    asked(office, report, "赵刚", NOW - HOUR / 2, **again)
    asked(office, secret, "密件", NOW, by=Principal(EDITOR.id, EDITOR.name, None, EDITOR.roles, clearance="secret"))
    told = sheet(office).verifications
    assert [(each.asked_name, each.asked_phone, each.conclusion) for each in told.items] == [
        ("钱进", "022-1234", Conclusion.CONFIRMED), ("赵刚", None, Conclusion.CONTRADICTED),
    ]  # fmt: skip
    assert (told.total, {each.number for each in told.items}) == (2, {report.number})
