"""R07: every title that a message may speak of is found in it, whatever marks the title itself bears."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.notify.messages import render
from services.notify.secrecy import titles_in

TITLES = st.text(st.sampled_from("《》【】河道， 甲"), min_size=1, max_size=12).map(str.strip).filter(bool)


@given(TITLES)
def test_R07_the_title_is_among_what_was_found(title: str) -> None:
    data = {"title": title, "receipt_number": "2026-0000001", "returned_by": "王编辑", "remarks": "请补数据。"}
    subject, body = (render("report.returned", part, data, "李") for part in ("subject", "body"))
    assert title in titles_in(subject, body)


def test_R07_a_message_without_marks_speaks_of_nothing() -> None:
    assert titles_in("十一月通报", "请查阅。") == set()
