"""queue: the desk with 50,000 open reports, server time p95 of first pages, deep ones and filtered ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

import services.review
from benchmarks.comparison import Aim, Result, interleave
from benchmarks.ground import SERVICE, Ground, analyse
from benchmarks.registered import milliseconds
from contracts.rpc.desk import ListQueue, QueuePage
from contracts.vocabulary import Role, Secrecy
from kernel.clock import SystemClock
from kernel.cursors import cursor_after
from kernel.database import Database
from kernel.ids import new_id
from kernel.migrate import upgrade
from kernel.principal import Keyring, Principal
from kernel.service import Reading
from services.review.queries.desk import list_queue

OPEN = 50_000
PAGES = 99
"""Pages a round: a third the first, a third each somewhere among all, a third the first of one unit class."""
LIMIT = 50
EDITOR = Principal(str(new_id()), "王编辑", None, frozenset({Role.EDITOR}))
BODY = "今日上午，我区组织召开优化营商环境工作推进会，通报一季度进展，部署下一步重点任务。" * 8
ROWS = f"""
    INSERT INTO desk_items (
      report_id, version, report_version, receipt_number, number, kind, urgency, secrecy, unit_id, unit_name,
      unit_class, title, body, search_text, received_at, signer_name, state, drill, attachments, due_at
    )
    SELECT gen_random_uuid(), 1, 1, '2026-' || lpad(n::text, 7, '0'), '2026-' || lpad(n::text, 7, '0'), 'development',
      CASE WHEN n %% 20 = 0 THEN n %% 4 ELSE 4 END, 'unclassified', md5((n %% 60)::text)::uuid, '单位' || n %% 60,
      CASE n %% 3 WHEN 0 THEN 'district' WHEN 1 THEN 'bureau' ELSE 'affiliated' END,
      '我区召开优化营商环境工作推进会之' || n, '{BODY}', '我区召开优化营商环境工作推进会之' || n,
      timestamptz '2026-01-01 00:00Z' + n * interval '4 minutes', '李建国', 'waiting', false, '[]',
      CASE WHEN n %% 50 = 0 THEN timestamptz '2026-12-01 00:00Z' ELSE timestamptz '2201-01-01 00:00Z' END
    FROM generate_series(1, %s) AS n
"""
BY_HAND = """
    SELECT * FROM desk_items
    WHERE state <> 'decided' AND secrecy = ANY(%(cleared)s)
      AND (%(unit_class)s::text IS NULL OR unit_class = %(unit_class)s)
      AND (urgency, due_at, received_at, report_id) > (%(urgency)s, %(due)s, %(at)s, %(id)s)
    ORDER BY urgency, due_at, received_at, report_id LIMIT 51
"""
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
FIRST = (-1, LONG_AGO, LONG_AGO, UUID(int=0))

Key = tuple[int, datetime, datetime, UUID]
Place = tuple[Key | None, str | None]
"""Behind which report a page begins, None for the first; and the unit class that it is filtered by."""


class Product:
    """The page as review answers it."""

    def __init__(self, ground: Ground, stored: int) -> None:
        self.url = ground.empty_database()
        upgrade(self.url, Path(services.review.__file__).parent)
        self.database = Database(
            self.url, service="review", clock=SystemClock(), keyring=Keyring.load(SERVICE, ground.keys)
        )
        with psycopg.connect(self.url) as connection:
            connection.execute(ROWS, [stored])
        analyse(self.url)

    def page(self, place: Place) -> QueuePage:
        key, unit_class = place
        request = ListQueue(limit=LIMIT, cursor=cursor_after(*key) if key else None, unit_class=unit_class)
        with self.database.glancing() as session:
            return list_queue(Reading(session, EDITOR, self.database.clock.now()), request)


class ByHand:
    """The same rows in one statement."""

    def __init__(self, url: str) -> None:
        self.connection: psycopg.Connection[Any] = psycopg.connect(url, autocommit=True)

    def page(self, place: Place) -> list[Any]:
        (urgency, due, at, report_id), unit_class = place[0] or FIRST, place[1]
        values = {
            "cleared": [str(Secrecy.UNCLASSIFIED)], "unit_class": unit_class, "urgency": urgency, "due": due, "at": at,
            "id": report_id,
        }  # fmt: skip
        return self.connection.execute(BY_HAND, values, prepare=True).fetchall()

    def places(self) -> list[Place]:
        rows = self.connection.execute(
            "SELECT urgency, due_at, received_at, report_id FROM desk_items ORDER BY md5(report_id::text) LIMIT %s",
            [PAGES // 3],
        )
        return [place for row in rows for place in ((None, None), (tuple(row), None), (None, "bureau"))]


class WrongPage(Exception):
    """The two sides show different reports; the row's figures mean nothing."""


def check(product: Product, by_hand: ByHand, places: Sequence[Place]) -> None:
    """Raise `WrongPage` unless both sides show the same reports."""
    for place in places:
        ours = [item.report_id for item in product.page(place).items]
        theirs = [row[0] for row in by_hand.page(place)[:LIMIT]]
        if ours != theirs:
            raise WrongPage(f"behind {place}: {ours[:3]} and {theirs[:3]}")


def run(ground: Ground, stored: int = OPEN) -> list[Result]:
    """Both in this process, against the same server and the same table."""
    product = Product(ground, stored)
    by_hand = ByHand(product.url)
    places = by_hand.places()
    check(product, by_hand, places)
    ours, theirs = interleave(lambda: _p95(product.page, places), lambda: _p95(by_hand.page, places))
    return [Result("queue", "ms", Aim(3, at_least=False), ours, theirs)]


def _p95(page: Callable[[Place], object], places: Sequence[Place]) -> float:
    """Milliseconds that 95 of 100 pages stay below."""
    taken = sorted(milliseconds(lambda place=place: page(place)) for place in places)
    return taken[int(len(taken) * 0.95)]
