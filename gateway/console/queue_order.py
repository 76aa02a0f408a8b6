"""The order in which a view of the queue shows its reports, and where whoever has done with one goes on (R11)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import flash, request
from werkzeug.wrappers import Response as WebResponse

from contracts.rpc.desk import UNDO_WITHIN, DeskItem, QueuePage
from contracts.vocabulary import URGENT_KINDS, DeskState
from gateway.assembly import gateway
from gateway.console.forms import asked
from gateway.console.page import Answer, Page, go_to
from gateway.console.queue_places import ALIKE, DONE, left, view_here, view_of
from gateway.console.similar import similar_groups
from gateway.entrance import present
from kernel.errors import Refusal

NAMED_DONE = 50
"""Reports of one act that are named in the address of the next page, so that they can be undone there."""


@dataclass(frozen=True)
class ShownPage:
    """One page of a view: its items in the order shown, each with how many are like it on the page, and 0 for one that
    stands below the one it is like."""

    page: QueuePage
    rows: list[tuple[DeskItem, int]]


@dataclass(frozen=True)
class Place:
    """A report, and the view with the page on which it stands."""

    report_id: UUID
    view: dict[str, str]


def shown_page(view: dict[str, str]) -> ShownPage:
    """What a view shows."""
    page = asked("review", "list_queue", QueuePage, **{name: view[name] for name in view if name != ALIKE})
    rows = beside_their_like(page.items, similar_groups([item.report_id for item in page.items]))
    return ShownPage(page, [row for row in rows if row[1] != 1 or not view.get(ALIKE)])


def beside_their_like(items: list[DeskItem], groups: list[list[UUID]]) -> list[tuple[DeskItem, int]]:
    """The page's items, each like one moved up behind the first of its kind; with how many are like it on the page, and
    0 for one that was moved up."""
    by_id = {item.report_id: item for item in items}
    group_of = {report_id: group for group in groups for report_id in group}
    shown: list[tuple[DeskItem, int]] = []
    done: set[UUID] = set()
    for item in items:
        if item.report_id in done:
            continue
        group = [each for each in group_of.get(item.report_id, [item.report_id]) if each in by_id]
        shown += [(by_id[each], len(group) if each == group[0] else 0) for each in group]
        done.update(group)
    return shown


def _at(report_id: UUID, shown: ShownPage) -> int | None:
    return next((place for place, (item, _) in enumerate(shown.rows) if item.report_id == report_id), None)


def _beside(at: int, shown: ShownPage, view: dict[str, str], by: int) -> Place | None:
    found = _first(shown.rows[at + 1 :] if by > 0 else shown.rows[:at][::-1], view)
    if found is None and by > 0 and shown.page.next_cursor:
        further = view | {"cursor": shown.page.next_cursor}
        return _first(shown_page(further).rows, further)
    return found


def _first(rows: Sequence[tuple[DeskItem, int]], view: dict[str, str], *, pressing: bool = False) -> Place | None:
    """The first that nobody else has in hand; with `pressing` the first urgent one that nobody has seen."""
    person_id, now = present().principal.id, gateway().clock.now()
    for item, _ in rows:
        if is_free(item, person_id, now) and not (pressing and (item.kind not in URGENT_KINDS or item.seen_by)):
            return Place(item.report_id, view)
    return None


def first_page(view: dict[str, str]) -> dict[str, str]:
    return {name: view[name] for name in view if name != "cursor"}


def is_free(item: DeskItem, person_id: str, now: datetime) -> bool:
    """Whether nobody else has it in hand."""
    in_hand = item.state is DeskState.CLAIMED and item.claimed_by_id != person_id
    return not in_hand or item.claimed_until is None or item.claimed_until <= now


def onward(report_id: UUID) -> Place | None:
    """Where to go on after an act on the report, asked before it: afterwards the report has left the view.

    To what is urgent and has not been seen, else to the next of the view, else to its first. None while the order
    cannot be read, which holds up no act, and for a report that was opened from elsewhere.
    """
    view = left()
    top = first_page(view)
    with suppress(Refusal):
        shown = shown_page(view)
        if (at := _at(report_id, shown)) is not None:
            first = [row for row in (shown if view == top else shown_page(top)).rows if row[0].report_id != report_id]
            return _first(first, top, pressing=True) or _beside(at, shown, view, 1) or _first(first, top)
    return None


def go_on(place: Place | None, done: Sequence[UUID] = ()) -> WebResponse:
    """To the next report of the view, or to the view at its end. What was `done` can be undone from there."""
    if place is None:
        return queue_again(done)
    return go_to("show_desk_item", report_id=place.report_id, view=view_of(place.view), **_named(done))


def queue_again(done: Sequence[UUID] = ()) -> WebResponse:
    """After an act on the queue or on a report's page: the queue as it was filtered."""
    return go_to("list_queue", **left(), **_named(done))


def _named(done: Sequence[UUID]) -> dict[str, str]:
    return {DONE: ",".join(map(str, done))} if 0 < len(done) <= NAMED_DONE else {}


@dataclass(frozen=True)
class JustDone:
    """What whoever sees the page has just decided: the report where it is one, else how many."""

    item: DeskItem | None
    report_ids: list[UUID]
    view: str | None
    """The view in which it was decided, as one parameter."""


def just_done(view: dict[str, str]) -> JustDone | None:
    """What the address says was just decided; None once a single decision can be undone no more."""
    report_ids: list[UUID] = []
    with suppress(ValueError):
        report_ids = [UUID(each) for each in request.args.get(DONE, "").split(",")][:NAMED_DONE]
    if len(report_ids) != 1:
        return JustDone(None, report_ids, view_of(view)) if report_ids else None
    with suppress(Refusal):
        item = asked("review", "get_desk_item", DeskItem, report_id=report_ids[0])
        if is_undoable(item, present().principal.id, gateway().clock.now()):
            return JustDone(item, report_ids, view_of(view))
    return None


def is_undoable(item: DeskItem, person_id: str, now: datetime) -> bool:
    """Whether this person decided on it within the last minutes; a decision told without its time never is."""
    return bool(
        item.state is DeskState.DECIDED
        and item.claimed_by_id == person_id
        and item.decided_at
        and now <= item.decided_at + UNDO_WITHIN
    )


def show_beside(report_id: UUID) -> Answer:
    """The next report, or the one before, that this person may work on in the view that this one's page was opened
    from; where it has left the view, the first there."""
    asked("review", "get_desk_item", DeskItem, report_id=report_id)  # one that is not his is absent here too
    back, view = request.args.get("by") == "-1", view_here()
    shown = shown_page(view)
    at = _at(report_id, shown)
    if at is None and view != first_page(view):  # what stood on a further page has moved up
        view = first_page(view)
        shown = shown_page(view)
        at = _at(report_id, shown)
    if at is None:
        flash("这一条已不在所选视图中。")
        place = _first(shown.rows, view)
    elif (place := _beside(at, shown, view, -1 if back else 1)) is None:
        flash(_end(back, view))
    return go_to("list_queue", **view) if place is None else go_on(place)


def _end(back: bool, view: dict[str, str]) -> str:
    if not back:
        return "所选视图中，后面没有您可以处理的了。"
    return "已是本页第一条。" if view != first_page(view) else "已是所选视图的第一条。"


PAGES = (Page("GET", "/queue/<uuid:report_id>/beside", show_beside),)
