"""A problem document in the words of a page: problem types speak to programs, which know pointers and headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.console.kept_words import LABELS

REMEDIES: dict[str, str] = {
    "invalid": "请在下面改正后再次提交。",
    "rate-limited": "请稍等片刻再提交。",
    "too-large": "请删减内容后重新提交。",
    "still-running": "刚才的操作还在办理，请稍等几秒再次提交，不会重复办理。",
    "idempotency-key-reused": "这一页此前已经提交过别的内容。请返回重新打开页面，再填写提交。",
    "not-returned": "只有被退回的信息才能重新报送；如刚收到退回通知，请等几秒再试。",
    "already-signed": "请在“回执”中查看。",
    "malformed": "请返回上一页，重新打开后再试。",
}


def remedy_told(problem: Mapping[str, Any]) -> str:
    """What to do now."""
    return REMEDIES.get(problem["type"].rpartition("/")[2], str(problem["remedy"]))


def faults_told(problem: Mapping[str, Any]) -> list[str]:
    """What is wrong, each with the word of its field: several fields may say the same of themselves."""
    return [_told(fault.get("pointer") or "", fault["detail"]) for fault in problem.get("errors") or [problem]]


def _told(pointer: str, detail: str) -> str:
    word = LABELS.get(_field(pointer))
    return f"{word}：{detail}" if word and word not in detail else detail


def faulty_fields(problem: Mapping[str, Any]) -> frozenset[str]:
    """Names of the fields at fault."""
    pointers = [problem.get("pointer"), *(fault.get("pointer") for fault in problem.get("errors") or ())]
    return frozenset(_field(pointer) for pointer in pointers if pointer)


def _field(pointer: str) -> str:
    return str(pointer).rpartition("/")[2].rstrip("0123456789")
