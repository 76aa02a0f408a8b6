"""What is told of a field that a form filled in wrongly; programs are told of it by gateway/validation_texts.py."""

from __future__ import annotations

from kernel.errors import Invalid

CHOOSE = "请从所列各项中选择一项。"
FOR_PEOPLE: dict[str, str] = {
    "enum": CHOOSE, "literal_error": CHOOSE, "uuid_parsing": CHOOSE, "uuid_type": CHOOSE,
    "string_type": "请填写。", "missing": "请填写。", "datetime_type": "请填写时间。", "date_type": "请填写日期。",
    "int_type": "请填写数字。", "int_parsing": "请填写整数，例：3。", "int_from_float": "请填写整数，例：3。",
    "decimal_type": "请填写数字。", "decimal_parsing": "请填写数字，例：1.5。",
}  # fmt: skip
"""Faults of a field by their code, where programs are told names and types."""


def in_words(refusal: Invalid) -> Invalid:
    """The same refusal as a page says it."""
    faults = [fault | {"detail": FOR_PEOPLE.get(fault["code"], fault["detail"])} for fault in refusal.extra["errors"]]
    return Invalid(faults[0]["detail"], refusal.detail_en, pointer=refusal.pointer, extra={"errors": faults})
