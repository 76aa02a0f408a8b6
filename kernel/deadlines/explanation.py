"""A deadline explains itself: rule and version, what started the clock, what moved it, how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kernel.clock import SHANGHAI

if TYPE_CHECKING:
    from kernel.deadlines.state import DeadlineState

_STARTED_ZH = {
    "occurrence": "事件发生", "learning": "得知情况", "receipt": "接到预报", "report": "收到上一件",
    "instruction": "批示下达", "assignment": "交办下达", "commission": "约稿下达", "plan": "计划确定",
}  # fmt: skip
_STARTED_EN = {
    "occurrence": "the occurrence",
    "learning": "learning of it",
    "receipt": "the receipt of the pre-report",
    "report": "the receipt of the report before",
    "instruction": "the instruction",
    "commission": "the commission",
    "plan": "the plan",
    "assignment": "the assignment",
}
_MIDNIGHT = (0, 0, 0)


@dataclass(frozen=True)
class Explanation:
    """One sentence in each language; times are Shanghai's."""

    zh: str
    en: str


def explain(deadline: DeadlineState) -> Explanation:
    """The sentence for the deadline's present state."""
    by = deadline.opened_by
    person = "" if by.startswith("system:") else by
    moved = deadline.first_due_at != deadline.due_at
    return Explanation(_zh(deadline, person, moved), _en(deadline, person, moved))


def _zh(deadline: DeadlineState, person: str, moved: bool) -> str:
    """`person` who entered it, empty for a service; `moved` where it was first due at another time."""
    by = f"（{person}登记）" if person else ""
    first = f"原截止时间为{_time_zh(deadline.first_due_at)}，现" if moved else ""
    changes = "".join([f"；{_change_zh(change)}" for change in deadline.extensions])
    return (
        f"根据“{deadline.rule}”（{deadline.rule_version}版），自{_STARTED_ZH[deadline.started_by]}的"
        f"{_time_zh(deadline.started_at)}{by}起算，时限为{deadline.limit_zh}，"
        f"{first}截止时间为{_time_zh(deadline.due_at)}（北京时间）{changes}；{_outcome_zh(deadline)}。"
    )


def _en(deadline: DeadlineState, person: str, moved: bool) -> str:
    by = f"(entered by {person}) " if person else ""
    first = f"first due at {_time_en(deadline.first_due_at)}, now " if moved else ""
    changes = "".join([f"; {_change_en(change)}" for change in deadline.extensions])
    return (
        f'By "{deadline.rule}" (version {deadline.rule_version}), counted from {_STARTED_EN[deadline.started_by]} at '
        f"{_time_en(deadline.started_at)} {by}with a limit of {deadline.limit_en}, "
        f"{first}it is due at {_time_en(deadline.due_at)} Beijing time{changes}; {_outcome_en(deadline)}."
    )


def _change_zh(change: dict[str, Any]) -> str:
    verb = {"extended": "延期至", "reassessed": "更正为"}.get(change["what"])
    ended = {"waived": "免除", "reinstated": "恢复"}
    moved = f"{verb}{_read(change['due_at'], _time_zh)}" if verb else ended[change["what"]]
    return f"{change['by_name']}于{_read(change['at'], _time_zh)}将其{moved}，理由：{_clause(change['reason'])}"


def _change_en(change: dict[str, Any]) -> str:
    verb = {"extended": "extended it to", "reassessed": "reassessed it to"}.get(change["what"])
    ended = {"waived": "waived it", "reinstated": "reinstated it"}
    moved = f"{verb} {_read(change['due_at'], _time_en)}" if verb else ended[change["what"]]
    return f"{change['by_name']} {moved} on {_read(change['at'], _time_en)}, reason: {_clause(change['reason'])}"


def _outcome_zh(deadline: DeadlineState) -> str:
    if deadline.outcome == "open":
        return "尚未完成"
    settled = f"于{_time_zh(deadline.settled_at, seconds=True)}" if deadline.settled_at else ""
    if deadline.outcome == "missed":
        return f"{settled}完成，已超时" if settled else "到期未完成，已超时"
    return {"met": f"{settled}按时完成", "waived": "已免除"}[deadline.outcome]


def _outcome_en(deadline: DeadlineState) -> str:
    if deadline.outcome == "open":
        return "not done yet"
    settled = f" at {_time_en(deadline.settled_at, seconds=True)}" if deadline.settled_at else ""
    if deadline.outcome == "missed":
        return f"done{settled}, too late" if settled else "missed: nothing had come when it was due"
    return {"met": f"met{settled}", "waived": "waived"}[deadline.outcome]


def _time_zh(instant: datetime, *, seconds: bool = False) -> str:
    return _told(instant, seconds)[0]


def _time_en(instant: datetime, *, seconds: bool = False) -> str:
    return _told(instant, seconds)[1]


@lru_cache(maxsize=64)  # a sentence tells each time in either language, a sweep many deadlines of the same times
def _told(instant: datetime, seconds: bool) -> tuple[str, str]:
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


def _read(text: str, show: Callable[[datetime], str]) -> str:
    return show(datetime.fromisoformat(text))


def _clause(reason: str) -> str:
    """A person's reason as part of the sentence."""
    return " ".join(reason.split()).rstrip("。.;； ").replace("。", "；").replace(". ", "; ")
