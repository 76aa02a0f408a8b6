"""Bringing versions of the scoring rules into force."""

from __future__ import annotations

from sqlalchemy import select

from contracts.rpc import scoring as rpc
from kernel.database import Work
from kernel.errors import Conflict, Invalid
from kernel.ids import new_id
from services.scoring.default_rules import load_default
from services.scoring.ledger import hold_books, settle
from services.scoring.model.causes import Cause
from services.scoring.model.periods import month_zh, start_of_day
from services.scoring.model.rule_file import WrongRuleFile, hash_of, read_rules
from services.scoring.model.rulebook import Rulebook
from services.scoring.model.rules import RecordedRules
from services.scoring.queries.bulletins import closed_up_to
from services.scoring.queries.rules import shown

BATCH = 500
"""Groups scored anew in one go, so that statements stay short."""


def record_rules(work: Work, request: rpc.RecordRules) -> rpc.Rules:
    """A version of the rules from its `valid_from` on; what happened since and was scored by others is scored anew.

    The same text twice is one recording. Raises `Invalid` naming every mistake by line and field; `Conflict` for a
    version that exists with other content, or a first day in a month whose bulletin has been issued.
    """
    book = _read(request.text)
    hold_books(work)
    load_default(work)
    known = work.session.scalar(select(RecordedRules).where(RecordedRules.version == book.version))
    if known is not None:
        return shown(_the_same(known, request.text))
    _refuse_closed(work, book)
    recorded = _recorded(work, book, request.text)
    _score_anew(work, book)
    work.audit(
        "rules.recorded",
        recorded.rules_id,
        1,
        rules_version=book.version,
        valid_from=str(book.valid_from),
        content_hash=recorded.content_hash,
    )
    return shown(recorded)


def _read(text: str) -> Rulebook:
    try:
        return read_rules(text)
    except WrongRuleFile as error:
        raise Invalid(
            f"规则文件有误：{error.zh}。",
            f"The rule file has mistakes: {error}.",
            pointer="/text",
            extra={
                "mistakes": [
                    {"line": one.line, "field": one.field, "zh": one.zh, "en": one.en} for one in error.mistakes
                ]
            },
        ) from error


def _the_same(known: RecordedRules, text: str) -> RecordedRules:
    if known.content_hash != hash_of(text):
        raise Conflict(
            f"版本 {known.version} 已登记且内容不同，请改用新的版本号。",
            f"Version {known.version} is recorded with other content; give the new one another version.",
            pointer="/text",
        )
    return known


def _refuse_closed(work: Work, book: Rulebook) -> None:
    closed = closed_up_to(work.session)
    if closed is not None and f"{book.valid_from:%Y-%m}" <= closed:
        raise Conflict(
            f"{month_zh(closed)}及以前的通报已印发，生效日须晚于该月。",
            f"Bulletins up to {closed} have been issued; rules may begin after that month.",
            pointer="/text",
        )


def _recorded(work: Work, book: Rulebook, text: str) -> RecordedRules:
    recorded = RecordedRules(
        rules_id=new_id(),
        place=book.place,
        version=book.version,
        valid_from=book.valid_from,
        text=text,
        content_hash=hash_of(text),
        recorded_at=work.now,
        recorded_by=work.principal.name,
    )
    work.session.add(recorded)
    work.session.flush()
    return recorded


def _score_anew(work: Work, book: Rulebook) -> None:
    groups = work.session.scalars(
        select(Cause.group_key)
        .where(Cause.happened_at >= start_of_day(book.valid_from))
        .distinct()
        .order_by(Cause.group_key)
    ).all()
    for start in range(0, len(groups), BATCH):
        settle(work, groups[start : start + BATCH])
