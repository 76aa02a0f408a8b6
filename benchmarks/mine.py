"""mine: the page "my reports" of a unit with 100,000 reports, server time p95 of the first page and of a deep one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.comparison import Aim, Result, interleave
from benchmarks.ground import Ground, analyse
from benchmarks.registered import REPORTS, STATED, UNIT, VERSIONS, Registry, milliseconds
from contracts.rpc.intake import ListReports, ReportPage
from contracts.vocabulary import Secrecy
from services.intake.queries.keyset import cursor_after
from services.intake.queries.reports import list_reports

STORED = 100_000
PAGES = 100
"""Pages a round: every other one the first, the others each somewhere among all."""
LIMIT = 50
LAST = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))
BODY = "今日上午，我区组织召开优化营商环境工作推进会，通报一季度进展，部署下一步重点任务。" * 8
ROWS = f"""
    SELECT gen_random_uuid(), '2026-' || lpad(n::text, 7, '0'), '我区召开优化营商环境工作推进会之' || n, '{BODY}',
      timestamptz '2026-01-01 00:00Z' + n * interval '4 minutes' FROM generate_series(1, %(stored)s) AS n
"""
BY_HAND = """
    SELECT reports.*, deadlines.*, chain_steps.*, receipts.numbers
    FROM (
      SELECT * FROM reports WHERE unit_id = %(unit)s AND secrecy = ANY(%(cleared)s)
        AND (first_received_at, id) < (%(at)s, %(id)s)
      ORDER BY first_received_at DESC, id DESC LIMIT 51
    ) AS reports
    LEFT JOIN deadlines ON deadlines.kind = 'urgent_report' AND deadlines.subject_id = reports.id
    LEFT JOIN chain_steps ON chain_steps.report_id = reports.id
    CROSS JOIN LATERAL (
      SELECT array_agg(receipt_number ORDER BY version) AS numbers FROM report_versions WHERE report_id = reports.id
    ) AS receipts
    ORDER BY reports.first_received_at DESC, reports.id DESC
"""


Place = tuple[datetime, UUID] | None
"""Where a page begins: behind this report; None for the first page."""


class Product:
    """The page as intake answers it."""

    def __init__(self, ground: Ground, stored: int) -> None:
        self.registry = Registry(ground)
        with psycopg.connect(self.registry.url) as connection:
            connection.execute(REPORTS.format(rows=ROWS), STATED | {"stored": stored})
            connection.execute(VERSIONS)
        analyse(self.registry.url)

    def page(self, place: Place) -> ReportPage:
        cursor = cursor_after(*place) if place else None
        return self.registry.ask(list_reports, ListReports(limit=LIMIT, cursor=cursor))


class ByHand:
    """The same rows in one statement."""

    def __init__(self, url: str) -> None:
        self.connection: psycopg.Connection[Any] = psycopg.connect(url, autocommit=True)

    def page(self, place: Place) -> list[Any]:
        at, report_id = place or LAST
        values = {"unit": UNIT, "cleared": [str(Secrecy.UNCLASSIFIED)], "at": at, "id": report_id}
        return self.connection.execute(BY_HAND, values, prepare=True).fetchall()

    def places(self) -> list[Place]:
        """Every other one the first page, the others deep ones."""
        rows = self.connection.execute(
            "SELECT first_received_at, id FROM reports ORDER BY md5(id::text) LIMIT %s", [PAGES // 2]
        )
        return [place for at, report_id in rows for place in (None, (at, report_id))]


def run(ground: Ground, stored: int = STORED) -> list[Result]:
    """Both in this process, against the same server and the same tables."""
    product = Product(ground, stored)
    by_hand = ByHand(product.registry.url)
    places = by_hand.places()
    check(product, by_hand, places)
    ours, theirs = interleave(lambda: _p95(product.page, places), lambda: _p95(by_hand.page, places))
    return [Result("mine", "ms", Aim(3, at_least=False), ours, theirs)]


class WrongPage(Exception):
    """The two sides show different reports; the row's figures mean nothing."""


def check(product: Product, by_hand: ByHand, places: Sequence[Place]) -> None:
    """Raise `WrongPage` unless both sides show the same reports."""
    for place in places:
        ours = [report.report_id for report in product.page(place).items]
        theirs = [row[0] for row in by_hand.page(place)[:LIMIT]]
        if ours != theirs:
            raise WrongPage(f"behind {place}: {ours[:3]} and {theirs[:3]}")


def _p95(page: Callable[[Place], object], places: Sequence[Place]) -> float:
    """Milliseconds that 95 of 100 pages stay below."""
    taken = sorted(milliseconds(lambda place=place: page(place)) for place in places)
    return taken[int(len(taken) * 0.95)]
