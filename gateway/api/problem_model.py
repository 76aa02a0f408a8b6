"""The shape of every answer that is not a success (RFC 9457), for the API document."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Fault(BaseModel):
    """One field at fault."""

    pointer: str
    code: str
    detail: str
    detail_en: str


class ProblemDocument(BaseModel):
    """`title`, `detail` and `remedy` are Chinese, their `_en` twins English; further members are named by the type."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    title_en: str
    status: int
    detail: str
    detail_en: str
    remedy: str
    remedy_en: str
    instance: str
    request_id: str
    pointer: str | None = None
    errors: list[Fault] | None = None
