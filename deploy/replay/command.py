"""`chengbao replay`: a table played in a scratch city, the bulletin beside the published totals."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.city import City, running
from deploy.replay.compare import Comparison, compare
from deploy.replay.player import Player, Tell, begin_clock
from deploy.replay.table import read_rules, read_table


def replay(table: Path, rules_file: Path, mode: str, tell: Tell) -> list[Comparison]:
    """Play `table` in a city of its own that is gone afterwards; the running city is never touched.

    Raises `UnusableTable`, `StartFailed`, `SeedingFailed`, `ReplayFailed`.
    """
    rules = read_rules(rules_file)
    rows = read_table(table, rules.table)
    with tempfile.TemporaryDirectory(prefix="chengbao-replay-") as folder:
        root = Path(folder)
        root.chmod(0o711)
        begin_clock(root / "clock", rules)
        city = City(root, mode, clock_file=root / "clock")
        tell("starting a scratch city", 0, 1)
        with running(city):
            bulletin = Player(city, rules, rows, tell).play()
    return compare(rows, bulletin["lines"])


def as_document(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """The result as JSON-ready data."""
    return {
        "agrees": all(comparison.agrees for comparison in comparisons),
        "units": [
            {
                "unit": comparison.unit,
                "points": comparison.points,
                "published_total": comparison.published_total,
                "difference": comparison.difference,
                "rank": comparison.rank,
                "published_rank": comparison.published_rank,
            }
            for comparison in comparisons
        ],
    }
