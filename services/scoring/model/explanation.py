"""Every posting explains itself in one Chinese sentence: what happened, when, by which rule of which version."""

from __future__ import annotations

from decimal import Decimal

from services.scoring.model.causes import Cause, CauseKind
from services.scoring.model.periods import Month, moment_zh, month_zh
from services.scoring.model.points import in_words
from services.scoring.model.rulebook import Entry, Rulebook


def explain(cause: Cause, entry: Entry, rulebook: Rulebook, points: Decimal) -> str:
    """The sentence of a posting."""
    shared = ""
    if points != entry.points:
        shared = f"（分值{in_words(entry.points)}，按份额{cause.told['share']}折算）"
    verdict = f"计{in_words(points)}分" if points >= 0 else f"扣{in_words(-points)}分"
    return (
        f"{moment_zh(cause.happened_at)}，{_happening(cause)}；"
        f"依据《{rulebook.place}》计分规则{rulebook.version}版“{entry.heading}”，{verdict}{shared}。"
    )


def _happening(cause: Cause) -> str:
    told = cause.told
    item = f"信息“{cause.title}”" + (f"（回执号{told['receipt_number']}）" if told.get("receipt_number") else "")
    if cause.kind == CauseKind.ADOPTION:
        return f"《{told['publication']}》{told['year']}年第{told['number']}期采用{item}"
    if cause.kind == CauseKind.OUTCOME:
        return f"{item}被{told['where']}{told['outcome']}"
    if cause.kind == CauseKind.INSTRUCTION:
        return f"{told['leader']}对{item}作出{told['class']}批示"
    if told.get("finding"):
        return f"{told['decided_by']}就“{cause.title}”认定{told['finding']}"
    return f"{told['what']}“{cause.title}”超过规定时限（{told['explanation']}）"


def explain_reversal(original: str, reason: str) -> str:
    """The sentence of a reversal; the original one is quoted, so that it is understood alone."""
    return f"冲销：{reason}。原记：{original}"


def counted_later(month: Month, period: Month) -> str:
    """Added where the month's bulletin had been issued already."""
    return f"（{month_zh(month)}通报已印发，计入{month_zh(period)}）"
