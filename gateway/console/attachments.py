"""Files on the pages: taken from the form, listed with what is signed, given out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO, Any
from uuid import UUID

from flask import g, request
from markupsafe import Markup
from pydantic import BaseModel, Field, ValidationError
from werkzeug.datastructures import FileStorage

from contracts.rpc.attachments import Attachment
from gateway.api.attachments import UploadQuery, download_of_draft, download_of_receipt, download_of_report
from gateway.assembly import gateway
from gateway.attachments.refusals import FileRefused
from gateway.attachments.scanning import Verdict
from gateway.attachments.uploads import take_in, verdicts
from gateway.bodies import checked
from gateway.console.page import Page, address
from gateway.console.wording import size_words
from gateway.entrance import present


class _Files(BaseModel):
    attachments: list[Attachment] = Field(default=[])


Place = Callable[[str], str]
"""Where the file with a digest is to be had."""


def taken_files(carried: dict[str, Any]) -> list[Attachment]:
    """What the form had, without what is ticked off, and what it brings anew. Raises a refusal.

    What was taken in before the refusal stands in `g.attachments`, so that the form shown again has it.
    """
    dropped = set(request.form.getlist("drop_attachment"))
    g.attachments = [file for file in carried.get("attachments", []) if file.name not in dropped]
    for sent in request.files.getlist("attachments"):
        if sent.filename:
            _add(_sent(sent))
    return list(g.attachments)


def taken_file(name: str) -> Attachment | None:
    """The one file that a field brings, if any. Raises a refusal."""
    sent = request.files.get(name)
    return _sent(sent) if sent is not None and sent.filename else None


def _sent(sent: FileStorage) -> Attachment:
    name = checked(UploadQuery, {"name": (sent.filename or "").rpartition("\\")[2]}).name
    return _taken(sent.stream, name)


def _taken(stream: IO[bytes], name: str) -> Attachment:
    """One file; a refusal says which of them it is about."""
    try:
        taken = take_in(gateway(), present(), stream, name, g.correlation_id)
    except FileRefused as refusal:
        refusal.detail_zh = f"“{name}”未收：{refusal.detail_zh}"
        raise
    return Attachment(**taken.model_dump(exclude={"verdict"}))


def _add(file: Attachment) -> None:
    """The same file under the same name is there already when a form is sent again."""
    if file not in g.attachments:
        g.attachments.append(file)


def with_files(carried: str) -> str:
    """What a refused form carries on: its own, with the files that were taken in meanwhile."""
    if "attachments" not in g:
        return carried
    known, files = json.loads(carried or "{}"), [file.model_dump(mode="json") for file in g.attachments]
    return carried if files == known.get("attachments", []) else json.dumps(known | {"attachments": files})


def files_in(carried: str) -> list[Attachment]:
    """The files that a form carries; none when it is not what we put there."""
    try:
        return _Files.model_validate_json(carried or "{}").attachments
    except ValidationError:
        return []


def attached(files: list[Attachment], place: Place | None = None) -> Markup | None:
    """The files of a document, one a line: name, type, size, whether scanned, digest; with links where they lead."""
    if not files:
        return None
    with gateway().database.glancing() as session:
        known = verdicts(session, [file.digest for file in files])
    return Markup("\n").join(
        Markup("{} <span class=\"hint\">{} · {} · {} · <code class=\"hash\">{}</code></span>").format(
            Markup('<a download href="{}">{}</a>').format(place(file.digest), file.name) if place else file.name,
            file.media_type.label, size_words(file.size), known.get(file.digest, Verdict.NOT_SCANNED).label,
            file.digest.removeprefix("sha256:"),
        )
        for file in files
    )


def files_of_draft(draft_id: UUID) -> Place:
    return lambda digest: address("download_of_draft", draft_id=draft_id, digest=digest)


def files_of_report(report_id: UUID) -> Place:
    return lambda digest: address("download_of_report", report_id=report_id, digest=digest)


def files_of_receipt(number: str) -> Place:
    return lambda digest: address("download_of_receipt", number=number, digest=digest)


PAGES: tuple[Page, ...] = (
    Page("GET", "/drafts/<uuid:draft_id>/attachments/<digest>", download_of_draft),
    Page("GET", "/reports/<uuid:report_id>/attachments/<digest>", download_of_report),
    Page("GET", "/receipts/<number>/attachments/<digest>", download_of_receipt),
)
