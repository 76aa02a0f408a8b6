"""similar: reports like a new one among 100,000, milliseconds a question; recall and precision beside it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.comparison import Aim, Result, interleave
from benchmarks.ground import Ground, analyse
from benchmarks.registered import REPORTS, STATED, Registry, milliseconds
from benchmarks.texts import Made, Writer
from contracts.rpc.similar import SimilarHints, SimilarToText
from contracts.vocabulary import Kind
from kernel.ids import new_id
from services.intake.model.similar import shingles_of, sketch_of
from services.intake.queries.similar import similar_to_text

STORED = 100_000
COPIES = 400
"""Texts asked about: so many copies with 15 % of the characters changed, and as many reports that copy none."""
SEED = 20081024
MADE = "CREATE TEMP TABLE made (id uuid, number text, title text, body text, at timestamptz DEFAULT clock_timestamp())"
LOOK_UP = "SELECT * FROM reports WHERE id = %s"


class Product:
    """So many registered reports with their sketches, and new ones that are asked about."""

    def __init__(self, ground: Ground, stored: int) -> None:
        self.registry = Registry(ground)
        writer = Writer(SEED)
        reports = {new_id(): writer.report() for _ in range(stored)}
        self._store(reports)
        copied = Writer(SEED + 1).random.sample(list(reports), COPIES)
        self.asked: list[tuple[Made, UUID | None]] = []
        """Each with the report that it copies."""
        for report_id in copied:
            self.asked += [(writer.copy(reports[report_id]), report_id), (writer.report(), None)]

    def _store(self, reports: dict[UUID, Made]) -> None:
        with psycopg.connect(self.registry.url) as connection, connection.cursor() as cursor:
            cursor.execute(MADE)
            with cursor.copy("COPY made (id, number, title, body) FROM STDIN") as rows:
                for number, (report_id, made) in enumerate(reports.items()):
                    rows.write_row((report_id, f"2026-{number:07d}", made.title, made.body))
            cursor.execute(REPORTS.format(rows="SELECT * FROM made"), STATED)
            with cursor.copy("COPY report_sketches (report_id, bins, bands) FROM STDIN") as rows:
                for report_id, made in reports.items():
                    sketch = sketch_of(shingles_of(made.title, made.body))
                    if sketch is not None:
                        rows.write_row((report_id, sketch.bins, list(sketch.bands)))
        analyse(self.registry.url)

    def similar(self, made: Made) -> SimilarHints:
        request = SimilarToText(kind=Kind.DEVELOPMENT, title=made.title, body=made.body)
        return self.registry.ask(similar_to_text, request)

    def round(self) -> float:
        """The median of all questions, milliseconds."""
        return median(milliseconds(lambda made=made: self.similar(made)) for made, _ in self.asked)

    def quality(self) -> str:
        """How many copies are found, and how much of what is found is the report that was copied."""
        found = [([hint.report_id for hint in self.similar(made).items], copied) for made, copied in self.asked]
        right = sum(copied in ids for ids, copied in found if copied is not None)
        named = sum(len(ids) for ids, _ in found)
        return f"recall {right / COPIES:.3f}, precision {right / named:.3f}: {COPIES} copies, {COPIES} others asked"


class LookUp:
    """A report by its key, by hand: one round trip."""

    def __init__(self, url: str, ids: Sequence[UUID]) -> None:
        self.connection: psycopg.Connection[Any] = psycopg.connect(url, autocommit=True)
        self.ids = ids

    def round(self) -> float:
        return median(milliseconds(lambda report_id=report_id: self.look_up(report_id)) for report_id in self.ids)

    def look_up(self, report_id: UUID) -> None:
        self.connection.execute(LOOK_UP, (report_id,), prepare=True).fetchone()


def run(ground: Ground, stored: int = STORED) -> list[Result]:
    """Both in this process, against the same server."""
    product = Product(ground, stored)
    by_hand = LookUp(product.registry.url, [copied for _, copied in product.asked if copied is not None])
    quality = product.quality()
    ours, theirs = interleave(product.round, by_hand.round)
    return [Result("similar", "ms", Aim(20, at_least=False), ours, theirs, [quality])]
