"""What a service keeps, by the field that names it in a request: so that a refused call can be told from an attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from kernel.errors import Refusal
from kernel.principal import Principal

MOST_NAMED = 50
"""Things looked at in one request; a list of more is judged by its beginning."""


@dataclass(frozen=True)
class Noun:
    """A kind of thing: the column of its ids, and the reading that raises `NotFound` for whoever may not see it."""

    kind: str
    id: SQLCoreOperations[Any]
    see: Callable[[Session, Principal, Any], Any]

    def is_foreign(self, session: Session, asker: Principal, thing_id: UUID | str) -> bool:
        """Whether it exists and the asker may not see it. A thing that came to be since he asked is none."""
        if not session.scalar(select(exists().where(self.id == thing_id))):
            return False
        try:
            self.see(session, asker, thing_id)
        except Refusal:
            return True
        return False


Nouns = Mapping[str, Noun]
"""By field; `method.field` where the same field is seen otherwise by one method."""


def named(nouns: Nouns, method: str, body: Any) -> list[tuple[Noun, UUID]]:
    """The things a request names, at any depth, in its order."""
    found = dict.fromkeys(_walk(nouns, method, body))
    return list(found)[:MOST_NAMED]


def _walk(nouns: Nouns, method: str, body: Any) -> Iterator[tuple[Noun, UUID]]:
    if isinstance(body, list):
        for item in body:
            yield from _walk(nouns, method, item)
    if not isinstance(body, dict):
        return
    for field, value in body.items():
        noun = nouns.get(f"{method}.{field}", nouns.get(field))
        ids = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        if noun is not None:
            yield from ((noun, thing_id) for thing_id in map(_id, ids) if thing_id is not None)
        yield from _walk(nouns, method, value)


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None
