"""Message name = template folder = contract name: both sides are walked, an orphan fails (R26)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

import pytest

from contracts.model import EventData
from contracts.topology import CONSUMES, event_types
from contracts.vocabulary import Role
from services.notify.messages import TEMPLATES, render
from services.notify.model.links import PAGES, link_to, page_of
from services.notify.recipients.audience import AUDIENCES, DUTY_CALL

SIGNER: frozenset[str] = frozenset({Role.RESPONSIBLE_LEADER})
TOLD = sorted(set(CONSUMES["notify"]) - {"person.recorded", "report.acknowledged"})


def example(annotation: Any) -> Any:
    """A value of a field's type, as JSON."""
    if get_origin(annotation) in (Union, UnionType):
        return example(next(part for part in get_args(annotation) if part is not NoneType))
    if get_origin(annotation) is list:
        return [example(get_args(annotation)[0])]
    if get_origin(annotation) is dict:
        return {example(part): example(value) for part, value in [get_args(annotation)]}
    if isinstance(annotation, type) and issubclass(annotation, EventData):
        return example_data(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation)).value
    examples = {
        str: "河道治理",
        int: 80,
        bool: True,
        UUID: str(UUID(int=7)),
        date: "2026-11-24",
        datetime: datetime(2026, 11, 24, 9, 30, tzinfo=UTC).isoformat(),
        Decimal: "1",
    }
    return examples[annotation]


def example_data(model: type[EventData]) -> dict[str, Any]:
    return {name: example(info.annotation) for name, info in model.model_fields.items()}


def test_R26_every_told_event_has_an_audience_and_a_template_folder_and_none_is_an_orphan() -> None:
    folders = sorted(path.name for path in TEMPLATES.iterdir() if path.name != DUTY_CALL)
    assert folders == sorted(AUDIENCES) == TOLD


CALL = {
    "unit_name": "河西区", "title": "一化工厂发生火情", "kind": "urgent_first", "severity": None,
    "received_at": "2026-11-24T01:30:00+00:00", "number": "2026-0000001", "drill": True,
}


@pytest.mark.parametrize("part", ["subject", "body", "sms"])
def test_R26_a_call_says_what_and_from_the_second_on_which_call_it_is(part: str) -> None:
    first, second = (render(DUTY_CALL, part, CALL | {"call": call}, "周静") for call in (1, 2))
    assert "催签" not in first
    assert "第2次催签" in second
    for text in (first, second):
        assert text.startswith("【演练】")
        assert "河西区" in text
        assert "一化工厂发生火情" in text


@pytest.mark.parametrize("event_type", TOLD)
def test_R26_every_template_can_be_filled_from_its_event(event_type: str) -> None:
    data = example_data(event_types()[event_type])
    parts = [path.stem for path in (TEMPLATES / event_type).iterdir()]
    assert {"subject", "body"} <= set(parts)
    for part in parts:
        assert "{{" not in render(event_type, part, data, "王芳")


@pytest.mark.parametrize("event_type", TOLD)
def test_R26_a_subject_is_one_line(event_type: str) -> None:
    assert "\n" not in render(event_type, "subject", example_data(event_types()[event_type]), "王芳")


MARKED = [name for name in TOLD if "drill" in event_types()[name].model_fields]


@pytest.mark.parametrize("event_type", MARKED)
@pytest.mark.parametrize("drill", [True, False])
def test_R04_subject_and_sms_of_a_drill_begin_by_saying_so(event_type: str, drill: bool) -> None:
    data = example_data(event_types()[event_type]) | {"drill": drill}
    parts = [path.stem for path in (TEMPLATES / event_type).iterdir()]
    texts = [text for part in parts if (text := render(event_type, part, data, "王芳"))]
    assert [text.startswith("【演练】") for text in texts] == [drill] * len(texts)


def test_R04_every_message_about_urgent_information_can_be_marked_as_a_drill() -> None:
    assert set(MARKED) >= {
        "draft.offered", "draft.returned", "report.registered", "report.returned", "deadline.approaching",
        "deadline.missed",
    }


def test_R26_a_message_leads_to_the_page_where_its_reader_acts() -> None:
    data = example_data(event_types()["draft.offered"]) | {"kind": "urgent_first"}
    page = f"https://cb.example.cn/drafts/{data['draft_id']}"
    link = link_to(page_of("draft.offered", data, SIGNER), "https://cb.example.cn/")
    assert link == page
    told = {part: render("draft.offered", part, data | {"link": link}, "王芳") for part in ("subject", "body", "sms")}
    assert [told[part].endswith(page) for part in told] == [False, True, True]


@pytest.mark.parametrize(
    ("kind", "told"),
    [("urgent_report", "抓紧签发报送"), ("follow_up", "抓紧续报"), ("feedback", "抓紧办理"),
     ("assignment_receipt", "请签收"), ("commission_upward", "市里须上报的约稿")],
)  # fmt: skip
def test_R05_a_reminder_says_what_is_wanted_before_the_time_is_over(kind: str, told: str) -> None:
    data = example_data(event_types()["deadline.approaching"]) | {"kind": kind}
    assert told in render("deadline.approaching", "sms", data, "王芳")


def test_R26_without_an_address_of_its_own_a_message_leads_nowhere() -> None:
    data = example_data(event_types()["draft.offered"])
    assert link_to(page_of("draft.offered", data, SIGNER), "") is None
    assert "http" not in render("draft.offered", "body", data, "王芳")


def test_R26_every_page_that_a_message_leads_to_is_one_of_the_event() -> None:
    for message, pages in PAGES.items():
        data = CALL | {"report_id": str(UUID(int=7))} if message == DUTY_CALL else example_data(event_types()[message])
        assert all(page.address(data | ({"kind": page.kind} if page.kind else {})) for page in pages), message


def test_R26_who_may_not_open_the_page_is_told_without_a_link_to_it_or_of_another_page() -> None:
    data = example_data(event_types()["office_step.missed"])
    supervisor, head, officer = (
        page_of("office_step.missed", data, frozenset({role}))
        for role in (Role.SUPERVISOR, Role.UNIT_HEAD, Role.INFORMATION_OFFICER)
    )
    assert (supervisor, head, officer) == (
        f"/instructions/{data['instruction_id']}", "/supervision/office", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "page"),
    [("feedback", "/assignments/"), ("assignment_receipt", "/assignments/"), ("commission", "/commission-tasks/"),
     ("urgent_report", "/timeliness/cases/"), ("commission_upward", "/commissions/"), ("research_milestone", None)],
)  # fmt: skip
def test_R17_a_reminder_leads_to_what_is_to_be_done(kind: str, page: str | None) -> None:
    data = example_data(event_types()["deadline.approaching"]) | {"kind": kind}
    reader = Role.EDITOR if kind == "commission_upward" else Role.INFORMATION_OFFICER
    found = page_of("deadline.approaching", data, frozenset({reader}))
    assert found is None if page is None else found is not None and found.startswith(page)
