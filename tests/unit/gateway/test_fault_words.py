"""What a form's reader is told of a field: neither names of types nor words of programs."""

from __future__ import annotations

import pytest

from contracts.rpc.urgent import RecordPreReport
from gateway.console.forms import filled
from kernel.errors import Invalid

CALL = {
    "pre_report_id": "019a0000-0000-7000-8000-000000000001", "title": "火情", "severity": "larger",
    "occurred_at": "2026-11-24T08:00:00+08:00", "called_at": "2026-11-24T08:05:00+08:00",
    "caller_name": "张伟", "caller_number": "138", "read_back": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("severity", None, "请从所列各项中选择一项。"), ("category", "fire", "请从所列各项中选择一项。"),
        ("title", None, "请填写。"), ("called_at", None, "请填写时间。"),
        ("unit_id", "和平区", "请从所列各项中选择一项。"),
    ],
)  # fmt: skip
def test_R04_a_field_that_is_missing_or_wrong_is_told_in_words_for_people(name: str, typed: object, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        filled(RecordPreReport, CALL | {name: typed})
    assert (refused.value.detail_zh, refused.value.pointer) == (told, f"/{name}")
