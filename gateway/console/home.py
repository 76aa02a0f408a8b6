"""The first page: what waits for whoever signed in, the most pressing first."""

from __future__ import annotations

from flask import Response, jsonify, make_response, render_template, request

from contracts.vocabulary import URGENT_KINDS, AssignmentState
from gateway.assembly import gateway
from gateway.console.menu import section
from gateway.console.page import Answer, Page, address
from gateway.waiting import Group, waiting_count, waiting_groups

SHOWN = 20
"""Rows of each group; the whole list is one click away."""
COUNT_HEADER = "X-Waiting"
"""On the part alone: how many things wait, also the page's word that it is the part and no sign-in page."""


def home() -> Answer:
    """The page, or its list alone when the page asks again by itself."""
    groups = waiting_groups()
    part = request.headers.get("X-Part") == "waiting"
    name = "console/waiting_groups.html" if part else "console/home.html"
    count = waiting_count(groups)
    page = make_response(
        render_template(
            name, groups=groups, waiting=count, more=any(group.more for group in groups if group.task.waits),
            shown=SHOWN, signable=_signable(groups), receivable=_receivable(groups),
        )
    )
    page.headers[COUNT_HEADER] = str(count)
    return page


def count_waiting() -> Response:
    """How many things wait at each row of the menu, by the row's address; at the first page all of them."""
    groups = waiting_groups()
    counts = {address("home"): _counted(groups)}
    by_row: dict[str, list[Group]] = {}
    for group in groups:
        if row := section(address(group.task.whole)):
            by_row.setdefault(address(row), []).append(group)
    counts |= {path: _counted(found) for path, found in by_row.items()}
    return jsonify(counts={path: count for path, count in counts.items() if count["count"]})


def _counted(groups: list[Group]) -> dict[str, int | bool]:
    return {"count": waiting_count(groups), "more": any(group.more for group in groups if group.task.waits)}


def _signable(groups: list[Group]) -> int:
    """Drafts that can be signed together: none that is urgent, which deserves a look of its own."""
    drafts = [draft for group in groups if group.task.name == "to_sign" for draft in group.rows]
    return sum(draft.content.kind not in URGENT_KINDS for draft in drafts)


def _receivable(groups: list[Group]) -> int:
    """Assignments of the unit that nobody has received yet."""
    rows = [row for group in groups if group.task.name == "assignments" for row in group.rows]
    return sum(row.state is AssignmentState.ASSIGNED for row in rows)


def show_clock() -> Response:
    """The gateway's time, by which countdowns go on; also how a page learns that the gateway is there."""
    return jsonify(now=gateway().clock.now().isoformat())


PAGES = (
    Page("GET", "/", home),
    Page("GET", "/clock", show_clock),
    Page("GET", "/waiting/counts", count_waiting),
)
