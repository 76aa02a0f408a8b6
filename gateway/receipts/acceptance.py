"""Accepting what must not be refused: one commit makes the report, its event, its key and its evidence, then 202.

Nothing behind the gateway is needed and no query here grows with the tables: each is a look-up in an index. Hand-tuned:
locks, look-up and insert are a round trip each, the commit another (architecture.md, "Accepting what must not be
refused").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError

from contracts.events.gateway import (
    AmendmentTold,
    AttachmentTold,
    IncidentTold,
    ReferenceTold,
    ReportAccepted,
    SignOff,
)
from contracts.receipts import AuditReference, Receipt, SignOffStatement, content_hash, digest, sign_receipt
from contracts.rpc.content import Content
from contracts.vocabulary import AmendmentAct, Kind, Secrecy
from gateway.assembly import Gateway
from gateway.attachments.naming import NAME, check_known, naming_values, rank_of
from gateway.identity.identity import Identity
from gateway.model.directory import posts_of
from gateway.receipts.following import check_followed
from gateway.receipts.signoff import OwnDraft, Signing, SubmitReport, check_post, intended_signing
from gateway.receipts.statements import INSERT, LOOK_UP, LOOK_UP_AND_TAKE_LANE, LOOK_UP_KEY, take_locks
from kernel.audit.lanes import Head, wait_for_lane
from kernel.canonical import canonical
from kernel.clock import SHANGHAI, china_day
from kernel.database import AuditFact
from kernel.errors import Conflict, Invalid, Refusal, StaleVersion
from kernel.ids import new_id
from kernel.swift import SwiftWork, swift_work

ROUTE = "POST /v1/reports"
TICK = timedelta(microseconds=1)
OCCURRENCE_AHEAD = timedelta(minutes=2)
"""How far an occurrence may lie ahead of the receipt, for clocks that differ (access.md 7)."""

DECIDED = frozenset({"adopted", "pre_adopted", "passed_up", "for_reading", "kept", "not_used"})
RETURNED = "returned"


class AlreadySigned(Refusal):
    """This draft has been signed; its receipt is named in `receipt_number`."""

    problem = "already-signed"


class StillRunning(Refusal):
    """The first request with this key has not ended within the waiting time."""

    problem = "still-running"


class NotReturned(Refusal):
    """The gateway knows of no return of the newest version; the courier may hear of one a moment later."""

    problem = "not-returned"


class KeyReused(Refusal):
    """The key belongs to another body."""

    problem = "idempotency-key-reused"


@dataclass(frozen=True)
class Accepted:
    """The stored answer, to the byte, and whether this request only repeated an earlier one."""

    number: str
    response: bytes
    repeated: bool


@dataclass(frozen=True)
class Known:
    """What the gateway's own tables know about this act, read in one go behind the locks."""

    row: Any

    def earliest_time(self) -> datetime | None:
        """Receipt times never run backwards: at or after the newest receipt, and after what was announced."""
        announced = self.row.announced + TICK if self.row.announced else None
        times = [time for time in (announced, self.row.newest) if time]
        return max(times, default=None)

    def lane(self) -> Head | None:
        """The lane of the evidence this act holds; None when all were taken."""
        row = self.row
        return None if row.lane is None else Head(row.lane, row.lane_number, row.lane_hash)


def accept_report(
    gateway: Gateway, identity: Identity, act: SubmitReport, key: str, correlation_id: UUID, token: str | None = None
) -> Accepted:
    """Accept a signed document durably and give its receipt, or repeat the answer already given for `key`.

    Raises a refusal; nothing is kept then, and the same key may be used again.
    """
    scope, request_hash = f"{identity.scope} {ROUTE}", digest(act.model_dump(mode="json"), canonical)
    try:
        gateway.durability.require(gateway.database)
        with swift_work(gateway.database, identity.principal, token=token, correlation_id=correlation_id) as work:
            _take_locks(work, scope, key)
            try:
                signing = intended_signing(identity, act, gateway.keyring)
            except Refusal:
                # An answer once given stands, though its caller may no longer sign or attest.
                if given := _given_answer(work, scope, key):
                    return _repeat(given, request_hash)
                raise
            turn = {"turn": gateway.evidence.turn()}
            known = Known(work.first(LOOK_UP_AND_TAKE_LANE, _asked(scope, key, act, signing) | turn))
            if known.row.request_hash is not None:
                return _repeat(known, request_hash)
            return _accept(gateway, work, identity, act, signing, known, (scope, key, request_hash))
    except IntegrityError as error:
        raise _lost_race(error) from error


def examine_report(gateway: Gateway, identity: Identity, act: SubmitReport) -> str:
    """Check everything and keep nothing (`dry_run`). Returns the content hash; the real act's time will change it."""
    with swift_work(gateway.database, identity.principal) as work:
        signing = intended_signing(identity, act, gateway.keyring)
        known = Known(work.first(LOOK_UP, _asked("", "", act, signing)))
        statement = _sign_off(work, identity, act, signing, known)
        return content_hash(signing.unit_id, act.content, statement, canonical)


def _take_locks(work: SwiftWork, scope: str, key: str) -> None:
    """This key alone; then, shared, the right to take a receipt time. The order is forced: who waits for a key must
    not hold up the watermark."""
    try:
        work.begin(take_locks(scope, key))
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise StillRunning(
                "相同 Idempotency-Key 的请求尚未结束。",
                "The first request with this Idempotency-Key is still running.",
                extra={"retry_after": 1},
            ) from error
        raise


def _asked(scope: str, key: str, act: SubmitReport, signing: Signing) -> dict[str, Any]:
    """The values of LOOK_UP."""
    content = act.content
    return {
        "scope": scope,
        "key": key,
        "signer": signing.signer_id,
        "author": signing.author_id,
        "unit": signing.unit_id,
        "report": content.report_id,
        "follows": content.follows_report_id,
        "offered": signing.offer.draft_id if signing.offer else None,
        "draft": signing.offer.draft_id if signing.offer and content.report_id is None else None,
    }


def _given_answer(work: SwiftWork, scope: str, key: str) -> Known | None:
    row = work.first(LOOK_UP_KEY, {"scope": scope, "key": key})
    return Known(row) if row else None


def _repeat(known: Known, request_hash: str) -> Accepted:
    if known.row.request_hash != request_hash:
        raise KeyReused(
            "此 Idempotency-Key 已用于另一份内容。", "This Idempotency-Key was used for another content.",
            extra={"receipt_number": known.row.key_number},
        )
    return Accepted(known.row.key_number, bytes(known.row.response), repeated=True)


def _accept(
    gateway: Gateway, work: SwiftWork, identity: Identity, act: SubmitReport, signing: Signing, known: Known,
    claim: tuple[str, str, str],
) -> Accepted:  # fmt: skip
    now, earliest = gateway.clock.now(), known.earliest_time()
    work.now = max(now, earliest) if earliest else now  # read behind the lock; one instant for everything in this act
    statement = _sign_off(work, identity, act, signing, known)
    version = _version(act, known)
    report_id = act.content.report_id or new_id()
    number = f"{work.now.astimezone(SHANGHAI).year}-{known.row.next_number:07d}"
    hashed = content_hash(signing.unit_id, act.content, statement, canonical)
    event = work.event(
        _accepted(number, report_id, version, act, signing, statement, work.now, hashed),
        subject=report_id, version=version,
    )
    detail = {
        "receipt_number": number, "content_hash": hashed, "received_at": work.now.isoformat(),
        "clock_held": work.now > now, "attempts": [at.isoformat() for at in act.attempts],
    }
    head = known.lane() or wait_for_lane(work.first, gateway.evidence.turn())
    entry, entry_values = gateway.evidence.entry(
        work, AuditFact("report.accept", str(report_id), version, detail), head
    )
    receipt = sign_receipt(
        Receipt(
            number=number, report_id=report_id, version=version, kind=act.content.kind, unit_id=signing.unit_id,
            title=act.content.title, content_hash=hashed, received_at=work.now,
            audit=AuditReference(
                lane=entry.lane, number=entry.number, hash=entry.hash,
                checkpoint_number=known.row.checkpoint_number, checkpoint_root=known.row.checkpoint_root,
            ),
            key_id=gateway.key_id,
        ),
        gateway.keyring.private_key,
        canonical,
    )
    response = receipt.model_dump_json().encode()
    scope, key, request_hash = claim
    work.conclude(
        INSERT,
        entry_values | {
            "number": number, "report_id": report_id, "version": version, "kind": act.content.kind,
            "unit_id": signing.unit_id, "title": act.content.title, "severity": act.content.severity,
            "received_at": work.now, "clock_held": work.now > now, "content": act.content.model_dump_json(),
            "content_hash": hashed, "sign_off": statement.model_dump_json(),
            "draft_id": signing.offer.draft_id if signing.offer else None,
            "draft_version": signing.offer.version if signing.offer else None,
            "accepted_for": identity.scope, "event_id": event.id, "event_type": event.type,
            "envelope": event.envelope.decode(), "document": response.decode(),
            "scope": scope, "key": key, "request_hash": request_hash, "response": response,
        },
    )
    return Accepted(number, response, repeated=False)


def _sign_off(
    work: SwiftWork, identity: Identity, act: SubmitReport, signing: Signing, known: Known
) -> SignOffStatement:
    """Who signs by which post, with every rule that needs the gateway's tables. Raises a refusal."""
    row, today = known.row, china_day(work.now)
    post = check_post(signing, row.signer_name, posts_of(row.signer_posts), today)
    author_name = signing.author_name or row.author_name
    if author_name is None:
        raise Invalid("未找到该作者。", "No such author.", pointer="/author_id")
    if signing.author_id is None and author_name.strip() == row.signer_name:
        raise OwnDraft(
            "作者与签发人同名；如非同一人，请填写 author_id。",
            "Author and signer bear the same name; state author_id if they are two persons.",
            pointer="/author_name",
        )
    _check_references(act, known)
    if act.content.follows_report_id is not None:
        check_followed(work, identity, act.content.follows_report_id, signing.unit_id, bool(row.follows_known))
    _check_offer(signing, row.voided_version)
    _name_attachments(work, act, signing)
    _check_occurrence(act, work.now)
    return SignOffStatement(
        author_id=signing.author_id, author_name=author_name, signer_id=signing.signer_id, signer_name=row.signer_name,
        signer_post=post.signed_as, signed_at=work.now, method=signing.method,
    )


def _check_references(act: SubmitReport, known: Known) -> None:
    """What the document refers to must be the unit's own; foreign and absent answer alike."""
    row, content = known.row, act.content
    if row.signed_number is not None:
        raise AlreadySigned(
            f"该稿件已签发，回执号 {row.signed_number}。",
            f"This draft was signed; its receipt is {row.signed_number}.",
            extra={"receipt_number": row.signed_number},
        )
    if content.report_id is not None:
        _check_revision(content, row)


def _check_offer(signing: Signing, voided_version: int | None) -> None:
    """A change voids what was offered: its seal is good for no signature, as soon as the gateway hears of it."""
    if signing.offer is not None and voided_version is not None and signing.offer.version <= voided_version:
        raise StaleVersion(
            "该稿件送签后已被修改、退回或放弃，请重新打开稿件，按最新内容签发。",
            "The draft was changed, returned or dropped after it was offered; open it again.",
            pointer="/offer_token",
        )


def _check_revision(content: Content, row: Any) -> None:
    """A new version answers a return of the newest one, or is a signed amendment: a false number must get through
    whatever was decided (0089). The return is known by the courier's projection, so that acceptance asks no service;
    heard late, it is told as 409 and the same act succeeds a moment later."""
    if row.last_version is None:
        raise Invalid(
            "未找到所修改的信息。", "No such report.", pointer="/content/report_id",
            about=("report_id", content.report_id),
        )
    if content.kind != row.last_kind:
        label = Kind(row.last_kind).label
        raise Invalid(
            f"新版本的种类必须与原件相同（{label}）。",
            f"A new version has the kind of the report it revises ({row.last_kind}).",
            pointer="/content/kind",
        )
    if content.kind is Kind.FEEDBACK:
        raise Conflict(
            "批示反馈不提交新版本；被退回后，请就同一交办另行签发反馈（不填 report_id）。",
            "A feedback has no new versions; after a return sign another for the assignment, without report_id.",
            pointer="/content/report_id",
        )
    if row.last_act == AmendmentAct.WITHDRAWAL:
        raise Conflict(
            "该信息已撤回，不能再提交新版本；如需报送，请另写一条。",
            "This report was withdrawn; it has no further versions. Submit another report.",
            pointer="/content/report_id",
        )
    if content.amendment is not None:
        return
    if row.last_decision in DECIDED:
        raise Conflict(
            "该信息已作出处理，不能再修改重报；内容有误的，请提交更正或撤回（填写 amendment）。",
            "This report has been decided; correct or withdraw it instead, with `amendment`.",
            pointer="/content/report_id",
        )
    if row.last_decision != RETURNED:
        raise NotReturned(
            "该信息最近一版尚未被退回，不能提交新版本；如刚被退回，请稍后重试。",
            "The newest version has not been returned; if it was returned just now, try again in a few seconds.",
            pointer="/content/report_id",
        )


def _name_attachments(work: SwiftWork, act: SubmitReport, signing: Signing) -> None:
    """Only files the unit uploaded, which from now on are kept. Without any it costs nothing; with, a round trip.
    A draft's were looked at when it was saved: a class raised since holds up no signature."""
    if files := act.content.attachments:
        rank = len(Secrecy) if signing.offer else rank_of(work.principal)
        check_known(files, work.first(NAME, naming_values(signing.unit_id, files, work.now, rank)).known)


def _check_occurrence(act: SubmitReport, received_at: datetime) -> None:
    occurred_at = act.content.occurred_at
    if occurred_at is not None and occurred_at > received_at + OCCURRENCE_AHEAD:
        raise Invalid(
            "发生时间晚于接收时间。", "The occurrence lies in the future.", pointer="/content/occurred_at"
        )


def _version(act: SubmitReport, known: Known) -> int:
    return 1 if act.content.report_id is None else int(known.row.last_version) + 1


def _accepted(
    number: str,
    report_id: UUID,
    version: int,
    act: SubmitReport,
    signing: Signing,
    statement: SignOffStatement,
    received_at: datetime,
    hashed: str,
) -> ReportAccepted:
    content = act.content
    return ReportAccepted(
        receipt_number=number, report_id=report_id, version=version, kind=content.kind, unit_id=signing.unit_id,
        title=content.title, body=content.body, topic=content.topic, secrecy=content.secrecy,
        severity=content.severity, occurred_at=content.occurred_at, place=content.place,
        follows_report_id=content.follows_report_id, assignment_id=content.assignment_id,
        incident=_incident(content), pre_report_id=content.pre_report_id, drill=content.drill,
        leaning=content.leaning, source_channel=content.source_channel, reference=_reference(content),
        attachments=[AttachmentTold.model_validate(file.model_dump()) for file in content.attachments],
        amendment=_amendment(content),
        draft_id=signing.offer.draft_id if signing.offer else None,
        sign_off=SignOff(**statement.model_dump()), received_at=received_at, content_hash=hashed,
    )


def _incident(content: Content) -> IncidentTold | None:
    return IncidentTold.model_validate(content.incident.model_dump()) if content.incident else None


def _reference(content: Content) -> ReferenceTold | None:
    return ReferenceTold.model_validate(content.reference.model_dump()) if content.reference else None


def _amendment(content: Content) -> AmendmentTold | None:
    return AmendmentTold.model_validate(content.amendment.model_dump()) if content.amendment else None


def _lost_race(error: IntegrityError) -> Refusal:
    """Two acts met at a unique index and the other one was first."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
    if constraint.startswith("uq_receipts_draft_id"):
        return AlreadySigned("该稿件刚刚已被签发。", "This draft has just been signed.")
    if constraint == "uq_receipts_report_id_version":
        return Conflict("该信息刚刚提交了另一个版本，请刷新。", "Another version was just accepted; read it again.")
    raise error
