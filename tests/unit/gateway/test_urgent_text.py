"""R04: the text of a first report says what was filled in, in plain official Chinese, and nothing that was not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.content import Content, Figures, Incident
from contracts.vocabulary import Element, IncidentCategory, Kind, Severity
from gateway.console.urgent_text import compose_text

AT = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
COUNTS = st.none() | st.integers(0, 999)
TEXTS = st.none() | st.text("疏散灭火抢救正在进行。", min_size=1, max_size=20)


def first_report(**changes: Any) -> Content:
    stated = {"kind": Kind.URGENT_FIRST, "title": "一商场发生火灾", "body": "-", "occurred_at": AT, **changes}
    return Content.model_validate(stated)


def test_R04_all_that_was_stated_reads_as_one_report() -> None:
    incident = Incident(
        category=IncidentCategory.ACCIDENT, figures=Figures(dead=2, missing=0, seriously_hurt=3),
        elements={Element.MEASURES: "消防已到场。", Element.CONTACT: "王敏 022-1234"},
    )
    content = first_report(place="河西区友谊路 1 号", severity=Severity.GENERAL, incident=incident)
    assert compose_text(content) == (
        "2026年11月24日9时05分许，河西区友谊路 1 号，一商场发生火灾。初步判断为一般级别的事故灾难。\n"
        "截至目前，已造成2人死亡、3人重伤，无人员失联。\n"
        "已采取以下措施：消防已到场。\n"
        "联系人及电话：王敏 022-1234。\n"
        "后续情况将及时续报。"
    )


def test_R04_the_place_is_not_said_twice() -> None:
    text = compose_text(first_report(title="河西区友谊路一商场起火。", place="河西区友谊路"))
    assert text.startswith("2026年11月24日9时05分许，河西区友谊路一商场起火。\n")


def test_R04_casualties_left_open_are_being_verified_and_none_are_none() -> None:
    assert "人员伤亡情况正在核实。" in compose_text(first_report())
    none = Incident(figures=Figures(dead=0, missing=0, seriously_hurt=0))
    assert "截至目前，无人员死亡、失联、重伤。" in compose_text(first_report(incident=none))


@given(dead=COUNTS, missing=COUNTS, seriously_hurt=COUNTS, measures=TEXTS, place=TEXTS)
def test_R04_every_stated_fact_stands_in_the_text_and_no_other_number(
    dead: int | None, missing: int | None, seriously_hurt: int | None, measures: str | None, place: str | None
) -> None:
    figures = Figures(dead=dead, missing=missing, seriously_hurt=seriously_hurt)
    elements = {Element.MEASURES: measures} if measures else {}
    text = compose_text(first_report(place=place, incident=Incident(figures=figures, elements=elements)))
    stated = {"死亡": dead, "失联": missing, "重伤": seriously_hurt}
    for word, number in stated.items():
        assert (f"人{word}" in text and f"{number}人{word}" in text) == bool(number)
        assert (word in text) == (number is not None)
    assert (measures or "").rstrip("。") in text
    assert (place or "") in text
    assert ("措施" in text) == bool(measures and measures.strip("。"))
    assert "\n\n" not in text
