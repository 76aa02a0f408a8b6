"""Locks after failed sign-ins grow and end (R24, 0094)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.locks import ACCOUNT, Patience, Standing, address_patience

ADDRESS = address_patience(1200)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_R24_locks_of_an_account_grow_from_a_quarter_of_an_hour_to_four_hours() -> None:
    lengths = [ACCOUNT.lock(locks) / timedelta(minutes=1) for locks in range(7)]
    assert lengths == [15, 30, 60, 120, 240, 240, 240]


@given(st.sampled_from((ACCOUNT, ADDRESS)), st.integers(0, 10_000))
def test_R24_no_lock_is_for_ever(patience: Patience, locks: int) -> None:
    after = Standing(patience.failures - 1, locks).after_failure(patience, NOW)
    assert after.locked(NOW)
    assert not after.locked(NOW + patience.longest)


@given(st.sampled_from((ACCOUNT, ADDRESS)))
def test_R24_only_the_last_failure_allowed_locks(patience: Patience) -> None:
    standing, locked = Standing(), []
    for _ in range(patience.failures):
        standing = standing.after_failure(patience, NOW)
        locked.append(standing.locked(NOW))
    assert locked == [False] * (patience.failures - 1) + [True]
