"""What a run leaves: a table for the reader, and a JSON line per row for whoever compares runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks.comparison import Result

HEAD = f"{'row':<9}{'product':>12}{'yardstick':>12}  {'unit':<11}{'ratio':>6}  {'aim':<9}{'each round':<16}"


def table(results: Iterable[Result]) -> str:
    """All rows, with what they note below."""
    results = list(results)
    lines = [HEAD, "-" * len(HEAD), *map(_row, results), ""]
    lines += [f"{result.name}: {note}" for result in results for note in result.notes]
    return "\n".join(lines)


def _row(result: Result) -> str:
    spread = f"{min(result.pairs):.2f} .. {max(result.pairs):.2f}"
    verdict = "" if result.aim.is_met(result.ratio) else "  not reached"
    return (
        f"{result.name:<9}{result.value:>12,.1f}{result.yardstick:>12,.1f}  {result.unit:<11}{result.ratio:>6.2f}"
        f"  {result.aim!s:<9}{spread:<16}{verdict}"
    )


def append(results: Iterable[Result], path: Path) -> None:
    """Add one JSON line per row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(f"{result.line()}\n" for result in results)
