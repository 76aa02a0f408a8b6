"""How long failed attempts to sign in lock an account, and an address: each lock is longer than the one before, none is
for ever (0094)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Patience:
    """`failures` in a row lock for `first`; each further lock is twice as long, up to `longest`."""

    failures: int
    first: timedelta
    longest: timedelta

    def lock(self, locks: int) -> timedelta:
        """How long the lock after `locks` earlier ones lasts."""
        return min(self.first * (1 << min(locks, 30)), self.longest)


ACCOUNT = Patience(5, timedelta(minutes=15), timedelta(hours=4))
ADDRESS_FAILURES, ADDRESS_SHARE = 30, 40
FIRST_ADDRESS_LOCK, LONGEST_ADDRESS_LOCK = timedelta(minutes=1), timedelta(minutes=15)


def address_patience(requests_per_minute: int) -> Patience:
    """A whole office comes from one address, so it may fail more often and waits less; where more requests are allowed
    (many units behind one address), more failures are too."""
    failures = max(ADDRESS_FAILURES, requests_per_minute // ADDRESS_SHARE)
    return Patience(failures, FIRST_ADDRESS_LOCK, LONGEST_ADDRESS_LOCK)


QUIET = timedelta(hours=2)
"""An address that did not fail for so long is as new."""


@dataclass(frozen=True)
class Standing:
    """What is counted of an account or an address."""

    failures: int = 0
    locks: int = 0
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and self.locked_until > now

    def after_failure(self, patience: Patience, now: datetime) -> Standing:
        """One more failure; the last of `patience.failures` locks and begins to count anew."""
        failures = self.failures + 1
        if failures < patience.failures:
            return Standing(failures, self.locks, None)
        return Standing(0, self.locks + 1, now + patience.lock(self.locks))
