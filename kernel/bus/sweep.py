"""What must go by itself on the embedded bus: leases of dead sessions, expired messages, queues nobody uses.

Every consuming connection offers to sweep once a second; one of them does. Each statement stands for itself and can be
repeated, so a sweeper that dies half-way leaves the rest to the next.
"""

from __future__ import annotations

from typing import LiteralString

from kernel.bus import statements
from kernel.bus.session import SESSION_LOCK, Session

SWEEP_SECONDS = 1
ORPHAN_SECONDS = 60

_MY_TURN: LiteralString = """
UPDATE bus.sweep SET swept_at = clock_timestamp()
WHERE task = (SELECT task FROM bus.sweep WHERE task = %s AND swept_at < clock_timestamp() - %s * interval '1 second'
              FOR UPDATE SKIP LOCKED)"""

_DEAD_SESSIONS: LiteralString = """
SELECT id FROM bus.session s WHERE NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = %s AND l.objid = s.id AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""

_FREE_LEASES: LiteralString = """
WITH freed AS (UPDATE bus.message SET holder = NULL WHERE holder = ANY(%s) RETURNING queue)
SELECT DISTINCT queue FROM freed"""

_QUEUES_THAT_END: LiteralString = """
SELECT q.id FROM bus.queue q WHERE q.owner = ANY(%(sessions)s)
    OR q.auto_delete
       AND EXISTS (SELECT FROM bus.consumer c WHERE c.queue = q.id AND c.session = ANY(%(sessions)s))
       AND NOT EXISTS (SELECT FROM bus.consumer c WHERE c.queue = q.id AND c.session <> ALL(%(sessions)s))"""

_LAST_USE: LiteralString = """
UPDATE bus.queue SET used_at = clock_timestamp()
WHERE expires_ms IS NOT NULL AND id IN (SELECT queue FROM bus.consumer WHERE session = ANY(%s))"""

_FORGET_SESSIONS: LiteralString = "DELETE FROM bus.session WHERE id = ANY(%s)"

_EXPIRED_MESSAGES: LiteralString = "DELETE FROM bus.message WHERE expires_at <= clock_timestamp() AND holder IS NULL"

_UNUSED_QUEUES: LiteralString = """
WITH gone AS (
    DELETE FROM bus.queue q
    WHERE expires_ms IS NOT NULL AND used_at + expires_ms * interval '1 millisecond' < clock_timestamp()
      AND NOT EXISTS (SELECT FROM bus.consumer c WHERE c.queue = q.id)
    RETURNING id)
DELETE FROM bus.message WHERE queue IN (SELECT id FROM gone)"""

_ORPHANS: LiteralString = """
WITH RECURSIVE present (queue) AS (
    (SELECT queue FROM bus.message ORDER BY queue LIMIT 1)
    UNION ALL
    SELECT (SELECT m.queue FROM bus.message m WHERE m.queue > p.queue ORDER BY m.queue LIMIT 1)
    FROM present p WHERE p.queue IS NOT NULL)
DELETE FROM bus.message WHERE queue IN (
    SELECT p.queue FROM present p WHERE NOT EXISTS (SELECT FROM bus.queue q WHERE q.id = p.queue))"""
"""Messages put at the very moment their queue was deleted."""


def sweep(session: Session) -> None:
    """Sweep if it is time and nobody else does. Raises amqp's `ConnectionError`."""
    if session.run(_MY_TURN, ("sessions", SWEEP_SECONDS)):
        dead = [row[0] for row in session.rows(_DEAD_SESSIONS, (SESSION_LOCK,))]
        if dead:
            free_leases(session, dead)
            end_sessions(session, dead)
        session.run(_EXPIRED_MESSAGES)
        session.run(_UNUSED_QUEUES)
    if session.run(_MY_TURN, ("orphans", ORPHAN_SECONDS)):
        session.run(_ORPHANS)


def free_leases(session: Session, numbers: list[int]) -> None:
    """Give back what dead sessions held. Reads the whole table, so only for those that could not do it themselves."""
    freed = [row[0] for row in session.rows(_FREE_LEASES, (numbers,))]
    if freed:
        session.rows(statements.WAKE, (freed,))


def end_sessions(session: Session, numbers: list[int]) -> None:
    """Remove what ends with these sessions, then the sessions. May be called again for the same ones."""
    ending = [row[0] for row in session.rows(_QUEUES_THAT_END, {"sessions": numbers})]
    if ending:
        session.run(statements.DELETE_QUEUES, (ending,))
    session.run(_LAST_USE, (numbers,))
    session.run(_FORGET_SESSIONS, (numbers,))
