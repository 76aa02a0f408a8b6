"""Issuing a period's bulletin (notice 五(四)): computed from the ledger, frozen, proven, announced."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.events.scoring import BulletinIssued
from contracts.rpc import scoring as rpc
from kernel.audit.witnesses import audit_reference, signed_document
from kernel.database import Work
from kernel.errors import Conflict
from kernel.ids import new_id
from kernel.principal import Keyring
from services.scoring.ledger import hold_books
from services.scoring.model.bulletins import IssuedBulletin, Listed, canonical
from services.scoring.model.periods import Period, month_of
from services.scoring.model.rule_file import hash_of
from services.scoring.queries.bulletins import compose_from_ledger, is_unnamed, roster_of, shown


def issue_bulletin(work: Work, request: rpc.PeriodQuery, keyring: Keyring) -> rpc.Bulletin:
    """Issue the period's bulletin once; its months are closed, later postings count in the next open month.

    Raises `Conflict` when it was issued, when the period's last month has not begun, or when a unit with points is
    not in the directory yet.
    """
    period = Period.parse(request.period)
    hold_books(work)
    _refuse_unready(work, period)
    roster = roster_of(work.session, period)
    _refuse_unnamed(roster)
    issued = _issue(work, period, roster, compose_from_ledger(work.session, period, roster), keyring)
    _announce(work, issued, roster)
    return shown(issued)


def _refuse_unready(work: Work, period: Period) -> None:
    if work.session.scalar(select(IssuedBulletin.bulletin_id).where(IssuedBulletin.period == period.text)):
        raise Conflict(
            f"{period.title_zh}的通报已印发；之后的更正计入下一期。",
            f"The bulletin for {period.text} has been issued; later corrections count in the next one.",
        )
    if period.last > month_of(work.now):
        raise Conflict(
            f"{period.title_zh}尚未到最后一个月，不能印发通报。",
            f"The last month of {period.text} has not begun; its bulletin cannot be issued yet.",
        )


def _refuse_unnamed(roster: list[Listed]) -> None:
    unnamed = [str(unit.unit_id) for unit in roster if is_unnamed(unit)]
    if unnamed:
        raise Conflict(
            f"有得分的单位尚未同步到单位目录，请稍后再试：{'、'.join(unnamed)}。",
            f"Units with points are not in the directory yet; try again shortly: {', '.join(unnamed)}.",
        )


def _issue(
    work: Work, period: Period, roster: list[Listed], document: dict[str, Any], keyring: Keyring
) -> IssuedBulletin:
    text = canonical(document)
    bulletin_id, content_hash = new_id(), hash_of(text)
    issued = IssuedBulletin(
        bulletin_id=bulletin_id,
        period=period.text,
        last_month=period.last,
        document=text,
        content_hash=content_hash,
        roster=[unit.kept() for unit in roster],
        issued_at=work.now,
        issued_by=work.principal.name,
        evidence=_evidence(work, bulletin_id, period, content_hash, keyring),
    )
    work.session.add(issued)
    work.session.flush()
    return issued


def _evidence(
    work: Work, bulletin_id: UUID, period: Period, content_hash: str, keyring: Keyring
) -> dict[str, str]:
    """The bulletin's own audit entry and the newest checkpoint, which the units hold with it.

    `document` is the same as one signed JSON document: held outside, it is a witness for `chengbao audit verify`.
    """
    entry = work.audit_now("bulletin.issued", bulletin_id, 1, period=period.text, content_hash=content_hash)
    audit = audit_reference(work.session, entry)
    named = {"kind": "chengbao-bulletin", "bulletin_id": str(bulletin_id), "period": period.text}
    document = signed_document({**named, "content_hash": content_hash, "audit": audit}, keyring)
    flat = {name: str(value) for name, value in audit.items()}
    return {**flat, "document": json.dumps(document, ensure_ascii=False)}


def _announce(work: Work, issued: IssuedBulletin, roster: list[Listed]) -> None:
    event = BulletinIssued(
        bulletin_id=issued.bulletin_id,
        period=issued.period,
        title=shown(issued).title,
        issued_at=issued.issued_at,
        content_hash=issued.content_hash,
        unit_ids=[unit.unit_id for unit in roster],
    )
    work.emit(event, subject=issued.bulletin_id, version=1)
