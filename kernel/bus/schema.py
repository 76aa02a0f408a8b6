"""The tables of the embedded bus, in the schema `bus` of a database of its own.

A database of its own keeps vacuum able to remove what was acknowledged: a long transaction of a service cannot hold
back the removal of rows of another database.
"""

from __future__ import annotations

import psycopg

CREATION_LOCK = 0x43425542
"""Advisory lock under which the tables are made, so that two processes may start at once."""

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE bus.exchange (
        name text PRIMARY KEY,
        type text NOT NULL CHECK (type IN ('direct', 'topic', 'fanout')),
        durable boolean NOT NULL,
        auto_delete boolean NOT NULL
    );
    INSERT INTO bus.exchange VALUES
        ('amq.direct', 'direct', true, false),
        ('amq.topic', 'topic', true, false),
        ('amq.fanout', 'fanout', true, false);

    CREATE TABLE bus.queue (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL UNIQUE,
        declaration text NOT NULL,      -- durable, exclusive, auto_delete, arguments: what a second declare must equal
        auto_delete boolean NOT NULL,
        owner integer,                  -- the session an exclusive queue ends with
        expires_ms bigint,              -- x-expires: the queue goes when unused for so long
        message_ttl_ms bigint,          -- x-message-ttl
        stores boolean NOT NULL,        -- false with x-max-length 0: accepts and forgets
        used_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );

    CREATE TABLE bus.binding (
        exchange text NOT NULL REFERENCES bus.exchange ON DELETE CASCADE,
        routing_key text NOT NULL,
        queue integer NOT NULL REFERENCES bus.queue ON DELETE CASCADE,
        pattern text,                   -- regular expression over '.word.word'; null where only equality counts
        PRIMARY KEY (exchange, routing_key, queue)
    );
    CREATE INDEX binding_queue ON bus.binding (queue);

    CREATE SEQUENCE bus.session_number AS integer CYCLE;
    CREATE TABLE bus.session (
        id integer PRIMARY KEY,         -- alive as long as its advisory lock is held
        started_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE TABLE bus.consumer (
        session integer NOT NULL REFERENCES bus.session ON DELETE CASCADE,
        number integer NOT NULL,
        queue integer NOT NULL REFERENCES bus.queue ON DELETE CASCADE,
        PRIMARY KEY (session, number)
    );
    CREATE INDEX consumer_queue ON bus.consumer (queue);

    -- No foreign key to the queue: every put would lock the queue's row. Orphans of a deleted queue are swept.
    -- `holder` stands in no index, so that taking a lease is a heap-only update; free space in each page is for that.
    CREATE TABLE bus.message (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue integer NOT NULL,
        holder integer,                 -- the session that holds the lease
        deliveries integer NOT NULL DEFAULT 0,
        priority smallint NOT NULL,
        expires_at timestamptz,
        exchange text NOT NULL,
        routing_key text NOT NULL,
        properties text NOT NULL,
        body bytea NOT NULL
    ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
            autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
    CREATE INDEX message_next ON bus.message (queue, priority DESC, id);
    CREATE INDEX message_expiry ON bus.message (expires_at) WHERE expires_at IS NOT NULL;

    CREATE TABLE bus.sweep (
        task text PRIMARY KEY,
        swept_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    INSERT INTO bus.sweep (task) VALUES ('sessions'), ('orphans');
    """,
)
"""Each step is applied once, in order; a later change of the tables is a further step."""


def postgres_url(broker_url: str) -> str:
    """The address of the bus' database for psycopg: `pgbus://` and `postgresql://` mean the same server."""
    scheme, _, rest = broker_url.partition("://")
    if scheme not in ("pgbus", "postgresql"):
        raise ValueError(f"{scheme}:// is no PostgreSQL bus; expected pgbus://user:password@host:port/name")
    return f"postgresql://{rest}"


def create_bus(broker_url: str) -> None:
    """Make the tables of the bus, or bring them up to date; may be called again and from several processes at once.

    Raises `psycopg.Error` when the database cannot be reached or the login may not create a schema there.
    """
    url = postgres_url(broker_url)
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection, connection.transaction():
        _take_steps(connection)


def _take_steps(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (CREATION_LOCK,))
    connection.execute("SET LOCAL client_min_messages = warning")
    connection.execute("CREATE SCHEMA IF NOT EXISTS bus")
    connection.execute("CREATE TABLE IF NOT EXISTS bus.step (number integer PRIMARY KEY)")
    done = connection.execute("SELECT number FROM bus.step").fetchall()
    for number, step in enumerate(STEPS[len(done) :], start=len(done) + 1):
        connection.execute(step.encode())
        connection.execute("INSERT INTO bus.step VALUES (%s)", (number,))
