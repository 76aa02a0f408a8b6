"""The duty list: yesterday, today and the days to come; a shift is added, repeated from yesterday, or taken off."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.rpc.notify import DutyOfficers, DutyShift, DutyShiftPage, RecordDutyShift
from contracts.rpc.paging import Done
from gateway.api.routes import ask
from gateway.assembly import gateway
from gateway.console.forms import asked, asked_query, beijing_time, form_key, line
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from kernel.clock import SHANGHAI
from kernel.errors import Refusal

PLACES = ("第一值班员", "第二值班员", "第三值班员", "第四值班员")
"""Whom the form asks for, in the order in which they are called; the API takes more."""
DAY = timedelta(days=1)
MORNING = time(8, 30)


def list_duty_shifts() -> Answer:
    query = asked_query("cursor")
    page = asked("notify", "list_duty_shifts", DutyShiftPage, since=_midnight() - DAY, **query)
    start = _next_start(page.items)
    return render_template(
        "console/duty_shifts.html", page=page, query=query, places=PLACES, start=start, end=start + DAY,
        officers=_officers(), yesterday=_of_yesterday(page.items),
    )


def _officers() -> DutyOfficers | None:
    """Who can be put on duty, for whoever may do it."""
    return asked("notify", "list_duty_officers", DutyOfficers, limit=200) if may("record_duty_shift") else None


def _midnight() -> datetime:
    return gateway().clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def _of_yesterday(shifts: list[DutyShift]) -> list[DutyShift]:
    midnight = _midnight()
    return [shift for shift in shifts if midnight - DAY <= shift.starts_at < midnight]


def _next_start(shifts: list[DutyShift]) -> datetime:
    """When the next shift to be added is likely to start: at the end of the last, else this morning."""
    morning = datetime.combine(_midnight().date(), MORNING, SHANGHAI)
    return max([morning, *(shift.ends_at for shift in shifts)])


def record_duty_shift() -> Answer:
    asked(
        "notify", "record_duty_shift", DutyShift, shift_id=uuid5(form_key(), "shift_id"),
        starts_at=beijing_time("starts_at"), ends_at=beijing_time("ends_at"),
        persons=[person for person in request.form.getlist("person") if person],
    )
    flash("已排班。")
    return go_to("list_duty_shifts")


def copy_yesterday() -> Answer:
    """Yesterday's shifts once more, a day later; what would overlap a shift that is there is left out and named."""
    shifts = asked("notify", "list_duty_shifts", DutyShiftPage, since=_midnight() - DAY).items
    for shift in _of_yesterday(shifts):
        _copy(shift)
    return go_to("list_duty_shifts")


def _copy(shift: DutyShift) -> None:
    again = RecordDutyShift(
        shift_id=uuid5(form_key(), str(shift.shift_id)), starts_at=shift.starts_at + DAY, ends_at=shift.ends_at + DAY,
        persons=[person.person_id for person in shift.persons],
    )
    names = "、".join(person.name for person in shift.persons)
    try:
        ask("notify", "record_duty_shift", again, uuid5(form_key(), f"copy {shift.shift_id}"))
        flash(f"已照昨天排班：{names}。")
    except Refusal as refusal:
        flash(f"未照排（{names}）：{refusal.detail_zh}")


def remove_duty_shift(shift_id: UUID) -> Answer:
    asked("notify", "remove_duty_shift", Done, shift_id=shift_id, version=line("version"))
    flash("班次已撤销。")
    return go_to("list_duty_shifts")


PAGES = (
    Page("GET", "/duty-shifts", list_duty_shifts),
    Page("POST", "/duty-shifts", record_duty_shift),
    Page("POST", "/duty-shifts/copying", copy_yesterday),
    Page("POST", "/duty-shifts/<uuid:shift_id>/removal", remove_duty_shift),
)
