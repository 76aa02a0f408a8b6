"""Somebody who has the key as well: only what is held outside convicts him."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, update

from kernel.audit.entries import entries, entry_hash, signed_bytes
from kernel.audit.lanes import NOTHING_YET, lanes
from kernel.audit.verdict import Verdict
from kernel.audit.verification import CHECKS, Check, chained, verify, witnessed
from tests.factories.evidence import Archive


@contextmanager
def forging(archive: Archive) -> Iterator[Connection]:
    with archive.database.engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def resign(connection: Connection, archive: Archive, lane: int, first: int, last: int) -> None:
    """Change entry `first` and make hashes and genuine signatures from there to `last`."""
    rows = archive.lane(lane)
    rows[first - 1]["act"] = "report.withdrawn"
    for place in range(first - 1, last):
        row = rows[place]
        row["previous"] = rows[place - 1]["hash"] if place else NOTHING_YET
        row["hash"] = entry_hash(row)
        row["signature"] = b64encode(archive.keyring.private_key.sign(signed_bytes(row["hash"]))).decode()
        where = (entries.c.lane == lane, entries.c.number == row["number"])
        connection.execute(update(entries).where(*where).values(row))
    if last == len(rows):
        connection.execute(update(lanes).where(lanes.c.lane == lane).values(hash=rows[-1]["hash"]))


def longest_witnessed_lane(archive: Archive) -> int:
    return max(range(16), key=archive.witnessed)


def judged(connection: Connection, archive: Archive, checks: tuple[Check, ...] = CHECKS) -> Verdict:
    return verify(connection, archive.public_keys, [archive.exported_witness()], checks=checks)


def test_one_entry_signed_anew_does_not_fit_the_next(archive: Archive) -> None:
    lane = longest_witnessed_lane(archive)
    with forging(archive) as connection:
        resign(connection, archive, lane, first=1, last=1)
        bad = judged(connection, archive).first_bad

    assert bad is not None
    assert (bad.lane, bad.number, bad.reason.en) == (lane, 2, "it does not follow the entry before it")


def test_a_lane_signed_anew_contradicts_what_is_held_outside(archive: Archive) -> None:
    lane = longest_witnessed_lane(archive)
    with forging(archive) as connection:
        resign(connection, archive, lane, first=1, last=len(archive.lane(lane)))
        bad = judged(connection, archive).first_bad

    assert bad is not None
    assert (bad.lane, bad.number) == (lane, archive.witnessed(lane))
    assert "quoted by" in bad.reason.en


@pytest.mark.parametrize(("forgotten", "last"), [(chained, 1), (witnessed, 99)])
def test_a_verifier_without_chain_or_witness_is_fooled(archive: Archive, forgotten: Check, last: int) -> None:
    lane = longest_witnessed_lane(archive)
    rest = tuple(check for check in CHECKS if check is not forgotten)
    with forging(archive) as connection:
        resign(connection, archive, lane, first=1, last=min(last, len(archive.lane(lane))))
        verdict = judged(connection, archive, rest)

    assert [finding for finding in verdict.findings if finding.number <= archive.witnessed(lane)] == []
