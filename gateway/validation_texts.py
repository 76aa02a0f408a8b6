"""What is told about a field that breaks a rule: Chinese texts for pydantic's error types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.model import NOT_BLANK

TEXTS: dict[str, str] = {
    "missing": "缺少必填字段。",
    "extra_forbidden": "不认识或不允许提交的字段。",
    "string_type": "应为字符串。",
    "string_unicode": "字符串含有无法存储的字符（孤立的代理码位）。",
    "string_too_short": "至少需要 {min_length} 个字符。",
    "string_too_long": "不得超过 {max_length} 个字符。",
    "string_pattern_mismatch": "格式不符，应匹配 {pattern}。",
    "string_sub_type": "应为字符串。",
    "int_type": "应为整数。",
    "int_parsing": "无法识别为整数。",
    "int_parsing_size": "整数过大。",
    "int_from_float": "应为整数，不得带小数。",
    "float_type": "应为数字。",
    "float_parsing": "无法识别为数字。",
    "finite_number": "应为有限的数。",
    "decimal_type": "应为十进制数。",
    "decimal_parsing": "无法识别为十进制数。",
    "decimal_max_digits": "总位数不得超过 {max_digits}。",
    "decimal_max_places": "小数位数不得超过 {decimal_places}。",
    "decimal_whole_digits": "整数位数不得超过 {whole_digits}。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "none_required": "应为 null。",
    "greater_than": "应大于 {gt}。",
    "greater_than_equal": "应不小于 {ge}。",
    "less_than": "应小于 {lt}。",
    "less_than_equal": "应不大于 {le}。",
    "enum": "应为以下之一：{expected}。",
    "literal_error": "应为以下之一：{expected}。",
    "uuid_type": "应为 UUID。",
    "uuid_parsing": "不是合法的 UUID。",
    "uuid_version": "UUID 版本应为 {expected_version}。",
    "datetime_type": "应为时间。",
    "datetime_parsing": "无法识别的时间，例：2026-11-24T09:30:00+08:00。",
    "datetime_from_date_parsing": "无法识别的时间，例：2026-11-24T09:30:00+08:00。",
    "datetime_object_invalid": "无法识别的时间，例：2026-11-24T09:30:00+08:00。",
    "timezone_aware": "时间须带时区，例：2026-11-24T09:30:00+08:00。",
    "date_type": "应为日期。",
    "date_parsing": "无法识别的日期，例：2026-11-24。",
    "date_from_datetime_parsing": "无法识别的日期，例：2026-11-24。",
    "date_from_datetime_inexact": "日期不得带有时间部分。",
    "list_type": "应为数组。",
    "tuple_type": "应为数组。",
    "dict_type": "应为对象。",
    "model_type": "应为 JSON 对象。",
    "model_attributes_type": "应为 JSON 对象。",
    "too_short": "至少需要 {min_length} 项。",
    "too_long": "不得超过 {max_length} 项。",
}

OUR_OWN: dict[str, str] = {
    "text must not contain the character NUL": "不得含有空字符（NUL）。",
    "text must not contain lone surrogates": "不得含有孤立的代理码位。",
    "a time must state its zone, for example 2026-11-24T09:30:00+08:00": (
        "时间须带时区，例：2026-11-24T09:30:00+08:00。"
    ),
    "an address or a network is wanted, for example 203.0.113.7 or 203.0.113.0/24": (
        "应为地址或网段，例：203.0.113.7 或 203.0.113.0/24。"
    ),
    "a time must lie in the years 1900 to 2200 (UTC)": "时间须在 1900 年至 2200 年之间（世界协调时）。",
    'a file name must not contain / \\ : * ? " < > |': '文件名不得含有 / \\ : * ? " < > |。',
    "a file name must not contain control or direction characters": "文件名不得含有控制字符或文字方向控制字符。",
    "a file name must not begin or end with blanks or full stops": "文件名不得以空格或句点开头、结尾。",
    "the ending of the file name does not fit its media type": "文件名的扩展名与文件类型不符。",
    "a document takes 20 attachments: more would be signed and taken in unread": (
        "一份文件至多 20 个附件；再多，签发人和编辑就无法逐一看过。"
    ),
    "two attachments of a document must not bear the same name": "同一份文件的附件不得重名。",
}
"""Messages of our own validators (`contracts/model.py`, `contracts/rpc/`, `gateway/identity/clients.py`)."""


def describe(kind: str, message: str, context: Mapping[str, Any]) -> dict[str, str]:
    """`code`, `detail` (Chinese) and `detail_en` of one fault."""
    if kind in {"too_short", "too_long"} and context.get("field_type") == "Value":
        # A text that was normalised first: its length is in characters, not items.
        kind = f"string_{kind}"
        message = message.replace(" items", " characters").replace(" item", " character")
    if context.get("pattern") == NOT_BLANK:
        return {"code": "blank", "detail": "不得只有空白。", "detail_en": "Blanks alone are no text."}
    if kind == "string_too_short" and context.get("min_length") == 1:
        return {"code": kind, "detail": "不能为空。", "detail_en": message}
    english = message.removeprefix("Value error, ") or "This field is not known or may not be sent."
    template = OUR_OWN.get(english) or TEXTS.get(kind, "不符合要求。")
    return {"code": kind, "detail": _fill(template, context), "detail_en": english}


def _fill(template: str, context: Mapping[str, Any]) -> str:
    try:
        return template.format_map({name: value for name, value in context.items() if name != "error"})
    except (KeyError, IndexError):
        return template
