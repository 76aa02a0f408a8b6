"""A receipt promises that a power cut loses nothing; without these three settings it would be a lie."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.database import Database
from kernel.errors import Refusal

CHECKED_FOR_S = 5.0
_SETTINGS = text(
    "SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,"
    " current_setting('synchronous_commit') AS synchronous_commit"
)


class DurabilityOff(Refusal):
    """The database would lose committed receipts in a power cut; nothing is accepted until it is repaired."""

    problem = "durability-off"


class Durability:
    """Remembers for CHECKED_FOR_S seconds that the database flushes what it commits."""

    def __init__(self) -> None:
        self._good_until = 0.0
        self._lock = Lock()

    def require(self, database: Database) -> None:
        """Raise `DurabilityOff` naming the settings that are off. A failure is never remembered."""
        if monotonic() < self._good_until:
            return
        with database.glancing() as session:
            self.check(session)

    def check(self, session: Session) -> None:
        """The same, asking the database each time."""
        off = switched_off(session)
        if off:
            names = ", ".join(off)
            raise DurabilityOff(
                f"数据库参数 {names} 处于关闭状态，为避免丢失，暂不接收。",
                f"The database setting(s) {names} are off; nothing is accepted so that nothing is lost.",
            )
        with self._lock:
            self._good_until = monotonic() + CHECKED_FOR_S


def switched_off(session: Session) -> list[str]:
    """Names of the settings that are off."""
    return [name for name, value in session.execute(_SETTINGS).one()._mapping.items() if value == "off"]
