"""Offers that are void: the draft was changed, returned or dropped after it had been offered for sign-off.

Acceptance asks no service. What intake says of an offer reaches the gateway as an event, a moment later; a signature
that comes before it counts, as a signature is a fact that is never refused afterwards (decision 0087).
"""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import OfferVoided
from gateway.model.receipts import voided_offers
from kernel.database import Work
from kernel.service import Event


def note_voided(work: Work, event: Event[OfferVoided]) -> None:
    """The newest voided version counts, in whatever order they come."""
    statement = insert(voided_offers).values(
        draft_id=event.data.draft_id, offered_version=event.data.offered_version
    )
    newer = statement.excluded.offered_version
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["draft_id"], set_={"offered_version": newer},
            where=voided_offers.c.offered_version < newer,
        )
    )
