"""After a restore: every event that was sent but has no effect at some consumer is sent again.

The outbox keeps every event and the inbox every id it handled (what later events supersede, for an hour), so the
difference is exactly what was under way on the bus when the cut was made. A consumer that has handled an event drops
the double.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import psycopg

CHUNK = 5_000
FIRST = UUID(int=0)
_SENT = "SELECT id, type FROM outbox WHERE sent AND type = ANY(%s) AND id > %s ORDER BY id LIMIT %s"
_HAS_NOT = (
    "SELECT wanted.id FROM unnest(%s::uuid[]) AS wanted(id)"
    " WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.event_id = wanted.id)"
    " AND NOT EXISTS (SELECT 1 FROM held WHERE held.event_id = wanted.id)"
)


def send_again(urls: Mapping[str, str], consumes: Mapping[str, Iterable[str]]) -> int:
    """Mark as unsent what some consumer has neither handled nor held; returns how many events. No process may run."""
    wanted_by = {owner: frozenset(types) for owner, types in consumes.items() if owner in urls}
    return sum(_send_again_of(url, urls, wanted_by) for url in urls.values())


def _send_again_of(publisher_url: str, urls: Mapping[str, str], wanted_by: Mapping[str, frozenset[str]]) -> int:
    consumed = sorted(frozenset().union(*wanted_by.values()))
    count, last = 0, FIRST
    with psycopg.connect(publisher_url, autocommit=True) as publisher:
        while rows := publisher.execute(_SENT, (consumed, last, CHUNK)).fetchall():
            last = rows[-1][0]
            missing = set[UUID]()
            for owner, types in wanted_by.items():
                missing |= _without_effect(urls[owner], [event_id for event_id, kind in rows if kind in types])
            publisher.execute("UPDATE outbox SET sent = false WHERE id = ANY(%s)", (sorted(missing),))
            count += len(missing)
    return count


def _without_effect(consumer_url: str, event_ids: list[UUID]) -> set[UUID]:
    with psycopg.connect(consumer_url) as consumer:
        return {row[0] for row in consumer.execute(_HAS_NOT, (event_ids,))}
