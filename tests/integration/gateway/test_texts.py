"""R10: cleaning as callers reach it."""

from __future__ import annotations

from tests.factories.gateway_office import Office


def test_R10_a_caller_gets_the_clean_text_and_what_was_changed(office: Office) -> None:
    answer = office.officer().post("/v1/texts/cleaning", {"text": "改造３２个小区"})
    change = {"rule": "full_width", "count": 1, "note_zh": "全角字母、数字改为半角 1 处"}
    assert (answer.status_code, answer.json) == (200, {"text": "改造32个小区", "changes": [change]})


def test_R10_a_text_that_is_too_long_is_refused_with_its_limit(office: Office) -> None:
    officer = office.officer()
    long = officer.post("/v1/texts/cleaning", {"text": "一" * 50_001})
    assert (long.status_code, long.json["pointer"]) == (422, "/text")
    assert "50000" in long.json["detail"].replace(",", "")
    huge = officer.post("/v1/texts/cleaning", {"text": "a" * 5_000_000})
    assert (huge.status_code, huge.json["type"]) == (413, "/problems/too-large")
    assert "2048 KiB" in huge.json["detail"]
