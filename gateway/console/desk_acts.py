"""Acts on one report of the desk beside returning, keeping and adopting it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request

from contracts.rpc.desk import DeskItem
from contracts.rpc.edit_copies import EditCopyDifferences
from contracts.vocabulary import ReportState
from gateway.console.forms import asked, beijing_time, line, paragraphs
from gateway.console.page import Answer, Page
from gateway.console.queue import desk_page
from gateway.console.queue_order import go_on, onward
from gateway.console.queue_places import item_again
from kernel.errors import Conflict, Invalid


def hold_report(report_id: UUID) -> Answer:
    """Asked while the edit copy is typed: whoever types claims the report, or goes on with his claim, and is told at
    once when it is another's. He can give it back, which is `offered` already by a page that was opened with his claim.
    """
    try:
        item = asked("review", "claim_report", DeskItem, report_id=report_id)
    except Conflict as refusal:
        return render_template("console/held.html", refusal=refusal)
    return render_template("console/held.html", item=item, offered=request.args.get("offered") == "true")


def hand_over_report(report_id: UUID) -> Answer:
    to_id, to_name = _person("to")
    place = onward(report_id)
    asked(
        "review", "hand_over_report", DeskItem, report_id=report_id, to_id=to_id, to_name=to_name,
        note=paragraphs("note"),
    )
    flash(f"已移交给{to_name}，并已通知。")
    return go_on(place)


def set_due(report_id: UUID) -> Answer:
    asked("review", "set_due", DeskItem, report_id=report_id, due_at=beijing_time("due_at"))
    flash("办理时限已记下。")
    return item_again(report_id)


def pre_adopt_report(report_id: UUID) -> Answer:
    place = onward(report_id)
    asked("review", "pre_adopt_report", DeskItem, report_id=report_id)
    flash("已预采用。编入期刊前，可在“预采用”清单中采用或放回。")
    return go_on(place, [report_id])


def pass_up_report(report_id: UUID) -> Answer:
    """An adopted report stays what it is, and its page is gone on with."""
    place, note = onward(report_id), paragraphs("note") or None
    item = asked("review", "pass_up_report", DeskItem, report_id=report_id, level=line("level"), note=note)
    flash("已记为上报。上级采用、批示后，在该条的页面上登记。")
    return go_on(place, [report_id]) if item.decision == ReportState.PASSED_UP else item_again(report_id)


def send_for_reading(report_id: UUID) -> Answer:
    readers = [dict(zip(("person_id", "name"), _split(each), strict=True)) for each in request.form.getlist("reader")]
    if not readers:
        raise Invalid("请选择送阅的领导。", "No reader is chosen.", pointer="/readers")
    place, note = onward(report_id), paragraphs("note") or None
    asked("review", "send_for_reading", DeskItem, report_id=report_id, readers=readers, note=note)
    flash("已送阅，领导可在“送阅”中看到。")
    return go_on(place, [report_id])


def reopen_report(report_id: UUID) -> Answer:
    asked("review", "reopen_report", DeskItem, report_id=report_id)
    flash("已放回待处理。")
    return item_again(report_id)


def undo_decision(report_id: UUID) -> Answer:
    asked("review", "undo_decision", DeskItem, report_id=report_id)
    flash("已撤销刚才的处理。")
    return item_again(report_id)


def compare_edit_copy(report_id: UUID) -> Answer:
    """The differences alone where script asks; without script the whole page, with what was typed."""
    title, body = line("title") or "", paragraphs("body")
    compared = asked("intake", "compare_edit_copy", EditCopyDifferences, report_id=report_id, title=title, body=body)
    if request.headers.get("HX-Target") == "differences":
        return render_template("console/edit_differences.html", compared=compared)
    return desk_page(asked("review", "get_desk_item", DeskItem, report_id=report_id), (title, body), compared)


def _person(field: str) -> tuple[str, str]:
    return _split(line(field) or "")


def _split(choice: str) -> tuple[str, str]:
    """A choice of the form: the person's id, and the name as shown."""
    person_id, _, name = choice.partition(" ")
    return person_id, name


ONE = "/queue/<uuid:report_id>"

PAGES = (
    Page("POST", f"{ONE}/hold", hold_report),
    Page("POST", f"{ONE}/handover", hand_over_report),
    Page("POST", f"{ONE}/due", set_due),
    Page("POST", f"{ONE}/pre-adoption", pre_adopt_report),
    Page("POST", f"{ONE}/passings", pass_up_report),
    Page("POST", f"{ONE}/readings", send_for_reading),
    Page("POST", f"{ONE}/reopening", reopen_report),
    Page("POST", f"{ONE}/undoing", undo_decision),
    Page("POST", f"{ONE}/comparison", compare_edit_copy),
)
