"""What travels between a caller and a service: the request and its answer.

The frame is nameko's own (`{"args": [], "kwargs": {...}}` and `{"result": ..., "error": ...}`); this is its content.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from kernel.errors import Refusal


class RpcRequest(BaseModel):
    """One call. `not_after` is absolute: a service that takes it later does not carry it out."""

    model_config = ConfigDict(frozen=True)

    method: str
    body: dict[str, Any]
    token: str
    """The principal, signed and short-lived."""
    correlation_id: UUID
    command_id: UUID | None = None
    not_after: datetime | None = None


class RefusalBody(BaseModel):
    """A refusal as it travels; the caller raises it again."""

    problem: str
    detail_zh: str
    detail_en: str
    pointer: str | None = None
    extra: dict[str, Any] = {}

    @classmethod
    def of(cls, refusal: Refusal) -> RefusalBody:
        return cls(
            problem=refusal.problem,
            detail_zh=refusal.detail_zh,
            detail_en=refusal.detail_en,
            pointer=refusal.pointer,
            extra=refusal.extra,
        )

    def to_refusal(self) -> Refusal:
        """The refusal as its own class where the kernel has one, so that callers may tell them apart."""
        kind = _BY_PROBLEM.get(self.problem, Refusal)
        refusal = kind(
            self.detail_zh, self.detail_en, problem=self.problem, pointer=self.pointer, extra=self.extra
        )
        refusal.afar = True
        return refusal


class Answer(BaseModel):
    """Either a reply or a refusal."""

    reply: dict[str, Any] | None = None
    refusal: RefusalBody | None = None

    @classmethod
    def refused(cls, refusal: Refusal) -> Answer:
        return cls(refusal=RefusalBody.of(refusal))


_BY_PROBLEM: dict[str, type[Refusal]] = {kind.problem: kind for kind in Refusal.__subclasses__()}
