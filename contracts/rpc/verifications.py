"""Verification: whom an editor or the duty officer asked about a report, what was said, what follows (R07)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.attachments import MAX_FILES
from contracts.rpc.desk import ReportId
from contracts.rpc.fields import Name, Remarks
from contracts.rpc.roles import DESK, UNIT
from contracts.vocabulary import Labelled, Role

Phone = Annotated[Text, Field(pattern=NOT_BLANK, max_length=40, description="telephone, characters")]
Document = Annotated[Text, Field(pattern=NOT_BLANK, max_length=200, description="name or number of a document")]
Digest = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$", description="digest of an attachment of the report")]
MAX_DOCUMENTS = 20


class VerificationMeans(Labelled):
    PHONE = "phone", "电话"
    WRITTEN = "written", "书面"
    VISIT = "visit", "实地"
    SYSTEM = "system", "查系统"
    OTHER = "other", "其他"


class Conclusion(Labelled):
    CONFIRMED = "confirmed", "属实"
    PARTLY_CONFIRMED = "partly_confirmed", "部分属实"
    NOT_CONFIRMED = "not_confirmed", "未能证实"
    CONTRADICTED = "contradicted", "与事实不符"
    OPEN = "open", "待答复"


class RecordVerification(Strict):
    """One question and its answer. An entry is never changed: a correction is a new one that names the old."""

    verification_id: UUID
    report_id: UUID
    asked_name: Name
    asked_post: Name | None = None
    asked_unit: Name | None = None
    asked_phone: Phone | None = None
    asked_at: Instant | None = None
    """When it is not stated: now, for a correction the time of the entry that it corrects."""
    means: VerificationMeans = VerificationMeans.PHONE
    question: Remarks
    answer: Remarks
    documents: list[Document] = Field(default_factory=list, max_length=MAX_DOCUMENTS)
    """What was shown or sent: names, document numbers."""
    attachments: list[Digest] = Field(default_factory=list, max_length=MAX_FILES)
    """Files of the report that were held against what was said."""
    conclusion: Conclusion
    corrects_id: UUID | None = None
    """The entry of this report that this one corrects; each is corrected once at the most."""


class Verification(Strict):
    """An entry; a duty officer reads `question`, `answer` and documents of his own entries only."""

    verification_id: UUID
    report_id: UUID
    report_version: int
    """The signed version that lay on the desk."""
    asked_name: str
    asked_post: str | None
    asked_unit: str | None
    asked_phone: str | None
    asked_at: Instant
    means: VerificationMeans
    question: str
    answer: str
    documents: list[str]
    attachments: list[str]
    conclusion: Conclusion
    corrects_id: UUID | None
    corrected_by_id: UUID | None
    """The entry that corrects this one, which then counts in its place."""
    recorded_by: str
    recorded_at: Instant


class Verifications(Strict):
    """Newest question first, corrected ones among them."""

    items: list[Verification]
    conclusion: Conclusion | None
    """Of the newest entry in force."""


class VerifiedConclusion(Strict):
    """All that the reporting unit is told of an entry in force."""

    conclusion: Conclusion
    asked_at: Instant


class VerifiedConclusions(Strict):
    """Newest first."""

    items: list[VerifiedConclusion]


CITY_READERS = (*DESK, Role.DUTY_OFFICER)

METHODS: dict[str, Method] = {
    "record_verification": command(RecordVerification, Verification, *CITY_READERS),
    "list_verifications": query(ReportId, Verifications, *CITY_READERS),
    "list_conclusions": query(ReportId, VerifiedConclusions, *UNIT),
}
