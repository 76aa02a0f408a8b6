"""What must hold whatever was killed, cut or frozen (faults.md, "The oracle").

A reader of its own: plain SQL over every database of a city, beside what the test's clients hold in their hands. Each
rule returns the breaches it found, in words; nothing found is the claim. `settle` comes first: the rules hold once
nothing is on its way any more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy.orm import Session

from contracts.receipts import Receipt, SignOffStatement, content_hash, receipt_is_genuine
from contracts.rpc.content import Content
from contracts.topology import CONSUMES, PUBLISHES
from deploy.city import City
from deploy.layout import BUS_DATABASE, KEY_NAMES
from deploy.processes import wait_until
from kernel.audit.verify import verify_database
from kernel.database import make_engine
from services.scoring.queries.ledger import ledger_sums, recomputed_sums

SETTLE_SECONDS = 60.0
"""After the last fault was healed; restart and retry pauses are capped at 5 s (`PAUSES`)."""
PAUSES = "0.5,1,2,4,5,5,5,5,5,5"
ENDLESS = frozenset({"watermark.advanced", "registration.advanced"})
"""Announced every few seconds for ever: one of them on its way does not mean that something is unsettled."""
CONNECTIONS_OF_ONE = 45
"""Of one application at the most: two web workers and the courier with their pools of 10, and a few of their own."""
FILES_OF_ONE = 250


@dataclass
class Scene:
    """A city and everything its clients were told."""

    city: City
    receipts: list[Mapping[str, Any]] = field(default_factory=list)
    """As the clients got them."""
    commands: dict[str, list[Any]] = field(default_factory=dict)
    """Command ids with every reply a client got for it."""
    mails: Callable[[], list[str]] = list
    """Message-IDs of what has arrived by now."""

    def rows(self, owner: str, statement: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.city.database_url(owner), connect_timeout=5, row_factory=dict_row) as connection:
            return connection.execute(statement).fetchall()


Rule = Callable[[Scene], Iterator[str]]


def settle(scene: Scene, seconds: float = SETTLE_SECONDS) -> None:
    """Wait until outbox, held events and queues are empty. Raises `AssertionError` naming what is still on its way."""
    settled = wait_until(lambda: not _unsettled(scene), seconds)
    assert settled, f"not settled within {seconds:.0f} s: {_unsettled(scene)}"


def breaches(scene: Scene) -> list[str]:
    """Everything that contradicts I1 to I7. Empty is well."""
    return [f"{rule.__name__}: {breach}" for rule in RULES for breach in rule(scene)]


# I1


def each_receipt_is_exactly_one_report(scene: Scene) -> Iterator[str]:
    """Same digest, valid signature; and nothing was received that no client holds a receipt for."""
    key = (scene.city.root / "keys" / "gateway" / "gateway.pub.pem").read_bytes()
    kept = {row["number"]: row for row in scene.rows("gateway", "SELECT * FROM receipts")}
    registered = Counter(row["receipt_number"] for row in scene.rows("intake", "SELECT * FROM report_versions"))
    versions = {row["receipt_number"]: row for row in scene.rows("intake", "SELECT * FROM report_versions")}
    held = {str(document["number"]): Receipt.model_validate(document) for document in scene.receipts}
    if len(held) != len(scene.receipts):
        yield f"{len(scene.receipts)} acts were given {len(held)} receipts"
    for number, receipt in held.items():
        if not receipt_is_genuine(receipt, key):
            yield f"the signature of receipt {number} is not valid"
        if number not in kept or registered[number] != 1:
            yield f"receipt {number}: {int(number in kept)} kept, {registered[number]} registered"
            continue
        digests = {receipt.content_hash, kept[number]["content_hash"], versions[number]["content_hash"]}
        if digests != {_digest_of(kept[number])}:
            yield f"receipt {number} has several digests: {digests}"
    for number in sorted((kept.keys() | registered.keys()) - held.keys()):
        yield f"{number} was received or registered, but no client holds its receipt"


def _digest_of(row: Mapping[str, Any]) -> str:
    content, statement = Content.model_validate(row["content"]), SignOffStatement.model_validate(row["sign_off"])
    return content_hash(row["unit_id"], content, statement)


def each_command_was_done_once(scene: Scene) -> Iterator[str]:
    """A repeat got the first reply, and every command that was answered is in the service's table."""
    done = {str(row["id"]) for owner in CONSUMES for row in scene.rows(owner, "SELECT id FROM commands")}
    for command_id, replies in scene.commands.items():
        if any(reply != replies[0] for reply in replies):
            yield f"command {command_id} was answered in several ways"
        if command_id not in done:
            yield f"command {command_id} was answered, but is not in the table of commands"


# I2


def each_consumer_handled_what_was_written(scene: Scene) -> Iterator[str]:
    """Inbox and parked = outbox ids of its types."""
    before = _written(scene)
    taken = {consumer: _taken(scene, consumer) for consumer in CONSUMES}
    # Read again: the endless ones are written and handled while this reads.
    written = _written(scene)
    for consumer, types in CONSUMES.items():
        due = {one for one, (event_type, _) in before.items() if event_type in types and event_type not in ENDLESS}
        missing, unknown = due - taken[consumer], taken[consumer] - written.keys()
        yield from (f"{consumer} has not handled {one} ({before[one][0]})" for one in sorted(missing))
        yield from (f"{consumer} handled {one}, which nobody wrote" for one in sorted(unknown))
    for owner in KEY_NAMES:
        for row in scene.rows(owner, "SELECT type, state, reason FROM held"):
            yield f"{owner} holds a {row['type']}: {row['state']}, {row['reason']}"


def _written(scene: Scene) -> dict[str, tuple[str, bool]]:
    """Type of every event ever written, and whether it is sent."""
    return {
        str(row["id"]): (row["type"], row["sent"])
        for owner in PUBLISHES
        for row in scene.rows(owner, "SELECT id, type, sent FROM outbox")
    }


def _taken(scene: Scene, consumer: str) -> set[str]:
    taken = scene.rows(consumer, "SELECT event_id FROM inbox UNION SELECT event_id FROM held WHERE state = 'parked'")
    return {str(row["event_id"]) for row in taken}


# I3


def points_are_posted_once(scene: Scene) -> Iterator[str]:
    """At most one posting stands per (cause, rule), and the sums are those recomputed from causes and rules."""
    standing = "SELECT cause, rule, sum(1 - 2 * (turn % 2)) AS n FROM ledger GROUP BY cause, rule HAVING "
    for row in scene.rows("scoring", standing + "sum(1 - 2 * (turn % 2)) NOT IN (0, 1)"):
        yield f"{row['cause']} by {row['rule']} stands {row['n']} times"
    engine = make_engine(scene.city.database_url("scoring"), pool_size=1)
    with Session(engine) as session:
        if ledger_sums(session) != recomputed_sums(session):
            yield "the ledger's sums are not those recomputed"
    engine.dispose()


# I4


def each_message_was_delivered(scene: Scene) -> Iterator[str]:
    """At least once; twice only where it is marked as a possible double.

    A city at rest still tells of its checkpoints: what arrived is counted after what is said to be sent was read, and
    what is on its way began after `settle`, which waits for all deliveries.
    """
    rows = scene.rows("notify", "SELECT * FROM deliveries WHERE state NOT IN ('waiting', 'sending')")
    arrived = Counter(message_id.strip("<>").partition("@")[0] for message_id in scene.mails())
    for row in rows:
        count = arrived[str(row["delivery_id"])]
        if row["state"] != "sent":
            yield f"delivery {row['delivery_id']} is {row['state']}: {row['error']}"
        elif row["channel"] == "email" and not row["captured"] and count == 0:
            yield f"delivery {row['delivery_id']} is sent but never arrived"
        elif count > 1 and not row["possible_double"]:
            yield f"delivery {row['delivery_id']} arrived {count} times and is not marked"
    doubled = "SELECT cause_id, person_id FROM messages GROUP BY cause_id, person_id HAVING count(*) > 1"
    yield from (f"{row['person_id']} was told twice of {row['cause_id']}" for row in scene.rows("notify", doubled))


# I5


def evidence_verifies(scene: Scene) -> Iterator[str]:
    """Every chain is intact, and every entry and root quoted by a receipt is still in its chain."""
    folder = scene.city.root / "held-receipts"
    folder.mkdir(exist_ok=True)
    for document in scene.receipts:
        (folder / f"{document['number']}.json").write_text(json.dumps(document))
    for owner in KEY_NAMES:
        keys = scene.city.root / "keys" / owner
        against = folder if owner == "gateway" and scene.receipts else None
        verdict, useless = verify_database(scene.city.database_url(owner), keys, against, owner)
        if verdict.status != "intact":
            yield verdict.en()
        yield from (f"receipt {name} is no witness: {reason}" for name, reason in useless)


# I6


def each_threshold_was_told_once(scene: Scene) -> Iterator[str]:
    """One `deadline.*` per threshold and outcome; a reassessment may follow."""
    told = """
        SELECT type, envelope #>> '{data,deadline_id}' AS deadline, envelope #>> '{data,threshold_percent}' AS percent,
               count(*) AS n FROM outbox WHERE type IN ('deadline.approaching', 'deadline.met', 'deadline.missed')
        GROUP BY 1, 2, 3 HAVING count(*) > 1
    """
    for owner in ("intake", "review"):
        for row in scene.rows(owner, told):
            yield f"{row['type']} {row['percent'] or ''} of {row['deadline']} was told {row['n']} times"


# I7


def nothing_is_stuck(scene: Scene) -> Iterator[str]:
    """No event in hand of a dead process, no message unacknowledged, no connection or file leaked."""
    for owner in KEY_NAMES:
        yield from (f"{owner}: {row['key']} is under suspicion" for row in scene.rows(owner, "SELECT * FROM suspects"))
    yield from _leaked_connections(scene)
    for name in scene.city.names:
        files = _open_files(scene.city.pid(name))
        if files > FILES_OF_ONE:
            yield f"{name} holds {files} files"


def _leaked_connections(scene: Scene) -> Iterator[str]:
    activity = """
        SELECT application_name, count(*) AS n,
               count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND now() - state_change > '20 s') AS idle
        FROM pg_stat_activity WHERE application_name LIKE 'chengbao-%' GROUP BY 1
    """
    with psycopg.connect(scene.city.postgres.admin_url, row_factory=dict_row) as admin:
        for row in admin.execute(activity).fetchall():
            if row["n"] > CONNECTIONS_OF_ONE or row["idle"]:
                yield f"{row['application_name']}: {row['n']} connections, {row['idle']} idle in a transaction"


def _open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


RULES: Sequence[Rule] = (
    each_receipt_is_exactly_one_report,
    each_command_was_done_once,
    each_consumer_handled_what_was_written,
    points_are_posted_once,
    each_message_was_delivered,
    evidence_verifies,
    each_threshold_was_told_once,
    nothing_is_stuck,
)


# Settling

_WAITING_EVENTS = "SELECT type, state, error FROM held WHERE state IN ('failing', 'waiting')"


def _unsettled(scene: Scene) -> str:
    """What is still on its way, in a few words; empty when all is quiet."""
    try:
        for owner in PUBLISHES:
            if unsent := scene.rows(owner, "SELECT type FROM outbox WHERE NOT sent"):
                return f"{len(unsent)} unsent of {owner}: {sorted({row['type'] for row in unsent})}"
        for owner in KEY_NAMES:
            if waiting := scene.rows(owner, _WAITING_EVENTS):
                return f"{len(waiting)} held by {owner}: {waiting[0]}"
        return _unhandled(scene) or _undelivered(scene) or _queued(scene)
    except psycopg.Error as error:
        return f"a database does not answer: {error}"


def _unhandled(scene: Scene) -> str:
    written = _written(scene)
    for consumer, types in CONSUMES.items():
        due = {one for one, (event_type, _) in written.items() if event_type in types and event_type not in ENDLESS}
        missing = due - _taken(scene, consumer)
        if missing:
            return f"{len(missing)} not handled by {consumer}: {sorted({written[one][0] for one in missing})}"
    return ""


def _undelivered(scene: Scene) -> str:
    waiting = scene.rows("notify", "SELECT state, error FROM deliveries WHERE state IN ('waiting', 'sending')")
    return f"{len(waiting)} deliveries: {waiting[0]}" if waiting else ""


def _queued(scene: Scene) -> str:
    """Messages in queues, ready or unacknowledged."""
    full = {name: count for name, count in queue_lengths(scene.city).items() if count}
    return f"in queues: {full}" if full else ""


def queue_lengths(city: City) -> dict[str, int]:
    """Messages in each queue, handed over or not."""
    if city.rabbitmq is None:
        statement = "SELECT q.name, count(m.id) FROM bus.queue q LEFT JOIN bus.message m ON m.queue = q.id GROUP BY 1"
        with psycopg.connect(city.database_url(BUS_DATABASE), connect_timeout=5) as connection:
            return dict(connection.execute(statement).fetchall())
    lengths: dict[str, int] = {"rabbitmqctl": 1}
    with suppress(RuntimeError):
        lines = city.rabbitmq.control("list_queues", "name", "messages", "--no-table-headers").splitlines()
        lengths = {name: int(count) for name, _, count in (line.rpartition("\t") for line in lines if "\t" in line)}
    return lengths


# I8

AFFAIRS = {
    "reports": ("intake", "SELECT title, state, version, unit_name, flags FROM reports"),
    "desk": ("review", "SELECT title, state, decision, report_version FROM desk_items"),
    "adoptions": (
        "review",
        """SELECT a.title, i.publication_code, i.state, a.item_kind, a.share, a.published_at IS NOT NULL AS published
        FROM adoptions a JOIN issues i USING (issue_id)""",
    ),
    "outcomes": (
        "review",
        "SELECT d.title, o.level, o.outcome, o.publication FROM outcomes o JOIN desk_items d USING (report_id)",
    ),
    "progress": ("gateway", "SELECT r.title, p.decision FROM receipts r JOIN receipt_progress p USING (number)"),
    "ledger": ("scoring", "SELECT title, points, rule, period, turn FROM ledger"),
}
"""Each with the owner whose tables tell of it."""


def business_state(scene: Scene, of: Callable[[str], bool]) -> dict[str, Any]:
    """What people would call the state of affairs, without ids, times, numbers and hashes; of titles that `of` takes.

    Equal to that of the run without faults.
    """
    parts = {name: scene.rows(owner, statement) for name, (owner, statement) in AFFAIRS.items()}
    return {
        name: sorted(tuple(str(value) for value in row.values()) for row in rows if of(row["title"]))
        for name, rows in parts.items()
    }
