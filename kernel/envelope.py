"""The CloudEvents 1.0 envelope every event travels in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Envelope(BaseModel):
    """CloudEvents 1.0 (JSON format) with our extension attributes; `data` is validated against the contract later."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    """`/chengbao/<service>`."""
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    subjectversion: int
    """Version of the subject after the change; a handler that needs an earlier one keeps the event waiting."""
    correlationid: UUID
    """The same for everything one act set off."""
    causationid: UUID | None = None
    """The event or command that led to this one."""
    principal: str
    """Who acted: a token of `kernel.principal`, evidence without expiry."""
    data: dict[str, Any]
