"""Which files a document may name: those its own unit uploaded, as they were found to be.

A file that a report of raised class names counts as not uploaded for those who are not cleared, until its bytes are
uploaded again: whoever has them needs no downloading, and a picture used everywhere holds up no other report.

What a draft or a signed document names is kept from that moment on; a file that nobody named in time is given up first
and removed later, and each step looks again behind a lock (decision 0083).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.rpc.attachments import Attachment
from contracts.rpc.drafts import SaveDraft
from contracts.rpc.instructions import ConfirmInstruction, RecordInstruction
from contracts.vocabulary import Secrecy
from gateway.assembly import Gateway
from gateway.attachments.storage import Storage
from gateway.model.attachments import attachment_names, attachments
from kernel.database import Work
from kernel.errors import Invalid
from kernel.locks import lock_key
from kernel.principal import Principal

UNNAMED_FOR = timedelta(days=7)

WITHHELD = """EXISTS (
        SELECT 1 FROM report_classes c WHERE c.rank > %(rank)s AND coalesce(c.raised_at, 'infinity') >= a.uploaded_at
        AND (
          EXISTS (
            SELECT 1 FROM attachment_names n
            WHERE n.document_id = c.report_id AND n.unit_id = a.unit_id AND n.digest = a.digest
          ) OR EXISTS (
            SELECT 1 FROM receipts r WHERE r.report_id = c.report_id AND r.unit_id = a.unit_id
            AND r.content -> 'attachments' @> jsonb_build_array(jsonb_build_object('digest', a.digest))
          )
        )
      )"""
"""Whether a report above the reader's rank, or a draft of it, names the file `a`."""

NAME = f"""
    WITH held AS MATERIALIZED (
      SELECT digest, media_type, size, named_at FROM attachments a
      WHERE unit_id = %(unit)s AND digest = ANY(%(digests)s) AND given_up_at IS NULL AND NOT {WITHHELD}
      ORDER BY digest, media_type FOR UPDATE
    ), named AS (
      UPDATE attachments a SET named_at = %(now)s FROM held
      WHERE a.unit_id = %(unit)s AND a.digest = held.digest AND a.media_type = held.media_type AND held.named_at IS NULL
    )
    SELECT coalesce(array_agg(concat_ws(' ', digest, size, media_type)), '{{}}') AS known FROM held
"""  # noqa: S608  # built from the statement above only
"""Note that these files are named, and tell which of them the unit has, in the driver's spelling; one row."""


def naming_values(unit_id: UUID, files: Sequence[Attachment], now: datetime, rank: int) -> dict[str, Any]:
    """The values of NAME."""
    return {"unit": unit_id, "digests": [file.digest for file in files], "now": now, "rank": rank}


def rank_of(principal: Principal) -> int:
    """Of the highest secrecy class that this person, or client, may read; -1: none."""
    return len(Secrecy.up_to(principal.clearance)) - 1


def check_known(files: Sequence[Attachment], known: Iterable[str], pointer: str = "/content/attachments/{}") -> None:
    """Raise `Invalid` with the pointer of the first file the unit has not uploaded as it is described."""
    found = set(known)
    for number, file in enumerate(files):
        if f"{file.digest} {file.size} {file.media_type}" not in found:
            raise Invalid(
                f"附件“{file.name}”不是本单位已上传的文件，或大小、类型与上传时不符；请重新上传。",
                f"Your unit has uploaded no file {file.digest} of this size and type; upload it (again).",
                pointer=pointer.format(number), about=("digest", file.digest),
            )


def name_files(gateway: Gateway, principal: Principal, request: BaseModel) -> None:
    """A draft, or an instruction with its scan, is about to name files: noted before the service keeps it, so that
    none is ever missing. Raises `Invalid`.
    """
    files, pointer = _named_by(request)
    unit_id = principal.unit_id
    if not files or unit_id is None:
        return
    with gateway.database.work(principal) as work:
        values = naming_values(unit_id, files, work.now, rank_of(principal))
        check_known(files, work.session.connection().exec_driver_sql(NAME, values).scalar_one(), pointer)
        if isinstance(request, SaveDraft):
            _note_names(work, unit_id, request, files)


def _note_names(work: Work, unit_id: UUID, draft: SaveDraft, files: Sequence[Attachment]) -> None:
    """Which documents name which files: should the report's class be raised, they are withheld."""
    documents = [draft.draft_id, *([draft.content.report_id] if draft.content.report_id else [])]
    named = [
        {"document_id": document, "unit_id": unit_id, "digest": digest}
        for document in documents
        for digest in sorted({file.digest for file in files})
    ]
    work.session.execute(insert(attachment_names).values(named).on_conflict_do_nothing())


def _named_by(request: BaseModel) -> tuple[Sequence[Attachment], str]:
    if isinstance(request, SaveDraft):
        return request.content.attachments, "/content/attachments/{}"
    if isinstance(request, RecordInstruction | ConfirmInstruction) and request.scan is not None:
        return [request.scan], "/scan"
    return (), ""


def remove_unnamed(work: Work, storage: Storage) -> None:
    """Remove what was given up in an earlier, committed run; then give up what nobody named for 7 days."""
    given_up = select(attachments).where(attachments.c.given_up_at.is_not(None)).order_by(attachments.c.digest)
    for digest in sorted({row.digest for row in work.session.execute(given_up)}):
        _remove(work.session, storage, digest)
    late = attachments.c.named_at.is_(None) & (attachments.c.uploaded_at < work.now - UNNAMED_FOR)
    work.session.execute(
        update(attachments).where(late, attachments.c.given_up_at.is_(None)).values(given_up_at=work.now)
    )
    storage.sweep()


def _remove(session: Session, storage: Storage, digest: str) -> None:
    """Forget who gave it up, and let the bytes go unless somebody has uploaded them meanwhile.

    Should this transaction fail, the row still says that it is given up: nobody can name it, and it is done again.
    """
    lock_file(session, digest)
    session.execute(delete(attachments).where(attachments.c.digest == digest, attachments.c.given_up_at.is_not(None)))
    if session.scalar(select(attachments.c.digest).where(attachments.c.digest == digest).limit(1)) is None:
        storage.remove(digest)


def lock_file(session: Session, digest: str) -> None:
    """Nobody else keeps or removes the file with this digest until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(f"attachment {digest}")})
