"""Giving a file out: always as something to be saved, under a type of our own list, never to be shown in the page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Response, send_file

from contracts.rpc.attachments import Attachment
from gateway.assembly import Gateway
from gateway.attachments.naming import WITHHELD, rank_of
from kernel.errors import NotFound, Refusal
from kernel.principal import Principal

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Should a browser show the file in spite of everything, it runs nothing and loads nothing."""


def attachment_of(files: Iterable[Attachment], digest: str) -> Attachment:
    """The file with this digest among those that a document names. Raises `NotFound`."""
    for file in files:
        if file.digest == digest:
            return file
    raise not_found()


OWN = f"""
    SELECT digest, size, media_type, name FROM attachments a
    WHERE unit_id = %(unit)s AND digest = %(digest)s AND given_up_at IS NULL AND NOT {WITHHELD} ORDER BY media_type
"""  # noqa: S608  # built from the statement of `naming` only


def own_upload(gateway: Gateway, principal: Principal, digest: str) -> Attachment:
    """A file that this person's unit uploaded. Raises `NotFound`; another unit's answers alike, and so does one that
    a report names whose class was raised above this person's clearance."""
    values = {"unit": principal.unit_id, "digest": digest, "rank": rank_of(principal)}
    with gateway.database.glancing() as session:
        row = session.connection().exec_driver_sql(OWN, values).first()
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
