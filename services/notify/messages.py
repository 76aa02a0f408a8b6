"""Use cases: an event becomes messages to people; a failed delivery gets another round."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contracts.rpc import notify as rpc
from contracts.rpc.office_steps import OfficeStep
from contracts.vocabulary import (
    AmendmentAct,
    Channel,
    DeadlineOutcome,
    DeliveryState,
    DeskPlace,
    EscalationLevel,
    FindingKind,
    Kind,
    Secrecy,
    Severity,
)
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict, NotFound
from kernel.ids import new_id
from services.notify.model.contacts import Contact, Person
from services.notify.model.links import link_to, page_of
from services.notify.model.messages import Delivery, Message, Untold
from services.notify.queries.messages import as_delivery
from services.notify.recipients.audience import AUDIENCES, concerns, people_to_tell
from services.notify.secrecy import as_may_be_told, subjects_of
from services.notify.wording import database_name, local_time

TEMPLATES = Path(__file__).parent / "templates"
DRILL = "【演练】"
LINKED = {"body": "\n\n请打开：", "sms": " "}
"""What stands between a part and the address that closes it."""


def tell_people(work: Work, event_type: str, event_id: UUID, data: dict[str, Any], public_url: str) -> None:
    """Write the messages an event calls for, each person once, with a delivery per address the template serves."""
    audience = AUDIENCES[event_type]
    if not concerns(audience, data):
        return
    people = people_to_tell(work.session, audience, data, work.now)
    if not people:
        note_untold(work, event_type, event_id, "nobody holds the post")
    for person in people:
        tell_person(work, event_type, event_id, data, person, public_url)


def tell_person(
    work: Work, event_type: str, event_id: UUID, data: dict[str, Any], person: Person, public_url: str
) -> None:
    """One message to one person, with a delivery per address; nothing when this cause told the person before."""
    page = page_of(event_type, data, person.roles(china_day(work.now)))
    message_id, data = new_id(), as_may_be_told(work.session, data) | {"link": link_to(page, public_url)}
    written = work.session.scalar(
        insert(Message)
        .values(
            message_id=message_id,
            message=event_type,
            cause_id=event_id,
            person_id=person.person_id,
            person_name=person.name,
            subject=render(event_type, "subject", data, person.name),
            body=render(event_type, "body", data, person.name),
            created_at=work.now,
            about=[str(subject) for subject in subjects_of(data)],
            page=page,
        )
        .on_conflict_do_nothing(constraint="messages_once_per_cause_and_person")
        .returning(Message.message_id)
    )
    if written is None:
        return
    deliveries = list(_deliveries(work, event_type, message_id, data, person))
    work.session.add_all(deliveries)
    if not deliveries:
        note_untold(work, event_type, event_id, "a person who holds the post has no address")


def _deliveries(
    work: Work, event_type: str, message_id: UUID, data: dict[str, Any], person: Person
) -> Iterator[Delivery]:
    contact = work.session.get(Contact, person.person_id)
    if contact is None:
        return
    for channel, part, address in (
        (Channel.EMAIL, "body", contact.email),
        (Channel.SMS, "sms", contact.mobile if has_sms(event_type, data) else None),
    ):
        if address:
            text = render(event_type, part, data, person.name)
            yield Delivery.due(message_id, channel, address, text, work.now)


def note_untold(work: Work, event_type: str, event_id: UUID, reason: str) -> None:
    """Somebody should have been told and was not: an operator must see it."""
    work.session.execute(
        insert(Untold)
        .values(event_id=event_id, message=event_type, reason=reason, at=work.now)
        .on_conflict_do_nothing()
    )


def retry_delivery(work: Work, request: rpc.RetryDelivery) -> rpc.Delivery:
    """Another round of tries for a failed delivery. Raises `NotFound`; `Conflict` unless it has failed."""
    delivery = work.session.scalar(
        select(Delivery).where(Delivery.delivery_id == request.delivery_id).with_for_update()
    )
    if delivery is None:
        raise NotFound("没有这条发送记录。", "There is no such delivery.")
    if delivery.state != DeliveryState.FAILED:
        raise Conflict("只有发送失败的记录可以重发。", "Only a failed delivery can be tried again.")
    delivery.retry(work.now)
    work.audit("retry_delivery", delivery.delivery_id, delivery.version)
    return as_delivery(delivery)


def has_sms(event_type: str, data: dict[str, Any]) -> bool:
    """Whether this event is worth an SMS: its template folder has a text for one that is not empty here."""
    return (TEMPLATES / event_type / "sms.txt").exists() and bool(render(event_type, "sms", data, ""))


def render(event_type: str, part: str, data: dict[str, Any], name: str) -> str:
    """The text of one part (subject, body, sms); of a drill each begins by saying so. `link` in the data, an address,
    closes body and SMS.

    Raises `jinja2.UndefinedError` when the event lacks a field.
    """
    text = _environment().get_template(f"{event_type}/{part}.txt").render(**data, name=name).strip()
    if text and data.get("link") and part in LINKED:
        text = f"{text}{LINKED[part]}{data['link']}"
    return f"{DRILL}{text}" if text and data.get("drill") else text


@cache
def _environment() -> Environment:
    # Plain text for mail and SMS: escaping for HTML would spoil it, and nothing here is shown as HTML.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["local"] = local_time
    environment.filters["database"] = database_name
    environment.filters["severity"] = lambda value: Severity(value).label if value else ""
    environment.filters["secrecy"] = lambda value: Secrecy(value).label
    environment.filters["amendment"] = lambda value: AmendmentAct(value).label
    environment.filters["finding"] = lambda value: FindingKind(value).label
    environment.filters["place"] = lambda value: DeskPlace(value).label
    environment.filters["outcome"] = lambda value: DeadlineOutcome(value).label
    environment.filters["escalation"] = lambda value: EscalationLevel(value).label
    environment.filters["office_step"] = lambda value: OfficeStep(value).label
    environment.filters["kind"] = lambda value: Kind(value).label
    return environment
