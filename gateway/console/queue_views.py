"""Saved views of the queue, and one act on several of its reports."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from flask import flash, render_template, request

from contracts.rpc.desk import DeskItem, QueueFilters
from contracts.rpc.paging import Done
from contracts.rpc.queue_views import QueueView, QueueViews
from gateway.api.queue_decisions import BulkAct, DecideQueue, decide_each, refused
from gateway.bodies import checked
from gateway.console.forms import asked, form_key, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.console.queue_order import JustDone, queue_again
from gateway.console.queue_places import left, view_of
from kernel.errors import Invalid, Refusal

NAMED = 20
"""Reports of a bulk act that were not done and are called by their titles; of more only the reason is told."""
WORDED = (BulkAct.DECLINE, BulkAct.RETURN)
DECIDING = (*WORDED, BulkAct.KEEP, BulkAct.PRE_ADOPT)
"""Acts that are undone as a decision."""


def own_views() -> list[QueueView]:
    """One's own; the queue is shown without them too."""
    try:
        return asked("review", "list_queue_views", QueueViews).items
    except Refusal:
        return []


def save_queue_view() -> Answer:
    """The filters that the list is shown by."""
    filters = {name: line(name) for name in QueueFilters.model_fields if line(name) is not None}
    view = asked("review", "save_queue_view", QueueView, name=line("name"), filters=filters)
    flash(f"已保存视图“{view.name}”。")
    return go_to("list_queue", **filters)


def remove_queue_view(view_id: UUID) -> Answer:
    asked("review", "remove_queue_view", Done, view_id=view_id)
    flash("已删去视图。")
    return go_to("list_queue")


def decide_queue() -> Answer:
    """The page of results tells each that was refused, and why; the others are done."""
    report_ids = request.form.getlist("report")
    if not report_ids:
        raise Invalid("请先选中要处理的信息。", "No report is chosen.", pointer="/report_ids")
    act = line("act")
    words = paragraphs("words") or None
    body = {"act": act, "report_ids": report_ids, "words": words if act in WORDED else None}
    wanted = checked(DecideQueue, body)
    results = decide_each(wanted, form_key())
    failed = refused(results)
    done = [each.report_id for each in results if each.problem is None]
    undoable = done if wanted.act in DECIDING else []
    if not failed:
        flash(f"{wanted.act.label}：{len(done)} 条已办。")
        return queue_again(undoable)
    titles = {each.report_id: _title(each.report_id) for each in failed[:NAMED]}
    return render_template(
        "console/queue_results.html", count=len(done), failed=failed, act=wanted.act, titles=titles, words=words,
        done=JustDone(None, undoable, view_of(left())) if undoable else None, view=left(),
    )


def _title(report_id: UUID) -> str | None:
    """What a report that was not done is called; None where it cannot be read."""
    with suppress(Refusal):
        item = asked("review", "get_desk_item", DeskItem, report_id=report_id)
        return f"{item.number}　{item.title}"
    return None


PAGES = (
    Page("POST", "/queue/views", save_queue_view),
    Page("POST", "/queue/views/<uuid:view_id>/removal", remove_queue_view),
    Page("POST", "/queue/decisions", decide_queue),
)
