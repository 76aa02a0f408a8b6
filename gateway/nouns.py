"""What the gateway keeps itself, by the part of the address or the field that names it (`kernel.nouns`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Uuid, cast, select, union_all
from sqlalchemy.orm import Session

from contracts.rpc.refused_attempts import AttemptKind
from contracts.vocabulary import Role
from gateway.assembly import gateway
from gateway.attachments.downloads import own_upload
from gateway.entrance import present
from gateway.model.accounts import clients, sessions
from gateway.model.attachments import attachments
from gateway.model.callers import trial_receipts
from gateway.model.directory import people
from gateway.model.receipts import receipts
from gateway.model.webhooks import webhook_deliveries, webhooks
from gateway.receipts.reading import reads_all
from gateway.webhooks.registry import get_webhook
from kernel.errors import NotFound
from kernel.nouns import Noun, Nouns
from kernel.principal import Principal

_trial = trial_receipts.c.document
_given = union_all(
    select(receipts.c.number, receipts.c.report_id, receipts.c.unit_id),
    select(trial_receipts.c.number, cast(_trial["report_id"].astext, Uuid), cast(_trial["unit_id"].astext, Uuid)),
).subquery("given")
"""Receipts, those of trial keys too: each belongs to the unit that reported."""


def _of_unit(column: ColumnElement[Any]) -> Callable[[Session, Principal, Any], None]:
    """Units see what they reported and nothing else; within a unit nobody is a trespasser."""

    def see(session: Session, asker: Principal, value: Any) -> None:
        units = set(session.scalars(select(_given.c.unit_id).where(column == value)))
        if asker.unit_id not in units and not reads_all(asker):
            raise NotFound("未找到该回执。", "No such receipt.")

    return see


def _see_person(session: Session, asker: Principal, person_id: Any) -> None:
    """Whom a client may name as signer: people of its unit, whatever post they hold there."""
    person = session.execute(select(people).where(people.c.person_id == person_id)).one()
    if str(asker.unit_id) not in {str(person.unit_id), *(post["unit_id"] for post in person.posts)}:
        raise NotFound("未找到该人员。", "No such person.")


def _see_client(_session: Session, asker: Principal, client_id: Any) -> None:
    if asker.holds(Role.API_CLIENT) and str(client_id) != asker.id:
        raise NotFound("未找到该接口客户端。", "No such API client.")


def _see_webhook(session: Session, _asker: Principal, webhook_id: Any) -> None:
    get_webhook(session, present(), webhook_id)


def _see_news(session: Session, asker: Principal, delivery_id: Any) -> None:
    of = select(webhook_deliveries.c.webhook_id).where(webhook_deliveries.c.delivery_id == delivery_id)
    _see_webhook(session, asker, session.scalars(of).one())


def _see_session(session: Session, asker: Principal, session_id: Any) -> None:
    """One's own; the security administrator ends anybody's."""
    owner = session.scalars(select(sessions.c.account_id).where(sessions.c.session_id == session_id)).one()
    if not asker.holds(Role.SECURITY_ADMINISTRATOR) and not asker.same_person(owner):
        raise NotFound("未找到该登录，可能已经结束。", "No such session; it may have ended.")


def _see_upload(_session: Session, asker: Principal, digest: Any) -> None:
    own_upload(gateway(), asker, digest)


_REPORT = Noun(AttemptKind.REPORT, _given.c.report_id, _of_unit(_given.c.report_id))

NOUNS: Nouns = {
    "number": Noun(AttemptKind.RECEIPT, _given.c.number, _of_unit(_given.c.number)),
    "follows_report_id": _REPORT,
    "report_id": _REPORT,
    "signer_id": Noun(AttemptKind.PERSON, people.c.person_id, _see_person),
    "client_id": Noun(AttemptKind.CLIENT, clients.c.client_id, _see_client),
    "webhook_id": Noun(AttemptKind.WEBHOOK, webhooks.c.webhook_id, _see_webhook),
    "delivery_id": Noun(AttemptKind.WEBHOOK, webhook_deliveries.c.delivery_id, _see_news),
    "session_id": Noun(AttemptKind.SESSION, sessions.c.session_id, _see_session),
    "digest": Noun(AttemptKind.ATTACHMENT, attachments.c.digest, _see_upload),
}

KINDS: dict[str, AttemptKind] = {
    "report_id": AttemptKind.REPORT, "number": AttemptKind.RECEIPT, "digest": AttemptKind.ATTACHMENT,
    "draft_id": AttemptKind.DRAFT, "pre_report_id": AttemptKind.PRE_REPORT, "incident_id": AttemptKind.INCIDENT,
    "deadline_id": AttemptKind.DEADLINE, "reading_id": AttemptKind.READING, "view_id": AttemptKind.QUEUE_VIEW,
    "issue_id": AttemptKind.ISSUE, "instruction_id": AttemptKind.INSTRUCTION, "finding_id": AttemptKind.FINDING,
    "assignment_id": AttemptKind.ASSIGNMENT, "commission_id": AttemptKind.COMMISSION,
    "task_id": AttemptKind.COMMISSION, "guidance_id": AttemptKind.GUIDANCE, "project_id": AttemptKind.RESEARCH,
    "unit_id": AttemptKind.UNIT, "person_id": AttemptKind.PERSON, "training_id": AttemptKind.TRAINING,
    "account_id": AttemptKind.ACCOUNT, "session_id": AttemptKind.SESSION, "grant_id": AttemptKind.GRANT,
    "client_id": AttemptKind.CLIENT, "webhook_id": AttemptKind.WEBHOOK,
}  # fmt: skip
"""By the part of the address; what is not here is told as `other`."""
