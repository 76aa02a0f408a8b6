"""Taking a file in: onto the disk, looked at, shown to the scanner, kept under its digest, noted for its unit."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import case, func, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.rpc.attachments import Attachment
from gateway.assembly import Gateway
from gateway.attachments.naming import lock_file
from gateway.attachments.refusals import ATTEMPTS, FileRefused, Reason
from gateway.attachments.scanning import Verdict
from gateway.attachments.types import media_type_of
from gateway.identity.identity import Identity
from gateway.model.attachments import attachments
from kernel.database import Work
from kernel.errors import Forbidden

UNNAMED_BYTES = 2 * 1024 * 1024 * 1024
"""What a unit may have uploaded and not named yet; named files are not counted."""
REFUSED = Counter("chengbao_attachments_refused", "Uploads that were not taken, by reason.", ("reason",))
for _reason in Reason:
    REFUSED.labels(_reason)  # from 0 on: an alert can only see a figure rise that was there before


class Uploaded(Attachment):
    """A file that was taken, as a document names it, and whether the scanner has seen it."""

    verdict: Verdict


def take_in(gateway: Gateway, identity: Identity, stream: IO[bytes], name: str, correlation_id: UUID) -> Uploaded:
    """Take a file in. The same file again answers the same. Raises `FileRefused`, and nothing is kept then."""
    unit_id = identity.principal.unit_id
    if unit_id is None:
        raise Forbidden("只有报送单位的人员可以上传附件。", "Only people of a reporting unit upload attachments.")
    try:
        with gateway.storage.received(stream) as file:
            media_type = media_type_of(file.path, name)
            attachment = Attachment(digest=file.digest, size=file.size, media_type=media_type, name=name)
            known = _known(gateway, unit_id, attachment)
            verdict = known or gateway.scanner.scan(file.path)
            with gateway.database.work(identity.principal, correlation_id=correlation_id) as work:
                lock_file(work.session, file.digest)
                _note(work, identity, unit_id, attachment, verdict)
                gateway.storage.keep(file)  # behind the lock and before the commit: no row without its bytes
    except FileRefused as refusal:
        _record(gateway, identity, refusal, name, correlation_id)
        raise
    return Uploaded(**attachment.model_dump(), verdict=verdict)


def _known(gateway: Gateway, unit_id: UUID, file: Attachment) -> Verdict | None:
    """The verdict on a file of this unit that the scanner has seen already; it is not shown it again."""
    with gateway.database.glancing() as session:
        verdict = session.scalar(
            select(attachments.c.verdict).where(
                attachments.c.unit_id == unit_id, attachments.c.digest == file.digest,
                attachments.c.media_type == file.media_type, attachments.c.given_up_at.is_(None),
                attachments.c.verdict == Verdict.CLEAN,
            )
        )  # fmt: skip
    return Verdict(verdict) if verdict else None


def _note(work: Work, identity: Identity, unit_id: UUID, file: Attachment, verdict: Verdict) -> None:
    _check_room(work.session, unit_id)
    fresh = insert(attachments).values(
        unit_id=unit_id, digest=file.digest, media_type=file.media_type, size=file.size, name=file.name,
        verdict=verdict, uploaded_by=identity.scope, uploader_name=identity.principal.name, uploaded_at=work.now,
    )  # fmt: skip
    work.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["unit_id", "digest", "media_type"],
            set_={"uploaded_at": work.now, "verdict": fresh.excluded.verdict, "given_up_at": null()},
        )
    )
    work.audit(
        "attachment.upload", file.digest, size=file.size, media_type=str(file.media_type), name=file.name,
        verdict=str(verdict),
    )


def _check_room(session: Session, unit_id: UUID) -> None:
    unnamed = attachments.c.named_at.is_(None) & attachments.c.given_up_at.is_(None)
    waiting = session.scalar(
        select(func.coalesce(func.sum(attachments.c.size), 0)).where(attachments.c.unit_id == unit_id, unnamed)
    )
    if waiting and waiting > UNNAMED_BYTES:
        raise FileRefused(
            Reason.TOO_MANY, "本单位已上传而未写入稿件的附件过多；请先把它们写入稿件，或等七天后自动清除。",
            "Your unit has uploaded too much that no draft names; name it, or wait 7 days until it is removed.",
            retry_after=3600,
        )


def _record(gateway: Gateway, identity: Identity, refusal: FileRefused, name: str, correlation_id: UUID) -> None:
    """Count it; what may be an attack goes into the evidence too."""
    REFUSED.labels(refusal.reason).inc()
    if refusal.reason in ATTEMPTS:
        with gateway.database.work(identity.principal, correlation_id=correlation_id) as work:
            work.audit("attachment.refuse", identity.principal.id, reason=str(refusal.reason), name=name)


def verdicts(session: Session, digests: list[str]) -> dict[str, Verdict]:
    """What the scanner said of these files; of one that several units uploaded, the better."""
    better = case((func.bool_or(attachments.c.verdict == Verdict.CLEAN), Verdict.CLEAN), else_=Verdict.NOT_SCANNED)
    found = select(attachments.c.digest, better).where(attachments.c.digest.in_(digests)).group_by(attachments.c.digest)
    return {digest: Verdict(verdict) for digest, verdict in session.execute(found)}
