"""The plan of a year: how far the units have come, and the chief editor's form with text and targets."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.plans import Measure, PlanList, YearPlan
from contracts.rpc.scoring import File
from contracts.rpc.trainings import TrainingHours
from contracts.vocabulary import UnitClass
from gateway.api.bulletins import send_file
from gateway.console.directory import today, tree
from gateway.console.forms import asked, asked_query, key_after, line, paragraphs
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from kernel.errors import NotFound, Refusal


def show_plans() -> Answer:
    """The plan of the year asked for, else of the newest."""
    plans = asked("intake", "list_plans", PlanList).items
    year = asked_query("year").get("year") or (plans[0].year if plans else None)
    if year and any(str(plan.year) == str(year) for plan in plans):
        return show_plan(str(year))
    return render_template("console/plans.html", plan=None, plans=plans, today=today())


def show_plan(year: str) -> Answer:
    plan = asked("intake", "get_plan", YearPlan, year=year)
    plans = asked("intake", "list_plans", PlanList).items
    hours = asked("intake", "training_hours", TrainingHours, year=year) if may("list_trainings") else None
    return render_template("console/plans.html", plan=plan, plans=plans, today=today(), hours=hours)


def edit_plan() -> Answer:
    year = asked_query("year").get("year") or str(today().year)
    try:
        plan = asked("intake", "get_plan", YearPlan, year=year)
    except NotFound:
        return _form(year, {"version": "0"})
    said: dict[str, Any] = {"text": plan.text, "version": plan.version}
    for unit in plan.units:
        said |= {f"{each.measure}-{unit.unit_id}": each.target for each in unit.progress}
    return _form(year, said)


def record_plan(year: str) -> Answer:
    """A refusal shows the form again with everything that was typed."""
    try:
        asked(
            "intake", "record_plan", YearPlan, year=year, text=paragraphs("text"), version=line("version"),
            targets=_typed_targets(),
        )
    except Refusal as refusal:
        return _form(year, dict(request.form), refusal), PROBLEMS[refusal.problem].status
    flash(f"{year} 年计划已发布。")
    return go_to("show_plan", year=year)


def _typed_targets() -> list[dict[str, Any]]:
    typed = [(name.partition("-"), value.strip()) for name, value in request.form.items()]
    return [
        {"measure": measure, "unit_id": unit_id, "value": value}
        for (measure, _, unit_id), value in typed
        if measure in set(Measure) and unit_id and value
    ]


def _form(year: str, said: dict[str, Any], refusal: Refusal | None = None) -> str:
    """Units directly under the city, and whatever else has a target already."""
    units = [
        unit
        for unit in tree()
        if unit.unit_class is not UnitClass.CITY_OFFICE
        and (unit.depth == 0 or _under_city(unit.parent_id) or _has_target(said, unit.unit_id))
    ]
    return render_template(
        "console/plan_form.html", year=year, said=said, units=units, measures=Measure, refusal=refusal,
        key=key_after(refusal.problem) if refusal else None,
    )


def _has_target(said: dict[str, Any], unit_id: Any) -> bool:
    return any(f"{measure}-{unit_id}" in said for measure in Measure)


def _under_city(parent_id: Any) -> bool:
    return any(unit.unit_id == parent_id and unit.unit_class is UnitClass.CITY_OFFICE for unit in tree())


def download_plan(year: str) -> Answer:
    return send_file(asked("intake", "export_plan", File, year=year))


PAGES = (
    Page("GET", "/plans", show_plans),
    Page("GET", "/plans/edit", edit_plan),
    Page("GET", "/plans/<year>", show_plan),
    Page("POST", "/plans/<year>", record_plan),
    Page("GET", "/plans/<year>/file", download_plan),
)
