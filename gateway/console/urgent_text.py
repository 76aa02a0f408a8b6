"""The text of a first report, put together from the fields when the author writes none of his own."""

from __future__ import annotations

from datetime import datetime

from contracts.rpc.content import Content, Figures, Incident
from contracts.vocabulary import Element
from gateway.console.incident_fields import FIGURES
from kernel.clock import SHANGHAI

LABELLED = (Element.TREND, Element.REQUEST, Element.CONTACT)
"""Elements that follow the measures with their word before them."""


def compose_text(content: Content) -> str:
    """What, where, when, how severe, casualties, measures, contact, in the order of official documents.

    The title is the event in one phrase. What is not stated is not made up: casualties left open are "being verified".
    """
    told = content.incident or Incident()
    paragraphs = [
        _event(content),
        _casualties(told.figures),
        _sentence("已采取以下措施：", told.elements.get(Element.MEASURES)),
        *(_sentence(f"{element.label}：", told.elements.get(element)) for element in LABELLED),
        "后续情况将及时续报。",
    ]
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def _event(content: Content) -> str:
    where = content.place if content.place and content.place not in content.title else None
    parts = [_moment(content.occurred_at), where, content.title.strip().rstrip("。！!.")]
    return "，".join(part for part in parts if part) + "。" + _nature(content)


def _nature(content: Content) -> str:
    category = content.incident.category if content.incident else None
    if content.severity is None:
        return f"初步判断属{category.label}。" if category else ""
    return f"初步判断为{content.severity.label}级别{f'的{category.label}' if category else ''}。"


def _moment(occurred_at: datetime | None) -> str | None:
    if occurred_at is None:
        return None
    there = occurred_at.astimezone(SHANGHAI)
    return f"{there.year}年{there.month}月{there.day}日{there.hour}时{there.minute:02d}分许"


def _casualties(figures: Figures | None) -> str:
    counts = {word: getattr(figures, name, None) for name, word in FIGURES.items()}
    stated = {word: count for word, count in counts.items() if count is not None}
    if not stated:
        return "人员伤亡情况正在核实。"
    some = [f"{count}人{word}" for word, count in stated.items() if count]
    none = [word for word, count in stated.items() if not count]
    sentences = ([f"已造成{'、'.join(some)}"] if some else []) + ([f"无人员{'、'.join(none)}"] if none else [])
    return f"截至目前，{'，'.join(sentences)}。"


def _sentence(opening: str, text: str | None) -> str | None:
    told = (text or "").strip().rstrip("。")
    return f"{opening}{told}。" if told else None
