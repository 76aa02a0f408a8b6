"""How values are worded on pages: Beijing time, labels of vocabularies, spans of time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from flask import Flask
from markupsafe import Markup, escape

from contracts.rpc.issues import IssueItem
from contracts.rpc.item_pictures import PictureShown
from contracts.vocabulary import Labelled, ReportState
from gateway.assembly import gateway
from gateway.console.devices import device_words
from kernel.clock import SHANGHAI
from kernel.papers.official.content import Block
from kernel.papers.official.texts import blocks_of, with_placed

TONES: dict[str, str] = {
    # what is well
    "met": "good", "adopted": "good", "accepted": "good", "published": "good", "sent": "good", "seen": "good",
    "approved": "good", "signed": "good", "closed": "good", "delivered": "good", "finished": "good",
    # what waits for somebody
    "offered": "busy", "waiting": "busy", "assigned": "busy", "fed_back": "busy", "proposed": "busy",
    "composing": "busy", "proof": "busy", "given": "busy", "at_desk": "busy", "claimed": "busy", "open": "busy",
    "final_received": "busy", "awaiting_endorsement": "busy", "owed": "busy", "issued": "busy", "running": "busy",
    "recorded": "busy", "in_hand": "busy", "asked": "busy", "presented": "busy",
    # what needs attention
    "missed": "bad", "returned": "bad", "failed": "bad", "late": "bad", "contradicted": "bad",
}  # fmt: skip
"""Colour of a state's mark; all others are grey. The word itself always stands beside the colour."""

DECISIONS: dict[str, str] = {state.value: state.label for state in ReportState}
GRANT_STATES = {"proposed": "待批准", "approved": "已生效", "refused": "已驳回", "revoked": "已撤销"}


def install(app: Flask) -> None:
    """Make them known to the templates."""
    app.jinja_env.filters |= {
        "beijing": beijing, "beijing_input": beijing_input, "time": time_mark, "badge": badge, "span": span,
        "points": points, "decision": lambda word: DECISIONS.get(word, word),
        "grant_state": lambda word: GRANT_STATES.get(word, word), "countdown": countdown,
        "waited": waited, "ago": ago, "apart": apart, "size": size_words,
        "figure": figure, "seconds": lambda length: span(timedelta(seconds=length)), "laid_out": laid_out,
        "pixels": pixels, "device": device_words, "actor": actor_words,
    }  # fmt: skip


def laid_out(item: IssueItem) -> list[Block | PictureShown]:
    """An item's text in blocks with its pictures between them, as the paper sets it."""
    return with_placed(blocks_of(item.body), [(each.after, each) for each in item.pictures])


def actor_words(name: str) -> str:
    """Who did it: a person, or the product itself."""
    return "系统" if name.startswith("system:") else name


def pixels(millimetres: int) -> int:
    """Of the browser's, 96 an inch."""
    return round(millimetres * 96 / 25.4)


def size_words(size: int) -> str:
    """Bytes as people say them."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{size / 1024:.1f} KB" if size >= 1024 else f"{size} 字节"


def beijing(instant: datetime | None, *, seconds: bool = False) -> str:
    """2026-11-24 17:30, in Beijing."""
    if instant is None:
        return ""
    return f"{instant.astimezone(SHANGHAI):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"


def beijing_input(instant: datetime | None) -> str:
    """As `<input type=datetime-local>` wants it."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}" if instant else ""


def time_mark(instant: datetime | None, *, seconds: bool = False) -> Markup:
    """A `<time>` element."""
    if instant is None:
        return Markup('<span class="none">—</span>')
    return Markup('<time datetime="{}">{}</time>').format(instant.isoformat(), beijing(instant, seconds=seconds))


def badge(word: Labelled | str | None, label: str | None = None) -> Markup:
    """A state's word on its colour."""
    if word is None:
        return Markup("")
    shown = label or (word.label if isinstance(word, Labelled) else word)
    return Markup('<span class="badge {}">{}</span>').format(TONES.get(str(word), "plain"), escape(shown))


def span(length: timedelta) -> str:
    """Two leading units: 2天3小时, 1小时5分, 45秒."""
    seconds = int(abs(length.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days}天{hours}小时"
    if hours:
        return f"{hours}小时{minutes}分"
    return f"{minutes}分{seconds}秒" if minutes else f"{seconds}秒"


def countdown(due_at: datetime) -> Markup:
    """How long there is left by the gateway's clock; the page's script goes on counting from there."""
    left = due_at - gateway().clock.now()
    words = f"剩余 {span(left)}" if left >= timedelta() else f"已超时 {span(left)}"
    tone = "over" if left < timedelta() else "near" if left < timedelta(hours=1) else "calm"
    return Markup('<span class="countdown {}" data-due="{}">{}</span>').format(tone, due_at.isoformat(), words)


def waited(since: datetime) -> Markup:
    """How long something has waited by the gateway's clock; red after a quarter of an hour."""
    length = gateway().clock.now() - since
    tone = "over" if length >= timedelta(minutes=15) else "near" if length >= timedelta(minutes=5) else "calm"
    return Markup('<span class="countdown {}">已等 {}</span>').format(tone, span(length))


def ago(minutes: int) -> str:
    """刚刚, 40分钟前, 3小时前, 12天前."""
    return f"{_length(minutes)}前" if minutes >= 1 else "刚刚"


def apart(minutes: int) -> str:
    """How much later, or earlier where negative, something else came."""
    return f"{'早' if minutes < 0 else '晚'}报{_length(abs(minutes))}" if minutes else "几乎同时报送"


def _length(minutes: int) -> str:
    """The leading unit alone."""
    if minutes < 60:
        return f"{minutes}分钟"
    return f"{minutes // 60}小时" if minutes < 24 * 60 else f"{minutes // (24 * 60)}天"


def points(value: Decimal) -> str:
    """Without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figure(value: Decimal) -> str:
    """A number of people or a sum, thousands separated, without needless zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
