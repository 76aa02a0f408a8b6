"""Reports of trial keys: checked like real ones, answered so that nobody takes it for a receipt, kept apart (0093).

No event leaves, no number of the real row is used, nothing is signed: the signature of the city's gateway stands under
reports that were received and under nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from contracts.model import Instant, Strict
from contracts.receipts import digest
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Kind
from gateway.assembly import Gateway
from gateway.identity.identity import Identity
from gateway.model.callers import trial_numbers, trial_receipts
from gateway.receipts.acceptance import Accepted, KeyReused, examine_report
from gateway.receipts.signoff import SubmitReport
from kernel.canonical import canonical
from kernel.database import Work
from kernel.errors import NotFound
from kernel.ids import new_id

KEPT = timedelta(days=30)
NOTE = "试报回执：仅供系统对接测试，内容未进入报送，不是收到报送的凭证。 Trial receipt: nothing was reported."


class TrialReceipt(Strict):
    """What a trial key is answered. `number` begins with TRIAL; there is no signature and no audit entry."""

    trial: bool = True
    number: str
    report_id: UUID
    version: int = 1
    kind: Kind
    unit_id: UUID
    title: str
    content_hash: str
    received_at: Instant
    note: str = NOTE
    signature: str = Field(default="", max_length=0)


class TrialReceiptView(Strict):
    """In the shape of a real one, without progress: it goes nowhere."""

    number: str
    received_at: Instant
    trial: bool = True
    receipt: dict[str, Any]


class TrialReceiptPage(Strict):
    items: list[TrialReceiptView]
    next_cursor: str | None = None


def try_report(gateway: Gateway, identity: Identity, act: SubmitReport, key: str, correlation_id: UUID) -> Accepted:
    """Check everything and give a trial receipt; the same key gives the same answer. Raises a refusal."""
    hashed = examine_report(gateway, identity, act)
    request_hash = digest(act.model_dump(mode="json"), canonical)
    with gateway.database.work(identity.principal, correlation_id=correlation_id) as work:
        made = _receipt(work, identity, act, hashed)
        response = made.model_dump_json().encode()
        work.session.execute(
            insert(trial_receipts)
            .values(
                number=made.number, client_id=UUID(identity.principal.id), key=key, request_hash=request_hash,
                received_at=work.now, document=made.model_dump(mode="json"), response=response,
            )
            .on_conflict_do_nothing(index_elements=["client_id", "key"])
        )
        kept = work.session.execute(
            select(trial_receipts).where(
                trial_receipts.c.client_id == UUID(identity.principal.id), trial_receipts.c.key == key
            )
        ).one()
    if kept.request_hash != request_hash:
        raise KeyReused(
            "此 Idempotency-Key 已用于另一份内容。", "This Idempotency-Key was used for another content.",
            extra={"receipt_number": kept.number},
        )
    return Accepted(kept.number, bytes(kept.response), repeated=kept.number != made.number)


def _receipt(work: Work, identity: Identity, act: SubmitReport, hashed: str) -> TrialReceipt:
    number = work.session.scalar(trial_numbers)
    return TrialReceipt.model_validate(
        {
            "number": f"TRIAL-{number:07d}", "report_id": new_id(), "kind": act.content.kind,
            "unit_id": identity.principal.unit_id, "title": act.content.title, "content_hash": hashed,
            "received_at": work.now,
        }
    )


def list_trials(gateway: Gateway, identity: Identity, query: ListQuery) -> BaseModel:
    """The key's own trial receipts, newest first."""
    statement = (
        select(trial_receipts)
        .where(trial_receipts.c.client_id == UUID(identity.principal.id))
        .order_by(trial_receipts.c.number.desc())
        .limit(query.limit + 1)
    )
    if query.cursor:
        statement = statement.where(trial_receipts.c.number < query.cursor)
    with gateway.database.reading() as session:
        page = [_view(row) for row in session.execute(statement)]
    more = len(page) > query.limit
    page = page[: query.limit]
    return TrialReceiptPage(items=page, next_cursor=page[-1].number if more else None)


def get_trial(gateway: Gateway, identity: Identity, number: str) -> BaseModel:
    """One of them. Raises `NotFound`, for real receipts too."""
    with gateway.database.reading() as session:
        row = session.execute(
            select(trial_receipts).where(
                trial_receipts.c.client_id == UUID(identity.principal.id), trial_receipts.c.number == number
            )
        ).one_or_none()
    if row is None:
        raise NotFound("未找到该试报回执。", "No such trial receipt.")
    return _view(row)


def _view(row: Any) -> TrialReceiptView:
    return TrialReceiptView(number=row.number, received_at=row.received_at, receipt=row.document)


def forget_old_trials(work: Work) -> None:
    """Delete trial receipts older than KEPT."""
    work.session.execute(delete(trial_receipts).where(trial_receipts.c.received_at < work.now - KEPT))
