"""What an urgent report tells of its incident, as the fields of a form: shown, read back, nothing lost on the way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import request

from contracts.rpc.content import Incident
from contracts.vocabulary import Element, Kind
from gateway.console.forms import beijing_time, line, paragraphs
from gateway.console.wording import beijing_input, points
from kernel.errors import Invalid

WAN = 4
"""Powers of ten between yuan and 万元, in which people state a loss."""
FIGURES = {"dead": "死亡", "missing": "失联", "seriously_hurt": "重伤", "slightly_hurt": "轻伤"}
LOSS = "loss_wan"
AMOUNT = re.compile(r"[0-9]{1,14}(\.[0-9]{1,6})?")
ELEMENT = "element."
"""Prefix of an element's field."""


@dataclass(frozen=True)
class Step:
    """What a report of this kind tells (urgent-time-limits, Contents; R05): shown at once, or folded away."""

    open: tuple[Element, ...]
    folded: tuple[Element, ...]


STEPS: dict[Kind, Step] = {
    Kind.URGENT_FIRST: Step(
        (Element.MEASURES, Element.CONTACT),
        (Element.SOURCE, Element.NATURE, Element.AREA, Element.TREND, Element.LEADERS_ON_SCENE, Element.REQUEST),
    ),
    Kind.URGENT_FOLLOW_UP: Step(
        (Element.CHANGE, Element.MEASURES, Element.PROGRESS),
        (
            Element.CAUSE, Element.CONSEQUENCES, Element.LESSONS, Element.AREA, Element.TREND,
            Element.LEADERS_ON_SCENE, Element.REQUEST, Element.CONTACT,
        ),
    ),
    Kind.URGENT_FINAL: Step(
        (
            Element.SUMMARY, Element.PRESENT_STATE, Element.CAUSE, Element.CONSEQUENCES, Element.LESSONS,
            Element.NEXT_STEPS,
        ),
        (Element.REQUEST, Element.CONTACT),
    ),
}


def form_values(incident: Incident | None) -> dict[str, str]:
    """An incident as a form shows it: name of the field -> what stands in it."""
    if incident is None:
        return {}
    values = {"category": incident.category or "", "learned_at": beijing_input(incident.learned_at)}
    figures = incident.figures
    if figures is not None:
        counts = {name: getattr(figures, name) for name in FIGURES}
        values |= {name: str(count) for name, count in counts.items() if count is not None}
        if figures.loss_yuan is not None:
            values[LOSS] = points(figures.loss_yuan.scaleb(-WAN))
    return values | {f"{ELEMENT}{name}": text for name, text in incident.elements.items()}


def sent_values() -> dict[str, str]:
    """The same fields as they were typed, right or wrong: what a refused form is filled with again."""
    names = ["category", "learned_at", LOSS, *FIGURES, *(f"{ELEMENT}{element}" for element in Element)]
    return {name: request.form[name] for name in names if name in request.form}


def typed_incident(carried: Incident | None) -> dict[str, Any] | None:
    """What the form tells of the incident; None when it tells nothing. Raises `Invalid` with the field's pointer.

    `carried`: the incident the form was filled from.
    """
    told = {
        "category": line("category"),
        "learned_at": typed_time("learned_at", carried.learned_at if carried else None),
        "figures": _figures(),
        "elements": {name: text for name in Element if (text := paragraphs(f"{ELEMENT}{name}"))},
    }
    return {name: value for name, value in told.items() if value} or None


def typed_time(name: str, carried: datetime | None) -> datetime | None:
    """A Beijing time. The field knows minutes only: untouched, it means the very instant it was filled from."""
    if carried is not None and line(name) == beijing_input(carried):
        return carried
    return beijing_time(name)


def _figures() -> dict[str, Any]:
    """Empty is "not stated", which is not zero."""
    counts: dict[str, Any] = {name: _half_width(typed) for name in FIGURES if (typed := line(name))}
    loss = line(LOSS)
    return counts | ({"loss_yuan": yuan(loss)} if loss else {})


def yuan(typed: str) -> str:
    """万元 as typed -> yuan. Raises `Invalid`."""
    amount = _half_width(typed)
    if not AMOUNT.fullmatch(amount):
        raise Invalid(
            "直接经济损失应为数字，以万元为单位，例：120 或 0.5。", "The loss must be a number, in 10,000 yuan.",
            pointer=f"/{LOSS}",
        )
    return points(Decimal(amount).scaleb(WAN))


def _half_width(typed: str) -> str:
    """１，２００ is 1200."""
    return unicodedata.normalize("NFKC", typed).replace(",", "").strip()
