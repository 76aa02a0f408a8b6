"""Two thousand forgeries by the database's owner: found, and the first bad entry named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from random import Random

import pytest
from sqlalchemy import Connection

from kernel.audit.checkpoints import read_heads
from kernel.audit.verdict import Verdict
from kernel.audit.verification import CHECKS, Check, numbered, signed, unaltered, verify
from tests.factories.evidence import Archive
from tests.factories.forgery import FORGERIES, Done

FORGERY_COUNT = 2_000
SEED = 20_260_302

Verifier = Callable[[Connection, Archive], Verdict]


def complete(connection: Connection, archive: Archive) -> Verdict:
    return verify(connection, archive.public_keys, [archive.exported_witness()], service="gateway")


def by_receipts(connection: Connection, archive: Archive) -> Verdict:
    return verify(connection, archive.public_keys, archive.receipt_witnesses())


def without(check: Check) -> Verifier:
    """A verifier that somebody forgot one check in."""
    rest = tuple(other for other in CHECKS if other is not check)
    return lambda connection, archive: verify(
        connection, archive.public_keys, [archive.exported_witness()], checks=rest
    )


def forgeries(archive: Archive, count: int, seed: int, verifier: Verifier) -> Iterator[tuple[Done, Verdict]]:
    """Forge, verify, take it back; `count` times."""
    random = Random(seed)
    with archive.database.engine.connect() as connection, connection.begin() as transaction:
        for turn in range(count):
            with connection.begin_nested() as forged:
                done = FORGERIES[turn % len(FORGERIES)](connection, archive, random)
                yield done, verifier(connection, archive)
                forged.rollback()
        transaction.rollback()


def complaint(done: Done, verdict: Verdict) -> str | None:
    """What is wrong with the verdict on a forgery; None when it is right."""
    bad = verdict.first_bad
    if done.hidden:
        right = bad is None and verdict.status == "intact" and "not witnessed since" in verdict.en()
        return None if right else f"{done}: a cut that nobody can see gave {bad}"
    if bad is None:
        return f"{done}: not found"
    if done.lane is None:
        right = (bad.what, bad.number) == ("checkpoint", done.number)
    else:
        right = (bad.what, bad.lane, bad.number) == ("entry", done.lane, done.number)
    return None if right else f"{done}: named {bad}"


def complaints(outcomes: Iterable[tuple[Done, Verdict]]) -> list[str]:
    return [text for text in (complaint(*outcome) for outcome in outcomes) if text]


def test_untouched_evidence_is_intact(archive: Archive) -> None:
    with archive.database.engine.connect() as connection:
        verdict = complete(connection, archive)

    assert (verdict.status, verdict.findings) == ("intact", ())
    assert verdict.entries == len(archive.rows)
    assert verdict.not_witnessed > 0


def test_each_of_2000_forgeries_is_found_and_the_first_bad_entry_named(archive: Archive) -> None:
    told: Counter[str] = Counter()
    wrong = []
    for done, verdict in forgeries(archive, FORGERY_COUNT, SEED, complete):
        told["hidden" if done.hidden else "found"] += 1
        wrong += complaints([(done, verdict)])

    assert wrong == []
    assert told["found"] + told["hidden"] == FORGERY_COUNT
    assert told["hidden"] >= 20


@pytest.mark.parametrize("forgotten", [numbered, unaltered, signed], ids=lambda check: check.__name__)
def test_a_verifier_that_lacks_a_check_fails_this_test(archive: Archive, forgotten: Check) -> None:
    assert complaints(forgeries(archive, 300, SEED, without(forgotten))) != []


def test_receipts_alone_find_every_forgery_at_or_before_the_checkpoint_they_quote(archive: Archive) -> None:
    quoted = max(receipt["audit"]["checkpoint_number"] or 0 for receipt in archive.receipts)
    missed = [
        done
        for done, verdict in forgeries(archive, 300, SEED + 1, by_receipts)
        if verdict.status == "intact" and not is_beyond(archive, done, quoted)
    ]

    assert missed == []


def is_beyond(archive: Archive, done: Done, quoted: int) -> bool:
    """Whether it touches only what neither the quoted checkpoint nor a receipt's own entry fixes."""
    made = next(row for row in archive.checkpoints if row["number"] == quoted)
    if done.lane is None:
        return bool(done.number > quoted)
    reached = max(
        [number for lane, number, _ in read_heads(made["heads"]) if lane == done.lane]
        + [r["audit"]["number"] for r in archive.receipts if r["audit"]["lane"] == done.lane]
    )
    return bool(done.number > reached)
