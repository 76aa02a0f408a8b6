"""`python -m benchmarks [row]`: measure, print the table, append to var/bench.jsonl."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.ground import prepared
from benchmarks.record import append, table

ROWS = (
    "relay", "consume", "accept", "growth", "hop", "bus", "check", "similar", "mine", "queue", "paper", "deadlines",
)  # fmt: skip
VAR = Path("var")


def main(arguments: list[str]) -> int:
    """Run the named row, or all. Status 2 for a name that is none."""
    unknown = [name for name in arguments if name not in ROWS]
    if unknown:
        print(f"no row {unknown[0]!r}; there are: {' '.join(ROWS)}", file=sys.stderr)
        return 2
    results = []
    for name in arguments or ROWS:
        print(f"{name} ...", flush=True)
        with prepared(VAR / "bench") as ground:
            measured = importlib.import_module(f"benchmarks.{name}").run(ground)
        append(measured, VAR / "bench.jsonl")
        results += measured
    print()
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
