"""Messages to people, and the deliveries that carry them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.vocabulary import Channel, DeliveryState
from kernel.ids import new_id
from services.notify.deliveries.pauses import pause_after
from services.notify.model.base import Base

LEASE = timedelta(seconds=60)
"""How long a delivery may be under way before another worker takes it up again as a possible double."""


class Message(Base):
    """One message to one person because of one event; the pair is unique, so a doubled event tells nobody twice."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("cause_id", "person_id", name="messages_once_per_cause_and_person"),
        Index("messages_by_person", "person_id", "message_id"),
        Index("messages_about", "about", postgresql_using="gin"),
    )

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(Text)
    cause_id: Mapped[UUID]
    person_id: Mapped[UUID]
    person_name: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    about: Mapped[list[str]] = mapped_column(JSONB)
    """Ids of the report, draft or other things its words are about."""
    page: Mapped[str | None] = mapped_column(Text)
    """Where its reader acts, a path of the console; None where there is no such page, or none was kept."""
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="message", order_by="Delivery.channel")


class Delivery(Base):
    """Handing one message to one address: waiting -> sending -> sent, waiting (tried again) or failed.

    A delivery found in `sending` after its lease was in the air when its worker died: it is tried again and marked
    as a possible double (architecture.md, promise 1).
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("deliveries_due", "next_try_at", postgresql_where=text("state IN ('waiting', 'sending')")),
        Index("deliveries_by_message", "message_id"),
    )

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.message_id"))
    version: Mapped[int]
    channel: Mapped[Channel] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(Text)
    attempts: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    possible_double: Mapped[bool]
    captured: Mapped[bool]
    error: Mapped[str | None] = mapped_column(Text)
    message: Mapped[Message] = relationship(back_populates="deliveries")

    @classmethod
    def due(cls, message_id: UUID, channel: Channel, address: str, content: str, now: datetime) -> Delivery:
        """A delivery to be made now."""
        return cls(
            delivery_id=new_id(),
            message_id=message_id,
            version=1,
            channel=channel,
            address=address,
            content=content,
            state=DeliveryState.WAITING,
            attempts=0,
            next_try_at=now,
            possible_double=False,
            captured=False,
        )

    def begin(self, now: datetime) -> None:
        """Take it up; a lease that ran out means nobody knows what became of the last try."""
        if self.state == DeliveryState.SENDING:
            self.possible_double = True
        self.state = DeliveryState.SENDING
        self.attempts += 1
        self.next_try_at = now + LEASE
        self.version += 1

    def succeed(self, now: datetime, *, captured: bool) -> None:
        self.state = DeliveryState.SENT
        self.sent_at = now
        self.captured = captured
        self.error = None
        self.version += 1

    def fail(self, now: datetime, error: str, *, final: bool, unknown: bool) -> None:
        """Try again after a pause, or give up: when the channel refuses for good or the pauses are used up."""
        self.error = error
        self.possible_double = self.possible_double or unknown
        pause = None if final else pause_after(self.attempts)
        self.state = DeliveryState.FAILED if pause is None else DeliveryState.WAITING
        if pause is not None:
            self.next_try_at = now + pause
        self.version += 1

    def withhold(self, text: str) -> bool:
        """What it says may not be said any more: one that has not left is cancelled, one in the air says nothing if it
        is tried again. Whether it was cancelled."""
        self.content = text
        self.version += 1
        if self.state not in (DeliveryState.WAITING, DeliveryState.FAILED):
            return False
        self.state = DeliveryState.CANCELLED
        return True

    def retry(self, now: datetime) -> None:
        """A person asks for another round of tries."""
        self.state = DeliveryState.WAITING
        self.attempts = 0
        self.next_try_at = now
        self.version += 1


class Untold(Base):
    """An event that should have told somebody, but nobody holds such a post: an operator must see it."""

    __tablename__ = "untold"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
