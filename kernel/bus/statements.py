"""The SQL of the embedded bus, each statement a transaction of its own.

Puts are flushed to disk before they are answered, unless published as transient. Leases and acknowledgements are not
(`synchronous_commit` off for that statement): a server that crashes forgets leases anyway, and a lost acknowledgement
is one more delivery, which every consumer must bear.
"""

# ruff: noqa: S608  # statements are put together from the constants of this file only

from __future__ import annotations

from typing import LiteralString

_UNFLUSHED: LiteralString = "(SELECT set_config('synchronous_commit', 'off', true)) = 'off'"

_PUT_HEAD: LiteralString = """
WITH sent AS MATERIALIZED (
    SELECT * FROM unnest(%(routing_keys)b::text[], %(priorities)b::smallint[], %(lifetimes)b::bigint[],
                         %(properties)b::text[], %(bodies)b::bytea[]) WITH ORDINALITY
        AS s (routing_key, priority, ttl_ms, properties, body, position)
), route AS MATERIALIZED ("""

_PUT_TAIL: LiteralString = """
), stored AS (
    INSERT INTO bus.message (queue, priority, expires_at, exchange, routing_key, properties, body)
    SELECT r.queue, s.priority,
           clock_timestamp() + least(s.ttl_ms, r.message_ttl_ms) * interval '1 millisecond',
           %(exchange)s, s.routing_key, s.properties, s.body
    FROM sent s JOIN route r USING (routing_key)
    WHERE r.stores
      AND (SELECT set_config('synchronous_commit',
                             coalesce(%(flush)s, current_setting('synchronous_commit')), true)) <> ''
    ORDER BY s.position
)
SELECT routing_key, queue FROM route"""

PUT_THROUGH_EXCHANGE: LiteralString = (
    _PUT_HEAD
    + """
    SELECT DISTINCT k.routing_key, q.id AS queue, q.stores, q.message_ttl_ms
    FROM (SELECT DISTINCT routing_key FROM sent) AS k
    JOIN bus.binding b ON b.exchange = %(exchange)s
                      AND (b.routing_key = k.routing_key OR '.' || k.routing_key ~ b.pattern)
    JOIN bus.queue q ON q.id = b.queue"""
    + _PUT_TAIL
)
"""Store messages in every queue bound for them; answers the routes taken. A routing key without a row has no queue."""

PUT_INTO_QUEUE: LiteralString = (
    _PUT_HEAD
    + """
    SELECT DISTINCT k.routing_key, q.id AS queue, q.stores, q.message_ttl_ms
    FROM (SELECT DISTINCT routing_key FROM sent) AS k JOIN bus.queue q ON q.name = k.routing_key"""
    + _PUT_TAIL
)
"""The same for the default exchange, where the routing key is the queue's name."""

WAKE: LiteralString = f"SELECT pg_notify('bus.' || queue, '') FROM unnest(%s::integer[]) AS queue WHERE {_UNFLUSHED}"
"""After the commit of a put, on its own: a NOTIFY holds a lock of the whole server until its transaction is flushed."""

_NEXT: LiteralString = """ARRAY(
    SELECT id FROM bus.message
    WHERE queue = %(queue)s AND holder IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
    ORDER BY priority DESC, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)"""

_TAKEN: LiteralString = " RETURNING id, deliveries, priority, exchange, routing_key, properties, body"

TAKE: LiteralString = (
    f"UPDATE bus.message SET holder = %(holder)s, deliveries = deliveries + 1 WHERE id = ANY({_NEXT}) AND {_UNFLUSHED}"
    + _TAKEN
)
"""Lease the next messages of a queue."""

TAKE_AWAY: LiteralString = f"DELETE FROM bus.message WHERE id = ANY({_NEXT}) AND {_UNFLUSHED}" + _TAKEN
"""Take the next messages without a lease (`no_ack`): they are gone at once."""

DROP: LiteralString = f"DELETE FROM bus.message WHERE id = ANY(%s) AND holder = %s AND {_UNFLUSHED}"
"""Acknowledge, or reject without requeue."""

GIVE_BACK: LiteralString = (
    "UPDATE bus.message SET holder = NULL, deliveries = deliveries - %(undelivered)s"
    f" WHERE id = ANY(%(ids)s) AND holder = %(holder)s AND {_UNFLUSHED}"
)
"""Requeue in the old place; `undelivered` 1 for what was taken but never reached a consumer."""

DECLARE_QUEUE: LiteralString = """
INSERT INTO bus.queue (name, declaration, auto_delete, owner, expires_ms, message_ttl_ms, stores)
VALUES (%(name)s, %(declaration)s, %(auto_delete)s, %(owner)s, %(expires_ms)s, %(message_ttl_ms)s, %(stores)s)
ON CONFLICT (name) DO UPDATE SET used_at = clock_timestamp()
RETURNING id, declaration, owner"""

FIND_QUEUE: LiteralString = "SELECT id FROM bus.queue WHERE name = %s"

QUEUE_SIZE: LiteralString = """
SELECT (SELECT count(*) FROM bus.message WHERE queue = %(queue)s AND holder IS NULL
            AND (expires_at IS NULL OR expires_at > clock_timestamp())),
       (SELECT count(*) FROM bus.consumer WHERE queue = %(queue)s)"""

DELETE_QUEUES: LiteralString = """
WITH gone AS (DELETE FROM bus.queue WHERE id = ANY(%s) RETURNING id)
DELETE FROM bus.message WHERE queue IN (SELECT id FROM gone)"""

PURGE: LiteralString = "DELETE FROM bus.message WHERE queue = %s AND holder IS NULL"

DECLARE_EXCHANGE: LiteralString = """
INSERT INTO bus.exchange (name, type, durable, auto_delete) VALUES (%s, %s, %s, %s)
ON CONFLICT (name) DO NOTHING"""

FIND_EXCHANGE: LiteralString = "SELECT type, durable, auto_delete FROM bus.exchange WHERE name = %s"

BIND: LiteralString = """
INSERT INTO bus.binding (exchange, routing_key, queue, pattern) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"""

UNBIND: LiteralString = "DELETE FROM bus.binding WHERE exchange = %s AND routing_key = %s AND queue = %s"

START_CONSUMER: LiteralString = "INSERT INTO bus.consumer (session, number, queue) VALUES (%s, %s, %s)"

END_CONSUMER: LiteralString = """
WITH ended AS (DELETE FROM bus.consumer WHERE session = %s AND number = %s RETURNING queue)
UPDATE bus.queue SET used_at = clock_timestamp() WHERE id IN (SELECT queue FROM ended)
RETURNING id, auto_delete AND NOT EXISTS (
    SELECT FROM bus.consumer c WHERE c.queue = bus.queue.id AND (c.session, c.number) <> (%s, %s))"""
"""Stop consuming; answers whether the queue goes with its last consumer."""

OWN_CONSUMERS: LiteralString = "SELECT number FROM bus.consumer WHERE session = %s"
