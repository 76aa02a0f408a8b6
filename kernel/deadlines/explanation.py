"""A deadline explains itself: rule and version, what started the clock, what moved it, how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kernel.clock import SHANGHAI

if TYPE_CHECKING:
    from kernel.deadlines.state import DeadlineState

_STARTED_ZH = {
    "occurrence": "事件发生", "learning": "得知情况", "receipt": "接到预报", "report": "收到上一件",
    "instruction": "批示下达", "assignment": "交办下达", "commission": "约稿下达", "plan": "计划确定",
    "guidance": "要点下发",
}  # fmt: skip
_STARTED_EN = {
    "occurrence": "the occurrence",
    "learning": "learning of it",
    "receipt": "the receipt of the pre-report",
    "report": "the receipt of the report before",
    "instruction": "the instruction",
    "commission": "the commission",
    "plan": "the plan",
    "guidance": "the guidance",
    "assignment": "the assignment",
}
_MIDNIGHT = (0, 0, 0)


class Explanation(NamedTuple):
    """One sentence in each language; times are Shanghai's."""

    zh: str
    en: str


def explain(deadline: DeadlineState) -> Explanation:
    """The sentence for the deadline's present state."""
    started_zh, started_en = _told(deadline.started_at)
    due_zh, due_en = _told(deadline.due_at)
    first_zh = first_en = by_zh = by_en = ""
    if deadline.first_due_at != deadline.due_at:
        told_zh, told_en = _told(deadline.first_due_at)
        first_zh, first_en = f"原截止时间为{told_zh}，现", f"first due at {told_en}, now "
    if not deadline.opened_by.startswith("system:"):
        by_zh, by_en = f"（{deadline.opened_by}登记）", f"(entered by {deadline.opened_by}) "
    changes_zh = changes_en = ""
    for change in deadline.extensions:
        changes_zh += f"；{_change_zh(change)}"
        changes_en += f"; {_change_en(change)}"
    return Explanation(
        f"根据“{deadline.rule}”（{deadline.rule_version}版），自{_STARTED_ZH[deadline.started_by]}的{started_zh}{by_zh}起算，"
        f"时限为{deadline.limit_zh}，{first_zh}截止时间为{due_zh}（北京时间）{changes_zh}；{_outcome_zh(deadline)}。",
        f'By "{deadline.rule}" (version {deadline.rule_version}), counted from {_STARTED_EN[deadline.started_by]} at '
        f"{started_en} {by_en}with a limit of {deadline.limit_en}, {first_en}it is due at {due_en} Beijing time"
        f"{changes_en}; {_outcome_en(deadline)}.",
    )


def _change_zh(change: dict[str, Any]) -> str:
    verb = {"extended": "延期至", "reassessed": "更正为"}.get(change["what"])
    ended = {"waived": "免除", "reinstated": "恢复"}
    moved = f"{verb}{_read(change['due_at'])[0]}" if verb else ended[change["what"]]
    return f"{change['by_name']}于{_read(change['at'])[0]}将其{moved}，理由：{_clause(change['reason'])}"


def _change_en(change: dict[str, Any]) -> str:
    verb = {"extended": "extended it to", "reassessed": "reassessed it to"}.get(change["what"])
    ended = {"waived": "waived it", "reinstated": "reinstated it"}
    moved = f"{verb} {_read(change['due_at'])[1]}" if verb else ended[change["what"]]
    return f"{change['by_name']} {moved} on {_read(change['at'])[1]}, reason: {_clause(change['reason'])}"


def _outcome_zh(deadline: DeadlineState) -> str:
    if deadline.outcome == "open":
        return "尚未完成"
    settled = f"于{_told(deadline.settled_at, True)[0]}" if deadline.settled_at else ""
    if deadline.outcome == "missed":
        return f"{settled}完成，已超时" if settled else "到期未完成，已超时"
    return {"met": f"{settled}按时完成", "waived": "已免除"}[deadline.outcome]


def _outcome_en(deadline: DeadlineState) -> str:
    if deadline.outcome == "open":
        return "not done yet"
    settled = f" at {_told(deadline.settled_at, True)[1]}" if deadline.settled_at else ""
    if deadline.outcome == "missed":
        return f"done{settled}, too late" if settled else "missed: nothing had come when it was due"
    return {"met": f"met{settled}", "waived": "waived"}[deadline.outcome]


@lru_cache(maxsize=64)  # a sweep tells of many deadlines of the same times
def _told(instant: datetime, seconds: bool = False) -> tuple[str, str]:
    """Day and time in Shanghai, in Chinese and in English."""
    day, clock = _shown(instant, seconds)
    return f"{day.year}年{day.month}月{day.day}日{clock}", f"{day.date().isoformat()} {clock}"


def _shown(instant: datetime, seconds: bool) -> tuple[datetime, str]:
    """Day and time in Shanghai; midnight is 24:00 of the day that ends. Seconds show where a minute could mislead."""
    local = instant.astimezone(SHANGHAI)
    if (local.hour, local.minute, local.second) == _MIDNIGHT:
        return local - timedelta(days=1), "24:00"
    minute = f"{local.hour:02}:{local.minute:02}"
    return local, f"{minute}:{local.second:02}" if seconds or local.second else minute


def _read(text: str) -> tuple[str, str]:
    return _told(datetime.fromisoformat(text))


def _clause(reason: str) -> str:
    """A person's reason as part of the sentence."""
    return " ".join(reason.split()).rstrip("。.;； ").replace("。", "；").replace(". ", "; ")
