"""How the command line speaks: plain text for people, one JSON document with --json, errors that say what to do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from clients.problems import GatewayAway, ProblemAnswer
from kernel.clock import SHANGHAI

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]

P = ParamSpec("P")
R = TypeVar("R")

UNFOLDED = 400
"""Characters of a line that nobody reads on a terminal."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")

console = Console(highlight=False, soft_wrap=True)


class CommandFailed(Exception):
    """The command could not do its work; the message says why and what to do next. Exit status 1."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


def show(document: Any, as_json: bool, text: Callable[[], None]) -> None:
    """The result: as JSON on one document, or as text."""
    if as_json:
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
        sys.stdout.write("\n")
    else:
        text()


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A plain table; what names a row stands first and is not broken, so that it can be copied. A narrow terminal folds
    the other cells; where the output goes into a file or another command, it is as wide as it needs."""
    drawn = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        drawn.add_column(column, no_wrap=place == 0, overflow="fold")
    for row in rows:
        drawn.add_row(*(in_beijing(cell) for cell in row))
    (console if console.is_terminal else Console(width=UNFOLDED)).print(drawn)


def in_beijing(cell: Any) -> str:
    """A moment, as the gateway writes it, by the clock of whoever reads it; everything else as it is."""
    words = str(cell)
    if not _INSTANT.fullmatch(words):
        return words
    return f"{datetime.fromisoformat(words).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def fail(message: str, remedy: str = "", status: int = 1) -> NoReturn:
    """Say what went wrong and what to do, on standard error, and end with `status`."""
    complain(f"错误：{message}", f"处理：{remedy}" if remedy else "")
    raise typer.Exit(status)


def complain(*lines: str) -> None:
    """On standard error, and go on."""
    for line in lines:
        if line:
            sys.stderr.write(f"{line}\n")


def speaks(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a command may raise into words: what was wrong, what to do."""

    @wraps(command)
    def spoken(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            return command(*arguments, **options)
        except ProblemAnswer as problem:
            fail(_problem_words(problem), problem.remedy)
        except GatewayAway as away:
            fail(
                f"网关没有应答（{away.__cause__.__class__.__name__}）。",
                f"内容没有丢失；网关恢复后用 --idempotency-key {away.idempotency_key} 重发，不会重复。"
                if away.idempotency_key
                else "什么也没有提交；请检查 --url（或 CHENGBAO_URL）以及网关是否在运行。",
            )
        except CommandFailed as failure:
            fail(str(failure), failure.remedy)

    return spoken


def _problem_words(problem: ProblemAnswer) -> str:
    document = problem.document
    words = str(document.get("detail") or document.get("title") or problem)
    faults = document.get("errors")
    if isinstance(faults, list):
        for fault in faults:
            words += f"\n  {fault.get('pointer', '')}: {fault.get('detail', '')}"
    elif document.get("pointer"):
        words += f"（{document['pointer']}）"
    return words
