"""deadlines: one pass over 1,000,000 open deadlines of which 1,000 are due to be reminded of, milliseconds."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import psycopg

from benchmarks.comparison import Aim, Result, interleave
from benchmarks.ground import SERVICE, Ground, analyse
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.deadlines.engine import sweep
from kernel.garbage import settle
from kernel.principal import Keyring, system_principal
from services.review.deadlines import KIND, announce

STORED, DUE = 1_000_000, 1_000
ROUNDS = 25
"""A round takes a tenth of a second, and a processor that others keep busy doubles it: few would say little."""
FILL = """
    INSERT INTO deadlines (
      id, kind, subject_id, started_at, started_by, opened_by, due_at, first_due_at, rule, rule_version, calendar,
      limit_zh, limit_en, facts, outcome, extensions, passed_percent, next_threshold_at, version
    )
    SELECT gen_random_uuid(), %(kind)s, gen_random_uuid(), now(), 'instruction', '孙秘书', now() + interval '10 days',
      now() + interval '10 days', '津政办发〔2008〕146号五（二）', '2008', 'wall', '指定时间', 'the stated time',
      jsonb_build_object('unit_id', gen_random_uuid(), 'unit_class', 'district', 'title', '我区推进老旧小区改造' || n),
      'open', '[]', 0, now() + interval '5 days' + n * interval '1 second', 1
    FROM generate_series(1, %(stored)s) AS n
"""
FALL_DUE = """
    UPDATE deadlines SET started_at = now() - interval '6 days', due_at = now() + interval '4 days',
      next_threshold_at = now() - interval '1 day'
    WHERE id IN (SELECT id FROM deadlines WHERE passed_percent = 0 AND version = 1 LIMIT %s)
"""
BY_HAND = """
    UPDATE deadlines SET passed_percent = 50, next_threshold_at = started_at + (due_at - started_at) * 0.8,
      version = version + 1
    WHERE kind = %s AND outcome = 'open' AND next_threshold_at <= now()
"""


class WrongPass(Exception):
    """A side did not take exactly what was due; the row's figures mean nothing."""


class Deadlines:
    """The table, and how so many of its rows fall due."""

    def __init__(self, ground: Ground, stored: int) -> None:
        self.url = ground.database()
        self.database = Database(
            self.url, service="review", clock=SystemClock(), keyring=Keyring.load(SERVICE, ground.keys)
        )
        self.connection: psycopg.Connection[Any] = psycopg.connect(self.url, autocommit=True)
        self.connection.execute(FILL, {"kind": KIND, "stored": stored})
        analyse(self.url)

    def round(self, one_pass: Any) -> float:
        """Milliseconds of a pass. Raises `WrongPass`."""
        self.connection.execute(FALL_DUE, [DUE])
        self.connection.execute("ANALYZE deadlines")
        began = time.perf_counter()
        taken = one_pass()
        elapsed = (time.perf_counter() - began) * 1_000
        if taken != DUE:
            raise WrongPass(f"{taken} taken, {DUE} were due")
        return elapsed

    def product(self) -> int:
        """As review does it every second: reminders fired once, told as events, in one transaction."""
        with self.database.work(system_principal("review")) as work:
            return sweep(work, KIND, announce, decided_up_to=work.now - timedelta(days=30), limit=DUE)

    def by_hand(self) -> int:
        return self.connection.execute(BY_HAND, [KIND]).rowcount


def run(ground: Ground, stored: int = STORED) -> list[Result]:
    """Both in this process, against the same server and the same table."""
    table = Deadlines(ground, stored)
    settle()  # as every service's process does once it has started
    ours, theirs = interleave(lambda: table.round(table.product), lambda: table.round(table.by_hand), ROUNDS)
    return [Result("deadlines", "ms", Aim(3, at_least=False), ours, theirs)]
