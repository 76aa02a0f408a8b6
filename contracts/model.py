"""The shapes that everything crossing a process boundary is made of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from contracts.vocabulary import Role


def _nfc(value: Any) -> Any:
    """Text is stored and compared in Unicode normal form C."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


_SURROGATE = re.compile("[\ud800-\udfff]")


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("text must not contain the character NUL")
    if _SURROGATE.search(value):
        raise ValueError("text must not contain lone surrogates")
    return value


EARLIEST, BEYOND = datetime(1900, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
"""Between them lies every time anybody may state: near the calendar's ends no zone and no limit can be reckoned."""


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time must state its zone, for example 2026-11-24T09:30:00+08:00")
    if not EARLIEST <= value < BEYOND:
        raise ValueError("a time must lie in the years 1900 to 2200 (UTC)")
    return value.astimezone(UTC)


Text = Annotated[str, BeforeValidator(_nfc), AfterValidator(_storable)]
"""A string in NFC without NUL and lone surrogates."""

NOT_BLANK = r"\S"
"""The pattern of a text that blanks alone do not fill."""

Instant = Annotated[datetime, AfterValidator(_utc)]
"""A point in time, 1900 to 2200; must carry a zone, kept in UTC."""


class Strict(BaseModel):
    """A message of ours: immutable, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class EventData(BaseModel):
    """The `data` of one event type. Within a version changes are additive only, so unknown fields are let pass."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)
    TYPE: ClassVar[str]
    SUPERSEDED: ClassVar[bool] = False
    """Whether the newest of its type alone counts: an old one is neither kept (`kernel.superseded`) nor logged."""


@dataclass(frozen=True)
class Method:
    """One RPC method: its request and reply models and the roles that may call it (checked by the service)."""

    request: type[Strict]
    reply: type[Strict]
    roles: frozenset[Role]
    command: bool = False
    """A command changes state and therefore carries a command id; a query only reads."""
    seconds: float | None = None
    """How long its caller waits; None for as long as for any call."""


def query(request: type[Strict], reply: type[Strict], *roles: Role, seconds: float | None = None) -> Method:
    return Method(request, reply, frozenset(roles), seconds=seconds)


def command(request: type[Strict], reply: type[Strict], *roles: Role) -> Method:
    return Method(request, reply, frozenset(roles), command=True)
