"""An item of an issue as it is shown: one report, or several that were combined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.rpc import issues as rpc
from contracts.rpc.secrecy import WITHHELD_TEXT, WITHHELD_TITLE
from contracts.vocabulary import AmendmentAct
from services.review.model.adoptions import Adoption
from services.review.model.item_pictures import pictures_shown


@dataclass(frozen=True)
class Part:
    """One adoption of an item; `readable` by whoever asks, `amended` since it was adopted."""

    adoption: Adoption
    readable: bool
    amended: AmendmentAct | None


def item_shown(members: Sequence[Part], *, with_text: bool = True) -> rpc.IssueItem:
    """The leading adoption's words, which may hold something of every report in it: whoever may not read one of them
    reads none."""
    in_order = sorted(members, key=lambda part: part.adoption.leading_id is not None)
    adoption = in_order[0].adoption
    readable = all(part.readable for part in members)
    body = adoption.body if readable else WITHHELD_TEXT
    return rpc.IssueItem(
        adoption_id=adoption.adoption_id,
        report_id=adoption.report_id,
        receipt_number=adoption.receipt_number,
        unit_id=adoption.unit_id,
        unit_name=adoption.unit_name,
        item_kind=adoption.item_kind,
        title=adoption.title if readable else WITHHELD_TITLE,
        body=body if with_text else "",
        share=adoption.share,
        amended=next((part.amended for part in in_order if part.amended), None),
        version=adoption.version,
        column=adoption.column_name,
        pictures=pictures_shown(adoption) if readable and with_text else [],
        credits=[
            rpc.Credit(
                adoption_id=part.adoption.adoption_id, report_id=part.adoption.report_id,
                receipt_number=part.adoption.receipt_number, unit_name=part.adoption.unit_name,
                share=part.adoption.share, withdrawn_at=part.adoption.withdrawn_at,
            )
            for part in in_order
        ],
    )  # fmt: skip
