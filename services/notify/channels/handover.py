"""What handing a message to a channel came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Parcel:
    """What is handed over: the same `delivery_id` at every try, so that the far end can tell doubles."""

    delivery_id: UUID
    address: str
    subject: str
    content: str


@dataclass(frozen=True)
class Handover:
    """The channel's answer. `unknown`: the answer was lost, the message may have gone out."""

    sent: bool
    error: str | None = None
    final: bool = False
    unknown: bool = False
    captured: bool = False

    @classmethod
    def refused(cls, error: str) -> Handover:
        """The channel refused for good; trying again would not help."""
        return cls(False, error, final=True)

    @classmethod
    def failed(cls, error: str) -> Handover:
        """It did not go out this time."""
        return cls(False, error)

    @classmethod
    def lost(cls, error: str) -> Handover:
        """Nobody knows whether it went out."""
        return cls(False, error, unknown=True)


class ChannelDriver(Protocol):
    """Hands over parcels one by one, each with its own answer; one that fails does not delay the others' answers."""

    def hand_over(self, parcel: Parcel) -> Handover: ...

    def close(self) -> None: ...


class Capture:
    """The channel is not configured: the message stays here and is shown on the messages page."""

    def hand_over(self, parcel: Parcel) -> Handover:
        return Handover(True, captured=True)

    def close(self) -> None:
        return None
