"""Progress of long work: bars on a terminal, nothing where the output is read by a program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from clients.output import console

Tell = Callable[[str, int, int], None]
"""Told of progress: step, done, total."""


@contextmanager
def progress(quiet: bool) -> Iterator[Tell]:
    """A bar for each step it is told of; `quiet` shows none."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=quiet or not sys.stdout.isatty(), transient=True) as bars:
        steps: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bars.add_task(step, total=total)
            bars.update(steps[step], completed=done, total=total)

        yield tell
