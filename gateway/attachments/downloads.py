"""Giving a file out: always as something to be saved, under a type of our own list, never to be shown in the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from flask import Response, send_file
from sqlalchemy import select

from contracts.rpc.attachments import Attachment
from gateway.assembly import Gateway
from gateway.model.attachments import attachments
from kernel.errors import NotFound, Refusal

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Should a browser show the file in spite of everything, it runs nothing and loads nothing."""


def attachment_of(files: Iterable[Attachment], digest: str) -> Attachment:
    """The file with this digest among those that a document names. Raises `NotFound`."""
    for file in files:
        if file.digest == digest:
            return file
    raise not_found()


def own_upload(gateway: Gateway, unit_id: UUID | None, digest: str) -> Attachment:
    """A file that this unit uploaded. Raises `NotFound`; another unit's answers alike."""
    wanted = select(attachments).where(
        attachments.c.unit_id == unit_id, attachments.c.digest == digest, attachments.c.given_up_at.is_(None)
    )
    with gateway.database.glancing() as session:
        row = session.execute(wanted.order_by(attachments.c.media_type)).first()
    if row is None:
        raise not_found()
    return Attachment(digest=row.digest, size=row.size, media_type=row.media_type, name=row.name)


def given_out(gateway: Gateway, file: Attachment) -> Response:
    """The file as an answer. Raises a refusal when its bytes are not where they should be."""
    path = gateway.storage.path(file.digest)
    try:
        answer = send_file(path, str(file.media_type), as_attachment=True, download_name=file.name, etag=False)
    except FileNotFoundError as error:
        raise Refusal(
            "该附件的文件不在存储中，请联系运维人员。", "The bytes of this attachment are not in the storage.",
            problem="unavailable",
        ) from error
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def not_found() -> NotFound:
    return NotFound("没有这个附件。", "There is no such attachment.")
