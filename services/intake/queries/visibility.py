"""What a reader may see, as conditions of the SQL itself (access.md 3)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.sql.elements import SQLCoreOperations

from contracts.vocabulary import UNIT_ROLES, Role, Secrecy
from kernel.principal import Principal

_ASCENDING = tuple(Secrecy)
_READS_TEXT = frozenset(Role) - {Role.DUTY_OFFICER, Role.OPERATOR}


def own_unit_only(reader: Principal) -> bool:
    """Whether the reader sees one unit only: holders of a unit's roles do, whatever else they hold."""
    return reader.holds(*UNIT_ROLES)


def in_reach(reader: Principal, unit_id: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """Rows of units the reader may see."""
    if not own_unit_only(reader):
        return true()
    return unit_id == reader.unit_id if reader.unit_id else false()


def cleared(reader: Principal) -> list[str]:
    """Secrecy classes up to the reader's clearance; none for a clearance nobody knows."""
    return [str(each) for each in Secrecy.up_to(reader.clearance)]


def reads_text(reader: Principal) -> bool:
    """A duty officer sees number, title and severity, not the text (access.md)."""
    return reader.holds(*_READS_TEXT)


def reads_titles(reader: Principal) -> bool:
    """An operator sees ids and times, no content."""
    return reader.holds(*(frozenset(Role) - {Role.OPERATOR}))
