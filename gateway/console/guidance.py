"""Reporting guidance: drawn up and issued by the city, read and answered point by point by the units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.content import MOST_POINTS, Reference
from contracts.rpc.guidance import Guidance, GuidancePage, GuidancePoint, PointAnswerPage, next_period
from contracts.vocabulary import Kind
from gateway.console.commissions import REPORTING, addressed, reporting_units
from gateway.console.forms import (
    as_beijing,
    asked,
    asked_query,
    beijing_time,
    form_key,
    key_after,
    line,
    paragraphs,
)
from gateway.console.page import Answer, Page, go_to
from gateway.console.wording import beijing_input
from kernel.errors import Invalid, Refusal

DUE = re.compile(r"^(.*?)\s*〔(20\d\d-\d\d-\d\d[ T]\d\d:\d\d)〕$")
"""A line that ends with the point's own due time, Beijing time."""
TOPIC = re.compile(r"^【([^】]{1,100})】\s*(.*)$")
"""A line of the form: 【topic】 and the point."""


def list_guidance() -> Answer:
    query = asked_query("cursor")
    page = asked("review", "list_guidance", GuidancePage, **query)
    return render_template("console/guidance_list.html", page=page, query=query)


def new_guidance() -> Answer:
    return _form({}, [], [c.value for c in REPORTING], None)


def show_guidance(guidance_id: UUID) -> Answer:
    guidance = asked("review", "get_guidance", Guidance, guidance_id=guidance_id)
    return render_template("console/guidance.html", guidance=guidance, next_period=next_period(guidance.period))


def list_point_answers(guidance_id: UUID) -> Answer:
    """Which reports answer a point, all points, or are of one unit: what the counts of its page stand for."""
    query = asked_query("point_id", "unit_id", "cursor")
    guidance = asked("review", "get_guidance", Guidance, guidance_id=guidance_id)
    page = asked("review", "list_point_answers", PointAnswerPage, guidance_id=guidance_id, **query)
    return render_template(
        "console/guidance_answers.html", guidance=guidance, page=page, query=query,
        point=next((point for point in guidance.points if str(point.point_id) == query.get("point_id")), None),
    )


def edit_guidance(guidance_id: UUID) -> Answer:
    guidance = asked("review", "get_guidance", Guidance, guidance_id=guidance_id)
    typed = {
        "period": guidance.period, "title": guidance.title, "version": guidance.version,
        "due_at": beijing_input(guidance.due_at), "points": "\n".join(map(_typed_point, guidance.points)),
    }
    return _form(typed, [str(unit_id) for unit_id in guidance.unit_ids], guidance.unit_classes, guidance_id)


def _typed_point(point: GuidancePoint) -> str:
    """The line of the form that says it."""
    topic = f"【{point.topic}】" if point.topic else ""
    due_at = f"〔{beijing_input(point.own_due_at).replace('T', ' ')}〕" if point.own_due_at else ""
    return f"{topic}{point.text}{due_at}"


def _form(
    typed: dict[str, Any], units: list[str], classes: list[str], guidance_id: UUID | None,
    refusal: Refusal | None = None,
) -> str:  # fmt: skip
    return render_template(
        "console/guidance_form.html", typed=typed, chosen_units=units, chosen_classes=classes, refusal=refusal,
        units=reporting_units(), classes=REPORTING, guidance_id=guidance_id,
        key=key_after(refusal.problem) if refusal else None,
    )


def save_new_guidance() -> Answer:
    return _save(uuid5(form_key(), "guidance_id"), None)


def save_guidance(guidance_id: UUID) -> Answer:
    return _save(guidance_id, asked("review", "get_guidance", Guidance, guidance_id=guidance_id))


def _save(guidance_id: UUID, before: Guidance | None) -> Answer:
    """A refusal shows the form again with everything that was typed."""
    try:
        asked(
            "review", "save_guidance", Guidance, guidance_id=guidance_id, version=line("version"),
            period=line("period") or "", title=line("title") or "", points=typed_points(before),
            due_at=beijing_time("due_at"), **addressed(),
        )
    except Refusal as refusal:
        typed, units, classes = request.form.to_dict(), *addressed().values()
        shown = _form(typed, units, classes, guidance_id if before else None, refusal)
        return shown, PROBLEMS[refusal.problem].status
    flash("已保存，待总编辑下发。")
    return go_to("show_guidance", guidance_id=guidance_id)


def typed_points(before: Guidance | None) -> list[dict[str, Any]]:
    """A point in each line that is not empty; one that was carried over stays so while its words stay."""
    carried = {point.text: point.carried_from for point in before.points} if before else {}
    points = []
    for typed in filter(None, (row.strip() for row in paragraphs("points").splitlines())):
        due = DUE.match(typed)
        words = due[1] if due else typed
        found = TOPIC.match(words)
        topic, text = (found[1], found[2]) if found else (None, words)
        due_at = as_beijing(due[2], "points") if due else None
        points.append({"text": text, "topic": topic, "carried_from": carried.get(text), "due_at": due_at})
    return points


def issue_guidance(guidance_id: UUID) -> Answer:
    issued = asked("review", "issue_guidance", Guidance, guidance_id=guidance_id, version=line("version"))
    flash(f"已下发 {len(issued.units)} 个单位，并已通知。")
    return go_to("show_guidance", guidance_id=guidance_id)


def carry_over_points(guidance_id: UUID) -> Answer:
    into = uuid5(form_key(), "into_id")
    asked(
        "review", "carry_over_points", Guidance, guidance_id=guidance_id, into_id=into, period=line("period") or "",
        due_at=beijing_time("due_at"),
    )
    flash("无人回应的要点已结转，可修改后下发。")
    return go_to("show_guidance", guidance_id=into)


def begun_for_points(guidance_id: str, point_ids: Sequence[str]) -> dict[str, Any]:
    """What a draft begins with that answers these points. Raises `Invalid` for none of them and for too many."""
    guidance = asked("review", "get_guidance", Guidance, guidance_id=guidance_id)
    points = [point for point in guidance.points if str(point.point_id) in point_ids]
    if not points:
        raise Invalid("没有勾选要回应的要点，请先勾选。", "No point of the guidance is ticked.", pointer="/point_ids")
    if len(points) > MOST_POINTS:
        raise Invalid(
            f"一篇至多回应{MOST_POINTS}条要点，请少勾几条。",
            f"One report answers {MOST_POINTS} points at the most.", pointer="/point_ids",
        )  # fmt: skip
    number = f"第{'、'.join(str(point.number) for point in points)}条"
    reference = Reference(title=guidance.title, number=number[:100], point_ids=[point.point_id for point in points])
    return {"kind": Kind.GUIDANCE_ANSWER, "topic": points[0].topic, "reference": reference}


ONE = "/guidance/<uuid:guidance_id>"

PAGES = (
    Page("GET", "/guidance", list_guidance),
    Page("GET", "/guidance/new", new_guidance),
    Page("POST", "/guidance", save_new_guidance),
    Page("GET", ONE, show_guidance),
    Page("GET", f"{ONE}/answers", list_point_answers),
    Page("GET", f"{ONE}/edit", edit_guidance),
    Page("POST", ONE, save_guidance),
    Page("POST", f"{ONE}/issue", issue_guidance),
    Page("POST", f"{ONE}/carry-over", carry_over_points),
)
