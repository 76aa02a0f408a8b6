"""Combined items (综合): several units' reports as one item of an issue, with divided credit (notice 二(四)).

A combined item is named by its leading adoption, whose text it is.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from pydantic import Field

from contracts.model import Method, Strict, Text, command
from contracts.rpc.fields import Body, Name, Title
from contracts.rpc.issues import Issue
from contracts.rpc.roles import DESK


class Share(Strict):
    adoption_id: UUID
    share: Decimal = Field(gt=0, le=1, max_digits=5, decimal_places=4, description="more than 0, at most 1; 4 places")


class CombineItems(Strict):
    """Make one item of several adopted ones, led by `adoption_id`. Without shares the credit is divided equally."""

    issue_id: UUID
    adoption_id: UUID
    others: list[UUID] = Field(min_length=1, max_length=50)
    title: Title | None = None
    body: Body | None = None
    shares: list[Share] | None = Field(default=None, max_length=51)


class DivideCredit(Strict):
    """Shares of all adoptions of the item, 1 in sum; until publication."""

    issue_id: UUID
    adoption_id: UUID
    shares: list[Share] = Field(min_length=1, max_length=51)


class SeparateItem(Strict):
    """Take this adoption out of its combined item: it is an item of its own again, with its own words."""

    issue_id: UUID
    adoption_id: UUID


class ReviseItem(Strict):
    """Another edit copy of an item being composed; the original is never changed. `version` is the item's as seen."""

    issue_id: UUID
    adoption_id: UUID
    version: int
    title: Title
    body: Body
    item_kind: Text = Field(default="item", min_length=1, max_length=40)
    column: Name | None = None


METHODS: dict[str, Method] = {
    "combine_items": command(CombineItems, Issue, *DESK),
    "divide_credit": command(DivideCredit, Issue, *DESK),
    "separate_item": command(SeparateItem, Issue, *DESK),
    "revise_item": command(ReviseItem, Issue, *DESK),
}
