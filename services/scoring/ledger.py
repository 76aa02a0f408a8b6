"""Settling: what causes are worth by the rules, compared with what stands in the ledger, the difference posted.

Doubles change nothing, and whatever order events come in, the same sums stand at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from kernel.database import Work
from kernel.ids import new_id
from services.scoring.default_rules import rules_or_default
from services.scoring.model.causes import Cause
from services.scoring.model.explanation import counted_later, explain_reversal
from services.scoring.model.ledger import LedgerEntry
from services.scoring.model.periods import Month, month_of, next_month
from services.scoring.model.points import in_words
from services.scoring.model.scoring import Award, score
from services.scoring.queries.bulletins import closed_up_to

BOOKS = 7_202_611_000_000_020
"""Advisory lock: postings share it, issuing a bulletin and bringing rules into force hold it alone."""

SCORED_ANEW = "按计分规则重新核定"


def settle(work: Work, groups: Sequence[str]) -> None:
    """Post the difference between what the groups' causes are worth and what stands in the ledger.

    The caller holds the groups' locks, or the books alone.
    """
    work.session.flush()
    causes = work.session.scalars(
        select(Cause)
        .where(Cause.group_key.in_(groups))
        .order_by(Cause.cause)
        .execution_options(populate_existing=True)
    ).all()
    awards = score(rules_or_default(work), causes)
    standing, turns = _ledger_of(work, causes)
    closed = closed_up_to(work.session)
    for cause in causes:
        _settle_cause(work, cause, awards.get(cause.cause), standing.get(cause.cause), turns, closed)


def hold_books(work: Work) -> None:
    """Wait for postings under way and keep others out until this transaction ends."""
    work.session.execute(select(func.pg_advisory_xact_lock(BOOKS)))


def lock_groups(work: Work, groups: Iterable[str]) -> list[str]:
    """The groups, locked in one order so that two transactions cannot wait for each other."""
    work.session.execute(select(func.pg_advisory_xact_lock_shared(BOOKS)))
    ordered = sorted(set(groups))
    for group in ordered:
        work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(group, 20))))
    return ordered


def _settle_cause(
    work: Work,
    cause: Cause,
    award: Award | None,
    entry: LedgerEntry | None,
    turns: dict[tuple[str, str], int],
    closed: Month | None,
) -> None:
    if entry is not None and award is not None and _says_the_same(entry, award):
        return
    if entry is not None:
        _post(work, _reversal(work, entry, cause), turns, closed)
    if award is not None:
        _post(work, _posting(work, award), turns, closed)


def _says_the_same(entry: LedgerEntry, award: Award) -> bool:
    cause = award.cause
    return (entry.rule, entry.points, entry.rules_version, entry.unit_id, entry.month) == (
        award.rule,
        award.points,
        award.rulebook.version,
        cause.unit_id,
        month_of(cause.happened_at),
    )


def _ledger_of(
    work: Work, causes: Sequence[Cause]
) -> tuple[dict[str, LedgerEntry], dict[tuple[str, str], int]]:
    """The entry that stands for each cause, and the number of turns each (cause, rule) has taken."""
    names = [cause.cause for cause in causes]
    entries = work.session.scalars(
        select(LedgerEntry).where(LedgerEntry.cause.in_(names)).order_by(LedgerEntry.number)
    ).all()
    reversed_ids = {entry.reverses for entry in entries if entry.reverses}
    standing = {
        entry.cause: entry for entry in entries if entry.reverses is None and entry.entry_id not in reversed_ids
    }
    turns: dict[tuple[str, str], int] = {}
    for entry in entries:
        turns[entry.cause, entry.rule] = turns.get((entry.cause, entry.rule), 0) + 1
    return standing, turns


def _posting(work: Work, award: Award) -> LedgerEntry:
    cause = award.cause
    return LedgerEntry(
        entry_id=new_id(),
        unit_id=cause.unit_id,
        month=month_of(cause.happened_at),
        points=award.points,
        rule=award.rule,
        rule_title=award.entry.heading,
        rules_version=award.rulebook.version,
        cause=cause.cause,
        reverses=None,
        title=cause.title,
        happened_at=cause.happened_at,
        posted_at=work.now,
        explanation_zh=award.explanation_zh,
    )


def _reversal(work: Work, entry: LedgerEntry, cause: Cause) -> LedgerEntry:
    reason = (cause.reason if not cause.stands else None) or SCORED_ANEW
    return LedgerEntry(
        entry_id=new_id(),
        unit_id=entry.unit_id,
        month=entry.month,
        points=-entry.points,
        rule=entry.rule,
        rule_title=entry.rule_title,
        rules_version=entry.rules_version,
        cause=entry.cause,
        reverses=entry.entry_id,
        title=entry.title,
        happened_at=entry.happened_at,
        posted_at=work.now,
        explanation_zh=explain_reversal(entry.explanation_zh, reason),
    )


def _post(work: Work, entry: LedgerEntry, turns: dict[tuple[str, str], int], closed: Month | None) -> None:
    entry.turn = turns.get((entry.cause, entry.rule), 0)
    turns[entry.cause, entry.rule] = entry.turn + 1
    # A month whose bulletin was issued is closed: what comes later counts in the first open month (decision 0020).
    entry.period = entry.month if closed is None or entry.month > closed else next_month(closed)
    if entry.period != entry.month:
        entry.explanation_zh += counted_later(entry.month, entry.period)
    work.session.add(entry)
    work.session.flush()
    work.audit(
        "points.reversed" if entry.reverses else "points.posted",
        entry.entry_id,
        1,
        unit_id=str(entry.unit_id),
        points=in_words(entry.points),
        rule=entry.rule,
        rules_version=entry.rules_version,
        cause=entry.cause,
        period=entry.period,
    )
