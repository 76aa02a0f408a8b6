"""Back to the queue as it was filtered: who works through one view of it is not thrown out of it by every act.

The address of a report's page carries the view it was opened from; the page that an act came from is its referrer. A
form whose answer may be such a page itself, refused or compared, carries the view on in its own address.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as WebResponse

from gateway.console.page import address, go_to

FILTERS = (
    "state", "decision", "mine", "unit_id", "unit_class", "kind", "severity", "leaning", "topic", "q",
)  # fmt: skip
ALIKE = "alike"
"""Only what has its like on the page: likeness is looked for among the reports of one page."""
KEPT = (*FILTERS, ALIKE, "cursor")
VIEW = "view"
DONE = "done"
"""The reports that whoever sees the page has just decided on, so that he can undo it there."""


def view_of(query: dict[str, str]) -> str | None:
    """The queue's filters as one parameter of a report's page; None for the plain queue."""
    return urlencode({name: value for name, value in query.items() if name in KEPT}) or None


def view_here() -> dict[str, str]:
    """The filters that this report's page was opened from."""
    return _filters(request.args.get(VIEW, ""))


def item_again(report_id: UUID) -> WebResponse:
    """After an act on a report's page that goes on there."""
    return go_to("show_desk_item", report_id=report_id, view=view_of(left()))


def left() -> dict[str, str]:
    """The view that an act came from: as its form says, for one that may stand on a page that was answered to a form;
    else the queue's own address, or that of a report's page."""
    if VIEW in request.args:
        return view_here()
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return {}
    if before.path == address("list_queue"):
        return _filters(before.query)
    return _filters(dict(parse_qsl(before.query)).get(VIEW, ""))


def _filters(query: str) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(query) if name in KEPT}
