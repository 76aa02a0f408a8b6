"""Who had been told of a report before its class was raised: those messages cannot be recalled."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from contracts.rpc import secrecy as rpc
from contracts.rpc.intake import ReportId
from contracts.vocabulary import UNIT_ROLES, DeliveryState
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.notify.model.messages import Delivery, Message
from services.notify.model.secrecy import Withheld


def list_told(reading: Reading, request: ReportId) -> rpc.ToldPeople:
    """Deliveries that left, or may have left, before the raising. Raises `NotFound`, also for another unit's report."""
    session = reading.session
    raised = visible_raising(session, reading.principal, request.report_id)
    known = session.scalars(select(Withheld.subject_id).where(Withheld.report_id == raised.report_id))
    gone = (
        select(Message, Delivery)
        .join(Delivery, Delivery.message_id == Message.message_id)
        .where(Message.about.op("?|")(array([str(each) for each in known])), Message.created_at < raised.at)
        .where(Delivery.state.in_((DeliveryState.SENT, DeliveryState.SENDING)))
        .order_by(Delivery.sent_at, Message.person_name, Delivery.delivery_id)
    )
    return rpc.ToldPeople(
        told=[
            rpc.Told(
                person_name=message.person_name, message=message.message, channel=delivery.channel,
                state=delivery.state, sent_at=delivery.sent_at,
            )
            for message, delivery in session.execute(gone)
        ],
        cancelled=raised.cancelled,
    )  # fmt: skip


def visible_raising(session: Session, reader: Principal, report_id: UUID) -> Withheld:
    """The raising of a report's class, if the reader may know of it. Raises `NotFound`."""
    raised = session.get(Withheld, report_id)
    if raised is None or (reader.holds(*UNIT_ROLES) and reader.unit_id != raised.unit_id):
        raise NotFound("没有这条信息的密级调整记录。", "No raising of the class of such a report is recorded.")
    return raised
